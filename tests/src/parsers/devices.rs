//! Bytes on the wires of devices.

use std::time::Duration;

use hal::escpos::{AutomaticStatus, Report, StatusReader, apply_answers, apply_automatic_status};
use hal::framing::FrameReader;
use hal::zvt::apdu::{ApduFault, ApduReader, MAX_DATA};
use hal::zvt::dialogue::{Dialogue, Order};
use hal::zvt::message::Message;
use hal::zvt::{Characters, ZvtProfile};
use hal::{DrawerProfile, FrameFault, Framing, MAX_CODE, PaymentAmount, PrinterStatus, star};

/// A scanner's bytes; those from 0xF0 on are a silence as well, so that pauses are tried too.
pub fn scanner_frames(bytes: &[u8]) {
    let mut reader = FrameReader::new(Framing::default());
    let mut now = Duration::ZERO;
    let mut since_the_last = 0_usize;
    for byte in bytes {
        let ended = match byte {
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
            Some(Err(FrameFault::Empty)) => since_the_last = 0,
            None => {}
        }
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
    let mut last = None;
    for byte in document {
        last = reader.push(byte);
    }
    assert_eq!(last, Some(star::Report::Document([7, 9])));
}

/// A card terminal's bytes, in the middle of a payment.
pub fn zvt_messages(bytes: &[u8]) {
    let amount = PaymentAmount {
        units: 1_250,
        currency: 978,
    };
    let begin = || Dialogue::begin(ZvtProfile::NORMAL, Order::Pay(amount), Duration::ZERO).0;
    let mut dialogue = begin();
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
                let message = Message::of(apdu, Characters::Pc437);
                match &message {
                    Message::Status(status) => {
                        // No more of a card's number than its last four digits.
                        let digits = status.card_number.chars().filter(char::is_ascii_digit);
                        assert!(digits.count() <= 4);
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
                let reaction = dialogue.hear(message, Duration::ZERO);
                if reaction.end.is_some() {
                    dialogue = begin();
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
