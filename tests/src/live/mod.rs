//! The sync suite against a site: a real ERPNext with the recorded shop, or the stand-in.

mod books;
mod kinds;
mod shifts;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use checkout::masters::{Doctype, Master};
use checkout::shop::Shop;
use erpnext::https::{Client, SiteConfig};
use erpnext::push::{
    KEY_FIELD, OpeningRule, Outcome, PushContext, key_field_present, key_field_probe, opening_rule,
    versions_probe,
};
use erpnext::request::{Reply, Request, Transport, TransportError, Unreachable};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kiosk::sync::courier::{Courier, note};
use serde_json::json;
use store::{Store, StoreError};

use crate::fixtures::settings;
use crate::shelf::Shelf;
use crate::sync::{Mirror, clock_in};

/// More requests than the suite needs.
const PLENTY: usize = 10_000;
/// How long the site is given between two attempts.
const PAUSE: Duration = Duration::from_millis(200);
/// So often the same document may have to wait; a worker in the background has as long.
const MOST_WAITS: u32 = 1500;

/// Pulls the masters, sells two shifts on a till of its own, pushes them while replies get lost,
/// and compares what the site then holds, read with the administrator's key, with the till's
/// journal. Prints what it does.
///
/// # Errors
/// The first thing that is not as it should be, in a sentence.
pub fn run(url: &str, key: &str, admin_key: &str) -> Result<(), String> {
    let open = |key: &str| {
        let config = SiteConfig::new(url, key).map_err(|error| error.to_string())?;
        Client::new(config).map_err(|error| error.to_string())
    };
    let (mut till, mut admin) = (open(key)?, open(admin_key)?);
    let told = |problem: erpnext::problem::Problem| format!("{problem}. {}", problem.remedy());
    key_field_present(till.send(&key_field_probe())).map_err(told)?;
    println!("the unique field {KEY_FIELD} is there");
    let rule = opening_rule(till.send(&versions_probe())).map_err(told)?;
    let zone = time_zone(&mut till)?;
    println!("openings as {rule:?}, times of {}", name_of(&zone));
    let mirror = masters(&mut till)?;

    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let now = Timestamp::now();
    let [_, _, _, installation @ ..] = now.as_millisecond().to_be_bytes();
    let store = Store::open(folder.path(), installation).map_err(|error| error.to_string())?;
    let shelf = Shelf(RefCell::new(store));
    let pieces = pieces(&mirror, &mut admin, "SER-001")?;
    let sold = shifts::sell(&mut shelf.0.borrow_mut(), pieces, now, &zone)?;
    println!(
        "{} sales and returns of {} kinds in two shifts",
        sold.receipts, sold.kinds
    );

    let mut lossy = Lossy {
        inner: till,
        sent: 0,
        lost: 0,
        random: 15,
    };
    carry(&shelf, &mut lossy, rule, &zone)?;
    println!("{} requests, {} replies lost", lossy.sent, lossy.lost);
    let store = shelf.0.into_inner();
    books::compare(&store, &mirror, &mut admin)
}

/// Sends everything. What has to wait is sent again soon: the pauses of a till would only take
/// long here.
fn carry(
    shelf: &Shelf,
    transport: &mut Lossy,
    rule: OpeningRule,
    zone: &TimeZone,
) -> Result<(), String> {
    let told = |error: StoreError| error.to_string();
    let mut waits: BTreeMap<i64, u32> = BTreeMap::new();
    loop {
        let now = Timestamp::now();
        let next = shelf.0.borrow_mut().outbox_next(now).map_err(told)?;
        let Some(entry) = next else {
            let mut store = shelf.0.borrow_mut();
            let left = store.records().outbox_summary().map_err(told)?;
            if left.unsent == 0 {
                return Ok(());
            }
            if left.parked == left.unsent {
                return Err(format!("{} documents are parked", left.parked));
            }
            std::thread::sleep(PAUSE);
            store.outbox_retry_now().map_err(told)?;
            continue;
        };
        let site_now = now.to_zoned(zone.clone()).datetime();
        let context = PushContext {
            settings: settings(),
            rule,
            today: site_now.date(),
            attempt: entry.attempts,
            random: 0,
        };
        let mut courier = Courier::new(shelf, transport, context, now, site_now);
        let mut outcome = courier.carry(&entry).map_err(told)?;
        if let Outcome::Parked { cause, remedy, .. } = &outcome {
            return Err(format!("{cause} {remedy}"));
        }
        if let Outcome::Retry { problem, after } = &mut outcome {
            let waited = waits.entry(entry.id).or_default();
            *waited += 1;
            if *waited > MOST_WAITS {
                return Err(format!("{problem} {}", problem.remedy()));
            }
            if *waited > 3 {
                println!("note: {problem}");
            }
            *after = Duration::from_secs(3600);
        }
        note(shelf, &entry, &outcome, now).map_err(told)?;
    }
}

