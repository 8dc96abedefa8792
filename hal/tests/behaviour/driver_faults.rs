//! A driver that panics begins anew by itself: on every kind of device, with what was queued, and
//! without taking for granted what was under way.
//!
//! The panics are in code that really runs on a device's thread and is not the driver's own: the
//! caller's typesetter, and the caller's conversion of events.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hal::printer::Typesetter;
use hal::simulators::{
    VirtualDrawer, VirtualLineDisplay, VirtualPrinter, VirtualScale, VirtualScanner,
    VirtualTerminal,
};
use hal::{
    CashDrawer, DayState, DeviceEvent, DeviceId, DisplayDialect, DisplayLine, DisplayScreen, Doubt,
    DrawerDevice, DrawerState, Evidence, FrameFault, Framing, Hindrance, Job, JobFailure, JobId,
    JobState, LineDisplay, LineDisplayDevice, Paper, PaymentDoubt, PaymentOutcome, PaymentState,
    PaymentTerminal, PortState, PosPrinter, PrinterDevice, PrinterProfile, Scale, ScaleDevice,
    ScaleProfile, ScaleProtocol, ScannerDevice, TerminalDevice, TerminalHindrance, block_on,
};

use crate::card_payments::{pay, quick};
use crate::support::{Counter, PATIENCE, generic, lines, talkative, until};

/// An event, as a caller's own type.
struct Own(DeviceEvent);

/// What makes the conversion panic.
type Fuse = fn(&DeviceEvent) -> bool;

/// Once, or again and again.
#[derive(Clone, Copy, PartialEq)]
enum Often {
    Once,
    Always,
}

static FUSES: Mutex<Vec<(DeviceId, Fuse, Often)>> = Mutex::new(Vec::new());
static IDS: AtomicU8 = AtomicU8::new(100);

fn device_of(event: &DeviceEvent) -> Option<DeviceId> {
    Some(match event {
        DeviceEvent::Scanned { scanner, .. } | DeviceEvent::ScannerPort { scanner, .. } => *scanner,
        DeviceEvent::Printer { printer, .. }
        | DeviceEvent::Drawer { printer, .. }
        | DeviceEvent::Job { printer, .. } => *printer,
        DeviceEvent::Scale { scale, .. } => *scale,
        DeviceEvent::LineDisplayPort { display, .. } => *display,
        DeviceEvent::Terminal { terminal, .. }
        | DeviceEvent::Payment { terminal, .. }
        | DeviceEvent::TerminalDay { terminal, .. } => *terminal,
        _ => return None,
    })
}

impl From<DeviceEvent> for Own {
    fn from(event: DeviceEvent) -> Own {
        let mut fuses = fuses();
        let at = fuses
            .iter()
            .position(|(device, fuse, _)| device_of(&event) == Some(*device) && fuse(&event));
        if let Some(at) = at {
            if fuses[at].2 == Often::Once {
                fuses.remove(at);
            }
            drop(fuses);
            panic!("a caller's conversion that fails on {event:?}");
        }
        Own(event)
    }
}

type Events = hal::EventQueue<Own, 64>;

fn fuses() -> MutexGuard<'static, Vec<(DeviceId, Fuse, Often)>> {
    FUSES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A device of a number of its own, whose driver panics when it tells such an event.
fn failing(often: Often, fuse: Fuse) -> (DeviceId, Arc<Events>) {
    let id = DeviceId(IDS.fetch_add(1, Ordering::Relaxed));
    fuses().push((id, fuse, often));
    (id, Arc::new(Events::new()))
}

/// From now on it does not.
fn mend(id: DeviceId) {
    fuses().retain(|(device, ..)| *device != id);
}

fn wait_for<T>(events: &Events, what: &str, mut wanted: impl FnMut(DeviceEvent) -> Option<T>) -> T {
    loop {
        let Some(Own(event)) = block_on(events.receive(), Some(PATIENCE)) else {
            panic!("waited for {what}");
        };
        if let Some(found) = wanted(event) {
            return found;
        }
    }
}

