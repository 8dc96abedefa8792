use hal::simulators::VirtualPrinter;
use hal::{
    CodePage, Dialect, Evidence, FlowControl, JobId, JobState, PosPrinter, PrinterLink,
    PrinterProfile,
};

use crate::support::{Counter, generic, lines, quick, receipt, talkative, until};

#[test]
fn a_receipt_is_printed_over_a_serial_port_and_reported_complete() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), talkative());
    printer.print(JobId(7), receipt()).unwrap();
    let (last, before) = counter.outcome(JobId(7));
    assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
    assert_eq!(before, [JobState::Queued(None), JobState::Sending(None)]);
    assert_eq!(paper.unknown(), []);
    assert_eq!(paper.cuts(), 1);
    let rule = "─".repeat(48);
    let printed = format!(
        "           Harbour Books\n\
         The Salt Road                               7.99\n\
         {:>48}\n\
         {rule}\n\
         [EAN-13 9780000001009]\n\
         {:>30}\n\
         \n\
         [QR https://example.com/r/42]\n\
         \n\
         \n\
         [cut]\n",
        "Gracias, señor", "9780000001009",
    );
    assert_eq!(paper.text(), printed);
}

#[test]
fn a_receipt_is_printed_over_the_network() {
    let counter = Counter::new();
    let paper = VirtualPrinter::on_tcp().unwrap();
    let printer = counter.start(paper.link(), talkative());
    printer.print(JobId(1), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
    assert_eq!(paper.unknown(), []);
    assert!(paper.text().contains("Harbour Books"));
}

#[test]
fn a_printer_without_completion_reports_is_believed_when_it_shows_no_error() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), generic());
    printer.print(JobId(1), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.unknown(), []);
}

#[test]
fn the_epson_profile_prints_the_euro_sign_on_its_own_columns() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_dots_per_line(512);
    let profile = quick(PrinterProfile::epson_tm_t88());
    assert_eq!(profile.default_page().page, CodePage::Pc858);
    let printer = counter.start(paper.link(), profile);
    let mut job = hal::Job::new();
    job.pair("Kaffee", "2,40 €", hal::Style::plain());
    printer.print(JobId(1), job).unwrap();
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
    assert_eq!(paper.unknown(), []);
    assert_eq!(paper.text(), format!("Kaffee{:>36}\n", "2,40 €"));
}

#[test]
fn a_printer_made_for_china_or_set_to_a_country_prints_the_letters_of_its_code_page() {
    let dialects = [
        (Dialect::EscPos, quick(PrinterProfile::epson_tm_t20())),
        (Dialect::EscPos, quick(PrinterProfile::epson_tm_u220())),
        (Dialect::Star, quick(PrinterProfile::star_prnt())),
    ];
    for (dialect, profile) in dialects {
        let counter = Counter::new();
        let paper = VirtualPrinter::on_pty_in(counter.path("printer"), dialect).unwrap();
        // Star's have no such mode where the switches do not set it.
        paper.set_chinese(dialect == Dialect::EscPos);
        paper.set_country(2);
        let printer = counter.start(paper.link(), profile);
        let mut job = hal::Job::new();
        job.text("Crème brûlée [2 €] {~}");
        printer.print(JobId(1), job).unwrap();
        let (last, _) = counter.outcome(JobId(1));
        assert!(matches!(last, JobState::Confirmed(_)), "{last:?}");
        assert_eq!(paper.text(), "Crème brûlée [2 €] {~}\n");
        assert_eq!(paper.unknown(), []);
        assert_eq!(paper.kicks(), []);
    }
}

#[test]
fn the_virtual_printer_made_for_china_takes_two_bytes_for_one_letter_until_it_is_told_not_to() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_chinese(true);
    let PrinterLink::Serial(link) = paper.link() else {
        panic!("a pty is a serial port");
    };
    std::fs::write(link.path, b"\x1b@caf\x82 se\xa4or\n\x1c.se\xa4or\n").unwrap();
    until("both lines", || paper.text().lines().count() == 2);
    assert_eq!(paper.text(), "caf se〓r\nseñor\n");
}

#[test]
fn every_flow_control_can_be_set() {
    for flow in [
        FlowControl::None,
        FlowControl::Hardware,
        FlowControl::DataSetReady,
        FlowControl::Software,
    ] {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        let PrinterLink::Serial(link) = paper.link() else {
            panic!("a pty is a serial port");
        };
        let printer = counter.start(PrinterLink::Serial(link.flow(flow)), talkative());
        printer.print(JobId(1), receipt()).unwrap();
        counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
    }
}

#[test]
fn a_slow_printer_gets_every_line_in_order() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_slow(Some(20_000));
    let printer = counter.start(paper.link(), talkative());
    printer.print(JobId(1), lines(200)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
    let expected: String = (1..=200)
        .map(|number| format!("line {number:05} of a receipt that is rather long\n"))
        .collect();
    assert_eq!(paper.text(), expected + "[cut]\n");
}

#[test]
fn the_picture_is_as_wide_as_the_paper_and_has_ink_on_it() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), generic());
    let mut job = hal::Job::new();
    // 300 rows: more than two bands. A frame, filled black.
    let rows = vec![0xFF; 16 * 300];
    job.image(hal::Image::new(128, 300, &rows).unwrap());
    printer.print(JobId(1), job).unwrap();
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert_eq!(paper.unknown(), []);
    let picture = png::Decoder::new(std::io::Cursor::new(paper.png().unwrap()));
    let mut reader = picture.read_info().unwrap();
    let mut grey = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut grey).unwrap();
    assert_eq!(info.width, 576 + 2 * 32);
    let black = grey.iter().filter(|&&dot| dot == 0).count();
    assert_eq!(black, 128 * 300);
}
