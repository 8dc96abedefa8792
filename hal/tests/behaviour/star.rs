//! Printers that are set to Star's dialect.

use hal::printer::{JobTag, encode};
use hal::simulators::{Kick, VirtualPrinter};
use hal::star::{Report, StatusReader, apply_status};
use hal::{
    Barcode, CashDrawer, Cover, Cut, DeviceEvent, Dialect, Doubt, DrawerPin, DrawerProfile,
    DrawerState, Evidence, Hindrance, Image, Job, JobId, JobState, Paper, PosPrinter, PrinterFault,
    PrinterProfile, PrinterStatus, Qr, Style,
};

use crate::support::{Counter, lines, quick, receipt, until};

fn on_pty(counter: &Counter) -> VirtualPrinter {
    VirtualPrinter::on_pty_in(counter.path("star"), Dialect::Star).unwrap()
}

fn bytes(job: &Job, profile: &PrinterProfile) -> String {
    let mut bytes = Vec::new();
    let tag = JobTag::of(JobId(33));
    encode(job.commands(), profile, Some(tag), &mut bytes).unwrap();
    bytes.escape_ascii().to_string().replace("\\n", "\\n\n")
}

#[test]
fn a_star_receipt() {
    let job = receipt();
    let expected = [
        r"\x1b@\x1bR\x00\x1b\x1dt\x04",
        r"\x1b\x1da\x01\x1bE\x1bi\x01\x01Harbour Books\n",
        "\n",
        r"\x1b\x1da\x00\x1bF\x1bi\x00\x00The Salt Road                               7.99\n",
        "\n",
        r"\x1b\x1da\x02Gracias, se\xa4or\n",
        "\n",
        r"\x1b\x1da\x00",
        &r"\xc4".repeat(48),
        r"\n",
        "\n",
        r"\x1b\x1da\x01\x1bb\x03\x02\x02P9780000001009\x1e\n",
        "\n",
        r"\x1b\x1dyS0\x02\x1b\x1dyS1\x01\x1b\x1dyS2\x06",
        r"\x1b\x1dyD1\x00\x18\x00https://example.com/r/42\x1b\x1dyP\n",
        "\n",
        r"\x1b\x1da\x00\n",
        "\n",
        r"\x1bd\x03\x1b\x1d\x03\x01AA",
    ]
    .concat();
    assert_eq!(bytes(&job, &PrinterProfile::star_prnt()), expected);
}

#[test]
fn each_star_gets_pictures_as_it_takes_them() {
    let rows = [0x80, 0x01].repeat(25);
    let mut job = Job::new();
    job.image(Image::new(16, 25, &rows).unwrap()).cut_off();
    let picture = r"\x80\x01".repeat(25);
    let head = r"\x1b@\x1bR\x00\x1b\x1dt\x04\x1b\x1da\x01";
    assert_eq!(
        bytes(&job, &PrinterProfile::star_prnt()),
        [
            head,
            r"\x1b\x1dS\x01\x02\x00\x19\x00\x00",
            &picture,
            r"\x1b\x1da\x00\x1bd\x03\x1b\x1d\x03\x01AA",
        ]
        .concat()
    );
    let strips = [
        head,
        r"\x1b0\x1bk\x02\x00",
        &r"\x80\x01".repeat(24),
        "\\n\n",
        r"\x1bk\x02\x00\x80\x01",
        &r"\x00\x00".repeat(23),
        "\\n\n",
        r"\x1bz\x01\x1b\x1da\x00\x1bd\x02\x17",
    ];
    assert_eq!(bytes(&job, &PrinterProfile::star_tsp650()), strips.concat());
}

