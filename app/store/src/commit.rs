//! What a till makes durable: its open cart, its shifts and its sales.

use std::path::Path;

use checkout::action::JournalFact;
use checkout::sale::Sale;
use checkout::shift::Shift;
use checkout::till::{OpenCart, Resume};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::column::{count, from_json, to_json};
use crate::error::{Result, StoreError};
use crate::folder::FolderLock;
use crate::journal::{self, JournalKind};
use crate::open::{CATALOG, TILL};
use crate::records::Records;
use crate::shifts::totals_of;
use crate::signature::{self, JournalSigner};
use crate::{card_payment, masters, numbering, outbox, print_job, sold};

/// The only writer of what a till did. While it lives, no other program can open the folder.
///
/// Every method that changes something is one transaction: when it answers `Ok`, the change is on
/// the disk and outlives a power cut; when it answers an error, nothing of it happened.
#[derive(Debug)]
pub struct Store {
    pub(crate) till: Connection,
    installation: String,
    /// Facts that the disk refused so far.
    pub(crate) owed: Vec<JournalFact>,
    back_from: Option<u32>,
    damaged_catalog: Option<String>,
    _lock: FolderLock,
}

impl Store {
    /// Opens the data folder, makes what is missing and brings older files up to date.
    ///
    /// `installation` are 40 random bits; they are used when the folder is new and ignored ever
    /// after.
    ///
    /// # Errors
    /// [`StoreError::InUse`] when another till has the folder open, [`StoreError::Newer`] when a
    /// later version wrote what this one would lose (the files are left as they were),
    /// [`StoreError::Inconsistent`] when its journal is signed, which only
    /// [`Store::open_signing`] continues, and what the disk refuses.
    pub fn open(dir: &Path, installation: [u8; 5]) -> Result<Self> {
        Self::open_as(dir, installation, None)
    }

