//! What people do in ERPNext by hand while a till sends: they cancel closings, submit drafts, and
//! settle at the till what they have booked. Each sale is in the books once, whatever they do.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::shift::Shift;
use erpnext::push::{KEY_FIELD, OpeningRule};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::day::shift_at;
use tests::fixtures::{sale, totals_of};
use tests::stand_in::StandIn;
use tests::till_box::{TillBox, at, sends, shop, zone};

const MORNING: &str = "2026-11-23T09:00:00";

/// The invoice of this name.
fn invoice(site: &StandIn, name: &str) -> Value {
    let all = site.site().documents("POS Invoice");
    let found = all.into_iter().find(|invoice| invoice["name"] == name);
    found.unwrap()
}

/// A shift with one sale, of the number of the shift.
fn sells(till: &TillBox, number: u64, opened: Timestamp) -> Shift {
    let shift = shift_at(number, opened, &zone());
    till.opens(&shift);
    till.sells(
        &shift,
        &mut sale(number, &[("FIC-001", 1.0, "Nos", 1.0, 7.99)]),
    );
    shift
}

/// The closings of the till, but for those that were cancelled.
fn closings(site: &StandIn) -> Vec<Value> {
    let mut closings = site.site().documents("POS Closing Entry");
    closings.retain(|closing| closing["docstatus"] == 1);
    closings
}

fn cash_differences(site: &StandIn) -> Vec<f64> {
    let closings = closings(site);
    let rows = closings
        .iter()
        .filter_map(|closing| closing["payment_reconciliation"].as_array())
        .flatten();
    let cash = rows.filter(|row| row["mode_of_payment"] == "Cash");
    let mut differences: Vec<f64> = cash
        .map(|row| row["difference"].as_f64().unwrap())
        .collect();
    differences.sort_by(f64::total_cmp);
    differences
}

/// Every opening is closed, and every invoice is in one closing.
fn assert_books_are_whole(site: &StandIn, invoices: usize) {
    let all = site.site().documents("POS Invoice");
    let booked = all.iter().filter(|one| one["status"] == "Consolidated");
    assert_eq!(booked.count(), invoices, "{all:#?}");
    let listed = closings(site).into_iter().flat_map(|closing| {
        let tables = ["pos_transactions", "pos_invoices"];
        let rows = tables.iter().filter_map(|table| closing[*table].as_array());
        rows.flatten()
            .map(|row| row["pos_invoice"].to_string())
            .collect::<Vec<_>>()
    });
    let mut listed: Vec<_> = listed.collect();
    listed.sort();
    let rows = listed.len();
    listed.dedup();
    assert_eq!((rows, listed.len()), (invoices, invoices));
    let openings = site.site().documents("POS Opening Entry");
    let open = openings.iter().filter(|entry| entry["status"] == "Open");
    assert_eq!(open.count(), 0, "{openings:#?}");
}

#[test]
fn a_closing_that_was_cancelled_because_it_failed_is_made_anew_under_another_name() {
    for rule in [OpeningRule::Any, OpeningRule::OneOfToday] {
        let (site, till) = (shop(rule), TillBox::new(1));
        let opened = at(MORNING);
        let shift = shift_at(1, opened, &zone());
        till.opens(&shift);
        // So many that a worker consolidates them: the closing stays there and has failed.
        for number in 1..=12 {
            let mut sold = sale(number, &[("FIC-001", 1.0, "Nos", 1.0, 7.99)]);
            till.sells(&shift, &mut sold);
        }
        till.closes(&shift, -7);
        site.site().closing_fault = Some("The period is closed");
        sends(&till, &site, rule, opened, 3);
        // The worker comes to what was queued last.
        for _ in 0..3 {
            let _answer = site
                .site()
                .ask("GET", "/api/method/ping", Vec::new(), None, None);
        }
        let failed = closings(&site).remove(0);
        assert_eq!(failed["status"], "Failed");
        let name = failed["name"].as_str().unwrap();
        assert!(site.site().cancel_closing(name));
        site.site().closing_fault = None;
        let later = opened + SignedDuration::from_hours(4);
        till.shelf.0.borrow_mut().outbox_unpark_all(later).unwrap();
        sends(&till, &site, rule, later, 3);
        assert_eq!(till.unsent(), []);
        assert_books_are_whole(&site, 12);
        if rule == OpeningRule::Any {
            assert_eq!(closings(&site)[0]["name"], format!("{name}-2"));
        }
        assert_eq!(cash_differences(&site), [-0.07]);
    }
}

