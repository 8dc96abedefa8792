//! `flt(x, p)`: the one way ERPNext rounds, in its three methods.
//!
//! Everything here works on IEEE-754 doubles, as the server does, and gives the very same double.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::TotalsError;

/// The largest precision Frappe offers for a field.
pub const MAX_PRECISION: u8 = 9;

/// System Settings.`rounding_method`.
///
/// Parses from the setting's own text; an empty setting means [`RoundingMethod::BankersLegacy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum RoundingMethod {
    /// "Banker's Rounding (legacy)": the default of the field and the only method of older sites.
    /// Halves go to the even number at precision 0 and towards +∞ at any other.
    #[default]
    #[serde(rename = "Banker's Rounding (legacy)", alias = "")]
    BankersLegacy,
    /// "Banker's Rounding": what the set-up wizard stores on new sites. Halves go to the even digit.
    #[serde(rename = "Banker's Rounding")]
    Bankers,
    /// "Commercial Rounding": halves go away from zero.
    #[serde(rename = "Commercial Rounding")]
    Commercial,
}

impl FromStr for RoundingMethod {
    type Err = TotalsError;

    fn from_str(setting: &str) -> Result<Self, TotalsError> {
        match setting {
            "" | "Banker's Rounding (legacy)" => Ok(Self::BankersLegacy),
            "Banker's Rounding" => Ok(Self::Bankers),
            "Commercial Rounding" => Ok(Self::Commercial),
            other => Err(TotalsError::UnknownRoundingMethod(other.to_owned())),
        }
    }
}

/// Rounds `value` to `precision` decimals as Frappe's `flt` does.
///
/// A value that is not finite gives 0, as on the server. A precision above [`MAX_PRECISION`]
/// counts as that.
#[must_use]
pub fn flt(value: f64, precision: u8, method: RoundingMethod) -> f64 {
    let precision = precision.min(MAX_PRECISION);
    if !value.is_finite() || value == 0.0 {
        return 0.0;
    }
    match method {
        RoundingMethod::BankersLegacy => bankers_legacy(value, precision),
        RoundingMethod::Bankers => bankers(value, precision),
        RoundingMethod::Commercial => pyround(away_from_zero(value), precision),
    }
}

fn bankers_legacy(value: f64, precision: u8) -> f64 {
    let multiplier = power_of_ten(precision);
    let scaled = pyround(value * multiplier, 8);
    if !scaled.is_finite() {
        return 0.0;
    }
    let floor = scaled.floor();
    let rounded = if scaled - floor == 0.5 && precision > 0 {
        floor + 1.0
    } else {
        scaled.round_ties_even()
    };
    rounded / multiplier
}

fn bankers(value: f64, precision: u8) -> f64 {
    let multiplier = power_of_ten(precision);
    let scaled = pyround(value * multiplier, 12);
    if !scaled.is_finite() || scaled == 0.0 {
        return 0.0;
    }
    let floor = scaled.floor();
    let rounded = if is_less_than_epsilon((scaled - floor - 0.5).abs(), scaled) {
        if floor % 2.0 == 0.0 {
            floor
        } else {
            floor + 1.0
        }
    } else {
        scaled.round_ties_even()
    };
    rounded / multiplier
}

/// The server's `2 ** (log(|value|, 2) - 52)`: about one step of the double format at `value`.
/// The logarithm is computed as Python computes it, so that its last digits agree.
fn epsilon(value: f64) -> f64 {
    2.0_f64.powf(value.abs().ln() / 2.0_f64.ln() - 52.0)
}

/// `value` moved away from zero by [`epsilon`], without the logarithm unless its last digits count.
fn away_from_zero(value: f64) -> f64 {
    let about = value * f64::EPSILON;
    let (least, most) = (value + about * 0.999_999, value + about * 1.000_001);
    if least == most {
        least
    } else {
        value + epsilon(value).copysign(value)
    }
}

/// `distance < epsilon(value)`, without the logarithm unless it is a close call.
fn is_less_than_epsilon(distance: f64, value: f64) -> bool {
    let about = value.abs() * f64::EPSILON;
    if distance < about * 0.999_999 {
        true
    } else if distance > about * 1.000_001 {
        false
    } else {
        distance < epsilon(value)
    }
}

/// Python's `round(value, decimals)`: the decimal nearest to the exact binary value, ties to even,
/// as the double nearest to that decimal. `decimals` is at most 15.
///
/// Exact in integers: `value = mantissa · 2^-shift`, so `mantissa · 10^decimals` (under 104 bits)
/// has to be divided by a power of two. The quotient `k`, if below 2^53, is a double, and so is
/// 10^decimals; one division then rounds correctly. If `k` is larger, neighbouring doubles lie
/// more than 10^-decimals apart and the nearest to the decimal is `value` itself.
fn pyround(value: f64, decimals: u8) -> f64 {
    debug_assert!(decimals <= 15);
    let whole = value.round_ties_even();
    // A whole number is its own decimal, and what has been rounded before comes here as one.
    if decimals == 0 || value == whole || !value.is_finite() {
        return whole;
    }
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, shift) = match (bits >> 52) & 0x7ff {
        0 => (fraction, 1074),
        exponent => (fraction | (1 << 52), 1075 - exponent as i64),
    };
    if shift <= 0 {
        return value;
    }
    if shift >= 128 {
        return 0.0_f64.copysign(value);
    }
    let scaled = u128::from(mantissa) * u128::from(10_u64.pow(u32::from(decimals)));
    let quotient = scaled >> shift;
    let remainder = scaled - (quotient << shift);
    let half = 1_u128 << (shift - 1);
    let round_up = remainder > half || (remainder == half && quotient & 1 == 1);
    let rounded = quotient + u128::from(round_up);
    if rounded >= 1 << 53 {
        return value;
    }
    (rounded as f64 / power_of_ten(decimals)).copysign(value)
}

/// 10^`exponent` as a double, exact up to 10^22.
pub(super) fn power_of_ten(exponent: u8) -> f64 {
    const POWERS: [f64; 16] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];
    POWERS
        .get(usize::from(exponent))
        .copied()
        .unwrap_or_else(|| 10_f64.powi(i32::from(exponent)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    /// The standard library prints the exact binary value, rounded half to even.
    fn printed(value: f64, decimals: u8) -> f64 {
        format!("{value:.*}", usize::from(decimals))
            .parse()
            .unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: RngSeed::Fixed(1571),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn pyround_is_the_exact_value_correctly_rounded(
            value in prop_oneof![
                -1e6..1e6,
                any::<f64>().prop_filter("finite", |value| value.is_finite()),
                (-1_000_000_i32..1_000_000).prop_map(|halves| f64::from(halves) / 16.0),
            ],
            decimals in 0_u8..=12,
        ) {
            prop_assert_eq!(pyround(value, decimals), printed(value, decimals));
        }
    }

    #[test]
    fn close_calls_agree_with_the_logarithm() {
        // Mantissas about 1.5, where the last digit of the logarithm decides.
        for exponent in -12..30 {
            for steps in 0..6 {
                let value = f64::from_bits((1.5 * 2_f64.powi(exponent)).to_bits() - steps);
                assert_eq!(away_from_zero(value), value + epsilon(value));
                assert_eq!(away_from_zero(-value), -value - epsilon(value));
            }
        }
    }
}
