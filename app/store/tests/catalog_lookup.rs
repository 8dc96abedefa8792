//! Looking up what was downloaded.

use checkout::catalog::{BarcodeHit, Catalog};
use checkout::masters::{Doctype, Item, ItemBarcode, Master, PosProfile};
use checkout::shop::Shop;
use jiff::civil::{Date, date};
use store::{Cursor, Masters, ReadStore, Store, TileQuery};
use tempfile::TempDir;

use crate::support::{INSTALLATION, SALT_ROAD, item, masters, price, shop, small_masters};

const TODAY: Date = date(2026, 11, 23);

struct Folder {
    masters: Masters,
    reader: ReadStore,
    _store: Store,
    _dir: TempDir,
}

fn folder() -> Folder {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), INSTALLATION).unwrap();
    let mut downloads = Masters::open(dir.path()).unwrap();
    downloads.apply(&masters()).unwrap();
    let reader = ReadStore::open(dir.path()).unwrap();
    Folder {
        masters: downloads,
        reader,
        _store: store,
        _dir: dir,
    }
}

fn all() -> TileQuery<'static> {
    TileQuery {
        group: None,
        customer: None,
        date: TODAY,
        limit: 50,
        offset: 0,
    }
}

fn codes(tiles: Vec<store::Tile>) -> Vec<String> {
    tiles.into_iter().map(|tile| tile.item_code).collect()
}

#[test]
fn what_was_downloaded_is_found_by_every_key() {
    let folder = folder();
    for master in masters() {
        match master {
            Master::Item(item) => {
                let stored = folder.reader.item(&item.item_code).unwrap().unwrap();
                assert_eq!(*stored, item);
                let hit = folder
                    .reader
                    .barcode(&item.barcodes[0].barcode)
                    .unwrap()
                    .unwrap();
                assert_eq!(
                    hit,
                    BarcodeHit {
                        item_code: item.item_code,
                        uom: None
                    }
                );
            }
            Master::ItemPrice(price) => {
                let stored = folder
                    .reader
                    .item_prices(&price.item_code, "Shelf")
                    .unwrap();
                assert_eq!(stored, [price]);
            }
            Master::Customer(customer) => {
                let stored = folder.reader.customer(&customer.name).unwrap();
                assert_eq!(stored, Some(customer));
            }
            _ => {}
        }
    }
    assert_eq!(folder.reader.barcode("978").unwrap(), None);
    assert_eq!(
        Shop::assemble("Till 1", folder.reader.small_masters().unwrap()),
        Ok(shop())
    );
}

#[test]
fn an_item_price_keeps_every_field_and_follows_its_item() {
    let mut folder = folder();
    let mut changed = price("P-1", "BOOK-1", 0.1 + 0.2);
    changed.uom = Some("Nos".into());
    changed.valid_from = Some(date(2026, 1, 1));
    changed.valid_upto = Some(date(2026, 12, 31));
    changed.customer = Some("CUST-1".into());
    changed.batch_no = Some("B".into());
    changed.packing_unit = 6;
    folder.masters.apply(&[changed.clone().into()]).unwrap();
    assert_eq!(
        folder.reader.item_prices("BOOK-1", "Shelf").unwrap(),
        [changed.clone()]
    );
    changed.item_code = "TEA-1".into();
    folder.masters.apply(&[changed].map(Master::from)).unwrap();
    assert!(
        folder
            .reader
            .item_prices("BOOK-1", "Shelf")
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        folder.reader.item_prices("TEA-1", "Shelf").unwrap().len(),
        2
    );
}

#[test]
fn a_barcode_that_moves_to_another_item_means_that_one() {
    let mut folder = folder();
    let mut other = item("BOOK-2", "Harbour Lights", "Books", SALT_ROAD);
    other.barcodes.push(ItemBarcode {
        barcode: "BOX-6".into(),
        uom: Some("Box".into()),
    });
    folder.masters.apply(&[other.into()]).unwrap();
    let item_of = |code: &str| {
        folder
            .reader
            .barcode(code)
            .unwrap()
            .map(|hit| hit.item_code)
    };
    assert_eq!(item_of(SALT_ROAD).as_deref(), Some("BOOK-2"));
    assert_eq!(
        item_of("9780306406164"),
        None,
        "it no longer carries its old barcode"
    );
    assert_eq!(
        folder
            .reader
            .barcode("BOX-6")
            .unwrap()
            .unwrap()
            .uom
            .as_deref(),
        Some("Box")
    );
}

