//! What a till asks of the world.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::NotSaved;
use crate::cart::{ApprovalRequest, Cart, CartError, JournalFact};
use crate::loyalty::LoyaltyError;
use crate::money::Money;
use crate::payment::{Payments, TenderRefused};
use crate::pricing_rules::CouponRefused;
use crate::receipt::ReceiptReference;
use crate::sale::{Payment, Sale};
use crate::scan::ScanError;
use crate::shift::Shift;

/// Something to be carried out, in the order given.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Keep the open cart for a restart; `None` when there is none any more.
    SaveCart(Option<Box<OpenCart>>),
    /// Make a shift durable, then answer with ShiftSaved or ShiftNotSaved.
    CommitShift(Box<Shift>),
    /// Make a sale durable together with its print job, journal entry and outbox row and forget
    /// the open cart, all in one transaction; then answer with SaleCommitted or SaleNotCommitted.
    CommitSale(Box<Sale>),
    /// Print the receipt that was committed.
    Print(Arc<Sale>),
    /// Open the cash drawer.
    OpenDrawer,
    /// Show the sale of a scanned receipt.
    ShowSale(ReceiptReference),
    /// Ask a manager; answer with Approved or ApprovalRefused. Any other change of the cart drops
    /// what was asked.
    AskApproval(Box<ApprovalRequest>),
    /// Let one of the variants of this template be chosen; answer with ItemChosen.
    ChooseVariant {
        /// Its item code.
        template: String,
    },
    /// Let the pieces of this line be chosen; answer with SerialNosChosen.
    ChooseSerialNos {
        /// The line.
        line: u32,
    },
    /// Keep this in the journal.
    Journal(Box<JournalFact>),
    /// Make a sound.
    Sound(Sound),
    /// Say something to the cashier.
    Show(Notice),
}

/// A cart that is kept for a restart.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpenCart {
    /// What is being sold.
    pub cart: Cart,
    /// What was tendered, when it was being paid.
    pub payments: Option<Payments>,
}

/// A sound that tells the cashier without looking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sound {
    /// A scan was taken.
    Taken,
    /// Something was refused.
    Refused,
}

/// Something to tell the cashier. The screen words it, with the remedy.
#[derive(Clone, PartialEq, Debug)]
pub enum Notice {
    /// A code that no item has.
    UnknownBarcode(String),
    /// The item is known no longer.
    UnknownItem(String),
    /// No customer of this name is known.
    UnknownCustomer(String),
    /// A change to the cart was refused.
    Cart(CartError),
    /// A scanned code stands for something that cannot be sold so.
    Scan(ScanError),
    /// A typed quantity is none.
    NotAQuantity {
        /// What was typed.
        text: String,
        /// The most decimals that a quantity has here.
        decimals: u8,
    },
    /// A typed amount is none.
    NotAnAmount(String),
    /// A typed percentage is none between 0 and 100.
    NotAPercentage(String),
    /// A coupon was refused.
    Coupon(CouponRefused),
    /// The customer collects no points.
    NoLoyaltyProgram,
    /// Points cannot be redeemed.
    Loyalty(LoyaltyError),
    /// An approval was given without a reason.
    ReasonNeeded,
    /// Nothing waits for an approval any more.
    NothingToApprove,
    /// A tender was refused.
    Tender(TenderRefused),
    /// Scanned while nobody is signed in.
    SignInFirst,
    /// Scanned while no shift is open.
    OpenShiftFirst,
    /// Scanned while the sale is being paid.
    PayingAlready,
    /// There is nothing to pay for.
    CartEmpty,
    /// The prices and taxes of the cart come to less than nothing.
    AmountBelowZero(Money),
    /// What was tendered goes back to the customer: the payment was left.
    GiveBack(Vec<Payment>),
    /// A float below zero.
    FloatBelowZero,
    /// The profile names no customer for sales to nobody in particular.
    CustomerNeeded,
    /// The sale did not happen; the tenders are as they were.
    SaleNotCommitted(NotSaved),
    /// The shift did not open.
    ShiftNotSaved(NotSaved),
    /// The cart would not come back after a power cut.
    CartNotSaved(NotSaved),
    /// The cart that was open before the start cannot be taken up again, with what was tendered.
    CartLost,
}
