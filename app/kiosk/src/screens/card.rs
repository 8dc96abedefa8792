//! The sheet of the card terminal.

use checkout::card::{CardIntent, CardIntentKind};
use checkout::shop::Shop;
use hal::{PaymentDoubt, PaymentState, TerminalHindrance};
use slint::ComponentHandle;

use super::amounts;
use super::words::sentence;
use crate::ui::{CardMoment, CardPay, Level, TillWindow};

/// What is shown of a card payment.
pub struct CardView<'a> {
    /// What the terminal is to do.
    pub intent: &'a CardIntent,
    /// What the terminal said last.
    pub state: Option<&'a PaymentState>,
    /// The till has told it to stop.
    pub cancelling: bool,
    /// It can be asked.
    pub can_ask: bool,
    /// Why it does not answer.
    pub hindrance: Option<TerminalHindrance>,
    /// It has not answered for so long that a person may say what it did.
    pub may_person_say: bool,
}

/// The texts of the sheet.
struct Texts {
    moment: CardMoment,
    level: Level,
    words: String,
    sentence: String,
    yes: &'static str,
    no: &'static str,
}

/// Shows a card payment.
pub fn show(window: &TillWindow, shop: &Shop, view: &CardView<'_>) {
    let sheet = window.global::<CardPay>();
    let intent = view.intent;
    sheet.set_title(
        match intent.kind {
            CardIntentKind::Payment => "Card payment",
            CardIntentKind::Refund => "Money back to a card",
            CardIntentKind::Reversal { .. } => "Taking a card payment back",
        }
        .into(),
    );
    let amount = amounts(shop).amount(intent.amount);
    sheet.set_mode(intent.mode_of_payment.as_str().into());
    sheet.set_amount(amount.as_str().into());
    let texts = texts(view, &amount);
    sheet.set_moment(texts.moment);
    sheet.set_level(texts.level);
    sheet.set_words(texts.words.into());
    sheet.set_sentence(texts.sentence.into());
    sheet.set_yes(texts.yes.into());
    sheet.set_no(texts.no.into());
    // Where nobody knows what became of it, there is nothing left to break off.
    let at_work = matches!(
        view.state,
        None | Some(PaymentState::Connecting | PaymentState::Working(_) | PaymentState::ToBeKeyed)
    );
    sheet.set_can_cancel(at_work);
    sheet.set_cancelling(view.cancelling);
    let hand = matches!(view.state, Some(PaymentState::ToBeConfirmed(doubt)) if *doubt != PaymentDoubt::NotConfirmed);
    sheet.set_can_ask(hand && view.can_ask);
    sheet.set_shown(true);
}

fn texts(view: &CardView<'_>, amount: &str) -> Texts {
    let intent = view.intent;
    let waiting = |words: &str| Texts {
        moment: CardMoment::Waiting,
        level: Level::Busy,
        words: sentence(words),
        sentence: String::new(),
        yes: "",
        no: "",
    };
    let (yes, no) = answers(intent);
    match view.state {
        None | Some(PaymentState::Connecting) => waiting("Connecting to the terminal"),
        Some(PaymentState::Working(words)) if words.is_empty() => waiting("The terminal is at it"),
        Some(PaymentState::Working(words)) => waiting(words),
        Some(PaymentState::ToBeKeyed) => Texts {
            moment: CardMoment::Keyed,
            level: Level::Neutral,
            words: keyed(intent, amount),
            sentence: "Then say what the terminal showed.".to_owned(),
            yes: "Approved",
            no: "Not approved",
        },
        Some(PaymentState::Unknown(doubt) | PaymentState::Asking(doubt)) => Texts {
            moment: CardMoment::Unknown,
            level: Level::Warning,
            words: if view.may_person_say {
                format!("The terminal does not answer: {}", question(intent, amount))
            } else {
                "Asking the terminal what became of it".to_owned()
            },
            sentence: silent(*doubt, view),
            yes: if view.may_person_say { yes } else { "" },
            no: if view.may_person_say { no } else { "" },
        },
        Some(PaymentState::ToBeConfirmed(doubt)) => Texts {
            moment: CardMoment::Confirm,
            level: Level::Warning,
            words: format!("Look at the terminal: {}", question(intent, amount)),
            sentence: format!(
                "{}. Its display, its last receipt or its journal tells.",
                sentence(&doubt.to_string())
            ),
            yes,
            no,
        },
        // Gone from the screen in a moment.
        Some(PaymentState::ToBePrinted(_) | PaymentState::Ended(_)) => waiting("Done"),
    }
}

/// Why nobody knows what became of it, why the terminal does not tell, and what helps.
fn silent(doubt: PaymentDoubt, view: &CardView<'_>) -> String {
    let doubt = sentence(&doubt.to_string());
    let helps = match view.hindrance {
        Some(hindrance) => {
            let remedy = sentence(hindrance.remedy());
            format!("Card terminal: {hindrance}. {remedy}.")
        }
        None => "See that the terminal is on and connected.".to_owned(),
    };
    if view.may_person_say {
        format!(
            "{doubt}. {helps} It is asked on and on; or say what its receipt or its display shows, \
             and a manager approves it."
        )
    } else {
        format!("{doubt}. Nothing is charged again. {helps}")
    }
}

fn keyed(intent: &CardIntent, amount: &str) -> String {
    match intent.kind {
        CardIntentKind::Payment => format!("Key {amount} into the card terminal"),
        CardIntentKind::Refund => format!("Give {amount} back with the card terminal"),
        CardIntentKind::Reversal { .. } => {
            format!("Take the payment of {amount} back at the card terminal")
        }
    }
}

fn question(intent: &CardIntent, amount: &str) -> String {
    match intent.kind {
        CardIntentKind::Payment => format!("did it take {amount}?"),
        CardIntentKind::Refund => format!("did it give {amount} back?"),
        CardIntentKind::Reversal { .. } => format!("did it take the payment of {amount} back?"),
    }
}

fn answers(intent: &CardIntent) -> (&'static str, &'static str) {
    match intent.kind {
        CardIntentKind::Payment => ("It took the money", "It did not"),
        CardIntentKind::Refund => ("It gave the money", "It did not"),
        CardIntentKind::Reversal { .. } => ("It took it back", "It did not"),
    }
}
