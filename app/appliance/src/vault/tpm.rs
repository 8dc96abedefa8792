//! The machine's TPM 2.0, through the programs of `tpm2-tools`.
//!
//! The key is sealed under the storage hierarchy: what comes out can be opened by this one TPM
//! alone. It reaches the programs through pipes, never through arguments or files, and crosses the
//! wires between processor and TPM encrypted.

use std::fs::{self, DirBuilder};
use std::io::{Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::VaultError;
use crate::ApplianceError;
use crate::keys::{SecretKey, key_of};

/// The kernel's TPM with its manager of resources.
const DEVICE: &str = "/dev/tpmrm0";
/// A TPM takes a second for the slowest of what is asked here.
const LONGEST: Duration = Duration::from_secs(20);
/// The state of Secure Boot: its switch, its keys, and who signed what was started.
const PCRS: &str = "sha256:7";
/// `TPM_RC_INTEGRITY` of the first parameter: another TPM sealed it.
const NOT_ITS_OWN: &str = "(0x1DF)";
/// `TPM_RC_POLICY_FAIL` of the first session: it was sealed at another kind of start.
const POLICY_FAILED: &str = "(0x99D)";
/// More than any of its parts has.
const LONGEST_BLOB: usize = 4_096;

/// Which TPM, and how tightly secrets are bound to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tpm {
    /// How `tpm2-tools` reach it (a TCTI); `None` for the kernel's.
    pub tcti: Option<String>,
    /// Whether a new seal opens only after a start like the present one: same Secure Boot settings
    /// and keys (PCR 7).
    pub bound_to_start: bool,
}

/// A key that one TPM can open, and nobody else. Hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TpmBlob {
    public: String,
    private: String,
    pub(super) bound_to_start: bool,
}

impl Tpm {
    pub(super) fn is_present(&self) -> bool {
        self.tcti.is_some() || Path::new(DEVICE).exists()
    }

    pub(super) fn seal(&self, key: &SecretKey) -> Result<TpmBlob, ApplianceError> {
        let desk = Desk::new(self)?;
        desk.primary()?;
        let mut create = vec![
            "create", "-C", "primary", "-i", "-", "-u", "public", "-r", "private",
        ];
        if self.bound_to_start {
            desk.run(
                &["createpolicy", "--policy-pcr", "-l", PCRS, "-L", "policy"],
                &[],
            )
            .map_err(no_tpm)?;
            create.extend([
                "-L",
                "policy",
                "-a",
                "fixedtpm|fixedparent|noda|adminwithpolicy",
            ]);
        } else {
            create.extend(["-a", "fixedtpm|fixedparent|noda|userwithauth"]);
        }
        desk.run(&create, &**key).map_err(no_tpm)?;
        let part = |name: &str| {
            let path = desk.folder.join(name);
            let bytes = fs::read(&path).map_err(ApplianceError::file(&path))?;
            Ok::<_, ApplianceError>(super::hex(&bytes))
        };
        Ok(TpmBlob {
            public: part("public")?,
            private: part("private")?,
            bound_to_start: self.bound_to_start,
        })
    }

    pub(super) fn unseal(&self, blob: &TpmBlob, vault: &Path) -> Result<SecretKey, ApplianceError> {
        let damaged = |reason: &str| VaultError::Damaged {
            path: vault.to_owned(),
            reason: reason.to_owned(),
        };
        let desk = Desk::new(self)?;
        for (name, part) in [("public", &blob.public), ("private", &blob.private)] {
            let bytes = super::unhex(part).filter(|bytes| bytes.len() <= LONGEST_BLOB);
            let bytes = bytes.ok_or_else(|| damaged("what the TPM sealed is not readable"))?;
            let path = desk.folder.join(name);
            fs::write(&path, bytes).map_err(ApplianceError::file(&path))?;
        }
        desk.primary()?;
        let load = [
            "load", "-C", "primary", "-u", "public", "-r", "private", "-c", "sealed",
        ];
        desk.run(&load, &[]).map_err(|detail| {
            if detail.contains(NOT_ITS_OWN) {
                let path = vault.to_owned();
                VaultError::OtherTpm { path, detail }
            } else {
                no_tpm(detail)
            }
        })?;
        let kind = if blob.bound_to_start {
            "--policy-session"
        } else {
            "--hmac-session"
        };
        desk.session(kind).map_err(no_tpm)?;
        let opened = || {
            if blob.bound_to_start {
                desk.run(&["policypcr", "-S", "session", "-l", PCRS], &[])?;
            }
            desk.run(&["unseal", "-c", "sealed", "-p", "session:session"], &[])
        };
        let opened = opened();
        // The kernel forgets it when the last program is done; a TPM without a manager does not.
        let _ = desk.run(&["flushcontext", "session"], &[]);
        let found = opened.map_err(|detail| {
            if detail.contains(POLICY_FAILED) {
                let path = vault.to_owned();
                VaultError::StartChanged { path, detail }
            } else {
                no_tpm(detail)
            }
        })?;
        key_of(&found).ok_or_else(|| damaged("the TPM holds something else").into())
    }
}

