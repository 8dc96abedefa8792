//! Reading the journal and proving it whole.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;
use thiserror::Error;

use crate::column::{count, from_json, timestamp};
use crate::commit::installation_of;
use crate::error::Result;
use crate::journal::{JournalEntry, JournalKind, chained, digest, genesis, hex};
use crate::records::Records;
use crate::signature::{JournalKey, KeyTakeover, Signatures, Signed};

/// The journal is whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalProof {
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last one. Whoever has noted it down earlier can also tell that nothing
    /// was cut off the end since ([`NotedHead`]).
    pub head: [u8; 32],
    /// When the last one was written; `None` for an empty journal.
    pub last: Option<Timestamp>,
    /// The last one is the till's own note that it exported the journal
    /// ([`JournalKind::Exported`]): up to then nothing was cut off the end.
    pub ends_with_export: bool,
    /// The key that signed the last entry; `None` when nothing is signed.
    pub key: Option<JournalKey>,
    /// How many entries at the beginning were written before there was a key.
    pub unsigned: u64,
    /// Keys that follow on another that did not hand over, as when the till lost its secrets. What
    /// each of them signed is proven only for whoever knows it from the till.
    pub takeovers: Vec<KeyTakeover>,
}

impl JournalProof {
    /// Whether it proves what [`Records::journal_export`] wrote.
    pub fn is_of_export(&self, written: &Self) -> bool {
        let takeovers = Vec::new();
        Self {
            takeovers,
            ..self.clone()
        } == *written
    }

    /// The head as people note it down.
    pub fn head_in_hexadecimal(&self) -> String {
        hex(&self.head)
    }
}

/// How far a journal was at some time, as the Z report of then shows it: its entries and the hash
/// of the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotedHead {
    entries: u64,
    head: [u8; 32],
}

/// What was given as a journal's head is none.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error(
    "a journal's head is 64 hexadecimal digits behind the number of its entries, as a Z report shows them"
)]
pub struct NotAHead;

impl NotedHead {
    /// From what a Z report shows. Spaces and case of the hash do not matter.
    ///
    /// # Errors
    /// [`NotAHead`] when that is no hash, or there is no entry that it could be of.
    pub fn new(entries: u64, head: &str) -> std::result::Result<Self, NotAHead> {
        let digits: Option<Vec<u8>> = head
            .chars()
            .filter(|c| *c != ' ')
            .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
            .collect();
        match digits.as_deref() {
            Some(digits) if digits.len() == 64 && entries > 0 => {
                let head =
                    std::array::from_fn(|place| digits[2 * place] << 4 | digits[2 * place + 1]);
                Ok(Self { entries, head })
            }
            _ => Err(NotAHead),
        }
    }

    /// What is wrong when the entry of this number has this hash.
    pub(crate) fn fault_of(&self, number: u64, hash: &[u8; 32]) -> Option<JournalFault> {
        (number == self.entries && *hash != self.head).then_some(JournalFault::NotAsNoted)
    }

    /// What is wrong when the journal ends with the entry of this number.
    pub(crate) fn missing_behind(&self, last: u64) -> Option<JournalBroken> {
        let (entry, fault) = (self.entries, JournalFault::Missing);
        (last < entry).then_some(JournalBroken { entry, fault })
    }
}

/// The first place at which the journal is not whole.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("journal entry {entry}: {fault}")]
pub struct JournalBroken {
    /// The entry.
    pub entry: u64,
    /// What is wrong with it.
    pub fault: JournalFault,
}

