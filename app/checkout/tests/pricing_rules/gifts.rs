//! What rules give away.

use checkout::masters::{
    Item, ItemTax, ItemTaxTemplate, ItemTaxTemplateDetail, ItemUom, PricingRule,
};

use super::shop::{Sale, item};
use super::{gift, on_transaction, percent, priority, together};

/// Two of B for their own price.
fn b(rule: PricingRule) -> PricingRule {
    PricingRule {
        same_item: false,
        free_item: Some("B".to_owned()),
        free_qty: 2.0,
        is_recursive: false,
        ..rule
    }
}

fn with_b(rules: impl IntoIterator<Item = PricingRule>) -> Sale {
    Sale {
        items: vec![Item {
            uoms: vec![ItemUom {
                uom: "Box".to_owned(),
                conversion_factor: 12.0,
            }],
            ..Item::clone(&item("B"))
        }],
        ..Sale::of(rules)
    }
}

fn given(sale: &Sale, lines: &[(&str, f64)]) -> Vec<(String, f64, String)> {
    let priced = sale.of_lines(lines).unwrap();
    let rows = priced.rows.into_iter().zip(priced.totals.items);
    rows.filter(|(row, _)| row.is_free_item)
        .map(|(row, item)| (row.item_code, item.qty, row.uom))
        .collect()
}

#[test]
fn a_recursive_gift_begins_after_what_is_bought_first() {
    let from_five = PricingRule {
        apply_recursion_over: 4.0,
        min_qty: 4.0,
        free_qty: 3.0,
        ..gift("R1")
    };
    let sale = Sale::of([from_five]);
    let qty = |bought| given(&sale, &[("A", bought)]).first().map(|row| row.1);
    assert_eq!(qty(3.0), None);
    // Nothing is left to count: the server gives it once.
    assert_eq!(qty(4.0), Some(3.0));
    assert_eq!(qty(5.0), None);
    assert_eq!(qty(6.0), Some(3.0));
    assert_eq!(qty(9.0), Some(6.0));
}

#[test]
fn a_gift_comes_in_its_own_unit_and_at_its_own_price() {
    let rule = PricingRule {
        free_item_uom: Some("Box".to_owned()),
        free_item_rate: 1.25,
        ..b(gift("R1"))
    };
    let sale = with_b([rule]);
    let expected = [("B".to_owned(), 2.0, "Box".to_owned())];
    assert_eq!(given(&sale, &[("A", 1.0)]), expected);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0, 2.5]);
}

#[test]
fn a_gift_is_given_only_by_the_last_rule_of_a_row() {
    let percent_last = [
        together(priority(b(gift("R1")), "1")),
        together(priority(percent("R2", 10.0), "2")),
    ];
    let sale = with_b(percent_last);
    assert_eq!(given(&sale, &[("A", 1.0)]), []);
    assert_eq!(
        sale.sentences(&[("A", 1.0)]),
        [
            "pricing rule R1 gives nothing together with R2, which is applied after it; give it the higher priority in ERPNext"
        ]
    );
    let gift_last = [
        together(priority(percent("R2", 10.0), "1")),
        together(priority(b(gift("R1")), "2")),
    ];
    let sale = with_b(gift_last);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [9.0, 0.0]);
}

#[test]
fn a_gift_has_the_taxes_of_its_own_item() {
    let template = ItemTaxTemplate {
        name: "Reduced".to_owned(),
        company: "HB".to_owned(),
        taxes: vec![ItemTaxTemplateDetail {
            tax_type: "VAT - HB".to_owned(),
            tax_rate: 7.0,
        }],
        ..ItemTaxTemplate::default()
    };
    let mut sale = with_b([b(gift("R1"))]);
    sale.items[0].taxes = vec![ItemTax {
        item_tax_template: "Reduced".to_owned(),
        ..ItemTax::default()
    }];
    sale.masters.push(template.into());
    let priced = sale.of_lines(&[("A", 1.0)]).unwrap();
    let templates: Vec<_> = priced
        .rows
        .iter()
        .map(|row| row.item_tax_template.as_deref())
        .collect();
    assert_eq!(templates, [None, Some("Reduced")]);
}

#[test]
fn a_gift_for_the_whole_document_counts_all_that_is_bought() {
    let rule = PricingRule {
        min_qty: 3.0,
        is_recursive: true,
        recurse_for: 3.0,
        free_qty: 1.0,
        ..on_transaction(b(gift("R1")))
    };
    let sale = with_b([rule]);
    assert_eq!(given(&sale, &[("A", 2.0)]), []);
    assert_eq!(given(&sale, &[("A", 4.0), ("C", 3.0)])[0].1, 2.0);
}

#[test]
fn a_gift_that_erpnext_would_refuse_is_left_out_by_name() {
    let sale = |change: fn(&mut Item)| {
        let mut sale = with_b([b(gift("R1"))]);
        change(&mut sale.items[0]);
        sale
    };
    let refused: [fn(&mut Item); 4] = [
        |item| item.disabled = true,
        |item| item.is_sales_item = false,
        |item| item.has_variants = true,
        |item| item.end_of_life = "2026-11-23".parse().ok(),
    ];
    for change in refused {
        assert_eq!(given(&sale(change), &[("A", 5.0)]), []);
        assert_eq!(
            sale(change).sentences(&[("A", 5.0)]),
            [
                "pricing rule R1 gives nothing: its item B is disabled, no sales item, a template of variants or past its end of life; correct Free Item of the rule in ERPNext"
            ]
        );
    }
    let still = sale(|item| item.end_of_life = "2026-11-24".parse().ok());
    assert_eq!(given(&still, &[("A", 5.0)]).len(), 1);
}