fn masters(till: &mut Client) -> Result<Mirror, String> {
    let mut mirror = Mirror::default();
    let mut pull = mirror.pull("Counter 1");
    let ended = mirror.cycle(&mut pull, clock_in("UTC0", Timestamp::now()), till, PLENTY);
    if let Some(problem) = mirror.failed.first() {
        return Err(format!("{problem}. {}", problem.remedy()));
    }
    for problem in &mirror.problems {
        println!("note: {problem}. {}", problem.remedy());
    }
    for skipped in &mirror.skipped {
        println!("note: skipped {skipped}");
    }
    let shop = Shop::assemble("Counter 1", mirror.masters.values().cloned());
    let shop = shop.map_err(|error| error.to_string())?;
    for (doctype, least) in [
        (Doctype::Item, 200),
        (Doctype::ItemPrice, 200),
        (Doctype::Customer, 9),
    ] {
        let found = mirror.count(doctype);
        if !ended || found < least {
            return Err(format!(
                "{found} of {} came, at least {least} were expected",
                doctype.name()
            ));
        }
        println!("{found} of {}", doctype.name());
    }
    println!("{} sells in {}", shop.profile.name, shop.currency.code());
    Ok(mirror)
}

/// The pieces of an item that the site has in stock and no receipt names, the last first. One that
/// was sold stays as it was until its shift is closed.
fn pieces(mirror: &Mirror, admin: &mut Client, item_code: &str) -> Result<Vec<String>, String> {
    let list = json!({
        "doctype": "POS Invoice Item", "parent": "POS Invoice", "fields": ["serial_no"],
        "filters": [["item_code", "=", item_code]], "limit_page_length": 0,
    });
    let reply = admin.send(&Request::call_with("frappe.client.get_list", list));
    let reply = reply.map_err(|error| error.to_string())?;
    let rows = reply.body["message"].as_array().into_iter().flatten();
    let sold: Vec<&str> = rows
        .filter_map(|row| row["serial_no"].as_str())
        .flat_map(str::lines)
        .collect();
    let pieces = mirror.masters.values().filter_map(|master| match master {
        Master::SerialNo(piece) if piece.item_code == item_code && piece.status == "Active" => {
            Some(piece.name.clone())
        }
        _ => None,
    });
    let mut pieces: Vec<String> = pieces.collect();
    pieces.retain(|piece| !sold.contains(&piece.as_str()));
    pieces.sort();
    pieces.reverse();
    Ok(pieces)
}

fn time_zone(till: &mut Client) -> Result<TimeZone, String> {
    let reply = till.send(&Request::call("frappe.client.get_time_zone"));
    let reply = reply.map_err(|error| error.to_string())?;
    let name = reply.body["message"]["time_zone"].as_str();
    let name = name.ok_or_else(|| format!("the time zone is not told: {}", reply.body))?;
    TimeZone::get(name).map_err(|error| error.to_string())
}

fn name_of(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("an unnamed zone")
}

/// Loses a fifth of the replies after the site did what was asked, in no order that what takes many
/// requests could never pass.
struct Lossy {
    inner: Client,
    sent: usize,
    lost: usize,
    random: u64,
}

impl Transport for Lossy {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        self.sent += 1;
        let reply = self.inner.send(request)?;
        // Knuth's generator: the same each time.
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        if (self.random >> 33).is_multiple_of(5) {
            self.lost += 1;
            let reason = Unreachable::Broken("lost on purpose".to_owned());
            return Err(TransportError::Unreachable {
                host: "the site".to_owned(),
                reason,
            });
        }
        Ok(reply)
    }
}
