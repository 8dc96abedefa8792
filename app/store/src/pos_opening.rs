//! The POS Opening Entries that this till's sales went into, and what their closings take.
//!
//! One shift has one, as a rule. It has more where an opening was closed in ERPNext by hand, where
//! a site wants every day to have its own, and for what is delivered after the shift was closed.

use checkout::sale::Sale;
use checkout::shift::{OpeningBalance, Shift};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::column::{count, from_json, timestamp, to_json};
use crate::commit::Store;
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalKind};
use crate::outbox;
use crate::pos_opening_by_hand::open_again;

/// A POS Opening Entry of this till.
#[derive(Clone, PartialEq, Debug)]
pub struct PosOpening {
    /// What the other methods know it by.
    pub id: i64,
    /// The shift it was opened for. Profile, company and balances are those of the opening.
    pub shift: Shift,
    /// Which of the shift's openings it is, from 1.
    pub ordinal: u32,
    /// ERPNext's name of it.
    pub erpnext_name: String,
    /// Its closing as it is sent, once that is fixed.
    pub closing: Option<String>,
    /// Whether that closing carries what was counted.
    pub counted: bool,
    /// Whether another box opened it, which had this till before.
    pub earlier_box: bool,
    /// ERPNext's name of the closing, once it is there.
    pub closing_name: Option<String>,
    /// How far it is.
    pub state: PosOpeningState,
}

/// How far an opening is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PosOpeningState {
    /// Sales go into it.
    Open,
    /// What its closing takes is fixed.
    Listed,
    /// It is closed.
    Closed,
    /// Somebody closed or cancelled it in ERPNext.
    Lost,
}

/// What a closing takes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ClosingList<'a> {
    /// The closing as it is sent.
    pub closing: &'a str,
    /// Whether it carries what was counted.
    pub counted: bool,
    /// The keys of its sales.
    pub sales: &'a [String],
}

const COLUMNS: &str = "pos_opening.id, pos_opening.ordinal, pos_opening.erpnext_name,
    pos_opening.closing, pos_opening.counted, pos_opening.closing_name, pos_opening.state,
    pos_opening.pos_profile, pos_opening.company, pos_opening.balances, shift.body,
    pos_opening.earlier_box";

/// Adds an opening behind those that a shift has, unless one of its name is known; says how many
/// were added.
fn insert(
    write: &Connection,
    shift: &Shift,
    erpnext_name: &str,
    at: Timestamp,
    earlier_box: bool,
) -> Result<usize> {
    let mut statement = write.prepare_cached(
        "INSERT OR IGNORE INTO pos_opening (shift, ordinal, pos_profile, company, erpnext_name,
             balances, made_at, earlier_box)
         SELECT ?1, 1 + count(*), ?2, ?3, ?4, ?5, ?6, ?7 FROM pos_opening WHERE shift = ?1",
    )?;
    Ok(statement.execute(params![
        shift.key,
        shift.pos_profile,
        shift.company,
        erpnext_name,
        to_json(&shift.balance_details)?,
        at.as_millisecond(),
        earlier_box,
    ])?)
}

impl Store {
    /// Notes that ERPNext has an open POS Opening Entry of this name for a shift, whose profile,
    /// company and balances are those of the opening. Known already, nothing changes, but one that
    /// was closed is open again ([`Store::pos_opening_again`]).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a shift that is not stored; otherwise what the disk refuses.
    pub fn pos_opening_made(
        &mut self,
        shift: &Shift,
        erpnext_name: &str,
        at: Timestamp,
    ) -> Result<()> {
        let write = self.write()?;
        open_again(&write, erpnext_name, at)?;
        if insert(&write, shift, erpnext_name, at, false)? > 0 {
            outbox::add_late_closing(&write, &shift.key, at)?;
        }
        Ok(write.commit()?)
    }

    /// Notes an opening that the box before this one left open in ERPNext, to be closed along with
    /// a shift. Known already, nothing changes.
    ///
    /// # Errors
    /// As [`Store::pos_opening_made`].
    pub fn pos_opening_of_earlier_box(
        &mut self,
        shift: &Shift,
        erpnext_name: &str,
        at: Timestamp,
    ) -> Result<()> {
        let write = self.write()?;
        if insert(&write, shift, erpnext_name, at, true)? > 0 {
            let facts = serde_json::json!({
                "document": erpnext_name,
                "outcome": "left open by the box before this one",
            });
            journal::append(&write, JournalKind::Sync, &facts, at)?;
        }
        Ok(write.commit()?)
    }

