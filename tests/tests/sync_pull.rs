//! The till's masters follow the site's, however they change and wherever a cycle is cut.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::masters::{Doctype, Master, SystemSettings};
use checkout::shop::Shop;
use erpnext::https::Client;
use erpnext::problem::Problem;
use erpnext::pull::Pull;
use serde_json::json;
use tests::fixtures::points_of_ada;
use tests::stand_in::{Fault, Site, StandIn};
use tests::sync::{Mirror, clock};

const PLENTY: usize = 10_000;

struct Till {
    stand_in: StandIn,
    client: Client,
    mirror: Mirror,
    pull: Pull,
}

impl Till {
    fn new(site: Site) -> Self {
        let stand_in = StandIn::https(site);
        let client = stand_in.client();
        let mirror = Mirror::default();
        let pull = mirror.pull("Counter 1");
        Self {
            stand_in,
            client,
            mirror,
            pull,
        }
    }

    fn cycle(&mut self, local: &str) {
        self.mirror.rows = 0;
        let ended = self
            .mirror
            .cycle(&mut self.pull, clock(local), &mut self.client, PLENTY);
        assert!(ended, "the cycle never ends");
        assert_eq!(self.mirror.failed, [], "the cycle failed");
    }

    /// As after a restart.
    fn restart(&mut self) {
        self.pull = self.mirror.pull("Counter 1");
    }

    fn barcodes(&self, item: &str) -> Vec<String> {
        match self.mirror.get(Doctype::Item, item) {
            Some(Master::Item(item)) => item
                .barcodes
                .iter()
                .map(|row| row.barcode.clone())
                .collect(),
            other => panic!("{item} is {other:?}"),
        }
    }
}

#[test]
fn the_first_cycle_brings_all_that_a_sale_needs() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    let mirror = &till.mirror;
    assert_eq!((&mirror.skipped, &mirror.problems), (&vec![], &vec![]));
    assert_eq!(mirror.count(Doctype::Item), 201);
    assert_eq!(mirror.count(Doctype::ItemGroup), 17);
    assert_eq!(mirror.count(Doctype::Uom), 240);
    assert_eq!(mirror.count(Doctype::Customer), 10);
    assert_eq!(
        mirror.count(Doctype::ModeOfPayment),
        2,
        "only those of the profile"
    );
    assert_eq!(
        mirror.count(Doctype::SalesTaxesAndChargesTemplate),
        7,
        "all of the company, because a tax rule may choose any"
    );
    // Corner Cafe's own list is among them.
    assert_eq!(mirror.count(Doctype::ItemPrice), 218);
    assert_eq!(till.barcodes("STA-003"), ["4001230001023", "4001230006028"]);
    let all: usize = mirror
        .masters
        .values()
        .map(|master| {
            if let Master::Item(item) = master {
                item.barcodes.len()
            } else {
                0
            }
        })
        .sum();
    assert_eq!(all, 206);
    let Some(Master::Item(bread)) = mirror.get(Doctype::Item, "BAK-001") else {
        panic!("no bread")
    };
    assert_eq!(bread.taxes[0].item_tax_template, "Reduced 5 - HB");
    let settings = mirror.get(Doctype::SystemSettings, "System Settings");
    let expected = SystemSettings {
        time_zone: "America/New_York".to_owned(),
        ..SystemSettings::default()
    };
    assert_eq!(settings, Some(&Master::SystemSettings(expected)));
    let shop = Shop::assemble("Counter 1", mirror.masters.values().cloned()).unwrap();
    assert_eq!(shop.modes_of_payment[0].account, "Cash - HB");
    assert_eq!(shop.taxes.taxes[0].rate, 8.25);
}

