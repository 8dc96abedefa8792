//! A card terminal that speaks ZVT on a socket, with a bank behind it and a customer before it.

mod body;
mod ledger;
mod paper;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use body::Body;

use super::Switchable;
use super::faults::{number, unknown};
use crate::HalError;
use crate::linux::bell::Bell;
use crate::zvt::result_code;

/// A terminal that takes one currency, at first euros, from a card that always has enough.
#[derive(Debug)]
pub struct VirtualTerminal {
    shared: Arc<Shared>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

/// Money that moved at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// How much, in cents; below zero for a refund.
    pub cents: i64,
    /// Its trace number.
    pub trace: u32,
    /// The number on its receipt.
    pub receipt_number: u32,
    /// It was taken back.
    pub reversed: bool,
}

/// What the customer, the bank or the terminal does with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TerminalAnswer {
    /// It is approved.
    #[default]
    Approve,
    /// The bank declines, with this code.
    Decline(u8),
    /// The customer presses the red key.
    CustomerAborts,
    /// The terminal refuses the command, with this code.
    Refuse(u8),
    /// It sends what no terminal says.
    Garbage,
    /// It sends half a block and no more.
    Half,
    /// It is no terminal but a web server.
    WebServer,
    /// It takes the connection and says nothing.
    Nothing,
    /// It says that it is at it, again and again, and hears nothing.
    Endless,
}

/// When the cable is pulled in a payment, or while the day is closed, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CableCut {
    /// When the command has come, before anything is answered.
    AtOnce,
    /// While the bank is asked.
    BeforeApproval,
    /// Once the payment is booked or the day closed, before the till is told.
    AfterApproval,
    /// Once the till has acknowledged the result, before the receipt.
    AfterResult,
    /// Once all was sent, before the till's last word.
    AtTheEnd,
}

/// What a terminal tells when it is asked for its last payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeats {
    /// The last one that was booked.
    #[default]
    Booked,
    /// The last one, also where it was declined, and the closing of the day.
    Any,
    /// It cannot.
    Nothing,
}

#[derive(Debug)]
struct Shared {
    bell: Arc<Bell>,
    stop: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    plugged: bool,
    powered: bool,
    answer: TerminalAnswer,
    cut: Option<CableCut>,
    /// Cuts the power in place of the cable.
    cut_power: bool,
    slow: Duration,
    /// The customer has not presented the card yet.
    holding: bool,
    goes_on_alone: bool,
    takes_back_unacknowledged: bool,
    repeats: Repeats,
    busy_for: usize,
    lines_only: bool,
    password: u32,
    currency: u16,
    charges: Vec<Charge>,
    /// How many of them were handed in when the day was closed.
    handed_in: usize,
    last: Option<ledger::Transaction>,
    last_booked: Option<ledger::Transaction>,
    trace: u32,
    commands: Vec<[u8; 2]>,
    unknown: usize,
}

impl VirtualTerminal {
    /// A terminal on a free port of 127.0.0.1. Like most it talks to one client at a time.
    ///
    /// # Errors
    /// `System` when it cannot listen.
    pub fn on_tcp() -> Result<VirtualTerminal, HalError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(system)?;
        let address = listener.local_addr().map_err(system)?;
        let shared = Arc::new(Shared {
            bell: Bell::new().map_err(system)?,
            stop: AtomicBool::new(false),
            state: Mutex::new(State {
                plugged: true,
                powered: true,
                answer: TerminalAnswer::Approve,
                cut: None,
                cut_power: false,
                slow: Duration::ZERO,
                holding: false,
                goes_on_alone: false,
                takes_back_unacknowledged: false,
                repeats: Repeats::Booked,
                busy_for: 0,
                lines_only: false,
                password: 0,
                currency: 978,
                charges: Vec::new(),
                handed_in: 0,
                last: None,
                last_booked: None,
                trace: 100,
                commands: Vec::new(),
                unknown: 0,
            }),
        });
        let body = Body::new(shared.clone(), address, listener);
        let thread = std::thread::Builder::new()
            .name("virtual-terminal".to_owned())
            .spawn(move || body.run())
            .map_err(system)?;
        Ok(VirtualTerminal {
            shared,
            address,
            thread: Some(thread),
        })
    }

    /// Where the till finds it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shared.lock());
        self.shared.bell.ring();
    }

    /// Sets what becomes of payments.
    pub fn set_answer(&self, answer: TerminalAnswer) {
        self.change(|state| state.answer = answer);
    }

    /// Pulls the cable, once, at this point of the next payment or closing of the day; or the plug
    /// of its power.
    pub fn cut_in_next_payment(&self, cut: CableCut, power: bool) {
        self.change(|state| (state.cut, state.cut_power) = (Some(cut), power));
    }

    /// Makes every step of a payment take so long.
    pub fn set_slow(&self, pause: Duration) {
        self.change(|state| state.slow = pause);
    }

    /// Has the customer look for the card, or present it.
    pub fn set_holding(&self, holding: bool) {
        self.change(|state| state.holding = holding);
    }

    /// Makes it carry on with a payment when the connection is lost, in place of giving it up.
    pub fn set_goes_on_alone(&self, goes_on_alone: bool) {
        self.change(|state| state.goes_on_alone = goes_on_alone);
    }

    /// Makes it take back payments whose result the till has not acknowledged.
    pub fn set_takes_back_unacknowledged(&self, takes_back: bool) {
        self.change(|state| state.takes_back_unacknowledged = takes_back);
    }

    /// Sets what it tells when it is asked for its last payment.
    pub fn set_repeats(&self, repeats: Repeats) {
        self.change(|state| state.repeats = repeats);
    }

    /// Makes it answer "busy" to the next so many questions whether it is free.
    pub fn set_busy_for(&self, questions: usize) {
        self.change(|state| state.busy_for = questions);
    }

    /// Makes it one that sends receipts line by line.
    pub fn set_lines_only(&self, lines_only: bool) {
        self.change(|state| state.lines_only = lines_only);
    }

    /// Sets the password that a till has to give.
    pub fn set_password(&self, password: u32) {
        self.change(|state| state.password = password);
    }

    /// Makes it one for another currency, by its number in ISO 4217.
    pub fn set_currency(&self, currency: u16) {
        self.change(|state| state.currency = currency);
    }

    /// Has somebody pay at the terminal itself, without the till.
    pub fn pay_by_hand(&self, cents: i64) {
        self.change(|state| {
            state.book(cents);
        });
    }

    /// Pulls the cable.
    pub fn unplug(&self) {
        self.change(|state| state.plugged = false);
    }

    /// Plugs the cable in again.
    pub fn plug(&self) {
        self.change(|state| state.plugged = true);
    }

    /// Switches the power off or on. What was booked stays booked.
    pub fn set_power(&self, on: bool) {
        self.change(|state| state.powered = on);
    }

    /// The money that moved, in order.
    pub fn charges(&self) -> Vec<Charge> {
        self.shared.lock().charges.clone()
    }

    /// What the customers paid in all, less what was taken back, in cents.
    pub fn taken(&self) -> i64 {
        let charges = self.charges();
        let kept = charges.iter().filter(|charge| !charge.reversed);
        kept.map(|charge| charge.cents).sum()
    }

    /// What it keeps until its day is closed, in cents.
    pub fn kept(&self) -> i64 {
        let state = self.shared.lock();
        state.kept().map(|charge| charge.cents).sum()
    }

    /// Class and instruction of every command that came.
    pub fn commands(&self) -> Vec<[u8; 2]> {
        self.shared.lock().commands.clone()
    }

    /// How many blocks came that it does not know, or that were not whole.
    pub fn unknown(&self) -> usize {
        self.shared.lock().unknown
    }
}

