//! Rules whose discount goes to other goods than those that are counted, and rules that several
//! rows of their table hold for.

use checkout::masters::{ApplyOn, Item, ItemGroup, PriceOrProductDiscount, PricingRule};
use checkout::pricing_rules::{Context, Memory, Row, Rows, row_rules};

use super::shop::{Sale, item, object};
use super::{on_group, percent, together};

/// Three of A make B half the price.
fn three_for_b() -> PricingRule {
    PricingRule {
        apply_rule_on_other: Some(ApplyOn::ItemCode),
        other: Some("B".to_owned()),
        min_qty: 3.0,
        ..percent("R1", 50.0)
    }
}

#[test]
fn the_discount_goes_to_the_other_goods_once_enough_of_the_own_are_bought() {
    let sale = Sale::of([three_for_b()]);
    assert_eq!(sale.amounts(&[("A", 2.0), ("B", 1.0)]), [20.0, 10.0]);
    assert_eq!(sale.amounts(&[("A", 3.0), ("B", 1.0)]), [30.0, 5.0]);
    assert_eq!(sale.amounts(&[("B", 1.0), ("A", 3.0)]), [5.0, 30.0]);
    assert_eq!(sale.amounts(&[("B", 9.0)]), [90.0]);
}

#[test]
fn the_first_row_of_the_own_goods_alone_decides() {
    let sale = Sale::of([three_for_b()]);
    // The server walks on with what the first row left, which is nothing.
    let lines = [("A", 1.0), ("A", 3.0), ("B", 1.0)];
    assert_eq!(sale.amounts(&lines), [10.0, 30.0, 10.0]);
    let lines = [("A", 3.0), ("A", 1.0), ("B", 1.0)];
    assert_eq!(sale.amounts(&lines), [30.0, 10.0, 5.0]);
}

#[test]
fn rows_together_count_for_the_other_goods_too() {
    let mixed = PricingRule {
        mixed_conditions: true,
        ..three_for_b()
    };
    let sale = Sale::of([mixed]);
    let lines = [("A", 1.0), ("A", 2.0), ("B", 1.0)];
    assert_eq!(sale.amounts(&lines), [10.0, 20.0, 5.0]);
    assert_eq!(sale.amounts(&[("A", 2.0), ("B", 3.0)]), [20.0, 30.0]);
}

#[test]
fn other_groups_are_compared_by_name_and_own_groups_with_all_below() {
    let rule = PricingRule {
        apply_rule_on_other: Some(ApplyOn::ItemGroup),
        other: Some("Pens".to_owned()),
        ..on_group(percent("R1", 50.0))
    };
    let below = |name: &str, parent: &str| ItemGroup {
        name: name.to_owned(),
        parent_item_group: Some(parent.to_owned()),
        ..ItemGroup::default()
    };
    let of = |code: &str, group: &str| Item {
        item_group: group.to_owned(),
        ..Item::clone(&item(code))
    };
    let sale = Sale {
        masters: vec![
            below("Pens", "All Item Groups").into(),
            below("Fine pens", "Pens").into(),
        ],
        items: vec![of("B", "Pens"), of("C", "Fine pens")],
        ..Sale::of([rule])
    };
    assert_eq!(
        sale.amounts(&[("A", 1.0), ("B", 1.0), ("C", 1.0)]),
        [10.0, 5.0, 10.0]
    );
}

#[test]
fn a_gift_of_a_rule_for_other_goods_comes_with_the_own_goods_too() {
    let rule = PricingRule {
        price_or_product_discount: PriceOrProductDiscount::Product,
        free_item: Some("B".to_owned()),
        ..three_for_b()
    };
    let sale = Sale {
        items: vec![Item::clone(&item("B"))],
        ..Sale::of([rule])
    };
    assert_eq!(sale.amounts(&[("A", 2.0)]), [20.0]);
    assert_eq!(sale.amounts(&[("A", 3.0)]), [30.0, 0.0]);
}

#[test]
fn a_row_says_whether_a_change_of_others_can_change_it() {
    let looks = |rule: PricingRule, code: &str| {
        let sale = Sale::of([rule]);
        let (shop, lines) = (sale.shop(), [("A", 1.0), ("B", 1.0)]);
        let catalog = sale.catalog(&lines);
        let item = item(code);
        let memory = Memory::default();
        let context = Context {
            shop: &shop,
            catalog: &catalog,
            customer: None,
            price_list: "Shelf",
            date: "2026-11-23".parse().unwrap(),
            tax_category: None,
            coupon_rule: None,
            memory: &memory,
        };
        let row = Row {
            item: &item,
            uom: "Nos",
            qty: 1.0,
            conversion_factor: 1.0,
            price_list_rate: 10.0,
        };
        let outcome = row_rules(&context, &Rows::new(vec![row]), 0).unwrap();
        outcome.looks_at_other_rows
    };
    assert!(looks(three_for_b(), "B"));
    assert!(!looks(three_for_b(), "C"));
    assert!(!looks(percent("R1", 10.0), "A"));
    let mixed = PricingRule {
        mixed_conditions: true,
        min_qty: 3.0,
        ..percent("R1", 10.0)
    };
    assert!(looks(mixed, "A"));
}

#[test]
fn a_rule_that_two_rows_of_its_table_hold_for_contradicts_itself() {
    let twice = PricingRule {
        objects: vec![object("Tools"), object("All Item Groups")],
        ..on_group(percent("R1", 10.0))
    };
    let sale = Sale::of([twice.clone()]);
    assert_eq!(
        sale.sentences(&[("A", 1.0)]),
        [
            "pricing rule R1 was left out: several rows of its table are for A, which ERPNext takes for a contradiction; make a rule of each row"
        ]
    );
    assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0]);
    // Where rules apply together it is applied twice.
    assert_eq!(Sale::of([together(twice)]).amounts(&[("A", 1.0)]), [8.0]);
}

#[test]
fn a_variant_is_not_among_the_rows_that_count_together_for_its_template() {
    let mixed = PricingRule {
        objects: vec![object("SHIRT")],
        mixed_conditions: true,
        min_qty: 2.0,
        ..percent("R1", 10.0)
    };
    let mut sale = Sale {
        items: vec![Item {
            variant_of: Some("SHIRT".to_owned()),
            ..Item::clone(&item("SHIRT-M"))
        }],
        ..Sale::of([mixed])
    };
    assert_eq!(sale.amounts(&[("SHIRT-M", 2.0)]), [20.0]);
    // Alone it falls under the rules of its template.
    sale.rules[0].mixed_conditions = false;
    assert_eq!(sale.amounts(&[("SHIRT-M", 2.0)]), [18.0]);
}
