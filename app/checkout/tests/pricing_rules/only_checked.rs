//! Rules that only check what the cashier gives, and those that are nearly reached.

use checkout::masters::PricingRule;
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
fn a_rate_after_a_percentage_leaves_what_the_percentage_came_to() {
    let then = |rule| together(priority(rule, "2"));
    let first = together(priority(percent("R1", 10.0), "1"));
    let own = then(rate("R2", 5.0, None));
    // 5.00 less the 1.00 that the percentage took off the list price.
    assert_eq!(
        Sale::of([first.clone(), own.clone()]).amounts(&[("A", 1.0)]),
        [4.0]
    );
    // A rate of another currency is no rate here.
    let foreign = PricingRule {
        currency: "EUR".to_owned(),
        ..own
    };
    assert_eq!(
        Sale::of([first, foreign.clone()]).amounts(&[("A", 1.0)]),
        [9.0]
    );
    assert_eq!(Sale::of([foreign]).amounts(&[("A", 1.0)]), [10.0]);
}

#[test]
fn of_rules_of_several_currencies_the_document_s_own_goes_first() {
    let foreign = PricingRule {
        currency: "EUR".to_owned(),
        ..percent("R2", 20.0)
    };
    assert_eq!(
        Sale::of([percent("R1", 10.0), foreign]).amounts(&[("A", 1.0)]),
        [9.0]
    );
}

#[test]
fn of_percentages_the_one_for_the_price_list_goes_first() {
    let shelf = PricingRule {
        for_price_list: Some("Shelf".to_owned()),
        ..percent("R1", 20.0)
    };
    assert_eq!(
        Sale::of([shelf, percent("R2", 10.0)]).amounts(&[("A", 1.0)]),
        [8.0]
    );
}
