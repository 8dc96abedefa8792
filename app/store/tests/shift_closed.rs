//! A shift is closed with what is stored, or not at all.

use checkout::money::Money;
use checkout::shift::{CashDirection, Count};
use checkout::till::{Event, NotSaved, Stage};
use proptest::prelude::*;
use rusqlite::Connection;
use store::{JournalKind, OutboxDocument, Store};

use crate::support::{Counter, SALT_ROAD, TEA, at, passing, shop};

fn usd(cents: i64) -> Money {
    Money {
        units: cents,
        currency: shop().currency,
    }
}

fn counts(cents: i64) -> Vec<Count> {
    vec![Count {
        mode_of_payment: "Cash".into(),
        amount: usd(cents),
        denominations: Vec::new(),
    }]
}

fn close(counter: &mut Counter, cents: i64) -> Result<(), NotSaved> {
    counter.happens(Event::ShiftCounted(counts(cents)))?;
    counter.happens(Event::ShiftClosingConfirmed)
}

fn move_cash(counter: &mut Counter, direction: CashDirection, cents: i64) {
    let event = Event::CashMoved {
        direction,
        amount: usd(cents),
        reason: "bank".into(),
    };
    counter.happens(event).unwrap();
}

#[test]
fn a_closed_shift_is_kept_with_its_sums_its_count_and_the_journals_head() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    counter.sells(TEA);
    move_cash(&mut counter, CashDirection::Out, 5_000);
    let reason = "change for a note".to_owned();
    counter.happens(Event::DrawerOpened { reason }).unwrap();
    let shift = counter.till.shift().unwrap().clone();
    close(&mut counter, 10_060).unwrap();
    assert_eq!(*counter.till.stage(), Stage::ShiftClosed);

    let records = counter.store.records();
    let closing = records.closing(&shift.key).unwrap().unwrap();
    assert_eq!(records.closings(9).unwrap().first(), Some(&closing));
    assert_eq!(Some(&closing), counter.till.last_closing().map(|it| &**it));
    let cash = &closing.differences()[0];
    // 100.00 and 17.30 and 33.37 less 50.00.
    assert_eq!((cash.expected, cash.difference), (usd(10_067), usd(-7)));
    assert_eq!(records.cash_movements(&shift.key).unwrap().len(), 1);

    let journal = records.journal_entries(0, 100).unwrap();
    let told = journal.last().unwrap();
    assert_eq!(told.kind, JournalKind::ShiftClosed);
    let head = closing.journal.unwrap();
    assert_eq!(head.entries, told.number - 1);
    let before: String = told
        .previous
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(head.hash, before);
    assert!(records.journal_verify().unwrap().is_ok());

    drop(counter);
    // The next start opens the next shift, and its receipts go on.
    let mut counter = Counter::open(dir.path());
    assert_eq!(counter.till.shift().unwrap().number, 2);
    assert_eq!(counter.sells(TEA).receipt_number.number, 3);
    close(&mut counter, 13_337).unwrap();
}

#[test]
fn a_restart_does_not_make_a_count_a_first_one_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.happens(Event::ShiftCounted(counts(9_000))).unwrap();
    drop(counter);
    let mut counter = Counter::open(dir.path());
    assert_eq!(*counter.till.stage(), Stage::Selling);
    close(&mut counter, 10_000).unwrap();
    assert_eq!(counter.till.last_closing().unwrap().recounts, 1);
    assert_eq!(counter.store.resume().unwrap().counts, 2);
}

#[test]
fn sums_that_are_not_those_of_the_stored_sales_close_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    counter
        .happens(Event::ShiftCounted(counts(11_730)))
        .unwrap();
    let Stage::Counted(counted) = counter.till.stage().clone() else {
        panic!("not counted");
    };
    let mut wrong = counted.clone();
    wrong.totals.sales.count = 2;
    let mut elsewhere = counted.clone();
    elsewhere.shift = "another".into();
    let mut uncounted = counted.clone();
    uncounted.counts.clear();
    for closing in [wrong, elsewhere, uncounted] {
        let refused = counter.store.commit_closing(&closing).unwrap_err();
        assert!(matches!(NotSaved::from(refused), NotSaved::Inconsistent(_)));
    }
    assert!(counter.store.resume().unwrap().shift.is_some());
    counter.store.commit_closing(&counted).unwrap();
    assert!(
        counter.store.commit_closing(&counted).is_err(),
        "closed twice"
    );
}

#[test]
fn a_receipt_that_is_missing_keeps_the_shift_open_and_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    for _ in 0..3 {
        counter.sells(SALT_ROAD);
    }
    // As no program of ours does it.
    let other = Connection::open(dir.path().join("till.sqlite")).unwrap();
    other
        .execute_batch(
            "PRAGMA foreign_keys = OFF; DROP TRIGGER sale_stays; DELETE FROM sale WHERE number = 2",
        )
        .unwrap();
    let NotSaved::Inconsistent(problem) = close(&mut counter, 15_190).unwrap_err() else {
        panic!("closed with a gap");
    };
    assert!(problem.contains("some are missing"), "{problem}");
    assert!(counter.till.shift().is_some());
}

