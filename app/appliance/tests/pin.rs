//! PINs: only the right digits with the right pepper are let in.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use appliance::keys::{SecretKey, ShopKey};
use appliance::pin::{Pepper, Verification, hash_pin, verify_pin};
use appliance::{ApplianceError, ErrorKind};

/// A pepper like no other with another seed.
fn pepper(seed: u8) -> Pepper {
    Pepper::new(SecretKey::new([seed; 32]))
}

#[test]
fn only_the_whole_pin_is_let_in() {
    let pepper = pepper(1);
    let phc = hash_pin("258036", &pepper).unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid="));
    for (entered, expected) in [
        ("258036", Verification::Verified),
        ("2580", Verification::Wrong),
        ("25803", Verification::Wrong),
        ("258037", Verification::Wrong),
        ("2580360", Verification::Wrong),
        ("", Verification::Wrong),
        ("25803\u{0666}", Verification::Wrong),
    ] {
        assert_eq!(
            verify_pin(entered, &phc, &pepper).unwrap(),
            expected,
            "{entered:?} was entered"
        );
    }
}

#[test]
fn the_same_pin_is_kept_differently_for_each_person() {
    let pepper = pepper(1);
    let one = hash_pin("2580", &pepper).unwrap();
    assert_ne!(one, hash_pin("2580", &pepper).unwrap());
}

#[test]
fn another_pepper_is_told_from_a_wrong_pin() {
    let phc = hash_pin("2580", &pepper(1)).unwrap();
    let error = verify_pin("2580", &phc, &pepper(2)).unwrap_err();
    assert!(matches!(error, ApplianceError::OtherPepper), "{error}");
    assert_eq!(error.kind(), ErrorKind::PinToBeReset);
    assert!(error.to_string().contains("set a new PIN"), "{error}");
}

#[test]
fn the_pepper_itself_goes_into_the_hash() {
    // The key id names the pepper; a forged id must not be enough.
    let (mine, other) = (pepper(1), pepper(2));
    let key_id = |phc: &str| {
        let (_, rest) = phc.split_once("keyid=").unwrap();
        rest.split(['$', ',']).next().unwrap().to_owned()
    };
    let theirs = hash_pin("2580", &other).unwrap();
    let ours = hash_pin("2580", &mine).unwrap();
    let forged = theirs.replace(&key_id(&theirs), &key_id(&ours));
    assert_ne!(forged, theirs, "each pepper has an id of its own");
    assert_eq!(
        verify_pin("2580", &forged, &mine).unwrap(),
        Verification::Wrong
    );
}

#[test]
fn pins_that_anybody_would_try_are_refused_when_set() {
    let pepper = pepper(1);
    for pin in [
        "0000",
        "1212",
        "123123",
        "1234",
        "0123",
        "7890",
        "9876",
        "3210",
        "1987",
        "2026",
        "111111111111",
    ] {
        let error = hash_pin(pin, &pepper).unwrap_err();
        assert!(
            matches!(error, ApplianceError::GuessablePin),
            "{pin}: {error}"
        );
    }
    for pin in ["", "123", "2580258025803", "25 80", "+258", "٢٥٨٠", "abcd"] {
        let error = hash_pin(pin, &pepper).unwrap_err();
        assert!(matches!(error, ApplianceError::NotAPin), "{pin}: {error}");
    }
    for pin in ["2580", "1357", "1213", "19875", "112358132134"] {
        assert!(hash_pin(pin, &pepper).is_ok(), "{pin}");
    }
}

#[test]
fn a_damaged_or_greedy_hash_is_an_error_and_not_a_wrong_pin() {
    let pepper = pepper(1);
    let phc = hash_pin("2580", &pepper).unwrap();
    let cut = phc.rsplit_once('$').unwrap().0;
    for damaged in [
        "",
        "2580",
        cut,
        &phc[..phc.len() - 8],
        &phc.replace("argon2id", "argon2i"),
        &phc.replace("m=19456", "m=4000000"),
        &phc.replace("t=2", "t=2000000"),
        &phc.replace("m=19456", "m=0"),
    ] {
        let error = verify_pin("2580", damaged, &pepper).unwrap_err();
        assert!(
            matches!(error, ApplianceError::UnusableHash { .. }),
            "{damaged}: {error}"
        );
    }
}

#[test]
fn tills_of_a_shop_take_each_others_pins_and_no_others() {
    let shop = |seed| ShopKey::from_bytes(SecretKey::new([seed; 32]));
    let phc = hash_pin("2580", &Pepper::of_shop(&shop(1))).unwrap();
    assert_eq!(
        verify_pin("2580", &phc, &Pepper::of_shop(&shop(1))).unwrap(),
        Verification::Verified
    );
    for other in [Pepper::of_shop(&shop(2)), pepper(1)] {
        let error = verify_pin("2580", &phc, &other).unwrap_err();
        assert!(matches!(error, ApplianceError::OtherPepper), "{error}");
    }
}

#[test]
fn the_pepper_is_never_printed() {
    assert_eq!(format!("{:?}", pepper(7)), "Pepper(…)");
}
