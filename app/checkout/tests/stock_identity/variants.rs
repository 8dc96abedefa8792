//! From a template to one of its variants.

use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::masters::{Item, ItemVariantAttribute, Master, PosProfile};
use checkout::shop::Shop;
use checkout::variant::{Selection, Variants};

use crate::shop::{date, group, pencil, shop_with};

fn rows(values: &[(&str, &str)]) -> Vec<ItemVariantAttribute> {
    let row = |(attribute, value): &(&str, &str)| ItemVariantAttribute {
        attribute: (*attribute).to_owned(),
        attribute_value: (*value).to_owned(),
    };
    values.iter().map(row).collect()
}

fn shirt(item_code: &str, size: &str, colour: &str) -> Item {
    Item {
        item_code: item_code.to_owned(),
        variant_of: Some("SHIRT".to_owned()),
        attributes: rows(&[("Colour", colour), ("Size", size)]),
        ..pencil()
    }
}

fn shirts_in(shop: &Shop) -> Variants {
    let template = Item {
        item_code: "SHIRT".to_owned(),
        has_variants: true,
        attributes: rows(&[("Size", ""), ("Colour", "")]),
        ..pencil()
    };
    let items = [
        shirt("A", "L", "Red"),
        shirt("B", "M", "Red"),
        shirt("C", "S", "Blue"),
        shirt("D", "XXL", "Blue"),
        Item {
            end_of_life: Some(date("2026-06-01")),
            ..shirt("E", "XS", "Red")
        },
        Item {
            item_group: "Workwear".to_owned(),
            ..shirt("F", "XXXL", "Red")
        },
    ];
    let catalog = MemoryCatalog {
        items: items.map(Arc::new).into(),
        ..MemoryCatalog::default()
    };
    Variants::of(shop, &catalog, &template, date("2026-06-01")).unwrap()
}

fn shirts() -> Variants {
    let mut shop = shop_with([group("Drawing", None, vec![])]);
    shop.profile = PosProfile {
        item_groups: vec!["Drawing".to_owned()],
        ..shop.profile
    };
    shirts_in(&shop)
}

fn selection(values: &[(&str, &str)]) -> Selection {
    let pair = |(attribute, value): &(&str, &str)| ((*attribute).to_owned(), (*value).to_owned());
    values.iter().map(pair).collect()
}

#[test]
fn attributes_stand_in_the_templates_order_and_sizes_from_small_to_large() {
    let shirts = shirts();
    let listed: Vec<_> = shirts
        .attributes()
        .iter()
        .map(|row| (row.attribute.as_str(), row.values.join(" ")))
        .collect();
    // Without the one past its end of life and the one of a group that is not sold here.
    let expected = [
        ("Size", "S M L XXL".to_owned()),
        ("Colour", "Blue Red".to_owned()),
    ];
    assert_eq!(listed, expected);
    let numbers = Variants::of(
        &shop_with(Vec::<Master>::new()),
        &MemoryCatalog {
            items: ["10", "9.5", "Large", "Extra", "Medium", "Extra Small"]
                .map(|size| Arc::new(shirt(size, size, "Red")))
                .into(),
            ..MemoryCatalog::default()
        },
        &shirt("SHIRT", "", ""),
        date("2026-06-01"),
    );
    assert_eq!(
        numbers.unwrap().attributes()[1].values,
        ["9.5", "10", "Extra Small", "Medium", "Large", "Extra"]
    );
}

#[test]
fn a_whole_selection_means_a_variant_and_what_the_shop_has_not_shows_as_impossible() {
    let shirts = shirts();
    let chosen = |values: &[(&str, &str)]| {
        shirts
            .chosen(&selection(values))
            .map(|item| item.item_code.clone())
    };
    assert_eq!(chosen(&[("Size", "M")]), None);
    assert_eq!(
        chosen(&[("Size", "M"), ("Colour", "Red")]).as_deref(),
        Some("B")
    );
    assert_eq!(chosen(&[("Size", "M"), ("Colour", "Blue")]), None);
    let red = selection(&[("Colour", "Red")]);
    assert!(shirts.is_possible(&red, "Size", "L"));
    assert!(!shirts.is_possible(&red, "Size", "S"));
    // Another value of the attribute itself stays open.
    assert!(shirts.is_possible(&red, "Colour", "Blue"));
}

#[test]
fn variants_by_manufacturer_are_told_apart_by_their_codes_and_never_guessed() {
    let by = |item_code: &str| Item {
        attributes: vec![],
        ..shirt(item_code, "", "")
    };
    let template = Item {
        attributes: vec![],
        ..by("SHIRT")
    };
    let catalog = MemoryCatalog {
        items: ["SHIRT-ACME", "SHIRT-BEST"]
            .map(|code| Arc::new(by(code)))
            .into(),
        ..MemoryCatalog::default()
    };
    let shop = shop_with(Vec::<Master>::new());
    let shirts = Variants::of(&shop, &catalog, &template, date("2026-06-01")).unwrap();
    assert!(shirts.chosen(&Selection::new()).is_none());
    let attribute = &shirts.attributes()[0];
    assert_eq!(attribute.values, ["SHIRT-ACME", "SHIRT-BEST"]);
    let best = selection(&[(attribute.attribute.as_str(), "SHIRT-BEST")]);
    assert_eq!(shirts.chosen(&best).unwrap().item_code, "SHIRT-BEST");
}