    /// Whether ERPNext ever had an opening of this box's own.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn has_opened(&self) -> Result<bool> {
        Ok(self
            .till
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM pos_opening WHERE earlier_box = 0)")?
            .query_row([], |row| row.get(0))?)
    }

    /// Those of these keys of sales that are of no sale of this box that a closing knows by its
    /// name in ERPNext: those of other boxes, and those that were settled by hand and whose draft
    /// somebody submitted there.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn sales_of_others(&self, keys: Vec<String>) -> Result<Vec<String>> {
        let mut statement = self.till.prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM sale LEFT JOIN outbox ON outbox.document = sale.key
                 WHERE sale.key = ?1
                     AND (outbox.state IS NOT 'settled' OR outbox.erpnext_name IS NOT NULL))",
        )?;
        let mut others = Vec::new();
        for key in keys {
            if !statement.query_row([&key], |row| row.get::<_, bool>(0))? {
                others.push(key);
            }
        }
        Ok(others)
    }

    /// The openings that are not closed, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn pos_openings_unclosed(&self) -> Result<Vec<PosOpening>> {
        openings(&self.till, "pos_opening.state IN ('open', 'listed')", "")
    }

    /// All openings of a shift, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn pos_openings_of(&self, shift: &str) -> Result<Vec<PosOpening>> {
        openings(&self.till, "pos_opening.shift = ?1", shift)
    }

    /// Fixes what the closing of an opening takes, before it is sent. What was fixed before is
    /// replaced, which is right only where ERPNext has no closing of the opening.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the opening is closed, or a sale comes into another
    /// closing; otherwise what the disk refuses.
    pub fn pos_opening_list(
        &mut self,
        id: i64,
        list: &ClosingList<'_>,
        at: Timestamp,
    ) -> Result<()> {
        let write = self.write()?;
        write
            .prepare_cached("DELETE FROM closed_sale WHERE pos_opening = ?1")?
            .execute([id])?;
        for sale in list.sales {
            let listed = write
                .prepare_cached("INSERT OR IGNORE INTO closed_sale VALUES (?1, ?2)")?
                .execute(params![sale, id])?;
            if listed == 0 {
                let problem = format!("sale {sale} comes into another closing");
                return Err(StoreError::Inconsistent(problem));
            }
        }
        let fixed = write
            .prepare_cached(
                "UPDATE pos_opening SET state = 'listed', closing = ?2, counted = ?3
                 WHERE id = ?1 AND state IN ('open', 'listed') RETURNING shift",
            )?
            .query_row(params![id, list.closing, list.counted], |row| {
                row.get::<_, String>(0)
            })
            .optional()?;
        let Some(shift) = fixed else {
            let problem = format!("opening {id} is closed");
            return Err(StoreError::Inconsistent(problem));
        };
        if list.counted && leaves_some(&write, &shift)? {
            outbox::add_late_closing(&write, &shift, at)?;
        }
        Ok(write.commit()?)
    }

    /// Takes back what the closing of an opening takes: ERPNext has no such closing, and what it
    /// was to take was changed there.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn pos_opening_unlist(&mut self, id: i64) -> Result<()> {
        self.unlisted(id, "open")
    }

    /// Notes that somebody closed or cancelled an opening in ERPNext. What its closing was to take
    /// comes into another.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn pos_opening_lost(&mut self, id: i64) -> Result<()> {
        self.unlisted(id, "lost")
    }

    fn unlisted(&mut self, id: i64, state: &'static str) -> Result<()> {
        let write = self.write()?;
        write
            .prepare_cached("DELETE FROM closed_sale WHERE pos_opening = ?1")?
            .execute([id])?;
        write
            .prepare_cached(
                "UPDATE pos_opening SET state = ?2, counted = 0,
                     closing = CASE WHEN ?2 = 'open' THEN NULL ELSE closing END
                 WHERE id = ?1 AND state IN ('open', 'listed')",
            )?
            .execute(params![id, state])?;
        Ok(write.commit()?)
    }

    /// Notes that the closing of an opening waits in ERPNext's queue under this name; `is_anew`
    /// says that it was just put there again. Answers when it was seen there first.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn pos_opening_queued(
        &mut self,
        id: i64,
        closing_name: &str,
        is_anew: bool,
        at: Timestamp,
    ) -> Result<Timestamp> {
        let since = self
            .till
            .prepare_cached(
                "UPDATE pos_opening SET queued_as = ?2, queued_since =
                     CASE WHEN queued_as = ?2 AND NOT ?3 THEN queued_since ELSE ?4 END
                 WHERE id = ?1 RETURNING queued_since",
            )?
            .query_row(
                params![id, closing_name, is_anew, at.as_millisecond()],
                |row| row.get(0),
            )?;
        timestamp(since, "a closing in the queue")
    }

    /// Notes that ERPNext has the closing of an opening, submitted, under this name.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn pos_opening_closed(&mut self, id: i64, closing_name: &str, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        let closed = write
            .prepare_cached(
                "UPDATE pos_opening SET state = 'closed', closing_name = ?2
                 WHERE id = ?1 AND state = 'listed' RETURNING erpnext_name",
            )?
            .query_row(params![id, closing_name], |row| row.get::<_, String>(0))
            .optional()?;
        if let Some(opening) = closed {
            let facts = serde_json::json!({
                "document": opening,
                "outcome": "closed",
                "erpnext_name": closing_name,
            });
            journal::append(&write, JournalKind::Sync, &facts, at)?;
        }
        Ok(write.commit()?)
    }

    /// The sales of a shift's profile that are in ERPNext and come into no closing yet, in the order
    /// they were made, each with ERPNext's name of it: those of the shift, and what was left of
    /// shifts before.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names one that cannot be read any more.
    pub fn sales_to_close(&self, shift: &Shift) -> Result<Vec<(Sale, String)>> {
        let mut statement = self.till.prepare_cached(
            "SELECT sale.body, sale.key, outbox.erpnext_name
             FROM sale JOIN outbox ON outbox.document = sale.key AND outbox.kind = 'sale'
                 JOIN shift ON shift.key = sale.shift
             WHERE outbox.state IN ('delivered', 'settled') AND outbox.erpnext_name IS NOT NULL
                 AND shift.number <= ?3
                 AND NOT EXISTS (SELECT 1 FROM closed_sale WHERE closed_sale.sale = sale.key)
                 AND CASE WHEN json_valid(sale.body)
                     THEN sale.body ->> 'pos_profile' = ?1 AND sale.body ->> 'company' = ?2
                     ELSE 1 END
             ORDER BY sale.number",
        )?;
        let mut rows = statement.query(params![
            shift.pos_profile,
            shift.company,
            count(shift.number)
        ])?;
        let mut sales = Vec::new();
        while let Some(row) = rows.next()? {
            let what = format!("sale {}", row.get::<_, String>(1)?);
            let sale = from_json(&row.get::<_, String>(0)?, &what)?;
            sales.push((sale, row.get(2)?));
        }
        Ok(sales)
    }
}

