//! Prices and item taxes as ERPNext finds them, case by case, and the code on a package to the
//! item. The cases M7, M8 and M9 bear the names of the arithmetic's description.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use checkout::cart::{Addition, Cart};
use checkout::catalog::{Catalog, MemoryCatalog};
use checkout::item_tax::item_tax_template;
use checkout::masters::{
    Company, CurrencyDocument, Item, ItemBarcode, ItemGroup, ItemPrice, ItemTax, ItemTaxTemplate,
    ItemTaxTemplateDetail, ItemUom, Master, ModeOfPayment, ModeOfPaymentAccount, PosPaymentMethod,
    PosProfile, PriceList, SalesTaxesAndChargesTemplate, TaxesAndCharges, UomConversionFactor,
};
use checkout::pricing::{PriceQuery, find_price};
use checkout::quantity::Quantity;
use checkout::scan::spellings;
use checkout::shop::Shop;
use checkout::totals::ChargeType;
use jiff::civil::Date;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn group(name: &str, parent: Option<&str>, taxes: Vec<ItemTax>) -> Master {
    let parent_item_group = parent.map(str::to_owned);
    let name = name.to_owned();
    ItemGroup {
        name,
        parent_item_group,
        is_group: true,
        taxes,
    }
    .into()
}

fn shop_with(more: impl IntoIterator<Item = Master>) -> Shop {
    let masters: Vec<Master> = vec![
        Company {
            name: "HB".to_owned(),
            default_currency: "USD".to_owned(),
            ..Company::default()
        }
        .into(),
        CurrencyDocument {
            name: "USD".to_owned(),
            smallest_currency_fraction_value: 0.01,
            ..CurrencyDocument::default()
        }
        .into(),
        PriceList {
            name: "Shelf".to_owned(),
            currency: "USD".to_owned(),
            enabled: true,
            ..PriceList::default()
        }
        .into(),
        ModeOfPayment {
            name: "Cash".to_owned(),
            enabled: true,
            accounts: vec![ModeOfPaymentAccount {
                company: "HB".to_owned(),
                default_account: "Cash - HB".to_owned(),
            }],
            ..ModeOfPayment::default()
        }
        .into(),
        SalesTaxesAndChargesTemplate {
            name: "VAT".to_owned(),
            taxes: vec![TaxesAndCharges {
                charge_type: ChargeType::OnNetTotal,
                account_head: "VAT - HB".to_owned(),
                rate: 20.0,
                ..TaxesAndCharges::default()
            }],
            ..SalesTaxesAndChargesTemplate::default()
        }
        .into(),
        PosProfile {
            name: "Counter".to_owned(),
            company: "HB".to_owned(),
            selling_price_list: "Shelf".to_owned(),
            taxes_and_charges: Some("VAT".to_owned()),
            payments: vec![PosPaymentMethod {
                mode_of_payment: "Cash".to_owned(),
                ..PosPaymentMethod::default()
            }],
            ..PosProfile::default()
        }
        .into(),
    ];
    Shop::assemble("Counter", masters.into_iter().chain(more)).unwrap()
}

fn pencil() -> Item {
    Item {
        item_code: "PENCIL".to_owned(),
        item_name: "Pencil".to_owned(),
        item_group: "Drawing".to_owned(),
        stock_uom: "Nos".to_owned(),
        is_sales_item: true,
        uoms: vec![ItemUom {
            uom: "Box".to_owned(),
            conversion_factor: 12.0,
        }],
        ..Item::default()
    }
}