#[test]
fn a_star_receipt_is_printed_and_its_end_reported_by_the_printer() {
    let report = JobState::Confirmed(Evidence::CompletionReport);
    for profile in [PrinterProfile::star_prnt(), PrinterProfile::star_tsp650()] {
        let counter = Counter::new();
        for paper in [
            on_pty(&counter),
            VirtualPrinter::on_tcp_in(Dialect::Star).unwrap(),
        ] {
            let printer = counter.start(paper.link(), quick(profile.clone()));
            // More than the counter's 32 steps, so that it begins anew.
            for id in 1..=34 {
                printer.print(JobId(id), receipt()).unwrap();
                let (last, _) = counter.outcome(JobId(id));
                assert_eq!(last, report, "{:?}, job {id}", profile.completion);
            }
            assert_eq!(paper.unknown(), []);
            assert_eq!(paper.cuts(), 34);
            assert!(paper.text().contains("[EAN-13 9780000001009]"));
            assert!(paper.text().contains("[QR https://example.com/r/42]"));
        }
    }
}

#[test]
fn paper_that_ends_in_the_middle_of_a_star_receipt_holds_it() {
    for profile in [PrinterProfile::star_prnt(), PrinterProfile::star_tsp650()] {
        let counter = Counter::new();
        let paper = on_pty(&counter);
        paper.set_slow(Some(20_000));
        let printer = counter.start(paper.link(), quick(profile));
        printer.print(JobId(1), lines(300)).unwrap();
        counter.wait_for_job(JobId(1), JobState::Sending(None));
        paper.set_paper(Paper::Empty);
        counter.wait_for_job(JobId(1), JobState::Sending(Some(Hindrance::PaperEmpty)));
        paper.set_slow(None);
        paper.set_paper(Paper::Present);
        counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
        assert_eq!(paper.text().lines().count(), 301);
        assert_eq!(paper.unknown(), []);
    }
}

#[test]
fn a_star_printer_that_reports_nothing_leaves_the_job_unconfirmed() {
    let counter = Counter::new();
    let paper = on_pty(&counter);
    paper.set_completion_reports(false);
    let mut profile = quick(PrinterProfile::star_tsp650());
    profile.timing.completion = std::time::Duration::from_millis(300);
    let printer = counter.start(paper.link(), profile);
    printer.print(JobId(1), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Unconfirmed(hal::Doubt::NoAnswer));
}

#[test]
fn a_star_printer_switched_off_at_its_last_count_has_printed_nothing() {
    let counter = Counter::new();
    let paper = on_pty(&counter);
    let mut profile = quick(PrinterProfile::star_tsp650());
    profile.timing.completion = std::time::Duration::from_secs(1);
    profile.timing.answer = std::time::Duration::from_millis(200);
    let printer = counter.start(paper.link(), profile);
    for id in 1..=31 {
        printer.print(JobId(id), lines(1)).unwrap();
        let (last, _) = counter.outcome(JobId(id));
        assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
    }
    paper.set_rows_per_second(Some(1_000));
    printer.print(JobId(32), lines(40)).unwrap();
    until("the last byte", || {
        String::from_utf8_lossy(&paper.bytes()).contains("line 00040")
    });
    paper.set_power(false);
    counter.wait_for_status("a printer that fell silent", |status| !status.responding);
    // It counts from 0 again, which would be next.
    paper.set_power(true);
    let (last, _) = counter.outcome(JobId(32));
    assert_eq!(last, JobState::Unconfirmed(Doubt::NoAnswer));
    assert!(!paper.text().contains("line 00040"));
}

#[test]
fn a_star_printer_that_says_it_lost_bytes_leaves_the_job_unconfirmed() {
    let counter = Counter::new();
    let paper = on_pty(&counter);
    let profile = quick(PrinterProfile::star_prnt());
    let printer = counter.start_in_step(paper.link(), profile);
    paper.set_unstoppable(true);
    paper.set_rows_per_second(Some(3_000));
    printer.print(JobId(2), lines(200)).unwrap();
    let (last, _) = counter.outcome(JobId(2));
    assert!(paper.lost() > 0);
    assert_eq!(last, JobState::Unconfirmed(Doubt::Overrun));
    // The next one is whole.
    paper.set_rows_per_second(None);
    paper.clear();
    printer.print(JobId(3), lines(2)).unwrap();
    let (last, _) = counter.outcome(JobId(3));
    assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
    assert!(paper.text().contains("line 00002"));
}

