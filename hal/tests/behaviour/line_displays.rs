//! Line displays, with a port of their own and in the printer's line.

use hal::line_display::{encode_screen, encode_start};
use hal::printer::CodePageNumber;
use hal::simulators::VirtualLineDisplay;
use hal::{
    CodePage, DeviceEvent, DeviceId, DisplayDialect, DisplayLine, DisplayProfile, DisplayScreen,
    ErrorKind, Evidence, Image, Job, JobId, JobState, LineDisplay, LineDisplayDevice,
    LineDisplayHandle, Paper, PortState, PosPrinter,
};
use proptest::prelude::*;

use crate::support::{Counter, generic, lines, receipt, talkative, until};

const BOTH: [DisplayDialect; 2] = [DisplayDialect::Cd5220, DisplayDialect::EscPos];

fn start(counter: &Counter, device: &VirtualLineDisplay) -> LineDisplayHandle {
    let events = counter.events.clone();
    LineDisplayDevice::start(DeviceId(5), device.link(), device.profile(), events).unwrap()
}

fn item(name: &str, price: &str) -> DisplayScreen {
    DisplayScreen::new(DisplayLine::new(name), DisplayLine::pair("Total", price))
}

fn wait_for_lines(device: &VirtualLineDisplay, upper: &str, lower: &str) {
    until(upper, || {
        device.lines() == [upper, lower].map(str::to_owned)
    });
}

fn wait_for_port(counter: &Counter, wanted: PortState) {
    counter.wait_for(&format!("{wanted:?}"), |event| match event {
        DeviceEvent::LineDisplayPort { port, .. } if *port == wanted => Some(()),
        _ => None,
    });
}

#[test]
fn both_lines_are_shown_in_both_dialects_and_nothing_else_is_sent() {
    for dialect in BOTH {
        let counter = Counter::new();
        let device = VirtualLineDisplay::on_pty(counter.path("display"), dialect).unwrap();
        let display = start(&counter, &device);
        display.show(item("The Salt Road", "7.99")).unwrap();
        wait_for_lines(&device, "The Salt Road       ", "Total           7.99");
        display
            .show(DisplayScreen::new(
                DisplayLine::center("Welcome"),
                DisplayLine::pair("A name that is far too long", "1,234.50"),
            ))
            .unwrap();
        wait_for_lines(&device, "      Welcome       ", "A name that 1,234.50");
        display.show(DisplayScreen::default()).unwrap();
        wait_for_lines(&device, &" ".repeat(20), &" ".repeat(20));
        assert_eq!(device.unknown(), Vec::<Vec<u8>>::new(), "{dialect:?}");
        assert_eq!(device.brightness(), 4);
        assert_eq!(display.port(), PortState::Open);
    }
}

#[test]
fn letters_are_those_of_the_code_page_and_brightness_is_set() {
    let counter = Counter::new();
    let dialect = DisplayDialect::EscPos;
    let device = VirtualLineDisplay::on_pty(counter.path("display"), dialect).unwrap();
    let mut profile = DisplayProfile::esc_pos().code_page(CodePageNumber {
        page: CodePage::Pc866,
        number: 17,
    });
    profile.brightness = 30;
    let events = counter.events.clone();
    let display = LineDisplayDevice::start(DeviceId(5), device.link(), profile, events).unwrap();
    display.show(item("Соль и перец", "7,99 €")).unwrap();
    // The page has no euro sign.
    wait_for_lines(&device, "Соль и перец        ", "Total       7,99 EUR");
    assert_eq!(device.brightness(), 2);
    // Nothing stands there when the till is off.
    drop(display);
    wait_for_lines(&device, &" ".repeat(20), &" ".repeat(20));
}

#[test]
fn a_display_that_comes_back_shows_the_latest_screen() {
    for dialect in BOTH {
        let counter = Counter::new();
        let device = VirtualLineDisplay::on_pty(counter.path("display"), dialect).unwrap();
        let display = start(&counter, &device);
        wait_for_port(&counter, PortState::Open);
        device.unplug();
        wait_for_port(&counter, PortState::Absent);
        for number in 0..100 {
            display.show(item("Book", &number.to_string())).unwrap();
        }
        device.plug().unwrap();
        wait_for_lines(&device, "Book                ", "Total             99");
        assert_eq!(device.unknown(), Vec::<Vec<u8>>::new());
    }
}