/// A price of the pencil; `name` also says where it came from.
fn price(name: &str, rate: f64) -> ItemPrice {
    ItemPrice {
        name: name.to_owned(),
        item_code: "PENCIL".to_owned(),
        price_list: "Shelf".to_owned(),
        price_list_rate: rate,
        currency: "USD".to_owned(),
        ..ItemPrice::default()
    }
}

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
    let found = find_price(&catalog, shop, query).unwrap();
    found.map(|found| (found.price_list_rate, found.item_price))
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
    let cases: Vec<(&str, Vec<ItemPrice>, &Ask<'_>, Option<(f64, String)>)> = vec![
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
    // A customer's price that does not hold for the quantity is no reason to ask the template.
    let packed = ItemPrice {
        packing_unit: 6,
        ..of_ada(price("ADA", 1.0))
    };
    assert_eq!(ask("Nos", vec![packed, of_template(3.0)]), None);
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
    ]);
    for (uom, expected) in [
        ("Dozen", 12.0),
        ("Eighth", 0.125),
        ("Pair", 2.0),
        ("Box", 12.0),
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

fn tax(template: &str) -> ItemTax {
    ItemTax {
        item_tax_template: template.to_owned(),
        ..ItemTax::default()
    }
}

fn template(name: &str, company: &str, disabled: bool, rate: f64) -> Master {
    ItemTaxTemplate {
        name: name.to_owned(),
        company: company.to_owned(),
        disabled,
        taxes: vec![ItemTaxTemplateDetail {
            tax_type: "VAT - HB".to_owned(),
            tax_rate: rate,
        }],
    }
    .into()
}

fn tax_shop() -> Shop {
    shop_with([
        template("Zero", "HB", false, 0.0),
        template("Reduced", "HB", false, 5.0),
        template("Export", "HB", false, 1.0),
        template("Theirs", "Other", false, 2.0),
        template("Off", "HB", true, 3.0),
        group("All", None, vec![tax("Reduced")]),
        group("Paper", Some("All"), vec![]),
        group("Drawing", Some("Paper"), vec![]),
        group("Books", Some("Paper"), vec![tax("Zero")]),
    ])
}

#[test]
fn item_taxes_are_chosen_by_company_category_date_and_rate() {
    let shop = tax_shop();
    let dated = |template: &str, day: &str| ItemTax {
        valid_from: Some(date(day)),
        ..tax(template)
    };
    let export = || ItemTax {
        tax_category: Some("Export".to_owned()),
        ..tax("Export")
    };
    let up_to = |template: &str, minimum_net_rate, maximum_net_rate| ItemTax {
        minimum_net_rate,
        maximum_net_rate,
        ..tax(template)
    };
    let ranges = || vec![up_to("Zero", 0.0, 10.0), up_to("Reduced", 10.01, 50.0)];
    type Case<'a> = (&'a str, Vec<ItemTax>, Option<&'a str>, f64, Option<&'a str>);
    let cases: Vec<Case<'_>> = vec![
        ("its own", vec![tax("Zero")], None, 1.0, Some("Zero")),
        (
            "another company's and a disabled one are none: the group's",
            vec![tax("Theirs"), tax("Off"), tax("Unheard of")],
            None,
            1.0,
            Some("Reduced"),
        ),
        (
            "for the document's category",
            vec![tax("Zero"), export()],
            Some("Export"),
            1.0,
            Some("Export"),
        ),
        (
            "a category's row does not fit a document without one",
            vec![export()],
            None,
            1.0,
            Some("Reduced"),
        ),
        (
            "the newest that is valid before those without a date",
            vec![
                tax("Export"),
                dated("Zero", "2026-01-01"),
                dated("Reduced", "2026-05-31"),
            ],
            None,
            1.0,
            Some("Reduced"),
        ),
        (
            "not yet valid",
            vec![dated("Zero", "2026-06-02"), tax("Export")],
            None,
            1.0,
            Some("Export"),
        ),
        ("low in the range", ranges(), None, 10.0, Some("Zero")),
        ("high in the range", ranges(), None, 10.01, Some("Reduced")),
        (
            "above every range",
            vec![up_to("Zero", 0.0, 10.0), tax("Export")],
            None,
            50.01,
            Some("Export"),
        ),
    ];
    for (what, taxes, category, rate, expected) in cases {
        let item = Item { taxes, ..pencil() };
        let found = item_tax_template(&shop, &item, category, date("2026-06-01"), rate);
        assert_eq!(found, expected, "{what}");
    }
    for (item_group, expected) in [
        ("Books", Some("Zero")),
        ("Drawing", Some("Reduced")),
        ("Unheard of", None),
    ] {
        let item_group = item_group.to_owned();
        let item = Item {
            item_group,
            ..pencil()
        };
        let found = item_tax_template(&shop, &item, None, date("2026-06-01"), 1.0);
        assert_eq!(found, expected);
    }
}

#[test]
fn groups_that_hang_in_a_circle_end_the_search() {
    let shop = shop_with([
        group("Drawing", Some("Paper"), vec![]),
        group("Paper", Some("Drawing"), vec![]),
    ]);
    let found = item_tax_template(&shop, &pencil(), None, date("2026-06-01"), 1.0);
    assert_eq!(found, None);
}

#[test]
fn whichever_way_a_package_is_scanned_it_sells_what_the_barcode_says() {
    let shop = tax_shop();
    // As typed into ERPNext, and as a scanner sends it.
    for (stored, scanned) in [
        ("036000291452", "036000291452"),
        ("036000291452", "0036000291452"),
        ("0036000291452", "036000291452"),
        ("042100005264", "04252614"),
        ("9780306406157", "09780306406157"),
        ("96385074", "96385074"),
        ("SHELF-7", " SHELF-7\r\n"),
        // A wrong check digit is an in-house code: found as it is, never respelled.
        ("036000291453", "036000291453"),
    ] {
        let item = Arc::new(Item {
            barcodes: vec![ItemBarcode {
                barcode: stored.to_owned(),
                uom: Some("Box".to_owned()),
            }],
            ..pencil()
        });
        let catalog = MemoryCatalog {
            items: vec![item.clone()],
            item_prices: vec![price("P", 1.25)],
            ..MemoryCatalog::default()
        };
        let mut hits = spellings(scanned)
            .into_iter()
            .filter_map(|spelling| catalog.barcode(&spelling).unwrap());
        let hit = hits.next();
        let hit = hit.unwrap_or_else(|| unreachable!("{scanned} does not find {stored}"));
        let mut cart = Cart::new(&shop);
        let addition = Addition {
            item: &item,
            uom: hit.uom.as_deref(),
            barcode: Some(scanned),
            qty: Quantity::ONE,
        };
        cart.add(&shop, &catalog, date("2026-06-01"), &addition)
            .unwrap();
        let line = &cart.lines()[0];
        assert_eq!((line.sold.uom.as_str(), line.rate), ("Box", 15.0));
        // Reduced by its group's template: 5 % instead of 20 %.
        assert_eq!(line.sold.item_tax_template.as_deref(), Some("Reduced"));
        assert_eq!(cart.totals().total_taxes_and_charges, 0.75);
    }
    assert!(!spellings("036000291453").contains(&"0036000291453".to_owned()));
}
