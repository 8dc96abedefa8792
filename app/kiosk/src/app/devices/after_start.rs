//! After a start: what of the receipts before it is on paper.

use std::sync::Arc;

use checkout::receipt::Copy;
use jiff::SignedDuration;
use store::{PrintJob, PrintState};

use super::super::App;
use super::questions::Question;

/// After a start, a receipt this old is still waited for.
const RECENT: SignedDuration = SignedDuration::from_mins(10);
/// One this old is at least asked about.
const SAME_DAY: SignedDuration = SignedDuration::from_hours(12);
/// The most receipts that are asked about.
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
        let (mut waiting, mut doubtful, mut old) = (Vec::new(), Vec::new(), Vec::new());
        // Newest first, so that a till whose printer was long away does not read all its sales.
        for job in unprinted.iter().rev() {
            let number = &job.receipt_number;
            let sale = match self.read.records().sale(number) {
                Ok(Some(record)) if record.sale.at >= now - SAME_DAY => record.sale,
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!("receipt {number}: {error}");
                    continue;
                }
            };
            let is_recent = sale.at >= now - RECENT;
            match job.state {
                PrintState::Queued if is_recent => waiting.push(sale),
                PrintState::Queued if old.len() < MOST => old.push(number.clone()),
                PrintState::Queued => {}
                _ if doubtful.len() < MOST => doubtful.push(number.clone()),
                _ => {}
            }
        }
        if self.devices.set.is_printer_mute {
            // Nothing is ever known of its receipts: only the last one can have been cut off.
            doubtful.truncate(1);
        }
        for number in doubtful.into_iter().rev() {
            self.ask(Question::MayBePrinted(number));
        }
        if !old.is_empty() {
            old.reverse();
            self.ask(Question::NeverPrinted(old));
        }
        for sale in waiting.into_iter().rev() {
            self.print(Arc::new(sale), Copy::Original);
        }
    }
}
