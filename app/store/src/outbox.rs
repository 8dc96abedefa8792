//! What is still to be sent to ERPNext, in the order in which it depends on each other.

use checkout::money::Money;
use checkout::new_customer::NewCustomer;
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::{Shift, ShiftClosing};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, params};

use crate::column::{from_json, timestamp};
use crate::commit::Store;
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalKind};

/// No wait is longer, in milliseconds: a later time was noted while the clock was wrong.
const DAY: i64 = 86_400_000;

/// A document to be sent.
#[derive(Clone, PartialEq, Debug)]
pub struct OutboxEntry {
    /// What the other methods know it by.
    pub id: i64,
    /// The document.
    pub document: OutboxDocument,
    /// How often sending it has failed.
    pub attempts: u32,
    /// Of a sale: the entry of its shift, which is delivered.
    pub shift_entry: Option<i64>,
    /// Of a sale: the POS Opening Entry that its shift was delivered as.
    pub opening_entry: Option<String>,
}

/// The documents that a till sends.
#[derive(Clone, PartialEq, Debug)]
pub enum OutboxDocument {
    /// A shift, sent as POS Opening Entry.
    Shift(Box<Shift>),
    /// A sale, sent as POS Invoice.
    Sale(Box<Sale>),
}

/// A row that is due.
struct Due {
    id: i64,
    kind: String,
    label: String,
    attempts: u32,
    shift_entry: Option<i64>,
    opening_entry: Option<String>,
    body: Option<String>,
}

impl Store {
    /// The document to be sent now: its wait is over and the shift it depends on is delivered. Of
    /// several the one that failed least often, then the oldest, so that one that keeps failing
    /// keeps no other back. A parked or waiting document holds up nothing but what depends on it;
    /// one that cannot be read any more is parked.
    ///
    /// # Errors
    /// [`StoreError`] when the outbox cannot be read.
    pub fn outbox_next(&mut self, now: Timestamp) -> Result<Option<OutboxEntry>> {
        while let Some(due) = self.due(now)? {
            let body = due.body.as_deref().unwrap_or("");
            let document = match due.kind.as_str() {
                "shift" => from_json(body, &due.label).map(OutboxDocument::Shift),
                _ => from_json(body, &due.label).map(OutboxDocument::Sale),
            };
            match document {
                Ok(document) => {
                    return Ok(Some(OutboxEntry {
                        id: due.id,
                        document,
                        attempts: due.attempts,
                        shift_entry: due.shift_entry,
                        opening_entry: due.opening_entry,
                    }));
                }
                Err(error) => {
                    let remedy = "Keep the data folder and enter this document by hand.";
                    self.outbox_parked(due.id, &error.to_string(), remedy, now)?;
                }
            }
        }
        Ok(None)
    }

    /// When the next document that waits for its time falls due, seen from `now`: how long to
    /// sleep after [`Store::outbox_next`] found nothing. `None` when nothing waits for a time.
    ///
    /// # Errors
    /// [`StoreError`] when the outbox cannot be read.
    pub fn outbox_next_time(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let earliest: Option<i64> = self
            .till
            .prepare_cached(
                "SELECT min(CASE WHEN waiting.not_before > ?1 THEN 0 ELSE waiting.not_before END)
                 FROM outbox AS waiting
                 LEFT JOIN outbox AS shift ON shift.id = waiting.depends_on
                 WHERE waiting.state = 'waiting' AND waiting.kind IN ('shift', 'sale')
                     AND (waiting.depends_on IS NULL OR shift.state = 'delivered')
                     AND NOT EXISTS (
                         SELECT 1 FROM outbox_need JOIN outbox AS need ON need.id = needs
                         WHERE entry = waiting.id AND need.state <> 'delivered')",
            )?
            .query_row([latest(now)], |row| row.get(0))?;
        earliest
            .map(|time| timestamp(time, "the outbox"))
            .transpose()
    }

    /// Notes that ERPNext has the document, submitted and equal, under this name. A delivered
    /// shift takes a new name when its opening entry had to be made again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown id, [`StoreError::Inconsistent`] when a sale was
    /// delivered under another name; otherwise what the disk refuses.
    pub fn outbox_delivered(&mut self, id: i64, erpnext_name: &str, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        let entry = State::of(&write, id)?;
        if entry.erpnext_name.as_deref() == Some(erpnext_name) {
            return Ok(());
        }
        if let (Some(other), "sale") = (&entry.erpnext_name, entry.kind.as_str()) {
            let problem = format!("{} was delivered as {other}", entry.label);
            return Err(StoreError::Inconsistent(problem));
        }
        write
            .prepare_cached(
                "UPDATE outbox SET state = 'delivered', erpnext_name = ?2, delivered_at = ?3,
                     cause = NULL, remedy = NULL
                 WHERE id = ?1",
            )?
            .execute(params![id, erpnext_name, at.as_millisecond()])?;
        let facts = serde_json::json!({
            "document": entry.label,
            "outcome": "delivered",
            "erpnext_name": erpnext_name,
        });
        journal::append(&write, JournalKind::Sync, &facts, at)?;
        Ok(write.commit()?)
    }