#[test]
fn the_first_cycle_brings_what_prices_pieces_and_points_depend_on() {
    let mut site = Site::harbour_books();
    site.put(
        "Address",
        "Cafe-Billing",
        json!({ "address_type": "Billing", "city": "Portland", "links": [
        { "link_doctype": "Supplier", "link_name": "Corner Cafe LLC" },
        { "link_doctype": "Customer", "link_name": "Corner Cafe LLC" },
    ] }),
    );
    site.put("Tax Rule", "Maine", json!({ "tax_type": "Sales", "sales_tax_template": "US ST 6% - HB", "billing_state": "Maine", "priority": 2 }));
    site.put("Tax Rule", "Buying", json!({ "tax_type": "Purchase" }));
    site.put("Currency Exchange", "2026-11-20-EUR-USD", json!({ "date": "2026-11-20", "from_currency": "EUR", "to_currency": "USD", "exchange_rate": 1.0837, "for_selling": 1 }));
    site.put("Loyalty Point Entry", "points", points_of_ada(12));
    let mut till = Till::new(site);
    till.cycle("2026-11-23T14:00:00");
    let mirror = &till.mirror;
    assert_eq!((&mirror.skipped, &mirror.problems), (&vec![], &vec![]));
    let Some(Master::Address(address)) = mirror.get(Doctype::Address, "Cafe-Billing") else {
        panic!("no address")
    };
    assert_eq!(address.customers, ["Corner Cafe LLC"]);
    let Some(Master::TaxRule(rule)) = mirror.get(Doctype::TaxRule, "Maine") else {
        panic!("no tax rule")
    };
    assert_eq!(
        (rule.billing.state.as_deref(), rule.priority),
        (Some("Maine"), 2)
    );
    let Some(Master::Item(shirt)) = mirror.get(Doctype::Item, "TSHIRT-M-BLU") else {
        panic!("no shirt")
    };
    let attributes = shirt.attributes.iter();
    let attributes: Vec<_> = attributes
        .map(|row| (row.attribute.as_str(), row.attribute_value.as_str()))
        .collect();
    assert_eq!(attributes, [("Size", "Medium"), ("Colour", "Blue")]);
    let Some(Master::ProductBundle(bundle)) = mirror.get(Doctype::ProductBundle, "BUN-001") else {
        panic!("no bundle")
    };
    assert_eq!(bundle.items[0].item_code, "STA-001");
    let Some(Master::Batch(batch)) = mirror.get(Doctype::Batch, "BAT-001-B") else {
        panic!("no batch")
    };
    assert_eq!((batch.item.as_str(), batch.batch_qty), ("BAT-001", 30.0));
    let Some(Master::LoyaltyProgram(program)) =
        mirror.get(Doctype::LoyaltyProgram, "Harbour Rewards")
    else {
        panic!("no program")
    };
    assert_eq!(program.collection_rules.len(), 2);
    for (doctype, count) in [
        (Doctype::TaxRule, 1),
        (Doctype::Territory, 2),
        (Doctype::Warehouse, 3),
        (Doctype::CurrencyExchange, 1),
        (Doctype::LoyaltyPointEntry, 1),
        (Doctype::SerialNo, 30),
        (Doctype::Batch, 10),
    ] {
        assert_eq!(mirror.count(doctype), count, "{}", doctype.name());
    }
    // A price is known before the long lists have come.
    let place = |doctype| {
        mirror
            .ended
            .iter()
            .position(|ended| *ended == doctype)
            .unwrap()
    };
    for later in [
        Doctype::Address,
        Doctype::Batch,
        Doctype::SerialNo,
        Doctype::LoyaltyPointEntry,
    ] {
        assert!(place(Doctype::ItemPrice) < place(later), "{}", later.name());
    }
}

#[test]
fn a_till_does_without_the_lists_that_its_user_may_often_not_read() {
    let closed = [
        Doctype::UomConversionFactor,
        Doctype::TaxRule,
        Doctype::LoyaltyProgram,
        Doctype::Address,
        Doctype::Batch,
        Doctype::SerialNo,
        Doctype::LoyaltyPointEntry,
    ];
    let mut till = Till::new(Site::harbour_books());
    let names = closed.iter().map(|doctype| doctype.name().to_owned());
    till.stand_in.site().forbidden.extend(names);
    till.cycle("2026-11-23T14:00:00");
    assert_eq!(till.mirror.problems, []);
    assert_eq!(till.mirror.count(Doctype::Customer), 10);
    for doctype in closed {
        assert_eq!(till.mirror.count(doctype), 0);
        assert!(
            !till.mirror.ended.contains(&doctype),
            "{} was not read",
            doctype.name()
        );
    }
}