impl Drop for VirtualTerminal {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Switchable for VirtualTerminal {
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String> {
        match (fault, value.unwrap_or_default()) {
            ("answer", "" | "approve") => self.set_answer(TerminalAnswer::Approve),
            ("answer", "decline") => self.set_answer(TerminalAnswer::Decline(0x05)),
            ("answer", "expired") => self.set_answer(TerminalAnswer::Decline(0x78)),
            ("answer", "abort") => self.set_answer(TerminalAnswer::CustomerAborts),
            ("answer", "refuse") => {
                self.set_answer(TerminalAnswer::Refuse(result_code::NOT_REGISTERED));
            }
            ("answer", "garbage") => self.set_answer(TerminalAnswer::Garbage),
            ("answer", "half") => self.set_answer(TerminalAnswer::Half),
            ("answer", "http") => self.set_answer(TerminalAnswer::WebServer),
            ("answer", "nothing") => self.set_answer(TerminalAnswer::Nothing),
            ("answer", "endless") => self.set_answer(TerminalAnswer::Endless),
            ("answer", other) => {
                let known = "approve, decline, expired, abort, refuse, garbage, half, http, \
                             nothing, endless";
                return Err(unknown(other, known));
            }
            ("card", "" | "there") => self.set_holding(false),
            ("card", "searched") => self.set_holding(true),
            ("card", other) => return Err(unknown(other, "there, searched")),
            ("cable", "" | "in") => self.plug(),
            ("cable", "cut") => self.unplug(),
            ("cable", other) => {
                let cut = cut_named(other).ok_or_else(|| {
                    let known = "in, cut, cut-at-once, cut-before-approval, cut-after-approval, \
                                 cut-after-result, cut-at-the-end";
                    unknown(other, known)
                })?;
                self.cut_in_next_payment(cut, false);
            }
            ("power", "" | "on") => self.set_power(true),
            ("power", "off") => self.set_power(false),
            ("power", "off-after-approval") => {
                self.cut_in_next_payment(CableCut::AfterApproval, true);
            }
            ("power", other) => return Err(unknown(other, "on, off, off-after-approval")),
            ("repeats", "" | "booked") => self.set_repeats(Repeats::Booked),
            ("repeats", "any") => self.set_repeats(Repeats::Any),
            ("repeats", "nothing") => self.set_repeats(Repeats::Nothing),
            ("repeats", other) => return Err(unknown(other, "booked, any, nothing")),
            ("slow", "") => self.set_slow(Duration::ZERO),
            ("slow", milliseconds) => {
                let milliseconds = number(milliseconds)? as u64;
                self.set_slow(Duration::from_millis(milliseconds));
            }
            (other, _) => {
                return Err(unknown(other, "answer, card, cable, power, repeats, slow"));
            }
        }
        Ok(())
    }
}

fn cut_named(name: &str) -> Option<CableCut> {
    Some(match name {
        "cut-at-once" => CableCut::AtOnce,
        "cut-before-approval" => CableCut::BeforeApproval,
        "cut-after-approval" => CableCut::AfterApproval,
        "cut-after-result" => CableCut::AfterResult,
        "cut-at-the-end" => CableCut::AtTheEnd,
        _ => return None,
    })
}

fn system(source: std::io::Error) -> HalError {
    HalError::System {
        what: "running a virtual card terminal",
        source,
    }
}