fn end_of(events: &Events, id: JobId) -> JobState {
    wait_for(events, "the end of a job", |event| match event {
        DeviceEvent::Job { job, state, .. } if job == id && state.is_final() => Some(state),
        _ => None,
    })
}

/// A typesetter that cannot set one line.
struct Clumsy;

impl Typesetter for Clumsy {
    fn typeset(&mut self, job: Job, _: &PrinterProfile) -> Job {
        assert_ne!(job, lines(3), "a job that nobody can set");
        job
    }
}

#[test]
fn a_job_that_fails_the_driver_is_unconfirmed_and_those_behind_it_are_printed_once() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let (id, link, events) = (DeviceId(3), paper.link(), counter.events.clone());
    let printer = PrinterDevice::start_with(id, link, talkative(), Clumsy, events).unwrap();
    for (id, job) in [(1, lines(1)), (2, lines(3)), (3, lines(2)), (4, lines(4))] {
        printer.print(JobId(id), job).unwrap();
    }
    let ended = [1, 2, 3, 4].map(|id| counter.outcome(JobId(id)).0);
    let printed = JobState::Confirmed(Evidence::CompletionReport);
    let lost = JobState::Unconfirmed(Doubt::Faulted);
    assert_eq!(ended, [printed, lost, printed, printed]);
    assert_eq!(paper.cuts(), 3);
    assert_eq!(paper.text().matches("line 00001").count(), 3);
    assert_eq!(printer.status().hindrance(), None);
    // Nothing of what the queue holds was lost on the way: it takes as many as before.
    let taken = (10..)
        .map(JobId)
        .take_while(|id| printer.print(*id, lines(3)).is_ok());
    assert!(taken.count() >= hal::MAX_WAITING);
}

#[test]
fn a_driver_that_fails_while_a_receipt_is_half_printed_doubles_nothing() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let (id, events) = failing(Often::Once, |event| {
        matches!(
            event,
            DeviceEvent::Job {
                state: JobState::Sending(Some(_)),
                ..
            }
        )
    });
    let printer = PrinterDevice::start(id, paper.link(), talkative(), events.clone()).unwrap();
    until("a printer", || printer.status().hindrance().is_none());
    // Slow enough that its paper can be taken in the middle.
    paper.set_slow(Some(10_000));
    printer.print(JobId(1), lines(900)).unwrap();
    printer.print(JobId(2), lines(2)).unwrap();
    until("some of it on paper", || {
        paper.text().contains("line 00020")
    });
    // The driver fails when it tells what holds the receipt.
    paper.set_paper(Paper::Empty);
    wait_for(&events, "the fault", |event| match event {
        DeviceEvent::Printer { status, .. } => {
            let faulted = Hindrance::Port(PortState::Faulted);
            (status.hindrance() == Some(faulted)).then(|| assert!(!faulted.remedy().is_empty()))
        }
        _ => None,
    });
    assert_eq!(
        end_of(&events, JobId(1)),
        JobState::Unconfirmed(Doubt::Faulted)
    );
    paper.set_slow(None);
    paper.set_paper(Paper::Present);
    let last = end_of(&events, JobId(2));
    assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
    let text = paper.text();
    assert!(text.matches("line 00020").count() == 1, "{text}");
    assert!(
        text.ends_with("line 00002 of a receipt that is rather long\n[cut]\n"),
        "{text}"
    );
}

