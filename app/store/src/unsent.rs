//! What the Manager screen adds up: what waits by its kind, when ERPNext answered last, and the
//! journal's head.

use checkout::money::Money;
use jiff::Timestamp;
use rusqlite::OptionalExtension;

use crate::catalog::ReadStore;
use crate::column::{money, timestamp};
use crate::commit::installation_of;
use crate::error::Result;
use crate::journal::genesis;
use crate::records::Records;
use crate::signature::{JournalKey, key_of};

/// One kind of document that has not reached ERPNext.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnsentKind {
    /// What ERPNext calls it: `POS Invoice`, for example.
    pub doctype: &'static str,
    /// How many, parked ones too.
    pub documents: u64,
    /// How many of them are parked.
    pub parked: u64,
    /// What they are worth, one amount for each currency.
    pub value: Vec<Money>,
}

/// Where the journal stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalHead {
    /// How many entries it has.
    pub entries: u64,
    /// The hash of the last one.
    pub head: [u8; 32],
    /// When that was written; `None` for an empty journal.
    pub last: Option<Timestamp>,
    /// The key it is signed with; `None` where it is not.
    pub key: Option<JournalKey>,
}

/// What ERPNext calls the documents of a kind of outbox row.
pub(crate) fn doctype_of(kind: &str) -> &'static str {
    match kind {
        "shift" => "POS Opening Entry",
        "closing" => "POS Closing Entry",
        "customer" => "Customer",
        _ => "POS Invoice",
    }
}

impl Records<'_> {
    /// What has not reached ERPNext, by kind, in the order in which it was made first.
    ///
    /// # Errors
    /// [`crate::StoreError`] when the outbox cannot be read.
    pub fn unsent_kinds(&self) -> Result<Vec<UnsentKind>> {
        let mut statement = self.till.prepare_cached(
            "SELECT kind, currency, decimals, sum(units), count(*), sum(state = 'parked')
             FROM outbox WHERE state IN ('waiting', 'parked')
             GROUP BY kind, currency, decimals ORDER BY min(id)",
        )?;
        let mut rows = statement.query([])?;
        let mut kinds: Vec<UnsentKind> = Vec::new();
        while let Some(row) = rows.next()? {
            let doctype = doctype_of(row.get_ref(0)?.as_str().unwrap_or_default());
            let currency: Option<String> = row.get(1)?;
            let value = money(row.get(3)?, currency.as_deref(), row.get(2)?)?;
            let documents = row.get::<_, i64>(4)?.unsigned_abs();
            let parked = row.get::<_, i64>(5)?.unsigned_abs();
            match kinds.iter_mut().find(|kind| kind.doctype == doctype) {
                Some(kind) => {
                    kind.documents += documents;
                    kind.parked += parked;
                    kind.value.extend(value);
                }
                None => kinds.push(UnsentKind {
                    doctype,
                    documents,
                    parked,
                    value: value.into_iter().collect(),
                }),
            }
        }
        Ok(kinds)
    }

    /// How long the journal is, the hash of its last entry and by which key it is signed, without
    /// checking anything.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn journal_head(&self) -> Result<JournalHead> {
        let last: Option<(i64, Vec<u8>, i64)> = self
            .till
            .prepare_cached("SELECT number, hash, at FROM journal ORDER BY number DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let (entries, head, last) = match last {
            Some((number, hash, at)) => (
                number.unsigned_abs(),
                hash.try_into().unwrap_or_default(),
                Timestamp::from_millisecond(at).ok(),
            ),
            None => (0, genesis(&installation_of(self.till)?), None),
        };
        Ok(JournalHead {
            entries,
            head,
            last,
            key: key_of(self.till)?,
        })
    }
}

impl ReadStore {
    /// When ERPNext answered last, as far as it is on record: it sent masters to their end, or took
    /// a document. `None` before the first time.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn last_contact(&self) -> Result<Option<Timestamp>> {
        let pulled: Option<i64> = self
            .catalog
            .prepare_cached("SELECT max(at) FROM pulled")?
            .query_row([], |row| row.get(0))?;
        let delivered: Option<i64> = self
            .till
            .prepare_cached(
                "SELECT delivered_at FROM outbox WHERE state = 'delivered' ORDER BY id DESC LIMIT 1",
            )?
            .query_row([], |row| row.get(0))
            .optional()?
            .flatten();
        let last = pulled.max(delivered);
        last.map(|at| timestamp(at, "the time of the last contact"))
            .transpose()
    }
}
