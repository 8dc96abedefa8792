//! Cash that moves beside sales, and the drawer that opens without one.

use std::sync::Arc;

use jiff::Zoned;

use super::selling::refused;
use super::{Effect, NotSaved, Notice, Till};
use crate::action::Action;
use crate::cart::Approval;
use crate::masters::ModeOfPaymentType;
use crate::money::Money;
use crate::new_customer::NewCustomer;
use crate::receipt::Copy;
use crate::shift::report::Report;
use crate::shift::{CashDirection, CashMovement, Cashier, DrawerOpening};
use crate::shop::TenderMode;

/// What is being made durable beside the sale; one thing at a time.
pub(super) enum Saving {
    CashMovement(Box<CashMovement>),
    DrawerOpening(Box<DrawerOpening>),
    Customer(Box<NewCustomer>),
}

impl Till {
    pub(super) fn cash_moved(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        direction: CashDirection,
        amount: Money,
        reason: &str,
    ) -> Vec<Effect> {
        let mode_of_payment = match self.drawer_mode() {
            Ok(mode) => mode.mode_of_payment.clone(),
            Err(notice) => return refused(notice),
        };
        let reason = reason.trim();
        if !amount.is_positive() || Some(amount.currency) != self.shift_currency() {
            return refused(Notice::AmountNeeded);
        }
        if reason.is_empty() {
            return refused(Notice::SayWhy);
        }
        if self.policy.cash_movement {
            let action = Action::CashMoved {
                direction,
                mode_of_payment,
                amount,
                reason: reason.to_owned(),
            };
            return self.ask(cashier, action);
        }
        self.move_cash(now, cashier, None, direction, amount, reason)
    }

    pub(super) fn move_cash(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        approval: Option<&Approval>,
        direction: CashDirection,
        amount: Money,
        reason: &str,
    ) -> Vec<Effect> {
        let mode_of_payment = match self.drawer_mode() {
            Ok(mode) => mode.mode_of_payment.clone(),
            Err(notice) => return refused(notice),
        };
        let Some(shift) = &self.shift else {
            return refused(Notice::OpenShiftFirst);
        };
        let number = self.cash_movements + 1;
        let movement = Box::new(CashMovement {
            key: self.identity.key("CASH-", number),
            number,
            shift: shift.key.clone(),
            cashier: cashier.clone(),
            approved_by: approval.map(|approval| approval.by.clone()),
            at: now.timestamp(),
            posting: now.datetime(),
            mode_of_payment,
            direction,
            amount,
            reason: reason.to_owned(),
        });
        self.saving = Some(Saving::CashMovement(movement.clone()));
        vec![Effect::CommitCashMovement(movement)]
    }

    pub(super) fn cash_movement_saved(&mut self) -> Vec<Effect> {
        let Some(Saving::CashMovement(movement)) = self.saving.take() else {
            return vec![];
        };
        self.cash_movements = movement.number;
        if let Some(totals) = &mut self.totals {
            totals.add_cash_movement(&movement);
        }
        let slip = Report::CashMovement(Arc::new(*movement), Copy::Original);
        vec![Effect::OpenDrawer, Effect::PrintReport(Box::new(slip))]
    }

    pub(super) fn drawer_opened(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        reason: &str,
    ) -> Vec<Effect> {
        if let Err(notice) = self.drawer_mode() {
            return refused(notice);
        }
        let reason = reason.trim();
        if reason.is_empty() {
            return refused(Notice::SayWhy);
        }
        if self.policy.drawer {
            let reason = reason.to_owned();
            return self.ask(cashier, Action::DrawerOpened { reason });
        }
        self.open_drawer(now, cashier, None, reason)
    }

    pub(super) fn open_drawer(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        approval: Option<&Approval>,
        reason: &str,
    ) -> Vec<Effect> {
        if let Err(notice) = self.drawer_mode() {
            return refused(notice);
        }
        let Some(shift) = &self.shift else {
            return refused(Notice::OpenShiftFirst);
        };
        let number = self.drawer_openings + 1;
        let opening = Box::new(DrawerOpening {
            key: self.identity.key("DRAWER-", number),
            number,
            shift: shift.key.clone(),
            cashier: cashier.clone(),
            approved_by: approval.map(|approval| approval.by.clone()),
            at: now.timestamp(),
            reason: reason.to_owned(),
        });
        self.saving = Some(Saving::DrawerOpening(opening.clone()));
        vec![Effect::CommitDrawerOpening(opening)]
    }

    pub(super) fn drawer_opening_saved(&mut self) -> Vec<Effect> {
        let Some(Saving::DrawerOpening(opening)) = self.saving.take() else {
            return vec![];
        };
        self.drawer_openings = opening.number;
        if let Some(totals) = &mut self.totals {
            totals.add_drawer_opening();
        }
        vec![Effect::OpenDrawer]
    }

    pub(super) fn not_saved(&mut self, reason: NotSaved) -> Vec<Effect> {
        match self.saving.take() {
            Some(Saving::CashMovement(_)) => refused(Notice::CashMovementNotSaved(reason)),
            Some(Saving::DrawerOpening(_)) => refused(Notice::DrawerOpeningNotSaved(reason)),
            Some(Saving::Customer(_)) => refused(Notice::CustomerNotSaved(reason)),
            None => vec![],
        }
    }

    /// The mode of payment whose drawer is meant, where the drawer may be touched now.
    fn drawer_mode(&self) -> Result<&TenderMode, Notice> {
        if self.shift.is_none() {
            return Err(Notice::OpenShiftFirst);
        }
        if !self.at_counter() {
            return Err(Notice::FinishFirst);
        }
        if self.saving.is_some() {
            return Err(Notice::StillSaving);
        }
        let mut modes = self.shop.modes_of_payment.iter();
        modes
            .find(|mode| mode.kind == ModeOfPaymentType::Cash)
            .ok_or(Notice::NoCashMode)
    }
}
