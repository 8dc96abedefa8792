//! What a till knows of ERPNext is damaged on its disk: it is downloaded again by itself, before the
//! till starts or while it runs, and what was sold is sent all the same.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use checkout::catalog::Catalog;
use erpnext::request::Transport;
use kiosk::queue::{Events, Message, Sender};
use kiosk::store_thread::StoreThread;
use kiosk::sync::connection::ConnectionTrouble;
use kiosk::sync::{Sync, SyncState, SyncThread};
use rusqlite::Connection;
use serde_json::json;
use store::{Masters, ReadStore, Store};
use tests::fixtures::{shift, totals_of, usual_sale};
use tests::stand_in::{Site, StandIn};

/// How long a test waits for what never comes.
const PATIENCE: Duration = Duration::from_secs(60);
const FILE: &str = "catalog.sqlite";

/// The threads of a till on a data folder.
struct Till {
    // In this order: the sync uses the store's thread.
    sync: SyncThread,
    _store: StoreThread,
    events: Arc<Events>,
}

impl Till {
    fn starts(folder: &Path, transport: impl Transport + Send + 'static) -> Self {
        let store = Store::open(folder, [1; 5]).unwrap();
        let damaged = store.damaged_catalog().is_some();
        let masters = Masters::open(folder).unwrap();
        let store = StoreThread::start(store).unwrap();
        let events = Arc::new(Events::new());
        let sender = Sender::new(events.clone());
        let sync = Sync::new(
            transport,
            store.handle(),
            masters,
            "Counter 1",
            "C1",
            sender,
        )
        .unwrap();
        let sync = sync.noting_in(folder);
        let sync = if damaged { sync.after_damage() } else { sync };
        Self {
            sync: SyncThread::start(sync).unwrap(),
            _store: store,
            events,
        }
    }

    /// The messages up to the one that is waited for.
    fn until(&self, what: &str, is_it: impl Fn(&Message) -> bool) {
        let mut seen = Vec::new();
        loop {
            let Some(message) = hal::block_on(self.events.receive(), Some(PATIENCE)) else {
                panic!("waited for: {what}; what came: {seen:?}");
            };
            if is_it(&message) {
                return;
            }
            seen.push(message);
        }
    }

    fn is_idle(&self) {
        self.until("all is well", |message| {
            matches!(message, Message::Sync(SyncState::Idle))
        });
    }

    fn tells_damage(&self) {
        self.until("the damage", |message| {
            let Message::Sync(SyncState::Trouble { cause, remedy, .. }) = message else {
                return false;
            };
            cause.starts_with("What this till knows") && remedy.contains("downloaded again")
        });
    }
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
    Till::starts(folder, site.client()).is_idle();
    assert!(knows(folder, "FIC-001"));
    damage(folder, &["master"]);
    let damaged = std::fs::read(folder.join(FILE)).unwrap();
    let till = Till::starts(folder, site.client());
    assert_eq!(
        std::fs::read(folder.join("catalog.sqlite.damaged")).unwrap(),
        damaged
    );
    till.is_idle();
    assert!(knows(folder, "FIC-001"));
    assert_eq!(ConnectionTrouble::read(folder), None);
}

#[test]
fn a_catalogue_that_is_found_damaged_while_the_till_runs_is_emptied_and_downloaded_again() {
    let (site, folder) = (shop(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    Till::starts(folder, site.client()).is_idle();
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
    let till = Till::starts(folder, site.client());
    let reader = ReadStore::open(folder).unwrap();
    till.tells_damage();
    till.is_idle();
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
    Till::starts(folder, site.client()).is_idle();
    damage(folder, &["customer"]);
    let away = StandIn::http(Site::corner_shop());
    let client = away.client();
    drop(away);
    let till = Till::starts(folder, client);
    till.tells_damage();
    assert!(knows(folder, "FIC-001"), "the till sells with the rest");
    let noted = ConnectionTrouble::read(folder).unwrap();
    assert!(noted.remedy.contains("as soon as ERPNext answers"));
    till.sync.try_again();
    drop(till);
    let till = Till::starts(folder, site.client());
    till.is_idle();
    Masters::open(folder).unwrap().check().unwrap();
}
