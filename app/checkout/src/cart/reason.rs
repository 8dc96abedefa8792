//! Why a line costs what it costs, to be read by people.

use serde::{Deserialize, Serialize};

use super::change::LineChange;
use crate::totals::MarginType;

/// A step on the way to a line's price, in order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum PriceReason {
    /// What the price list says for one unit.
    ListPrice {
        /// The list.
        price_list: String,
        /// The Item Price; `None` where the list has none.
        item_price: Option<String>,
        /// One unit, in the document's currency.
        price_list_rate: f64,
    },
    /// The label of the package says what it costs.
    Label {
        /// The whole package, in the document's currency.
        amount: f64,
        /// One unit by that.
        rate: f64,
    },
    /// A pricing rule was applied.
    Rule(AppliedRule),
    /// The cashier changed it.
    Changed(LineChange),
    /// A pricing rule gave the line.
    GivenBy(AppliedRule),
}

/// A pricing rule that was applied.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AppliedRule {
    /// Its key, for example `PRLE-0001`.
    pub name: String,
    /// What people call it; may be empty.
    pub title: String,
    /// What it does, in order.
    pub effects: Vec<RuleEffect>,
}

/// What a pricing rule does. Amounts are in the document's currency.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum RuleEffect {
    /// Another list price.
    Rate(f64),
    /// So many per cent off.
    DiscountPercentage(f64),
    /// So much off one unit.
    DiscountAmount(f64),
    /// A margin on the list price.
    Margin {
        /// How it is given.
        margin_type: MarginType,
        /// Per cent or an amount per unit.
        margin_rate_or_amount: f64,
    },
    /// Goods are given; see [`super::Cart::given`].
    Gives,
}
