//! What became of a payment, as far as the terminal's answers prove it.
//!
//! Two mistakes are worse than asking a person: to say "not charged" of a payment that was, because
//! the customer then pays twice, and to say "approved" of one that was not, because then goods
//! leave unpaid. So each needs its proof, and everything else is a doubt with a name.

use super::dialogue::Ending;
use super::message::StatusInformation;
use super::result_code;
use crate::vocabulary::{
    LastReceipts, PaymentDoubt, PaymentIntent, PaymentKind, PaymentOutcome, TerminalHindrance,
    TerminalReceipt, TerminalTime,
};

/// How far the terminal's clock may go behind the till's, in seconds.
const CLOCKS_DIFFER: i64 = 120;

/// How a talk ended, and what it came to.
#[derive(Debug)]
pub(crate) struct Ended {
    /// How.
    pub(crate) ending: Ending,
    /// Whether the order itself was given.
    pub(crate) begun: bool,
    /// What the terminal told about it.
    pub(crate) status: Option<Box<StatusInformation>>,
}

/// What is known now.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    /// It is over; the status that proves money moved comes along where it did.
    Known(PaymentOutcome),
    /// Money moved, and this is the payment.
    Approved(Box<StatusInformation>),
    /// Nobody knows yet.
    Doubt(PaymentDoubt),
}

/// What a talk that was to move money came to.
pub(crate) fn of_order(ended: Ended, intent: &PaymentIntent) -> Verdict {
    use TerminalHindrance::{Endless, NotResponding, OtherProtocol, Port, Refused};
    let not_begun = |hindrance| Verdict::Known(PaymentOutcome::NotBegun(hindrance));
    let Ended {
        ending,
        begun,
        status,
    } = ended;
    match ending {
        Ending::Cancelled => Verdict::Known(PaymentOutcome::Aborted),
        Ending::Refused(result_code::BUSY) => not_begun(TerminalHindrance::Busy),
        Ending::Refused(code) if begun => Verdict::Known(ended_with(code)),
        Ending::Refused(code) => not_begun(Refused(code)),
        Ending::Silent if !begun => not_begun(NotResponding),
        Ending::Garbled if !begun => not_begun(OtherProtocol),
        Ending::Endless if !begun => not_begun(Endless),
        Ending::LinkLost if !begun => not_begun(Port(crate::PortState::Absent)),
        Ending::Silent => Verdict::Doubt(PaymentDoubt::Silent),
        Ending::Garbled => Verdict::Doubt(PaymentDoubt::Garbled),
        Ending::Endless => Verdict::Doubt(PaymentDoubt::Endless),
        Ending::LinkLost => Verdict::Doubt(PaymentDoubt::LinkLost),
        Ending::Completed => match status {
            Some(status) if status.is_approved() && belongs(&status, intent) => {
                Verdict::Approved(status)
            }
            Some(status) if !status.is_approved() => match status.result_code {
                Some(code) => Verdict::Known(ended_with(code)),
                None => Verdict::Doubt(PaymentDoubt::Garbled),
            },
            _ => Verdict::Doubt(PaymentDoubt::Garbled),
        },
        Ending::Aborted(code) => match status {
            // First approved, then broken off: taken back in most terminals, but not said so.
            Some(status) if status.is_approved() => Verdict::Doubt(PaymentDoubt::Garbled),
            Some(status) if code == result_code::ABORTED || code == 0xFF => {
                Verdict::Known(ended_with(status.result_code.unwrap_or(code)))
            }
            _ => Verdict::Known(ended_with(code)),
        },
    }
}

