//! Opening a shift, looking at it, counting and closing it.

use std::sync::Arc;

use jiff::Zoned;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::changing::journal_effect;
use super::selling::refused;
use super::{Effect, NotSaved, Notice, Stage, Till};
use crate::action::{Action, JournalFact};
use crate::cart::{Approval, Cart};
use crate::money::Money;
use crate::receipt::Copy;
use crate::shift::report::{Report, XReport};
use crate::shift::{
    Cashier, Count, JournalHead, OpeningBalance, Shift, ShiftClosing, ShiftTotals, check_counts,
};

impl Till {
    pub(super) fn shift_opened(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        opening_amount: Money,
    ) -> Vec<Effect> {
        if self.stage != Stage::ShiftClosed {
            return vec![];
        }
        if opening_amount.is_negative() {
            return vec![Effect::Show(Notice::FloatBelowZero)];
        }
        let number = self.shifts + 1;
        let modes = &self.shop.modes_of_payment;
        let float_goes_to = modes
            .iter()
            .position(|mode| mode.kind == crate::masters::ModeOfPaymentType::Cash)
            .unwrap_or(0);
        let balance_of = |(place, mode): (usize, &crate::shop::TenderMode)| OpeningBalance {
            mode_of_payment: mode.mode_of_payment.clone(),
            kind: mode.kind,
            opening_amount: if place == float_goes_to {
                opening_amount
            } else {
                self.shop.currency.zero()
            },
        };
        let shift = Box::new(Shift {
            key: self.identity.key("S", number),
            number,
            cashier: cashier.clone(),
            opened_at: now.timestamp(),
            period_start_date: now.datetime(),
            company: self.shop.company.name.clone(),
            pos_profile: self.shop.profile.name.clone(),
            balance_details: modes.iter().enumerate().map(balance_of).collect(),
        });
        self.stage = Stage::OpeningShift(shift.clone());
        vec![Effect::CommitShift(shift)]
    }

    pub(super) fn shift_saved(&mut self) -> Vec<Effect> {
        if let Stage::OpeningShift(shift) = &self.stage {
            self.shifts = shift.number;
            self.totals = Some(ShiftTotals::of(shift));
            self.shift = Some((**shift).clone());
            self.stage = Stage::Selling;
        }
        vec![]
    }

    pub(super) fn shift_not_saved(&mut self, reason: NotSaved) -> Vec<Effect> {
        if matches!(self.stage, Stage::OpeningShift(_)) {
            self.stage = Stage::ShiftClosed;
        }
        vec![Effect::Show(Notice::ShiftNotSaved(reason))]
    }

    /// Prints what the shift comes to so far, with a manager where the policy wants one.
    pub(super) fn report_asked(&mut self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        if self.shift.is_none() {
            return refused(Notice::OpenShiftFirst);
        }
        if self.policy.x_report {
            return self.ask(cashier, Action::Report);
        }
        self.x_report(now, cashier)
    }

    pub(super) fn x_report(&self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        let (Some(shift), Some(totals)) = (&self.shift, &self.totals) else {
            return vec![];
        };
        let report = Box::new(XReport {
            shift: shift.clone(),
            totals: totals.clone(),
            cashier: cashier.clone(),
            at: now.datetime(),
        });
        vec![Effect::PrintReport(Box::new(Report::X(
            report,
            Copy::Original,
        )))]
    }

