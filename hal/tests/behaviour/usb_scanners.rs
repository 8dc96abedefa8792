//! Scanners that are keyboards, and scanners of the class for points of sale.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hal::hid_pos::{HidPosFormat, HidPosReader};
use hal::keyboard::{InputEvent, KeyReader, Typed, keystrokes};
use hal::simulators::{
    HID_POS_DESCRIPTOR, HID_POS_DESCRIPTOR_WITH_SOUNDS, VirtualHidPosScanner,
    VirtualKeyboardScanner,
};
use hal::traffic::Direction;
use hal::{
    DeviceEvent, DeviceId, ErrorKind, EventQueue, FrameFault, Framing, KeyboardLink, PortState,
    ScanSignal, Scanner, ScannerDevice, ScannerHandle, ScannerLink, Symbology, UsbLink, block_on,
};
use proptest::prelude::*;

use crate::scanning::next_scan;
use crate::support::{Counter, PATIENCE, until};

fn start(counter: &Counter, link: impl Into<ScannerLink>) -> ScannerHandle {
    let events = counter.events.clone();
    // A busy machine is no silence.
    let framing = Framing {
        timeout: Duration::from_secs(10),
        suffixed: true,
    };
    ScannerDevice::start(DeviceId(1), link, framing, events).unwrap()
}

fn wait_for_port(counter: &Counter, wanted: PortState) {
    counter.wait_for(&format!("{wanted:?}"), |event| match event {
        DeviceEvent::ScannerPort { port, .. } if *port == wanted => Some(()),
        _ => None,
    });
}

/// What the keys come to, as bytes; lost events are a question mark.
fn typed(events: &[InputEvent]) -> Vec<u8> {
    let mut keys = KeyReader::new();
    events
        .iter()
        .flat_map(|event| event.to_bytes())
        .filter_map(|byte| keys.push(byte))
        .map(|typed| match typed {
            Typed::Character(character) => character,
            Typed::Lost => b'?',
        })
        .collect()
}

fn strokes(characters: &[u8]) -> Vec<InputEvent> {
    let strokes = characters.iter().map(|&byte| keystrokes(byte).unwrap());
    strokes.flatten().collect()
}

#[test]
fn ten_typed_scans_a_second_are_neither_lost_nor_merged() {
    let counter = Counter::new();
    let device = VirtualKeyboardScanner::at(counter.path("keyboard")).unwrap();
    let _scanner = start(&counter, device.link());
    let sender = std::thread::spawn(move || {
        for number in 0..20 {
            device
                .scan(&format!("]C1010978{number:04}\x1D10aB-{number}"))
                .unwrap();
            std::thread::sleep(Duration::from_millis(100));
        }
        device
    });
    for number in 0..20 {
        let code = next_scan(&counter).unwrap();
        assert_eq!(
            code.text().unwrap(),
            format!("010978{number:04}\x1D10aB-{number}")
        );
        assert_eq!(code.aim.unwrap().symbology(), Symbology::Gs1128);
    }
    drop(sender.join().unwrap());
}

#[test]
fn typed_codes_without_suffix_are_told_apart_by_when_they_were_typed_not_by_when_they_are_read() {
    let counter = Counter::new();
    let device = VirtualKeyboardScanner::at(counter.path("keyboard")).unwrap();
    let events = Arc::new(EventQueue::<DeviceEvent, 1>::new());
    let framing = Framing::default();
    let _scanner =
        ScannerDevice::start(DeviceId(1), device.link(), framing, events.clone()).unwrap();
    // Nobody takes anything out of the queue, and the till reads all of them at once.
    until("a full queue", || events.is_full());
    let codes: Vec<String> = (0..20).map(|number| format!("978000{number:04}")).collect();
    let begun = Duration::from_secs(1_000);
    for (code, number) in codes.iter().zip(0..) {
        device
            .press_at(begun + Duration::from_millis(100) * number, code)
            .unwrap();
    }
    let mut read = Vec::new();
    while read.len() < codes.len() {
        match block_on(events.receive(), Some(PATIENCE)).unwrap() {
            DeviceEvent::Scanned { code, .. } => read.push(code.text().unwrap().to_owned()),
            DeviceEvent::ScanRejected { fault, .. } => panic!("{fault} after {read:?}"),
            _ => {}
        }
    }
    assert_eq!(read, codes);
}

