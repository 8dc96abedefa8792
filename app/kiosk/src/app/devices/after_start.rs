//! After a start: what of the receipts before it is on paper.

use std::sync::Arc;

use checkout::receipt::Copy;
use checkout::sale::ReceiptNumber;
use checkout::shift::CashMovement;
use checkout::shift::report::Report;
use jiff::SignedDuration;
use store::{PrintJob, PrintState, ReportJob};

use super::super::App;
use super::super::counter::report_key;
use super::questions::Question;

/// After a start, a receipt this old is still waited for.
const RECENT: SignedDuration = SignedDuration::from_mins(10);
/// One this old is at least asked about.
const SAME_DAY: SignedDuration = SignedDuration::from_hours(12);
/// The most receipts that are asked about, or printed.
const MOST: usize = 32;

impl App {
    /// After a start: prints what was committed just before and never reached the printer. What is
    /// older is asked about, and after a day it stays in Sales: nobody waits for it. What may have
    /// been printed in part waits for the cashier, who can see the paper.
    pub(in crate::app) fn print_what_waits(&mut self, unprinted: &[PrintJob]) {
        if !self.has_printer() {
            return;
        }
        let now = (self.clock)();
        let same_day = unprinted.iter().filter(|job| job.at >= now - SAME_DAY);
        let (queued, doubtful): (Vec<_>, Vec<_>) =
            same_day.partition(|job| job.state == PrintState::Queued);
        let (recent, old): (Vec<_>, Vec<_>) =
            queued.into_iter().partition(|job| job.at >= now - RECENT);
        // Of one that never answers nothing is ever known: only its last can have been cut off.
        let most = if self.devices.set.is_printer_mute() {
            1
        } else {
            MOST
        };
        for number in last(&doubtful, most) {
            self.ask(Question::InDoubt(number));
        }
        let old = last(&old, MOST);
        if !old.is_empty() {
            self.ask(Question::NeverPrinted(old));
        }
        for number in last(&recent, MOST) {
            match self.read.records().sale(&number) {
                Ok(Some(record)) => self.print(Arc::new(record.sale), Copy::Original),
                Ok(None) => {}
                Err(error) => tracing::warn!("receipt {number}: {error}"),
            }
        }
    }
}

impl App {
    /// The same for reports and slips. What has only an entry of its own was committed in the last
    /// moment before: nothing of it was printed.
    pub(in crate::app) fn print_reports_that_wait(&mut self, waiting: Vec<ReportJob>) {
        if !self.has_printer() {
            return;
        }
        let now = (self.clock)();
        let committed = self.reports_just_committed();
        let unknown = committed
            .into_iter()
            .filter(|job| !waiting.iter().any(|it| it.key == job.key))
            .collect::<Vec<_>>();
        for job in waiting.into_iter().chain(unknown) {
            if job.at < now - SAME_DAY {
                self.report_done(&job.key, PrintState::Failed);
            } else if job.state == PrintState::Unconfirmed {
                let state = PrintState::Unconfirmed;
                self.devices.reports.remember(&job.key, state);
                self.ask(Question::ReportInDoubt(Box::new(job)));
            } else if job.at >= now - RECENT {
                self.print_page(job);
            } else {
                self.report_waits(&job);
                self.ask(Question::ReportNotPrinted(Box::new(job)));
            }
        }
    }

    /// The last closing, and the last slip of the open shift, where it is not known that somebody
    /// had begun to print them.
    fn reports_just_committed(&self) -> Vec<ReportJob> {
        let closing = self.last_closing().map(|closing| {
            let at = closing.closed_at;
            (Report::Z(Arc::new(closing), Copy::Original), at)
        });
        let slip = self.last_slip().map(|movement| {
            let at = movement.at;
            (Report::CashMovement(Arc::new(movement), Copy::Original), at)
        });
        let is_begun = |report: &Report| {
            let printed = self.read.records().report_printed(&report_key(report));
            // One that cannot be read is told elsewhere.
            printed.map_or(true, |state| state.is_some())
        };
        closing
            .into_iter()
            .chain(slip)
            .filter(|(report, at)| *at >= (self.clock)() - SAME_DAY && !is_begun(report))
            .filter_map(|(report, at)| {
                Some(ReportJob {
                    at,
                    ..self.report_job(&report)?
                })
            })
            .collect()
    }

    fn last_slip(&self) -> Option<CashMovement> {
        let shift = self.till.as_ref()?.shift()?;
        match self.read.records().cash_movements(&shift.key) {
            Ok(mut movements) => movements.pop(),
            Err(error) => {
                tracing::warn!("the last slip cannot be read: {error}");
                None
            }
        }
    }
}

/// The last ones, oldest first.
fn last(jobs: &[&PrintJob], most: usize) -> Vec<ReceiptNumber> {
    let first = jobs.len().saturating_sub(most);
    let jobs = jobs.iter().skip(first);
    jobs.map(|job| job.receipt_number.clone()).collect()
}
