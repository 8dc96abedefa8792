//! A till on a full disk: in this crate rather than in `tests`, since only the store's own
//! connection can be told that its disk is full.

use checkout::till::{Event, NotSaved};

use crate::support::{Counter, SALT_ROAD, receipt};

#[test]
fn a_sale_on_a_full_disk_is_refused_and_goes_through_once_there_is_space() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    counter.scans(SALT_ROAD);
    counter.happens(Event::PaymentStarted).unwrap();
    let limit = |counter: &Counter, pages: i64| {
        let set = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        let till = &counter.store.till;
        till.pragma_update_and_check(None, "max_page_count", pages, set)
            .unwrap();
    };
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