#[test]
fn usb_scanners_that_another_program_reads_are_busy_until_it_lets_go() {
    let counter = Counter::new();
    let keyboard = VirtualKeyboardScanner::at(counter.path("keyboard")).unwrap();
    let reports = VirtualHidPosScanner::at(counter.path("reports")).unwrap();
    let links: [ScannerLink; 2] = [keyboard.link().into(), reports.link().into()];
    for (link, name) in links.into_iter().zip(["keyboard", "reports"]) {
        let read = std::fs::File::open(counter.path(name)).unwrap();
        let mut other = Command::new("sleep")
            .arg("60")
            .stdin(read)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let scanner = start(&counter, link);
        until("a busy port", || scanner.port() == PortState::Busy);
        other.kill().unwrap();
        other.wait().unwrap();
        until("a free port", || scanner.port() == PortState::Open);
        match name {
            "keyboard" => keyboard.scan("96385074").unwrap(),
            _ => reports.scan("]E4", "96385074").unwrap(),
        }
        assert_eq!(next_scan(&counter).unwrap().text(), Some("96385074"));
    }
}

#[test]
fn a_hundred_typed_codes_at_once_all_arrive() {
    let counter = Counter::new();
    let device = VirtualKeyboardScanner::at(counter.path("keyboard")).unwrap();
    let _scanner = start(&counter, device.link());
    let sender = std::thread::spawn(move || {
        for number in 0..100 {
            device.scan(&format!("code {number}")).unwrap();
        }
        device
    });
    for number in 0..100 {
        let expected = format!("code {number}");
        assert_eq!(next_scan(&counter).unwrap().text(), Some(&*expected));
    }
    drop(sender.join().unwrap());
}

#[test]
fn every_character_is_read_as_it_is_typed() {
    let characters: Vec<u8> = (0x01..0x7F).collect();
    assert_eq!(typed(&strokes(&characters)), characters);
}

#[test]
fn separators_come_by_control_or_by_number_and_caps_lock_changes_letters_alone() {
    let press = |code| [InputEvent::key(code, true), InputEvent::key(code, false)];
    // Right Ctrl with ].
    let mut events = vec![InputEvent::key(97, true)];
    events.extend(press(27));
    events.push(InputEvent::key(97, false));
    assert_eq!(typed(&events), b"\x1D");
    // Alt with 0, 2, 9 on the number pad; a number that is no character comes to nothing.
    for (digits, character) in [([82, 80, 73], &b"\x1D"[..]), ([73, 73, 73], b"")] {
        let mut events = vec![InputEvent::key(56, true)];
        events.extend(digits.into_iter().flat_map(press));
        events.push(InputEvent::key(56, false));
        assert_eq!(typed(&events), character);
    }
    let mut events = press(58).to_vec();
    events.extend(strokes(b"aB1!"));
    events.extend(press(58));
    events.extend(strokes(b"aB"));
    assert_eq!(typed(&events), b"Ab1!aB");
    // The number pad types digits, and what is held or let go alone types nothing.
    let mut events: Vec<_> = [79, 80, 83, 96].into_iter().flat_map(press).collect();
    events.push(InputEvent {
        kind: 1,
        code: 2,
        value: 2,
    });
    events.push(InputEvent::key(2, false));
    events.extend(press(500));
    assert_eq!(typed(&events), b"12.\r");
}

#[test]
fn a_code_of_which_keys_were_lost_is_refused_and_the_next_one_is_read() {
    let counter = Counter::new();
    let device = VirtualKeyboardScanner::at(counter.path("keyboard")).unwrap();
    let scanner = start(&counter, device.link());
    device.press("9780").unwrap();
    // Lost while Shift was held.
    device
        .send(&[InputEvent::key(42, true), InputEvent::DROPPED])
        .unwrap();
    device.scan("1009").unwrap();
    assert_eq!(next_scan(&counter), Err(FrameFault::Lost));
    device.scan("96385074").unwrap();
    assert_eq!(next_scan(&counter).unwrap().text(), Some("96385074"));
    let refused = scanner.signal(ScanSignal::Good).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotSupported);
}

