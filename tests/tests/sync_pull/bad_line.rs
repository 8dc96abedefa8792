//! A download over a line that breaks: every answer that came counts, and what changes while the line
//! is broken is found.

use checkout::masters::{Doctype, Master};
use erpnext::request::{Reply, Request, Transport, TransportError, Unreachable};
use serde_json::json;
use tests::stand_in::Site;
use tests::sync::clock;

use crate::{PLENTY, Till};

/// A line that breaks at every other request.
struct EveryOther<T> {
    line: T,
    sent: usize,
    /// How often the same request may break.
    breaks: usize,
}

impl<T: Transport> Transport for EveryOther<T> {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        self.sent += 1;
        if !self.sent.is_multiple_of(self.breaks + 1) {
            return Err(TransportError::Unreachable {
                host: "erp.example".to_owned(),
                reason: Unreachable::Broken("again".to_owned()),
            });
        }
        self.line.send(request)
    }
}

fn item(group: &str) -> serde_json::Value {
    json!({ "item_name": "Imported", "item_group": group, "stock_uom": "Nos" })
}

/// So many items that were imported in one moment.
fn imported(site: &mut Site, items: usize) {
    for number in 0..items {
        let name = format!("IMP-{number:04}");
        site.put_at("Item", &name, "2026-11-23 13:00:00.000000", item("Fiction"));
    }
}

#[test]
fn a_line_that_breaks_at_every_other_request_brings_all_in_twice_as_many() {
    let mut site = Site::harbour_books();
    imported(&mut site, 1_203);
    let mut calm = Till::new(site);
    calm.cycle("2026-11-23T14:00:00");
    let requests = calm.stand_in.site().requests().len();

    let mut mirror = tests::sync::Mirror::default();
    let mut pull = mirror.pull("Counter 1");
    let mut line = EveryOther {
        line: calm.stand_in.client(),
        sent: 0,
        breaks: 1,
    };
    let mut cycles = 0;
    loop {
        let failures = mirror.failed.len();
        assert!(mirror.cycle(&mut pull, clock("2026-11-23T14:00:00"), &mut line, PLENTY));
        cycles += 1;
        assert!(cycles <= requests + 1, "it gets nowhere");
        if mirror.failed.len() == failures {
            break;
        }
    }
    assert_eq!(line.sent, 2 * requests);
    assert_eq!(mirror.masters, calm.mirror.masters);
}

#[test]
fn a_request_that_always_fails_does_not_keep_the_rest_from_being_read_again() {
    let mut till = Till::new(Site::harbour_books());
    let mut mirror = tests::sync::Mirror::default();
    let mut pull = mirror.pull("Counter 1");
    let mut cycle = |till: &mut Till, mirror: &mut tests::sync::Mirror| {
        let mut firewall = Firewall(&mut till.client);
        mirror.cycle(
            &mut pull,
            clock("2026-11-23T14:00:00"),
            &mut firewall,
            PLENTY,
        );
    };
    cycle(&mut till, &mut mirror);
    let renamed = json!({ "item_group_name": "Novels", "parent_item_group": "Books" });
    till.stand_in.site().put("Item Group", "Novels", renamed);
    for _ in 0..20 {
        cycle(&mut till, &mut mirror);
    }
    assert!(mirror.get(Doctype::ItemGroup, "Novels").is_some());
    assert_eq!(
        mirror.count(Doctype::ItemPrice),
        0,
        "the firewall let it through"
    );
}

/// Something on the way has a page of its own for prices.
struct Firewall<'a, T>(&'a mut T);

impl<T: Transport> Transport for Firewall<'_, T> {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        if request.path.contains("Item%20Price") {
            return Err(TransportError::Html { status: 403 });
        }
        self.0.send(request)
    }
}

#[test]
fn what_slips_in_behind_a_reading_that_took_hours_is_found() {
    let mut site = Site::harbour_books();
    imported(&mut site, 700);
    let mut till = Till::new(site);
    // The first page of items and what belongs to them come, then the line is broken for hours.
    let (mut cut, now) = (0, clock("2026-11-23T13:00:10"));
    loop {
        let mut mirror = tests::sync::Mirror::default();
        let mut pull = mirror.pull("Counter 1");
        mirror.cycle(&mut pull, now.clone(), &mut till.client, cut);
        if mirror.count(Doctype::Item) > 0 {
            (till.mirror, till.pull) = (mirror, pull);
            break;
        }
        cut += 1;
    }
    // That the next request fails is what ends the cycle.
    let mut broken = EveryOther {
        line: till.stand_in.client(),
        sent: 0,
        breaks: 1,
    };
    let request = match till.pull.next() {
        erpnext::pull::PullStep::Send(request) => request,
        done @ erpnext::pull::PullStep::Done => panic!("{done:?}"),
    };
    let end = till.client.send(&request);
    let _newest = till.pull.on_reply(end);
    let failed = till.pull.on_reply(broken.send(&request));
    assert!(!failed.is_empty());
    // Of a transaction that took its time: it is older than the rows that were read, and of another
    // page than is read next.
    let slow = "2026-11-23 12:59:00.000000";
    let mut site = till.stand_in.site();
    site.put_at("Item", "FIC-001", slow, json!({ "item_name": "Slow" }));
    for number in 0..3 {
        let name = format!("NEW-{number}");
        site.put_at("Item", &name, "2026-11-23 16:00:00.000000", item("Fiction"));
    }
    drop(site);
    till.cycle("2026-11-23T16:00:10");
    assert!(till.mirror.get(Doctype::Item, "NEW-2").is_some());
    till.restart();
    till.cycle("2026-11-23T16:01:10");
    let Some(Master::Item(book)) = till.mirror.get(Doctype::Item, "FIC-001") else {
        panic!("it is gone")
    };
    assert_eq!(book.item_name, "Slow");
}

