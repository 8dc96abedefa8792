//! What a site makes of a closing otherwise than the shift was counted is noticed before anything is
//! consolidated, and holds up no sale.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use erpnext::push::OpeningRule;
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::SendState;
use tests::day::shift_at;
use tests::fixtures::{totals_of, usual_sale};
use tests::stand_in::{Site, StandIn};
use tests::till_box::{TillBox, at, zone};

const MORNING: &str = "2026-11-23T09:00:00";

/// A change to a closing, and what the sentence about it has.
type Change = (fn(&mut Value), &'static str);

/// Whatever a script could change.
const CHANGES: [Change; 10] = [
    (
        |closing| closing["grand_total"] = json!(1),
        "the total is 1 instead of",
    ),
    (
        |closing| closing["net_total"] = json!(1),
        "the total without taxes is 1 instead of",
    ),
    (
        |closing| closing["total_quantity"] = json!(1),
        "the total quantity is 1 instead of",
    ),
    (
        |closing| closing["pos_transactions"] = json!([]),
        "is not in it",
    ),
    (
        |closing| closing["payment_reconciliation"][0]["closing_amount"] = json!(1),
        "the closing amount of Cash is 1 instead of",
    ),
    (
        |closing| closing["payment_reconciliation"] = json!([]),
        "of Cash is 0 instead of",
    ),
    (
        |closing| closing["taxes"][0]["amount"] = json!(0.07),
        "the sum of the tax Sales Tax 8.25 - HB is 0.07 instead of",
    ),
    (
        |closing| closing["taxes"] = json!([]),
        "the sum of the tax Sales Tax 8.25 - HB is 0 instead of",
    ),
    (
        |closing| closing["taxes"][0]["account_head"] = json!("Another Tax - HB"),
        "the sum of the tax Another Tax - HB is",
    ),
    (
        |closing| {
            let first = closing["taxes"][0].clone();
            closing["taxes"].as_array_mut().unwrap().push(first);
        },
        "the sum of the tax Sales Tax 8.25 - HB is",
    ),
];

fn site() -> StandIn {
    StandIn::http(Site::corner_shop().with_totals(totals_of))
}

/// A till that has sold twice, one of it something else, and closed.
fn till() -> TillBox {
    let till = TillBox::new(1);
    let shift = shift_at(1, at(MORNING), &zone());
    till.opens(&shift);
    till.sells(&shift, &mut usual_sale(1));
    till.sells(&shift, &mut usual_sale(2));
    till.closes(&shift, 0);
    till
}

fn sends(till: &TillBox, site: &StandIn) {
    let from = at(MORNING);
    let until = from + SignedDuration::from_hours(3);
    till.sends(&mut site.client(), site, OpeningRule::Any, from, until);
}

#[test]
fn whatever_a_site_changes_in_a_closing_it_is_not_submitted_and_what_differs_is_named() {
    for (change, named) in CHANGES {
        let (site, till) = (site(), till());
        site.site().set_closing_script(change);
        sends(&till, &site);
        let unsent = till.unsent();
        let [line] = unsent.as_slice() else {
            panic!("{named}: not the closing alone is left: {unsent:#?}")
        };
        let SendState::Parked { cause, remedy, .. } = &line.sent else {
            panic!("{named}: not parked: {line:?}")
        };
        assert!(cause.contains(named), "{named}: {cause}");
        assert!(remedy.contains("custom script"), "{remedy}");
        let closings = site.site().documents("POS Closing Entry");
        let drafts = closings.iter().all(|closing| closing["docstatus"] == 0);
        assert!(drafts && closings.len() == 1, "{named}: {closings:#?}");
        // Once the script is gone, the draft becomes what was counted.
        site.site().set_closing_script(|_| {});
        let later = at(MORNING) + SignedDuration::from_hours(4);
        till.shelf.0.borrow_mut().outbox_unpark_all(later).unwrap();
        sends(&till, &site);
        assert_eq!(till.unsent(), [], "{named}");
        let closings = site.site().documents("POS Closing Entry");
        assert_eq!(closings[0]["status"], "Submitted", "{named}");
        assert_eq!(closings.len(), 1, "{named}");
    }
}

#[test]
fn taxes_in_another_order_and_in_more_rows_are_the_same_taxes() {
    let (site, till) = (site(), till());
    site.site().set_closing_script(|closing| {
        let sum = |sum: f64, row: &Value| sum + row["amount"].as_f64().unwrap();
        let whole = closing["taxes"].as_array().unwrap().iter().fold(0.0, sum);
        let row = |amount: f64| json!({ "account_head": "Sales Tax 8.25 - HB", "amount": amount });
        closing["taxes"] = json!([row(whole - 0.5), row(0.5)]);
    });
    sends(&till, &site);
    assert_eq!(till.unsent(), []);
}

#[test]
fn a_closing_by_hand_with_the_same_invoices_and_count_is_the_tills_whatever_it_says_of_taxes() {
    let (site, till) = (site(), till());
    // It is submitted in the office while the till's next request is on its way.
    site.site().set_closing_script(|closing| {
        if closing["docstatus"] == 1 {
            closing["owner"] = json!("accounts@example.com");
            closing["taxes"] = json!([]);
        }
    });
    sends(&till, &site);
    assert_eq!(till.unsent(), []);
    assert_eq!(site.site().documents("POS Closing Entry").len(), 1);
}
