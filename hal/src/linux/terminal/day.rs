//! Closing a terminal's day, and finding out whether it was closed when the answer was lost.

use std::time::Instant;

use super::super::backoff::Backoff;
use super::Order;
use super::talk::{Heard, Listener, Papers, Talked};
use super::worker::{Asking, Worker};
use crate::PortState;
use crate::vocabulary::{
    DayFailure, DayReport, DayState, DeviceEvent, PaymentDoubt, TerminalHindrance,
};
use crate::zvt::dialogue::{self, Dialogue, Ending};
use crate::zvt::message::StatusInformation;
use crate::zvt::result_code::{BUSY, OK};
use crate::zvt::verdict::Ended;

/// What occupies the terminal while its day is closed, in place of a payment's reference.
pub(super) const CLOSING: &str = "closing the day";
/// How often a terminal is asked whether it closed its day. Payments wait meanwhile.
const QUESTIONS: usize = 6;

impl Worker {
    pub(super) fn close_day(&mut self) {
        let mut papers = Papers::default();
        let mut listener = Closing { worker: self };
        let talked = self.talk(dialogue::Order::EndOfDay, &mut papers, &mut listener);
        self.learn(&talked);
        let not_begun = |hindrance| DayState::NotClosed(DayFailure::NotBegun(hindrance));
        let state = match talked {
            Talked::Stopped => return,
            Talked::NoWire(port) => not_begun(TerminalHindrance::Port(port)),
            // Nobody can say anything that ends it.
            Talked::Interrupted(_) => DayState::Unknown(PaymentDoubt::Stopped),
            Talked::Ended(ended) => {
                if ended.ending != Ending::Completed {
                    // Half a report would be taken for a whole one.
                    papers = Papers::default();
                }
                match of_closing(ended) {
                    Ok(status) => DayState::Closed(Box::new(report(status.as_deref(), papers))),
                    Err(Failed::For(failure)) => DayState::NotClosed(failure),
                    Err(Failed::InDoubt(doubt)) => match self.find_out_about_day(doubt) {
                        Some(state) => state,
                        None => return,
                    },
                }
            }
        };
        self.end_day(state);
    }

    /// Finds out whether the day was closed that the driver was at when it failed; the terminal is
    /// left in peace until `until`.
    pub(super) fn go_on_closing_day(&mut self, until: Instant) {
        self.at = Some(Order::CloseDay);
        self.sleep(until);
        if let Some(state) = self.find_out_about_day(PaymentDoubt::Faulted) {
            self.end_day(state);
        }
    }

    pub(super) fn end_day(&mut self, state: DayState) {
        // Known before it is told: whoever hears it may begin a payment that builds on it.
        self.shared.under_way.set_status(self.status);
        self.shared.under_way.end();
        self.tell_day(state);
        self.at = None;
        self.tell_status();
    }

    /// Asks the terminal which payments it still keeps. `None` when the till is being shut down.
    fn find_out_about_day(&mut self, doubt: PaymentDoubt) -> Option<DayState> {
        let mut backoff = Backoff::new();
        self.tell_day(DayState::Asking(doubt));
        // Whoever was interrupted may still be at it.
        self.sleep(Instant::now() + self.profile.settle);
        for _ in 0..QUESTIONS {
            let order = dialogue::Order::TurnoverTotals;
            let talked = self.talk(order, &mut Papers::default(), &mut Asking::of(CLOSING));
            self.learn_hindrance(&talked);
            self.tell_status();
            match talked {
                Talked::Stopped => return None,
                Talked::Ended(Ended {
                    ending: Ending::Completed,
                    status: Some(status),
                    ..
                }) if status.result_code.is_none_or(|code| code == OK) => {
                    return match keeps_payments(&status) {
                        Some(true) => Some(DayState::NotClosed(DayFailure::Interrupted)),
                        Some(false) => self.ask_for_report().map(Box::new).map(DayState::Closed),
                        None => Some(DayState::Unknown(doubt)),
                    };
                }
                // It was asked and does not tell.
                Talked::Ended(Ended {
                    ending: Ending::Completed | Ending::Aborted(_) | Ending::Refused(_),
                    begun: true,
                    ..
                }) => return Some(DayState::Unknown(doubt)),
                _ => {
                    backoff.failed();
                    self.sleep(backoff.due());
                }
            }
        }
        Some(DayState::Unknown(doubt))
    }

