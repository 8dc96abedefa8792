use hal::printer::{Sink, encode};
use hal::simulators::{Kick, VirtualPrinter};
use hal::{
    CashDrawer, Command, DeviceEvent, Doubt, DrawerState, Evidence, Hindrance, Image, Job,
    JobFailure, JobId, JobState, Paper, PosPrinter, PrinterHandle, PrinterProfile,
};

use crate::support::{Counter, generic, lines, talkative, until};

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
    assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
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
fn a_real_time_pulse_opens_the_drawer_while_a_receipt_is_stuck() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let mut profile = generic();
    profile.real_time_kick = true;
    let printer = stuck(&counter, &paper, profile, 20);
    printer.open_drawer(JobId(2)).unwrap();
    let (last, _) = counter.outcome(JobId(2));
    assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.kicks().len(), 1);
    paper.set_paper(Paper::Present);
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.kicks().len(), 1);
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
    assert_eq!(bytes, b"\x1b@\x1bt\x00\x1bp\x00\x19\xfa");
    let mut small = heapless::Vec::<u8, 4>::new();
    assert!(Sink::write(&mut small, &bytes).is_err());
}
