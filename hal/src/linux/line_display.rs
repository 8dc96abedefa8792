//! A line display with a serial port of its own.

use std::cell::{Cell, RefCell};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use embassy_sync::blocking_mutex::CriticalSectionMutex;

use super::common::{Common, DeviceThread};
use super::link::SerialLink;
use super::outlet::{EventQueue, Outlet};
use super::port::Port;
use super::supervised::Driver;
use super::wire::{Gone, Wire};
use crate::HalError;
use crate::diagnosis::Unasked;
use crate::line_display::{DisplayProfile, MAX_ENCODED, encode_screen, encode_start};
use crate::traffic::Recording;
use crate::vocabulary::{DeviceEvent, DeviceId, DisplayScreen, LineDisplay, LineFault, PortState};

/// What is being done when it fails to start.
const STARTING: &str = "starting a line display";
/// How long a screen may take to be taken by the port: forty characters at 1200 baud, twice over.
const SENDING: Duration = Duration::from_secs(1);
/// How soon a port state that found the queue full is told again.
const RETRY: Duration = Duration::from_millis(20);

/// Starts line displays that have a port of their own.
#[derive(Debug)]
pub struct LineDisplayDevice;

/// A running line display; dropping it stops the device and joins its thread.
pub struct LineDisplayHandle {
    shared: Arc<Shared>,
    thread: DeviceThread,
}

struct Shared {
    common: Arc<Common>,
    told: CriticalSectionMutex<Cell<(PortState, Option<LineFault>)>>,
    wanted: LatestScreen,
}

/// The screen that is to be seen; a new one takes the place of one that was not shown yet.
pub(super) struct LatestScreen(CriticalSectionMutex<RefCell<(u64, DisplayScreen)>>);

impl LatestScreen {
    /// A cleared display.
    pub(super) fn cleared() -> LatestScreen {
        let screen = RefCell::new((0, DisplayScreen::default()));
        LatestScreen(CriticalSectionMutex::new(screen))
    }

    pub(super) fn set(&self, screen: DisplayScreen) {
        self.0.lock(|latest| {
            if let Ok(mut latest) = latest.try_borrow_mut() {
                latest.0 = latest.0.wrapping_add(1);
                latest.1 = screen;
            }
        });
    }

    /// The screen, if it is another than number `shown`.
    pub(super) fn since(&self, shown: Option<u64>) -> Option<(u64, DisplayScreen)> {
        self.0.lock(|latest| {
            let latest = latest.try_borrow().ok()?;
            (Some(latest.0) != shown).then(|| latest.clone())
        })
    }
}

impl LineDisplayDevice {
    /// Starts a line display, cleared. The port need not be there yet: it is looked for until it
    /// is.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub fn start<E, const N: usize>(
        id: DeviceId,
        link: SerialLink,
        profile: DisplayProfile,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<LineDisplayHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        let shared = Arc::new(Shared {
            common: Common::new(STARTING)?,
            told: CriticalSectionMutex::new(Cell::new((PortState::Opening, None))),
            wanted: LatestScreen::cleared(),
        });
        let worker = Worker {
            id,
            profile,
            outlet: Box::new(events),
            shared: shared.clone(),
            port: Port::new(link).watched_by(shared.common.traffic.clone()),
            told: PortState::Opening,
            shown: None,
            unasked: Unasked::default(),
        };
        let thread = DeviceThread::start(STARTING, ("line-display", id), &shared.common, worker)?;
        Ok(LineDisplayHandle { shared, thread })
    }
}

impl LineDisplayHandle {
    /// The last bytes that came and went.
    pub fn traffic(&self) -> Recording {
        self.thread.traffic()
    }

    /// What is wrong with its line: noise, or another device on its port, whose bytes came within
    /// the last minute. Whether the display is there at all its port cannot tell.
    pub fn line(&self) -> Option<LineFault> {
        self.shared.told.lock(Cell::get).1
    }
}

impl LineDisplay for LineDisplayHandle {
    fn show(&self, screen: DisplayScreen) -> Result<(), HalError> {
        self.thread.running()?;
        self.shared.wanted.set(screen);
        self.shared.common.bell.ring();
        Ok(())
    }

