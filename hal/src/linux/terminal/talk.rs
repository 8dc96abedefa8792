//! One connection to a terminal, from the first byte to the last.

use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use super::super::wire::{Gone, Wire};
use super::notes::Notes;
use super::{Order, Shared};
use crate::PortState;
use crate::vocabulary::{CardPayment, TerminalPapers};
use crate::zvt::apdu::{ApduFault, ApduReader};
use crate::zvt::command::NOT_POSSIBLE;
use crate::zvt::dialogue::{self, Dialogue, Ending, Reaction};
use crate::zvt::message::{Message, PrintKind};
use crate::zvt::verdict::Ended;
use crate::zvt::{Characters, ZvtProfile};

/// The most lines of all receipts of one order.
const MAX_LINES: usize = 400;
/// The most characters of a line.
const LINE: usize = 64;
/// The most bytes that wait for a terminal that takes none: a few words answer all that it may say
/// before it listens.
const UNSENT: usize = 4 * 1024;
/// How long the last acknowledgement may take to leave.
const PARTING: Duration = Duration::from_millis(500);

/// What a talk came to.
#[derive(Debug)]
pub(super) enum Talked {
    /// There is no connection.
    NoWire(PortState),
    /// It ended so.
    Ended(Ended),
    /// A person said what they saw before the terminal answered.
    Interrupted(Order),
    /// The till is being shut down.
    Stopped,
}

/// What a terminal wants printed.
#[derive(Debug, Default)]
pub(super) struct Papers {
    customer: Vec<String>,
    merchant: Vec<String>,
    others: Vec<String>,
    ended: bool,
}

impl Papers {
    fn add(&mut self, kind: Option<PrintKind>, text: &[u8], characters: Characters) {
        if self.customer.len() + self.merchant.len() + self.others.len() >= MAX_LINES {
            return;
        }
        let line: heapless::String<LINE> = characters.read(text);
        let line = line.trim_end().to_owned();
        match kind {
            Some(PrintKind::Customer) => self.customer.push(line),
            Some(PrintKind::Merchant) => self.merchant.push(line),
            Some(PrintKind::Administration) | None => {
                // Lines that say not whom they are for: the receipt after the first is another.
                if std::mem::take(&mut self.ended) && !self.others.is_empty() {
                    self.others.push(String::new());
                }
                self.others.push(line);
            }
        }
    }

    fn hear(&mut self, message: &Message<'_>, characters: Characters) {
        match message {
            Message::PrintLine { last, text } => {
                self.add(None, text, characters);
                self.ended = *last;
            }
            Message::PrintBlock(block) => {
                for line in block.lines() {
                    self.add(block.kind(), line, characters);
                }
                self.ended = block.is_last();
            }
            _ => {}
        }
    }

    /// Puts the receipts to a payment. Those that say not whom they are for are the customer's:
    /// what is the shop's is printed for both rather than for nobody.
    pub(super) fn give(self, payment: &mut CardPayment) {
        let TerminalPapers { customer, merchant } = self.by_reader();
        payment.customer_receipt = customer;
        payment.merchant_receipt = merchant;
    }

    /// What there is for the customer, and for the shop.
    pub(super) fn by_reader(self) -> TerminalPapers {
        TerminalPapers {
            customer: if self.customer.is_empty() {
                self.others
            } else {
                self.customer
            },
            merchant: self.merchant,
        }
    }

    /// All of it, as a report.
    pub(super) fn report(self) -> Vec<String> {
        [self.others, self.merchant, self.customer].concat()
    }
}

/// What is said while a talk goes on.
pub(super) trait Listener {
    /// The terminal's words for the cashier.
    fn words(&mut self, words: &str);
    /// What to do with an order that comes meanwhile; `Some` to end the talk with it.
    fn interrupted(&mut self, order: Order, dialogue: &mut Dialogue) -> Heard;
}

/// What an order means for the talk.
pub(super) enum Heard {
    /// Nothing.
    Nothing,
    /// These bytes are to be sent.
    Send(crate::zvt::command::Bytes),
    /// The talk is over.
    Over(Order),
}

pub(super) struct Talk<'a> {
    pub(super) profile: ZvtProfile,
    pub(super) shared: &'a Shared,
    pub(super) epoch: Instant,
}

