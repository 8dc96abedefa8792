//! What a person does at a till that the journal keeps, and what of it a manager has to allow.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::card::CardIntentKind;
use crate::cart::{AboveMaxDiscount, Approval, GivenDiscount, GivenPrice};
use crate::money::Money;
use crate::sale::ReceiptNumber;
use crate::shift::{CashDirection, Cashier, Count, Difference};

/// Something a person does that is not a sale.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Action {
    /// The price of one line is changed.
    Price {
        /// The item.
        item_code: String,
        /// Its name.
        item_name: String,
        /// The unit.
        uom: String,
        /// What one unit cost before.
        from: Money,
        /// What it costs now.
        to: Money,
        /// What was given; `None` for back to the list price and the rules.
        given: Option<GivenPrice>,
    },
    /// The discount on the whole document is changed.
    Discount {
        /// The discount before.
        from: Option<GivenDiscount>,
        /// The discount now.
        to: Option<GivenDiscount>,
        /// What was to be paid before.
        amount_before: Money,
        /// What is to be paid now.
        amount_after: Money,
    },
    /// Something else that makes a change from before pass a highest discount: another item under
    /// a document discount, another customer, another unit.
    Other,
    /// A cart with something in it was emptied.
    CartDiscarded {
        /// How many lines it had.
        lines: usize,
        /// What it came to.
        amount: Money,
    },
    /// Goods are taken back.
    Return {
        /// The receipt they were sold with; `None` without one.
        receipt_number: Option<ReceiptNumber>,
        /// What they come to; below zero.
        amount: Money,
    },
    /// Cash is put into the drawer or taken out of it.
    CashMoved {
        /// Which way.
        direction: CashDirection,
        /// The mode of payment whose drawer it is.
        mode_of_payment: String,
        /// How much, above zero.
        amount: Money,
        /// Why.
        reason: String,
    },
    /// The drawer is opened without a sale.
    DrawerOpened {
        /// Why.
        reason: String,
    },
    /// An X report is looked at, which tells what the drawer should hold.
    Report,
    /// The till was counted before the shift is closed; with the count the differences are seen.
    Counted {
        /// What was counted.
        counts: Vec<Count>,
        /// How far that is from what was expected.
        differences: Vec<Difference>,
        /// How often it had been counted before.
        recounts: u32,
    },
    /// A card terminal does not answer: a person says what it did, by its receipt or its display.
    CardConfirmed {
        /// The name of the card payment.
        reference: String,
        /// Which way money was to move.
        kind: CardIntentKind,
        /// The mode of payment.
        mode_of_payment: String,
        /// How much, above zero.
        amount: Money,
        /// Whether money moved.
        approved: bool,
    },
    /// The shift is closed with these differences.
    ClosingDifference {
        /// How far the count is from what was expected.
        differences: Vec<Difference>,
    },
}

/// What a manager has to allow before it happens. Till and cart are as they were until then.
#[derive(Clone, PartialEq, Debug)]
pub struct ApprovalRequest {
    /// Who asks.
    pub asked_by: Cashier,
    /// What is to be done.
    pub action: Action,
    /// The lines that it takes below the highest discount of their items; empty where it is not
    /// about prices.
    pub above: Vec<AboveMaxDiscount>,
}

/// What the journal keeps: who did what, and who allowed it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct JournalFact {
    /// When, in universal time.
    pub at: Timestamp,
    /// Who did it.
    pub cashier: Cashier,
    /// What was done.
    #[serde(rename = "change")]
    pub action: Action,
    /// Who allowed it, and why, where that was needed.
    pub approval: Option<Approval>,
    /// The lines that were below the highest discount of their items; empty without approval.
    pub above: Vec<AboveMaxDiscount>,
}
