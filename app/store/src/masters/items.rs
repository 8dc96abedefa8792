//! Items and their prices.

use checkout::masters::{Item, ItemPrice};
use rusqlite::{Connection, OptionalExtension, params};

use crate::column::to_json;
use crate::error::Result;

/// What of a stored item decides about its words and about tiles.
#[derive(Clone, Default, PartialEq, Eq)]
struct Shown {
    sellable: bool,
    template: bool,
    variant_of: Option<String>,
}

impl Shown {
    fn of(item: &Item) -> Self {
        let is_sold = item.is_sales_item && !item.disabled && !item.is_fixed_asset;
        Self {
            sellable: is_sold && !item.has_variants,
            template: is_sold && item.has_variants,
            variant_of: item.variant_of.clone(),
        }
    }

    /// Whether searches find it by its words.
    fn has_words(&self) -> bool {
        self.sellable || self.template
    }

    /// Whether its tile depends on other items, or theirs on it.
    fn has_family(&self) -> bool {
        self.template || self.variant_of.is_some()
    }
}

pub(super) fn put_item(write: &Connection, item: &Item) -> Result<()> {
    let body = to_json(item)?;
    let known = write
        .prepare_cached(
            "SELECT id, sellable, template, variant_of, body = ?2 FROM item WHERE item_code = ?1",
        )?
        .query_row([&item.item_code, &body], |row| {
            Ok((shown(row)?, row.get::<_, bool>(4)?))
        })
        .optional()?;
    // Pages overlap, so most of what comes again is known already.
    if let Some((_, true)) = known {
        return Ok(());
    }
    let before = known.map(|((_, before), _)| before);
    if before.is_some() {
        forget_barcodes(write, &item.item_code)?;
    }
    let now = Shown::of(item);
    let end_of_life = item.end_of_life.map(|date| date.to_string());
    let id: i64 = write
        .prepare_cached(
            "INSERT INTO item (item_code, item_name, item_group, sellable, end_of_life, body,
                 variant_of, template, tile)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?4)
             ON CONFLICT (item_code) DO UPDATE SET item_name = excluded.item_name,
                 item_group = excluded.item_group, sellable = excluded.sellable,
                 end_of_life = excluded.end_of_life, body = excluded.body,
                 variant_of = excluded.variant_of, template = excluded.template,
                 tile = excluded.tile
             RETURNING id",
        )?
        .query_row(
            params![
                item.item_code,
                item.item_name,
                item.item_group,
                now.sellable,
                end_of_life,
                body,
                now.variant_of,
                now.template,
            ],
            |row| row.get(0),
        )?;
    for row in &item.barcodes {
        // A barcode that moved from one item to another belongs to the one that came last.
        write
            .prepare_cached("INSERT OR REPLACE INTO item_barcode VALUES (?1, ?2, ?3)")?
            .execute(params![row.barcode, item.item_code, row.uom])?;
    }
    if before.as_ref().is_some_and(Shown::has_words) {
        forget_words(write, id)?;
    }
    if now.has_words() {
        let brand = item.brand.as_deref().unwrap_or("");
        let words = format!("{} {} {brand}", item.item_code, item.item_name);
        write
            .prepare_cached("INSERT INTO item_words (rowid, words) VALUES (?1, ?2)")?
            .execute(params![id, words])?;
    }
    let before = before.unwrap_or_default();
    // A variant may have come before its template.
    if now.has_family() || before.has_family() {
        set_tiles(write, &item.item_code, &before, &now)?;
    }
    Ok(())
}

pub(super) fn delete_item(write: &Connection, item_code: &str) -> Result<()> {
    forget_barcodes(write, item_code)?;
    let (id, before) = write
        .prepare_cached(
            "DELETE FROM item WHERE item_code = ?1 RETURNING id, sellable, template, variant_of",
        )?
        .query_row([item_code], shown)?;
    forget_words(write, id)?;
    if before.has_family() {
        set_tiles(write, item_code, &before, &Shown::default())?;
    }
    Ok(())
}

/// The id of a row and what is [`Shown`] of it, from its first four columns.
fn shown(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, Shown)> {
    let shown = Shown {
        sellable: row.get(1)?,
        template: row.get(2)?,
        variant_of: row.get(3)?,
    };
    Ok((row.get(0)?, shown))
}

/// Decides anew which of an item, its variants and its template, before and now, have tiles.
fn set_tiles(write: &Connection, item_code: &str, before: &Shown, now: &Shown) -> Result<()> {
    write
        .prepare_cached(
            "UPDATE item SET tile = CASE
                 WHEN template = 1 THEN EXISTS (
                     SELECT 1 FROM item AS variant
                     WHERE variant.variant_of = item.item_code AND variant.sellable = 1)
                 ELSE sellable = 1 AND NOT EXISTS (
                     SELECT 1 FROM item AS above
                     WHERE above.item_code = item.variant_of AND above.template = 1)
                 END
             WHERE item_code IN (?1, ?2, ?3) OR variant_of = ?1",
        )?
        .execute(params![item_code, before.variant_of, now.variant_of])?;
    Ok(())
}

fn forget_barcodes(write: &Connection, item_code: &str) -> Result<()> {
    write
        .prepare_cached("DELETE FROM item_barcode WHERE item_code = ?1")?
        .execute([item_code])?;
    Ok(())
}

fn forget_words(write: &Connection, id: i64) -> Result<()> {
    write
        .prepare_cached("DELETE FROM item_words WHERE rowid = ?1")?
        .execute([id])?;
    Ok(())
}

pub(super) fn put_item_price(write: &Connection, price: &ItemPrice) -> Result<()> {
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