#[test]
fn a_page_and_its_cursor_are_one() {
    let mut folder = folder();
    let cursor = |modified: &str| Cursor {
        modified: modified.into(),
        name: "BOOK-3".into(),
    };
    assert_eq!(folder.masters.cursor(Doctype::Item).unwrap(), None);
    let page = [item("BOOK-3", "Tide Tables", "Books", "1").into()];
    let version = folder.reader.catalog_version().unwrap();
    folder
        .masters
        .apply_page(&page, Doctype::Item, &cursor("2026-11-23 10:00:00.1"))
        .unwrap();
    assert_ne!(folder.reader.catalog_version().unwrap(), version);
    assert!(folder.reader.item("BOOK-3").unwrap().is_some());
    let stored = folder.masters.cursor(Doctype::Item).unwrap();
    assert_eq!(stored, Some(cursor("2026-11-23 10:00:00.1")));
    assert_eq!(folder.masters.cursor(Doctype::Customer).unwrap(), None);
    folder.masters.forget_cursors(&[Doctype::Customer]).unwrap();
    assert!(folder.masters.cursor(Doctype::Item).unwrap().is_some());
    folder.masters.forget_cursors(&[Doctype::Item]).unwrap();
    assert_eq!(folder.masters.cursor(Doctype::Item).unwrap(), None);
}

#[test]
fn what_vanished_from_erpnext_vanishes_from_the_till() {
    let mut folder = folder();
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let gone = folder
        .masters
        .retain(Doctype::Item, &names(&["BOOK-2", "TEA-1", "NEW"]))
        .unwrap();
    assert_eq!((gone.deleted, gone.missing), (1, names(&["NEW"])));
    assert_eq!(folder.reader.item("BOOK-1").unwrap(), None);
    assert_eq!(folder.reader.barcode(SALT_ROAD).unwrap(), None);
    assert!(
        folder
            .reader
            .search_items(&shop(), "salt", &all())
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        folder
            .masters
            .retain(Doctype::ItemPrice, &names(&["P-1"]))
            .unwrap()
            .deleted,
        2
    );
    let gone = folder.masters.retain(Doctype::Customer, &[]).unwrap();
    assert_eq!(gone.deleted, 1);
    assert!(
        folder
            .reader
            .search_customers(&shop(), "zoe", 5)
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        folder
            .masters
            .retain(Doctype::ItemGroup, &names(&["All", "Books"]))
            .unwrap()
            .deleted,
        1
    );
    assert_eq!(
        folder
            .masters
            .retain(Doctype::Company, &names(&["Harbour Books"]))
            .unwrap(),
        store::Retained {
            deleted: 0,
            missing: Vec::new()
        }
    );
}

#[test]
fn tiles_stand_by_name_and_say_the_price_of_the_cart() {
    let mut folder = folder();
    folder
        .masters
        .apply(&[item("BOOK-3", "a free leaflet", "Books", "1").into()])
        .unwrap();
    let tiles = folder.reader.tiles(&shop(), &all()).unwrap();
    let shown: Vec<_> = tiles
        .iter()
        .map(|tile| (tile.item_name.as_str(), tile.price.map(|price| price.units)))
        .collect();
    assert_eq!(
        shown,
        [
            ("a free leaflet", None),
            ("Harbour Lights", Some(995)),
            ("Tea, loose", Some(3337)),
            ("The Salt Road", Some(1730)),
        ]
    );
    assert_eq!(tiles[2].uom, "Kg");
    let page = TileQuery {
        limit: 2,
        offset: 1,
        ..all()
    };
    assert_eq!(
        codes(folder.reader.tiles(&shop(), &page).unwrap()),
        ["BOOK-2", "TEA-1"]
    );
    let group = TileQuery {
        group: Some("Tea"),
        ..all()
    };
    assert_eq!(
        codes(folder.reader.tiles(&shop(), &group).unwrap()),
        ["TEA-1"]
    );
    let root = TileQuery {
        group: Some("All"),
        limit: 2,
        offset: 1,
        ..all()
    };
    assert_eq!(
        codes(folder.reader.tiles(&shop(), &root).unwrap()),
        ["BOOK-2", "TEA-1"]
    );
    assert_eq!(
        folder.reader.groups_with_items(&shop()).unwrap(),
        ["Books", "Tea"]
    );
}