/// What the terminal's answer to the question for its last payment proves. `doubt`: why it was
/// asked.
pub(crate) fn of_question(ended: Ended, intent: &PaymentIntent, doubt: PaymentDoubt) -> Verdict {
    let status = match (ended.ending, ended.status) {
        (Ending::Completed, Some(status)) => status,
        (Ending::Aborted(code) | Ending::Refused(code), _) if code != result_code::BUSY => {
            return Verdict::Doubt(PaymentDoubt::NoRecord);
        }
        (Ending::Completed, None) => return Verdict::Doubt(PaymentDoubt::NoRecord),
        // Asked again it would talk on: a person looks at it.
        (Ending::Endless, _) => return Verdict::Doubt(PaymentDoubt::Endless),
        // Not answered: asked again.
        _ => return Verdict::Doubt(doubt),
    };
    if !status.receipt.is_known() {
        return Verdict::Doubt(PaymentDoubt::NoRecord);
    }
    let not_charged = Verdict::Known(PaymentOutcome::NotCharged);
    if intent.before.iter().any(|it| it.is_same(&status.receipt)) {
        return not_charged;
    }
    // Another time, or nothing to tell it from: it may be an earlier one.
    let looks_earlier = |it: TerminalReceipt| same_numbers(&it, &status.receipt);
    if intent.before == LastReceipts::NONE || intent.before.iter().any(looks_earlier) {
        return Verdict::Doubt(PaymentDoubt::CannotTell);
    }
    // Somebody closed the day at the terminal since: what came before that it does not tell.
    if status.is_of_day() {
        return Verdict::Doubt(PaymentDoubt::OtherPayment);
    }
    // The last one at the terminal is not the one before: it is ours, or a later one.
    let reversing = matches!(intent.kind, PaymentKind::Reversal { .. });
    if !reversing && status.is_reversal() {
        let earlier = intent.before.booked.and_then(|before| before.trace);
        let ours = earlier.is_some() && status.original_trace != earlier;
        return if ours && status.amount == Some(intent.amount.units) {
            not_charged
        } else {
            Verdict::Doubt(PaymentDoubt::OtherPayment)
        };
    }
    if status.amount.is_none() || !belongs(&status, intent) || (reversing && !status.is_reversal())
    {
        return Verdict::Doubt(PaymentDoubt::OtherPayment);
    }
    let after = status
        .receipt
        .time
        .and_then(|time| seconds_between(intent.started, time));
    if after.is_some_and(|after| after < -CLOCKS_DIFFER) {
        return Verdict::Doubt(PaymentDoubt::CannotTell);
    }
    match status.result_code {
        Some(result_code::OK) => Verdict::Approved(status),
        // Receipts of payments that went wrong are repeated too.
        None => Verdict::Doubt(PaymentDoubt::CannotTell),
        Some(code) => Verdict::Known(ended_with(code)),
    }
}

/// What a code means for a payment of which the terminal says that it did not happen.
fn ended_with(code: u8) -> PaymentOutcome {
    match code {
        result_code::ABORTED => PaymentOutcome::Aborted,
        result_code::BUSY => PaymentOutcome::NotBegun(TerminalHindrance::Busy),
        code => PaymentOutcome::Declined {
            code: Some(code),
            reason: result_code::sentence(code).to_owned(),
        },
    }
}

/// Whether a status can be about this intent: its amount and currency, where they are told.
fn belongs(status: &StatusInformation, intent: &PaymentIntent) -> bool {
    let currency = status
        .currency
        .is_none_or(|it| it == intent.amount.currency);
    status.amount.is_none_or(|it| it == intent.amount.units) && currency
}

fn same_numbers(one: &TerminalReceipt, other: &TerminalReceipt) -> bool {
    let without_time = |receipt: &TerminalReceipt| TerminalReceipt {
        time: None,
        ..*receipt
    };
    without_time(one).is_same(&without_time(other))
}

/// From one time to another, in seconds; the shorter way around the year. `None` where one is no
/// time of a year.
fn seconds_between(one: TerminalTime, other: TerminalTime) -> Option<i64> {
    /// Months of 31 days: what lies between two times of different months may seem longer.
    const YEAR: i64 = 12 * 31 * 86_400;
    let seconds = |time: TerminalTime| {
        let days = i64::from(time.month) * 31 + i64::from(time.day);
        let minutes = i64::from(time.hour) * 60 + i64::from(time.minute);
        (days * 1_440 + minutes) * 60 + i64::from(time.second)
    };
    let is_whole = |time: TerminalTime| {
        let date = (1..=12).contains(&time.month) && (1..=31).contains(&time.day);
        date && time.hour < 24 && time.minute < 60 && time.second < 60
    };
    if !is_whole(one) || !is_whole(other) {
        return None;
    }
    let between = (seconds(other) - seconds(one)).rem_euclid(YEAR);
    Some(if between > YEAR / 2 {
        between - YEAR
    } else {
        between
    })
}
