//! Documents leave in the order they depend on each other, and none holds up another in vain.

use checkout::money::Money;
use store::{Behind, OutboxDocument, ReadStore, SendState, Store, StoreErrorKind};

use crate::support::{Counter, SALT_ROAD, TEA, at, parking, passing, receipt, shop};

/// A till that has sold so many books; its shift is entry 1, its sales 2 and up.
fn counter_with(dir: &std::path::Path, sales: u32) -> Counter {
    let mut counter = Counter::open(dir);
    for _ in 0..sales {
        counter.sells(SALT_ROAD);
    }
    counter
}

fn next(store: &mut Store, seconds: i64) -> Option<i64> {
    store
        .outbox_next(at(seconds))
        .unwrap()
        .map(|entry| entry.id)
}

#[test]
fn sales_wait_until_their_shift_is_delivered() {
    let dir = tempfile::tempdir().unwrap();
    let Counter {
        mut store, till, ..
    } = counter_with(dir.path(), 2);
    let first = store.outbox_next(at(0)).unwrap().unwrap();
    assert_eq!(
        first.document,
        OutboxDocument::Shift(Box::new(till.shift().unwrap().clone()))
    );
    store
        .outbox_retry(first.id, &passing("no answer"), at(60), at(0))
        .unwrap();
    assert_eq!(next(&mut store, 59), None, "a sale overtook its shift");
    assert_eq!(store.outbox_next_time(at(59)).unwrap(), Some(at(60)));
    store
        .outbox_delivered(first.id, "POS-OPE-1", at(61))
        .unwrap();
    let sale = store.outbox_next(at(61)).unwrap().unwrap();
    let OutboxDocument::Sale(document) = &sale.document else {
        panic!("{sale:?}")
    };
    assert_eq!(document.receipt_number, receipt(1));
    assert_eq!(sale.opening_entry.as_deref(), Some("POS-OPE-1"));
    assert_eq!((sale.shift_entry, sale.attempts), (Some(first.id), 0));
}

#[test]
fn a_parked_or_waiting_sale_holds_up_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let Counter { mut store, .. } = counter_with(dir.path(), 3);
    store.outbox_delivered(1, "POS-OPE-1", at(0)).unwrap();
    store
        .outbox_parked(
            2,
            &parking("The item is disabled.", "Enable it in ERPNext."),
            at(1),
        )
        .unwrap();
    store
        .outbox_retry(3, &passing("ERPNext is busy"), at(90), at(0))
        .unwrap();
    assert_eq!(next(&mut store, 2), Some(4));
    store.outbox_delivered(4, "C1-000003", at(3)).unwrap();
    assert_eq!(next(&mut store, 4), None);
    assert_eq!(next(&mut store, 90), Some(3), "its wait is over");
    store.outbox_retry_now().unwrap();
    assert_eq!(next(&mut store, 5), Some(3), "retry now ends every wait");
}

#[test]
fn sales_that_keep_failing_let_the_later_ones_go_first() {
    let dir = tempfile::tempdir().unwrap();
    let Counter { mut store, .. } = counter_with(dir.path(), 4);
    store.outbox_delivered(1, "POS-OPE-1", at(0)).unwrap();
    for (sale, failures) in [(2, 3), (3, 1), (4, 2)] {
        for _ in 0..failures {
            store
                .outbox_retry(sale, &passing("no answer"), at(60), at(0))
                .unwrap();
        }
    }
    for due in [5, 3, 4] {
        assert_eq!(next(&mut store, 60), Some(due));
        store
            .outbox_delivered(due, &format!("C1-{due}"), at(60))
            .unwrap();
    }
    store
        .outbox_parked(2, &parking("cause", "remedy"), at(61))
        .unwrap();
    store.outbox_unpark_sale(&receipt(1), at(62)).unwrap();
    let again = store.outbox_next(at(62)).unwrap().unwrap();
    assert_eq!((again.id, again.attempts), (2, 0), "a person starts afresh");
}

#[test]
fn a_wait_noted_while_the_clock_was_far_ahead_is_over_when_it_is_set_right() {
    const DAY: i64 = 86_400;
    let dir = tempfile::tempdir().unwrap();
    let Counter { mut store, .. } = counter_with(dir.path(), 0);
    store
        .outbox_retry(1, &passing("no answer"), at(DAY), at(0))
        .unwrap();
    assert_eq!(next(&mut store, 0), None, "a day is a wait");
    assert_eq!(store.outbox_next_time(at(0)).unwrap(), Some(at(DAY)));
    store
        .outbox_retry(1, &passing("no answer"), at(DAY + 1), at(0))
        .unwrap();
    assert_eq!(next(&mut store, 0), Some(1));
    let due = store.outbox_next_time(at(0)).unwrap().unwrap();
    assert!(due <= at(0), "the sync would sleep until {due}");
}

#[test]
fn what_was_parked_is_due_at_once_when_a_person_has_seen_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let Counter { mut store, .. } = counter_with(dir.path(), 4);
    store.outbox_delivered(1, "POS-OPE-1", at(0)).unwrap();
    for sale in 2..=4 {
        store
            .outbox_parked(sale, &parking("cause", "remedy"), at(1))
            .unwrap();
    }
    store
        .outbox_retry(5, &passing("ERPNext is busy"), at(90), at(0))
        .unwrap();
    assert_eq!(next(&mut store, 2), None);
    assert_eq!(store.outbox_unpark_sale(&receipt(2), at(3)).unwrap(), 1);
    assert_eq!(next(&mut store, 3), Some(3), "receipt 2 alone is due");
    assert_eq!(store.outbox_unpark_all(at(4)).unwrap(), 2);
    assert_eq!(store.outbox_unpark_all(at(5)).unwrap(), 0, "none is left");
    for due in [2, 3, 4] {
        assert_eq!(next(&mut store, 6), Some(due));
        store
            .outbox_delivered(due, &format!("C1-{due}"), at(6))
            .unwrap();
    }
    assert_eq!(next(&mut store, 6), None, "a wait is not cut short");
    ReadStore::open(dir.path())
        .unwrap()
        .records()
        .journal_verify()
        .unwrap()
        .unwrap();
}

