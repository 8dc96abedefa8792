//! What comes from ERPNext.

mod customers;
mod items;
mod stock;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use checkout::masters::{Doctype, Master};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::column::{from_json, to_json};
use crate::error::{Result, StoreError};
use crate::open::CATALOG;

/// The only writer of what ERPNext knows. Open the folder's [`crate::Store`] first: it holds the
/// lock.
///
/// Every method that changes something is one transaction. The last ones before a power cut may
/// be lost, together with the cursor that went with them, so that they are downloaded again.
#[derive(Debug)]
pub struct Masters {
    catalog: Connection,
    /// When the download under way began; the beginning of time before the first.
    began: Timestamp,
}

/// How far a doctype was downloaded: the place of its last document in the order of
/// (`modified`, `name`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// When the last document was modified, as ERPNext writes it.
    pub modified: String,
    /// The name of the last document.
    pub name: String,
}

/// How the stored documents of a doctype and the names that ERPNext lists compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retained {
    /// So many were stored and not listed; they are deleted.
    pub deleted: u64,
    /// The names that are listed and not stored, in no order.
    pub missing: Vec<String>,
}

impl Masters {
    /// Opens the masters of a data folder.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be opened.
    pub fn open(dir: &Path) -> Result<Self> {
        Ok(Self {
            catalog: CATALOG.open(dir)?,
            began: Timestamp::UNIX_EPOCH,
        })
    }

    /// Notes that a download begins: what ERPNext knew at this time, it brings.
    pub fn pull_begins(&mut self, at: Timestamp) {
        self.began = at;
    }

    /// Notes that a doctype was downloaded to its end: ERPNext told all it knew of it when the
    /// download began.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be written.
    pub fn pulled(&mut self, doctype: Doctype) -> Result<()> {
        self.catalog
            .prepare_cached("INSERT OR REPLACE INTO pulled VALUES (?1, ?2)")?
            .execute(params![doctype.name(), self.began.as_millisecond()])?;
        Ok(())
    }

    /// Adds documents or takes over their changes.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be written; none is then.
    pub fn apply(&mut self, masters: &[Master]) -> Result<()> {
        let began = self.began;
        let write = self.write()?;
        apply_all(&write, masters, began)?;
        Ok(write.commit()?)
    }

    /// Like [`Masters::apply`], and moves the doctype's cursor with it.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be written; then neither they nor the cursor are.
    pub fn apply_page(
        &mut self,
        masters: &[Master],
        doctype: Doctype,
        cursor: &Cursor,
    ) -> Result<()> {
        let began = self.began;
        let write = self.write()?;
        apply_all(&write, masters, began)?;
        write
            .prepare_cached("INSERT OR REPLACE INTO cursor VALUES (?1, ?2, ?3)")?
            .execute([doctype.name(), &cursor.modified, &cursor.name])?;
        Ok(write.commit()?)
    }

    /// Deletes the documents of a doctype that are not among these names.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be deleted; none is then.
    pub fn retain(&mut self, doctype: Doctype, names: &[String]) -> Result<Retained> {
        let began = self.began;
        let write = self.write()?;
        let (vanished, missing) = compare(&write, doctype, names)?;
        for name in &vanished {
            match doctype {
                Doctype::Item => items::delete_item(&write, name)?,
                Doctype::Customer => customers::delete_customer(&write, name)?,
                Doctype::Address => customers::delete_address(&write, name)?,
                Doctype::SerialNo => stock::delete_serial_no(&write, name, began)?,
                other => match table(other) {
                    Some((table, _)) => {
                        write
                            .prepare_cached(&format!("DELETE FROM {table} WHERE name = ?1"))?
                            .execute([name])?;
                    }
                    None => {
                        write
                            .prepare_cached("DELETE FROM master WHERE doctype = ?1 AND name = ?2")?
                            .execute([other.name(), name])?;
                    }
                },
            }
        }
        write.commit()?;
        Ok(Retained {
            deleted: vanished.len() as u64,
            missing,
        })
    }

    /// Forgets how far doctypes were downloaded, so that they are downloaded from the beginning.
    ///
    /// # Errors
    /// [`crate::StoreError`] when that cannot be written; none is forgotten then.
    pub fn forget_cursors(&mut self, doctypes: &[Doctype]) -> Result<()> {
        let write = self.write()?;
        for doctype in doctypes {
            write
                .prepare_cached("DELETE FROM cursor WHERE doctype = ?1")?
                .execute([doctype.name()])?;
        }
        Ok(write.commit()?)
    }

