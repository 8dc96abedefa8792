//! The day of a card terminal: it keeps its payments until it hands them in.

#[cfg(feature = "std")]
use super::{PaymentDoubt, TerminalHindrance, TerminalReceipt};

/// What was paid with one kind of card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardTotals {
    /// The kind of card, as ZVT names it: `girocard`, or `other cards`.
    pub card: &'static str,
    /// How many payments.
    pub count: u8,
    /// What they come to, in the currency's smallest unit.
    pub amount: u64,
}

/// What a terminal took in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayTotals {
    /// The number of the first receipt.
    pub first_receipt: u32,
    /// The number of the last receipt.
    pub last_receipt: u32,
    /// By kinds of cards, in ZVT's order; those that nobody paid with among them.
    pub cards: [CardTotals; 7],
}

impl DayTotals {
    /// Nothing was taken.
    pub const NOTHING: DayTotals = DayTotals {
        first_receipt: 0,
        last_receipt: 0,
        cards: [
            nothing("girocard"),
            nothing("JCB"),
            nothing("Mastercard"),
            nothing("American Express"),
            nothing("Visa"),
            nothing("Diners"),
            nothing("other cards"),
        ],
    };

    /// The kinds of cards that were paid with.
    pub fn used(&self) -> impl Iterator<Item = &CardTotals> {
        let used = |card: &&CardTotals| card.count != 0 || card.amount != 0;
        self.cards.iter().filter(used)
    }
}

const fn nothing(card: &'static str) -> CardTotals {
    CardTotals {
        card,
        count: 0,
        amount: 0,
    }
}

/// What a terminal says of a day that it closed. A terminal tells as much of it as it likes.
#[cfg(feature = "std")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayReport {
    /// All of it, in the currency's smallest unit.
    pub amount: Option<u64>,
    /// What it consists of.
    pub totals: Option<DayTotals>,
    /// The closing's own trace number and time.
    pub receipt: TerminalReceipt,
    /// What the terminal wants printed, line by line; empty where it prints that itself.
    pub lines: Vec<String>,
}

/// Why a terminal's day is not closed. Its payments are still in it; closing it later hands them in.
#[cfg(feature = "std")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayFailure {
    /// The terminal could not begin.
    NotBegun(TerminalHindrance),
    /// The terminal or the bank said no; the code is ZVT's.
    Refused(u8),
    /// It was interrupted, and the terminal says that it still keeps its payments.
    Interrupted,
}

#[cfg(feature = "std")]
impl DayFailure {
    /// What the operator can do about it, in one English sentence.
    pub const fn remedy(&self) -> &'static str {
        match self {
            DayFailure::NotBegun(hindrance) => hindrance.remedy(),
            DayFailure::Refused(_) => {
                "see what the terminal shows, and close its day again when it can reach its provider"
            }
            DayFailure::Interrupted => "close its day again",
        }
    }
}

#[cfg(feature = "std")]
impl core::fmt::Display for DayFailure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            DayFailure::NotBegun(hindrance) => hindrance.fmt(f),
            DayFailure::Refused(code) => f.write_str(crate::zvt::result_code::sentence(*code)),
            DayFailure::Interrupted => f.write_str("it was interrupted before the end"),
        }
    }
}

/// Where the closing of a terminal's day stands. It ends as `Closed`, `NotClosed` or `Unknown`, once.
#[cfg(feature = "std")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayState {
    /// The terminal is at it; its words for the cashier, empty where it has none.
    Working(String),
    /// The outcome is unknown, and the terminal is being asked.
    Asking(PaymentDoubt),
    /// Its payments are handed in. After an interruption the report may be empty.
    Closed(Box<DayReport>),
    /// Its payments are still in it.
    NotClosed(DayFailure),
    /// It was begun, and the terminal does not tell what became of it. A person looks at what the
    /// terminal shows or printed; closing the day again hands in what is left, and nothing twice.
    Unknown(PaymentDoubt),
}

#[cfg(feature = "std")]
impl DayState {
    /// Whether no other state follows.
    pub const fn is_final(&self) -> bool {
        !matches!(self, DayState::Working(_) | DayState::Asking(_))
    }
}
