//! The vault: what is kept comes back here and nowhere else, and a file that does not open says
//! why.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use appliance::ApplianceError;
use appliance::pin::{Verification, hash_pin, verify_pin};
use appliance::vault::{Sealing, SecretName, TpmUse, Vault, VaultError};
use tempfile::TempDir;

struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir }
    }

    fn secrets(&self) -> PathBuf {
        self.dir.path().join("data/secrets")
    }

    fn file(&self) -> PathBuf {
        self.secrets().join(Vault::FILE)
    }

    fn key_file(&self) -> PathBuf {
        self.dir.path().join("state/seal.key")
    }

    fn open(&self) -> Result<Vault, ApplianceError> {
        Vault::open(&self.secrets(), &Sealing::key_file(self.key_file()))
    }

    fn refused(&self) -> VaultError {
        match self.open() {
            Err(ApplianceError::Vault(error)) => error,
            other => panic!("not refused: {other:?}"),
        }
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_is_kept_survives_a_restart_and_is_nowhere_readable() {
    let place = Place::new();
    let mut vault = place.open().unwrap();
    let public = vault.till_key().unwrap().public_key();
    assert_eq!(vault.site_key(), None);
    vault
        .keep(&[
            (SecretName::SiteKey, b"key:topsecret"),
            (SecretName::ShopKey, &[5; 32]),
        ])
        .unwrap();
    drop(vault);
    let mut vault = place.open().unwrap();
    assert_eq!(vault.site_key(), Some("key:topsecret"));
    assert_eq!(vault.shop_key().unwrap().expose(), &[5; 32]);
    assert_eq!(vault.till_key().unwrap().public_key(), public);
    assert!(!format!("{vault:?}").contains("topsecret"));

    let kept = fs::read(place.file()).unwrap();
    let text = String::from_utf8_lossy(&kept);
    assert!(
        !text.contains("topsecret") && !text.contains("0505050505"),
        "{text}"
    );
    assert_eq!(
        (mode(&place.file()), mode(&place.key_file())),
        (0o600, 0o600)
    );
    assert_eq!(
        (
            mode(&place.secrets()),
            mode(place.key_file().parent().unwrap())
        ),
        (0o700, 0o700)
    );
    assert_eq!(
        fs::read_dir(place.secrets()).unwrap().count(),
        1,
        "nothing else is left there"
    );

    vault
        .forget(&[SecretName::SiteKey, SecretName::ClientCertificate])
        .unwrap();
    assert_eq!(place.open().unwrap().site_key(), None);
    let long = vec![0; 40_000];
    let error = vault.keep(&[(SecretName::SiteKey, &long)]).unwrap_err();
    assert!(
        error.to_string().contains("the site key is longer"),
        "{error}"
    );
}

#[test]
fn a_till_without_a_shop_key_has_a_pepper_of_its_own_until_it_gets_one() {
    let place = Place::new();
    let mut vault = place.open().unwrap();
    let phc = hash_pin("2580", &vault.pepper().unwrap()).unwrap();
    let again = place.open().unwrap();
    assert_eq!(
        verify_pin("2580", &phc, &again.pepper().unwrap()).unwrap(),
        Verification::Verified
    );
    vault.keep(&[(SecretName::ShopKey, &[5; 32])]).unwrap();
    let error = verify_pin("2580", &phc, &vault.pepper().unwrap()).unwrap_err();
    assert!(matches!(error, ApplianceError::OtherPepper), "{error}");
}

#[test]
fn the_pepper_of_an_earlier_version_is_taken_over_and_its_file_removed() {
    let place = Place::new();
    fs::create_dir_all(place.secrets()).unwrap();
    let old = place.secrets().join("pepper");
    fs::write(&old, [7; 32]).unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o644)).unwrap();
    let exposed = place.refused();
    assert!(
        matches!(exposed, VaultError::Exposed { mode: 0o644, .. }),
        "{exposed}"
    );
    fs::set_permissions(&old, fs::Permissions::from_mode(0o600)).unwrap();
    let vault = place.open().unwrap();
    assert_eq!(vault.get(SecretName::Pepper), Some([7; 32].as_slice()));
    assert!(!old.exists());
}