/// What is wrong with an entry of the journal.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum JournalFault {
    /// There is no such entry, but later ones.
    #[error("is missing")]
    Missing,
    /// It does not continue the entry before it.
    #[error("does not continue the entry before it")]
    Unchained,
    /// Its facts, time or kind were changed.
    #[error("was altered")]
    Altered,
    /// The sale, shift or other document it tells of was changed.
    #[error("tells of {0}, which was altered")]
    DocumentAltered(String),
    /// The document it tells of is gone.
    #[error("tells of {0}, which is missing")]
    DocumentMissing(String),
    /// It is not signed, though the till had a key by then.
    #[error("is not signed, though the till had a key")]
    Unsigned,
    /// Its signature is not by the till's key.
    #[error("has a signature that is not by the till's key")]
    BadSignature,
    /// The till's key changed, and the one before did not hand over.
    #[error(
        "goes over to the key {0}, which neither the key before it signed nor you named; it is \
         right only if the till lost its secrets there"
    )]
    OtherKey(JournalKey),
    /// There are no signatures, or signatures by nobody.
    #[error("is not signed by a key that the journal names")]
    NoKey,
    /// Its hash is another than was noted from the till.
    #[error("is not the one whose hash was noted from the till")]
    NotAsNoted,
    /// There is a document that no entry tells of.
    #[error("is missing: {0} is not in the journal")]
    Unrecorded(String),
}

/// A row of the journal as it is stored.
pub(crate) struct Stored {
    pub(crate) number: u64,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) body: String,
    pub(crate) previous: Vec<u8>,
    pub(crate) hash: Vec<u8>,
    pub(crate) signature: Option<Vec<u8>>,
}

impl Records<'_> {
    /// Entries of the journal after the given number (0 for all), oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn journal_entries(&self, after: u64, limit: u32) -> Result<Vec<JournalEntry>> {
        let mut entries = Vec::new();
        each_entry(self.till, after, i64::from(limit), |stored| {
            let at: Timestamp = timestamp(stored.at, "the journal")?;
            let entry = JournalEntry {
                number: stored.number,
                at,
                kind: stored.kind.parse()?,
                body: from_json(&stored.body, "the journal")?,
                previous: stored.previous.try_into().unwrap_or_default(),
                hash: stored.hash.try_into().unwrap_or_default(),
            };
            entries.push(entry);
            Ok(true)
        })?;
        Ok(entries)
    }

    /// Checks every entry of the journal, that each continues the one before and is signed from
    /// the first key on, and that the sales and shifts it tells of are those that are stored.
    ///
    /// # Errors
    /// [`crate::StoreError`] when the journal cannot be read; a broken journal is an answer, not
    /// an error.
    pub fn journal_verify(&self) -> Result<Result<JournalProof, JournalBroken>> {
        // One moment of the file, however long the check takes.
        let moment = self.till.unchecked_transaction()?;
        let mut head = genesis(&installation_of(&moment)?);
        let mut entries = 0;
        let mut end = LastEntry::default();
        let mut broken = None;
        let mut signatures = Signatures::new(&[]);
        each_entry(&moment, 0, -1, |stored| {
            let entry = entries + 1;
            let fault = match fault_of(&moment, &stored, entry, &head)? {
                None => {
                    let previous = head;
                    head = stored.hash.as_slice().try_into().unwrap_or_default();
                    signatures.fault_of(&Signed {
                        number: entry,
                        at: stored.at,
                        kind: &stored.kind,
                        body: &stored.body,
                        previous: &previous,
                        hash: &head,
                        signature: stored.signature.as_deref(),
                    })
                }
                fault => fault,
            };
            match fault {
                None => {
                    entries = entry;
                    end = LastEntry::of(stored.at, &stored.kind);
                    Ok(true)
                }
                Some(fault) => {
                    broken = Some(JournalBroken { entry, fault });
                    Ok(false)
                }
            }
        })?;
        if let Some(broken) = broken {
            return Ok(Err(broken));
        }
        if let Some(document) = unrecorded(&moment)? {
            let fault = JournalFault::Unrecorded(document);
            return Ok(Err(JournalBroken {
                entry: entries + 1,
                fault,
            }));
        }
        Ok(Ok(JournalProof {
            entries,
            head,
            last: end.at,
            ends_with_export: end.is_export,
            key: signatures.key,
            unsigned: signatures.unsigned,
            takeovers: signatures.takeovers,
        }))
    }
}

