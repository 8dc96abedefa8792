//! Batches and single pieces, less what this till sold of them.
//!
//! ERPNext books the stock of point-of-sale invoices only when the shift is closed and they are
//! consolidated. Until then its batches still hold, and its serial numbers are still `Active`
//! for, what this till sold, so the till subtracts its own sales.

use checkout::masters::{Batch, Doctype, SerialNo};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};

use crate::catalog::{ReadStore, column};
use crate::column::{from_json, timestamp};
use crate::error::Result;

/// Shifts are closed within a day, or after a weekend; what ERPNext was told longer ago is in the
/// quantity of its batch, whatever else happened to it.
const SURELY_CONSOLIDATED: SignedDuration = SignedDuration::from_hours(72);

const BATCH: &str = "SELECT body, fell_at FROM batch";

impl ReadStore {
    /// When the last download of a doctype began that reached its end.
    pub(crate) fn pulled_at(&self, doctype: Doctype) -> Result<Option<Timestamp>> {
        let at: Option<i64> = self
            .catalog
            .prepare_cached("SELECT at FROM pulled WHERE doctype = ?1")?
            .query_row([doctype.name()], |row| row.get(0))
            .optional()?;
        at.map(|at| timestamp(at, "catalog.sqlite")).transpose()
    }

    /// A batch with what is left of it.
    pub(crate) fn batch_left(&self, name: &str) -> Result<Option<Batch>> {
        let since = self.unconsolidated_since()?;
        self.find(&format!("{BATCH} WHERE name = ?1"), name, |row| {
            self.left_of(row, since)
        })
    }

    /// The batches of an item, each with what is left of it.
    pub(crate) fn batches_left(&self, item_code: &str) -> Result<Vec<Batch>> {
        let since = self.unconsolidated_since()?;
        let mut statement = self
            .catalog
            .prepare_cached(&format!("{BATCH} WHERE item = ?1"))?;
        let mut rows = statement.query([item_code])?;
        let mut batches = Vec::new();
        while let Some(row) = rows.next()? {
            batches.push(self.left_of(row, since)?);
        }
        Ok(batches)
    }

    /// What is left of a [`BATCH`]: its quantity less this till's sales that it may still hold.
    /// Those are the sales that ERPNext did not have when the quantity was last seen to fall (it
    /// falls when sales are consolidated; when it rises, goods came in), and none that are
    /// [`SURELY_CONSOLIDATED`]. A sale that was not delivered yet, however long ago it was made, is
    /// in no quantity. Another till's consolidation also lets it fall, so that a little
    /// too much may be offered until this till's; real stock is never hidden for longer than that.
    fn left_of(&self, row: &Row<'_>, since: i64) -> Result<Batch> {
        let mut batch: Batch = from_json(column(row, 0)?, "a batch")?;
        let fell_at: Option<i64> = row.get(1)?;
        let sold: f64 = self
            .till
            .prepare_cached(
                "SELECT coalesce(sum(sold_batch.stock_qty), 0.0)
                 FROM sold_batch JOIN sale ON sale.number = sold_batch.number
                 JOIN outbox ON outbox.document = sale.key
                 WHERE sold_batch.batch_no = ?1
                     AND (outbox.delivered_at IS NULL OR outbox.delivered_at > ?2)",
            )?
            .query_row(
                params![batch.name, fell_at.map_or(since, |fell| fell.max(since))],
                |row| row.get(0),
            )?;
        batch.batch_qty -= sold;
        Ok(batch)
    }

    fn unconsolidated_since(&self) -> Result<i64> {
        let pulled = self.pulled_at(Doctype::Batch)?;
        let since = pulled.and_then(|at| at.checked_sub(SURELY_CONSOLIDATED).ok());
        Ok(since.map_or(i64::MIN, Timestamp::as_millisecond))
    }

    /// A piece; `Delivered` when this till sold it since it was last seen to leave.
    pub(crate) fn piece(&self, name: &str) -> Result<Option<SerialNo>> {
        let found = self.find("SELECT body FROM serial_no WHERE name = ?1", name, |row| {
            from_json::<SerialNo>(column(row, 0)?, &format!("serial number {name}"))
        })?;
        let Some(mut piece) = found else {
            return Ok(None);
        };
        if piece.status == "Active" && self.is_sold(name)? {
            piece.status = "Delivered".to_owned();
            piece.warehouse = None;
        }
        Ok(Some(piece))
    }

    /// The pieces of an item in a warehouse that this till may sell, by name.
    pub(crate) fn pieces_left(&self, item_code: &str, warehouse: &str) -> Result<Vec<SerialNo>> {
        let pieces: Vec<SerialNo> = self.bodies(
            "SELECT body FROM serial_no
             WHERE item_code = ?1 AND warehouse = ?2 AND status = 'Active' ORDER BY name",
            [item_code, warehouse],
            &format!("a serial number of {item_code}"),
        )?;
        let mut left = Vec::with_capacity(pieces.len());
        for piece in pieces {
            if !self.is_sold(&piece.name)? {
                left.push(piece);
            }
        }
        Ok(left)
    }

    /// Whether this till sold a piece that ERPNext still lists, and did not take it back. A piece
    /// that was seen to leave after that sale, and is listed now, came back elsewhere.
    fn is_sold(&self, name: &str) -> Result<bool> {
        let sold: Option<i64> = self
            .till
            .prepare_cached(
                "SELECT iif(came_back, NULL, at) FROM sold_serial_no WHERE serial_no = ?1
                 ORDER BY number DESC LIMIT 1",
            )?
            .query_row([name], |row| row.get(0))
            .optional()?
            .flatten();
        let Some(sold) = sold else { return Ok(false) };
        let left: Option<i64> = self
            .catalog
            .prepare_cached("SELECT at FROM serial_no_left WHERE name = ?1")?
            .query_row([name], |row| row.get(0))
            .optional()?;
        Ok(left.is_none_or(|left| left < sold))
    }
}
