//! Whether ERPNext holds what the receipt says.
//!
//! Compared is whatever decides what is booked and what leaves the stock, field by field as the
//! server may have changed it: what it computes anew (amounts, taxes, totals, in both currencies),
//! what it may put in place of what was sent (rates, tax templates, currency, posting time, the
//! rights to leave pricing rules out, warehouses), and what it may add (rows, a discount, a batch,
//! taxes). Not compared is `selling_price_list`, which it sets anew from the customer and which
//! changes nothing once rates are given; `discount_percentage`, which follows from the rates; and
//! income accounts and cost centers of rows, which are the item's own affair.

use std::collections::BTreeSet;

use checkout::sale::Sale;
use jiff::civil::Time;
use serde_json::Value;

use super::KEY_FIELD;
use super::coupon::Coupon;
use super::original::Original;
use super::payload::{currency, discount, paid_amount};
use super::words;

/// Doubles that ERPNext stores unrounded, as a discount of a row, may differ in their last bits.
const TOLERANCE: f64 = 0.000_001;

/// Where a document in ERPNext differs from a sale.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Difference {
    /// The child table and the row's place in it from 0; `None` for the document itself.
    pub(super) row: Option<(&'static str, usize)>,
    /// ERPNext's field, or the child table whose rows are more or fewer.
    pub(super) field: &'static str,
    /// What the receipt says.
    pub(super) receipt: String,
    /// What ERPNext has.
    pub(super) erpnext: String,
}

impl Difference {
    /// For the cause of a parked document, in words.
    pub(super) fn sentence(&self, sale: &Sale) -> String {
        let (table, place) = self.row.unwrap_or_default();
        let number = place + 1;
        let of = match table {
            "items" => {
                let line = sale.lines.get(place);
                format!(" of line {number}{}", called(line, |line| &line.item_name))
            }
            "taxes" => {
                let tax = sale.document.taxes.get(place);
                format!(" of tax {number}{}", called(tax, |tax| &tax.account_head))
            }
            "payments" => {
                let paid = sale.payments.get(place);
                let mode = called(paid, |payment| &payment.mode_of_payment);
                format!(" of payment {number}{mode}")
            }
            _ => String::new(),
        };
        let is_flag = words::FLAGS.contains(&self.field);
        let value = |value: &str| match value {
            "\"\"" => "nothing".to_owned(),
            "0" if is_flag => "no".to_owned(),
            "1" if is_flag => "yes".to_owned(),
            other => other.to_owned(),
        };
        format!(
            "{}{of} is {} on the receipt and {} in ERPNext",
            words::of(table, self.field),
            value(&self.receipt),
            value(&self.erpnext)
        )
    }
}

/// A row's name behind its number.
fn called<T>(row: Option<&T>, name: impl Fn(&T) -> &String) -> String {
    row.map_or_else(String::new, |row| format!(" ({})", name(row)))
}

