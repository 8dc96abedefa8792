//! The emulator on a pty or a socket, with faults anyone can switch while it runs.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::emulator::{Emulator, Kick, Unknown};
use super::pty::Pty;
use crate::linux::bell::Bell;
use crate::vocabulary::{Cover, DrawerState, Paper, PrinterFault};
use crate::{Dialect, HalError, PrinterLink, SerialLink};

/// Dots on a line, as on 80 mm paper.
const DOTS: usize = 576;
/// How often a slow printer takes a few bytes, and a full one looks for room.
const TICK: Duration = Duration::from_millis(20);

/// A receipt printer that speaks ESC/POS or Star's dialect and prints pictures.
#[derive(Debug)]
pub struct VirtualPrinter {
    shared: Arc<Shared>,
    control: Sender<Control>,
    thread: Option<JoinHandle<()>>,
    link: PrinterLink,
}

#[derive(Debug)]
struct Shared {
    bell: Arc<Bell>,
    stop: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    emulator: Emulator,
    /// Bytes a second, when slow.
    slow: Option<u32>,
    /// Reads nothing and says nothing, as with the power off.
    silent: bool,
    /// Bytes after which the cable is pulled.
    unplug_after: Option<usize>,
}

enum Control {
    Unplug(SyncSender<()>),
    Plug(SyncSender<io::Result<()>>),
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl VirtualPrinter {
    /// A printer on a pty; `path` becomes a symbolic link to the till's end.
    ///
    /// # Errors
    /// `System` when there is no pty to be had or `path` cannot be made.
    pub fn on_pty(path: impl AsRef<Path>) -> Result<VirtualPrinter, HalError> {
        VirtualPrinter::on_pty_in(path, Dialect::EscPos)
    }

    /// A printer on a pty that is set to this dialect.
    ///
    /// # Errors
    /// As [`VirtualPrinter::on_pty`].
    pub fn on_pty_in(path: impl AsRef<Path>, dialect: Dialect) -> Result<VirtualPrinter, HalError> {
        let path = path.as_ref().to_owned();
        let link = PrinterLink::Serial(SerialLink::new(&path, 115_200));
        VirtualPrinter::start(Place::Pty(path), link, Emulator::new(dialect, DOTS))
    }

    /// A printer on a free port of 127.0.0.1. Like most it talks to one client at a time.
    ///
    /// # Errors
    /// `System` when it cannot listen.
    pub fn on_tcp() -> Result<VirtualPrinter, HalError> {
        VirtualPrinter::on_tcp_in(Dialect::EscPos)
    }

    /// A network printer that is set to this dialect.
    ///
    /// # Errors
    /// As [`VirtualPrinter::on_tcp`].
    pub fn on_tcp_in(dialect: Dialect) -> Result<VirtualPrinter, HalError> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .map_err(system)?;
        let emulator = Emulator::new(dialect, DOTS).in_network();
        VirtualPrinter::start(Place::Tcp(address), PrinterLink::Tcp(address), emulator)
    }

    fn start(
        place: Place,
        link: PrinterLink,
        emulator: Emulator,
    ) -> Result<VirtualPrinter, HalError> {
        let shared = Arc::new(Shared {
            bell: Bell::new().map_err(system)?,
            stop: AtomicBool::new(false),
            state: Mutex::new(State {
                emulator,
                slow: None,
                silent: false,
                unplug_after: None,
            }),
        });
        let (control, orders) = channel();
        let body = Body {
            port: Some(Port::open(&place).map_err(system)?),
            place,
            shared: shared.clone(),
            orders,
        };
        let thread = std::thread::Builder::new()
            .name("virtual-printer".to_owned())
            .spawn(move || body.run())
            .map_err(system)?;
        Ok(VirtualPrinter {
            shared,
            control,
            thread: Some(thread),
            link,
        })
    }

    /// Where the till finds this printer.
    pub fn link(&self) -> PrinterLink {
        self.link.clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.shared.lock();
        change(&mut state);
        state.emulator.state_changed();
        drop(state);
        self.shared.bell.ring();
    }

    /// Sets the paper roll. New paper lets the printer go on where it stopped.
    pub fn set_paper(&self, paper: Paper) {
        self.change(|state| state.emulator.paper = paper);
    }

    /// Opens or closes the cover.
    pub fn set_cover(&self, cover: Cover) {
        self.change(|state| state.emulator.cover = cover);
    }

    /// Makes or clears a fault.
    pub fn set_fault(&self, fault: Option<PrinterFault>) {
        self.change(|state| state.emulator.fault = fault);
    }

    /// Opens or closes the drawer by hand; `Unknown` is a printer without a drawer.
    pub fn set_drawer(&self, drawer: DrawerState) {
        self.change(|state| state.emulator.drawer = drawer);
    }

    /// Makes the printer take so many bytes a second, `None` for as many as come.
    pub fn set_slow(&self, bytes_per_second: Option<u32>) {
        self.change(|state| state.slow = bytes_per_second);
    }

    /// Makes the printer deaf and dumb (power off, cable still in), or well again.
    pub fn set_silent(&self, silent: bool) {
        self.change(|state| state.silent = silent);
    }

