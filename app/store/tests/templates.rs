//! Templates and their variants: chosen from one tile, and found one by one.

use checkout::catalog::Catalog;
use checkout::masters::{Address, Doctype, Item, Master};
use jiff::civil::date;
use rusqlite::Connection;
use store::{Masters, ReadStore, Store, Tile, TileQuery};

use crate::support::{INSTALLATION, item, ledger::Ledger, price, shop};

fn template() -> Item {
    Item {
        has_variants: true,
        barcodes: Vec::new(),
        ..item("SHIRT", "Harbour shirt", "Books", "")
    }
}

fn variant(size: &str) -> Item {
    let item_code = format!("SHIRT-{size}");
    Item {
        variant_of: Some("SHIRT".into()),
        ..item(&item_code, &format!("Harbour shirt {size}"), "Books", size)
    }
}

fn query() -> TileQuery<'static> {
    TileQuery {
        group: Some("Books"),
        customer: None,
        date: date(2026, 11, 23),
        limit: 50,
        offset: 0,
    }
}

fn shirts(tiles: Vec<Tile>) -> Vec<String> {
    let codes = tiles.into_iter().map(|tile| tile.item_code);
    codes.filter(|code| code.starts_with("SHIRT")).collect()
}

fn tiles(reader: &ReadStore) -> Vec<String> {
    shirts(reader.tiles(&shop(), &query()).unwrap())
}

fn found(reader: &ReadStore, text: &str) -> Vec<String> {
    shirts(reader.search_items(&shop(), text, &query()).unwrap())
}

#[test]
fn a_template_has_the_tile_of_its_variants_which_are_still_found_one_by_one() {
    let mut ledger = Ledger::open();
    let masters: [Master; 6] = [
        // In whatever order they are downloaded.
        variant("M").into(),
        template().into(),
        variant("S").into(),
        price("P-SHIRT", "SHIRT", 15.0).into(),
        price("P-S", "SHIRT-S", 12.0).into(),
        price("P-L", "SHIRT-L", 1.0).into(),
    ];
    ledger.masters.apply(&masters).unwrap();
    let unsold = Item {
        disabled: true,
        ..variant("L")
    };
    ledger.masters.apply(&[unsold.into()]).unwrap();
    let reader = &ledger.reader;
    assert_eq!(tiles(reader), ["SHIRT"]);
    assert_eq!(found(reader, "harb"), ["SHIRT", "SHIRT-M", "SHIRT-S"]);
    assert_eq!(found(reader, "SHIRT-S"), ["SHIRT-S"]);
    let variants = reader.variants("SHIRT").unwrap();
    let codes: Vec<_> = variants
        .iter()
        .map(|item| item.item_code.as_str())
        .collect();
    assert_eq!(codes, ["SHIRT-M", "SHIRT-S"]);

    let favourites = ["SHIRT-S", "BOOK-1", "SHIRT-M", "SHIRT-L"].map(str::to_owned);
    let favourites = reader
        .tiles_of_items(&shop(), &favourites, &query())
        .unwrap();
    let shown: Vec<_> = favourites
        .iter()
        .map(|tile| {
            let price = tile.price.map(|price| price.units);
            (tile.item_code.as_str(), tile.is_template, price)
        })
        .collect();
    assert_eq!(
        shown,
        [("SHIRT", true, Some(1200)), ("BOOK-1", false, Some(1730))],
        "once, at the lowest price of a variant that is sold"
    );
}

