//! The journal as a file that can be proven whole without the till.
//!
//! A file is JSON, an object a line: first [`Header`], then each entry with the document it tells
//! of, then [`End`], without which a file was cut off. Bodies and documents are texts exactly as
//! they were hashed. Who changes a file has to change every hash behind the change too, and from
//! the till's first key on every signature, which only the till can make.

use std::io::{self, BufRead, Write};

use rusqlite::{Connection, OptionalExtension};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::commit::installation_of;
use crate::error::StoreError;
use crate::journal::{chained, digest, genesis, hex};
use crate::journal_check::{
    JournalBroken, JournalFault, JournalProof, LastEntry, NotedHead, each_entry, table_of,
};
use crate::records::Records;
use crate::signature::{Fingerprint, Signatures, Signed, key_of};

/// What the first line of a file says it is.
const FORMAT: &str = "Evertill journal 1";
/// The longest line that is read, in bytes: many times the longest sale.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Why a journal could not be exported, or a file does not prove one whole.
#[derive(Debug, Error)]
pub enum JournalExportError {
    /// The journal cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("the journal cannot be written: {0}")]
    Write(#[source] io::Error),
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The file is something else.
    #[error("the file is not a journal of Evertill, or of a version that this one does not know")]
    Foreign,
    /// A line is not as the export writes it.
    #[error("line {line} is damaged: {detail}")]
    Line {
        /// Which, from 1.
        line: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// The file ends before the journal does.
    #[error("the file was cut off after entry {after}")]
    CutOff {
        /// The last whole entry.
        after: u64,
    },
    /// The journal in the file is not whole.
    #[error(transparent)]
    Broken(#[from] JournalBroken),
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    installation: String,
    /// The key that signed the last entry, for people; what counts is what the entries say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    number: u64,
    /// Milliseconds since 1970.
    at: i64,
    kind: String,
    body: String,
    previous: String,
    hash: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    /// The sale or shift that it tells of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct End {
    entries: u64,
    head: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Entry(Entry),
    End(End),
}

impl Records<'_> {
    /// Writes the whole journal, as it stands now, and tells its length and head. It is not
    /// checked, so [`JournalProof::takeovers`] stays empty: that is for whoever reads it.
    ///
    /// # Errors
    /// [`JournalExportError::Store`] and [`JournalExportError::Write`].
    pub fn journal_export(
        &self,
        target: &mut dyn Write,
    ) -> Result<JournalProof, JournalExportError> {
        let moment = self
            .till
            .unchecked_transaction()
            .map_err(StoreError::from)?;
        let installation = installation_of(&moment)?;
        let mut proof = JournalProof {
            entries: 0,
            head: genesis(&installation),
            last: None,
            ends_with_export: false,
            key: key_of(&moment)?,
            unsigned: 0,
            takeovers: Vec::new(),
        };
        let format = FORMAT.to_owned();
        let key = proof.key.map(|key| key.to_string());
        write_line(
            target,
            &Header {
                format,
                installation,
                key,
            },
        )?;
        // An error of the target must come out of a loop that knows the store's alone.
        let mut written = Ok(());
        each_entry(&moment, 0, -1, |stored| {
            let document = document_of(&moment, &stored.kind, &stored.body)?;
            proof.entries = stored.number;
            let end = LastEntry::of(stored.at, &stored.kind);
            (proof.last, proof.ends_with_export) = (end.at, end.is_export);
            if stored.signature.is_none() {
                proof.unsigned += 1;
            }
            let entry = Entry {
                number: stored.number,
                at: stored.at,
                previous: hex(&stored.previous),
                hash: hex(&stored.hash),
                signature: stored.signature.as_deref().map(hex),
                kind: stored.kind,
                body: stored.body,
                document,
            };
            proof.head = stored.hash.try_into().unwrap_or_default();
            written = write_line(target, &entry);
            Ok(written.is_ok())
        })?;
        written?;
        let end = End {
            entries: proof.entries,
            head: hex(&proof.head),
        };
        write_line(target, &end)?;
        target.flush().map_err(JournalExportError::Write)?;
        Ok(proof)
    }
}

/// Proves a file that [`Records::journal_export`] wrote: that every entry continues the one before
/// it from the first to the last, that each is signed from the first key on, and that the sales and
/// shifts they tell of are those in the file.
///
/// `trusted` are fingerprints of keys that are known from elsewhere. With any given, a journal
/// without signatures, or whose first key is another, is not proven; and one that follows on another
/// which did not hand over, as when a till lost its secrets, must be among them. With none given
/// such a key is told of ([`JournalProof::takeovers`]).
///
/// A file whose end was cut off with care is whole in itself. That something is missing shows
/// against what was `noted` from the till's Z reports; and an export on the till's screen writes
/// an entry first, so that it stands at the end ([`JournalProof::ends_with_export`]).
///
/// # Errors
/// Where the file is not whole, or why it cannot be read.
pub fn verify_journal_export(
    source: &mut dyn BufRead,
    trusted: &[Fingerprint],
    noted: &[NotedHead],
) -> Result<JournalProof, JournalExportError> {
    let mut lines = Lines { source, number: 0 };
    let header: Header = match lines.next() {
        Ok(Some(header)) => header,
        Ok(None) | Err(JournalExportError::Line { .. }) => return Err(JournalExportError::Foreign),
        Err(error) => return Err(error),
    };
    if header.format != FORMAT {
        return Err(JournalExportError::Foreign);
    }
    let mut proof = JournalProof {
        entries: 0,
        head: genesis(&header.installation),
        last: None,
        ends_with_export: false,
        key: None,
        unsigned: 0,
        takeovers: Vec::new(),
    };
    let mut signatures = Signatures::new(trusted);
    loop {
        match lines.next()? {
            Some(Line::Entry(entry)) => {
                let number = proof.entries + 1;
                let head = hash_of(&entry, &proof.head);
                let fault = fault_of(&entry, &proof).or_else(|| {
                    let signature = entry.signature.as_deref().map(unhex);
                    signatures.fault_of(&Signed {
                        number,
                        at: entry.at,
                        kind: &entry.kind,
                        body: &entry.body,
                        previous: &proof.head,
                        hash: &head,
                        signature: signature.as_deref(),
                    })
                });
                let as_noted = || noted.iter().find_map(|noted| noted.fault_of(number, &head));
                let fault = fault.or_else(as_noted);
                if let Some(fault) = fault {
                    return Err(JournalBroken {
                        entry: number,
                        fault,
                    }
                    .into());
                }
                proof.head = head;
                proof.entries = number;
                let end = LastEntry::of(entry.at, &entry.kind);
                (proof.last, proof.ends_with_export) = (end.at, end.is_export);
            }
            Some(Line::End(end)) => {
                if end.entries != proof.entries || end.head != hex(&proof.head) {
                    let fault = JournalFault::Missing;
                    let entry = proof.entries + 1;
                    return Err(JournalBroken { entry, fault }.into());
                }
                let missing = |noted: &NotedHead| noted.missing_behind(proof.entries);
                if let Some(broken) = noted.iter().find_map(missing) {
                    return Err(broken.into());
                }
                if let Some(fault) = signatures.missing() {
                    let entry = proof.entries;
                    return Err(JournalBroken { entry, fault }.into());
                }
                (proof.key, proof.unsigned) = (signatures.key, signatures.unsigned);
                proof.takeovers = signatures.takeovers;
                return match lines.next::<Value>()? {
                    None => Ok(proof),
                    Some(_) => Err(lines.damaged("it stands behind the journal's end")),
                };
            }
            None => {
                let after = proof.entries;
                return Err(JournalExportError::CutOff { after });
            }
        }
    }
}

/// A signature in hexadecimal; empty, and so no signature, when it is none.
fn unhex(text: &str) -> Vec<u8> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let pairs = digits.unwrap_or_default();
    pairs
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn hash_of(entry: &Entry, head: &[u8; 32]) -> [u8; 32] {
    chained(head, entry.number, entry.at, &entry.kind, &entry.body)
}

fn fault_of(entry: &Entry, before: &JournalProof) -> Option<JournalFault> {
    if entry.number != before.entries + 1 {
        return Some(JournalFault::Missing);
    }
    if entry.previous != hex(&before.head) {
        return Some(JournalFault::Unchained);
    }
    if entry.hash != hex(&hash_of(entry, &before.head)) {
        return Some(JournalFault::Altered);
    }
    let table = table_of(&entry.kind)?;
    let facts: Value = serde_json::from_str(&entry.body).unwrap_or_default();
    let fact = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default();
    let named = format!("{table} {}", fact("key"));
    match &entry.document {
        None => Some(JournalFault::DocumentMissing(named)),
        Some(document) if digest(document) != fact("sha256") => {
            Some(JournalFault::DocumentAltered(named))
        }
        Some(_) => None,
    }
}

/// The document that an entry tells of, `None` for an entry that tells of none or of a lost one.
fn document_of(till: &Connection, kind: &str, body: &str) -> Result<Option<String>, StoreError> {
    let Some(table) = table_of(kind) else {
        return Ok(None);
    };
    let facts: Value = serde_json::from_str(body).unwrap_or_default();
    let key = facts.get("key").and_then(Value::as_str).unwrap_or_default();
    let mut statement = till.prepare_cached(&format!("SELECT body FROM {table} WHERE key = ?1"))?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

fn write_line(target: &mut dyn Write, line: &impl Serialize) -> Result<(), JournalExportError> {
    let wrong = |error: serde_json::Error| JournalExportError::Write(error.into());
    serde_json::to_writer(&mut *target, line).map_err(wrong)?;
    target.write_all(b"\n").map_err(JournalExportError::Write)
}

struct Lines<'a> {
    source: &'a mut dyn BufRead,
    number: u64,
}

impl Lines<'_> {
    /// The next line; `None` at the end of the file.
    fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, JournalExportError> {
        let mut line = Vec::new();
        let mut bounded = io::Read::take(&mut *self.source, LONGEST_LINE);
        let read = bounded
            .read_until(b'\n', &mut line)
            .map_err(JournalExportError::Read)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        match serde_json::from_slice(&line) {
            Ok(line) => Ok(Some(line)),
            Err(error) => Err(self.damaged(&error.to_string())),
        }
    }

    fn damaged(&self, detail: &str) -> JournalExportError {
        JournalExportError::Line {
            line: self.number,
            detail: detail.to_owned(),
        }
    }
}