    /// Notes that sending failed for a reason that passes, and when to try again: within a day.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown id, [`StoreError::Inconsistent`] when it is not
    /// waiting; otherwise what the disk refuses.
    pub fn outbox_retry(&mut self, id: i64, cause: &str, not_before: Timestamp) -> Result<()> {
        let write = self.write()?;
        State::of(&write, id)?.must_be("waiting")?;
        write
            .prepare_cached(
                "UPDATE outbox SET attempts = attempts + 1, cause = ?2, not_before = ?3
                 WHERE id = ?1",
            )?
            .execute(params![id, cause, not_before.as_millisecond()])?;
        Ok(write.commit()?)
    }

    /// Ends every wait: for "retry now", after a start, and when the clock was set.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn outbox_retry_now(&mut self) -> Result<()> {
        self.till.execute(
            "UPDATE outbox SET not_before = 0 WHERE state = 'waiting' AND not_before <> 0",
            [],
        )?;
        Ok(())
    }

    /// Sets a document aside until a person has seen to it. It stays in the outbox, and what
    /// depends on it waits.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown id, [`StoreError::Inconsistent`] when it is not
    /// waiting; otherwise what the disk refuses.
    pub fn outbox_parked(
        &mut self,
        id: i64,
        cause: &str,
        remedy: &str,
        at: Timestamp,
    ) -> Result<()> {
        let write = self.write()?;
        let entry = State::of(&write, id)?;
        entry.must_be("waiting")?;
        write
            .prepare_cached(
                "UPDATE outbox SET state = 'parked', cause = ?2, remedy = ?3 WHERE id = ?1",
            )?
            .execute(params![id, cause, remedy])?;
        let facts = serde_json::json!({
            "document": entry.label,
            "outcome": "parked",
            "cause": cause,
        });
        journal::append(&write, JournalKind::Sync, &facts, at)?;
        Ok(write.commit()?)
    }

    /// Lets every parked document be sent again, at once: after a person has seen to the causes.
    /// Says how many there were.
    ///
    /// # Errors
    /// What the disk refuses; then all stay parked.
    pub fn outbox_unpark_all(&mut self, at: Timestamp) -> Result<u64> {
        self.unpark("state = 'parked'", [], at)
    }

    /// Lets one sale be sent again, at once, and with it the opening of its shift where that is
    /// what was parked. Says how many documents were: 0 when neither was parked.
    ///
    /// # Errors
    /// What the disk refuses; then all stay parked.
    pub fn outbox_unpark_sale(
        &mut self,
        receipt_number: &ReceiptNumber,
        at: Timestamp,
    ) -> Result<u64> {
        let label = receipt_number.to_string();
        self.unpark(
            "state = 'parked' AND (kind = 'sale' AND label = ?1 OR id IN
                 (SELECT depends_on FROM outbox WHERE kind = 'sale' AND label = ?1))",
            [label],
            at,
        )
    }

    fn unpark(&mut self, which: &str, values: impl Params, at: Timestamp) -> Result<u64> {
        let write = self.write()?;
        let mut labels: Vec<String> = write
            .prepare_cached(&format!(
                "UPDATE outbox SET state = 'waiting', attempts = 0, not_before = 0, cause = NULL,
                     remedy = NULL
                 WHERE {which} RETURNING label"
            ))?
            .query_map(values, |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        // The order of an update's rows is SQLite's own affair.
        labels.sort();
        for label in &labels {
            let facts = serde_json::json!({ "document": label, "outcome": "to be sent again" });
            journal::append(&write, JournalKind::Sync, &facts, at)?;
        }
        write.commit()?;
        Ok(labels.len() as u64)
    }

    fn due(&self, now: Timestamp) -> Result<Option<Due>> {
        let due = self
            .till
            .prepare_cached(
                "SELECT waiting.id, waiting.kind, waiting.label, waiting.attempts, opening.id,
                     opening.erpnext_name, coalesce(sale.body, shift.body)
                 FROM outbox AS waiting
                 LEFT JOIN outbox AS opening ON opening.id = waiting.depends_on
                 LEFT JOIN sale ON waiting.kind = 'sale' AND sale.key = waiting.document
                 LEFT JOIN shift ON waiting.kind = 'shift' AND shift.key = waiting.document
                 WHERE waiting.state = 'waiting' AND waiting.kind IN ('shift', 'sale')
                     AND (waiting.not_before <= ?1 OR waiting.not_before > ?2)
                     AND (waiting.depends_on IS NULL OR opening.state = 'delivered')
                     AND NOT EXISTS (
                         SELECT 1 FROM outbox_need JOIN outbox AS need ON need.id = needs
                         WHERE entry = waiting.id AND need.state <> 'delivered')
                 ORDER BY waiting.attempts, waiting.id LIMIT 1",
            )?
            .query_row([now.as_millisecond(), latest(now)], |row| {
                Ok(Due {
                    id: row.get(0)?,
                    kind: row.get(1)?,
                    label: row.get(2)?,
                    attempts: row.get(3)?,
                    shift_entry: row.get(4)?,
                    opening_entry: row.get(5)?,
                    body: row.get(6)?,
                })
            })
            .optional()?;
        Ok(due)
    }
}