#[test]
fn a_star_drawer_gets_both_times_and_says_that_it_opened() {
    for (pin, kick) in [
        (
            DrawerPin::Pin2,
            Kick {
                pin: 2,
                on_ms: 50,
                off_ms: 500,
            },
        ),
        (
            DrawerPin::Pin5,
            Kick {
                pin: 5,
                on_ms: 200,
                off_ms: 200,
            },
        ),
    ] {
        let counter = Counter::new();
        let paper = on_pty(&counter);
        let mut profile = quick(PrinterProfile::star_prnt());
        profile.drawer.pin = pin;
        let printer = counter.start(paper.link(), profile);
        printer.open_drawer(JobId(1)).unwrap();
        let (last, _) = counter.outcome(JobId(1));
        assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
        assert_eq!(paper.kicks(), [kick]);
        until("an open drawer", || printer.drawer() == DrawerState::Open);
    }
}

#[test]
fn a_picture_cannot_reset_a_star_printer() {
    let counter = Counter::new();
    let paper = on_pty(&counter);
    let printer = counter.start(paper.link(), quick(PrinterProfile::star_prnt()));
    let rows = [0x1B, 0x06, 0x18, 0].repeat(4);
    let mut job = Job::new();
    job.text("before")
        .image(Image::new(32, 4, &rows).unwrap())
        .text("after");
    printer.print(JobId(1), job).unwrap();
    counter.wait_for_job(JobId(1), JobState::Confirmed(Evidence::CompletionReport));
    assert_eq!(paper.text(), "before\nafter\n");
}

fn quick_star() -> PrinterProfile {
    let mut star = quick(PrinterProfile::star_prnt());
    star.timing.answer = std::time::Duration::from_millis(100);
    star
}

#[test]
fn a_printer_set_to_the_other_dialect_gets_no_job_and_says_why() {
    let escpos = quick(PrinterProfile::epson_tm_t88());
    let counter = Counter::new();
    let paper = on_pty(&counter);
    let printer = counter.start(paper.link(), escpos);
    printer.print(JobId(1), receipt()).unwrap();
    let held = JobState::Queued(Some(Hindrance::OtherDialect));
    counter.wait_for_job(JobId(1), held);
    drop(printer);
    assert_eq!(paper.text().matches("Harbour").count(), 0);

    // The other way round nobody answers at all, until it is asked in the other one.
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), quick_star());
    printer.print(JobId(2), receipt()).unwrap();
    counter.wait_for_job(JobId(2), JobState::Queued(Some(Hindrance::NotResponding)));
    counter.wait_for_job(JobId(2), held);
    drop(printer);
    assert_eq!(paper.text().matches("Harbour").count(), 0);

    // One of the right dialect that is late is not taken for one of the other.
    let paper = on_pty(&counter);
    paper.set_late(std::time::Duration::from_millis(250));
    let _printer = counter.start(paper.link(), quick_star());
    std::thread::sleep(std::time::Duration::from_secs(2));
    while let Ok(event) = counter.events.try_receive() {
        if let DeviceEvent::Printer { status, .. } = event {
            assert_eq!(status.line, None, "{status:?}");
        }
    }
}

fn read(bytes: &[u8]) -> Vec<Report> {
    let mut reader = StatusReader::new();
    bytes.iter().filter_map(|&byte| reader.push(byte)).collect()
}

fn after(bytes: &[u8]) -> PrinterStatus {
    let [.., Report::Status(star)] = read(bytes)[..] else {
        panic!("{bytes:x?} is no status");
    };
    let mut status = PrinterStatus::UNKNOWN;
    status.port = hal::PortState::Open;
    apply_status(star, &DrawerProfile::COMMON, &mut status);
    status
}

