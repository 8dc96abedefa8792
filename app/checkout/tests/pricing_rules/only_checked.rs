//! Rules that only check what the cashier gives, and those that are nearly reached.

use checkout::masters::{PricingRule, RateOrDiscount};
use checkout::totals::MarginType;

use super::shop::Sale;
use super::{amount, percent, priority, rate, together};

#[test]
fn a_rule_that_only_checks_gives_nothing_and_says_what_may_be_given() {
    let checks = |rule: PricingRule| PricingRule {
        title: "Damaged box".to_owned(),
        validate_applied_rule: true,
        ..rule
    };
    for (rule, effect) in [
        (percent("R1", 10.0), "10 % off"),
        (amount("R1", 2.5), "2.50 USD off"),
        (rate("R1", 8.0, None), "a price of 8.00 USD"),
    ] {
        let sale = Sale::of([checks(rule)]);
        let sentence =
            format!("\"Damaged box\" (pricing rule R1) allows {effect}; it is given by hand");
        assert_eq!(sale.sentences(&[("A", 1.0)]), [sentence]);
        assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0]);
    }
}

#[test]
fn a_rule_that_is_nearly_reached_is_told_to_the_customer() {
    let near = |rule: PricingRule| PricingRule {
        title: "Party".to_owned(),
        threshold_percentage: 30.0,
        ..rule
    };
    let from_ten = PricingRule {
        min_qty: 10.0,
        ..near(percent("R1", 10.0))
    };
    let sentences = |rule: &PricingRule, qty| Sale::of([rule.clone()]).sentences(&[("A", qty)]);
    assert_eq!(sentences(&from_ten, 6.0), [""; 0]);
    assert_eq!(
        sentences(&from_ten, 7.0),
        ["3 more of A bring \"Party\" (pricing rule R1)"]
    );
    assert_eq!(sentences(&from_ten, 10.0), [""; 0]);
    let upto_ten = PricingRule {
        max_qty: 10.0,
        ..near(percent("R1", 10.0))
    };
    assert_eq!(
        sentences(&upto_ten, 12.0),
        ["no more than 10 of A bring \"Party\" (pricing rule R1)"]
    );
    let from_hundred = PricingRule {
        min_amt: 100.0,
        ..near(percent("R1", 10.0))
    };
    assert_eq!(
        sentences(&from_hundred, 8.0),
        ["20.00 USD more of A bring \"Party\" (pricing rule R1)"]
    );
}

#[test]
fn the_last_rule_with_a_margin_decides_it_even_one_that_only_checks() {
    let margin = |rule: PricingRule, margin: f64| PricingRule {
        margin_type: Some(MarginType::Amount),
        margin_rate_or_amount: margin,
        ..together(rule)
    };
    let first = margin(priority(percent("R1", 0.0), "1"), 1.0);
    let second = margin(priority(percent("R2", 0.0), "2"), 3.0);
    let sale = Sale::of([first.clone(), second.clone()]);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [13.0]);
    let checks = PricingRule {
        validate_applied_rule: true,
        ..second
    };
    assert_eq!(Sale::of([first, checks]).amounts(&[("A", 1.0)]), [13.0]);
}

#[test]
fn a_rate_of_another_currency_leaves_the_list_price_and_takes_earlier_per_cents_away() {
    let foreign = PricingRule {
        rate_or_discount: RateOrDiscount::Rate,
        rate: 5.0,
        currency: "EUR".to_owned(),
        ..together(priority(percent("R2", 0.0), "2"))
    };
    let sale = Sale::of([foreign]);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0]);
}
