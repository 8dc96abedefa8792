//! What a shift has beside sales: cash that was moved, drawer openings, its sums and its closing.

use checkout::sale::Sale;
use checkout::shift::{
    CashMovement, DrawerOpening, JournalHead, Shift, ShiftClosing, ShiftTotals, check_counts,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::column::{count, from_json, to_json};
use crate::commit::{Store, check_next, must_be_open};
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalKind};
use crate::numbering;
use crate::outbox;
use crate::records::Records;

impl Store {
    /// Makes cash that was moved durable, with its journal entry.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the number is not the next one or the shift is not open;
    /// otherwise what the disk refuses.
    pub fn commit_cash_movement(&mut self, movement: &CashMovement) -> Result<()> {
        let write = self.write()?;
        let row = Row {
            table: "cash_movement",
            kind: JournalKind::CashMovement,
            number: movement.number,
            key: &movement.key,
            shift: &movement.shift,
            at: movement.at,
        };
        let facts = json!({
            "cashier": movement.cashier.name,
            "direction": movement.direction,
            "amount": movement.amount,
            "reason": movement.reason,
        });
        row.insert(&write, movement, facts)?;
        Ok(write.commit()?)
    }

    /// Makes an opening of the drawer without a sale durable, with its journal entry.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the number is not the next one or the shift is not open;
    /// otherwise what the disk refuses.
    pub fn commit_drawer_opening(&mut self, opening: &DrawerOpening) -> Result<()> {
        let write = self.write()?;
        let row = Row {
            table: "drawer_opening",
            kind: JournalKind::Drawer,
            number: opening.number,
            key: &opening.key,
            shift: &opening.shift,
            at: opening.at,
        };
        let facts = json!({ "cashier": opening.cashier.name, "reason": opening.reason });
        row.insert(&write, opening, facts)?;
        Ok(write.commit()?)
    }

    /// Closes a shift: checks that its sums are those of what is stored, that no receipt number is
    /// missing and that the count can close it; then makes the closing durable, with its journal
    /// entry and its outbox row. Answers with the journal as it stood before, which is stored with
    /// the closing.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when anything of that does not hold; otherwise what the disk
    /// refuses. The shift stays open.
    pub fn commit_closing(&mut self, closing: &ShiftClosing) -> Result<JournalHead> {
        let write = self.write()?;
        let shift = must_be_open(&write, &closing.shift)?;
        if closing.number != shift.number {
            return Err(StoreError::Inconsistent(format!(
                "Z report {} is not the one of shift {}",
                closing.number, shift.number
            )));
        }
        check_gaps(&write, &shift)?;
        if totals_of(&write, &shift)? != closing.totals {
            return Err(StoreError::Inconsistent(
                "the sums of the shift are not those of its stored sales; restart the till, which \
                 adds them up again"
                    .to_owned(),
            ));
        }
        check_counts(&closing.totals, &closing.counts)
            .map_err(|refused| StoreError::Inconsistent(refused.to_string()))?;
        let head = journal::head(&write)?;
        let closing = ShiftClosing {
            journal: Some(head.clone()),
            ..closing.clone()
        };
        let row = Row {
            table: "closing",
            kind: JournalKind::ShiftClosed,
            number: closing.number,
            key: &closing.key,
            shift: &closing.shift,
            at: closing.closed_at,
        };
        let totals = &closing.totals;
        let facts = json!({
            "number": closing.number,
            "cashier": closing.cashier.name,
            "amount": totals.sales.amount.plus(totals.returns.amount),
            "first_receipt": totals.first_receipt,
            "last_receipt": totals.last_receipt,
            "differences": closing.differences(),
        });
        row.insert_unnumbered(&write, &closing, facts)?;
        outbox::add_closing(&write, &closing)?;
        write.commit()?;
        Ok(head)
    }
}

