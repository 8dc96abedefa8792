//! Money as an integer count of a currency's smallest unit.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A currency as documents of one site carry it: its ISO 4217 code and the number of decimals
/// amounts are rounded to on that site (ERPNext takes them from the number format, not from the
/// currency).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    decimals: u8,
}

impl Currency {
    /// A currency of three ASCII letters and 0 to 9 decimals.
    ///
    /// # Errors
    /// [`MoneyError::Currency`] when the code is not three ASCII letters or the decimals exceed 9.
    pub fn new(code: &str, decimals: u8) -> Result<Self, MoneyError> {
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(code) if code.is_ascii() && decimals <= 9 => Ok(Self { code, decimals }),
            _ => Err(MoneyError::Currency(code.to_owned())),
        }
    }

    /// No currency in particular (ISO 4217's `XXX`), for sums that nothing was added to.
    pub fn none() -> Self {
        Self {
            code: *b"XXX",
            decimals: 2,
        }
    }

    /// The ISO 4217 code, for example `USD`.
    pub fn code(&self) -> &str {
        // Checked to be ASCII when it was made.
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// The decimals that amounts carry.
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// No money of this currency.
    pub fn zero(self) -> Money {
        Money {
            units: 0,
            currency: self,
        }
    }

    fn scale(&self) -> f64 {
        10f64.powi(i32::from(self.decimals))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.code(), self.decimals)
    }
}

/// An amount of money: `units` smallest units of `currency`, so 17.30 USD is 1,730 units.
///
/// Sums saturate rather than wrap; mixing currencies is a programming error that debug builds
/// catch. As text and in JSON it reads `17.30 USD`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The count of smallest units; negative for refunds.
    pub units: i64,
    /// What the units are.
    pub currency: Currency,
}

impl Money {
    /// The amount nearest to `value` (in whole currency, as ERPNext's documents have it).
    pub fn from_f64(value: f64, currency: Currency) -> Self {
        // `as` saturates and maps NaN to 0; totals never produce either.
        Self {
            units: (value * currency.scale()).round() as i64,
            currency,
        }
    }

    /// The amount as ERPNext's documents have it, the double nearest to the decimal.
    pub fn to_f64(self) -> f64 {
        self.units as f64 / self.currency.scale()
    }

    /// Reads what a person typed: digits with at most one `.` or `,` before the decimals.
    ///
    /// # Errors
    /// [`MoneyError::Amount`] when it is not a number, has more decimals than the currency, or is
    /// larger than a till can hold (a billion).
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let fail = || MoneyError::Amount(text.to_owned());
        let trimmed = text.trim();
        let (sign, digits) = match trimmed.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, trimmed),
        };
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
        let decimals = usize::from(currency.decimals);
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty())
            || !all_digits(whole)
            || !all_digits(fraction)
            || fraction.len() > decimals
            || whole.len() > 9
        {
            return Err(fail());
        }
        let padded = format!("{whole}{fraction:0<decimals$}");
        let units: i64 = padded.parse().map_err(|_| fail())?;
        Ok(Self {
            units: sign * units,
            currency,
        })
    }

    /// The sum of two amounts.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        debug_assert_eq!(self.currency, other.currency);
        Self {
            units: self.units.saturating_add(other.units),
            ..self
        }
    }

    /// This amount less another.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        debug_assert_eq!(self.currency, other.currency);
        Self {
            units: self.units.saturating_sub(other.units),
            ..self
        }
    }

    /// The amount with its sign turned.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            units: self.units.saturating_neg(),
            ..self
        }
    }

    /// Whether there is none.
    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    /// Whether it is more than zero.
    pub fn is_positive(self) -> bool {
        self.units > 0
    }

    /// Whether it is less than zero.
    pub fn is_negative(self) -> bool {
        self.units < 0
    }

    /// The plain number with the currency's decimals and no grouping: `1234.50`.
    pub fn number(self) -> String {
        let decimals = usize::from(self.currency.decimals);
        let sign = if self.units < 0 { "-" } else { "" };
        let magnitude = self.units.unsigned_abs();
        if decimals == 0 {
            return format!("{sign}{magnitude}");
        }
        let scale = 10u64.pow(u32::from(self.currency.decimals));
        format!(
            "{sign}{}.{:0decimals$}",
            magnitude / scale,
            magnitude % scale
        )
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.currency.code())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let fail = || MoneyError::Amount(text.to_owned());
        let (number, code) = text.split_once(' ').ok_or_else(fail)?;
        let decimals = number
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        let currency = Currency::new(code, u8::try_from(decimals).map_err(|_| fail())?)?;
        let units: i64 = number.replace('.', "").parse().map_err(|_| fail())?;
        Ok(Self { units, currency })
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a text is not money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a currency code of three letters with at most nine decimals.
    #[error("{0:?} is not a currency code")]
    Currency(String),
    /// Not an amount in the currency.
    #[error("{0:?} is not an amount of money")]
    Amount(String),
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn usd() -> Currency {
        Currency::new("USD", 2).unwrap()
    }

    #[test]
    fn typed_amounts_are_read_exactly_or_refused() {
        assert_eq!(Money::parse("17.3", usd()).unwrap().units, 1730);
        assert_eq!(Money::parse("17,30", usd()).unwrap().units, 1730);
        assert_eq!(Money::parse(".5", usd()).unwrap().units, 50);
        for wrong in [
            "",
            ".",
            "1.234",
            "1e3",
            "12x",
            "--1",
            "9999999999",
            "1.2.3",
            "+1",
            "-",
        ] {
            assert!(
                Money::parse(wrong, usd()).is_err(),
                "{wrong:?} was read as money"
            );
        }
    }

    #[test]
    fn json_round_trip_keeps_currency_and_decimals() {
        for (units, text) in [(1730, "17.30 USD"), (-5, "-0.05 USD"), (0, "0.00 USD")] {
            let money = Money {
                units,
                currency: usd(),
            };
            assert_eq!(money.to_string(), text);
            assert_eq!(text.parse::<Money>().unwrap(), money);
        }
        let yen: Money = "1200 JPY".parse().unwrap();
        assert_eq!((yen.units, yen.currency.decimals()), (1200, 0));
    }
}