/// What a proof tells of the last entry.
#[derive(Clone, Copy, Default)]
pub(crate) struct LastEntry {
    pub(crate) at: Option<Timestamp>,
    pub(crate) is_export: bool,
}

impl LastEntry {
    /// Of a time in milliseconds since 1970 and a kind.
    pub(crate) fn of(at: i64, kind: &str) -> Self {
        let at = Timestamp::from_millisecond(at).ok();
        let is_export = kind == JournalKind::Exported.to_string();
        Self { at, is_export }
    }
}

/// Calls `visit` with entries after a number until it answers false.
pub(crate) fn each_entry(
    till: &Connection,
    after: u64,
    limit: i64,
    mut visit: impl FnMut(Stored) -> Result<bool>,
) -> Result<()> {
    let mut statement = till.prepare_cached(
        "SELECT number, at, kind, body, previous, hash, signature FROM journal
         WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let mut rows = statement.query(params![count(after), limit])?;
    while let Some(row) = rows.next()? {
        let stored = Stored {
            number: row.get::<_, i64>(0)?.unsigned_abs(),
            at: row.get(1)?,
            kind: row.get(2)?,
            body: row.get(3)?,
            previous: row.get(4)?,
            hash: row.get(5)?,
            signature: row.get(6)?,
        };
        if !visit(stored)? {
            break;
        }
    }
    Ok(())
}

/// The kinds of entries that tell of a document.
const DOCUMENT_KINDS: [&str; 6] = [
    "shift opened",
    "sale",
    "cash movement",
    "drawer",
    "customer",
    "shift closed",
];

/// The table of the documents that entries of this kind tell of.
pub(crate) fn table_of(kind: &str) -> Option<&'static str> {
    match kind {
        "sale" => Some("sale"),
        "shift opened" => Some("shift"),
        "shift closed" => Some("closing"),
        "cash movement" => Some("cash_movement"),
        "drawer" => Some("drawer_opening"),
        "customer" => Some("new_customer"),
        _ => None,
    }
}

fn fault_of(
    till: &Connection,
    stored: &Stored,
    expected: u64,
    head: &[u8; 32],
) -> Result<Option<JournalFault>> {
    if stored.number != expected {
        return Ok(Some(JournalFault::Missing));
    }
    if stored.previous != head {
        return Ok(Some(JournalFault::Unchained));
    }
    if stored.hash != chained(head, stored.number, stored.at, &stored.kind, &stored.body) {
        return Ok(Some(JournalFault::Altered));
    }
    let Some(table) = table_of(&stored.kind) else {
        return Ok(None);
    };
    let facts: Value = from_json(&stored.body, "the journal")?;
    let fact = |name: &str| facts.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = fact("key");
    let body: Option<String> = till
        .prepare_cached(&format!("SELECT body FROM {table} WHERE key = ?1"))?
        .query_row([key], |row| row.get(0))
        .optional()?;
    let document = format!("{table} {key}");
    Ok(match body {
        None => Some(JournalFault::DocumentMissing(document)),
        Some(body) if digest(&body) != fact("sha256") => {
            Some(JournalFault::DocumentAltered(document))
        }
        Some(_) => None,
    })
}

/// A document that the journal does not tell of.
fn unrecorded(till: &Connection) -> Result<Option<String>> {
    for kind in DOCUMENT_KINDS {
        let Some(table) = table_of(kind) else {
            continue;
        };
        let key: Option<String> = till
            .query_row(
                &format!(
                    "SELECT key FROM {table} WHERE key NOT IN
                         (SELECT body ->> 'key' FROM journal WHERE kind = ?1)
                     LIMIT 1"
                ),
                [kind],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(key) = key {
            return Ok(Some(format!("{table} {key}")));
        }
    }
    Ok(None)
}
