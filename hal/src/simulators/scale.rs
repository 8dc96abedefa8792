//! A scale on a pty, in any of the protocols.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::pty::{Pty, with_even_parity};
use crate::linux::bell::Bell;
use crate::scale::{ScaleProfile, ScaleProtocol};
use crate::{HalError, SerialLink};

/// The most it weighs, in grams.
const CAPACITY: i32 = 15_000;
/// How often the continuous output comes.
const TICK: Duration = Duration::from_millis(20);

/// A scale that shows kilograms with three digits after the point and weighs up to 15 kg.
#[derive(Debug)]
pub struct VirtualScale {
    path: PathBuf,
    protocol: ScaleProtocol,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    bell: Arc<Bell>,
    stop: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    pty: Option<Pty>,
    body: Body,
    /// Says nothing, as with the power off.
    silent: bool,
    /// Every so many bytes one leaves it with a wrong bit, each time another.
    noise: Option<usize>,
    sent: usize,
    spoiled: usize,
    /// A bit of a byte of the next frame that leaves it wrong, once.
    wrong_bit: Option<(usize, u8)>,
    /// What it sends before each answer: the answer to something that was asked earlier.
    stale: Vec<u8>,
    /// Sends seven bits and even parity to a till that reads eight bits.
    parity_bits: bool,
}

/// What lies on it and what it makes of that.
#[derive(Debug, Default)]
struct Body {
    load: i32,
    zero: i32,
    tare: i32,
    moving: bool,
    not_zeroed: bool,
    broken: bool,
    refusing: bool,
    /// A command that has not ended yet.
    command: Vec<u8>,
}

impl VirtualScale {
    /// A scale on a pty; `path` becomes a symbolic link to the till's end.
    ///
    /// # Errors
    /// `System` when there is no pty to be had or `path` cannot be made.
    pub fn on_pty(
        path: impl AsRef<Path>,
        protocol: ScaleProtocol,
    ) -> Result<VirtualScale, HalError> {
        let path = path.as_ref().to_owned();
        let shared = Arc::new(Shared {
            bell: Bell::new().map_err(system)?,
            stop: AtomicBool::new(false),
            state: Mutex::new(State {
                pty: Some(Pty::open(&path).map_err(system)?),
                body: Body::default(),
                silent: false,
                noise: None,
                sent: 0,
                spoiled: 0,
                wrong_bit: None,
                stale: Vec::new(),
                parity_bits: false,
            }),
        });
        let running = shared.clone();
        let thread = std::thread::Builder::new()
            .name("virtual-scale".to_owned())
            .spawn(move || running.run(protocol))
            .map_err(system)?;
        Ok(VirtualScale {
            path,
            protocol,
            shared,
            thread: Some(thread),
        })
    }

    /// Where the till finds this scale.
    pub fn link(&self) -> SerialLink {
        self.protocol.link(&self.path)
    }

    /// How the till speaks to this scale.
    pub fn profile(&self) -> ScaleProfile {
        ScaleProfile::new(self.protocol)
    }

    /// Makes what lies on it weigh so many grams; less than nothing is a scale from which
    /// something was taken that lay there when it was set to zero.
    pub fn put(&self, grams: i32) {
        self.change(|state| state.body.load = grams);
    }

    /// Lets it swing, or come to rest.
    pub fn set_moving(&self, moving: bool) {
        self.change(|state| state.body.moving = moving);
    }

    /// Makes it one that was switched on with something on it.
    pub fn set_not_zeroed(&self, not_zeroed: bool) {
        self.change(|state| state.body.not_zeroed = not_zeroed);
    }

    /// Breaks it, or mends it. Only NCI has a word for that; others stay silent.
    pub fn set_broken(&self, broken: bool) {
        self.change(|state| state.body.broken = broken);
    }

    /// Makes the scale deaf and dumb (power off, cable still in), or well again.
    pub fn set_silent(&self, silent: bool) {
        self.change(|state| state.silent = silent);
    }

    /// Spoils a bit in one of every so many bytes that it sends.
    pub fn set_noise(&self, every: Option<usize>) {
        self.change(|state| state.noise = every);
    }

    /// Spoils one bit of one byte of its next answer, if that has so many bytes, and no other. Waits
    /// for nothing: [`VirtualScale::has_spoiled`] tells when it was.
    pub fn spoil(&self, byte: usize, bit: u8) {
        self.change(|state| state.wrong_bit = Some((byte, bit)));
    }