#[test]
fn only_what_this_till_may_sell_is_shown() {
    let mut folder = folder();
    let leaflet = item("X", "Salt leaflet", "Books", "1");
    let unsold = [
        Item {
            disabled: true,
            ..leaflet.clone()
        },
        Item {
            is_sales_item: false,
            ..leaflet.clone()
        },
        Item {
            has_variants: true,
            ..leaflet.clone()
        },
        Item {
            is_fixed_asset: true,
            ..leaflet.clone()
        },
        Item {
            end_of_life: Some(TODAY),
            ..leaflet.clone()
        },
    ];
    for item in unsold {
        folder.masters.apply(&[leaflet.clone().into()]).unwrap();
        let found = folder
            .reader
            .search_items(&shop(), "salt leaf", &all())
            .unwrap();
        assert_eq!(codes(found), ["X"]);
        folder.masters.apply(&[item.clone().into()]).unwrap();
        for text in ["salt leaf", "X", "1"] {
            let found = codes(folder.reader.search_items(&shop(), text, &all()).unwrap());
            assert!(!found.contains(&"X".into()), "{text:?} finds {item:?}");
        }
        let tiles = codes(folder.reader.tiles(&shop(), &all()).unwrap());
        assert!(!tiles.contains(&"X".into()), "a tile shows {item:?}");
    }
    let mut tea_only = small_masters();
    for master in &mut tea_only {
        if let Master::PosProfile(PosProfile { item_groups, .. }) = master {
            item_groups.push("Tea".into());
        }
    }
    let shop = Shop::assemble("Till 1", tea_only).unwrap();
    assert_eq!(
        codes(folder.reader.tiles(&shop, &all()).unwrap()),
        ["TEA-1"]
    );
    assert!(
        folder
            .reader
            .search_items(&shop, "salt", &all())
            .unwrap()
            .is_empty()
    );
    assert_eq!(folder.reader.groups_with_items(&shop).unwrap(), ["Tea"]);
}

#[test]
fn items_are_found_by_the_beginnings_of_words_codes_and_barcodes() {
    let mut folder = folder();
    let more = [
        item("ROAD", "Maps", "Books", "2"),
        item("M-1", "Crème brûlée", "Books", "3"),
        item("M-2", "नमक की राह", "Books", "4"),
        item("M-3", "Salt, \"coarse\" OR fine", "Books", "5"),
    ];
    folder.masters.apply(&more.map(Master::from)).unwrap();
    let found = |text: &str| codes(folder.reader.search_items(&shop(), text, &all()).unwrap());
    assert_eq!(found("salt ro"), ["BOOK-1"]);
    assert_eq!(
        found("ROAD"),
        ["ROAD", "BOOK-1"],
        "the code itself comes first"
    );
    assert_eq!(
        found("salt"),
        ["M-3", "BOOK-1"],
        "names that begin with it come first"
    );
    assert_eq!(found("book-"), ["BOOK-2", "BOOK-1"]);
    assert_eq!(found("9780306406157"), ["BOOK-1"]);
    assert_eq!(found("97803"), ["BOOK-1", "BOOK-2"]);
    assert_eq!(found("creme bru"), ["M-1"]);
    assert_eq!(found("नमक रा"), ["M-2"]);
    assert_eq!(found("\"coarse\" OR"), ["M-3"]);
    assert_eq!(found("salt pepper"), [] as [&str; 0]);
    assert_eq!(
        found(" * \" ").len(),
        7,
        "nothing to look for shows everything"
    );
    for hostile in [
        "\"", "a\"b", "NEAR(", "words:", "^", "a*b", "-", "{x}", "\0", "x\0y",
    ] {
        found(hostile);
    }
}

#[test]
fn customers_are_found_by_name_and_telephone() {
    let folder = folder();
    let found = |text: &str| -> Vec<String> {
        let customers = folder.reader.search_customers(&shop(), text, 5).unwrap();
        customers
            .into_iter()
            .map(|customer| customer.name)
            .collect()
    };
    for text in ["zoe mar", "Zoë", "cust-1", "555-01", "1555010", ""] {
        assert_eq!(found(text), ["CUST-1"], "{text:?}");
    }
    assert!(found("nobody").is_empty());
}
