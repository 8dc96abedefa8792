//! Conditions of rules: each operator, what fails, and that no text can break the till.

use checkout::masters::{Address, Customer, PricingRule};
use proptest::prelude::*;

use super::shop::Sale;
use super::{on_transaction, percent};

fn ada_buys(condition: &str) -> Sale {
    let condition = Some(condition.to_owned());
    let rule = PricingRule {
        condition,
        ..percent("R1", 10.0)
    };
    Sale {
        customer: Some(Customer {
            name: "Ada".to_owned(),
            customer_name: "Ada Byron".to_owned(),
            customer_group: Some("Staff".to_owned()),
            ..Customer::default()
        }),
        ..Sale::of([rule])
    }
}

#[test]
fn a_rule_holds_where_its_condition_is_true_in_python() {
    for condition in [
        "customer_group == 'Staff'",
        "customer_group != \"Guests\"",
        "1 < 2",
        "2 <= 2",
        "2 > 1.5",
        "2 >= 2",
        "1 < 2 < 3",
        "customer_group in ('Staff', 'Family')",
        "customer_group in ['Staff',]",
        "'Byron' in customer_name",
        "customer not in ['Bob']",
        "not customer == 'Bob'",
        "customer == 'Bob' or customer_group == 'Staff'",
        "customer == 'Ada' and (is_return == 0 and is_pos)",
        "territory is None and not territory",
        "customer is not None",
        "posting_date >= '2026-11-01'",
        "1 + 2 * 3 == 7",
        "(7 - 1) / -2 == -3",
        "True == 1 and False == 0",
        "[1, 2] == [1.0, 2] and (1,) != [1]",
        // The second is never asked.
        "customer or no_such_field",
    ] {
        assert_eq!(
            ada_buys(condition).amounts(&[("A", 1.0)]),
            [9.0],
            "{condition}"
        );
        assert_eq!(
            ada_buys(condition).sentences(&[("A", 1.0)]),
            [""; 0],
            "{condition}"
        );
    }
}

#[test]
fn a_rule_does_not_hold_where_its_condition_is_false() {
    for condition in [
        "customer_group == 'staff'",
        "customer_group",
        "1 > 2 < no_such_field",
        "not True",
        "None",
        "''",
        "[]",
        "1 == '1'",
        "customer == 'Ada' and 0",
    ] {
        let price = if condition == "customer_group" {
            9.0
        } else {
            10.0
        };
        assert_eq!(
            ada_buys(condition).amounts(&[("A", 1.0)]),
            [price],
            "{condition}"
        );
        assert_eq!(
            ada_buys(condition).sentences(&[("A", 1.0)]),
            [""; 0],
            "{condition}"
        );
    }
}

#[test]
fn a_condition_that_cannot_be_worked_out_is_named() {
    for (condition, problem) in [
        (
            "doc.customer == 'Ada'",
            "asks for \"doc.customer\", but ERPNext knows the document's fields by their names alone; leave out what stands before the dot",
        ),
        (
            "no_such_field == 1",
            "asks for \"no_such_field\", which the till does not have",
        ),
        (
            "total > 10",
            "asks for \"total\", which is known only for rules on the whole document",
        ),
        (
            "len(customer) > 1",
            "has \"len(\", which the till does not understand",
        ),
        (
            "customer.startswith('A')",
            "asks for \"customer.startswith\", but ERPNext knows the document's fields by their names alone; leave out what stands before the dot",
        ),
        ("7 % 2", "has \"%\", which the till does not understand"),
        (
            "f'{customer}'",
            "has \"f\", which the till does not understand",
        ),
        ("customer == ", "ends too early"),
        ("customer == 'Ada", "ends too early"),
        (
            "customer 'Ada'",
            "has \"Ada\", which the till does not understand",
        ),
        (
            "customer < 1",
            "fails, in ERPNext too: it compares which is more of a number and what is none",
        ),
        ("1 / 0", "fails, in ERPNext too: it divides by nought"),
        (
            "1 in 2",
            "fails, in ERPNext too: it looks into what holds nothing",
        ),
        (&"(".repeat(100), "is too long for the till"),
        (&"not ".repeat(100), "is too long for the till"),
        (&"1 + ".repeat(1_000), "is too long for the till"),
    ] {
        let sale = ada_buys(condition);
        let sentence = format!("pricing rule R1 was left out: its condition {problem}");
        assert_eq!(sale.sentences(&[("A", 1.0)]), [sentence]);
        assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0], "{condition}");
    }
}

#[test]
fn a_condition_sees_the_documents_tax_category() {
    let export = |tax_category: Option<&str>| Address {
        name: "Home".to_owned(),
        customers: vec!["Ada".to_owned()],
        tax_category: tax_category.map(str::to_owned),
        ..Address::default()
    };
    let mut sale = ada_buys("tax_category == 'Export'");
    let mut costs = |address| {
        sale.addresses = vec![address];
        sale.amounts(&[("A", 1.0)])
    };
    // It may come from the address.
    assert_eq!(costs(export(Some("Export"))), [9.0]);
    assert_eq!(costs(export(None)), [10.0]);
}

#[test]
fn a_rule_on_the_document_can_ask_for_its_sums() {
    let sale = Sale::of([on_transaction(PricingRule {
        condition: Some("total > 25 and total_qty < 9 and grand_total == net_total".to_owned()),
        ..percent("R1", 10.0)
    })]);
    let total = |qty| sale.of_lines(&[("A", qty)]).unwrap().totals.grand_total;
    assert_eq!(total(2.0), 20.0);
    assert_eq!(total(3.0), 27.0);
    assert_eq!(total(9.0), 90.0);
}

/// Pieces that conditions are made of, in any order.
fn nearly_a_condition() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "customer", "total", "'Staff'", "1", "0.5", "(", ")", "[", "]", ",", "==", "<", "in",
        "not", "and", "or", "is", "None", "+", "-", "*", "/", "'", "\\", ".", "é", "**",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn no_condition_breaks_the_till(text in prop_oneof![any::<String>(), nearly_a_condition()]) {
        let sale = ada_buys(&text);
        let priced = sale.of_lines(&[("A", 1.0)]);
        let total = priced.map(|priced| (priced.totals.grand_total, priced.notices.len()));
        prop_assert!(matches!(total, Ok((9.0, 0) | (10.0, 0 | 1))), "{total:?}");
    }

    #[test]
    fn no_bytes_break_the_till(bytes in prop::collection::vec(any::<u8>(), 0..3_000)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(ada_buys(&text).of_lines(&[("A", 1.0)]).is_ok());
    }
}