#[test]
fn tiles_follow_when_templates_and_variants_come_and_go() {
    let mut ledger = Ledger::open();
    let mut apply = |item: Item| {
        ledger.masters.apply(&[item.into()]).unwrap();
        tiles(&ledger.reader)
    };
    assert_eq!(apply(template()), [] as [&str; 0], "nothing to choose");
    assert_eq!(apply(variant("M")), ["SHIRT"]);
    let disabled = Item {
        disabled: true,
        ..template()
    };
    assert_eq!(apply(disabled), ["SHIRT-M"], "it can still be sold itself");
    assert_eq!(apply(template()), ["SHIRT"]);
    let alone = Item {
        variant_of: None,
        ..variant("M")
    };
    assert_eq!(apply(alone), ["SHIRT-M"]);
    assert_eq!(apply(variant("M")), ["SHIRT"]);
    let names = |codes: &[&str]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut keep = |codes: &[&str]| {
        let codes = names(codes);
        ledger.masters.retain(Doctype::Item, &codes).unwrap();
        (tiles(&ledger.reader), found(&ledger.reader, "harbour"))
    };
    let (shown, words) = keep(&["SHIRT-M"]);
    assert_eq!((shown, words), (names(&["SHIRT-M"]), names(&["SHIRT-M"])));
    let (shown, words) = keep(&[]);
    assert!(shown.is_empty() && words.is_empty());
}

#[test]
fn items_of_an_earlier_version_keep_their_tiles_and_templates_get_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let old = Connection::open(dir.path().join("catalog.sqlite")).unwrap();
    old.execute_batch(include_str!("../src/migrations/catalog_1.sql"))
        .unwrap();
    let empty = Item {
        item_code: "SHIRT-OLD".into(),
        ..template()
    };
    let items = [
        (template(), false),
        (variant("M"), true),
        (empty, false),
        (item("BOOK-1", "The Salt Road", "Books", "1"), true),
    ];
    for (item, sellable) in &items {
        let body = serde_json::to_string(item).unwrap();
        old.execute(
            "INSERT INTO item (item_code, item_name, item_group, sellable, body)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (&item.item_code, &item.item_name, "Books", sellable, body),
        )
        .unwrap();
    }
    old.pragma_update(None, "user_version", 1).unwrap();
    drop(old);
    let _store = Store::open(dir.path(), INSTALLATION).unwrap();
    let reader = ReadStore::open(dir.path()).unwrap();
    let all = reader.tiles(&shop(), &query()).unwrap();
    let codes: Vec<_> = all.iter().map(|tile| tile.item_code.as_str()).collect();
    assert_eq!(codes, ["SHIRT", "BOOK-1"]);
    assert_eq!(reader.variants("SHIRT").unwrap().len(), 1);
    assert_eq!(found(&reader, "harbour"), ["SHIRT"]);
    // The same item once more changes nothing.
    let mut masters = Masters::open(dir.path()).unwrap();
    masters.apply(&items.map(|(item, _)| item.into())).unwrap();
    assert_eq!(tiles(&reader), ["SHIRT"]);
}

#[test]
fn an_address_is_found_by_each_of_its_customers_and_follows_them() {
    let mut ledger = Ledger::open();
    let address = |name: &str, customers: &[&str]| -> Master {
        Address {
            name: name.into(),
            customers: customers.iter().map(ToString::to_string).collect(),
            ..Address::default()
        }
        .into()
    };
    let of = |ledger: &Ledger, customer: &str| -> Vec<String> {
        let addresses = ledger.reader.addresses(customer).unwrap();
        addresses.into_iter().map(|address| address.name).collect()
    };
    let twice = address("B", &["ADA", "BO", "ADA"]);
    ledger
        .masters
        .apply(&[twice, address("A", &["ADA"])])
        .unwrap();
    assert_eq!(of(&ledger, "ADA"), ["A", "B"]);
    ledger.masters.apply(&[address("B", &["BO"])]).unwrap();
    let mut ledger = ledger.reopened();
    assert_eq!(
        (of(&ledger, "ADA"), of(&ledger, "BO")),
        (vec!["A".to_owned()], vec!["B".to_owned()])
    );
    let retained = ledger
        .masters
        .retain(Doctype::Address, &["A".to_owned(), "C".to_owned()])
        .unwrap();
    assert_eq!(
        (retained.deleted, retained.missing),
        (1, vec!["C".to_owned()])
    );
    assert!(of(&ledger, "BO").is_empty());
}
