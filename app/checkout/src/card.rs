//! Card payments: what a terminal is asked to do, made durable before it is asked, and what came
//! of it.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::shift::Cashier;

/// What a card terminal is to do. It is durable before the terminal hears of it, so that after a
/// power cut the terminal is asked what became of it instead of being told again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CardIntent {
    /// The so-manieth of this till, from 1.
    pub number: u64,
    /// Its name for good: no other has it.
    pub reference: String,
    /// Which way money moves.
    pub kind: CardIntentKind,
    /// The Mode of Payment.
    pub mode_of_payment: String,
    /// How much, above zero.
    pub amount: Money,
    /// The shift it is part of.
    pub shift: String,
    /// Who began it.
    pub cashier: Cashier,
    /// When, in universal time.
    pub at: Timestamp,
    /// The same by the clock on the wall, which terminals go by.
    pub local: DateTime,
    /// The terminal's last payments before it: what it is told from.
    pub before: LastAtTerminal,
}

/// Which way money moves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum CardIntentKind {
    /// From the card to the shop.
    Payment,
    /// From the shop to a card.
    Refund,
    /// An earlier payment of this till is taken back whole.
    Reversal {
        /// Its reference.
        of: String,
        /// The number on the terminal's receipt; `None` where the terminal did not tell it.
        receipt_number: Option<u32>,
    },
}

/// What tells one payment at a terminal from others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TerminalMark {
    /// The terminal's own number.
    pub terminal: Option<u32>,
    /// The number between terminal and bank.
    pub trace: Option<u32>,
    /// The number on the terminal's receipt.
    pub receipt_number: Option<u32>,
    /// Month, day, hour, minute and second by the terminal's clock.
    pub time: Option<[u8; 5]>,
}

/// The last payments a terminal has told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LastAtTerminal {
    /// The last one that was booked.
    pub booked: Option<TerminalMark>,
    /// The last one that was declined.
    pub declined: Option<TerminalMark>,
}

/// Money that moved at a terminal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CardPayment {
    /// The [`CardIntent::reference`].
    pub reference: String,
    /// How much, above zero.
    pub amount: Money,
    /// What tells it from others at the terminal; nothing where a person said that it went well.
    pub mark: TerminalMark,
    /// The kind of card; empty where it is not told.
    pub card_name: String,
    /// The card's number, all but the last four digits hidden; empty where it is not told.
    pub card_number: String,
    /// The bank's authorisation; empty where it is not told.
    pub authorisation: String,
    /// What the terminal wants printed for the customer.
    pub customer_receipt: Vec<String>,
    /// What it wants printed for the shop.
    pub merchant_receipt: Vec<String>,
}

impl CardPayment {
    /// What an accountant finds it by (Sales Invoice Payment.reference_no): the terminal's numbers,
    /// else the till's own.
    pub fn reference_no(&self) -> String {
        let mark = &self.mark;
        let parts = [
            mark.terminal.map(|number| format!("{number:08}")),
            mark.trace.map(|number| format!("{number:06}")),
            mark.receipt_number.map(|number| format!("{number:04}")),
        ];
        let told: Vec<String> = parts.into_iter().flatten().collect();
        if told.is_empty() {
            self.reference.clone()
        } else {
            told.join("-")
        }
    }
}

/// What became of a [`CardIntent`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum CardOutcome {
    /// Money moved.
    Approved(Box<CardPayment>),
    /// The bank or the terminal said no, with the reason as a sentence without its end.
    Declined(String),
    /// The customer or the cashier broke it off.
    Aborted,
    /// The terminal could not begin, with what to do about it as a sentence without its end.
    NotBegun(String),
    /// It was asked for afterwards, and there is no such payment.
    NotCharged,
}

/// A [`CardIntent`] that has ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CardEnd {
    /// The [`CardIntent::reference`].
    pub reference: String,
    /// What became of it.
    pub outcome: CardOutcome,
    /// When that was known, in universal time.
    pub at: Timestamp,
}

/// A card payment that the till is at.
#[derive(Clone, PartialEq, Debug)]
pub struct CardStep {
    /// What the terminal is to do.
    pub intent: CardIntent,
    /// How far it is.
    pub phase: CardPhase,
}

/// How far a card payment is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CardPhase {
    /// The intent is being made durable; the terminal knows nothing of it.
    Saving,
    /// The terminal is at it.
    UnderWay,
    /// It was begun before the till was started; the terminal has not been asked yet.
    Kept,
    /// The terminal is asked what became of it.
    Asked,
    /// What became of it is being made durable.
    Ending,
}
