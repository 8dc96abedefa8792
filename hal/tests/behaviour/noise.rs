//! Whatever comes over a line, no decoder panics, and each is in step again afterwards.

use std::time::Duration;

use hal::escpos::{Report, StatusReader};
use hal::framing::FrameReader;
use hal::printer::{CodePageNumber, encode};
use hal::simulators::VirtualPrinter;
use hal::{
    Barcode, CodePage, CompletionReport, DisplayProfile, Framing, Image, Job, PrinterLink,
    PrinterProfile, Qr, Style, encoded_len,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::until;

/// What a code may stand between.
const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// One page alone, so that every line goes in it.
fn pages(page: CodePage) -> &'static [CodePageNumber] {
    Box::leak(Box::new([CodePageNumber { page, number: 0 }]))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_status_reader_survives_any_bytes(bytes in vec(any::<u8>(), 0..200)) {
        let mut reader = StatusReader::new();
        for byte in bytes {
            reader.push(byte);
        }
        // An answer is never part of another report, except in place of a tag's character.
        let last = (0..6).filter_map(|_| reader.push(0x12)).last();
        prop_assert_eq!(last, Some(Report::Answer(0x12)));
    }

    #[test]
    fn the_star_status_reader_survives_any_bytes(
        bytes in vec(any::<u8>(), 0..200), starts in vec(0u8..4, 0..200),
    ) {
        let mut reader = hal::star::StatusReader::new();
        for (byte, start) in bytes.iter().zip(starts.iter().chain(std::iter::repeat(&3))) {
            // Many of the bytes are such as begin a report.
            reader.push([0x23, 0x1B, 0x86, *byte][usize::from(*start)]);
        }
        // In step again at the latest when the longest of reports is over.
        for _ in 0..0x200 + 40 {
            reader.push(0xFF);
        }
        let status = [0x23, 0x06, 0x28, 0, 0, 0, 0, 0, 0];
        let last = status.into_iter().filter_map(|byte| reader.push(byte)).last();
        let is_status = matches!(last, Some(hal::star::Report::Status(status)) if status.printer == 0x28);
        prop_assert!(is_status, "{:?}", last);
    }

    #[test]
    fn the_frame_reader_survives_any_bytes_and_loses_none(
        bytes in vec(
            prop_oneof![8 => any::<u8>(), 1 => Just(b'\r'), 1 => Just(STX), 1 => Just(ETX)], 0..700,
        ),
    ) {
        let mut reader = FrameReader::new(Framing::default());
        let mut frame = Vec::new();
        for byte in bytes {
            let bracketed = byte == ETX && frame.first() == Some(&STX);
            let ends = bracketed || matches!(byte, b'\r' | b'\n' | b'\t');
            let told = reader.push(byte, Duration::ZERO);
            if !ends {
                prop_assert!(told.is_none());
                frame.push(byte);
                continue;
            }
            let length = std::mem::take(&mut frame).len();
            prop_assert_eq!(told.is_some(), length > 0);
            let content = length.saturating_sub(usize::from(bracketed));
            match told {
                None => {}
                Some(Ok(code)) => prop_assert_eq!(
                    code.data.len() + if code.aim.is_some() { 3 } else { 0 },
                    content
                ),
                Some(Err(hal::FrameFault::Overlong { length: told })) => {
                    prop_assert_eq!(told, length);
                }
                // An identifier and nothing behind it, or nothing in between.
                Some(Err(hal::FrameFault::Empty)) => {
                    prop_assert!(content == 3 || (bracketed && content == 0));
                }
                Some(Err(
                    hal::FrameFault::Garbled
                    | hal::FrameFault::WrongParity
                    | hal::FrameFault::OtherDevice,
                )) => {}
                Some(Err(other)) => prop_assert!(false, "{}", other),
            }
        }
    }

    #[test]
    fn any_text_is_printed_in_every_code_page_without_control_bytes(
        left in any::<String>(), right in any::<String>(), columns in 0u8.., wide in any::<bool>(),
    ) {
        for code_page in CodePage::ALL {
            let mut profile = PrinterProfile::generic_80mm();
            profile.code_pages = pages(code_page);
            profile.columns = columns;
            prop_assert!(code_page.encode(&left).all(|byte| byte >= b' ' && byte != 0x7F));
            let mut style = Style::plain();
            style.double_width = wide;
            let mut job = Job::new();
            job.pair(&left, &right, style).line(&right, style);
            let mut bytes = Vec::new();
            encode(job.commands(), &profile, None, &mut bytes).unwrap();
            let most = usize::from(columns).clamp(1, 96);
            // The settings stand in the first row.
            for row in bytes.split(|&byte| byte == b'\n').skip(1) {
                let settings = row.iter().filter(|&&byte| byte == 0x1B).count() * 3;
                prop_assert!(row.len() <= most + settings, "{} > {}", row.len(), most);
            }
        }
    }

    #[test]
    fn codes_and_pictures_are_made_from_anything_or_refused(
        text in any::<String>(), digits in "(1[06]|04|05|20|27|61|[0-9]){0,14}",
        rows in vec(prop_oneof![any::<u8>(), proptest::sample::select(vec![0x10, 0x04, 0x05, 0x14, 0x01, 0x08, 0x1B, 0x3D])], 0..600),
        width in prop_oneof![1u16..400, any::<u16>()],
    ) {
        let mut job = Job::new();
        if let Ok(barcode) = Barcode::ean13(&digits) { job.barcode(barcode); }
        if let Ok(barcode) = Barcode::code128(&text) { job.barcode(barcode); }
        if let Ok(barcode) = Barcode::code128(&digits) { job.barcode(barcode); }
        if let Ok(qr) = Qr::new(&text) { job.qr(qr); }
        let stride = usize::from(width.div_ceil(8)).max(1);
        if let Ok(image) = Image::new(width, (rows.len() / stride) as u16, &rows) { job.image(image); }
        let mut profile = PrinterProfile::generic_58mm();
        profile.completion = CompletionReport::GsParenH;
        let mut bytes = Vec::new();
        let tag = hal::printer::JobTag::of(hal::JobId(1));
        encode(job.commands(), &profile, Some(tag), &mut bytes).unwrap();
        prop_assert_eq!(encoded_len(&job, &profile), bytes.len());
        // Nothing of it is obeyed at once, but for the pulse that a printer was told to ignore.
        let mut shared = profile.clone();
        shared.line_display = Some(DisplayProfile::cd5220());
        for (profile, ignores_pulse) in [
            (profile, false),
            (shared, false),
            (PrinterProfile::epson_tm_t88(), true),
            (PrinterProfile::epson_tm_u220(), false),
        ] {
            let mut bytes = Vec::new();
            encode(job.commands(), &profile, Some(tag), &mut bytes).unwrap();
            let obeyed = |bytes: &[u8]| match bytes {
                [0x10, 0x04 | 0x05, _] => true,
                [0x10, 0x14, function] => !ignores_pulse || (2..=8).contains(function),
                [0x1B, b'=', _] => profile.line_display.is_some(),
                _ => false,
            };
            // It begins by taking the line from the display.
            let at_once = bytes.windows(3).skip(1).find(|bytes| obeyed(bytes));
            prop_assert_eq!(at_once, None);
        }
    }
}