    /// The price lists that customers and customer groups have of their own, each once.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn own_price_lists(&self) -> Result<BTreeSet<String>> {
        let mut statement = self.catalog.prepare_cached(
            "SELECT DISTINCT body ->> 'default_price_list' FROM customer
             WHERE body ->> 'default_price_list' IS NOT NULL",
        )?;
        let mut lists = statement
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<BTreeSet<String>>>()?;
        for master in self.small_masters()? {
            if let Master::CustomerGroup(group) = master {
                lists.extend(group.default_price_list);
            }
        }
        Ok(lists)
    }

    /// How far a doctype was downloaded; `None` before its first page.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn cursor(&self, doctype: Doctype) -> Result<Option<Cursor>> {
        Ok(self
            .catalog
            .prepare_cached("SELECT modified, name FROM cursor WHERE doctype = ?1")?
            .query_row([doctype.name()], |row| {
                Ok(Cursor {
                    modified: row.get(0)?,
                    name: row.get(1)?,
                })
            })
            .optional()?)
    }

    /// Every document that is few enough to hold in memory, for
    /// [`checkout::shop::Shop::assemble`].
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn small_masters(&self) -> Result<Vec<Master>> {
        small_masters(&self.catalog)
    }

    /// Whether the whole file can be read. This takes a while.
    ///
    /// # Errors
    /// [`crate::StoreError::Corrupt`] says what is wrong with it.
    pub fn check(&self) -> Result<()> {
        let found = self
            .catalog
            .query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))?;
        if found != "ok" {
            return Err(StoreError::corrupt("catalog.sqlite", found));
        }
        self.own_price_lists()?;
        read_whole(&self.catalog)
    }

    /// Empties the file, however damaged it is, so that everything is downloaded again. Whoever has
    /// it open sees it empty.
    ///
    /// # Errors
    /// [`crate::StoreError`] when the disk refuses.
    pub fn begin_anew(&mut self) -> Result<()> {
        CATALOG.empty(&mut self.catalog)
    }

    fn write(&mut self) -> Result<Transaction<'_>> {
        Ok(self
            .catalog
            .transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

/// Reads what a till cannot start without.
pub(crate) fn read_whole(catalog: &Connection) -> Result<()> {
    small_masters(catalog)?;
    for table in ["cursor", "pulled"] {
        let mut statement = catalog.prepare(&format!("SELECT * FROM {table}"))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
    }
    Ok(())
}

/// Every document that is few enough to hold in memory.
pub(crate) fn small_masters(catalog: &Connection) -> Result<Vec<Master>> {
    let mut statement =
        catalog.prepare_cached("SELECT doctype, name, body FROM master ORDER BY doctype, name")?;
    let mut rows = statement.query([])?;
    let mut masters = Vec::new();
    while let Some(row) = rows.next()? {
        let what = || format!("{} {:?}", text(row, 0), text(row, 1));
        let body: String = row.get(2)?;
        masters.push(from_json(&body, &what())?);
    }
    Ok(masters)
}

fn text(row: &rusqlite::Row<'_>, column: usize) -> String {
    row.get(column).unwrap_or_default()
}

/// The table of a doctype that has one of its own, and the column of its names.
fn table(doctype: Doctype) -> Option<(&'static str, &'static str)> {
    match doctype {
        Doctype::Item => Some(("item", "item_code")),
        Doctype::ItemPrice => Some(("item_price", "name")),
        Doctype::Customer => Some(("customer", "name")),
        Doctype::Address => Some(("address", "name")),
        Doctype::Batch => Some(("batch", "name")),
        Doctype::SerialNo => Some(("serial_no", "name")),
        Doctype::LoyaltyPointEntry => Some(("loyalty_point_entry", "name")),
        _ => None,
    }
}

fn apply_all(write: &Connection, masters: &[Master], began: Timestamp) -> Result<()> {
    for master in masters {
        match master {
            Master::Item(item) => items::put_item(write, item)?,
            Master::ItemPrice(price) => items::put_item_price(write, price)?,
            Master::Customer(customer) => customers::put_customer(write, customer)?,
            Master::Address(address) => customers::put_address(write, address)?,
            Master::LoyaltyPointEntry(entry) => {
                customers::put_loyalty_point_entry(write, entry)?;
            }
            Master::Batch(batch) => stock::put_batch(write, batch, began)?,
            Master::SerialNo(serial_no) => stock::put_serial_no(write, serial_no, began)?,
            small => {
                write
                    .prepare_cached("INSERT OR REPLACE INTO master VALUES (?1, ?2, ?3)")?
                    .execute([small.doctype().name(), small.name(), &to_json(small)?])?;
            }
        }
    }
    Ok(())
}

/// The stored names of a doctype that are not among the given ones, and the given ones that are
/// not stored.
fn compare(
    catalog: &Connection,
    doctype: Doctype,
    names: &[String],
) -> Result<(Vec<String>, Vec<String>)> {
    let mut left: HashSet<&str> = names.iter().map(String::as_str).collect();
    let sql = match table(doctype) {
        Some((table, key)) => format!("SELECT {key} FROM {table}"),
        None => format!(
            "SELECT name FROM master WHERE doctype = '{}'",
            doctype.name()
        ),
    };
    let mut statement = catalog.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut vanished = Vec::new();
    while let Some(row) = rows.next()? {
        let name = row.get_ref(0)?.as_str().unwrap_or("");
        if !left.remove(name) {
            vanished.push(name.to_owned());
        }
    }
    Ok((vanished, left.into_iter().map(str::to_owned).collect()))
}
