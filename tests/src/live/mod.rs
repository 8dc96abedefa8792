//! Everything that a till and its integrator do with a site, once: a real ERPNext with the recorded
//! shop, or the stand-in.
//!
//! The site is prepared, a till is added and its sheet makes a box that till; it downloads the
//! masters, sells two shifts of every kind at its counter and sends them with its sync, while a
//! fifth of the replies is lost; then the site's books are compared with the till's journal, and all
//! that tills need is taken away again.

mod books;
mod counter;
mod errands;
mod site;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use checkout::shop::Shop;
use erpnext::https::{Client, Roots, SiteConfig};
use erpnext::request::{Reply, Request, Transport, TransportError, Unreachable};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiosk::queue::Message;
use kiosk::sync::SyncState;
use serde_json::json;
use store::{SendState, Store};

use crate::syncing::Syncing;
use counter::{Counter, done};
use errands::{ERRANDS, IN_EXCHANGE, NEWCOMER, PIECE, POINTS, WHOLESALE, WITHOUT_RECEIPT};

/// So many sales the long shift has besides what comes back.
const SALES: usize = 50;
/// So many of them are to customers who were made at the till.
const NEWCOMERS: usize = 2;
/// How often it is looked whether everything arrived, and how long that may take.
const LOOK: Duration = Duration::from_millis(100);
const MOST_LOOKS: u32 = 6_000;

/// A site and how it is trusted.
pub struct LiveSite {
    /// Its address.
    pub url: String,
    /// `key:secret` of an administrator.
    pub admin_key: String,
    /// Whose certificates count.
    pub roots: Roots,
}

/// Lives through it. Prints what it does.
///
/// # Errors
/// The first thing that is not as it should be, in a sentence.
pub fn run(site: &LiveSite) -> Result<(), String> {
    let config = SiteConfig::new(&site.url, &site.admin_key).map_err(|error| error.to_string())?;
    let place = SiteConfig {
        roots: site.roots.clone(),
        ..config
    };
    let mut admin = Client::new(place.clone()).map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = folder.path();
    let now = Timestamp::now();
    let [_, _, _, installation @ ..] = now.as_millisecond().to_be_bytes();
    let store = Store::open(folder, installation).map_err(|error| error.to_string())?;
    // A till of its own, whatever was tried on this site before.
    let own = store.installation().to_owned();
    let prefix = format!("LIVE-{}", &own[own.len() - 6..]);

    site::prepare(&mut admin)?;
    site::make_profile(&mut admin, &prefix)?;
    let enrolment = site::add_till(&mut admin, &place, folder, &prefix, &prefix)?;
    let mut till = site::enrol(&enrolment, &place, folder, &own)?;
    site::check(&mut till, &mut admin, &prefix)?;
    let zone = time_zone(&mut till)?;

    let counts = Arc::new(Counts::default());
    let lossy = Lossy {
        inner: till,
        counts: counts.clone(),
        random: 15,
    };
    let syncing = Syncing::of_till(store, folder, lossy, &prefix, &prefix);
    let shop = downloaded(&syncing)?;
    counts.loses.store(true, Ordering::SeqCst);
    println!(
        "the shop is downloaded: {} sells in {}",
        shop.profile.name,
        shop.currency.code()
    );
    let sold = names_of_pieces(&mut admin)?;
    let at = now - SignedDuration::from_mins(100);
    let mut counter = Counter::new(&syncing, folder, shop.clone(), &prefix, &zone, at)?;
    counter.stocks("SER-001", &sold)?;
    sells_two_shifts(&syncing, &mut counter, &counts, &own)?;
    println!(
        "{} sales and returns of {} kinds in two shifts: {}",
        counter.sales.len(),
        counter.kinds.len(),
        counter.kinds.iter().copied().collect::<Vec<_>>().join(", ")
    );
    drop(counter);
    all_arrives(&syncing)?;
    drop(syncing);
    println!(
        "{} requests, {} replies lost",
        counts.sent.load(Ordering::SeqCst),
        counts.lost.load(Ordering::SeqCst)
    );
    let store = Store::open(folder, installation).map_err(|error| error.to_string())?;
    books::compare(&store, folder, &shop, &mut admin)?;
    let mut till = reopened(&enrolment.url, &place, folder)?;
    site::remove(&mut till, &mut admin)
}

/// A long shift with everything, closed with coins missing, and a short one in which something of the
/// first comes back and points are spent that it earned.
fn sells_two_shifts(
    syncing: &Syncing,
    counter: &mut Counter<'_>,
    counts: &Counts,
    own: &str,
) -> Result<(), String> {
    counter.opens()?;
    for number in 1..=NEWCOMERS {
        counter.meets(&format!("Jo Lee {own} {number}"), &NEWCOMER)?;
    }
    counter.sells(&WHOLESALE)?;
    let has_pieces = counter.has_pieces();
    if has_pieces {
        counter.sells(&PIECE)?;
    } else {
        println!("note: no piece of SER-001 is left to be sold");
    }
    for errand in ERRANDS.iter().cycle() {
        if counter.sales.len() >= SALES {
            break;
        }
        counter.sells(errand)?;
    }
    counter.banks(5_000)?;
    counter.takes_back("a line that comes back", "FIC-001", Some("1"))?;
    counter.takes_back("a sale that comes back", "CHD-001", None)?;
    counter.takes_back("a batch that comes back", "BAT-001", Some("1"))?;
    if has_pieces {
        counter.takes_back("a piece that comes back", "SER-001", None)?;
    }
    counter.takes_back_without_receipt(&WITHOUT_RECEIPT)?;
    counter.exchanges("FIC-005", &IN_EXCHANGE)?;
    counter.closes(-5)?;
    all_arrives(syncing)?;

    counter.opens()?;
    counts.loses.store(false, Ordering::SeqCst);
    for _ in 0..MOST_LOOKS {
        if counter.has_points(&POINTS)? {
            break;
        }
        // They come with the next download.
        syncing.reads();
        syncing.sync.try_again();
        std::thread::sleep(LOOK);
    }
    counts.loses.store(true, Ordering::SeqCst);
    counter.sells(&POINTS)?;
    counter.sells(&ERRANDS[0])?;
    counter.takes_back(
        "a sale of an earlier shift that comes back",
        "FIC-003",
        None,
    )?;
    counter.sells(&ERRANDS[1])?;
    counter.closes(0)
}

