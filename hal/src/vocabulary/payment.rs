//! What a card terminal and its callers say to each other.

use super::{Hindrance, PortState};

/// An amount of money, above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentAmount {
    /// In the currency's smallest unit, such as cents; at most twelve digits.
    pub units: u64,
    /// The currency's number in ISO 4217, such as 978 for the euro.
    pub currency: u16,
}

/// A time of day in a year, by the clock that is told: terminals tell neither year nor zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TerminalTime {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

/// What tells one payment at a terminal from others. The numbers begin anew after a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TerminalReceipt {
    /// The terminal's own number.
    pub terminal: Option<u32>,
    /// The number of the payment between terminal and bank.
    pub trace: Option<u32>,
    /// The number on the terminal's receipt.
    pub receipt_number: Option<u32>,
    /// When, by the terminal's clock.
    pub time: Option<TerminalTime>,
}

impl TerminalReceipt {
    /// Whether anything tells the payment from others.
    pub fn is_known(&self) -> bool {
        self.trace.is_some() || self.receipt_number.is_some()
    }

    /// Whether both mean the same payment, as far as both tell.
    pub fn is_same(&self, other: &TerminalReceipt) -> bool {
        fn agree<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
            one.is_none() || other.is_none() || one == other
        }
        let anything = (self.trace.is_some() && other.trace.is_some())
            || (self.receipt_number.is_some() && other.receipt_number.is_some());
        anything
            && agree(self.terminal, other.terminal)
            && agree(self.trace, other.trace)
            && agree(self.receipt_number, other.receipt_number)
            && agree(self.time, other.time)
    }
}

/// The last payments that a terminal has told of: what a new one is told from. Which of the two it
/// repeats when it is asked for its last differs between makers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastReceipts {
    /// The last one that was booked, or that the terminal repeated.
    pub booked: Option<TerminalReceipt>,
    /// The last one that was declined, or the last closing of the terminal's day.
    pub declined: Option<TerminalReceipt>,
}

impl LastReceipts {
    /// Nothing is known.
    pub const NONE: LastReceipts = LastReceipts {
        booked: None,
        declined: None,
    };

    /// Both, as far as they are known.
    pub fn iter(&self) -> impl Iterator<Item = TerminalReceipt> {
        [self.booked, self.declined].into_iter().flatten()
    }
}

/// Why a terminal cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalHindrance {
    /// There is no connection.
    Port(PortState),
    /// It takes the connection and says nothing.
    NotResponding,
    /// What answers there speaks another language.
    OtherProtocol,
    /// It talks on and on, and never ends what it is at.
    Endless,
    /// It is at something else.
    Busy,
    /// It refused the till: the code is ZVT's.
    Refused(u8),
}

impl TerminalHindrance {
    /// What the operator can do about it, in one English sentence.
    pub const fn remedy(&self) -> &'static str {
        match self {
            TerminalHindrance::Port(PortState::Absent) => {
                "switch it on, check its network cable, and compare its address with the till's \
                 settings"
            }
            TerminalHindrance::Port(port) => Hindrance::Port(*port).remedy(),
            TerminalHindrance::NotResponding => {
                "switch it off and on; if another till uses it, it answers that one alone"
            }
            TerminalHindrance::OtherProtocol => {
                "set it to ZVT over TCP, and compare its port with the till's settings"
            }
            TerminalHindrance::Endless => {
                "switch it off and on; if it does so again, its provider has to see to it"
            }
            TerminalHindrance::Busy => "finish what it is at",
            TerminalHindrance::Refused(0x6F | 0xC6 | 0xCB) => {
                "it takes another currency: its provider can change that"
            }
            TerminalHindrance::Refused(_) => {
                "compare the password with the till's settings, and see what the terminal shows"
            }
        }
    }
}

impl core::fmt::Display for TerminalHindrance {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            TerminalHindrance::Port(PortState::Absent) => f.write_str("not reachable"),
            TerminalHindrance::Port(port) => Hindrance::Port(*port).fmt(f),
            TerminalHindrance::NotResponding => f.write_str("no answer"),
            TerminalHindrance::OtherProtocol => f.write_str("answers in another language"),
            TerminalHindrance::Endless => f.write_str("talks without end"),
            TerminalHindrance::Busy => f.write_str("busy"),
            TerminalHindrance::Refused(code) => {
                f.write_str(crate::zvt::result_code::sentence(*code))
            }
        }
    }
}

/// Why nobody knows what became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentDoubt {
    /// The connection was lost in the middle.
    LinkLost,
    /// The terminal fell silent in the middle.
    Silent,
    /// What it said in the middle is no ZVT, or contradicts itself.
    Garbled,
    /// It talked on and on, and never came to an end.
    Endless,
    /// The till was shut down or lost power in the middle.
    Stopped,
    /// The terminal's driver failed in the middle and was started anew.
    Faulted,
    /// The last payment at the terminal is a later one, of another amount or taken back.
    OtherPayment,
    /// The terminal tells of no payment, and it never told of one before.
    NoRecord,
    /// It might be the one before: the terminal was never asked which that was.
    CannotTell,
    /// A person has not yet said what the terminal showed.
    NotConfirmed,
}

impl PaymentDoubt {
    /// Whether asking the terminal again by itself may end the doubt. Where not, a person looks at
    /// the terminal or its receipts and says what became of the payment.
    pub const fn may_end_by_asking(&self) -> bool {
        matches!(
            self,
            PaymentDoubt::LinkLost
                | PaymentDoubt::Silent
                | PaymentDoubt::Garbled
                | PaymentDoubt::Stopped
                | PaymentDoubt::Faulted
        )
    }
}