#[test]
fn a_parked_shift_holds_up_its_sales_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let Counter { mut store, .. } = counter_with(dir.path(), 2);
    store
        .outbox_parked(1, &parking("The profile is gone.", "Make it again."), at(0))
        .unwrap();
    assert_eq!(next(&mut store, 1_000), None);
    assert_eq!(store.outbox_next_time(at(1_000)).unwrap(), None);
    let lines = store.records().outbox_entries(10).unwrap();
    let states: Vec<_> = lines.iter().map(|line| (line.id, line.doctype)).collect();
    assert_eq!(
        states,
        [
            (1, "POS Opening Entry"),
            (2, "POS Invoice"),
            (3, "POS Invoice")
        ]
    );
    let parked = SendState::Parked {
        cause: "The profile is gone.".into(),
        remedy: "Make it again.".into(),
        booked_as: None,
    };
    assert_eq!(lines[0].sent, parked);
    let held_up = SendState::HeldUp {
        cause: "The profile is gone.".into(),
        remedy: "Make it again.".into(),
        behind: Some(Behind {
            doctype: "POS Opening Entry",
            label: lines[0].label.clone(),
            parked: true,
        }),
    };
    assert_eq!(lines[1].sent, held_up);
    let sale = store.records().sale(&receipt(2)).unwrap().unwrap();
    assert_eq!(sale.sent, held_up);
    let summary = store.records().outbox_summary().unwrap();
    assert_eq!((summary.parked, summary.parked_shifts), (1, 1));
    store.outbox_unpark_sale(&receipt(2), at(2)).unwrap();
    assert_eq!(
        next(&mut store, 2),
        Some(1),
        "sending a sale again sends its shift"
    );
}

#[test]
fn the_summary_counts_what_is_unsent_with_its_value_and_age() {
    let dir = tempfile::tempdir().unwrap();
    let Counter { mut store, .. } = counter_with(dir.path(), 3);
    let opened_at = store.records().outbox_summary().unwrap().oldest.unwrap();
    store.outbox_delivered(1, "POS-OPE-1", at(0)).unwrap();
    store.outbox_delivered(3, "C1-000002", at(0)).unwrap();
    store
        .outbox_parked(2, &parking("cause", "remedy"), at(0))
        .unwrap();
    let summary = store.records().outbox_summary().unwrap();
    assert_eq!((summary.unsent, summary.parked), (2, 1));
    assert_eq!(
        summary.unsent_value,
        [Money {
            units: 2 * 1730,
            currency: shop().currency
        }]
    );
    assert!(summary.oldest.unwrap() > opened_at);
}

#[test]
fn what_was_delivered_stays_delivered_under_one_name() {
    let dir = tempfile::tempdir().unwrap();
    let Counter { mut store, .. } = counter_with(dir.path(), 1);
    store.outbox_delivered(1, "POS-OPE-1", at(0)).unwrap();
    store.outbox_delivered(2, "C1-000001", at(1)).unwrap();
    store.outbox_delivered(2, "C1-000001", at(2)).unwrap();
    for refused in [
        store.outbox_delivered(2, "another", at(3)),
        store.outbox_parked(2, &parking("cause", "remedy"), at(3)),
        store
            .outbox_retry(2, &passing("cause"), at(3), at(0))
            .map(drop),
    ] {
        assert_eq!(refused.unwrap_err().kind(), StoreErrorKind::Inconsistent);
    }
    let unknown = store
        .outbox_retry(99, &passing("cause"), at(3), at(0))
        .unwrap_err();
    assert_eq!(unknown.kind(), StoreErrorKind::NotFound);
    // A shift whose opening entry was cancelled on the server is opened anew.
    store.outbox_delivered(1, "POS-OPE-2", at(4)).unwrap();
    let sent = store.records().sale(&receipt(1)).unwrap().unwrap().sent;
    assert_eq!(
        sent,
        SendState::Delivered {
            erpnext_name: "C1-000001".into(),
            at: at(1),
            remark: None,
        }
    );
}

#[test]
fn attempts_and_waits_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = counter_with(dir.path(), 0);
    counter.sells(TEA);
    counter
        .store
        .outbox_retry(1, &passing("no answer"), at(60), at(0))
        .unwrap();
    counter
        .store
        .outbox_retry(1, &passing("no answer"), at(120), at(0))
        .unwrap();
    drop(counter);
    let Counter { mut store, .. } = Counter::open(dir.path());
    assert_eq!(next(&mut store, 119), None);
    assert_eq!(store.outbox_next(at(120)).unwrap().unwrap().attempts, 2);
}

#[test]
fn a_stored_document_that_cannot_be_read_is_parked_and_the_rest_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let Counter { mut store, .. } = counter_with(dir.path(), 2);
    store.outbox_delivered(1, "POS-OPE-1", at(0)).unwrap();
    let tool = rusqlite::Connection::open(dir.path().join("till.sqlite")).unwrap();
    tool.execute_batch("DROP TRIGGER sale_keeps; UPDATE sale SET body = '{' WHERE number = 1")
        .unwrap();
    assert_eq!(next(&mut store, 1), Some(3));
    let lines = store.records().outbox_entries(1).unwrap();
    assert!(
        matches!(&lines[0].sent, SendState::Parked { cause, .. } if cause.contains("C1-000001"))
    );
}
