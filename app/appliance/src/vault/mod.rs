//! The vault: one file of secrets, encrypted under a key that lies elsewhere.
//!
//! The file `vault` in the data folder's `secrets` holds the site's API secret, the shop's key, the
//! till's key and the pepper of a till without a shop, encrypted with XChaCha20-Poly1305. Its key
//! is sealed to the machine's TPM, or lies in a key file outside the data folder ([`Sealing`]): a
//! copy of the data folder opens nothing.
//!
//! Whoever has the running box has its secrets; see "Secrets" in ARCHITECTURE.md for who learns
//! what.

mod error;
mod file;
mod sealing;
mod tpm;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

pub use error::VaultError;
pub use sealing::{Sealing, TpmUse};
pub use tpm::Tpm;

use crate::ApplianceError;
use crate::durable::{self, Unfit};
use crate::enrolment::Enrolment;
use crate::keys::{self, SecretKey, ShopKey, TillKey, key_of};
use crate::pin::Pepper;
use sealing::Lock;

/// The longest secret: a certificate chain with its key.
const LONGEST_SECRET: usize = 32 * 1024;

/// What is kept in a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretName {
    /// `key:secret` of the till's user in ERPNext.
    SiteKey,
    /// The name of that user: a sheet for another one is not this till's.
    SiteUser,
    /// The certificate that the till shows to the site, with its key, in PEM.
    ClientCertificate,
    /// What the tills of a shop share, 32 bytes.
    ShopKey,
    /// What this till signs its journal with, 32 bytes. There from the beginning.
    TillKey,
    /// The key that will take the place of [`SecretName::TillKey`] when the journal has handed
    /// over to it.
    NextTillKey,
    /// The token by which hawkBit knows the till, or its fleet.
    HawkbitToken,
    /// What goes into PIN hashes as long as there is no shop key, 32 bytes. There from the
    /// beginning.
    Pepper,
}

impl SecretName {
    const ALL: [(Self, &'static str); 8] = [
        (Self::SiteKey, "site key"),
        (Self::SiteUser, "site user"),
        (Self::ClientCertificate, "client certificate"),
        (Self::ShopKey, "shop key"),
        (Self::TillKey, "till key"),
        (Self::NextTillKey, "next till key"),
        (Self::HawkbitToken, "hawkBit token"),
        (Self::Pepper, "pepper"),
    ];

    fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(own, _)| *own == self)
            .map_or("", |(_, name)| name)
    }
}

/// The secrets of a till. Wiped from memory when dropped, never shown.
pub struct Vault {
    path: PathBuf,
    key: SecretKey,
    lock: Lock,
    secrets: Secrets,
}

