use hal::{Cover, Evidence, Hindrance, JobId, JobState, Paper, PosPrinter};

use crate::support::{Counter, generic, lines, receipt, talkative};

#[test]
fn jobs_wait_for_paper_and_are_then_printed_by_themselves_once_and_in_order() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), talkative());
    printer.print(JobId(1), lines(1)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));

    paper.set_paper(Paper::Empty);
    paper.clear();
    let mut second = hal::Job::new();
    second.text("second");
    let mut third = hal::Job::new();
    third.text("third");
    printer.print(JobId(2), second).unwrap();
    printer.print(JobId(3), third).unwrap();
    counter.wait_for_job(JobId(2), JobState::Queued(Some(Hindrance::PaperEmpty)));
    assert_eq!(paper.text(), "\n");

    paper.set_paper(Paper::NearEnd);
    counter.wait_for_job(JobId(3), JobState::Confirmed(Evidence::CompletionReport));
    assert_eq!(paper.text(), "second\nthird\n");
    assert_eq!(printer.status().paper, Paper::NearEnd);
    assert_eq!(printer.status().hindrance(), None);
}

#[test]
fn paper_that_ends_in_the_middle_holds_the_job_and_nothing_is_printed_twice() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_slow(Some(20_000));
    let printer = counter.start(paper.link(), talkative());
    printer.print(JobId(1), lines(300)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Sending(None));
    paper.set_paper(Paper::Empty);
    counter.wait_for_job(JobId(1), JobState::Sending(Some(Hindrance::PaperEmpty)));
    paper.set_slow(None);
    paper.set_paper(Paper::Present);
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
    let expected: String = (1..=300)
        .map(|number| format!("line {number:05} of a receipt that is rather long\n"))
        .collect();
    assert_eq!(paper.text(), expected + "[cut]\n");
    assert_eq!(paper.unknown(), []);
}

#[test]
fn an_open_cover_at_the_end_holds_a_job_that_cannot_be_reported_complete() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_slow(Some(2_000));
    let printer = counter.start(paper.link(), generic());
    printer.print(JobId(1), lines(20)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Sending(None));
    // Everything fits into the printer's buffer, so all bytes are taken at once.
    paper.set_cover(Cover::Open);
    paper.set_slow(None);
    counter.wait_for_job(JobId(1), JobState::Sending(Some(Hindrance::CoverOpen)));
    paper.set_cover(Cover::Closed);
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert!(paper.text().contains("line 00020"));
}

#[test]
fn a_job_that_waits_for_paper_can_be_taken_back() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_paper(Paper::Empty);
    let printer = counter.start(paper.link(), generic());
    printer.print(JobId(1), receipt()).unwrap();
    counter.wait_for_job(JobId(1), JobState::Queued(Some(Hindrance::PaperEmpty)));
    printer.cancel(JobId(1)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Failed(hal::JobFailure::Cancelled));
    paper.set_paper(Paper::Present);
    printer.print(JobId(2), lines(1)).unwrap();
    counter.wait_for_job(JobId(2), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert!(!paper.text().contains("Harbour Books"));
}
