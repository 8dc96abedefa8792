//! A scale on a serial port.

use std::cell::Cell;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use embassy_sync::blocking_mutex::CriticalSectionMutex;

use super::common::{Common, DeviceThread, Orders};
use super::link::{CharacterFrame, SerialLink};
use super::outlet::{EventQueue, Outlet};
use super::port::Port;
use super::supervised::Driver;
use super::wire::Gone;
use crate::HalError;
use crate::diagnosis::Diagnosis;
use crate::scale::{ScaleDecoder, ScaleProfile, ScaleProtocol, ScaleReport};
use crate::traffic::Recording;
use crate::vocabulary::{DeviceEvent, DeviceId, Scale, ScaleReading, ScaleStatus};

/// What is being done when it fails to start.
const STARTING: &str = "starting a scale";
/// The most orders that wait; each takes a moment.
const MAX_ORDERS: usize = 4;
/// How soon a status that found the queue full is told again.
const RETRY: Duration = Duration::from_millis(20);
/// Questions without an answer after which a scale counts as silent. One alone is no news: many
/// do not answer while they are in motion.
const SILENT_ROUNDS: u8 = 3;
/// Answers without a weight and without a reason after which a scale counts as refusing. One alone
/// is no news: some say so while they come to rest.
const REFUSALS: u8 = 3;
/// How soon a scale is asked again for a weight that has come once.
const AGAIN: Duration = Duration::from_millis(50);
/// The most old bytes that are thrown away before a question: what the port keeps, and no more
/// than that, so that a device that talks without end cannot hold the thread.
const DRAINED: usize = 16 * 1024;

/// Starts scales.
#[derive(Debug)]
pub struct ScaleDevice;

/// A running scale; dropping it stops the device and joins its thread.
pub struct ScaleHandle {
    profile: ScaleProfile,
    shared: Arc<Shared>,
    thread: DeviceThread,
}

struct Shared {
    common: Arc<Common>,
    orders: Orders<&'static [u8], MAX_ORDERS>,
    status: CriticalSectionMutex<Cell<ScaleStatus>>,
}

impl ScaleDevice {
    /// Starts a scale. The port need not be there yet: it is looked for until it is.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub fn start<E, const N: usize>(
        id: DeviceId,
        link: SerialLink,
        profile: ScaleProfile,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<ScaleHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        let shared = Arc::new(Shared {
            common: Common::new(STARTING)?,
            orders: Orders::new(),
            status: CriticalSectionMutex::new(Cell::new(ScaleStatus::UNKNOWN)),
        });
        let diagnosis = Diagnosis::on(link.character.has_parity());
        let worker = Worker {
            id,
            profile,
            outlet: Box::new(events),
            shared: shared.clone(),
            port: Port::new(link).watched_by(shared.common.traffic.clone()),
            decoder: ScaleDecoder::new(profile),
            status: ScaleStatus::UNKNOWN,
            told: ScaleStatus::UNKNOWN,
            once: None,
            asked: None,
            diagnosis,
            silent_rounds: 0,
            refusals: 0,
            this_round: None,
            next: Instant::now(),
        };
        let thread = DeviceThread::start(STARTING, ("scale", id), &shared.common, worker)?;
        Ok(ScaleHandle {
            profile,
            shared,
            thread,
        })
    }
}

impl ScaleProtocol {
    /// A serial port as scales of this protocol leave the factory: 9600 baud; 7 bits and even
    /// parity, for CAS 8 bits and none.
    pub fn link(self, path: impl Into<PathBuf>) -> SerialLink {
        SerialLink::new(path, 9_600).character(match self {
            ScaleProtocol::Cas => CharacterFrame::Bits8,
            ScaleProtocol::Toledo8217 | ScaleProtocol::Nci | ScaleProtocol::ToledoContinuous => {
                CharacterFrame::Bits7Even
            }
        })
    }
}

impl ScaleHandle {
    /// The last bytes that came and went.
    pub fn traffic(&self) -> Recording {
        self.thread.traffic()
    }

    fn order(&self, what: &'static str, bytes: Option<&'static [u8]>) -> Result<(), HalError> {
        let bytes = bytes.ok_or(HalError::NotSupported { what })?;
        self.thread.running()?;
        self.shared.orders.give(bytes)
    }
}

impl Scale for ScaleHandle {
    fn status(&self) -> ScaleStatus {
        self.shared.status.lock(Cell::get)
    }

    fn zero(&self) -> Result<(), HalError> {
        self.order("setting this scale to zero", self.profile.protocol.zero())
    }

    fn tare(&self) -> Result<(), HalError> {
        self.order("a tare on this scale", self.profile.protocol.tare())
    }