#[test]
fn a_closing_that_fails_at_any_statement_leaves_the_shift_open() {
    for step in ["INSERT ON closing", "INSERT ON journal", "INSERT ON outbox"] {
        let dir = tempfile::tempdir().unwrap();
        let mut counter = Counter::open(dir.path());
        counter.sells(SALT_ROAD);
        counter
            .happens(Event::ShiftCounted(counts(11_730)))
            .unwrap();
        let other = Connection::open(dir.path().join("till.sqlite")).unwrap();
        let trigger = format!(
            "CREATE TRIGGER fails BEFORE {step} BEGIN SELECT RAISE(ABORT, 'it failed'); END"
        );
        other.execute_batch(&trigger).unwrap();
        counter.happens(Event::ShiftClosingConfirmed).unwrap_err();
        let shift = counter.till.shift().unwrap().key.clone();
        assert_eq!(
            counter.store.records().closing(&shift).unwrap(),
            None,
            "{step}"
        );
        other.execute_batch("DROP TRIGGER fails").unwrap();
        counter.happens(Event::ShiftClosingConfirmed).unwrap();
    }
}

#[test]
fn what_belongs_to_a_shift_is_never_changed_or_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    move_cash(&mut counter, CashDirection::In, 5_000);
    let reason = "look".to_owned();
    counter.happens(Event::DrawerOpened { reason }).unwrap();
    close(&mut counter, 15_000).unwrap();
    let other = Connection::open(dir.path().join("till.sqlite")).unwrap();
    for table in ["cash_movement", "drawer_opening", "closing"] {
        for statement in [
            format!("DELETE FROM {table}"),
            format!("UPDATE {table} SET body = ''"),
        ] {
            assert!(other.execute_batch(&statement).is_err(), "{statement}");
        }
    }
    drop(other);
    let tampered = Connection::open(dir.path().join("till.sqlite")).unwrap();
    tampered
        .execute_batch("DROP TRIGGER cash_movement_keeps; UPDATE cash_movement SET body = replace(body, '50.00', '5.00')")
        .unwrap();
    assert!(counter.store.records().journal_verify().unwrap().is_err());
}

#[test]
fn sales_of_a_closed_shift_are_still_sent() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    close(&mut counter, 11_730).unwrap();
    let next = counter.store.outbox_next(at(9_999)).unwrap().unwrap();
    assert!(matches!(next.document, OutboxDocument::Shift(_)));
    counter
        .store
        .outbox_delivered(next.id, "POS-OPE-1", at(9_999))
        .unwrap();
    let next = counter.store.outbox_next(at(9_999)).unwrap().unwrap();
    assert!(matches!(next.document, OutboxDocument::Sale(_)));
}

#[test]
fn shifts_are_closed_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let mut counter = Counter::open(dir.path());
        counter.sells(SALT_ROAD);
        close(&mut counter, 11_730).unwrap();
    }
    let mut store = Store::open(dir.path(), [7; 5]).unwrap();
    let due = |store: &mut Store, seconds| {
        let next = store.outbox_next(at(seconds)).unwrap();
        next.map(|entry| entry.id)
    };
    // A shift, its sale and its closing, and the same again.
    for id in [1, 2, 3, 4, 5] {
        assert_eq!(due(&mut store, 9_999), Some(id));
        if id == 3 {
            let (again, now) = (at(10_060), at(9_999));
            store
                .outbox_retry(id, &passing("no answer"), again, now)
                .unwrap();
        } else {
            let name = format!("NAME-{id}");
            store.outbox_delivered(id, &name, at(9_999)).unwrap();
        }
    }
    let both = "the second closing would take both";
    assert_eq!(due(&mut store, 10_059), None, "{both}");
    assert_eq!(due(&mut store, 10_060), Some(3));
    store.outbox_delivered(3, "NAME-3", at(10_060)).unwrap();
    assert_eq!(due(&mut store, 10_060), Some(6));
}

/// Something that happens in a shift.
#[derive(Clone, Debug)]
enum Deed {
    Sell(&'static str, &'static str),
    Cash(CashDirection, i64),
    Drawer,
}

fn deed() -> impl Strategy<Value = Deed> {
    let goods = prop_oneof![Just(SALT_ROAD), Just(TEA)];
    let modes = prop_oneof![Just("Cash"), Just("Card")];
    let ways = prop_oneof![Just(CashDirection::In), Just(CashDirection::Out)];
    prop_oneof![
        3 => (goods, modes).prop_map(|(goods, mode)| Deed::Sell(goods, mode)),
        1 => (ways, 1_i64..20_000).prop_map(|(way, cents)| Deed::Cash(way, cents)),
        1 => Just(Deed::Drawer),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What the till keeps while it sells is what comes of adding up what is stored, after a
    /// restart too, and a shift of any such day can be closed.
    #[test]
    fn sums_kept_are_sums_stored(deeds in proptest::collection::vec(deed(), 0..12)) {
        let dir = tempfile::tempdir().unwrap();
        let mut counter = Counter::open(dir.path());
        for deed in deeds {
            match deed {
                Deed::Sell(goods, mode) => {
                    counter.scans(goods);
                    counter.happens(Event::PaymentStarted).unwrap();
                    let mode_of_payment = mode.to_owned();
                    counter.happens(Event::Tendered { mode_of_payment, amount: None }).unwrap();
                    counter.happens(Event::NextSale).unwrap();
                }
                Deed::Cash(way, cents) => move_cash(&mut counter, way, cents),
                Deed::Drawer => {
                    let reason = "look".to_owned();
                    counter.happens(Event::DrawerOpened { reason }).unwrap();
                }
            }
        }
        let kept = counter.till.shift_totals().unwrap().clone();
        let shift = counter.till.shift().unwrap().clone();
        prop_assert_eq!(&counter.store.records().shift_totals(&shift).unwrap(), &kept);
        drop(counter);
        let mut counter = Counter::open(dir.path());
        prop_assert_eq!(counter.till.shift_totals().unwrap(), &kept);
        close(&mut counter, 0).unwrap();
    }
}
