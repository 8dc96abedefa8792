//! Printing receipts: each is on record before its first byte.

use std::sync::Arc;

use checkout::receipt::{Copy, compose_with_code};
use checkout::sale::{ReceiptNumber, Sale};
use checkout::till::{Returned, Stage, Till};
use store::PrintState;

use super::super::App;
use super::questions::Question;
use super::turn::{Held, HeldReceipt, Note};
use crate::screens::done::ReceiptState;

impl App {
    /// Prints a receipt whose sale is committed.
    pub(in crate::app) fn print(&mut self, sale: Arc<Sale>, copy: Copy) {
        if !self.has_printer() {
            return;
        }
        let number = &sale.receipt_number;
        self.devices.remember(number, PrintState::Queued);
        self.devices.questions.forget(number);
        let cashier = self.till.as_ref().and_then(|till| till.cashier().cloned());
        self.in_turn(Held::Receipt(HeldReceipt {
            by: cashier.filter(|_| copy == Copy::Duplicate),
            sale,
            copy,
            is_noted: false,
        }));
    }

    /// What puts on record that a receipt is being printed.
    pub(super) fn receipt_note(&self, held: &HeldReceipt) -> Note {
        let (number, at) = (held.sale.receipt_number.clone(), (self.clock)());
        let (copy, by, is_noted) = (held.copy, held.by.clone(), held.is_noted);
        Box::new(move |store| match (copy, by) {
            // What the printer may have of it was on record before.
            (Copy::Duplicate, _) if is_noted => Ok(()),
            (Copy::Duplicate, Some(by)) => store.reprinted(&number, &by, at).map(drop),
            _ => store.print_job_set(&number, PrintState::Sending, at),
        })
    }

    /// Gives the printer a receipt that is on record.
    pub(super) fn hand_receipt(&mut self, mut held: HeldReceipt) {
        held.is_noted = true;
        let Some(till) = &self.till else {
            return self.devices.turn.put_back(Held::Receipt(held));
        };
        let (shop, code) = (till.shop(), till.receipt_code(&held.sale));
        let page = compose_with_code(&held.sale, shop, &self.receipt_head, held.copy, code);
        self.hand(Held::Receipt(held), &page);
    }

    /// The printer has not begun with what is on record as begun.
    pub(super) fn not_begun(&mut self, held: &HeldReceipt) {
        let number = &held.sale.receipt_number;
        self.devices.remember(number, PrintState::Queued);
        if held.copy == Copy::Original {
            self.keep_state(number, PrintState::Queued);
        }
    }

    pub(super) fn receipt_ended(&mut self, held: &HeldReceipt, state: PrintState) {
        let number = &held.sale.receipt_number;
        self.devices.remember(number, state);
        self.keep_state(number, state);
        match state {
            // It would be asked after each receipt; the Done screen says it.
            PrintState::Unconfirmed if self.devices.set.is_printer_mute() => {}
            PrintState::Unconfirmed => self.ask(Question::InDoubt(number.clone())),
            PrintState::Failed => self.ask(Question::NotPrinted(held.sale.clone(), held.copy)),
            _ => {}
        }
    }

    /// Has the store keep how far a receipt is.
    fn keep_state(&self, number: &ReceiptNumber, state: PrintState) {
        let (number, at) = (number.clone(), (self.clock)());
        let posted = self.store.post(move |store| {
            if let Err(error) = store.print_job_set(&number, state, at) {
                tracing::warn!("the state of receipt {number} was not kept: {error}");
            }
        });
        if let Err(busy) = posted {
            tracing::warn!("the state of a receipt was not kept: {busy}");
        }
    }

    /// Prints a receipt once more, marked as a duplicate.
    pub(in crate::app) fn reprint(&mut self, number: &str) {
        if let Ok(number) = number.parse() {
            self.print_stored(&number, Copy::Duplicate);
        }
        self.refresh();
    }

    /// Prints the receipt of a stored sale.
    pub(super) fn print_stored(&mut self, number: &ReceiptNumber, copy: Copy) {
        match self.read.records().sale(number) {
            Ok(Some(record)) => self.print(Arc::new(record.sale), copy),
            Ok(None) => {}
            Err(error) => tracing::warn!("receipt {number} cannot be read: {error}"),
        }
    }

    /// Prints what was just finished again: of an exchange both halves, but for one that is still
    /// to come out.
    pub(in crate::app) fn reprint_done(&mut self, number: &str) {
        let stage = self.till.as_ref().map(Till::stage);
        let mut numbers: Vec<ReceiptNumber> = match stage {
            Some(Stage::Returned(returned)) if returned.sale.is_some() => {
                vec![returned.returned.receipt_number.clone()]
            }
            _ => Vec::new(),
        };
        numbers.extend(number.parse().ok());
        for number in numbers {
            if !self.devices.turn.has(&number) {
                self.print_stored(&number, Copy::Duplicate);
            }
        }
        self.refresh();
    }

    /// How the receipt of a return fares; of an exchange the half that is worse off.
    pub(in crate::app) fn returned_state(&self, returned: &Returned) -> ReceiptState {
        let back = self.receipt_state(&returned.returned.receipt_number);
        match &returned.sale {
            Some(sale) => back.or_worse(self.receipt_state(&sale.receipt_number)),
            None => back,
        }
    }
}
