//! A folder of an earlier version keeps its unsent work.

use rusqlite::Connection;
use store::Store;

use crate::support::{Counter, INSTALLATION, SALT_ROAD, at, parking};

/// What the outbox holds, row by row.
fn outbox(dir: &std::path::Path) -> Vec<(i64, String, String, String, i64, Option<i64>)> {
    let file = Connection::open(dir.join("till.sqlite")).unwrap();
    let mut rows = file
        .prepare("SELECT id, kind, document, state, attempts, depends_on FROM outbox ORDER BY id")
        .unwrap();
    let rows = rows.query_map([], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
        ))
    });
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn unsent_and_sent_work_of_format_3_is_kept_with_its_states_and_its_guards() {
    let dir = tempfile::tempdir().unwrap();
    let new = tempfile::tempdir().unwrap();
    // A shift and two sales as an earlier version stored them, one delivered, one parked.
    let mut counter = Counter::open(new.path());
    counter.sells(SALT_ROAD);
    counter.sells(SALT_ROAD);
    let now = at(9_999);
    for parked in [false, false, true] {
        let entry = counter.store.outbox_next(now).unwrap().unwrap();
        if parked {
            counter
                .store
                .outbox_parked(entry.id, &parking("refused", "look"), now)
                .unwrap();
        } else {
            counter
                .store
                .outbox_delivered(entry.id, "NAME", now)
                .unwrap();
        }
    }
    drop(counter);
    let old = Connection::open(dir.path().join("till.sqlite")).unwrap();
    for sql in [
        include_str!("../src/migrations/till_1.sql"),
        include_str!("../src/migrations/till_2.sql"),
        include_str!("../src/migrations/till_3.sql"),
    ] {
        old.execute_batch(sql).unwrap();
    }
    let path = new.path().join("till.sqlite").display().to_string();
    old.execute("ATTACH ?1 AS new", [path]).unwrap();
    for (table, columns) in [
        ("installation", "*"),
        ("shift", "*"),
        (
            "sale",
            "number, receipt_number, key, shift, at, posting_date, posting_time, customer,
             customer_name, cashier, amount_to_pay, modes_of_payment, lines, body",
        ),
        ("sale_search", "*"),
        ("print_job", "sale, state, reprints"),
        ("journal", "number, at, kind, body, previous, hash"),
        (
            "outbox",
            "id, kind, document, label, depends_on, made_at, units, currency, decimals, state,
             attempts, not_before, cause, remedy, erpnext_name, delivered_at",
        ),
    ] {
        old.execute(
            &format!("INSERT INTO main.{table} SELECT {columns} FROM new.{table}"),
            [],
        )
        .unwrap();
    }
    old.execute_batch("DETACH new; PRAGMA user_version = 3")
        .unwrap();
    drop(old);
    let before = outbox(dir.path());

    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();

    assert_eq!(outbox(dir.path()), before);
    assert!(store.records().journal_verify().unwrap().is_ok());
    let resume = store.resume().unwrap();
    assert_eq!(resume.receipts, 2);
    assert_eq!(resume.totals.unwrap().sales.count, 2);
    let other = Connection::open(dir.path().join("till.sqlite")).unwrap();
    for statement in [
        "DELETE FROM outbox",
        "UPDATE outbox SET document = 'x'",
        "UPDATE outbox SET state = 'waiting' WHERE state = 'delivered'",
    ] {
        assert!(other.execute_batch(statement).is_err(), "{statement}");
    }
    assert_eq!(store.outbox_unpark_all(now).unwrap(), 1);
    assert!(store.outbox_next(now).unwrap().is_some());
}

#[test]
fn what_waits_for_what_is_kept_from_format_8() {
    let dir = tempfile::tempdir().unwrap();
    let old = Connection::open(dir.path().join("till.sqlite")).unwrap();
    for sql in [
        include_str!("../src/migrations/till_1.sql"),
        include_str!("../src/migrations/till_2.sql"),
        include_str!("../src/migrations/till_3.sql"),
        include_str!("../src/migrations/till_4.sql"),
        include_str!("../src/migrations/till_5.sql"),
        include_str!("../src/migrations/till_6.sql"),
        include_str!("../src/migrations/till_7.sql"),
        include_str!("../src/migrations/till_8.sql"),
        "INSERT INTO outbox (id, kind, document, label, made_at, state, cause, remedy)
             VALUES (1, 'customer', 'c', 'Zoë', 0, 'parked', 'refused', 'look');
         INSERT INTO outbox (id, kind, document, label, made_at, erpnext_name, state, delivered_at)
             VALUES (2, 'shift', 's', 's', 0, 'OPE-1', 'delivered', 1);
         INSERT INTO outbox (id, kind, document, label, depends_on, made_at)
             VALUES (3, 'sale', 'x', 'C1-000001', 2, 0);
         INSERT INTO outbox_need VALUES (3, 1);
         PRAGMA user_version = 8",
    ] {
        old.execute_batch(sql).unwrap();
    }
    drop(old);
    let before = outbox(dir.path());
    let mut store = Store::open(dir.path(), INSTALLATION).unwrap();
    assert_eq!(outbox(dir.path()), before);
    assert_eq!(
        store.outbox_next(at(0)).unwrap(),
        None,
        "it waits for its customer"
    );
    let other = Connection::open(dir.path().join("till.sqlite")).unwrap();
    other.pragma_update(None, "foreign_keys", true).unwrap();
    for statement in [
        "DELETE FROM outbox",
        "DELETE FROM outbox_need",
        "INSERT INTO outbox_need VALUES (3, 99)",
        "UPDATE outbox SET state = 'waiting' WHERE id = 2",
    ] {
        assert!(other.execute_batch(statement).is_err(), "{statement}");
    }
    let broken: i64 = other
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(broken, 0);
}
