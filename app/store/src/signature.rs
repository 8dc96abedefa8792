//! Who wrote the journal: signatures over the hashes of its entries.
//!
//! The hashes bind each entry to all before it; signatures bind them to the till. Which key signs
//! is told by the journal itself: an entry of kind [`JournalKind::TillKey`] names it. The first one
//! is signed by the very key that it names, each later one by the key before it, which so hands
//! over. Entries from before the first key are not signed, but the first signature proves them
//! with the rest, because its hash continues theirs.
//!
//! A till that lost its key cannot be handed over from. Its next key begins a section: an entry,
//! signed by itself, that names the key before and the head where that one ended. The journal is
//! whole all the same, and every proof of it tells of the section ([`KeyTakeover`]), because
//! whoever has the disk could begin one, too: what stands from there on is proven by its own key
//! alone, which is compared with what the till printed since.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::commit::Store;
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalKind, hex};
use crate::journal_check::JournalFault;
use crate::records::Records;

/// Signs for the till. Its secret stays with whoever implements this.
pub trait JournalSigner: Send + 'static {
    /// By which everybody can check its signatures (Ed25519).
    fn public_key(&self) -> [u8; 32];

    /// Signs a message.
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

/// The public key that a journal is signed with. Shown as its [`Fingerprint`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JournalKey(pub [u8; 32]);

impl JournalKey {
    /// What people compare.
    pub fn fingerprint(&self) -> Fingerprint {
        let digest = Sha256::digest(self.0);
        Fingerprint(std::array::from_fn(|place| digest[place]))
    }

    fn read(body: &Value) -> Option<Self> {
        let text = body.get("public_key").and_then(Value::as_str)?;
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut key = [0; 32];
        for (place, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Self(key))
    }

    fn has_signed(&self, hash: &[u8; 32], signature: &[u8]) -> bool {
        let key = VerifyingKey::from_bytes(&self.0);
        let signature = Signature::from_slice(signature);
        match (key, signature) {
            (Ok(key), Ok(signature)) => key.verify_strict(&message(hash), &signature).is_ok(),
            _ => false,
        }
    }
}

impl fmt::Display for JournalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fingerprint().fmt(f)
    }
}

/// The first 16 hexadecimal digits of a public key's SHA-256, as till and Z report show them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fingerprint([u8; 8]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A key that follows on another that did not hand over, as when a till lost its secrets. What it
/// signs is the till's only if this key is known from the till.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyTakeover {
    /// The entry that it begins with.
    pub entry: u64,
    /// When.
    pub at: Timestamp,
    /// The key whose entries end there.
    pub before: JournalKey,
    /// The key.
    pub key: JournalKey,
}

impl fmt::Display for KeyTakeover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The key changed at entry {} on {}: {} up to there, {} from there. The till says that it \
             had lost the one before; so could whoever had its disk",
            self.entry,
            self.at.strftime("%Y-%m-%d %H:%M UTC"),
            self.before,
            self.key
        )
    }
}

/// What was given as a fingerprint is none.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a fingerprint is 16 hexadecimal digits, as the till and its Z reports show it")]
pub struct NotAFingerprint;

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    /// Spaces, colons and case do not matter.
    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let digits: Option<Vec<u8>> = text
            .chars()
            .filter(|c| !matches!(c, ' ' | ':'))
            .map(|digit| {
                digit
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            })
            .collect();
        match digits.as_deref() {
            Some(digits) if digits.len() == 16 => Ok(Self(std::array::from_fn(|place| {
                digits[2 * place] << 4 | digits[2 * place + 1]
            }))),
            _ => Err(NotAFingerprint),
        }
    }
}

impl Records<'_> {
    /// The key that the journal is signed with; `None` as long as it is not.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn journal_key(&self) -> Result<Option<JournalKey>> {
        key_of(self.till)
    }
}

impl Store {
    /// Lets the journal hand over to another key: an entry, signed by the present one, names it,
    /// and all that follow are signed by it.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the journal is not signed; otherwise what the disk
    /// refuses.
    pub fn journal_hand_over(&mut self, next: Box<dyn JournalSigner>, at: Timestamp) -> Result<()> {
        if key_of(&self.till)?.is_none() {
            let problem = "the journal has no key yet that could hand over".to_owned();
            return Err(StoreError::Inconsistent(problem));
        }
        let key = JournalKey(next.public_key());
        let write = self.write()?;
        name(&write, key, at)?;
        write.commit()?;
        install(&self.till, Some(next))
    }
}

/// Makes all entries that are appended through a connection signed, and names the key in the
/// journal unless the journal's last one is the same.
pub(crate) fn begin(
    till: &Connection,
    signer: Option<(Box<dyn JournalSigner>, Timestamp)>,
) -> Result<()> {
    let named = key_of(till)?;
    match (signer, named) {
        (None, None) => install(till, None),
        (None, Some(key)) => Err(StoreError::Inconsistent(format!(
            "the journal is signed with the key {key}, and was opened without it"
        ))),
        (Some((signer, at)), named) => {
            let key = JournalKey(signer.public_key());
            install(till, Some(signer))?;
            match named {
                Some(named) if named == key => {}
                Some(before) => take_over(till, key, before, at)?,
                None => {
                    name(till, key, at)?;
                }
            }
            Ok(())
        }
    }
}

fn name(write: &Connection, key: JournalKey, at: Timestamp) -> Result<u64> {
    let body = json!({ "public_key": hex(&key.0), "fingerprint": key.to_string() });
    journal::append(write, JournalKind::TillKey, &body, at)
}