#[test]
fn pieces_that_left_or_came_back_are_found_in_the_next_cycle() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    assert!(till.mirror.get(Doctype::SerialNo, "SER-001-S001").is_some());
    // A stock posting leaves `modified` as it was.
    let long_ago = "2026-11-23 02:14:54.869828";
    let gone = json!({ "status": "Delivered", "warehouse": null });
    let post = |till: &Till, fields| {
        till.stand_in
            .site()
            .put_at("Serial No", "SER-001-S001", long_ago, fields);
    };
    post(&till, gone);
    till.cycle("2026-11-23T14:01:00");
    assert!(till.mirror.get(Doctype::SerialNo, "SER-001-S001").is_none());
    assert_eq!(till.mirror.count(Doctype::SerialNo), 29);
    post(
        &till,
        json!({ "status": "Active", "warehouse": "Shop - HB" }),
    );
    till.cycle("2026-11-23T14:02:00");
    assert!(till.mirror.get(Doctype::SerialNo, "SER-001-S001").is_some());
}

#[test]
fn a_quiet_cycle_brings_nothing_and_a_change_brings_itself() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    till.cycle("2026-11-23T14:05:00");
    till.cycle("2026-11-23T14:11:00");
    till.cycle("2026-11-23T14:12:00");
    // What is small is read each time: settings, profile, company.
    assert_eq!(till.mirror.rows, 3, "an unchanged shop was read again");
    let barcodes = json!({ "barcodes": [{ "barcode": "5000000000001" }] });
    till.stand_in.site().put("Item", "FIC-001", barcodes);
    till.cycle("2026-11-23T14:13:00");
    assert_eq!(till.barcodes("FIC-001"), ["5000000000001"]);
    assert_eq!(till.mirror.rows, 4);
}

#[test]
fn a_page_may_end_between_documents_of_the_same_moment() {
    let mut site = Site::harbour_books();
    for number in 0..1_203 {
        let item = json!({ "item_name": "Imported", "item_group": "Fiction", "stock_uom": "Nos" });
        site.put_at(
            "Item",
            &format!("IMP-{number:04}"),
            "2026-11-23 13:00:00.000000",
            item,
        );
    }
    let mut till = Till::new(site);
    till.cycle("2026-11-23T14:00:00");
    assert_eq!(till.mirror.count(Doctype::Item), 201 + 1_203);
}

#[test]
fn a_transaction_that_was_slow_to_commit_is_found_behind_the_cursor() {
    let mut till = Till::new(Site::harbour_books());
    let book = |price| json!({ "item_code": "FIC-001", "price_list": "Standard Selling", "price_list_rate": price, "uom": "Nos", "currency": "USD" });
    till.stand_in.site().put_at(
        "Item Price",
        "quick",
        "2026-11-23 13:50:00.000000",
        book(1.0),
    );
    till.cycle("2026-11-23T13:50:10");
    till.stand_in.site().put_at(
        "Item Price",
        "slow",
        "2026-11-23 13:45:00.000000",
        book(2.0),
    );
    till.cycle("2026-11-23T13:51:00");
    assert!(till.mirror.get(Doctype::ItemPrice, "slow").is_some());
}

#[test]
fn the_hour_that_comes_twice_in_autumn_loses_nothing() {
    let mut till = Till::new(Site::harbour_books());
    let customer = json!({ "customer_name": "X", "customer_group": "Individual" });
    // Everything else of the shop is older.
    let customers = till.stand_in.site().documents("Customer");
    for document in customers {
        let name = document["name"].as_str().unwrap();
        till.stand_in
            .site()
            .put_at("Customer", name, "2026-10-30 09:00:00.000000", json!({}));
    }
    till.stand_in.site().put_at(
        "Customer",
        "First",
        "2026-11-01 01:55:00.000000",
        customer.clone(),
    );
    till.cycle("2026-11-01T01:56:00");
    // Half an hour later it is 01:25 again.
    till.stand_in
        .site()
        .put_at("Customer", "Second", "2026-11-01 01:25:00.000000", customer);
    till.cycle("2026-11-01T02:30:00");
    assert!(till.mirror.get(Doctype::Customer, "Second").is_some());
}

#[test]
fn what_was_deleted_or_renamed_is_found_by_comparing_all_names() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    till.stand_in.site().delete("Item", "FIC-002");
    till.stand_in.site().delete("Customer", "Ada Byron");
    let renamed = json!({ "customer_name": "Ada King", "customer_group": "Individual" });
    // A rename leaves `modified` as it was.
    till.stand_in.site().put_at(
        "Customer",
        "Ada King",
        "2026-01-01 08:00:00.000000",
        renamed,
    );
    till.restart();
    till.cycle("2026-11-23T14:01:00");
    assert!(till.mirror.get(Doctype::Item, "FIC-002").is_none());
    assert!(till.mirror.get(Doctype::Customer, "Ada Byron").is_none());
    assert!(till.mirror.get(Doctype::Customer, "Ada King").is_some());
    assert_eq!(till.mirror.count(Doctype::Item), 200);
}

