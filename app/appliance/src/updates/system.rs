//! The system that runs, as its image says.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use semver::Version;

use super::ReleaseKey;

/// Longer than what any of the files holds.
const LONGEST: u64 = 1024;

/// The system that runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct System {
    /// For which boxes it was made: `evertill-x86-64-efi`.
    pub compatible: String,
    /// Its version.
    pub version: Version,
    /// What proves descriptions of releases; `None` where the image has no such key, and takes
    /// bundles from sticks alone.
    pub release_key: Option<ReleaseKey>,
}

impl System {
    /// What the files `board`, `version` and `release.key` of a folder say, usually of
    /// `/etc/evertill`. `None` where this is no appliance.
    ///
    /// # Errors
    /// What the disk refuses, or that a file does not say what it should.
    pub fn read(folder: &Path) -> io::Result<Option<Self>> {
        let text = |name: &str| -> io::Result<Option<String>> {
            let mut text = String::new();
            match fs::File::open(folder.join(name)) {
                Ok(file) => file
                    .take(LONGEST)
                    .read_to_string(&mut text)
                    .map(|_| Some(text.trim().to_owned())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        };
        let wrong = |name: &str, problem: String| {
            let name = folder.join(name);
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}: {problem}", name.display()),
            )
        };
        let (Some(compatible), Some(version)) = (text("board")?, text("version")?) else {
            return Ok(None);
        };
        let version = version
            .parse()
            .map_err(|error| wrong("version", format!("{version:?} is no version: {error}")))?;
        let release_key = text("release.key")?
            .map(|key| {
                let problem = || wrong("release.key", "it is no key".to_owned());
                ReleaseKey::from_text(&key).ok_or_else(problem)
            })
            .transpose()?;
        Ok(Some(Self {
            compatible,
            version,
            release_key,
        }))
    }
}
