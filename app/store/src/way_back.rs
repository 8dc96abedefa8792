//! A step back to an older version after a newer one migrated the data files: the copy that was
//! kept before the migration takes the place of the file again, but only when that loses nothing.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::error::{Result, StoreError};
use crate::folder;

/// Where the copy of a file in a format is.
pub(crate) fn copy_of(dir: &Path, name: &str, format: u32) -> PathBuf {
    dir.join(format!("{name}.format-{format}"))
}

/// Copies a file as it is beside itself, durable when this answers.
pub(crate) fn keep_copy(file: &Connection, dir: &Path, name: &str, format: u32) -> Result<()> {
    let path = copy_of(dir, name, format);
    let copy = folder::open_private(&path)?;
    file.backup("main", &path, None)?;
    copy.sync_all()
        .map_err(|error| StoreError::io(&path, error))?;
    folder::sync(dir)
}

/// Opens the copy of a file in a format; says why it is of no use.
pub(crate) fn sound_copy(path: &Path, format: u32) -> Result<Result<Connection, String>> {
    if !path.exists() {
        return Ok(Err("there is no copy from before".to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let copy = Connection::open_with_flags(path, flags)?;
    let found: u32 = copy.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found != format {
        return Ok(Err(format!("the copy from before has format {found}")));
    }
    let sound: String = copy.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if sound != "ok" {
        return Ok(Err(format!("the copy from before is damaged: {sound}")));
    }
    Ok(Ok(copy))
}

/// Why a copy must not take the place of a newer file; `None` when all that the newer one holds of
/// what the copy can hold is the same: every row of every table, so also the head of the journal and
/// all that waits for ERPNext. The newer version has then written nothing since the migration.
pub(crate) fn lost_by(copy: &Connection, newer: &Connection) -> Result<Option<String>> {
    // All is read of the same moment.
    let newer = newer.unchecked_transaction()?;
    for table in tables(copy)? {
        let (own, known) = (columns(copy, &table)?, columns(&newer, &table)?);
        let is_known = |column: &Column| known.iter().any(|other| other.name == column.name);
        if let Some(gone) = own.iter().find(|column| !is_known(column)) {
            return Ok(Some(format!("{table} has no {} any more", gone.name)));
        }
        if !same_rows(copy, &newer, &select(&table, &own))? {
            return Ok(Some(format!("{table} was written to since")));
        }
    }
    Ok(None)
}

struct Column {
    name: String,
    /// Its place in the primary key, from 1; 0 for none.
    key: u32,
}

fn tables(file: &Connection) -> Result<Vec<String>> {
    let mut names = file.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let names = names.query_map([], |row| row.get(0))?;
    Ok(names.collect::<std::result::Result<_, _>>()?)
}

fn columns(file: &Connection, table: &str) -> Result<Vec<Column>> {
    let mut columns = file.prepare("SELECT name, pk FROM pragma_table_info(?1)")?;
    let columns = columns.query_map([table], |row| {
        let (name, key) = (row.get(0)?, row.get(1)?);
        Ok(Column { name, key })
    })?;
    Ok(columns.collect::<std::result::Result<_, _>>()?)
}

/// In the order of the primary key, in which a table lies: nothing has to be sorted.
fn select(table: &str, columns: &[Column]) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let mut keys: Vec<&Column> = columns.iter().filter(|column| column.key > 0).collect();
    keys.sort_by_key(|column| column.key);
    let mut order: Vec<String> = keys.iter().map(|column| quoted(&column.name)).collect();
    if order.is_empty() {
        order.push("rowid".to_owned());
    }
    format!(
        "SELECT {} FROM {} ORDER BY {}",
        names.join(", "),
        quoted(table),
        order.join(", ")
    )
}

fn same_rows(one: &Connection, other: &Connection, select: &str) -> Result<bool> {
    let (mut one, mut other) = (one.prepare(select)?, other.prepare(select)?);
    let count = one.column_count();
    let (mut one, mut other) = (one.query([])?, other.query([])?);
    loop {
        let (row, same) = match (one.next()?, other.next()?) {
            (Some(row), Some(same)) => (row, same),
            (None, None) => return Ok(true),
            _ => return Ok(false),
        };
        for column in 0..count {
            if row.get_ref(column)? != same.get_ref(column)? {
                return Ok(false);
            }
        }
    }
}
