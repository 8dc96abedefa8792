//! Loyalty points while paying.

use checkout::loyalty::LoyaltyError;
use checkout::till::{Effect, Event, Notice, OpenCart, Resume, Stage};
use jiff::Zoned;

use crate::market::{choose, counter, goods, market};
use crate::shop::{BOOK, Counter, committed, refusal, saved_cart, usd};

fn redeem(counter: &mut Counter, points: i64) -> Vec<Effect> {
    counter.step(Event::PointsRedeemed(Some(points)))
}

/// Ada at the till with ten books, 86.49 with tax, about to pay.
fn ada_pays() -> Counter {
    let mut counter = counter();
    counter.scan(BOOK);
    let line = counter.till.cart().lines()[0].id;
    let text = "10".to_owned();
    counter.step(Event::QuantityEntered { line, text });
    choose(&mut counter, "Ada");
    counter.step(Event::PaymentStarted);
    counter
}

fn remaining(counter: &Counter) -> i64 {
    match counter.till.stage() {
        Stage::Paying(payments) => payments.remaining().units,
        other => panic!("not being paid: {other:?}"),
    }
}

fn now() -> Zoned {
    "2026-11-23T10:01:00-05:00[-05:00]".parse().unwrap()
}

#[test]
fn points_pay_a_part_and_the_sale_says_what_was_redeemed_and_earned() {
    let mut counter = ada_pays();
    let points = counter.till.customer_points(&now()).unwrap().unwrap();
    assert_eq!((points.points, points.worth), (430, usd(2150)));
    assert_eq!(points.offer.points, 430);
    redeem(&mut counter, 100);
    assert_eq!(remaining(&counter), 8649 - 500);
    // Others instead of these, not more of them.
    redeem(&mut counter, 200);
    assert_eq!(remaining(&counter), 8649 - 1000);
    let sale = committed(&counter.tender("Cash", None));
    let loyalty = sale.loyalty.unwrap();
    assert_eq!(
        (loyalty.loyalty_points, loyalty.loyalty_amount),
        (200, usd(1000))
    );
    assert_eq!(
        loyalty.loyalty_redemption_account.as_deref(),
        Some("Rewards - HB")
    );
    // 86.49 less 10, a point for every 10.
    assert_eq!(loyalty.points_earned, 7);
    assert_eq!(
        (sale.amount_to_pay, sale.paid_amount),
        (usd(8649), usd(7649))
    );
    assert_eq!(sale.change_amount, usd(0));
}

#[test]
fn change_is_given_for_money_and_never_for_points() {
    let mut counter = ada_pays();
    redeem(&mut counter, 430);
    let sale = committed(&counter.tender("Cash", Some(7000)));
    assert_eq!(sale.change_amount, usd(7000 - (8649 - 2150)));
}

#[test]
fn points_alone_can_pay_a_small_sale() {
    let mut counter = counter();
    counter.scan("PEN");
    choose(&mut counter, "Ada");
    counter.step(Event::PaymentStarted);
    // 3.25 with tax: 65 points are all of it.
    let sale = committed(&redeem(&mut counter, 65));
    assert_eq!(sale.paid_amount, usd(0));
    // ERPNext wants a payment row all the same.
    assert_eq!(sale.payments.len(), 1);
}

#[test]
fn more_points_than_there_are_or_than_are_due_are_refused() {
    let mut counter = ada_pays();
    for points in [431, 0, -5] {
        let notice = refusal(&redeem(&mut counter, points));
        assert!(matches!(notice, Notice::Loyalty(_)), "{notice:?}");
    }
    counter.tender("Cash", Some(8600));
    let notice = refusal(&redeem(&mut counter, 10));
    assert!(
        matches!(
            notice,
            Notice::Loyalty(LoyaltyError::TooMany { most: 9, .. })
        ),
        "{notice:?}"
    );
    let mut nobody = counter_of_nobody();
    assert_eq!(refusal(&redeem(&mut nobody, 1)), Notice::NoLoyaltyProgram);
}

fn counter_of_nobody() -> Counter {
    let mut counter = counter();
    counter.scan(BOOK);
    counter.step(Event::PaymentStarted);
    counter
}

#[test]
fn a_till_that_has_not_heard_from_erpnext_takes_no_more_than_its_limit() {
    let mut goods = goods();
    if let Some(account) = goods.loyalty.get_mut("Ada") {
        account.as_of = Some("2026-11-22T10:00:00Z".parse().unwrap());
    }
    let mut counter = Counter::open_in(market(), goods);
    counter
        .till
        .set_loyalty_offline_limit(Some(rust_decimal::Decimal::from(5)));
    counter.scan("PHONE");
    counter.scan("PH-1");
    choose(&mut counter, "Ada");
    counter.step(Event::PaymentStarted);
    let notice = refusal(&redeem(&mut counter, 101));
    assert!(
        matches!(
            notice,
            Notice::Loyalty(LoyaltyError::TooMany { most: 100, .. })
        ),
        "{notice:?}"
    );
    redeem(&mut counter, 100);
    assert_eq!(remaining(&counter), 12_882 - 500);
}

#[test]
fn points_are_given_back_by_leaving_the_payment_and_come_back_after_a_restart() {
    let mut before = ada_pays();
    let effects = redeem(&mut before, 100);
    let open = saved_cart(&effects).unwrap().unwrap();
    let text = serde_json::to_string(open).unwrap();
    let open_cart: OpenCart = serde_json::from_str(&text).unwrap();
    let mut after = Counter::resumed_in(
        market(),
        goods(),
        Resume {
            shift: before.till.shift().cloned(),
            open_cart: Some(open_cart),
            ..Resume::default()
        },
    );
    after.sign_in();
    assert_eq!(remaining(&after), 8649 - 500);
    after.step(Event::PaymentLeft);
    after.step(Event::PaymentStarted);
    assert_eq!(remaining(&after), 8649);
}
