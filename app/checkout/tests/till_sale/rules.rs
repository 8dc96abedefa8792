//! Pricing rules in the cart: what they take off, what they give, and what the cashier reads.

use checkout::cart::{PriceReason, RuleEffect};
use checkout::masters::{Master, PosProfile};
use checkout::receipt::{Copy, Part, ReceiptHead, compose};
use checkout::till::Event;

use crate::market::{amount, choose, counter, goods, line, market, market_with, rules};
use crate::shop::{Counter, PENCIL, committed, profile};

#[test]
fn a_line_tells_its_list_price_and_the_rule_that_lowered_it() {
    let mut counter = counter();
    counter.scan("CARD");
    let card = line(&counter, "CARD");
    assert_eq!((card.price_list_rate, card.rate), (11.8, 10.62));
    let [
        PriceReason::ListPrice { price_list, .. },
        PriceReason::Rule(rule),
    ] = card.reasons()
    else {
        panic!("{:?}", card.reasons());
    };
    assert_eq!(price_list, "Shelf");
    assert_eq!(
        (rule.name.as_str(), rule.title.as_str()),
        ("PRLE-0001", "10% Gifts")
    );
    assert_eq!(rule.effects, [RuleEffect::DiscountPercentage(10.0)]);
}

#[test]
fn the_tenth_pencil_makes_all_ten_cheaper_and_taking_one_out_dearer_again() {
    let mut counter = counter();
    for _ in 0..9 {
        counter.scan(PENCIL);
    }
    assert_eq!(amount(&counter, "PENCIL"), 11.25);
    counter.scan(PENCIL);
    assert_eq!(counter.cart(), [("PENCIL", "10".to_owned())]);
    assert_eq!(amount(&counter, "PENCIL"), 10.0);
    let line = line(&counter, "PENCIL").id;
    counter.step(Event::QuantityStepped { line, steps: -1 });
    assert_eq!(amount(&counter, "PENCIL"), 11.25);
}

#[test]
fn two_mugs_give_a_third_that_goes_with_them() {
    let mut counter = counter();
    counter.scan("MUG");
    assert!(counter.till.cart().given().is_empty());
    counter.scan("MUG");
    let mug = line(&counter, "MUG").id;
    let [free] = counter.till.cart().given() else {
        panic!("{:?}", counter.till.cart().given());
    };
    assert_eq!((free.sold.qty.to_string().as_str(), free.rate), ("1", 0.0));
    assert_eq!(
        (free.earned_by, free.rule.title.as_str()),
        (Some(mug), "Buy 2 get 1")
    );
    for _ in 0..3 {
        counter.scan("MUG");
    }
    assert_eq!(counter.till.cart().given()[0].sold.qty.to_string(), "2");
    counter.step(Event::LineRemoved { line: mug });
    assert!(counter.till.cart().given().is_empty());
}

#[test]
fn a_rule_over_several_lines_reprices_the_line_that_was_there_first() {
    let mut counter = counter();
    counter.scan("INK");
    counter.scan("INK");
    assert_eq!(amount(&counter, "INK"), 8.0);
    counter.scan("PEN");
    assert_eq!(
        (amount(&counter, "INK"), amount(&counter, "PEN")),
        (6.4, 2.4)
    );
    counter.step(Event::Undone);
    assert_eq!(amount(&counter, "INK"), 8.0);
}

#[test]
fn a_club_member_gets_five_per_cent_off_a_large_sale_and_loses_it_with_a_small_one() {
    let mut counter = counter();
    counter.scan("PHONE");
    choose(&mut counter, "Library");
    let cart = counter.till.cart();
    assert_eq!(cart.document().additional_discount_percentage, 5.0);
    assert_eq!(cart.discount_rules()[0].title, "Club");
    assert!(cart.discount().is_none(), "the cashier gave none");
    let phone = line(&counter, "PHONE").id;
    counter.step(Event::LineRemoved { line: phone });
    counter.scan("CARD");
    assert_eq!(counter.till.cart().totals().discount_amount, 0.0);
}

#[test]
fn a_rule_the_club_misses_takes_away_what_other_rules_give() {
    // The server's remove_free_item: a threshold that is missed clears given rows of all rules.
    let mut counter = counter();
    counter.scan("MUG");
    counter.scan("MUG");
    assert_eq!(counter.till.cart().given().len(), 1);
    choose(&mut counter, "Library");
    let cart = counter.till.cart();
    assert!(cart.given().is_empty());
    assert_eq!(cart.totals().total_qty, 2.0);
}

#[test]
fn a_profile_that_ignores_rules_sells_at_the_list_price() {
    let profile = PosProfile {
        ignore_pricing_rule: true,
        ..profile()
    };
    let mut counter = Counter::open_in(market_with([profile.into()]), goods());
    counter.scan("CARD");
    counter.scan("MUG");
    counter.scan("MUG");
    assert_eq!(amount(&counter, "CARD"), 11.8);
    assert!(counter.till.cart().given().is_empty());
}

#[test]
fn prices_in_the_cart_stay_when_a_rule_goes() {
    let mut counter = counter();
    counter.scan("CARD");
    let disabled = rules().into_iter().map(|mut rule| {
        rule.disable = true;
        Master::from(rule)
    });
    counter.step(Event::ShopChanged(market_with(disabled)));
    counter.scan("PEN");
    assert_eq!(amount(&counter, "CARD"), 10.62);
    assert_eq!(line(&counter, "CARD").reasons().len(), 2);
}

#[test]
fn the_receipt_is_in_the_order_of_scanning_and_the_document_in_its_own() {
    let mut counter = counter();
    for code in ["PEN", "MUG", "CARD", "MUG"] {
        counter.scan(code);
    }
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    let document: Vec<_> = sale.lines.iter().map(|l| l.item_code.as_str()).collect();
    assert_eq!(document, ["CARD", "MUG", "PEN", "MUG"]);
    let receipt: Vec<_> = sale
        .receipt_lines()
        .into_iter()
        .map(|(_, line)| (line.item_code.as_str(), line.is_free_item))
        .collect();
    let expected = [
        ("PEN", false),
        ("MUG", false),
        ("MUG", true),
        ("CARD", false),
    ];
    assert_eq!(receipt, expected);
    let items = sale.document.items.iter().map(|row| row.item_code.as_str());
    assert_eq!(items.collect::<Vec<_>>(), document);
    assert!(sale.document.items.iter().all(|row| !row.has_pricing_rules));

    let printed = compose(&sale, &market(), &ReceiptHead::default(), Copy::Original);
    let texts: Vec<String> = printed
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.clone()),
            Part::Pair { left, right, .. } => Some(format!("{left} = {right}")),
            _ => None,
        })
        .collect();
    let from = texts
        .iter()
        .position(|text| text.starts_with("PEN"))
        .unwrap();
    assert_eq!(
        texts[from..from + 7],
        [
            "PEN = 3.00",
            "MUG = 10.00",
            "  2 Nos x 5.00",
            "MUG = 0.00",
            "  free: Buy 2 get 1",
            "CARD = 10.62",
            "  was 11.80, you save 1.18: 10% Gifts",
        ]
    );
}
