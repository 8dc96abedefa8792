use std::sync::Arc;
use std::time::Duration;

use hal::simulators::VirtualScanner;
use hal::traffic::Direction;
use hal::{
    DeviceEvent, DeviceId, ErrorKind, EventQueue, FrameFault, Framing, HalError, JobId,
    MAX_WAITING, Paper, PosPrinter, PrinterDevice, ScannerDevice, block_on,
};

use crate::support::{Counter, PATIENCE, generic, lines, receipt, until};

/// An event of a till, as a caller would have it.
enum TillEvent {
    Device(DeviceEvent),
}

impl From<DeviceEvent> for TillEvent {
    fn from(event: DeviceEvent) -> Self {
        TillEvent::Device(event)
    }
}

#[test]
fn scans_wait_for_room_in_the_callers_own_queue_and_none_is_lost() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let events = Arc::new(EventQueue::<TillEvent, 2>::new());
    let _scanner = ScannerDevice::start(
        DeviceId(1),
        device.link(),
        Framing::default(),
        events.clone(),
    )
    .unwrap();
    let mut expected = 0;
    for number in 0..100 {
        device.scan(&format!("code {number}")).unwrap();
    }
    while expected < 100 {
        let TillEvent::Device(event) = block_on(events.receive(), Some(PATIENCE)).unwrap();
        if let DeviceEvent::Scanned { code, .. } = event {
            assert_eq!(code.text(), Some(format!("code {expected}").as_str()));
            expected += 1;
        }
    }
}

#[test]
fn codes_without_suffix_that_waited_in_the_port_together_are_lost_and_never_joined() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner"))
        .unwrap()
        .suffix(b"");
    let events = Arc::new(EventQueue::<DeviceEvent, 1>::new());
    let framing = Framing::default();
    let scanner =
        ScannerDevice::start(DeviceId(1), device.link(), framing, events.clone()).unwrap();
    until("a full queue", || events.is_full());
    let codes = ["4006381333931", "96385074", "9780306406157"];
    // Ten a second. The first finds no room, and the others wait in the port for that.
    for code in codes {
        device.scan(code).unwrap();
        std::thread::sleep(Duration::from_millis(100));
    }
    let first = || scanner.traffic().bytes(Direction::FromDevice).len() >= codes[0].len();
    until("the first code", first);
    let mut told = Vec::new();
    while !told.contains(&Err(FrameFault::Lost)) {
        match block_on(events.receive(), Some(PATIENCE)).unwrap() {
            DeviceEvent::Scanned { code, .. } => told.push(Ok(code.text().unwrap().to_owned())),
            DeviceEvent::ScanRejected { fault, .. } => told.push(Err(fault)),
            _ => {}
        }
    }
    for code in told.into_iter().flatten() {
        assert!(codes.contains(&code.as_str()), "{code} was never scanned");
    }
    // Once it is listened to again, it is understood again.
    device.scan("96385074").unwrap();
    let next = loop {
        if let DeviceEvent::Scanned { code, .. } =
            block_on(events.receive(), Some(PATIENCE)).unwrap()
        {
            break code;
        }
    };
    assert_eq!(next.text(), Some("96385074"));
}

#[test]
fn a_status_that_found_no_room_is_told_later_in_its_latest_form() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let events = Arc::new(EventQueue::<DeviceEvent, 1>::new());
    let printer =
        PrinterDevice::start(DeviceId(1), paper.link(), generic(), events.clone()).unwrap();
    // The one place is taken by an earlier status; these pass unseen except for the last.
    for state in [Paper::NearEnd, Paper::Empty, Paper::NearEnd] {
        paper.set_paper(state);
        until("the paper", || printer.status().paper == state);
    }
    let mut last = None;
    while last != Some(Paper::NearEnd) {
        if let DeviceEvent::Printer { status, .. } =
            block_on(events.receive(), Some(PATIENCE)).unwrap()
        {
            last = Some(status.paper);
        }
    }
}

#[test]
fn a_printer_refuses_more_jobs_than_it_can_keep() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_paper(Paper::Empty);
    let printer = counter.start(paper.link(), generic());
    for number in 0..MAX_WAITING {
        printer.print(JobId(number as u32), lines(1)).unwrap();
    }
    let refused = printer.print(JobId(99), lines(1)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::QueueFull);
    let large = printer.print(JobId(99), lines(20_000)).unwrap_err();
    assert!(matches!(large, HalError::JobTooLarge { .. }));
}

#[test]
fn devices_stop_even_when_nobody_reads_their_events() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let events = Arc::new(EventQueue::<DeviceEvent, 1>::new());
    let printer =
        PrinterDevice::start(DeviceId(1), paper.link(), generic(), events.clone()).unwrap();
    let scanner = ScannerDevice::start(
        DeviceId(2),
        device.link(),
        Framing::default(),
        events.clone(),
    )
    .unwrap();
    printer.print(JobId(1), receipt()).unwrap();
    device.scan("one").unwrap();
    device.scan("two").unwrap();
    until("a full queue", || events.is_full());
    drop(printer);
    drop(scanner);
}
