//! RAUC, by its command line.
//!
//! It is a client of the service that writes the slots; what it prints is the same for people and
//! for programs only where `--output-format=json` says so (RAUC 1.13, `src/main.c`).

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use semver::Version;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// The most of what it prints that is read, in bytes.
const LONGEST_OUTPUT: u64 = 1024 * 1024;
/// The most of a reason that is told, in letters.
const LONGEST_REASON: usize = 300;

/// The program.
#[derive(Clone, Debug)]
pub struct Rauc {
    program: PathBuf,
}

/// One of the two systems on the disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// Its name: `A` or `B`.
    pub bootname: String,
    /// It is the one that runs.
    pub runs: bool,
    /// It has sold, and is started when the other fails.
    pub good: bool,
}

/// What a bundle says of itself, after its signature was checked.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Bundle {
    /// For which boxes.
    pub compatible: String,
    /// Which version.
    pub version: Version,
}

/// Why RAUC did not do something.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum RaucError {
    /// It cannot be started, or its service does not answer.
    #[error("the program for updates cannot be used: {0}")]
    Program(String),
    /// It refuses, or failed, and says why.
    #[error("the update was not installed: {0}")]
    Refused(String),
    /// It prints what it should not.
    #[error("the program for updates says what this till does not understand: {0}")]
    Strange(String),
}

impl RaucError {
    /// What to do about it. The system that runs is untouched by all of them.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Refused(reason) if reason.contains("ignature") => {
                "This is no update by whoever made this system. Take another file or address."
            }
            Self::Refused(reason) if reason.contains("ompatible") => {
                "This update is for other boxes. Take the one for this box."
            }
            Self::Refused(reason) if reason.contains("ersion") => {
                "This update is older than the system that runs. Take a newer one."
            }
            Self::Refused(_) => {
                "The system that runs is as it was. Check network and disk, and try it again."
            }
            Self::Program(_) | Self::Strange(_) => {
                "Start the box again, and then try it again. The system that runs is as it was."
            }
        }
    }
}

impl Rauc {
    /// The program at a path, usually `/usr/bin/rauc`; `None` where there is none.
    #[must_use]
    pub fn at(program: &Path) -> Option<Self> {
        program.is_file().then(|| Self {
            program: program.to_owned(),
        })
    }

    /// The systems on the disk.
    ///
    /// # Errors
    /// [`RaucError`].
    pub fn slots(&self) -> Result<Vec<Slot>, RaucError> {
        let printed = self.asks(&["status", "--output-format=json"]);
        slots_of(&printed.map_err(|error| match error {
            // Nothing was to be installed.
            RaucError::Refused(reason) => RaucError::Program(reason),
            other => other,
        })?)
    }

    /// What a bundle on this machine says of itself.
    ///
    /// # Errors
    /// [`RaucError`], when its signature is not one of those that the image believes too.
    pub fn bundle(&self, file: &Path) -> Result<Bundle, RaucError> {
        let file = file.to_string_lossy();
        bundle_of(&self.asks(&["info", "--output-format=json", &file])?)
    }

    /// Installs a bundle, a file or an `https` address, into the slot that does not run, which is
    /// started next. Takes minutes; `progress` hears of per cents and of what is being done.
    /// `certificates` names a file (PEM) of whom to believe besides the system's own.
    ///
    /// # Errors
    /// [`RaucError`]; the system that runs is untouched then, and is started next.
    pub fn install(
        &self,
        bundle: &str,
        certificates: Option<&Path>,
        mut progress: impl FnMut(u8, &str),
    ) -> Result<(), RaucError> {
        let mut command = Command::new(&self.program);
        command.arg("install");
        if let Some(certificates) = certificates {
            command.arg(format!("--tls-ca={}", certificates.display()));
        }
        let mut child = piped(command.arg(bundle))?;
        let mut reason = None;
        if let Some(output) = child.stdout.take() {
            let lines = BufReader::new(output.take(LONGEST_OUTPUT)).lines();
            for line in lines.map_while(Result::ok) {
                match Said::of(&line) {
                    Some(Said::Progress(per_cent, doing)) => progress(per_cent, doing),
                    Some(Said::Reason(told)) => reason = Some(told),
                    None => {}
                }
            }
        }
        let (succeeded, errors) = ended(child)?;
        match (succeeded, reason) {
            (true, _) => Ok(()),
            (false, Some(reason)) => Err(RaucError::Refused(reason)),
            (false, None) => Err(RaucError::Refused(last_line(&errors))),
        }
    }

