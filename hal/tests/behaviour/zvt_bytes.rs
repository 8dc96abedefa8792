//! Bytes of ZVT: what the till sends, and what it reads.

use hal::PaymentAmount;
use hal::zvt::apdu::{ApduFault, ApduReader, MAX_DATA};
use hal::zvt::fields::{bcd, to_bcd};
use hal::zvt::message::{Message, StatusInformation};
use hal::zvt::{Characters, ZvtProfile, command, currency, intermediate, result_code};
use proptest::collection::vec;
use proptest::prelude::*;

fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect()
}

fn status(data: &str) -> StatusInformation {
    let data = hex(data);
    let mut reader = ApduReader::new();
    let mut bytes = vec![0x04, 0x0F, u8::try_from(data.len()).unwrap()];
    bytes.extend(data);
    for byte in bytes {
        if let Some(apdu) = reader.push(byte) {
            return match Message::of(apdu.unwrap(), Characters::Pc437) {
                Message::Status(status) => status.read(),
                other => panic!("{other:?}"),
            };
        }
    }
    panic!("no block")
}

#[test]
fn commands_are_as_the_specification_has_them() {
    let profile = ZvtProfile {
        password: 12_345,
        ..ZvtProfile::NORMAL
    };
    let amount = PaymentAmount {
        units: 1_250,
        currency: 978,
    };
    for (command, expected) in [
        (
            command::authorise(amount),
            "06 01 0A 04 000000001250 49 0978",
        ),
        (
            command::refund(&profile, amount),
            "06 31 0D 012345 04 000000001250 49 0978",
        ),
        (
            command::reverse(&profile, amount, 42),
            "06 30 10 012345 87 0042 04 000000001250 49 0978",
        ),
        (command::end_of_day(&profile), "06 50 03 012345"),
        (command::turnover_totals(&profile), "06 10 03 012345"),
        (command::repeat_receipt(&profile), "06 20 05 012345 03 00"),
        (command::enquire(&profile), "05 01 03 012345"),
        (
            command::register(&profile, Some(978)),
            "06 00 14 012345 9E 0978 03 00 06 0A 1A 02 1000 26 04 0A 02 06 D3",
        ),
        // What stands behind the configuration is a currency, or nothing does.
        (command::register(&profile, None), "06 00 04 012345 9E"),
    ] {
        assert_eq!(command.as_slice(), hex(expected), "{expected}");
    }
}

#[test]
fn a_status_is_read_field_by_field_and_no_card_number_whole() {
    let read = status(
        "27 00 04 000000001250 49 0978 0B 000123 87 0042 0C 142530 0D 1128 29 52500041 \
         22 F1 F0 6726 8912 3456 7890 471F 8B F0F9 67 69 72 6F 63 61 72 64 00 \
         3B 31 32 33 34 35 36 20 20 17 0001 19 40",
    );
    assert!(read.is_approved() && !read.is_reversal() && !read.cut_short);
    assert_eq!(read.amount, Some(1_250));
    assert_eq!(read.currency, Some(978));
    assert_eq!(read.receipt.trace, Some(123));
    assert_eq!(read.receipt.receipt_number, Some(42));
    let time = read.receipt.time.unwrap();
    assert_eq!((time.month, time.day), (11, 28));
    assert_eq!((time.hour, time.minute, time.second), (14, 25, 30));
    assert_eq!(read.card_name, "girocard");
    assert_eq!(read.authorisation, "123456");
    assert!(read.card_number.starts_with("****"), "{}", read.card_number);
    let shown = read.card_number.chars().filter(char::is_ascii_digit);
    assert_eq!(shown.count(), 4);
    // A field that is in no list ends it, and it says so.
    assert!(status("27 00 C7 01 02").cut_short);
    assert!(status("27 00 22 F9 F9 12").cut_short);
    assert_eq!(status("04 0000000012A0").amount, None);
    assert_eq!(status("37 000122 27 00").original_trace, Some(122));
}

