//! Returns and exchanges, on real files.

use checkout::cart::Approval;
use checkout::returns::ReturnSource;
use checkout::sale::Sale;
use checkout::till::{Event, NotSaved, Stage};
use rusqlite::Connection;
use store::{OutboxDocument, ReadStore, SalesQuery};

use crate::support::{Counter, SALT_ROAD, TEA, at, parking, receipt};

fn starts(counter: &mut Counter, sale: &Sale) {
    let source = ReturnSource::Key(sale.key.clone());
    counter.happens(Event::ReturnStarted(source)).unwrap();
    counter.happens(Event::ReturnAll).unwrap();
    counter.happens(Event::ReturnReason("torn".into())).unwrap();
}

fn pays(counter: &mut Counter) -> Result<(), NotSaved> {
    counter.happens(Event::PaymentStarted)?;
    let mode_of_payment = "Cash".to_owned();
    counter.happens(Event::Tendered {
        mode_of_payment,
        amount: None,
    })
}

#[test]
fn a_return_is_found_by_its_sale_and_nothing_comes_back_twice() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let sale = counter.sells(SALT_ROAD);
    starts(&mut counter, &sale);
    pays(&mut counter).unwrap();
    let records = counter.store.records();
    let returns = records.returns_of(&sale.key).unwrap();
    assert_eq!(returns.len(), 1);
    assert_eq!(returns[0].amount_to_pay, sale.amount_to_pay.negated());
    let listed = records
        .sales(&SalesQuery {
            limit: 9,
            ..SalesQuery::default()
        })
        .unwrap();
    let kinds: Vec<_> = listed.iter().map(|sale| sale.is_return).collect();
    assert_eq!(kinds, [true, false]);
    assert_eq!(records.day(sale.posting_date).unwrap().amounts[0].units, 0);
    counter.happens(Event::NextSale).unwrap();
    let source = ReturnSource::Key(sale.key.clone());
    counter.till.step(
        &at(99).to_zoned(jiff::tz::TimeZone::UTC),
        Event::ReturnStarted(source),
    );
    assert!(
        counter.till.returning().is_none(),
        "all of it is back already"
    );
}

#[test]
fn an_open_return_outlives_a_power_cut() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let sale = counter.sells(SALT_ROAD);
    starts(&mut counter, &sale);
    counter.scans(TEA);
    counter.happens(Event::PaymentStarted).unwrap();
    let due = counter.till.due();
    drop(counter);
    let mut counter = Counter::open(dir.path());
    assert!(matches!(counter.till.stage(), Stage::Paying(_)));
    assert_eq!(counter.till.due(), due);
    let mode_of_payment = "Card".to_owned();
    counter
        .happens(Event::Tendered {
            mode_of_payment,
            amount: None,
        })
        .unwrap();
    assert_eq!(counter.store.resume().unwrap().open_cart, None);
    assert_eq!(counter.store.resume().unwrap().receipts, 3);
}

#[test]
fn an_exchange_that_fails_at_any_statement_makes_neither_half() {
    let steps = [
        "INSERT ON sale WHEN new.number = 3",
        "INSERT ON print_job WHEN new.sale = 3",
        "INSERT ON journal",
        "INSERT ON outbox WHEN new.label = 'C1-000003'",
        "INSERT ON outbox_need",
        "INSERT ON returned_row",
        "DELETE ON open_cart",
    ];
    for step in steps {
        let dir = tempfile::tempdir().unwrap();
        let mut counter = Counter::open(dir.path());
        let sale = counter.sells(SALT_ROAD);
        starts(&mut counter, &sale);
        counter.scans(TEA);
        let other = Connection::open(dir.path().join("till.sqlite")).unwrap();
        let trigger = format!(
            "CREATE TRIGGER fails BEFORE {step} BEGIN SELECT RAISE(ABORT, 'it failed'); END"
        );
        other.execute_batch(&trigger).unwrap();
        pays(&mut counter).unwrap_err();
        assert_eq!(counter.store.resume().unwrap().receipts, 1, "{step}");
        assert!(
            counter
                .store
                .records()
                .returns_of(&sale.key)
                .unwrap()
                .is_empty()
        );
        other.execute_batch("DROP TRIGGER fails").unwrap();
        counter.happens(Event::Completed).unwrap();
        let records = counter.store.records();
        let returned = records.sale(&receipt(2)).unwrap().unwrap().sale;
        let sold = records.sale(&receipt(3)).unwrap().unwrap().sale;
        assert_eq!(returned.exchange.as_ref(), Some(&sold.key));
        assert_eq!(sold.exchange.as_ref(), Some(&returned.key));
        assert!(records.journal_verify().unwrap().is_ok());
    }
}

