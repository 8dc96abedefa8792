//! What keeps a command from doing its work.

use std::path::PathBuf;

use erpnext::TransportError;
use erpnext::https::SiteError;
use store::JournalExportError;
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
    /// The site did not do what it was asked.
    #[error("cannot {doing}: {reason}")]
    Refused {
        /// What was asked, as "create the role ...".
        doing: String,
        /// The site's answer.
        reason: TransportError,
    },
    /// An answer that this version does not understand.
    #[error("cannot {doing}: ERPNext's answer was not understood")]
    Unexpected {
        /// What was asked.
        doing: String,
    },
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
    /// A till cannot be added like this.
    #[error("{what}")]
    Till {
        /// Why.
        what: String,
        /// What to do about it.
        remedy: &'static str,
    },
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
            Self::Refused { reason, .. } => match reason {
                TransportError::Refused(refused) => match refused.status {
                    401 => {
                        "Generate a new key in ERPNext (User, API Access, Generate Keys) and check that the user is enabled."
                    }
                    403 => {
                        "Use the key of Administrator, or of a System Manager who also has the roles Accounts Manager, Sales Manager and Stock Manager."
                    }
                    _ => {
                        "Correct in ERPNext what it names, then give the command again: it does what is left."
                    }
                },
                TransportError::Certificate { .. } => {
                    "Install a certificate that this machine trusts, or name its issuer's file with --certificates."
                }
                _ => {
                    "Check the network and the address, then give the command again: it does what is left."
                }
            },
            Self::Unexpected { .. } => {
                "Check that the address is ERPNext's, version 14 or later, and update evertill-setup."
            }
            Self::FieldTaken { .. } => {
                "Rename or delete that field in ERPNext (Customize Form), then give the command again."
            }
            Self::UnfinishedWork(_) => {
                "Let every till send its sales and close its shift first, or give --force if nobody needs them."
            }
            Self::Till { remedy, .. } => remedy,
            Self::KeyFile { .. } => {
                "Name a file that does not exist, in a folder where you may write."
            }
            Self::Journal { reason, .. } => match reason {
                JournalExportError::CutOff { .. } => {
                    "Export the journal again, to a place with room."
                }
                JournalExportError::Foreign => "Give a file that a till exported.",
                JournalExportError::Read(_) => "Check the stick or the disk that holds the file.",
                _ => {
                    "Export the journal from the till again. If that file says the same, somebody changed what the till wrote: keep both files and the till's data folder."
                }
            },
            Self::Report(_) => "Write it to a place with room.",
        }
    }
}
