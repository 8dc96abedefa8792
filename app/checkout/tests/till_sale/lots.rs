//! The lot that stands on a package, where ERPNext knows it under that name and where it does not;
//! and packages that are more, or less, than one piece.

use checkout::batch::BatchError;
use checkout::cart::CartError;
use checkout::masters::Batch;
use checkout::receipt::{Copy, Part, ReceiptHead, compose};
use checkout::returns::{ReturnLine, ReturnSource};
use checkout::scan::resolve;
use checkout::till::{Event, Notice};

use crate::labels::{BREAD, CHEESE, counter, goods, last, sentence, shop};
use crate::shop::{Counter, committed, refusal};

/// Lot L9, which no batch in ERPNext is called.
const UNKNOWN_LOT: &str = "]C1010950600013435210L9";

fn batch_and_notices(counter: &Counter) -> (Option<&str>, &[String]) {
    let line = last(counter);
    (line.sold.batch_no.as_deref(), &line.notices)
}

#[test]
fn a_lot_that_erpnext_does_not_know_is_sold_as_a_plain_scan_would_be() {
    let mut counter = counter();
    counter.scan(&format!("{UNKNOWN_LOT}\u{1D}17270115"));
    let expected = [
        "the package says batch L9, and no batch of CHEESE is called so here; it is sold as batch \
         L1",
    ];
    let (batch_no, notices) = batch_and_notices(&counter);
    assert_eq!(
        (batch_no, notices),
        (Some("L1"), &expected.map(str::to_owned)[..])
    );
    // The day on the package is that of the package all the same.
    assert_eq!(
        last(&counter).sold.expiry_date,
        Some("2027-01-15".parse().unwrap())
    );

    // A plain scan takes from the same batch, so it is one line; a known lot has its own.
    counter.scan("9506000134352");
    counter.scan("]C1010950600013435210L2");
    let expected = [(CHEESE, "2".to_owned()), (CHEESE, "1".to_owned())];
    assert_eq!(counter.cart(), expected);
    assert_eq!(batch_and_notices(&counter), (Some("L2"), &[][..]));

    // What the cashier says of the batch ends the remark, and no name that nobody knows is sent.
    let line = counter.till.cart().lines()[0].id;
    let batch_no = "L2".to_owned();
    counter.step(Event::BatchChosen { line, batch_no });
    assert_eq!(counter.till.cart().lines()[0].notices.len(), 0);
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    let sent = sale.lines.iter().map(|line| line.batch_no.as_deref());
    assert_eq!(sent.collect::<Vec<_>>(), [Some("L2"), Some("L2")]);
}

#[test]
fn where_the_till_knows_no_batch_erpnext_picks_one_whatever_the_package_says() {
    let mut catalog = goods();
    catalog.batches.clear();
    let mut counter = Counter::open_in(shop(""), catalog);
    counter.scan(UNKNOWN_LOT);
    let expected =
        ["the package says batch L9, and no batch of CHEESE is called so here; ERPNext picks one"];
    let (batch_no, notices) = batch_and_notices(&counter);
    assert_eq!(
        (batch_no, notices),
        (None, &expected.map(str::to_owned)[..])
    );
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    assert_eq!(sale.lines[0].batch_no, None);
}