#[test]
fn a_tree_of_more_than_a_page_comes_to_its_end_and_follows_its_nodes() {
    let mut site = Site::harbour_books();
    for number in 0..1_100 {
        let name = format!("Shelf {number}");
        let modified = format!("2026-11-22 10:{:02}:{:02}.000000", number / 60, number % 60);
        let node = json!({ "item_group_name": name, "parent_item_group": "Books" });
        site.put_at("Item Group", &name, &modified, node);
    }
    let mut till = Till::new(site);
    till.cycle("2026-11-23T14:00:00");
    assert_eq!(till.mirror.count(Doctype::ItemGroup), 17 + 1_100);
    let moved = json!({ "parent_item_group": "Shelf 7" });
    till.stand_in.site().put("Item Group", "Shelf 1000", moved);
    till.cycle("2026-11-23T14:01:00");
    let Some(Master::ItemGroup(group)) = till.mirror.get(Doctype::ItemGroup, "Shelf 1000") else {
        panic!("it is gone")
    };
    assert_eq!(group.parent_item_group.as_deref(), Some("Shelf 7"));
}

/// A line on which whatever follows the first page of customers' names never comes.
struct NoSecondPage<'a, T> {
    line: &'a mut T,
    /// How often the names of customers were asked for from their beginning.
    begun: usize,
}

impl<T: Transport> Transport for NoSecondPage<'_, T> {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        let asks = |name: &str, value: &str| {
            let mut query = request.query.iter();
            query.any(|(own, text)| own == name && text.contains(value))
        };
        if request.path.ends_with("/Customer")
            && asks("order_by", "name asc")
            && asks("limit_page_length", "5000")
        {
            if asks("filters", "[\"name\",\">\"") {
                return Err(TransportError::Unreachable {
                    host: "erp.example".to_owned(),
                    reason: Unreachable::Broken("it hangs".to_owned()),
                });
            }
            self.begun += 1;
        }
        self.line.send(request)
    }
}

#[test]
fn names_that_come_too_slowly_keep_nothing_else_from_being_read() {
    let mut site = Site::harbour_books();
    for number in 0..5_001 {
        let name = format!("IMP-{number:04}");
        let customer = json!({
            "customer_name": "Imported", "customer_group": "Individual", "disabled": 0,
        });
        site.put_at("Customer", &name, "2026-11-23 13:00:00.000000", customer);
    }
    for name in ["GONE-1", "GONE-2"] {
        site.put("Batch", name, json!({ "item": "BAT-001" }));
    }
    let mut till = Till::new(site);
    till.cycle("2026-11-23T14:00:00");
    let knows = |till: &Till, doctype, name| till.mirror.get(doctype, name).is_some();
    assert!(knows(&till, Doctype::Batch, "GONE-1"));
    till.restart();
    till.stand_in.site().delete("Customer", "IMP-0007");
    till.stand_in.site().delete("Batch", "GONE-1");
    // A cycle that fails is taken up a minute later. By its end the names of customers were asked
    // for so often.
    let cycle_from = |hour: &str, begun: usize, till: &mut Till| {
        let mut line = NoSecondPage {
            line: &mut till.client,
            begun: 0,
        };
        let mut minutes = 0;
        loop {
            let failures = till.mirror.failed.len();
            let local = format!("2026-11-23T{hour}:{minutes:02}:00");
            assert!(
                till.mirror
                    .cycle(&mut till.pull, clock(&local), &mut line, PLENTY)
            );
            if till.mirror.failed.len() == failures {
                break;
            }
            minutes += 1;
            assert!(minutes < 60, "the cycle never ends");
        }
        assert_eq!(line.begun, begun, "at {hour}");
    };
    cycle_from("15", 1, &mut till);
    // What follows the customers waits for a cycle that has read what changed meanwhile.
    assert!(knows(&till, Doctype::Batch, "GONE-1"));
    till.stand_in
        .site()
        .put("Batch", "NEW-1", json!({ "item": "BAT-001" }));
    cycle_from("16", 1, &mut till);
    assert!(!knows(&till, Doctype::Batch, "GONE-1"));
    assert!(knows(&till, Doctype::Batch, "NEW-1"));
    // Twice in vain is enough for now.
    till.stand_in.site().delete("Batch", "GONE-2");
    for hour in ["17", "18", "19", "20", "21"] {
        cycle_from(hour, 0, &mut till);
    }
    assert!(
        knows(&till, Doctype::Customer, "IMP-0007"),
        "deleted by half a list"
    );
    assert!(knows(&till, Doctype::Batch, "GONE-2"));
    // The line is as it should be when all names are compared again.
    till.mirror.failed.clear();
    for minute in 0..6 {
        till.cycle(&format!("2026-11-23T22:0{minute}:00"));
    }
    assert!(!knows(&till, Doctype::Customer, "IMP-0007"));
    assert!(!knows(&till, Doctype::Batch, "GONE-2"));
    assert_eq!(
        till.mirror.count(Doctype::Customer),
        till.stand_in.site().documents("Customer").len()
    );
}
