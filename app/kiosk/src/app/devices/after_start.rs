//! After a start: what of the receipts before it is on paper.

use std::sync::Arc;

use checkout::receipt::Copy;
use checkout::sale::ReceiptNumber;
use jiff::SignedDuration;
use store::{PrintJob, PrintState};

use super::super::App;
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
            self.ask(Question::MayBePrinted(number));
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

/// The last ones, oldest first.
fn last(jobs: &[&PrintJob], most: usize) -> Vec<ReceiptNumber> {
    let first = jobs.len().saturating_sub(most);
    let jobs = jobs.iter().skip(first);
    jobs.map(|job| job.receipt_number.clone()).collect()
}
