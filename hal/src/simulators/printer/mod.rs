//! The emulator on a pty or a socket, with faults anyone can switch while it runs.

mod body;
mod line;

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use body::{Body, Place};
pub use line::Arrival;
use line::Line;

use super::emulator::{Emulator, Kick, Unknown};
use super::line_display::Passage;
use crate::linux::bell::Bell;
use crate::vocabulary::{Cover, DrawerState, Paper, PrinterFault};
use crate::{Dialect, DisplayDialect, HalError, PrinterLink, SerialLink, UsbLink};

/// Dots on a line, as on 80 mm paper.
const DOTS: usize = 576;
/// How often a free port is looked for again, because somebody else took the one that was found.
const TRIES: u8 = 8;

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
    /// Switched off: what comes goes nowhere.
    off: bool,
    /// Hears, and cannot be heard.
    mute: bool,
    /// How late it says what it says.
    late: Duration,
    /// Bytes after which the cable is pulled.
    unplug_after: Option<usize>,
    /// Takes all that comes, prints so many bytes a second and stops the till by XOFF.
    stops_by_bytes: Option<u32>,
    /// Every so many bytes one arrives wrongly.
    noise: Option<usize>,
    /// Reads seven bits, and sends seven and even parity, to a till that is set to eight.
    parity_bits: bool,
    /// Bytes that came when the buffer was full.
    lost: usize,
    /// The line display that the line goes through.
    display: Option<Passage>,
    /// How fast its line is, where that is set.
    line: Option<Line>,
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

