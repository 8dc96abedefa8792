//! Documents that cannot be added up are refused with a sentence that says what to change.

use checkout::totals::{Document, ItemRow, Settings, TaxRow, TotalsError, calculate};

use crate::case::*;

fn refusal(document: Document) -> TotalsError {
    let settings = Settings {
        company_currency: "USD".to_owned(),
        ..Settings::default()
    };
    calculate(&document, &settings).expect_err("the document should be refused")
}

fn refused_taxes(taxes: &[TaxRow]) -> String {
    let items = vec![sold(1.0, 10.0)];
    refusal(Document {
        items,
        taxes: taxes.to_vec(),
        ..Document::default()
    })
    .to_string()
}

#[test]
fn tax_rows_may_only_build_on_earlier_rows() {
    let net_with_row_id = TaxRow {
        row_id: Some(1),
        ..net(5.0)
    };
    let without_row_id = TaxRow {
        row_id: None,
        ..on_total_of(1, 5.0)
    };
    for (taxes, sentence) in [
        (
            vec![net(5.0), net_with_row_id],
            "tax row 2 is On Net Total and cannot refer to another row; clear its reference row or charge it on a previous row",
        ),
        (
            vec![on_amount_of(1, 5.0)],
            "tax row 1 is On Previous Row Amount, but there is no previous row; choose another charge type",
        ),
        (
            vec![net(5.0), without_row_id],
            "tax row 2 is On Previous Row Total without a reference row; enter the number of an earlier row",
        ),
        (
            vec![net(5.0), on_total_of(2, 5.0)],
            "tax row 2 refers to row 2; refer to an earlier row",
        ),
        (
            vec![net(5.0), on_total_of(0, 5.0)],
            "tax row 2 refers to row 0; refer to an earlier row",
        ),
    ] {
        assert_eq!(refused_taxes(&taxes), sentence);
    }
}

#[test]
fn inclusive_taxes_need_inclusive_foundations() {
    for (taxes, sentence) in [
        (
            vec![inclusive(actual(5.0))],
            "tax row 1 is an Actual amount and cannot be included in the price; clear Included in Print Rate",
        ),
        (
            vec![net(5.0), inclusive(on_amount_of(1, 5.0))],
            "tax row 2 is included in the price, so tax row 1 must be included too; change one of them",
        ),
        (
            vec![
                net(5.0),
                inclusive(net(5.0)),
                inclusive(on_total_of(2, 5.0)),
            ],
            "tax row 3 is included in the price, so tax row 1 must be included too; change one of them",
        ),
        (
            vec![inclusive(net(-100.0))],
            "the taxes included in the price of row 1 add up to -100 %; correct the tax rates",
        ),
    ] {
        assert_eq!(refused_taxes(&taxes), sentence);
    }
    // As ERPNext has it, the row referred to need not be inclusive itself.
    let taxes = [
        inclusive(net(5.0)),
        net(5.0),
        inclusive(on_total_of(2, 5.0)),
    ];
    Case::new("on the total of an exclusive row", &[sold(1.0, 10.0)])
        .taxes(&taxes)
        .check(ALL);
}

#[test]
fn a_foreign_currency_needs_a_rate() {
    let (currency, conversion_rate) = ("EUR".to_owned(), 0.0);
    let error = refusal(Document {
        currency,
        conversion_rate,
        ..Document::default()
    });
    assert_eq!(
        error.to_string(),
        "there is no exchange rate from EUR to USD; enter the conversion rate"
    );
}

#[test]
fn a_discount_has_to_say_on_what() {
    let items = vec![sold(1.0, 10.0)];
    let amount = Document {
        items: items.clone(),
        discount_amount: 1.0,
        ..Document::default()
    };
    assert_eq!(refusal(amount), TotalsError::NoApplyDiscountOn);
    let percent = Document {
        items,
        additional_discount_percentage: 1.0,
        ..Document::default()
    };
    assert_eq!(refusal(percent), TotalsError::NoApplyDiscountOn);
}

#[test]
fn numbers_erpnext_cannot_store_are_refused() {
    for (item, field) in [
        (
            ItemRow {
                qty: f64::NAN,
                ..ItemRow::default()
            },
            "items[1].qty",
        ),
        (
            ItemRow {
                rate: f64::INFINITY,
                ..ItemRow::default()
            },
            "items[1].rate",
        ),
        (sold(1e6, 1e6), "items[1].amount"),
    ] {
        let error = refusal(Document {
            items: vec![item],
            ..Document::default()
        });
        assert!(
            matches!(&error, TotalsError::OutOfRange { field: found, .. } if found == field),
            "{error}"
        );
    }
    let settings = Settings {
        currency_precision: 10,
        ..Settings::default()
    };
    let error = calculate(&Document::default(), &settings).expect_err("ten decimals");
    assert_eq!(
        error.to_string(),
        "currency_precision asks for 10 decimals; at most 9 are possible"
    );
}
