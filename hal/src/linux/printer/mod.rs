//! A receipt printer and the drawer on it.

mod asking;
mod dialogue;
mod display;
mod in_step;
mod kicking;
mod owed;
mod paper;
mod port;
mod sending;
mod worker;

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use embassy_sync::blocking_mutex::CriticalSectionMutex;

use super::common::{Common, DeviceThread, Orders};
use super::line_display::LatestScreen;
use super::link::PrinterLink;
use super::outlet::EventQueue;
use crate::HalError;
use crate::printer::{Dialect, Job, MAX_JOB, PrinterProfile, Typesetter};
use crate::traffic::Recording;
use crate::vocabulary::{
    CashDrawer, DeviceEvent, DeviceId, DisplayScreen, DrawerState, JobId, LineDisplay, PortState,
    PosPrinter, PrinterStatus,
};

/// What is being done when it fails to start.
const STARTING: &str = "starting a printer";
/// The most jobs (receipts and drawer openings) that wait in one printer.
pub const MAX_WAITING: usize = 16;

/// Places that only drawer openings take, which never wait for long.
const SPARE: usize = 4;
/// Room for every waiting job and as many cancellations.
const COMMANDS: usize = 2 * MAX_WAITING;

/// Starts printers.
#[derive(Debug)]
pub struct PrinterDevice;

/// A running printer; dropping it stops the device and joins its thread. Jobs that have not
/// begun end as `Failed(Stopped)`.
pub struct PrinterHandle {
    shared: Arc<Shared>,
    thread: DeviceThread,
}

enum Order {
    Print(JobId, Job),
    /// And when it was wanted.
    Kick(JobId, Instant),
    Cancel(JobId),
}

struct Shared {
    common: Arc<Common>,
    orders: Orders<Order, COMMANDS>,
    /// Jobs taken and not yet ended.
    waiting: AtomicUsize,
    status: CriticalSectionMutex<Cell<PrinterStatus>>,
    /// Whether a line display shares the line, and what is to be seen on it.
    has_display: bool,
    screen: LatestScreen,
    /// Whether its profile says that it answers.
    answers: bool,
}

impl PrinterDevice {
    /// Starts a printer. It need not be there yet: it is looked for until it is.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub fn start<E, const N: usize>(
        id: DeviceId,
        link: PrinterLink,
        profile: PrinterProfile,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<PrinterHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        PrinterDevice::launch(id, link, profile, None, events)
    }

    /// Starts a printer with a typesetter, such as `raster::Fonts`, that makes pictures of what
    /// the printer has no characters or codes for. It works on the printer's thread.
    ///
    /// # Errors
    /// As [`PrinterDevice::start`].
    pub fn start_with<E, const N: usize>(
        id: DeviceId,
        link: PrinterLink,
        profile: PrinterProfile,
        typesetter: impl Typesetter + 'static,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<PrinterHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        PrinterDevice::launch(id, link, profile, Some(Box::new(typesetter)), events)
    }

    fn launch<E, const N: usize>(
        id: DeviceId,
        link: PrinterLink,
        mut profile: PrinterProfile,
        typesetter: Option<Box<dyn Typesetter>>,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<PrinterHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        if profile.dialect == Dialect::Star {
            profile.line_display = None;
        }
        let shared = Arc::new(Shared {
            common: Common::new(STARTING)?,
            orders: Orders::new(),
            waiting: AtomicUsize::new(0),
            status: CriticalSectionMutex::new(Cell::new(PrinterStatus::UNKNOWN)),
            has_display: profile.line_display.is_some(),
            answers: profile.answers,
            screen: LatestScreen::cleared(),
        });
        let mut worker = worker::Worker::new(id, link, profile, Box::new(events), shared.clone());
        worker.typesetter = typesetter;
        let thread = DeviceThread::start(STARTING, ("printer", id), &shared.common, worker)?;
        Ok(PrinterHandle { shared, thread })
    }
}

impl PrinterHandle {
    /// Whether its profile says that it answers: of what another prints nothing is ever known.
    pub fn answers(&self) -> bool {
        self.shared.answers
    }

    /// The last bytes that came and went.
    pub fn traffic(&self) -> Recording {
        self.thread.traffic()
    }

    /// Takes one more job, unless `most` wait already.
    fn take(&self, order: Order, most: usize) -> Result<(), HalError> {
        let full = || HalError::QueueFull { max: MAX_WAITING };
        self.thread.running()?;
        self.shared
            .waiting
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |waiting| {
                (waiting < most).then_some(waiting + 1)
            })
            .map_err(|_| full())?;
        self.shared.orders.give(order).map_err(|_| {
            self.shared.waiting.fetch_sub(1, Ordering::AcqRel);
            full()
        })
    }
}

impl PosPrinter for PrinterHandle {
    fn print(&self, id: JobId, job: Job) -> Result<(), HalError> {
        let length = job.content_len();
        if length > MAX_JOB {
            return Err(HalError::JobTooLarge {
                length,
                max: MAX_JOB,
            });
        }
        self.take(Order::Print(id, job), MAX_WAITING)
    }

    fn cancel(&self, id: JobId) -> Result<(), HalError> {
        self.thread.running()?;
        self.shared
            .orders
            .give(Order::Cancel(id))
            .map_err(|_| HalError::QueueFull { max: MAX_WAITING })
    }

    fn status(&self) -> PrinterStatus {
        self.shared.status.lock(Cell::get)
    }
}

impl CashDrawer for PrinterHandle {
    fn open_drawer(&self, id: JobId) -> Result<(), HalError> {
        // A full queue of receipts is when the drawer is needed most.
        self.take(Order::Kick(id, Instant::now()), MAX_WAITING + SPARE)
    }

    fn drawer(&self) -> DrawerState {
        self.status().drawer
    }
}

impl LineDisplay for PrinterHandle {
    fn show(&self, screen: DisplayScreen) -> Result<(), HalError> {
        self.thread.running()?;
        if !self.shared.has_display {
            return Err(HalError::NotSupported {
                what: "showing something at a printer whose profile names no line display",
            });
        }
        self.shared.screen.set(screen);
        self.shared.common.bell.ring();
        Ok(())
    }

    fn port(&self) -> PortState {
        self.status().port
    }
}