fn is_taken(error: &HalError) -> bool {
    matches!(error, HalError::System { source, .. } if source.kind() == ErrorKind::AddrInUse)
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

    /// A USB printer, as the driver shows it: a pty that nobody sets up as a serial port.
    ///
    /// # Errors
    /// As [`VirtualPrinter::on_pty`].
    pub fn on_usb(path: impl AsRef<Path>) -> Result<VirtualPrinter, HalError> {
        let path = path.as_ref().to_owned();
        let link = PrinterLink::Usb(UsbLink::Path(path.clone()));
        let emulator = Emulator::new(Dialect::EscPos, DOTS);
        VirtualPrinter::start(Place::Pty(path), link, emulator)
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
        let mut tries = 1..=TRIES;
        loop {
            let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                .and_then(|listener| listener.local_addr())
                .map_err(system)?;
            let emulator = Emulator::new(dialect, DOTS).in_network();
            match VirtualPrinter::start(Place::Tcp(address), PrinterLink::Tcp(address), emulator) {
                Err(error) if is_taken(&error) && tries.next().is_some() => {}
                started => return started,
            }
        }
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
                off: false,
                mute: false,
                late: Duration::ZERO,
                unplug_after: None,
                stops_by_bytes: None,
                noise: None,
                parity_bits: false,
                lost: 0,
                display: None,
                line: None,
            }),
        });
        let (control, orders) = channel();
        let body = Body::new(place, shared.clone(), orders).map_err(system)?;
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

    /// Gives the printer a receive buffer: it takes bytes as the line gives them until that is full,
    /// answers questions when they come, and prints the rest at so many rows of dots a second; a
    /// line of text is 30. `None` for one that prints all it has at once.
    pub fn set_rows_per_second(&self, rows: Option<u32>) {
        self.change(|state| state.emulator.set_speed(rows));
    }

    /// Makes the printer one that takes all that comes, prints so many bytes a second and, when
    /// its buffer fills, stops the till by XOFF. What comes all the same is lost.
    pub fn set_flow_by_bytes(&self, bytes_per_second: u32) {
        self.change(|state| state.stops_by_bytes = Some(bytes_per_second));
    }

    /// Gives its line a speed, in bits a second with one to begin and one to end each byte, from now
    /// on; `None` for one that takes everything at once.
    pub fn set_baud(&self, baud: Option<u32>) {
        self.change(|state| state.line = baud.map(Line::new));
    }

    /// What came over the line since its speed was set, in order.
    pub fn arrivals(&self) -> Vec<Arrival> {
        let state = self.shared.lock();
        let line = state.line.as_ref();
        line.map(|line| line.arrivals.clone()).unwrap_or_default()
    }

    /// Bytes that were lost because the buffer was full.
    pub fn lost(&self) -> usize {
        let state = self.shared.lock();
        state.lost + state.emulator.lost
    }

    /// Puts a line display into the line.
    pub fn set_line_display(&self, dialect: Option<DisplayDialect>) {
        self.change(|state| state.display = dialect.map(Passage::new));
    }

    /// The two lines of the line display in the line.
    pub fn display_lines(&self) -> Option<[String; 2]> {
        let state = self.shared.lock();
        state.display.as_ref().map(|display| display.glass.lines())
    }

    /// Spoils one of every so many bytes on the line, and puts another before each answer.
    pub fn set_noise(&self, every: Option<usize>) {
        self.change(|state| state.noise = every);
    }

    /// Sets it to seven bits and even parity, which its till is not, or right again.
    pub fn set_parity_bits(&self, parity_bits: bool) {
        self.change(|state| state.parity_bits = parity_bits);
    }

    /// Puts any bytes on the line to the till, as another device there does.
    pub fn send(&self, bytes: &[u8]) {
        self.change(|state| state.emulator.replies.extend_from_slice(bytes));
    }

    /// Makes the printer take nothing more, though nothing is wrong, or go on.
    pub fn set_full(&self, full: bool) {
        self.change(|state| state.emulator.full = full);
    }

    /// Switches the printer off or on. What it had not printed is gone, and what comes while it is
    /// off goes nowhere, as on a line without flow control.
    pub fn set_power(&self, on: bool) {
        self.change(|state| {
            state.off = !on;
            state.emulator.reset();
        });
    }

    /// Makes the printer one whose answers reach nobody, as on a line of one direction.
    pub fn set_mute(&self, mute: bool) {
        self.change(|state| state.mute = mute);
    }

    /// Makes all that the printer says come so much later, in order, also over a connection that was
    /// made since.
    pub fn set_late(&self, late: Duration) {
        self.change(|state| state.late = late);
    }

    /// Whether the printer throws away what it has not printed when it is told to (`DLE DC4`,
    /// function 8); it does at first.
    pub fn set_clears(&self, clears: bool) {
        self.change(|state| state.emulator.clears = clears);
    }

    /// Makes the printer one that cannot stop the till: what comes while it cannot print and its
    /// buffer is full is lost.
    pub fn set_unstoppable(&self, unstoppable: bool) {
        self.change(|state| state.emulator.unstoppable = unstoppable);
    }

    /// Jams the drawer's lock, or frees it.
    pub fn set_drawer_stuck(&self, stuck: bool) {
        self.change(|state| state.emulator.stuck = stuck);
    }

    /// Makes the printer deaf and dumb, and take nothing from the line, or well again.
    pub fn set_silent(&self, silent: bool) {
        self.change(|state| state.silent = silent);
    }

    /// Whether the printer reports the completion of jobs; it does at first.
    pub fn set_completion_reports(&self, reports: bool) {
        self.change(|state| state.emulator.reports_completion = reports);
    }

    /// Makes the printer one that is made for China: initialised it takes two bytes, the first of them
    /// from 81 on, for one character, until `FS .` tells it not to.
    pub fn set_chinese(&self, chinese: bool) {
        self.change(|state| state.emulator.set_chinese(chinese));
    }

    /// Sets the international character set that its switches say: 0 for the code page alone, 2 for
    /// Germany, whose letters stand in place of brackets; it has those of no other country.
    pub fn set_country(&self, country: u8) {
        self.change(|state| state.emulator.set_country(country));
    }

    /// Changes the width of the paper in dots; what was printed is forgotten.
    pub fn set_dots_per_line(&self, dots: u16) {
        self.change(|state| state.emulator.set_width(usize::from(dots.max(8))));
    }

    /// Pulls the cable. The printer keeps its power: of a command that was broken off it waits for
    /// the rest.
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
