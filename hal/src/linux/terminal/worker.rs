//! The thread of a ZVT terminal: one order after another, and no new payment before it is known
//! what became of the last.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::backoff::Backoff;
use super::super::outlet::Outlet;
use super::super::supervised::Driver;
use super::talk::{Heard, Listener, Papers, Talk, Talked};
use super::{Order, Shared};
use crate::PortState;
use crate::vocabulary::{
    CardPayment, Confirmation, DayFailure, DayState, DeviceEvent, DeviceId, LastReceipts,
    PaymentDoubt, PaymentIntent, PaymentKind, PaymentOutcome, PaymentState, TerminalHindrance,
    TerminalPapers, TerminalReceipt, TerminalStatus,
};
use crate::zvt::ZvtProfile;
use crate::zvt::dialogue::{self, Dialogue, Ending};
use crate::zvt::message::StatusInformation;
use crate::zvt::result_code::{BUSY, OK};
use crate::zvt::verdict::{self, Ended, Verdict};

pub(super) struct Worker {
    pub(super) id: DeviceId,
    address: SocketAddr,
    pub(super) profile: ZvtProfile,
    outlet: Box<dyn Outlet>,
    pub(super) shared: Arc<Shared>,
    epoch: Instant,
    pub(super) status: TerminalStatus,
    told: Option<TerminalStatus>,
    /// When it is looked for next, if that is wanted.
    look_in: Instant,
    /// The payment or closing that has begun and not ended.
    pub(super) at: Option<Order>,
    /// What was ordered while it was looked in on.
    later: RefCell<VecDeque<Order>>,
    /// The driver failed: the terminal is left in peace until then.
    resting: Instant,
}

/// How a question to the terminal ended.
enum Answer {
    Verdict(Verdict, Papers),
    /// It could not be asked, or said nothing that helps.
    None,
    Interrupted(Order),
    Stopped,
}

impl Worker {
    pub(super) fn new(
        id: DeviceId,
        address: SocketAddr,
        profile: ZvtProfile,
        outlet: Box<dyn Outlet>,
        shared: Arc<Shared>,
    ) -> Worker {
        let status = shared.under_way.status();
        Worker {
            id,
            address,
            profile,
            outlet,
            shared,
            epoch: Instant::now(),
            status,
            told: None,
            look_in: Instant::now(),
            at: None,
            later: RefCell::new(VecDeque::new()),
            resting: Instant::now(),
        }
    }
}

impl Driver for Worker {
    fn work(&mut self) {
        if let Some(order) = self.at.take() {
            self.go_on_with(order);
        }
        while !self.stopped() {
            let left = self.later.get_mut().pop_front();
            match left.or_else(|| self.shared.orders.next(&self.shared.common)) {
                Some(order) => self.obey(order),
                None if self.wants_looking_in() && Instant::now() >= self.look_in => {
                    self.look_in();
                    self.look_in = Instant::now() + self.profile.look_in;
                }
                None => {
                    let due = self.wants_looking_in().then_some(self.look_in);
                    self.shared.common.bell.wait(None, false, due);
                }
            }
        }
    }

    fn recover(&mut self, until: Instant) {
        self.status.hindrance = Some(TerminalHindrance::Port(PortState::Faulted));
        (self.look_in, self.resting) = (until, until);
        self.tell_status();
    }
}

impl Worker {
    /// Finds out what became of what was under way when the driver failed.
    fn go_on_with(&mut self, order: Order) {
        match order {
            Order::Pay(intent) | Order::Ask(intent) => {
                let doubt = PaymentDoubt::Faulted;
                self.at = Some(Order::Ask(intent.clone()));
                self.tell(&intent, PaymentState::Unknown(doubt));
                match self.wait(self.resting) {
                    Some(Order::Confirm(reference, confirmation))
                        if reference == intent.reference =>
                    {
                        self.end_as_seen(&intent, confirmation);
                    }
                    _ if self.stopped() => {}
                    _ => self.find_out(&intent, doubt),
                }
            }
            Order::CloseDay => self.go_on_closing_day(self.resting),
            Order::Cancel | Order::Confirm(..) => {}
        }
    }

    pub(super) fn stopped(&self) -> bool {
        self.shared.common.stopping()
    }

    /// A terminal that was reached is left in peace until it is needed.
    fn wants_looking_in(&self) -> bool {
        !self.status.seen || self.status.hindrance.is_some() || self.told != Some(self.status)
    }

