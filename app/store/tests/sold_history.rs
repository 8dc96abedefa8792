//! What was sold, day by day.

use std::collections::BTreeMap;
use std::path::Path;

use checkout::catalog::{Catalog, SoldHistory};
use checkout::quantity::Quantity;
use jiff::civil::{Date, date};
use rusqlite::Connection;
use store::{ReadStore, Store};

use crate::support::{Counter, INSTALLATION, SALT_ROAD, TEA, at, ledger::Ledger};

/// Stock units and amounts by item.
fn sums(history: &SoldHistory) -> BTreeMap<String, (f64, f64)> {
    let items = history.items.iter();
    items
        .map(|item| (item.item_code.clone(), (item.stock_qty, item.amount)))
        .collect()
}

#[test]
fn any_range_of_days_holds_what_was_sold_on_them_whenever_it_is_asked_for() {
    let mut ledger = Ledger::open();
    // The ledger's own first sale.
    let day = ledger.sale.posting_date;
    let mut sold = vec![(day, "BOOK-1", 1.0, 17.3)];
    // A day each, then the clock is set back, then forward again.
    let days = [0, 1, 1, 2, 5, 5, 3, 3, 5, 6, 6];
    let ranges = [
        (0, 0),
        (0, 9),
        (1, 5),
        (2, 4),
        (5, 6),
        (6, 9),
        (7, 9),
        (4, 1),
    ];
    let after = |days: i32| day.checked_add(jiff::Span::new().days(days)).unwrap();
    for (number, days) in days.into_iter().enumerate() {
        let item_code = if number % 3 == 0 { "TEA-1" } else { "BOOK-1" };
        let qty = if number % 4 == 3 { -1.5 } else { number as f64 };
        let amount = 0.25 * number as f64;
        ledger.sells(at(number as i64), |sale| {
            sale.posting_date = after(days);
            sale.lines[0].item_code = item_code.into();
            sale.lines[0].qty = Quantity::from_f64(qty);
            sale.lines[0].conversion_factor = 2.0;
            sale.totals.items[0].amount = amount;
        });
        sold.push((after(days), item_code, 2.0 * qty, amount));
        if number % 3 == 2 {
            ledger = ledger.reopened();
        }
        // Not after every sale, so that some come together.
        for (from, upto) in ranges.into_iter().skip(number % 2 * 8) {
            let history = ledger.reader.sold(after(from), after(upto)).unwrap();
            let mut expected = BTreeMap::new();
            for (on, item_code, qty, amount) in &sold {
                if (after(from)..=after(upto)).contains(on) {
                    let sum: &mut (f64, f64) = expected.entry((*item_code).to_owned()).or_default();
                    *sum = (sum.0 + qty, sum.1 + amount);
                }
            }
            let near = |sums: BTreeMap<String, (f64, f64)>| {
                let round = |value: f64| (value * 1e6).round() as i64;
                sums.into_iter()
                    .map(|(item, (qty, amount))| (item, round(qty), round(amount)))
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                near(sums(&history)),
                near(expected),
                "{from} to {upto} after sale {number}"
            );
            assert_eq!(history.known_from, Some(day));
        }
    }
}

#[test]
fn a_till_that_has_not_sold_yet_knows_of_no_day() {
    let dir = tempfile::tempdir().unwrap();
    let _counter = Counter::open(dir.path());
    let reader = ReadStore::open(dir.path()).unwrap();
    let always = (Date::MIN, Date::MAX);
    assert_eq!(
        reader.sold(always.0, always.1).unwrap(),
        SoldHistory::default()
    );
}

#[test]
fn sales_of_an_earlier_version_are_in_the_history() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.scans(TEA);
    let line = counter.till.cart().lines()[0].id;
    let text = "0.317".to_owned();
    counter
        .happens(checkout::till::Event::QuantityEntered { line, text })
        .unwrap();
    counter.scans(SALT_ROAD);
    counter.pays().unwrap();
    counter.sells(SALT_ROAD);
    drop(counter);
    let history = || {
        let reader = ReadStore::open(dir.path()).unwrap();
        let (from, upto) = (date(2026, 1, 1), date(2026, 12, 31));
        sums(&reader.sold(from, upto).unwrap())
    };
    let noted = history();
    assert_eq!(noted["TEA-1"].0, 0.317);
    assert_eq!(noted["BOOK-1"], (2.0, 34.6));

    as_version_2_left_it(&dir.path().join("till.sqlite"));
    let _store = Store::open(dir.path(), INSTALLATION).unwrap();
    assert_eq!(history(), noted);
}

/// Puts the rows of a file into one as the second version of the format had it.
fn as_version_2_left_it(path: &Path) {
    let now = path.with_extension("now");
    Connection::open(path)
        .unwrap()
        .execute("VACUUM INTO ?1", [now.to_str().unwrap()])
        .unwrap();
    for file in ["till.sqlite", "till.sqlite-wal", "till.sqlite-shm"] {
        let _absent = std::fs::remove_file(path.with_file_name(file));
    }
    let old = Connection::open(path).unwrap();
    old.execute_batch(include_str!("../src/migrations/till_1.sql"))
        .unwrap();
    old.execute_batch(include_str!("../src/migrations/till_2.sql"))
        .unwrap();
    old.execute("ATTACH ?1 AS now", [now.to_str().unwrap()])
        .unwrap();
    for table in [
        "installation",
        "shift",
        "sale",
        "sale_search",
        "print_job",
        "outbox",
        "journal",
    ] {
        let columns: String = old
            .query_row(
                "SELECT group_concat(name) FROM main.pragma_table_info(?1)",
                [table],
                |row| row.get(0),
            )
            .unwrap();
        old.execute_batch(&format!(
            "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}"
        ))
        .unwrap();
    }
    old.pragma_update(None, "user_version", 2).unwrap();
}
