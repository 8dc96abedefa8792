//! What is still to be sent to ERPNext, in the order in which it depends on each other.

use checkout::money::Money;
use checkout::new_customer::NewCustomer;
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::{Shift, ShiftClosing};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, params};

use crate::commit::Store;
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalKind};

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
    /// Of a sale to a customer who was made at this till: ERPNext's name of them.
    pub customer: Option<String>,
}

/// The documents that a till sends.
#[derive(Clone, PartialEq, Debug)]
pub enum OutboxDocument {
    /// A customer who was made at this till.
    Customer(Box<NewCustomer>),
    /// A shift, sent as POS Opening Entry.
    Shift(Box<Shift>),
    /// A sale or a return, sent as POS Invoice.
    Sale(Box<Sale>),
    /// The end of a shift, sent as POS Closing Entry.
    Closing(Box<ShiftClosing>),
    /// What was delivered after its shift was closed, sent as a POS Closing Entry of its own.
    LateClosing(Box<Shift>),
}

impl Store {
    /// Notes that ERPNext has the document, submitted and equal, under this name. A delivered
    /// shift takes a new name when its opening entry had to be made again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown id, [`StoreError::Inconsistent`] when a sale was
    /// delivered under another name; otherwise what the disk refuses.
    pub fn outbox_delivered(&mut self, id: i64, erpnext_name: &str, at: Timestamp) -> Result<()> {
        self.delivered(id, erpnext_name, None, at)
    }

    /// The same, with what ERPNext decided by itself, as a sentence: it stands in the journal and
    /// with the sale.
    ///
    /// # Errors
    /// As [`Store::outbox_delivered`].
    pub fn outbox_delivered_with(
        &mut self,
        id: i64,
        erpnext_name: &str,
        remark: &str,
        at: Timestamp,
    ) -> Result<()> {
        self.delivered(id, erpnext_name, Some(remark), at)
    }

