//! The thread that owns a scanner.

use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Shared;
use super::reading::Reading;
use super::source::Source;
use crate::framing::FrameFault;
use crate::linux::link::ScannerLink;
use crate::linux::outlet::Outlet;
use crate::linux::port::Port;
use crate::linux::supervised::Driver;
use crate::linux::wire::Gone;
use crate::scanner::{ScanSignal, ScannerProfile};
use crate::vocabulary::{DeviceEvent, DeviceId, PortState, ScannedCode};

/// How soon a port state that found the queue full is told again.
const RETRY: Duration = Duration::from_millis(20);
/// How long a keyboard that was just plugged in may type into whatever else listens.
const UNGRABBED: Duration = Duration::from_millis(250);

pub(super) struct Worker {
    id: DeviceId,
    profile: ScannerProfile,
    outlet: Box<dyn Outlet>,
    shared: Arc<Shared>,
    port: Port<ScannerLink>,
    source: Option<Source>,
    told: PortState,
    start: Instant,
    /// Whether its port checks the parity of each character.
    has_parity: bool,
    /// When the port was last read or found empty, since `start`.
    heard: Duration,
}

impl Worker {
    pub(super) fn new(
        id: DeviceId,
        link: ScannerLink,
        profile: ScannerProfile,
        outlet: Box<dyn Outlet>,
        shared: Arc<Shared>,
    ) -> Worker {
        let has_parity = match &link {
            ScannerLink::Serial(serial) => serial.character.has_parity(),
            ScannerLink::Keyboard(_) | ScannerLink::HidPos(_) => false,
        };
        let is_keyboard = matches!(link, ScannerLink::Keyboard(_));
        let mut port = Port::new(link).watched_by(shared.common.traffic.clone());
        if is_keyboard {
            port = port.tried_each(UNGRABBED);
        }
        Worker {
            id,
            profile,
            outlet,
            shared,
            port,
            source: None,
            told: PortState::Opening,
            start: Instant::now(),
            has_parity,
            heard: Duration::ZERO,
        }
    }
}

impl Driver for Worker {
    fn work(&mut self) {
        while !self.shared.common.stopping() {
            if self.port.open_if_due() {
                let (framing, has_parity) = (self.profile.framing, self.has_parity);
                let wire = self.port.wire();
                self.source = wire.map(|wire| Source::of(wire, framing, has_parity));
                self.heard = self.start.elapsed();
                self.shared
                    .reading
                    .lock(|cell| cell.set(Reading::default()));
            }
            self.tell_port();
            while let Some(signal) = self.shared.signals.next(&self.shared.common) {
                self.give(signal);
            }
            if self.listen() == Err(Gone) {
                self.lose();
            }
        }
    }

    fn recover(&mut self, until: Instant) {
        self.port.fault(until);
        self.tell_port();
        // A code that it was at is lost with it.
        if self.source.take().is_some() {
            self.tell(Err(FrameFault::Lost));
        }
    }
}

impl Worker {
    fn lose(&mut self) {
        self.port.lose();
        let half = self.source.as_mut().and_then(Source::cut);
        self.source = None;
        if let Some(frame) = half {
            self.tell(frame);
        }
    }

    /// Gives a signal. A scanner that is not there, or takes nothing now, gets none: a sound that
    /// comes later would be about another scan.
    fn give(&mut self, signal: ScanSignal) {
        let Some(wire) = self.port.wire() else { return };
        let report;
        let bytes = match wire.hid_pos() {
            None => self.profile.signal(signal),
            Some(format) => {
                let beep = match signal {
                    ScanSignal::Good => format.good_beep,
                    ScanSignal::Error => format.error_beep,
                };
                let Some(beep) = beep else { return };
                report = beep.report();
                &report
            }
        };
        if wire.write(bytes) == Err(Gone) {
            self.lose();
        }
    }

    /// Waits for bytes once and passes on the codes they complete.
    fn listen(&mut self) -> Result<(), Gone> {
        let source = self.source.as_ref();
        let silence = source.and_then(Source::deadline);
        let silence = silence.map(|after| self.start + after);
        let retry = (self.told != self.port.state()).then(|| Instant::now() + RETRY);
        let until = [silence, retry, self.port.due()]
            .into_iter()
            .flatten()
            .min();
        let port = self.port.wire().map(AsFd::as_fd);
        let away = self.start.elapsed().saturating_sub(self.heard);
        let readable = self.shared.common.bell.wait(port, false, until);
        // The queue was full, or the machine busy: what came meanwhile may be more than one code.
        let late = away >= self.profile.framing.timeout
            || silence.is_some_and(|silence| silence <= Instant::now());
        let (Some(wire), Some(source)) = (self.port.wire(), self.source.as_mut()) else {
            return Ok(());
        };
        let tell = Teller {
            id: self.id,
            outlet: &*self.outlet,
            shared: &self.shared,
        };
        let now = || self.start.elapsed();
        self.heard = now();
        let read = match readable {
            true => source.read(wire, || self.heard, late, |frame| tell.tell(frame))?,
            false => 0,
        };
        if read == 0
            && let Some(frame) = source.poll(now())
        {
            tell.tell(frame);
        }
        Ok(())
    }

    fn tell(&self, frame: Result<ScannedCode, FrameFault>) {
        Teller {
            id: self.id,
            outlet: &*self.outlet,
            shared: &self.shared,
        }
        .tell(frame);
    }

    fn tell_port(&mut self) {
        let port = self.port.state();
        self.shared.port.lock(|cell| cell.set(port));
        let scanner = self.id;
        if self.told != port
            && self
                .outlet
                .try_send(DeviceEvent::ScannerPort { scanner, port })
        {
            self.told = port;
        }
    }
}

/// Passes frames on, waiting for room.
struct Teller<'a> {
    id: DeviceId,
    outlet: &'a dyn Outlet,
    shared: &'a Shared,
}

impl Teller<'_> {
    fn tell(&self, frame: Result<ScannedCode, FrameFault>) {
        let scanner = self.id;
        let fault = frame.as_ref().err().copied();
        let reading = &self.shared.reading;
        reading.lock(|cell| cell.set(cell.get().after(fault)));
        let event = match frame {
            Ok(code) => DeviceEvent::Scanned { scanner, code },
            Err(fault) => DeviceEvent::ScanRejected { scanner, fault },
        };
        // Refused only when the till is being shut down.
        self.outlet.send(event, &self.shared.common);
    }
}
