//! What becomes of openings and of what they took when people undo or do something in ERPNext by
//! hand.

use checkout::shift::ShiftClosing;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use crate::column::to_json;
use crate::commit::Store;
use crate::error::Result;
use crate::journal::{self, JournalKind};
use crate::outbox;

/// An opening that was closed or lost is open in ERPNext.
pub(crate) fn open_again(write: &Connection, erpnext_name: &str, at: Timestamp) -> Result<()> {
    let found = write
        .prepare_cached(
            "UPDATE pos_opening SET state = 'open', closing = NULL, closing_name = NULL, counted = 0
             WHERE erpnext_name = ?1 AND state IN ('closed', 'lost') RETURNING id, shift",
        )?
        .query_row([erpnext_name], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((id, shift)) = found else {
        return Ok(());
    };
    write
        .prepare_cached("DELETE FROM closed_sale WHERE pos_opening = ?1")?
        .execute([id])?;
    let facts = serde_json::json!({ "document": erpnext_name, "outcome": "open again in ERPNext" });
    journal::append(write, JournalKind::Sync, &facts, at)?;
    outbox::add_late_closing(write, &shift, at)
}

impl Store {
    /// Notes that an opening is open in ERPNext. One that was closed, or that somebody closed there,
    /// is open again: its closing was cancelled. What that took goes into another closing, and so
    /// does the count where it carried that. Any other stays as it is, and so does one that is not
    /// known.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn pos_opening_again(&mut self, erpnext_name: &str, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        open_again(&write, erpnext_name, at)?;
        Ok(write.commit()?)
    }

    /// Notes that closings of these names were cancelled in ERPNext. What those that were taken for
    /// done took comes into others, and so does a count that one carried. Whether their openings are
    /// open again is for [`Store::pos_opening_again`]: somebody may have closed them by hand since.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn pos_closings_cancelled(&mut self, names: &[String], at: Timestamp) -> Result<()> {
        let names = to_json(&names)?;
        let undone: Vec<(i64, String, String)> = self
            .till
            .prepare_cached(
                "SELECT id, shift, closing_name FROM pos_opening
                 WHERE state = 'closed' AND closing_name IN (SELECT value FROM json_each(?1))
                 ORDER BY id",
            )?
            .query_map([names], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        if undone.is_empty() {
            return Ok(());
        }
        let write = self.write()?;
        for (id, shift, name) in undone {
            write
                .prepare_cached(
                    "UPDATE pos_opening SET state = 'lost', closing_name = NULL, counted = 0
                     WHERE id = ?1",
                )?
                .execute([id])?;
            write
                .prepare_cached("DELETE FROM closed_sale WHERE pos_opening = ?1")?
                .execute([id])?;
            let facts = serde_json::json!({ "document": name, "outcome": "cancelled in ERPNext" });
            journal::append(&write, JournalKind::Sync, &facts, at)?;
            outbox::add_late_closing(&write, &shift, at)?;
        }
        Ok(write.commit()?)
    }

    /// Notes that no closing of this till takes these sales: somebody closed them in ERPNext by
    /// hand, or cancelled or deleted them there. `what` became of them goes into the journal.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn closed_by_hand(
        &mut self,
        sales: &[String],
        what: &'static str,
        at: Timestamp,
    ) -> Result<()> {
        let write = self.write()?;
        for sale in sales {
            let noted = write
                .prepare_cached("INSERT OR IGNORE INTO closed_sale VALUES (?1, NULL)")?
                .execute([sale])?;
            if noted > 0 {
                let facts = serde_json::json!({ "document": sale, "outcome": what });
                journal::append(&write, JournalKind::Sync, &facts, at)?;
            }
        }
        Ok(write.commit()?)
    }

    /// The count of a shift that is delivered and that no closing that is done in ERPNext
    /// carries any more.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError) when it cannot be read.
    pub fn count_to_close(&self, shift: &str) -> Result<Option<ShiftClosing>> {
        let is_missing = self
            .till
            .prepare_cached(
                "SELECT 1 FROM closing JOIN outbox ON outbox.document = closing.key
                 WHERE closing.shift = ?1 AND outbox.state = 'delivered'
                     AND NOT EXISTS (
                         SELECT 1 FROM pos_opening
                         WHERE shift = ?1 AND counted = 1 AND state = 'closed')",
            )?
            .exists([shift])?;
        match is_missing {
            true => self.records().closing(shift),
            false => Ok(None),
        }
    }
}
