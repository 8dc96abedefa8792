//! Which Item Tax Template holds.

use checkout::item_tax::TemplateQuery;
use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::draft::{self, Draft, DraftLine, PricedDraft};
use checkout::masters::{
    Item, ItemTax, ItemTaxTemplate, ItemTaxTemplateDetail, Master, PricingRule, PricingRuleObject,
};
use checkout::pricing_rules::DocumentDiscount;
use checkout::shop::Shop;
use checkout::totals::{ApplyDiscountOn, MarginType};

use crate::shop::{date, group, pencil, price, shop_with};

fn tax(template: &str) -> ItemTax {
    ItemTax {
        item_tax_template: template.to_owned(),
        ..ItemTax::default()
    }
}

fn template(name: &str, company: &str, disabled: bool, rate: f64) -> Master {
    ItemTaxTemplate {
        name: name.to_owned(),
        company: company.to_owned(),
        disabled,
        taxes: vec![ItemTaxTemplateDetail {
            tax_type: "VAT - HB".to_owned(),
            tax_rate: rate,
        }],
    }
    .into()
}

/// The template on the first of June.
fn template_of<'s>(
    shop: &'s Shop,
    item: &Item,
    tax_category: Option<&'s str>,
    base_net_rate: f64,
) -> Option<&'s str> {
    let query = TemplateQuery {
        shop,
        tax_category,
        date: date("2026-06-01"),
        base_net_rate,
    };
    query.template_of(item)
}

pub fn tax_shop() -> Shop {
    tax_shop_with([])
}

fn tax_shop_with<const N: usize>(more: [Master; N]) -> Shop {
    let masters = [
        template("Zero", "HB", false, 0.0),
        template("Reduced", "HB", false, 5.0),
        template("Export", "HB", false, 1.0),
        template("Theirs", "Other", false, 2.0),
        template("Off", "HB", true, 3.0),
        group("All", None, vec![tax("Reduced")]),
        group("Paper", Some("All"), vec![]),
        group("Drawing", Some("Paper"), vec![]),
        group("Books", Some("Paper"), vec![tax("Zero")]),
    ];
    shop_with(masters.into_iter().chain(more))
}

#[test]
fn item_taxes_are_chosen_by_company_category_date_and_rate() {
    let shop = tax_shop();
    let dated = |template: &str, day: &str| ItemTax {
        valid_from: Some(date(day)),
        ..tax(template)
    };
    let export = || ItemTax {
        tax_category: Some("Export".to_owned()),
        ..tax("Export")
    };
    let up_to = |template: &str, minimum_net_rate, maximum_net_rate| ItemTax {
        minimum_net_rate,
        maximum_net_rate,
        ..tax(template)
    };
    let ranges = || vec![up_to("Zero", 0.0, 10.0), up_to("Reduced", 10.01, 50.0)];
    type Case<'a> = (&'a str, Vec<ItemTax>, Option<&'a str>, f64, Option<&'a str>);
    let cases: Vec<Case<'_>> = vec![
        ("its own", vec![tax("Zero")], None, 1.0, Some("Zero")),
        (
            "another company's and a disabled one are none: the group's",
            vec![tax("Theirs"), tax("Off"), tax("Unheard of")],
            None,
            1.0,
            Some("Reduced"),
        ),
        (
            "for the document's category",
            vec![tax("Zero"), export()],
            Some("Export"),
            1.0,
            Some("Export"),
        ),
        (
            "a category's row does not fit a document without one",
            vec![export()],
            None,
            1.0,
            Some("Reduced"),
        ),
        (
            "the newest that is valid before those without a date",
            vec![
                tax("Export"),
                dated("Zero", "2026-01-01"),
                dated("Reduced", "2026-05-31"),
            ],
            None,
            1.0,
            Some("Reduced"),
        ),
        (
            "not yet valid",
            vec![dated("Zero", "2026-06-02"), tax("Export")],
            None,
            1.0,
            Some("Export"),
        ),
        ("low in the range", ranges(), None, 10.0, Some("Zero")),
        ("high in the range", ranges(), None, 10.01, Some("Reduced")),
        (
            "above every range",
            vec![up_to("Zero", 0.0, 10.0), tax("Export")],
            None,
            50.01,
            Some("Export"),
        ),
    ];
    for (what, taxes, category, rate, expected) in cases {
        let item = Item { taxes, ..pencil() };
        let found = template_of(&shop, &item, category, rate);
        assert_eq!(found, expected, "{what}");
    }
    for (item_group, expected) in [
        ("Books", Some("Zero")),
        ("Drawing", Some("Reduced")),
        ("Unheard of", None),
    ] {
        let item_group = item_group.to_owned();
        let item = Item {
            item_group,
            ..pencil()
        };
        let found = template_of(&shop, &item, None, 1.0);
        assert_eq!(found, expected);
    }
}