/// What a shift's sales are closed by: one opening for each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProfileToClose {
    /// The profile.
    pub pos_profile: String,
    /// The company.
    pub company: String,
}

impl Store {
    /// The profiles of all sales that are in ERPNext and come into no closing yet, up to those of a
    /// shift. A till's profile may change, even within a shift.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn profiles_to_close(&self, shift: &Shift) -> Result<Vec<ProfileToClose>> {
        let mut statement = self.till.prepare_cached(
            "SELECT DISTINCT sale.body ->> 'pos_profile', sale.body ->> 'company'
             FROM sale JOIN outbox ON outbox.document = sale.key AND outbox.kind = 'sale'
                 JOIN shift ON shift.key = sale.shift
             WHERE outbox.state IN ('delivered', 'settled') AND outbox.erpnext_name IS NOT NULL
                 AND shift.number <= ?1 AND json_valid(sale.body)
                 AND NOT EXISTS (SELECT 1 FROM closed_sale WHERE closed_sale.sale = sale.key)
             ORDER BY 1, 2",
        )?;
        let profiles = statement.query_map([count(shift.number)], |row| {
            Ok(ProfileToClose {
                pos_profile: row.get(0)?,
                company: row.get(1)?,
            })
        })?;
        Ok(profiles.collect::<Result<_, _>>()?)
    }
}

/// Whether sales of a shift are in ERPNext that no closing takes.
fn leaves_some(till: &Connection, shift: &str) -> Result<bool> {
    Ok(till
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM sale JOIN outbox ON outbox.document = sale.key
                 WHERE sale.shift = ?1 AND outbox.state IN ('delivered', 'settled')
                     AND outbox.erpnext_name IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM closed_sale WHERE closed_sale.sale = sale.key))",
        )?
        .query_row([shift], |row| row.get(0))?)
}

fn openings(till: &Connection, which: &str, value: &str) -> Result<Vec<PosOpening>> {
    let mut statement = till.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM pos_opening JOIN shift ON shift.key = pos_opening.shift
         WHERE {which} AND ?1 IS NOT NULL ORDER BY pos_opening.id"
    ))?;
    let mut rows = statement.query([value])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(opening(row)?);
    }
    Ok(found)
}

fn opening(row: &Row<'_>) -> Result<PosOpening> {
    let name: String = row.get(2)?;
    let what = format!("opening {name}");
    let shift: Shift = from_json(&row.get::<_, String>(10)?, &what)?;
    let balance_details: Vec<OpeningBalance> = from_json(&row.get::<_, String>(9)?, &what)?;
    let state = match row.get_ref(6)?.as_str().unwrap_or_default() {
        "open" => PosOpeningState::Open,
        "listed" => PosOpeningState::Listed,
        "closed" => PosOpeningState::Closed,
        _ => PosOpeningState::Lost,
    };
    Ok(PosOpening {
        id: row.get(0)?,
        shift: Shift {
            pos_profile: row.get(7)?,
            company: row.get(8)?,
            balance_details,
            ..shift
        },
        ordinal: row.get(1)?,
        erpnext_name: name,
        closing: row.get(3)?,
        counted: row.get(4)?,
        earlier_box: row.get(11)?,
        closing_name: row.get(5)?,
        state,
    })
}
