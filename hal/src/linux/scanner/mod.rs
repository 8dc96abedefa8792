//! A barcode scanner: serial, a keyboard, or of the class for points of sale.

mod reading;
mod source;
mod worker;

use std::cell::Cell;
use std::sync::Arc;

use embassy_sync::blocking_mutex::CriticalSectionMutex;
use reading::Reading;

use super::common::{Common, DeviceThread, Orders};
use super::link::ScannerLink;
use super::outlet::EventQueue;
use crate::HalError;
use crate::framing::FrameFault;
use crate::scanner::{ScanSignal, ScannerProfile};
use crate::traffic::Recording;
use crate::vocabulary::{DeviceEvent, DeviceId, PortState, Scanner};

/// What is being done when it fails to start.
const STARTING: &str = "starting a scanner";
/// The most signals that wait.
const MAX_SIGNALS: usize = 4;

/// Starts scanners.
#[derive(Debug)]
pub struct ScannerDevice;

/// A running scanner; dropping it stops the device and joins its thread.
#[derive(Debug)]
pub struct ScannerHandle {
    shared: Arc<Shared>,
    /// Which signals it can be given; HID-POS tells only when it is there.
    can_signal: [bool; 2],
    thread: DeviceThread,
}

struct Shared {
    common: Arc<Common>,
    signals: Orders<ScanSignal, MAX_SIGNALS>,
    port: CriticalSectionMutex<Cell<PortState>>,
    reading: CriticalSectionMutex<Cell<Reading>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("port", &self.port.lock(Cell::get))
            .finish_non_exhaustive()
    }
}

impl ScannerDevice {
    /// Starts a scanner. It need not be there yet: it is looked for until it is. `profile` is a
    /// [`ScannerProfile`], or a `Framing` alone.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub fn start<E, const N: usize>(
        id: DeviceId,
        link: impl Into<ScannerLink>,
        profile: impl Into<ScannerProfile>,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<ScannerHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        let (link, profile) = (link.into(), profile.into());
        let can_signal = match link {
            ScannerLink::Serial(_) => [ScanSignal::Good, ScanSignal::Error]
                .map(|signal| !profile.signal(signal).is_empty()),
            ScannerLink::Keyboard(_) => [false; 2],
            ScannerLink::HidPos(_) => [true; 2],
        };
        let shared = Arc::new(Shared {
            common: Common::new(STARTING)?,
            signals: Orders::new(),
            port: CriticalSectionMutex::new(Cell::new(PortState::Opening)),
            reading: CriticalSectionMutex::new(Cell::new(Reading::default())),
        });
        let worker = worker::Worker::new(id, link, profile, Box::new(events), shared.clone());
        let thread = DeviceThread::start(STARTING, ("scanner", id), &shared.common, worker)?;
        Ok(ScannerHandle {
            shared,
            can_signal,
            thread,
        })
    }
}

impl ScannerHandle {
    /// The last bytes that came and went. They are what was scanned, secrets among them: show
    /// them to those alone who may see these.
    pub fn traffic(&self) -> Recording {
        self.thread.traffic()
    }

    /// What is wrong with what it sends: why the last code that was refused was no code. `None` again
    /// once some codes in a row were read well, or the scanner was plugged in anew.
    pub fn fault(&self) -> Option<FrameFault> {
        self.shared.reading.lock(Cell::get).fault()
    }

    /// Forgets the last bytes: call it after a badge or an enrolment sheet was scanned.
    pub fn forget_traffic(&self) {
        self.shared.common.traffic.forget();
    }
}

impl Scanner for ScannerHandle {
    fn port(&self) -> PortState {
        self.shared.port.lock(Cell::get)
    }

    fn signal(&self, signal: ScanSignal) -> Result<(), HalError> {
        let [good, error] = self.can_signal;
        let can = match signal {
            ScanSignal::Good => good,
            ScanSignal::Error => error,
        };
        if !can {
            return Err(HalError::NotSupported {
                what: "a sound of this scanner",
            });
        }
        self.thread.running()?;
        self.shared.signals.give(signal)
    }
}