    /// The same, with the till's key: every entry of the journal is signed from now on. A key that
    /// the journal does not know yet is named in it, at the time `now`.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_signing(
        dir: &Path,
        installation: [u8; 5],
        signer: Box<dyn JournalSigner>,
        now: Timestamp,
    ) -> Result<Self> {
        Self::open_as(dir, installation, Some((signer, now)))
    }

    fn open_as(
        dir: &Path,
        installation: [u8; 5],
        signer: Option<(Box<dyn JournalSigner>, Timestamp)>,
    ) -> Result<Self> {
        let lock = FolderLock::take(dir)?;
        let (till, back_from) = TILL.open_or_step_back(dir)?;
        let damaged_catalog = CATALOG.open_or_begin_anew(dir, masters::read_whole)?;
        till.execute(
            "INSERT INTO installation (id, installation) VALUES (1, ?1) ON CONFLICT DO NOTHING",
            [crockford(installation)],
        )?;
        signature::begin(&till, signer)?;
        print_job::interrupted(&till)?;
        let installation = installation_of(&till)?;
        Ok(Self {
            till,
            installation,
            owed: Vec::new(),
            back_from,
            damaged_catalog,
            _lock: lock,
        })
    }

    /// The newer format that the till's file was in until it was opened now. The version that had
    /// migrated it wrote nothing since, so that the copy from before took its place again.
    pub const fn stepped_back_from(&self) -> Option<u32> {
        self.back_from
    }

    /// What was wrong with `catalog.sqlite` when it was opened now: it could not be read, was put
    /// aside as `catalog.sqlite.damaged`, and an empty one waits to be downloaded.
    pub fn damaged_catalog(&self) -> Option<&str> {
        self.damaged_catalog.as_deref()
    }

    /// What tells this installation from any before it with the same prefix: eight characters of
    /// Crockford's base 32.
    pub fn installation(&self) -> &str {
        &self.installation
    }

    /// What a till takes up again after a start.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn resume(&self) -> Result<Resume> {
        let cart: Option<String> = self
            .till
            .query_row("SELECT body FROM open_cart", [], |row| row.get(0))
            .optional()?;
        let kept = cart.is_some();
        let open_cart = cart.and_then(|body| from_json(&body, "the open cart").ok());
        let shift = open_shift(&self.till)?;
        let totals = shift.as_ref().map(|shift| totals_of(&self.till, shift));
        Ok(Resume {
            receipts: last_number(&self.till, "sale")?,
            shifts: last_number(&self.till, "shift")?,
            cash_movements: last_number(&self.till, "cash_movement")?,
            drawer_openings: last_number(&self.till, "drawer_opening")?,
            customers: last_number(&self.till, "new_customer")?,
            cards: last_number(&self.till, "card_payment")?,
            card: card_payment::open_card(&self.till)?,
            totals: totals.transpose()?,
            counts: journal::counts_of_shift(&self.till)?,
            shift,
            // An earlier version's cart that cannot be read any more must not keep the till shut:
            // nothing in it was sold yet. The cashier is told.
            cart_lost: kept && open_cart.is_none(),
            open_cart,
        })
    }

    /// Keeps the open cart for a restart; `None` when there is none any more.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be written; the cart kept before stays.
    pub fn save_cart(&mut self, cart: Option<&OpenCart>) -> Result<()> {
        put_cart(&self.till, cart)
    }

    /// Makes a shift durable, with its journal entry and its outbox row.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a shift is open already or the number is not the next
    /// one; otherwise what the disk refuses.
    pub fn commit_shift(&mut self, shift: &Shift) -> Result<()> {
        let write = self.write()?;
        if let Some(open) = open_shift(&write)? {
            return Err(StoreError::Inconsistent(format!(
                "shift {} is still open",
                open.key
            )));
        }
        check_next(&write, "shift", shift.number)?;
        let body = to_json(shift)?;
        write
            .prepare_cached("INSERT INTO shift (number, key, body) VALUES (?1, ?2, ?3)")?
            .execute(params![count(shift.number), shift.key, body])?;
        let facts = serde_json::json!({
            "key": shift.key,
            "number": shift.number,
            "cashier": shift.cashier.name,
            "sha256": journal::digest(&body),
        });
        journal::append(&write, JournalKind::ShiftOpened, &facts, shift.opened_at)?;
        outbox::add_shift(&write, shift)?;
        Ok(write.commit()?)
    }

    /// Makes a sale durable: the sale itself, its print job, its journal entry, its outbox row and
    /// what it means for later sales, and the open cart is forgotten, all in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the receipt number is not the next one, the sale is not
    /// of the open shift, or its key is taken; otherwise what the disk refuses. The open cart is
    /// kept.
    pub fn commit_sale(&mut self, sale: &Sale) -> Result<()> {
        let write = self.write()?;
        add_sale(&write, sale)?;
        write.prepare_cached("DELETE FROM open_cart")?.execute([])?;
        Ok(write.commit()?)
    }

    /// Makes both halves of an exchange durable in one transaction, the return first, each with all
    /// that [`Store::commit_sale`] does.
    ///
    /// # Errors
    /// As [`Store::commit_sale`]; then neither half was made.
    pub fn commit_exchange(&mut self, returned: &Sale, sale: &Sale) -> Result<()> {
        let other = |half: &Sale, key: &str| half.exchange.as_deref() == Some(key);
        if !returned.is_return()
            || sale.is_return()
            || !other(returned, &sale.key)
            || !other(sale, &returned.key)
        {
            return Err(StoreError::Inconsistent(format!(
                "{} and {} are not the halves of an exchange",
                returned.receipt_number, sale.receipt_number
            )));
        }
        let write = self.write()?;
        add_sale(&write, returned)?;
        add_sale(&write, sale)?;
        write.prepare_cached("DELETE FROM open_cart")?.execute([])?;
        Ok(write.commit()?)
    }

    /// What is stored, to be looked at.
    pub fn records(&self) -> Records<'_> {
        Records::of(&self.till)
    }

    /// Begins a transaction that is undone unless it is committed. What the journal still has to
    /// tell is written before.
    pub(crate) fn write(&mut self) -> Result<Transaction<'_>> {
        if !self.owed.is_empty() {
            let write = begin(&mut self.till)?;
            for fact in &self.owed {
                journal::append_fact(&write, fact)?;
            }
            write.commit()?;
            self.owed.clear();
        }
        begin(&mut self.till)
    }
}

