//! The till's sync on a real data folder: it is patient with a site that is away, obeys who asks,
//! and sends what was sold whatever becomes of the shop.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender as Signal, channel};
use std::time::Duration;

use erpnext::https::Client;
use erpnext::request::{Method, Refused, Reply, Request, Transport, TransportError, Unreachable};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosk::queue::Message;
use kiosk::sync::SyncState;
use serde_json::json;
use store::{ReadStore, SendState, Store};
use tempfile::TempDir;
use tests::day::{closing_of, shift_at, sold_in};
use tests::fixtures::{shift, totals_of, usual_sale};
use tests::stand_in::{Refusal, Site, StandIn, USER};
use tests::syncing::{PATIENCE, Syncing};

/// A data folder with an open shift, its store's thread and a sync.
struct Counter {
    till: Syncing,
    folder: TempDir,
}

impl Counter {
    /// Starts the sync on a folder with a shift and so many sales.
    fn with(transport: impl Transport + Send + 'static, sales: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path(), [1; 5]).unwrap();
        store.commit_shift(&shift()).unwrap();
        for number in 1..=sales {
            store.commit_sale(&usual_sale(number)).unwrap();
        }
        Self {
            till: Syncing::start(store, folder.path(), transport),
            folder,
        }
    }

    fn sells(&self, number: u64) {
        let committed = self
            .till
            .store
            .handle()
            .call(move |store| store.commit_sale(&usual_sale(number)));
        committed.unwrap().unwrap();
        self.till.sync.sold();
    }
}

fn all_is_sent(message: &Message) -> bool {
    matches!(message, Message::Outbox(summary) if summary.unsent == 0)
}

fn is_idle(message: &Message) -> bool {
    matches!(message, Message::Sync(SyncState::Idle))
}

fn shops(messages: &[Message]) -> usize {
    let is_shop = |message: &&Message| matches!(message, Message::Shop(_));
    messages.iter().filter(is_shop).count()
}

fn stand_in() -> StandIn {
    StandIn::http(Site::harbour_books().with_totals(totals_of))
}

/// A network without a site; counts how often it is asked.
struct Away(Arc<AtomicUsize>);

impl Transport for Away {
    fn send(&mut self, _: &Request) -> Result<Reply, TransportError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(TransportError::Unreachable {
            host: "erp.example.com".to_owned(),
            reason: Unreachable::Refused,
        })
    }
}

#[test]
fn selling_does_not_make_the_till_ask_a_site_that_is_away_more_often() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Counter::with(Away(asked.clone()), 2);
    counter.till.until("the trouble", |message| {
        matches!(message, Message::Sync(SyncState::Trouble { .. }))
    });
    for _ in 0..100 {
        counter.till.sync.sold();
        // Each knock is heard for itself.
        std::thread::sleep(Duration::from_millis(1));
    }
    let in_vain = asked.load(Ordering::SeqCst);
    assert!(in_vain <= 5, "asked {in_vain} times for 100 sales");
    counter.till.sync.try_again();
    counter.till.until("the answer to who asks", |message| {
        matches!(message, Message::Sync(SyncState::Trouble { .. }))
            && asked.load(Ordering::SeqCst) > in_vain
    });
}

/// Holds back the first answer to the submission of a sale until the test has done something.
struct HeldBack {
    site: Client,
    came: Signal<()>,
    go: Receiver<()>,
    held: bool,
}

impl Transport for HeldBack {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        let reply = self.site.send(request);
        let submits_a_sale =
            request.method == Method::Put && request.path.contains("POS%20Invoice");
        if submits_a_sale && !self.held {
            self.held = true;
            self.came.send(()).unwrap();
            self.go.recv_timeout(PATIENCE).unwrap();
        }
        reply
    }
}

#[test]
fn what_was_refused_goes_out_when_somebody_asks_even_while_it_is_being_refused() {
    let stand_in = stand_in();
    let key = usual_sale(1).key;
    let no = Refusal::new(417, "ValidationError", "Item Unavailable", "Out of stock.");
    stand_in.site().refuse_submit(&key, no);
    let ((came, coming), (go, going)) = (channel(), channel());
    let transport = HeldBack {
        site: stand_in.client(),
        came,
        go: going,
        held: false,
    };
    let counter = Counter::with(transport, 1);
    coming.recv_timeout(PATIENCE).unwrap();
    stand_in.site().allow_submit(&key);
    counter.till.sync.try_again();
    go.send(()).unwrap();
    let messages = counter.till.until("everything is sent", all_is_sent);
    let refused =
        |message: &Message| matches!(message, Message::Outbox(summary) if summary.parked == 1);
    assert!(messages.iter().any(refused), "it was not refused at first");
    let invoices = stand_in.site().documents("POS Invoice");
    assert_eq!(invoices.len(), 1);
    assert_eq!(invoices[0]["docstatus"], 1);
}

