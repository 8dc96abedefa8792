//! A cashier's shift at one till, and who may open one.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

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
    /// How much was there: the float for cash, nothing for others.
    pub opening_amount: Money,
}
