//! A counter for one test: a folder for its ports, a queue, and patience.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hal::printer::Timing;
use hal::simulators::VirtualPrinter;
use hal::{
    Align, Barcode, CompletionReport, DeviceEvent, DeviceId, EventQueue, Evidence, Job, JobId,
    JobState, PosPrinter, PrinterDevice, PrinterHandle, PrinterLink, PrinterProfile, Qr, Style,
    block_on,
};

pub const PRINTER: DeviceId = DeviceId(3);

/// Only a test that fails waits this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until something becomes true that no event tells.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "waited for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub struct Counter {
    folder: tempfile::TempDir,
    pub events: Arc<EventQueue>,
}

impl Counter {
    pub fn new() -> Counter {
        Counter {
            folder: tempfile::tempdir().unwrap(),
            events: Arc::new(EventQueue::new()),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn printer_on_pty(&self) -> VirtualPrinter {
        VirtualPrinter::on_pty(self.path("printer")).unwrap()
    }

    pub fn start(&self, link: PrinterLink, profile: PrinterProfile) -> PrinterHandle {
        PrinterDevice::start(PRINTER, link, profile, self.events.clone()).unwrap()
    }

    /// Starts a printer and has it print a line: from then on it is in step.
    pub fn start_in_step(&self, link: PrinterLink, profile: PrinterProfile) -> PrinterHandle {
        let evidence = match profile.completion {
            CompletionReport::None => Evidence::ErrorFreeStatus,
            _ => Evidence::CompletionReport,
        };
        let printer = self.start(link, profile);
        printer.print(JobId(1), lines(1)).unwrap();
        let (last, _) = self.outcome(JobId(1));
        assert_eq!(last, JobState::Confirmed(evidence));
        printer
    }

    /// The first event from now on that `wanted` makes something of.
    pub fn wait_for<T>(&self, what: &str, mut wanted: impl FnMut(&DeviceEvent) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Some(event) = block_on(self.events.receive(), Some(left)) else {
                panic!("waited for {what}; came only: {seen:#?}");
            };
            if let Some(found) = wanted(&event) {
                return found;
            }
            seen.push(event);
        }
    }

    /// The last state of a job, and the states before it.
    pub fn outcome(&self, id: JobId) -> (JobState, Vec<JobState>) {
        let mut before = Vec::new();
        let last = self.wait_for("the end of a job", |event| match event {
            DeviceEvent::Job { job, state, .. } if *job == id && state.is_final() => Some(*state),
            DeviceEvent::Job { job, state, .. } if *job == id => {
                before.push(*state);
                None
            }
            _ => None,
        });
        (last, before)
    }

    pub fn wait_for_job(&self, id: JobId, wanted: JobState) {
        self.wait_for(&format!("{wanted:?} of {id:?}"), |event| match event {
            DeviceEvent::Job { job, state, .. } if *job == id && *state == wanted => Some(()),
            _ => None,
        });
    }

    /// Waits until a status is as `wanted` says.
    pub fn wait_for_status(&self, what: &str, wanted: impl Fn(&hal::PrinterStatus) -> bool) {
        self.wait_for(what, |event| match event {
            DeviceEvent::Printer { status, .. } if wanted(status) => Some(()),
            _ => None,
        });
    }
}

/// A profile whose pauses do not keep a test waiting; its deadlines are as patient as in a shop.
pub fn quick(mut profile: PrinterProfile) -> PrinterProfile {
    profile.timing = Timing {
        poll: Duration::from_millis(30),
        drawer_settle: Duration::from_millis(20),
        // The virtual printer prints at once, where it is not given a speed.
        rows_per_second: 1_000_000,
        ..Timing::NORMAL
    };
    profile
}

/// Knows completion reports, tells status changes by itself.
pub fn talkative() -> PrinterProfile {
    let mut profile = quick(PrinterProfile::generic_80mm());
    profile.completion = CompletionReport::GsParenH;
    profile.automatic_status = true;
    profile
}

pub fn generic() -> PrinterProfile {
    quick(PrinterProfile::generic_80mm())
}

/// Short, with one of everything.
pub fn receipt() -> Job {
    let mut job = Job::new();
    job.line("Harbour Books", Style::center().emphasized().double())
        .pair("The Salt Road", "7.99", Style::plain())
        .line("Gracias, señor", Style::plain().aligned(Align::Right))
        .rule()
        .barcode(Barcode::ean13("978000000100").unwrap())
        .qr(Qr::new("https://example.com/r/42").unwrap())
        .feed(1)
        .cut();
    job
}

/// A job of so many numbered lines.
pub fn lines(count: usize) -> Job {
    let mut job = Job::new();
    for number in 1..=count {
        job.text(&format!(
            "line {number:05} of a receipt that is rather long"
        ));
    }
    job.cut();
    job
}
