//! Enrolment: a sheet opens with its code alone, and everything else says what to do.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use appliance::enrolment::{Enrolment, EnrolmentCode, EnrolmentError, Sheet};
use appliance::keys::{SecretKey, ShopKey};
use jiff::Timestamp;
use proptest::prelude::*;
use zeroize::Zeroizing;

const NOW: &str = "2026-12-01T08:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn enrolment() -> Enrolment {
    Enrolment {
        url: "https://erp.example.com".to_owned(),
        pins: vec![[7; 32], [9; 32]],
        key: "0123456789abcde".to_owned(),
        secret: Zeroizing::new("s3cr3ts3cr3ts3c".to_owned()),
        till: "C1".to_owned(),
        name: "Counter 1, Zoë".to_owned(),
        pos_profile: "Counter 1".to_owned(),
        shop_key: ShopKey::from_bytes(SecretKey::new([3; 32])),
        expires: "2026-12-08T08:00:00Z".parse().unwrap(),
        sheet: "TODO-0001".to_owned(),
    }
}

fn code() -> EnrolmentCode {
    EnrolmentCode::typed("K7QM2-9XW4T").unwrap()
}

#[test]
fn a_sheet_brings_all_of_it_with_the_code_and_in_letters_that_scanners_send_alike() {
    let whole = enrolment();
    let text = whole.seal(&code()).unwrap();
    assert!(text.starts_with("EVT1:"));
    assert!(
        text.bytes()
            .all(|b| b.is_ascii_uppercase() || b"234567:1".contains(&b))
    );
    assert!(text.len() < 1000, "{} letters", text.len());
    let opened = Sheet::read(&text).unwrap().open(&code(), now()).unwrap();
    assert_eq!(opened.url, whole.url);
    assert_eq!(opened.pins, whole.pins);
    assert_eq!(
        opened.key_and_secret().as_str(),
        "0123456789abcde:s3cr3ts3cr3ts3c"
    );
    assert_eq!((opened.till, opened.name), (whole.till, whole.name));
    assert_eq!(opened.pos_profile, whole.pos_profile);
    assert_eq!(opened.shop_key.expose(), whole.shop_key.expose());
    assert_eq!((opened.expires, opened.sheet), (whole.expires, whole.sheet));
}

#[test]
fn what_a_keyboard_scanner_makes_of_a_sheet_is_read_too() {
    let text = enrolment().seal(&code()).unwrap();
    let sheet = Sheet::read(&text).unwrap();
    // Caps Lock, a German keyboard, a French colon, lines as typed from paper.
    let german: String = text
        .chars()
        .map(|letter| match letter {
            'Y' => 'Z',
            'Z' => 'Y',
            ':' => 'Ö',
            other => other,
        })
        .collect();
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(40)
        .map(|l| std::str::from_utf8(l).unwrap())
        .collect();
    for read in [
        text.to_lowercase(),
        german,
        text.replace(':', ";"),
        lines.join("\r\n "),
    ] {
        assert!(Sheet::is_meant(&read));
        assert_eq!(Sheet::read(&read).unwrap(), sheet);
    }
}

#[test]
fn a_wrong_code_a_damaged_sheet_and_an_old_one_each_have_their_sentence() {
    let text = enrolment().seal(&code()).unwrap();
    let sheet = Sheet::read(&text).unwrap();
    let other = EnrolmentCode::typed("K7QM2-9XW4V").unwrap();
    let wrong = sheet.open(&other, now()).unwrap_err();
    assert!(matches!(wrong, EnrolmentError::WrongCode), "{wrong}");

    let late = sheet
        .open(&code(), "2026-12-08T08:00:00Z".parse().unwrap())
        .unwrap_err();
    assert!(matches!(late, EnrolmentError::Expired { .. }));
    assert!(
        late.to_string().contains("until 2026-12-08 08:00 UTC"),
        "{late}"
    );

    let other = if &text[100..101] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &text[..100], &text[101..]);
    for damaged in [
        &text[..text.len() - 1],
        &text[..200],
        &changed,
        "EVT1",
        "EVT1:",
        "EVT1:AAAA",
    ] {
        let error = Sheet::read(damaged).unwrap_err();
        assert!(
            matches!(error, EnrolmentError::Damaged),
            "{damaged}: {error}"
        );
    }
    let newer = Sheet::read(&text.replacen("EVT1", "EVT2", 1)).unwrap_err();
    assert!(matches!(newer, EnrolmentError::Newer), "{newer}");
    for foreign in [
        "",
        "9780306406157",
        "EVT",
        "EVR1:AAAA",
        "https://erp.example.com",
    ] {
        assert!(!Sheet::is_meant(foreign));
        let error = Sheet::read(foreign).unwrap_err();
        assert!(
            matches!(error, EnrolmentError::NotASheet),
            "{foreign}: {error}"
        );
    }
}

