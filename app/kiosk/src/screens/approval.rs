//! The sheet on which a manager approves what is over a cap.

use std::rc::Rc;

use checkout::action::ApprovalRequest;
use checkout::shop::Shop;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::update;
use super::words;
use crate::ui::{Approval, Cashier, TillWindow};

/// The reasons that most approvals have.
const USUAL_REASONS: [&str; 6] = [
    "Damaged goods",
    "Price on the shelf",
    "Price of a competitor",
    "Regular customer",
    "Last piece",
    "Apology",
];

/// The models of the sheet.
pub struct ApprovalScreen {
    managers: Rc<VecModel<Cashier>>,
}

impl ApprovalScreen {
    /// Connects the models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            managers: Rc::default(),
        };
        let sheet = window.global::<Approval>();
        sheet.set_managers(ModelRc::from(screen.managers.clone()));
        let reasons = USUAL_REASONS.map(SharedString::from);
        sheet.set_reasons(ModelRc::new(VecModel::from(reasons.to_vec())));
        screen
    }

    /// Shows what is to be approved.
    pub fn show(&self, window: &TillWindow, shop: &Shop, request: &ApprovalRequest) {
        let sheet = window.global::<Approval>();
        let words = words::approval(request, &super::amounts(shop));
        sheet.set_subject(words.subject.into());
        sheet.set_change(words.change.into());
        sheet.set_cap(words.cap.into());
    }

    /// Shows who may approve it.
    pub fn show_managers(&self, managers: Vec<Cashier>) {
        // Touching nothing that is the same: a new model would take the focus away.
        update(&self.managers, managers);
    }
}
