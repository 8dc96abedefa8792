//! A vault that a TPM locks, with a real TPM 2.0 in software. Skipped where `swtpm` or `tpm2-tools`
//! is not installed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use appliance::ApplianceError;
use appliance::vault::{Sealing, SecretName, Tpm, TpmUse, Vault, VaultError};
use tempfile::TempDir;

/// A TPM of its own, gone when dropped.
struct SoftwareTpm {
    program: Child,
    dir: TempDir,
}

impl SoftwareTpm {
    /// `None`, and a loud word, where the programs are missing.
    fn start() -> Option<Self> {
        let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
        if !there("swtpm") || !there("tpm2") {
            assert!(
                std::env::var_os("EVERTILL_LONG").is_none(),
                "a long run is for this: install swtpm and tpm2-tools"
            );
            eprintln!(
                "SKIPPED: sealing to a TPM was not tested; install swtpm and tpm2-tools for it"
            );
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        Some(Self {
            program: Self::power(dir.path()),
            dir,
        })
    }

    /// The machine is switched on: the TPM goes on with the state that is in its folder.
    fn power(dir: &Path) -> Child {
        let at = |name: &str| dir.join(name).display().to_string();
        let program = Command::new("swtpm")
            .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
            .args(["--tpmstate", &format!("dir={}", dir.display())])
            .args(["--server", &format!("type=unixio,path={}", at("tpm"))])
            .args(["--ctrl", &format!("type=unixio,path={}", at("tpm.ctrl"))])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while !dir.join("tpm.ctrl").exists() || !dir.join("tpm").exists() {
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "swtpm did not start"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        program
    }

    /// The plug is pulled, and put in again.
    fn cut_power(&mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
        for socket in ["tpm", "tpm.ctrl"] {
            fs::remove_file(self.dir.path().join(socket)).unwrap();
        }
        self.program = Self::power(self.dir.path());
    }

    fn tcti(&self) -> String {
        format!("swtpm:path={}", self.dir.path().join("tpm").display())
    }

    fn sealing(&self, bound_to_start: bool) -> Sealing {
        let tcti = Some(self.tcti());
        let tpm = TpmUse::Always(Tpm {
            tcti,
            bound_to_start,
        });
        Sealing {
            tpm,
            key_file: None,
        }
    }
}

impl Drop for SoftwareTpm {
    fn drop(&mut self) {
        self.program.kill().ok();
        self.program.wait().ok();
    }
}

fn folder() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let secrets = dir.path().join("secrets");
    (dir, secrets)
}

fn refused(secrets: &Path, sealing: &Sealing) -> VaultError {
    match Vault::open(secrets, sealing) {
        Err(ApplianceError::Vault(error)) => error,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_vault_opens_with_its_own_tpm_and_with_no_other() {
    let (Some(own), Some(other)) = (SoftwareTpm::start(), SoftwareTpm::start()) else {
        return;
    };
    let (_dir, secrets) = folder();
    let mut vault = Vault::open(&secrets, &own.sealing(false)).unwrap();
    vault.keep(&[(SecretName::SiteKey, b"key:secret")]).unwrap();
    drop(vault);
    let vault = Vault::open(&secrets, &own.sealing(false)).unwrap();
    assert_eq!(vault.site_key(), Some("key:secret"));

    // The disk in another box.
    let error = refused(&secrets, &other.sealing(false));
    assert!(matches!(error, VaultError::OtherTpm { .. }), "{error}");
    assert!(error.to_string().contains("its own box"), "{error}");

    // The same box, and its TPM switched off in the firmware.
    drop(own);
    let nowhere = "swtpm:path=/nonexistent".to_owned();
    let gone = TpmUse::Always(Tpm {
        tcti: Some(nowhere),
        bound_to_start: false,
    });
    let error = refused(
        &secrets,
        &Sealing {
            tpm: gone,
            key_file: None,
        },
    );
    assert!(matches!(error, VaultError::NoTpm { .. }), "{error}");
}

/// A TPM counts a loss of power like a wrong password, where anything was used that it protects by
/// counting, and shuts itself for hours after a few. A till's plug is pulled every evening.
#[test]
fn a_vault_opens_however_often_the_plug_is_pulled() {
    for bound_to_start in [false, true] {
        let Some(mut tpm) = SoftwareTpm::start() else {
            return;
        };
        let (_dir, secrets) = folder();
        drop(Vault::open(&secrets, &tpm.sealing(bound_to_start)).unwrap());
        // It shuts itself after three, as it comes.
        for cut in 0..6 {
            tpm.cut_power();
            let opened = Vault::open(&secrets, &tpm.sealing(bound_to_start));
            assert!(opened.is_ok(), "after {cut} cuts: {opened:?}");
        }
    }
}

#[test]
fn a_vault_that_is_bound_to_the_start_does_not_open_after_another_one() {
    let Some(tpm) = SoftwareTpm::start() else {
        return;
    };
    let (_dir, secrets) = folder();
    drop(Vault::open(&secrets, &tpm.sealing(true)).unwrap());
    Vault::open(&secrets, &tpm.sealing(true)).unwrap();
    // What the firmware does when somebody switches Secure Boot off.
    let extended = Command::new("tpm2")
        .args(["pcrextend", &format!("--tcti={}", tpm.tcti())])
        .arg(format!("7:sha256={}", "5a".repeat(32)))
        .status()
        .unwrap();
    assert!(extended.success());
    let error = refused(&secrets, &tpm.sealing(true));
    assert!(matches!(error, VaultError::StartChanged { .. }), "{error}");
    assert!(error.to_string().contains("Secure Boot"), "{error}");
}

#[test]
fn a_vault_moves_into_the_tpm_when_one_is_demanded_and_is_bound_and_freed_again() {
    let Some(tpm) = SoftwareTpm::start() else {
        return;
    };
    let (dir, secrets) = folder();
    let key_file = Sealing::key_file(dir.path().join("seal.key"));
    let public = |sealing: &Sealing| {
        let vault = Vault::open(&secrets, sealing).unwrap();
        vault.till_key().unwrap().public_key()
    };
    let before = public(&key_file);
    for bound_to_start in [false, true, false] {
        let demanded = Sealing {
            key_file: key_file.key_file.clone(),
            ..tpm.sealing(bound_to_start)
        };
        assert_eq!(public(&demanded), before);
    }
    assert!(matches!(
        refused(&secrets, &key_file),
        VaultError::NoTpm { .. }
    ));
}

#[test]
fn where_a_tpm_does_not_work_a_key_file_is_used_unless_one_is_demanded() {
    let (dir, secrets) = folder();
    let broken = Tpm {
        tcti: Some("no-such-driver".to_owned()),
        bound_to_start: false,
    };
    let sealing = |tpm| Sealing {
        tpm,
        key_file: Some(dir.path().join("seal.key")),
    };
    let error = refused(&secrets, &sealing(TpmUse::Always(broken.clone())));
    assert!(matches!(error, VaultError::NoTpm { .. }), "{error}");
    Vault::open(&secrets, &sealing(TpmUse::WherePresent(broken))).unwrap();
    assert!(dir.path().join("seal.key").exists());
}