#[test]
fn the_virtual_printer_records_noise_and_prints_on() {
    let folder = tempfile::tempdir().unwrap();
    let paper = VirtualPrinter::on_pty(folder.path().join("printer")).unwrap();
    let PrinterLink::Serial(link) = paper.link() else {
        panic!("a pty is a serial port");
    };
    std::fs::write(
        &link.path,
        b"\x1b\xff\x1d\xfe\x07\x1d(X\x02\x00ab\x1bt\x63hello\n",
    )
    .unwrap();
    until("the text", || paper.text().contains("hello"));
    let unknown: Vec<Vec<u8>> = paper.unknown().into_iter().map(|u| u.bytes).collect();
    let expected: [&[u8]; 5] = [
        b"\x1b\xff",
        b"\x1d\xfe",
        b"\x07",
        b"\x1d(X\x02\x00ab",
        b"\x1bt\x63",
    ];
    assert_eq!(unknown, expected);
}

#[test]
fn the_virtual_printer_survives_a_megabyte_of_noise() {
    let paper = VirtualPrinter::on_tcp().unwrap();
    let PrinterLink::Tcp(address) = paper.link() else {
        panic!("a network printer is in the network");
    };
    let mut seed = 1u32;
    let noise: Vec<u8> = (0..1_000_000)
        .map(|_| {
            // Numerical Recipes' generator; half of the bytes begin a command.
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let byte = (seed >> 24) as u8;
            if seed & 0x0080_0000 == 0 {
                [0x10, 0x1B, 0x1D, b'('][usize::from(byte & 3)]
            } else {
                byte
            }
        })
        .collect();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(&mut stream, &noise).unwrap();
    until("the last byte", || paper.bytes().len() == noise.len());
    assert!(!paper.unknown().is_empty());
    paper.unplug();
    paper.plug().unwrap();
}