impl Talk<'_> {
    /// Connects and carries out one order.
    pub(super) fn have(
        &self,
        address: SocketAddr,
        order: dialogue::Order,
        papers: &mut Papers,
        listener: &mut dyn Listener,
    ) -> Talked {
        let wire = match Wire::tcp(address) {
            Ok(wire) => wire,
            Err(state) => return Talked::NoWire(state),
        };
        let (mut dialogue, first) = Dialogue::begin(self.profile, order, self.now());
        let mut notes = Notes::of(&self.shared.common.traffic);
        notes.ordered(&first);
        let mut out = first.to_vec();
        let mut reader = ApduReader::new();
        let mut buffer = [0; 1024];
        let mut told = None;
        loop {
            if self.shared.common.stopping() {
                return Talked::Stopped;
            }
            while let Some(order) = self.shared.orders.next(&self.shared.common) {
                match listener.interrupted(order, &mut dialogue) {
                    Heard::Nothing => {}
                    Heard::Send(bytes) => {
                        notes.ordered(&bytes);
                        out.extend_from_slice(&bytes);
                    }
                    Heard::Over(order) => return Talked::Interrupted(order),
                }
            }
            if !out.is_empty() {
                match wire.write(&out) {
                    Ok(written) => drop(out.drain(..written)),
                    Err(Gone) => return ended(&dialogue, Ending::LinkLost),
                }
            }
            match dialogue.overdue(self.now()) {
                Some(Ending::Silent) if reader.is_in_the_middle() => {
                    return ended(&dialogue, Ending::Garbled);
                }
                Some(ending) => return ended(&dialogue, ending),
                None if out.len() > UNSENT => return ended(&dialogue, Ending::Garbled),
                None => {}
            }
            let until = self.epoch + dialogue.deadline();
            let readable =
                self.shared
                    .common
                    .bell
                    .wait(Some(wire.as_fd()), !out.is_empty(), Some(until));
            if !readable {
                continue;
            }
            let read = match wire.read(&mut buffer) {
                Ok(read) => read,
                Err(Gone) => return ended(&dialogue, Ending::LinkLost),
            };
            let came = buffer.get(..read).unwrap_or_default();
            for (at, byte) in came.iter().enumerate() {
                let reaction = match reader.push(*byte) {
                    None => {
                        notes.byte(*byte);
                        continue;
                    }
                    Some(Ok(apdu)) => {
                        notes.block(apdu);
                        let message = Message::of(apdu, self.profile.characters);
                        papers.hear(&message, self.profile.characters);
                        if let Message::Intermediate(intermediate) = &message {
                            let words = intermediate.words(self.profile.characters);
                            // Said again and again they are no news.
                            if told.as_ref() != Some(&words) {
                                listener.words(&words);
                                told = Some(words);
                            }
                        }
                        dialogue.hear(message, self.now())
                    }
                    Some(Err(fault)) => {
                        if let ApduFault::NotZvt(_) = fault {
                            notes.strange(came.get(at..).unwrap_or_default());
                        } else {
                            notes.end();
                        }
                        unreadable(fault)
                    }
                };
                if !reaction.send.is_empty() {
                    notes.ordered(&reaction.send);
                }
                out.extend_from_slice(&reaction.send);
                if let Some(ending) = reaction.end {
                    self.part(&wire, out);
                    return ended(&dialogue, ending);
                }
            }
        }
    }

    /// Lets the last bytes leave: a terminal that waits for them waits for a while.
    fn part(&self, wire: &Wire, mut out: Vec<u8>) {
        let until = Instant::now() + PARTING;
        while !out.is_empty() && Instant::now() < until {
            match wire.write(&out) {
                Ok(0) => {
                    self.shared
                        .common
                        .bell
                        .wait(Some(wire.as_fd()), true, Some(until));
                }
                Ok(written) => drop(out.drain(..written)),
                Err(Gone) => return,
            }
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.epoch.elapsed()
    }
}

fn ended(dialogue: &Dialogue, ending: Ending) -> Talked {
    Talked::Ended(Ended {
        ending,
        begun: dialogue.has_begun(),
        status: dialogue.status().cloned().map(Box::new),
    })
}

fn unreadable(fault: ApduFault) -> Reaction {
    let mut reaction = Reaction::default();
    match fault {
        ApduFault::NotZvt(_) => reaction.end = Some(Ending::Garbled),
        // A receipt longer than any: it is refused, and the terminal goes on or ends.
        ApduFault::TooLarge { .. } => {
            let _ = reaction.send.extend_from_slice(&NOT_POSSIBLE);
        }
    }
    reaction
}