    /// Takes a count. From here on the differences are seen, so that every further count is one
    /// too many for a blind one, and the journal keeps each.
    pub(super) fn shift_counted(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        counts: Vec<Count>,
    ) -> Vec<Effect> {
        let recounts = match &self.stage {
            Stage::Counted(before) => before.recounts + 1,
            _ if self.at_counter() => self.counts_left,
            Stage::ShiftClosed => return refused(Notice::OpenShiftFirst),
            _ => return vec![],
        };
        if self.saving.is_some() {
            return refused(Notice::StillSaving);
        }
        if self.card.is_some() {
            return refused(Notice::CardUnderWay);
        }
        if !self.cart.is_empty() || self.returning.is_some() {
            return refused(Notice::CartNotEmpty);
        }
        let (Some(shift), Some(totals)) = (&self.shift, &self.totals) else {
            return vec![];
        };
        if let Err(reason) = check_counts(totals, &counts) {
            return refused(Notice::Count(reason));
        }
        let closing = ShiftClosing {
            key: self.identity.key("Z", shift.number),
            shift: shift.key.clone(),
            number: shift.number,
            cashier: cashier.clone(),
            approved_by: None,
            reason: None,
            closed_at: now.timestamp(),
            period_start_date: shift.period_start_date,
            period_end_date: now.datetime(),
            company: shift.company.clone(),
            pos_profile: shift.pos_profile.clone(),
            totals: totals.clone(),
            counts,
            recounts,
            journal: None,
        };
        let fact = JournalFact {
            at: now.timestamp(),
            cashier: cashier.clone(),
            action: Action::Counted {
                counts: closing.counts.clone(),
                differences: closing.differences(),
                recounts,
            },
            approval: None,
            above: Vec::new(),
        };
        self.pending = None;
        self.stage = Stage::Counted(Box::new(closing));
        vec![journal_effect(fact)]
    }

    pub(super) fn count_left(&mut self) -> Vec<Effect> {
        if let Stage::Counted(closing) = &self.stage {
            self.counts_left = closing.recounts + 1;
            self.pending = None;
            self.stage = Stage::Selling;
        }
        vec![]
    }

    pub(super) fn closing_confirmed(&mut self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        let Stage::Counted(closing) = &self.stage else {
            return vec![];
        };
        let mut differences = closing.differences();
        differences.retain(|row| self.above_limit(row.difference));
        if differences.is_empty() {
            return self.close_shift(now, None);
        }
        self.ask(cashier, Action::ClosingDifference { differences })
    }

    fn above_limit(&self, difference: Money) -> bool {
        let limit = self.policy.closing_difference;
        let limit = limit.and_then(|limit| Decimal::to_f64(&limit));
        limit.is_some_and(|limit| difference.to_f64().abs() > limit)
    }

    pub(super) fn close_shift(&mut self, now: &Zoned, approval: Option<&Approval>) -> Vec<Effect> {
        let Stage::Counted(counted) = &self.stage else {
            return vec![];
        };
        let mut closing = counted.clone();
        closing.closed_at = now.timestamp();
        closing.period_end_date = now.datetime();
        closing.approved_by = approval.map(|approval| approval.by.clone());
        closing.reason = approval.map(|approval| approval.reason.clone());
        self.stage = Stage::ClosingShift(closing.clone());
        vec![Effect::CommitClosing(closing)]
    }

    pub(super) fn closing_saved(&mut self, journal: JournalHead) -> Vec<Effect> {
        let Stage::ClosingShift(closing) = &self.stage else {
            return vec![];
        };
        let closing = Arc::new(ShiftClosing {
            journal: Some(journal),
            ..(**closing).clone()
        });
        self.shift = None;
        self.totals = None;
        self.counts_left = 0;
        self.cart = Cart::new(&self.shop);
        self.undo.clear();
        self.touched_line = None;
        self.stage = Stage::ShiftClosed;
        self.last_closing = Some(closing.clone());
        let report = Report::Z(closing, Copy::Original);
        // A customer who was chosen and bought nothing is forgotten with the shift.
        vec![self.save_cart(), Effect::PrintReport(Box::new(report))]
    }

    pub(super) fn closing_not_saved(&mut self, reason: NotSaved) -> Vec<Effect> {
        if let Stage::ClosingShift(closing) = &self.stage {
            self.stage = Stage::Counted(closing.clone());
        }
        refused(Notice::ClosingNotSaved(reason))
    }

    /// The open shift.
    pub fn shift(&self) -> Option<&Shift> {
        self.shift.as_ref()
    }

    /// What the open shift comes to so far.
    pub fn shift_totals(&self) -> Option<&ShiftTotals> {
        self.totals.as_ref()
    }

    /// The last shift that was closed since the start.
    pub fn last_closing(&self) -> Option<&Arc<ShiftClosing>> {
        self.last_closing.as_ref()
    }
}