#[test]
fn a_lot_of_this_name_may_be_another_items_but_what_is_known_or_chosen_holds() {
    let mut catalog = goods();
    catalog.batches.push(Batch {
        name: "L9".to_owned(),
        item: "BREAD".to_owned(),
        ..Batch::default()
    });
    catalog.batches.push(Batch {
        name: "OFF".to_owned(),
        item: CHEESE.to_owned(),
        disabled: true,
        ..Batch::default()
    });
    let mut counter = Counter::open_in(shop(""), catalog);
    // Lots are numbers of their makers: two may well have the same.
    counter.scan(UNKNOWN_LOT);
    assert_eq!(batch_and_notices(&counter).0, Some("L1"));
    let before = counter.till.cart().clone();
    for (code, expected) in [
        (
            "]C1010950600013435210L0",
            "batch L0 expired on 2026-11-01; take it off the shelf",
        ),
        (
            "]C1010950600013435210OFF",
            "batch OFF is disabled in ERPNext; sell another batch, or enable it there",
        ),
    ] {
        assert_eq!(sentence(&counter.scan(code)), expected, "{code}");
    }
    let line = last(&counter).id;
    let batch_no = "L8".to_owned();
    let refused = refusal(&counter.step(Event::BatchChosen { line, batch_no }));
    let unknown = |notice: &Notice| {
        matches!(
            notice,
            Notice::Cart(CartError::Batch(BatchError::Unknown { .. }))
        )
    };
    assert!(unknown(&refused), "{refused:?}");
    assert_eq!(*counter.till.cart(), before);

    // All that are known have expired: then a lot that is not known is no way around it.
    let mut catalog = goods();
    catalog.batches.retain(|batch| batch.name == "L0");
    let mut counter = Counter::open_in(shop(""), catalog);
    assert_eq!(
        sentence(&counter.scan(UNKNOWN_LOT)),
        "every batch of CHEESE is expired or disabled; take it off the shelf, or correct its \
         batches in ERPNext"
    );
}

#[test]
fn an_early_link_is_judged_by_the_day_that_it_says_in_words() {
    let mut counter = counter();
    assert_eq!(
        sentence(&counter.scan("https://example.com/gtin/9506000134352/lot/L2?exp=261101")),
        "this package of CHEESE could be used until 2026-11-01; take it off the shelf"
    );
}

#[test]
fn a_day_that_is_past_is_the_first_thing_that_a_line_says() {
    let mut catalog = goods();
    for batch in &mut catalog.batches {
        batch.batch_qty = 0.0;
    }
    let mut counter = Counter::open_in(shop(""), catalog);
    counter.scan("]C1010950600013435210L2\u{1D}16261120");
    assert_eq!(
        last(&counter).notices,
        [
            "the package was to be sold until 2026-11-20; look at the goods and tell the customer",
            "the till counts nothing left in batch L2; check the label",
            "the package says 2026-11-20, but batch L2 is good until 2027-01-31 in ERPNext; check \
             the label",
        ]
    );
}

#[test]
fn a_package_that_is_good_until_an_hour_of_today_says_so() {
    // The sale is on 2026-11-23.
    for (elements, expected) in [
        (
            "70032611231000",
            "the package may be used until 10:00 today; look at the clock",
        ),
        ("70032611241000", ""),
        // Hours that no day has; another day than the last one.
        ("70032611239999", ""),
        ("17261124\u{1D}70032611231000", ""),
    ] {
        let mut counter = counter();
        counter.scan(&format!("]C10109771234567003{elements}"));
        assert_eq!(last(&counter).notices.concat(), expected, "{elements}");
    }
}

#[test]
fn what_is_more_or_less_than_one_piece_is_not_sold_as_one() {
    let case = "this is the code of a case of CHEESE, and ERPNext does not say how many are in it; \
                scan one piece, or add the barcode 19506000134359 with its unit to the item in \
                ERPNext";
    for (code, expected) in [
        (
            "]C10209771234567003",
            "this is the label of a case of BREAD, and it does not say how many are in it; scan one \
             piece and enter how many",
        ),
        (
            "]C18006097712345670030202",
            "this is package 2 of 2 of BREAD, which is sold by package 1; scan that one",
        ),
        // As it stands on the case in bars (ITF-14), however the scanner sends it.
        ("]I119506000134359", case),
        ("19506000134359", case),
        ("]C10119506000134359", case),
    ] {
        let mut counter = counter();
        assert_eq!(sentence(&counter.scan(code)), expected, "{code}");
        assert!(counter.till.cart().is_empty(), "{code}");
    }
    for code in ["]C18006097712345670030102", "]C18006097712345670030101"] {
        let mut counter = counter();
        counter.scan(code);
        assert_eq!(counter.cart(), [(BREAD, "1".to_owned())], "{code}");
    }
    // A case of which nothing is known is as unknown as anything else.
    let mut counter = counter();
    let unknown = refusal(&counter.scan("10614141543219"));
    assert_eq!(unknown, Notice::UnknownBarcode("10614141543219".to_owned()));
}

