//! Five hundred rules: each row finds its own, as if all had been asked one by one.

use std::collections::BTreeSet;

use checkout::masters::{ApplyOn, Item, ItemGroup, Master, PricingRule};
use checkout::pricing_rules::RuleBook;
use proptest::prelude::*;

use super::shop::{Sale, item, object};
use super::{percent, priority, together};

fn group(name: &str, parent: &str) -> Master {
    ItemGroup {
        name: name.to_owned(),
        parent_item_group: Some(parent.to_owned()),
        ..ItemGroup::default()
    }
    .into()
}

/// Groups G0 to G9, each under the one before.
fn groups() -> Vec<Master> {
    let parent = |level: usize| match level {
        0 => "All Item Groups".to_owned(),
        _ => format!("G{}", level - 1),
    };
    (0..10)
        .map(|level| group(&format!("G{level}"), &parent(level)))
        .collect()
}

fn goods(code: &str, level: usize, brand: &str) -> Item {
    Item {
        item_group: format!("G{level}"),
        brand: Some(brand.to_owned()),
        ..Item::clone(&item(code))
    }
}

fn on(name: &str, apply_on: ApplyOn, value: &str) -> PricingRule {
    let objects = vec![object(value)];
    let rule = together(percent(name, 1.0));
    PricingRule {
        apply_on,
        objects,
        ..priority(rule, "1")
    }
}

#[test]
fn of_five_hundred_rules_a_row_gets_those_of_its_item_its_groups_and_its_brand() {
    let mut rules: Vec<PricingRule> = (0..480)
        .map(|n| on(&format!("I{n}"), ApplyOn::ItemCode, &format!("ITEM-{n}")))
        .collect();
    for level in 0..10 {
        rules.push(on(
            &format!("G{level}"),
            ApplyOn::ItemGroup,
            &format!("G{level}"),
        ));
        rules.push(on(
            &format!("B{level}"),
            ApplyOn::Brand,
            &format!("Brand {level}"),
        ));
    }
    let sale = Sale {
        masters: groups(),
        items: vec![goods("ITEM-7", 3, "Brand 5")],
        ..Sale::of(rules)
    };
    let priced = sale.of_lines(&[("ITEM-7", 1.0)]).unwrap();
    let rules = priced.rows[0].pricing_rules.clone().unwrap();
    assert_eq!(rules, ["I7", "G3", "G2", "G1", "G0", "B5"]);
    assert_eq!(priced.totals.grand_total, 9.4);
}

#[test]
fn a_rule_is_found_by_its_name() {
    let rules = ["R2", "R10", "R1"].map(|name| percent(name, 1.0));
    let book = RuleBook::new(rules, &std::collections::BTreeMap::new());
    assert_eq!(book.get("R10").map(|rule| rule.name.as_str()), Some("R10"));
    assert!(book.get("R3").is_none());
}

/// Rules of any kind and value that apply together.
fn any_rules() -> impl Strategy<Value = Vec<PricingRule>> {
    let kind = prop_oneof![
        (0..20_u32).prop_map(|n| (ApplyOn::ItemCode, format!("ITEM-{n}"))),
        (0..10_u32).prop_map(|n| (ApplyOn::ItemGroup, format!("G{n}"))),
        Just((ApplyOn::ItemGroup, "All Item Groups".to_owned())),
        (0..4_u32).prop_map(|n| (ApplyOn::Brand, format!("Brand {n}"))),
    ];
    prop::collection::vec(kind, 0..80).prop_map(|kinds| {
        let rules = kinds.iter().enumerate();
        rules
            .map(|(n, (apply_on, value))| PricingRule {
                discount_percentage: 0.1,
                ..on(&format!("R{n}"), *apply_on, value)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_index_finds_what_asking_every_rule_finds(
        rules in any_rules(), item in 0..20_u32, level in 0..10_usize, brand in 0..4_u32,
    ) {
        let code = format!("ITEM-{item}");
        let brand = format!("Brand {brand}");
        let expected: BTreeSet<String> = rules
            .iter()
            .filter(|rule| {
                let value = &rule.objects[0].value;
                match rule.apply_on {
                    ApplyOn::ItemCode => *value == code,
                    ApplyOn::ItemGroup => {
                        value == "All Item Groups" || (0..=level).any(|l| *value == format!("G{l}"))
                    }
                    _ => *value == brand,
                }
            })
            .map(|rule| rule.name.clone())
            .collect();
        let sale = Sale {
            masters: groups(),
            items: vec![goods(&code, level, &brand)],
            ..Sale::of(rules)
        };
        let priced = sale.of_lines(&[(code.as_str(), 1.0)]).unwrap();
        let found = priced.rows[0].pricing_rules.clone().unwrap_or_default();
        prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    }
}
