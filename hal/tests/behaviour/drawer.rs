use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use hal::printer::{Sink, Typesetter, encode};
use hal::simulators::{Kick, VirtualPrinter};
use hal::{
    CashDrawer, Command, DeviceEvent, Doubt, DrawerState, Evidence, Hindrance, Image, Job,
    JobFailure, JobId, JobState, Paper, PosPrinter, PrinterDevice, PrinterHandle, PrinterProfile,
};

use crate::support::{Counter, PRINTER, generic, lines, talkative, until};

#[test]
fn a_kick_opens_the_drawer_with_both_times_and_the_drawer_says_so() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), generic());
    printer.open_drawer(JobId(1)).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
    let drawer = |wanted: DrawerState| {
        counter.wait_for(&format!("drawer {wanted:?}"), |event| match event {
            DeviceEvent::Drawer { drawer, .. } if *drawer == wanted => Some(()),
            _ => None,
        });
    };
    drawer(DrawerState::Open);
    assert_eq!(printer.drawer(), DrawerState::Open);
    let pulse = Kick {
        pin: 2,
        on_ms: 50,
        off_ms: 500,
    };
    assert_eq!(paper.kicks(), [pulse]);
    paper.set_drawer(DrawerState::Closed);
    drawer(DrawerState::Closed);
}

#[test]
fn a_drawer_whose_sensor_still_shows_it_closed_is_not_taken_for_open() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), generic());
    let kick = |id, wanted| {
        printer.open_drawer(JobId(id)).unwrap();
        let (last, _) = counter.outcome(JobId(id));
        assert_eq!(last, wanted, "kick {id}");
    };
    // Whether there is a sensor is not known yet.
    kick(1, JobState::Confirmed(Evidence::ErrorFreeStatus));
    until("an open drawer", || printer.drawer() == DrawerState::Open);
    paper.set_drawer(DrawerState::Closed);
    until("a closed drawer", || {
        printer.drawer() == DrawerState::Closed
    });
    kick(2, JobState::Confirmed(Evidence::Sensor));
    paper.set_drawer(DrawerState::Closed);
    paper.set_drawer_stuck(true);
    until("a closed drawer", || {
        printer.drawer() == DrawerState::Closed
    });
    kick(3, JobState::Unconfirmed(Doubt::NoAnswer));
    assert_eq!(paper.kicks().len(), 3);
    assert_eq!(printer.drawer(), DrawerState::Closed);
}

#[test]
fn a_drawer_that_cannot_open_now_does_not_spring_open_later() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_paper(Paper::Empty);
    let printer = counter.start(paper.link(), generic());
    printer.open_drawer(JobId(1)).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    let reason = JobFailure::Hindered(Hindrance::PaperEmpty);
    assert_eq!(last, JobState::Failed(reason));
    paper.set_paper(Paper::Present);
    printer.print(JobId(2), lines(1)).unwrap();
    counter.wait_for_job(JobId(2), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.kicks(), []);
}

#[test]
fn a_printer_that_obeys_real_time_pulses_opens_the_drawer_without_paper() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_paper(Paper::Empty);
    let mut profile = generic();
    profile.real_time_kick = true;
    let printer = counter.start(paper.link(), profile);
    printer.open_drawer(JobId(1)).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Confirmed(Evidence::Taken));
    assert_eq!(paper.kicks().len(), 1);
}

/// Prints a job of so many lines as job 1, and takes the paper away in the middle of it.
fn stuck(
    counter: &Counter,
    paper: &VirtualPrinter,
    profile: PrinterProfile,
    count: usize,
) -> PrinterHandle {
    paper.set_slow(Some(2_000));
    let printer = counter.start(paper.link(), profile);
    printer.print(JobId(1), lines(count)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Sending(None));
    paper.set_paper(Paper::Empty);
    paper.set_slow(None);
    let hindrance = Some(Hindrance::PaperEmpty);
    counter.wait_for_job(JobId(1), JobState::Sending(hindrance));
    printer
}

