//! The journal: an append-only list of what happened, each entry bound to all before it.

use std::fmt;
use std::str::FromStr;

use checkout::action::{Action, JournalFact};
use checkout::shift::JournalHead;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::column::{count, to_json};
use crate::commit::{Store, installation_of};
use crate::error::{Result, StoreError};
use crate::signature;

/// What an entry of the journal tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JournalKind {
    /// A shift was opened. Written with the shift.
    ShiftOpened,
    /// A sale was made. Written with the sale.
    Sale,
    /// What became of printing a receipt. Written with the print job.
    Print,
    /// What became of sending a document. Written with the outbox.
    Sync,
    /// Somebody signed in, failed to, or left.
    SignIn,
    /// Somebody's PIN or role changed.
    Staff,
    /// Somebody with the right to allowed what a cashier may not do alone.
    Approval,
    /// A cashier changed the price of a line.
    PriceChange,
    /// A cashier gave a discount on a whole document, or took it back.
    Discount,
    /// A card terminal was asked to do something, or it is known what came of it. Written with the
    /// card payment.
    Card,
    /// The drawer was opened without a sale. Written with the opening.
    Drawer,
    /// Cash was put in or taken out. Written with the movement.
    CashMovement,
    /// The till was counted, and the differences seen.
    Count,
    /// A shift was closed. Written with the closing.
    ShiftClosed,
    /// A customer was made. Written with the customer.
    Customer,
    /// A cart was emptied.
    CartDiscarded,
    /// Something else that a cashier did.
    Action,
    /// The program started, stopped or was updated.
    Program,
    /// From here on the entries are signed with this key.
    TillKey,
    /// The journal was exported up to here, by whom and to where.
    Exported,
}

/// An entry of the journal.
#[derive(Clone, PartialEq, Debug)]
pub struct JournalEntry {
    /// Its place, from 1 and without gaps.
    pub number: u64,
    /// When, to the millisecond.
    pub at: Timestamp,
    /// What it tells.
    pub kind: JournalKind,
    /// The facts.
    pub body: Value,
    /// The hash of the entry before; for the first, that of the installation.
    pub previous: [u8; 32],
    /// SHA-256 over all of the above.
    pub hash: [u8; 32],
}

impl Store {
    /// Appends an entry and answers with its number.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] for a kind that is written together with what it tells of;
    /// otherwise what the disk refuses.
    pub fn journal_append(
        &mut self,
        kind: JournalKind,
        body: &Value,
        at: Timestamp,
    ) -> Result<u64> {
        if !matches!(
            kind,
            JournalKind::SignIn | JournalKind::Staff | JournalKind::Program | JournalKind::Exported
        ) {
            let problem = format!("{kind} entries are written with what they tell of");
            return Err(StoreError::Inconsistent(problem));
        }
        let write = self.write()?;
        let number = append(&write, kind, body, at)?;
        write.commit()?;
        Ok(number)
    }

    /// Appends who did what beside selling, and who allowed it, and answers with the number of the
    /// entry. Its body is the fact as it is.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn journal_fact(&mut self, fact: &JournalFact) -> Result<u64> {
        let write = self.write()?;
        let number = append_fact(&write, fact)?;
        write.commit()?;
        Ok(number)
    }

    /// The same for what was done already, as an approval that a manager gave: where the disk
    /// refuses it, it is kept in memory, and nothing else is written before it.
    ///
    /// # Errors
    /// What the disk refuses for now.
    pub fn journal_must_have(&mut self, fact: JournalFact) -> Result<()> {
        self.owed.push(fact);
        Ok(self.write()?.commit()?)
    }
}

pub(crate) fn append_fact(write: &Connection, fact: &JournalFact) -> Result<u64> {
    let kind = match (&fact.approval, &fact.action) {
        (Some(_), _) => JournalKind::Approval,
        (None, Action::Discount { .. }) => JournalKind::Discount,
        (None, Action::Price { .. } | Action::Other) => JournalKind::PriceChange,
        (None, Action::Counted { .. }) => JournalKind::Count,
        (None, Action::CartDiscarded { .. }) => JournalKind::CartDiscarded,
        (None, _) => JournalKind::Action,
    };
    append(write, kind, fact, fact.at)
}

