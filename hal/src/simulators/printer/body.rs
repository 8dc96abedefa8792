//! The printer's end of the wire: a thread that takes bytes, as fast as it was told to.

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::{Control, Shared};
use crate::simulators::pty::{Pty, with_even_parity};

/// How often a slow printer takes a few bytes, and a full one looks for room.
const TICK: Duration = Duration::from_millis(20);
/// How often a line of a certain speed gives what has come.
const LINE_TICK: Duration = Duration::from_millis(1);
/// Bytes a printer keeps that stops the till by XOFF. Most of it is for what is under way: a pty
/// keeps up to 64 KB, a real line one byte.
const BUFFER: usize = 96 * 1024;
/// How full it is when the till is stopped, and when it may go on.
const FULL: usize = 3 * 1024;
const EMPTY: usize = 1024;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

#[derive(Debug)]
pub(super) enum Place {
    Pty(PathBuf),
    Tcp(SocketAddr),
}

pub(super) enum Port {
    Pty(Pty),
    Listening(TcpListener),
    Connected(TcpListener, TcpStream),
}

impl Port {
    pub(super) fn open(place: &Place) -> io::Result<Port> {
        match place {
            Place::Pty(path) => Ok(Port::Pty(Pty::open(path)?)),
            Place::Tcp(address) => {
                let listener = TcpListener::bind(address)?;
                listener.set_nonblocking(true)?;
                Ok(Port::Listening(listener))
            }
        }
    }

    fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Port::Pty(pty) => pty.as_fd(),
            Port::Listening(listener) => listener.as_fd(),
            Port::Connected(_, stream) => stream.as_fd(),
        }
    }

    /// Lets a waiting client in.
    fn accept(self) -> Port {
        match self {
            Port::Listening(listener) => match listener.accept() {
                Ok((stream, _)) if stream.set_nonblocking(true).is_ok() => {
                    Port::Connected(listener, stream)
                }
                _ => Port::Listening(listener),
            },
            other => other,
        }
    }

    /// Lets the client go.
    fn hang_up(self) -> Port {
        match self {
            Port::Connected(listener, _) => Port::Listening(listener),
            other => other,
        }
    }
}

pub(super) struct Body {
    place: Place,
    port: Option<Port>,
    shared: Arc<Shared>,
    orders: Receiver<Control>,
    /// Taken and not yet printed, by a printer that stops the till by XOFF.
    backlog: VecDeque<u8>,
    stopped: bool,
    /// When it printed last.
    printed: Instant,
    /// When it last had time to print.
    printed_on: Instant,
    /// Its network port is closed because it is switched off.
    asleep: bool,
    /// Counts received bytes, of which noise spoils some.
    received: usize,
    /// What it says, and when that comes.
    said: VecDeque<(Instant, Vec<u8>)>,
}

impl Body {
    pub(super) fn new(
        place: Place,
        shared: Arc<Shared>,
        orders: Receiver<Control>,
    ) -> io::Result<Body> {
        Ok(Body {
            port: Some(Port::open(&place)?),
            place,
            shared,
            orders,
            backlog: VecDeque::new(),
            stopped: false,
            printed: Instant::now(),
            printed_on: Instant::now(),
            asleep: false,
            received: 0,
            said: VecDeque::new(),
        })
    }

    pub(super) fn run(mut self) {
        while !self.shared.stop.load(Ordering::Acquire) {
            while let Ok(order) = self.orders.try_recv() {
                self.obey(order);
            }
            self.look_at_power();
            self.print_backlog();
            self.print_on();
            self.reply();
            let (wanted, tick) = self.wanted();
            let due = self.said.front().map(|(due, _)| *due);
            let next = [tick, due].into_iter().flatten().min();
            let port = self.port.as_ref().filter(|_| wanted > 0).map(Port::fd);
            let readable = self.shared.bell.wait(port, false, next);
            let read = if readable { self.read(wanted) } else { 0 };
            if let Some(line) = self.shared.lock().line.as_mut().filter(|_| wanted > 0) {
                line.came(wanted, read, Instant::now());
            }
            let state = self.shared.lock();
            let at_once = state.stops_by_bytes.is_some() || state.emulator.is_printing();
            let at_once = at_once && state.slow.is_none();
            drop(state);
            if let Some(tick) = tick.filter(|_| readable && !at_once) {
                // A slow printer rests after each bite.
                self.shared.bell.wait(None, false, Some(tick));
            }
        }
    }

    fn obey(&mut self, order: Control) {
        match order {
            Control::Unplug(done) => {
                self.unplug();
                let _ = done.send(());
            }
            Control::Plug(done) => {
                self.port = None;
                let opened = Port::open(&self.place).map(|port| self.port = Some(port));
                let _ = done.send(opened);
            }
        }
    }

    /// The printer keeps its power, and with it what it has received.
    fn unplug(&mut self) {
        self.port = None;
        self.shared.lock().emulator.replies.clear();
    }