#[test]
fn a_drawer_that_cannot_open_because_a_receipt_is_stuck_says_so_and_stays_closed() {
    // The first fits into the printer; of the second most is still to be sent.
    for (profile, count) in [(generic(), 20), (talkative(), 2_000)] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let printer = stuck(&counter, &paper, profile, count);
        printer.open_drawer(JobId(2)).unwrap();
        let (last, _) = counter.outcome(JobId(2));
        let reason = JobFailure::Hindered(Hindrance::PaperEmpty);
        assert_eq!(last, JobState::Failed(reason), "{count} lines");
        paper.set_paper(Paper::Present);
        let (last, _) = counter.outcome(JobId(1));
        assert!(matches!(last, JobState::Confirmed(_)), "{last:?}");
        assert_eq!(paper.kicks(), [], "{count} lines");
    }
}

#[test]
fn a_till_that_is_shut_down_while_a_receipt_is_stuck_waits_for_no_paper() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = stuck(&counter, &paper, talkative(), 6_000);
    drop(printer);
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::Stopped));
}

#[test]
fn a_real_time_pulse_opens_the_drawer_while_a_receipt_is_stuck() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let mut profile = generic();
    profile.real_time_kick = true;
    let printer = stuck(&counter, &paper, profile, 20);
    printer.open_drawer(JobId(2)).unwrap();
    let (last, _) = counter.outcome(JobId(2));
    assert_eq!(last, JobState::Confirmed(Evidence::Taken));
    assert_eq!(paper.kicks().len(), 1);
    paper.set_paper(Paper::Present);
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.kicks().len(), 1);
}

#[test]
fn a_real_time_pulse_that_a_picture_has_the_printer_ignore_is_not_taken_for_obeyed() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let mut profile = generic();
    profile.real_time_kick = true;
    profile.real_time_switch = true;
    let printer = counter.start_in_step(paper.link(), profile);
    paper.set_slow(Some(2_000));
    let rows = vec![0xFF; 72 * 24];
    let mut job = Job::new();
    job.image(Image::new(576, 24, &rows).unwrap()).cut();
    printer.print(JobId(2), job).unwrap();
    counter.wait_for_job(JobId(2), JobState::Sending(None));
    // The printer is in the middle of the picture.
    paper.set_paper(Paper::Empty);
    paper.set_slow(None);
    let hindrance = Some(Hindrance::PaperEmpty);
    counter.wait_for_job(JobId(2), JobState::Sending(hindrance));
    printer.open_drawer(JobId(3)).unwrap();
    let (last, _) = counter.outcome(JobId(3));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
}

#[test]
fn a_drawer_opens_while_a_receipt_waits_for_its_report() {
    for real_time_kick in [false, true] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let mut profile = talkative();
        profile.real_time_kick = real_time_kick;
        let printer = counter.start_in_step(paper.link(), profile);
        // The receipt takes a while, and its end is never told.
        paper.set_completion_reports(false);
        paper.set_slow(Some(1_500));
        printer.print(JobId(2), lines(20)).unwrap();
        until("half of the receipt", || {
            paper.text().contains("line 00010")
        });
        printer.open_drawer(JobId(3)).unwrap();
        let (last, _) = counter.outcome(JobId(3));
        assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
        until("a pulse", || paper.kicks().len() == 1);
        assert_eq!(paper.kicks()[0].off_ms == 0, real_time_kick);
        assert!(paper.text().contains("line 00020"));
        let known = paper.unknown();
        assert_eq!(known, []);
    }
}

/// Sets a job when it is told to.
struct Gate(Mutex<Receiver<()>>);

impl Typesetter for Gate {
    fn typeset(&mut self, job: Job, _: &PrinterProfile) -> Job {
        let _ = self.0.lock().unwrap().recv();
        job
    }
}