    pub(super) fn talk(
        &self,
        order: dialogue::Order,
        papers: &mut Papers,
        listener: &mut dyn Listener,
    ) -> Talked {
        let talk = Talk {
            profile: self.profile,
            shared: &self.shared,
            epoch: self.epoch,
        };
        talk.have(self.address, order, papers, listener)
    }

    /// Finds out whether the terminal is there, and which its last payment is. What is ordered
    /// meanwhile waits, because a terminal that is left in the middle is busy for a while.
    fn look_in(&mut self) {
        let order = if self.status.last == LastReceipts::NONE {
            dialogue::Order::Repeat
        } else {
            dialogue::Order::LookIn
        };
        let mut listener = LookingIn { later: &self.later };
        let talked = self.talk(order, &mut Papers::default(), &mut listener);
        self.learn(&talked);
        self.tell_status();
        let later = self.later.get_mut();
        let cancelled = later.iter().any(|it| matches!(it, Order::Cancel));
        while let Some(order) = self.later.get_mut().pop_front() {
            match order {
                Order::Pay(intent) if cancelled => self.end(&intent, PaymentOutcome::Aborted),
                order => self.obey(order),
            }
        }
    }

    fn obey(&mut self, order: Order) {
        if let Order::Pay(_) | Order::Ask(_) | Order::CloseDay = order {
            self.at = Some(order.clone());
        }
        let rests = Instant::now() < self.resting;
        let faulted = TerminalHindrance::Port(PortState::Faulted);
        match order {
            Order::Pay(intent) if rests => self.end(&intent, PaymentOutcome::NotBegun(faulted)),
            Order::CloseDay if rests => {
                self.end_day(DayState::NotClosed(DayFailure::NotBegun(faulted)));
            }
            Order::Pay(intent) => self.pay(&intent),
            Order::Ask(intent) => self.find_out(&intent, PaymentDoubt::Stopped),
            Order::CloseDay => self.close_day(),
            // About a payment that has ended meanwhile.
            Order::Cancel | Order::Confirm(..) => {}
        }
    }

    fn pay(&mut self, intent: &PaymentIntent) {
        self.tell(intent, PaymentState::Connecting);
        let amount = intent.amount;
        self.profile.currency = Some(amount.currency);
        let order = match intent.kind {
            PaymentKind::Payment => dialogue::Order::Pay(amount),
            PaymentKind::Refund => dialogue::Order::Refund(amount),
            PaymentKind::Reversal { receipt_number } => dialogue::Order::Reverse {
                amount,
                receipt_number,
            },
        };
        let mut papers = Papers::default();
        let mut listener = Paying {
            worker: self,
            intent,
            epoch: self.epoch,
        };
        let talk = Talk {
            profile: self.profile,
            shared: &self.shared,
            epoch: self.epoch,
        };
        let talked = talk.have(self.address, order, &mut papers, &mut listener);
        self.learn(&talked);
        let verdict = match talked {
            Talked::NoWire(port) => {
                Verdict::Known(PaymentOutcome::NotBegun(TerminalHindrance::Port(port)))
            }
            Talked::Ended(ended) => verdict::of_order(ended, intent),
            Talked::Interrupted(Order::Confirm(_, confirmation)) => {
                return self.end_as_seen(intent, confirmation);
            }
            Talked::Interrupted(_) => Verdict::Doubt(PaymentDoubt::Stopped),
            Talked::Stopped => return,
        };
        match verdict {
            Verdict::Known(outcome) => self.end_with(intent, outcome, papers),
            Verdict::Approved(status) => self.approve(intent, &status, papers),
            Verdict::Doubt(doubt) => self.find_out(intent, doubt),
        }
    }