    /// Whether the answer that was to be spoiled has left.
    pub fn has_spoiled(&self) -> bool {
        self.shared.lock().wrong_bit.is_none()
    }

    /// Makes it answer nothing but that it has no weight to tell. The continuous output cannot.
    pub fn set_refusing(&self, refusing: bool) {
        self.change(|state| state.body.refusing = refusing);
    }

    /// Makes these bytes come before each of its answers, as those of another device or of an
    /// earlier question do; none for no more.
    pub fn set_stale(&self, bytes: &[u8]) {
        self.change(|state| state.stale = bytes.to_vec());
    }

    /// Makes it send seven bits and even parity, as to a till that is set to eight.
    pub fn set_parity_bits(&self, parity_bits: bool) {
        self.change(|state| state.parity_bits = parity_bits);
    }

    /// Sends any bytes, asked or not.
    pub fn send(&self, bytes: &[u8]) {
        self.change(|state| state.send(bytes.to_vec()));
    }

    /// Pulls the cable.
    pub fn unplug(&self) {
        self.change(|state| state.pty = None);
    }

    /// Plugs the cable in again.
    ///
    /// # Errors
    /// As [`VirtualScale::on_pty`].
    pub fn plug(&self) -> Result<(), HalError> {
        let mut state = self.shared.lock();
        // The old one first: it takes the link with it.
        state.pty = None;
        state.pty = Some(Pty::open(&self.path).map_err(system)?);
        drop(state);
        self.shared.bell.ring();
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shared.lock());
        self.shared.bell.ring();
    }
}

impl Drop for VirtualScale {
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

    fn run(&self, protocol: ScaleProtocol) {
        let talks = protocol == ScaleProtocol::ToledoContinuous;
        let mut next = Instant::now();
        while !self.stop.load(Ordering::Acquire) {
            let port = {
                let state = self.lock();
                state.pty.as_ref().and_then(|pty| rustix::io::dup(pty).ok())
            };
            let port = port.as_ref().map(std::os::fd::AsFd::as_fd);
            let readable = self.bell.wait(port, false, talks.then_some(next));
            let mut state = self.lock();
            if readable {
                state.obey(protocol);
            }
            if talks && Instant::now() >= next {
                next = Instant::now() + TICK;
                let frame = state.body.continuous();
                state.send(frame);
            }
        }
    }
}

impl State {
    fn obey(&mut self, protocol: ScaleProtocol) {
        let mut buffer = [0; 64];
        let read = match &self.pty {
            Some(pty) => rustix::io::read(pty, &mut buffer).unwrap_or(0),
            None => 0,
        };
        for byte in buffer.iter().take(read) {
            let answer = self.body.hear(*byte, protocol);
            if !answer.is_empty() && !self.stale.is_empty() {
                let stale = self.stale.clone();
                self.send([stale, answer].concat());
            } else {
                self.send(answer);
            }
        }
    }

    fn send(&mut self, mut bytes: Vec<u8>) {
        if self.silent {
            return;
        }
        if let Some((at, bit)) = self.wrong_bit
            && let Some(byte) = bytes.get_mut(at)
        {
            *byte ^= 1 << (bit % 8);
            self.wrong_bit = None;
        }
        for byte in &mut bytes {
            self.sent += 1;
            if self
                .noise
                .is_some_and(|every| self.sent.is_multiple_of(every.max(1)))
            {
                *byte ^= 1 << (self.spoiled % 8);
                self.spoiled += 1;
            }
            if self.parity_bits {
                with_even_parity(byte);
            }
        }
        if let Some(pty) = &self.pty {
            // A till that reads nothing loses answers, as with a real scale.
            let _ = rustix::io::write(pty, &bytes);
        }
    }
}

impl Body {
    fn gross(&self) -> i32 {
        self.load - self.zero
    }

    fn net(&self) -> i32 {
        self.gross() - self.tare
    }

    fn over(&self) -> bool {
        self.gross() > CAPACITY
    }

    fn under(&self) -> bool {
        self.net() < 0
    }

    fn shown(&self) -> String {
        let grams = self.net();
        format!("{:02}.{:03}", grams / 1_000, grams % 1_000)
    }

    /// A scale lets itself be set to zero while next to nothing lies on it.
    fn set_zero(&mut self) {
        if self.gross().abs() <= CAPACITY / 50 {
            self.zero = self.load;
            self.not_zeroed = false;
        }
    }

