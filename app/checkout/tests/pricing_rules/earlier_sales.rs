//! Cumulative rules: what was sold before counts, where the till knows it.

use checkout::catalog::{SoldHistory, SoldItem};
use checkout::masters::{ApplyOn, Item, PosProfile, PricingRule};

use super::shop::{Sale, item, object};
use super::{on_group, percent};

fn sold(item_code: &str, stock_qty: f64, amount: f64) -> SoldItem {
    SoldItem {
        item_code: item_code.to_owned(),
        stock_qty,
        amount,
    }
}

/// From ten on, counted since the first of November.
fn from_ten() -> PricingRule {
    PricingRule {
        is_cumulative: true,
        min_qty: 10.0,
        valid_from: Some("2026-11-01".parse().unwrap()),
        valid_upto: Some("2026-11-30".parse().unwrap()),
        ..percent("R1", 10.0)
    }
}

fn after(known_from: &str, items: Vec<SoldItem>, rule: PricingRule) -> Sale {
    Sale {
        sold: SoldHistory {
            known_from: Some(known_from.parse().unwrap()),
            items,
        },
        items: vec![
            Item::clone(&item("A")),
            Item::clone(&item("B")),
            Item {
                item_group: "All Item Groups".to_owned(),
                ..Item::clone(&item("C"))
            },
        ],
        ..Sale::of([rule])
    }
}

const UNKNOWN: &str = "pricing rule R1 was left out: it needs earlier sales of the whole shop, which the till does not have";

#[test]
fn what_was_sold_since_the_first_day_of_the_rule_counts() {
    let eight = vec![sold("A", 8.0, 80.0), sold("B", 50.0, 500.0)];
    let sale = after("2026-11-01", eight, from_ten());
    assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0]);
    assert_eq!(sale.amounts(&[("A", 2.0)]), [18.0]);
}

#[test]
fn amounts_count_as_quantities_do() {
    let rule = PricingRule {
        min_qty: 0.0,
        min_amt: 100.0,
        ..from_ten()
    };
    let sale = after("2026-10-01", vec![sold("A", 8.0, 85.0)], rule);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0]);
    assert_eq!(sale.amounts(&[("A", 2.0)]), [18.0]);
}

#[test]
fn a_rule_on_groups_counts_the_row_s_own_group_and_rows_together_count_all_of_the_rule() {
    let before = vec![sold("B", 4.0, 40.0), sold("C", 6.0, 60.0)];
    let own = after("2026-11-01", before.clone(), on_group(from_ten()));
    // B is of A's group, C is of the root itself.
    assert_eq!(own.amounts(&[("A", 5.0)]), [50.0]);
    assert_eq!(own.amounts(&[("A", 6.0)]), [54.0]);
    let mixed = PricingRule {
        mixed_conditions: true,
        ..on_group(from_ten())
    };
    let all = after("2026-11-01", before, mixed);
    assert_eq!(all.amounts(&[("A", 1.0)]), [9.0]);
}

#[test]
fn a_till_that_does_not_know_all_sales_says_so() {
    // It began to sell after the rule did.
    let late = after("2026-11-02", vec![sold("A", 9.0, 90.0)], from_ten());
    assert_eq!(late.sentences(&[("A", 5.0)]), [UNKNOWN]);
    assert_eq!(late.amounts(&[("A", 5.0)]), [50.0]);
    // It never sold, and the shop may have.
    let mut never = late.clone();
    never.sold = SoldHistory::default();
    assert_eq!(never.sentences(&[("A", 5.0)]), [UNKNOWN]);
    // The company has another till.
    let mut second = after("2026-11-01", vec![sold("A", 9.0, 90.0)], from_ten());
    let other = PosProfile {
        name: "Other counter".to_owned(),
        company: "HB".to_owned(),
        ..PosProfile::default()
    };
    second.masters.push(other.into());
    assert_eq!(second.sentences(&[("A", 5.0)]), [UNKNOWN]);
}

#[test]
fn a_rule_that_begins_today_needs_no_history() {
    let today = PricingRule {
        valid_from: Some("2026-11-23".parse().unwrap()),
        ..from_ten()
    };
    let mut sale = after("2026-11-23", Vec::new(), today);
    sale.sold = SoldHistory::default();
    assert_eq!(sale.amounts(&[("A", 10.0)]), [90.0]);
}

#[test]
fn a_rule_without_its_days_counts_nothing_before_as_the_server_finds_nothing() {
    let dateless = PricingRule {
        valid_upto: None,
        ..from_ten()
    };
    let sale = after("2026-11-20", vec![sold("A", 9.0, 90.0)], dateless);
    assert_eq!(sale.sentences(&[("A", 5.0)]), [""; 0]);
    assert_eq!(sale.amounts(&[("A", 5.0)]), [50.0]);
    assert_eq!(sale.amounts(&[("A", 10.0)]), [90.0]);
}

#[test]
fn where_the_first_rule_cannot_be_counted_the_next_one_is_asked() {
    let next = PricingRule {
        apply_on: ApplyOn::ItemCode,
        objects: vec![object("A")],
        ..percent("R0", 20.0)
    };
    let mut sale = after("2026-11-02", Vec::new(), from_ten());
    sale.rules.push(next);
    assert_eq!(sale.sentences(&[("A", 1.0)]), [UNKNOWN]);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [8.0]);
}

#[test]
fn for_other_goods_earlier_sales_make_no_difference_and_need_not_be_known() {
    let rule = PricingRule {
        apply_rule_on_other: Some(ApplyOn::ItemCode),
        other: Some("B".to_owned()),
        ..from_ten()
    };
    let sale = after("2026-11-20", vec![sold("A", 50.0, 500.0)], rule);
    assert_eq!(sale.sentences(&[("A", 5.0), ("B", 1.0)]), [""; 0]);
    assert_eq!(sale.amounts(&[("A", 5.0), ("B", 1.0)]), [50.0, 10.0]);
    assert_eq!(sale.amounts(&[("A", 10.0), ("B", 1.0)]), [100.0, 9.0]);
}
