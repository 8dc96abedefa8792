//! What sells most comes first.

use checkout::shop::Shop;
use jiff::civil::date;
use store::{ReadStore, TileQuery};

use crate::support::{Counter, SALT_ROAD, TEA, shop};

#[test]
fn the_items_of_most_recent_sales_come_first_and_only_those_that_can_be_sold() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    for barcode in [TEA, SALT_ROAD, TEA, TEA, SALT_ROAD, SALT_ROAD, SALT_ROAD] {
        counter.sells(barcode);
    }
    let reader = ReadStore::open(dir.path()).unwrap();
    let most_sold = |sales, limit| reader.records().most_sold(sales, limit).unwrap();
    let all = most_sold(100, 9);
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!(most_sold(100, 1), all[..1], "four lines beat three");
    assert_eq!(most_sold(1, 9), all[..1], "only the last sale counts");

    let shop: Shop = shop();
    let query = TileQuery {
        group: None,
        customer: None,
        date: date(2026, 11, 23),
        limit: 9,
        offset: 0,
    };
    let asked = [all[0].clone(), "GONE".to_owned(), all[1].clone()];
    let tiles = reader.tiles_of_items(&shop, &asked, &query).unwrap();
    let codes: Vec<&str> = tiles.iter().map(|tile| tile.item_code.as_str()).collect();
    assert_eq!(codes, all, "in the order asked for, without what is gone");
    assert!(tiles.iter().all(|tile| tile.price.is_some()));
}
