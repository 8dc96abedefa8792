//! Paying with a card at a terminal that the till works with.
//!
//! The intent is durable before the terminal hears of it, and what came of it is durable together
//! with the cart that it pays for. Between the two nothing else can be done to the payment: an
//! outcome that is not known yet is neither success nor failure.

use std::collections::BTreeSet;

use jiff::Zoned;

use super::selling::refused;
use super::{Effect, NotSaved, Notice, Sound, Stage, Till};
use crate::action::Action;
use crate::card::{
    CardEnd, CardIntent, CardIntentKind, CardOutcome, CardPayment, CardPhase, CardStep,
    LastAtTerminal,
};
use crate::money::Money;
use crate::shift::Cashier;
use crate::shop::TenderMode;

impl Till {
    /// Tells the till which modes of payment a card terminal serves.
    pub fn set_terminal_modes(&mut self, modes: BTreeSet<String>) {
        self.terminal_modes = modes;
    }

    /// The card payment that the till is at.
    pub fn card(&self) -> Option<&CardStep> {
        self.card.as_ref()
    }

    pub(super) fn is_served_by_terminal(&self, mode_of_payment: &str) -> bool {
        self.terminal_modes.contains(mode_of_payment)
    }

    pub(super) fn terminal_told(&mut self, last: LastAtTerminal) -> Vec<Effect> {
        self.last_at_terminal = last;
        vec![]
    }

    /// A card payment that was begun before the start is asked for.
    pub(super) fn terminal_ready(&mut self) -> Vec<Effect> {
        match &mut self.card {
            Some(step) if step.phase == CardPhase::Kept => {
                step.phase = CardPhase::Asked;
                vec![Effect::AskCard(Box::new(step.intent.clone()))]
            }
            _ => vec![],
        }
    }

    /// Begins a card payment, or a refund to a card, that was found to fit.
    pub(super) fn card_tendered(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        mode: &TenderMode,
        amount: Option<Money>,
    ) -> Vec<Effect> {
        // Whether it fits is asked of a copy: the tender is made when the money has moved.
        let (fits, remaining, kind) = match &self.stage {
            Stage::Paying(payments) => {
                let fits = payments.clone().tender(mode, amount);
                (fits, payments.remaining(), CardIntentKind::Payment)
            }
            Stage::Refunding(refund) => {
                let fits = refund.clone().give(mode, amount);
                (fits, refund.remaining(), CardIntentKind::Refund)
            }
            _ => return vec![],
        };
        if let Err(reason) = fits {
            return refused(Notice::Tender(reason));
        }
        let amount = amount.unwrap_or(remaining);
        self.begin_card(now, cashier, &mode.mode_of_payment, amount, kind)
    }

    /// Takes a card payment back through the terminal, the last one of its row.
    pub(super) fn card_taken_back(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        place: usize,
    ) -> Option<Vec<Effect>> {
        let row = match &self.stage {
            Stage::Paying(payments) => payments.tenders().get(place)?,
            Stage::Refunding(refund) => {
                let row = refund.given().get(place)?;
                // Money that went to a card does not come back from it.
                return (!row.cards.is_empty()).then(|| refused(Notice::CardRefunded));
            }
            _ => return None,
        };
        let card = row.cards.last()?;
        let (mode, amount) = (row.mode_of_payment.clone(), card.amount);
        let kind = CardIntentKind::Reversal {
            of: card.reference.clone(),
            receipt_number: card.mark.receipt_number,
        };
        Some(self.begin_card(now, cashier, &mode, amount, kind))
    }

    fn begin_card(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        mode_of_payment: &str,
        amount: Money,
        kind: CardIntentKind,
    ) -> Vec<Effect> {
        let Some(shift) = &self.shift else {
            return vec![];
        };
        let number = self.cards + 1;
        let intent = CardIntent {
            number,
            reference: self.identity.key("C", number),
            kind,
            mode_of_payment: mode_of_payment.to_owned(),
            amount,
            shift: shift.key.clone(),
            cashier: cashier.clone(),
            at: now.timestamp(),
            local: now.datetime(),
            before: self.last_at_terminal,
        };
        self.card = Some(CardStep {
            intent: intent.clone(),
            phase: CardPhase::Saving,
        });
        vec![Effect::CommitCardIntent {
            intent: Box::new(intent),
            cart: self.open_cart().map(Box::new),
        }]
    }

    /// The intent, or the outcome, is durable.
    pub(super) fn card_saved(&mut self, now: &Zoned) -> Vec<Effect> {
        match &mut self.card {
            Some(step) if step.phase == CardPhase::Saving => {
                self.cards = step.intent.number;
                step.phase = CardPhase::UnderWay;
                vec![Effect::StartCard(Box::new(step.intent.clone()))]
            }
            Some(step) if step.phase == CardPhase::Ending => {
                let cashier = step.intent.cashier.clone();
                self.card = None;
                let mut effects = std::mem::take(&mut self.card_told);
                effects.extend(self.complete_if_paid(now, &cashier));
                effects
            }
            _ => vec![],
        }
    }