    /// Asks the terminal what became of a payment, until it is known or a person says so.
    fn find_out(&mut self, intent: &PaymentIntent, mut doubt: PaymentDoubt) {
        let lost_at = Instant::now();
        let mut backoff = Backoff::new();
        self.profile.currency = Some(intent.amount.currency);
        loop {
            self.tell(intent, PaymentState::Asking(doubt));
            let asked_at = Instant::now();
            let order = match self.question(intent, doubt) {
                Answer::Stopped => return,
                Answer::Interrupted(order) => Some(order),
                Answer::Verdict(Verdict::Approved(status), papers) => {
                    return self.approve(intent, &status, papers);
                }
                // What was interrupted may still be at it: that there is no payment is believed
                // when the question was put late enough.
                Answer::Verdict(Verdict::Known(PaymentOutcome::NotCharged), _)
                    if asked_at < lost_at + self.profile.settle =>
                {
                    self.wait(lost_at + self.profile.settle)
                }
                // The receipt that comes with that is the payment's before.
                Answer::Verdict(Verdict::Known(PaymentOutcome::NotCharged), _) => {
                    return self.end(intent, PaymentOutcome::NotCharged);
                }
                Answer::Verdict(Verdict::Known(outcome), papers) => {
                    return self.end_with(intent, outcome, papers);
                }
                Answer::Verdict(Verdict::Doubt(now), _) if !now.may_end_by_asking() => {
                    doubt = now;
                    self.tell(intent, PaymentState::ToBeConfirmed(doubt));
                    self.wait_for_person()
                }
                Answer::Verdict(Verdict::Doubt(_), _) | Answer::None => {
                    self.tell(intent, PaymentState::Unknown(doubt));
                    backoff.failed();
                    self.wait(backoff.due())
                }
            };
            match order {
                Some(Order::Confirm(reference, confirmation)) if reference == intent.reference => {
                    return self.end_as_seen(intent, confirmation);
                }
                _ if self.stopped() => return,
                // Asked again by hand, or nothing that helps: it is asked again.
                _ => {}
            }
        }
    }

    fn question(&mut self, intent: &PaymentIntent, doubt: PaymentDoubt) -> Answer {
        let mut papers = Papers::default();
        let mut listener = Asking::of(&intent.reference);
        let talked = self.talk(dialogue::Order::Repeat, &mut papers, &mut listener);
        self.learn_hindrance(&talked);
        self.tell_status();
        match talked {
            Talked::Stopped => Answer::Stopped,
            Talked::Interrupted(order) => Answer::Interrupted(order),
            Talked::NoWire(_) => Answer::None,
            // Not even registered: that is no answer to the question.
            Talked::Ended(Ended {
                begun: false,
                ending,
                ..
            }) if ending != Ending::Endless => Answer::None,
            Talked::Ended(ended) => {
                self.learn_last(ended.status.as_deref());
                Answer::Verdict(verdict::of_question(ended, intent, doubt), papers)
            }
        }
    }

    /// Sleeps until `until`; an order that comes meanwhile wakes it.
    pub(super) fn wait(&self, until: Instant) -> Option<Order> {
        loop {
            if let Some(order) = self.shared.orders.next(&self.shared.common) {
                return Some(order);
            }
            if self.stopped() || Instant::now() >= until {
                return None;
            }
            self.shared.common.bell.wait(None, false, Some(until));
        }
    }

    /// Sleeps until a person confirms or has it asked again.
    fn wait_for_person(&self) -> Option<Order> {
        while !self.stopped() {
            match self.shared.orders.next(&self.shared.common) {
                Some(Order::Cancel) => {}
                Some(order) => return Some(order),
                None => {
                    self.shared.common.bell.wait(None, false, None);
                }
            }
        }
        None
    }

    fn approve(&mut self, intent: &PaymentIntent, status: &StatusInformation, papers: Papers) {
        let mut payment = CardPayment {
            receipt: status.receipt,
            card_name: status.card_name.as_str().to_owned(),
            card_number: status.card_number.as_str().to_owned(),
            authorisation: status.authorisation.as_str().to_owned(),
            ..CardPayment::default()
        };
        papers.give(&mut payment);
        self.status.last.booked = Some(status.receipt).filter(TerminalReceipt::is_known);
        self.end(intent, PaymentOutcome::Approved(Box::new(payment)));
    }

    /// Ends a payment by what a person saw. Which the terminal's last one is, it has to tell anew.
    fn end_as_seen(&mut self, intent: &PaymentIntent, confirmation: Confirmation) {
        self.status.last = LastReceipts::NONE;
        self.status.seen = false;
        self.look_in = Instant::now();
        self.end(
            intent,
            match confirmation {
                Confirmation::Approved => PaymentOutcome::Approved(Box::default()),
                Confirmation::NotCharged => PaymentOutcome::NotCharged,
            },
        );
    }

    /// Ends a payment that moved no money; what the terminal wants printed of it comes before.
    fn end_with(&mut self, intent: &PaymentIntent, outcome: PaymentOutcome, papers: Papers) {
        let papers = papers.by_reader();
        if papers != TerminalPapers::default() {
            self.tell(intent, PaymentState::ToBePrinted(papers));
        }
        self.end(intent, outcome);
    }