#[test]
fn a_drawer_whose_driver_fails_opens_later_for_nobody() {
    let fuse: Fuse = |event| {
        matches!(
            event,
            DeviceEvent::Drawer {
                drawer: DrawerState::Open,
                ..
            }
        )
    };
    let counter = Counter::new();
    let device = VirtualDrawer::on_pty(counter.path("drawer")).unwrap();
    let (id, events) = failing(Often::Once, fuse);
    let drawer = DrawerDevice::start(id, device.port(), events.clone()).unwrap();
    until("a closed drawer", || drawer.drawer() == DrawerState::Closed);
    drawer.open_drawer(JobId(1)).unwrap();
    // It fails when it tells that the drawer opened.
    assert_eq!(
        end_of(&events, JobId(1)),
        JobState::Unconfirmed(Doubt::Faulted)
    );
    assert_eq!(device.pulses(), 1);
    until("its answer", || drawer.drawer() == DrawerState::Open);

    // One on a printer, while the driver fails each time that the printer answers.
    let paper = VirtualPrinter::on_pty(counter.path("printer")).unwrap();
    let (id, events) = failing(
        Often::Always,
        |event| matches!(event, DeviceEvent::Printer { status, .. } if status.responding),
    );
    let printer = PrinterDevice::start(id, paper.link(), generic(), events.clone()).unwrap();
    until("a failed driver", || {
        printer.status().port == PortState::Faulted
    });
    printer.open_drawer(JobId(1)).unwrap();
    let faulted = Hindrance::Port(PortState::Faulted);
    let refused = JobState::Failed(JobFailure::Hindered(faulted));
    assert_eq!(end_of(&events, JobId(1)), refused);
    mend(id);
    until("a printer", || printer.status().hindrance().is_none());
    assert_eq!(paper.kicks(), []);
}

#[test]
fn a_scanner_whose_driver_fails_says_that_a_code_was_lost_and_scans_on() {
    let (id, events) = failing(Often::Once, |event| {
        matches!(event, DeviceEvent::Scanned { .. })
    });
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let framing = Framing::suffixed();
    let _scanner = ScannerDevice::start(id, device.link(), framing, events.clone()).unwrap();
    device.scan("4006381333931").unwrap();
    wait_for(&events, "the fault", |event| match event {
        DeviceEvent::ScannerPort { port, .. } => (port == PortState::Faulted).then_some(()),
        _ => None,
    });
    wait_for(&events, "the loss", |event| match event {
        DeviceEvent::ScanRejected { fault, .. } => (fault == FrameFault::Lost).then_some(()),
        _ => None,
    });
    device.scan("96385074").unwrap();
    wait_for(&events, "the next code", |event| match event {
        DeviceEvent::Scanned { code, .. } => (code.text() == Some("96385074")).then_some(()),
        _ => None,
    });
}

#[test]
fn a_scale_and_a_display_whose_drivers_fail_weigh_and_show_the_latest() {
    let counter = Counter::new();
    let protocol = ScaleProtocol::Toledo8217;
    let device = VirtualScale::on_pty(counter.path("scale"), protocol).unwrap();
    device.put(1_255);
    let (id, events) = failing(
        Often::Once,
        |event| matches!(event, DeviceEvent::Scale { status, .. } if status.weight().is_some()),
    );
    let profile = ScaleProfile::new(protocol);
    let scale = ScaleDevice::start(id, device.link(), profile, events.clone()).unwrap();
    wait_for(&events, "the fault", |event| match event {
        DeviceEvent::Scale { status, .. } if status.port == PortState::Faulted => {
            assert_eq!(status.weight(), None);
            Some(())
        }
        _ => None,
    });
    until("a weight", || scale.status().weight().is_some());

    let dialect = DisplayDialect::Cd5220;
    let glass = VirtualLineDisplay::on_pty(counter.path("display"), dialect).unwrap();
    let (id, events) = failing(Often::Once, |event| {
        matches!(
            event,
            DeviceEvent::LineDisplayPort {
                port: PortState::Open,
                ..
            }
        )
    });
    let (link, profile) = (glass.link(), glass.profile());
    let display = LineDisplayDevice::start(id, link, profile, events.clone()).unwrap();
    let total = DisplayScreen::new(DisplayLine::new("Book"), DisplayLine::pair("Total", "7.99"));
    display.show(total).unwrap();
    wait_for(&events, "the fault", |event| match event {
        DeviceEvent::LineDisplayPort { port, .. } => (port == PortState::Faulted).then_some(()),
        _ => None,
    });
    until("the latest screen", || {
        glass.lines()[1] == "Total           7.99"
    });
}

