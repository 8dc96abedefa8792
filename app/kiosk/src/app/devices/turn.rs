//! What is printed, one thing after the other. The printer is given a job only when it is ready and
//! has none: so nothing counts as begun while it waits for paper, and all that waits is known.

use std::collections::VecDeque;
use std::sync::Arc;

use checkout::receipt::{Copy, Receipt};
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::Cashier;
use hal::{JobFailure, JobId, JobState, PosPrinter};
use store::{PrintState, ReportJob, Store, StoreError};

use super::super::App;
use super::Devices;
use super::reports::report_note;
use crate::queue::Message;

/// The most that waits. A printer that is away for longer than that leaves the rest to Sales.
const MOST_WAITING: usize = 256;

/// Puts on record that something is being printed.
pub(super) type Note = Box<dyn FnOnce(&mut Store) -> Result<(), StoreError> + Send>;

/// What waits for its turn, and what the printer has.
#[derive(Default)]
pub(super) struct Turn {
    waiting: VecDeque<Held>,
    pub(super) under_way: UnderWay,
}

/// Something to print.
pub(super) enum Held {
    /// A receipt.
    Receipt(HeldReceipt),
    /// A report, a slip, or what the card terminal says of its day.
    Page(Box<ReportJob>),
}

/// A receipt that is to be printed.
pub(super) struct HeldReceipt {
    pub(super) sale: Arc<Sale>,
    pub(super) copy: Copy,
    /// Who asked for it once more.
    pub(super) by: Option<Cashier>,
    /// It is in the journal that it was asked for once more.
    pub(super) is_noted: bool,
}

/// What the printer has.
#[derive(Default)]
pub(super) enum UnderWay {
    /// Nothing.
    #[default]
    Nothing,
    /// Nothing yet: that it is being printed is put on record.
    Noting(Held),
    /// A job.
    Job(JobId, Held),
}

impl Held {
    fn number(&self) -> Option<&ReceiptNumber> {
        match self {
            Self::Receipt(held) => Some(&held.sale.receipt_number),
            Self::Page(_) => None,
        }
    }

    /// What tells it from everything else that is printed.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Receipt(held) => held.sale.receipt_number.to_string(),
            Self::Page(job) => job.key.clone(),
        }
    }
}

impl Turn {
    /// Whether nothing waits, and the printer has nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && matches!(self.under_way, UnderWay::Nothing)
    }

    /// Whether this receipt is still to come out.
    pub(super) fn has(&self, number: &ReceiptNumber) -> bool {
        let under_way = match &self.under_way {
            UnderWay::Nothing => None,
            UnderWay::Noting(held) | UnderWay::Job(_, held) => held.number(),
        };
        let waiting = self.waiting.iter().filter_map(Held::number);
        under_way.into_iter().chain(waiting).any(|it| it == number)
    }

    /// Has it printed before all that waits.
    pub(super) fn put_back(&mut self, held: Held) {
        self.under_way = UnderWay::Nothing;
        self.waiting.push_front(held);
    }
}

impl App {
    /// Has something printed when its turn comes.
    pub(super) fn in_turn(&mut self, held: Held) {
        if self.devices.turn.waiting.len() >= MOST_WAITING {
            tracing::warn!("too much waits for the printer; more is not printed");
            return self.ended(held, PrintState::Failed);
        }
        self.devices.turn.waiting.push_back(held);
        self.print_next();
    }

    /// Gives the printer what comes next, if it is ready; called when that may have changed.
    pub(in crate::app) fn print_next(&mut self) {
        let is_free = matches!(self.devices.turn.under_way, UnderWay::Nothing);
        if !is_free || self.till.is_none() || !self.has_printer() || self.hindrance().is_some() {
            return;
        }
        if let Some(held) = self.devices.turn.waiting.pop_front() {
            self.note_printing(held);
        }
    }