    /// One that is switched off keeps nothing, and its network connection ends.
    fn look_at_power(&mut self) {
        let off = self.shared.lock().off;
        if off {
            self.backlog.clear();
            self.said.clear();
            if matches!(self.place, Place::Tcp(_)) && self.port.take().is_some() {
                self.asleep = true;
            }
        } else if std::mem::take(&mut self.asleep) {
            self.port = Port::open(&self.place).ok();
        }
    }

    /// How many bytes to read at most, and when to look again even if nothing comes.
    fn wanted(&self) -> (usize, Option<Instant>) {
        let state = self.shared.lock();
        let room = state.emulator.room();
        let now = Instant::now();
        let soon = Some(now + TICK);
        if state.silent {
            return (0, None);
        }
        if let Some(line) = &state.line {
            return (room.min(line.due(now)), Some(now + LINE_TICK));
        }
        if state.emulator.is_printing() && state.slow.is_none() && !state.off {
            let most = state.unplug_after.unwrap_or(room).max(1);
            return (room.min(most), soon);
        }
        if state.off || state.stops_by_bytes.is_some() {
            return (FULL, soon);
        }
        let most = state
            .unplug_after
            .map_or(room, |left| room.min(left.max(1)));
        match state.slow {
            Some(rate) => (most.min((rate as usize / 50).max(1)), soon),
            None if room == 0 => (0, soon),
            None => (most, None),
        }
    }

    /// Takes what came; how many bytes that was.
    fn read(&mut self, wanted: usize) -> usize {
        if matches!(self.port, Some(Port::Listening(_))) {
            self.port = self.port.take().map(Port::accept);
            return 0;
        }
        let Some(port) = &self.port else { return 0 };
        let mut buffer = vec![0; wanted];
        let read = match rustix::io::read(port.fd(), &mut buffer) {
            Err(Errno::AGAIN | Errno::INTR) => return 0,
            Ok(0) | Err(_) => {
                self.port = self.port.take().map(Port::hang_up);
                return 0;
            }
            Ok(read) => read,
        };
        buffer.truncate(read);
        let mut state = self.shared.lock();
        if state.off {
            return read;
        }
        if let Some(every) = state.noise {
            for byte in &mut buffer {
                self.received += 1;
                if self.received.is_multiple_of(every.max(1)) {
                    *byte ^= 0x40;
                }
            }
        }
        if state.parity_bits {
            for byte in &mut buffer {
                *byte &= 0x7F;
            }
        }
        if let Some(display) = &mut state.display {
            buffer = display.pass(&buffer);
        }
        if state.stops_by_bytes.is_some() {
            let room = BUFFER.saturating_sub(self.backlog.len());
            state.lost += buffer.len().saturating_sub(room);
            self.backlog.extend(buffer.iter().take(room));
        } else {
            state.emulator.receive(&buffer);
        }
        if let Some(left) = &mut state.unplug_after {
            *left = left.saturating_sub(read);
            if *left == 0 {
                state.unplug_after = None;
                drop(state);
                self.unplug();
            }
        }
        read
    }

    /// Prints what it has time for, and stops the till or lets it go on.
    fn print_backlog(&mut self) {
        let mut state = self.shared.lock();
        let Some(rate) = state.stops_by_bytes else {
            return;
        };
        if !self.stopped && self.backlog.len() > FULL {
            self.stopped = true;
            state.emulator.replies.push(XOFF);
        } else if self.stopped && self.backlog.len() < EMPTY {
            self.stopped = false;
            state.emulator.replies.push(XON);
        }
        let time = self.printed.elapsed().as_millis().min(1_000);
        let due = rate as usize * usize::try_from(time).unwrap_or(0) / 1_000;
        if due == 0 {
            return;
        }
        self.printed = Instant::now();
        let ready = state.emulator.room().min(due);
        let now: Vec<u8> = self
            .backlog
            .drain(..ready.min(self.backlog.len()))
            .collect();
        state.emulator.receive(&now);
    }

    /// Prints on, where it has a speed.
    fn print_on(&mut self) {
        let mut state = self.shared.lock();
        let now = Instant::now();
        let time = now.saturating_duration_since(self.printed_on);
        self.printed_on = now;
        if !state.silent && !state.off {
            state.emulator.print_on(time);
        }
    }

    fn reply(&mut self) {
        let mut state = self.shared.lock();
        let mut replies = std::mem::take(&mut state.emulator.replies);
        if state.noise.is_some() && !replies.is_empty() {
            // A byte that no status begins with.
            replies.insert(0, 0xFF);
        }
        if state.parity_bits {
            replies.iter_mut().for_each(with_even_parity);
        }
        let now = Instant::now();
        if !replies.is_empty() && !state.mute {
            // In order, also where it is less late than before.
            let due = self.said.back().map_or(now, |(due, _)| *due);
            self.said.push_back((due.max(now + state.late), replies));
        }
        drop(state);
        while self.said.front().is_some_and(|(due, _)| *due <= now)
            && let Some((_, replies)) = self.said.pop_front()
        {
            if let Some(port @ (Port::Pty(_) | Port::Connected(..))) = &self.port {
                // A till that reads nothing loses answers, as with a real printer.
                let _ = rustix::io::write(port.fd(), &replies);
            }
        }
    }
}
