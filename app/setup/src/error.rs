//! What keeps a command from doing its work.

use std::path::PathBuf;

use appliance::ApplianceError;
use appliance::enrolment::EnrolmentError;
use erpnext::TransportError;
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
    /// The site shows no certificates to bind a till to.
    #[error("cannot read the certificates of the site: {0}")]
    Certificates(TransportError),
    /// Nothing says what the tills of the shop share.
    #[error("a sheet needs the file with what the tills of the shop share")]
    NoShopKey,
    /// A file is not what the tills of a shop share.
    #[error("{0} does not hold the key of a shop")]
    NotAShopKey(PathBuf),
    /// No keys can be made.
    #[error(transparent)]
    Appliance(ApplianceError),
    /// A sheet cannot be sealed.
    #[error(transparent)]
    Enrolment(EnrolmentError),
    /// A sheet cannot be drawn.
    #[error("the sheet cannot be drawn: {0}")]
    Sheet(String),
    /// A list of tills is not one.
    #[error("{path}, line {line}: {problem}")]
    List {
        /// Which.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// A till of a list cannot be added; those before it are.
    #[error("{path}, line {line}: {reason}")]
    InList {
        /// Which list.
        path: PathBuf,
        /// Where, from 1.
        line: usize,
        /// Why not.
        reason: Box<Error>,
    },
    /// A file that must be new cannot be made.
    #[error("cannot write {path}: {reason}")]
    NewFile {
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
    /// What a Z report shows of the journal was not given as it shows it.
    #[error(transparent)]
    NotAHead(#[from] store::NotAHead),
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
                OfficeError::Prefix(_) => "Give another --prefix, for example C1.",
                OfficeError::PrefixTaken { .. } => {
                    "Give each till a prefix of its own, or replace that till: give its user and --replace."
                }
                other => other.remedy(),
            },
            Self::FieldTaken { .. } => {
                "Rename or delete that field in ERPNext (Customize Form), then give the command again."
            }
            Self::UnfinishedWork(_) => {
                "Let every till send its sales and close its shift first, or give --force if nobody needs them."
            }
            Self::Certificates(_) => {
                "Check the address; a site with a certificate of an issuer of its own needs --certificates."
            }
            Self::NoShopKey => "Name it with --shop-key-file; it is made when it does not exist.",
            Self::NotAShopKey(_) => {
                "Name the file that was made with the shop's first sheet, or one that does not exist for a new shop."
            }
            Self::Appliance(_) => "Give the command again.",
            Self::Enrolment(_) | Self::Sheet(_) => {
                "Correct it, then give the command again with --replace: the till's key was made already."
            }
            Self::List { .. } => {
                "Correct the list: a heading with prefix, name, user and pos_profile, then a line for each till."
            }
            Self::InList { reason, .. } => reason.remedy(),
            Self::NewFile { .. } => {
                "Name a file that does not exist, in a folder where you may write."
            }
            Self::NotAHead(_) => {
                "Give --entries and --head once for each Z report, the hash as one text: \
                 --entries 120 --head \"91ab 03fe ...\"."
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
