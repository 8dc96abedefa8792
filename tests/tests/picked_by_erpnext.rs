//! A line that names no batch is sold out of one that ERPNext picks when the sale is submitted. What
//! was paid is booked; which batch it was stands with the sale and in the journal.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::sale::Sale;
use erpnext::push::OpeningRule;
use erpnext::request::{Method, Reply, Request, Transport, TransportError};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{JournalKind, SendState};
use tests::day::shift_at;
use tests::fixtures::{sale, totals_of};
use tests::stand_in::{Site, StandIn};
use tests::till_box::{TillBox, at, zone};

const MORNING: &str = "2026-11-23T09:00:00";

/// A site that picks something for the first row of what was submitted.
struct Picks<T> {
    till: T,
    picked: Value,
}

impl<T: Transport> Transport for Picks<T> {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        let mut reply = self.till.send(request)?;
        let is_submitted = request.method == Method::Get && reply.body["data"]["docstatus"] == 1;
        if let Some(row) = reply.body.pointer_mut("/data/items/0")
            && is_submitted
        {
            for (field, value) in self.picked.as_object().unwrap() {
                row[field] = value.clone();
            }
        }
        Ok(reply)
    }
}

/// What is remarked of a sale, with the sale and in the journal, where the site picks this.
fn remarked(mut sold: Sale, picked: Value) -> (Option<String>, Option<String>) {
    let site = StandIn::http(Site::corner_shop().with_totals(totals_of));
    let till = TillBox::new(1);
    let shift = shift_at(1, at(MORNING), &zone());
    till.opens(&shift);
    till.sells(&shift, &mut sold);
    let (from, until) = (at(MORNING), at(MORNING) + SignedDuration::from_hours(1));
    let mut network = Picks {
        till: site.client(),
        picked,
    };
    till.sends(&mut network, &site, OpeningRule::Any, from, until);
    assert_eq!(till.unsent(), []);
    let store = till.shelf.0.borrow();
    let record = store.records().sale(&sold.receipt_number).unwrap().unwrap();
    let SendState::Delivered { remark, .. } = record.sent else {
        panic!("not delivered: {:?}", record.sent)
    };
    let entries = store.records().journal_entries(0, u32::MAX).unwrap();
    let noted = entries
        .iter()
        .filter(|entry| entry.kind == JournalKind::Sync)
        .find_map(|entry| entry.body["remark"].as_str().map(str::to_owned));
    (remark, noted)
}

fn without_batch() -> Sale {
    sale(
        1,
        &[
            ("BAT-001", 2.0, "Nos", 1.0, 1.2),
            ("FIC-001", 1.0, "Nos", 1.0, 7.99),
        ],
    )
}

#[test]
fn a_batch_that_was_picked_stands_with_the_sale_and_in_the_journal() {
    let batch = json!({ "batch_no": "BAT-001-A", "serial_and_batch_bundle": "1f2e3d" });
    let bundle = json!({ "batch_no": null, "serial_and_batch_bundle": "1f2e3d" });
    for (picked, named) in [
        (batch, "batch BAT-001-A for line 1 ("),
        (bundle, "Serial and Batch Bundle 1f2e3d for line 1 ("),
    ] {
        let (remark, noted) = remarked(without_batch(), picked);
        let remark = remark.unwrap();
        assert!(remark.starts_with("ERPNext picked by itself: "), "{remark}");
        assert!(remark.contains(named), "{remark}");
        assert_eq!(noted, Some(remark));
    }
}

#[test]
fn what_the_till_named_and_what_has_no_batch_is_not_remarked_on() {
    let mut named = without_batch();
    named.lines[0].batch_no = Some("BAT-001-B".to_owned());
    let bundle = json!({ "serial_and_batch_bundle": "1f2e3d" });
    assert_eq!(remarked(named, bundle), (None, None));
    assert_eq!(remarked(without_batch(), json!({})), (None, None));
}
