//! A box breaks while its shift is open, and another takes its place: what the first one sent is
//! closed too, once, and no receipt number comes twice.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use checkout::masters::ModeOfPaymentType;
use checkout::sale::{Payment, ReceiptNumber, Sale};
use erpnext::push::{OpeningRule, Outcome, PushContext};
use erpnext::{Reply, Request, Transport, TransportError};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use kiosk::sync::courier::{Courier, note};
use serde_json::Value;
use tests::day::{INSTALLATION, return_of, shift_at, sold_in};
use tests::fixtures::{context, sale, totals_of, usd, usual_sale};
use tests::stand_in::{Site, StandIn};
use tests::till_box::{TillBox, at, zone};

/// What the keys of the second box end with.
const SECOND: &str = "2NDB0X00";

/// A network that does so many requests, the last without an answer, and then none.
struct Network<T> {
    site: T,
    left: usize,
}

impl<T: Transport> Transport for Network<T> {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        if self.left == 0 {
            return Err(TransportError::Truncated);
        }
        self.left -= 1;
        let reply = self.site.send(request);
        if self.left == 0 {
            return Err(TransportError::Truncated);
        }
        reply
    }
}

/// Sends what is due; `false` when the network ended before that.
fn sends(till: &TillBox, site: &StandIn, rule: OpeningRule, now: Timestamp, most: usize) -> bool {
    let mut network = Network {
        site: site.client(),
        left: most,
    };
    let mut now = now;
    for _ in 0..200 {
        let next = till.shelf.0.borrow_mut().outbox_next(now).unwrap();
        let Some(entry) = next else {
            let unsent = till.shelf.0.borrow().records().outbox_summary().unwrap();
            if unsent.unsent == 0 {
                return true;
            }
            now += SignedDuration::from_mins(20);
            continue;
        };
        let site_now = now.to_zoned(zone()).datetime();
        let context = PushContext {
            rule,
            today: site_now.date(),
            attempt: entry.attempts,
            ..context()
        };
        let courier = Courier::new(&till.shelf, &mut network, context, now, site_now);
        let mut outcome = { courier }.carry(&entry).unwrap();
        match &mut outcome {
            Outcome::Delivered { .. } => {}
            Outcome::Retry { after, .. } => *after = Duration::ZERO,
            Outcome::Parked { cause, .. } => panic!("{cause}"),
        }
        note(&till.shelf, &entry, &outcome, now).unwrap();
        if network.left == 0 && matches!(outcome, Outcome::Retry { .. }) {
            return false;
        }
    }
    let left = till.shelf.0.borrow().records().outbox_entries(10);
    panic!("never all sent: {left:#?}");
}

/// The day of a broken box, up to when it broke: the site, and what it sold.
struct Morning {
    site: StandIn,
    rule: OpeningRule,
    sold: Vec<Sale>,
}

impl Morning {
    fn of(rule: OpeningRule, more: u64) -> Self {
        let mut site = Site::corner_shop().with_totals(totals_of);
        site.honours_names = rule == OpeningRule::Any;
        site.allow_negative_stock = true;
        if rule == OpeningRule::OneOfToday {
            site.version = "16.2.0";
        }
        let site = StandIn::http(site);
        let first = TillBox::new(1);
        let opened = at("2026-11-23T13:30:00");
        let shift = shift_at(1, opened, &zone());
        first.opens(&shift);
        let mut by_card = usual_sale(1);
        by_card.payments[0].amount = by_card.payments[0].amount.minus(usd(500));
        by_card.payments.push(Payment {
            mode_of_payment: "Credit Card".to_owned(),
            kind: ModeOfPaymentType::Bank,
            account: "Bank - HB".to_owned(),
            amount: usd(500),
            cards: Vec::new(),
        });
        let back = return_of(2, &by_card, &[(0, 1.0)]);
        let mut sold = vec![by_card, back];
        sold.extend((3..3 + more).map(|n| sale(n, &[("FIC-001", 1.0, "Nos", 1.0, 7.99)])));
        for sold in &mut sold {
            first.sells(&shift, sold);
        }
        assert!(sends(&first, &site, rule, opened, usize::MAX));
        assert_eq!(open(&site).len(), 1);
        Self { site, rule, sold }
    }

