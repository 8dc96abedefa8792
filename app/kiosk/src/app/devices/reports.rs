//! Printing reports of the shift and slips for cash: told when it fails, and printed again.

use std::collections::VecDeque;

use checkout::shift::report::{self, Report};
use store::PrintState;

use super::super::App;
use super::super::counter::report_key;
use super::questions::Question;
use super::turn::Held;
use crate::screens::done::ReceiptState;

/// How many reports' states are remembered.
const REMEMBERED: usize = 16;

/// The reports that were printed since the start.
#[derive(Default)]
pub(super) struct Reports {
    states: VecDeque<(String, PrintState)>,
}

impl Reports {
    fn remember(&mut self, key: &str, state: PrintState) {
        self.states.retain(|(other, _)| other != key);
        self.states.push_back((key.to_owned(), state));
        while self.states.len() > REMEMBERED {
            self.states.pop_front();
        }
    }

    fn state(&self, key: &str) -> Option<PrintState> {
        let found = self.states.iter().find(|(other, _)| other == key);
        found.map(|(_, state)| *state)
    }
}

impl App {
    /// Prints a report or a slip. Nothing waits for it, and it can be printed again.
    pub(in crate::app) fn print_report(&mut self, report: &Report) {
        if !self.has_printer() {
            return self.journal_report(&report_key(report), PrintState::Failed);
        }
        self.report_is(report, PrintState::Queued);
        self.in_turn(Held::Report(Box::new(report.clone())));
    }

    pub(super) fn hand_report(&mut self, report: Box<Report>) {
        let Some(till) = &self.till else { return };
        let (prefix, shop) = (&till.identity().prefix, till.shop());
        let page = report::compose(&report, prefix, shop, &self.receipt_head);
        self.hand(Held::Report(report), &page);
    }

    pub(super) fn report_is(&mut self, report: &Report, state: PrintState) {
        let key = report_key(report);
        self.devices.reports.remember(&key, state);
    }

    pub(super) fn report_ended(&mut self, report: Box<Report>, state: PrintState) {
        let key = report_key(&report);
        self.devices.reports.remember(&key, state);
        self.journal_report(&key, state);
        let may_be = state == PrintState::Unconfirmed;
        let is_asked = !(may_be && self.devices.set.is_printer_mute());
        if state != PrintState::Printed && is_asked && !self.is_shown(&key) {
            self.ask(Question::Report(report, may_be));
        }
    }

    fn journal_report(&self, key: &str, state: PrintState) {
        let (key, at) = (key.to_owned(), (self.clock)());
        let posted = self.store.post(move |store| {
            if let Err(error) = store.report_printed(&key, state, at) {
                tracing::warn!("the printing of report {key} is not in the journal: {error}");
            }
        });
        if let Err(busy) = posted {
            tracing::warn!("the printing of a report is not in the journal: {busy}");
        }
    }

    /// How the printing of a report fares; `None` where it was not asked for since the start.
    pub(in crate::app) fn report_printing(&self, key: &str) -> Option<ReceiptState> {
        let printed = self.devices.reports.state(key)?;
        Some(ReceiptState {
            printed,
            hindrance: self.hindrance(),
            has_printer: self.has_printer(),
        })
    }

    /// How the printing of a slip fares that was asked for.
    pub(in crate::app) fn report_state(&self, key: &str) -> ReceiptState {
        let queued = ReceiptState {
            printed: PrintState::Queued,
            hindrance: self.hindrance(),
            has_printer: self.has_printer(),
        };
        self.report_printing(key).unwrap_or(queued)
    }

    pub(in crate::app) fn has_printer(&self) -> bool {
        self.devices.set.printer.is_some()
    }

    /// Whether some of a report that was made since the start may be on paper already.
    pub(in crate::app) fn report_is_on_paper(&self, key: &str) -> bool {
        self.devices.reports.state(key).is_some_and(on_paper)
    }

    /// Whether some of this report may be on paper already: another is then a duplicate. `after`
    /// is how many entries the journal had when it was made. Where a till stopped before the
    /// printer had answered, nobody knows.
    pub(in crate::app) fn report_was_printed(&self, key: &str, after: u64) -> bool {
        if let Some(state) = self.devices.reports.state(key) {
            return on_paper(state);
        }
        match self.read.records().report_printed(key, after) {
            Ok(state) => state.is_none_or(on_paper),
            Err(error) => {
                tracing::warn!("whether report {key} was printed is not known: {error}");
                true
            }
        }
    }
}

fn on_paper(state: PrintState) -> bool {
    matches!(state, PrintState::Printed | PrintState::Unconfirmed)
}
