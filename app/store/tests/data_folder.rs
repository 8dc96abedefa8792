//! Who may use a data folder, and what it is worth when something is wrong with it.

use std::os::unix::fs::PermissionsExt;

use store::{Masters, ReadStore, Store, StoreErrorKind};

use crate::support::{Counter, INSTALLATION, SALT_ROAD};

#[test]
fn a_second_till_is_kept_out_until_the_first_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let first = Store::open(dir.path(), INSTALLATION).unwrap();
    let refused = Store::open(dir.path(), INSTALLATION).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::InUse);
    drop(first);
    Store::open(dir.path(), INSTALLATION).unwrap();
}

#[test]
fn an_installation_keeps_its_first_bits() {
    let dir = tempfile::tempdir().unwrap();
    let first = Store::open(dir.path(), INSTALLATION)
        .unwrap()
        .installation()
        .to_owned();
    assert_eq!(first, "R3ZYW4HM");
    assert_eq!(
        Store::open(dir.path(), [7; 5]).unwrap().installation(),
        first
    );
}

#[test]
fn only_this_user_can_read_the_data() {
    let above = tempfile::tempdir().unwrap();
    let dir = above.path().join("made/on/the/way");
    let mut counter = Counter::open(&dir);
    counter.sells(SALT_ROAD);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for entry in std::fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn what_the_till_did_is_named_and_left_alone_where_it_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("till.sqlite");
    let damaged = vec![0x5A; 8192];
    std::fs::write(&path, &damaged).unwrap();
    let error = Store::open(dir.path(), INSTALLATION).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    let said = error.to_string();
    assert!(
        said.starts_with("till.sqlite") && said.contains("restore it"),
        "{said}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), damaged);
}

#[test]
fn a_damaged_catalogue_is_put_aside_and_an_empty_one_takes_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("catalog.sqlite");
    let damaged = vec![0x5A; 8192];
    std::fs::write(&path, &damaged).unwrap();
    let store = Store::open(dir.path(), INSTALLATION).unwrap();
    assert!(store.damaged_catalog().is_some());
    let kept = std::fs::read(dir.path().join("catalog.sqlite.damaged"));
    assert_eq!(kept.unwrap(), damaged);
    Masters::open(dir.path()).unwrap().check().unwrap();
    drop(store);
    let store = Store::open(dir.path(), INSTALLATION).unwrap();
    assert_eq!(store.damaged_catalog(), None);
}

#[test]
fn a_folder_that_is_none_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Store::open(&file, INSTALLATION).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Folder);
    assert!(error.to_string().contains("file"), "{error}");
    let error = ReadStore::open(dir.path()).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::NotFound);
}
