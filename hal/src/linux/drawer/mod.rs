//! A cash drawer with a serial port of its own.

mod answers;

use std::cell::Cell;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use embassy_sync::blocking_mutex::CriticalSectionMutex;

pub use answers::{DrawerAnswer, DrawerAnswers};

use crate::HalError;
use crate::diagnosis::Unasked;
use crate::linux::backoff::Backoff;
use crate::linux::common::{Common, DeviceThread, Orders};
use crate::linux::link::SerialLink;
use crate::linux::outlet::{EventQueue, Outlet};
use crate::linux::supervised::Driver;
use crate::linux::wire::{Gone, Wire};
use crate::printer::SignalLevel;
use crate::traffic::Recording;
use crate::vocabulary::{
    CashDrawer, DeviceEvent, DeviceId, Doubt, DrawerState, Evidence, Hindrance, JobFailure, JobId,
    JobState, LineFault, PortState,
};

/// What is being done when it fails to start.
const STARTING: &str = "starting a cash drawer";
/// The most openings that wait; each takes a moment.
const MAX_OPENINGS: usize = 4;
/// How long the bytes of a pulse may take.
const SENDING: Duration = Duration::from_secs(1);
/// After a pulse, before the sensor is believed.
const SETTLE: Duration = Duration::from_millis(300);
/// How often the sensor is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How long a drawer may take to answer.
const ANSWER: Duration = Duration::from_millis(250);

/// A drawer that is opened by bytes on a serial port: a drawer of its own, or the box that is sold
/// to open one from a PC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawerPort {
    /// The port.
    pub link: SerialLink,
    /// The bytes that open it; many open at any byte.
    pub pulse: Vec<u8>,
    /// How it tells whether it is open, if it can.
    pub sensor: Option<DrawerSensor>,
}

impl DrawerPort {
    fn answers(&self) -> Option<DrawerAnswers> {
        match self.sensor {
            Some(DrawerSensor::Answer { mask, open, .. }) => Some(DrawerAnswers::new(mask, open)),
            _ => None,
        }
    }
}

/// How a drawer with a port of its own tells whether it is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DrawerSensor {
    /// By a line of the port, which has this level while the drawer is open.
    Line(ModemLine, SignalLevel),
    /// By a byte it sends when it is asked, and after each change: the bits of `mask` are those
    /// of `open` while it is open.
    Answer {
        /// What asks.
        ask: Vec<u8>,
        /// The bits that count.
        mask: u8,
        /// What they are while the drawer is open.
        open: u8,
    },
}

/// A line of a serial port that a device sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModemLine {
    /// Clear to send.
    ClearToSend,
    /// Data set ready.
    DataSetReady,
    /// Carrier detect.
    CarrierDetect,
    /// Ring indicator.
    RingIndicator,
}

/// Starts drawers that have a port of their own.
#[derive(Debug)]
pub struct DrawerDevice;

/// A running drawer; dropping it stops the device and joins its thread.
pub struct DrawerHandle {
    shared: Arc<Shared>,
    thread: DeviceThread,
}

struct Shared {
    common: Arc<Common>,
    orders: Orders<JobId, MAX_OPENINGS>,
    told: CriticalSectionMutex<Cell<(PortState, DrawerState)>>,
    line: CriticalSectionMutex<Cell<Option<LineFault>>>,
}

impl DrawerDevice {
    /// Starts a drawer. The port need not be there yet: it is looked for until it is.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub fn start<E, const N: usize>(
        id: DeviceId,
        drawer: DrawerPort,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<DrawerHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        let unknown = (PortState::Opening, DrawerState::Unknown);
        let shared = Arc::new(Shared {
            common: Common::new(STARTING)?,
            orders: Orders::new(),
            told: CriticalSectionMutex::new(Cell::new(unknown)),
            line: CriticalSectionMutex::new(Cell::new(None)),
        });
        let now = Instant::now();
        let answers = drawer.answers();
        let worker = Worker {
            id,
            drawer,
            outlet: Box::new(events),
            shared: shared.clone(),
            wire: None,
            backoff: Backoff::new(),
            port: PortState::Opening,
            state: DrawerState::Unknown,
            told: unknown,
            believed: now,
            look: now,
            answers,
            unasked: Unasked::default(),
            under_way: None,
        };
        let thread = DeviceThread::start(STARTING, ("drawer", id), &shared.common, worker)?;
        Ok(DrawerHandle { shared, thread })
    }
}

