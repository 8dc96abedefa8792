//! What a till knows of ERPNext is damaged on its disk: it is downloaded again by itself, before the
//! till starts or while it runs, and what was sold is sent all the same.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;

use checkout::catalog::Catalog;
use erpnext::request::Transport;
use kiosk::queue::Message;
use kiosk::sync::SyncState;
use kiosk::sync::connection::ConnectionTrouble;
use rusqlite::Connection;
use serde_json::json;
use store::{Masters, ReadStore, Store};
use tests::fixtures::{shift, totals_of, usual_sale};
use tests::stand_in::{Site, StandIn};
use tests::syncing::Syncing;

const FILE: &str = "catalog.sqlite";

fn starts(folder: &Path, transport: impl Transport + Send + 'static) -> Syncing {
    Syncing::start(Store::open(folder, [1; 5]).unwrap(), folder, transport)
}

fn is_idle(till: &Syncing) {
    till.until("all is well", |message| {
        matches!(message, Message::Sync(SyncState::Idle))
    });
}

fn tells_damage(till: &Syncing) {
    till.until("the damage", |message| {
        let Message::Sync(SyncState::Trouble { cause, remedy, .. }) = message else {
            return false;
        };
        cause.starts_with("What this till knows") && remedy.contains("downloaded again")
    });
}

fn shop() -> StandIn {
    StandIn::http(Site::corner_shop().with_totals(totals_of))
}

fn knows(folder: &Path, item: &str) -> bool {
    let read = ReadStore::open(folder).unwrap();
    read.item(item).is_ok_and(|item| item.is_some())
}

/// Overwrites the pages of these tables and indexes, as a failing disk does.
fn damage(folder: &Path, names: &[&str]) {
    let path = folder.join(FILE);
    let file = Connection::open(&path).unwrap();
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let size: u32 = file
        .pragma_query_value(None, "page_size", |row| row.get(0))
        .unwrap();
    let pages: Vec<u32> = names
        .iter()
        .map(|name| {
            let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
            file.query_row(sql, [name], |row| row.get(0)).unwrap()
        })
        .collect();
    drop(file);
    let file = OpenOptions::new().write(true).open(path).unwrap();
    for page in pages {
        let bytes = vec![0xA5; usize::try_from(size).unwrap()];
        file.write_all_at(&bytes, u64::from((page - 1) * size))
            .unwrap();
    }
}

#[test]
fn a_catalogue_that_keeps_a_till_from_starting_is_put_aside_and_downloaded_again() {
    let (site, folder) = (shop(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    is_idle(&starts(folder, site.client()));
    assert!(knows(folder, "FIC-001"));
    damage(folder, &["master"]);
    let damaged = std::fs::read(folder.join(FILE)).unwrap();
    let till = starts(folder, site.client());
    assert_eq!(
        std::fs::read(folder.join("catalog.sqlite.damaged")).unwrap(),
        damaged
    );
    is_idle(&till);
    assert!(knows(folder, "FIC-001"));
    assert_eq!(ConnectionTrouble::read(folder), None);
}

#[test]
fn a_catalogue_that_is_found_damaged_while_the_till_runs_is_emptied_and_downloaded_again() {
    let (site, folder) = (shop(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    is_idle(&starts(folder, site.client()));
    damage(folder, &["item"]);
    {
        let mut store = Store::open(folder, [1; 5]).unwrap();
        assert_eq!(store.damaged_catalog(), None, "a till starts with the rest");
        store.commit_shift(&shift()).unwrap();
        store.commit_sale(&usual_sale(1)).unwrap();
    }
    let items = [json!({ "item_name": "Changed" }), json!({ "disabled": 0 })];
    for (code, fields) in ["FIC-001", "STA-002"].into_iter().zip(items) {
        site.site().put("Item", code, fields);
    }
    let till = starts(folder, site.client());
    let reader = ReadStore::open(folder).unwrap();
    tells_damage(&till);
    is_idle(&till);
    let item = reader.item("FIC-001").unwrap().unwrap();
    assert_eq!(item.item_name, "Changed");
    assert!(knows(folder, "WGT-001"));
    assert_eq!(reader.records().outbox_summary().unwrap().unsent, 0);
    assert_eq!(site.site().documents("POS Invoice").len(), 1);
    drop(till);
    Masters::open(folder).unwrap().check().unwrap();
}

#[test]
fn a_damaged_catalogue_is_not_emptied_before_erpnext_answers() {
    let (site, folder) = (shop(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    is_idle(&starts(folder, site.client()));
    damage(folder, &["customer"]);
    let away = StandIn::http(Site::corner_shop());
    let client = away.client();
    drop(away);
    let till = starts(folder, client);
    tells_damage(&till);
    assert!(knows(folder, "FIC-001"), "the till sells with the rest");
    let noted = ConnectionTrouble::read(folder).unwrap();
    assert!(noted.remedy.contains("as soon as ERPNext answers"));
    till.sync.try_again();
    drop(till);
    let till = starts(folder, site.client());
    is_idle(&till);
    Masters::open(folder).unwrap().check().unwrap();
}
