//! What happens to the cash drawer beside sales.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::Cashier;
use crate::money::Money;

/// Which way cash moves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum CashDirection {
    /// Into the drawer: more change, a float that is raised.
    In,
    /// Out of the drawer: to the bank or the safe, or for something small that was bought.
    Out,
}

/// Cash that was put into the drawer or taken out of it. ERPNext's POS documents have no place for
/// it: it changes what a closing expects, and stands in the journal and on the Z report.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CashMovement {
    /// What makes it the same movement wherever it is told.
    pub key: String,
    /// The count of cash movements of this till, from 1.
    pub number: u64,
    /// The key of the [`super::Shift`] it belongs to.
    pub shift: String,
    /// Who moved it.
    pub cashier: Cashier,
    /// Who allowed it, where that was needed.
    pub approved_by: Option<Cashier>,
    /// When, in universal time.
    pub at: Timestamp,
    /// When, in the site's time zone.
    pub posting: DateTime,
    /// The mode of payment whose drawer it is.
    pub mode_of_payment: String,
    /// Which way.
    pub direction: CashDirection,
    /// How much, above zero.
    pub amount: Money,
    /// Why, never empty.
    pub reason: String,
}

/// The drawer was opened without a sale and without moving cash.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DrawerOpening {
    /// What makes it the same opening wherever it is told.
    pub key: String,
    /// The count of such openings at this till, from 1.
    pub number: u64,
    /// The key of the [`super::Shift`] it belongs to.
    pub shift: String,
    /// Who opened it.
    pub cashier: Cashier,
    /// Who allowed it, where that was needed.
    pub approved_by: Option<Cashier>,
    /// When, in universal time.
    pub at: Timestamp,
    /// Why, never empty.
    pub reason: String,
}