    /// Another box begins, sells something and closes its shift, with a network that ends after so
    /// many requests the first time. Whether it got that far.
    fn goes_on(&self, begins: &str, most: usize) -> bool {
        let opened = at(begins);
        let clock: DateTime = begins.parse().unwrap();
        self.site.site().set_clock(clock);
        let second = TillBox::new(2);
        let begun = second
            .shelf
            .0
            .borrow_mut()
            .begin_receipts_above(2_000, opened);
        assert!(begun.unwrap());
        let mut shift = shift_at(1, opened, &zone());
        shift.key = shift.key.replace(INSTALLATION, SECOND);
        second.opens(&shift);
        let mut sold = sale(2_001, &[("STA-002", 2.0, "Nos", 1.0, 4.0)]);
        sold.receipt_number = ReceiptNumber {
            till: "C1".to_owned(),
            number: second.shelf.0.borrow().resume().unwrap().receipts + 1,
        };
        sold.key = format!("{}-{SECOND}", sold.receipt_number);
        second.sells(&shift, &mut sold);
        let far = sends(&second, &self.site, self.rule, opened, most);
        assert!(far || sends(&second, &self.site, self.rule, opened, usize::MAX));
        // What the first box left is closed before the second has counted anything.
        assert_eq!(open(&self.site).len(), 1);
        second.closes(&shift, -7);
        assert!(sends(&second, &self.site, self.rule, opened, usize::MAX));
        self.is_right(&sold);
        far
    }

    fn is_right(&self, of_second: &Sale) {
        assert!(open(&self.site).is_empty());
        let site = self.site.site();
        let invoices = site.documents("POS Invoice");
        assert_eq!(invoices.len(), self.sold.len() + 1);
        let taken = |invoice: &Value| invoice["consolidated_invoice"].is_string();
        assert!(invoices.iter().all(taken), "{invoices:#?}");
        let closings = site.documents("POS Closing Entry");
        let rows = |closing: &Value| {
            let tables = ["pos_transactions", "pos_invoices"];
            let rows = tables.iter().filter_map(|table| closing[*table].as_array());
            rows.map(Vec::len).sum::<usize>()
        };
        let all: usize = closings.iter().map(rows).sum();
        assert_eq!(all, invoices.len(), "each comes into one closing");
        let cash = |closing: &Value, field: &str| {
            let modes = closing["payment_reconciliation"].as_array().unwrap();
            let cash = modes.iter().find(|row| row["mode_of_payment"] == "Cash");
            (cash.unwrap()[field].as_f64().unwrap() * 100.0).round() as i64
        };
        let of_first = closings.iter().find(|one| rows(one) == self.sold.len());
        let of_first = of_first.unwrap();
        let took = |sale: &Sale| {
            let cash = sale.payments.iter();
            let cash = cash.filter(|payment| payment.mode_of_payment == "Cash");
            cash.map(|payment| payment.amount.units).sum::<i64>() - sale.change_amount.units
        };
        let expected = 10_000 + self.sold.iter().map(took).sum::<i64>();
        assert_eq!(cash(of_first, "expected_amount"), expected);
        assert_eq!(cash(of_first, "difference"), 0, "nobody counted it");
        let with_count = closings.iter().find(|one| cash(one, "difference") == -7);
        let with_count = with_count.unwrap();
        assert_eq!(rows(with_count), 1);
        assert_eq!(cash(with_count, "opening_amount"), 10_000);
        let expected = 10_000 + took(of_second);
        assert_eq!(cash(with_count, "expected_amount"), expected);
    }
}

/// The openings that are open.
fn open(site: &StandIn) -> Vec<Value> {
    let mut entries = site.site().documents("POS Opening Entry");
    entries.retain(|entry| entry["status"] == "Open");
    entries
}

const LATER: &str = "2026-11-23T15:00:00";
const NEXT_DAY: &str = "2026-11-24T09:00:00";

#[test]
fn what_a_broken_box_sent_is_closed_by_the_one_that_takes_its_place() {
    for rule in [OpeningRule::Any, OpeningRule::OneOfToday] {
        for begins in [LATER, NEXT_DAY] {
            // Few are consolidated at once, many by a worker.
            for more in [0, 10] {
                Morning::of(rule, more).goes_on(begins, usize::MAX);
            }
        }
    }
}

#[test]
fn a_network_that_ends_anywhere_on_the_way_changes_nothing_of_that() {
    for rule in [OpeningRule::Any, OpeningRule::OneOfToday] {
        let mut most = 1;
        while !Morning::of(rule, 0).goes_on(LATER, most) {
            most += 3;
        }
        assert!(most > 20, "{most} requests are not a whole way");
    }
}

#[test]
fn numbers_begin_above_those_of_another_box_once_and_without_a_gap_in_a_shift() {
    let till = TillBox::new(3);
    let now = at(LATER);
    let shift = shift_at(1, now, &zone());
    let above = |number| till.shelf.0.borrow_mut().begin_receipts_above(number, now);
    assert!(above(2_000).unwrap());
    assert!(!above(2_000).unwrap() && !above(7).unwrap());
    till.opens(&shift);
    assert!(!above(9_000).unwrap(), "a shift is open");
    let mut sold = usual_sale(1);
    sold_in(&mut sold, &shift, now, &zone());
    let refused = till.shelf.0.borrow_mut().commit_sale(&sold).unwrap_err();
    assert!(refused.to_string().contains("number 2001"), "{refused}");
    sold.receipt_number.number = 2_001;
    till.sells(&shift, &mut sold);
    till.closes(&shift, 0);
    assert_eq!(till.shelf.0.borrow().resume().unwrap().receipts, 2_001);
}
