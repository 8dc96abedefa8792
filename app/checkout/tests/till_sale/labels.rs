//! What labels of packages say: weights, prices, batches, pieces and days, by scales' codes, GS1
//! element strings and links.

use std::sync::Arc;

use checkout::cart::{CartError, CartLine, PriceReason};
use checkout::catalog::MemoryCatalog;
use checkout::masters::{Batch, Company, Item, ItemBarcode, ItemPrice, SerialNo};
use checkout::scan::ScanError;
use checkout::shop::Shop;
use checkout::till::{Effect, Event, Notice};
use checkout::totals;
use proptest::prelude::*;

use crate::shop::{Counter, catalog, committed, profile, refusal, shop_with};

/// Sold by the kilogram for 18.90, out of batches, under a GTIN of variable measure.
pub const CHEESE: &str = "CHEESE";
/// Sold by the kilogram for 33.37, under patterns of its own.
const HAM: &str = "HAM";
/// Sold by the pound for 4.99; its item code is its number on the scale.
const NUTS: &str = "77";
/// Sold by the piece for 2.50, whatever the label says.
pub const BREAD: &str = "BREAD";
/// Each has a number.
pub const TABLET: &str = "TABLET";

pub fn item(item_code: &str, stock_uom: &str, barcodes: &[&str]) -> Item {
    Item {
        item_code: item_code.to_owned(),
        item_name: item_code.to_owned(),
        item_group: "Books".to_owned(),
        stock_uom: stock_uom.to_owned(),
        is_sales_item: true,
        barcodes: barcodes
            .iter()
            .map(|&barcode| ItemBarcode {
                barcode: barcode.to_owned(),
                uom: None,
            })
            .collect(),
        ..Item::default()
    }
}

pub fn goods() -> MemoryCatalog {
    let mut goods = catalog();
    let price = |(item_code, price_list_rate): (&str, f64)| ItemPrice {
        name: format!("P-{item_code}"),
        item_code: item_code.to_owned(),
        price_list: "Shelf".to_owned(),
        price_list_rate,
        currency: "USD".to_owned(),
        ..ItemPrice::default()
    };
    let prices = [
        (CHEESE, 18.90),
        (HAM, 33.37),
        (NUTS, 4.99),
        (BREAD, 2.5),
        (TABLET, 99.0),
    ];
    goods.item_prices.extend(prices.map(price));
    let items = [
        Item {
            has_batch_no: true,
            ..item(CHEESE, "Kg", &["9506000134352"])
        },
        item(
            HAM,
            "Kg",
            &["2112345WWWWWC", "2212345PPPPPC", "0234567VPPPPC"],
        ),
        item(NUTS, "Pound", &[]),
        item(BREAD, "Nos", &["2499999000005", "9771234567003"]),
        Item {
            has_serial_no: true,
            ..item(TABLET, "Nos", &["036000291476"])
        },
    ];
    goods.items.extend(items.map(Arc::new));
    let batch = |name: &str, expiry: &str| Batch {
        name: name.to_owned(),
        item: CHEESE.to_owned(),
        expiry_date: Some(expiry.parse().unwrap()),
        batch_qty: 100.0,
        ..Batch::default()
    };
    goods.batches = vec![
        batch("L1", "2026-12-31"),
        batch("L2", "2027-01-31"),
        batch("L0", "2026-11-01"),
    ];
    goods.serial_nos = vec![SerialNo {
        name: "SN-1".to_owned(),
        item_code: TABLET.to_owned(),
        warehouse: Some(String::new()),
        status: "Active".to_owned(),
        ..SerialNo::default()
    }];
    goods
}

/// The shop with patterns of its company.
pub fn shop(patterns: &str) -> Arc<Shop> {
    shop_with([
        Company {
            name: "Harbour Books".to_owned(),
            default_currency: "USD".to_owned(),
            barcode_patterns: Some(patterns.to_owned()),
            ..Company::default()
        }
        .into(),
        profile().into(),
    ])
}

pub fn counter() -> Counter {
    Counter::open_in(shop("23IIIIIWWWWWC, 20IIIIIWW.WWWC 24IIIIIPPPPPC"), goods())
}

pub fn last(counter: &Counter) -> &CartLine {
    counter.till.cart().lines().last().unwrap()
}

