//! Where the numbers of receipts begin: a box that replaces another goes on above its numbers, and
//! one whose data was put back from a copy above those that it gave out since.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::column::count;
use crate::commit::{Store, last_number, open_shift};
use crate::error::Result;
use crate::journal::{self, JournalKind};

impl Store {
    /// The number that the last receipt of this box has, or that its receipts begin above; 0 where
    /// nothing was sold.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError) when the receipts cannot be read.
    pub fn last_receipt_number(&self) -> Result<u64> {
        last_number(&self.till, "sale")
    }

    /// Lets the next receipt have a number above this one, because what is not in this folder sold up
    /// to it under the same prefix: another box, or this one since the copy was made. Nothing changes where this box's own numbers are above it already, or while
    /// a shift is open, whose numbers have no gap. Answers whether anything changed; the jump is in
    /// the journal.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn begin_receipts_above(&mut self, number: u64, at: Timestamp) -> Result<bool> {
        let write = self.write()?;
        let last = last_number(&write, "sale")?;
        if number <= last || open_shift(&write)?.is_some() {
            return Ok(false);
        }
        write
            .prepare_cached(
                "INSERT INTO numbering (id, receipts_above) VALUES (1, ?1)
                 ON CONFLICT DO UPDATE SET receipts_above = excluded.receipts_above",
            )?
            .execute(params![count(number)])?;
        let facts = serde_json::json!({
            "receipts": "begin above those that are not in this folder",
            "last_before": last,
            "above": number,
        });
        journal::append(&write, JournalKind::Program, &facts, at)?;
        write.commit()?;
        Ok(true)
    }
}

/// The numbers of receipts are above this one; 0 where they began with 1.
pub(crate) fn receipts_above(till: &Connection) -> Result<u64> {
    let above: Option<i64> = till
        .prepare_cached("SELECT receipts_above FROM numbering")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(above.unwrap_or(0).unsigned_abs())
}
