//! Where a till stands, and what it takes up again.

use std::sync::Arc;

use super::OpenCart;
use crate::card::CardIntent;
use crate::money::Money;
use crate::payment::{Payments, Refund};
use crate::sale::{Payment, Sale};
use crate::shift::{Shift, ShiftClosing, ShiftTotals};

/// Which till this is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TillIdentity {
    /// The prefix of its receipt numbers.
    pub prefix: String,
    /// What tells this installation from any before it with the same prefix: eight characters,
    /// drawn at random when the data folder was made.
    pub installation: String,
}

impl TillIdentity {
    /// The key of the so-manieth document of a kind that is no sale.
    pub(super) fn key(&self, kind: &str, number: u64) -> String {
        let (prefix, installation) = (&self.prefix, &self.installation);
        format!("{prefix}-{kind}{number:05}-{installation}")
    }
}

/// What a till takes up again after a start.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Resume {
    /// How many receipts were committed; the next carries the number after it.
    pub receipts: u64,
    /// How many shifts were opened.
    pub shifts: u64,
    /// How often cash was put in or taken out.
    pub cash_movements: u64,
    /// How often the drawer was opened without a sale.
    pub drawer_openings: u64,
    /// How many customers were made.
    pub customers: u64,
    /// How many card payments were begun.
    pub cards: u64,
    /// The card payment that was begun and of which nobody knows what became.
    pub card: Option<CardIntent>,
    /// The shift that is open.
    pub shift: Option<Shift>,
    /// What it comes to so far.
    pub totals: Option<ShiftTotals>,
    /// How often it was counted.
    pub counts: u32,
    /// The cart that was open.
    pub open_cart: Option<OpenCart>,
    /// There was an open cart, and it cannot be read.
    pub cart_lost: bool,
}

/// Where the till stands. Whoever is signed in or not, this stays: locking a till in the middle
/// of a sale loses nothing.
#[derive(Clone, PartialEq, Debug)]
pub enum Stage {
    /// No shift is open.
    ShiftClosed,
    /// A shift is being committed.
    OpeningShift(Box<Shift>),
    /// The cart is being filled; goods may be coming back beside it.
    Selling,
    /// The cart is being paid, less what comes back.
    Paying(Payments),
    /// More comes back than is sold: the rest is being given back.
    Refunding(Refund),
    /// The sale is being committed.
    Committing(Box<Sale>, Payments),
    /// A return, alone or as half of an exchange, is being committed.
    CommittingReturn(Box<ReturnCommit>),
    /// The sale is safe; change is shown until the next one begins.
    Done(Arc<Sale>),
    /// The return is safe, and the other half of an exchange with it; what is to be handed over is
    /// shown until the next sale begins.
    Returned(Box<Returned>),
    /// The shift was counted and the differences are seen: it is closed, counted again or left.
    Counted(Box<ShiftClosing>),
    /// The closing is being committed.
    ClosingShift(Box<ShiftClosing>),
}

/// A return that is being committed.
#[derive(Clone, PartialEq, Debug)]
pub struct ReturnCommit {
    /// The return.
    pub returned: Sale,
    /// What is sold with it: the other half of an exchange.
    pub sale: Option<Sale>,
    /// How it is settled.
    pub settled: Settled,
}

/// How a return or an exchange is settled.
#[derive(Clone, PartialEq, Debug)]
pub enum Settled {
    /// The customer pays the rest.
    Paid(Payments),
    /// The customer gets the rest back.
    Refunded(Refund),
}

/// A return that is safe.
#[derive(Clone, PartialEq, Debug)]
pub struct Returned {
    /// The return.
    pub returned: Arc<Sale>,
    /// What was sold with it.
    pub sale: Option<Arc<Sale>>,
    /// What is handed to the customer, amounts above zero.
    pub refunds: Vec<Payment>,
    /// The change that is handed to the customer.
    pub change_amount: Money,
}