#[test]
fn a_vault_without_its_key_or_with_another_opens_nothing_and_says_so() {
    let place = Place::new();
    drop(place.open().unwrap());
    let before = fs::read(place.file()).unwrap();
    let key = fs::read(place.key_file()).unwrap();

    fs::remove_file(place.key_file()).unwrap();
    let missing = place.refused();
    assert!(matches!(missing, VaultError::NoKeyFile { .. }), "{missing}");
    assert!(
        !place.key_file().exists(),
        "no other key is made for a vault that is there"
    );

    drop(Place::new().open().unwrap());
    fs::write(place.key_file(), [1; 32]).unwrap();
    fs::set_permissions(place.key_file(), fs::Permissions::from_mode(0o600)).unwrap();
    let other = place.refused();
    assert!(matches!(other, VaultError::OtherKeyFile { .. }), "{other}");
    assert!(other.to_string().contains("state/seal.key"), "{other}");

    fs::write(place.key_file(), &key).unwrap();
    fs::set_permissions(place.key_file(), fs::Permissions::from_mode(0o640)).unwrap();
    let exposed = place.refused();
    assert!(
        matches!(exposed, VaultError::Exposed { mode: 0o640, .. }),
        "{exposed}"
    );

    fs::set_permissions(place.key_file(), fs::Permissions::from_mode(0o600)).unwrap();
    place.open().unwrap();
    assert_eq!(
        fs::read(place.file()).unwrap(),
        before,
        "the vault was left alone"
    );
    let nowhere = Sealing {
        key_file: None,
        ..Sealing::key_file("")
    };
    let error = Vault::open(&place.secrets(), &nowhere).unwrap_err();
    assert!(error.to_string().contains("key_file"), "{error}");
}

#[test]
fn a_damaged_or_newer_vault_is_named_and_left_as_it_is() {
    let place = Place::new();
    drop(place.open().unwrap());
    let good = fs::read_to_string(place.file()).unwrap();
    let end = good.len() - 10;
    let flipped = |at: usize| {
        let digit = if &good[at..=at] == "0" { "1" } else { "0" };
        format!("{}{digit}{}", &good[..at], &good[at + 1..])
    };
    for damaged in [
        String::new(),
        good[..end].to_owned(),
        flipped(end),
        good.replace("nonce\":\"", "nonce\":\"zz"),
        good.replace("vault 1", "box 1"),
        "[]".to_owned(),
    ] {
        fs::write(place.file(), &damaged).unwrap();
        let error = place.refused();
        assert!(
            matches!(error, VaultError::Damaged { .. }),
            "{damaged}: {error}"
        );
        assert!(error.to_string().contains("secrets/vault"), "{error}");
        assert_eq!(fs::read_to_string(place.file()).unwrap(), damaged);
    }
    fs::write(place.file(), good.replace("vault 1", "vault 2")).unwrap();
    assert!(matches!(place.refused(), VaultError::Newer { .. }));
    fs::write(place.file(), good).unwrap();
    place.open().unwrap();
}

#[test]
fn programs_that_start_together_share_one_vault() {
    let place = Place::new();
    let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
        let start = || place.open().unwrap().till_key().unwrap().public_key();
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        starts.into_iter().map(|s| s.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn a_key_in_a_file_is_taken_over_and_the_file_removed() {
    let place = Place::new();
    let mut vault = place.open().unwrap();
    let file = place.dir.path().join("key");
    assert!(!vault.take_over(SecretName::SiteKey, &file).unwrap());
    fs::write(&file, "key:secret\n").unwrap();
    assert!(vault.take_over(SecretName::SiteKey, &file).unwrap());
    assert!(!file.exists());
    assert_eq!(place.open().unwrap().site_key(), Some("key:secret\n"));
    fs::write(&file, vec![b'k'; 40_000]).unwrap();
    vault.take_over(SecretName::SiteKey, &file).unwrap_err();
    assert!(file.exists() && vault.site_key() == Some("key:secret\n"));
}

#[test]
fn a_vault_that_does_not_open_is_set_aside_and_kept_and_a_new_one_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    let sealing = Sealing {
        tpm: TpmUse::Never,
        key_file: Some(folder.path().join("seal.key")),
    };
    assert_eq!(Vault::set_aside(&secrets).unwrap(), None);
    let before = Vault::open(&secrets, &sealing).unwrap();
    let key = before.till_key().unwrap().public_key();
    drop(before);
    let whole = fs::read(secrets.join(Vault::FILE)).unwrap();
    fs::write(secrets.join(Vault::FILE), &whole[..whole.len() - 1]).unwrap();
    let lost = Vault::open(&secrets, &sealing).unwrap_err();
    assert!(lost.is_lost_vault(), "{lost}");
    assert!(lost.to_string().contains("new enrolment sheet"), "{lost}");
    let first = Vault::set_aside(&secrets).unwrap().unwrap();
    assert_eq!(fs::read(&first).unwrap(), whole[..whole.len() - 1]);
    let new = Vault::open(&secrets, &sealing).unwrap();
    assert_ne!(new.till_key().unwrap().public_key(), key);
    drop(new);
    let second = Vault::set_aside(&secrets).unwrap().unwrap();
    assert_ne!(first, second);
    assert!(first.exists(), "the one before was written over");
}
