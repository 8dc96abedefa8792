//! What can go wrong with stored things.

use std::io;
use std::path::{Path, PathBuf};

use checkout::catalog::CatalogError;
use checkout::till::NotSaved;
use rusqlite::ErrorCode;
use thiserror::Error;

/// Why something could not be stored or read. Nothing was changed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The file was written by a later version of the program.
    #[error(
        "{file} was written by a newer version (format {found}, this version knows {known}{no_way_back}); \
         install that version again"
    )]
    Newer {
        /// The file.
        file: &'static str,
        /// The format of the file.
        found: u32,
        /// The newest format this version reads.
        known: u32,
        /// Why the copy from before the migration does not take its place, behind a semicolon;
        /// empty where that was no question.
        no_way_back: String,
    },
    /// Another program uses the data folder.
    #[error("the data folder {} is in use by another till; close that one first", dir.display())]
    InUse {
        /// The folder.
        dir: PathBuf,
    },
    /// The data folder cannot be made or opened.
    #[error("the data folder cannot be used: {}: {source}", path.display())]
    Folder {
        /// What was asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The data folder may be read but not written.
    #[error("the data folder is read-only: {0}; allow this user to write there")]
    ReadOnly(String),
    /// No space is left.
    #[error("the disk is full; free some space and try again")]
    DiskFull,
    /// What is stored cannot be understood.
    #[error("{what} is damaged: {detail}; {remedy}")]
    Corrupt {
        /// The file or the document.
        what: String,
        /// What is wrong with it.
        detail: String,
        /// What to do.
        remedy: &'static str,
    },
    /// What was to be stored contradicts what is there.
    #[error("the till's records do not fit together: {0}")]
    Inconsistent(String),
    /// A rule of the shop is against it; the sentence says which.
    #[error("{0}")]
    Refused(String),
    /// What was asked for is not there.
    #[error("there is no {what} {name:?}")]
    NotFound {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// The disk or the database refused in another way.
    #[error("the disk does not answer properly: {0}")]
    Disk(#[source] rusqlite::Error),
}

/// The kinds of [`StoreError`], each with a sentence and a remedy of its own on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoreErrorKind {
    /// Written by a newer version: install that one.
    Newer,
    /// Another program uses the folder: close it.
    InUse,
    /// The folder cannot be made or opened: correct the path.
    Folder,
    /// The folder may not be written: change its permissions.
    ReadOnly,
    /// No space is left: free some.
    DiskFull,
    /// Damaged: restore a copy.
    Corrupt,
    /// Contradicts what is stored: a defect of the program.
    Inconsistent,
    /// A rule of the shop is against it: tell the person.
    Refused,
    /// Not there.
    NotFound,
    /// The disk fails: try again, then replace it.
    Disk,
}

pub(crate) type Result<T, E = StoreError> = std::result::Result<T, E>;

impl StoreError {
    /// What kind of error it is.
    pub fn kind(&self) -> StoreErrorKind {
        match self {
            Self::Newer { .. } => StoreErrorKind::Newer,
            Self::InUse { .. } => StoreErrorKind::InUse,
            Self::Folder { .. } => StoreErrorKind::Folder,
            Self::ReadOnly(_) => StoreErrorKind::ReadOnly,
            Self::DiskFull => StoreErrorKind::DiskFull,
            Self::Corrupt { .. } => StoreErrorKind::Corrupt,
            Self::Inconsistent(_) => StoreErrorKind::Inconsistent,
            Self::Refused(_) => StoreErrorKind::Refused,
            Self::NotFound { .. } => StoreErrorKind::NotFound,
            Self::Disk(_) => StoreErrorKind::Disk,
        }
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly(format!("{}: {source}", path.display()))
            }
            _ => Self::Folder {
                path: path.to_owned(),
                source,
            },
        }
    }

    pub(crate) fn corrupt(what: impl Into<String>, detail: impl ToString) -> Self {
        Self::Corrupt {
            what: what.into(),
            detail: detail.to_string(),
            remedy: "keep the data folder and restore it from a copy",
        }
    }

    /// Names the file that an error of the database was about, and what to do if it is damaged.
    pub(crate) fn about(self, file: &str, remedy: &'static str) -> Self {
        match self {
            Self::Corrupt { detail, .. } => Self::Corrupt {
                what: file.to_owned(),
                detail,
                remedy,
            },
            Self::ReadOnly(detail) => Self::ReadOnly(format!("{file}: {detail}")),
            other => other,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::corrupt("a data file", error)
            }
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(error.to_string()),
            Some(ErrorCode::ConstraintViolation) => Self::Inconsistent(error.to_string()),
            // A value of another kind than its column's is no fault of the disk, and reading it again
            // does not help.
            None if !matches!(error, rusqlite::Error::InvalidPath(_)) => {
                Self::corrupt("a stored document", error)
            }
            _ => Self::Disk(error),
        }
    }
}

impl From<StoreError> for NotSaved {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::DiskFull => Self::DiskFull,
            StoreErrorKind::Inconsistent | StoreErrorKind::Refused | StoreErrorKind::NotFound => {
                Self::Inconsistent(error.to_string())
            }
            _ => Self::Disk(error.to_string()),
        }
    }
}

impl From<StoreError> for CatalogError {
    fn from(error: StoreError) -> Self {
        Self(error.to_string())
    }
}
