//! What a scale shows, counted in the unit that a line is sold by.

use rust_decimal::{Decimal, RoundingStrategy};
use thiserror::Error;

use crate::cart::CartLine;
use crate::codes::measure::Measure;
use crate::quantity::Quantity;
use crate::shop::Shop;

/// Why a weight is no quantity of a line.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum WeighingError {
    /// The unit is none of weight, nor is the one that the stock is counted in.
    #[error(
        "{uom} is no unit of weight that is known here; choose another unit of {item_name}, or \
         give it a UOM Conversion Factor to Kg in ERPNext"
    )]
    NoWeight {
        /// The item.
        item_name: String,
        /// The line's unit.
        uom: String,
    },
    /// It is sold in whole units only.
    #[error("{item_name} is sold in whole {uom} only; choose a unit of weight")]
    Whole {
        /// The item.
        item_name: String,
        /// The line's unit.
        uom: String,
    },
    /// In the line's unit it rounds to nothing.
    #[error("that is too little to be counted in {uom}; put more on the scale")]
    Nothing {
        /// The line's unit.
        uom: String,
    },
    /// In the line's unit it is more than a line can have.
    #[error("that is too much to be counted in {uom}; choose a larger unit")]
    TooMuch {
        /// The line's unit.
        uom: String,
    },
}

/// How much of its line's unit a weight is, with as many decimals as the shop counts in. A unit
/// that says nothing of weight (`Bag`) is one by the unit its stock is counted in (25 `Kg`).
///
/// # Errors
/// [`WeighingError`] says why it is no quantity, and what to do.
pub fn weighed(shop: &Shop, line: &CartLine, weight: &Measure) -> Result<Quantity, WeighingError> {
    let sold = &line.sold;
    let uom = || sold.uom.clone();
    if line.must_be_whole_number {
        return Err(WeighingError::Whole {
            item_name: sold.item_name.clone(),
            uom: uom(),
        });
    }
    let in_stock = || {
        let factor = Decimal::try_from(sold.conversion_factor).ok()?;
        weight
            .in_uom(shop, &sold.stock_uom)?
            .checked_div(factor)
            .filter(|_| factor > Decimal::ZERO)
    };
    let qty = weight.in_uom(shop, &sold.uom).or_else(in_stock);
    let Some(qty) = qty else {
        return Err(WeighingError::NoWeight {
            item_name: sold.item_name.clone(),
            uom: uom(),
        });
    };
    let decimals = u32::from(shop.quantity_decimals());
    let qty = qty.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    match Quantity::from_decimal(qty) {
        qty if qty <= Quantity::ZERO => Err(WeighingError::Nothing { uom: uom() }),
        qty if qty >= Quantity::from(1_000_000) => Err(WeighingError::TooMuch { uom: uom() }),
        qty => Ok(qty),
    }
}

/// Whether a line is sold by weight, so that a scale has something to say to it.
pub fn is_by_weight(shop: &Shop, line: &CartLine) -> bool {
    let kilogram = Measure::mass(Decimal::ONE, crate::codes::measure::MassUnit::Kilogram);
    !matches!(
        weighed(shop, line, &kilogram),
        Err(WeighingError::NoWeight { .. } | WeighingError::Whole { .. })
    )
}