#[test]
fn usb_scanners_that_are_pulled_in_the_middle_of_a_code_scan_on_when_they_are_back() {
    let counter = Counter::new();
    let keyboard = VirtualKeyboardScanner::at(counter.path("keyboard")).unwrap();
    let scanner = start(&counter, keyboard.link());
    wait_for_port(&counter, PortState::Open);
    keyboard.press("97800").unwrap();
    keyboard.unplug();
    assert_eq!(
        next_scan(&counter),
        Err(FrameFault::Truncated { length: 5 })
    );
    wait_for_port(&counter, PortState::Absent);
    keyboard.plug().unwrap();
    wait_for_port(&counter, PortState::Open);
    keyboard.scan("96385074").unwrap();
    assert_eq!(next_scan(&counter).unwrap().text(), Some("96385074"));
    drop(scanner);

    let reports = VirtualHidPosScanner::at(counter.path("reports")).unwrap();
    let _scanner = start(&counter, reports.link());
    wait_for_port(&counter, PortState::Open);
    reports
        .send(&reports.report("]Q1", &[b'x'; 56], true))
        .unwrap();
    reports.unplug();
    let half = FrameFault::Truncated { length: 56 };
    assert_eq!(next_scan(&counter), Err(half));
    wait_for_port(&counter, PortState::Absent);
    reports.plug().unwrap();
    wait_for_port(&counter, PortState::Open);
    reports.scan("]E4", "96385074").unwrap();
    assert_eq!(next_scan(&counter).unwrap().text(), Some("96385074"));
}

#[test]
fn reports_are_put_together_to_codes() {
    let counter = Counter::new();
    let device = VirtualHidPosScanner::at(counter.path("reports")).unwrap();
    let _scanner = start(&counter, device.link());
    let long = "0123456789".repeat(20);
    device.scan("]Q3", &long).unwrap();
    device.scan("]E0", "4006381333931\r").unwrap();
    device.scan("", "]C1010978\x1D10AB").unwrap();
    // Another report of the scanner, such as what its trigger does.
    let mut other = [0; 64];
    other[0] = 4;
    device.send(&other).unwrap();
    device.scan("", "plain").unwrap();
    let expected = [
        (Some(Symbology::Gs1Qr), long.as_str()),
        (Some(Symbology::Ean13), "4006381333931"),
        (Some(Symbology::Gs1128), "010978\x1D10AB"),
        (None, "plain"),
    ];
    for (symbology, text) in expected {
        let code = next_scan(&counter).unwrap();
        assert_eq!(code.text(), Some(text));
        assert_eq!(code.aim.map(|aim| aim.symbology()), symbology);
    }
}

#[test]
fn reports_that_carry_no_whole_code_are_refused_with_the_reason() {
    let counter = Counter::new();
    let device = VirtualHidPosScanner::at(counter.path("reports")).unwrap();
    let format = device.link().format.unwrap();
    let read = |reports: &[&[u8]]| {
        let mut reader = HidPosReader::new(format.clone());
        let mut codes: Vec<_> = reports
            .iter()
            .filter_map(|report| reader.push(report, Duration::ZERO))
            .collect();
        assert_eq!(reader.poll(Duration::from_millis(499)), None);
        codes.extend(reader.poll(Duration::from_millis(500)));
        codes
    };
    let report = device.report("]E0", b"96385074", false);
    assert_eq!(
        read(&[&report[..20]]),
        [Err(FrameFault::Truncated { length: 20 })]
    );
    let mut overfull = report;
    overfull[1] = 57;
    assert_eq!(read(&[&overfull]), [Err(FrameFault::Garbled)]);
    let empty = device.report("]E0", b"", false);
    assert_eq!(read(&[&empty]), [Err(FrameFault::Empty)]);
    let noise = device.report("]E0", b"9\x00\x0174", false);
    assert_eq!(read(&[&noise]), [Err(FrameFault::Garbled)]);
    let begun = device.report("]E0", b"9638", true);
    assert_eq!(read(&[&begun]), [Err(FrameFault::Truncated { length: 4 })]);
    let endless = device.report("]E0", &[b'x'; 56], true);
    let mut reports = vec![endless.as_slice(); 40];
    reports.push(&report);
    assert_eq!(
        read(&reports),
        [Err(FrameFault::Overlong {
            length: 40 * 56 + 8
        })]
    );
    assert_eq!(read(&[]), []);
}

