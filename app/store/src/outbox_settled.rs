//! What ERPNext refused and a manager has settled there by hand.

use checkout::shift::Cashier;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::column::count;
use crate::commit::Store;
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalKind};
use crate::outbox::{State, add_late_closing_of_sale};

/// Who settled a document by hand, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settlement {
    /// The manager.
    pub by: Cashier,
    /// Why; never empty.
    pub reason: String,
}

impl Store {
    /// Notes that a manager has settled a parked document by hand: it is not sent any more, and
    /// nothing waits for it. It stays in the outbox with its reason, for good, and the journal
    /// tells who did it in the same transaction. One that is settled already stays as it was
    /// settled.
    ///
    /// A sale of which ERPNext has a submitted invoice comes into a closing, as what it says
    /// there, and so does one whose draft somebody submits there later; one that was cancelled, or
    /// is not there, into none. A closing that is settled was
    /// made in ERPNext by hand, and took what had arrived of its shift.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown id, [`StoreError::Inconsistent`] when it is not
    /// parked, [`StoreError::Refused`] without a reason; otherwise what the disk refuses.
    pub fn outbox_settle(&mut self, id: i64, settlement: &Settlement, at: Timestamp) -> Result<()> {
        let reason = settlement.reason.trim();
        if reason.is_empty() {
            let sentence = "say why it is settled by hand".to_owned();
            return Err(StoreError::Refused(sentence));
        }
        let write = self.write()?;
        let entry = State::of(&write, id)?;
        if entry.state == "settled" {
            return Ok(());
        }
        entry.must_be("parked")?;
        let (cause, booked_as): (Option<String>, Option<String>) = write
            .prepare_cached("SELECT cause, booked_as FROM outbox WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let facts = serde_json::json!({
            "document": entry.on_record(),
            "outcome": "settled by hand",
            "by": settlement.by.id,
            "name": settlement.by.name,
            "reason": reason,
            "cause": cause.as_deref().and_then(|cause| entry.words_on_record(cause)),
            "erpnext_name": booked_as,
        });
        let number = journal::append(&write, JournalKind::Sync, &facts, at)?;
        write
            .prepare_cached(
                "UPDATE outbox SET state = 'settled', settled_by = ?2, settled_reason = ?3,
                     settled_entry = ?4, delivered_at = ?5,
                     erpnext_name = coalesce(booked_as, erpnext_name)
                 WHERE id = ?1",
            )?
            .execute(params![
                id,
                settlement.by.name,
                reason,
                count(number),
                at.as_millisecond()
            ])?;
        match entry.kind.as_str() {
            "sale" if booked_as.is_some() => {
                add_late_closing_of_sale(&write, &entry.document, at)?;
            }
            "closing" => closed_by_hand(&write, id, at)?,
            _ => {}
        }
        Ok(write.commit()?)
    }
}

/// Of the shift of a closing no opening waits for a closing of this till any more, and what has
/// arrived comes into none.
fn closed_by_hand(write: &Connection, closing: i64, at: Timestamp) -> Result<()> {
    let shift: Option<String> = write
        .prepare_cached(
            "SELECT opening.document FROM outbox JOIN outbox AS opening
                 ON opening.id = outbox.depends_on WHERE outbox.id = ?1",
        )?
        .query_map([closing], |row| row.get(0))?
        .next()
        .transpose()?;
    let Some(shift) = shift else { return Ok(()) };
    write
        .prepare_cached(
            "DELETE FROM closed_sale WHERE pos_opening IN
                 (SELECT id FROM pos_opening WHERE shift = ?1 AND state IN ('open', 'listed'))",
        )?
        .execute([&shift])?;
    write
        .prepare_cached(
            "UPDATE pos_opening SET state = 'lost', counted = 0
             WHERE shift = ?1 AND state IN ('open', 'listed')",
        )?
        .execute([&shift])?;
    let sales: Vec<String> = write
        .prepare_cached(
            "INSERT OR IGNORE INTO closed_sale
             SELECT sale.key, NULL FROM sale JOIN outbox ON outbox.document = sale.key
             WHERE sale.shift = ?1 AND outbox.state IN ('delivered', 'settled')
             RETURNING sale",
        )?
        .query_map([&shift], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for sale in sales {
        let facts = serde_json::json!({ "document": sale, "outcome": "closed in ERPNext by hand" });
        journal::append(write, JournalKind::Sync, &facts, at)?;
    }
    Ok(())
}
