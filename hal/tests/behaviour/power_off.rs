use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use hal::simulators::VirtualPrinter;
use hal::{
    CashDrawer, Doubt, Evidence, Hindrance, Image, JobFailure, JobId, JobState, Paper, PosPrinter,
    PrinterLink, PrinterProfile, PrinterWarning, Style,
};

use crate::support::{Counter, generic, lines, quick, receipt, talkative, until};

#[test]
fn a_printer_that_stops_taking_bytes_and_says_nothing_leaves_the_job_unconfirmed() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let mut profile = generic();
    profile.timing.stall = Duration::from_millis(300);
    let printer = counter.start(paper.link(), profile);
    counter.wait_for_status("a printer that answers", |status| status.responding);
    paper.set_slow(Some(5_000));
    printer.print(JobId(1), lines(4_000)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Sending(None));
    paper.set_silent(true);
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::WriteStalled));
}

#[test]
fn a_printer_that_took_every_byte_and_then_says_nothing_leaves_the_job_unconfirmed() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_completion_reports(false);
    let mut profile = talkative();
    profile.timing.completion = Duration::from_millis(300);
    let printer = counter.start(paper.link(), profile);
    printer.print(JobId(1), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
    assert_eq!(paper.cuts(), 1);
}

#[test]
fn a_printer_that_never_reports_what_its_profile_says_is_named_until_it_does() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_completion_reports(false);
    let mut profile = talkative();
    profile.timing.completion = Duration::from_millis(300);
    let printer = counter.start(paper.link(), profile);
    for (id, warning) in [(1, None), (2, Some(PrinterWarning::NoReports))] {
        printer.print(JobId(id), receipt()).unwrap();
        let (last, _) = counter.outcome(JobId(id));
        assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
        assert_eq!(printer.status().warning, warning);
    }
    assert_eq!(printer.status().hindrance(), None);
    paper.set_completion_reports(true);
    printer.print(JobId(3), receipt()).unwrap();
    counter.wait_for_job(JobId(3), JobState::Confirmed(Evidence::CompletionReport));
    assert_eq!(printer.status().warning, None);
}

#[test]
fn a_printer_switched_off_and_on_without_paper_leaves_the_job_unconfirmed() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let mut profile = generic();
    profile.timing.answer = Duration::from_millis(100);
    let printer = counter.start_in_step(paper.link(), profile);
    paper.set_slow(Some(2_000));
    printer.print(JobId(2), lines(20)).unwrap();
    counter.wait_for_job(JobId(2), JobState::Sending(None));
    paper.set_paper(Paper::Empty);
    paper.set_slow(None);
    counter.wait_for_job(JobId(2), JobState::Sending(Some(Hindrance::PaperEmpty)));
    paper.set_silent(true);
    counter.wait_for_status("a printer that fell silent", |status| !status.responding);
    paper.set_paper(Paper::Present);
    paper.set_silent(false);
    let (last, _) = counter.outcome(JobId(2));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
}

/// Printers that report no finished job.
fn without_reports() -> [PrinterProfile; 3] {
    let others = [
        PrinterProfile::generic_58mm(),
        PrinterProfile::epson_tm_u220(),
    ];
    let [narrow, impact] = others.map(quick);
    [generic(), narrow, impact]
}

#[test]
fn a_printer_switched_off_and_on_while_it_prints_leaves_the_job_unconfirmed() {
    for profile in without_reports() {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let mut profile = profile;
        profile.timing.answer = Duration::from_millis(300);
        let printer = counter.start_in_step(paper.link(), profile);
        paper.set_slow(Some(2_000));
        printer.print(JobId(2), lines(20)).unwrap();
        counter.wait_for_job(JobId(2), JobState::Sending(None));
        paper.set_power(false);
        counter.wait_for_status("a printer that fell silent", |status| !status.responding);
        paper.set_slow(None);
        paper.set_power(true);
        let (last, _) = counter.outcome(JobId(2));
        assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
        assert!(!paper.text().contains("line 00020"));
        // The next one is printed as ever.
        printer.print(JobId(3), lines(2)).unwrap();
        let (last, _) = counter.outcome(JobId(3));
        assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
        assert!(paper.text().contains("line 00002"));
    }
}

/// A printer without completion reports that prints at this speed, and is known to be no slower.
fn unreported(mut profile: PrinterProfile, paper: &VirtualPrinter, rows: u32) -> PrinterProfile {
    paper.set_rows_per_second(Some(rows));
    profile.timing.rows_per_second = rows;
    profile.timing.answer = Duration::from_millis(300);
    profile
}

#[test]
fn a_printer_switched_off_with_the_receipt_in_its_buffer_leaves_the_job_unconfirmed() {
    for back in [true, false] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let mut profile = unreported(generic(), &paper, 1_500);
        profile.timing.completion = Duration::from_secs(1);
        let printer = counter.start_in_step(paper.link(), profile);
        printer.print(JobId(2), lines(40)).unwrap();
        // It has taken all of it, and answers that nothing is wrong.
        until("the last byte", || {
            String::from_utf8_lossy(&paper.bytes()).contains("line 00040")
        });
        until("some lines", || paper.text().contains("line 00003"));
        paper.set_power(false);
        counter.wait_for_status("a printer that fell silent", |status| !status.responding);
        paper.set_power(back);
        let (last, _) = counter.outcome(JobId(2));
        assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
        assert!(!paper.text().contains("line 00040"));
    }
}