impl DrawerHandle {
    /// The last bytes that came and went.
    pub fn traffic(&self) -> Recording {
        self.thread.traffic()
    }

    /// What is wrong with its line: noise, or another device. The state of a drawer that answers is
    /// then `Unknown`; one that does not answer has nothing to say, so that another device is named
    /// whose bytes came within the last minute.
    pub fn line(&self) -> Option<LineFault> {
        self.shared.line.lock(Cell::get)
    }

    /// The state of the drawer's port.
    pub fn port(&self) -> PortState {
        self.shared.told.lock(Cell::get).0
    }
}

impl CashDrawer for DrawerHandle {
    fn open_drawer(&self, id: JobId) -> Result<(), HalError> {
        self.thread.running()?;
        self.shared.orders.give(id)
    }

    fn drawer(&self) -> DrawerState {
        self.shared.told.lock(Cell::get).1
    }
}

struct Worker {
    id: DeviceId,
    drawer: DrawerPort,
    outlet: Box<dyn Outlet>,
    shared: Arc<Shared>,
    wire: Option<Wire>,
    backoff: Backoff,
    port: PortState,
    state: DrawerState,
    told: (PortState, DrawerState),
    /// When the sensor may be believed again.
    believed: Instant,
    /// When the sensor is looked at next.
    look: Instant,
    /// Tells its answers from other bytes, where it answers.
    answers: Option<DrawerAnswers>,
    /// What came, where it does not answer.
    unasked: Unasked,
    /// The opening that is being carried out.
    under_way: Option<JobId>,
}

impl Driver for Worker {
    fn work(&mut self) {
        while !self.stopping() {
            self.tell();
            if let Some(id) = self.order() {
                self.under_way = Some(id);
                let state = self.open_drawer();
                self.tell_job(id, state);
            } else if self.wire.is_none() && Instant::now() >= self.backoff.due() {
                self.open_port();
            } else {
                self.rest();
            }
        }
        while let Some(id) = self.order() {
            self.tell_job(id, JobState::Failed(JobFailure::Stopped));
        }
    }

    fn recover(&mut self, until: Instant) {
        self.wire = None;
        self.backoff.rest(until);
        self.port = PortState::Faulted;
        self.state = DrawerState::Unknown;
        self.unasked = Unasked::default();
        self.shared.line.lock(|cell| cell.set(None));
        self.tell();
        if let Some(id) = self.under_way {
            self.tell_job(id, JobState::Unconfirmed(Doubt::Faulted));
        }
    }
}

impl Worker {
    fn stopping(&self) -> bool {
        self.shared.common.stopping()
    }

    fn order(&self) -> Option<JobId> {
        self.shared.orders.next(&self.shared.common)
    }

    fn open_port(&mut self) {
        match Wire::serial(&self.drawer.link) {
            Ok(wire) => {
                self.wire = Some(wire.watched_by(self.shared.common.traffic.clone()));
                self.backoff.succeeded();
                self.port = PortState::Open;
                self.answers = self.drawer.answers();
                self.unasked = Unasked::default();
                self.look = Instant::now();
            }
            Err(state) => {
                self.backoff.failed();
                self.port = state;
            }
        }
    }

    fn lose(&mut self) {
        self.wire = None;
        self.backoff.failed();
        self.port = PortState::Absent;
        self.state = DrawerState::Unknown;
    }

    fn rest(&mut self) {
        let until = match &self.wire {
            None => self.backoff.due(),
            Some(_) if self.drawer.sensor.is_none() => Instant::now() + SENDING,
            Some(_) => self.look,
        };
        self.listen(until);
        if self.wire.is_some() && Instant::now() >= self.look {
            self.ask();
            self.look = Instant::now() + LOOK;
        }
    }