#[test]
fn the_prices_of_an_item_that_is_renamed_follow_it() {
    let long_ago = "2026-01-01 08:00:00.000000";
    let price = |item_code| json!({ "item_code": item_code, "price_list": "Standard Selling", "price_list_rate": 3.0, "uom": "Nos", "currency": "USD" });
    let mut site = Site::harbour_books();
    site.put_at("Item Price", "old-price", long_ago, price("FIC-002"));
    let mut till = Till::new(site);
    till.cycle("2026-11-23T14:00:00");
    let item = json!({ "item_name": "Novel", "item_group": "Fiction", "stock_uom": "Nos" });
    let mut site = till.stand_in.site();
    site.delete("Item", "FIC-002");
    site.put_at("Item", "NOV-002", long_ago, item);
    site.put_at("Item Price", "old-price", long_ago, price("NOV-002"));
    drop(site);
    till.restart();
    till.cycle("2026-11-23T14:01:00");
    assert!(till.mirror.get(Doctype::Item, "NOV-002").is_some());
    let Some(Master::ItemPrice(stored)) = till.mirror.get(Doctype::ItemPrice, "old-price") else {
        panic!("no price")
    };
    assert_eq!(stored.item_code, "NOV-002");
}

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
fn the_prices_of_a_customer_groups_list_outlive_a_restart() {
    let mut site = Site::harbour_books();
    let price = json!({ "item_code": "FIC-001", "price_list": "Wholesale", "price_list_rate": 3.0, "uom": "Nos", "currency": "USD" });
    let long_ago = "2026-01-01 08:00:00.000000";
    site.put_at("Item Price", "wholesale-price", long_ago, price);
    let list = json!({ "default_price_list": "Wholesale" });
    site.put_at("Customer Group", "Commercial", long_ago, list);
    let mut till = Till::new(site);
    till.cycle("2026-11-23T14:00:00");
    till.restart();
    till.cycle("2026-11-23T20:00:00");
    let price = till.mirror.get(Doctype::ItemPrice, "wholesale-price");
    assert!(price.is_some(), "deleted by the comparison of names");
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
    let problem = Problem::Forbidden {
        action: "read",
        doctype: "Item Price".to_owned(),
    };
    assert_eq!(till.mirror.problems, std::slice::from_ref(&problem));
    assert_eq!(
        problem.remedy(),
        "Give the till's role the permission to read Item Price (Role Permissions Manager)."
    );
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

#[test]
fn a_price_list_that_a_customer_gets_is_read_from_its_beginning() {
    let mut till = Till::new(Site::harbour_books());
    let price = json!({ "item_code": "FIC-001", "price_list": "Staff", "price_list_rate": 3.0, "uom": "Nos", "currency": "USD" });
    till.stand_in.site().put_at(
        "Item Price",
        "staff-price",
        "2026-01-01 08:00:00.000000",
        price,
    );
    till.cycle("2026-11-23T14:00:00");
    assert!(
        till.mirror.get(Doctype::ItemPrice, "staff-price").is_none(),
        "nobody has that list"
    );
    till.stand_in.site().put(
        "Customer",
        "Ada Byron",
        json!({ "default_price_list": "Staff" }),
    );
    till.cycle("2026-11-23T14:01:00");
    till.cycle("2026-11-23T14:02:00");
    assert!(till.mirror.get(Doctype::ItemPrice, "staff-price").is_some());
}

#[test]
fn a_profile_that_does_not_exist_ends_the_cycle_with_its_name() {
    let stand_in = StandIn::http(Site::harbour_books());
    let mut mirror = Mirror::default();
    let mut pull = mirror.pull("Counter 9");
    mirror.cycle(
        &mut pull,
        clock("2026-11-23T14:00:00"),
        &mut stand_in.client(),
        PLENTY,
    );
    assert_eq!(
        mirror.failed,
        [Problem::ProfileMissing("Counter 9".to_owned())]
    );
}
