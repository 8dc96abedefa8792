//! Why a cart stays as it was.

use thiserror::Error;

use super::{LabelError, MOST_LINES};
use crate::batch::BatchError;
use crate::catalog::CatalogError;
use crate::draft::SettleError;
use crate::exchange::ExchangeError;
use crate::money::Money;
use crate::serial_no::SerialNoError;
use crate::tax_rule::TaxRuleError;
use crate::totals::TotalsError;

/// Why a change to the cart was refused. The cart is as it was.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum CartError {
    /// The item is switched off in ERPNext.
    #[error("{item_name} is disabled")]
    Disabled {
        /// Its name.
        item_name: String,
    },
    /// The item is not sold here: a template, an asset, not for sale, past its end of life, or of
    /// a group that the profile leaves out.
    #[error("{item_name} cannot be sold: {reason}")]
    NotForSale {
        /// Its name.
        item_name: String,
        /// Why.
        reason: NotForSale,
    },
    /// No price holds today for this customer and unit.
    #[error("{item_name} has no price in {price_list} for {uom}")]
    NoPrice {
        /// Its name.
        item_name: String,
        /// The list that was searched.
        price_list: String,
        /// The unit that was asked for.
        uom: String,
    },
    /// The price list is in another currency, and no exchange rate holds.
    #[error(transparent)]
    NoExchangeRate(#[from] ExchangeError),
    /// This customer's price holds for other quantities only; ERPNext then has none at all.
    #[error("{item_name} is sold to this customer in multiples of {packing_unit}")]
    PackingUnit {
        /// Its name.
        item_name: String,
        /// The quantity whose multiples have a price.
        packing_unit: i64,
    },
    /// A unit that is only sold whole was asked for in part.
    #[error("{uom} is sold in whole numbers only")]
    WholeNumber {
        /// The unit.
        uom: String,
    },
    /// The profile does not let cashiers change rates.
    #[error("this till does not let prices be changed; see Allow Rate Change of its POS Profile")]
    RateChangeOff,
    /// The profile does not let cashiers give discounts.
    #[error(
        "this till does not let discounts be given; see Allow Discount Change of its POS Profile"
    )]
    DiscountChangeOff,
    /// A discount that is more than what it is taken from.
    #[error("the discount is more than the {most} it is taken from")]
    DiscountAboveAmount {
        /// The most that can be taken off.
        most: Money,
    },
    /// The item is not sold in this unit.
    #[error("{item_name} is not sold in {uom}; see the units of the item in ERPNext")]
    UnknownUom {
        /// Its name.
        item_name: String,
        /// The unit.
        uom: String,
    },
    /// More than a till sells of one thing.
    #[error("that is more than can be sold at once")]
    TooMuch,
    /// The batch is not sold.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The package is not sold as its label says.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// The piece is not sold.
    #[error(transparent)]
    SerialNo(#[from] SerialNoError),
    /// Pieces have to be named before they are paid.
    #[error("{item_name} still needs {missing} of its serial numbers; scan or choose them")]
    SerialNosMissing {
        /// The item's name.
        item_name: String,
        /// How many.
        missing: usize,
    },
    /// There is no such line any more.
    #[error("that line is no longer in the cart")]
    NoSuchLine,
    /// The cart is full.
    #[error("the cart is full at {MOST_LINES} lines")]
    Full,
    /// The taxes of the profile cannot be computed.
    #[error("the taxes of this till are set up wrongly: {0}")]
    Totals(#[from] TotalsError),
    /// Which taxes hold for this customer is not known.
    #[error(transparent)]
    TaxRule(#[from] TaxRuleError),
    /// The stored masters cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The customer cannot be sold to.
    #[error("{customer_name} cannot be sold to: {reason}")]
    Customer {
        /// Their name.
        customer_name: String,
        /// Why.
        reason: CustomerRefused,
    },
}

impl From<SettleError> for CartError {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Catalog(error) => Self::Catalog(error),
            SettleError::Totals(error) => Self::Totals(error),
        }
    }
}

/// Why an item is not for sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum NotForSale {
    /// It is a template; one of its variants is for sale.
    #[error("choose one of its variants")]
    Template,
    /// It is not marked as a sales item, or is a fixed asset.
    #[error("it is not a sales item")]
    NotSalesItem,
    /// Its end of life has come.
    #[error("it reached its end of life")]
    EndOfLife,
    /// The till's profile does not sell its group.
    #[error("this till does not sell its group")]
    Group,
}

/// Why a customer cannot be sold to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum CustomerRefused {
    /// Disabled in ERPNext.
    #[error("the account is disabled; choose another customer, or enable this one in ERPNext")]
    Disabled,
    /// Frozen in ERPNext.
    #[error("the account is frozen; choose another customer, or unfreeze this one in ERPNext")]
    Frozen,
    /// ERPNext would book the sale in another currency than the till's, with the same numbers.
    #[error(
        "the account is billed in another currency; choose another customer, or empty Billing \
         Currency of this one in ERPNext"
    )]
    Currency,
    /// The till's profile does not sell to their group.
    #[error(
        "this till does not sell to their group; choose another customer, or add the group to its \
         POS Profile in ERPNext"
    )]
    Group,
}
