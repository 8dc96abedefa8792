//! What this till sold is not offered again, though ERPNext books its stock only when the shift
//! is closed.

use checkout::catalog::Catalog;
use checkout::masters::{Batch, Doctype, SerialNo};
use checkout::quantity::Quantity;
use jiff::SignedDuration;

use crate::support::{at, ledger::Ledger};

fn piece(name: &str) -> SerialNo {
    SerialNo {
        name: name.into(),
        item_code: "BOOK-1".into(),
        warehouse: Some("Stores".into()),
        status: "Active".into(),
        ..SerialNo::default()
    }
}

fn batch(name: &str, batch_qty: f64) -> Batch {
    Batch {
        name: name.into(),
        item: "TEA-1".into(),
        batch_qty,
        ..Batch::default()
    }
}

impl Ledger {
    fn status(&self, name: &str) -> String {
        self.reader.serial_no(name).unwrap().unwrap().status
    }

    fn offered(&self) -> Vec<String> {
        let pieces = self.reader.serial_nos("BOOK-1", "Stores").unwrap();
        pieces.into_iter().map(|piece| piece.name).collect()
    }

    fn sells_pieces(&mut self, seconds: i64, pieces: i64, serial_no: &str) {
        self.sells(at(seconds), |sale| {
            sale.lines[0].qty = Quantity::from(pieces);
            sale.lines[0].serial_nos = vec![serial_no.into()];
        });
    }

    fn left(&self) -> f64 {
        let one = self.reader.batch("LOT-1").unwrap().unwrap().batch_qty;
        let all = self.reader.batches("TEA-1").unwrap();
        let same = all.iter().find(|batch| batch.name == "LOT-1").unwrap();
        assert_eq!(one, same.batch_qty, "both look-ups say the same");
        one
    }

    fn downloads_batch(&mut self, began: i64, batch_qty: f64) {
        self.masters.pull_begins(at(began));
        self.masters
            .apply(&[batch("LOT-1", batch_qty).into()])
            .unwrap();
        self.masters.pulled(Doctype::Batch).unwrap();
    }

    fn sells_of_batch(&mut self, seconds: i64, qty: f64) {
        self.sells(at(seconds), |sale| {
            sale.lines[0].qty = Quantity::from_f64(qty);
            sale.lines[0].conversion_factor = 0.5;
            sale.lines[0].batch_no = Some("LOT-1".into());
        });
    }
}

#[test]
fn a_piece_that_was_sold_is_not_offered_until_it_is_given_back() {
    let mut ledger = Ledger::open();
    let mut elsewhere = piece("S-0");
    elsewhere.warehouse = Some("Attic".into());
    let mut broken = piece("S-9");
    broken.status = "Inactive".into();
    let pieces = [piece("S-2"), piece("S-1"), elsewhere, broken];
    ledger.masters.apply(&pieces.map(Into::into)).unwrap();
    assert_eq!(ledger.offered(), ["S-1", "S-2"]);

    ledger.sells_pieces(10, 1, "S-1");
    assert_eq!(ledger.offered(), ["S-2"]);
    assert_eq!(ledger.status("S-1"), "Delivered");
    ledger.masters.apply(&[piece("S-1").into()]).unwrap();
    let ledger = &mut ledger.reopened();
    assert_eq!(
        ledger.status("S-1"),
        "Delivered",
        "ERPNext lists it until the shift is closed"
    );

    ledger.sells_pieces(20, -1, "S-1");
    assert_eq!(ledger.status("S-1"), "Active");
    assert_eq!(ledger.offered(), ["S-1", "S-2"]);
    ledger.sells_pieces(30, 1, "S-1");
    assert_eq!(ledger.offered(), ["S-2"]);
}

