//! Sales and shifts of the recorded shop, computed by the till's own arithmetic.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use checkout::masters::ModeOfPaymentType;
use checkout::money::{Currency, Money};
use checkout::quantity::Quantity;
use checkout::sale::{Payment, ReceiptNumber, Sale, SaleLine};
use checkout::shift::{Cashier, OpeningBalance, Shift};
use checkout::totals::{self, ChargeType, Document, ItemRow, RoundingMethod, Settings, TaxRow};
use erpnext::push::PushContext;
use serde_json::{Value, json};

use crate::recorded::{Recorded, exchanges};

/// The settings of the recorded site.
pub fn settings() -> Settings {
    Settings {
        rounding_method: RoundingMethod::Bankers,
        company_currency: "USD".to_owned(),
        smallest_currency_fraction_value: 0.01,
        ..Settings::default()
    }
}

/// A first attempt.
pub fn context() -> PushContext {
    PushContext {
        settings: settings(),
        attempt: 0,
        random: 0,
    }
}

/// An amount of the shop's currency, in cents.
pub fn usd(cents: i64) -> Money {
    Money {
        units: cents,
        currency: Currency::new("USD", 2).unwrap(),
    }
}

fn cashier() -> Cashier {
    Cashier {
        id: "1".to_owned(),
        name: "Rosa".to_owned(),
    }
}

/// A shift of Counter 1 with 100 dollars in the drawer.
pub fn shift() -> Shift {
    let balance = |mode: &str, amount| OpeningBalance {
        mode_of_payment: mode.to_owned(),
        opening_amount: amount,
    };
    Shift {
        key: "C1-7K2M9QXB-S000001".to_owned(),
        number: 1,
        cashier: cashier(),
        opened_at: "2026-11-23T05:00:00Z".parse().unwrap(),
        period_start_date: "2026-11-23T00:00:00".parse().unwrap(),
        company: "Harbour Books".to_owned(),
        pos_profile: "Counter 1".to_owned(),
        balance_details: vec![balance("Cash", usd(10_000)), balance("Credit Card", usd(0))],
    }
}

/// A line: item, quantity, unit, stock units in it, price.
pub type Line<'a> = (&'a str, f64, &'a str, f64, f64);

/// A sale of Counter 1 to the walk-in customer, paid in cash to the next ten dollars.
pub fn sale(number: u64, lines: &[Line<'_>]) -> Sale {
    let row = |(item_code, qty, _, _, rate): &Line<'_>| ItemRow {
        item_code: (*item_code).to_owned(),
        qty: *qty,
        price_list_rate: *rate,
        rate: *rate,
        ..ItemRow::default()
    };
    let tax = TaxRow {
        charge_type: ChargeType::OnNetTotal,
        account_head: "Sales Tax 8.25 - HB".to_owned(),
        description: "Sales Tax 8.25%".to_owned(),
        cost_center: "Main - HB".to_owned(),
        rate: 8.25,
        ..TaxRow::default()
    };
    let document = Document {
        currency: "USD".to_owned(),
        items: lines.iter().map(row).collect(),
        taxes: vec![tax],
        ..Document::default()
    };
    let totals = totals::calculate(&document, &settings()).unwrap();
    let due = Money::from_f64(totals.amount_to_pay(), usd(0).currency);
    let paid = usd(due.units.div_euclid(1000) * 1000 + 1000);
    let line = |(item_code, qty, uom, factor, _): &Line<'_>| SaleLine {
        item_code: (*item_code).to_owned(),
        item_name: (*item_code).to_owned(),
        qty: Quantity::from_f64(*qty),
        uom: (*uom).to_owned(),
        stock_uom: if *factor == 1.0 { *uom } else { "Nos" }.to_owned(),
        conversion_factor: *factor,
        barcode: None,
        item_tax_template: None,
        batch_no: None,
        serial_nos: Vec::new(),
        item_price: None,
    };
    let receipt_number = ReceiptNumber {
        till: "C1".to_owned(),
        number,
    };
    Sale {
        key: format!("{receipt_number}-7K2M9QXB"),
        receipt_number,
        shift: shift().key,
        cashier: cashier(),
        at: "2026-11-23T06:01:00Z".parse().unwrap(),
        posting_date: "2026-11-23".parse().unwrap(),
        posting_time: "01:01:00".parse().unwrap(),
        customer: "Walk-in Customer".to_owned(),
        customer_name: "Walk-in Customer".to_owned(),
        company: "Harbour Books".to_owned(),
        pos_profile: "Counter 1".to_owned(),
        selling_price_list: "Standard Selling".to_owned(),
        set_warehouse: "Shop - HB".to_owned(),
        taxes_and_charges: Some("US Sales Tax 8.25 - HB".to_owned()),
        tax_category: None,
        account_for_change_amount: Some("Cash - HB".to_owned()),
        lines: lines.iter().map(line).collect(),
        document,
        totals,
        payments: vec![Payment {
            mode_of_payment: "Cash".to_owned(),
            kind: ModeOfPaymentType::Cash,
            account: "Cash - HB".to_owned(),
            amount: paid,
        }],
        amount_to_pay: due,
        paid_amount: paid,
        change_amount: paid.minus(due),
    }
}

/// Two paperbacks and a pencil box.
pub fn usual_sale(number: u64) -> Sale {
    sale(
        number,
        &[
            ("FIC-001", 2.0, "Nos", 1.0, 7.99),
            ("STA-002", 1.0, "Box", 12.0, 13.5),
        ],
    )
}

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

/// The amounts that ERPNext computes for an invoice, by the arithmetic that 2,200 documents of a
/// real ERPNext were compared with.
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
        account_head: text(row, "account_head"),
        rate: number(row, "rate"),
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
        row["margin_type"] = json!("");
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
