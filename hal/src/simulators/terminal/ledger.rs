//! What the virtual terminal keeps: its payments, its days, and the last of both.

use super::{Charge, State};
use crate::zvt::result_code::OK;

/// A payment, refund or reversal as the terminal keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transaction {
    pub(super) code: u8,
    pub(super) cents: i64,
    pub(super) trace: u32,
    pub(super) receipt_number: u32,
    /// The trace number of the one that it takes back.
    pub(super) reverses: Option<u32>,
    /// Month, day, hour, minute, second.
    pub(super) time: [u64; 5],
    /// It is the closing of a day, or what is in the day so far.
    pub(super) day: Option<Day>,
}

/// What the terminal took since its day was closed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) first_receipt: u32,
    pub(super) last_receipt: u32,
    pub(super) count: u8,
}

impl State {
    pub(super) fn next(&mut self, code: u8, cents: i64, reverses: Option<u32>) -> Transaction {
        self.trace += 1;
        let transaction = Transaction {
            code,
            cents,
            trace: self.trace,
            receipt_number: self.trace - 90,
            reverses,
            time: time_of_day(),
            day: None,
        };
        self.last = Some(transaction.clone());
        if code == OK {
            self.last_booked = Some(transaction.clone());
        }
        transaction
    }

    pub(super) fn book(&mut self, cents: i64) -> Transaction {
        let transaction = self.next(OK, cents, None);
        self.charges.push(Charge {
            cents,
            trace: transaction.trace,
            receipt_number: transaction.receipt_number,
            reversed: false,
        });
        transaction
    }

    pub(super) fn kept(&self) -> impl Iterator<Item = &Charge> {
        let open = self.charges.iter().skip(self.handed_in);
        open.filter(|charge| !charge.reversed)
    }

    /// What is in the day so far.
    pub(super) fn totals(&self) -> Transaction {
        let numbers = || self.kept().map(|charge| charge.receipt_number);
        Transaction {
            code: OK,
            cents: self.kept().map(|charge| charge.cents).sum(),
            trace: self.trace,
            receipt_number: 0,
            reverses: None,
            time: time_of_day(),
            day: Some(Day {
                first_receipt: numbers().next().unwrap_or(0),
                last_receipt: numbers().last().unwrap_or(0),
                count: u8::try_from(self.kept().count()).unwrap_or(u8::MAX),
            }),
        }
    }

    /// Hands everything in.
    pub(super) fn close(&mut self) -> Transaction {
        self.trace += 1;
        let closing = self.totals();
        self.handed_in = self.charges.len();
        self.last = Some(closing.clone());
        closing
    }

    pub(super) fn take_back(&mut self, receipt_number: u32) -> Option<Transaction> {
        let charge = self
            .charges
            .iter_mut()
            .find(|it| it.receipt_number == receipt_number && !it.reversed)?;
        charge.reversed = true;
        let (cents, trace) = (charge.cents, charge.trace);
        Some(self.next(OK, cents, Some(trace)))
    }
}

/// Month, day, hour, minute and second, in universal time.
fn time_of_day() -> [u64; 5] {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    let days = seconds / 86_400;
    // Days to a date, after the usual count of eras of 400 years that begin in March.
    let shifted = days + 719_468;
    let of_era = shifted % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let second = seconds % 86_400;
    [month, day, second / 3_600, second / 60 % 60, second % 60]
}
