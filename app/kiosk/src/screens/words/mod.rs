//! What the till says: each notice, status and fault as thing, cause and remedy.

mod actions;
mod devices;
mod prices;

pub use actions::{ApprovalWords, approval};
pub use devices::{
    device_port, disturbed, drawer, drawer_not_told, letters_missing, line, no_drawer, printer,
    printer_warning, scale,
};
pub use prices::{
    day, from_to, given_discount, needs_manager, off, per_cent, points, points_limit, reason,
};

use crate::ui::Level;
use checkout::cart::CartError;
use checkout::format::AmountFormat;
use checkout::payment::TenderRefused;
use checkout::sale::Payment;
use checkout::till::{NotSaved, Notice};

/// A sentence for the screen.
#[derive(Clone, PartialEq, Debug)]
pub struct Words {
    /// How bad it is.
    pub level: Level,
    /// The thing and what is the matter with it.
    pub title: String,
    /// The cause, where it says more than the title.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
}

impl Words {
    /// A sentence of this level.
    pub fn new(
        level: Level,
        title: impl Into<String>,
        sentence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            level,
            title: title.into(),
            // Errors begin with a small letter, as parts of sentences do.
            sentence: self::sentence(&sentence.into()),
            remedy: remedy.into(),
        }
    }

    /// Title and remedy on one line, for a place beside what was typed.
    pub fn one_sentence(&self) -> String {
        if self.remedy.is_empty() {
            self.title.clone()
        } else {
            format!("{}. {}", self.title.trim_end_matches('.'), self.remedy)
        }
    }

    fn warning(title: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Level::Warning, title, "", remedy)
    }
}

