//! Later cycles bring what changed, was renamed or was deleted.

use checkout::masters::{Doctype, Master};
use serde_json::json;
use tests::stand_in::Site;

use crate::Till;

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
