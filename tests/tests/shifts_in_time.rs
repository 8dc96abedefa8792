//! Shifts whose time is out of the ordinary: a closing that ERPNext never gets to, and the hour that
//! the clock shows twice in autumn.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::shift::Shift;
use erpnext::push::OpeningRule;
use erpnext::request::{Reply, Request, Transport, TransportError};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::{SalesQuery, SendState};
use tests::day::{return_of, shift_at};
use tests::fixtures::sale;
use tests::stand_in::StandIn;
use tests::till_box::{TillBox, at, sends, shop, zone};

const BOOK: (&str, f64, &str, f64, f64) = ("FIC-001", 1.0, "Nos", 1.0, 7.99);

fn closings(site: &StandIn) -> Vec<Value> {
    site.site().documents("POS Closing Entry")
}

/// Every invoice is booked, and every opening closed.
fn assert_all_is_booked(site: &StandIn, invoices: usize) {
    let all = site.site().documents("POS Invoice");
    let booked = all.iter().filter(|one| one["status"] == "Consolidated");
    assert_eq!(
        (all.len(), booked.count()),
        (invoices, invoices),
        "{all:#?}"
    );
    let openings = site.site().documents("POS Opening Entry");
    assert!(openings.iter().all(|entry| entry["status"] == "Closed"));
}

/// A shift with so many receipts that a worker of ERPNext consolidates them.
fn busy_shift(till: &TillBox, number: u64, opened: Timestamp) -> Shift {
    let shift = shift_at(number, opened, &zone());
    till.opens(&shift);
    for place in 1..=12 {
        till.sells(&shift, &mut sale((number - 1) * 12 + place, &[BOOK]));
    }
    till.closes(&shift, 0);
    shift
}

#[test]
fn a_closing_that_erpnext_never_gets_to_is_told_and_asked_for_rarely_and_the_next_shift_goes_on() {
    let rule = OpeningRule::Any;
    let (site, till) = (shop(rule), TillBox::new(1));
    site.site().worker = None;
    let monday = at("2026-11-23T09:00:00");
    let shift = busy_shift(&till, 1, monday);
    sends(&till, &site, rule, monday, 6);
    let stuck = till.unsent();
    let [line] = stuck.as_slice() else {
        panic!("{stuck:#?}")
    };
    let SendState::HeldUp {
        cause,
        remedy,
        behind: None,
    } = &line.sent
    else {
        panic!("{line:?}")
    };
    assert!(
        cause.contains("long been waiting in ERPNext's queue"),
        "{cause}"
    );
    assert!(remedy.contains("background workers"), "{remedy}");
    assert_eq!(line.label, format!("{}-Z", shift.key));

    // For a day it is looked at no more than once an hour, with some requests each time.
    let asked = site.site().requests().len();
    let evening = monday + SignedDuration::from_hours(6);
    sends(&till, &site, rule, evening, 24);
    let requests = site.site().requests().len() - asked;
    assert!(
        (24..=24 * 8).contains(&requests),
        "{requests} requests in a day"
    );

    // The next shift is small enough for ERPNext to close it at once, and does not wait.
    let tuesday = at("2026-11-24T16:00:00");
    let next = shift_at(2, tuesday, &zone());
    till.opens(&next);
    till.sells(&next, &mut sale(13, &[BOOK]));
    till.closes(&next, -5);
    sends(&till, &site, rule, tuesday, 6);
    let left: Vec<_> = till.unsent().into_iter().map(|line| line.label).collect();
    assert_eq!(left, [format!("{}-Z", shift.key)]);

    // Somebody starts the workers.
    site.site().worker = Some(0);
    let wednesday = at("2026-11-25T09:00:00");
    sends(&till, &site, rule, wednesday, 6);
    assert_eq!(till.unsent(), []);
    assert_all_is_booked(&site, 13);
}

/// A line on which nothing arrives.
struct Dead;

impl Transport for Dead {
    fn send(&mut self, _request: &Request) -> Result<Reply, TransportError> {
        Err(TransportError::Truncated)
    }
}

#[test]
fn after_hours_without_a_line_an_ordinary_wait_in_the_queue_is_one() {
    let rule = OpeningRule::Any;
    let (site, till) = (shop(rule), TillBox::new(1));
    let monday = at("2026-11-23T09:00:00");
    let shift = shift_at(1, monday, &zone());
    till.opens(&shift);
    for number in 1..=12 {
        till.sells(&shift, &mut sale(number, &[BOOK]));
    }
    // What was sold arrives, and the closing meets the bad line alone.
    sends(&till, &site, rule, monday, 1);
    till.closes(&shift, 0);
    let until = monday + SignedDuration::from_hours(10);
    till.sends(&mut Dead, &site, rule, monday, until);
    // A worker comes to it after the first look at the queue.
    site.site().worker = Some(8);
    let soon = until + SignedDuration::from_mins(45);
    till.sends(&mut site.client(), &site, rule, until, soon);
    assert_eq!(till.unsent(), []);
    assert_all_is_booked(&site, 12);
}

#[test]
fn a_shift_in_the_hour_that_comes_twice_is_booked_as_it_was() {
    for rule in [OpeningRule::Any, OpeningRule::OneOfToday] {
        let (site, till) = (shop(rule), TillBox::new(1));
        // 2027-11-07, 02:00 becomes 01:00 again at 06:00Z. The shift is opened at 01:50 the first
        // time and closed at 01:20 the second.
        let opened: Timestamp = "2027-11-07T05:50:00Z".parse().unwrap();
        let local = |at: Timestamp| at.to_zoned(zone()).datetime();
        let shift = shift_at(1, opened, &zone());
        till.opens(&shift);
        let mut sold = sale(1, &[BOOK]);
        let sold_at = opened + SignedDuration::from_mins(5);
        till.sells_at(&shift, &mut sold, sold_at);
        let mut second = sale(2, &[BOOK]);
        let second_at = opened + SignedDuration::from_mins(20);
        till.sells_at(&shift, &mut second, second_at);
        assert!(local(second_at) < local(sold_at));
        // The till posts a return when its sale was, where its clock shows less.
        let mut back = return_of(3, &sold, &[(0, 1.0)]);
        back.at = second_at + SignedDuration::from_mins(1);
        back.shift.clone_from(&shift.key);
        till.shelf.0.borrow_mut().commit_sale(&back).unwrap();
        let closed_at = opened + SignedDuration::from_mins(30);
        till.closes_at(&shift, -7, closed_at);
        assert!(local(closed_at) < local(opened));
        sends(&till, &site, rule, closed_at, 5);
        assert_eq!(till.unsent(), [], "{rule:?}");
        assert_all_is_booked(&site, 3);
        let closing = closings(&site).remove(0);
        let period = |field: &str| closing[field].as_str().unwrap().to_owned();
        assert!(period("period_start_date") <= period("period_end_date"));
        let cash = closing["payment_reconciliation"].as_array().unwrap();
        let cash = cash.iter().find(|row| row["mode_of_payment"] == "Cash");
        assert_eq!(cash.unwrap()["difference"], -0.07);
        // What the till keeps is in the order in which it was.
        let store = till.shelf.0.borrow();
        let newest_first = SalesQuery {
            limit: 10,
            ..SalesQuery::default()
        };
        let sales = store.records().sales(&newest_first).unwrap();
        assert_eq!(sales.len(), 3);
        assert!(sales.windows(2).all(|pair| pair[0].at > pair[1].at));
        store.records().journal_verify().unwrap().unwrap();
    }
}
