//! A document that a site refuses again and again waits for a person, and what can go on goes on.

use checkout::shift::Count;
use checkout::till::Event;
use store::{Hindrance, OutboxDocument, SendState, Store, StoreErrorKind, Trouble};

use crate::support::{Counter, SALT_ROAD, at, passing};

const REFUSED: Trouble<'_> = Trouble {
    hindrance: Hindrance::Refused,
    cause: "ERPNext does not take it",
    remedy: "Look there.",
};

/// Sells so many books, delivers the opening, and closes the shift. The sales are 2 and up.
fn closed_shift(dir: &std::path::Path, sales: u32) -> Counter {
    let mut counter = Counter::open(dir);
    for _ in 0..sales {
        counter.sells(SALT_ROAD);
    }
    let cash = counter.till.shift_totals().unwrap();
    let amount = cash.mode_of_payment("Cash").unwrap().expected();
    let count = Count {
        mode_of_payment: "Cash".into(),
        amount,
        denominations: Vec::new(),
    };
    counter.happens(Event::ShiftCounted(vec![count])).unwrap();
    counter.happens(Event::ShiftClosingConfirmed).unwrap();
    counter.store.outbox_delivered(1, "OPE-1", at(0)).unwrap();
    counter
}

/// Refuses a document until it waits for a person; says how often.
fn refuse(store: &mut Store, id: i64) -> u32 {
    (1..=1_000)
        .find(|_| store.outbox_retry(id, &REFUSED, at(0), at(0)).unwrap())
        .unwrap()
}

fn next_is_closing(store: &mut Store) -> bool {
    let next = store.outbox_next(at(9_999)).unwrap();
    next.is_some_and(|entry| matches!(entry.document, OutboxDocument::Closing(_)))
}

#[test]
fn one_that_is_refused_alone_gives_way_to_the_closing_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = closed_shift(dir.path(), 2);
    let store = &mut counter.store;
    store.outbox_delivered(3, "INV-2", at(1)).unwrap();
    for _ in 0..100 {
        // What the network does says nothing about the document.
        assert!(
            !store
                .outbox_retry(2, &passing("away"), at(0), at(0))
                .unwrap()
        );
    }
    assert!(!next_is_closing(store));
    assert_eq!(refuse(store, 2), 10);
    assert!(next_is_closing(store));
    let lines = store.records().outbox_entries(9).unwrap();
    let SendState::Parked { cause, remedy, .. } = &lines[0].sent else {
        panic!("{:?}", lines[0]);
    };
    assert_eq!(
        cause,
        "Sent 10 times and never taken: ERPNext does not take it."
    );
    assert_eq!(remedy, "Look there. Then try it again.");
    store.outbox_unpark_all(at(3)).unwrap();
    assert_eq!(refuse(store, 2), 10, "a person starts afresh");
}

#[test]
fn what_befalls_every_document_is_not_one_documents_fault() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = closed_shift(dir.path(), 3);
    let store = &mut counter.store;
    for _ in 0..30 {
        for id in [2, 3] {
            assert!(!store.outbox_retry(id, &REFUSED, at(0), at(0)).unwrap());
        }
    }
    // Another is taken: now it is they.
    store.outbox_delivered(4, "INV-3", at(1)).unwrap();
    assert_eq!((refuse(store, 2), refuse(store, 3)), (1, 1));
    assert!(next_is_closing(store));
    // However it is, nothing waits for ever.
    store.outbox_unpark_all(at(2)).unwrap();
    store.outbox_retry(3, &REFUSED, at(0), at(0)).unwrap();
    assert_eq!(refuse(store, 2), 40);
}

#[test]
fn one_that_the_site_does_not_end_with_is_parked_once_others_are_taken() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = closed_shift(dir.path(), 2);
    let store = &mut counter.store;
    let stalled = Trouble {
        hindrance: Hindrance::Doubtful,
        cause: "ERPNext did not come to an end with it",
        remedy: "Look there.",
    };
    let stalls = |store: &mut Store| store.outbox_retry(2, &stalled, at(0), at(0)).unwrap();
    for _ in 0..20 {
        // It is alone, and it may be the site all the same.
        assert!(!stalls(store));
    }
    store.outbox_delivered(3, "INV-2", at(1)).unwrap();
    assert!(
        !store
            .outbox_retry(2, &passing("away"), at(0), at(0))
            .unwrap()
    );
    assert!(stalls(store));
    assert!(next_is_closing(store));
}

#[test]
fn what_waits_behind_one_that_stands_still_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = closed_shift(dir.path(), 1);
    let store = &mut counter.store;
    let state = |store: &Store| {
        let lines = store.records().outbox_entries(9).unwrap();
        lines.into_iter().last().unwrap().sent
    };
    assert!(matches!(
        state(store),
        SendState::Waiting { cause: None, .. }
    ));
    store
        .outbox_retry(2, &passing("away"), at(60), at(0))
        .unwrap();
    assert!(matches!(
        state(store),
        SendState::Waiting { cause: None, .. }
    ));
    store.outbox_retry(2, &REFUSED, at(60), at(0)).unwrap();
    let SendState::HeldUp {
        cause,
        remedy,
        behind: Some(behind),
    } = state(store)
    else {
        panic!("{:?}", state(store));
    };
    assert_eq!(
        (cause.as_str(), remedy.as_str()),
        (REFUSED.cause, REFUSED.remedy)
    );
    assert_eq!((behind.doctype, behind.parked), ("POS Invoice", false));
    assert_eq!(behind.label, "C1-000001");
    let lines = store.records().outbox_entries(9).unwrap();
    let SendState::Waiting { remedy, .. } = &lines[0].sent else {
        panic!("{:?}", lines[0]);
    };
    assert_eq!(remedy, REFUSED.remedy);
}

#[test]
fn a_damaged_sale_is_named_by_what_needs_it_and_by_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = closed_shift(dir.path(), 2);
    let shift = counter.store.records().closings(1).unwrap().remove(0).shift;
    let shift = counter.store.records().shift(&shift).unwrap().unwrap();
    for id in [2, 3] {
        let name = format!("INV-{id}");
        counter.store.outbox_delivered(id, &name, at(1)).unwrap();
    }
    let tool = rusqlite::Connection::open(dir.path().join("till.sqlite")).unwrap();
    tool.execute_batch("DROP TRIGGER sale_keeps; UPDATE sale SET body = '{' WHERE number = 1")
        .unwrap();
    let error = counter.store.sales_to_close(&shift).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    assert!(error.to_string().contains("C1-000001"), "{error}");
    assert_eq!(counter.store.profiles_to_close(&shift).unwrap().len(), 1);
}