    fn end(&mut self, intent: &PaymentIntent, outcome: PaymentOutcome) {
        self.shared.under_way.set_status(self.status);
        // Free before it is told, so that whoever hears it may begin the next.
        self.shared.under_way.end();
        self.tell(intent, PaymentState::Ended(outcome));
        self.at = None;
        self.tell_status();
    }

    /// What a talk shows of the terminal, and its last payment where it told of one.
    pub(super) fn learn(&mut self, talked: &Talked) {
        self.learn_hindrance(talked);
        if let Talked::Ended(Ended {
            ending: Ending::Completed | Ending::Aborted(_),
            status,
            ..
        }) = talked
        {
            self.learn_last(status.as_deref());
        }
    }

    pub(super) fn learn_last(&mut self, status: Option<&StatusInformation>) {
        if let Some(status) = status
            && status.receipt.is_known()
        {
            let booked = status.result_code.is_none_or(|code| code == OK);
            if booked && !status.is_of_day() {
                self.status.last.booked = Some(status.receipt);
            } else {
                self.status.last.declined = Some(status.receipt);
            }
        }
    }

    pub(super) fn learn_hindrance(&mut self, talked: &Talked) {
        use TerminalHindrance::{Busy, Endless, NotResponding, OtherProtocol, Port, Refused};
        self.status.hindrance = match talked {
            Talked::Stopped | Talked::Interrupted(_) => return,
            Talked::NoWire(port) => Some(Port(*port)),
            Talked::Ended(Ended { ending, begun, .. }) => match ending {
                Ending::LinkLost => Some(Port(PortState::Absent)),
                Ending::Silent => Some(NotResponding),
                Ending::Garbled => Some(OtherProtocol),
                Ending::Endless => Some(Endless),
                Ending::Refused(BUSY) => Some(Busy),
                Ending::Refused(code) if !begun => Some(Refused(*code)),
                _ => None,
            },
        };
        self.status.seen |= self.status.hindrance.is_none();
    }

    pub(super) fn tell_status(&mut self) {
        self.shared.under_way.set_status(self.status);
        let (terminal, status) = (self.id, self.status);
        let event = DeviceEvent::Terminal { terminal, status };
        if self.told != Some(status) && self.outlet.try_send(event) {
            self.told = Some(status);
        }
    }

    fn tell(&self, intent: &PaymentIntent, state: PaymentState) {
        self.send(DeviceEvent::Payment {
            terminal: self.id,
            reference: intent.reference.clone(),
            state: Box::new(state),
        });
    }

    pub(super) fn send(&self, event: DeviceEvent) {
        self.outlet.send(event, &self.shared.common);
    }
}

/// While a payment is taken.
struct Paying<'a> {
    worker: &'a Worker,
    intent: &'a PaymentIntent,
    epoch: Instant,
}

impl Listener for Paying<'_> {
    fn words(&mut self, words: &str) {
        let state = PaymentState::Working(words.to_owned());
        self.worker.tell(self.intent, state);
    }

    fn interrupted(&mut self, order: Order, dialogue: &mut Dialogue) -> Heard {
        match order {
            Order::Cancel => Heard::Send(dialogue.cancel(self.now())),
            // Nothing is confirmed of a payment that the terminal is at.
            _ => Heard::Nothing,
        }
    }
}

impl Paying<'_> {
    fn now(&self) -> Duration {
        self.epoch.elapsed()
    }
}

/// While the terminal is looked in on: what is ordered meanwhile waits.
struct LookingIn<'a> {
    later: &'a RefCell<VecDeque<Order>>,
}

impl Listener for LookingIn<'_> {
    fn words(&mut self, _: &str) {}

    fn interrupted(&mut self, order: Order, _: &mut Dialogue) -> Heard {
        if let Ok(mut later) = self.later.try_borrow_mut() {
            later.push_back(order);
        }
        Heard::Nothing
    }
}

/// While the terminal is asked or told something that moves no money.
pub(super) struct Asking {
    /// What occupies the terminal.
    held: String,
}

impl Asking {
    pub(super) fn of(reference: &str) -> Asking {
        Asking {
            held: reference.to_owned(),
        }
    }
}

impl Listener for Asking {
    fn words(&mut self, _: &str) {}

    fn interrupted(&mut self, order: Order, _: &mut Dialogue) -> Heard {
        match order {
            Order::Confirm(reference, confirmation) if self.held == reference => {
                Heard::Over(Order::Confirm(reference, confirmation))
            }
            _ => Heard::Nothing,
        }
    }
}