/// An error's text as a sentence of its own.
pub fn sentence(error: &str) -> String {
    let mut letters = error.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The same with a full stop, where nothing else ends it.
pub fn whole_sentence(error: &str) -> String {
    let mut whole = sentence(error.trim());
    if !whole.is_empty() && !whole.ends_with(['.', '!', '?']) {
        whole.push('.');
    }
    whole
}

/// A notice of the till in words.
pub fn notice(notice: &Notice, money: &AmountFormat) -> Words {
    match notice {
        Notice::UnknownBarcode(code) => Words::warning(
            format!("Unknown barcode {}", short(code)),
            "Search for the item by name, or set the goods aside and ask a manager.",
        ),
        Notice::UnknownItem(code) => Words::warning(
            format!("Item {} is not on this till", short(code)),
            "It was removed in ERPNext. Choose another item.",
        ),
        Notice::UnknownCustomer(name) => Words::warning(
            format!("Customer {} is not on this till", short(name)),
            "Choose another customer, or sell without one.",
        ),
        Notice::Cart(error) => cart(error),
        Notice::NotAQuantity { text, decimals } => Words::warning(
            format!("\"{}\" is not a quantity", short(text)),
            format!(
                "Enter a number above zero with at most {decimals} decimals, or remove the line."
            ),
        ),
        Notice::Scan(error) => Words::warning(sentence(&error.to_string()), ""),
        Notice::NotAnAmount(text) => Words::warning(
            format!("\"{}\" is not an amount of money", short(text)),
            "Enter digits with at most one decimal point.",
        ),
        Notice::NotAPercentage(text) => Words::warning(
            format!("\"{}\" is not a percentage", short(text)),
            "Enter a number between 0 and 100.",
        ),
        Notice::Coupon(refused) => Words::warning(sentence(&refused.to_string()), ""),
        Notice::NoLoyaltyProgram => Words::warning(
            "This customer collects no points",
            "Choose another way to pay.",
        ),
        Notice::Loyalty(error) => Words::warning(sentence(&error.to_string()), ""),
        Notice::Count(refused) => Words::warning(sentence(&refused.to_string()), ""),
        Notice::Return(refused) => Words::warning(sentence(&refused.to_string()), ""),
        Notice::CustomerForm(refused) => Words::warning(sentence(&refused.to_string()), ""),
        Notice::CartNotEmpty => Words::warning(
            "There are goods in the cart",
            "Finish this sale or return, or empty the cart, then close the shift.",
        ),
        Notice::FinishFirst => Words::warning(
            "Something is not finished yet",
            "Finish or leave what is on the screen, then try again.",
        ),
        Notice::ShiftInOtherCurrency => Words::warning(
            "The shift was opened in another currency",
            "Close this shift and open a new one, then sell.",
        ),
        Notice::StillSaving => Words::warning(
            "The last thing is still being saved",
            "Try again in a moment.",
        ),
        Notice::AmountNeeded => Words::warning(
            "Enter an amount above zero",
            "In the currency of the shift.",
        ),
        Notice::NoCashMode => Words::warning(
            "This till takes no cash",
            "Add a mode of payment of type Cash to its POS Profile in ERPNext.",
        ),
        Notice::SayWhy => Words::warning("A reason is needed", "Choose one, or type it."),
        Notice::ClosingAlready => Words::warning(
            "The shift is being closed",
            "Finish the closing, or go back to the shift and scan again.",
        ),
        Notice::ReasonNeeded => Words::warning(
            "An approval needs a reason",
            "Choose one, or type why it is allowed.",
        ),
        Notice::NothingToApprove => Words::warning(
            "There is nothing to approve any more",
            "The cart was changed meanwhile. Make the change again.",
        ),
        Notice::Tender(refused) => tender(refused, money),
        Notice::SignInFirst => Words::warning(
            "The till is locked",
            "Sign in with your PIN, then scan again.",
        ),
        Notice::OpenShiftFirst => Words::warning(
            "No shift is open",
            "Count the float and open the shift, then scan.",
        ),
        Notice::PayingAlready => Words::warning(
            "The sale is being paid",
            "Finish the payment, or go back to the cart and scan again.",
        ),
        Notice::CartEmpty => Words::warning("The cart is empty", "Scan or tap an item first."),
        Notice::AmountBelowZero(amount) => Words::warning(
            format!("The sale comes to {}", money.amount(*amount)),
            "Ask a manager to check the prices and the taxes of the POS Profile in ERPNext.",
        ),
        Notice::GiveBack(tenders) => Words::warning(
            format!("Give back: {}", tendered(tenders, money)),
            "The payment was left; the cart can be changed and paid again.",
        ),
        Notice::CardUnderWay => Words::warning(
            "The card terminal is not done yet",
            "Wait until it is known what became of the card payment.",
        ),
        Notice::TakeCardBackFirst => Words::warning(
            "A card has paid already",
            "Take the card payment back with its cross first, then leave.",
        ),
        Notice::CardRefunded => Words::warning(
            "Money that went to a card cannot be taken from it again",
            "Finish, or take a new payment by card afterwards.",
        ),
        Notice::CardDeclined(reason) => Words::new(
            Level::Bad,
            "The card payment was declined",
            format!("{}.", sentence(reason)),
            "Try another card, or another way to pay.",
        ),
        Notice::CardAborted => Words::warning(
            "The card payment was broken off",
            "Nothing was charged. Try again, or another way to pay.",
        ),
        Notice::CardNotBegun(reason) => Words::new(
            Level::Bad,
            "The card payment did not begin",
            format!("{}.", sentence(reason)),
            "Nothing was charged.",
        ),
        Notice::CardNotCharged => Words::warning(
            "The card was not charged",
            "The terminal has no such payment. Try again, or another way to pay.",
        ),
        Notice::CardWithoutSale(amount) => Words::new(
            Level::Bad,
            format!(
                "A card was charged {} without a sale",
                money.amount(*amount)
            ),
            "The cart it belonged to cannot be taken up again.",
            "Take the payment back at the terminal, or ring the goods up again as paid by hand.",
        ),
        Notice::CardNotSaved(reason) => not_saved("The card payment was not saved", reason, ""),
        Notice::FloatBelowZero => Words::warning(
            "A float cannot be below zero",
            "Count the drawer and enter the sum.",
        ),
        Notice::CustomerNeeded => Words::warning(
            "This sale needs a customer",
            "Choose a customer. A manager can set a walk-in customer in the POS Profile.",
        ),
        Notice::SaleNotCommitted { reason, scans_lost } => {
            let kept = "Nothing was printed and the payment is still here.";
            let lost = match scans_lost {
                0 => String::new(),
                lost => format!(" {} for the next sale; scan again then.", not_taken(*lost)),
            };
            not_saved("The sale was not saved", reason, &format!("{kept}{lost}"))
        }
        Notice::ScansLost(lost) => Words::warning(
            format!("{} while the sale was saved", not_taken(*lost)),
            "Compare the goods with the cart and scan what is missing.",
        ),
        Notice::ShiftNotSaved(reason) => not_saved("The shift was not opened", reason, ""),
        Notice::ClosingNotSaved(reason) => not_saved(
            "The shift was not closed",
            reason,
            "The count is still here.",
        ),
        Notice::CashMovementNotSaved(reason) => not_saved(
            "The cash movement was not saved",
            reason,
            "The drawer stays shut.",
        ),
        Notice::DrawerOpeningNotSaved(reason) => not_saved("The drawer was not opened", reason, ""),
        Notice::CustomerNotSaved(reason) => not_saved("The customer was not saved", reason, ""),
        Notice::CartLost => Words::warning(
            "The cart that was open before the start is lost",
            "Scan the goods again. Give back what was already paid, or take it for the new sale.",
        ),
        Notice::CartNotSaved(reason) => not_saved(
            "The cart is not safe from a power cut",
            reason,
            "Finish this sale before anything else.",
        ),
    }
}

fn tendered(tenders: &[Payment], money: &AmountFormat) -> String {
    let each = tenders.iter().map(|tender| {
        let amount = money.amount(tender.amount);
        format!("{} {amount}", tender.mode_of_payment)
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Codes that nothing became of.
fn not_taken(codes: usize) -> String {
    match codes {
        1 => "One code was not taken".to_owned(),
        codes => format!("{codes} codes were not taken"),
    }
}

pub(crate) fn not_saved(title: &str, reason: &NotSaved, consequence: &str) -> Words {
    let remedy = match reason {
        NotSaved::DiskFull => "Free space on the till's disk, then try again.",
        NotSaved::Disk(_) => {
            "Try again. If it happens twice, restart the till; nothing sold is lost."
        }
        NotSaved::Inconsistent(_) => "Restart the till. If it happens again, call for help.",
    };
    let mut sentence = reason.to_string();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Words::new(
        Level::Bad,
        title,
        format!("{sentence}. {consequence}").trim_end(),
        remedy,
    )
}

fn cart(error: &CartError) -> Words {
    let remedy = match error {
        CartError::Disabled { .. } => "It was taken out of sale in ERPNext. Set the goods aside.",
        CartError::NotForSale { .. } => "Set the goods aside and ask a manager.",
        CartError::NoPrice { .. } => {
            "Ask a manager to enter an Item Price in ERPNext; the till then learns it by itself."
        }
        CartError::PackingUnit { .. } => "Enter such a quantity.",
        CartError::WholeNumber { .. } => "Enter a whole number.",
        CartError::NoSuchLine => "Tap the line again.",
        CartError::Full => "Take payment for this cart and go on with a new one.",
        CartError::Totals(_) => "Ask a manager to check the taxes of the POS Profile in ERPNext.",
        CartError::Catalog(_) => "Try again. If it happens twice, restart the till.",
        CartError::TooMuch => "Enter a smaller quantity.",
        CartError::DiscountAboveAmount { .. } => "Enter at most that.",
        // These sentences say what to do themselves.
        CartError::RateChangeOff
        | CartError::DiscountChangeOff
        | CartError::UnknownUom { .. }
        | CartError::Customer { .. }
        | CartError::Batch(_)
        | CartError::Label(_)
        | CartError::SerialNo(_)
        | CartError::SerialNosMissing { .. }
        | CartError::TaxRule(_)
        | CartError::NoExchangeRate(_) => "",
    };
    Words::warning(sentence(&error.to_string()), remedy)
}

fn tender(refused: &TenderRefused, money: &AmountFormat) -> Words {
    match refused {
        TenderRefused::NothingTendered => Words::warning(
            "Enter an amount above zero",
            "Or tap the tender for all that is due.",
        ),
        TenderRefused::NothingDue => {
            Words::warning("The sale is already paid", "Tap Complete to finish it.")
        }
        TenderRefused::TooMuch {
            mode_of_payment,
            remaining,
        } => Words::warning(
            format!(
                "{mode_of_payment} takes at most {}",
                money.amount(*remaining)
            ),
            "Change is only given for cash. Enter a smaller amount.",
        ),
        TenderRefused::Implausible { amount, remaining } => Words::warning(
            format!("{} is far too much", money.amount(*amount)),
            format!(
                "Only {} is due. Enter the amount again.",
                money.amount(*remaining)
            ),
        ),
        TenderRefused::MoreThanRefund { remaining } => Words::warning(
            format!("Only {} is to be given back", money.amount(*remaining)),
            "Enter a smaller amount.",
        ),
        TenderRefused::NotInReturns(_) => Words::warning(sentence(&refused.to_string()), ""),
        TenderRefused::UnknownMode(mode) => Words::warning(
            format!("{} is not taken at this till", short(mode)),
            "Choose another way to pay.",
        ),
    }
}

/// What a person can read of a code: no control characters, not endless.
fn short(text: &str) -> String {
    const LONGEST: usize = 32;
    let visible = text.chars().filter(|c| !c.is_control());
    let mut short: String = visible.take(LONGEST + 1).collect();
    if short.chars().count() > LONGEST {
        short = short.chars().take(LONGEST).collect();
        short.push('…');
    }
    short
}