    /// Sleeps until `until`, the bell or bytes, and takes in what the drawer says.
    fn listen(&mut self, until: Instant) {
        let port = self.wire.as_ref().map(AsFd::as_fd);
        let readable = self.shared.common.bell.wait(port, false, Some(until));
        let Some(wire) = self.wire.as_ref().filter(|_| readable) else {
            return;
        };
        let mut buffer = [0; 32];
        match wire.read(&mut buffer) {
            Err(Gone) => self.lose(),
            Ok(read) => self.hear(buffer.get(..read).unwrap_or_default()),
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        if self.answers.is_none() {
            self.unasked.hear(bytes, Instant::now());
        }
        for &byte in bytes {
            match self.answers.as_mut().map(|answers| answers.hear(byte)) {
                Some(DrawerAnswer::Is { open }) => self.learn(open),
                Some(DrawerAnswer::Strange) => self.state = DrawerState::Unknown,
                None => {}
            }
        }
    }

    fn learn(&mut self, open: bool) {
        if Instant::now() >= self.believed {
            self.state = if open {
                DrawerState::Open
            } else {
                DrawerState::Closed
            };
        }
    }

    /// Looks at the sensor, or asks for it.
    fn ask(&mut self) {
        let Some(wire) = &self.wire else { return };
        match &self.drawer.sensor {
            None => {}
            Some(DrawerSensor::Line(line, level)) => {
                // A port without that line tells nothing.
                if let Some(high) = wire.line(*line) {
                    self.learn((*level == SignalLevel::High) == high);
                }
            }
            Some(DrawerSensor::Answer { ask, .. }) => {
                let gone = wire.write(ask) == Err(Gone);
                // What is read from now on is of the question that was just put.
                if let Some(answers) = &mut self.answers {
                    let (line, silent) = answers.end_round();
                    self.shared.line.lock(|cell| cell.set(line));
                    // One that is never asked tells its changes alone.
                    if silent && !ask.is_empty() {
                        self.state = DrawerState::Unknown;
                    }
                }
                if gone {
                    self.lose();
                }
            }
        }
    }

    /// Opens the drawer now or not at all.
    fn open_drawer(&mut self) -> JobState {
        let Some(wire) = &self.wire else {
            let hindrance = Hindrance::Port(self.port);
            return JobState::Failed(JobFailure::Hindered(hindrance));
        };
        let mut rest = self.drawer.pulse.as_slice();
        let until = Instant::now() + SENDING;
        while !rest.is_empty() {
            match wire.write(rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(Gone) => {
                    self.lose();
                    return JobState::Unconfirmed(Doubt::LinkLost);
                }
            }
            if Instant::now() >= until {
                return JobState::Unconfirmed(Doubt::WriteStalled);
            }
            if !rest.is_empty() {
                self.shared
                    .common
                    .bell
                    .wait(Some(wire.as_fd()), true, Some(until));
            }
        }
        if self.drawer.sensor.is_none() {
            return JobState::Confirmed(Evidence::Taken);
        }
        self.believed = Instant::now() + SETTLE;
        self.state = DrawerState::Unknown;
        let patience = self.believed + ANSWER + LOOK;
        while self.state == DrawerState::Unknown
            && self.wire.is_some()
            && !self.stopping()
            && Instant::now() < patience
        {
            let next = self.believed.max(Instant::now() + ANSWER / 4);
            self.listen(next);
            if Instant::now() >= self.believed {
                self.ask();
            }
        }
        match self.state {
            DrawerState::Open => JobState::Confirmed(Evidence::Sensor),
            _ if self.wire.is_none() => JobState::Unconfirmed(Doubt::LinkLost),
            _ => JobState::Unconfirmed(Doubt::NoAnswer),
        }
    }

    /// Tells what changed, if there is room for it.
    fn tell(&mut self) {
        if self.answers.is_none() {
            let line = self.unasked.fault(Instant::now());
            self.shared.line.lock(|cell| cell.set(line));
        }
        let now = (self.port, self.state);
        self.shared.told.lock(|told| told.set(now));
        if self.told.0 != now.0
            && self.outlet.try_send(DeviceEvent::DrawerPort {
                drawer: self.id,
                port: now.0,
            })
        {
            self.told.0 = now.0;
        }
        if self.told.1 != now.1
            && self.outlet.try_send(DeviceEvent::Drawer {
                printer: self.id,
                drawer: now.1,
            })
        {
            self.told.1 = now.1;
        }
    }

    fn tell_job(&mut self, job: JobId, state: JobState) {
        self.tell();
        let event = DeviceEvent::Job {
            printer: self.id,
            job,
            state,
        };
        self.under_way = None;
        self.outlet.send(event, &self.shared.common);
    }
}