    /// The report of a day that was closed unheard, if the terminal repeats it.
    fn ask_for_report(&mut self) -> Option<DayReport> {
        let mut papers = Papers::default();
        let order = dialogue::Order::Repeat;
        let talked = self.talk(order, &mut papers, &mut Asking::of(CLOSING));
        match talked {
            Talked::Stopped => None,
            Talked::Ended(Ended {
                ending: Ending::Completed,
                status: Some(status),
                ..
            }) if status.is_of_day() && !self.status.last.iter().any(|it| it == status.receipt) => {
                self.learn_last(Some(&status));
                Some(report(Some(&status), papers))
            }
            _ => Some(DayReport::default()),
        }
    }

    /// Sleeps until then; what is ordered meanwhile is about nothing that is under way.
    fn sleep(&self, until: Instant) {
        while !self.stopped() && Instant::now() < until {
            let _ = self.wait(until);
        }
    }

    fn tell_day(&self, state: DayState) {
        self.send(DeviceEvent::TerminalDay {
            terminal: self.id,
            state,
        });
    }
}

/// Why a closing that was ordered did not end well.
enum Failed {
    For(DayFailure),
    InDoubt(PaymentDoubt),
}

fn of_closing(ended: Ended) -> Result<Option<Box<StatusInformation>>, Failed> {
    let not_begun = |hindrance| Err(Failed::For(DayFailure::NotBegun(hindrance)));
    let refused = |code| Err(Failed::For(DayFailure::Refused(code)));
    let begun = ended.begun;
    match (ended.ending, ended.status) {
        (Ending::Completed, Some(status)) => match status.result_code {
            Some(code) if code != OK => refused(code),
            _ => Ok(Some(status)),
        },
        (Ending::Completed, None) => Ok(None),
        (Ending::Refused(BUSY), _) => not_begun(TerminalHindrance::Busy),
        (Ending::Refused(code), _) if !begun => not_begun(TerminalHindrance::Refused(code)),
        // First done, then broken off: it is asked.
        (Ending::Aborted(_), Some(status)) if status.is_approved() => {
            Err(Failed::InDoubt(PaymentDoubt::Garbled))
        }
        (Ending::Refused(code) | Ending::Aborted(code), _) => refused(code),
        (Ending::Silent, _) if !begun => not_begun(TerminalHindrance::NotResponding),
        (Ending::Garbled, _) if !begun => not_begun(TerminalHindrance::OtherProtocol),
        (Ending::Endless, _) if !begun => not_begun(TerminalHindrance::Endless),
        (Ending::LinkLost, _) if !begun => not_begun(TerminalHindrance::Port(PortState::Absent)),
        // It told that it is done, and only its last words are missing.
        (Ending::Silent | Ending::LinkLost, Some(status)) if status.is_of_day() => {
            match status.result_code {
                Some(code) if code != OK => refused(code),
                _ => Ok(Some(status)),
            }
        }
        (Ending::Silent, _) => Err(Failed::InDoubt(PaymentDoubt::Silent)),
        (Ending::Endless, _) => Err(Failed::InDoubt(PaymentDoubt::Endless)),
        (Ending::LinkLost, _) => Err(Failed::InDoubt(PaymentDoubt::LinkLost)),
        (Ending::Garbled | Ending::Cancelled, _) => Err(Failed::InDoubt(PaymentDoubt::Garbled)),
    }
}

/// Whether the terminal has payments that are not handed in; `None` when it tells no sum.
fn keeps_payments(status: &StatusInformation) -> Option<bool> {
    let by_cards = status.totals.map(|totals| totals.used().next().is_some());
    let by_sum = status.amount.map(|amount| amount != 0);
    match (by_cards, by_sum) {
        (None, None) => None,
        (cards, sum) => Some(cards == Some(true) || sum == Some(true)),
    }
}

fn report(status: Option<&StatusInformation>, papers: Papers) -> DayReport {
    DayReport {
        amount: status.and_then(|status| status.amount),
        totals: status.and_then(|status| status.totals),
        receipt: status.map(|status| status.receipt).unwrap_or_default(),
        lines: papers.report(),
    }
}

/// While the day is closed. It cannot be broken off.
struct Closing<'a> {
    worker: &'a Worker,
}

impl Listener for Closing<'_> {
    fn words(&mut self, words: &str) {
        self.worker.tell_day(DayState::Working(words.to_owned()));
    }

    fn interrupted(&mut self, _: Order, _: &mut Dialogue) -> Heard {
        Heard::Nothing
    }
}
