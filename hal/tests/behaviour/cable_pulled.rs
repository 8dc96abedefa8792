use hal::simulators::VirtualPrinter;
use hal::{Doubt, Evidence, Hindrance, JobId, JobState, PortState, PosPrinter};

use crate::support::{Counter, generic, lines, receipt, talkative, until};

fn pulled_in_the_middle(paper: &VirtualPrinter, gone: PortState) {
    let counter = Counter::new();
    let printer = counter.start(paper.link(), generic());
    printer.print(JobId(0), receipt()).unwrap();
    counter.wait_for_job(JobId(0), JobState::Confirmed(Evidence::ErrorFreeStatus));
    paper.unplug_after(3_000);
    printer.print(JobId(1), lines(4_000)).unwrap();
    printer.print(JobId(2), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::LinkLost));
    let absent = Hindrance::Port(gone);
    counter.wait_for_job(JobId(2), JobState::Queued(Some(absent)));
    assert_eq!(printer.status().hindrance(), Some(absent));

    // The first job is not printed again; the one that had not begun is.
    paper.clear();
    paper.plug().unwrap();
    counter.wait_for_job(JobId(2), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert!(!paper.text().contains("line "));
    assert!(paper.text().contains("Harbour Books"));
    assert_eq!(paper.unknown(), []);
}

#[test]
fn a_serial_cable_pulled_in_the_middle_leaves_the_job_unconfirmed() {
    let counter = Counter::new();
    pulled_in_the_middle(&counter.printer_on_pty(), PortState::Absent);
}

#[test]
fn a_network_cable_pulled_in_the_middle_leaves_the_job_unconfirmed() {
    // The machine that it runs on answers all the same.
    pulled_in_the_middle(&VirtualPrinter::on_tcp().unwrap(), PortState::Refused);
}

#[test]
fn a_cable_pulled_before_the_completion_report_leaves_the_job_unconfirmed() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_completion_reports(false);
    let printer = counter.start(paper.link(), talkative());
    printer.print(JobId(1), receipt()).unwrap();
    counter.wait_for_job(JobId(1), JobState::Sending(None));
    until("the cut", || paper.cuts() > 0);
    paper.unplug();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::LinkLost));
}
