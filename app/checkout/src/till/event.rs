//! What happens to a till.

use std::sync::Arc;

use thiserror::Error;

use crate::card::{CardOutcome, LastAtTerminal};
use crate::cart::{DiscountChange, PriceChange};
use crate::money::Money;
use crate::new_customer::CustomerForm;
use crate::quantity::Quantity;
use crate::returns::ReturnSource;
use crate::shift::{CashDirection, Cashier, Count, JournalHead};
use crate::shop::Shop;

/// Something that a person, a device or the store did.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A cashier gave the right PIN.
    SignedIn(Cashier),
    /// The cashier left, or nobody touched the till for a while.
    Locked,
    /// The masters changed. What is in the cart keeps its prices: the customer has seen them.
    ShopChanged(Arc<Shop>),

    /// The numbers of receipts begin above this one; no shift is open.
    ReceiptsBeginAbove(u64),

    /// A shift was opened with this float.
    ShiftOpened {
        /// The cash in the drawer.
        opening_amount: Money,
    },
    /// The shift is durable.
    ShiftSaved,
    /// The shift could not be made durable.
    ShiftNotSaved(NotSaved),

    /// Cash is put into the drawer or taken out of it.
    CashMoved {
        /// Which way.
        direction: CashDirection,
        /// How much, above zero.
        amount: Money,
        /// Why.
        reason: String,
    },
    /// The cash movement is durable.
    CashMovementSaved,
    /// The drawer is to be opened without a sale.
    DrawerOpened {
        /// Why.
        reason: String,
    },
    /// The opening of the drawer is durable.
    DrawerOpeningSaved,
    /// A cash movement, an opening of the drawer or a customer could not be made durable.
    NotSaved(NotSaved),
    /// Somebody wants to know what the shift comes to so far (X report).
    ReportAsked,
    /// The till was counted, to close the shift; or counted again.
    ShiftCounted(Vec<Count>),
    /// The shift goes on.
    CountLeft,
    /// The shift is closed with the count as it is.
    ShiftClosingConfirmed,
    /// The closing is durable.
    ClosingSaved {
        /// The journal as it stood before.
        journal: JournalHead,
    },
    /// The closing could not be made durable.
    ClosingNotSaved(NotSaved),

    /// Goods come back that were sold with this.
    ReturnStarted(ReturnSource),
    /// The goods in the cart are goods that come back, and there is no receipt.
    ReturnWithoutReceipt,
    /// So much of a line of the receipt comes back; zero for none.
    ReturnLineSet {
        /// Its row, from 1.
        row: usize,
        /// How much, in the unit that it was sold in.
        qty: Quantity,
    },
    /// The pieces of a line that come back were chosen.
    ReturnSerialNosChosen {
        /// Its row, from 1.
        row: usize,
        /// Their serial numbers.
        serial_nos: Vec<String>,
    },
    /// All that is left on the receipt comes back.
    ReturnAll,
    /// Why the goods come back.
    ReturnReason(String),
    /// Nothing comes back after all.
    ReturnLeft,

    /// A scanner read a code; or one was typed and entered.
    Scanned(String),
    /// An item was tapped.
    ItemChosen {
        /// Which.
        item_code: String,
    },
    /// A quantity was typed for a line.
    QuantityEntered {
        /// The line.
        line: u32,
        /// What was typed.
        text: String,
    },
    /// Plus or minus was pressed: so many units more or, below zero, less; packs where this
    /// customer's price holds for packs only.
    QuantityStepped {
        /// The line.
        line: u32,
        /// How many steps.
        steps: i32,
    },
    /// Another unit was chosen for a line; its quantity keeps the number.
    UomChosen {
        /// The line.
        line: u32,
        /// The unit.
        uom: String,
    },
    /// Another batch was chosen for a line.
    BatchChosen {
        /// The line.
        line: u32,
        /// The batch.
        batch_no: String,
    },
    /// The pieces of a line were chosen; its quantity becomes their number.
    SerialNosChosen {
        /// The line.
        line: u32,
        /// Their serial numbers.
        serial_nos: Vec<String>,
    },
    /// The price of a line was changed; none for back to the list price and the rules.
    PriceChanged {
        /// The line.
        line: u32,
        /// To what.
        change: Option<PriceChange>,
    },
    /// A discount on the whole document was given; none for no more.
    DiscountChanged(Option<DiscountChange>),
    /// A coupon was typed or scanned; none takes it out.
    CouponEntered(Option<String>),
    /// The customer pays with so many points, while paying; none for no more.
    PointsRedeemed(Option<i64>),
    /// A manager gave the right PIN and a reason for what [`super::Effect::AskApproval`] asked.
    Approved {
        /// The manager.
        by: Cashier,
        /// Why.
        reason: String,
    },
    /// No manager allowed it: it does not happen.
    ApprovalRefused,
    /// A line was taken out.
    LineRemoved {
        /// The line.
        line: u32,
    },
    /// A customer was chosen; none for nobody in particular.
    CustomerChosen(Option<String>),
    /// A customer was entered who is not known yet.
    CustomerEntered(CustomerForm),
    /// The customer is durable: the cart is theirs.
    CustomerSaved,
    /// The whole cart was emptied.
    CartCleared,
    /// The last change to the cart is to be taken back.
    Undone,
    /// The open cart could not be saved; the till goes on.
    CartNotSaved(NotSaved),

    /// The cashier wants to take money, or to give it back where more comes back than is sold.
    PaymentStarted,
    /// The cashier goes back to the cart; what was tendered is given back.
    PaymentLeft,
    /// Money was tendered, or given back; no amount means all that remains.
    Tendered {
        /// How.
        mode_of_payment: String,
        /// How much.
        amount: Option<Money>,
    },
    /// A tender was given back.
    TenderRemoved {
        /// Its place in the list.
        place: usize,
    },
    /// What a card terminal's last payments are.
    TerminalTold(LastAtTerminal),
    /// The terminals can be asked. After a start, what was begun before is asked for.
    TerminalReady,
    /// A card payment's intent, or what became of it, is durable.
    CardSaved,
    /// It could not be made durable.
    CardNotSaved(NotSaved),
    /// The card terminal does not answer, and a person says what it did.
    CardConfirmed {
        /// Whether money moved.
        approved: bool,
    },
    /// It is known what became of a card payment.
    CardEnded {
        /// Its reference.
        reference: String,
        /// What became of it.
        outcome: CardOutcome,
    },
    /// A sale on which nothing is due is finished.
    Completed,
    /// The sale is durable.
    SaleCommitted,
    /// The sale could not be made durable: it did not happen.
    SaleNotCommitted(NotSaved),
    /// The next sale begins.
    NextSale,
}

/// Why something could not be made durable.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum NotSaved {
    /// No space is left.
    #[error("the disk is full")]
    DiskFull,
    /// The disk refuses to write or read.
    #[error("the disk does not answer properly: {0}")]
    Disk(String),
    /// What was to be saved contradicts what is there.
    #[error("the till's records do not fit together: {0}")]
    Inconsistent(String),
}
