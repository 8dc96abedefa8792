//! What the screens say about sending.

use checkout::money::Money;
use jiff::Timestamp;
use rusqlite::{Connection, Row};

use crate::column::{money, timestamp};
use crate::error::{Result, StoreError};
use crate::records::Records;
use crate::unsent::doctype_of;

/// How far sending a document is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SendState {
    /// It will be sent.
    Waiting {
        /// How often that has failed.
        attempts: u32,
        /// Why it failed last.
        cause: Option<String>,
        /// What to do about it; empty where it passes by itself.
        remedy: String,
        /// Not before this time; `None` for as soon as possible.
        not_before: Option<Timestamp>,
    },
    /// It cannot be sent before something else is (the opening of its shift, its customer, the sale
    /// whose goods came back, what a closing takes), and that stands still.
    HeldUp {
        /// Why that stands still.
        cause: String,
        /// What to do.
        remedy: String,
        /// What it waits for; `None` where the cause says it.
        behind: Option<Behind>,
    },
    /// A person has to see to it.
    Parked {
        /// Why.
        cause: String,
        /// What to do.
        remedy: String,
        /// ERPNext's name of the submitted document that it has of it, although that differs.
        booked_as: Option<String>,
    },
    /// ERPNext has it.
    Delivered {
        /// Its name there.
        erpnext_name: String,
        /// Since when.
        at: Timestamp,
        /// What ERPNext decided by itself, as a sentence; `None` where it decided nothing.
        remark: Option<String>,
    },
    /// A manager has settled it by hand: it is not sent any more.
    Settled {
        /// The manager.
        by: String,
        /// Why.
        reason: String,
        /// Since when.
        at: Timestamp,
        /// ERPNext's name of it, where it is there.
        erpnext_name: Option<String>,
    },
}

/// A document that another waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Behind {
    /// What ERPNext calls it.
    pub doctype: &'static str,
    /// The receipt number of a sale, the key of a shift or closing, the name of a customer.
    pub label: String,
    /// Whether it waits for a person.
    pub parked: bool,
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

/// How far sending is, for a query that joins [`BEHIND`]; what [`send_state`] reads.
pub(crate) const SENT_COLUMNS: &str = "outbox.state, outbox.attempts, outbox.cause,
    outbox.not_before, outbox.remedy, outbox.erpnext_name, outbox.delivered_at,
    outbox.hindrance, outbox.settled_by, outbox.settled_reason,
    behind.state, behind.cause, behind.remedy, behind.kind, behind.label, outbox.booked_as";
/// How many of them there are: the place of the next column.
pub(crate) const SENT: usize = 16;
/// What a document waits for, where that stands still: it is parked, or the site answered and did
/// not take it. `+` keeps SQLite from looking at all that waits.
pub(crate) const BEHIND: &str = "LEFT JOIN outbox AS behind ON behind.id = (
        SELECT before.id FROM outbox AS before
        WHERE outbox.state = 'waiting' AND before.id IN (
                SELECT outbox.depends_on
                UNION ALL SELECT needs FROM outbox_need WHERE entry = outbox.id
                UNION ALL SELECT sold.id FROM outbox AS sold
                    WHERE outbox.kind = 'closing' AND sold.depends_on = outbox.depends_on
                        AND sold.kind = 'sale' AND sold.state = 'waiting'
                UNION ALL SELECT earlier.id FROM outbox AS earlier
                    WHERE outbox.kind = 'closing' AND earlier.kind = 'closing'
                        AND earlier.state = 'waiting' AND earlier.id < outbox.id
                        AND earlier.document IN (SELECT key FROM closing))
            AND (+before.state = 'parked'
                OR +before.state = 'waiting'
                    AND before.hindrance IN ('order', 'refused'))
        ORDER BY +before.state, before.id LIMIT 1)";

fn unsent(till: &Connection, state: &str, limit: u32) -> Result<Vec<OutboxLine>> {
    let mut statement = till.prepare_cached(&format!(
        "SELECT {SENT_COLUMNS}, outbox.id, outbox.kind, outbox.label, outbox.units,
             outbox.currency, outbox.decimals, outbox.made_at
         FROM outbox {BEHIND} WHERE outbox.state = ?1 ORDER BY outbox.id LIMIT ?2"
    ))?;
    let mut rows = statement.query((state, limit))?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        let currency: Option<String> = row.get(SENT + 4)?;
        let units = row.get(SENT + 3)?;
        lines.push(OutboxLine {
            sent: send_state(row)?,
            id: row.get(SENT)?,
            doctype: doctype_of(row.get_ref(SENT + 1)?.as_str().unwrap_or_default()),
            label: row.get(SENT + 2)?,
            amount: money(units, currency.as_deref(), row.get(SENT + 5)?)?,
            made_at: timestamp(row.get(SENT + 6)?, "the outbox")?,
        });
    }
    Ok(lines)
}

/// Reads the [`SENT_COLUMNS`] that a row begins with.
pub(crate) fn send_state(row: &Row<'_>) -> Result<SendState> {
    let text = |column: usize| -> Result<String> {
        let text: Option<String> = row.get(column)?;
        Ok(text.unwrap_or_default())
    };
    let at = || {
        timestamp(
            row.get::<_, Option<i64>>(6)?.unwrap_or_default(),
            "the outbox",
        )
    };
    let state: String = row.get(0)?;
    match state.as_str() {
        "waiting" => waiting(row),
        "parked" => Ok(SendState::Parked {
            cause: text(2)?,
            remedy: text(4)?,
            booked_as: row.get(15)?,
        }),
        "delivered" => Ok(SendState::Delivered {
            erpnext_name: text(5)?,
            at: at()?,
            remark: row.get(2)?,
        }),
        "settled" => Ok(SendState::Settled {
            by: text(8)?,
            reason: text(9)?,
            at: at()?,
            erpnext_name: row.get(5)?,
        }),
        other => Err(StoreError::corrupt(
            "the outbox",
            format!("unknown state {other:?}"),
        )),
    }
}

fn waiting(row: &Row<'_>) -> Result<SendState> {
    let text = |column: usize| -> Result<String> {
        let text: Option<String> = row.get(column)?;
        Ok(text.unwrap_or_default())
    };
    let behind: Option<String> = row.get(10)?;
    if let Some(state) = behind {
        return Ok(SendState::HeldUp {
            cause: text(11)?,
            remedy: text(12)?,
            behind: Some(Behind {
                doctype: doctype_of(&text(13)?),
                label: text(14)?,
                parked: state == "parked",
            }),
        });
    }
    let cause: Option<String> = row.get(2)?;
    if let (Some(cause), "order") = (&cause, text(7)?.as_str()) {
        return Ok(SendState::HeldUp {
            cause: cause.clone(),
            remedy: text(4)?,
            behind: None,
        });
    }
    let not_before = Some(row.get(3)?).filter(|time| *time != 0);
    Ok(SendState::Waiting {
        attempts: row.get(1)?,
        cause,
        remedy: text(4)?,
        not_before: not_before
            .map(|time| timestamp(time, "the outbox"))
            .transpose()?,
    })
}
