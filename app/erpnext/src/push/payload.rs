//! The documents as ERPNext wants them: everything it would otherwise choose by itself is said.

use checkout::money::Money;
use checkout::sale::{Payment, Sale, SaleLine};
use checkout::shift::Shift;
use checkout::totals::{self, ApplyDiscountOn, ItemTotals, TaxRow};
use serde_json::{Map, Value, json};

use super::KEY_FIELD;

/// The POS Invoice of a sale, as a draft.
///
/// Nothing is left to the site that could come out differently there: rates, tax rows, tax
/// templates and warehouses are those of the receipt, and pricing rules are not to be applied.
/// The name is the sale's key where the site takes names from outside, and so are those of the
/// rows, so that a return can refer to a row that was not sent yet.
pub fn payload(sale: &Sale, settings: &totals::Settings) -> Value {
    let document = &sale.document;
    let mut body = json!({
        "name": sale.key,
        KEY_FIELD: sale.key,
        "docstatus": 0,
        "is_pos": 1,
        "is_return": u8::from(document.is_return),
        "pos_profile": sale.pos_profile,
        "company": sale.company,
        "customer": sale.customer,
        "currency": currency(sale),
        "conversion_rate": sale.totals.conversion_rate,
        "selling_price_list": sale.selling_price_list,
        "plc_conversion_rate": sale.totals.conversion_rate,
        "ignore_pricing_rule": 1,
        "update_stock": 1,
        "set_warehouse": sale.set_warehouse,
        "set_posting_time": 1,
        "posting_date": sale.posting_date.to_string(),
        "posting_time": sale.posting_time.strftime("%H:%M:%S").to_string(),
        "taxes_and_charges": sale.taxes_and_charges,
        "tax_category": sale.tax_category.as_deref().unwrap_or_default(),
        "taxes": document.taxes.iter().map(tax).collect::<Vec<_>>(),
        "apply_discount_on": match document.apply_discount_on.unwrap_or(ApplyDiscountOn::GrandTotal) {
            ApplyDiscountOn::GrandTotal => "Grand Total",
            ApplyDiscountOn::NetTotal => "Net Total",
        },
        "additional_discount_percentage": document.additional_discount_percentage,
        "discount_amount": document.discount_amount,
        "payments": sale.payments.iter().map(|row| payment(row, sale, settings)).collect::<Vec<_>>(),
        "outstanding_amount": 0,
    });
    let rows = sale
        .lines
        .iter()
        .zip(&sale.document.items)
        .zip(&sale.totals.items)
        .enumerate();
    body["items"] = rows
        .map(|(place, ((line, row), totals))| item(sale, place + 1, line, row, totals))
        .collect();
    if let Some(account) = &sale.account_for_change_amount {
        body["account_for_change_amount"] = json!(account);
    }
    merge(&mut body, paid(sale, settings));
    body
}

/// What turns a draft into a final document. What was paid is said again, because saving the
/// draft replaced it with the plain sum of the payments.
pub(super) fn submission(sale: &Sale, settings: &totals::Settings) -> Value {
    let mut body = json!({ "docstatus": 1 });
    merge(&mut body, paid(sale, settings));
    body
}

/// A POS Opening Entry for a shift, submitted at once.
pub fn opening_payload(shift: &Shift, user: &str) -> Value {
    let balance = |row: &checkout::shift::OpeningBalance| {
        json!({
            "mode_of_payment": row.mode_of_payment,
            "opening_amount": row.opening_amount.to_f64(),
        })
    };
    json!({
        "period_start_date": shift.period_start_date.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "posting_date": shift.period_start_date.date().to_string(),
        "user": user,
        "pos_profile": shift.pos_profile,
        "company": shift.company,
        "balance_details": shift.balance_details.iter().map(balance).collect::<Vec<_>>(),
        "docstatus": 1,
    })
}

/// The currency of a sale's documents.
pub(super) fn currency(sale: &Sale) -> &str {
    match sale.document.currency.as_str() {
        "" => sale.amount_to_pay.currency.code(),
        code => code,
    }
}

fn item(
    sale: &Sale,
    number: usize,
    line: &SaleLine,
    row: &totals::ItemRow,
    totals: &ItemTotals,
) -> Value {
    let qty = line.qty.to_f64();
    let mut item = json!({
        "name": format!("{}-{number}", sale.key),
        "item_code": line.item_code,
        "item_name": line.item_name,
        "qty": qty,
        "uom": line.uom,
        "stock_uom": line.stock_uom,
        "conversion_factor": line.conversion_factor,
        "stock_qty": qty * line.conversion_factor,
        "price_list_rate": row.price_list_rate,
        // The computed one: a rate of 0 would be replaced by a price of the site.
        "rate": totals.rate,
        "discount_percentage": totals.discount_percentage,
        "margin_type": "",
        "margin_rate_or_amount": 0,
        "item_tax_template": line.item_tax_template.as_deref().unwrap_or_default(),
        "warehouse": sale.set_warehouse,
        "is_free_item": 0,
    });
    if let Some(barcode) = &line.barcode {
        item["barcode"] = json!(barcode);
    }
    if line.batch_no.is_some() || !line.serial_nos.is_empty() {
        item["use_serial_batch_fields"] = json!(1);
    }
    if let Some(batch) = &line.batch_no {
        item["batch_no"] = json!(batch);
    }
    if !line.serial_nos.is_empty() {
        item["serial_no"] = json!(line.serial_nos.join("\n"));
    }
    item
}

fn tax(row: &TaxRow) -> Value {
    let mut tax = json!({
        "charge_type": row.charge_type.as_str(),
        "account_head": row.account_head,
        "description": if row.description.is_empty() { &row.account_head } else { &row.description },
        "rate": row.rate,
        "tax_amount": row.tax_amount,
        "included_in_print_rate": u8::from(row.included_in_print_rate),
        "dont_recompute_tax": u8::from(row.dont_recompute_tax),
    });
    if let Some(row_id) = row.row_id {
        tax["row_id"] = json!(row_id.to_string());
    }
    if !row.cost_center.is_empty() {
        tax["cost_center"] = json!(row.cost_center);
    }
    tax
}

fn payment(payment: &Payment, sale: &Sale, settings: &totals::Settings) -> Value {
    let amount = payment.amount.to_f64();
    json!({
        "mode_of_payment": payment.mode_of_payment,
        "account": payment.account,
        "amount": amount,
        "base_amount": base(amount, sale, settings),
    })
}

fn paid(sale: &Sale, settings: &totals::Settings) -> Value {
    let amounts: Vec<f64> = sale
        .payments
        .iter()
        .map(|row| row.amount.to_f64())
        .collect();
    let change = sale.change_amount.to_f64();
    json!({
        "paid_amount": sum(&sale.payments, sale.paid_amount),
        "base_paid_amount":
            totals::base_paid_amount(&amounts, sale.totals.conversion_rate, settings),
        "change_amount": change,
        "base_change_amount": base(change, sale, settings),
    })
}

/// The sum of the payments, exact because it is money and not doubles.
fn sum(payments: &[Payment], none: Money) -> f64 {
    let zero = none.currency.zero();
    payments
        .iter()
        .fold(zero, |sum, row| sum.plus(row.amount))
        .to_f64()
}

/// In company currency.
fn base(amount: f64, sale: &Sale, settings: &totals::Settings) -> f64 {
    settings.flt(amount * sale.totals.conversion_rate)
}

fn merge(body: &mut Value, more: Value) {
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        let more: Map<String, Value> = more;
        body.extend(more);
    }
}
