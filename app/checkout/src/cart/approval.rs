//! What goes below the highest discount of an item.

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// A line that would cost less than the highest discount of its item (`Item.max_discount`) allows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AboveMaxDiscount {
    /// The item.
    pub item_code: String,
    /// Its name.
    pub item_name: String,
    /// The highest discount in per cent of the list price.
    pub max_discount: f64,
    /// What it would be, line and document discount together.
    pub discount_percentage: f64,
    /// The list price of one unit.
    pub from: Money,
    /// What one unit would cost, the document discount taken off.
    pub to: Money,
}
