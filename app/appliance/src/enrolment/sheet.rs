//! The text of a sheet's code, and its encryption.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{Enrolment, EnrolmentCode, EnrolmentError};
use crate::base32;
use crate::keys::SecretKey;

/// What every code begins with; the version follows.
const MARK: &str = "EVT";
const VERSION: &str = "1";
/// Mark and version, which are authenticated with the rest.
const AUTHENTICATED: &[u8] = b"EVT1";
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;
const CHECK_BYTES: usize = 4;
/// The most letters that a QR code holds.
const LONGEST: usize = 4_296;

/// Ten times the work of a PIN: a sheet may be photographed and worked on elsewhere.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// The code of a sheet that was scanned whole and is still closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    salt: [u8; SALT_BYTES],
    nonce: [u8; NONCE_BYTES],
    sealed: Vec<u8>,
}

impl Sheet {
    /// Whether a scan means to be a sheet's code, whole or not. Lower case is one too: that is what
    /// a keyboard scanner sends while Caps Lock is on.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        let text = text.trim();
        let mark = text.get(..MARK.len()).unwrap_or_default();
        let version = text.as_bytes().get(MARK.len());
        mark.eq_ignore_ascii_case(MARK) && version.is_some_and(u8::is_ascii_digit)
    }

    /// Reads a scan or typed text. Case, spaces and line breaks do not matter, nor which sign a
    /// keyboard of another language made of the colon, nor that it changed Y and Z over.
    ///
    /// # Errors
    /// [`EnrolmentError::NotASheet`], [`EnrolmentError::Newer`] and [`EnrolmentError::Damaged`].
    pub fn read(text: &str) -> Result<Self, EnrolmentError> {
        if !Self::is_meant(text) {
            return Err(EnrolmentError::NotASheet);
        }
        if text.len() > LONGEST {
            return Err(EnrolmentError::Damaged);
        }
        let letters: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        let rest = letters.get(MARK.len()..).unwrap_or_default();
        let Some(body) = rest.strip_prefix(VERSION) else {
            return Err(EnrolmentError::Newer);
        };
        let changed_over = || {
            body.chars()
                .map(|letter| match letter {
                    'Y' => 'Z',
                    'Z' => 'Y',
                    other => other,
                })
                .collect::<String>()
        };
        Self::decode(body)
            .or_else(|| Self::decode(&changed_over()))
            .ok_or(EnrolmentError::Damaged)
    }

    /// `None` unless all of it is there.
    fn decode(body: &str) -> Option<Self> {
        let bytes = base32::decode(body)?;
        let (rest, check) = bytes.split_last_chunk::<CHECK_BYTES>()?;
        if *check != check_of(rest) {
            return None;
        }
        let (salt, rest) = rest.split_first_chunk::<SALT_BYTES>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>()?;
        Some(Self {
            salt: *salt,
            nonce: *nonce,
            sealed: sealed.to_vec(),
        })
    }

    /// Opens it with the code that was typed. Takes about a fifth of a second and 64 MiB: not on
    /// the thread that paints.
    ///
    /// # Errors
    /// [`EnrolmentError::WrongCode`], [`EnrolmentError::Expired`], and
    /// [`EnrolmentError::Newer`] when what is inside is not understood.
    pub fn open(&self, code: &EnrolmentCode, now: Timestamp) -> Result<Enrolment, EnrolmentError> {
        let key = stretched(code, &self.salt)?;
        let sealed = Payload {
            msg: &self.sealed,
            aad: AUTHENTICATED,
        };
        let json = XChaCha20Poly1305::new((&*key).into())
            .decrypt((&self.nonce).into(), sealed)
            .map(Zeroizing::new)
            .map_err(|_| EnrolmentError::WrongCode)?;
        let enrolment = Enrolment::from_json(&json)?;
        if now >= enrolment.expires {
            let until = enrolment.expires;
            return Err(EnrolmentError::Expired { until });
        }
        Ok(enrolment)
    }
}

/// Encrypts what a sheet says.
pub(super) fn seal(json: &[u8], code: &EnrolmentCode) -> Result<String, EnrolmentError> {
    let mut bytes = vec![0; SALT_BYTES + NONCE_BYTES];
    getrandom::fill(&mut bytes).map_err(EnrolmentError::Random)?;
    let (salt, nonce) = bytes.split_at(SALT_BYTES);
    let nonce: [u8; NONCE_BYTES] = nonce.try_into().unwrap_or_default();
    let key = stretched(code, salt)?;
    let payload = Payload {
        msg: json,
        aad: AUTHENTICATED,
    };
    let sealed = XChaCha20Poly1305::new((&*key).into())
        .encrypt((&nonce).into(), payload)
        .map_err(|_| EnrolmentError::OutOfMemory)?;
    bytes.extend(sealed);
    let check = check_of(&bytes);
    bytes.extend(check);
    let text = format!("{MARK}{VERSION}:{}", base32::encode(&bytes).as_str());
    if text.len() > LONGEST {
        return Err(EnrolmentError::Field {
            field: "whole of it",
            problem: "it is longer than a QR code holds",
        });
    }
    Ok(text)
}

/// Tells a bad scan from a wrong code; it protects against nobody.
fn check_of(bytes: &[u8]) -> [u8; CHECK_BYTES] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|place| digest[place])
}

fn stretched(code: &EnrolmentCode, salt: &[u8]) -> Result<SecretKey, EnrolmentError> {
    let mut key = SecretKey::new([0; 32]);
    Params::new(MEMORY_KIB, PASSES, LANES, Some(key.len()))
        .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
        .and_then(|argon2| argon2.hash_password_into(code.bytes(), salt, &mut *key))
        .map_err(|_| EnrolmentError::OutOfMemory)?;
    Ok(key)
}
