//! Under what the vault's key is locked away.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::VaultError;
use super::tpm::{Tpm, TpmBlob};
use crate::ApplianceError;
use crate::durable::{self, Unfit};
use crate::keys::{self, SecretKey, key_of};

const KEY_BYTES: u64 = 32;

/// Whether the key of a new vault is sealed to the machine's TPM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TpmUse {
    /// Never: a key file holds it.
    Never,
    /// Where there is one that works; otherwise a key file holds it.
    WherePresent(Tpm),
    /// Always: without one there is no vault.
    Always(Tpm),
}

/// Where the key of a vault is kept. An existing vault says itself which of the two opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// Whether a new vault uses the TPM.
    pub tpm: TpmUse,
    /// Where the key file is, or will be made: outside the data folder, so that a copy of that
    /// folder opens nothing. `None` when no place is known.
    pub key_file: Option<PathBuf>,
}

impl Sealing {
    /// A key file alone.
    #[must_use]
    pub fn key_file(path: impl Into<PathBuf>) -> Self {
        Self {
            tpm: TpmUse::Never,
            key_file: Some(path.into()),
        }
    }

    /// The key of a new vault, and what will give it again.
    pub(super) fn lock(&self) -> Result<(SecretKey, Lock), ApplianceError> {
        let sealed = |tpm: &Tpm| -> Result<_, ApplianceError> {
            let key = keys::random()?;
            let blob = tpm.seal(&key)?;
            Ok((key, Lock::Tpm(blob)))
        };
        match &self.tpm {
            TpmUse::Always(tpm) => return sealed(tpm),
            TpmUse::WherePresent(tpm) if tpm.is_present() => match sealed(tpm) {
                Ok(sealed) => return Ok(sealed),
                Err(error) => {
                    tracing::warn!("the till's secrets are sealed with a key file: {error}");
                }
            },
            TpmUse::WherePresent(_) | TpmUse::Never => {}
        }
        let key = key_from_file(self.place()?)?;
        let id = id_of(&key);
        Ok((key, Lock::KeyFile { id }))
    }

    /// Whether a vault with this lock has to be locked anew.
    pub(super) fn demands_another(&self, lock: &Lock) -> bool {
        match (&self.tpm, lock) {
            (TpmUse::Always(tpm), Lock::Tpm(blob)) => tpm.bound_to_start != blob.bound_to_start,
            (TpmUse::Always(_), Lock::KeyFile { .. }) => true,
            (TpmUse::Never | TpmUse::WherePresent(_), _) => false,
        }
    }

    /// The key of a vault that is there.
    pub(super) fn unlock(&self, lock: &Lock, vault: &Path) -> Result<SecretKey, ApplianceError> {
        match lock {
            Lock::Tpm(blob) => {
                // Whatever a new vault would use: this one has no other key.
                let tpm = match &self.tpm {
                    TpmUse::Never => &Tpm::default(),
                    TpmUse::WherePresent(tpm) | TpmUse::Always(tpm) => tpm,
                };
                tpm.unseal(blob, vault)
            }
            Lock::KeyFile { id } => {
                let key_file = self.place()?;
                let path = vault.to_owned();
                let found = durable::read_private(key_file, KEY_BYTES).map_err(|unfit| {
                    let (path, key_file) = (path.clone(), key_file.to_owned());
                    match unfit {
                        Unfit::Missing => VaultError::NoKeyFile { path, key_file }.into(),
                        other => ApplianceError::unfit(&key_file)(other),
                    }
                })?;
                match key_of(&found) {
                    Some(key) if id_of(&key) == *id => Ok(key),
                    _ => {
                        let key_file = key_file.to_owned();
                        Err(VaultError::OtherKeyFile { path, key_file }.into())
                    }
                }
            }
        }
    }

    fn place(&self) -> Result<&Path, VaultError> {
        self.key_file.as_deref().ok_or(VaultError::NoPlace)
    }
}

/// What gives the key of a vault, as the vault's file says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Lock {
    /// A key file; `id` tells it from others without saying anything about it.
    KeyFile {
        /// Hexadecimal.
        id: String,
    },
    /// The TPM, which alone can open this.
    Tpm(TpmBlob),
}

/// The key in the file, which is made where it is missing. Two programs that start together get
/// the same one.
fn key_from_file(path: &Path) -> Result<SecretKey, ApplianceError> {
    let read = || durable::read_private(path, KEY_BYTES);
    let found = match read() {
        Err(Unfit::Missing) => {
            let folder = durable::folder_of(path);
            durable::make_folder(folder).map_err(ApplianceError::file(folder))?;
            let key = keys::random()?;
            match durable::create(path, &*key) {
                Ok(()) => return Ok(key),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => read(),
                Err(error) => return Err(ApplianceError::file(path)(error)),
            }
        }
        found => found,
    };
    let found = found.map_err(ApplianceError::unfit(path))?;
    key_of(&found).ok_or_else(|| {
        let reason = format!("{} bytes instead of {KEY_BYTES}", found.len());
        let path = path.to_owned();
        VaultError::Strange { path, reason }.into()
    })
}

fn id_of(key: &SecretKey) -> String {
    let digest = Sha256::new()
        .chain_update(b"Evertill seal key 1\n")
        .chain_update(**key)
        .finalize();
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