    /// Whether the printer reports the completion of jobs; it does at first.
    pub fn set_completion_reports(&self, reports: bool) {
        self.change(|state| state.emulator.reports_completion = reports);
    }

    /// Changes the width of the paper in dots; what was printed is forgotten.
    pub fn set_dots_per_line(&self, dots: u16) {
        self.change(|state| state.emulator.set_width(usize::from(dots.max(8))));
    }

    /// Pulls the cable. What was received and not yet printed is lost.
    pub fn unplug(&self) {
        let (done, wait) = sync_channel(1);
        if self.control.send(Control::Unplug(done)).is_ok() {
            self.shared.bell.ring();
            let _ = wait.recv();
        }
    }

    /// Pulls the cable once `bytes` more bytes have arrived.
    pub fn unplug_after(&self, bytes: usize) {
        self.change(|state| state.unplug_after = Some(bytes));
    }

    /// Plugs the cable in again, at the same place.
    ///
    /// # Errors
    /// `System` as when the printer was made.
    pub fn plug(&self) -> Result<(), HalError> {
        let gone = || system(ErrorKind::BrokenPipe.into());
        let (done, wait) = sync_channel(1);
        self.control.send(Control::Plug(done)).map_err(|_| gone())?;
        self.shared.bell.ring();
        wait.recv().map_err(|_| gone())?.map_err(system)
    }

    /// The paper so far as a grey PNG.
    ///
    /// # Errors
    /// `Png` when it cannot be encoded.
    pub fn png(&self) -> Result<Vec<u8>, HalError> {
        self.shared.lock().emulator.png()
    }

    /// The printed lines, with `[EAN-13 ...]`, `[QR ...]` and `[cut]` for what is no text.
    pub fn text(&self) -> String {
        self.shared.lock().emulator.text()
    }

    /// Every byte received.
    pub fn bytes(&self) -> Vec<u8> {
        self.shared.lock().emulator.log.clone()
    }

    /// What was received and is no command the printer knows.
    pub fn unknown(&self) -> Vec<Unknown> {
        self.shared.lock().emulator.unknown.clone()
    }

    /// The pulses on the drawer port.
    pub fn kicks(&self) -> Vec<Kick> {
        self.shared.lock().emulator.kicks.clone()
    }

    /// How often the paper was cut.
    pub fn cuts(&self) -> usize {
        self.shared.lock().emulator.cuts
    }

    /// Takes the paper away: forgets text, picture, bytes, pulses and cuts.
    pub fn clear(&self) {
        self.shared.lock().emulator.clear();
    }
}

impl Drop for VirtualPrinter {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn system(source: io::Error) -> HalError {
    HalError::System {
        what: "running a virtual printer",
        source,
    }
}

#[derive(Debug)]
enum Place {
    Pty(PathBuf),
    Tcp(SocketAddr),
}

enum Port {
    Pty(Pty),
    Listening(TcpListener),
    Connected(TcpListener, TcpStream),
}

impl Port {
    fn open(place: &Place) -> io::Result<Port> {
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

struct Body {
    place: Place,
    port: Option<Port>,
    shared: Arc<Shared>,
    orders: Receiver<Control>,
}

impl Body {
    fn run(mut self) {
        while !self.shared.stop.load(Ordering::Acquire) {
            while let Ok(order) = self.orders.try_recv() {
                self.obey(order);
            }
            self.reply();
            let (wanted, tick) = self.wanted();
            let port = self.port.as_ref().filter(|_| wanted > 0).map(Port::fd);
            let readable = self.shared.bell.wait(port, false, tick);
            if readable {
                self.read(wanted);
            }
            if let Some(tick) = tick.filter(|_| readable) {
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

    fn unplug(&mut self) {
        self.port = None;
        self.shared.lock().emulator.reset();
    }

    /// How many bytes to read at most, and when to look again even if nothing comes.
    fn wanted(&self) -> (usize, Option<Instant>) {
        let state = self.shared.lock();
        let room = state.emulator.room();
        let soon = Some(Instant::now() + TICK);
        if state.silent {
            return (0, None);
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

    fn read(&mut self, wanted: usize) {
        if matches!(self.port, Some(Port::Listening(_))) {
            self.port = self.port.take().map(Port::accept);
            return;
        }
        let Some(port) = &self.port else { return };
        let mut buffer = vec![0; wanted];
        let read = match rustix::io::read(port.fd(), &mut buffer) {
            Err(Errno::AGAIN | Errno::INTR) => return,
            Ok(0) | Err(_) => {
                self.port = self.port.take().map(Port::hang_up);
                return;
            }
            Ok(read) => read,
        };
        let mut state = self.shared.lock();
        state
            .emulator
            .receive(buffer.get(..read).unwrap_or_default());
        if let Some(left) = &mut state.unplug_after {
            *left = left.saturating_sub(read);
            if *left == 0 {
                state.unplug_after = None;
                drop(state);
                self.unplug();
            }
        }
    }

    fn reply(&mut self) {
        let replies = std::mem::take(&mut self.shared.lock().emulator.replies);
        let Some(port @ (Port::Pty(_) | Port::Connected(..))) = &self.port else {
            return;
        };
        if !replies.is_empty() {
            // A till that reads nothing loses answers, as with a real printer.
            let _ = rustix::io::write(port.fd(), &replies);
        }
    }
}
