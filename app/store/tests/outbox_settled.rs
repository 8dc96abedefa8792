//! What ERPNext refused is settled by hand, by a manager, with a reason, once and on record.

use checkout::till::Event;
use rusqlite::Connection;
use store::{Parking, SendState, Settlement, Store, StoreErrorKind};

use crate::support::{Counter, SALT_ROAD, at, cashier, parking, receipt};

fn settlement(reason: &str) -> Settlement {
    Settlement {
        by: cashier(),
        reason: reason.to_owned(),
    }
}

/// A till whose opening and second sale are delivered; its first sale, entry 2, is parked.
fn refused(dir: &std::path::Path, booked_as: Option<&str>) -> Counter {
    let mut counter = Counter::open(dir);
    counter.sells(SALT_ROAD);
    counter.sells(SALT_ROAD);
    let store = &mut counter.store;
    store.outbox_delivered(1, "OPE-1", at(0)).unwrap();
    let parking = Parking {
        booked_as,
        ..parking("It was cancelled.", "Settle it.")
    };
    store.outbox_parked(2, &parking, at(1)).unwrap();
    store.outbox_delivered(3, "INV-2", at(2)).unwrap();
    counter
}

fn to_close(counter: &Counter) -> Vec<String> {
    let shift = counter.till.shift().unwrap();
    let sales = counter.store.sales_to_close(shift).unwrap();
    sales.into_iter().map(|(_, name)| name).collect()
}

fn journal(store: &Store) -> String {
    let mut file = Vec::new();
    store.records().journal_export(&mut file).unwrap();
    String::from_utf8(file).unwrap()
}

#[test]
fn it_is_sent_no_more_and_stays_on_record_with_who_and_why() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = refused(dir.path(), None);
    let store = &mut counter.store;
    let without = store
        .outbox_settle(2, &settlement("  "), at(3))
        .unwrap_err();
    assert_eq!(without.kind(), StoreErrorKind::Refused);
    store
        .outbox_settle(2, &settlement("It was a test"), at(3))
        .unwrap();
    assert_eq!(store.records().outbox_summary().unwrap().unsent, 0);
    assert_eq!(store.outbox_unpark_all(at(4)).unwrap(), 0);
    assert_eq!(store.outbox_unpark(2, at(4)).unwrap(), 0);
    let key = receipt(1);
    let record = counter.store.records().sale(&key).unwrap().unwrap();
    assert_eq!(
        record.sent,
        SendState::Settled {
            by: cashier().name,
            reason: "It was a test".to_owned(),
            at: at(3),
            erpnext_name: None,
        }
    );
    let journal = journal(&counter.store);
    assert!(journal.contains("settled by hand") && journal.contains("It was a test"));
    counter.store.records().journal_verify().unwrap().unwrap();
    assert_eq!(
        to_close(&counter),
        ["INV-2"],
        "what was cancelled is closed"
    );
    // Once: a second touch changes nothing. And nothing but what was parked.
    let length = |store: &Store| store.records().journal_entries(0, 999).unwrap().len();
    let before = length(&counter.store);
    counter
        .store
        .outbox_settle(2, &settlement("again"), at(5))
        .unwrap();
    let again = counter.store.records().sale(&key).unwrap().unwrap();
    assert_eq!((again.sent, length(&counter.store)), (record.sent, before));
    let delivered = counter.store.outbox_settle(3, &settlement("again"), at(5));
    assert_eq!(delivered.unwrap_err().kind(), StoreErrorKind::Inconsistent);
    let tool = Connection::open(dir.path().join("till.sqlite")).unwrap();
    for statement in [
        "UPDATE outbox SET settled_reason = 'another' WHERE id = 2",
        "UPDATE outbox SET state = 'waiting', settled_entry = NULL WHERE id = 2",
        "UPDATE outbox SET settled_entry = 1 WHERE id = 3",
        "UPDATE outbox SET state = 'settled' WHERE id = 3",
        "DELETE FROM outbox WHERE id = 2",
    ] {
        assert!(tool.execute_batch(statement).is_err(), "{statement}");
    }
}

#[test]
fn no_tool_settles_without_an_entry_of_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    drop(refused(dir.path(), None));
    let tool = Connection::open(dir.path().join("till.sqlite")).unwrap();
    tool.pragma_update(None, "foreign_keys", true).unwrap();
    for statement in [
        "UPDATE outbox SET state = 'settled' WHERE id = 2",
        "UPDATE outbox SET state = 'settled', settled_entry = 9999 WHERE id = 2",
    ] {
        assert!(tool.execute_batch(statement).is_err(), "{statement}");
    }
}

#[test]
fn one_that_is_booked_with_another_amount_joins_its_closing_once_it_is_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = refused(dir.path(), Some("INV-1"));
    assert_eq!(to_close(&counter), ["INV-2"]);
    let accepted = settlement("The difference is right");
    counter.store.outbox_settle(2, &accepted, at(3)).unwrap();
    assert_eq!(to_close(&counter), ["INV-1", "INV-2"]);
}

#[test]
fn what_waited_for_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let sale = counter.sells(SALT_ROAD);
    let source = checkout::returns::ReturnSource::Key(sale.key.clone());
    counter.happens(Event::ReturnStarted(source)).unwrap();
    counter.happens(Event::ReturnAll).unwrap();
    counter.happens(Event::ReturnReason("torn".into())).unwrap();
    counter.happens(Event::PaymentStarted).unwrap();
    let mode_of_payment = "Cash".to_owned();
    let tendered = Event::Tendered {
        mode_of_payment,
        amount: None,
    };
    counter.happens(tendered).unwrap();
    let store = &mut counter.store;
    store.outbox_delivered(1, "OPE-1", at(0)).unwrap();
    store
        .outbox_parked(2, &parking("Cancelled.", "Settle it."), at(1))
        .unwrap();
    assert_eq!(store.outbox_next(at(2)).unwrap(), None);
    store
        .outbox_settle(2, &settlement("a test"), at(2))
        .unwrap();
    assert_eq!(store.outbox_next(at(3)).unwrap().unwrap().id, 3);
}

#[test]
fn a_closing_that_was_made_by_hand_takes_what_had_arrived() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = refused(dir.path(), None);
    let shift = counter.till.shift().unwrap().clone();
    let store = &mut counter.store;
    store.pos_opening_made(&shift, "OPE-1", at(2)).unwrap();
    let totals = store.records().shift_totals(&shift).unwrap();
    let count = checkout::shift::Count {
        mode_of_payment: "Cash".into(),
        amount: totals.mode_of_payment("Cash").unwrap().expected(),
        denominations: Vec::new(),
    };
    counter.happens(Event::ShiftCounted(vec![count])).unwrap();
    counter.happens(Event::ShiftClosingConfirmed).unwrap();
    let store = &mut counter.store;
    let closing = store.outbox_next(at(9_999)).unwrap().unwrap().id;
    store
        .outbox_parked(closing, &parking("damaged", "Close it there."), at(3))
        .unwrap();
    assert_eq!(store.pos_openings_unclosed().unwrap().len(), 1);
    store
        .outbox_settle(closing, &settlement("closed in the office"), at(4))
        .unwrap();
    assert!(store.pos_openings_unclosed().unwrap().is_empty());
    assert!(store.sales_to_close(&shift).unwrap().is_empty());
    // What arrives later comes into a closing of this till.
    store.outbox_unpark_all(at(5)).unwrap();
    store.outbox_delivered(2, "INV-1", at(6)).unwrap();
    assert_eq!(store.sales_to_close(&shift).unwrap().len(), 1);
}
