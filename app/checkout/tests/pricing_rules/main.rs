//! The named cases P1 to P22 of pricing rules, each as ERPNext 15.71 answered it, and what the
//! till says where it leaves a rule out.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/dollar_shop.rs"]
mod dollar_shop;
mod shop;

mod conditions;
mod coupons;
mod earlier_sales;
mod gifts;
mod left_out;
mod many_rules;
mod only_checked;
mod other_goods;
mod trees;
mod whole_document;

use checkout::draft::PricedDraft;
use checkout::masters::{
    ApplyOn, PriceOrProductDiscount, PricingRule, PricingRuleObject, RateOrDiscount,
};
use checkout::totals::MarginType;

use shop::{object, rule, sell};

fn percent(name: &str, discount_percentage: f64) -> PricingRule {
    PricingRule {
        discount_percentage,
        ..rule(name)
    }
}

fn amount(name: &str, discount_amount: f64) -> PricingRule {
    PricingRule {
        rate_or_discount: RateOrDiscount::DiscountAmount,
        discount_amount,
        ..percent(name, 0.0)
    }
}

fn rate(name: &str, rate: f64, uom: Option<&str>) -> PricingRule {
    PricingRule {
        rate_or_discount: RateOrDiscount::Rate,
        rate,
        objects: vec![PricingRuleObject {
            uom: uom.map(str::to_owned),
            ..object("A")
        }],
        ..percent(name, 0.0)
    }
}

fn together(rule: PricingRule) -> PricingRule {
    PricingRule {
        apply_multiple_pricing_rules: true,
        ..rule
    }
}

fn priority(rule: PricingRule, priority: &str) -> PricingRule {
    PricingRule {
        has_priority: true,
        priority: priority.to_owned(),
        ..rule
    }
}

fn on_group(rule: PricingRule) -> PricingRule {
    PricingRule {
        apply_on: ApplyOn::ItemGroup,
        objects: vec![object("All Item Groups")],
        ..rule
    }
}

fn on_transaction(rule: PricingRule) -> PricingRule {
    PricingRule {
        apply_on: ApplyOn::Transaction,
        objects: Vec::new(),
        ..rule
    }
}

fn gift(name: &str) -> PricingRule {
    PricingRule {
        price_or_product_discount: PriceOrProductDiscount::Product,
        same_item: true,
        free_qty: 1.0,
        is_recursive: true,
        recurse_for: 2.0,
        round_free_qty: true,
        ..percent(name, 0.0)
    }
}

/// Discount in per cent, rate and amount of the first row.
fn first(priced: &PricedDraft) -> (f64, f64, f64) {
    let row = &priced.totals.items[0];
    let cents = |value: f64| (value * 100.0).round() / 100.0;
    (row.discount_percentage, cents(row.rate), cents(row.amount))
}

