//! What is in a bundle.

use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::masters::{Master, ProductBundle, ProductBundleItem};
use checkout::product_bundle::{bundle_contents, contents_note};

use crate::shop::{pencil, shop_with};

fn note(disabled: bool, item_code: &str, stock_qty: f64) -> String {
    let row = |item_code: &str, qty, uom: Option<&str>| ProductBundleItem {
        item_code: item_code.to_owned(),
        qty,
        uom: uom.map(str::to_owned),
    };
    let bundle = ProductBundle {
        name: "SET".to_owned(),
        new_item_code: "SET".to_owned(),
        disabled,
        items: vec![row("PENCIL", 2.0, None), row("CLAY", 0.1, Some("Kg"))],
    };
    let shop = shop_with([Master::from(bundle)]);
    let catalog = MemoryCatalog {
        items: vec![Arc::new(pencil())],
        ..MemoryCatalog::default()
    };
    let contents = bundle_contents(&shop, &catalog, item_code, stock_qty).unwrap();
    contents_note(&contents)
}

#[test]
fn a_bundle_says_what_leaves_the_shop_for_the_whole_line() {
    assert_eq!(note(false, "SET", 1.0), "2 x Pencil, 0.1 x CLAY");
    // A double would say 0.30000000000000004.
    assert_eq!(note(false, "SET", 3.0), "6 x Pencil, 0.3 x CLAY");
    assert_eq!(note(true, "SET", 1.0), "");
    assert_eq!(note(false, "PENCIL", 1.0), "");
}
