//! What makes a box a till, what is plugged into it, and what updates say of themselves.

use std::sync::LazyLock;

use appliance::enrolment::{Enrolment, MOST_PINS};
use appliance::updates::hawkbit::{ActionId, Address, Deployment, Poll, cancelled};
use appliance::updates::{NotARelease, Release, ReleaseKey, Said, bundle_of, slots_of};
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use super::erpnext::first_line;

/// Who writes descriptions of releases.
static RELEASES: LazyLock<(SigningKey, ReleaseKey)> = LazyLock::new(|| {
    let signing = SigningKey::from_bytes(&[7; 32]);
    let digits = signing.verifying_key().to_bytes();
    let text: String = digits.iter().map(|byte| format!("{byte:02x}")).collect();
    (signing, ReleaseKey::from_text(&text).expect("a key"))
});

/// What is inside an enrolment sheet, once it is decrypted.
pub fn enrolment_contents(bytes: &[u8]) {
    let enrolment = match Enrolment::from_json(bytes) {
        Ok(enrolment) => enrolment,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(enrolment.pins.len() <= MOST_PINS);
    for text in [
        &enrolment.url,
        &enrolment.key,
        &*enrolment.secret,
        &enrolment.till,
        &enrolment.name,
        &enrolment.pos_profile,
    ] {
        assert!((1..=300).contains(&text.len()) && !text.chars().any(char::is_control));
    }
    // What is written is read as the same.
    let again = Enrolment::from_json(&enrolment.to_json()).expect("what we wrote");
    assert_eq!(again.to_json(), enrolment.to_json());
    assert_eq!(again.key_and_secret(), enrolment.key_and_secret());
    // Whatever is secret in it, what is shown of it is the same.
    let mut other = enrolment.clone();
    other.secret = Zeroizing::new("another".to_owned());
    "another".clone_into(&mut other.key);
    assert_eq!(format!("{other:?}"), format!("{enrolment:?}"));
}

/// The description of a release, signed as it is.
pub fn releases(bytes: &[u8]) {
    let (signing, key) = &*RELEASES;
    match Release::read(bytes, &signing.sign(bytes).to_bytes(), *key) {
        Ok(release) => {
            let name = &release.bundle;
            assert!(name.ends_with(".raucb") && name.len() <= 128 && !name.starts_with('.'));
            assert!(!name.contains(['/', '%', '?', '#', ' ']), "{name:?}");
            assert!(release.notes.chars().count() <= 4_000);
        }
        Err(NotARelease::Unreadable(problem)) => {
            assert!((1..=300).contains(&problem.chars().count()), "{problem:?}");
        }
        Err(NotARelease::NotSigned) => panic!("it is signed"),
    }
    // What nobody signed is not even read.
    let own = bytes.get(..64).unwrap_or(bytes);
    assert_eq!(Release::read(bytes, own, *key), Err(NotARelease::NotSigned));
}

/// What hawkBit answers, under a line that says what it was asked.
pub fn hawkbit_answers(bytes: &[u8]) {
    let Some((asked, rest)) = first_line(bytes) else {
        return;
    };
    let of_path = |action: &ActionId| {
        let text = action.as_str();
        assert!((1..=32).contains(&text.len()) && !text.contains(['/', '.', '?', '%']));
    };
    let error = match asked {
        "poll" => match Poll::read(rest) {
            Ok(poll) => {
                let assignment = poll.assignment.as_ref();
                let actions = assignment.map(|it| &it.action).into_iter();
                actions.chain(&poll.cancel).for_each(of_path);
                let version = assignment.and_then(|it| it.version.as_deref());
                assert!(version.is_none_or(|it| ActionId::from_text(it).is_some()));
                let day = 30..=24 * 3600;
                assert!(
                    poll.sleep
                        .is_none_or(|sleep| day.contains(&sleep.as_secs()))
                );
                None
            }
            Err(error) => Some(error),
        },
        "cancel" => cancelled(rest).map(|action| of_path(&action)).err(),
        "deployment" => {
            let action = ActionId::from_text("8").expect("a number");
            match Deployment::read(rest, &action) {
                Ok(deployment) => {
                    deployment_is_safe(&deployment);
                    None
                }
                Err(error) => Some(error),
            }
        }
        _ => None,
    };
    if let Some(error) = error {
        assert!((1..2_000).contains(&error.to_string().len()), "{error}");
        assert!(!error.remedy().is_empty());
    }
}

/// Whatever is assigned, its files lie behind TLS, or a sentence says what is wrong.
fn deployment_is_safe(deployment: &Deployment) {
    let safe = |address: &Address| {
        let text = format!("{}{}", address.origin, address.path);
        assert!(text.starts_with("https://") && text.len() <= 2_000);
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
        assert!(address.is_at(&address.origin) && !address.is_at("https://elsewhere"));
        assert_eq!(Address::from_text(&text).as_ref(), Some(address));
    };
    let told = |error: &dyn std::fmt::Display, remedy: &str| {
        assert!((1..600).contains(&error.to_string().len()) && !remedy.is_empty());
    };
    match deployment.files() {
        Ok(files) => {
            safe(files.description);
            safe(files.signature);
        }
        Err(error) => told(&error, error.remedy()),
    }
    let release = r#"{"compatible": "c", "version": "1.0.0", "bundle": "till.raucb", "size": 64}"#;
    let release: Release = serde_json::from_str(release).expect("a release");
    match deployment.bundle(&release) {
        Ok(bundle) => safe(bundle),
        Err(error) => told(&error, error.remedy()),
    }
}

/// What RAUC prints, under a line that says what it was asked.
pub fn rauc_output(bytes: &[u8]) {
    let Some((asked, rest)) = first_line(bytes) else {
        return;
    };
    let error = match asked {
        "status" => slots_of(rest).err(),
        "info" => bundle_of(rest).err(),
        "install" => {
            for line in String::from_utf8_lossy(rest).lines() {
                match Said::of(line) {
                    Some(Said::Progress(per_cent, doing)) => {
                        assert!(per_cent <= 100 && line.contains(doing));
                    }
                    Some(Said::Reason(reason)) => assert!(reason.chars().count() <= 300),
                    None => {}
                }
            }
            None
        }
        _ => None,
    };
    if let Some(error) = error {
        assert!((1..2_000).contains(&error.to_string().len()), "{error}");
        assert!(!error.remedy().is_empty());
    }
}

/// What a USB device says of itself before it gets a driver.
pub fn usb_descriptors(bytes: &[u8]) {
    match init::usb_devices::judged(bytes) {
        // A device of the class of networks is never opened, whatever else it is.
        Ok(()) => {
            let mut with_network = bytes.to_vec();
            with_network.extend([9, 4, 9, 0, 0, 0x02, 0x06, 0, 0]);
            assert!(init::usb_devices::judged(&with_network).is_err());
        }
        Err(why) => assert!((1..200).contains(&why.len())),
    }
}

/// The first sector of a stick.
pub fn stick_labels(bytes: &[u8]) {
    let mut sector = [0; 512];
    let length = bytes.len().min(sector.len());
    sector[..length].copy_from_slice(&bytes[..length]);
    if let Some(label) = init::fat::label(&sector) {
        // It becomes the name of a folder.
        assert!(label.chars().count() <= 11);
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        assert!(label.chars().all(plain), "{label:?}");
    }
}