#[test]
fn the_place_of_the_code_is_read_from_the_scanners_own_description() {
    let format = HidPosFormat::parse(HID_POS_DESCRIPTOR).unwrap();
    assert_eq!((format.report, format.report_length), (Some(2), 64));
    assert_eq!(format.count, Some(1));
    assert_eq!(format.identifier, [Some(2), Some(3), Some(4)]);
    assert_eq!(format.data, 5..61);
    assert_eq!(format.continued.unwrap().byte, 63);
    assert_eq!(format.good_beep, None);
    // Without number, count and identifier; with sounds.
    let other = [
        0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x20, 0x09, 0xFE, 0x81, 0x02, //
        0x75, 0x01, 0x95, 0x01, 0x09, 0xFF, 0x81, 0x02, 0x95, 0x07, 0x81, 0x03, //
        0x95, 0x04, 0x09, 0x00, 0x09, 0x5F, 0x09, 0x85, 0x09, 0x86, 0x91, 0x02, //
        0x95, 0x04, 0x91, 0x03, 0xC0,
    ];
    let format = HidPosFormat::parse(&other).unwrap();
    assert_eq!((format.report, format.report_length), (None, 33));
    assert_eq!((format.count, format.data.clone()), (None, 0..32));
    assert_eq!(format.error_beep.unwrap().report(), [0, 0b0100]);
    assert_eq!(format.good_beep.unwrap().report(), [0, 0b1000]);
    let mut report = [0; 33];
    report[..8].copy_from_slice(b"96385074");
    let code = HidPosReader::new(format).push(&report, Duration::ZERO);
    assert_eq!(code.unwrap().unwrap().text(), Some("96385074"));
    // A keyboard, half a description, and none.
    let keyboard = [
        0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x75, 0x08, 0x95, 0x08, 0x81, 0x02, 0xC0,
    ];
    for none in [&keyboard[..], &HID_POS_DESCRIPTOR[..40], &[]] {
        assert_eq!(HidPosFormat::parse(none), None);
    }
}

#[test]
fn a_scanner_of_the_class_sounds_for_good_and_bad_scans_and_reads_on() {
    let counter = Counter::new();
    let device = VirtualHidPosScanner::with_sounds(counter.path("reports")).unwrap();
    let scanner = start(&counter, device.link());
    wait_for_port(&counter, PortState::Open);
    let mut heard = Vec::new();
    let mut sounds = |signal, wanted: &[u8]| {
        scanner.signal(signal).unwrap();
        until("a sound", || {
            heard.extend(device.received());
            heard.len() >= wanted.len()
        });
        assert_eq!(heard, wanted);
        heard.clear();
    };
    device.scan("]E0", "4006381333931").unwrap();
    assert_eq!(next_scan(&counter).unwrap().text(), Some("4006381333931"));
    // The number of the report, and the one bit: neither is it kept from reading nor made to read.
    sounds(ScanSignal::Good, &[4, 0b0100_0000]);
    sounds(ScanSignal::Error, &[4, 0b0010_0000]);
    device.scan("]Q1", &"0123456789".repeat(10)).unwrap();
    let code = next_scan(&counter).unwrap();
    assert_eq!(code.text().map(str::len), Some(100));
    sounds(ScanSignal::Good, &[4, 0b0100_0000]);
    // What it sounds for a code that is not on file stands in for a bad scan.
    let mut other = HID_POS_DESCRIPTOR_WITH_SOUNDS.to_vec();
    let at = other.iter().rposition(|byte| *byte == 0x85).unwrap();
    other[at] = 0x87;
    let format = HidPosFormat::parse(&other).unwrap();
    assert_eq!(format.error_beep.unwrap().report(), [4, 0b0010_0000]);
    // A lamp that is lit at each good read is a setting among others, and is left as it is.
    other[at] = 0x7D;
    let format = HidPosFormat::parse(&other).unwrap();
    assert_eq!(format.error_beep, None);
    assert_eq!(format.good_beep.unwrap().report(), [4, 0b0100_0000]);
    // One that describes no sound gets nothing.
    drop(scanner);
    let mute = VirtualHidPosScanner::at(counter.path("mute")).unwrap();
    let scanner = start(&counter, mute.link());
    wait_for_port(&counter, PortState::Open);
    scanner.signal(ScanSignal::Good).unwrap();
    mute.scan("]E4", "96385074").unwrap();
    assert_eq!(next_scan(&counter).unwrap().text(), Some("96385074"));
    assert_eq!(scanner.traffic().bytes(Direction::ToDevice), b"");
}