#[test]
fn each_bit_of_a_star_status_has_its_word() {
    let status = |printer, error, paper| after(&[0x23, 0x06, printer, error, 0, paper, 0, 0, 0]);
    assert_eq!(status(0, 0, 0).hindrance(), None);
    assert_eq!(status(0x28, 0, 0).hindrance(), Some(Hindrance::CoverOpen));
    assert_eq!(status(0x08, 0, 0).hindrance(), Some(Hindrance::Offline));
    assert_eq!(
        status(0x08, 0, 0x0C).hindrance(),
        Some(Hindrance::PaperEmpty)
    );
    assert_eq!(status(0, 0, 0x04).paper, Paper::NearEnd);
    assert_eq!(status(0x20, 0, 0).cover, Cover::Open);
    assert_eq!(status(0x04, 0, 0).drawer, DrawerState::Open);
    for (bit, fault) in [
        (0x04, PrinterFault::Recoverable),
        (0x08, PrinterFault::Cutter),
        (0x20, PrinterFault::Unrecoverable),
        (0x40, PrinterFault::Overheated),
    ] {
        assert_eq!(
            status(0x08, bit, 0).hindrance(),
            Some(Hindrance::Fault(fault))
        );
    }
    // A short status, of a printer without the later bytes.
    assert_eq!(after(&[0x0F, 0, 0x20, 0, 0, 0, 0]).cover, Cover::Open);
}

#[test]
fn star_reports_are_told_apart_and_found_again_after_noise() {
    let status = [0x23, 0x86, 0, 0, 0, 0, 0, 0x2A, 0, 0, 0];
    let document = [0x1B, 0x1D, 0x03, 0x01, b'A', b'B', 0x11, 0];
    for noise in [
        &b""[..],
        b"\xff\x80",
        b"\x23\x06\x00",
        b"\x1b\x1d\x03",
        b"\x21\xff",
    ] {
        let stream = [noise, &status, &[0x13], &document].concat();
        let reports = read(&stream);
        let [
            ..,
            Report::Status(read),
            Report::Xoff,
            Report::Document(own),
        ] = reports[..]
        else {
            panic!("{noise:x?}: {reports:x?}");
        };
        // Five bits around a fixed one.
        assert_eq!(read.counter, Some(0b01_101));
        assert_eq!(own, *b"AB");
    }
    // What a network printer adds is skipped.
    let stream = [
        &[0x23, 0x86, 0, 0, 0, 0, 0, 0, 0, 3, 0][..],
        b"01:",
        &document,
    ]
    .concat();
    assert!(matches!(
        read(&stream)[..],
        [Report::Status(_), Report::Document(_)]
    ));
}

#[test]
fn star_codes_are_escaped_as_star_wants_them() {
    let mut job = Job::new();
    job.barcode(Barcode::code128("50%{A}").unwrap())
        .barcode(Barcode::upc_a("03600029145").unwrap())
        .barcode(Barcode::ean8("9638507").unwrap())
        .qr(Qr::new("x").unwrap())
        .line("x", Style::plain());
    let all = bytes(&job, &PrinterProfile::star_prnt());
    assert!(all.contains(r"\x1bb\x06\x02\x02P50%0{A}\x1e"), "{all}");
    assert!(all.contains(r"\x1bb\x01\x02\x02P036000291452\x1e"), "{all}");
    assert!(all.contains(r"\x1bb\x02\x02\x02P96385074\x1e"), "{all}");
}

#[test]
fn a_cutter_does_what_it_can() {
    let cut = |cut: fn(&mut Job) -> &mut Job, cutter| {
        let mut profile = PrinterProfile::generic_80mm();
        profile.cutter = cutter;
        let mut job = Job::new();
        cut(&mut job);
        let mut bytes = Vec::new();
        encode(job.commands(), &profile, None, &mut bytes).unwrap();
        let at = bytes.windows(2).position(|it| it == b"\x1dV");
        at.and_then(|at| bytes.get(at + 2).copied())
    };
    use hal::Cutter::{Both, Full, Partial};
    assert_eq!(Cut::default(), Cut::Partial);
    assert_eq!(cut(Job::cut, Both), Some(66));
    assert_eq!(cut(Job::cut_off, Both), Some(65));
    assert_eq!(cut(Job::cut_off, Partial), Some(66));
    assert_eq!(cut(Job::cut, Full), Some(65));
}
