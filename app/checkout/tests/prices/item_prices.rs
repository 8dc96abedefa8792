//! Which Item Price holds.

use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::masters::{Item, ItemPrice, ItemUom, Master, PriceList, UomConversionFactor};
use checkout::pricing::{PriceAnswer, PriceQuery, find_first_price, find_price};
use checkout::quantity::Quantity;
use checkout::shop::Shop;

use crate::shop::{date, pencil, price, shop_with};

/// What is asked for: the usual question is one pencil for Ada on 2026-06-01.
struct Ask<'a> {
    uom: &'a str,
    qty: f64,
    batch_no: Option<&'a str>,
    date: &'a str,
}

const USUAL: Ask<'_> = Ask {
    uom: "Nos",
    qty: 1.0,
    batch_no: None,
    date: "2026-06-01",
};

fn found_in(
    shop: &Shop,
    item: &Item,
    prices: Vec<ItemPrice>,
    ask: &Ask<'_>,
) -> Option<(f64, String)> {
    let template = Item {
        uoms: vec![ItemUom {
            uom: "Crate".to_owned(),
            conversion_factor: 100.0,
        }],
        item_code: "TEMPLATE".to_owned(),
        ..Item::default()
    };
    let catalog = MemoryCatalog {
        items: vec![Arc::new(item.clone()), Arc::new(template)],
        item_prices: prices,
        ..MemoryCatalog::default()
    };
    let query = PriceQuery {
        item,
        price_list: "Shelf",
        customer: Some("Ada"),
        uom: ask.uom,
        qty: Quantity::from_f64(ask.qty),
        batch_no: ask.batch_no,
        date: date(ask.date),
    };
    match find_price(&catalog, shop, query).unwrap() {
        PriceAnswer::Found(found) => Some((found.price_list_rate, found.item_price)),
        PriceAnswer::InMultiplesOf(unit) => {
            // Where a new line would begin.
            let (qty, first) = find_first_price(&catalog, shop, query).unwrap();
            assert_eq!(qty, Quantity::from(unit));
            assert!(matches!(first, PriceAnswer::Found(_)), "{first:?}");
            None
        }
        PriceAnswer::NoPrice | PriceAnswer::NoExchangeRate(_) => None,
    }
}

fn found(prices: Vec<ItemPrice>, ask: &Ask<'_>) -> Option<(f64, String)> {
    found_in(&shop_with([]), &pencil(), prices, ask)
}

fn is(rate: f64, name: &str) -> Option<(f64, String)> {
    Some((rate, name.to_owned()))
}

fn of_uom(uom: &str, price: ItemPrice) -> ItemPrice {
    ItemPrice {
        uom: Some(uom.to_owned()),
        ..price
    }
}

fn of_ada(price: ItemPrice) -> ItemPrice {
    ItemPrice {
        customer: Some("Ada".to_owned()),
        ..price
    }
}

fn from(day: &str, price: ItemPrice) -> ItemPrice {
    ItemPrice {
        valid_from: Some(date(day)),
        ..price
    }
}

#[test]
fn m7_a_piece_price_sells_the_box_twelvefold_unless_the_list_ignores_units() {
    let boxed = Ask {
        uom: "Box",
        ..USUAL
    };
    let prices = || vec![of_uom("Nos", price("P", 1.25))];
    assert_eq!(found(prices(), &boxed), is(15.0, "P"));
    let ignores = PriceList {
        name: "Shelf".to_owned(),
        currency: "USD".to_owned(),
        enabled: true,
        price_not_uom_dependent: true,
        ..PriceList::default()
    };
    let shop = shop_with([ignores.into()]);
    assert_eq!(found_in(&shop, &pencil(), prices(), &boxed), is(1.25, "P"));
}

#[test]
fn m8_a_customers_price_outside_its_packing_unit_is_no_price_at_all() {
    let prices = || {
        let packed = ItemPrice {
            packing_unit: 6,
            ..of_ada(price("ADA", 9.0))
        };
        vec![price("ALL", 10.0), packed]
    };
    for (qty, expected) in [
        (4.0, None),
        (6.0, is(9.0, "ADA")),
        (6.5, None),
        (12.0, is(9.0, "ADA")),
    ] {
        assert_eq!(found(prices(), &Ask { qty, ..USUAL }), expected, "{qty}");
    }
    // A packing unit of everybody's price is not looked at.
    let everybody = ItemPrice {
        packing_unit: 6,
        ..price("ALL", 10.0)
    };
    assert_eq!(found(vec![everybody], &USUAL), is(10.0, "ALL"));
}

#[test]
fn m9_the_price_that_began_last_holds() {
    let prices = || {
        vec![
            from("2026-06-01", price("SUMMER", 11.0)),
            from("2026-01-01", price("SPRING", 10.0)),
            price("EVER", 12.0),
        ]
    };
    for (day, expected) in [
        ("2025-12-31", is(12.0, "EVER")),
        ("2026-05-31", is(10.0, "SPRING")),
        ("2026-06-01", is(11.0, "SUMMER")),
    ] {
        assert_eq!(found(prices(), &Ask { date: day, ..USUAL }), expected);
    }
    let until = |day| ItemPrice {
        valid_upto: Some(date(day)),
        ..from("2026-05-01", price("MAY", 5.0))
    };
    assert_eq!(found(vec![until("2026-06-01")], &USUAL), is(5.0, "MAY"));
    assert_eq!(found(vec![until("2026-05-31")], &USUAL), None);
}

