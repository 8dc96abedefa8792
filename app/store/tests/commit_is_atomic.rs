//! A sale is committed whole or not at all.

use checkout::till::NotSaved;
use rusqlite::Connection;
use store::{SalesQuery, StoreErrorKind};

use crate::support::{Counter, SALT_ROAD, TEA, receipt};

#[test]
fn a_commit_that_fails_at_any_statement_leaves_nothing_behind() {
    let steps = [
        "INSERT ON sale",
        "INSERT ON sale_search",
        "INSERT ON print_job",
        "INSERT ON journal",
        "INSERT ON outbox",
        "INSERT ON sold_day",
        "DELETE ON open_cart",
    ];
    for step in steps {
        let dir = tempfile::tempdir().unwrap();
        let mut counter = Counter::open(dir.path());
        counter.sells(SALT_ROAD);
        counter.scans(TEA);
        let before = rows(dir.path());
        let other = Connection::open(dir.path().join("till.sqlite")).unwrap();
        let trigger = format!(
            "CREATE TRIGGER fails BEFORE {step} BEGIN SELECT RAISE(ABORT, 'it failed'); END"
        );
        other.execute_batch(&trigger).unwrap();

        let failed = counter.pays().unwrap_err();

        assert!(
            matches!(failed, NotSaved::Inconsistent(_)),
            "{step}: {failed:?}"
        );
        assert_eq!(rows(dir.path()), before, "{step} left something behind");
        let cart = counter.store.resume().unwrap().open_cart.unwrap().cart;
        assert_eq!(cart.lines().len(), 1, "{step}: the cart is lost");
        other.execute_batch("DROP TRIGGER fails").unwrap();
        let sale = counter.pays_again();
        assert_eq!(
            sale.receipt_number,
            receipt(2),
            "{step} burnt a receipt number"
        );
    }
}

#[test]
fn receipt_numbers_have_no_gaps_and_no_doubles() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let sale = counter.sells(SALT_ROAD);
    for number in [0, 1, 3, u64::MAX] {
        let mut wrong = sale.clone();
        wrong.receipt_number.number = number;
        wrong.key = format!("another-{number}");
        let refused = counter.store.commit_sale(&wrong).unwrap_err();
        assert_eq!(
            refused.kind(),
            StoreErrorKind::Inconsistent,
            "number {number} was taken"
        );
    }
    assert_eq!(counter.store.resume().unwrap().receipts, 1);
}

#[test]
fn a_sale_belongs_to_the_open_shift_and_there_is_only_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let mut sale = counter.sells(SALT_ROAD);
    sale.receipt_number.number = 2;
    sale.key = "another".into();
    sale.shift = "of yesterday".into();
    let refused = counter.store.commit_sale(&sale).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Inconsistent);
    let mut shift = counter.till.shift().unwrap().clone();
    shift.number = 2;
    shift.key = "second".into();
    let refused = counter.store.commit_shift(&shift).unwrap_err();
    assert!(refused.to_string().contains("still open"), "{refused}");
}

#[test]
fn a_sale_comes_back_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.scans(TEA);
    let line = counter.till.cart().lines()[0].id;
    let text = "0.317".to_owned();
    counter
        .happens(checkout::till::Event::QuantityEntered { line, text })
        .unwrap();
    counter.scans(SALT_ROAD);
    let sale = counter.pays().unwrap();
    let record = counter
        .store
        .records()
        .sale(&sale.receipt_number)
        .unwrap()
        .unwrap();
    assert_eq!(record.sale, sale);
    let by_key = counter.store.records().sale_by_key(&sale.key).unwrap();
    assert_eq!(by_key, Some(record));
}

impl Counter {
    /// Finishes the sale whose commit failed; its tenders are still there.
    fn pays_again(&mut self) -> checkout::sale::Sale {
        self.happens(checkout::till::Event::Completed).unwrap();
        (**self.till.last_sale().unwrap()).clone()
    }
}

/// How many rows each table has.
fn rows(dir: &std::path::Path) -> Vec<i64> {
    let till = Connection::open(dir.join("till.sqlite")).unwrap();
    let count = |table: &str| {
        till.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
    };
    [
        "sale",
        "sale_search",
        "print_job",
        "journal",
        "outbox",
        "sold_day",
        "open_cart",
    ]
    .map(count)
    .to_vec()
}

#[test]
fn nothing_that_was_committed_can_be_edited_or_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    let tool = Connection::open(dir.path().join("till.sqlite")).unwrap();
    for statement in [
        "DELETE FROM sale",
        "UPDATE sale SET body = '{}'",
        "DELETE FROM shift",
        "UPDATE shift SET body = '{}'",
        "DELETE FROM journal",
        "UPDATE journal SET at = 0",
        "DELETE FROM outbox",
        "UPDATE outbox SET document = 'x'",
        "DELETE FROM print_job",
    ] {
        assert!(
            tool.execute_batch(statement).is_err(),
            "{statement} went through"
        );
    }
    let query = SalesQuery {
        limit: 10,
        ..SalesQuery::default()
    };
    assert_eq!(counter.store.records().sales(&query).unwrap().len(), 1);
}
