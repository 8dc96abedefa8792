//! Why a package cannot be sold as its label says.

use thiserror::Error;

use crate::money::Money;

/// Why a package cannot be sold as its label says.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum LabelError {
    /// It must not be used any more.
    #[error("this package of {item_name} could be used until {date}; take it off the shelf")]
    Expired {
        /// The item's name.
        item_name: String,
        /// The last day.
        date: jiff::civil::Date,
    },
    /// It says that nothing is in it, or that it costs nothing.
    #[error("the label of this package of {item_name} says 0; weigh or count it again")]
    Nothing {
        /// The item's name.
        item_name: String,
    },
    /// It holds more than a till sells.
    #[error("the label of this package of {item_name} says more than can be sold at once")]
    TooMuch {
        /// The item's name.
        item_name: String,
    },
    /// It has a weight, and the item is sold by something else.
    #[error(
        "the label says {measure}, but {item_name} is sold by {uom}; add a unit of that kind to \
         the item in ERPNext, or enter the quantity by hand"
    )]
    Unit {
        /// The item's name.
        item_name: String,
        /// What the label says.
        measure: String,
        /// The unit that the item is sold in.
        uom: String,
    },
    /// Its price is in another currency.
    #[error(
        "the price on the label of {item_name} is in {currency}, but this shop sells in {ours}"
    )]
    Currency {
        /// The item's name.
        item_name: String,
        /// The label's currency.
        currency: String,
        /// The shop's.
        ours: String,
    },
    /// How much is in it cannot be told from its price.
    #[error(
        "the label of {item_name} has a price and no weight, and the item costs nothing here; \
         give it a price in ERPNext, or enter the quantity by hand"
    )]
    NoUnitPrice {
        /// The item's name.
        item_name: String,
    },
    /// No quantity and rate come to its price.
    #[error(
        "{amount} for a package of {item_name} cannot be reached with the decimals of this shop; \
         weigh the goods again"
    )]
    Unreachable {
        /// The item's name.
        item_name: String,
        /// The label's price.
        amount: Money,
    },
}