#[test]
fn one_refused_sale_is_sent_again_by_its_receipt_number() {
    let stand_in = stand_in();
    let key = usual_sale(1).key;
    let no = Refusal::new(417, "ValidationError", "Item Unavailable", "Out of stock.");
    stand_in.site().refuse_submit(&key, no);
    let counter = Counter::with(stand_in.client(), 2);
    counter.till.until("one is refused, the other sent", |message| {
        matches!(message, Message::Outbox(summary) if summary.unsent == 1 && summary.parked == 1)
    });
    stand_in.site().allow_submit(&key);
    counter.till.sync.send_again(usual_sale(1).receipt_number);
    counter.till.until("everything is sent", all_is_sent);
}

#[test]
fn what_was_sold_is_sent_while_the_profile_is_disabled_and_the_till_keeps_its_shop() {
    let stand_in = stand_in();
    let counter = Counter::with(stand_in.client(), 1);
    let messages = counter.till.until("the first download", is_idle);
    assert_eq!(shops(&messages), 1);
    let disabled = json!({ "disabled": 1 });
    stand_in.site().put("POS Profile", "Counter 1", disabled);
    counter.till.sync.try_again();
    counter.till.until("the till says why", |message| {
        matches!(message, Message::Sync(SyncState::Trouble { cause, remedy, .. })
            if cause == "POS Profile \"Counter 1\" is disabled." && remedy.starts_with("Enable"))
    });
    counter.sells(2);
    counter.till.until("it is sent", all_is_sent);
    assert_eq!(stand_in.site().documents("POS Invoice").len(), 2);
    let enabled = json!({ "disabled": 0 });
    stand_in.site().put("POS Profile", "Counter 1", enabled);
    counter.till.sync.try_again();
    let messages = counter.till.until("all is well again", is_idle);
    assert_eq!(shops(&messages), 0, "the shop is the one the till has");
}

#[test]
fn what_was_sold_is_sent_by_a_till_that_starts_without_a_way_to_pay() {
    let stand_in = stand_in();
    let none = json!({ "payments": [] });
    stand_in.site().put("POS Profile", "Counter 1", none);
    let counter = Counter::with(stand_in.client(), 2);
    let messages = counter.till.until("it is sent", all_is_sent);
    assert_eq!(shops(&messages), 0);
    assert_eq!(stand_in.site().documents("POS Invoice").len(), 2);
}

#[test]
fn a_damaged_sale_parks_the_closing_that_needs_it_and_the_next_shift_is_sent() {
    let stand_in = stand_in();
    let counter = Counter::with(stand_in.client(), 2);
    counter.till.until("the sales are sent", all_is_sent);
    let file = counter.folder.path().join("till.sqlite");
    // All within one task, so that the sync meets nothing of it half done.
    let committed = counter.till.store.handle().call(move |store| {
        let (now, zone) = (Timestamp::now(), TimeZone::UTC);
        let totals = store.records().shift_totals(&shift()).unwrap();
        store.commit_closing(&closing_of(&shift(), totals, 0, now, &zone))?;
        let next = shift_at(2, now, &zone);
        store.commit_shift(&next)?;
        let mut sold = usual_sale(3);
        sold_in(&mut sold, &next, now, &zone);
        store.commit_sale(&sold)?;
        let tool = rusqlite::Connection::open(file).unwrap();
        tool.execute_batch("DROP TRIGGER sale_keeps; UPDATE sale SET body = '{' WHERE number = 1")
            .unwrap();
        Ok::<_, store::StoreError>(())
    });
    committed.unwrap().unwrap();
    counter.till.sync.sold();
    counter.till.until("all but the closing is sent", |message| {
        matches!(message, Message::Outbox(summary) if (summary.unsent, summary.parked) == (1, 1))
    });
    assert_eq!(stand_in.site().documents("POS Invoice").len(), 3);
    let folder = counter.folder.path().to_owned();
    let lines = ReadStore::open(&folder).unwrap();
    let lines = lines.records().outbox_entries(9).unwrap();
    let SendState::Parked { cause, remedy, .. } = &lines[0].sent else {
        panic!("{lines:?}");
    };
    assert!(
        cause.contains("sale C1-000001-7K2M9QXB is damaged"),
        "{cause}"
    );
    assert!(remedy.contains("settle it here"), "{remedy}");
}

