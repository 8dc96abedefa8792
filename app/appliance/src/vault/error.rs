//! Why secrets cannot be had.

use std::path::PathBuf;

use thiserror::Error;

/// Why the vault cannot be opened or written. Nothing in it was changed.
#[derive(Debug, Error)]
pub enum VaultError {
    /// What is in the file cannot be understood, or was changed.
    #[error(
        "the till's secrets in {} are damaged ({reason}); restore that file from a copy, or scan \
         a new enrolment sheet",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A later version wrote it.
    #[error("the till's secrets in {} were written by a newer version; install that one again", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// It was sealed with a key file, and another is there.
    #[error(
        "the till's secrets were sealed with another key file than {}; put the right one there, \
         or scan a new enrolment sheet: {} is then kept under another name",
        key_file.display(), path.display()
    )]
    OtherKeyFile {
        /// The vault.
        path: PathBuf,
        /// The key file that is there.
        key_file: PathBuf,
    },
    /// It was sealed with a key file that is not there.
    #[error(
        "the key file {} of the till's secrets is missing; restore it, or scan a new enrolment \
         sheet: {} is then kept under another name",
        key_file.display(), path.display()
    )]
    NoKeyFile {
        /// The vault.
        path: PathBuf,
        /// Where the key file is to be.
        key_file: PathBuf,
    },
    /// It was sealed by the TPM of another machine, or this one's was cleared.
    #[error(
        "the till's secrets were sealed by another machine's TPM, or this one's was cleared \
         ({detail}); put the disk back into its own box, or scan a new enrolment sheet: {} is then \
         kept under another name",
        path.display()
    )]
    OtherTpm {
        /// The vault.
        path: PathBuf,
        /// What the TPM said.
        detail: String,
    },
    /// The TPM gives the key only after a start like the one at which it was sealed.
    #[error(
        "the TPM does not give the key of the till's secrets, because the way this machine starts \
         was changed ({detail}); restore the settings of Secure Boot, or scan a new enrolment \
         sheet: {} is then kept under another name",
        path.display()
    )]
    StartChanged {
        /// The vault.
        path: PathBuf,
        /// What the TPM said.
        detail: String,
    },
    /// There is no TPM, or no way to it.
    #[error(
        "the TPM cannot be used ({detail}); check that it is on in the firmware, that the package \
         tpm2-tools is installed, and that this user may open /dev/tpmrm0 (group tss)"
    )]
    NoTpm {
        /// What was tried and what came of it.
        detail: String,
    },
    /// Others than the till's own user may read a file that only it should.
    #[error(
        "{} can be read by other users (mode {mode:03o}); run chmod 600 on it, and if somebody may \
         have copied it, scan a new enrolment sheet and set the PINs anew",
        path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file of secrets is none.
    #[error("{} is not the file of secrets that it should be: {reason}; restore it from a copy, or scan a new enrolment sheet", path.display())]
    Strange {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No place for the key file is known.
    #[error(
        "there is no place for the key file of the till's secrets; name one in till.toml: \
         [secrets] key_file = \"...\""
    )]
    NoPlace,
    /// More was to be kept than a vault holds.
    #[error("the {0} is longer than the till keeps")]
    TooLong(&'static str),
}

impl VaultError {
    /// Whether the vault cannot be opened here.
    pub(crate) const fn is_lost(&self) -> bool {
        match self {
            Self::Damaged { .. }
            | Self::OtherKeyFile { .. }
            | Self::NoKeyFile { .. }
            | Self::OtherTpm { .. }
            | Self::StartChanged { .. }
            | Self::NoTpm { .. }
            | Self::Exposed { .. }
            | Self::Strange { .. } => true,
            Self::Newer { .. } | Self::NoPlace | Self::TooLong(_) => false,
        }
    }
}