/// The first difference between a sale and the POS Invoice of its key; `None` when they are the
/// same. `coupon` is where the coupon should stand; in what is booked it may stand anywhere.
pub(super) fn difference(
    sale: &Sale,
    invoice: &Value,
    coupon: Coupon,
    original: Option<&Original>,
) -> Option<Difference> {
    let submitted = invoice.get("docstatus").and_then(Value::as_i64) == Some(1);
    let mut compare = Compare {
        invoice,
        first: None,
    };
    let totals = &sale.totals;
    compare.text(KEY_FIELD, &sale.key);
    compare.text("company", &sale.company);
    compare.text("pos_profile", &sale.pos_profile);
    compare.text("customer", &sale.customer);
    compare.text("currency", currency(sale));
    compare.number("conversion_rate", totals.conversion_rate);
    compare.text("posting_date", &sale.posting_date.to_string());
    compare.time("posting_time", sale.posting_time);
    compare.number("ignore_pricing_rule", 1.0);
    compare.number("is_pos", 1.0);
    compare.number("is_return", f64::from(u8::from(sale.document.is_return)));
    compare.text(
        "return_against",
        original.map_or("", |original| &original.name),
    );
    compare.number("update_stock", 1.0);
    if let Some(template) = &sale.taxes_and_charges {
        compare.text("taxes_and_charges", template);
    }
    compare.rows("items", sale.lines.len());
    let rows = sale.lines.iter().zip(&sale.document.items);
    for (place, ((line, given), row)) in rows.zip(&totals.items).enumerate() {
        let mut compare = compare.row("items", place);
        compare.text("item_code", &line.item_code);
        compare.text("uom", &line.uom);
        compare.number("conversion_factor", line.conversion_factor);
        compare.number("qty", row.qty);
        compare.number("is_free_item", f64::from(u8::from(line.is_free_item)));
        // Where the till named none, ERPNext may have picked some.
        if let Some(batch_no) = &line.batch_no {
            compare.text("batch_no", batch_no);
        }
        if !line.serial_nos.is_empty() {
            compare.serial_nos(&line.serial_nos);
        }
        compare.text("warehouse", &sale.set_warehouse);
        let template = line.item_tax_template.as_deref().unwrap_or_default();
        compare.text("item_tax_template", template);
        // A rule that the row names would be taken off when it is submitted, and the rate with it.
        compare.text("pricing_rules", "");
        let returned = original.and_then(|original| original.rows.get(place)?.as_deref());
        compare.text("pos_invoice_item", returned.unwrap_or_default());
        compare.number("rate", row.rate);
        let (price_list_rate, _) = discount(line, given, row);
        if price_list_rate != 0.0 {
            compare.number("price_list_rate", price_list_rate);
        }
        // Without a list price there is nothing that a discount is taken from.
        let discount_amount = if price_list_rate == 0.0 {
            0.0
        } else {
            row.discount_amount
        };
        compare.number("discount_amount", discount_amount);
        compare.number("amount", row.amount);
        compare.number("net_amount", row.net_amount);
    }
    compare.rows("taxes", totals.taxes.len());
    for (place, (tax, row)) in sale.document.taxes.iter().zip(&totals.taxes).enumerate() {
        let mut compare = compare.row("taxes", place);
        compare.text("account_head", &tax.account_head);
        compare.text("charge_type", tax.charge_type.as_str());
        compare.number("rate", tax.rate);
        let included = f64::from(u8::from(tax.included_in_print_rate));
        compare.number("included_in_print_rate", included);
        compare.number("tax_amount", row.tax_amount);
        compare.number(
            "tax_amount_after_discount_amount",
            row.tax_amount_after_discount_amount,
        );
        compare.number("total", row.total);
    }
    compare.number("total", totals.total);
    compare.number("net_total", totals.net_total);
    compare.number("total_taxes_and_charges", totals.total_taxes_and_charges);
    compare.number(
        "additional_discount_percentage",
        sale.document.additional_discount_percentage,
    );
    compare.number("discount_amount", totals.discount_amount);
    compare.number("grand_total", totals.grand_total);
    compare.number("rounding_adjustment", totals.rounding_adjustment);
    compare.number("rounded_total", totals.rounded_total);
    compare.number("base_net_total", totals.base_net_total);
    compare.number("base_grand_total", totals.base_grand_total);
    compare.number("base_rounded_total", totals.base_rounded_total);
    compare.number("total_qty", totals.total_qty);
    compare.rows("payments", sale.payments.len());
    for (place, payment) in sale.payments.iter().enumerate() {
        let mut compare = compare.row("payments", place);
        compare.text("mode_of_payment", &payment.mode_of_payment);
        compare.text("account", &payment.account);
        compare.number("amount", payment.amount.to_f64());
    }
    if let Some(loyalty) = sale
        .loyalty
        .as_ref()
        .filter(|loyalty| loyalty.loyalty_points > 0)
    {
        compare.number("redeem_loyalty_points", 1.0);
        compare.text("loyalty_program", &loyalty.loyalty_program);
        compare.number("loyalty_points", loyalty.loyalty_points as f64);
        compare.number("loyalty_amount", loyalty.loyalty_amount.to_f64());
    }
    match (&sale.coupon, coupon) {
        (Some(coupon), Coupon::Counted) if !submitted => {
            compare.text("coupon_code", &coupon.name);
        }
        (Some(_), Coupon::Noted) if !submitted => compare.text("coupon_code", ""),
        _ => {}
    }
    compare.number("paid_amount", paid_amount(sale, submitted));
    compare.number("change_amount", sale.change_amount.to_f64());
    if let (Some(account), false) = (
        &sale.account_for_change_amount,
        sale.change_amount.is_zero(),
    ) {
        compare.text("account_for_change_amount", account);
    }
    if submitted {
        compare.number("outstanding_amount", 0.0);
    }
    compare.first
}

