//! What needs a manager at this till.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a cashier may not do alone. A return without a receipt needs a manager always, and so does
/// what goes below an item's highest discount.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Putting cash into the drawer or taking it out.
    pub cash_movement: bool,
    /// Opening the drawer without a sale.
    pub drawer: bool,
    /// The X report: it tells what the drawer should hold, and who has read it does not count
    /// blindly any more.
    pub x_report: bool,
    /// Taking goods back with their receipt.
    pub returns: bool,
    /// Closing a shift with a mode of payment that differs by more than this from what was
    /// expected, in the shop's currency; `None` for never.
    pub closing_difference: Option<Decimal>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            cash_movement: true,
            drawer: true,
            x_report: true,
            returns: false,
            closing_difference: None,
        }
    }
}
