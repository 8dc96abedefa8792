//! What is kept of a card terminal's bytes: enough to see what was said, and nothing about a card.

use std::io::{Read, Write};
use std::net::TcpListener;

use hal::simulators::{TerminalAnswer, VirtualTerminal};
use hal::traffic::Direction;
use hal::zvt::apdu::Apdu;
use hal::zvt::masked;
use hal::{DeviceId, PaymentTerminal, TerminalDevice, TerminalHindrance};

use crate::card_payments::{outcome, pay, quick, start, start_seen};
use crate::support::{Counter, until};

#[test]
fn a_payment_can_be_read_from_what_is_kept_but_not_the_card_nor_the_password() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    let terminal = start_seen(&counter, &device);
    pay(&terminal, "C1-1", 1_250);
    assert!(outcome(&counter, "C1-1").approved().is_some());
    let kept = terminal.traffic().unwrap();
    let told = kept.bytes(Direction::FromDevice);
    let ordered = kept.bytes(Direction::ToDevice);
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
    // The order and its amount; that it was approved, with the same amount.
    assert!(
        has(
            &ordered,
            b"\x06\x01\x0A\x04\x00\x00\x00\x00\x12\x50\x49\x09\x78"
        ),
        "{kept}"
    );
    assert!(
        has(&told, b"\x27\x00\x04\x00\x00\x00\x00\x12\x50"),
        "{kept}"
    );
    // The card's number, as the terminal sent it and as it had it printed; and the password.
    assert!(!has(&told, b"\x67\x26"), "{kept}");
    assert!(!has(&told, b"4711") && !has(&told, b"ZAHLUNG"), "{kept}");
    assert!(has(&told, b"\x22\xF1\xF0**********"), "{kept}");
    assert!(has(&ordered, b"\x06\x20\x05***\x03\x00"), "{kept}");
    // A terminal that the till does not speak to has nothing to show.
    let events = counter.events.clone();
    let by_hand = hal::StandAloneTerminal::new(DeviceId(8), events);
    assert_eq!(PaymentTerminal::traffic(&by_hand), None);
}

#[test]
fn of_every_field_that_may_be_about_a_card_only_the_length_is_kept() {
    let status = [
        b"\x27\x00".as_slice(),
        // The number, the tracks 2, 3 and 1, the end of the card, its sequence, what the chip said.
        b"\x22\xF0\xF8\x41\x11\x11\x11\x11\x11\x11\x11",
        b"\x23\xF0\xF6\x41\x11\x11\xD2\x91\x2F",
        b"\x24\xF0\xF0\xF3\x41\x11\x11",
        b"\x2D\xF0\xF3B41",
        b"\x0E\x29\x12",
        b"\x17\x00\x02",
        b"\x2E\xF0\xF0\xF2\x41\x11",
        // The acquirer's words; a container; a field of no list.
        b"\x3C\xF0\xF0\xF44111",
        b"\x06\x05\x4C\x03\x41\x11\x11",
        b"\x04\x00\x00\x00\x00\x12\x50",
        b"\x99\x41\x11",
    ]
    .concat();
    let block = |class, instruction, data| {
        masked::said(Apdu {
            class,
            instruction,
            data,
        })
    };
    let kept = block(0x04, 0x0F, &status);
    let shown = [
        b"\x04\x0F\x48\x27\x00".as_slice(),
        b"\x22\xF0\xF8********\x23\xF0\xF6******\x24\xF0\xF0\xF3***\x2D\xF0\xF3***",
        b"\x0E**\x17**\x2E\xF0\xF0\xF2**\x3C\xF0\xF0\xF4****\x06\x05*****",
        b"\x04\x00\x00\x00\x00\x12\x50***",
    ]
    .concat();
    assert_eq!(
        kept.escape_ascii().to_string(),
        shown.escape_ascii().to_string()
    );
    // What is printed or shown, and what is of no kind.
    assert_eq!(
        block(0x06, 0xD1, b"\x80Nr. 4111").as_slice(),
        b"\x06\xD1\x09\x80********"
    );
    let printed = b"\x06\x08\x25\x06\x07\x044111";
    assert_eq!(
        block(0x06, 0xD3, printed).as_slice(),
        b"\x06\xD3\x0A\x06\x08********"
    );
    let words = b"\x17\x04\x06\x04\x24\x024!";
    assert_eq!(
        block(0x04, 0xFF, words).as_slice(),
        b"\x04\xFF\x08\x17\x04\x06\x04****"
    );
    assert_eq!(
        block(0x06, 0x1E, b"\x6C\x22\xF0\xF1\x41").as_slice(),
        b"\x06\x1E\x05\x6C\x22\xF0\xF1*"
    );
    assert_eq!(block(0x0F, 0x05, b"4111").as_slice(), b"\x0F\x05\x04****");
    let long = [b'4'; 300];
    let kept = block(0x06, 0xD1, &long);
    assert_eq!(kept.len(), 5 + long.len());
    assert!(kept.ends_with(&[b'*'; 299]));
}

#[test]
fn a_block_that_breaks_off_is_kept_by_its_head_and_another_device_by_its_greeting() {
    let counter = Counter::new();
    let device = VirtualTerminal::on_tcp().unwrap();
    device.set_answer(TerminalAnswer::Half);
    let terminal = start(&counter, &device, quick());
    until("a terminal", || terminal.status().seen);
    pay(&terminal, "C1-1", 1_250);
    let kept = || {
        let recording = terminal.traffic().unwrap();
        recording
            .bytes(Direction::FromDevice)
            .escape_ascii()
            .to_string()
    };
    until("half a block", || kept().contains(r"\x04\x0f ***"));
    drop(terminal);

    // A web server at the terminal's address, which says a number that could be one of a card.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 64];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nX: 4111111111111111\r\n\r\n");
    });
    let events = counter.events.clone();
    let terminal = TerminalDevice::start(DeviceId(9), address, quick(), events).unwrap();
    until("another language", || {
        terminal.status().hindrance == Some(TerminalHindrance::OtherProtocol)
    });
    let recording = terminal.traffic().unwrap().to_string();
    assert!(
        recording.contains("HTTP/*.* *** Bad Request"),
        "{recording}"
    );
    assert!(!recording.contains("4111"), "{recording}");
    server.join().unwrap();
}
