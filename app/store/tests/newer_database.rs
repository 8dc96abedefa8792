//! A data folder of a newer version is refused and left as it is.

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
