//! Documents and answers that are not as they should be, and cycles that were cut.

use checkout::masters::{Doctype, Master};
use erpnext::https::Client;
use erpnext::problem::Problem;
use erpnext::request::{Reply, Request, Transport, TransportError};
use serde_json::json;
use tests::stand_in::{Fault, Site};
use tests::sync::{Mirror, clock};

use crate::{PLENTY, Till};

#[test]
fn a_document_that_cannot_be_read_does_not_make_all_be_read_at_each_comparison() {
    let mut site = Site::harbour_books();
    let bad = json!({ "stock_uom": null, "item_group": "Fiction" });
    site.put_at("Item", "BAD-001", "2026-01-01 08:00:00.000000", bad);
    let mut till = Till::new(site);
    // The tenth cycle after the first compares again.
    for minute in 0..=10 {
        till.cycle(&format!("2026-11-23T14:{minute:02}:00"));
    }
    assert_eq!(till.mirror.skipped.len(), 1, "all items were read again");
}

#[test]
fn prices_are_not_compared_while_the_customers_lists_cannot_be_asked_for() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    // The till forgot whose lists there are.
    let customers = |(doctype, _): &(Doctype, String)| *doctype != Doctype::Customer;
    let mut mirror = till.mirror.clone();
    mirror.masters.retain(|key, _| customers(key));
    till.pull = mirror.pull("Counter 1");
    till.stand_in.site().forbidden.insert("Customer".to_owned());
    till.cycle("2026-11-23T14:01:00");
    assert_eq!(till.mirror.count(Doctype::ItemPrice), 218);
}

#[test]
fn a_cycle_that_failed_keeps_the_settings_and_the_next_compares_the_names() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    let before = till.mirror.masters.clone();
    till.stand_in.site().delete("Item", "FIC-002");
    till.restart();
    let now = clock("2026-11-23T14:01:00");
    till.stand_in.site().plan([Some(Fault::ServerError)]);
    till.mirror
        .cycle(&mut till.pull, now, &mut till.client, PLENTY);
    assert!(
        matches!(till.mirror.failed.as_slice(), [Problem::Unexpected { doctype, .. }] if doctype == "System Settings"),
        "{:?}",
        till.mirror.failed
    );
    assert_eq!(till.mirror.masters, before);
    till.mirror.failed.clear();
    till.cycle("2026-11-23T14:02:00");
    assert!(till.mirror.get(Doctype::Item, "FIC-002").is_none());
}

#[test]
fn a_till_switched_off_at_any_request_ends_up_with_the_same_masters() {
    let mut whole = Till::new(Site::harbour_books());
    whole.cycle("2026-11-23T14:00:00");
    let requests = whole.stand_in.site().requests().len();
    let (mut client, now) = (whole.stand_in.client(), clock("2026-11-23T14:00:00"));
    for cut in 0..requests {
        let mut mirror = Mirror::default();
        mirror.cycle(&mut mirror.pull("Counter 1"), now.clone(), &mut client, cut);
        let ended = mirror.cycle(
            &mut mirror.pull("Counter 1"),
            now.clone(),
            &mut client,
            PLENTY,
        );
        assert!(
            ended && mirror.masters == whole.mirror.masters,
            "cut after {cut} requests"
        );
    }
}

#[test]
fn a_document_that_cannot_be_read_is_skipped_and_named() {
    let mut site = Site::harbour_books();
    site.put(
        "Item",
        "BAD-001",
        json!({ "stock_uom": null, "item_group": "Fiction" }),
    );
    site.put(
        "Item",
        "BAD-002",
        json!({ "stock_uom": "Nos", "disabled": "perhaps" }),
    );
    site.put("Item", "ODD-001", json!({ "stock_uom": "Nos", "disabled": false, "max_discount": "12.5", "barcodes": [{ "barcode": 4006381333931u64 }, { "barcode": [] }] }));
    site.put("Item Price", "bad-price", json!({ "item_code": "FIC-001", "price_list": "Standard Selling", "price_list_rate": "much" }));
    let mut till = Till::new(site);
    till.cycle("2026-11-23T14:00:00");
    let skipped: Vec<_> = till
        .mirror
        .skipped
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        skipped,
        [
            "Item \"BAD-001\": stock_uom is missing",
            "Item \"BAD-002\": disabled is \"perhaps\", which is not 0 or 1",
            "Item \"ODD-001\": barcode is [], which is not a text",
            "Item Price \"bad-price\": price_list_rate is \"much\", which is not a number",
        ]
    );
    let Some(Master::Item(odd)) = till.mirror.get(Doctype::Item, "ODD-001") else {
        panic!("not read")
    };
    assert_eq!(
        (odd.max_discount, odd.barcodes[0].barcode.as_str()),
        (12.5, "4006381333931")
    );
    assert_eq!(till.mirror.count(Doctype::Item), 202);
}

