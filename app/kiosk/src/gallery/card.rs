//! The card terminal at work, and when nobody knows what became of a payment.

use slint::ComponentHandle;

use super::{goods, scenes};
use crate::headless::Headless;
use crate::ui::{Approval, CardMoment, CardPay, Level, TillWindow};

pub(super) fn waiting(screen: &Headless, window: &TillWindow) {
    scenes::pay(screen, window);
    let sheet = window.global::<CardPay>();
    sheet.set_shown(true);
    sheet.set_moment(CardMoment::Waiting);
    sheet.set_title("Card payment".into());
    sheet.set_mode("Credit Card".into());
    sheet.set_amount("$43.20".into());
    sheet.set_words("Present the card".into());
    sheet.set_level(Level::Busy);
    sheet.set_can_cancel(true);
}

pub(super) fn keyed(screen: &Headless, window: &TillWindow) {
    waiting(screen, window);
    let sheet = window.global::<CardPay>();
    sheet.set_moment(CardMoment::Keyed);
    sheet.set_level(Level::Neutral);
    sheet.set_words("Key $43.20 into the card terminal".into());
    sheet.set_sentence("Then say what the terminal showed.".into());
    sheet.set_yes("Approved".into());
    sheet.set_no("Not approved".into());
}

pub(super) fn unknown(screen: &Headless, window: &TillWindow) {
    waiting(screen, window);
    let sheet = window.global::<CardPay>();
    sheet.set_moment(CardMoment::Unknown);
    sheet.set_level(Level::Warning);
    sheet.set_words("Asking the terminal what became of it".into());
    sheet.set_sentence(
        "The connection was lost in the middle. Nothing is charged again. See that the terminal \
         is on and connected."
            .into(),
    );
    sheet.set_can_cancel(false);
}

pub(super) fn confirm(screen: &Headless, window: &TillWindow) {
    unknown(screen, window);
    let sheet = window.global::<CardPay>();
    sheet.set_moment(CardMoment::Confirm);
    sheet.set_amount("$12,345.67".into());
    sheet.set_words("Look at the terminal: did it take $12,345.67?".into());
    sheet.set_sentence(
        "The terminal\u{2019}s last payment is another one. Its display, its last receipt or its \
         journal tells."
            .into(),
    );
    sheet.set_yes("It took the money".into());
    sheet.set_no("It did not".into());
    sheet.set_can_ask(true);
}

pub(super) fn silent(screen: &Headless, window: &TillWindow) {
    confirm(screen, window);
    let sheet = window.global::<CardPay>();
    sheet.set_moment(CardMoment::Unknown);
    sheet.set_words("The terminal does not answer: did it take $12,345.67?".into());
    sheet.set_sentence(
        "The connection was lost in the middle. Card terminal: not reachable. Switch it on, check \
         its network cable, and compare its address with the till\u{2019}s settings. It is asked on \
         and on; or say what its receipt or its display shows, and a manager approves it."
            .into(),
    );
    sheet.set_can_ask(false);
}

pub(super) fn approval(screen: &Headless, window: &TillWindow) {
    silent(screen, window);
    let approval = window.global::<Approval>();
    approval.set_shown(true);
    approval.set_subject("Card payment of $12,345.67".into());
    approval.set_change("the terminal took the money".into());
    approval.set_cap("The terminal does not answer. Its receipt or its display tells.".into());
    approval.set_managers(scenes::model(goods::managers()));
    approval.set_chosen(0);
    approval.set_digits(3);
    approval.set_reason_given(true);
    approval.set_can_approve(true);
}