#[test]
fn a_payment_whose_driver_fails_ends_with_what_was_charged() {
    let device = VirtualTerminal::on_tcp().unwrap();
    let fuse: Fuse = |event| match event {
        DeviceEvent::Payment { state, .. } => {
            matches!(&**state, PaymentState::Working(words) if words.contains("warten"))
        }
        _ => false,
    };
    let (id, events) = failing(Often::Once, fuse);
    device.pay_by_hand(500);
    let terminal = TerminalDevice::start(id, device.address(), quick(), events.clone()).unwrap();
    until("the terminal's last payment", || {
        terminal.status().last.booked.is_some()
    });
    pay(&terminal, "C1-1", 1_250);
    let mut doubts = Vec::new();
    let outcome = wait_for(&events, "what became of it", |event| match event {
        DeviceEvent::Payment { state, .. } => match *state {
            PaymentState::Ended(outcome) => Some(outcome),
            PaymentState::Unknown(doubt) => {
                doubts.push(doubt);
                None
            }
            _ => None,
        },
        _ => None,
    });
    assert_eq!(doubts.first(), Some(&PaymentDoubt::Faulted));
    // The card had been read, and the till was away: what the terminal did is what is told.
    let charged = || device.charges().iter().map(|it| it.cents).sum::<i64>();
    let paid = match outcome {
        PaymentOutcome::Approved(_) => 500 + 1_250,
        PaymentOutcome::NotCharged => 500,
        other => panic!("{other:?}"),
    };
    assert_eq!(charged(), paid);
    // And the next one goes on.
    pay(&terminal, "C1-2", 300);
    wait_for(&events, "the next payment", |event| match event {
        DeviceEvent::Payment { state, .. } => match *state {
            PaymentState::Ended(PaymentOutcome::Approved(_)) => Some(()),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(charged(), paid + 300);
}

#[test]
fn what_is_ordered_of_a_terminal_whose_driver_fails_is_not_begun_and_a_closing_is_asked_for() {
    let device = VirtualTerminal::on_tcp().unwrap();
    // It fails each time that it has reached the terminal.
    let (id, events) = failing(
        Often::Always,
        |event| matches!(event, DeviceEvent::Terminal { status, .. } if status.hindrance.is_none()),
    );
    let terminal = TerminalDevice::start(id, device.address(), quick(), events.clone()).unwrap();
    let faulted = TerminalHindrance::Port(PortState::Faulted);
    until("a failed driver", || {
        terminal.status().hindrance == Some(faulted)
    });
    pay(&terminal, "C1-1", 1_250);
    let outcome = wait_for(&events, "what became of it", |event| match event {
        DeviceEvent::Payment { state, .. } => match *state {
            PaymentState::Ended(outcome) => Some(outcome),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(outcome, PaymentOutcome::NotBegun(faulted));
    assert_eq!(device.charges(), []);
    mend(id);
    until("a terminal", || terminal.status().hindrance.is_none());

    // The driver fails when it tells the terminal's first word about its day.
    let closing: Fuse = |event| {
        matches!(
            event,
            DeviceEvent::TerminalDay {
                state: DayState::Working(_),
                ..
            }
        )
    };
    fuses().push((id, closing, Often::Once));
    terminal.close_day().unwrap();
    let state = wait_for(&events, "the day", |event| match event {
        DeviceEvent::TerminalDay { state, .. } if state.is_final() => Some(state),
        _ => None,
    });
    // The terminal keeps no payment, so that its day counts as closed; and it is closed again.
    assert!(matches!(state, DayState::Closed(_)), "{state:?}");
    terminal.close_day().unwrap();
}
