//! What waits for a manager.

use jiff::Zoned;

use super::changing::journal_effect;
use super::selling::refused;
use super::{Effect, Notice, Till};
use crate::action::{Action, ApprovalRequest, JournalFact};
use crate::cart::{Approval, Cart};
use crate::shift::Cashier;

/// Something that waits for a manager.
pub(super) struct Pending {
    pub(super) request: ApprovalRequest,
    pub(super) then: Then,
}

/// What happens once it is allowed.
pub(super) enum Then {
    /// The cart becomes this one.
    Cart(Box<Cart>),
    /// What the request's action says is done.
    Act,
}

impl Till {
    pub(super) fn approved(&mut self, now: &Zoned, by: Cashier, reason: &str) -> Vec<Effect> {
        let Some(pending) = &self.pending else {
            return refused(Notice::NothingToApprove);
        };
        // What was given a reason already needs no second one.
        let own = match &pending.request.action {
            Action::CashMoved { reason, .. } | Action::DrawerOpened { reason } => reason.clone(),
            Action::Report => "X report".to_owned(),
            Action::CardConfirmed { .. } => "seen at the card terminal".to_owned(),
            _ => String::new(),
        };
        let reason = Some(reason.trim()).filter(|reason| !reason.is_empty());
        let reason = reason.map_or(own, str::to_owned);
        if reason.is_empty() {
            return refused(Notice::ReasonNeeded);
        }
        let Some(Pending { request, then }) = self.pending.take() else {
            return vec![];
        };
        let approval = Approval { by, reason };
        match then {
            Then::Cart(cart) => self.cart_approved(now, *cart, request, approval),
            Then::Act => self.act_approved(now, request, &approval),
        }
    }

    pub(super) fn approval_refused(&mut self) -> Vec<Effect> {
        self.pending = None;
        vec![]
    }

    /// What a manager is asked to allow, as long as it is asked.
    pub fn approval(&self) -> Option<&ApprovalRequest> {
        self.pending.as_ref().map(|pending| &pending.request)
    }

    /// Asks a manager for something that is not about prices.
    pub(super) fn ask(&mut self, cashier: &Cashier, action: Action) -> Vec<Effect> {
        self.ask_then(cashier, action, Vec::new(), Then::Act)
    }

    pub(super) fn ask_then(
        &mut self,
        cashier: &Cashier,
        action: Action,
        above: Vec<crate::cart::AboveMaxDiscount>,
        then: Then,
    ) -> Vec<Effect> {
        let request = ApprovalRequest {
            asked_by: cashier.clone(),
            action,
            above,
        };
        self.pending = Some(Pending {
            request: request.clone(),
            then,
        });
        vec![Effect::AskApproval(Box::new(request))]
    }

    fn cart_approved(
        &mut self,
        now: &Zoned,
        mut cart: Cart,
        request: ApprovalRequest,
        approval: Approval,
    ) -> Vec<Effect> {
        if let Err(error) = cart.approve(self.ground(now), &approval) {
            return refused(Notice::Cart(error));
        }
        let fact = JournalFact {
            at: now.timestamp(),
            cashier: request.asked_by,
            action: request.action,
            approval: Some(approval),
            above: request.above,
        };
        self.next_sale();
        self.take_over(cart, [fact])
    }

    fn act_approved(
        &mut self,
        now: &Zoned,
        request: ApprovalRequest,
        approval: &Approval,
    ) -> Vec<Effect> {
        let ApprovalRequest {
            asked_by, action, ..
        } = request;
        let fact = JournalFact {
            at: now.timestamp(),
            cashier: asked_by.clone(),
            action: action.clone(),
            approval: Some(approval.clone()),
            above: Vec::new(),
        };
        let done = match action {
            Action::CashMoved {
                direction,
                amount,
                reason,
                ..
            } => self.move_cash(now, &asked_by, Some(approval), direction, amount, &reason),
            Action::DrawerOpened { reason } => {
                self.open_drawer(now, &asked_by, Some(approval), &reason)
            }
            Action::Report => self.x_report(now, &asked_by),
            Action::Return {
                receipt_number: None,
                ..
            } => self.return_without_receipt_approved(approval),
            Action::Return { amount, .. } => self.return_approved(now, approval, amount),
            Action::ClosingDifference { .. } => self.close_shift(now, Some(approval)),
            Action::CardConfirmed {
                reference,
                approved,
                ..
            } => vec![Effect::ConfirmCard {
                reference,
                approved,
            }],
            Action::Price { .. }
            | Action::Discount { .. }
            | Action::Other
            | Action::CartDiscarded { .. }
            | Action::Counted { .. } => vec![],
        };
        let mut effects = vec![journal_effect(fact)];
        effects.extend(done);
        effects
    }
}
