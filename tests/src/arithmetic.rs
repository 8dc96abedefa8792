//! The amounts that ERPNext computes for an invoice, by the arithmetic that 2,200 documents of a
//! real ERPNext were compared with.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use checkout::totals::{self, Document, ItemRow, TaxRow};
use serde_json::{Value, json};

use crate::fixtures::settings;
use crate::recorded::{Recorded, exchanges};

/// The rates by account of the recorded item tax templates, by template.
static ITEM_TAX_RATES: LazyLock<BTreeMap<String, BTreeMap<String, f64>>> = LazyLock::new(|| {
    let mut templates = exchanges("");
    templates.retain(|recorded| recorded.name.starts_with("doc-item-tax-template-"));
    let rates = |recorded: Recorded| {
        let template = &recorded.body["data"];
        let row = |row: &Value| {
            Some((
                row["tax_type"].as_str()?.to_owned(),
                row["tax_rate"].as_f64()?,
            ))
        };
        let rows = template["taxes"]
            .as_array()?
            .iter()
            .filter_map(row)
            .collect();
        Some((template["name"].as_str()?.to_owned(), rows))
    };
    templates.into_iter().filter_map(rates).collect()
});

/// The amounts of an invoice: what to put over it, its rows by their places.
pub fn totals_of(invoice: &Value) -> Value {
    let number = |row: &Value, field: &str| row[field].as_f64().unwrap_or_default();
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let item = |row: &Value| ItemRow {
        item_code: text(row, "item_code"),
        qty: number(row, "qty"),
        price_list_rate: number(row, "price_list_rate"),
        rate: number(row, "rate"),
        discount_percentage: number(row, "discount_percentage"),
        item_tax_rate: ITEM_TAX_RATES
            .get(&text(row, "item_tax_template"))
            .cloned()
            .unwrap_or_default(),
        ..ItemRow::default()
    };
    let tax = |row: &Value| TaxRow {
        charge_type: serde_json::from_value(row["charge_type"].clone()).unwrap(),
        row_id: text(row, "row_id").parse().ok(),
        account_head: text(row, "account_head"),
        rate: number(row, "rate"),
        tax_amount: number(row, "tax_amount"),
        included_in_print_rate: row["included_in_print_rate"] == 1,
        ..TaxRow::default()
    };
    let document = Document {
        currency: "USD".to_owned(),
        items: invoice["items"]
            .as_array()
            .into_iter()
            .flatten()
            .map(item)
            .collect(),
        taxes: invoice["taxes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(tax)
            .collect(),
        apply_discount_on: serde_json::from_value(invoice["apply_discount_on"].clone()).ok(),
        additional_discount_percentage: number(invoice, "additional_discount_percentage"),
        discount_amount: number(invoice, "discount_amount"),
        ..Document::default()
    };
    let totals = totals::calculate(&document, &settings()).unwrap();
    let mut told = serde_json::to_value(&totals).unwrap();
    for (row, line) in told["items"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .zip(invoice["items"].as_array().unwrap())
    {
        row["stock_qty"] = json!(number(line, "qty") * number(line, "conversion_factor"));
        if row["margin_type"].is_null() {
            row["margin_type"] = json!("");
        }
    }
    for row in told["taxes"].as_array_mut().unwrap() {
        let details = row["item_wise_tax_detail"].take();
        let detail = |tax: &Value| {
            (
                text(tax, "item_code"),
                json!([tax["tax_rate"], tax["tax_amount"]]),
            )
        };
        let map: serde_json::Map<_, _> = details
            .as_array()
            .into_iter()
            .flatten()
            .map(detail)
            .collect();
        row["item_wise_tax_detail"] = json!(Value::Object(map).to_string());
    }
    let paid = number(invoice, "paid_amount");
    let due = totals.amount_to_pay();
    // What the client says is kept unchecked; only without it the change is computed.
    if number(invoice, "change_amount") == 0.0 {
        told["change_amount"] = json!((paid - due).max(0.0));
        told["base_change_amount"] = told["change_amount"].clone();
    }
    told
}
