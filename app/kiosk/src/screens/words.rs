//! What the till says: each notice, status and fault as thing, cause and remedy.

use checkout::cart::CartError;
use checkout::format::AmountFormat;
use checkout::payment::TenderRefused;
use checkout::sale::Payment;
use checkout::till::{NotSaved, Notice};
use hal::{Hindrance, PortState, PrinterFault};

use crate::ui::Level;

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
            sentence: sentence.into(),
            remedy: remedy.into(),
        }
    }

    fn warning(title: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Level::Warning, title, "", remedy)
    }
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
        Notice::FloatBelowZero => Words::warning(
            "A float cannot be below zero",
            "Count the drawer and enter the sum.",
        ),
        Notice::CustomerNeeded => Words::warning(
            "This sale needs a customer",
            "Choose a customer. A manager can set a walk-in customer in the POS Profile.",
        ),
        Notice::SaleNotCommitted(reason) => not_saved(
            "The sale was not saved",
            reason,
            "Nothing was printed and the payment is still here.",
        ),
        Notice::ShiftNotSaved(reason) => not_saved("The shift was not opened", reason, ""),
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

fn not_saved(title: &str, reason: &NotSaved, consequence: &str) -> Words {
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
        format!("{sentence}. {consequence}"),
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
        CartError::Customer { .. } => {
            "Choose another customer, or ask a manager to change this one in ERPNext."
        }
    };
    let mut title = error.to_string();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Words::warning(title, remedy)
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
        TenderRefused::UnknownMode(mode) => Words::warning(
            format!("{} is not taken at this till", short(mode)),
            "Choose another way to pay.",
        ),
    }
}

/// Why the receipt printer does not print, in words.
pub fn printer(hindrance: Hindrance) -> Words {
    let by_itself = "the receipt prints by itself";
    let (level, title, remedy) = match hindrance {
        Hindrance::Port(port) => {
            let (title, remedy) = device_port("Receipt printer", port);
            return Words::new(Level::Bad, title, "", remedy);
        }
        Hindrance::NotResponding => (
            Level::Bad,
            "Receipt printer: no answer",
            format!("Switch it on and check its cable; {by_itself}."),
        ),
        Hindrance::CoverOpen => (
            Level::Bad,
            "Receipt printer: cover open",
            format!("Close it; {by_itself}."),
        ),
        Hindrance::PaperEmpty => (
            Level::Bad,
            "Receipt printer: out of paper",
            format!("Put in a new roll; {by_itself}."),
        ),
        Hindrance::Fault(PrinterFault::Cutter) => (
            Level::Bad,
            "Receipt printer: cutter stuck",
            "Open the cover, take out stuck paper, close it and switch the printer off and on."
                .to_owned(),
        ),
        Hindrance::Fault(PrinterFault::AutoRecoverable) => (
            Level::Warning,
            "Receipt printer: too hot",
            format!("Wait a moment; {by_itself}."),
        ),
        Hindrance::Fault(_) => (
            Level::Bad,
            "Receipt printer: fault",
            "Switch it off and on. If that does not help, it needs repair; selling goes on."
                .to_owned(),
        ),
        Hindrance::Offline => (
            Level::Warning,
            "Receipt printer: offline",
            format!("Press its online or feed button; {by_itself}."),
        ),
    };
    Words::new(level, title, "", remedy)
}

/// A device whose port is not open: what is the matter, and what to do.
pub fn device_port(device: &str, port: PortState) -> (String, String) {
    let (matter, remedy) = match port {
        PortState::Opening => ("connecting", "Wait a moment."),
        PortState::Open => ("ready", ""),
        PortState::Absent => (
            "not found",
            "Check its cable and that it is switched on; it is found by itself.",
        ),
        PortState::Busy => ("in use by another program", "Close the other program."),
        PortState::Denied => (
            "the till may not use its port",
            "Ask for help: the port's permissions are wrong.",
        ),
        PortState::Failed => ("its port does not work", "Unplug it and plug it in again."),
    };
    (format!("{device}: {matter}"), remedy.to_owned())
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