fn no_tpm(detail: String) -> VaultError {
    VaultError::NoTpm { detail }
}

/// A folder in memory for what the programs hand each other: handles, and nothing secret but the
/// key of a session that ends with it.
struct Desk<'a> {
    tpm: &'a Tpm,
    folder: PathBuf,
}

impl Drop for Desk<'_> {
    fn drop(&mut self) {
        // It is in memory: at the latest it is gone after the next start.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl<'a> Desk<'a> {
    fn new(tpm: &'a Tpm) -> Result<Self, ApplianceError> {
        let unique = getrandom::u64().map_err(ApplianceError::Random)?;
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        let folder = place.join(format!("evertill-tpm-{unique:016x}"));
        DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .map_err(ApplianceError::file(&folder))?;
        Ok(Self { tpm, folder })
    }

    /// The key over all others of the storage hierarchy. The TPM makes the same one each time.
    fn primary(&self) -> Result<(), VaultError> {
        let primary = [
            "createprimary",
            "-C",
            "o",
            "-g",
            "sha256",
            "-G",
            "ecc",
            "-c",
            "primary",
            // What counts against guessing would also count each pulled plug, and shut the TPM for
            // hours after a few; nothing here is opened by a password that could be guessed.
            "-a",
            "restricted|decrypt|fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda",
        ];
        self.run(&primary, &[]).map(drop).map_err(no_tpm)
    }

    /// Begins a session in which what the TPM answers is encrypted.
    fn session(&self, kind: &str) -> Result<(), String> {
        self.run(
            &[
                "startauthsession",
                kind,
                "--tpmkey-context",
                "primary",
                "-S",
                "session",
            ],
            &[],
        )?;
        self.run(&["sessionconfig", "session", "--enable-encrypt"], &[])?;
        Ok(())
    }

    /// Runs one of the programs and answers with what it wrote, or with its last words.
    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
        let answer = self.start(arguments, input)?;
        if self.tpm.tcti.is_some() {
            // Without the kernel's manager what a program loaded stays, and three fill a TPM.
            let _ = self.start(&["flushcontext", "--transient-object"], &[]);
        }
        Ok(answer)
    }

    fn start(&self, arguments: &[&str], input: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
        let what = format!("tpm2 {}", arguments.first().unwrap_or(&""));
        let failed = |reason: String| format!("{what}: {reason}");
        let kernels = format!("device:{DEVICE}");
        let tcti = self.tpm.tcti.as_deref().unwrap_or(&kernels);
        let mut command = Command::new("tpm2");
        // Without our environment: it may choose another TPM, or log what passes.
        command
            .args(arguments)
            .arg(format!("--tcti={tcti}"))
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ends before it has read tells why by itself.
            let _ = stdin.write_all(input);
        }
        let ended = wait(&mut child).map_err(failed)?;
        let mut answer = Zeroizing::new(Vec::with_capacity(LONGEST_BLOB));
        if let Some(stdout) = child.stdout.take() {
            let read = stdout.take(LONGEST_BLOB as u64).read_to_end(&mut answer);
            read.map_err(|error| failed(error.to_string()))?;
        }
        if ended {
            return Ok(answer);
        }
        let mut said = Vec::new();
        if let Some(stderr) = child.stderr.take() {
            // What cannot be read is left out of the sentence.
            let _ = stderr.take(64 * 1024).read_to_end(&mut said);
        }
        let said = String::from_utf8_lossy(&said);
        Err(failed(last_words(&said)))
    }
}

/// Whether the program ended well. One that does not end is ended.
fn wait(child: &mut Child) -> Result<bool, String> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if begun.elapsed() < LONGEST => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Ok(None) => {
                // It is not waited for any longer, whatever comes of this.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no answer within {} seconds", LONGEST.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// The most telling line of a program's complaints: the first one about an error that is not of
/// the library's inner workings.
fn last_words(said: &str) -> String {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let telling = lines().find(|line| line.starts_with("ERROR: "));
    let line = telling
        .or_else(|| lines().next_back())
        .unwrap_or("it failed without a word");
    line.trim_start_matches("ERROR: ")
        .chars()
        .take(200)
        .collect()
}
