//! Exact decimal quantities: pieces, kilograms, hours.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A quantity in some unit of measure, exact in decimal; negative on returns.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Quantity(Decimal);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// One piece.
    pub const ONE: Self = Self(Decimal::ONE);

    /// The quantity nearest to a number ERPNext sent; zero when it is not finite.
    pub fn from_f64(value: f64) -> Self {
        Self(Decimal::from_f64(value).unwrap_or_default().normalize())
    }

    /// The quantity of a decimal.
    pub fn from_decimal(value: Decimal) -> Self {
        Self(value.normalize())
    }

    /// Reads what a person typed: `2`, `0.385` or `0,385`, with at most as many decimals as the
    /// shop counts in ([`crate::shop::Shop::quantity_decimals`]): the arithmetic would round off
    /// any more, and the receipt would say another quantity than was charged.
    ///
    /// # Errors
    /// [`QuantityError`] when it is not a number, is not above zero, has more decimals or more
    /// than six digits before them.
    pub fn parse(text: &str, decimals: u8) -> Result<Self, QuantityError> {
        let text = text.trim();
        let fail = || QuantityError(text.to_owned());
        // The library also reads `1e3` and `1_000`, which nobody means at a till.
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
        {
            return Err(fail());
        }
        let value: Decimal = text.replace(',', ".").parse().map_err(|_| fail())?;
        if value.normalize().scale() > u32::from(decimals)
            || value <= Decimal::ZERO
            || value >= Decimal::from(1_000_000)
        {
            return Err(fail());
        }
        Ok(Self(value.normalize()))
    }

    /// The quantity as ERPNext's documents have it.
    pub fn to_f64(self) -> f64 {
        self.0.to_f64().unwrap_or_default()
    }

    /// The sum of two quantities; unchanged where it would overflow.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(
            self.0
                .checked_add(other.0)
                .map_or(self.0, |sum| sum.normalize()),
        )
    }

    /// The quantity with its sign turned.
    #[must_use]
    pub fn negated(self) -> Self {
        Self(-self.0)
    }

    /// Whether it is a whole number, as pieces must be.
    pub fn is_whole(self) -> bool {
        self.0.fract().is_zero()
    }

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl From<i64> for Quantity {
    fn from(pieces: i64) -> Self {
        Self(Decimal::from(pieces))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.normalize(), f)
    }
}

/// A typed quantity that cannot be sold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a quantity")]
pub struct QuantityError(pub String);
