//! The sheet on which a manager approves what is over a cap.

use std::rc::Rc;

use checkout::action::{Action, ApprovalRequest};
use checkout::shop::Shop;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::update;
use super::words;
use crate::ui::{Approval, Cashier, TillWindow};

/// The reasons that most changed prices have.
const PRICE_REASONS: [&str; 6] = [
    "Damaged goods",
    "Price on the shelf",
    "Price of a competitor",
    "Regular customer",
    "Last piece",
    "Apology",
];
const RETURN_REASONS: [&str; 6] = [
    "Receipt lost",
    "A gift",
    "Damaged",
    "Not liked",
    "Wrong item",
    "Regular customer",
];
const DIFFERENCE_REASONS: [&str; 4] = [
    "Counted twice",
    "Wrong change",
    "Receipt missing",
    "Not explained",
];

fn usual_reasons(action: &Action) -> &'static [&'static str] {
    match action {
        Action::Return { .. } => &RETURN_REASONS,
        Action::Counted { .. } | Action::ClosingDifference { .. } => &DIFFERENCE_REASONS,
        _ if says_why(action) => &[],
        _ => &PRICE_REASONS,
    }
}

/// Whether an action says itself why it is done: no reason is asked for then.
pub fn says_why(action: &Action) -> bool {
    matches!(
        action,
        Action::CashMoved { .. }
            | Action::DrawerOpened { .. }
            | Action::Report
            | Action::CardConfirmed { .. }
    )
}

/// The models of the sheet.
pub struct ApprovalScreen {
    managers: Rc<VecModel<Cashier>>,
    reasons: Rc<VecModel<SharedString>>,
}

impl ApprovalScreen {
    /// Connects the models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            managers: Rc::default(),
            reasons: Rc::default(),
        };
        let sheet = window.global::<Approval>();
        sheet.set_managers(ModelRc::from(screen.managers.clone()));
        sheet.set_reasons(ModelRc::from(screen.reasons.clone()));
        screen
    }

    /// Shows what is to be approved.
    pub fn show(&self, window: &TillWindow, shop: &Shop, request: &ApprovalRequest) {
        let sheet = window.global::<Approval>();
        let words = words::approval(request, &super::amounts(shop));
        sheet.set_subject(words.subject.into());
        sheet.set_change(words.change.into());
        sheet.set_cap(words.cap.into());
        sheet.set_reason_given(says_why(&request.action));
        let reasons = usual_reasons(&request.action).iter();
        update(
            &self.reasons,
            reasons.map(|reason| (*reason).into()).collect(),
        );
    }

    /// Shows who may approve it.
    pub fn show_managers(&self, managers: Vec<Cashier>) {
        // Touching nothing that is the same: a new model would take the focus away.
        update(&self.managers, managers);
    }
}
