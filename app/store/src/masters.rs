//! What comes from ERPNext.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use checkout::masters::{Customer, Doctype, Item, ItemPrice, Master};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::column::{from_json, to_json};
use crate::error::Result;
use crate::open::CATALOG;

/// The only writer of what ERPNext knows. Open the folder's [`crate::Store`] first: it holds the
/// lock.
///
/// Every method that changes something is one transaction. The last ones before a power cut may
/// be lost, together with the cursor that went with them, so that they are downloaded again.
#[derive(Debug)]
pub struct Masters {
    catalog: Connection,
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
        })
    }

    /// Adds documents or takes over their changes.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be written; none is then.
    pub fn apply(&mut self, masters: &[Master]) -> Result<()> {
        let write = self.write()?;
        apply_all(&write, masters)?;
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
        let write = self.write()?;
        apply_all(&write, masters)?;
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
        let write = self.write()?;
        let (vanished, missing) = compare(&write, doctype, names)?;
        for name in &vanished {
            match doctype {
                Doctype::Item => delete_item(&write, name)?,
                Doctype::Customer => delete_customer(&write, name)?,
                Doctype::ItemPrice => {
                    write
                        .prepare_cached("DELETE FROM item_price WHERE name = ?1")?
                        .execute([name])?;
                }
                other => {
                    write
                        .prepare_cached("DELETE FROM master WHERE doctype = ?1 AND name = ?2")?
                        .execute([other.name(), name])?;
                }
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

    /// Every document but items, item prices and customers, for
    /// [`checkout::shop::Shop::assemble`].
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn small_masters(&self) -> Result<Vec<Master>> {
        small_masters(&self.catalog)
    }

    fn write(&mut self) -> Result<Transaction<'_>> {
        Ok(self
            .catalog
            .transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
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

fn apply_all(write: &Connection, masters: &[Master]) -> Result<()> {
    for master in masters {
        match master {
            Master::Item(item) => put_item(write, item)?,
            Master::ItemPrice(price) => put_item_price(write, price)?,
            Master::Customer(customer) => put_customer(write, customer)?,
            small => {
                write
                    .prepare_cached("INSERT OR REPLACE INTO master VALUES (?1, ?2, ?3)")?
                    .execute([small.doctype().name(), small.name(), &to_json(small)?])?;
            }
        }
    }
    Ok(())
}

fn put_item(write: &Connection, item: &Item) -> Result<()> {
    let body = to_json(item)?;
    let known: Option<(i64, bool, bool)> = write
        .prepare_cached("SELECT id, body = ?2, sellable FROM item WHERE item_code = ?1")?
        .query_row([&item.item_code, &body], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    // Pages overlap, so most of what comes again is known already.
    if let Some((_, true, _)) = known {
        return Ok(());
    }
    if known.is_some() {
        write
            .prepare_cached("DELETE FROM item_barcode WHERE item_code = ?1")?
            .execute([&item.item_code])?;
    }
    let sellable =
        item.is_sales_item && !item.disabled && !item.has_variants && !item.is_fixed_asset;
    let end_of_life = item.end_of_life.map(|date| date.to_string());
    let id: i64 = write
        .prepare_cached(
            "INSERT INTO item (item_code, item_name, item_group, sellable, end_of_life, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (item_code) DO UPDATE SET item_name = excluded.item_name,
                 item_group = excluded.item_group, sellable = excluded.sellable,
                 end_of_life = excluded.end_of_life, body = excluded.body
             RETURNING id",
        )?
        .query_row(
            params![
                item.item_code,
                item.item_name,
                item.item_group,
                sellable,
                end_of_life,
                body
            ],
            |row| row.get(0),
        )?;
    for row in &item.barcodes {
        // A barcode that moved from one item to another belongs to the one that came last.
        write
            .prepare_cached("INSERT OR REPLACE INTO item_barcode VALUES (?1, ?2, ?3)")?
            .execute(params![row.barcode, item.item_code, row.uom])?;
    }
    if matches!(known, Some((_, _, true))) {
        write
            .prepare_cached("DELETE FROM item_words WHERE rowid = ?1")?
            .execute([id])?;
    }
    if sellable {
        let brand = item.brand.as_deref().unwrap_or("");
        let words = format!("{} {} {brand}", item.item_code, item.item_name);
        write
            .prepare_cached("INSERT INTO item_words (rowid, words) VALUES (?1, ?2)")?
            .execute(params![id, words])?;
    }
    Ok(())
}

fn delete_item(write: &Connection, item_code: &str) -> Result<()> {
    write
        .prepare_cached("DELETE FROM item_barcode WHERE item_code = ?1")?
        .execute([item_code])?;
    let id: i64 = write
        .prepare_cached("DELETE FROM item WHERE item_code = ?1 RETURNING id")?
        .query_row([item_code], |row| row.get(0))?;
    write
        .prepare_cached("DELETE FROM item_words WHERE rowid = ?1")?
        .execute([id])?;
    Ok(())
}

fn put_item_price(write: &Connection, price: &ItemPrice) -> Result<()> {
    let date = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
    write
        .prepare_cached(
            "INSERT INTO item_price (name, item_code, price_list, price_list_rate, currency, uom,
                 valid_from, valid_upto, customer, supplier, batch_no, packing_unit)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (name) DO UPDATE SET item_code = excluded.item_code,
                 price_list = excluded.price_list, price_list_rate = excluded.price_list_rate,
                 currency = excluded.currency, uom = excluded.uom,
                 valid_from = excluded.valid_from, valid_upto = excluded.valid_upto,
                 customer = excluded.customer, supplier = excluded.supplier,
                 batch_no = excluded.batch_no, packing_unit = excluded.packing_unit",
        )?
        .execute(params![
            price.name,
            price.item_code,
            price.price_list,
            price.price_list_rate,
            price.currency,
            price.uom,
            date(price.valid_from),
            date(price.valid_upto),
            price.customer,
            price.supplier,
            price.batch_no,
            price.packing_unit,
        ])?;
    Ok(())
}

fn put_customer(write: &Connection, customer: &Customer) -> Result<()> {
    let body = to_json(customer)?;
    let known: Option<(i64, bool)> = write
        .prepare_cached("SELECT id, body = ?2 FROM customer WHERE name = ?1")?
        .query_row([&customer.name, &body], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let id = match known {
        Some((_, true)) => return Ok(()),
        Some((id, false)) => {
            write
                .prepare_cached("UPDATE customer SET body = ?2 WHERE id = ?1")?
                .execute(params![id, body])?;
            write
                .prepare_cached("DELETE FROM customer_words WHERE rowid = ?1")?
                .execute([id])?;
            id
        }
        None => {
            write
                .prepare_cached("INSERT INTO customer (name, body) VALUES (?1, ?2)")?
                .execute([&customer.name, &body])?;
            write.last_insert_rowid()
        }
    };
    let found_by = [&customer.mobile_no, &customer.email_id, &customer.tax_id];
    let mut words = format!("{} {}", customer.name, customer.customer_name);
    for word in found_by.into_iter().flatten() {
        words.push(' ');
        words.push_str(word);
    }
    // A telephone number is also typed without its spaces and dashes.
    words.push(' ');
    words.extend(
        customer
            .mobile_no
            .iter()
            .flat_map(|number| number.chars())
            .filter(char::is_ascii_digit),
    );
    write
        .prepare_cached("INSERT INTO customer_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, words])?;
    Ok(())
}

fn delete_customer(write: &Connection, name: &str) -> Result<()> {
    let id: i64 = write
        .prepare_cached("DELETE FROM customer WHERE name = ?1 RETURNING id")?
        .query_row([name], |row| row.get(0))?;
    write
        .prepare_cached("DELETE FROM customer_words WHERE rowid = ?1")?
        .execute([id])?;
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
    let sql = match doctype {
        Doctype::Item => "SELECT item_code FROM item WHERE ?1 = 'Item'",
        Doctype::ItemPrice => "SELECT name FROM item_price WHERE ?1 = 'Item Price'",
        Doctype::Customer => "SELECT name FROM customer WHERE ?1 = 'Customer'",
        _ => "SELECT name FROM master WHERE doctype = ?1",
    };
    let mut statement = catalog.prepare_cached(sql)?;
    let mut rows = statement.query([doctype.name()])?;
    let mut vanished = Vec::new();
    while let Some(row) = rows.next()? {
        let name = row.get_ref(0)?.as_str().unwrap_or("");
        if !left.remove(name) {
            vanished.push(name.to_owned());
        }
    }
    Ok((vanished, left.into_iter().map(str::to_owned).collect()))
}