/// Quantity, unit, rate and amount of the last line.
pub fn sold(counter: &Counter) -> (String, String, f64, f64) {
    let line = last(counter);
    let amount = counter.till.cart().totals_of(line.id).unwrap().amount;
    (
        line.sold.qty.to_string(),
        line.sold.uom.clone(),
        line.rate,
        amount,
    )
}

pub fn sentence(effects: &[Effect]) -> String {
    match refusal(effects) {
        Notice::Scan(error) => error.to_string(),
        Notice::Cart(error) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_weight_is_sold_at_todays_price() {
    for (code, item_code, qty, uom, amount) in [
        // The item's own pattern; the company's, by item code; a measure in the item's own unit.
        ("2112345003856", HAM, "0.385", "Kg", 12.85),
        ("]E02300077004535", NUTS, "0.999", "Pound", 4.99),
        ("2000077012508", NUTS, "1.25", "Pound", 6.24),
        // DataBar and a link; pounds of what is sold by the kilogram.
        ("]e001095060001343523103001250", CHEESE, "1.25", "Kg", 23.62),
        (
            "https://example.com/01/09506000134352?3202=000100",
            CHEESE,
            "0.454",
            "Kg",
            8.58,
        ),
        ("]e001995060001343553103000200", CHEESE, "0.2", "Kg", 3.78),
    ] {
        let mut counter = counter();
        let effects = counter.scan(code);
        assert!(!counter.till.cart().is_empty(), "{code}: {effects:?}");
        let (found_qty, found_uom, _, found_amount) = sold(&counter);
        assert_eq!(last(&counter).sold.item_code, item_code, "{code}");
        assert_eq!(
            (found_qty.as_str(), found_uom.as_str()),
            (qty, uom),
            "{code}"
        );
        assert_eq!(found_amount, amount, "{code}");
    }
}

#[test]
fn each_package_is_a_line_of_its_own() {
    let mut counter = counter();
    counter.scan("2112345003856");
    counter.scan("2112345003856");
    counter.step(Event::ItemChosen {
        item_code: HAM.to_owned(),
    });
    counter.step(Event::ItemChosen {
        item_code: HAM.to_owned(),
    });
    let expected = [(HAM, "0.385"), (HAM, "0.385"), (HAM, "2")];
    assert_eq!(
        counter.cart(),
        expected.map(|(item, qty)| (item, qty.to_owned()))
    );
}

#[test]
fn a_price_is_what_the_package_costs_to_the_cent() {
    for (code, item_code, qty, rate, amount) in [
        // 12.34 at 33.37 a kilogram is 0.370 kg, which would come to 12.35.
        ("2212345012343", HAM, "0.37", 33.35, 12.34),
        // The same by a UPC-A with its price check digit: 28.75.
        ("234567928754", HAM, "0.862", 33.35, 28.75),
        // By the piece: one, for what stands on it, here by the company's pattern.
        ("2499999001507", BREAD, "1", 1.5, 1.5),
        // GS1: the amount alone; with a currency; beside a weight that holds too.
        ("]C101095060001343523922945", CHEESE, "0.5", 18.9, 9.45),
        ("]C101095060001343523932840945", CHEESE, "0.5", 18.9, 9.45),
        (
            "]d2010950600013435231030005003922900",
            CHEESE,
            "0.5",
            18.0,
            9.0,
        ),
        // Pieces of what is sold by weight say nothing of it; pieces of what is counted do.
        (
            "]C1010950600013435230006\u{1D}3922945",
            CHEESE,
            "0.5",
            18.9,
            9.45,
        ),
        ("]C10109771234567003304\u{1D}3922900", BREAD, "4", 2.25, 9.0),
    ] {
        let mut counter = counter();
        let effects = counter.scan(code);
        assert!(!counter.till.cart().is_empty(), "{code}: {effects:?}");
        assert_eq!(last(&counter).sold.item_code, item_code, "{code}");
        let (found_qty, _, found_rate, found_amount) = sold(&counter);
        assert_eq!(
            (found_qty.as_str(), found_rate, found_amount),
            (qty, rate, amount),
            "{code}"
        );
    }
}

#[test]
fn what_a_label_says_is_among_the_reasons_and_holds_for_everybody() {
    let mut counter = counter();
    counter.scan("]d2010950600013435231030005003922900");
    let reasons = |counter: &Counter| last(counter).reasons().to_vec();
    let expected = [
        PriceReason::ListPrice {
            price_list: "Shelf".to_owned(),
            item_price: Some("P-CHEESE".to_owned()),
            price_list_rate: 18.9,
        },
        PriceReason::Label {
            amount: 9.0,
            rate: 18.0,
        },
    ];
    assert_eq!(reasons(&counter), expected);
    assert_eq!(
        last(&counter).notices,
        ["the label's 9.00 USD is 18.00 USD for one Kg; the price list has 18.90 USD"]
    );
    counter.step(Event::CustomerChosen(Some("Ada".to_owned())));
    assert_eq!(reasons(&counter), expected);
    // Half of what was in it costs half.
    let (line, text) = (last(&counter).id, "0.25".to_owned());
    counter.step(Event::QuantityEntered { line, text });
    assert_eq!(sold(&counter).3, 4.5);
}

#[test]
fn batch_piece_and_day_land_on_the_line() {
    let mut counter = counter();
    counter.scan("]C1010950600013435210L2\u{1D}17270131");
    let line = last(&counter);
    assert_eq!(line.sold.batch_no.as_deref(), Some("L2"));
    assert_eq!(line.sold.expiry_date, Some("2027-01-31".parse().unwrap()));
    assert_eq!(
        (line.sold.qty.to_string(), line.notices.as_slice()),
        ("1".to_owned(), &[][..])
    );

    // The label and ERPNext do not agree about the day; the earlier one stays on the line.
    counter.scan("(01)09506000134352(10)L2(17)270115");
    assert_eq!(counter.cart(), [(CHEESE, "2".to_owned())]);
    assert_eq!(
        last(&counter).sold.expiry_date,
        Some("2027-01-15".parse().unwrap())
    );
    assert_eq!(
        last(&counter).notices,
        [
            "the package says 2027-01-15, but batch L2 is good until 2027-01-31 in ERPNext; check \
          the label"
        ]
    );

    // Another batch is chosen by hand: what was said of the first one goes.
    let line = last(&counter).id;
    let batch_no = "L1".to_owned();
    counter.step(Event::BatchChosen { line, batch_no });
    assert_eq!(last(&counter).notices.len(), 0);

    // A package past its day for selling that also costs something else than the price list says.
    counter.scan("(01)09506000134352(10)L2(16)261120(3103)000500(3922)900");
    assert_eq!(
        last(&counter).notices,
        [
            "the package was to be sold until 2026-11-20; look at the goods and tell the customer",
            "the package says 2026-11-20, but batch L2 is good until 2027-01-31 in ERPNext; check \
             the label",
            "the label's 9.00 USD is 18.00 USD for one Kg; the price list has 18.90 USD",
        ]
    );

    // A case of nothing else than pieces, and what is only at its best no more.
    counter.scan("https://example.com/01/09771234567003?30=6&15=261101");
    assert_eq!(
        sold(&counter),
        ("6".to_owned(), "Nos".to_owned(), 2.5, 15.0)
    );
    assert_eq!(
        last(&counter).notices,
        ["the package was at its best before 2026-11-01; tell the customer"]
    );

    counter.scan("]d2010003600029147621SN-1");
    assert_eq!(last(&counter).sold.serial_nos, ["SN-1"]);
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    let settings = counter.till.shop().totals_settings();
    assert_eq!(
        totals::calculate(&sale.document, &settings).unwrap(),
        sale.totals
    );
}

#[test]
fn what_a_label_forbids_or_contradicts_is_refused_with_a_remedy() {
    for (code, expected) in [
        (
            "]C1010950600013435217261122",
            "this package of CHEESE could be used until 2026-11-22; take it off the shelf",
        ),
        (
            "]C1010950600013435210L0",
            "batch L0 expired on 2026-11-01; take it off the shelf",
        ),
        (
            "]C1010003600029147621SN-9",
            "serial number SN-9 of TABLET is not in stock here; check the label, or let the till \
             synchronise if it came in today",
        ),
        (
            "]C101000360002914763103001000",
            "the label says 1 Kg, but TABLET is sold by Nos; add a unit of that kind to the item \
             in ERPNext, or enter the quantity by hand",
        ),
        (
            "]C1010950600013435230006",
            "the label says 6 by count, but CHEESE is sold by Kg; add a unit of that kind to the \
             item in ERPNext, or enter the quantity by hand",
        ),
        (
            "]C101095060001343523103000000",
            "the label of this package of CHEESE says 0; weigh or count it again",
        ),
        (
            "]C101095060001343523932978945",
            "the price on the label of CHEESE is in EUR, but this shop sells in USD",
        ),
        (
            "234567828757",
            "the weight or price in 234567828757 does not fit its own check digit; scan it again, \
             or weigh the goods again",
        ),
        (
            "2312345003850",
            "no item has the number 12345 of this scale's label; add the barcode 2312345WWWWWC to \
             the item in ERPNext",
        ),
        (
            "]C10119506000134359",
            "this is the code of a case of CHEESE, and ERPNext does not say how many are in it; \
             scan one piece, or add the barcode 19506000134359 with its unit to the item in ERPNext",
        ),
        (
            "]C10104006381333948",
            "no item has the barcode 4006381333948; add it to the item in ERPNext, or search for \
             the item by name",
        ),
        (
            "4006381333932",
            "no item has the barcode 4006381333932; an EAN or UPC that begins so ends with 1: scan \
             it again, or check what you typed",
        ),
        (
            "https://example.com/ARHjtIkhKrkuYw",
            "this code is a web address of example.com and names no goods, or names them in the \
             compressed form that a till does not read; scan the barcode of the package",
        ),
        (
            "]C100006141411234567890",
            "this code names a SSCC and no goods; scan the barcode of the item itself",
        ),
        (
            "]C101095060001343",
            "this code ends too early: of its GTIN (01) 12 of 14 characters came; scan it again, \
             or another code of the package",
        ),
    ] {
        let mut catalog = goods();
        catalog.has_all_serial_nos = true;
        let mut counter = Counter::open_in(shop("23IIIIIWWWWWC"), catalog);
        let effects = counter.scan(code);
        assert_eq!(sentence(&effects), expected, "{code:?}");
        assert!(counter.till.cart().is_empty(), "{code:?}");
    }
}

#[test]
fn a_wrong_pattern_is_told_when_a_scales_code_is_scanned() {
    let mut counter = Counter::open_in(shop("23IIIIIWWWWWC; 24IIPP"), goods());
    counter.scan("2300077004535");
    assert_eq!(counter.cart(), [(NUTS, "0.999".to_owned())]);
    assert_eq!(
        sentence(&counter.scan("2400077004532")),
        "\"24IIPP\" is no pattern of a scale's codes: it must have 8 to 32 digits; it looks like \
         21IIIIIWWWWWC or 22IIIIIPPPPPC, see Till Barcode Patterns of the Company in ERPNext"
    );
}

#[test]
fn a_plain_code_is_still_what_it_was() {
    let mut counter = counter();
    // EAN-13 with an add-on, a magazine's issue; a full barcode that begins with 2.
    for code in ["]E3977123456700305", "977123456700305", "]E02499999000005"] {
        counter.scan(code);
    }
    assert_eq!(counter.cart(), [(BREAD, "3".to_owned())]);
    let unknown = Notice::UnknownBarcode("SHELF-7".to_owned());
    assert_eq!(refusal(&counter.scan("]A0SHELF-7")), unknown);
    let CartError::Label(_) = CartError::from(checkout::cart::LabelError::Nothing {
        item_name: String::new(),
    }) else {
        panic!("labels have errors of their own");
    };
    assert!(matches!(
        refusal(&counter.scan("]C1")),
        Notice::UnknownBarcode(_) | Notice::Scan(ScanError::Gs1(_))
    ));
}

#[test]
fn one_article_is_found_under_all_its_spellings_and_carriers() {
    for code in [
        "036000291476",
        "0036000291476",
        "00036000291476",
        "]E00036000291476",
        "]C10100036000291476",
        "]e00100036000291476",
        "]d20100036000291476",
        "]Q30100036000291476",
        "0100036000291476",
        "(01)00036000291476",
        "https://id.gs1.org/01/00036000291476",
        "]Q1https://id.gs1.org/01/036000291476",
    ] {
        let mut counter = Counter::open_in(shop(""), goods());
        counter.scan(code);
        assert_eq!(counter.cart(), [(TABLET, "1".to_owned())], "{code}");
    }
    // UPC-E is the UPC-A that it was made from; EAN-8 with the same digits is not.
    let mut catalog = goods();
    catalog
        .items
        .push(Arc::new(item("SODA", "Nos", &["042100005264"])));
    for price in &mut catalog.item_prices {
        if price.item_code == BREAD {
            "SODA".clone_into(&mut price.item_code);
        }
    }
    let mut counter = Counter::open_in(shop(""), catalog);
    counter.scan("04252614");
    counter.scan("]E004252614");
    assert_eq!(counter.cart(), [("SODA", "2".to_owned())]);
    refusal(&counter.scan("]E404252614"));
}

#[test]
fn a_piece_is_sold_once_whatever_code_named_it() {
    let mut counter = counter();
    counter.scan("]d2010003600029147621SN-1");
    let before = counter.till.cart().clone();
    for again in [
        "]d2010003600029147621SN-1",
        "]C1010003600029147621SN-1\u{1D}10L7",
        "https://example.com/01/00036000291476/21/SN-1",
        "SN-1",
    ] {
        assert_eq!(
            sentence(&counter.scan(again)),
            "serial number SN-1 is in the cart already",
            "{again}"
        );
        assert_eq!(*counter.till.cart(), before, "{again}");
    }
}

#[test]
fn separators_come_as_each_scanner_sends_them() {
    for separator in ["\u{1D}", "\u{241D}", "^", "|", "~", "]", "{GS}", "<GS>"] {
        for aim in ["", "]C1"] {
            let mut counter = counter();
            counter.scan(&format!("{aim}010950600013435210L2{separator}3103000250"));
            assert_eq!(last(&counter).sold.batch_no.as_deref(), Some("L2"));
            assert_eq!(sold(&counter).0, "0.25", "{aim} {separator:?}");
        }
    }
}

#[test]
fn codes_of_scales_are_nothing_special_unless_the_shop_says_so() {
    let mut counter = Counter::open_in(shop(""), goods());
    for code in ["2300077004535", "2000077012508", "2900077012501"] {
        let notice = refusal(&counter.scan(code));
        assert_eq!(notice, Notice::UnknownBarcode(code.to_owned()));
    }
    assert!(counter.till.cart().is_empty());
}

#[test]
fn a_case_holds_as_many_as_its_label_counts() {
    for (code, qty) in [
        ("]C1020977123456700337", "24"),
        ("]C10109771234567003", "1"),
    ] {
        let mut counter = counter();
        let code = if qty == "24" {
            format!("{code}24")
        } else {
            code.to_owned()
        };
        counter.scan(&code);
        assert_eq!(counter.cart(), [(BREAD, qty.to_owned())], "{code}");
    }
    let mut counter = counter();
    counter.scan("]C1010977123456700330012");
    assert_eq!(counter.cart(), [(BREAD, "12".to_owned())]);
}

proptest! {
    /// Whatever stands on a package, that is what it costs, and ERPNext's arithmetic agrees.
    #[test]
    fn any_price_is_met_to_the_cent(cents in 1u32..100_000, list in 1u32..20_000) {
        let mut catalog = goods();
        for price in &mut catalog.item_prices {
            price.price_list_rate = f64::from(list) / 100.0;
        }
        let mut counter = Counter::open_in(shop(""), catalog);
        let body = format!("2212345{cents:05}");
        let digit = checkout::codes::gtin::check_digit(&body).unwrap();
        let effects = counter.scan(&format!("{body}{digit}"));
        if counter.till.cart().is_empty() {
            // Less than the shop's scale can weigh.
            prop_assert!(f64::from(cents) / f64::from(list) < 0.000_500_1, "{effects:?}");
            return Ok(());
        }
        let cart = counter.till.cart();
        prop_assert_eq!(sold(&counter).3, f64::from(cents) / 100.0);
        let settings = counter.till.shop().totals_settings();
        prop_assert_eq!(&totals::calculate(cart.document(), &settings).unwrap(), cart.totals());
    }
}