#[test]
fn a_code_is_typed_as_people_read_it() {
    let code = EnrolmentCode::typed("01V8A-BCDEF").unwrap();
    assert_eq!(code.show().as_str(), "01V8A-BCDEF");
    for typed in [
        "o1v8abcdef",
        " OIU8A bcdef",
        "0lu8a–bcdef",
        "0-1-V-8-A-B-C-D-E-F",
    ] {
        assert_eq!(
            EnrolmentCode::typed(typed).unwrap().show(),
            code.show(),
            "{typed}"
        );
    }
    for wrong in [
        "",
        "01V8A-BCDE",
        "01V8A-BCDEFG",
        "01V8A-BCDE!",
        "01V8A_BCDEF",
        "０1V8A-BCDEF",
    ] {
        let error = EnrolmentCode::typed(wrong).unwrap_err();
        assert!(
            matches!(error, EnrolmentError::NotACode),
            "{wrong}: {error}"
        );
    }
    let (one, two) = (
        EnrolmentCode::generate().unwrap(),
        EnrolmentCode::generate().unwrap(),
    );
    assert_ne!(one.show(), two.show());
    assert_eq!(
        EnrolmentCode::typed(&one.show()).unwrap().show(),
        one.show()
    );
}

#[test]
fn what_cannot_stand_on_a_sheet_is_refused_when_it_is_written() {
    let with = |change: &dyn Fn(&mut Enrolment)| {
        let mut enrolment = enrolment();
        change(&mut enrolment);
        enrolment.seal(&code()).unwrap_err().to_string()
    };
    let name = with(&|e| e.name = String::new());
    assert_eq!(
        name,
        "the name of the till cannot stand on an enrolment sheet: it is empty"
    );
    assert!(with(&|e| e.url = "x".repeat(301)).contains("longer than 300"));
    assert!(with(&|e| e.pos_profile.push('\n')).contains("control characters"));
    assert!(with(&|e| e.pins = vec![[0; 32]; 9]).contains("more than eight"));
}

#[test]
fn nothing_secret_is_ever_printed() {
    let whole = enrolment();
    let shown = format!("{whole:?} {:?} {:?}", code(), whole.shop_key);
    for secret in ["s3cr3t", "0123456789abcde", "K7QM2", "[3, 3"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_shop_key_is_kept_as_text_and_each_purpose_has_its_own_key() {
    let key = ShopKey::from_bytes(SecretKey::new([3; 32]));
    let text = key.to_text();
    assert_eq!(
        ShopKey::from_text(&format!(" {}\n", text.as_str()))
            .unwrap()
            .expose(),
        &[3; 32]
    );
    for wrong in ["", "AAAA", &text[..text.len() - 1], &text.to_lowercase()] {
        assert!(ShopKey::from_text(wrong).is_none(), "{wrong}");
    }
    assert_ne!(&*key.receipt_key(), key.expose());
    let other = ShopKey::from_bytes(SecretKey::new([4; 32]));
    assert_ne!(key.receipt_key(), other.receipt_key());
}

proptest! {
    #[test]
    fn no_scan_and_no_typing_can_harm(text in "\\PC{0,80}", sheet in "EVT[0-9]:?[A-Z2-7a-z]{0,200}") {
        let _ = (Sheet::read(&text), Sheet::read(&sheet), EnrolmentCode::typed(&text));
    }
}
