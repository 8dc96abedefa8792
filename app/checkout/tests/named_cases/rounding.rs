//! `flt` by each method, and the decimals a site gives its amounts.

use checkout::totals::RoundingMethod::{self, Bankers, BankersLegacy, Commercial};
use checkout::totals::{TotalsError, currency_precision, flt};

#[test]
fn flt_rounds_ties_as_each_method_says() {
    // Value, precision, and the result in the legacy, the Banker's and the Commercial method.
    let table = [
        (0.5, 0, 0.0, 0.0, 1.0),
        (2.5, 0, 2.0, 2.0, 3.0),
        (-2.5, 0, -2.0, -2.0, -3.0),
        (2.675, 2, 2.68, 2.68, 2.68),
        (0.145, 2, 0.15, 0.14, 0.15),
        (17.955, 2, 17.96, 17.96, 17.96),
        (0.125, 2, 0.13, 0.12, 0.13),
        (-0.125, 2, -0.12, -0.12, -0.13),
        (1.005, 2, 1.01, 1.0, 1.01),
        (-1.135, 2, -1.13, -1.14, -1.14),
        (0.0005, 3, 0.001, 0.0, 0.001),
        (1_234_567.125, 2, 1_234_567.13, 1_234_567.12, 1_234_567.13),
        (-1.125, 2, -1.12, -1.12, -1.13),
        // A tie but for the noise of a few additions.
        (0.605_000_000_000_000_3, 2, 0.61, 0.6, 0.61),
    ];
    for (value, precision, legacy, bankers, commercial) in table {
        for (method, expected) in [
            (BankersLegacy, legacy),
            (Bankers, bankers),
            (Commercial, commercial),
        ] {
            assert_eq!(
                flt(value, precision, method),
                expected,
                "{value}, {precision}, {method:?}"
            );
        }
    }
}

#[test]
fn flt_of_what_is_not_a_number_is_zero() {
    for method in [BankersLegacy, Bankers, Commercial] {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, 5e-324] {
            assert_eq!(flt(value, 2, method), 0.0, "{value}, {method:?}");
        }
    }
}

#[test]
fn the_site_names_its_rounding_method() {
    assert_eq!("".parse(), Ok(BankersLegacy));
    assert_eq!("Banker's Rounding (legacy)".parse(), Ok(BankersLegacy));
    assert_eq!("Banker's Rounding".parse(), Ok(Bankers));
    assert_eq!("Commercial Rounding".parse(), Ok(Commercial));
    let unknown = "Truncation".parse::<RoundingMethod>();
    assert_eq!(
        unknown,
        Err(TotalsError::UnknownRoundingMethod("Truncation".to_owned()))
    );
}

#[test]
fn the_number_format_gives_the_decimals_unless_the_site_sets_them() {
    for (set, format, decimals) in [
        (None, "#,###.##", 2),
        (None, "#.###,##", 2),
        (None, "#,##,###.##", 2),
        (None, "#,###.###", 3),
        (None, "#.###", 0),
        (None, "#,###", 0),
        (Some(0), "#,###.###", 3),
        (Some(4), "#,###", 4),
    ] {
        assert_eq!(
            currency_precision(set, format),
            decimals,
            "{set:?}, {format}"
        );
    }
}
