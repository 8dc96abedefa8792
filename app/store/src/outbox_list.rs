//! What the screens say about sending.

use checkout::money::Money;
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::column::{money, timestamp};
use crate::error::{Result, StoreError};
use crate::records::Records;

/// How far sending a document is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SendState {
    /// It will be sent.
    Waiting {
        /// How often that has failed.
        attempts: u32,
        /// Why it failed last.
        cause: Option<String>,
        /// Not before this time; `None` for as soon as possible.
        not_before: Option<Timestamp>,
    },
    /// It cannot be sent before something else is (the opening of its shift, its customer, the sale
    /// whose goods came back), and a person has to see to that.
    HeldUp {
        /// Why that is parked.
        cause: String,
        /// What to do.
        remedy: String,
    },
    /// A person has to see to it.
    Parked {
        /// Why.
        cause: String,
        /// What to do.
        remedy: String,
    },
    /// ERPNext has it.
    Delivered {
        /// Its name there.
        erpnext_name: String,
        /// Since when.
        at: Timestamp,
    },
}

/// How much is not in ERPNext yet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutboxSummary {
    /// How many documents, parked ones too.
    pub unsent: u64,
    /// What the sales among them are worth, one amount for each currency.
    pub unsent_value: Vec<Money>,
    /// When the oldest of them was made.
    pub oldest: Option<Timestamp>,
    /// How many of them are parked.
    pub parked: u64,
    /// How many of the parked are the openings of shifts, which hold up all sales of theirs.
    pub parked_shifts: u64,
}

/// A document on the screen that tells what was not sent yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutboxLine {
    /// What the [`crate::Store`] knows it by.
    pub id: i64,
    /// What ERPNext calls it: `POS Invoice`, `POS Opening Entry`, `POS Closing Entry` or
    /// `Customer`.
    pub doctype: &'static str,
    /// The receipt number of a sale, the key of a shift or closing, the name of a customer.
    pub label: String,
    /// What a sale is worth.
    pub amount: Option<Money>,
    /// When it was made.
    pub made_at: Timestamp,
    /// How far it is.
    pub sent: SendState,
}

impl Records<'_> {
    /// How much is not in ERPNext yet.
    ///
    /// # Errors
    /// [`StoreError`] when the outbox cannot be read.
    pub fn outbox_summary(&self) -> Result<OutboxSummary> {
        let mut statement = self.till.prepare_cached(
            "SELECT currency, decimals, sum(units), count(*), min(made_at), sum(state = 'parked'),
                 sum(state = 'parked' AND kind = 'shift')
             FROM outbox WHERE state IN ('waiting', 'parked')
             GROUP BY currency, decimals ORDER BY currency, decimals",
        )?;
        let mut rows = statement.query([])?;
        let mut summary = OutboxSummary::default();
        while let Some(row) = rows.next()? {
            let currency: Option<String> = row.get(0)?;
            summary
                .unsent_value
                .extend(money(row.get(2)?, currency.as_deref(), row.get(1)?)?);
            summary.unsent += row.get::<_, i64>(3)?.unsigned_abs();
            let oldest = timestamp(row.get(4)?, "the outbox")?;
            summary.oldest = Some(summary.oldest.map_or(oldest, |other| other.min(oldest)));
            summary.parked += row.get::<_, i64>(5)?.unsigned_abs();
            summary.parked_shifts += row.get::<_, i64>(6)?.unsigned_abs();
        }
        Ok(summary)
    }

    /// The documents that are not in ERPNext yet: parked ones first, then the oldest.
    ///
    /// # Errors
    /// [`StoreError`] when the outbox cannot be read.
    pub fn outbox_entries(&self, limit: u32) -> Result<Vec<OutboxLine>> {
        let mut lines = unsent(self.till, "parked", limit)?;
        let rest = limit.saturating_sub(u32::try_from(lines.len()).unwrap_or(u32::MAX));
        lines.extend(unsent(self.till, "waiting", rest)?);
        Ok(lines)
    }
}

/// How far sending is, for a query that joins [`OPENING`]; what [`send_state`] reads.
pub(crate) const SENT_COLUMNS: &str = "outbox.state, outbox.attempts, outbox.cause,
    outbox.not_before, outbox.remedy, outbox.erpnext_name, outbox.delivered_at,
    opening.cause, opening.remedy";
/// What a document depends on, where that is parked.
pub(crate) const OPENING: &str = "LEFT JOIN outbox AS opening ON opening.id = (
        SELECT min(before.id) FROM outbox AS before
        WHERE before.state = 'parked' AND (before.id = outbox.depends_on
            OR before.id IN (SELECT needs FROM outbox_need WHERE entry = outbox.id)))";

fn unsent(till: &Connection, state: &str, limit: u32) -> Result<Vec<OutboxLine>> {
    let mut statement = till.prepare_cached(&format!(
        "SELECT {SENT_COLUMNS}, outbox.id, outbox.kind, outbox.label, outbox.units,
             outbox.currency, outbox.decimals, outbox.made_at
         FROM outbox {OPENING} WHERE outbox.state = ?1 ORDER BY outbox.id LIMIT ?2"
    ))?;
    let mut rows = statement.query((state, limit))?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let currency: Option<String> = row.get(13)?;
        let doctype = match row.get_ref(10)?.as_str() {
            Ok("sale") => "POS Invoice",
            Ok("closing") => "POS Closing Entry",
            Ok("customer") => "Customer",
            _ => "POS Opening Entry",
        };
        lines.push(OutboxLine {
            sent: send_state(row)?,
            id: row.get(9)?,
            doctype,
            label: row.get(11)?,
            amount: money(row.get(12)?, currency.as_deref(), row.get(14)?)?,
            made_at: timestamp(row.get(15)?, "the outbox")?,
        });
    }
    Ok(lines)
}

/// Reads the [`SENT_COLUMNS`] that a row begins with.
pub(crate) fn send_state(row: &Row<'_>) -> Result<SendState> {
    let cause: Option<String> = row.get(2)?;
    let state: String = row.get(0)?;
    let held_up: Option<String> = row.get(7)?;
    match (state.as_str(), held_up) {
        ("waiting", Some(cause)) => Ok(SendState::HeldUp {
            cause,
            remedy: row.get::<_, Option<String>>(8)?.unwrap_or_default(),
        }),
        ("waiting", None) => {
            let not_before = Some(row.get(3)?).filter(|time| *time != 0);
            Ok(SendState::Waiting {
                attempts: row.get(1)?,
                cause,
                not_before: not_before
                    .map(|time| timestamp(time, "the outbox"))
                    .transpose()?,
            })
        }
        ("parked", _) => Ok(SendState::Parked {
            cause: cause.unwrap_or_default(),
            remedy: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
        }),
        ("delivered", _) => Ok(SendState::Delivered {
            erpnext_name: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
            at: timestamp(
                row.get::<_, Option<i64>>(6)?.unwrap_or_default(),
                "the outbox",
            )?,
        }),
        (other, _) => Err(StoreError::corrupt(
            "the outbox",
            format!("unknown state {other:?}"),
        )),
    }
}
