//! What a till asks of the world.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::NotSaved;
use crate::action::{ApprovalRequest, JournalFact};
use crate::card::{CardEnd, CardIntent};
use crate::cart::{Cart, CartError};
use crate::loyalty::LoyaltyError;
use crate::money::Money;
use crate::new_customer::{CustomerFormRefused, NewCustomer};
use crate::payment::{Payments, Refund, TenderRefused};
use crate::pricing_rules::CouponRefused;
use crate::receipt::ReceiptReference;
use crate::returns::{OpenReturn, Original, ReturnRefused};
use crate::sale::{Payment, Sale};
use crate::scan::ScanError;
use crate::shift::report::Report;
use crate::shift::{CashMovement, CountRefused, DrawerOpening, Shift, ShiftClosing};

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
    /// Make both halves of an exchange durable in one transaction, the return first, each as
    /// CommitSale does; then answer with SaleCommitted or SaleNotCommitted.
    CommitExchange {
        /// The return.
        returned: Box<Sale>,
        /// The sale; its receipt number is the next one.
        sale: Box<Sale>,
    },
    /// Make cash that was moved durable, then answer with CashMovementSaved or NotSaved.
    CommitCashMovement(Box<CashMovement>),
    /// Make an opening of the drawer durable, then answer with DrawerOpeningSaved or NotSaved.
    CommitDrawerOpening(Box<DrawerOpening>),
    /// Make a customer durable, then answer with CustomerSaved or NotSaved.
    CommitCustomer(Box<NewCustomer>),
    /// Make a card payment's intent durable, with the cart that it is for, then answer with
    /// CardSaved or CardNotSaved. The terminal must not hear of it before.
    CommitCardIntent {
        /// What the terminal will be told to do.
        intent: Box<CardIntent>,
        /// The open cart.
        cart: Option<Box<OpenCart>>,
    },
    /// Have the terminal do it, then answer with CardEnded.
    StartCard(Box<CardIntent>),
    /// Find out what became of it, then answer with CardEnded. No money must move for that.
    AskCard(Box<CardIntent>),
    /// Stop asking: what became of it is what a person says. Then answer with CardEnded.
    ConfirmCard {
        /// Its reference.
        reference: String,
        /// Whether money moved.
        approved: bool,
    },
    /// Make it durable what became of a card payment, together with the cart that it paid for,
    /// then answer with CardSaved or CardNotSaved.
    CommitCardOutcome {
        /// What became of it.
        end: Box<CardEnd>,
        /// The open cart, with the tender.
        cart: Option<Box<OpenCart>>,
    },
    /// Check that a closing tells what is stored and make it durable, then answer with
    /// ClosingSaved or ClosingNotSaved.
    CommitClosing(Box<ShiftClosing>),
    /// Print the receipt that was committed.
    Print(Arc<Sale>),
    /// Print a report of a shift, or a slip for cash that was moved.
    PrintReport(Box<Report>),
    /// Open the cash drawer.
    OpenDrawer,
    /// Show the sale of a scanned receipt.
    ShowSale(ReceiptReference),
    /// Show what a receipt of another till of the shop says, which this one has no sale of; goods
    /// of it come back with ReturnStarted and this code.
    ShowReceipt {
        /// What was sold.
        original: Box<Original>,
        /// What was scanned.
        code: String,
    },
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

/// A cart that is kept for a restart, with the return beside it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct OpenCart {
    /// What is being sold.
    pub cart: Cart,
    /// What was tendered, when it was being paid.
    pub payments: Option<Payments>,
    /// What comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returning: Option<OpenReturn>,
    /// What was given back, when it was being refunded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Refund>,
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
    /// A count of the till was not taken.
    Count(CountRefused),
    /// A return was refused.
    Return(ReturnRefused),
    /// What was entered of a new customer was refused.
    CustomerForm(CustomerFormRefused),
    /// A shift is closed with an empty cart only, and without an open return.
    CartNotEmpty,
    /// What is under way has to be finished before this.
    FinishFirst,
    /// The shift was opened in another currency than the shop sells in now: it has to be closed.
    ShiftInOtherCurrency,
    /// Something is being saved that this has to wait for.
    StillSaving,
    /// An amount above zero is needed.
    AmountNeeded,
    /// The profile has no cash.
    NoCashMode,
    /// Cash is moved, and the drawer opened, for a reason.
    SayWhy,
    /// Scanned while the shift is being closed.
    ClosingAlready,
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
    /// The terminal is at a card payment, or its outcome is not known yet.
    CardUnderWay,
    /// A card payment has to be taken back before the payment can be left.
    TakeCardBackFirst,
    /// Money that was given back to a card cannot be taken from it again.
    CardRefunded,
    /// A card payment was declined, with the reason.
    CardDeclined(String),
    /// A card payment was broken off.
    CardAborted,
    /// A card payment could not begin, with the reason.
    CardNotBegun(String),
    /// A card payment whose outcome was unknown did not happen.
    CardNotCharged,
    /// A card payment happened, and there is no sale that it belongs to.
    CardWithoutSale(Money),
    /// A card payment did not begin because it could not be saved; or what became of it was not
    /// saved, and is with the sale.
    CardNotSaved(NotSaved),
    /// A float below zero.
    FloatBelowZero,
    /// The profile names no customer for sales to nobody in particular.
    CustomerNeeded,
    /// The sale did not happen; the tenders are as they were.
    SaleNotCommitted {
        /// Why.
        reason: NotSaved,
        /// How many codes that were scanned for the next sale meanwhile are forgotten.
        scans_lost: usize,
    },
    /// So many codes were scanned while a sale was being saved as found no place to wait in.
    ScansLost(usize),
    /// The shift did not open.
    ShiftNotSaved(NotSaved),
    /// The shift was not closed; the count is as it was.
    ClosingNotSaved(NotSaved),
    /// Cash was not moved.
    CashMovementNotSaved(NotSaved),
    /// The drawer was not opened.
    DrawerOpeningNotSaved(NotSaved),
    /// The customer was not made.
    CustomerNotSaved(NotSaved),
    /// The cart would not come back after a power cut.
    CartNotSaved(NotSaved),
    /// The cart that was open before the start cannot be taken up again, with what was tendered.
    CartLost,
}
