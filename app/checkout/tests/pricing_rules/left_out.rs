//! Rules that are left out, and what is said about them.

use checkout::draft::DraftError;
use checkout::masters::{CouponCode, Item, Master, PricingRule};

use super::shop::{Sale, item, rule, sell, sell_with};
use super::{amount, first, gift, percent};

#[test]
fn p7_a_discount_above_the_price_is_refused() {
    let refused = sell([amount("R1", 25.0)], &[("A", 20.0)], &[("A", 1.0, "Nos")]);
    assert_eq!(refused.unwrap_err(), DraftError::Negative(-5.0));
}

#[test]
fn what_is_left_out_is_named_and_the_list_price_holds() {
    let cases: [(Vec<PricingRule>, &str); 5] = [
        // P11
        (
            vec![percent("R1", 10.0), percent("R2", 5.0)],
            "pricing rules R2, R1 contradict each other and none was applied; give one a higher priority in ERPNext",
        ),
        // P16
        (
            vec![PricingRule {
                round_free_qty: false,
                ..gift("R1")
            }],
            "pricing rule R1 gives 2.5 Nos, which has to be a whole number; set Round Free Qty of the rule in ERPNext",
        ),
        (
            vec![PricingRule {
                is_cumulative: true,
                valid_from: Some("2026-01-01".parse().unwrap()),
                valid_upto: Some("2026-12-31".parse().unwrap()),
                ..rule("R1")
            }],
            "pricing rule R1 was left out: it needs earlier sales of the whole shop, which the till does not have",
        ),
        (
            vec![PricingRule {
                condition: Some("doc.total > 10".to_owned()),
                ..rule("R1")
            }],
            "pricing rule R1 was left out: its condition asks for \"doc.total\", but ERPNext knows the document's fields by their names alone; leave out what stands before the dot",
        ),
        (
            vec![PricingRule {
                same_item: false,
                free_item: Some("Z".to_owned()),
                ..gift("R1")
            }],
            "pricing rule R1 gives the item \"Z\", which this till does not have; let it synchronise, or correct Free Item of the rule in ERPNext",
        ),
    ];
    for (rules, sentence) in cases {
        let priced = sell(rules, &[("A", 20.0)], &[("A", 5.0, "Nos")]).unwrap();
        let notices: Vec<String> = priced.notices.iter().map(ToString::to_string).collect();
        assert_eq!(notices, [sentence]);
        assert_eq!(first(&priced), (0.0, 20.0, 100.0), "{sentence}");
        assert_eq!(priced.rows.len(), 1, "{sentence}");
    }
}

#[test]
fn a_rule_with_a_coupon_waits_for_it() {
    let sell = |coupon: CouponCode, code| {
        let rule = PricingRule {
            coupon_code_based: true,
            ..percent("R1", 10.0)
        };
        let more: [Master; 2] = [rule.into(), coupon.into()];
        sell_with(more, &[("A", 20.0)], &[("A", 1.0, "Nos")], code)
    };
    let save = CouponCode {
        name: "SAVE".to_owned(),
        pricing_rule: Some("R1".to_owned()),
        maximum_use: 2,
        used: 1,
        ..CouponCode::default()
    };
    assert_eq!(first(&sell(save.clone(), None).unwrap()).1, 20.0);
    assert_eq!(first(&sell(save.clone(), Some("SAVE")).unwrap()).1, 18.0);
    let used_up = CouponCode { used: 2, ..save };
    for (coupon, code, sentence) in [
        (
            used_up.clone(),
            "SAVE",
            "the coupon \"SAVE\" has been used up",
        ),
        (
            CouponCode {
                valid_upto: Some("2026-11-22".parse().unwrap()),
                ..used_up.clone()
            },
            "SAVE",
            "the coupon \"SAVE\" has expired",
        ),
        (
            used_up,
            "SAFE",
            "there is no coupon \"SAFE\"; check its spelling or let the till synchronise",
        ),
    ] {
        let refused = sell(coupon, Some(code)).unwrap_err();
        assert_eq!(refused.to_string(), sentence);
    }
}

#[test]
fn a_discount_above_the_item_s_highest_is_left_out_once_it_is_rounded() {
    let sale = |discount_percentage| Sale {
        items: vec![Item {
            max_discount: 10.0,
            ..Item::clone(&item("A"))
        }],
        ..Sale::of([percent("R1", discount_percentage)])
    };
    assert_eq!(sale(10.0).amounts(&[("A", 1.0)]), [9.0]);
    assert_eq!(sale(10.004).amounts(&[("A", 1.0)]), [9.0]);
    assert_eq!(sale(10.01).amounts(&[("A", 1.0)]), [10.0]);
    assert_eq!(
        sale(10.01).sentences(&[("A", 1.0)]),
        [
            "pricing rules R1 were left out: they give more than the highest discount of A; raise Max Discount of the item in ERPNext"
        ]
    );
}