#[test]
fn the_add_on_of_a_magazine_is_no_goods_and_nothing_to_be_told() {
    let catalog = goods();
    // Item codes that look like add-ons.
    assert!(catalog.items.iter().any(|item| item.item_code == "77"));
    let mut counter = Counter::open_in(shop(""), catalog);
    counter.scan("]E09771234567003");
    assert_eq!(counter.scan("]E177"), []);
    assert_eq!(counter.scan("]E200077"), []);
    // In one transmission, and as the scanner joins them.
    counter.scan("]E09771234567003]E105");
    counter.scan("]E09771234567003]E200500");
    counter.scan("]E3977123456700305");
    assert_eq!(counter.cart(), [(BREAD, "4".to_owned())]);
    // Typed, or from a scanner that names no kinds, it is still an item's code.
    counter.scan("77");
    assert_eq!(counter.cart().len(), 2);
}

#[test]
fn a_receipt_names_the_batch_and_the_day_that_stood_on_the_package_and_no_guess() {
    let notes = |codes: &[&str]| {
        let mut counter = counter();
        for code in codes {
            counter.scan(code);
        }
        let sale = counter.sell();
        let shop = counter.till.shop();
        let receipt = compose(&sale, shop, &ReceiptHead::default(), Copy::Original);
        let texts = receipt.parts.into_iter().filter_map(|part| match part {
            Part::Text { text, .. } => Some(text),
            _ => None,
        });
        let about = |text: &String| text.contains("atch") || text.contains("until");
        texts.filter(about).collect::<Vec<_>>()
    };
    let known = "]C1010950600013435210L2\u{1D}17270131";
    assert_eq!(notes(&[known]), ["  Batch L2, good until 2027-01-31"]);
    assert_eq!(notes(&[UNKNOWN_LOT]), ["  Batch L9"]);
    assert_eq!(notes(&["L2"]), ["  Batch L2"]);
    // The till takes batch L1 by itself, and on paper that would be a statement.
    assert_eq!(notes(&["9506000134352"]), [""; 0]);
    assert_eq!(notes(&[UNKNOWN_LOT, "9506000134352"]), [""; 0]);
}

/// The batches of the lines of a receipt that a code may be of, after these were sold.
fn lines_of(sold: &[&str], code: &str) -> Vec<String> {
    let mut counter = counter();
    for code in sold {
        counter.scan(code);
    }
    let sale = counter.sell();
    let mut counter = counter.restarted(goods(), &[&sale]);
    counter.step(Event::ReturnStarted(ReturnSource::Key(sale.key.clone())));
    let catalog = goods();
    let found = resolve(counter.till.shop(), &catalog, code)
        .unwrap()
        .unwrap();
    let lines = counter.till.returning().unwrap().lines();
    let of = lines.iter().filter(|line| line.is_of(&found, &catalog));
    let batch = |line: &ReturnLine<'_>| line.sold.batch_no.clone().unwrap();
    of.map(batch).collect()
}

#[test]
fn goods_come_back_on_the_line_of_their_batch() {
    let known = ["]C1010950600013435210L1", "]C1010950600013435210L2"];
    for (code, batches) in [
        (known[1], &["L2"][..]),
        ("L1", &["L1"]),
        // Without a batch it may be of either.
        ("9506000134352", &["L1", "L2"]),
        // Of a batch that was not sold with this receipt; of other goods.
        ("]C1010950600013435210L0", &[]),
        (UNKNOWN_LOT, &[]),
        ("]C10109771234567003", &[]),
    ] {
        assert_eq!(lines_of(&known, code), batches, "{code}");
    }
    // What nobody knew was sold as batch L1, or the till took that by itself.
    let unknown = [UNKNOWN_LOT, known[1]];
    assert_eq!(lines_of(&unknown, UNKNOWN_LOT), ["L1"]);
    assert_eq!(lines_of(&unknown, "L1"), ["L1"]);
    assert_eq!(lines_of(&["9506000134352", known[1]], UNKNOWN_LOT), ["L1"]);
}
