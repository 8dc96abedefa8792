//! Printing reports of the shift and slips for cash: told when it fails, and printed again.

use std::collections::{BTreeMap, VecDeque};

use checkout::shift::report::{self, Report};
use hal::{ErrorKind, JobId, JobState, PosPrinter};
use store::PrintState;

use super::super::App;
use super::super::counter::report_key;
use super::Held;
use crate::printing;
use crate::screens::done::ReceiptState;
use crate::screens::words::Words;
use crate::ui::Level;

/// How many reports' states are remembered.
const REMEMBERED: usize = 16;

/// The reports that were printed since the start.
#[derive(Default)]
pub(super) struct Reports {
    jobs: BTreeMap<JobId, String>,
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
        let Some(till) = &self.till else { return };
        let (prefix, shop) = (&till.identity().prefix, till.shop());
        let job = printing::job(
            &report::compose(report, prefix, shop, &self.receipt_head),
            self.devices.set.logo.as_ref(),
        );
        let key = report_key(report);
        let id = self.devices.job();
        let Some(printer) = &self.devices.set.printer else {
            return self.journal_report(&key, PrintState::Failed);
        };
        match printer.print(id, job) {
            Ok(()) => {
                self.devices.reports.remember(&key, PrintState::Queued);
                self.devices.reports.jobs.insert(id, key);
            }
            // A roll that ran out: it goes on when an earlier one is out.
            Err(error) if error.kind() == ErrorKind::QueueFull => {
                self.devices.reports.remember(&key, PrintState::Queued);
                let report = Box::new(report.clone());
                self.devices.held.push_back(Held::Report(report));
            }
            Err(error) => {
                tracing::warn!("report {key} was not printed: {error}");
                self.report_ended(&key, PrintState::Failed);
            }
        }
    }

    /// The printer says how far a job is; false where it is no report's.
    pub(super) fn report_job(&mut self, job: JobId, state: JobState) -> bool {
        let Some(key) = self.devices.reports.jobs.get(&job).cloned() else {
            return false;
        };
        let state = match state {
            JobState::Queued(_) => PrintState::Queued,
            JobState::Sending(_) => PrintState::Sending,
            JobState::Confirmed(_) => PrintState::Printed,
            JobState::Unconfirmed(_) => PrintState::Unconfirmed,
            JobState::Failed(_) => PrintState::Failed,
        };
        if matches!(state, PrintState::Queued | PrintState::Sending) {
            self.devices.reports.remember(&key, state);
        } else {
            self.devices.reports.jobs.remove(&job);
            self.report_ended(&key, state);
            self.print_what_is_held();
        }
        true
    }

    fn report_ended(&mut self, key: &str, state: PrintState) {
        self.devices.reports.remember(key, state);
        if state != PrintState::Printed && !self.is_shown(key) {
            self.notice = Some(Words::new(
                Level::Warning,
                "A report may not have come out",
                "",
                "Look at the printer, then print it again.",
            ));
        }
        self.journal_report(key, state);
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

    /// Whether some of this report may be on paper already: another is then a duplicate. `after`
    /// is how many entries the journal had when it was made. Where a till stopped before the
    /// printer had answered, nobody knows.
    pub(in crate::app) fn report_was_printed(&self, key: &str, after: u64) -> bool {
        let on_paper =
            |state: PrintState| matches!(state, PrintState::Printed | PrintState::Unconfirmed);
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
