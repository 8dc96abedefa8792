//! What a scanned or typed code stands for.

use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::masters::{CouponCode, Item, ItemBarcode, Master};
use checkout::scan::{Scanned, resolve};

use crate::batches::batch;
use crate::serial_nos::piece;
use crate::shop::{pencil, shop_with};

/// What a code stands for, in short, in a shop where everything but a coupon may bear it.
fn meaning(code: &str, without: &[&str]) -> String {
    let has = |kind: &str| !without.contains(&kind);
    let barcode = ItemBarcode {
        barcode: "X1".to_owned(),
        uom: Some("Box".to_owned()),
    };
    let items = [
        Item {
            barcodes: has("barcode").then_some(barcode).into_iter().collect(),
            has_serial_no: !has("plain"),
            ..pencil()
        },
        Item {
            item_code: if has("item") { "X1" } else { "X2" }.to_owned(),
            ..pencil()
        },
    ];
    let mut catalog = MemoryCatalog {
        items: items.map(Arc::new).into(),
        ..MemoryCatalog::default()
    };
    if has("serial") {
        catalog.serial_nos = vec![piece("X1", "Active", None)];
    }
    if has("batch") {
        catalog.batches = vec![batch("X1", None, 1.0)];
    }
    let coupon = CouponCode {
        name: "Spring".to_owned(),
        coupon_code: "X1".to_owned(),
        ..CouponCode::default()
    };
    let shop = shop_with([Master::from(coupon)]);
    match resolve(&shop, &catalog, code) {
        Ok(Some(Scanned::Barcode { uom, .. })) => format!("barcode of a {}", uom.unwrap()),
        Ok(Some(Scanned::SerialNo { serial_no, .. })) => format!("piece {}", serial_no.name),
        Ok(Some(Scanned::Batch { batch, .. })) => format!("batch {}", batch.name),
        Ok(Some(Scanned::ItemCode { item })) => format!("item {}", item.item_code),
        Ok(Some(Scanned::Coupon { coupon_code })) => format!("coupon {coupon_code}"),
        Ok(None) => "nothing".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_code_is_a_barcode_then_a_piece_then_a_batch_then_an_item_then_a_coupon() {
    assert_eq!(meaning(" X1\r\n", &[]), "barcode of a Box");
    assert_eq!(meaning("X1", &["barcode"]), "piece X1");
    assert_eq!(meaning("X1", &["barcode", "serial"]), "batch X1");
    assert_eq!(meaning("X1", &["barcode", "serial", "batch"]), "item X1");
    let coupon_only = ["barcode", "serial", "batch", "item"];
    assert_eq!(meaning("x1", &coupon_only), "coupon X1");
    assert_eq!(meaning("X3", &coupon_only), "nothing");
    assert_eq!(meaning("", &[]), "nothing");
}

#[test]
fn a_batch_of_an_item_with_serial_numbers_is_refused() {
    assert_eq!(
        meaning("X1", &["barcode", "serial", "plain"]),
        "Pencil is sold by serial number: scan the serial number, not batch X1"
    );
}