#[test]
fn a_new_price_is_told_as_such_and_a_new_group_as_a_new_shop() {
    let stand_in = stand_in();
    let counter = Counter::with(stand_in.client(), 0);
    counter.till.until("the first download", is_idle);
    let price = json!({
        "item_code": "FIC-001", "price_list": "Standard Selling", "price_list_rate": 8.49,
        "currency": "USD", "selling": 1,
    });
    stand_in.site().put("Item Price", "new-price", price);
    counter.till.sync.try_again();
    let messages = counter
        .till
        .until("the new price", |m| matches!(m, Message::Items));
    assert_eq!(shops(&messages), 0);
    counter.till.until("the end of the download", is_idle);
    let group = json!({ "parent_item_group": "All Item Groups", "is_group": 0 });
    stand_in.site().put("Item Group", "Calendars", group);
    counter.till.sync.try_again();
    let messages = counter.till.until("the new group", is_idle);
    assert_eq!(shops(&messages), 1);
}

#[test]
fn a_sale_of_another_profile_than_its_shift_gets_an_opening_of_its_own() {
    let stand_in = stand_in();
    let counter = Counter::with(stand_in.client(), 1);
    counter.till.until("the first sale is sent", all_is_sent);
    let committed = counter.till.store.handle().call(|store| {
        let mut sale = usual_sale(2);
        sale.pos_profile = "Counter 2".to_owned();
        store.commit_sale(&sale)
    });
    committed.unwrap().unwrap();
    counter.till.sync.sold();
    counter.till.until("the other sale is sent", all_is_sent);
    let openings = stand_in.site().documents("POS Opening Entry");
    let profiles: Vec<_> = openings.iter().map(|entry| &entry["pos_profile"]).collect();
    assert_eq!(profiles, ["Counter 1", "Counter 2"]);
}

#[test]
fn an_opening_that_is_neither_open_nor_closed_is_left_alone_and_another_made() {
    let stand_in = stand_in();
    let stale = json!({
        "user": USER, "company": "Harbour Books", "pos_profile": "Counter 1",
        "status": "Cancelled", "docstatus": 1, "period_start_date": "2026-11-22 09:00:00",
    });
    stand_in.site().put("POS Opening Entry", "POS-OPE-1", stale);
    let counter = Counter::with(stand_in.client(), 1);
    counter.till.until("the sale is sent", all_is_sent);
    let openings = stand_in.site().documents("POS Opening Entry");
    assert_eq!(openings.len(), 2);
}

/// A site that takes no document now and asks to be left alone for an hour.
struct Overloaded {
    site: Client,
    asked: Arc<AtomicUsize>,
}

impl Transport for Overloaded {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if request.method == Method::Post && request.path.starts_with("/api/resource/") {
            return Err(TransportError::Refused(Refused {
                status: 503,
                retry_after: Some(Duration::from_secs(3600)),
                ..Refused::default()
            }));
        }
        self.site.send(request)
    }
}

#[test]
fn a_site_that_asks_to_be_left_alone_is_left_alone() {
    let stand_in = stand_in();
    let asked = Arc::new(AtomicUsize::new(0));
    let transport = Overloaded {
        site: stand_in.client(),
        asked: asked.clone(),
    };
    let counter = Counter::with(transport, 0);
    counter.till.until("the trouble", |message| {
        matches!(message, Message::Sync(SyncState::Trouble { .. }))
    });
    let before = asked.load(Ordering::SeqCst);
    // The till's own first wait is a second at most.
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(asked.load(Ordering::SeqCst), before);
    // A person may ask all the same.
    counter.till.sync.try_again();
    counter.till.until("the answer to who asks", |message| {
        matches!(message, Message::Sync(SyncState::Trouble { .. }))
            && asked.load(Ordering::SeqCst) > before
    });
}
