//! Who speaks when: one connection's talk with a terminal, without clock and wire.
//!
//! Every talk begins with the registration, because a terminal forgets tills. Whoever drives a
//! [`Dialogue`] sends the bytes it gives, tells it what the terminal says and when its time is
//! over, and learns how it ended.

use core::time::Duration;

use super::ZvtProfile;
use super::command::{self, ACKNOWLEDGE, Bytes, CANCEL, NOT_POSSIBLE};
use super::message::{Message, StatusInformation, terminal_status};
use super::result_code;
use crate::vocabulary::PaymentAmount;

/// The most that a terminal says about one order: more than any report has lines.
const MOST_SAID: u32 = 10_000;

/// What is wanted of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// That it is there: nothing but the registration.
    LookIn,
    /// Money from a card.
    Pay(PaymentAmount),
    /// Money to a card.
    Refund(PaymentAmount),
    /// An earlier payment back.
    Reverse {
        /// Its amount.
        amount: PaymentAmount,
        /// The number on its receipt.
        receipt_number: u32,
    },
    /// To tell its last payment again, once it is free.
    Repeat,
    /// To close its day: to hand in the payments it keeps.
    EndOfDay,
    /// To tell the payments that it keeps and has not handed in.
    TurnoverTotals,
}

impl Order {
    /// Whether it moves money.
    pub const fn moves_money(&self) -> bool {
        matches!(
            self,
            Order::Pay(_) | Order::Refund(_) | Order::Reverse { .. }
        )
    }

    fn command(&self, profile: &ZvtProfile) -> Option<Bytes> {
        Some(match self {
            Order::LookIn => return None,
            Order::Pay(amount) => command::authorise(*amount),
            Order::Refund(amount) => command::refund(profile, *amount),
            Order::Reverse {
                amount,
                receipt_number,
            } => command::reverse(profile, *amount, *receipt_number),
            Order::Repeat => command::repeat_receipt(profile),
            Order::EndOfDay => command::end_of_day(profile),
            Order::TurnoverTotals => command::turnover_totals(profile),
        })
    }

    const fn currency(&self) -> Option<u16> {
        match self {
            Order::Pay(amount) | Order::Refund(amount) | Order::Reverse { amount, .. } => {
                Some(amount.currency)
            }
            Order::LookIn | Order::Repeat | Order::EndOfDay | Order::TurnoverTotals => None,
        }
    }
}

/// How a talk ended. What the terminal told about the order is [`Dialogue::status`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The terminal ended the order (`06 0F`).
    Completed,
    /// The terminal broke the order off (`06 1E`), with ZVT's code.
    Aborted(u8),
    /// The terminal refused a command (`84`), the registration or the order.
    Refused(u8),
    /// The caller took the order back before it was given.
    Cancelled,
    /// The terminal was silent for too long.
    Silent,
    /// What came was no answer of a terminal.
    Garbled,
    /// The terminal talked on and on, and never came to an end.
    Endless,
    /// The connection was lost.
    LinkLost,
}

/// What the driver has to do after something was said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reaction {
    /// Bytes to send.
    pub send: Bytes,
    /// How the talk ended, once it has; the bytes still have to leave.
    pub end: Option<Ending>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Registering,
    Enquiring,
    Working,
}

/// One talk.
#[derive(Debug)]
pub struct Dialogue {
    profile: ZvtProfile,
    order: Order,
    step: Step,
    acknowledged: bool,
    /// The order is to be taken back as soon as the terminal has it.
    cancelled: bool,
    /// Cancelling was sent, and its own acknowledgement is to come.
    cancelling: bool,
    deadline: Duration,
    /// When it has to be over, whatever the terminal says.
    limit: Duration,
    /// How much the terminal has said.
    said: u32,
    status: Option<StatusInformation>,
}

impl Dialogue {
    /// Begins a talk; the first bytes to send. Times are of any monotonic clock, the same for all
    /// calls.
    pub fn begin(profile: ZvtProfile, order: Order, now: Duration) -> (Dialogue, Bytes) {
        let dialogue = Dialogue {
            profile,
            order,
            step: Step::Registering,
            acknowledged: false,
            cancelled: false,
            cancelling: false,
            deadline: now + profile.acknowledge,
            limit: now + profile.longest,
            said: 0,
            status: None,
        };
        let currency = order.currency().or(profile.currency);
        (dialogue, command::register(&profile, currency))
    }

    /// Whether the order itself was given: from there on money may have moved.
    pub fn has_begun(&self) -> bool {
        self.step == Step::Working
    }

    /// What the terminal told about the order so far (`04 0F`); it stays once the talk has ended.
    pub fn status(&self) -> Option<&StatusInformation> {
        self.status.as_ref()
    }

    /// When the terminal has been silent, or has talked, for too long.
    pub fn deadline(&self) -> Duration {
        self.deadline.min(self.limit)
    }

    /// How the talk ends when its time is over.
    pub fn overdue(&self, now: Duration) -> Option<Ending> {
        if now >= self.limit {
            Some(Ending::Endless)
        } else if now >= self.deadline {
            Some(Ending::Silent)
        } else {
            None
        }
    }