    fn port(&self) -> PortState {
        self.shared.told.lock(Cell::get).0
    }
}

struct Worker {
    id: DeviceId,
    profile: DisplayProfile,
    outlet: Box<dyn Outlet>,
    shared: Arc<Shared>,
    port: Port<SerialLink>,
    told: PortState,
    /// The number of the screen that stands there.
    shown: Option<u64>,
    /// What came, although a display says nothing.
    unasked: Unasked,
}

impl Driver for Worker {
    fn work(&mut self) {
        while !self.stopping() {
            if self.port.open_if_due() {
                self.shown = None;
                self.unasked = Unasked::default();
            }
            self.tell();
            self.show();
            self.rest();
        }
        // Nobody is to read an old price on a till that is off.
        self.write(|profile, bytes| {
            let _ = encode_screen(&DisplayScreen::default(), profile, bytes);
        });
    }

    fn recover(&mut self, until: Instant) {
        self.port.fault(until);
        self.shown = None;
        self.unasked = Unasked::default();
        self.tell();
    }
}

impl Worker {
    fn stopping(&self) -> bool {
        self.shared.common.stopping()
    }

    fn show(&mut self) {
        let first = self.shown.is_none();
        let Some((number, screen)) = self.shared.wanted.since(self.shown) else {
            return;
        };
        let written = self.write(|profile, bytes| {
            // They fit: the buffer has room for both.
            if first {
                let _ = encode_start(profile, bytes);
            }
            let _ = encode_screen(&screen, profile, bytes);
        });
        if written {
            self.shown = Some(number);
        }
    }

    /// Writes what `encode` encodes. Returns whether all of it went out; a port that does not take
    /// it is opened anew, so that no half command is left in the display.
    fn write(
        &mut self,
        encode: impl FnOnce(&DisplayProfile, &mut heapless::Vec<u8, MAX_ENCODED>),
    ) -> bool {
        let Some(wire) = self.port.wire() else {
            return false;
        };
        let mut bytes = heapless::Vec::new();
        encode(&self.profile, &mut bytes);
        let mut rest = bytes.as_slice();
        let until = Instant::now() + SENDING;
        while !rest.is_empty() {
            match wire.write(rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(Gone) => break,
            }
            if !rest.is_empty() {
                if Instant::now() >= until {
                    break;
                }
                self.shared
                    .common
                    .bell
                    .wait(Some(wire.as_fd()), true, Some(until));
                if listen(wire, &mut self.unasked) == Err(Gone) {
                    break;
                }
            }
        }
        let whole = rest.is_empty();
        if !whole {
            wire.discard_output();
            self.port.lose();
        }
        whole
    }

    /// Sleeps until there is something to do. A display says nothing; what comes is somebody else's.
    fn rest(&mut self) {
        let due = self.port.due();
        let retry = (self.told != self.port.state()).then(|| Instant::now() + RETRY);
        let mended = self.unasked.due();
        let until = [due, retry, mended].into_iter().flatten().min();
        let port = self.port.wire().map(AsFd::as_fd);
        if !self.shared.common.bell.wait(port, false, until) {
            return;
        }
        if let Some(wire) = self.port.wire()
            && listen(wire, &mut self.unasked) == Err(Gone)
        {
            self.port.lose();
        }
    }

    fn tell(&mut self) {
        let port = self.port.state();
        let line = self.unasked.fault(Instant::now());
        self.shared.told.lock(|cell| cell.set((port, line)));
        let display = self.id;
        if self.told != port
            && self
                .outlet
                .try_send(DeviceEvent::LineDisplayPort { display, port })
        {
            self.told = port;
        }
    }
}

/// Reads once what is there.
fn listen(wire: &Wire, unasked: &mut Unasked) -> Result<(), Gone> {
    let mut buffer = [0; 64];
    let read = wire.read(&mut buffer)?;
    unasked.hear(buffer.get(..read).unwrap_or_default(), Instant::now());
    Ok(())
}