/// Appends an entry within a transaction, signed where the connection was given a signer.
pub(crate) fn append(
    write: &Connection,
    kind: JournalKind,
    body: &impl Serialize,
    at: Timestamp,
) -> Result<u64> {
    let last: Option<(i64, [u8; 32])> = write
        .prepare_cached("SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (number, previous) = match last {
        Some((number, hash)) => (number.unsigned_abs() + 1, hash),
        None => (1, genesis(&installation_of(write)?)),
    };
    let body = to_json(body)?;
    let kind = kind.name();
    let at = at.as_millisecond();
    let hash = chained(&previous, number, at, kind, &body);
    write
        .prepare_cached(
            "INSERT INTO journal (number, at, kind, body, previous, hash, signature)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, journal_signature(?6))",
        )?
        .execute(params![count(number), at, kind, body, previous, hash])?;
    Ok(number)
}

/// How often the till was counted since the last shift was opened.
pub(crate) fn counts_of_shift(till: &Connection) -> Result<u32> {
    let mut statement = till.prepare_cached("SELECT kind FROM journal ORDER BY number DESC")?;
    let mut rows = statement.query([])?;
    let mut counts = 0;
    while let Some(row) = rows.next()? {
        let kind = row.get_ref(0)?.as_str().unwrap_or_default();
        if kind == JournalKind::ShiftOpened.name() {
            break;
        }
        counts += u32::from(kind == JournalKind::Count.name());
    }
    Ok(counts)
}

/// How far the journal is, for a Z report.
pub(crate) fn head(till: &Connection) -> Result<JournalHead> {
    let last: Option<(i64, [u8; 32])> = till
        .prepare_cached("SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (entries, hash) = match last {
        Some((number, hash)) => (number.unsigned_abs(), hash),
        None => (0, genesis(&installation_of(till)?)),
    };
    Ok(JournalHead {
        entries,
        hash: hex(&hash),
        till_key: signature::key_of(till)?.map(|key| key.to_string()),
    })
}

/// What the first entry is bound to, so that a journal cannot pass for another till's.
pub(crate) fn genesis(installation: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"Evertill journal 1\n")
        .chain_update(installation)
        .finalize()
        .into()
}

/// The hash of an entry. Lengths are hashed too, so that no text can move from one field to the
/// next.
pub(crate) fn chained(
    previous: &[u8; 32],
    number: u64,
    at: i64,
    kind: &str,
    body: &str,
) -> [u8; 32] {
    Sha256::new()
        .chain_update(previous)
        .chain_update(number.to_be_bytes())
        .chain_update(at.to_be_bytes())
        .chain_update((kind.len() as u64).to_be_bytes())
        .chain_update(kind)
        .chain_update((body.len() as u64).to_be_bytes())
        .chain_update(body)
        .finalize()
        .into()
}

/// The SHA-256 of a document's body in hexadecimal, by which an entry names exactly that document.
pub(crate) fn digest(body: &str) -> String {
    hex(&Sha256::digest(body))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl JournalKind {
    const ALL: [(Self, &'static str); 20] = [
        (Self::ShiftOpened, "shift opened"),
        (Self::Sale, "sale"),
        (Self::Print, "print"),
        (Self::Sync, "sync"),
        (Self::SignIn, "sign-in"),
        (Self::Staff, "staff"),
        (Self::Approval, "approval"),
        (Self::PriceChange, "price change"),
        (Self::Discount, "discount"),
        (Self::Card, "card payment"),
        (Self::Drawer, "drawer"),
        (Self::CashMovement, "cash movement"),
        (Self::Count, "count"),
        (Self::ShiftClosed, "shift closed"),
        (Self::Customer, "customer"),
        (Self::CartDiscarded, "cart discarded"),
        (Self::Action, "action"),
        (Self::Program, "program"),
        (Self::TillKey, "till key"),
        (Self::Exported, "exported"),
    ];

    fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, name)| name)
    }
}

impl fmt::Display for JournalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for JournalKind {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::ALL
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(kind, _)| *kind);
        known.ok_or_else(|| StoreError::corrupt("the journal", format!("unknown kind {text:?}")))
    }
}
