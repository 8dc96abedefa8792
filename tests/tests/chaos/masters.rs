//! Downloading while requests and replies are lost, the power fails between any two of them, the
//! clock jumps and the office changes what is being downloaded. Then all is well, and what the till
//! knows is what a till that is set up now would know.

use std::time::Duration;

use erpnext::pull::Pull;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::fixtures::totals_of;
use tests::stand_in::Site;
use tests::sync::{Mirror, clock_in};

use super::network::{CALM, Network};
use tests::random::Random;

const ZONE: &str = "EST5EDT,M3.2.0,M11.1.0";
const PROFILE: &str = "Counter 1";
/// More requests than a cycle of the small shop has.
const MANY: usize = 2_000;
/// When the till looks at its site once all is well, in seconds after the time before. The first
/// cycle compares all names and so finds what was missed. The others must leave it as it is: the
/// second reads on, the third reads again what slow transactions may have changed behind it, and
/// the fourth knows that they did not.
const LOOKS: [u64; 4] = [60, 60, 900, 60];

const ITEMS: &[&str] = &["FIC-001", "STA-002", "STA-003", "BAT-001", "WGT-001"];
const NEW_ITEMS: &[&str] = &["NEW-001", "NEW-002", "NEW-003"];

/// Lives through one such day.
pub fn live(seed: u64) {
    let mut random = Random(seed);
    let now: Timestamp = "2026-11-24T14:00:00Z".parse().unwrap();
    let zone = TimeZone::posix(ZONE).unwrap();
    let site = Site::corner_shop().with_totals(totals_of);
    let network = Network::of(site, random.clone(), now, zone);
    network.set_weather([CALM, 60, 200, 450][random.below(4) as usize]);
    let mut till = Mirror::default();
    let mut ahead = SignedDuration::ZERO;
    for _ in 0..2 + random.below(6) {
        // A start of the program: what is stored is all it knows.
        let mut pull = till.pull(PROFILE);
        for _ in 0..1 + random.below(3) {
            network.pass(Duration::from_secs(random.below(900)));
            if random.chance(100) {
                ahead = SignedDuration::from_hours(random.below(72) as i64 - 36);
            }
            for _ in 0..random.below(3) {
                network.site(|site| changes(site, &mut random));
            }
            let clock = clock_in(ZONE, network.now() + ahead);
            let most = if random.chance(500) {
                MANY
            } else {
                random.below(30) as usize
            };
            if !till.cycle(&mut pull, clock, &mut network.clone(), most) {
                break;
            }
        }
    }

    ends_as_the_shop_is(&network, &mut till);
}

/// All is well now: what the till knows is what a new one would know.
fn ends_as_the_shop_is(network: &Network, till: &mut Mirror) {
    network.set_weather(CALM);
    network.settle();
    let mut pull = till.pull(PROFILE);
    for seconds in LOOKS {
        network.pass(Duration::from_secs(seconds));
        let clock = clock_in(ZONE, network.now());
        assert!(till.cycle(&mut pull, clock, &mut network.clone(), MANY));
    }
    let mut new = Mirror::default();
    let mut pull = new.pull(PROFILE);
    let clock = clock_in(ZONE, network.now());
    assert!(new.cycle(&mut pull, clock, &mut network.clone(), MANY));
    for key in till.masters.keys().chain(new.masters.keys()) {
        let (knows, should) = (till.masters.get(key), new.masters.get(key));
        assert_eq!(knows, should, "{key:?}");
    }
}

/// A shop with items of many pages, all imported in one moment, behind a line that always loses as
/// much: in the end all is here, after not many more requests than a good line takes.
pub fn live_behind_a_bad_line(seed: u64) {
    // More than a page of names has, too.
    const IMPORTED: u64 = 5_100;
    let mut random = Random(seed);
    let now: Timestamp = "2026-11-24T14:00:00Z".parse().unwrap();
    let mut site = Site::corner_shop().with_totals(totals_of);
    for number in 0..IMPORTED {
        let fields = json!({
            "item_name": "Imported",
            "item_group": "Fiction",
            "stock_uom": "Nos",
            "is_sales_item": 1,
            "disabled": 0,
        });
        let name = format!("IMP-{number:05}");
        site.put_at("Item", &name, "2026-11-24 08:00:00.000000", fields);
    }
    let network = Network::of(site, random.clone(), now, TimeZone::posix(ZONE).unwrap());
    let cycle = |till: &mut Mirror, pull: &mut Pull| {
        let failures = till.failed.len() + till.problems.len();
        let clock = clock_in(ZONE, network.now());
        assert!(till.cycle(pull, clock, &mut network.clone(), MANY));
        till.failed.len() + till.problems.len() == failures
    };
    let mut calm = Mirror::default();
    let mut pull = calm.pull(PROFILE);
    assert!(cycle(&mut calm, &mut pull));
    let few = network.requests();

    // A fifth, a third or half of everything, all the time.
    let loss = random.pick(&[200, 333, 500]);
    network.set_weather(loss);
    // The till is switched off now and then, or never.
    let cuts = random.pick(&[0, 0, 15]);
    let mut till = Mirror::default();
    let mut pull = till.pull(PROFILE);
    let begun = network.requests();
    while !cycle(&mut till, &mut pull) {
        let requests = network.requests() - begun;
        assert!(
            requests < few * 12,
            "{requests} requests in vain, where a good line takes {few}"
        );
        // As long as the till waits, and now and then until the line is there again.
        let wait = if random.chance(50) { 3_600 } else { 1 };
        network.pass(Duration::from_secs(wait));
        if random.chance(200) {
            network.site(|site| changes(site, &mut random));
        }
        if random.chance(cuts) {
            pull = till.pull(PROFILE);
        }
    }
    ends_as_the_shop_is(&network, &mut till);
}

/// Something that people do to masters in ERPNext.
fn changes(site: &mut Site, random: &mut Random) {
    let item = random.pick(ITEMS);
    match random.below(6) {
        0 => {
            let disabled = u8::from(random.chance(500));
            site.put("Item", item, json!({ "disabled": disabled }));
        }
        1 => {
            let name = format!("Renamed {}", random.below(1000));
            site.put("Item", item, json!({ "item_name": name }));
        }
        2 => {
            let new = random.pick(NEW_ITEMS);
            let fields = json!({
                "item_code": new,
                "item_name": format!("New {}", random.below(1000)),
                "item_group": "Fiction",
                "stock_uom": "Nos",
                "is_sales_item": 1,
                "disabled": 0,
            });
            site.put("Item", new, fields);
        }
        3 => goes(site, "Item", random.pick(NEW_ITEMS)),
        4 => {
            let price = json!({
                "item_code": item,
                "price_list": "Standard Selling",
                "price_list_rate": random.below(5000) as f64 / 100.0,
                "uom": "Nos",
                "currency": "USD",
                "selling": 1,
            });
            site.put("Item Price", &format!("price-{item}"), price);
        }
        _ => goes(site, "Item Price", &format!("price-{item}")),
    }
}

fn goes(site: &mut Site, doctype: &str, name: &str) {
    let documents = site.documents(doctype);
    if documents.iter().any(|document| document["name"] == name) {
        site.delete(doctype, name);
    }
}
