//! Coupons: whose they are, how often they are taken, how they are found.

use checkout::catalog::CouponUses;
use checkout::masters::{CouponCode, Customer, PricingRule};
use checkout::pricing_rules::{check_coupon, find_coupon, uses_left};

use super::percent;
use super::shop::Sale;

fn card() -> CouponCode {
    CouponCode {
        name: "Card 7".to_owned(),
        coupon_code: "GIFT-7".to_owned(),
        pricing_rule: Some("R1".to_owned()),
        valid_from: Some("2026-11-01".parse().unwrap()),
        valid_upto: Some("2026-11-30".parse().unwrap()),
        maximum_use: 5,
        used: 2,
        ..CouponCode::default()
    }
}

fn refusal(coupon: &CouponCode, buyer: Option<&str>, today: &str, all: i64, unsent: i64) -> String {
    let buyer = buyer.map(|name| Customer {
        name: name.to_owned(),
        ..Customer::default()
    });
    let uses = CouponUses { all, unsent };
    check_coupon(coupon, buyer.as_ref(), today.parse().unwrap(), uses)
        .map_or_else(|refused| refused.to_string(), |()| String::new())
}

#[test]
fn a_use_counts_as_soon_as_this_till_has_sold_it() {
    let today = "2026-11-23";
    let used_up = "the coupon \"GIFT-7\" has been used up";
    // The server counts two; so many were sold here and so many of them are not sent yet.
    for (all, unsent, left, refused) in [
        (0, 0, 3, ""),
        (2, 2, 1, ""),
        (3, 3, 0, used_up),
        (4, 0, 1, ""),
        (5, 0, 0, used_up),
    ] {
        let uses = CouponUses { all, unsent };
        assert_eq!(uses_left(&card(), uses), Some(left), "{all} {unsent}");
        assert_eq!(
            refusal(&card(), None, today, all, unsent),
            refused,
            "{all} {unsent}"
        );
    }
    let unlimited = CouponCode {
        maximum_use: 0,
        ..card()
    };
    assert_eq!(refusal(&unlimited, None, today, 900, 900), "");
}

#[test]
fn a_coupon_holds_on_its_days_and_for_its_customer() {
    assert_eq!(
        refusal(&card(), None, "2026-10-31", 0, 0),
        "the coupon \"GIFT-7\" is not valid yet"
    );
    assert_eq!(refusal(&card(), None, "2026-11-01", 0, 0), "");
    assert_eq!(refusal(&card(), None, "2026-11-30", 0, 0), "");
    assert_eq!(
        refusal(&card(), None, "2026-12-01", 0, 0),
        "the coupon \"GIFT-7\" has expired"
    );
    let hers = CouponCode {
        customer: Some("Ada".to_owned()),
        ..card()
    };
    let others = "the coupon \"GIFT-7\" belongs to another customer; choose that customer first";
    assert_eq!(refusal(&hers, Some("Ada"), "2026-11-23", 0, 0), "");
    assert_eq!(refusal(&hers, Some("Bob"), "2026-11-23", 0, 0), others);
    assert_eq!(refusal(&hers, None, "2026-11-23", 0, 0), others);
}

#[test]
fn a_coupon_is_found_by_what_is_printed_on_it() {
    let sale = Sale {
        masters: vec![card().into()],
        ..Sale::default()
    };
    let shop = sale.shop();
    let name = |shown| find_coupon(&shop, shown).map(|coupon| coupon.name.as_str());
    assert_eq!(name("GIFT-7"), Some("Card 7"));
    assert_eq!(name("gift-7"), Some("Card 7"));
    assert_eq!(name("Card 7"), Some("Card 7"));
    assert_eq!(name("GIFT-8"), None);
}

#[test]
fn any_coupon_of_a_rule_switches_it_on() {
    let rule = PricingRule {
        coupon_code_based: true,
        ..percent("R1", 10.0)
    };
    let second = CouponCode {
        name: "Card 8".to_owned(),
        coupon_code: "GIFT-8".to_owned(),
        ..card()
    };
    let mut sale = Sale {
        masters: vec![card().into(), second.into()],
        ..Sale::of([rule])
    };
    for code in ["Card 7", "Card 8"] {
        sale.coupon_code = Some(code);
        assert_eq!(sale.amounts(&[("A", 1.0)]), [9.0], "{code}");
    }
}
