//! The Sell screen shows what the cart will say, whoever buys.

use checkout::cart::{Addition, Cart};
use checkout::catalog::Catalog;
use checkout::masters::{Customer, CustomerGroup, ItemPrice, Master, PriceList};
use checkout::quantity::Quantity;
use checkout::shop::Shop;
use jiff::civil::date;
use store::{Masters, ReadStore, Store, TileQuery};
use tempfile::TempDir;

use crate::support::{INSTALLATION, masters, price, small_masters};

fn group(name: &str, parent: Option<&str>, list: Option<&str>) -> Master {
    CustomerGroup {
        name: name.into(),
        parent_customer_group: parent.map(str::to_owned),
        default_price_list: list.map(str::to_owned),
    }
    .into()
}

fn customer(name: &str, group: &str) -> Customer {
    Customer {
        name: name.into(),
        customer_name: format!("{name} of {group}"),
        customer_group: Some(group.into()),
        ..Customer::default()
    }
}

/// A till that sells to people, with a price list for those who walk in and a price by the dozen
/// for Ada.
fn shop_and_folder() -> (Shop, ReadStore, Store, TempDir) {
    let mut small = small_masters();
    for master in &mut small {
        if let Master::PosProfile(profile) = master {
            profile.customer_groups.push("People".into());
        }
    }
    small.extend([
        group("Everybody", None, None),
        group("People", Some("Everybody"), None),
        group("Walk-ins", Some("People"), Some("Street")),
        group("Firms", Some("Everybody"), None),
        PriceList {
            name: "Street".into(),
            currency: "USD".into(),
            enabled: true,
            selling: true,
            ..PriceList::default()
        }
        .into(),
    ]);
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), INSTALLATION).unwrap();
    let mut downloads = Masters::open(dir.path()).unwrap();
    downloads.apply(&masters()).unwrap();
    downloads.apply(&small).unwrap();
    downloads
        .apply(&[
            customer("Walk-in", "Walk-ins").into(),
            customer("Ada", "People").into(),
            customer("Quay", "Firms").into(),
            customer("Nobody's", "Unknown").into(),
            ItemPrice {
                price_list: "Street".into(),
                ..price("P-STREET", "BOOK-1", 19.0)
            }
            .into(),
            ItemPrice {
                customer: Some("Ada".into()),
                packing_unit: 12,
                ..price("P-ADA", "BOOK-1", 15.5)
            }
            .into(),
        ])
        .unwrap();
    let reader = ReadStore::open(dir.path()).unwrap();
    let shop = Shop::assemble("Till 1", small).unwrap();
    (shop, reader, store, dir)
}

#[test]
fn a_tile_has_the_price_of_the_cart_for_the_walk_in_customer_and_for_packs() {
    let (shop, reader, _store, _dir) = shop_and_folder();
    let today = date(2026, 11, 23);
    let ada = reader.customer("Ada").unwrap();
    for (customer, cents) in [(None, 1900), (ada, 1550)] {
        let query = TileQuery {
            group: None,
            customer: customer.as_ref(),
            date: today,
            limit: 50,
            offset: 0,
        };
        let item = reader.item("BOOK-1").unwrap().unwrap();
        let mut cart = Cart::new(&shop);
        cart.set_customer(&shop, &reader, today, customer.clone())
            .unwrap();
        let addition = Addition {
            item: &item,
            uom: None,
            barcode: None,
            qty: Quantity::ONE,
            ..Addition::one(&item)
        };
        cart.add(&shop, &reader, today, &addition).unwrap();
        assert_eq!(cart.lines()[0].rate, f64::from(cents) / 100.0);
        for tiles in [
            reader.tiles(&shop, &query).unwrap(),
            reader.search_items(&shop, "salt", &query).unwrap(),
        ] {
            let tile = tiles.iter().find(|tile| tile.item_code == "BOOK-1");
            let price = tile.unwrap().price.unwrap();
            assert_eq!(price.units, i64::from(cents), "for {customer:?}");
        }
    }
}

#[test]
fn customers_of_groups_the_profile_leaves_out_are_not_found() {
    let (shop, reader, _store, _dir) = shop_and_folder();
    let found = |text: &str| -> Vec<String> {
        let customers = reader.search_customers(&shop, text, 5).unwrap();
        customers
            .into_iter()
            .map(|customer| customer.name)
            .collect()
    };
    assert_eq!(found(""), ["Ada", "Walk-in"]);
    assert_eq!(found("ada"), ["Ada"]);
    assert!(found("quay").is_empty());
    assert!(found("nobody").is_empty());
}

#[test]
fn the_price_lists_of_customers_and_their_groups_are_known_after_a_restart() {
    let (_, _reader, _store, dir) = shop_and_folder();
    let mut downloads = Masters::open(dir.path()).unwrap();
    let with_list = |name| Customer {
        default_price_list: Some("Staff".into()),
        ..customer(name, "People")
    };
    downloads
        .apply(&[with_list("Bo").into(), with_list("Cy").into()])
        .unwrap();
    let lists = downloads.own_price_lists().unwrap();
    assert_eq!(Vec::from_iter(lists), ["Staff", "Street"]);
}