/// Secrets by name. One that only a later version knows is kept too: this version may be a step
/// back that is taken forward again.
type Secrets = BTreeMap<String, Zeroizing<Vec<u8>>>;

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Vault")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// The name of the vault's file.
    pub const FILE: &'static str = "vault";
    /// The name of the file that earlier versions kept the pepper in, beside the vault.
    const OLD_PEPPER: &'static str = "pepper";

    /// Opens the vault in a folder, or makes one with a new till key and a new pepper. A pepper
    /// that an earlier version left in the folder is taken over and its file removed. Where a TPM
    /// is demanded, a vault that was locked otherwise is locked with it from then on.
    ///
    /// # Errors
    /// [`VaultError`] when the vault is damaged, of a newer version, or cannot be unlocked here;
    /// others when a file cannot be read or written. Nothing is changed then.
    pub fn open(folder: &Path, sealing: &Sealing) -> Result<Self, ApplianceError> {
        durable::make_folder(folder).map_err(ApplianceError::file(folder))?;
        let path = folder.join(Self::FILE);
        let old_pepper = folder.join(Self::OLD_PEPPER);
        let mut vault = match durable::read_private(&path, file::LONGEST) {
            Ok(bytes) => Self::unlock(path, &bytes, sealing)?,
            Err(Unfit::Missing) => match Self::create(&path, &old_pepper, sealing)? {
                Some(created) => created,
                // Another program was first.
                None => {
                    let bytes = durable::read_private(&path, file::LONGEST);
                    let bytes = bytes.map_err(ApplianceError::unfit(&path))?;
                    Self::unlock(path, &bytes, sealing)?
                }
            },
            Err(unfit) => return Err(ApplianceError::unfit(&path)(unfit)),
        };
        vault.lock_as_demanded(sealing)?;
        if old_pepper.exists() {
            durable::remove(&old_pepper).map_err(ApplianceError::file(&old_pepper))?;
        }
        Ok(vault)
    }

    /// Renames the vault's file in a folder, so that the next [`Vault::open`] makes a new vault and
    /// the old one can still be looked at. Gives the file's new name; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be renamed; then everything is as before.
    pub fn set_aside(folder: &Path) -> Result<Option<PathBuf>, ApplianceError> {
        let path = folder.join(Self::FILE);
        if !path.exists() {
            return Ok(None);
        }
        let name = |place: u32| folder.join(format!("{}.set-aside-{place}", Self::FILE));
        let mut names = (1..).map(name).filter(|name| !name.exists());
        let aside = names.next().unwrap_or_else(|| name(0));
        durable::rename(&path, &aside).map_err(ApplianceError::file(&path))?;
        Ok(Some(aside))
    }

    fn unlock(path: PathBuf, bytes: &[u8], sealing: &Sealing) -> Result<Self, ApplianceError> {
        let sealed = file::Sealed::read(&path, bytes)?;
        let key = sealing.unlock(&sealed.lock, &path)?;
        let secrets = sealed.open(&path, &key)?;
        Ok(Self {
            path,
            key,
            lock: sealed.lock,
            secrets,
        })
    }

    /// Locks an older vault as a TPM is demanded now: with a key of its own again, since the one
    /// before lay elsewhere.
    fn lock_as_demanded(&mut self, sealing: &Sealing) -> Result<(), ApplianceError> {
        if !sealing.demands_another(&self.lock) {
            return Ok(());
        }
        let (key, lock) = sealing.lock()?;
        let bytes = file::seal(&lock, &key, &self.secrets)?;
        durable::replace(&self.path, &bytes).map_err(ApplianceError::file(&self.path))?;
        (self.key, self.lock) = (key, lock);
        Ok(())
    }

    /// A new vault; `None` when another program has made one meanwhile.
    fn create(
        path: &Path,
        old_pepper: &Path,
        sealing: &Sealing,
    ) -> Result<Option<Self>, ApplianceError> {
        let pepper = match durable::read_private(old_pepper, 32) {
            Ok(bytes) => key_of(&bytes).ok_or_else(|| VaultError::Strange {
                path: old_pepper.to_owned(),
                reason: format!("{} bytes instead of 32", bytes.len()),
            })?,
            Err(Unfit::Missing) => keys::random()?,
            Err(unfit) => return Err(ApplianceError::unfit(old_pepper)(unfit)),
        };
        let till_key = TillKey::generate()?.expose();
        let kept = |key: SecretKey| Zeroizing::new(key.to_vec());
        let secrets = Secrets::from([
            (SecretName::TillKey.name().to_owned(), kept(till_key)),
            (SecretName::Pepper.name().to_owned(), kept(pepper)),
        ]);
        let (key, lock) = sealing.lock()?;
        let bytes = file::seal(&lock, &key, &secrets)?;
        match durable::create(path, &bytes) {
            Ok(()) => Ok(Some(Self {
                path: path.to_owned(),
                key,
                lock,
                secrets,
            })),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
            Err(error) => Err(ApplianceError::file(path)(error)),
        }
    }

    /// A secret, if it is kept.
    #[must_use]
    pub fn get(&self, name: SecretName) -> Option<&[u8]> {
        self.secrets
            .get(name.name())
            .map(|secret| secret.as_slice())
    }

    /// Keeps secrets, in the place of those of the same names, all or none of them: they are on
    /// the disk when this answers.
    ///
    /// # Errors
    /// When the file cannot be written; then everything is as before.
    pub fn keep(&mut self, secrets: &[(SecretName, &[u8])]) -> Result<(), ApplianceError> {
        if let Some((name, _)) = secrets.iter().find(|(_, s)| s.len() > LONGEST_SECRET) {
            return Err(VaultError::TooLong(name.name()).into());
        }
        let mut all = self.secrets.clone();
        for (name, secret) in secrets {
            all.insert(name.name().to_owned(), Zeroizing::new(secret.to_vec()));
        }
        self.write(all)
    }

    /// Keeps what is in a file, in the place of what was kept, and removes the file. Tells whether
    /// there was one. A file that this user may not remove stays, and the log says so.
    ///
    /// # Errors
    /// When the file cannot be read or is too long, or the vault cannot be written; then
    /// everything is as before.
    pub fn take_over(&mut self, name: SecretName, file: &Path) -> Result<bool, ApplianceError> {
        let opened = match File::open(file) {
            Ok(opened) => opened,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(ApplianceError::file(file)(error)),
        };
        let mut secret = Zeroizing::new(Vec::with_capacity(LONGEST_SECRET + 1));
        opened
            .take(LONGEST_SECRET as u64 + 1)
            .read_to_end(&mut secret)
            .map_err(ApplianceError::file(file))?;
        self.keep(&[(name, &secret)])?;
        match durable::remove(file) {
            Ok(()) => tracing::info!("{} is in the till's vault now", file.display()),
            Err(error) => tracing::warn!(
                "{} is in the till's vault now; remove the file, the till may not: {error}",
                file.display()
            ),
        }
        Ok(true)
    }

    /// Forgets secrets. Those that are not kept are no error.
    ///
    /// # Errors
    /// When the file cannot be written; then everything is as before.
    pub fn forget(&mut self, names: &[SecretName]) -> Result<(), ApplianceError> {
        let mut all = self.secrets.clone();
        for name in names {
            all.remove(name.name());
        }
        self.write(all)
    }

    fn write(&mut self, secrets: Secrets) -> Result<(), ApplianceError> {
        if secrets == self.secrets {
            return Ok(());
        }
        let bytes = file::seal(&self.lock, &self.key, &secrets)?;
        durable::replace(&self.path, &bytes).map_err(ApplianceError::file(&self.path))?;
        self.secrets = secrets;
        Ok(())
    }

    /// Keeps what an enrolment sheet brought: the way into the site, where its key is `user`'s, and
    /// the shop's key.
    ///
    /// # Errors
    /// When the file cannot be written; then everything is as before.
    pub fn enrol(&mut self, enrolment: &Enrolment, user: &str) -> Result<(), ApplianceError> {
        let site_key = enrolment.key_and_secret();
        self.keep(&[
            (SecretName::SiteKey, site_key.as_bytes()),
            (SecretName::SiteUser, user.as_bytes()),
            (SecretName::ShopKey, enrolment.shop_key.expose()),
        ])
    }

    /// `key:secret` of the till's user, if it is kept.
    #[must_use]
    pub fn site_key(&self) -> Option<&str> {
        std::str::from_utf8(self.get(SecretName::SiteKey)?).ok()
    }

    /// What the tills of the shop share; `None` until the till is enrolled.
    #[must_use]
    pub fn shop_key(&self) -> Option<ShopKey> {
        key_of(self.get(SecretName::ShopKey)?).map(ShopKey::from_bytes)
    }

    /// What this till signs its journal with.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when it is not there.
    pub fn till_key(&self) -> Result<TillKey, ApplianceError> {
        self.key(SecretName::TillKey)
            .map(|key| TillKey::from_bytes(&key))
    }

    /// The key that the journal is about to hand over to, if it is.
    #[must_use]
    pub fn next_till_key(&self) -> Option<TillKey> {
        key_of(self.get(SecretName::NextTillKey)?).map(|key| TillKey::from_bytes(&key))
    }

    /// What goes into PIN hashes: the shop's where there is a shop key, so that a PIN is good at
    /// each of its tills, otherwise the till's own.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when there is none.
    pub fn pepper(&self) -> Result<Pepper, ApplianceError> {
        match self.shop_key() {
            Some(shop_key) => Ok(Pepper::of_shop(&shop_key)),
            None => self.key(SecretName::Pepper).map(Pepper::new),
        }
    }

    fn key(&self, name: SecretName) -> Result<SecretKey, ApplianceError> {
        let key = self.get(name).and_then(key_of);
        key.ok_or_else(|| {
            let (path, reason) = (self.path.clone(), format!("it has no {}", name.name()));
            VaultError::Damaged { path, reason }.into()
        })
    }
}

/// Bytes in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hexadecimal as bytes; `None` when it is none.
fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
