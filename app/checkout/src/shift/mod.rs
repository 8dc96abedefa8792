//! A cashier's shift at one till: who may open one, what moves while it is open, and how it is
//! counted and closed.

mod cash;
mod closing;
mod totals;

pub mod report;

pub use cash::{CashDirection, CashMovement, DrawerOpening};
pub use closing::{
    Count, CountRefused, DenominationCount, Difference, JournalHead, ShiftClosing, check_counts,
};
pub use totals::{ModeTotals, ShiftTotals, TaxSum, Turnover};

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::masters::ModeOfPaymentType;
use crate::money::Money;

/// A person who sells.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Cashier {
    /// What the till knows them by; never shown.
    pub id: String,
    /// What the receipt and the screen call them.
    pub name: String,
}

/// An open shift. ERPNext keeps it as POS Opening Entry.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Shift {
    /// What makes it the same shift wherever it arrives.
    pub key: String,
    /// The count of shifts of this till, from 1.
    pub number: u64,
    /// Who opened it.
    pub cashier: Cashier,
    /// When, in universal time.
    pub opened_at: Timestamp,
    /// When, in the site's time zone.
    pub period_start_date: DateTime,
    /// Who sells.
    pub company: String,
    /// The till's profile.
    pub pos_profile: String,
    /// What each mode of payment started with; cash first.
    pub balance_details: Vec<OpeningBalance>,
}

/// What a mode of payment starts a shift with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OpeningBalance {
    /// The Mode of Payment.
    pub mode_of_payment: String,
    /// What it moves.
    #[serde(default)]
    pub kind: ModeOfPaymentType,
    /// How much was there: the float for cash, nothing for others.
    pub opening_amount: Money,
}