#[test]
fn a_printer_without_reports_is_believed_when_its_paper_is_out_and_a_drawer_opens_meanwhile() {
    for profile in without_reports() {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let mut profile = unreported(profile, &paper, 1_500);
        profile.real_time_kick = true;
        let printer = counter.start_in_step(paper.link(), profile);
        paper.clear();
        // Some of everything, no more than the printer keeps.
        let rows = vec![0xFF; 8 * 100];
        let mut job = receipt();
        job.line("Thank you", Style::center().double())
            .image(Image::new(64, 100, &rows).unwrap())
            .text("the last line");
        printer.print(JobId(2), job).unwrap();
        until("a line", || paper.text().contains("Harbour Books"));
        printer.open_drawer(JobId(3)).unwrap();
        let (last, _) = counter.outcome(JobId(3));
        assert!(matches!(last, JobState::Confirmed(_)), "{last:?}");
        assert_eq!(paper.kicks().len(), 1);
        assert!(!paper.text().contains("the last line"));
        let (last, _) = counter.outcome(JobId(2));
        assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
        assert!(paper.text().contains("the last line"));
        assert_eq!(paper.unknown(), []);
    }
}

#[test]
fn a_printer_that_stood_still_and_forgot_what_it_had_leaves_the_job_unconfirmed() {
    // One stops the till by a line while it is off; the other told that it has no paper first.
    for without_paper in [false, true] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let mut profile = talkative();
        profile.timing.stall = Duration::from_secs(3);
        let printer = counter.start_in_step(paper.link(), profile);
        paper.set_slow(Some(20_000));
        printer.print(JobId(2), lines(4_000)).unwrap();
        counter.wait_for_job(JobId(2), JobState::Sending(None));
        if without_paper {
            paper.set_paper(Paper::Empty);
            let held = JobState::Sending(Some(Hindrance::PaperEmpty));
            counter.wait_for_job(JobId(2), held);
        }
        paper.set_silent(true);
        paper.set_power(false);
        paper.set_paper(Paper::Present);
        std::thread::sleep(Duration::from_millis(1_500));
        paper.set_power(true);
        paper.set_slow(None);
        paper.set_silent(false);
        let (last, _) = counter.outcome(JobId(2));
        assert!(matches!(last, JobState::Unconfirmed(_)), "{last:?}");
    }
}

#[test]
fn a_job_waits_for_a_printer_that_does_not_answer() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_silent(true);
    let mut profile = generic();
    profile.timing.answer = Duration::from_millis(100);
    let printer = counter.start(paper.link(), profile);
    printer.print(JobId(1), receipt()).unwrap();
    counter.wait_for_job(JobId(1), JobState::Queued(Some(Hindrance::NotResponding)));
    paper.set_silent(false);
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.cuts(), 1);
    assert_eq!(paper.unknown(), []);
}

#[test]
fn a_network_printer_that_stays_silent_is_called_anew() {
    let counter = Counter::new();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut profile = generic();
    profile.timing.answer = Duration::from_millis(50);
    let link = PrinterLink::Tcp(listener.local_addr().unwrap());
    let _printer = counter.start(link, profile);
    // The first call is taken and never answered.
    let (mut silent, _) = listener.accept().unwrap();
    listener.set_nonblocking(true).unwrap();
    until("a second call", || listener.accept().is_ok());
    // The first was broken off: what was still on its way must not come out some time later.
    let mut questions = Vec::new();
    let end = silent.read_to_end(&mut questions).unwrap_err();
    assert_eq!(end.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_receipt_given_up_in_the_network_does_not_come_out_later() {
    let counter = Counter::new();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut profile = generic();
    profile.timing.answer = Duration::from_millis(50);
    profile.timing.completion = Duration::from_millis(500);
    let link = PrinterLink::Tcp(listener.local_addr().unwrap());
    let printer = counter.start(link, profile);
    printer.print(JobId(1), lines(2)).unwrap();
    let (mut printing, _) = listener.accept().unwrap();
    // It answers each question until the last line has come, and then nothing any more.
    let mut taken = Vec::new();
    let mut byte = [0];
    let end = loop {
        match printing.read(&mut byte) {
            Ok(0) => break None,
            Ok(_) => taken.push(byte[0]),
            Err(error) => break Some(error.kind()),
        }
        let is_question = matches!(taken[..], [.., 0x10, 0x04, 1..=4]);
        if is_question && !taken.windows(10).any(|it| it == b"line 00002") {
            printing.write_all(&[0x12]).unwrap();
        }
    };
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
    assert_eq!(end, Some(ErrorKind::ConnectionReset));
}

#[test]
fn a_till_that_shuts_down_says_what_became_of_each_job() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start_in_step(paper.link(), generic());
    paper.set_slow(Some(1_000));
    printer.print(JobId(2), lines(4_000)).unwrap();
    printer.print(JobId(3), receipt()).unwrap();
    counter.wait_for_job(JobId(2), JobState::Sending(None));
    paper.set_silent(true);
    drop(printer);
    let (first, _) = counter.outcome(JobId(2));
    assert_eq!(first, JobState::Unconfirmed(Doubt::Stopped));
    let (second, _) = counter.outcome(JobId(3));
    assert_eq!(second, JobState::Failed(JobFailure::Stopped));
}
