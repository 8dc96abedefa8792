use hal::simulators::{VirtualPrinter, VirtualScanner};
use hal::{
    DeviceEvent, DeviceId, Evidence, FrameFault, Framing, Hindrance, JobId, JobState, PortState,
    PosPrinter, Scanner, ScannerDevice,
};

use crate::support::{Counter, generic, receipt};

fn wait_for_port(counter: &Counter, wanted: PortState) {
    counter.wait_for(&format!("port {wanted:?}"), |event| match event {
        DeviceEvent::ScannerPort { port, .. } if *port == wanted => Some(()),
        _ => None,
    });
}

fn wait_for_code(counter: &Counter, wanted: &str) {
    counter.wait_for(wanted, |event| match event {
        DeviceEvent::Scanned { code, .. } => {
            assert_eq!(code.text(), Some(wanted));
            Some(())
        }
        _ => None,
    });
}

#[test]
fn a_scanner_that_vanishes_and_comes_back_scans_on() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let framing = Framing::default();
    let scanner =
        ScannerDevice::start(DeviceId(1), device.link(), framing, counter.events.clone()).unwrap();
    wait_for_port(&counter, PortState::Open);
    device.scan("before").unwrap();
    wait_for_code(&counter, "before");

    device.unplug();
    wait_for_port(&counter, PortState::Absent);
    assert_eq!(scanner.port(), PortState::Absent);

    device.plug().unwrap();
    wait_for_port(&counter, PortState::Open);
    device.scan("after").unwrap();
    wait_for_code(&counter, "after");
}

#[test]
fn half_a_code_before_the_cable_was_pulled_is_not_joined_to_the_next() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let framing = Framing {
        timeout: std::time::Duration::from_secs(600),
        suffixed: false,
    };
    let _scanner =
        ScannerDevice::start(DeviceId(1), device.link(), framing, counter.events.clone()).unwrap();
    wait_for_port(&counter, PortState::Open);
    device.send(b"whole\r97800").unwrap();
    wait_for_code(&counter, "whole");
    device.unplug();
    counter.wait_for("half a code", |event| match event {
        DeviceEvent::ScanRejected { fault, .. } => {
            assert_eq!(*fault, FrameFault::Truncated { length: 5 });
            Some(())
        }
        _ => None,
    });
    wait_for_port(&counter, PortState::Absent);
    device.plug().unwrap();
    wait_for_port(&counter, PortState::Open);
    device.scan("4006381333931").unwrap();
    wait_for_code(&counter, "4006381333931");
}

#[test]
fn a_printer_that_is_switched_on_late_prints_what_waited() {
    let counter = Counter::new();
    let paper = VirtualPrinter::on_tcp().unwrap();
    paper.unplug();
    let printer = counter.start(paper.link(), generic());
    printer.print(JobId(1), receipt()).unwrap();
    // The machine that it runs on answers all the same.
    let refused = Hindrance::Port(PortState::Refused);
    counter.wait_for_job(JobId(1), JobState::Queued(Some(refused)));
    paper.plug().unwrap();
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.cuts(), 1);
}

#[test]
fn a_serial_port_that_is_no_serial_port_is_named_as_failed() {
    let counter = Counter::new();
    let path = counter.path("file");
    std::fs::write(&path, b"").unwrap();
    let link = hal::PrinterLink::Serial(hal::SerialLink::new(path, 19_200));
    let _printer = counter.start(link, generic());
    counter.wait_for_status("a failed port", |status| status.port == PortState::Failed);
}

#[test]
fn a_port_where_another_device_talks_is_named() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let mut profile = generic();
    profile.timing.answer = std::time::Duration::from_millis(50);
    let link = hal::PrinterLink::Serial(device.link());
    let printer = counter.start(link, profile);
    printer.print(JobId(1), receipt()).unwrap();
    let wrong = JobState::Queued(Some(Hindrance::OtherDialect));
    counter.wait_for("another language", |event| {
        // A scanner that somebody uses, on the printer's port.
        device.scan("9780000001009").unwrap();
        match event {
            DeviceEvent::Job { state, .. } if *state == wrong => Some(()),
            _ => None,
        }
    });
    assert!(!Hindrance::OtherDialect.remedy().is_empty());
    assert_eq!(
        Hindrance::OtherDialect.to_string(),
        "answers in another language"
    );
}

#[test]
fn a_port_that_another_device_owns_is_named_as_busy() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let start = |id| {
        let events = counter.events.clone();
        ScannerDevice::start(DeviceId(id), device.link(), Framing::default(), events).unwrap()
    };
    let _owner = start(1);
    wait_for_port(&counter, PortState::Open);
    let _late = start(2);
    wait_for_port(&counter, PortState::Busy);
}
