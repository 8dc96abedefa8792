//! What a manager is asked to allow, in words.

use checkout::action::{Action, ApprovalRequest};
use checkout::card::CardIntentKind;
use checkout::cart::GivenDiscount;
use checkout::format::AmountFormat;
use checkout::shift::{CashDirection, Difference};

use crate::screens::close_shift::difference_words;

use super::prices::{from_to, given_discount, needs_manager, per_cent};

/// What an approval sheet says.
pub struct ApprovalWords {
    /// What it is about.
    pub subject: String,
    /// From what to what.
    pub change: String,
    /// What may be done without a manager.
    pub cap: String,
}

/// What a manager is asked to allow.
pub fn approval(request: &ApprovalRequest, format: &AmountFormat) -> ApprovalWords {
    let first = request.above.first();
    let (subject, change) = match &request.action {
        Action::Price {
            item_name,
            from,
            to,
            ..
        } => (item_name.clone(), from_to(format, *from, *to)),
        Action::Discount { .. } => (
            "The whole sale".to_owned(),
            discount(&request.action, format),
        ),
        Action::Other => (
            first
                .map_or("The whole sale", |line| line.item_name.as_str())
                .to_owned(),
            first.map_or_else(String::new, |line| from_to(format, line.from, line.to)),
        ),
        Action::CartDiscarded { lines, amount } => (
            "Discard the cart".to_owned(),
            format!("{lines} lines, {}", format.amount(*amount)),
        ),
        Action::Return {
            receipt_number,
            amount,
        } => (
            match receipt_number {
                Some(number) => format!("Return of goods from receipt {number}"),
                None => "Return without a receipt".to_owned(),
            },
            format!("Give back {}", format.amount(amount.negated())),
        ),
        Action::CashMoved {
            direction,
            amount,
            reason,
            ..
        } => (
            match direction {
                CashDirection::In => format!("Cash in {}", format.amount(*amount)),
                CashDirection::Out => format!("Cash out {}", format.amount(*amount)),
            },
            reason.clone(),
        ),
        Action::DrawerOpened { reason } => ("Open the drawer".to_owned(), reason.clone()),
        Action::Report => ("X report".to_owned(), String::new()),
        Action::Counted { differences, .. } => ("Count".to_owned(), listed(differences, format)),
        Action::CardConfirmed {
            kind,
            amount,
            approved,
            ..
        } => (
            card(kind, format.amount(*amount)),
            card_answer(kind, *approved),
        ),
        Action::ClosingDifference { differences } => (
            "Close the shift with a difference".to_owned(),
            listed(differences, format),
        ),
    };
    let cap = match &request.action {
        Action::CashMoved { .. } => "Cash that moves without a sale needs a manager.".to_owned(),
        Action::DrawerOpened { .. } => {
            "Opening the drawer without a sale needs a manager.".to_owned()
        }
        Action::Report => {
            "It tells what the drawer should hold: whoever counts later should not see it."
                .to_owned()
        }
        Action::Return { .. } => "Taking these goods back needs a manager.".to_owned(),
        Action::CardConfirmed { .. } => {
            "The terminal does not answer. Its receipt or its display tells.".to_owned()
        }
        Action::ClosingDifference { .. } => {
            "More differs than a cashier may close with alone.".to_owned()
        }
        _ => needs_manager(&request.above),
    };
    ApprovalWords {
        subject,
        change,
        cap,
    }
}

fn card(kind: &CardIntentKind, amount: String) -> String {
    match kind {
        CardIntentKind::Payment => format!("Card payment of {amount}"),
        CardIntentKind::Refund => format!("{amount} back to a card"),
        CardIntentKind::Reversal { .. } => format!("Taking back a card payment of {amount}"),
    }
}

fn card_answer(kind: &CardIntentKind, approved: bool) -> String {
    match (kind, approved) {
        (CardIntentKind::Payment, true) => "the terminal took the money",
        (CardIntentKind::Payment, false) => "the terminal took no money",
        (CardIntentKind::Refund, true) => "the terminal gave the money",
        (CardIntentKind::Refund, false) => "the terminal gave no money",
        (CardIntentKind::Reversal { .. }, true) => "the terminal took it back",
        (CardIntentKind::Reversal { .. }, false) => "the terminal did not take it back",
    }
    .to_owned()
}

fn listed(differences: &[Difference], format: &AmountFormat) -> String {
    let each = differences.iter().map(|row| {
        let (_, difference) = difference_words(format, row.difference);
        format!("{} {difference}", row.mode_of_payment)
    });
    each.collect::<Vec<_>>().join(", ")
}

/// From what to what the discount on the whole sale goes.
fn discount(action: &Action, format: &AmountFormat) -> String {
    let Action::Discount {
        to,
        amount_before,
        amount_after,
        ..
    } = action
    else {
        return String::new();
    };
    let amounts = from_to(format, *amount_before, *amount_after);
    match to {
        // It says itself how much is off.
        Some(GivenDiscount::Percentage(percentage)) => {
            let (before, after) = (format.number(*amount_before), format.number(*amount_after));
            format!("{before} → {after}, {} off", per_cent(*percentage))
        }
        Some(given) => {
            let given = given_discount(*given, format, amount_after.currency);
            format!("{given}: {amounts}")
        }
        None => amounts,
    }
}
