//! The units of an item.

use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::masters::{Item, ItemPrice, ItemUom, Master, Uom};
use checkout::pricing::{PriceAnswer, PriceQuery};
use checkout::quantity::Quantity;
use checkout::uom::uom_choices;

use crate::shop::{date, pencil, price, shop_with};

#[test]
fn each_unit_of_an_item_and_of_its_template_comes_with_its_price() {
    let whole = Uom {
        name: "Nos".to_owned(),
        must_be_whole_number: true,
    };
    let shop = shop_with([Master::from(whole)]);
    let template = Item {
        item_code: "TEMPLATE".to_owned(),
        uoms: vec![ItemUom {
            uom: "Crate".to_owned(),
            conversion_factor: 100.0,
        }],
        ..pencil()
    };
    let variant = Item {
        variant_of: Some("TEMPLATE".to_owned()),
        ..pencil()
    };
    let boxed = ItemPrice {
        uom: Some("Box".to_owned()),
        ..price("BOX", 13.5)
    };
    let catalog = MemoryCatalog {
        items: vec![Arc::new(template)],
        item_prices: vec![price("ANY", 1.25), boxed],
        ..MemoryCatalog::default()
    };
    let query = PriceQuery {
        item: &variant,
        price_list: "Shelf",
        customer: None,
        uom: "",
        qty: Quantity::ONE,
        batch_no: None,
        date: date("2026-06-01"),
    };
    let choices = uom_choices(&shop, &catalog, query).unwrap();
    let rate = |answer: &PriceAnswer| match answer {
        PriceAnswer::Found(found) => found.price_list_rate,
        _ => unreachable!("no price"),
    };
    let listed: Vec<_> = choices
        .iter()
        .map(|choice| {
            let whole = choice.must_be_whole_number;
            (choice.uom.as_str(), rate(&choice.price), whole)
        })
        .collect();
    let expected = [
        ("Nos", 1.25, true),
        ("Box", 13.5, false),
        ("Crate", 125.0, false),
    ];
    assert_eq!(listed, expected);
}
