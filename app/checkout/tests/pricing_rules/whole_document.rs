//! Rules on the whole document.

use checkout::masters::{CouponCode, Item, PricingRule};
use checkout::pricing_rules::DocumentDiscount;

use super::shop::{Sale, item};
use super::{amount, gift, on_transaction, percent, together};

fn total(sale: &Sale, lines: &[(&str, f64)]) -> f64 {
    sale.of_lines(lines).unwrap().totals.grand_total
}

fn coupon(rule: PricingRule) -> PricingRule {
    PricingRule {
        coupon_code_based: true,
        ..rule
    }
}

fn save() -> CouponCode {
    CouponCode {
        name: "SAVE".to_owned(),
        pricing_rule: Some("R1".to_owned()),
        ..CouponCode::default()
    }
}

#[test]
fn a_coupon_s_rule_takes_the_discount_away_without_its_coupon_and_ends_the_search_with_it() {
    let rules = [
        coupon(on_transaction(percent("R1", 5.0))),
        on_transaction(percent("R2", 2.0)),
    ];
    let mut sale = Sale {
        masters: vec![save().into()],
        ..Sale::of(rules)
    };
    // R1 sets nothing, R2 two per cent.
    assert_eq!(total(&sale, &[("A", 10.0)]), 98.0);
    sale.coupon_code = Some("SAVE");
    assert_eq!(total(&sale, &[("A", 10.0)]), 95.0);
    sale.rules.pop();
    sale.coupon_code = None;
    sale.discount.additional_discount_percentage = 50.0;
    assert_eq!(total(&sale, &[("A", 10.0)]), 100.0);
}

#[test]
fn earlier_sales_are_never_counted_for_the_whole_document() {
    let rule = PricingRule {
        is_cumulative: true,
        valid_from: Some("2026-11-01".parse().unwrap()),
        valid_upto: Some("2026-11-30".parse().unwrap()),
        min_amt: 50.0,
        ..on_transaction(percent("R1", 10.0))
    };
    let sale = Sale::of([rule]);
    assert_eq!(sale.sentences(&[("A", 5.0)]), [""; 0]);
    assert_eq!(total(&sale, &[("A", 4.0)]), 40.0);
    assert_eq!(total(&sale, &[("A", 5.0)]), 45.0);
}

#[test]
fn what_is_given_for_the_document_needs_no_coupon() {
    let rule = PricingRule {
        same_item: false,
        free_item: Some("A".to_owned()),
        is_recursive: false,
        ..coupon(on_transaction(gift("R1")))
    };
    let sale = Sale::of([rule]);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0, 0.0]);
}

#[test]
fn a_rule_that_only_checks_speaks_where_the_cashier_gave_less() {
    let rule = PricingRule {
        title: "Regulars".to_owned(),
        validate_applied_rule: true,
        ..on_transaction(amount("R1", 3.0))
    };
    let mut sale = Sale {
        discount: DocumentDiscount {
            discount_amount: 1.0,
            ..DocumentDiscount::default()
        },
        ..Sale::of([rule])
    };
    assert_eq!(total(&sale, &[("A", 10.0)]), 99.0);
    assert_eq!(
        sale.sentences(&[("A", 10.0)]),
        ["\"Regulars\" (pricing rule R1) allows 3.00 USD off; it is given by hand"]
    );
    // More than the rule gives comes down to it, as on the server.
    sale.discount.discount_amount = 4.0;
    assert_eq!(total(&sale, &[("A", 10.0)]), 97.0);
}

#[test]
fn of_the_gifts_at_the_end_every_second_one_stays_when_no_rule_is_reached() {
    let gift_of = |name: &str, item: &str| PricingRule {
        same_item: false,
        free_item: Some(item.to_owned()),
        is_recursive: false,
        ..together(gift(name))
    };
    let missed = PricingRule {
        min_amt: 1_000.0,
        ..on_transaction(percent("R9", 5.0))
    };
    let b = Item::clone(&item("B"));
    let c = Item::clone(&item("C"));
    let mut sale = Sale {
        items: vec![b, c],
        ..Sale::of([gift_of("R1", "C"), gift_of("R2", "B")])
    };
    let codes = |sale: &Sale| -> Vec<String> {
        let rows = sale.of_lines(&[("A", 1.0)]).unwrap().rows;
        rows.into_iter().map(|row| row.item_code).collect()
    };
    assert_eq!(codes(&sale), ["A", "B", "C"]);
    sale.rules.push(missed);
    assert_eq!(codes(&sale), ["A", "C"]);
}
