//! What a manager is asked to allow, and what the journal keeps of changed prices.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::change::{Approval, GivenDiscount, GivenPrice};
use crate::money::Money;
use crate::shift::Cashier;

/// What a manager has to allow before it happens. The cart is as it was until then.
#[derive(Clone, PartialEq, Debug)]
pub struct ApprovalRequest {
    /// Who asks.
    pub asked_by: Cashier,
    /// What is to be done.
    pub change: PriceFact,
    /// The lines that it takes below the highest discount of their items; never empty.
    pub above: Vec<AboveMaxDiscount>,
}

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

/// A change of prices by a person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum PriceFact {
    /// The price of one line.
    Price {
        /// The item.
        item_code: String,
        /// Its name.
        item_name: String,
        /// The unit.
        uom: String,
        /// What one unit cost before.
        from: Money,
        /// What it costs now.
        to: Money,
        /// What was given; `None` for back to the list price and the rules.
        given: Option<GivenPrice>,
    },
    /// The discount on the whole document.
    Discount {
        /// The discount before.
        from: Option<GivenDiscount>,
        /// The discount now.
        to: Option<GivenDiscount>,
        /// What was to be paid before.
        amount_before: Money,
        /// What is to be paid now.
        amount_after: Money,
    },
    /// Something else that makes a change from before pass a highest discount: another item under
    /// a document discount, another customer, another unit.
    Other,
}

/// What the journal keeps: who changed a price from what to what, and who allowed it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct JournalFact {
    /// When, in universal time.
    pub at: Timestamp,
    /// Who did it.
    pub cashier: Cashier,
    /// What was done.
    pub change: PriceFact,
    /// Who allowed it, and why, where a highest discount was passed.
    pub approval: Option<Approval>,
    /// The lines that were below the highest discount of their items; empty without approval.
    pub above: Vec<AboveMaxDiscount>,
}