#[test]
fn a_closing_that_was_cancelled_after_it_was_done_is_found_with_the_next_shift() {
    for rule in [OpeningRule::Any, OpeningRule::OneOfToday] {
        let (site, till) = (shop(rule), TillBox::new(1));
        let opened = at(MORNING);
        let shift = sells(&till, 1, opened);
        till.closes(&shift, -7);
        sends(&till, &site, rule, opened, 3);
        assert_books_are_whole(&site, 1);
        let done = closings(&site).remove(0);
        assert!(site.site().cancel_closing(done["name"].as_str().unwrap()));
        for (number, begins) in [(2, "2026-11-23T14:00:00"), (3, "2026-11-24T09:00:00")] {
            let opened = at(begins);
            let shift = sells(&till, number, opened);
            sends(&till, &site, rule, opened, 1);
            till.closes(&shift, 3);
            sends(
                &till,
                &site,
                rule,
                opened + SignedDuration::from_hours(2),
                3,
            );
            assert_eq!(till.unsent(), []);
        }
        assert_books_are_whole(&site, 3);
        let counted = cash_differences(&site).into_iter();
        let counted: Vec<_> = counted.filter(|difference| *difference != 0.0).collect();
        assert_eq!(counted, [-0.07, 0.03, 0.03], "each count came once");
    }
}

#[test]
fn a_count_comes_again_whose_closing_was_cancelled_and_whose_opening_was_closed_by_hand() {
    let rule = OpeningRule::Any;
    let (site, till) = (shop(rule), TillBox::new(1));
    let opened = at(MORNING);
    let shift = sells(&till, 1, opened);
    till.closes(&shift, -7);
    sends(&till, &site, rule, opened, 3);
    let opened = at("2026-11-23T14:00:00");
    let shift = sells(&till, 2, opened);
    sends(&till, &site, rule, opened, 1);
    // Nothing is open any more that would tell.
    let done = closings(&site).remove(0);
    assert!(site.site().cancel_closing(done["name"].as_str().unwrap()));
    site.site().close("Counter 1");
    till.closes(&shift, 3);
    let later = opened + SignedDuration::from_hours(2);
    sends(&till, &site, rule, later, 3);
    assert_eq!(till.unsent(), []);
    assert_books_are_whole(&site, 2);
    let counted = cash_differences(&site).into_iter();
    let counted: Vec<_> = counted.filter(|difference| *difference != 0.0).collect();
    assert_eq!(counted, [-0.07, 0.03]);
}

#[test]
fn a_draft_that_is_submitted_after_its_receipt_was_settled_comes_into_the_next_closing() {
    for honours_names in [true, false] {
        let (site, till) = (shop(OpeningRule::Any), TillBox::new(1));
        site.site().honours_names = honours_names;
        let opened = at(MORNING);
        let shift = shift_at(1, opened, &zone());
        till.opens(&shift);
        let mut sold = sale(1, &[("FIC-001", 1.0, "Nos", 1.0, 7.99)]);
        till.sells(&shift, &mut sold);
        // The site would book another tax.
        let other = |invoice: &Value| {
            let mut told = totals_of(invoice);
            told["taxes"][0]["tax_amount"] = json!(9.99);
            told
        };
        site.site().set_totals(other);
        sends(&till, &site, OpeningRule::Any, opened, 1);
        let (cause, remedy) = till.parked(&sold.receipt_number).unwrap();
        let draft = site.site().documents("POS Invoice").remove(0);
        let draft = draft["name"].as_str().unwrap().to_owned();
        assert!(cause.contains(&draft), "{cause}");
        assert!(
            remedy.contains("submit or delete that draft first"),
            "{remedy}"
        );
        let later = opened + SignedDuration::from_hours(1);
        till.settles("C1-000001", "Booked in ERPNext by hand", later);
        till.closes(&shift, 0);
        sends(&till, &site, OpeningRule::Any, later, 3);
        assert_eq!(till.unsent(), []);
        assert_eq!(invoice(&site, &draft)["docstatus"], 0);
        // The bookkeeper submits it only now.
        let paid = json!({ "docstatus": 1, "status": "Paid" });
        site.site().put("POS Invoice", &draft, paid);
        site.site().set_totals(totals_of);
        let opened = at("2026-11-24T09:00:00");
        let shift = sells(&till, 2, opened);
        till.closes(&shift, 0);
        sends(&till, &site, OpeningRule::Any, opened, 3);
        assert_eq!(till.unsent(), []);
        assert_books_are_whole(&site, 2);
        let invoice = invoice(&site, &draft);
        assert_eq!(invoice[KEY_FIELD], sold.key.as_str());
    }
}