/// Begins the section of a key that the key before could not hand over to.
fn take_over(write: &Connection, key: JournalKey, before: JournalKey, at: Timestamp) -> Result<()> {
    let head: Vec<u8> = write.query_row(
        "SELECT hash FROM journal ORDER BY number DESC LIMIT 1",
        [],
        |row| row.get(0),
    )?;
    let body = json!({
        "public_key": hex(&key.0),
        "fingerprint": key.to_string(),
        "instead_of": before.to_string(),
        "ended_with": hex(&head),
    });
    journal::append(write, JournalKind::TillKey, &body, at)?;
    Ok(())
}

/// Whether an entry that names a key begins a section behind another key, which ended with a hash.
fn is_section(body: &Value, before: &JournalKey, ended_with: &[u8]) -> bool {
    body["instead_of"] == before.to_string() && body["ended_with"] == hex(ended_with)
}

/// The key that the journal named last.
pub(crate) fn key_of(till: &Connection) -> Result<Option<JournalKey>> {
    let body: Option<String> = till
        .prepare_cached("SELECT body FROM journal WHERE kind = ?1 ORDER BY number DESC LIMIT 1")?
        .query_row([JournalKind::TillKey.to_string()], |row| row.get(0))
        .optional()?;
    let Some(body) = body else {
        return Ok(None);
    };
    let key = serde_json::from_str(&body)
        .ok()
        .as_ref()
        .and_then(JournalKey::read);
    key.map(Some)
        .ok_or_else(|| StoreError::corrupt("the journal", "an entry names a key that is none"))
}

/// The connection itself can sign: `journal_signature(hash)` is its signature, null without a
/// signer. So no statement that appends can forget to.
fn install(till: &Connection, signer: Option<Box<dyn JournalSigner>>) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    let signer = std::sync::Mutex::new(signer);
    let sign = move |context: &rusqlite::functions::Context<'_>| {
        let hash: [u8; 32] = context.get(0)?;
        let signer = signer
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(signer.as_ref().map(|signer| signer.sign(&message(&hash))))
    };
    Ok(till.create_scalar_function("journal_signature", 1, flags, sign)?)
}

/// What is signed: the hash, in words of its own, so that no signature for something else can be
/// taken for one of these.
fn message(hash: &[u8; 32]) -> Vec<u8> {
    let mut message = b"Evertill journal signature 1\n".to_vec();
    message.extend_from_slice(hash);
    message
}

/// An entry whose hash was found right.
pub(crate) struct Signed<'a> {
    pub(crate) number: u64,
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    pub(crate) kind: &'a str,
    pub(crate) body: &'a str,
    /// The hash of the entry before.
    pub(crate) previous: &'a [u8; 32],
    pub(crate) hash: &'a [u8; 32],
    pub(crate) signature: Option<&'a [u8]>,
}

/// Checks signatures, entry after entry.
pub(crate) struct Signatures<'a> {
    /// Keys that are known from elsewhere. With any given, the first key must be among them, and
    /// so must each that follows on one that did not hand over.
    trusted: &'a [Fingerprint],
    /// The key that signs now.
    pub(crate) key: Option<JournalKey>,
    /// How many entries were written before the first key.
    pub(crate) unsigned: u64,
    /// Keys that were not handed over to.
    pub(crate) takeovers: Vec<KeyTakeover>,
}

impl<'a> Signatures<'a> {
    pub(crate) fn new(trusted: &'a [Fingerprint]) -> Self {
        Self {
            trusted,
            key: None,
            unsigned: 0,
            takeovers: Vec::new(),
        }
    }

    /// What is wrong with the signature of the next entry.
    pub(crate) fn fault_of(&mut self, entry: &Signed<'_>) -> Option<JournalFault> {
        let hash = entry.hash;
        let names_key = entry.kind == JournalKind::TillKey.to_string();
        let body: Option<Value> = names_key
            .then(|| serde_json::from_str(entry.body).ok())
            .flatten();
        let named = body.as_ref().and_then(JournalKey::read);
        let signature = match (entry.signature, self.key) {
            (Some(signature), _) => signature,
            (None, Some(_)) => return Some(JournalFault::Unsigned),
            (None, None) if names_key => return Some(JournalFault::Unsigned),
            (None, None) => {
                self.unsigned += 1;
                return None;
            }
        };
        let knows = |key: &JournalKey| self.trusted.contains(&key.fingerprint());
        let by = match (self.key, named) {
            // Hands over.
            (Some(key), Some(next)) if key.has_signed(hash, signature) => {
                self.key = Some(next);
                return None;
            }
            // The first, or one that was not handed over to.
            (before, Some(next)) => {
                let says_so = before.is_none_or(|before| {
                    let body = body.as_ref();
                    body.is_some_and(|body| is_section(body, &before, entry.previous))
                });
                if !knows(&next) && (!self.trusted.is_empty() || !says_so) {
                    return Some(JournalFault::OtherKey(next));
                }
                if !next.has_signed(hash, signature) {
                    return Some(JournalFault::BadSignature);
                }
                self.takeovers.extend(before.map(|before| KeyTakeover {
                    entry: entry.number,
                    at: Timestamp::from_millisecond(entry.at).unwrap_or_default(),
                    before,
                    key: next,
                }));
                self.key = Some(next);
                return None;
            }
            (Some(key), None) => key,
            (None, None) => return Some(JournalFault::NoKey),
        };
        (!by.has_signed(hash, signature)).then_some(JournalFault::BadSignature)
    }

    /// What is wrong with a journal that ends here.
    pub(crate) fn missing(&self) -> Option<JournalFault> {
        (self.key.is_none() && !self.trusted.is_empty()).then_some(JournalFault::NoKey)
    }
}