    /// Puts on record that something is being printed: after a power cut in between, the cashier is
    /// asked instead of the same page being printed twice.
    fn note_printing(&mut self, held: Held) {
        let name = held.name();
        let note = match &held {
            Held::Receipt(receipt) => self.receipt_note(receipt),
            Held::Page(job) => report_note(&job.key),
        };
        self.devices.turn.under_way = UnderWay::Noting(held);
        let (events, waiting) = (self.events.clone(), name.clone());
        let posted = self.store.post(move |store| {
            if let Err(error) = note(store) {
                // Somebody waits for it, and what it is of is committed.
                tracing::warn!("the printing of {name} was not recorded: {error}");
            }
            events.send(Message::MayPrint(name));
        });
        if let Err(busy) = posted {
            tracing::warn!("the printing of {waiting} was not recorded: {busy}");
            self.send_to_printer(&waiting);
        }
    }

    /// It is on record: it may go to the printer.
    pub(in crate::app) fn send_to_printer(&mut self, name: &str) {
        let held = match std::mem::take(&mut self.devices.turn.under_way) {
            UnderWay::Noting(held) if held.name() == name => held,
            other => {
                self.devices.turn.under_way = other;
                return;
            }
        };
        match held {
            Held::Receipt(receipt) => self.hand_receipt(receipt),
            Held::Page(job) => {
                let page = job.page.clone();
                self.hand(Held::Page(job), &page);
            }
        }
        self.refresh();
    }

    /// Gives the printer a page.
    pub(super) fn hand(&mut self, held: Held, page: &Receipt) {
        let id = self.devices.job();
        match self.devices.hand(id, page) {
            Ok(()) => self.devices.turn.under_way = UnderWay::Job(id, held),
            // Of test pages: it goes on when they are out.
            Err(error) if error.kind() == hal::ErrorKind::QueueFull => self.take_back_job(held),
            Err(error) => {
                tracing::warn!("a page was not printed: {error}");
                self.ended(held, PrintState::Failed);
            }
        }
    }

    /// Nothing of it was printed; it is printed when the printer is ready again.
    fn take_back_job(&mut self, held: Held) {
        match &held {
            Held::Receipt(receipt) => self.not_begun(receipt),
            Held::Page(job) => self.report_waits(job),
        }
        self.devices.turn.put_back(held);
    }

    /// The printer says how far a job is; false where it is none of these.
    pub(super) fn turn_job(&mut self, job: JobId, state: JobState) -> bool {
        let UnderWay::Job(id, held) = std::mem::take(&mut self.devices.turn.under_way) else {
            return false;
        };
        if id != job {
            self.devices.turn.under_way = UnderWay::Job(id, held);
            return false;
        }
        let ended = match state {
            JobState::Queued(None) => None,
            JobState::Queued(Some(_)) => {
                // It has run out of paper since it was given this.
                self.devices.cancel(job);
                None
            }
            JobState::Sending(_) => {
                self.sending(&held);
                None
            }
            JobState::Confirmed(_) => Some(PrintState::Printed),
            JobState::Unconfirmed(_) => Some(PrintState::Unconfirmed),
            JobState::Failed(JobFailure::Cancelled) => {
                self.take_back_job(held);
                self.print_next();
                return true;
            }
            JobState::Failed(_) => Some(PrintState::Failed),
        };
        match ended {
            None => self.devices.turn.under_way = UnderWay::Job(id, held),
            Some(state) => self.ended(held, state),
        }
        true
    }

    fn sending(&mut self, held: &Held) {
        match held {
            Held::Receipt(receipt) => {
                let number = &receipt.sale.receipt_number;
                self.devices.remember(number, PrintState::Sending);
            }
            Held::Page(job) => self.devices.reports.remember(&job.key, PrintState::Sending),
        }
    }

    /// What became of it.
    fn ended(&mut self, held: Held, state: PrintState) {
        match held {
            Held::Receipt(receipt) => self.receipt_ended(&receipt, state),
            Held::Page(job) => self.report_ended(job, state),
        }
        self.print_next();
    }
}

impl Devices {
    /// Takes a job out of the printer's queue, if it has not begun.
    fn cancel(&self, job: JobId) {
        if let Some(printer) = &self.set.printer
            && let Err(error) = printer.cancel(job)
        {
            tracing::warn!("a job waits in the printer's own queue: {error}");
        }
    }
}