    /// `cause` of a document that was delivered is the remark.
    fn delivered(
        &mut self,
        id: i64,
        erpnext_name: &str,
        remark: Option<&str>,
        at: Timestamp,
    ) -> Result<()> {
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
                     cause = ?4, remedy = NULL, hindrance = NULL, refused = 0,
                     waits_for_till = 0
                 WHERE id = ?1",
            )?
            .execute(params![id, erpnext_name, at.as_millisecond(), remark])?;
        let mut facts = serde_json::json!({
            "document": entry.on_record(),
            "outcome": "delivered",
            "erpnext_name": entry.words_on_record(erpnext_name),
        });
        if let Some(remark) = remark {
            facts["remark"] = entry.words_on_record(remark).into();
        }
        journal::append(&write, JournalKind::Sync, &facts, at)?;
        // What is refused meanwhile is refused alone.
        write
            .prepare_cached(
                "UPDATE outbox SET others_taken = 1
                 WHERE kind = ?1 AND refused > 0 AND others_taken = 0 AND state = 'waiting'",
            )?
            .execute([&entry.kind])?;
        if entry.kind == "sale" {
            add_late_closing_of_sale(&write, &entry.document, at)?;
        }
        Ok(write.commit()?)
    }

    /// Ends every wait: for "retry now", after a start, and when the clock was set.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn outbox_retry_now(&mut self) -> Result<()> {
        self.till
            .prepare_cached(
                "UPDATE outbox SET not_before = 0 WHERE state = 'waiting' AND not_before <> 0",
            )?
            .execute([])?;
        Ok(())
    }

    /// Lets every parked document be sent again, at once: after a person has seen to the causes.
    /// Says how many there were.
    ///
    /// # Errors
    /// What the disk refuses; then all stay parked.
    pub fn outbox_unpark_all(&mut self, at: Timestamp) -> Result<u64> {
        self.unpark("state = 'parked'", [], at)
    }

    /// Lets one document be sent again, at once, and with it what it depends on where that is what
    /// was parked: the opening of its shift, its customer, the sale whose goods came back. Says how
    /// many documents were: 0 when none was parked.
    ///
    /// # Errors
    /// What the disk refuses; then all stay parked.
    pub fn outbox_unpark(&mut self, id: i64, at: Timestamp) -> Result<u64> {
        self.unpark(
            "state = 'parked' AND (id = ?1
                 OR id IN (SELECT depends_on FROM outbox WHERE id = ?1)
                 OR id IN (SELECT needs FROM outbox_need WHERE entry = ?1))",
            [id],
            at,
        )
    }

    /// The same for a sale by the number on its receipt.
    ///
    /// # Errors
    /// What the disk refuses; then all stay parked.
    pub fn outbox_unpark_sale(
        &mut self,
        receipt_number: &ReceiptNumber,
        at: Timestamp,
    ) -> Result<u64> {
        let id: Option<i64> = self
            .till
            .prepare_cached("SELECT id FROM outbox WHERE kind = 'sale' AND label = ?1")?
            .query_row([receipt_number.to_string()], |row| row.get(0))
            .optional()?;
        id.map_or(Ok(0), |id| self.outbox_unpark(id, at))
    }

    fn unpark(&mut self, which: &str, values: impl Params, at: Timestamp) -> Result<u64> {
        let write = self.write()?;
        let mut names: Vec<String> = write
            .prepare_cached(&format!(
                "UPDATE outbox SET state = 'waiting', attempts = 0, not_before = 0, cause = NULL,
                     remedy = NULL, hindrance = NULL, refused = 0, others_taken = 0,
                     waits_for_till = 0, booked_as = NULL
                 WHERE {which} RETURNING CASE kind WHEN 'customer' THEN document ELSE label END"
            ))?
            .query_map(values, |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        // The order of an update's rows is SQLite's own affair.
        names.sort();
        for name in &names {
            let facts = serde_json::json!({ "document": name, "outcome": "to be sent again" });
            journal::append(&write, JournalKind::Sync, &facts, at)?;
        }
        write.commit()?;
        Ok(names.len() as u64)
    }
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

/// Puts a closing into the outbox for what was left of a shift whose closing is on its way already
/// or there, within the transaction in which that came to be; nothing where one waits.
pub(crate) fn add_late_closing(write: &Connection, shift: &str, at: Timestamp) -> Result<()> {
    write
        .prepare_cached(
            "INSERT INTO outbox (kind, document, label, depends_on, made_at)
             SELECT 'closing', name, name, opening, ?2 FROM (
                 SELECT opening.id AS opening, ?1 || '-L' || (1 + count(done.id)) AS name
                 FROM outbox AS opening
                 LEFT JOIN outbox AS done ON done.depends_on = opening.id AND done.kind = 'closing'
                     AND done.document NOT IN (SELECT key FROM closing)
                 WHERE opening.document = ?1 AND opening.kind = 'shift'
                 GROUP BY opening.id
                 HAVING coalesce(sum(done.state NOT IN ('delivered', 'settled')), 0) = 0)
             WHERE EXISTS (SELECT 1 FROM pos_opening WHERE shift = ?1 AND counted = 1)
                 OR EXISTS (
                     SELECT 1 FROM closing JOIN outbox AS ended ON ended.document = closing.key
                     WHERE closing.shift = ?1 AND ended.state IN ('delivered', 'settled'))",
        )?
        .execute(params![shift, at.as_millisecond()])?;
    Ok(())
}

/// The same for what is in ERPNext of a sale's shift now.
pub(crate) fn add_late_closing_of_sale(
    write: &Connection,
    sale: &str,
    at: Timestamp,
) -> Result<()> {
    let shift: String = write
        .prepare_cached("SELECT shift FROM sale WHERE key = ?1")?
        .query_row([sale], |row| row.get(0))?;
    add_late_closing(write, &shift, at)
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

/// A row of the outbox, as far as its changes ask.
pub(crate) struct State {
    pub(crate) kind: String,
    pub(crate) document: String,
    pub(crate) label: String,
    pub(crate) state: String,
    pub(crate) erpnext_name: Option<String>,
}

impl State {
    pub(crate) fn of(till: &Connection, id: i64) -> Result<Self> {
        let sql = "SELECT kind, document, label, state, erpnext_name FROM outbox WHERE id = ?1";
        till.prepare_cached(sql)?
            .query_row([id], |row| {
                Ok(Self {
                    kind: row.get(0)?,
                    document: row.get(1)?,
                    label: row.get(2)?,
                    state: row.get(3)?,
                    erpnext_name: row.get(4)?,
                })
            })
            .optional()?
            .ok_or_else(|| StoreError::NotFound {
                what: "outbox entry",
                name: id.to_string(),
            })
    }

    /// What the journal calls it: a customer by their key, because who that is lies elsewhere.
    pub(crate) fn on_record(&self) -> &str {
        match self.kind.as_str() {
            "customer" => &self.document,
            _ => &self.label,
        }
    }

    /// What somebody wrote of it, for the journal: of a customer nothing, it may name them.
    pub(crate) fn words_on_record<'a>(&self, words: &'a str) -> Option<&'a str> {
        (self.kind != "customer").then_some(words)
    }

    pub(crate) fn must_be(&self, state: &str) -> Result<()> {
        if self.state == state {
            return Ok(());
        }
        let problem = format!("{} is {}, not {state}", self.label, self.state);
        Err(StoreError::Inconsistent(problem))
    }
}