/// Its name, the rules, the list price, quantity and unit, and what [`first`] comes to.
type Case = (
    &'static str,
    Vec<PricingRule>,
    f64,
    (f64, &'static str),
    (f64, f64, f64),
);

#[test]
fn rules_on_a_row_give_what_erpnext_gives() {
    let on_rate = |rule| PricingRule {
        apply_discount_on_rate: true,
        ..rule
    };
    let boxed = (1.0, "Box");
    let cases: [Case; 16] = [
        (
            "P1",
            vec![together(percent("R1", 10.0)), together(percent("R2", 5.0))],
            20.0,
            (1.0, "Nos"),
            (15.0, 17.0, 17.0),
        ),
        (
            "P2",
            vec![
                together(priority(percent("R1", 10.0), "1")),
                on_rate(together(priority(percent("R2", 5.0), "2"))),
            ],
            20.0,
            (1.0, "Nos"),
            (14.5, 17.1, 17.1),
        ),
        (
            "P3",
            vec![together(amount("R1", 2.0)), together(percent("R2", 10.0))],
            20.0,
            (1.0, "Nos"),
            (10.0, 18.0, 18.0),
        ),
        (
            "P4",
            vec![percent("R1", 33.3333)],
            150.0,
            (1.0, "Nos"),
            (33.33, 100.0, 100.0),
        ),
        (
            "P5",
            vec![percent("R1", 12.345)],
            1000.0,
            (1.0, "Nos"),
            (12.34, 876.6, 876.6),
        ),
        (
            "P6",
            vec![amount("R1", 1.1)],
            9.95,
            (2.0, "Nos"),
            (0.0, 8.85, 17.7),
        ),
        (
            "P9 Box",
            vec![rate("R1", 10.0, Some("Box"))],
            1.25,
            boxed,
            (0.0, 10.0, 10.0),
        ),
        (
            "P9 Nos",
            vec![rate("R1", 10.0, Some("Box"))],
            1.25,
            (12.0, "Nos"),
            (0.0, 1.25, 15.0),
        ),
        (
            "P10",
            vec![rate("R1", 0.0, None)],
            7.99,
            (1.0, "Nos"),
            (0.0, 7.99, 7.99),
        ),
        (
            "P12",
            vec![
                priority(percent("R1", 10.0), "9"),
                priority(percent("R2", 5.0), "10"),
            ],
            20.0,
            (1.0, "Nos"),
            (5.0, 19.0, 19.0),
        ),
        (
            "P13",
            vec![percent("R1", 10.0), on_group(percent("R2", 30.0))],
            20.0,
            (1.0, "Nos"),
            (10.0, 18.0, 18.0),
        ),
        (
            "P14",
            vec![
                priority(percent("R1", 10.0), "1"),
                priority(on_group(percent("R2", 30.0)), "2"),
            ],
            20.0,
            (1.0, "Nos"),
            (30.0, 14.0, 14.0),
        ),
        (
            "P18 below",
            vec![PricingRule {
                min_amt: 50.0,
                ..percent("R1", 10.0)
            }],
            24.99,
            (2.0, "Nos"),
            (0.0, 24.99, 49.98),
        ),
        (
            "P18 reached",
            vec![PricingRule {
                min_amt: 50.0,
                ..percent("R1", 10.0)
            }],
            25.0,
            (2.0, "Nos"),
            (10.0, 22.5, 45.0),
        ),
        (
            "P19 Box",
            vec![PricingRule {
                min_qty: 12.0,
                ..percent("R1", 10.0)
            }],
            1.125,
            boxed,
            (10.0, 12.15, 12.15),
        ),
        (
            "P19 Nos",
            vec![PricingRule {
                min_qty: 12.0,
                ..percent("R1", 10.0)
            }],
            1.25,
            (11.0, "Nos"),
            (0.0, 1.25, 13.75),
        ),
    ];
    for (name, rules, list_price, (qty, uom), expected) in cases {
        let priced = sell(rules, &[("A", list_price)], &[("A", qty, uom)]).unwrap();
        assert_eq!(first(&priced), expected, "{name}");
        assert_eq!(priced.notices, [], "{name}");
    }
}

#[test]
fn p8_a_rate_without_a_unit_is_one_of_the_stock_unit() {
    let priced = sell(
        [rate("R1", 4.5, None)],
        &[("A", 1.125)],
        &[("A", 1.0, "Box")],
    )
    .unwrap();
    assert_eq!(priced.totals.items[0].price_list_rate, 54.0);
    assert_eq!(first(&priced).1, 54.0);
}

#[test]
fn p15_a_margin_raises_the_price_that_the_discount_is_taken_from() {
    let margin = PricingRule {
        margin_type: Some(MarginType::Percentage),
        margin_rate_or_amount: 10.0,
        ..percent("R1", 5.0)
    };
    let priced = sell([margin], &[("A", 10.0)], &[("A", 1.0, "Nos")]).unwrap();
    let row = &priced.totals.items[0];
    assert_eq!((row.rate_with_margin, row.rate), (11.0, 10.45));
    assert!((row.discount_amount - 0.55).abs() < 1e-9);
}

#[test]
fn p16_a_recursive_gift_comes_in_whole_times() {
    let priced = sell([gift("R1")], &[("A", 10.0)], &[("A", 5.0, "Nos")]).unwrap();
    assert!(priced.rows[1].is_free_item);
    assert_eq!(priced.totals.items[1].qty, 2.0);
    assert_eq!(priced.totals.grand_total, 50.0);
}

#[test]
fn p17_another_item_is_given_for_its_own_price() {
    let other = PricingRule {
        same_item: false,
        free_item: Some("B".to_owned()),
        free_qty: 2.0,
        free_item_rate: 1.5,
        min_qty: 3.0,
        is_recursive: false,
        ..gift("R1")
    };
    let priced = sell([other], &[("A", 10.0), ("B", 4.0)], &[("A", 3.0, "Nos")]).unwrap();
    assert_eq!(priced.rows[1].item_code, "B");
    assert_eq!(priced.totals.items[1].amount, 3.0);
    assert_eq!(priced.totals.grand_total, 33.0);
}

#[test]
fn p20_mixed_conditions_count_all_rows_of_the_rule() {
    let mixed = PricingRule {
        mixed_conditions: true,
        min_qty: 3.0,
        objects: vec![object("A"), object("B")],
        ..percent("R1", 10.0)
    };
    let prices = [("A", 10.0), ("B", 5.0)];
    let lines = [("A", 1.0, "Nos"), ("B", 2.0, "Nos")];
    let priced = sell([mixed.clone()], &prices, &lines).unwrap();
    assert_eq!(priced.totals.grand_total, 18.0);
    let priced = sell([mixed], &prices, &[("A", 1.0, "Nos"), ("B", 1.0, "Nos")]).unwrap();
    assert_eq!(priced.totals.grand_total, 15.0);
}

#[test]
fn p21_a_percentage_on_the_document_goes_before_an_amount() {
    let from_50 = |rule| PricingRule {
        min_amt: 50.0,
        ..on_transaction(rule)
    };
    let rules = [from_50(percent("R1", 5.0)), from_50(amount("R2", 4.0))];
    let priced = sell(rules, &[("A", 20.0)], &[("A", 3.0, "Nos")]).unwrap();
    assert_eq!(priced.totals.grand_total, 57.0);
}

#[test]
fn p22_the_dates_of_a_rule_on_the_document_are_not_looked_at() {
    let past = PricingRule {
        valid_upto: Some("2020-01-31".parse().unwrap()),
        ..on_transaction(percent("R1", 5.0))
    };
    let priced = sell([past], &[("A", 20.0)], &[("A", 3.0, "Nos")]).unwrap();
    assert_eq!(priced.totals.grand_total, 57.0);
}