#[test]
fn a_file_that_is_no_keyboard_or_scanner_is_named_as_failed_and_a_missing_one_as_absent() {
    let counter = Counter::new();
    let path = counter.path("file");
    let keyboard = KeyboardLink::new(UsbLink::Path(path.clone()));
    let scanner = start(&counter, keyboard.clone());
    wait_for_port(&counter, PortState::Absent);
    drop(scanner);
    std::fs::write(&path, b"").unwrap();
    let _scanner = start(&counter, keyboard);
    wait_for_port(&counter, PortState::Failed);
    let reports = hal::HidPosLink::new(UsbLink::Path(path));
    let _other = start(&counter, reports);
    wait_for_port(&counter, PortState::Failed);
}

/// Needs the right to make a keyboard, which few machines that run tests give.
#[test]
fn a_real_keyboard_is_kept_from_others_and_its_second_owner_is_told() {
    let device = match VirtualKeyboardScanner::on_uinput() {
        Ok(device) => device,
        Err(error) => {
            // What is written like this is shown where the test passes, too.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED: a real keyboard was not tried: {error}"
            );
            return;
        }
    };
    let link = device.link();
    if let UsbLink::Path(path) = &link.usb {
        until("the file", || path.exists());
    }
    let counter = Counter::new();
    let _scanner = start(&counter, link.clone());
    wait_for_port(&counter, PortState::Open);
    let _second = start(&counter, link);
    wait_for_port(&counter, PortState::Busy);
    device.scan("96385074").unwrap();
    assert_eq!(next_scan(&counter).unwrap().text(), Some("96385074"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_description_and_any_reports_are_read_or_refused(
        mut description in proptest::collection::vec(any::<u8>(), 0..200),
        changes in proptest::collection::vec((0..HID_POS_DESCRIPTOR.len(), any::<u8>()), 0..4),
        reports in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..20),
        events in proptest::collection::vec(any::<u8>(), 0..1000),
    ) {
        let mut changed = HID_POS_DESCRIPTOR.to_vec();
        for (at, byte) in changes {
            changed[at] = byte;
        }
        description.extend_from_slice(&changed);
        for description in [description, changed] {
            let Some(format) = HidPosFormat::parse(&description) else { continue };
            prop_assert!(format.report_length <= hal::hid_pos::MAX_REPORT);
            let mut reader = HidPosReader::new(format);
            for report in &reports {
                let _ = reader.push(report, Duration::ZERO);
            }
        }
        let mut keys = KeyReader::new();
        let read = events.iter().filter(|byte| keys.push(**byte).is_some()).count();
        prop_assert!(read <= events.len() / hal::keyboard::EVENT_LENGTH);
        keys.clear();
        let a = keystrokes(b'a').unwrap();
        prop_assert_eq!(keys.hear(a[0]), Some(Typed::Character(b'a')));
    }
}
