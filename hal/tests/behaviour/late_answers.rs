//! Answers that come late: none is taken for the answer to another question.

use std::time::Duration;

use hal::simulators::VirtualPrinter;
use hal::{
    BufferClear, CashDrawer, Cover, DeviceEvent, DrawerState, Evidence, Hindrance, JobId, JobState,
    Paper, PosPrinter, PrinterProfile, PrinterStatus,
};

use crate::support::{Counter, generic, lines, until};

/// How long the till waits for an answer here.
const ANSWER: Duration = Duration::from_millis(100);

fn hasty() -> PrinterProfile {
    let mut profile = generic();
    profile.timing.answer = ANSWER;
    profile
}

/// What was told of a printer that is well, its drawer open.
fn is_true(status: &PrinterStatus) -> bool {
    let well = status.cover == Cover::Closed && status.paper == Paper::Present;
    well && status.fault.is_none() && status.drawer != DrawerState::Closed
}

/// All that was told since it was last looked.
fn told(counter: &Counter) -> Vec<PrinterStatus> {
    let events = std::iter::from_fn(|| counter.events.try_receive().ok());
    let statuses = events.filter_map(|event| match event {
        DeviceEvent::Printer { status, .. } => Some(status),
        _ => None,
    });
    statuses.collect()
}

/// In the network and on a serial port.
fn printers(counter: &Counter) -> [VirtualPrinter; 2] {
    [VirtualPrinter::on_tcp().unwrap(), counter.printer_on_pty()]
}

#[test]
fn a_late_answer_is_never_taken_for_the_answer_to_another_question() {
    let counter = Counter::new();
    for paper in printers(&counter) {
        // In the answers an open drawer is what an open cover is in those to the next question.
        paper.set_drawer(DrawerState::Open);
        let printer = counter.start(paper.link(), hasty());
        until("an open drawer", || printer.drawer() == DrawerState::Open);
        told(&counter);
        let mut missed = 0;
        for late in [110, 130, 150, 170, 190, 210, 260, 310, 420] {
            // It is late for a while, and in time again at any moment of a round of questions.
            paper.set_late(Duration::from_millis(late));
            std::thread::sleep(ANSWER + Duration::from_millis(late * 2));
            paper.set_late(Duration::ZERO);
            std::thread::sleep(ANSWER);
            until("answers in time", || printer.status().responding);
            for status in told(&counter) {
                assert!(is_true(&status), "{late} ms late: {status:?}");
                missed += usize::from(!status.responding);
            }
        }
        assert!(missed > 0, "no answer was too late");
        // A sensor that was never seen to move is none.
        printer.open_drawer(JobId(1)).unwrap();
        let (last, _) = counter.outcome(JobId(1));
        assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
    }
}

#[test]
fn a_printer_that_is_always_late_is_understood_and_prints() {
    let counter = Counter::new();
    for paper in printers(&counter) {
        paper.set_drawer(DrawerState::Open);
        paper.set_late(ANSWER * 3 / 2);
        let mut profile = hasty();
        profile.buffer_clear = BufferClear::DleDc4;
        let printer = counter.start(paper.link(), profile);
        until("a printer", || printer.status().hindrance().is_none());
        printer.print(JobId(1), lines(2)).unwrap();
        let (last, _) = counter.outcome(JobId(1));
        assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
        for status in told(&counter) {
            assert!(is_true(&status), "{status:?}");
        }
        paper.set_paper(Paper::Empty);
        until("no paper", || {
            printer.status().hindrance() == Some(Hindrance::PaperEmpty)
        });
        paper.set_paper(Paper::Present);
        until("paper", || printer.status().hindrance().is_none());
    }
}

#[test]
fn questions_that_were_lost_are_not_waited_for_when_the_printer_is_back() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_drawer(DrawerState::Open);
    let printer = counter.start(paper.link(), hasty());
    until("a printer", || printer.status().hindrance().is_none());
    told(&counter);
    paper.set_power(false);
    until("a printer without power", || !printer.status().responding);
    std::thread::sleep(ANSWER * 5);
    paper.set_power(true);
    // It is a little late at first, as printers that are switched on are.
    paper.set_late(ANSWER * 3 / 2);
    std::thread::sleep(ANSWER * 5);
    paper.set_late(Duration::ZERO);
    until("a printer", || printer.status().hindrance().is_none());
    for status in told(&counter) {
        assert!(is_true(&status), "{status:?}");
    }
}
