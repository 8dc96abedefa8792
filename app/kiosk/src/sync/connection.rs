//! What is in the way between the till and ERPNext, in a file, for a fleet's monitoring: the screen
//! has it, and `evertill sync-status` is another program.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SyncState;
use crate::preset::write_whole;

/// The file's name in the data folder.
const FILE: &str = "connection.json";

/// Something in the way, in the words of the screen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ConnectionTrouble {
    /// Since when, in universal time.
    pub since: Timestamp,
    /// What.
    pub cause: String,
    /// What to do about it; empty where it passes by itself.
    pub remedy: String,
    /// Whether a new enrolment sheet is the remedy.
    pub new_sheet: bool,
}

impl ConnectionTrouble {
    /// What was in the way last of the till of a data folder; `None` where nothing was. A file that
    /// nobody can read is as none: it only tells.
    pub fn read(data: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(data.join(FILE)).ok()?).ok()
    }
}

/// Keeps the file as the connection is.
pub(super) struct ConnectionNote {
    file: PathBuf,
    noted: Option<ConnectionTrouble>,
}

impl ConnectionNote {
    /// A till starts: what was in the way before may be gone.
    pub(super) fn of_new_start(data: &Path) -> Self {
        let mut note = Self {
            file: data.join(FILE),
            noted: ConnectionTrouble::read(data),
        };
        note.note(&SyncState::Idle);
        note
    }

    /// Something under way changes nothing: what was in the way is until it is proved gone.
    pub(super) fn note(&mut self, state: &SyncState) {
        let trouble = match state {
            SyncState::Busy(_) | SyncState::Starting => return,
            SyncState::NoSite | SyncState::Idle => None,
            SyncState::Trouble {
                cause,
                remedy,
                new_sheet,
            } => Some((cause, remedy, *new_sheet)),
        };
        let noted = self.noted.as_ref();
        if noted.map(|noted| (&noted.cause, &noted.remedy, noted.new_sheet)) == trouble {
            return;
        }
        let trouble = trouble.map(|(cause, remedy, new_sheet)| ConnectionTrouble {
            since: Timestamp::now(),
            cause: cause.clone(),
            remedy: remedy.clone(),
            new_sheet,
        });
        match self.write(trouble.as_ref()) {
            Ok(()) => self.noted = trouble,
            Err(error) => tracing::warn!("{}: {error}", self.file.display()),
        }
    }

    fn write(&self, trouble: Option<&ConnectionTrouble>) -> std::io::Result<()> {
        let Some(trouble) = trouble else {
            return match fs::remove_file(&self.file) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        };
        write_whole(&self.file, &serde_json::to_vec(trouble)?)
    }
}
