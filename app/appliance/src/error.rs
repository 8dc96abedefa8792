//! What can go wrong in the box, each with its remedy.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::durable::Unfit;
use crate::enrolment::EnrolmentError;
use crate::vault::VaultError;

/// Why the appliance could not do what it was asked.
#[derive(Debug, Error)]
pub enum ApplianceError {
    /// What was given as a new PIN is not 4 to 12 digits.
    #[error("a PIN is 4 to 12 digits; choose one of that length")]
    NotAPin,
    /// The new PIN is among the first that anybody would try.
    #[error("this PIN is too easy to guess; avoid repeated digits, counting up or down, and years")]
    GuessablePin,
    /// The stored hash is damaged, or asks for more work than a till may spend on one PIN.
    #[error("the stored PIN cannot be checked ({reason}); set a new PIN for this person")]
    UnusableHash {
        /// What is wrong with it.
        reason: String,
    },
    /// The PIN was set with another pepper: in another shop, or before the till was enrolled.
    #[error(
        "the stored PIN was set in another shop, or before this till was enrolled; set a new PIN \
         for this person"
    )]
    OtherPepper,
    /// The till's secrets.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The enrolment sheet.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    /// A file could not be read or written.
    #[error(
        "{} cannot be used: {source}; check the data folder's owner and free space",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers ({0}); restart the till")]
    Random(getrandom::Error),
    /// The hash needs about 19 MiB of memory, which was not to be had.
    #[error("there is not enough memory to check a PIN; restart the till")]
    OutOfMemory,
}

/// What sort of trouble it is, for whoever words it on a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The person chose a PIN that is refused; another one will do.
    RefusedPin,
    /// This person's PIN has to be set anew.
    PinToBeReset,
    /// The sheet or its code: another try, or another sheet.
    Enrolment,
    /// The secrets need somebody who can repair the box.
    Secrets,
    /// The box itself refuses: disk, memory or random numbers.
    System,
}

impl ApplianceError {
    /// What sort of trouble it is.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::NotAPin | Self::GuessablePin => ErrorKind::RefusedPin,
            Self::UnusableHash { .. } | Self::OtherPepper => ErrorKind::PinToBeReset,
            Self::Enrolment(_) => ErrorKind::Enrolment,
            Self::Vault(_) => ErrorKind::Secrets,
            Self::File { .. } | Self::Random(_) | Self::OutOfMemory => ErrorKind::System,
        }
    }

    /// Whether the till's secrets cannot be opened here, so that a new enrolment sheet may make new
    /// ones in their place. Not where another version of the program opens them.
    #[must_use]
    pub const fn is_lost_vault(&self) -> bool {
        matches!(self, Self::Vault(error) if error.is_lost())
    }

    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }

    /// Why a file of secrets cannot be read; for one that is missing, what the system would say.
    pub(crate) fn unfit(path: &Path) -> impl FnOnce(Unfit) -> Self {
        let path = path.to_path_buf();
        move |unfit| match unfit {
            Unfit::Missing => Self::File {
                path,
                source: io::ErrorKind::NotFound.into(),
            },
            Unfit::Exposed(mode) => VaultError::Exposed { path, mode }.into(),
            Unfit::Strange(reason) => VaultError::Strange { path, reason }.into(),
            Unfit::System(source) => Self::File { path, source },
        }
    }
}
