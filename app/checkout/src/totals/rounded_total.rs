//! `set_rounded_total`: the total in the coins there are.

use super::calculation::Calculation;
use super::rounding::{RoundingMethod, flt, power_of_ten};

impl Calculation<'_> {
    /// Rounded total and rounding adjustment, in both currencies; all 0 where rounding is
    /// disabled.
    pub(super) fn set_rounded_total(&mut self) {
        if self.settings.disable_rounded_total {
            return;
        }
        let (rounder, totals) = (self.rounder, &mut self.totals);
        let precision = &rounder.precision.document;
        totals.rounded_total = round_based_on_smallest_currency_fraction(
            totals.grand_total,
            self.settings.smallest_currency_fraction_value,
            precision.rounded_total,
            self.settings.rounding_method,
        );
        totals.rounding_adjustment = rounder.flt(
            totals.rounded_total - totals.grand_total,
            precision.rounding_adjustment,
        );
        totals.base_rounding_adjustment = rounder.base(
            totals.rounding_adjustment,
            precision.rounding_adjustment,
            precision.base_rounding_adjustment,
        );
        totals.base_rounded_total = rounder.base(
            totals.rounded_total,
            precision.rounded_total,
            precision.base_rounded_total,
        );
    }
}

/// `value` as a multiple of `smallest`, halves towards -∞ (so a return may round away from its
/// sale); a whole number if `smallest` is 0.
fn round_based_on_smallest_currency_fraction(
    value: f64,
    smallest: f64,
    precision: u8,
    method: RoundingMethod,
) -> f64 {
    if smallest == 0.0 {
        return flt(flt(value, 0, method), precision, method);
    }
    let remainder = if precision == 0 {
        floored_modulo(value, smallest)
    } else {
        let multiplier = power_of_ten(precision);
        floored_modulo(value * multiplier, smallest * multiplier) / multiplier
    };
    let remainder = flt(remainder, precision, method);
    let rounded = if remainder > smallest / 2.0 {
        value + (smallest - remainder)
    } else {
        value - remainder
    };
    flt(rounded, precision, method)
}

/// Python's `%`: the remainder has the sign of the divisor.
fn floored_modulo(dividend: f64, divisor: f64) -> f64 {
    let remainder = dividend % divisor;
    if remainder != 0.0 && (remainder < 0.0) != (divisor < 0.0) {
        remainder + divisor
    } else {
        remainder
    }
}
