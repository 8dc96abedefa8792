//! The ways a printer and a drawer can hang on the till.

use std::net::{Ipv4Addr, TcpListener};

use hal::simulators::{VirtualDrawer, VirtualPrinter};
use hal::{
    CashDrawer, DeviceEvent, Dialect, Doubt, DrawerDevice, DrawerState, Evidence, FlowControl,
    Hindrance, JobFailure, JobId, JobState, Paper, PortState, PosPrinter, PrinterLink,
    PrinterProfile, UsbLink,
};

use crate::support::{Counter, PRINTER, generic, lines, quick, receipt, talkative, until};

#[test]
fn a_receipt_is_printed_on_a_usb_printer_and_its_status_read_back() {
    let counter = Counter::new();
    let paper = VirtualPrinter::on_usb(counter.path("lp0")).unwrap();
    let printer = counter.start(paper.link(), talkative());
    printer.print(JobId(1), receipt()).unwrap();
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
    assert_eq!(paper.unknown(), []);
    assert_eq!(paper.cuts(), 1);
    paper.set_paper(Paper::Empty);
    counter.wait_for_status("no paper", |status| status.paper == Paper::Empty);
}

#[test]
fn a_usb_printer_that_takes_nothing_never_holds_the_till() {
    let counter = Counter::new();
    let paper = VirtualPrinter::on_usb(counter.path("lp0")).unwrap();
    paper.set_slow(Some(5_000));
    let mut profile = talkative();
    profile.timing.stall = std::time::Duration::from_millis(300);
    let printer = counter.start(paper.link(), profile);
    printer.print(JobId(1), lines(4_000)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Sending(None));
    paper.set_full(true);
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::WriteStalled));
    // Ends at once, although the driver still has bytes.
    drop(printer);
}

#[test]
fn a_usb_printer_that_is_not_plugged_in_is_absent() {
    let counter = Counter::new();
    let link = PrinterLink::Usb(UsbLink::Id {
        vendor: 0xFFFF,
        product: 0xFFFF,
        serial: None,
    });
    let printer = counter.start(link, generic());
    printer.print(JobId(1), receipt()).unwrap();
    let absent = Hindrance::Port(PortState::Absent);
    counter.wait_for_job(JobId(1), JobState::Queued(Some(absent)));
}

#[test]
fn a_network_device_that_takes_no_connection_is_no_absent_one() {
    let counter = Counter::new();
    // The machine is there, and nothing listens.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let printer = counter.start(PrinterLink::Tcp(address), generic());
    printer.print(JobId(1), receipt()).unwrap();
    let refused = Hindrance::Port(PortState::Refused);
    counter.wait_for_job(JobId(1), JobState::Queued(Some(refused)));
    assert!(refused.remedy().contains("another till"));
}

#[test]
fn xon_and_xoff_keep_a_full_printer_from_losing_bytes() {
    // The second shows that this printer does lose what it cannot keep.
    for (flow, all, rate) in [
        (FlowControl::Software, true, 200_000),
        (FlowControl::None, false, 1_000),
    ] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let PrinterLink::Serial(link) = paper.link() else {
            panic!("a pty is a serial port");
        };
        let mut profile = talkative();
        if !all {
            // Its report is among what is lost.
            profile.timing.completion = std::time::Duration::from_millis(300);
        }
        let link = PrinterLink::Serial(link.flow(flow));
        let printer = counter.start_in_step(link, profile);
        paper.clear();
        paper.set_flow_by_bytes(rate);
        printer.print(JobId(2), lines(3_500)).unwrap();
        let (last, _) = counter.outcome(JobId(2));
        assert_eq!(paper.lost() == 0, all, "{flow:?}, {} lost", paper.lost());
        if all {
            assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
            assert_eq!(paper.text().lines().count(), 3_501);
        } else {
            assert!(matches!(last, JobState::Unconfirmed(_)), "{last:?}");
        }
    }
}

/// A printer on a pty, and a port that it stops by XOFF.
fn stopped_by_bytes(paper: &VirtualPrinter) -> PrinterLink {
    let PrinterLink::Serial(link) = paper.link() else {
        panic!("a pty is a serial port");
    };
    PrinterLink::Serial(link.flow(FlowControl::Software))
}

#[test]
fn an_xoff_that_no_xon_follows_does_not_silence_a_printer_for_ever() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let mut profile = talkative();
    profile.timing.answer = std::time::Duration::from_millis(100);
    let printer = counter.start_in_step(stopped_by_bytes(&paper), profile);
    // Noise on the line.
    paper.send(&[0x13]);
    counter.wait_for_status("a silent printer", |status| !status.responding);
    printer.print(JobId(2), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(2));
    assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
    assert!(paper.text().contains("Harbour Books"));
    assert_eq!(paper.unknown(), []);
}