    fn clear_tare(&self) -> Result<(), HalError> {
        let bytes = self.profile.protocol.clear_tare();
        self.order("forgetting the tare of this scale", bytes)
    }
}

struct Worker {
    id: DeviceId,
    profile: ScaleProfile,
    outlet: Box<dyn Outlet>,
    shared: Arc<Shared>,
    port: Port<SerialLink>,
    decoder: ScaleDecoder,
    status: ScaleStatus,
    told: ScaleStatus,
    /// A weight that came once and has to come again.
    once: Option<ScaleReading>,
    /// Until when an answer is waited for.
    asked: Option<Instant>,
    /// What came since the last round looks like.
    diagnosis: Diagnosis,
    silent_rounds: u8,
    /// How many answers in a row had no weight and no reason.
    refusals: u8,
    /// What was heard since the last question.
    this_round: Option<ScaleReading>,
    /// When the scale is asked next, or its silence is noticed.
    next: Instant,
}

impl Driver for Worker {
    fn work(&mut self) {
        while !self.shared.common.stopping() {
            if self.port.open_if_due() {
                self.decoder.clear();
                self.silent_rounds = 0;
                self.refusals = 0;
                self.this_round = None;
                self.diagnosis.clear();
                self.asked = None;
                self.next = Instant::now();
                self.status = ScaleStatus::UNKNOWN;
            }
            self.status.port = self.port.state();
            self.tell();
            if self.port.wire().is_some() {
                self.converse();
            } else {
                // Nobody expects a scale to set itself to zero minutes later.
                while self.order().is_some() {}
            }
            self.rest();
        }
    }

    fn recover(&mut self, until: Instant) {
        self.port.fault(until);
        self.forget();
        self.tell();
    }
}

impl Worker {
    /// Does what is due on an open port.
    fn converse(&mut self) {
        let now = Instant::now();
        if self.asked.is_some_and(|until| now >= until) {
            self.asked = None;
            self.missed();
        }
        let Some(request) = self.profile.protocol.request() else {
            if let Some(order) = self.order() {
                self.write(order);
            }
            if now >= self.next {
                self.next = now + self.profile.answer;
                self.missed();
            }
            return;
        };
        if self.asked.is_some() {
            return;
        }
        if let Some(order) = self.order() {
            self.drain();
            // What it says to that is another thing than what it said before.
            self.this_round = None;
            self.write(order);
            // What it answers to that is old before the next question.
            self.next = now + self.profile.poll;
        } else if now >= self.next {
            self.drain();
            self.decoder.clear();
            self.this_round = None;
            self.write(request);
            self.next = now + self.profile.poll;
            self.asked = Some(now + self.profile.answer);
        }
    }