    /// Takes the order back, if it still can be; bytes to send. The talk goes on until the
    /// terminal has ended it, and it may end with the order carried out.
    pub fn cancel(&mut self, now: Duration) -> Bytes {
        let mut bytes = Bytes::new();
        self.cancelled = true;
        self.limit = self.limit.min(now + self.profile.silence);
        if self.step == Step::Working && self.acknowledged && !self.cancelling {
            self.cancelled = false;
            self.cancelling = true;
            self.deadline = self.deadline.max(now + self.profile.acknowledge);
            let _ = bytes.extend_from_slice(&CANCEL);
        }
        bytes
    }

    /// Takes what the terminal says. What it wants printed or shown is the driver's.
    pub fn hear(&mut self, message: Message<'_>, now: Duration) -> Reaction {
        self.deadline = now + self.profile.silence;
        self.said = self.said.saturating_add(1);
        if self.said > MOST_SAID {
            return self.end_with(Ending::Endless);
        }
        match message {
            Message::Acknowledged => {
                // Also the one to a cancellation, which changes nothing by itself.
                if core::mem::take(&mut self.cancelling) {
                    return Reaction::default();
                }
                self.acknowledged = true;
                self.after_acknowledgement(now)
            }
            // The terminal is past the point where it can be stopped: it ends by itself.
            Message::Refused(_) if self.cancelling => {
                self.cancelling = false;
                Reaction::default()
            }
            // It had taken the command already.
            Message::Refused(_) if self.acknowledged => self.end_with(Ending::Garbled),
            // Terminals without this enquiry refuse it, and may still repeat a receipt.
            Message::Refused(code) if self.step == Step::Enquiring && code != result_code::BUSY => {
                self.give_order(now)
            }
            Message::Refused(code) => self.end_with(Ending::Refused(code)),
            Message::Status(status) => {
                self.acknowledged = true;
                self.status = Some(status.read());
                acknowledge()
            }
            Message::Intermediate(intermediate) => {
                self.acknowledged = true;
                if let Some(minutes) = intermediate.minutes() {
                    let longer = Duration::from_secs(u64::from(minutes) * 60);
                    self.deadline = now + self.profile.silence.max(longer);
                }
                acknowledge()
            }
            Message::PrintLine { .. } | Message::PrintBlock(_) | Message::Clock => acknowledge(),
            Message::Completed(data) => self.completed(data, now),
            Message::Aborted(code) => self.aborted(code, now),
            Message::Unknown => {
                let mut reaction = Reaction::default();
                let _ = reaction.send.extend_from_slice(&NOT_POSSIBLE);
                reaction
            }
        }
    }

    /// A cancellation that came before the terminal had taken the order is sent now.
    fn after_acknowledgement(&mut self, now: Duration) -> Reaction {
        let mut reaction = Reaction::default();
        if self.cancelled && self.step == Step::Working && self.status.is_none() {
            reaction.send = self.cancel(now);
        }
        reaction
    }

    fn completed(&mut self, data: &[u8], now: Duration) -> Reaction {
        match self.step {
            Step::Registering if self.order == Order::LookIn => {
                self.end_with_acknowledgement(Ending::Completed)
            }
            Step::Registering if self.cancelled && self.order.moves_money() => {
                self.end_with_acknowledgement(Ending::Cancelled)
            }
            Step::Registering if self.order == Order::Repeat => {
                let mut reaction = acknowledge();
                self.next(Step::Enquiring, now);
                let _ = reaction
                    .send
                    .extend_from_slice(&command::enquire(&self.profile));
                reaction
            }
            Step::Enquiring if terminal_status(data) == Some(result_code::BUSY) => {
                self.end_with_acknowledgement(Ending::Refused(result_code::BUSY))
            }
            Step::Registering | Step::Enquiring => {
                let mut reaction = acknowledge();
                let order = self.give_order(now);
                let _ = reaction.send.extend_from_slice(&order.send);
                reaction.end = order.end;
                reaction
            }
            Step::Working => self.end_with_acknowledgement(Ending::Completed),
        }
    }

    fn aborted(&mut self, code: u8, now: Duration) -> Reaction {
        match self.step {
            Step::Registering => self.end_with_acknowledgement(Ending::Refused(code)),
            Step::Enquiring if code == result_code::BUSY => {
                self.end_with_acknowledgement(Ending::Refused(code))
            }
            Step::Enquiring => {
                let mut reaction = acknowledge();
                let order = self.give_order(now);
                let _ = reaction.send.extend_from_slice(&order.send);
                reaction
            }
            Step::Working => self.end_with_acknowledgement(Ending::Aborted(code)),
        }
    }

    fn give_order(&mut self, now: Duration) -> Reaction {
        self.next(Step::Working, now);
        Reaction {
            send: self.order.command(&self.profile).unwrap_or_default(),
            end: None,
        }
    }

    fn next(&mut self, step: Step, now: Duration) {
        self.step = step;
        self.acknowledged = false;
        self.deadline = now + self.profile.acknowledge;
        self.status = None;
    }

    fn end_with(&self, ending: Ending) -> Reaction {
        Reaction {
            send: Bytes::new(),
            end: Some(ending),
        }
    }

    fn end_with_acknowledgement(&self, ending: Ending) -> Reaction {
        Reaction {
            end: Some(ending),
            ..acknowledge()
        }
    }
}

fn acknowledge() -> Reaction {
    let mut reaction = Reaction::default();
    let _ = reaction.send.extend_from_slice(&ACKNOWLEDGE);
    reaction
}