impl Records<'_> {
    /// The closing of a shift.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn closing(&self, shift: &str) -> Result<Option<ShiftClosing>> {
        let body: Option<String> = self
            .till
            .prepare_cached("SELECT body FROM closing WHERE shift = ?1")?
            .query_row([shift], |row| row.get(0))
            .optional()?;
        body.map(|body| from_json(&body, &format!("the closing of shift {shift}")))
            .transpose()
    }

    /// The last closings, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn closings(&self, limit: u32) -> Result<Vec<ShiftClosing>> {
        let mut statement = self
            .till
            .prepare_cached("SELECT body FROM closing ORDER BY number DESC LIMIT ?1")?;
        let mut rows = statement.query([limit])?;
        let mut closings = Vec::new();
        while let Some(row) = rows.next()? {
            closings.push(from_json(&row.get::<_, String>(0)?, "a closing")?);
        }
        Ok(closings)
    }

    /// The cash movements of a shift, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn cash_movements(&self, shift: &str) -> Result<Vec<CashMovement>> {
        let mut movements = Vec::new();
        each(self.till, "cash_movement", shift, |movement| {
            movements.push(movement);
        })?;
        Ok(movements)
    }

    /// What a shift comes to, added up from what is stored.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn shift_totals(&self, shift: &Shift) -> Result<ShiftTotals> {
        totals_of(self.till, shift)
    }
}

/// What a shift comes to, added up from what is stored.
pub(crate) fn totals_of(till: &Connection, shift: &Shift) -> Result<ShiftTotals> {
    let mut totals = ShiftTotals::of(shift);
    each(till, "sale", &shift.key, |sale: Sale| {
        totals.add_sale(&sale)
    })?;
    each(till, "cash_movement", &shift.key, |movement| {
        totals.add_cash_movement(&movement);
    })?;
    each(till, "drawer_opening", &shift.key, |_: DrawerOpening| {
        totals.add_drawer_opening();
    })?;
    Ok(totals)
}

/// Calls `visit` with what a table holds of a shift, in order.
fn each<T: DeserializeOwned>(
    till: &Connection,
    table: &'static str,
    shift: &str,
    mut visit: impl FnMut(T),
) -> Result<()> {
    let sql = format!("SELECT body, number FROM {table} WHERE shift = ?1 ORDER BY number");
    let mut statement = till.prepare_cached(&sql)?;
    let mut rows = statement.query([shift])?;
    while let Some(row) = rows.next()? {
        let what = format!("{table} {}", row.get::<_, i64>(1)?);
        visit(from_json(&row.get::<_, String>(0)?, &what)?);
    }
    Ok(())
}

/// Proves that the receipts of a shift go on where those before ended, and leave no number out.
fn check_gaps(till: &Connection, shift: &Shift) -> Result<()> {
    let (first, last, documents): (Option<i64>, Option<i64>, i64) = till
        .prepare_cached("SELECT min(number), max(number), count(*) FROM sale WHERE shift = ?1")?
        .query_row([&shift.key], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(());
    };
    let before: Option<i64> = till
        .prepare_cached("SELECT max(number) FROM sale WHERE number < ?1")?
        .query_row([first], |row| row.get(0))?;
    // The numbers may have begun above those of a box before.
    let above = count(numbering::receipts_above(till)?);
    let before = before
        .unwrap_or(0)
        .max(if above < first { above } else { 0 });
    if last - first + 1 == documents && before + 1 == first {
        return Ok(());
    }
    Err(StoreError::Inconsistent(format!(
        "of the receipts {first} to {last} some are missing: {documents} are stored"
    )))
}

/// A row of a table of documents that belong to a shift.
struct Row<'a> {
    table: &'static str,
    kind: JournalKind,
    number: u64,
    key: &'a str,
    shift: &'a str,
    at: Timestamp,
}

impl Row<'_> {
    /// Inserts a document that is counted by itself, and belongs to the open shift.
    fn insert(&self, write: &Connection, document: &impl Serialize, facts: Value) -> Result<()> {
        check_next(write, self.table, self.number)?;
        must_be_open(write, self.shift)?;
        self.insert_unnumbered(write, document, facts)
    }

    fn insert_unnumbered(
        &self,
        write: &Connection,
        document: &impl Serialize,
        mut facts: Value,
    ) -> Result<()> {
        let body = to_json(document)?;
        let sql = format!(
            "INSERT INTO {} (number, key, shift, body) VALUES (?1, ?2, ?3, ?4)",
            self.table
        );
        write.prepare_cached(&sql)?.execute(params![
            count(self.number),
            self.key,
            self.shift,
            body
        ])?;
        facts["key"] = json!(self.key);
        facts["shift"] = json!(self.shift);
        facts["sha256"] = json!(journal::digest(&body));
        journal::append(write, self.kind, &facts, self.at)?;
        Ok(())
    }
}
