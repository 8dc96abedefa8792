//! PINs: only the right digits with the right pepper are let in.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use appliance::pin::{Pepper, Verification, hash_pin, verify_pin};
use appliance::{ApplianceError, ErrorKind};

fn pepper(folder: &Path) -> Pepper {
    Pepper::load_or_create(&folder.join("pepper")).unwrap()
}

#[test]
fn only_the_whole_pin_is_let_in() {
    let folder = tempfile::tempdir().unwrap();
    let pepper = pepper(folder.path());
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
    let folder = tempfile::tempdir().unwrap();
    let pepper = pepper(folder.path());
    let one = hash_pin("2580", &pepper).unwrap();
    assert_ne!(one, hash_pin("2580", &pepper).unwrap());
}

#[test]
fn the_pepper_survives_a_restart_and_another_pepper_is_told_from_a_wrong_pin() {
    let folder = tempfile::tempdir().unwrap();
    let phc = hash_pin("2580", &pepper(folder.path())).unwrap();
    let again = pepper(folder.path());
    assert_eq!(
        verify_pin("2580", &phc, &again).unwrap(),
        Verification::Verified
    );

    let other_box = tempfile::tempdir().unwrap();
    let error = verify_pin("2580", &phc, &pepper(other_box.path())).unwrap_err();
    assert!(matches!(error, ApplianceError::OtherPepper), "{error}");
    assert_eq!(error.kind(), ErrorKind::PinToBeReset);
}

#[test]
fn the_pepper_itself_goes_into_the_hash() {
    // The key id names the pepper; a forged id must not be enough.
    let folder = tempfile::tempdir().unwrap();
    let mine = pepper(folder.path());
    let other_box = tempfile::tempdir().unwrap();
    let other = pepper(other_box.path());
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
    let folder = tempfile::tempdir().unwrap();
    let pepper = pepper(folder.path());
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
    let folder = tempfile::tempdir().unwrap();
    let pepper = pepper(folder.path());
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
fn the_pepper_file_is_private_and_a_damaged_or_exposed_one_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pepper");
    Pepper::load_or_create(&path).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing else is left in the folder"
    );

    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = Pepper::load_or_create(&path).unwrap_err();
    assert!(
        matches!(error, ApplianceError::ExposedPepper { mode: 0o640, .. }),
        "{error}"
    );

    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&path, b"short").unwrap();
    let error = Pepper::load_or_create(&path).unwrap_err();
    assert!(
        matches!(error, ApplianceError::DamagedPepper { .. }),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"short");
}

#[test]
fn programs_that_start_together_share_one_pepper() {
    let folder = tempfile::tempdir().unwrap();
    let peppers: Vec<Pepper> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| pepper(folder.path())))
            .collect();
        starts.into_iter().map(|s| s.join().unwrap()).collect()
    });
    let phc = hash_pin("2580", &pepper(folder.path())).unwrap();
    for one in &peppers {
        assert_eq!(
            verify_pin("2580", &phc, one).unwrap(),
            Verification::Verified
        );
    }
}

#[test]
fn the_pepper_is_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(format!("{:?}", pepper(folder.path())), "Pepper(…)");
}
