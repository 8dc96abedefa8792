//! The documents as ERPNext wants them: everything it would otherwise choose by itself is said.

use checkout::card::CardPayment;
use checkout::sale::{Payment, Sale, SaleLine};
use checkout::shift::Shift;
use checkout::totals::{self, ApplyDiscountOn, ItemTotals, TaxRow};
use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

use super::KEY_FIELD;
use super::coupon::{Coupon, coupon_fields};
use super::original::Original;

/// The POS Invoice of a sale, as a draft.
///
/// Nothing is left to the site that could come out differently there: rates, tax rows, tax
/// templates and warehouses are those of the receipt, and pricing rules are not to be applied.
/// The name is the sale's key where the site takes names from outside, and so are those of the
/// rows, so that a return can refer to a row that was not sent yet.
pub fn payload(sale: &Sale, settings: &totals::Settings) -> Value {
    draft(
        sale,
        settings,
        Coupon::of(sale),
        Original::by_keys(sale).as_ref(),
    )
}

/// The same, with the coupon on it or taken off, and what a return belongs to as the site calls it.
pub(super) fn draft(
    sale: &Sale,
    settings: &totals::Settings,
    coupon: Coupon,
    original: Option<&Original>,
) -> Value {
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
        "price_list_currency": sale.price_list_currency.as_deref().unwrap_or(currency(sale)),
        "plc_conversion_rate": sale.plc_conversion_rate,
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
    if let Some(original) = original {
        body["return_against"] = json!(original.name);
        let rows = body["items"].as_array_mut().into_iter().flatten();
        for (row, sold) in rows.zip(&original.rows) {
            if let Some(sold) = sold {
                row["pos_invoice_item"] = json!(sold);
            }
        }
    }
    merge(&mut body, coupon_fields(sale, coupon));
    merge(&mut body, loyalty(sale));
    merge(&mut body, paid(sale, settings));
    body
}

/// What turns a draft into a final document. What was paid is said again, because saving the
/// draft replaced it with the plain sum of the payments: ERPNext wants the points that were
/// redeemed to be part of it, and takes it as it is when it submits.
pub(super) fn submission(sale: &Sale, settings: &totals::Settings) -> Value {
    let mut body = json!({ "docstatus": 1 });
    merge(&mut body, paid(sale, settings));
    body
}

/// A POS Opening Entry for a shift, submitted. It starts with the shift, or where the site wants
/// it today, at that time.
pub fn opening_payload(shift: &Shift, user: &str, start: DateTime) -> Value {
    let balance = |row: &checkout::shift::OpeningBalance| {
        json!({
            "mode_of_payment": row.mode_of_payment,
            "opening_amount": row.opening_amount.to_f64(),
        })
    };
    json!({
        "period_start_date": start.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "posting_date": start.date().to_string(),
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
    let (price_list_rate, discount_percentage) = discount(line, row, totals);
    let mut item = json!({
        "name": format!("{}-{number}", sale.key),
        "item_code": line.item_code,
        "item_name": line.item_name,
        "qty": qty,
        "uom": line.uom,
        "stock_uom": line.stock_uom,
        "conversion_factor": line.conversion_factor,
        "stock_qty": qty * line.conversion_factor,
        "price_list_rate": price_list_rate,
        // The computed one: a rate of 0 would be replaced by a price of the site.
        "rate": totals.rate,
        "discount_percentage": discount_percentage,
        "margin_type": "",
        "margin_rate_or_amount": 0,
        "item_tax_template": line.item_tax_template.as_deref().unwrap_or_default(),
        "warehouse": sale.set_warehouse,
        "is_free_item": u8::from(line.is_free_item),
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

/// The list price and the percentage off it, as they are sent.
///
/// ERPNext refuses a row whose `discount_percentage` is above Item.max_discount
/// (`validate_max_discount` of its selling controller), and looks at nothing else: a rate below
/// the list price passes. So what a manager approved is sent as a rate alone. A rate of 0 would be
/// replaced by the list price, so that one is left out too.
pub(super) fn discount(line: &SaleLine, row: &totals::ItemRow, totals: &ItemTotals) -> (f64, f64) {
    match line.above_max_discount {
        false => (row.price_list_rate, totals.discount_percentage),
        true if totals.rate == 0.0 => (0.0, 0.0),
        true => (row.price_list_rate, 0.0),
    }
}

/// The points that were redeemed. The account and the cost center are those of the program, which
/// ERPNext would look up itself.
fn loyalty(sale: &Sale) -> Value {
    let Some(loyalty) = &sale.loyalty else {
        return json!({});
    };
    let mut body = json!({ "loyalty_program": loyalty.loyalty_program });
    if loyalty.loyalty_points > 0 {
        merge(
            &mut body,
            json!({
                "redeem_loyalty_points": 1,
                "loyalty_points": loyalty.loyalty_points,
                "loyalty_amount": loyalty.loyalty_amount.to_f64(),
                "loyalty_redemption_account": loyalty.loyalty_redemption_account,
                "loyalty_redemption_cost_center": loyalty.loyalty_redemption_cost_center,
            }),
        );
    }
    body
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
    let mut row = json!({
        "mode_of_payment": payment.mode_of_payment,
        "account": payment.account,
        "amount": amount,
        "base_amount": base(amount, sale, settings),
    });
    if !payment.cards.is_empty() {
        let numbers: Vec<String> = payment
            .cards
            .iter()
            .map(CardPayment::reference_no)
            .collect();
        let reference_no = numbers.join(", ");
        // What a Data field holds; the till's own records have the rest.
        let reference_no: String = reference_no.chars().take(140).collect();
        row["reference_no"] = json!(reference_no);
    }
    row
}

fn paid(sale: &Sale, settings: &totals::Settings) -> Value {
    let amounts: Vec<f64> = sale
        .payments
        .iter()
        .map(|row| row.amount.to_f64())
        .collect();
    let change = sale.change_amount.to_f64();
    let base_paid = totals::base_paid_amount(&amounts, sale.totals.conversion_rate, settings);
    json!({
        "paid_amount": paid_amount(sale, true),
        "base_paid_amount": settings.flt(base_paid + redeemed(sale)),
        "change_amount": change,
        "base_change_amount": base(change, sale, settings),
    })
}

/// POS Invoice.paid_amount: the sum of the payments, exact because it is money and not doubles,
/// and once it is submitted what was paid with points.
pub(super) fn paid_amount(sale: &Sale, submitted: bool) -> f64 {
    let points = sale.loyalty.iter().map(|loyalty| loyalty.loyalty_amount);
    let points = points.filter(|_| submitted);
    let all = sale.payments.iter().map(|row| row.amount).chain(points);
    all.fold(sale.paid_amount.currency.zero(), |sum, part| sum.plus(part))
        .to_f64()
}

/// What was paid with points, in company currency as ERPNext counts them.
fn redeemed(sale: &Sale) -> f64 {
    let loyalty = sale.loyalty.as_ref();
    loyalty.map_or(0.0, |loyalty| loyalty.loyalty_amount.to_f64())
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
