//! Bytes on the wires of devices.

use std::time::Duration;

use hal::escpos::{AutomaticStatus, Report, StatusReader, apply_answers, apply_automatic_status};
use hal::framing::FrameReader;
use hal::hid_pos::{HidPosFormat, HidPosReader, MAX_REPORT};
use hal::keyboard::{EVENT_LENGTH, KeyReader, Typed, keystrokes};
use hal::line_display::encode_screen;
use hal::msr::Stripe;
use hal::raster::Logo;
use hal::scale::{ScaleDecoder, ScaleReport};
use hal::traffic::Recording;
use hal::zvt::apdu::{ApduFault, ApduReader, MAX_DATA};
use hal::zvt::dialogue::{Dialogue, Order};
use hal::zvt::fields::Fields;
use hal::zvt::masked;
use hal::zvt::message::Message;
use hal::zvt::{Characters, ZvtProfile};
use hal::{
    DisplayLine, DisplayProfile, DisplayScreen, DrawerAnswer, DrawerAnswers, DrawerProfile,
    FrameFault, Framing, MAX_CODE, PaymentAmount, PrinterStatus, ScaleProfile, ScaleProtocol,
    ScaleReading, star,
};

/// A scanner's bytes behind one that says how they are framed. Those from 0xF0 on are a silence as
/// well, so that pauses are tried too; 0xEF is a silence that another clock tells, 0xEE one that
/// nobody may have heard.
pub fn scanner_frames(bytes: &[u8]) {
    let (&how, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    let suffixed = how & 1 != 0;
    let timeouts = [50, 20, 160, 500];
    let timeout = Duration::from_millis(timeouts[usize::from(how >> 2 & 3)]);
    let mut reader = FrameReader::new(Framing { timeout, suffixed });
    if how & 2 != 0 {
        reader = reader.on_parity_port();
    }
    let mut now = Duration::ZERO;
    let mut since_the_last = 0_usize;
    let mut in_doubt = false;
    for byte in bytes {
        let ended = match byte {
            0xEE => {
                in_doubt = true;
                reader.doubt();
                None
            }
            0xEF => reader.fall_silent(),
            0xF0.. => {
                now += Duration::from_millis(10 * u64::from(byte - 0xEF));
                reader.poll(now)
            }
            byte => {
                since_the_last += 1;
                reader.push(*byte, now)
            }
        };
        assert!(reader.deadline().is_none_or(|deadline| deadline > now));
        match ended {
            Some(Ok(code)) => {
                assert!(!code.data.is_empty() && code.data.len() <= MAX_CODE);
                assert!(code.data.iter().all(|byte| !b"\r\n\t".contains(byte)));
                assert!(code.data.len() <= since_the_last);
                since_the_last = 0;
            }
            Some(Err(FrameFault::Overlong { length })) => {
                assert!(length > MAX_CODE && length <= since_the_last);
                since_the_last = 0;
            }
            Some(Err(fault)) => {
                match fault {
                    FrameFault::Truncated { .. } => assert!(suffixed),
                    FrameFault::Lost => assert!(in_doubt && !suffixed),
                    _ => {}
                }
                since_the_last = 0;
            }
            None => continue,
        }
        in_doubt = false;
    }
    // Whatever came before: after an end the next code is read whole.
    let _ended = reader.push(b'\r', now);
    for byte in b"]E09780000001009" {
        assert!(reader.push(*byte, now).is_none());
    }
    let code = reader.push(b'\r', now).expect("a code").expect("a code");
    assert_eq!(code.data.as_slice(), b"9780000001009");
}

/// A printer's bytes.
pub fn printer_status(bytes: &[u8]) {
    let mut reader = StatusReader::new();
    let mut status = PrinterStatus::UNKNOWN;
    for byte in bytes {
        if let Some(Report::Automatic(automatic)) = reader.push(*byte) {
            apply_automatic_status(automatic, &DrawerProfile::COMMON, &mut status);
            assert!(status.responding);
        }
    }
    for answers in bytes.chunks_exact(4) {
        let answers = [answers[0], answers[1], answers[2], answers[3]];
        apply_answers(answers, &DrawerProfile::COMMON, &mut status);
    }
    // Whatever came before: the next status is read whole.
    let whole = [0x10, 0x00, 0x00, 0x0F];
    let mut last = None;
    for byte in whole {
        last = reader.push(byte);
    }
    assert_eq!(last, Some(Report::Automatic(AutomaticStatus(whole))));
}

/// A Star printer's bytes.
pub fn star_status(bytes: &[u8]) {
    let mut reader = star::StatusReader::new();
    let mut status = PrinterStatus::UNKNOWN;
    let mut reports = 0;
    for byte in bytes {
        let Some(report) = reader.push(*byte) else {
            continue;
        };
        reports += 1;
        if let star::Report::Status(said) = report {
            star::apply_status(said, &DrawerProfile::COMMON, &mut status);
            assert!(said.counter.is_none_or(|counter| counter < 32));
            assert!(status.responding);
        }
    }
    assert!(reports <= bytes.len());
    // Whatever came before: opened anew, the next report is read whole.
    reader.clear();
    let document = [0x1B, 0x1D, 0x03, 0x01, 7, 9, 0, 0];
    let mut reports = document.iter().filter_map(|byte| reader.push(*byte));
    assert_eq!(reports.next(), Some(star::Report::Document([7, 9])));
    assert_eq!(reports.next(), None);
}

/// A card terminal's bytes, in the middle of a payment, of a question and of closing its day.
pub fn zvt_messages(bytes: &[u8]) {
    let amount = PaymentAmount {
        units: 1_250,
        currency: 978,
    };
    let orders = [Order::Pay(amount), Order::Repeat, Order::EndOfDay];
    let begin = |order| Dialogue::begin(ZvtProfile::NORMAL, order, Duration::ZERO).0;
    let mut dialogues = orders.map(|order| (order, begin(order)));
    let mut reader = ApduReader::new();
    let mut taken = 0;
    for byte in bytes {
        taken += 1;
        match reader.push(*byte) {
            None => {}
            Some(Err(ApduFault::NotZvt(first))) => {
                assert_eq!(first, *byte);
                assert!(!reader.is_in_the_middle());
            }
            Some(Err(ApduFault::TooLarge { length, .. })) => {
                assert!(length > MAX_DATA && length <= taken);
            }
            Some(Ok(apdu)) => {
                assert!(apdu.data.len() <= MAX_DATA && apdu.data.len() < taken);
                taken = 0;
                // What is kept of it has its length, and stars for whatever may be about a card.
                let kept = masked::said(apdu);
                assert!(kept.len() > apdu.data.len());
                let data = &kept[kept.len() - apdu.data.len()..];
                if (apdu.class, apdu.instruction) == (0x04, 0x0F) {
                    let of_cards = [0x06, 0x0E, 0x17, 0x22, 0x23, 0x24, 0x2D, 0x2E, 0x3C];
                    let mut fields = Fields::of(data);
                    for field in fields.by_ref().filter(|it| of_cards.contains(&it.bitmap)) {
                        assert!(field.value.iter().all(|byte| *byte == masked::HIDDEN));
                    }
                    assert!(fields.left().iter().all(|byte| *byte == masked::HIDDEN));
                } else if apdu.class == 0x0F {
                    assert!(data.iter().all(|byte| *byte == masked::HIDDEN));
                }
                let message = Message::of(apdu, Characters::Pc437);
                match &message {
                    Message::Status(status) => {
                        let status = status.read();
                        // No more of a card's number than its last four digits.
                        let digits = status.card_number.chars().filter(char::is_ascii_digit);
                        assert!(digits.count() <= 4);
                        for card in status.totals.iter().flat_map(|totals| totals.used()) {
                            assert!(card.amount < 1_000_000_000_000);
                        }
                    }
                    Message::Intermediate(intermediate) => {
                        let words = intermediate.words(Characters::Utf8);
                        assert!(words.chars().all(|letter| !letter.is_control()));
                    }
                    Message::PrintBlock(block) => {
                        assert!(block.lines().map(<[u8]>::len).sum::<usize>() <= MAX_DATA);
                        let _whom = (block.kind(), block.is_last());
                    }
                    _ => {}
                }
                for (order, dialogue) in &mut dialogues {
                    if dialogue.hear(message, Duration::ZERO).end.is_some() {
                        *dialogue = begin(*order);
                    }
                }
            }
        }
    }
    // Whatever came before: on a new connection the next message is read.
    let mut reader = ApduReader::new();
    assert!(reader.push(0x80).is_none() && reader.push(0x00).is_none());
    let apdu = reader.push(0x00).expect("a block").expect("a block");
    let message = Message::of(apdu, Characters::Pc437);
    assert_eq!(message, Message::Acknowledged);
}

/// The bytes on the line of a drawer with a port of its own. The first two say which bits of an
/// answer are the sensor's and what they are while it is open; a 0xFF after them is also the end of
/// a round, so that questions are tried too.
pub fn drawer_answers(bytes: &[u8]) {
    let [mask, open, bytes @ ..] = bytes else {
        return;
    };
    let mut answers = DrawerAnswers::new(*mask, *open);
    let is_open = |byte: u8| byte & mask == open & mask;
    for byte in bytes {
        if let DrawerAnswer::Is { open } = answers.hear(*byte) {
            assert_eq!(open, is_open(*byte));
        }
        if *byte == 0xFF {
            let (_fault, silent) = answers.end_round();
            assert!(!silent, "it was heard since the question before");
        }
    }
    // Whatever came before: a drawer alone on its line is believed again after a round.
    answers.end_round();
    answers.hear(*open);
    answers.end_round();
    let said = answers.hear(*open);
    assert_eq!(said, DrawerAnswer::Is { open: true });
    let (_fault, silent) = answers.end_round();
    assert!(!silent);
}

/// A scale's bytes, in each protocol.
pub fn scale_frames(bytes: &[u8]) {
    for (_, protocol) in ScaleProfile::NAMES {
        for checksum in [false, true] {
            let mut profile = ScaleProfile::new(protocol);
            profile.checksum = checksum;
            let mut decoder = ScaleDecoder::new(profile);
            let reports = bytes.iter().filter_map(|byte| decoder.push(*byte));
            for report in reports {
                let ScaleReport::Reading(ScaleReading::Stable(weight)) = report else {
                    continue;
                };
                assert!(weight.decimals <= 5 && weight.digits <= 999_999);
                assert!(weight.to_string().ends_with(weight.unit.symbol()));
                assert_eq!(weight.is_zero(), weight.digits == 0);
            }
        }
    }
    // Whatever came before: opened anew, the next weight is read whole.
    let mut decoder = ScaleDecoder::new(ScaleProfile::new(ScaleProtocol::Toledo8217));
    for byte in bytes {
        let _report = decoder.push(*byte);
    }
    decoder.clear();
    let last = b"\x0201.255\r"
        .iter()
        .filter_map(|byte| decoder.push(*byte))
        .last();
    let is_weight = matches!(last, Some(ScaleReport::Reading(ScaleReading::Stable(weight)))
        if weight.grams() == 1_255);
    assert!(is_weight, "{last:?}");
}

/// The events of a scanner that is a keyboard.
pub fn keyboard_events(bytes: &[u8]) {
    let mut keys = KeyReader::new();
    let mut reader = FrameReader::new(Framing::default());
    let typed = bytes.iter().filter_map(|byte| keys.push(*byte));
    let mut count = 0;
    for typed in typed {
        count += 1;
        match typed {
            Typed::Character(character) => {
                let _ended = reader.push(character, Duration::ZERO);
            }
            Typed::Lost => reader.lose(Duration::ZERO),
        }
    }
    assert!(count <= bytes.len() / EVENT_LENGTH);
    // Whatever came before: what is typed after it is opened anew is read as it is typed.
    keys.clear();
    for character in b"]C1aB\x1D7\r" {
        let strokes = keystrokes(*character).expect("a scanner types it");
        let read: Vec<Typed> = strokes
            .iter()
            .flat_map(|event| event.to_bytes())
            .filter_map(|byte| keys.push(byte))
            .collect();
        assert_eq!(read, [Typed::Character(*character)]);
    }
}

/// The description of a scanner of the class for points of sale, after its length in one byte,
/// and reports of it.
pub fn hid_pos_reports(bytes: &[u8]) {
    let (&length, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let (description, reports) = rest.split_at(rest.len().min(usize::from(length)));
    let Some(format) = HidPosFormat::parse(description) else {
        return;
    };
    assert!((1..=MAX_REPORT).contains(&format.report_length));
    assert!(format.data.end <= format.report_length);
    for beep in [format.good_beep, format.error_beep].into_iter().flatten() {
        assert!(beep.report().len() <= MAX_REPORT);
    }
    let mut reader = HidPosReader::new(format);
    for report in reports.chunks(reader.report_length()) {
        if let Some(Ok(code)) = reader.push(report, Duration::ZERO) {
            assert!(!code.data.is_empty() && code.data.len() <= MAX_CODE);
        }
    }
    let _half = reader.cut();
    assert_eq!(reader.deadline(), None);
}

/// Text for a line display: two lines, a tab before what stands at the right.
pub fn display_texts(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().map(|line| match line.split_once('\t') {
        Some((left, right)) => DisplayLine::pair(left, right),
        None => DisplayLine::new(line),
    });
    let upper = lines.next().unwrap_or_default();
    let screen = DisplayScreen::new(upper, lines.next().unwrap_or_default());
    for name in DisplayProfile::NAMES {
        let profile = DisplayProfile::named(name).expect("a known one");
        let mut shown = Vec::new();
        encode_screen(&screen, &profile, &mut shown).expect("a vector takes all");
        // Both frames have four bytes, and no text makes a command of its own.
        assert_eq!(shown.len(), 2 * (4 + usize::from(profile.columns)));
        assert!(shown.iter().filter(|byte| **byte < b' ').count() <= 6);
    }
}

/// What a card reader types.
pub fn magnetic_stripes(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Stripe::of(&text) {
        None => {}
        Some(stripe) => {
            assert!(text.trim().starts_with(['%', ';', '+']));
            if let Stripe::Badge(said) = stripe {
                assert!(!said.trim().is_empty() && text.contains(said) && !said.contains('?'));
                // What is a badge by itself is none when a payment card's track follows.
                let both = format!("%{said}?;4242424242424242=2912?");
                assert_eq!(Stripe::of(&both), Some(Stripe::PaymentCard));
            }
        }
    }
}

/// A picture for the head of receipts.
pub fn logo_pictures(bytes: &[u8]) {
    for dots in [0, 1, 384, 576] {
        let Ok(logo) = Logo::from_png(bytes, dots) else {
            return;
        };
        if let Some(image) = logo.image() {
            assert!(image.width() <= dots.max(1) && !image.bytes().is_empty());
        }
    }
}

/// A recording of a device's bytes.
pub fn recordings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match text.parse::<Recording>() {
        Ok(recording) => {
            let again: Recording = recording.to_string().parse().expect("what we wrote");
            assert_eq!(again, recording);
        }
        Err(problem) => assert!(problem.to_string().starts_with("line ")),
    }
}
