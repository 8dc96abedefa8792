//! What ERPNext may put in place of what a receipt says is noticed before anything is booked.

use erpnext::push::Outcome;
use serde_json::{Value, json};
use tests::fixtures::{shift, totals_of, usual_sale};
use tests::stand_in::{Site, StandIn};
use tests::sync::Outbox;

/// More requests than any sale needs.
const PLENTY: usize = 1000;

/// What a server may make of a sale otherwise than the receipt says: the field, of the document or of
/// a table's first row, and another value.
fn what_may_differ() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("", "customer", json!("Somebody Else")),
        ("", "currency", json!("EUR")),
        ("", "conversion_rate", json!(1.1)),
        ("", "posting_date", json!("2026-01-01")),
        ("", "posting_time", json!("3:04:05")),
        ("", "update_stock", json!(0)),
        ("", "is_return", json!(1)),
        ("", "taxes_and_charges", json!("Another - HB")),
        ("", "additional_discount_percentage", json!(5)),
        ("", "discount_amount", json!(1)),
        ("", "total", json!(1)),
        ("", "net_total", json!(1)),
        ("", "total_taxes_and_charges", json!(1)),
        ("", "grand_total", json!(1)),
        ("", "rounded_total", json!(1)),
        ("", "base_net_total", json!(1)),
        ("", "base_grand_total", json!(1)),
        ("", "total_qty", json!(77)),
        ("", "paid_amount", json!(1)),
        ("", "change_amount", json!(77)),
        ("", "account_for_change_amount", json!("Bank - HB")),
        ("items", "item_code", json!("FIC-099")),
        ("items", "uom", json!("Box")),
        ("items", "conversion_factor", json!(12)),
        ("items", "qty", json!(77)),
        ("items", "is_free_item", json!(1)),
        ("items", "warehouse", json!("Stores - HB")),
        ("items", "item_tax_template", json!("Another - HB")),
        ("items", "pricing_rules", json!("[\"PRLE-0001\"]")),
        ("items", "rate", json!(1)),
        ("items", "price_list_rate", json!(1)),
        ("items", "amount", json!(1)),
        ("items", "net_amount", json!(1)),
        ("taxes", "account_head", json!("Another - HB")),
        ("taxes", "charge_type", json!("Actual")),
        ("taxes", "rate", json!(77)),
        ("taxes", "included_in_print_rate", json!(1)),
        ("taxes", "tax_amount", json!(77)),
        ("taxes", "total", json!(77)),
        ("payments", "mode_of_payment", json!("Wire Transfer")),
        ("payments", "account", json!("Bank - HB")),
        ("payments", "amount", json!(77)),
    ]
}

#[test]
fn whatever_the_server_replaces_the_draft_is_not_booked_and_the_field_is_named() {
    let mut missed = Vec::new();
    for (table, field, value) in what_may_differ() {
        let stand_in = StandIn::http(Site::harbour_books());
        stand_in.site().set_totals(move |invoice| {
            let mut told = totals_of(invoice);
            let place = if table.is_empty() {
                &mut told
            } else {
                if !told[table].is_array() {
                    told[table] = json!([{}]);
                }
                &mut told[table][0]
            };
            place[field] = value.clone();
            told
        });
        let mut outbox = Outbox::new(shift(), [usual_sale(1)]);
        assert!(outbox.carry(&mut stand_in.client(), PLENTY));
        let is_draft = |invoice: &Value| invoice["docstatus"] == 0;
        match &outbox.sales()[0].end {
            Some(Outcome::Parked { cause, .. })
                if cause.contains(" on the receipt and ") && cause.contains(" in ERPNext") =>
            {
                let left = stand_in.site().documents("POS Invoice");
                assert!(left.iter().all(is_draft), "{table} {field} was booked");
            }
            end => missed.push(format!("{table} {field}: {end:?}")),
        }
    }
    assert!(missed.is_empty(), "not noticed: {missed:#?}");
}
