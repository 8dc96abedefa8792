//! Counting a shift and closing it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Cashier, ShiftTotals};
use crate::masters::ModeOfPaymentType;
use crate::money::Money;

/// What was counted of one mode of payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Count {
    /// The Mode of Payment.
    pub mode_of_payment: String,
    /// How much was there.
    pub amount: Money,
    /// The notes and coins that it was made of; empty where only the sum was entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denominations: Vec<DenominationCount>,
}

/// So many pieces of one note or coin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DenominationCount {
    /// What one is worth.
    pub value: Money,
    /// How many.
    pub pieces: u32,
}

/// How far what was counted is from what was expected.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Difference {
    /// The Mode of Payment.
    pub mode_of_payment: String,
    /// What should be there.
    pub expected: Money,
    /// What is there; what should be there where it was not counted.
    pub counted: Money,
    /// `counted` less `expected`: below zero when something is missing.
    pub difference: Money,
}

/// Why a count is not taken.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CountRefused {
    /// Cash is counted always.
    #[error("{0} was not counted; count it and enter the sum")]
    Missing(String),
    /// Nothing of the shift was paid so.
    #[error("{0} is not a mode of payment of this shift; leave it out")]
    UnknownMode(String),
    /// One mode of payment has two sums.
    #[error("{0} was counted twice; enter one sum for it")]
    Twice(String),
    /// A sum below zero.
    #[error("what was counted of {0} cannot be below zero; enter the sum again")]
    BelowZero(String),
    /// The notes and coins come to another sum.
    #[error(
        "the notes and coins of {mode_of_payment} come to {denominations}, not to {amount}; count again"
    )]
    Sum {
        /// The Mode of Payment.
        mode_of_payment: String,
        /// What was entered as sum.
        amount: Money,
        /// What the notes and coins come to.
        denominations: Money,
    },
    /// A sum in another currency than the shift was opened in.
    #[error("{0} was counted in another currency than the shift was opened in")]
    Currency(String),
}

/// A shift that was counted and closed. ERPNext keeps it as POS Closing Entry.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ShiftClosing {
    /// What makes it the same closing wherever it arrives.
    pub key: String,
    /// The key of the [`super::Shift`].
    pub shift: String,
    /// The number of the Z report, which is that of the shift.
    pub number: u64,
    /// Who closed it.
    pub cashier: Cashier,
    /// Who allowed its differences, where that was needed.
    pub approved_by: Option<Cashier>,
    /// Why they did.
    pub reason: Option<String>,
    /// When, in universal time.
    pub closed_at: Timestamp,
    /// When the shift was opened, in the site's time zone.
    pub period_start_date: DateTime,
    /// When it was closed, in the site's time zone; after midnight it is another day.
    pub period_end_date: DateTime,
    /// Who sells.
    pub company: String,
    /// The till's profile.
    pub pos_profile: String,
    /// What the shift came to.
    pub totals: ShiftTotals,
    /// What was counted.
    pub counts: Vec<Count>,
    /// How often it was counted again after the differences were seen.
    pub recounts: u32,
    /// The journal as it stood before the closing; the store knows it, and sets it with the commit.
    pub journal: Option<JournalHead>,
}

/// How far the journal was: whoever notes it down can tell later that nothing was cut off.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct JournalHead {
    /// How many entries it had.
    pub entries: u64,
    /// The hash of the last one, in hexadecimal.
    pub hash: String,
    /// The fingerprint of the key that signs the entries, where the till has one.
    #[serde(default)]
    pub till_key: Option<String>,
}

impl ShiftClosing {
    /// Each mode of payment with what was expected and what was counted, in the order of the
    /// totals.
    pub fn differences(&self) -> Vec<Difference> {
        differences(&self.totals, &self.counts)
    }
}

/// Each mode of payment with what was expected and what was counted.
pub(crate) fn differences(totals: &ShiftTotals, counts: &[Count]) -> Vec<Difference> {
    let of_mode = |mode: &super::ModeTotals| {
        let expected = mode.expected();
        let count = counts
            .iter()
            .find(|count| count.mode_of_payment == mode.mode_of_payment);
        let counted = count.map_or(expected, |count| count.amount);
        Difference {
            mode_of_payment: mode.mode_of_payment.clone(),
            expected,
            counted,
            difference: counted.minus(expected),
        }
    };
    totals.modes.iter().map(of_mode).collect()
}

/// Checks that a count can close a shift of these totals: all cash is counted, nothing twice, and
/// notes and coins come to their sum.
///
/// # Errors
/// [`CountRefused`] with the first reason.
pub fn check_counts(totals: &ShiftTotals, counts: &[Count]) -> Result<(), CountRefused> {
    let currency = totals.currency();
    let mut seen = BTreeSet::new();
    for count in counts {
        let mode = || count.mode_of_payment.clone();
        if totals.mode_of_payment(&count.mode_of_payment).is_none() {
            return Err(CountRefused::UnknownMode(mode()));
        }
        if !seen.insert(count.mode_of_payment.as_str()) {
            return Err(CountRefused::Twice(mode()));
        }
        let pieces = count.denominations.iter();
        let foreign = |value: Money| value.currency != currency;
        if foreign(count.amount) || pieces.clone().any(|row| foreign(row.value)) {
            return Err(CountRefused::Currency(mode()));
        }
        if count.amount.is_negative() {
            return Err(CountRefused::BelowZero(mode()));
        }
        let sum = pieces.fold(currency.zero(), |sum, row| {
            sum.plus(Money {
                units: row.value.units.saturating_mul(i64::from(row.pieces)),
                currency,
            })
        });
        if !count.denominations.is_empty() && sum != count.amount {
            return Err(CountRefused::Sum {
                mode_of_payment: mode(),
                amount: count.amount,
                denominations: sum,
            });
        }
    }
    let uncounted = totals.modes.iter().find(|mode| {
        mode.kind == ModeOfPaymentType::Cash && !seen.contains(mode.mode_of_payment.as_str())
    });
    match uncounted {
        Some(mode) => Err(CountRefused::Missing(mode.mode_of_payment.clone())),
        None => Ok(()),
    }
}
