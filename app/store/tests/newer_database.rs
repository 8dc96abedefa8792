//! A data folder of a newer version is refused and left as it is, unless the newer version did
//! nothing but migrate it.

use rusqlite::Connection;
use store::{Masters, ReadStore, Store, StoreError};

use crate::support::{Counter, INSTALLATION, SALT_ROAD};

#[test]
fn a_newer_file_is_refused_and_not_one_byte_of_it_changes() {
    for file in ["till.sqlite", "catalog.sqlite"] {
        let dir = tempfile::tempdir().unwrap();
        Counter::open(dir.path()).sells(SALT_ROAD);
        let path = dir.path().join(file);
        let newer = Connection::open(&path).unwrap();
        let newest: u32 = newer
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        newer.pragma_update(None, "user_version", 99).unwrap();
        drop(newer);
        let before = std::fs::read(&path).unwrap();

        let refused = Store::open(dir.path(), INSTALLATION).unwrap_err();

        let StoreError::Newer {
            file: named,
            found,
            known,
            ..
        } = refused
        else {
            panic!("{file}: {refused}");
        };
        assert_eq!((named, found, known), (file, 99, newest));
        assert!(ReadStore::open(dir.path()).is_err());
        assert_eq!(Masters::open(dir.path()).is_err(), file == "catalog.sqlite");
        assert!(
            std::fs::read(&path).unwrap() == before,
            "{file} was changed"
        );
    }
}

/// What a newer version does to a folder when it opens it: a copy is kept, then more is stored.
fn migrated_by_a_newer_version(dir: &std::path::Path) -> (Connection, u32) {
    let newer = Connection::open(dir.join("till.sqlite")).unwrap();
    let format: u32 = newer
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    let copy = dir.join(format!("till.sqlite.format-{format}"));
    newer.backup("main", copy, None).unwrap();
    newer
        .execute_batch(
            "ALTER TABLE sale ADD COLUMN tip TEXT NOT NULL DEFAULT '0';
             CREATE TABLE layaway (number INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;",
        )
        .unwrap();
    newer
        .pragma_update(None, "user_version", format + 1)
        .unwrap();
    (newer, format)
}

#[test]
fn the_older_version_goes_on_where_it_was_when_the_newer_one_sold_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    let head = counter.store.records().journal_head().unwrap();
    drop(counter);
    let (newer, format) = migrated_by_a_newer_version(dir.path());
    drop(newer);

    let store = Store::open(dir.path(), INSTALLATION).unwrap();

    assert_eq!(store.stepped_back_from(), Some(format + 1));
    assert_eq!(store.resume().unwrap().receipts, 1);
    assert_eq!(store.records().journal_head().unwrap(), head);
    assert!(store.records().journal_verify().unwrap().is_ok());
    drop(store);
    let kept = dir
        .path()
        .join(format!("till.sqlite.format-{}", format + 1));
    let tips: u32 = Connection::open(kept)
        .unwrap()
        .query_row("SELECT count(tip) FROM sale", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tips, 1, "what the newer version made is kept");
    let again = Store::open(dir.path(), INSTALLATION).unwrap();
    assert_eq!(again.stepped_back_from(), None);
}

#[test]
fn the_older_version_refuses_and_changes_nothing_when_the_newer_one_did_anything() {
    for done in [
        "INSERT INTO journal (number, at, kind, body, previous, hash)
             VALUES (99, 0, 'note', '{}', x'00', x'00')",
        "UPDATE outbox SET state = 'delivered', erpnext_name = 'X' WHERE id = 1",
        "INSERT INTO open_cart VALUES (1, '{}')",
        "INSERT INTO staff (id, name, phc, role) VALUES ('x', 'X', '', 'cashier')",
        "DROP TABLE sold_day",
    ] {
        let dir = tempfile::tempdir().unwrap();
        Counter::open(dir.path()).sells(SALT_ROAD);
        let (newer, format) = migrated_by_a_newer_version(dir.path());
        newer.execute_batch(done).unwrap();
        drop(newer);
        let path = dir.path().join("till.sqlite");
        let before = std::fs::read(&path).unwrap();

        let refused = Store::open(dir.path(), INSTALLATION).unwrap_err();

        assert!(matches!(refused, StoreError::Newer { .. }), "{done}");
        assert!(refused.to_string().contains("install that version again"));
        assert!(std::fs::read(&path).unwrap() == before, "{done}");
        let other = dir
            .path()
            .join(format!("till.sqlite.format-{}", format + 1));
        assert!(!other.exists(), "{done}");
    }
}