/// The latest time that a wait noted now could end.
fn latest(now: Timestamp) -> i64 {
    now.as_millisecond().saturating_add(DAY)
}

/// Puts a shift into the outbox within its transaction.
pub(crate) fn add_shift(write: &Connection, shift: &Shift) -> Result<()> {
    write
        .prepare_cached(
            "INSERT INTO outbox (kind, document, label, made_at) VALUES ('shift', ?1, ?1, ?2)",
        )?
        .execute(params![shift.key, shift.opened_at.as_millisecond()])?;
    Ok(())
}

/// Puts a customer into the outbox within their transaction.
pub(crate) fn add_customer(write: &Connection, customer: &NewCustomer) -> Result<()> {
    write
        .prepare_cached(
            "INSERT INTO outbox (kind, document, label, made_at) VALUES ('customer', ?1, ?2, ?3)",
        )?
        .execute(params![
            customer.key,
            customer.customer_name,
            customer.at.as_millisecond()
        ])?;
    Ok(())
}

/// Puts a closing into the outbox, behind its shift, within its transaction.
pub(crate) fn add_closing(write: &Connection, closing: &ShiftClosing) -> Result<()> {
    write
        .prepare_cached(
            "INSERT INTO outbox (kind, document, label, depends_on, made_at)
             VALUES ('closing', ?1, ?1, (SELECT id FROM outbox WHERE document = ?2), ?3)",
        )?
        .execute(params![
            closing.key,
            closing.shift,
            closing.closed_at.as_millisecond()
        ])?;
    Ok(())
}

/// Puts a sale into the outbox within its transaction: behind its shift, the customer where they
/// were made here, and of a return the sale where that was made here.
pub(crate) fn add_sale(write: &Connection, sale: &Sale) -> Result<()> {
    let Money { units, currency } = sale.amount_to_pay;
    write
        .prepare_cached(
            "INSERT INTO outbox
                 (kind, document, label, depends_on, made_at, units, currency, decimals)
             VALUES ('sale', ?1, ?2, (SELECT id FROM outbox WHERE document = ?3), ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            sale.key,
            sale.receipt_number.to_string(),
            sale.shift,
            sale.at.as_millisecond(),
            units,
            currency.code(),
            currency.decimals(),
        ])?;
    let entry = write.last_insert_rowid();
    let against = sale.return_against.as_ref().map(|against| &against.key);
    for needed in against.into_iter().chain([&sale.customer]) {
        write
            .prepare_cached(
                "INSERT OR IGNORE INTO outbox_need (entry, needs)
                 SELECT ?1, id FROM outbox WHERE document = ?2 AND kind IN ('customer', 'sale')",
            )?
            .execute(params![entry, needed])?;
    }
    Ok(())
}

struct State {
    kind: String,
    label: String,
    state: String,
    erpnext_name: Option<String>,
}

impl State {
    fn of(till: &Connection, id: i64) -> Result<Self> {
        till.prepare_cached("SELECT kind, label, state, erpnext_name FROM outbox WHERE id = ?1")?
            .query_row([id], |row| {
                Ok(Self {
                    kind: row.get(0)?,
                    label: row.get(1)?,
                    state: row.get(2)?,
                    erpnext_name: row.get(3)?,
                })
            })
            .optional()?
            .ok_or_else(|| StoreError::NotFound {
                what: "outbox entry",
                name: id.to_string(),
            })
    }

    fn must_be(&self, state: &str) -> Result<()> {
        if self.state == state {
            return Ok(());
        }
        let problem = format!("{} is {}, not {state}", self.label, self.state);
        Err(StoreError::Inconsistent(problem))
    }
}
