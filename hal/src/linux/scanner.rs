//! A serial barcode scanner.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use embassy_sync::blocking_mutex::CriticalSectionMutex;
use std::cell::Cell;

use super::backoff::Backoff;
use super::bell::Bell;
use super::link::SerialLink;
use super::outlet::{EventQueue, Outlet};
use super::wire::{Gone, Wire};
use crate::HalError;
use crate::framing::{FrameFault, FrameReader, Framing};
use crate::vocabulary::{DeviceEvent, DeviceId, PortState, ScannedCode, Scanner};

/// How soon a port state that found the queue full is told again.
const RETRY: Duration = Duration::from_millis(20);

/// Starts serial scanners.
#[derive(Debug)]
pub struct ScannerDevice;

/// A running scanner; dropping it stops the device and joins its thread.
#[derive(Debug)]
pub struct ScannerHandle {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    bell: Arc<Bell>,
    stop: AtomicBool,
    port: CriticalSectionMutex<Cell<PortState>>,
}

impl ScannerDevice {
    /// Starts a scanner. The port need not be there yet: it is looked for until it is.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub fn start<E, const N: usize>(
        id: DeviceId,
        link: SerialLink,
        framing: Framing,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<ScannerHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        let system = |source| HalError::System {
            what: "starting a scanner",
            source,
        };
        let shared = Arc::new(Shared {
            bell: Bell::new().map_err(system)?,
            stop: AtomicBool::new(false),
            port: CriticalSectionMutex::new(Cell::new(PortState::Opening)),
        });
        let worker = Worker {
            id,
            link,
            outlet: Box::new(events),
            shared: shared.clone(),
            wire: None,
            frames: FrameReader::new(framing),
            backoff: Backoff::new(),
            port: PortState::Opening,
            told: PortState::Opening,
            start: Instant::now(),
        };
        let thread = std::thread::Builder::new()
            .name(format!("scanner-{}", id.0))
            .spawn(move || worker.run())
            .map_err(system)?;
        Ok(ScannerHandle {
            shared,
            thread: Some(thread),
        })
    }
}

impl Scanner for ScannerHandle {
    fn port(&self) -> PortState {
        self.shared.port.lock(Cell::get)
    }
}

impl Drop for ScannerHandle {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    id: DeviceId,
    link: SerialLink,
    outlet: Box<dyn Outlet>,
    shared: Arc<Shared>,
    wire: Option<Wire>,
    frames: FrameReader,
    backoff: Backoff,
    port: PortState,
    told: PortState,
    start: Instant,
}

impl Worker {
    fn run(mut self) {
        while !self.shared.stop.load(Ordering::Acquire) {
            self.tell_port();
            match self.wire.take() {
                None => self.open(),
                Some(wire) => match self.listen(&wire) {
                    Ok(()) => self.wire = Some(wire),
                    Err(Gone) => {
                        self.frames.clear();
                        self.backoff.failed();
                        self.port = PortState::Absent;
                    }
                },
            }
        }
    }

    fn open(&mut self) {
        if Instant::now() < self.backoff.due() {
            let until = self.sooner(self.backoff.due());
            self.shared.bell.wait(None, false, Some(until));
            return;
        }
        match Wire::serial(&self.link) {
            Ok(wire) => {
                self.wire = Some(wire);
                self.backoff.succeeded();
                self.port = PortState::Open;
            }
            Err(state) => {
                self.backoff.failed();
                self.port = state;
            }
        }
    }

    /// Waits for bytes once and passes on the codes they complete.
    fn listen(&mut self, wire: &Wire) -> Result<(), Gone> {
        let silence = self.frames.deadline().map(|after| self.start + after);
        let retry = (self.told != self.port).then(|| Instant::now() + RETRY);
        let until = [silence, retry].into_iter().flatten().min();
        let readable = self.shared.bell.wait(Some(wire.as_fd()), false, until);
        let mut buffer = [0; 256];
        let read = if readable { wire.read(&mut buffer)? } else { 0 };
        let now = self.start.elapsed();
        if read == 0
            && let Some(frame) = self.frames.poll(now)
        {
            self.tell(frame);
        }
        for &byte in buffer.iter().take(read) {
            if let Some(frame) = self.frames.push(byte, now) {
                self.tell(frame);
            }
        }
        Ok(())
    }

    fn tell(&self, frame: Result<ScannedCode, FrameFault>) {
        let scanner = self.id;
        let event = match frame {
            Ok(code) => DeviceEvent::Scanned { scanner, code },
            Err(fault) => DeviceEvent::ScanRejected { scanner, fault },
        };
        // Refused only when the till is being shut down.
        self.outlet
            .send(event, &self.shared.bell, &self.shared.stop);
    }

    fn tell_port(&mut self) {
        self.shared.port.lock(|port| port.set(self.port));
        if self.told != self.port {
            let event = DeviceEvent::ScannerPort {
                scanner: self.id,
                port: self.port,
            };
            if self.outlet.try_send(event) {
                self.told = self.port;
            }
        }
    }

    fn sooner(&self, until: Instant) -> Instant {
        if self.told == self.port {
            until
        } else {
            until.min(Instant::now() + RETRY)
        }
    }
}