#[test]
fn a_piece_that_left_erpnext_and_is_listed_again_came_back() {
    let mut ledger = Ledger::open();
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    ledger.masters.pull_begins(at(1));
    let pieces = [piece("S-1"), piece("S-2")].map(Into::into);
    ledger.masters.apply(&pieces).unwrap();
    // S-2 left for another reason and was back before it was sold here.
    ledger.masters.pull_begins(at(5));
    let kept = ledger.masters.retain(Doctype::SerialNo, &names(&["S-1"]));
    assert_eq!(kept.unwrap().deleted, 1);
    ledger.masters.apply(&pieces).unwrap();
    ledger.sells_pieces(10, 1, "S-1");
    ledger.sells_pieces(11, 1, "S-2");
    assert!(ledger.offered().is_empty());

    // The shift is closed: the one is no longer listed, the other is listed as what it is now.
    ledger.masters.pull_begins(at(100));
    let mut gone = piece("S-2");
    gone.status = "Delivered".into();
    gone.warehouse = None;
    ledger.masters.apply(&[gone.into()]).unwrap();
    ledger
        .masters
        .retain(Doctype::SerialNo, &names(&["S-2"]))
        .unwrap();
    assert_eq!(ledger.reader.serial_no("S-1").unwrap(), None);
    assert_eq!(ledger.status("S-2"), "Delivered");

    // Customers brought both back to another till.
    ledger.masters.apply(&pieces).unwrap();
    assert_eq!(ledger.offered(), ["S-1", "S-2"]);
    ledger.sells_pieces(200, 1, "S-2");
    assert_eq!(ledger.offered(), ["S-1"]);
}

#[test]
fn a_batch_has_left_what_erpnext_counts_less_what_was_sold_here_since() {
    let mut ledger = Ledger::open();
    ledger.masters.apply(&[batch("LOT-2", 4.0).into()]).unwrap();
    ledger.downloads_batch(1, 10.0);
    assert_eq!(ledger.left(), 10.0);
    ledger.sells_of_batch(10, 6.0);
    assert_eq!(ledger.left(), 7.0, "six halves of the stock unit are sold");
    assert_eq!(ledger.reader.batches("TEA-1").unwrap().len(), 2);
    ledger.delivers(at(20));
    ledger.downloads_batch(30, 10.0);
    let ledger = &mut ledger.reopened();
    assert_eq!(ledger.left(), 7.0, "ERPNext has the sale, not its stock");
    ledger.downloads_batch(40, 15.0);
    assert_eq!(ledger.left(), 12.0, "goods came in");

    ledger.downloads_batch(50, 12.0);
    assert_eq!(ledger.left(), 12.0, "the sale was consolidated");

    ledger.sells_of_batch(60, 2.0);
    ledger.downloads_batch(70, 11.0);
    assert_eq!(
        ledger.left(),
        10.0,
        "another till's sales: ERPNext did not have this one"
    );
    ledger.delivers(at(80));
    assert_eq!(ledger.left(), 10.0);
    ledger.sells_of_batch(90, -2.0);
    assert_eq!(ledger.left(), 11.0, "it was given back");
}

#[test]
fn real_stock_of_a_batch_is_never_hidden_for_longer_than_three_days() {
    let mut ledger = Ledger::open();
    ledger.downloads_batch(1, 10.0);
    ledger.sells_of_batch(10, 6.0);
    ledger.delivers(at(20));
    let days = |days: i64| SignedDuration::from_hours(24 * days).as_secs();
    // Consolidated and filled up between two downloads: the quantity was never seen to fall.
    ledger.downloads_batch(days(3), 12.0);
    assert_eq!(ledger.left(), 9.0);
    ledger.downloads_batch(days(3) + 21, 12.0);
    assert_eq!(ledger.left(), 12.0);
}

#[test]
fn what_erpnext_was_not_told_is_off_the_batch_however_long_ago_it_was_sold() {
    let mut ledger = Ledger::open();
    ledger.downloads_batch(1, 10.0);
    ledger.sells_of_batch(10, 6.0);
    let days = |days: i64| SignedDuration::from_hours(24 * days).as_secs();
    ledger.downloads_batch(days(5), 10.0);
    assert_eq!(ledger.left(), 7.0, "the sale waits or is parked");
    ledger.delivers(at(days(5) + 10));
    ledger.downloads_batch(days(5) + 20, 10.0);
    assert_eq!(ledger.left(), 7.0, "its shift is not closed yet");
    ledger.downloads_batch(days(8) + 11, 10.0);
    assert_eq!(ledger.left(), 10.0);
}
