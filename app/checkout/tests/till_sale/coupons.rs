//! Coupons: what they switch on, and when they are refused.

use checkout::catalog::CouponUses;
use checkout::masters::CouponCode;
use checkout::pricing_rules::CouponRefused;
use checkout::till::{Effect, Event, Notice, Sound, Stage};

use crate::market::{amount, choose, counter, goods, market, market_with};
use crate::shop::{BOOK, Counter, committed, refusal};

fn enter(counter: &mut Counter, code: &str) -> Vec<Effect> {
    counter.step(Event::CouponEntered(Some(code.to_owned())))
}

fn takes_effect(counter: &Counter) -> Option<bool> {
    let coupon = counter.till.cart().coupon();
    coupon.map(|coupon| coupon.takes_effect)
}

#[test]
fn a_coupon_is_scanned_before_or_after_the_goods_and_is_on_the_sale() {
    for codes in [["SAVE15", BOOK], [BOOK, "save15"]] {
        let mut counter = counter();
        for code in codes {
            counter.scan(code);
        }
        assert_eq!(amount(&counter, "BOOK"), 6.79);
        assert_eq!(takes_effect(&counter), Some(true));
        counter.step(Event::PaymentStarted);
        let sale = committed(&counter.tender("Cash", None));
        let coupon = sale.coupon.unwrap();
        assert_eq!(
            (
                coupon.name.as_str(),
                coupon.coupon_code.as_str(),
                coupon.maximum_use
            ),
            ("The coupon SAVE15", "SAVE15", 100)
        );
    }
}

#[test]
fn a_coupon_that_changes_nothing_says_so_and_can_be_taken_out() {
    let mut counter = counter();
    counter.scan("PEN");
    enter(&mut counter, "SAVE15");
    assert_eq!(takes_effect(&counter), Some(false));
    counter.scan(BOOK);
    assert_eq!(takes_effect(&counter), Some(true));
    counter.step(Event::CouponEntered(None));
    assert_eq!(takes_effect(&counter), None);
    assert_eq!(amount(&counter, "BOOK"), 7.99);
    counter.step(Event::Undone);
    assert_eq!(amount(&counter, "BOOK"), 6.79);
}

#[test]
fn a_coupon_that_does_not_hold_is_refused_with_its_reason() {
    let late = || CouponRefused::Expired("LATE".to_owned());
    let unknown = || CouponRefused::Unknown("SAVE99".to_owned());
    let hers = || CouponRefused::OtherCustomer("ADA-ONLY".to_owned());
    for (code, reason) in [
        ("LATE", late()),
        ("SAVE99", unknown()),
        ("ADA-ONLY", hers()),
    ] {
        let mut counter = counter();
        counter.scan(BOOK);
        assert_eq!(refusal(&enter(&mut counter, code)), Notice::Coupon(reason));
        assert_eq!(amount(&counter, "BOOK"), 7.99);
    }
}

#[test]
fn a_coupon_is_used_up_by_sales_that_erpnext_has_not_heard_of() {
    let mut goods = goods();
    let uses = CouponUses { all: 1, unsent: 1 };
    goods.coupon_uses.insert("ONCE".to_owned(), uses);
    let mut counter = Counter::open_in(market(), goods);
    counter.scan(BOOK);
    let reason = CouponRefused::UsedUp("ONCE".to_owned());
    assert_eq!(
        refusal(&enter(&mut counter, "ONCE")),
        Notice::Coupon(reason)
    );
    assert_eq!(takes_effect(&counter), None);
}

#[test]
fn a_gift_card_leaves_the_cart_with_its_owner() {
    let mut counter = counter();
    counter.scan(BOOK);
    choose(&mut counter, "Ada");
    enter(&mut counter, "ADA-ONLY");
    assert_eq!(amount(&counter, "BOOK"), 6.79);
    let effects = counter.step(Event::CustomerChosen(None));
    let reason = CouponRefused::OtherCustomer("ADA-ONLY".to_owned());
    assert!(
        effects.contains(&Effect::Show(Notice::Coupon(reason))),
        "{effects:?}"
    );
    assert_eq!(amount(&counter, "BOOK"), 7.99);
    assert_eq!(takes_effect(&counter), None);
}

#[test]
fn a_coupon_that_ended_meanwhile_is_said_before_money_is_taken() {
    let mut counter = counter();
    counter.scan(BOOK);
    enter(&mut counter, "SAVE15");
    let ended = CouponCode {
        name: "The coupon SAVE15".to_owned(),
        coupon_code: "SAVE15".to_owned(),
        maximum_use: 100,
        used: 100,
        ..CouponCode::default()
    };
    counter.step(Event::ShopChanged(market_with([ended.into()])));
    let effects = counter.step(Event::PaymentStarted);
    let reason = CouponRefused::UsedUp("SAVE15".to_owned());
    assert_eq!(
        effects[1..],
        [
            Effect::Sound(Sound::Refused),
            Effect::Show(Notice::Coupon(reason))
        ]
    );
    assert_eq!(takes_effect(&counter), None);
    assert_eq!(*counter.till.stage(), Stage::Selling);
    assert_eq!(amount(&counter, "BOOK"), 7.99);
    counter.step(Event::PaymentStarted);
    assert!(matches!(counter.till.stage(), Stage::Paying(_)));
}