#[test]
fn a_closed_day_is_read_card_by_card() {
    let cards = "02 000000001900 00 000000000000 01 000000000250 00 000000000000 \
                 FF 000012345678 00 000000000000 03 000000000001";
    let read = status(&format!(
        "27 00 04 000012347829 60 F0F5F3 0041 0046 {cards} 0B 000123 0C 213000 0D 1128"
    ));
    assert!(read.is_of_day() && read.is_approved() && !read.cut_short);
    assert_eq!(read.amount, Some(12_347_829));
    assert_eq!(read.receipt.trace, Some(123));
    let totals = read.totals.unwrap();
    assert_eq!((totals.first_receipt, totals.last_receipt), (41, 46));
    let used: Vec<_> = totals
        .used()
        .map(|it| (it.card, it.count, it.amount))
        .collect();
    let expected = [
        ("girocard", 2, 1_900),
        ("Mastercard", 1, 250),
        ("Visa", 255, 12_345_678),
        ("other cards", 3, 1),
    ];
    assert_eq!(used, expected);
    // A card short, a digit that is none: no totals, and the rest is read.
    let short = status("60 F0F1F1 0041 0046 02 000000001900 0B 000123");
    assert_eq!((short.totals, short.receipt.trace), (None, Some(123)));
    let spoiled = format!("60 F0F5F3 0041 0046 {}", cards.replace("1900", "19A0"));
    assert!(!status(&spoiled).is_of_day());
}

#[test]
fn blocks_are_cut_at_their_lengths() {
    let mut reader = ApduReader::new();
    let mut long = hex("06 D3 FF 00 01");
    long.extend([0x41; 256]);
    long.extend(hex("80 00 00"));
    let mut seen = Vec::new();
    for byte in long {
        if let Some(Ok(apdu)) = reader.push(byte) {
            seen.push((apdu.class, apdu.instruction, apdu.data.len()));
        }
    }
    assert_eq!(seen, [(0x06, 0xD3, 256), (0x80, 0x00, 0)]);
    // Longer than any: left out whole, and the next is read.
    let mut longer = hex("06 D3 FF 01 10");
    longer.extend(vec![0x41; MAX_DATA + 1]);
    let faults: Vec<_> = longer
        .into_iter()
        .filter_map(|byte| reader.push(byte).map(|it| it.unwrap_err()))
        .collect();
    let length = MAX_DATA + 1;
    let (class, instruction) = (0x06, 0xD3);
    assert_eq!(
        faults,
        [ApduFault::TooLarge {
            class,
            instruction,
            length
        }]
    );
    assert!(!reader.is_in_the_middle());
    assert_eq!(
        reader.push(b'H').unwrap().unwrap_err(),
        ApduFault::NotZvt(b'H')
    );
}

#[test]
fn every_code_is_a_sentence() {
    for code in 0..=u8::MAX {
        assert!(!result_code::sentence(code).is_empty());
        assert!(!result_code::sentence(code).ends_with('.'));
        assert_ne!(intermediate::words(code), Some(""));
    }
    assert_eq!(currency::number("EUR"), Some(978));
    assert_eq!(currency::number("ALL"), Some(8));
    assert_eq!(currency::number("ZMW"), Some(967));
    assert_eq!(currency::number("XYZ"), None);
    assert_eq!(currency::number("UR9"), None);
    assert_eq!(intermediate::words(0x0A), Some("present the card"));
    assert_eq!(Characters::Pc437.read::<8>(b"H\x84ndler\x1b"), "Händler");
    assert_eq!(Characters::Latin1.read::<8>(b"H\xE4ndler"), "Händler");
    assert_eq!(Characters::Utf8.read::<8>("Händler".as_bytes()), "Händler");
    assert_eq!(Characters::Utf8.read::<8>(b"\xFFab\xC3"), "ab");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_survive_their_bytes(number in 0u64..1_000_000_000_000) {
        let bytes = to_bcd::<6>(number).unwrap();
        prop_assert_eq!(bcd(&bytes), Some(number));
        prop_assert_eq!(to_bcd::<6>(number + 1_000_000_000_000), None);
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in vec(any::<u8>(), 0..600)) {
        let mut reader = ApduReader::new();
        for byte in [&[0x04, 0x0F, 0xFF, 0x58, 0x02][..], &bytes].concat() {
            if let Some(Ok(apdu)) = reader.push(byte) {
                for characters in [Characters::Pc437, Characters::Latin1, Characters::Utf8] {
                    let message = Message::of(apdu, characters);
                    if let Message::Status(status) = message {
                        let status = status.read();
                        let shown = status.card_number.chars().filter(char::is_ascii_digit);
                        prop_assert!(shown.count() <= 4);
                    }
                }
            }
        }
    }
}