#[test]
fn a_missing_permission_is_named_and_the_rest_goes_on() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    till.stand_in
        .site()
        .forbidden
        .insert("Item Price".to_owned());
    till.stand_in
        .site()
        .put("Customer", "New", json!({ "customer_name": "New" }));
    till.restart();
    till.cycle("2026-11-23T14:01:00");
    let [problem] = till.mirror.problems.as_slice() else {
        panic!("{:?}", till.mirror.problems);
    };
    let cause = "the till's user in ERPNext may not read Item Price: User ";
    assert!(problem.to_string().starts_with(cause), "{problem}");
    let remedy =
        "Give the till's role the permission to read Item Price (Role Permissions Manager)";
    assert!(problem.remedy().starts_with(remedy), "{}", problem.remedy());
    assert_eq!(
        till.mirror.count(Doctype::ItemPrice),
        218,
        "the prices it has are kept"
    );
    assert!(till.mirror.get(Doctype::Customer, "New").is_some());
}

#[test]
fn a_shop_whose_items_all_vanish_at_once_keeps_them() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    let items = till.stand_in.site().documents("Item");
    for item in items {
        till.stand_in
            .site()
            .delete("Item", item["name"].as_str().unwrap());
    }
    till.restart();
    till.cycle("2026-11-23T14:01:00");
    assert_eq!(till.mirror.problems, [Problem::NothingVisible("Item")]);
    assert_eq!(till.mirror.count(Doctype::Item), 201);
}

/// A site whose answer to what this asks is nonsense, though it says that all is well.
struct Nonsense<'a, F> {
    site: &'a mut Client,
    asks: F,
    said: usize,
}

impl<F: Fn(&Request) -> bool> Transport for Nonsense<'_, F> {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        let reply = self.site.send(request)?;
        if (self.asks)(request) {
            self.said += 1;
            return Ok(Reply {
                body: json!({ "data": 7 }),
            });
        }
        Ok(reply)
    }
}

#[test]
fn an_item_whose_barcodes_came_as_nonsense_keeps_those_it_has_until_they_come() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    let barcodes = till.barcodes("BAT-001");
    assert!(!barcodes.is_empty());
    let renamed = json!({ "item_name": "Sparkling Water" });
    till.stand_in.site().put("Item", "BAT-001", renamed);
    let mut nonsense = Nonsense {
        site: &mut till.client,
        asks: |request: &Request| {
            let body = request.body.as_ref();
            body.is_some_and(|body| body["doctype"] == "Item Barcode")
        },
        said: 0,
    };
    let now = clock("2026-11-23T14:01:00");
    assert!(
        till.mirror
            .cycle(&mut till.pull, now, &mut nonsense, PLENTY)
    );
    assert_eq!(nonsense.said, 1);
    assert_eq!(
        till.barcodes("BAT-001"),
        barcodes,
        "it is in no scanner's reach"
    );
    let problems = &till.mirror.problems;
    assert!(
        matches!(problems.as_slice(), [Problem::Unexpected { doctype, .. }] if doctype == "Item"),
        "{problems:?}"
    );
    till.cycle("2026-11-23T14:02:00");
    let Some(Master::Item(item)) = till.mirror.get(Doctype::Item, "BAT-001") else {
        panic!("it is gone")
    };
    assert_eq!(item.item_name, "Sparkling Water");
    assert_eq!(till.barcodes("BAT-001"), barcodes);
}

#[test]
fn a_document_that_came_as_nonsense_is_read_again() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    let other = json!({ "selling_price_list": "Wholesale Selling" });
    till.stand_in.site().put("POS Profile", "Counter 1", other);
    let mut nonsense = Nonsense {
        site: &mut till.client,
        asks: |request: &Request| request.path.contains("POS%20Profile/"),
        said: 0,
    };
    let now = clock("2026-11-23T14:01:00");
    let _ended = till
        .mirror
        .cycle(&mut till.pull, now, &mut nonsense, PLENTY);
    assert!(nonsense.said > 0);
    till.mirror.failed.clear();
    till.cycle("2026-11-23T14:02:00");
    let Some(Master::PosProfile(profile)) = till.mirror.get(Doctype::PosProfile, "Counter 1")
    else {
        panic!("it is gone")
    };
    assert_eq!(profile.selling_price_list, "Wholesale Selling");
}
