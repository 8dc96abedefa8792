//! A till on a full disk: in this crate rather than in `tests`, since only the store's own
//! connection can be told that its disk is full.

use checkout::action::{Action, JournalFact};
use checkout::cart::Approval;
use checkout::till::{Event, NotSaved};

use crate::JournalKind;
use crate::support::{Counter, SALT_ROAD, at, receipt};

/// Lets the file grow to so many pages. What migrations left free in it is given back first.
fn limit(counter: &Counter, pages: i64) {
    counter.store.till.execute_batch("VACUUM").unwrap();
    let set = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
    let till = &counter.store.till;
    till.pragma_update_and_check(None, "max_page_count", pages, set)
        .unwrap();
}

#[test]
fn a_sale_on_a_full_disk_is_refused_and_goes_through_once_there_is_space() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    counter.scans(SALT_ROAD);
    counter.happens(Event::PaymentStarted).unwrap();
    // It never goes below the size that the file has.
    limit(&counter, 1);

    let cash = Event::Tendered {
        mode_of_payment: "Cash".into(),
        amount: None,
    };
    assert_eq!(counter.happens(cash), Err(NotSaved::DiskFull));

    let kept = counter.store.resume().unwrap();
    assert_eq!(kept.receipts, 1);
    assert_eq!(kept.open_cart.map(|open| open.cart.lines().len()), Some(1));
    assert!(counter.store.records().sale(&receipt(2)).unwrap().is_none());
    limit(&counter, 1_000_000);
    counter.happens(Event::Completed).unwrap();
    assert_eq!(counter.till.last_sale().unwrap().receipt_number, receipt(2));
    assert_eq!(counter.store.resume().unwrap().receipts, 2);
    counter.store.records().journal_verify().unwrap().unwrap();
}

#[test]
fn what_a_full_disk_keeps_out_of_the_journal_is_written_before_anything_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    let cashier = counter.till.last_sale().unwrap().cashier.clone();
    let fact = |reason: &str| JournalFact {
        at: at(5),
        cashier: cashier.clone(),
        action: Action::Other,
        approval: Some(Approval {
            by: cashier.clone(),
            reason: reason.to_owned(),
        }),
        above: Vec::new(),
    };
    limit(&counter, 1);
    let long = "x".repeat(100_000);
    let store = &mut counter.store;
    assert!(store.journal_must_have(fact(&long)).is_err());
    assert!(store.journal_must_have(fact("damaged")).is_err());
    let before = store.records().journal_verify().unwrap().unwrap().entries;
    counter.scans(SALT_ROAD);
    counter.happens(Event::PaymentStarted).unwrap();
    let cash = Event::Tendered {
        mode_of_payment: "Cash".into(),
        amount: None,
    };
    assert_eq!(counter.happens(cash), Err(NotSaved::DiskFull));
    limit(&counter, 1_000_000);
    counter.happens(Event::Completed).unwrap();
    let records = counter.store.records();
    let entries = records.journal_entries(before, 3).unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind).collect();
    let approval = JournalKind::Approval;
    assert_eq!(kinds, [approval, approval, JournalKind::Sale]);
    assert_eq!(entries[1].body["approval"]["reason"], "damaged");
    records.journal_verify().unwrap().unwrap();
}