    /// What it prints.
    fn asks(&self, arguments: &[&str]) -> Result<Vec<u8>, RaucError> {
        let mut child = piped(Command::new(&self.program).args(arguments))?;
        let mut told = Vec::new();
        if let Some(output) = child.stdout.take() {
            output
                .take(LONGEST_OUTPUT)
                .read_to_end(&mut told)
                .map_err(|error| RaucError::Program(error.to_string()))?;
        }
        let (succeeded, errors) = ended(child)?;
        if !succeeded {
            return Err(RaucError::Refused(last_line(&errors)));
        }
        Ok(told)
    }
}

/// The systems on the disk, as `rauc status --output-format=json` prints them.
///
/// # Errors
/// [`RaucError::Strange`] when that is not what was printed.
pub fn slots_of(printed: &[u8]) -> Result<Vec<Slot>, RaucError> {
    let status: Value = serde_json::from_slice(printed).map_err(|error| strange(&error))?;
    let booted = status["booted"].as_str().unwrap_or_default();
    let groups = status["slots"]
        .as_array()
        .ok_or_else(|| RaucError::Strange(short(&status.to_string())))?;
    let slots = groups.iter().filter_map(Value::as_object).flatten();
    Ok(slots
        .filter_map(|(_, slot)| {
            let bootname = slot["bootname"].as_str()?;
            Some(Slot {
                bootname: bootname.to_owned(),
                runs: bootname == booted,
                good: slot["boot_status"] == "good",
            })
        })
        .collect())
}

/// What a bundle says of itself, as `rauc info --output-format=json` prints it.
///
/// # Errors
/// [`RaucError::Strange`] when that is not what was printed.
pub fn bundle_of(printed: &[u8]) -> Result<Bundle, RaucError> {
    serde_json::from_slice(printed).map_err(|error| strange(&error))
}

fn strange(error: &serde_json::Error) -> RaucError {
    RaucError::Strange(short(&error.to_string()))
}

/// What a line of `rauc install` says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said<'a> {
    /// How far it is, in per cent, and what it does.
    Progress(u8, &'a str),
    /// Why it failed.
    Reason(String),
}

impl<'a> Said<'a> {
    /// ` 40% Checking slot boot.1 (B)` is 40 and what follows. `None` for a line that says neither.
    #[must_use]
    pub fn of(line: &'a str) -> Option<Self> {
        if let Some(told) = line.strip_prefix("LastError: ") {
            return Some(Self::Reason(short(told)));
        }
        let (per_cent, doing) = line.trim_start().split_once("% ")?;
        let per_cent = per_cent.parse().ok().filter(|per_cent| *per_cent <= 100)?;
        Some(Self::Progress(per_cent, doing.trim()))
    }
}

fn piped(command: &mut Command) -> Result<Child, RaucError> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| RaucError::Program(error.to_string()))
}

/// Whether it succeeded, and what it wrote as errors. Those are short, so that they fit into the
/// pipe while its other output is read.
fn ended(mut child: Child) -> Result<(bool, String), RaucError> {
    let broken = |error: std::io::Error| RaucError::Program(error.to_string());
    let mut errors = Vec::new();
    if let Some(output) = child.stderr.take() {
        output
            .take(LONGEST_OUTPUT)
            .read_to_end(&mut errors)
            .map_err(broken)?;
    }
    let status = child.wait().map_err(broken)?;
    Ok((
        status.success(),
        String::from_utf8_lossy(&errors).into_owned(),
    ))
}

fn last_line(text: &str) -> String {
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.map_or_else(|| "it does not say why".to_owned(), short)
}

fn short(text: &str) -> String {
    text.trim().chars().take(LONGEST_REASON).collect()
}
