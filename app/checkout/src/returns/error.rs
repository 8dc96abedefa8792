//! Why goods are not taken back.

use thiserror::Error;

use crate::catalog::CatalogError;
use crate::money::Money;
use crate::quantity::Quantity;
use crate::receipt::ReceiptCodeError;
use crate::sale::ReceiptNumber;
use crate::totals::TotalsError;

/// Why a return, or a change of it, is refused. Everything is as it was.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum ReturnRefused {
    /// The receipt is not one of this till.
    #[error(
        "receipt {0} was not made by this till; scan the code on the receipt, or take the goods \
         back without a receipt"
    )]
    UnknownReceipt(ReceiptNumber),
    /// What was sold is not known here.
    #[error(
        "what was sold with this receipt is not known here; find the sale at the till it was made \
         at, or take the goods back without a receipt"
    )]
    UnknownSale,
    /// The code on the receipt is not one to go by.
    #[error(transparent)]
    Code(#[from] ReceiptCodeError),
    /// The receipt is one of goods that came back.
    #[error("receipt {0} is of goods that came back; scan the receipt of the sale")]
    IsReturn(ReceiptNumber),
    /// The sale was made by another company.
    #[error("this receipt is of {0}, which is not the company of this till")]
    OtherCompany(String),
    /// The sale was made in another currency.
    #[error("this receipt is in {0}; take the goods back at a till that sells in it")]
    OtherCurrency(String),
    /// All of it has come back.
    #[error("everything on this receipt has come back already")]
    NothingLeft,
    /// A return is open.
    #[error("a return is open; finish or leave it first")]
    OpenAlready,
    /// No return is open.
    #[error("no return is open; scan the receipt first")]
    NotOpen,
    /// There is no such row.
    #[error("that line is not on the receipt")]
    NoSuchRow,
    /// More than may come back.
    #[error("only {left} of {item_name} can come back: {sold} were sold{}", returned(*sold, *left))]
    MoreThanLeft {
        /// The item's name.
        item_name: String,
        /// How many were sold.
        sold: Quantity,
        /// How many may still come back.
        left: Quantity,
    },
    /// Less than nothing.
    #[error("a quantity that comes back is not below zero; enter how many are there")]
    BelowZero,
    /// A unit that is only sold whole was to come back in part.
    #[error("{uom} comes back in whole numbers only")]
    WholeNumber {
        /// The unit.
        uom: String,
    },
    /// A piece that was not sold so, or is back already.
    #[error(
        "serial number {serial_no} of {item_name} was not sold with this receipt, or is back \
         already; check the label"
    )]
    SerialNo {
        /// The piece.
        serial_no: String,
        /// The item's name.
        item_name: String,
    },
    /// Which pieces come back was not said.
    #[error("{item_name} still needs {missing} of its serial numbers; scan or choose them")]
    SerialNosMissing {
        /// The item's name.
        item_name: String,
        /// How many.
        missing: usize,
    },
    /// Pieces with serial numbers need their receipt.
    #[error(
        "{item_name} has serial numbers and comes back with its receipt only; find the sale it \
         was sold with"
    )]
    NeedsReceipt {
        /// The item's name.
        item_name: String,
    },
    /// Nothing was chosen.
    #[error("choose what comes back first")]
    NothingChosen,
    /// The rows come to more than nothing, as when a deposit that was paid out comes back alone.
    #[error("what comes back comes to {0} for the customer to pay; sell it, or leave it out")]
    AboveZero(Money),
    /// Nobody said why.
    #[error("enter why the goods come back")]
    ReasonNeeded,
    /// Nothing can be paid back.
    #[error(
        "no mode of payment can give money back; set Allow In Returns for one in the payments of \
         this till's POS Profile in ERPNext"
    )]
    NoRefundMode,
    /// ERPNext refuses a return from before its sale.
    #[error("the clock of this till is before the time on the receipt; set the clock first")]
    BeforeSale,
    /// The return cannot be added up.
    #[error("the return cannot be added up: {0}")]
    Totals(#[from] TotalsError),
    /// The stored sales cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

fn returned(sold: Quantity, left: Quantity) -> &'static str {
    if sold == left {
        ""
    } else {
        ", some have come back already"
    }
}