fn begin(till: &mut Connection) -> Result<Transaction<'_>> {
    Ok(till.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// Keeps the open cart, or forgets it.
pub(crate) fn put_cart(till: &Connection, cart: Option<&OpenCart>) -> Result<()> {
    match cart {
        Some(cart) => till
            .prepare_cached("INSERT OR REPLACE INTO open_cart (id, body) VALUES (1, ?1)")?
            .execute([to_json(cart)?])?,
        None => till.prepare_cached("DELETE FROM open_cart")?.execute([])?,
    };
    Ok(())
}

pub(crate) fn installation_of(till: &Connection) -> Result<String> {
    Ok(
        till.query_row("SELECT installation FROM installation", [], |row| {
            row.get(0)
        })?,
    )
}

/// Stores a sale with all that belongs to it.
fn add_sale(write: &Transaction<'_>, sale: &Sale) -> Result<()> {
    check_next(write, "sale", sale.receipt_number.number)?;
    must_be_open(write, &sale.shift)?;
    let body = to_json(sale)?;
    insert_sale(write, sale, &body)?;
    print_job::add(write, sale)?;
    let mut facts = serde_json::json!({
        "receipt_number": sale.receipt_number,
        "key": sale.key,
        "shift": sale.shift,
        "cashier": sale.cashier.name,
        "amount_to_pay": sale.amount_to_pay,
        "sha256": journal::digest(&body),
    });
    if sale.is_return() {
        let against = sale.return_against.as_ref();
        facts["is_return"] = true.into();
        facts["return_against"] = serde_json::json!(against.map(|it| &it.receipt_number));
        facts["reason"] = serde_json::json!(sale.reason);
        let manager = sale.approved_by.as_ref();
        facts["approved_by"] = serde_json::json!(manager.map(|manager| &manager.name));
    }
    journal::append(write, JournalKind::Sale, &facts, sale.at)?;
    card_payment::book(write, sale)?;
    outbox::add_sale(write, sale)?;
    sold::add(write, sale)
}

/// The open shift, if it is this one.
pub(crate) fn must_be_open(till: &Connection, key: &str) -> Result<Shift> {
    match open_shift(till)? {
        Some(open) if open.key == key => Ok(open),
        _ => Err(StoreError::Inconsistent(format!("shift {key} is not open"))),
    }
}

fn insert_sale(write: &Transaction<'_>, sale: &Sale, body: &str) -> Result<()> {
    let modes: Vec<&str> = sale
        .payments
        .iter()
        .map(|payment| payment.mode_of_payment.as_str())
        .collect();
    write
        .prepare_cached(
            "INSERT INTO sale (number, receipt_number, key, shift, at, posting_date, posting_time,
                 customer, customer_name, cashier, amount_to_pay, modes_of_payment, lines, body,
                 is_return)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            count(sale.receipt_number.number),
            sale.receipt_number.to_string(),
            sale.key,
            sale.shift,
            sale.at.as_millisecond(),
            sale.posting_date.to_string(),
            sale.posting_time.to_string(),
            sale.customer,
            sale.customer_name,
            sale.cashier.name,
            sale.amount_to_pay.to_string(),
            to_json(&modes)?,
            count(sale.lines.len() as u64),
            body,
            sale.is_return(),
        ])?;
    write
        .prepare_cached("INSERT INTO sale_search (number, search) VALUES (?1, ?2)")?
        .execute(params![count(sale.receipt_number.number), found_by(sale)])?;
    Ok(())
}

/// What a sale is found by, in lower case.
fn found_by(sale: &Sale) -> String {
    let parts = [
        sale.receipt_number.to_string(),
        sale.customer.clone(),
        sale.customer_name.clone(),
        sale.cashier.name.clone(),
        sale.amount_to_pay.number(),
        sale.posting_date.to_string(),
    ];
    parts.join("\n").to_lowercase()
}

pub(crate) fn last_number(till: &Connection, table: &'static str) -> Result<u64> {
    let sql = format!("SELECT coalesce(max(number), 0) FROM {table}");
    let last: i64 = till.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    let last = last.unsigned_abs();
    Ok(match table {
        "sale" => last.max(numbering::receipts_above(till)?),
        _ => last,
    })
}

pub(crate) fn check_next(till: &Connection, table: &'static str, number: u64) -> Result<()> {
    let next = last_number(till, table)? + 1;
    if number == next {
        return Ok(());
    }
    let what = table.replace('_', " ");
    Err(StoreError::Inconsistent(format!(
        "the next {what} is number {next}, not {number}"
    )))
}

/// The open shift: the last one, unless it was closed.
pub(crate) fn open_shift(till: &Connection) -> Result<Option<Shift>> {
    let body: Option<String> = till
        .prepare_cached(
            "SELECT body FROM (SELECT key, body FROM shift ORDER BY number DESC LIMIT 1) AS last
             WHERE NOT EXISTS (SELECT 1 FROM closing WHERE closing.shift = last.key)",
        )?
        .query_row([], |row| row.get(0))
        .optional()?;
    body.map(|body| from_json(&body, "the open shift"))
        .transpose()
}

/// 40 bits as eight characters, without the letters that are mistaken for others.
fn crockford(bits: [u8; 5]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let all = bits
        .iter()
        .fold(0u64, |all, byte| all << 8 | u64::from(*byte));
    let letter = |place: u32| char::from(ALPHABET[usize::from((all >> (5 * place)) as u8 & 31)]);
    (0..8).rev().map(letter).collect()
}