    fn order(&self) -> Option<&'static [u8]> {
        self.shared.orders.next(&self.shared.common)
    }

    /// Throws away what came before the question: the weight of what lay there earlier.
    fn drain(&mut self) {
        let mut buffer = [0; 256];
        let mut drained = 0;
        while let Some(wire) = self.port.wire()
            && drained < DRAINED
        {
            match wire.read(&mut buffer) {
                Ok(0) => return,
                Ok(read) => {
                    drained += read;
                    for &byte in buffer.iter().take(read) {
                        self.diagnosis.hear(byte);
                        match self.decoder.push(byte) {
                            Some(ScaleReport::Noise) => self.diagnosis.strange(),
                            Some(ScaleReport::Reading(reading)) => {
                                self.diagnosis.understood();
                                self.hear_unasked(reading);
                            }
                            _ => {}
                        }
                    }
                }
                Err(Gone) => self.lose(),
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let Some(wire) = self.port.wire() else { return };
        // A port that takes nothing is noticed by the answer that does not come.
        if wire.write(bytes) == Err(Gone) {
            self.lose();
        }
    }

    fn lose(&mut self) {
        self.port.lose();
        self.forget();
    }

    /// What was known of a scale that is not there any more.
    fn forget(&mut self) {
        self.status = ScaleStatus {
            port: self.port.state(),
            ..ScaleStatus::UNKNOWN
        };
        self.once = None;
        self.asked = None;
        self.refusals = 0;
        self.this_round = None;
    }

    /// No answer came in time.
    fn missed(&mut self) {
        self.status.reading = None;
        self.once = None;
        self.silent_rounds = self.silent_rounds.saturating_add(1);
        if self.silent_rounds >= SILENT_ROUNDS || self.diagnosis.is_strange() {
            self.status.responding = false;
        }
        self.end_round();
    }

    /// Looks at what came since the last round.
    fn end_round(&mut self) {
        let unfinished = self.decoder.is_unfinished();
        let profile = self.profile;
        self.status.line = self.diagnosis.end_round(
            unfinished,
            |diagnosis| is_reading(profile, diagnosis.without_parity()),
            |diagnosis| {
                ScaleProfile::NAMES.iter().any(|(_, protocol)| {
                    let other = ScaleProfile::new(*protocol);
                    *protocol != profile.protocol && is_reading(other, diagnosis.bytes())
                })
            },
        );
    }

    fn rest(&mut self) {
        let due = match self.port.due() {
            Some(due) => due,
            None => self.asked.unwrap_or(self.next),
        };
        let untold = self.told != self.status;
        let until = if untold {
            due.min(Instant::now() + RETRY)
        } else {
            due
        };
        let port = self.port.wire().map(AsFd::as_fd);
        if !self.shared.common.bell.wait(port, false, Some(until)) {
            return;
        }
        let Some(wire) = self.port.wire() else { return };
        let mut buffer = [0; 256];
        match wire.read(&mut buffer) {
            Err(Gone) => self.lose(),
            Ok(read) => {
                for &byte in buffer.iter().take(read) {
                    self.diagnosis.hear(byte);
                    if let Some(report) = self.decoder.push(byte) {
                        self.hear(report);
                    }
                }
            }
        }
    }

    fn hear(&mut self, report: ScaleReport) {
        match report {
            ScaleReport::Noise => self.diagnosis.strange(),
            // One byte, which may mean something else in another protocol.
            ScaleReport::Ready => {}
            _ => self.diagnosis.understood(),
        }
        let asks = self.profile.protocol.request().is_some();
        if asks && self.asked.is_none() {
            // Nobody asked: it may be about what lay there earlier.
            if let ScaleReport::Reading(reading) = report {
                self.hear_unasked(reading);
            }
            return;
        }
        match report {
            ScaleReport::Noise => {
                // What came between two that are alike may have been a change.
                self.once = None;
                return;
            }
            ScaleReport::Ready => {
                if let Some(second) = self.profile.protocol.second_request() {
                    self.write(second);
                    return;
                }
                self.refuse();
            }
            ScaleReport::Refused => self.refuse(),
            ScaleReport::Reading(reading) => {
                self.refusals = 0;
                self.this_round = Some(reading);
                self.learn(reading);
            }
        }
        self.asked = None;
        self.silent_rounds = 0;
        self.status.responding = true;
        self.end_round();
        if !asks {
            self.next = Instant::now() + self.profile.answer;
        } else if self.status.reading != self.once && self.once.is_some() {
            self.next = self.next.min(Instant::now() + AGAIN);
        }
    }

    /// It has no weight to tell, and does not say why.
    fn refuse(&mut self) {
        self.once = None;
        self.refusals = self.refusals.saturating_add(1);
        let too_often = self.refusals >= REFUSALS;
        self.status.reading = too_often.then_some(ScaleReading::Refused);
    }

    /// Something came behind the answer. A scale says one thing to a question: where two came that
    /// differ, one of them is of an earlier question or of another device, and nobody knows which.
    fn hear_unasked(&mut self, reading: ScaleReading) {
        let Some(heard) = self.this_round.filter(|heard| *heard != reading) else {
            return;
        };
        self.once = None;
        if let ScaleReading::Stable(_) = heard {
            self.status.reading = None;
            // One that comes to rest behind its answer may say so; two weights are two scales.
            if let ScaleReading::Stable(_) = reading {
                self.diagnosis.contradicted();
            }
        }
    }

    /// A weight counts when it was checked by the scale or came twice, because the simple
    /// protocols have no checksum, and because a late answer to an earlier question is a weight
    /// of what lay there then.
    fn learn(&mut self, reading: ScaleReading) {
        let is_weight = matches!(reading, ScaleReading::Stable(_));
        let sure = !is_weight || self.profile.is_checked() || self.once == Some(reading);
        self.once = Some(reading);
        if sure {
            self.status.reading = Some(reading);
        } else if self.status.reading != Some(reading) {
            self.status.reading = Some(ScaleReading::InMotion);
        }
    }

    /// Tells the latest status if it is news and there is room for it.
    fn tell(&mut self) {
        let status = self.status;
        self.shared.status.lock(|cell| cell.set(status));
        let scale = self.id;
        if self.told != status && self.outlet.try_send(DeviceEvent::Scale { scale, status }) {
            self.told = status;
        }
    }
}

/// Whether there is a reading of this protocol among some bytes.
fn is_reading(profile: ScaleProfile, bytes: impl Iterator<Item = u8>) -> bool {
    let mut decoder = ScaleDecoder::new(profile);
    bytes
        .filter_map(|byte| decoder.push(byte))
        .any(|report| matches!(report, ScaleReport::Reading(_)))
}
