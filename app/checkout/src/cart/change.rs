//! What a cashier changes of what the price list and the rules say.

use serde::{Deserialize, Serialize};

use crate::shift::Cashier;

/// A change of a line's price as it was typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PriceChange {
    /// What one unit is to cost.
    Rate(String),
    /// So many per cent off the list price.
    DiscountPercentage(String),
    /// So much off the list price of one unit.
    DiscountAmount(String),
}

/// A discount on the whole document as it was typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DiscountChange {
    /// So many per cent of the total that the profile names (`apply_discount_on`).
    Percentage(String),
    /// So much off that total.
    Amount(String),
}

/// A price that a cashier gave, in the document's currency.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub enum GivenPrice {
    /// What one unit costs.
    Rate(f64),
    /// So many per cent off the list price, 0 to 100.
    DiscountPercentage(f64),
    /// So much off the list price of one unit.
    DiscountAmount(f64),
}

/// A discount on the whole document that a cashier gave.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub enum GivenDiscount {
    /// In per cent, above 0 to 100.
    Percentage(f64),
    /// As an amount in the document's currency, above 0.
    Amount(f64),
}

/// Who allowed what is above an item's highest discount, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Approval {
    /// The manager.
    pub by: Cashier,
    /// Their reason, never empty.
    pub reason: String,
}

/// The price of a line as the cashier changed it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LineChange {
    /// The price.
    pub given: GivenPrice,
    /// Who gave it.
    pub by: Cashier,
    /// Who allowed it, where the item's highest discount is passed.
    pub approval: Option<Approval>,
}

/// The discount that the cashier gave on the whole document.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DocumentChange {
    /// The discount.
    pub given: GivenDiscount,
    /// Who gave it.
    pub by: Cashier,
    /// Who allowed it, where it takes a line below its item's highest discount.
    pub approval: Option<Approval>,
}