#[test]
fn a_drawer_opens_between_two_lines_of_a_receipt() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let (open, gate) = channel();
    let events = counter.events.clone();
    let gate = Gate(Mutex::new(gate));
    let printer =
        PrinterDevice::start_with(PRINTER, paper.link(), generic(), gate, events).unwrap();
    printer.print(JobId(1), lines(20)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Sending(None));
    printer.open_drawer(JobId(2)).unwrap();
    open.send(()).unwrap();
    let (last, _) = counter.outcome(JobId(2));
    assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.kicks().len(), 1);
    let bytes = paper.bytes();
    let place = |what: &[u8]| bytes.windows(what.len()).position(|it| it == what);
    assert!(place(b"\x1bp\x00") < place(b"line 00002"), "not in between");
    let text = paper.text();
    assert!(text.contains("line 00001") && text.contains("line 00020"));
    assert_eq!(paper.unknown(), []);
}

#[test]
fn a_drawer_that_a_slow_receipt_keeps_waiting_stays_shut() {
    // Of one all bytes are out, and lie in the port; of the other most are still to be sent.
    for count in [1_000, 6_000] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let printer = counter.start_in_step(paper.link(), talkative());
        paper.set_slow(Some(4_000));
        printer.print(JobId(2), lines(count)).unwrap();
        until("its beginning", || paper.text().contains("line 00020"));
        printer.open_drawer(JobId(3)).unwrap();
        let (last, _) = counter.outcome(JobId(3));
        assert_eq!(last, JobState::Failed(JobFailure::Late), "{count} lines");
        paper.set_slow(None);
        let (last, _) = counter.outcome(JobId(2));
        let printed = JobState::Confirmed(Evidence::CompletionReport);
        assert_eq!(last, printed, "{count} lines");
        assert_eq!(paper.kicks(), [], "{count} lines");
        printer.open_drawer(JobId(4)).unwrap();
        let (last, _) = counter.outcome(JobId(4));
        assert!(matches!(last, JobState::Confirmed(_)), "{last:?}");
    }
}

/// A picture that contains the bytes of a real-time pulse, also across the end of a row.
const TRAP: [u8; 16] = [
    0x10, 0x14, 0x01, 0x00, 0x01, 0, 0, 0x10, 0x14, 0x01, 0x00, 0x01, 0, 0, 0, 0,
];

#[test]
fn a_picture_that_contains_a_pulse_does_not_open_the_drawer() {
    for real_time_switch in [false, true] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let mut profile = talkative();
        profile.real_time_switch = real_time_switch;
        let printer = counter.start(paper.link(), profile);
        let mut job = Job::new();
        job.image(Image::new(64, 2, &TRAP).unwrap()).cut();
        printer.print(JobId(1), job).unwrap();
        counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
        assert_eq!(paper.kicks(), [], "switch {real_time_switch}");
        assert_eq!(paper.unknown(), []);
    }
}

#[test]
fn the_virtual_printer_does_fall_into_that_trap_when_nobody_takes_care() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let hal::PrinterLink::Serial(link) = paper.link() else {
        panic!("a pty is a serial port");
    };
    let mut bytes: Vec<u8> = vec![0x1D, b'v', b'0', 0, 8, 0, 2, 0];
    bytes.extend(TRAP);
    std::fs::write(link.path, bytes).unwrap();
    until("two pulses", || paper.kicks().len() == 2);
}

#[test]
fn a_pulse_within_a_job_carries_both_times() {
    let mut bytes = Vec::new();
    encode([Command::Kick], &generic(), None, &mut bytes).unwrap();
    assert_eq!(bytes, b"\x1b@\x1c.\x1bR\x00\x1bt\x00\x1bp\x00\x19\xfa");
    let mut small = heapless::Vec::<u8, 4>::new();
    assert!(Sink::write(&mut small, &bytes).is_err());
}