#[test]
fn a_dated_row_of_a_group_outweighs_the_items_own_undated_one_when_the_document_is_saved() {
    let dated = |template: &str, valid_from: &str| ItemTax {
        valid_from: Some(date(valid_from)),
        ..tax(template)
    };
    let found = |item_taxes: Vec<ItemTax>, of_group: Vec<ItemTax>| {
        let shop = shop_with([
            template("Zero", "HB", false, 0.0),
            template("Reduced", "HB", false, 5.0),
            template("Export", "HB", false, 1.0),
            group("All", None, of_group),
            group("Drawing", Some("All"), vec![]),
        ]);
        let item = Item {
            taxes: item_taxes,
            ..pencil()
        };
        let found = template_of(&shop, &item, None, 1.0);
        found.map(str::to_owned)
    };
    let reduced = || vec![dated("Reduced", "2026-01-01")];
    assert_eq!(found(vec![tax("Zero")], reduced()).unwrap(), "Reduced");
    let future = vec![dated("Reduced", "2026-07-01")];
    assert_eq!(found(vec![tax("Zero")], future).unwrap(), "Zero");
    let own = vec![dated("Zero", "2026-01-01")];
    assert_eq!(found(own, reduced()).unwrap(), "Zero");
    // It fits another tax category only, so nothing takes the place of the item's own.
    let export = ItemTax {
        tax_category: Some("Export".to_owned()),
        ..dated("Export", "2026-01-01")
    };
    assert_eq!(found(vec![tax("Zero")], vec![export]).unwrap(), "Zero");
    // An item without any template is not looked at again.
    let none = ItemTax {
        tax_category: Some("Export".to_owned()),
        ..tax("Zero")
    };
    assert_eq!(found(vec![none], vec![]), None);
}

#[test]
fn groups_that_hang_in_a_circle_end_the_search() {
    let shop = shop_with([
        group("Drawing", Some("Paper"), vec![]),
        group("Paper", Some("Drawing"), vec![]),
    ]);
    let found = template_of(&shop, &pencil(), None, 1.0);
    assert_eq!(found, None);
}

/// One pencil whose VAT is 0 % up to a net rate of 10 and else 5 %.
fn ranged(shop: &Shop, rate: f64, discount: DocumentDiscount) -> PricedDraft {
    let range = |template: &str, minimum_net_rate, maximum_net_rate| ItemTax {
        valid_from: Some(date("2026-01-01")),
        minimum_net_rate,
        maximum_net_rate,
        ..tax(template)
    };
    let item = Item {
        taxes: vec![range("Zero", 0.0, 10.0), range("Reduced", 10.01, 99.0)],
        ..pencil()
    };
    let catalog = MemoryCatalog {
        items: vec![Arc::new(item)],
        item_prices: vec![price("P1", rate)],
        ..MemoryCatalog::default()
    };
    let draft = Draft {
        customer: None,
        posting_date: date("2026-06-01"),
        lines: vec![DraftLine {
            item_code: "PENCIL".to_owned(),
            qty: 1.0,
            ..DraftLine::default()
        }],
        coupon_code: None,
        discount,
    };
    draft::price(shop, &catalog, &draft).unwrap()
}

#[test]
fn a_document_discount_that_takes_the_net_rate_into_another_range_changes_the_tax() {
    let shop = tax_shop();
    let taxed = |percentage| {
        let discount = DocumentDiscount {
            apply_discount_on: Some(ApplyDiscountOn::NetTotal),
            additional_discount_percentage: percentage,
            ..DocumentDiscount::default()
        };
        let priced = ranged(&shop, 12.0, discount);
        assert_eq!(priced.rows[0].item_tax_template.as_deref(), Some("Reduced"));
        let totals = priced.totals;
        (totals.total_taxes_and_charges, totals.grand_total)
    };
    assert_eq!(taxed(0.0), (0.6, 12.6));
    // 11.40 is still in the range of 5 %, 9.60 is not.
    assert_eq!(taxed(5.0), (0.57, 11.97));
    assert_eq!(taxed(20.0), (0.0, 9.6));
}

#[test]
fn a_margin_counts_in_the_rate_that_ranges_are_compared_with() {
    let margin = PricingRule {
        name: "R1".to_owned(),
        selling: true,
        currency: "USD".to_owned(),
        objects: vec![PricingRuleObject {
            value: "PENCIL".to_owned(),
            uom: None,
        }],
        margin_type: Some(MarginType::Percentage),
        margin_rate_or_amount: 20.0,
        ..PricingRule::default()
    };
    let priced = ranged(&tax_shop_with([margin.into()]), 9.0, Default::default());
    // 9.00 would be free of tax.
    assert_eq!(priced.totals.grand_total, 11.34);
}
