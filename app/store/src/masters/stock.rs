//! Batches and single pieces.

use checkout::masters::{Batch, SerialNo};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::column::to_json;
use crate::error::Result;

/// `began`: when the download began that brought it.
pub(super) fn put_batch(write: &Connection, batch: &Batch, began: Timestamp) -> Result<()> {
    write
        .prepare_cached(
            "INSERT INTO batch (name, item, batch_qty, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (name) DO UPDATE SET item = excluded.item, body = excluded.body,
                 fell_at = iif(excluded.batch_qty < batch_qty, ?5, fell_at),
                 batch_qty = excluded.batch_qty",
        )?
        .execute(params![
            batch.name,
            batch.item,
            batch.batch_qty,
            to_json(batch)?,
            began.as_millisecond(),
        ])?;
    Ok(())
}

pub(super) fn put_serial_no(
    write: &Connection,
    serial_no: &SerialNo,
    began: Timestamp,
) -> Result<()> {
    let has_left: Option<bool> = write
        .prepare_cached(
            "SELECT status = 'Active' AND (?2 <> 'Active' OR warehouse IS NOT ?3)
             FROM serial_no WHERE name = ?1",
        )?
        .query_row(
            params![serial_no.name, serial_no.status, serial_no.warehouse],
            |row| row.get(0),
        )
        .optional()?;
    if has_left == Some(true) {
        note_left(write, &serial_no.name, began)?;
    }
    write
        .prepare_cached("INSERT OR REPLACE INTO serial_no VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            serial_no.name,
            serial_no.item_code,
            serial_no.warehouse,
            serial_no.status,
            to_json(serial_no)?,
        ])?;
    Ok(())
}

/// A piece that ERPNext no longer lists has left, too.
pub(super) fn delete_serial_no(write: &Connection, name: &str, began: Timestamp) -> Result<()> {
    note_left(write, name, began)?;
    write
        .prepare_cached("DELETE FROM serial_no WHERE name = ?1")?
        .execute([name])?;
    Ok(())
}

fn note_left(write: &Connection, name: &str, began: Timestamp) -> Result<()> {
    write
        .prepare_cached("INSERT OR REPLACE INTO serial_no_left VALUES (?1, ?2)")?
        .execute(params![name, began.as_millisecond()])?;
    Ok(())
}