    pub(super) fn card_not_saved(&mut self, now: &Zoned, reason: NotSaved) -> Vec<Effect> {
        match &self.card {
            // The terminal has not heard of it.
            Some(step) if step.phase == CardPhase::Saving => {
                self.card = None;
                refused(Notice::CardNotSaved(reason))
            }
            // The sale's own transaction keeps what the terminal did as well; and if that fails
            // too, the terminal is asked after the next start.
            Some(step) if step.phase == CardPhase::Ending => {
                let cashier = step.intent.cashier.clone();
                self.card = None;
                let mut effects = std::mem::take(&mut self.card_told);
                effects.extend(refused(Notice::CardNotSaved(reason)));
                effects.extend(self.complete_if_paid(now, &cashier));
                effects
            }
            _ => vec![],
        }
    }

    fn complete_if_paid(&mut self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        let paid = match &self.stage {
            Stage::Paying(payments) => {
                !payments.tenders().is_empty() && payments.remaining().is_zero()
            }
            Stage::Refunding(refund) => refund.remaining().is_zero(),
            _ => false,
        };
        if paid {
            self.completed(now, cashier)
        } else {
            vec![]
        }
    }

    /// A person says what a terminal did that does not answer. Whoever says so decides about money
    /// that nobody can count, so a manager stands by it.
    pub(super) fn card_confirmed(&mut self, cashier: &Cashier, approved: bool) -> Vec<Effect> {
        let running =
            |step: &&CardStep| matches!(step.phase, CardPhase::UnderWay | CardPhase::Asked);
        let Some(step) = self.card.as_ref().filter(running) else {
            return vec![];
        };
        let CardIntent {
            reference,
            kind,
            mode_of_payment,
            amount,
            ..
        } = step.intent.clone();
        let action = Action::CardConfirmed {
            reference,
            kind,
            mode_of_payment,
            amount,
            approved,
        };
        self.ask(cashier, action)
    }

    /// The terminal, or a person at it, says what became of a card payment.
    pub(super) fn card_ended(
        &mut self,
        now: &Zoned,
        reference: &str,
        outcome: CardOutcome,
    ) -> Vec<Effect> {
        let ours = |step: &&mut CardStep| {
            let running = matches!(step.phase, CardPhase::UnderWay | CardPhase::Asked);
            running && step.intent.reference == reference
        };
        let Some(step) = self.card.as_mut().filter(ours) else {
            return vec![];
        };
        step.phase = CardPhase::Ending;
        let intent = step.intent.clone();
        // It has answered after all: no manager is asked any more what it did.
        self.pending.take_if(
            |pending| matches!(&pending.request.action, Action::CardConfirmed { reference: of, .. } if of == reference),
        );
        let end = CardEnd {
            reference: reference.to_owned(),
            outcome,
            at: now.timestamp(),
        };
        self.card_told = match &end.outcome {
            CardOutcome::Approved(payment) => match self.book_card(&intent, payment) {
                true => vec![Effect::Sound(Sound::Taken)],
                false => refused(Notice::CardWithoutSale(intent.amount)),
            },
            CardOutcome::Declined(reason) => refused(Notice::CardDeclined(reason.clone())),
            CardOutcome::Aborted => refused(Notice::CardAborted),
            CardOutcome::NotBegun(reason) => refused(Notice::CardNotBegun(reason.clone())),
            CardOutcome::NotCharged => refused(Notice::CardNotCharged),
        };
        // Durable before anybody is told.
        vec![Effect::CommitCardOutcome {
            end: Box::new(end),
            cart: self.open_cart().map(Box::new),
        }]
    }

    /// Puts money that moved into the payment; false where there is none that it belongs to.
    fn book_card(&mut self, intent: &CardIntent, payment: &CardPayment) -> bool {
        let Some(mode) = self.shop.tender_mode(&intent.mode_of_payment).cloned() else {
            return false;
        };
        match (&mut self.stage, &intent.kind) {
            (Stage::Paying(payments), CardIntentKind::Payment) => {
                payments.tender_card(&mode, payment.clone()).is_ok()
            }
            (Stage::Refunding(refund), CardIntentKind::Refund) => {
                refund.give_card(&mode, payment.clone()).is_ok()
            }
            (Stage::Paying(payments), CardIntentKind::Reversal { of, .. }) => {
                payments.take_card_back(of)
            }
            _ => false,
        }
    }
}