    fn set_tare(&mut self) {
        if !self.moving && self.gross() > 0 && !self.over() {
            self.tare = self.gross();
        }
    }

    /// Takes a byte; what it answers.
    fn hear(&mut self, byte: u8, protocol: ScaleProtocol) -> Vec<u8> {
        match (protocol, byte) {
            (ScaleProtocol::Nci, b'\r') if self.refusing => {
                self.command.clear();
                return b"\n?\r\x03".to_vec();
            }
            (ScaleProtocol::Cas, 0x05) if self.refusing => return vec![0x15],
            (ScaleProtocol::Toledo8217, b'W') if self.refusing => return b"\x02?\x40\r".to_vec(),
            (ScaleProtocol::Nci, b'\r') => {
                let command = std::mem::take(&mut self.command);
                match command.as_slice() {
                    b"W" => return self.nci(true),
                    b"S" => {}
                    b"Z" => self.set_zero(),
                    b"T" => self.set_tare(),
                    _ => return b"\n?\r\x03".to_vec(),
                }
                return self.nci(false);
            }
            (ScaleProtocol::Nci, byte) => {
                self.command.truncate(8);
                self.command.push(byte);
            }
            (ScaleProtocol::Cas, 0x05) => return vec![0x06],
            (ScaleProtocol::Cas, 0x11) => return self.cas(),
            (ScaleProtocol::Cas, _) => {}
            (ScaleProtocol::Toledo8217, b'W') => return self.toledo_8217(),
            (_, b'Z') => self.set_zero(),
            (_, b'T') => self.set_tare(),
            (_, b'C') => self.tare = 0,
            _ => {}
        }
        Vec::new()
    }

    fn toledo_8217(&self) -> Vec<u8> {
        let flags = [self.moving, self.over(), self.under(), self.not_zeroed];
        let flags = bits(&flags);
        if self.broken {
            return Vec::new();
        }
        if flags != 0 {
            return vec![0x02, b'?', 0x60 | flags, b'\r'];
        }
        let net = if self.tare > 0 { "N" } else { "" };
        format!("\x02{}{net}\r", self.shown()).into_bytes()
    }

    /// The weight only while there is one.
    fn nci(&self, weight: bool) -> Vec<u8> {
        let first = 0x30 | bits(&[self.moving, self.gross() == 0, self.broken, false]);
        let third = 0x30 | bits(&[false, false, self.tare > 0, self.not_zeroed]);
        let second = 0x70 | bits(&[self.under(), self.over()]);
        let flawed = self.moving || self.broken || self.under() || self.over() || self.not_zeroed;
        let mut answer = Vec::new();
        if weight && !flawed {
            answer = format!("\n{}KG\r", self.shown()).into_bytes();
        }
        answer.extend([b'\n', b'S', first, second, third, b'\r', 0x03]);
        answer
    }

    fn cas(&self) -> Vec<u8> {
        if self.broken {
            return vec![0x15];
        }
        let status = if self.moving { 'U' } else { 'S' };
        let text = if self.over() {
            format!("{status}FFFFFFFkg")
        } else if self.under() {
            format!("{status}-00.000kg")
        } else {
            format!("{status} {}kg", self.shown())
        };
        let check = text.bytes().fold(0, |sum, byte| sum ^ byte);
        let mut frame = vec![0x01, 0x02];
        frame.extend(text.bytes());
        frame.extend([check, 0x03, 0x04]);
        frame
    }

    fn continuous(&self) -> Vec<u8> {
        if self.broken {
            return Vec::new();
        }
        let net = self.net();
        // Three digits after the point, steps of one; kilograms; not ten times finer.
        let (a, c) = (0x20 | 0x08 | 0x05, 0x20);
        let flags = [self.tare > 0, net < 0, self.over(), self.moving, true];
        let b = 0x20 | bits(&flags) | if self.not_zeroed { 0x40 } else { 0 };
        let mut frame = vec![0x02, a, b, c];
        frame.extend(format!("{:06}{:06}\r", net.unsigned_abs(), self.tare).into_bytes());
        frame
    }
}

fn bits(flags: &[bool]) -> u8 {
    flags
        .iter()
        .enumerate()
        .fold(0, |byte, (at, flag)| byte | u8::from(*flag) << at)
}

fn system(source: std::io::Error) -> HalError {
    HalError::System {
        what: "running a virtual scale",
        source,
    }
}