#[test]
fn the_most_fitting_price_is_taken() {
    let batch = |price| ItemPrice {
        batch_no: Some("B1".to_owned()),
        ..price
    };
    let supplied = ItemPrice {
        supplier: Some("Mill".to_owned()),
        ..price("BUYING", 0.4)
    };
    let other_list = ItemPrice {
        price_list: "Wholesale".to_owned(),
        ..price("WHOLESALE", 0.9)
    };
    let of_bob = ItemPrice {
        customer: Some("Bob".to_owned()),
        ..price("BOB", 1.0)
    };
    let boxed = Ask {
        uom: "Box",
        ..USUAL
    };
    let from_batch = Ask {
        batch_no: Some("B1"),
        ..USUAL
    };
    type Case<'a> = (&'a str, Vec<ItemPrice>, &'a Ask<'a>, Option<(f64, String)>);
    let cases: Vec<Case<'_>> = vec![
        ("none", vec![], &USUAL, None),
        (
            "the unit's own price before that of any unit",
            vec![price("ANY", 2.0), of_uom("Nos", price("NOS", 1.25))],
            &USUAL,
            is(1.25, "NOS"),
        ),
        (
            "the box has its own price",
            vec![
                of_uom("Nos", price("NOS", 1.25)),
                of_uom("Box", price("BOX", 13.5)),
            ],
            &boxed,
            is(13.5, "BOX"),
        ),
        (
            "a price of any unit is one of the stock unit",
            vec![price("ANY", 2.0)],
            &boxed,
            is(24.0, "ANY"),
        ),
        (
            "a box's price does not sell the piece",
            vec![of_uom("Box", price("BOX", 13.5))],
            &USUAL,
            None,
        ),
        (
            "the customer's own before everybody's, however old",
            vec![
                from("2026-05-01", price("ALL", 1.25)),
                of_ada(price("ADA", 1.1)),
            ],
            &USUAL,
            is(1.1, "ADA"),
        ),
        (
            "another customer's, a supplier's and another list's are none",
            vec![of_bob, supplied, other_list],
            &USUAL,
            None,
        ),
        (
            "the customer's piece price does not reach the box",
            vec![of_ada(of_uom("Nos", price("ADA", 1.0)))],
            &boxed,
            None,
        ),
        (
            "a batch's price only for the batch",
            vec![batch(price("BATCH", 0.5)), price("ALL", 1.25)],
            &USUAL,
            is(1.25, "ALL"),
        ),
        (
            "and there before the general one",
            vec![batch(price("BATCH", 0.5)), price("ALL", 1.25)],
            &from_batch,
            is(0.5, "BATCH"),
        ),
        (
            "the date counts before the batch",
            vec![
                batch(price("BATCH", 0.5)),
                from("2026-01-01", price("NEW", 1.5)),
            ],
            &from_batch,
            is(1.5, "NEW"),
        ),
        (
            "another currency's number is not money here",
            vec![ItemPrice {
                currency: "EUR".to_owned(),
                ..price("EUR", 1.0)
            }],
            &USUAL,
            None,
        ),
    ];
    for (what, prices, ask, expected) in cases {
        assert_eq!(found(prices, ask), expected, "{what}");
    }
}

#[test]
fn a_variant_takes_its_templates_price_and_units_where_it_has_none() {
    let variant = Item {
        variant_of: Some("TEMPLATE".to_owned()),
        ..pencil()
    };
    let of_template = |rate| ItemPrice {
        item_code: "TEMPLATE".to_owned(),
        ..price("TEMPLATE", rate)
    };
    let shop = shop_with([]);
    let ask = |uom, prices| found_in(&shop, &variant, prices, &Ask { uom, ..USUAL });
    assert_eq!(ask("Nos", vec![of_template(3.0)]), is(3.0, "TEMPLATE"));
    assert_eq!(
        ask("Nos", vec![of_template(3.0), price("OWN", 4.0)]),
        is(4.0, "OWN")
    );
    assert_eq!(ask("Crate", vec![price("OWN", 4.0)]), is(400.0, "OWN"));
    // Nor does it have one where its customer's price does not hold for the quantity.
    let packed = ItemPrice {
        packing_unit: 6,
        ..of_ada(price("ADA", 1.0))
    };
    assert_eq!(ask("Nos", vec![packed.clone()]), None);
    assert_eq!(
        ask("Nos", vec![packed, of_template(3.0)]),
        is(3.0, "TEMPLATE")
    );
}

#[test]
fn units_convert_by_the_item_then_straight_inverse_and_through_a_third() {
    let factor = |from: &str, to: &str, value| {
        Master::from(UomConversionFactor {
            name: format!("{from}-{to}"),
            from_uom: from.to_owned(),
            to_uom: to.to_owned(),
            value,
        })
    };
    let shop = shop_with([
        factor("Dozen", "Nos", 12.0),
        factor("Nos", "Eighth", 8.0),
        factor("Gross", "Nos", 144.0),
        factor("Gross", "Pair", 72.0),
        // The item's own row goes before the site's.
        factor("Box", "Nos", 10.0),
        // A factor of 0 is none, so the other way round counts.
        factor("Pinch", "Nos", 0.0),
        factor("Nos", "Pinch", 4.0),
    ]);
    for (uom, expected) in [
        ("Dozen", 12.0),
        ("Eighth", 0.125),
        ("Pair", 2.0),
        ("Box", 12.0),
        ("Pinch", 0.25),
        ("Unheard of", 1.0),
    ] {
        let found = found_in(
            &shop,
            &pencil(),
            vec![price("P", 1.0)],
            &Ask { uom, ..USUAL },
        );
        assert_eq!(found, is(expected, "P"), "{uom}");
    }
}
