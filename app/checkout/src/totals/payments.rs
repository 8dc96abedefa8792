//! Payments of a POS Invoice: what is to pay, paid and given back, and loyalty points.
//!
//! The server recomputes `paid_amount` on every draft save and keeps a `change_amount` other than
//! 0 unchecked, so the till sends the right one.

use super::settings::Settings;

/// The rounded total or, where that is 0, the grand total.
#[must_use]
pub fn amount_to_pay(grand_total: f64, rounded_total: f64) -> f64 {
    if rounded_total == 0.0 {
        grand_total
    } else {
        rounded_total
    }
}

/// `paid_amount`: the sum of the payments, which are negative in a return. Redeemed loyalty points
/// are not in it.
#[must_use]
pub fn paid_amount(payments: &[f64]) -> f64 {
    payments.iter().fold(0.0, |paid, amount| paid + amount)
}

/// `base_paid_amount`: the payments in the company's currency, each converted and rounded.
#[must_use]
pub fn base_paid_amount(payments: &[f64], conversion_rate: f64, settings: &Settings) -> f64 {
    payments.iter().fold(0.0, |paid, amount| {
        paid + settings.flt(amount * conversion_rate)
    })
}

/// `change_amount`: what to give back; 0 unless more was paid than is to pay. Given base values it
/// is `base_change_amount`.
///
/// ERPNext leaves its own value unrounded (0.019999999999999574 for 0.02); this one is rounded.
#[must_use]
pub fn change_amount(
    paid_amount: f64,
    amount_to_pay: f64,
    write_off_amount: f64,
    settings: &Settings,
) -> f64 {
    if amount_to_pay < paid_amount {
        settings.flt(paid_amount - amount_to_pay + write_off_amount)
    } else {
        0.0
    }
}

/// What is still to pay, not below 0. A return is settled when its paid amount equals its amount
/// to pay.
#[must_use]
pub fn outstanding_amount(paid_amount: f64, amount_to_pay: f64, settings: &Settings) -> f64 {
    settings.flt(amount_to_pay - paid_amount).max(0.0)
}

/// `loyalty_amount`: what `loyalty_points` pay, in the company's currency.
#[must_use]
pub fn loyalty_amount(loyalty_points: f64, conversion_factor: f64, settings: &Settings) -> f64 {
    settings.flt(loyalty_points * conversion_factor)
}

/// Points a customer earns on submit. `returned` is what the returns of the sale gave back, as a
/// positive number. The server takes a `collection_factor` of 0 for 1.
#[must_use]
pub fn loyalty_points_earned(
    grand_total: f64,
    loyalty_amount: f64,
    returned: f64,
    collection_factor: f64,
) -> i64 {
    let factor = if collection_factor == 0.0 {
        1.0
    } else {
        collection_factor
    };
    ((grand_total - loyalty_amount.trunc() - returned) / factor) as i64
}
