//! The file of a vault.
//!
//! JSON: what it is, under what it is locked, a nonce, and the secrets, encrypted together with
//! all of the rest as associated data. Inside, each secret is a byte with the length of its name,
//! the name, two bytes with its own length, and itself.

use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::sealing::Lock;
use super::{Secrets, VaultError, hex, unhex};
use crate::ApplianceError;
use crate::keys::{SecretKey, random};

const FORMAT: &str = "Evertill vault 1";
/// What the formats of later versions begin with.
const FAMILY: &str = "Evertill vault ";
const NONCE_BYTES: usize = 24;
/// The longest file that is read: more than all secrets at their longest, in hexadecimal.
pub(super) const LONGEST: u64 = 512 * 1024;

#[derive(Serialize, Deserialize)]
struct Outside {
    format: String,
    lock: Lock,
    nonce: String,
    secrets: String,
}

/// A vault that was read and is still closed.
pub(super) struct Sealed {
    pub(super) lock: Lock,
    nonce: [u8; NONCE_BYTES],
    sealed: Vec<u8>,
}

impl Sealed {
    pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Self, VaultError> {
        #[derive(Deserialize)]
        struct Format {
            format: String,
        }
        let damaged = |reason: String| VaultError::Damaged {
            path: path.to_owned(),
            reason,
        };
        let Format { format } =
            serde_json::from_slice(bytes).map_err(|_| damaged("it is not a vault".to_owned()))?;
        if format != FORMAT && format.starts_with(FAMILY) {
            let path = path.to_owned();
            return Err(VaultError::Newer { path });
        }
        let outside: Outside =
            serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        if outside.format != FORMAT {
            return Err(damaged("it is not a vault".to_owned()));
        }
        let nonce = unhex(&outside.nonce).and_then(|nonce| nonce.try_into().ok());
        let sealed = unhex(&outside.secrets);
        match (nonce, sealed) {
            (Some(nonce), Some(sealed)) => Ok(Self {
                lock: outside.lock,
                nonce,
                sealed,
            }),
            _ => Err(damaged("a part of it is not hexadecimal".to_owned())),
        }
    }

    pub(super) fn open(&self, path: &Path, key: &SecretKey) -> Result<Secrets, VaultError> {
        let damaged = |reason: &str| VaultError::Damaged {
            path: path.to_owned(),
            reason: reason.to_owned(),
        };
        let outside = authenticated(&self.lock);
        let sealed = Payload {
            msg: &self.sealed,
            aad: &outside,
        };
        let inside = XChaCha20Poly1305::new((&**key).into())
            .decrypt((&self.nonce).into(), sealed)
            .map(Zeroizing::new)
            .map_err(|_| damaged("it was changed since it was written"))?;
        unpack(&inside).ok_or_else(|| damaged("what is inside is not understood"))
    }
}

/// The file of a vault with these secrets.
pub(super) fn seal(
    lock: &Lock,
    key: &SecretKey,
    secrets: &Secrets,
) -> Result<Vec<u8>, ApplianceError> {
    // Twenty-four bytes at random are never the same twice.
    let random = random()?;
    let nonce: [u8; NONCE_BYTES] = std::array::from_fn(|place| random[place]);
    let inside = pack(secrets);
    let payload = Payload {
        msg: &inside,
        aad: &authenticated(lock),
    };
    let sealed = XChaCha20Poly1305::new((&**key).into())
        .encrypt((&nonce).into(), payload)
        .map_err(|_| ApplianceError::OutOfMemory)?;
    let outside = Outside {
        format: FORMAT.to_owned(),
        lock: lock.clone(),
        nonce: hex(&nonce),
        secrets: hex(&sealed),
    };
    // Texts always become JSON.
    Ok(serde_json::to_vec(&outside).unwrap_or_default())
}

/// What is readable and must not be changed.
fn authenticated(lock: &Lock) -> Vec<u8> {
    let mut bytes = FORMAT.as_bytes().to_vec();
    bytes.push(b'\n');
    // Texts always become JSON, and always the same.
    bytes.extend(serde_json::to_vec(lock).unwrap_or_default());
    bytes
}

fn pack(secrets: &Secrets) -> Zeroizing<Vec<u8>> {
    let length = |(name, secret): (&String, &Zeroizing<Vec<u8>>)| 3 + name.len() + secret.len();
    // Room for all of it from the start: a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(secrets.iter().map(length).sum()));
    for (name, secret) in secrets {
        bytes.push(name.len() as u8);
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&(secret.len() as u16).to_be_bytes());
        bytes.extend_from_slice(secret);
    }
    bytes
}

fn unpack(mut bytes: &[u8]) -> Option<Secrets> {
    let mut secrets = Secrets::new();
    while let Some((length, rest)) = bytes.split_first() {
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (secret, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let name = std::str::from_utf8(name).ok()?.to_owned();
        secrets.insert(name, Zeroizing::new(secret.to_vec()));
        bytes = rest;
    }
    Some(secrets)
}
