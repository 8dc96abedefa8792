//! Goods that come back: from what was sold to what may still come back, and to the document that
//! books it.
//!
//! ERPNext wants a return to be a document of its own with negative quantities, added up by the
//! same arithmetic as a sale. It is not the sale with its signs turned: rounding half of a coin
//! goes the other way. So the rates of the original are taken and everything else is computed anew.

mod document;
mod error;
mod open;
mod original;
mod scanned;

pub use error::ReturnRefused;
pub use open::{OpenReturn, ReturnApproval, ReturnLine};
pub use original::Original;

use serde::{Deserialize, Serialize};

use crate::sale::{ReceiptNumber, Sale};

/// Where a return comes from.
#[derive(Clone, PartialEq, Debug)]
pub enum ReturnSource {
    /// A receipt of this till, by the number on it.
    Receipt(ReceiptNumber),
    /// A receipt of this till, by the key of its sale.
    Key(String),
    /// What was scanned from a receipt of any till of the shop.
    Code(String),
    /// A sale that was found elsewhere, as in ERPNext.
    Sale(Box<Sale>),
}

/// A row of a return's original, as ERPNext calls it: the key of the sale and the row's place in
/// it, counted from 1.
pub fn row_name(key: &str, row: usize) -> String {
    format!("{key}-{row}")
}

/// What of one row of an original has come back.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Back {
    /// How much, in the unit that it was sold in.
    pub(crate) qty: crate::quantity::Quantity,
    /// Which pieces.
    pub(crate) serial_nos: Vec<String>,
}