#[test]
fn a_star_printers_count_may_be_xon_or_xoff() {
    let counter = Counter::new();
    let paper = VirtualPrinter::on_pty_in(counter.path("star"), Dialect::Star).unwrap();
    let profile = quick(PrinterProfile::star_prnt());
    let printer = counter.start(stopped_by_bytes(&paper), profile);
    // It counts by itself: the 17th report has an XON in it, the 19th an XOFF.
    for id in 1..=21 {
        printer.print(JobId(id), lines(1)).unwrap();
        let (last, _) = counter.outcome(JobId(id));
        let reported = JobState::Confirmed(Evidence::CompletionReport);
        assert_eq!(last, reported, "job {id}");
    }
    assert_eq!(paper.cuts(), 21);
}

#[test]
fn without_flow_control_a_long_job_whose_paper_ended_is_not_taken_for_printed() {
    for (count, wanted) in [
        (20, JobState::Confirmed(Evidence::ErrorFreeStatus)),
        (400, JobState::Unconfirmed(Doubt::Overrun)),
    ] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        paper.set_unstoppable(true);
        let printer = counter.start_in_step(paper.link(), generic());
        paper.set_slow(Some(2_000));
        printer.print(JobId(2), lines(count)).unwrap();
        counter.wait_for_job(JobId(2), JobState::Sending(None));
        paper.set_paper(Paper::Empty);
        paper.set_slow(None);
        let held = JobState::Sending(Some(Hindrance::PaperEmpty));
        counter.wait_for_job(JobId(2), held);
        paper.set_paper(Paper::Present);
        let (last, _) = counter.outcome(JobId(2));
        assert_eq!(last, wanted, "{count} lines, {} lost", paper.lost());
        assert_eq!(paper.lost() > 0, count > 20);
    }
}

#[test]
fn a_printer_that_never_answers_prints_and_a_person_is_asked() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    // The line back to the till is not connected.
    paper.set_mute(true);
    let mut profile = generic();
    profile.answers = false;
    let printer = counter.start(paper.link(), profile);
    for id in [1, 2] {
        printer.print(JobId(id), receipt()).unwrap();
        let (last, _) = counter.outcome(JobId(id));
        assert_eq!(last, JobState::Unconfirmed(Doubt::NeverAnswers));
    }
    until("both", || paper.cuts() == 2);
    assert_eq!(paper.text().matches("Harbour Books").count(), 2);
    assert_eq!(paper.unknown(), []);
    assert_eq!(printer.status().hindrance(), None);
    printer.open_drawer(JobId(3)).unwrap();
    let (last, _) = counter.outcome(JobId(3));
    assert_eq!(last, JobState::Confirmed(Evidence::Taken));
    until("the pulse", || paper.kicks().len() == 1);
    paper.unplug();
    printer.print(JobId(4), receipt()).unwrap();
    let absent = Hindrance::Port(PortState::Absent);
    counter.wait_for_job(JobId(4), JobState::Queued(Some(absent)));
}

#[test]
fn a_drawer_on_its_own_port_opens_and_its_sensor_says_so() {
    let counter = Counter::new();
    let device = VirtualDrawer::on_pty(counter.path("drawer")).unwrap();
    let drawer = DrawerDevice::start(PRINTER, device.port(), counter.events.clone()).unwrap();
    let wait_for = |wanted: DrawerState| {
        counter.wait_for(&format!("{wanted:?}"), |event| match event {
            DeviceEvent::Drawer { drawer, .. } if *drawer == wanted => Some(()),
            _ => None,
        });
    };
    wait_for(DrawerState::Closed);
    drawer.open_drawer(JobId(1)).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Confirmed(Evidence::Sensor));
    assert_eq!(device.pulses(), 1);
    assert_eq!(drawer.drawer(), DrawerState::Open);
    assert_eq!(drawer.port(), PortState::Open);
    device.set(DrawerState::Closed);
    wait_for(DrawerState::Closed);

    // Without a sensor there is nobody to say so.
    drop(drawer);
    let mut silent = device.port();
    silent.sensor = None;
    let drawer = DrawerDevice::start(PRINTER, silent, counter.events.clone()).unwrap();
    counter.wait_for("an open port", |event| match event {
        DeviceEvent::DrawerPort { port, .. } if *port == PortState::Open => Some(()),
        _ => None,
    });
    drawer.open_drawer(JobId(2)).unwrap();
    let (last, _) = counter.outcome(JobId(2));
    assert_eq!(last, JobState::Confirmed(Evidence::Taken));
}

#[test]
fn a_drawer_that_is_stuck_or_away_says_so() {
    let counter = Counter::new();
    let device = VirtualDrawer::on_pty(counter.path("drawer")).unwrap();
    device.set_stuck(true);
    let drawer = DrawerDevice::start(PRINTER, device.port(), counter.events.clone()).unwrap();
    counter.wait_for("a closed drawer", |event| match event {
        DeviceEvent::Drawer { drawer, .. } if *drawer == DrawerState::Closed => Some(()),
        _ => None,
    });
    drawer.open_drawer(JobId(1)).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
    drop(device);
    counter.wait_for("an absent port", |event| match event {
        DeviceEvent::DrawerPort { port, .. } if *port == PortState::Absent => Some(()),
        _ => None,
    });
    drawer.open_drawer(JobId(2)).unwrap();
    let (last, _) = counter.outcome(JobId(2));
    let away = Hindrance::Port(PortState::Absent);
    assert_eq!(last, JobState::Failed(JobFailure::Hindered(away)));
}
