//! Printing reports of the shift and slips for cash: told when it fails, and printed again.

use std::collections::VecDeque;

use checkout::format::AmountFormat;
use checkout::shift::CashDirection;
use checkout::shift::report::{self, Report};
use store::{PrintState, ReportJob};

use super::super::App;
use super::super::counter::report_key;
use super::questions::Question;
use super::turn::{Held, Note};
use crate::screens::amounts;
use crate::screens::done::ReceiptState;

/// How many reports' states are remembered.
const REMEMBERED: usize = 16;

/// The reports that were printed since the start.
#[derive(Default)]
pub(super) struct Reports {
    states: VecDeque<(String, PrintState)>,
}

impl Reports {
    pub(super) fn remember(&mut self, key: &str, state: PrintState) {
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

/// What puts on record that a report is being printed.
pub(super) fn report_note(key: &str) -> Note {
    let key = key.to_owned();
    Box::new(move |store| store.report_sending(&key))
}

impl App {
    /// Prints a report or a slip. Nothing waits for it, and it can be printed again.
    pub(in crate::app) fn print_report(&mut self, report: &Report) {
        if !self.has_printer() {
            return self.keep_report_state(&report_key(report), PrintState::Failed, false);
        }
        if let Some(job) = self.report_job(report) {
            self.print_page(job);
        }
    }

    /// What is to be printed of a report, as it is now.
    pub(super) fn report_job(&self, report: &Report) -> Option<ReportJob> {
        let till = self.till.as_ref()?;
        let (prefix, shop) = (&till.identity().prefix, till.shop());
        Some(ReportJob {
            key: report_key(report),
            title: title(report, &amounts(shop)),
            at: (self.clock)(),
            state: PrintState::Queued,
            page: report::compose(report, prefix, shop, &self.receipt_head),
        })
    }

    /// Prints a page that is no receipt. It is kept until it is known to be on paper, so that it
    /// is not lost with the power.
    pub(in crate::app) fn print_page(&mut self, job: ReportJob) {
        self.report_waits(&job);
        self.in_turn(Held::Page(Box::new(job)));
    }

    /// Prints a page that is kept already, together with what it is about.
    pub(in crate::app) fn print_kept_page(&mut self, job: ReportJob) {
        self.devices.reports.remember(&job.key, PrintState::Queued);
        self.in_turn(Held::Page(Box::new(job)));
    }

    /// Nothing of it was printed so far.
    pub(super) fn report_waits(&mut self, job: &ReportJob) {
        self.devices.reports.remember(&job.key, PrintState::Queued);
        let job = ReportJob {
            state: PrintState::Queued,
            ..job.clone()
        };
        let key = job.key.clone();
        let posted = self.store.post(move |store| {
            if let Err(error) = store.report_queued(&job) {
                tracing::warn!(
                    "that {} waits for the printer was not kept: {error}",
                    job.key
                );
            }
        });
        if let Err(busy) = posted {
            tracing::warn!("that {key} waits for the printer was not kept: {busy}");
        }
    }

    pub(super) fn report_ended(&mut self, job: Box<ReportJob>, state: PrintState) {
        let may_be = state == PrintState::Unconfirmed;
        let is_asked = state != PrintState::Printed
            && !(may_be && self.devices.set.is_printer_mute())
            && !self.is_shown(&job.key);
        self.devices.reports.remember(&job.key, state);
        self.keep_report_state(&job.key, state, is_asked);
        if state == PrintState::Printed {
            self.terminal_day_printed(&job.key);
        }
        if is_asked {
            self.ask(match may_be {
                true => Question::ReportInDoubt(job),
                false => Question::ReportNotPrinted(job),
            });
        }
    }

    /// Nobody has to be asked about it any more.
    pub(super) fn report_done(&mut self, key: &str, state: PrintState) {
        self.devices.reports.remember(key, state);
        self.keep_report_state(key, state, false);
    }

    fn keep_report_state(&self, key: &str, state: PrintState, is_asked: bool) {
        let (key, at) = (key.to_owned(), (self.clock)());
        let posted = self.store.post(move |store| {
            if let Err(error) = store.report_printed(&key, state, is_asked, at) {
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

    /// Whether some of this report may be on paper already: another is then a duplicate. Where a
    /// till stopped before the printer had answered, nobody knows.
    pub(in crate::app) fn report_was_printed(&self, key: &str) -> bool {
        if let Some(state) = self.devices.reports.state(key) {
            return on_paper(state);
        }
        match self.read.records().report_printed(key) {
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

/// What people call a report.
fn title(report: &Report, format: &AmountFormat) -> String {
    match report {
        Report::X(report, _) => format!("The X report of {}", report.at.strftime("%H:%M")),
        Report::Z(closing, _) => format!("Z report {}", closing.number),
        Report::CashMovement(movement, _) => {
            let way = match movement.direction {
                CashDirection::In => "cash in",
                CashDirection::Out => "cash out",
            };
            format!("The slip for {way}, {},", format.amount(movement.amount))
        }
    }
}
