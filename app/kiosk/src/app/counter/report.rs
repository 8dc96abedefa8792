//! Reports: on the screen, to the printer, and printed again.

use std::sync::Arc;

use checkout::receipt::Copy;
use checkout::shift::ShiftClosing;
use checkout::shift::report::{self, Report};
use checkout::till::Event;

use super::super::App;
use super::Page;
use crate::screens::close_shift::unsent_note;
use crate::screens::paper;
use crate::screens::report::ReportWords;
use crate::ui::TillWindow;

/// A report that is looked at.
pub(super) struct ShownReport {
    report: Report,
}

impl App {
    pub(super) fn x_report_asked(&mut self) {
        // The manager's sheet lies over the catalogue.
        self.sales.open = false;
        self.step(Event::ReportAsked);
    }

    /// The till has something of the shift to be printed. An X report is read first: often that
    /// is enough.
    pub(in crate::app) fn report_made(&mut self, report: Report) {
        match &report {
            Report::X(..) => self.show_report(report),
            Report::Z(..) => {
                self.shift_was_closed();
                self.print_report(&report);
                self.show_report(report);
            }
            Report::CashMovement(movement, _) => {
                self.print_report(&report);
                self.cash_was_moved(movement.clone());
            }
        }
    }

    fn show_report(&mut self, report: Report) {
        self.counter.report = Some(ShownReport { report });
        self.open_page(Page::Report);
    }

    /// The Z report of the last closed shift, asked for where the next one is opened.
    pub(in crate::app) fn last_z_report(&mut self) {
        match self.last_closing() {
            Some(closing) => self.show_report(Report::Z(Arc::new(closing), Copy::Original)),
            None => self.refresh(),
        }
    }

    /// The last shift that was closed at this till.
    pub(in crate::app) fn last_closing(&self) -> Option<ShiftClosing> {
        match self.read.records().closings(1) {
            Ok(closings) => closings.into_iter().next(),
            Err(error) => {
                tracing::warn!("the last closing cannot be read: {error}");
                None
            }
        }
    }

    /// Whether some of a report may be on paper: another is a duplicate then.
    fn was_printed(&self, report: &Report) -> bool {
        match report {
            Report::Z(closing, _) => self.report_was_printed(&closing.key),
            // These are not looked at any more after a start.
            Report::X(..) | Report::CashMovement(..) => {
                self.report_is_on_paper(&report_key(report))
            }
        }
    }

    /// Whether the screen says itself how the printing of this report fares.
    pub(in crate::app) fn is_shown(&self, key: &str) -> bool {
        let shown = self.counter.report.as_ref();
        shown.is_some_and(|shown| report_key(&shown.report) == key)
            || self.counter.cash.is_kept(key)
    }

    pub(in crate::app) fn report_print(&mut self) {
        let Some(shown) = &self.counter.report else {
            return;
        };
        let report = shown.report.clone();
        let report = match self.was_printed(&report) {
            true => report.duplicate(),
            false => report,
        };
        self.print_report(&report);
        self.refresh();
    }

    pub(in crate::app) fn report_closed(&mut self) {
        let locks = self
            .till
            .as_ref()
            .is_some_and(|till| till.shift().is_none());
        self.close_page();
        if locks {
            self.lock_till();
        }
    }

    pub(in crate::app) fn show_report_page(&self, window: &TillWindow) {
        let (Some(till), Some(shown)) = (&self.till, &self.counter.report) else {
            return;
        };
        let key = report_key(&shown.report);
        let (title, detail, shift_closed) = match &shown.report {
            Report::X(report, _) => (
                "X report".to_owned(),
                format!("Shift {} so far", report.shift.number),
                false,
            ),
            Report::Z(closing, _) => (
                format!("Shift {} is closed", closing.number),
                format!("Z report {}", closing.number),
                true,
            ),
            Report::CashMovement(..) => ("Slip".to_owned(), String::new(), false),
        };
        let words = ReportWords {
            title,
            detail,
            note: if shift_closed {
                unsent_note(&self.outbox)
            } else {
                String::new()
            },
            shift_closed,
            printing: self.report_printing(&key),
            printed: self.was_printed(&shown.report),
            has_printer: self.has_printer(),
        };
        let prefix = &till.identity().prefix;
        let receipt = report::compose(&shown.report, prefix, till.shop(), &self.receipt_head);
        self.report_screen
            .show(window, paper::lines(&receipt), &words);
    }
}

/// What a report is known by among the printer's jobs.
pub(in crate::app) fn report_key(report: &Report) -> String {
    match report {
        Report::X(report, _) => format!("X {}", report.at),
        Report::Z(closing, _) => closing.key.clone(),
        Report::CashMovement(movement, _) => movement.key.clone(),
    }
}
