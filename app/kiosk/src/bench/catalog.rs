//! The demo shop with many more items.

use std::path::Path;

use checkout::masters::{Item, ItemBarcode, ItemPrice, Master};

use crate::demo;
use crate::start::Folder;

/// Makes a data folder whose catalog holds at least so many items.
pub fn make(data: &Path, items: u32) -> anyhow::Result<()> {
    let mut folder = Folder::open(data, &demo::sealing(data))?;
    demo::prepare(&mut folder)?;
    const BATCH: u32 = 5_000;
    for start in (0..items).step_by(BATCH as usize) {
        let batch: Vec<Master> = (start..items.min(start + BATCH))
            .flat_map(|number| [item(number), price(number)])
            .collect();
        folder.masters().apply(&batch)?;
    }
    Ok(())
}

/// The barcode of an item that [`make`] made.
pub fn barcode(number: u32) -> String {
    let digits = format!("29{number:010}");
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 0 { 1 } else { 3 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

fn item(number: u32) -> Master {
    const GROUPS: [&str; 4] = ["Fiction", "Non-Fiction", "Stationery", "Gifts"];
    Master::Item(Item {
        item_code: code(number),
        item_name: format!("Article number {number}"),
        item_group: GROUPS[number as usize % GROUPS.len()].to_owned(),
        stock_uom: "Nos".to_owned(),
        is_sales_item: true,
        barcodes: vec![ItemBarcode {
            barcode: barcode(number),
            uom: None,
        }],
        ..Item::default()
    })
}

fn price(number: u32) -> Master {
    Master::ItemPrice(ItemPrice {
        name: format!("bench-{number}"),
        item_code: code(number),
        price_list: "Standard Selling".to_owned(),
        price_list_rate: f64::from(number % 5_000 + 99) / 100.0,
        currency: "USD".to_owned(),
        uom: Some("Nos".to_owned()),
        ..ItemPrice::default()
    })
}

/// The code of an item that [`make`] made.
pub fn code(number: u32) -> String {
    format!("BENCH-{number:07}")
}
