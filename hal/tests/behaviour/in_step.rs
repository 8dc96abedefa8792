//! A printer that keeps its power while a job is broken off stands in the middle of a command.

use std::time::Duration;

use hal::simulators::VirtualPrinter;
use hal::{
    BufferClear, Dialect, Doubt, Evidence, Image, Job, JobId, JobState, PosPrinter, PrinterHandle,
    PrinterProfile,
};

use crate::support::{Counter, generic, quick, receipt, until};

/// A picture of several bands, black.
fn picture() -> Job {
    let rows = vec![0xFF; 72 * 600];
    let mut job = Job::new();
    job.image(Image::new(576, 600, &rows).unwrap()).cut();
    job
}

/// Starts a printer that is in step, with a clean sheet.
fn started(counter: &Counter, paper: &VirtualPrinter, profile: PrinterProfile) -> PrinterHandle {
    let printer = counter.start_in_step(paper.link(), profile);
    assert_eq!(paper.unknown(), []);
    paper.clear();
    printer
}

/// Has a receipt printed after what was broken off, and looks at all of it.
fn prints_whole(counter: &Counter, paper: &VirtualPrinter, printer: &PrinterHandle, what: &str) {
    printer.print(JobId(3), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(3));
    assert!(matches!(last, JobState::Confirmed(_)), "{what}: {last:?}");
    until("the receipt", || paper.cuts() > 0);
    is_whole(paper, what);
}

/// The whole of the receipt is on the paper, after what is left of a picture.
fn is_whole(paper: &VirtualPrinter, what: &str) {
    let text = paper.text();
    let receipt = text.find("Harbour Books").map(|at| &text[at..]);
    let receipt = receipt.unwrap_or_else(|| panic!("{what}: no head in {text:?}"));
    // One that prints no codes prints what stands in them.
    for part in ["The Salt Road", "9780000001009", "https://"] {
        assert!(receipt.contains(part), "{what}: no {part} in {text:?}");
    }
    assert_eq!(receipt.matches("[cut]").count(), 1, "{what}");
    assert_eq!(paper.unknown(), [], "{what}");
}

/// Every way to get in step: filled up, cleared, reset.
fn ways() -> [(&'static str, Dialect, PrinterProfile); 5] {
    let mut in_stripes = quick(PrinterProfile::epson_tm_u220());
    in_stripes.dots_per_line = 576;
    in_stripes.columns = 48;
    [
        ("generic80", Dialect::EscPos, generic()),
        (
            "epson-tm-t20",
            Dialect::EscPos,
            quick(PrinterProfile::epson_tm_t20()),
        ),
        ("epson-tm-u220", Dialect::EscPos, in_stripes),
        (
            "star-mcprint3",
            Dialect::Star,
            quick(PrinterProfile::star_prnt()),
        ),
        (
            "star-tsp650",
            Dialect::Star,
            quick(PrinterProfile::star_tsp650()),
        ),
    ]
}

#[test]
fn the_job_after_one_that_was_broken_off_in_a_picture_is_whole() {
    for (name, dialect, profile) in ways() {
        let counter = Counter::new();
        let paper = VirtualPrinter::on_pty_in(counter.path("printer"), dialect).unwrap();
        let printer = started(&counter, &paper, profile);
        paper.unplug_after(5_000);
        printer.print(JobId(2), picture()).unwrap();
        let (last, _) = counter.outcome(JobId(2));
        assert_eq!(last, JobState::Unconfirmed(Doubt::LinkLost), "{name}");
        paper.plug().unwrap();
        prints_whole(&counter, &paper, &printer, name);
    }
}

#[test]
fn the_first_job_of_a_till_that_was_switched_off_in_a_picture_is_whole() {
    for (name, dialect, profile) in ways() {
        let counter = Counter::new();
        let paper = VirtualPrinter::on_pty_in(counter.path("printer"), dialect).unwrap();
        let printer = started(&counter, &paper, profile.clone());
        // The till's power goes with most of a picture in its port.
        paper.unplug_after(5_000);
        printer.print(JobId(2), picture()).unwrap();
        counter.outcome(JobId(2));
        drop(printer);
        paper.plug().unwrap();
        let printer = counter.start(paper.link(), profile);
        prints_whole(&counter, &paper, &printer, name);
    }
}

#[test]
fn a_printer_that_does_not_know_how_to_clear_its_buffer_is_filled_up() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let mut profile = generic();
    profile.timing.answer = Duration::from_millis(200);
    let printer = started(&counter, &paper, profile.clone());
    paper.unplug_after(5_000);
    printer.print(JobId(2), picture()).unwrap();
    counter.outcome(JobId(2));
    drop(printer);
    paper.set_clears(false);
    paper.plug().unwrap();
    profile.buffer_clear = BufferClear::DleDc4;
    let printer = counter.start(paper.link(), profile);
    printer.print(JobId(3), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(3));
    assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
    until("the receipt", || paper.cuts() > 0);
    is_whole(&paper, "no answer");
}

#[test]
fn a_report_of_a_job_from_before_the_start_confirms_none_of_now() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let mut profile = quick(PrinterProfile::epson_tm_t20());
    profile.timing.completion = Duration::from_millis(500);
    paper.set_completion_reports(false);
    let printer = counter.start(paper.link(), profile);
    printer.print(JobId(1), receipt()).unwrap();
    until("the receipt", || paper.cuts() > 0);
    // That of the first job of a till that counts from 1.
    let hal::printer::JobTag(tag) = hal::printer::JobTag::of(JobId(1));
    paper.send(&[&[0x37, 0x22][..], &tag, &[0]].concat());
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
}
