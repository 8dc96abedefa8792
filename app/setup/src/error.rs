//! What keeps a command from doing its work.

use std::path::PathBuf;

use erpnext::https::SiteError;
use erpnext::office::OfficeError;
use store::{JournalExportError, JournalFault};
use thiserror::Error;

/// Why a command ended early. What it did before stands, and doing it again does the rest.
#[derive(Debug, Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {path}: {reason}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The address, the key or the certificates cannot be ones.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The site did not do what it was asked, or not wholly.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// Somebody else's field has the name of ours.
    #[error("{doctype} has a field {fieldname} of type {fieldtype}, which is not Evertill's")]
    FieldTaken {
        /// Where.
        doctype: &'static str,
        /// Which.
        fieldname: &'static str,
        /// What it is.
        fieldtype: String,
    },
    /// Taking everything away now would strand sales.
    #[error("the site holds unfinished work of tills: {0}")]
    UnfinishedWork(String),
    /// The file for a key cannot be made.
    #[error("cannot write the key to {path}: {reason}")]
    KeyFile {
        /// Which.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// A journal is not whole, or cannot be read.
    #[error("{path}: {reason}")]
    Journal {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        reason: JournalExportError,
    },
    /// The report could not be written.
    #[error("cannot write the report: {0}")]
    Report(#[from] std::io::Error),
}

impl Error {
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::File { .. } => "Check the path and who may read the file.",
            Self::Site(SiteError::Key) => {
                "Put the key into its file on one line: api key, colon, api secret."
            }
            Self::Site(_) => "Correct the address or the certificates.",
            Self::Office(error) => match error {
                OfficeError::UserPresent(_) => {
                    "Give another user, or --replace if the till's box is replaced: its old key then dies."
                }
                OfficeError::ProfileTaken { .. } => {
                    "Create a POS Profile for each till, or replace that till: give its user and --replace."
                }
                other => other.remedy(),
            },
            Self::FieldTaken { .. } => {
                "Rename or delete that field in ERPNext (Customize Form), then give the command again."
            }
            Self::UnfinishedWork(_) => {
                "Let every till send its sales and close its shift first, or give --force if nobody needs them."
            }
            Self::KeyFile { .. } => {
                "Name a file that does not exist, in a folder where you may write."
            }
            Self::Journal { reason, .. } => match reason {
                JournalExportError::CutOff { .. } => {
                    "Export the journal again, to a place with room."
                }
                JournalExportError::Foreign => "Give a file that a till exported.",
                JournalExportError::Broken(broken)
                    if matches!(
                        broken.fault,
                        JournalFault::OtherKey(_) | JournalFault::NoKey
                    ) =>
                {
                    "Compare with the keys on the till's Z reports. If the till lost its secrets there, as a box that was replaced, name both keys: --key FIRST --key SECOND."
                }
                JournalExportError::Read(_) => "Check the stick or the disk that holds the file.",
                _ => {
                    "Export the journal from the till again. If that file says the same, somebody changed what the till wrote: keep both files and the till's data folder."
                }
            },
            Self::Report(_) => "Write it to a place with room.",
        }
    }
}
