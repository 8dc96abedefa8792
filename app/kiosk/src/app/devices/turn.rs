//! What is printed, one thing after the other. The printer is given a job only when it is ready and
//! has none: so nothing counts as begun while it waits for paper, and all that waits is known.

use std::collections::VecDeque;
use std::sync::Arc;

use checkout::receipt::{Copy, Receipt};
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::Cashier;
use checkout::shift::report::Report;
use hal::{JobFailure, JobId, JobState, PosPrinter};
use store::PrintState;

use super::super::App;
use super::Devices;
use super::questions::Question;

/// The most that waits. A printer that is away for longer than that leaves the rest to Sales.
const MOST_WAITING: usize = 256;

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
    /// A report or a slip.
    Report(Box<Report>),
    /// What the card terminal says of its day.
    TerminalDay(Arc<Receipt>),
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
    /// Nothing yet: the receipt is being put on record.
    Noting(HeldReceipt),
    /// A job.
    Job(JobId, Held),
}

impl Held {
    fn number(&self) -> Option<&ReceiptNumber> {
        match self {
            Self::Receipt(held) => Some(&held.sale.receipt_number),
            Self::Report(_) | Self::TerminalDay(_) => None,
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
            UnderWay::Noting(held) => Some(&held.sale.receipt_number),
            UnderWay::Job(_, held) => held.number(),
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
        match self.devices.turn.waiting.pop_front() {
            Some(Held::Receipt(held)) => self.note_printing(held),
            Some(Held::Report(report)) => self.hand_report(report),
            Some(Held::TerminalDay(page)) => self.hand(Held::TerminalDay(page.clone()), &page),
            None => {}
        }
    }

    /// Prints what the card terminal says of its day.
    pub(in crate::app) fn print_terminal_day(&mut self, page: Arc<Receipt>) {
        self.in_turn(Held::TerminalDay(page));
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
        if let Held::Receipt(receipt) = &held {
            self.not_begun(receipt);
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
            Held::Report(report) => self.report_is(report, PrintState::Sending),
            Held::TerminalDay(_) => {}
        }
    }

    /// What became of it.
    fn ended(&mut self, held: Held, state: PrintState) {
        match held {
            Held::Receipt(receipt) => self.receipt_ended(&receipt, state),
            Held::Report(report) => self.report_ended(report, state),
            Held::TerminalDay(page) => match state {
                PrintState::Printed => self.terminal_day_printed(),
                PrintState::Unconfirmed => {
                    self.ask(Question::TerminalDay(Arc::new(page.duplicate())));
                }
                _ => self.ask(Question::TerminalDay(page)),
            },
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