/// The shop, once all of it came.
fn downloaded(syncing: &Syncing) -> Result<Arc<Shop>, String> {
    let mut shop = None;
    loop {
        let mut messages = syncing.until("the download", |message| {
            matches!(
                message,
                Message::Shop(_)
                    | Message::Sync(SyncState::Idle | SyncState::Trouble { .. })
                    | Message::NoShop(_)
            )
        });
        match messages.pop() {
            Some(Message::Shop(new)) => shop = Some(new),
            Some(Message::Sync(SyncState::Idle)) => {
                if let Some(shop) = shop {
                    return Ok(shop);
                }
            }
            Some(Message::Sync(SyncState::Trouble { cause, remedy, .. })) => {
                return Err(format!("{cause} {remedy}"));
            }
            // Prices and taxes are still to come.
            Some(Message::NoShop(_)) => {}
            other => return Err(format!("{other:?}")),
        }
    }
}

/// Waits until the site has everything. The pauses of a till would only take long here, so they are
/// cut short.
fn all_arrives(syncing: &Syncing) -> Result<(), String> {
    for _ in 0..MOST_LOOKS {
        let left = done(syncing, |store| store.records().outbox_entries(1_000))?;
        if left.is_empty() {
            println!("all has arrived");
            return Ok(());
        }
        let parked = left.iter().find_map(|line| match &line.sent {
            SendState::Parked { cause, remedy, .. } => Some(format!("{cause} {remedy}")),
            _ => None,
        });
        if let Some(parked) = parked {
            return Err(parked);
        }
        syncing.sync.try_again();
        std::thread::sleep(LOOK);
    }
    let left = done(syncing, |store| store.records().outbox_entries(3))?;
    Err(format!("still not sent: {left:#?}"))
}

fn reopened(url: &str, place: &SiteConfig, folder: &Path) -> Result<Client, String> {
    let sealing = appliance::vault::Sealing::key_file(folder.join("seal.key"));
    let vault = appliance::vault::Vault::open(&folder.join("secrets"), &sealing);
    let vault = vault.map_err(|error| error.to_string())?;
    let key = vault.site_key().ok_or("the vault has no key")?;
    let config = SiteConfig::new(url, key).map_err(|error| error.to_string())?;
    let config = SiteConfig {
        roots: place.roots.clone(),
        ..config
    };
    Client::new(config).map_err(|error| error.to_string())
}

/// The pieces of SER-001 that receipts name. One that was sold stays as it was until its shift is
/// closed.
fn names_of_pieces(admin: &mut Client) -> Result<Vec<String>, String> {
    let list = json!({
        "doctype": "POS Invoice Item", "parent": "POS Invoice", "fields": ["serial_no"],
        "filters": [["item_code", "=", "SER-001"]], "limit_page_length": 0,
    });
    let reply = admin.send(&Request::call_with("frappe.client.get_list", list));
    let reply = reply.map_err(|error| error.to_string())?;
    let rows = reply.body["message"].as_array().into_iter().flatten();
    let named = rows.filter_map(|row| row["serial_no"].as_str());
    Ok(named.flat_map(str::lines).map(str::to_owned).collect())
}

fn time_zone(till: &mut Client) -> Result<TimeZone, String> {
    let reply = till.send(&Request::call("frappe.client.get_time_zone"));
    let reply = reply.map_err(|error| error.to_string())?;
    let name = reply.body["message"]["time_zone"].as_str();
    let name = name.ok_or_else(|| format!("the time zone is not told: {}", reply.body))?;
    TimeZone::get(name).map_err(|error| error.to_string())
}

#[derive(Default)]
struct Counts {
    sent: AtomicUsize,
    lost: AtomicUsize,
    /// Replies are lost; not while the shop is downloaded, which the chaos suite does over worse lines.
    loses: AtomicBool,
}

/// Loses a fifth of the replies after the site did what was asked, in no order that what takes many
/// requests could never pass.
struct Lossy {
    inner: Client,
    counts: Arc<Counts>,
    random: u64,
}

impl Transport for Lossy {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        self.counts.sent.fetch_add(1, Ordering::SeqCst);
        let reply = self.inner.send(request)?;
        if !self.counts.loses.load(Ordering::SeqCst) {
            return Ok(reply);
        }
        // Knuth's generator: the same each time.
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        if (self.random >> 33).is_multiple_of(5) {
            self.counts.lost.fetch_add(1, Ordering::SeqCst);
            let reason = Unreachable::Broken("lost on purpose".to_owned());
            return Err(TransportError::Unreachable {
                host: "the site".to_owned(),
                reason,
            });
        }
        Ok(reply)
    }
}