/// Whether a document of our key was made by this till's profile, so that it may be corrected
/// while it is a draft.
pub(super) fn is_ours(sale: &Sale, invoice: &Value) -> bool {
    let same = |field: &str, own: &str| invoice.get(field).and_then(Value::as_str) == Some(own);
    same(KEY_FIELD, &sale.key)
        && same("pos_profile", &sale.pos_profile)
        && same("company", &sale.company)
}

/// Whether the POS Invoice of a sale's key is that of another sale: sold at another time, and
/// something else. A till whose data was put back from a copy gives out numbers twice.
pub(super) fn is_of_another(sale: &Sale, invoice: &Value) -> bool {
    let mut time = Compare {
        invoice,
        first: None,
    };
    time.text("posting_date", &sale.posting_date.to_string());
    time.time("posting_time", sale.posting_time);
    let mut content = Compare {
        invoice,
        first: None,
    };
    content.number("grand_total", sale.totals.grand_total);
    content.rows("items", sale.lines.len());
    for (place, (line, row)) in sale.lines.iter().zip(&sale.totals.items).enumerate() {
        let mut row_of = content.row("items", place);
        row_of.text("item_code", &line.item_code);
        row_of.number("qty", row.qty);
    }
    time.first.is_some() && content.first.is_some()
}

struct Compare<'a> {
    invoice: &'a Value,
    first: Option<Difference>,
}

impl Compare<'_> {
    fn row<'b>(&'b mut self, table: &'static str, place: usize) -> CompareRow<'b> {
        let row = self
            .invoice
            .get(table)
            .and_then(|rows| rows.get(place))
            .unwrap_or(&Value::Null);
        CompareRow {
            row,
            place: Some((table, place)),
            first: &mut self.first,
        }
    }

    fn whole(&mut self) -> CompareRow<'_> {
        CompareRow {
            row: self.invoice,
            place: None,
            first: &mut self.first,
        }
    }

    fn text(&mut self, field: &'static str, own: &str) {
        self.whole().text(field, own);
    }

    fn number(&mut self, field: &'static str, own: f64) {
        self.whole().number(field, own);
    }

    /// To the second. ERPNext leaves the first 0 of an hour out.
    fn time(&mut self, field: &'static str, own: Time) {
        let theirs = self.invoice.get(field).and_then(Value::as_str);
        let padded = format!("{:0>8}", theirs.unwrap_or_default());
        let to_the_second = padded.get(..8).unwrap_or_default().to_owned();
        let own = own.strftime("%H:%M:%S").to_string();
        if to_the_second != own {
            self.whole().differs(field, own, padded);
        }
    }

    fn rows(&mut self, table: &'static str, own: usize) {
        let rows = self
            .invoice
            .get(table)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        if rows != own {
            let (receipt, erpnext) = (own.to_string(), rows.to_string());
            self.whole().differs(table, receipt, erpnext);
        }
    }
}

struct CompareRow<'a> {
    row: &'a Value,
    place: Option<(&'static str, usize)>,
    first: &'a mut Option<Difference>,
}

impl CompareRow<'_> {
    fn text(&mut self, field: &'static str, own: &str) {
        let theirs = self
            .row
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default();
        if theirs != own {
            self.differs(field, format!("\"{own}\""), format!("\"{theirs}\""));
        }
    }

    /// The same pieces, in any order: ERPNext takes them one a line or between commas.
    fn serial_nos(&mut self, own: &[String]) {
        let theirs = self.row.get("serial_no").and_then(Value::as_str);
        let split = theirs.unwrap_or_default().split(['\n', ',']);
        let theirs: BTreeSet<_> = split.map(str::trim).filter(|one| !one.is_empty()).collect();
        if theirs != own.iter().map(String::as_str).collect() {
            let theirs: Vec<_> = theirs.into_iter().collect();
            self.differs("serial_no", own.join(", "), theirs.join(", "));
        }
    }

    /// A field that is null, and therefore left out, is zero.
    fn number(&mut self, field: &'static str, own: f64) {
        let value = self.row.get(field).unwrap_or(&Value::Null);
        let theirs = match value {
            Value::Null => Some(0.0),
            Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        };
        if !theirs.is_some_and(|theirs| (theirs - own).abs() <= TOLERANCE) {
            let theirs = theirs.map_or_else(|| value.to_string(), |number| number.to_string());
            self.differs(field, own.to_string(), theirs);
        }
    }

    fn differs(&mut self, field: &'static str, receipt: String, erpnext: String) {
        if self.first.is_none() {
            *self.first = Some(Difference {
                row: self.place,
                field,
                receipt,
                erpnext,
            });
        }
    }
}
