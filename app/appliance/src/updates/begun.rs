//! What is remembered of an installation until the till knows what became of it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::durable;

/// An update that was installed into the other slot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Begun {
    /// The version that ran.
    pub from: Version,
    /// The version that was installed.
    pub to: Version,
    /// Names the start of the machine during which that was.
    boot: String,
    /// RAUC installed it whole. Versions before this was noted forgot what they did not.
    #[serde(default = "yes")]
    installed: bool,
    /// What became of it was told.
    #[serde(default)]
    pub told: bool,
    /// The action of hawkBit's that wanted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

fn yes() -> bool {
    true
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The box has not started again since.
    Waits,
    /// The new version runs.
    Runs,
    /// It was cut off while it was being installed, so that nothing could start it.
    Interrupted,
    /// The box started again, and runs another version than the new one: that one did not get as
    /// far as a till that sells.
    WentBack,
}

impl Begun {
    /// The file's name in the data folder.
    pub const FILE: &'static str = "update.json";

    /// An update that is being installed now.
    #[must_use]
    pub fn new(from: Version, to: Version) -> Self {
        let boot = this_boot();
        Self {
            from,
            to,
            boot,
            installed: false,
            told: false,
            action: None,
        }
    }

    /// The same, wanted by this action of hawkBit's.
    #[must_use]
    pub fn for_action(self, action: &str) -> Self {
        Self {
            action: Some(action.to_owned()),
            ..self
        }
    }

    /// The same, once it is installed: the box starts with it next.
    #[must_use]
    pub fn installed(self) -> Self {
        Self {
            installed: true,
            ..self
        }
    }

    /// Writes it into a data folder.
    ///
    /// # Errors
    /// What the disk refuses; then nothing may be installed, or nobody would hear of it.
    pub fn write(&self, data: &Path) -> io::Result<()> {
        let bytes = serde_json::to_vec(self)?;
        durable::replace(&file(data), &bytes)
    }

    /// Reads what a data folder remembers. A file that nobody can read is as none: it only tells.
    #[must_use]
    pub fn read(data: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(file(data)).ok()?).ok()
    }

    /// Notes that what became of it was told. One that went back is remembered: it is not to be
    /// tried again by itself.
    ///
    /// # Errors
    /// What the disk refuses; then it is told again.
    pub fn note_told(data: &Path) -> io::Result<()> {
        match Self::read(data) {
            Some(begun) => Self {
                told: true,
                ..begun
            }
            .write(data),
            None => Ok(()),
        }
    }

    /// Forgets it: it was not installed.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn forget(data: &Path) -> io::Result<()> {
        match durable::remove(&file(data)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// What became of it, where this version runs.
    #[must_use]
    pub fn outcome(&self, running: &Version) -> Outcome {
        if *running == self.to {
            Outcome::Runs
        } else if !self.installed {
            Outcome::Interrupted
        } else if self.boot == this_boot() {
            Outcome::Waits
        } else {
            Outcome::WentBack
        }
    }
}

fn file(data: &Path) -> PathBuf {
    data.join(Begun::FILE)
}

fn this_boot() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    boot.trim().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_an_update_is_known_after_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        assert_eq!(Begun::read(data), None);
        let (old, new) = (Version::new(0, 1, 0), Version::new(0, 2, 0));
        let begun = Begun::new(old.clone(), new.clone());
        begun.write(data).unwrap();
        let begun = Begun::read(data).unwrap();
        assert_eq!(begun.outcome(&old), Outcome::Interrupted);
        begun.installed().write(data).unwrap();
        let begun = Begun::read(data).unwrap();
        assert_eq!(begun.outcome(&old), Outcome::Waits);
        assert_eq!(begun.outcome(&new), Outcome::Runs);
        let earlier = Begun {
            boot: "another start".to_owned(),
            ..begun
        };
        assert_eq!(earlier.outcome(&old), Outcome::WentBack);
        Begun::note_told(data).unwrap();
        assert!(Begun::read(data).unwrap().told);
        Begun::forget(data).unwrap();
        Begun::forget(data).unwrap();
        assert_eq!(Begun::read(data), None);
    }
}