#[test]
fn the_printers_line_is_shared_and_receipts_stay_whole() {
    for dialect in BOTH {
        let counter = Counter::new();
        let paper = counter.printer_on_pty();
        paper.set_line_display(Some(dialect));
        let mut profile = talkative();
        profile.line_display = Some(match dialect {
            DisplayDialect::Cd5220 => DisplayProfile::cd5220(),
            DisplayDialect::EscPos => DisplayProfile::esc_pos(),
        });
        let printer = counter.start(paper.link(), profile);
        for number in 0..20 {
            printer.show(item("Book", &number.to_string())).unwrap();
            let mut job = Job::new();
            // ESC = 2 in a picture would give the line to the display.
            let dots = [0x1B, b'=', 2, 0x1B, 0x1B, b'=', 1, 0];
            job.line("Book", hal::Style::plain())
                .image(Image::new(8, 8, &dots).unwrap());
            job.cut();
            printer.print(JobId(number), job).unwrap();
            let (last, _) = counter.outcome(JobId(number));
            assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
        }
        let shown = ["Book                ", "Total             19"].map(str::to_owned);
        until("the last screen", || {
            paper.display_lines() == Some(shown.clone())
        });
        assert_eq!(paper.unknown(), []);
        assert_eq!(paper.cuts(), 20);
        assert_eq!(LineDisplay::port(&printer), PortState::Open);
    }
}

#[test]
fn a_line_that_a_printer_without_paper_stops_shows_the_screen_later() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    paper.set_line_display(Some(DisplayDialect::Cd5220));
    let mut profile = talkative();
    profile.line_display = Some(DisplayProfile::cd5220());
    let printer = counter.start(paper.link(), profile);
    counter.wait_for_status("a printer that answers", |status| status.responding);
    printer.print(JobId(1), lines(400)).unwrap();
    counter.wait_for_job(JobId(1), JobState::Sending(None));
    paper.set_paper(Paper::Empty);
    printer.show(item("Book", "1")).unwrap();
    counter.wait_for_status("no paper", |status| status.paper == Paper::Empty);
    printer.show(item("Book", "2")).unwrap();
    paper.set_paper(Paper::Present);
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Confirmed(Evidence::CompletionReport));
    let shown = ["Book                ", "Total              2"].map(str::to_owned);
    until("the screen", || {
        paper.display_lines() == Some(shown.clone())
    });
    assert_eq!(paper.text().lines().count(), 401);
    assert_eq!(paper.unknown(), []);
}

#[test]
fn a_printer_without_a_display_says_so_and_its_jobs_have_no_selection() {
    let counter = Counter::new();
    let paper = counter.printer_on_pty();
    let printer = counter.start(paper.link(), generic());
    let refused = printer.show(DisplayScreen::default()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotSupported);
    printer.print(JobId(1), receipt()).unwrap();
    let (last, _) = counter.outcome(JobId(1));
    assert_eq!(last, JobState::Confirmed(Evidence::ErrorFreeStatus));
    assert!(!paper.bytes().windows(2).any(|bytes| bytes == b"\x1b="));
}

#[test]
fn the_bytes_of_a_screen() {
    let screen = item("Tea", "2.50");
    let bytes = |profile: &DisplayProfile| {
        let mut bytes = Vec::new();
        encode_start(profile, &mut bytes).unwrap();
        encode_screen(&screen, profile, &mut bytes).unwrap();
        bytes
    };
    assert_eq!(
        bytes(&DisplayProfile::named("cd5220").unwrap()),
        b"\r\x0c\x1b@\x1b_\x00\x1b*\x04\
          \x1bQATea                 \r\x1bQBTotal           2.50\r"
    );
    assert_eq!(
        bytes(&DisplayProfile::named("esc-pos").unwrap()),
        b"\r\x0c\x1b@\x1bt\x13\x1f\x01\x1fC\x00\x1fX\x04\
          \x1f$\x01\x01Tea                 \x1f$\x01\x02Total           2.50"
    );
    assert_eq!(DisplayProfile::named("neon"), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_fills_both_lines_and_contains_no_command(
        left in any::<String>(), right in any::<String>(), columns in 0u8..60, centered in any::<bool>(),
    ) {
        for mut profile in [DisplayProfile::cd5220(), DisplayProfile::esc_pos()] {
            profile.columns = columns;
            let upper = if centered { DisplayLine::center(&left) } else { DisplayLine::new(&left) };
            let screen = DisplayScreen::new(upper, DisplayLine::pair(&left, &right));
            let mut bytes = Vec::new();
            encode_screen(&screen, &profile, &mut bytes).unwrap();
            let width = usize::from(columns).clamp(1, 40);
            // Both frames have four bytes.
            prop_assert_eq!(bytes.len(), 2 * (4 + width));
            let commands = bytes.iter().filter(|byte| **byte < b' ').count();
            prop_assert!(commands <= 6, "{:?}", bytes);
        }
    }
}