impl core::fmt::Display for PaymentDoubt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            PaymentDoubt::LinkLost => "the connection was lost in the middle",
            PaymentDoubt::Silent => "the terminal stopped answering in the middle",
            PaymentDoubt::Endless => "the terminal talks without end",
            PaymentDoubt::Garbled => "the terminal's answers make no sense",
            PaymentDoubt::Stopped => "the till was switched off in the middle",
            PaymentDoubt::Faulted => "the terminal's driver stopped in the middle",
            PaymentDoubt::OtherPayment => "the terminal's last payment is another one",
            PaymentDoubt::NoRecord => "the terminal does not tell its last payment",
            PaymentDoubt::CannotTell => "the terminal's last payment may be an earlier one",
            PaymentDoubt::NotConfirmed => "nobody has said what the terminal showed",
        })
    }
}

/// What a terminal that is spoken to says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalStatus {
    /// Why it cannot be used now; `None` when it can, as far as is known.
    pub hindrance: Option<TerminalHindrance>,
    /// Whether it has been reached since the start.
    pub seen: bool,
    /// Its last payments: what the next one is told from.
    pub last: LastReceipts,
}

impl TerminalStatus {
    /// What is known before it was ever spoken to.
    pub const UNKNOWN: TerminalStatus = TerminalStatus {
        hindrance: None,
        seen: false,
        last: LastReceipts::NONE,
    };
}

#[cfg(feature = "std")]
pub use owned::{
    CardPayment, Confirmation, PaymentIntent, PaymentKind, PaymentOutcome, PaymentState,
    TerminalPapers,
};

#[cfg(feature = "std")]
mod owned {
    use super::{
        LastReceipts, PaymentAmount, PaymentDoubt, TerminalHindrance, TerminalReceipt, TerminalTime,
    };

    /// Which way money moves.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum PaymentKind {
        /// From the card to the shop.
        Payment,
        /// From the shop to any card.
        Refund,
        /// An earlier payment is taken back whole.
        Reversal {
            /// The number on its receipt.
            receipt_number: u32,
        },
    }

    /// What is to be paid. The caller makes it durable before it gives it to a terminal, and asks
    /// with it what became of it after a restart.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PaymentIntent {
        /// The caller's name for it, never used twice.
        pub reference: String,
        /// Which way money moves.
        pub kind: PaymentKind,
        /// How much.
        pub amount: PaymentAmount,
        /// When, by the till's clock.
        pub started: TerminalTime,
        /// The terminal's last payments before it ([`super::TerminalStatus::last`]).
        pub before: LastReceipts,
    }

    /// A payment that the bank approved.
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub struct CardPayment {
        /// What tells it from others.
        pub receipt: TerminalReceipt,
        /// The kind of card, such as `girocard`; empty where it is not told.
        pub card_name: String,
        /// The card's number, all but the last four digits hidden; empty where it is not told.
        pub card_number: String,
        /// The bank's authorisation; empty where it is not told.
        pub authorisation: String,
        /// What the terminal wants printed for the customer, line by line; empty where it prints
        /// that itself.
        pub customer_receipt: Vec<String>,
        /// What it wants printed for the shop.
        pub merchant_receipt: Vec<String>,
    }

    /// What a terminal wants printed about something that moved no money.
    #[derive(Debug, Clone, PartialEq, Eq, Default)]
    pub struct TerminalPapers {
        /// For the customer, line by line; empty where there is nothing for them.
        pub customer: Vec<String>,
        /// For the shop.
        pub merchant: Vec<String>,
    }

    /// Where a payment stands. It ends as `Ended`, once.
    #[derive(Debug, Clone, PartialEq)]
    pub enum PaymentState {
        /// The terminal is being reached; nothing was sent.
        Connecting,
        /// The terminal is at it; its words for the cashier, empty where it has none.
        Working(String),
        /// A person keys the amount into a terminal that the till cannot reach, and says what
        /// came of it ([`Confirmation`]).
        ToBeKeyed,
        /// Begun, and nobody knows what became of it. It is asked until it is known.
        Unknown(PaymentDoubt),
        /// The terminal is being asked.
        Asking(PaymentDoubt),
        /// Begun, and only a person can say what became of it, by what the terminal shows or
        /// printed ([`Confirmation`]).
        ToBeConfirmed(PaymentDoubt),
        /// It is about to end without money having moved, and the terminal wants this printed, which
        /// it tells once. What it wants printed of an approved one is in [`CardPayment`].
        ToBePrinted(TerminalPapers),
        /// What became of it.
        Ended(PaymentOutcome),
    }

    /// What became of a payment.
    #[derive(Debug, Clone, PartialEq)]
    pub enum PaymentOutcome {
        /// Money moved.
        Approved(Box<CardPayment>),
        /// The bank or the terminal said no. No money moved.
        Declined {
            /// ZVT's code; `None` from a terminal that is not spoken to.
            code: Option<u8>,
            /// Why, in one English sentence without its end.
            reason: String,
        },
        /// The customer or the cashier broke it off. No money moved.
        Aborted,
        /// The terminal could not begin. No money moved.
        NotBegun(TerminalHindrance),
        /// The outcome was unknown, and the terminal, or a person at it, has no such payment. No
        /// money moved.
        NotCharged,
    }

    /// What a person saw at the terminal.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Confirmation {
        /// It shows or printed the payment.
        Approved,
        /// It declined, or does not know it.
        NotCharged,
    }

    impl PaymentOutcome {
        /// The payment, if money moved.
        pub fn approved(&self) -> Option<&CardPayment> {
            match self {
                PaymentOutcome::Approved(payment) => Some(payment),
                _ => None,
            }
        }
    }
}