#[test]
fn halves_that_do_not_name_each_other_are_no_exchange() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let sale = counter.sells(SALT_ROAD);
    let mut next = sale.clone();
    next.receipt_number.number = 2;
    next.key = "another".into();
    assert!(counter.store.commit_exchange(&sale, &next).is_err());
    assert_eq!(counter.store.resume().unwrap().receipts, 1);
}

#[test]
fn a_return_is_sent_after_its_sale_and_a_parked_sale_holds_it_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let sale = counter.sells(SALT_ROAD);
    starts(&mut counter, &sale);
    pays(&mut counter).unwrap();
    let now = at(9_999);
    let store = &mut counter.store;
    let shift = store.outbox_next(now).unwrap().unwrap();
    store.outbox_delivered(shift.id, "POS-OPE-1", now).unwrap();
    let first = store.outbox_next(now).unwrap().unwrap();
    let OutboxDocument::Sale(sent) = &first.document else {
        panic!("{first:?}");
    };
    assert_eq!(sent.key, sale.key);
    store
        .outbox_parked(first.id, &parking("refused", "look"), now)
        .unwrap();
    assert_eq!(store.outbox_next(now).unwrap(), None);
    assert_eq!(store.outbox_next_time(now).unwrap(), None);
    store.outbox_unpark_all(now).unwrap();
    let first = store.outbox_next(now).unwrap().unwrap();
    store.outbox_delivered(first.id, "INV-1", now).unwrap();
    let second = store.outbox_next(now).unwrap().unwrap();
    assert!(matches!(&second.document, OutboxDocument::Sale(back) if back.is_return()));
}

#[test]
fn a_return_of_another_tills_sale_is_on_record_and_waits_for_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let mut foreign = counter.sells(SALT_ROAD);
    foreign.key = "C9-000007-AAAAAAAA".into();
    foreign.receipt_number.till = "C9".into();
    let source = ReturnSource::Sale(Box::new(foreign.clone()));
    counter.happens(Event::ReturnStarted(source)).unwrap();
    counter.happens(Event::ReturnAll).unwrap();
    counter.happens(Event::ReturnReason("torn".into())).unwrap();
    pays(&mut counter).unwrap();
    let records = counter.store.records();
    assert_eq!(records.returns_of(&foreign.key).unwrap().len(), 1);
    let now = at(9_999);
    let store = &mut counter.store;
    let shift = store.outbox_next(now).unwrap().unwrap();
    store.outbox_delivered(shift.id, "POS-OPE-1", now).unwrap();
    let first = store.outbox_next(now).unwrap().unwrap();
    store
        .outbox_parked(first.id, &parking("refused", "look"), now)
        .unwrap();
    let second = store.outbox_next(now).unwrap().unwrap();
    assert!(matches!(&second.document, OutboxDocument::Sale(back) if back.is_return()));
}

#[test]
fn what_came_back_without_a_receipt_is_on_record_with_who_allowed_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.scans(SALT_ROAD);
    counter.happens(Event::ReturnWithoutReceipt).unwrap();
    let Approval { by, reason } = Approval {
        by: crate::support::cashier(),
        reason: "regular".into(),
    };
    counter.happens(Event::Approved { by, reason }).unwrap();
    pays(&mut counter).unwrap();
    let read = ReadStore::open(dir.path()).unwrap();
    let returned = read.records().sale(&receipt(1)).unwrap().unwrap().sale;
    assert_eq!(returned.amount_to_pay.units, -1_730);
    let told = counter.store.records().journal_entries(0, 99).unwrap();
    let body = &told.last().unwrap().body;
    assert_eq!(body["approved_by"], "Anna");
    assert_eq!(body["reason"], "regular");
}
