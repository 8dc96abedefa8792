//! What the till did, to be looked at.

use checkout::money::Money;
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::Shift;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter, types::Value};

use crate::column::{count, from_json, money, parsed, timestamp};
use crate::commit::{installation_of, open_shift};
use crate::error::Result;
use crate::outbox_list::{BEHIND, SENT, SENT_COLUMNS, SendState, send_state};
use crate::print_job::PrintState;

/// The most words that a search for sales looks at.
const MOST_WORDS: usize = 6;

/// A view of what the till did; from [`crate::Store::records`] or [`crate::ReadStore::records`].
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    pub(crate) till: &'a Connection,
}

/// Which sales to list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SalesQuery {
    /// Words that must all stand in the receipt number, the customer's name, the cashier's name,
    /// the amount or the date (as `2026-11-23`); empty for all sales.
    pub text: String,
    /// Only receipts whose count is below this one: the last of the page before.
    pub before: Option<u64>,
    /// How many at most.
    pub limit: u32,
}

/// A line of the list of sales.
#[derive(Clone, PartialEq, Debug)]
pub struct SaleSummary {
    /// The number on the receipt.
    pub receipt_number: ReceiptNumber,
    /// What makes it the same sale wherever it arrives.
    pub key: String,
    /// When, to the millisecond.
    pub at: Timestamp,
    /// The day in the site's time zone.
    pub posting_date: Date,
    /// The time of day in the site's time zone.
    pub posting_time: Time,
    /// Who bought.
    pub customer_name: String,
    /// The name of who sold.
    pub cashier: String,
    /// What was paid.
    pub amount_to_pay: Money,
    /// Whether goods came back; the amount is then below zero.
    pub is_return: bool,
    /// How it was paid.
    pub modes_of_payment: Vec<String>,
    /// How many lines it has.
    pub lines: u32,
    /// How far its receipt is.
    pub printed: PrintState,
    /// How far sending it is.
    pub sent: SendState,
}

/// A whole sale and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub struct SaleRecord {
    /// The sale.
    pub sale: Sale,
    /// How far its receipt is.
    pub printed: PrintState,
    /// How often its receipt was printed again.
    pub reprints: u32,
    /// How far sending it is.
    pub sent: SendState,
}

/// What was sold on a day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DayTotals {
    /// How many sales.
    pub sales: u64,
    /// What was paid in them, one amount for each currency.
    pub amounts: Vec<Money>,
}

const SALE_TABLES: &str = "sale JOIN print_job ON print_job.sale = sale.number
    JOIN outbox ON outbox.document = sale.key";

impl<'a> Records<'a> {
    pub(crate) fn of(till: &'a Connection) -> Self {
        Self { till }
    }

    /// Sales, newest first.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn sales(&self, query: &SalesQuery) -> Result<Vec<SaleSummary>> {
        let text = query.text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().take(MOST_WORDS).collect();
        let found = if words.is_empty() {
            "SELECT number FROM sale WHERE number < ?".to_owned()
        } else {
            let has = " AND instr(search, ?)".repeat(words.len());
            format!("SELECT number FROM sale_search WHERE number < ?{has}")
        };
        let sql = format!(
            "SELECT {SENT_COLUMNS}, print_job.state, sale.receipt_number, sale.key, sale.at, sale.posting_date,
                 sale.posting_time, sale.customer_name, sale.cashier, sale.amount_to_pay,
                 sale.modes_of_payment, sale.lines, sale.is_return
             FROM {SALE_TABLES} {BEHIND}
             WHERE sale.number IN ({found} ORDER BY number DESC LIMIT ?)
             ORDER BY sale.number DESC"
        );
        let mut values = vec![Value::Integer(query.before.map_or(i64::MAX, count))];
        values.extend(words.iter().map(|word| Value::Text((*word).to_owned())));
        values.push(Value::Integer(i64::from(query.limit)));
        let mut statement = self.till.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut sales = Vec::new();
        while let Some(row) = rows.next()? {
            sales.push(summary(row)?);
        }
        Ok(sales)
    }

    /// What was sold on a day of the site's time zone.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn day(&self, posting_date: Date) -> Result<DayTotals> {
        let mut statement = self.till.prepare_cached(
            "SELECT count(*), sum(outbox.units), outbox.currency, outbox.decimals
             FROM sale JOIN outbox ON outbox.document = sale.key WHERE sale.posting_date = ?1
             GROUP BY outbox.currency, outbox.decimals
             ORDER BY outbox.currency, outbox.decimals",
        )?;
        let mut rows = statement.query([posting_date.to_string()])?;
        let mut day = DayTotals::default();
        while let Some(row) = rows.next()? {
            let currency: Option<String> = row.get(2)?;
            day.sales += row.get::<_, i64>(0)?.unsigned_abs();
            day.amounts
                .extend(money(row.get(1)?, currency.as_deref(), row.get(3)?)?);
        }
        Ok(day)
    }

    /// The shift that is open.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn open_shift(&self) -> Result<Option<Shift>> {
        open_shift(self.till)
    }

    /// What tells this installation from any other: eight characters.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn installation(&self) -> Result<String> {
        installation_of(self.till)
    }

    /// A whole sale by the number on its receipt.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn sale(&self, receipt_number: &ReceiptNumber) -> Result<Option<SaleRecord>> {
        self.sale_where("receipt_number", &receipt_number.to_string())
    }

    /// A whole sale by its key.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn sale_by_key(&self, key: &str) -> Result<Option<SaleRecord>> {
        self.sale_where("key", key)
    }

    /// The returns of the sale of this key that were made here, oldest first, whoever made the
    /// sale.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn returns_of(&self, key: &str) -> Result<Vec<Sale>> {
        let mut statement = self.till.prepare_cached(
            "SELECT body, key FROM sale WHERE number IN
                 (SELECT number FROM returned_row WHERE original = ?1)
             ORDER BY number",
        )?;
        let mut rows = statement.query([key])?;
        let mut returns = Vec::new();
        while let Some(row) = rows.next()? {
            let what = format!("return {}", row.get::<_, String>(1)?);
            returns.push(from_json(&row.get::<_, String>(0)?, &what)?);
        }
        Ok(returns)
    }

    /// A shift by its key.
    ///
    /// # Errors
    /// [`crate::StoreError`] when it cannot be read.
    pub fn shift(&self, key: &str) -> Result<Option<Shift>> {
        let body: Option<String> = self
            .till
            .prepare_cached("SELECT body FROM shift WHERE key = ?1")?
            .query_row([key], |row| row.get(0))
            .optional()?;
        body.map(|body| from_json(&body, &format!("shift {key}")))
            .transpose()
    }

    fn sale_where(&self, column: &'static str, value: &str) -> Result<Option<SaleRecord>> {
        let sql = format!(
            "SELECT {SENT_COLUMNS}, print_job.state, sale.body, print_job.reprints
             FROM {SALE_TABLES} {BEHIND} WHERE sale.{column} = ?1"
        );
        let mut statement = self.till.prepare_cached(&sql)?;
        let mut rows = statement.query([value])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let body: String = row.get(SENT + 1)?;
        Ok(Some(SaleRecord {
            sale: from_json(&body, &format!("sale {value}"))?,
            printed: printed(row)?,
            reprints: row.get(SENT + 2)?,
            sent: send_state(row)?,
        }))
    }
}

fn summary(row: &Row<'_>) -> Result<SaleSummary> {
    let number: String = row.get(SENT + 1)?;
    let what = format!("sale {number}");
    let text = |column: usize| -> Result<String> { Ok(row.get(column)?) };
    Ok(SaleSummary {
        receipt_number: parsed(&number, &what)?,
        key: text(SENT + 2)?,
        at: timestamp(row.get(SENT + 3)?, &what)?,
        posting_date: parsed(&text(SENT + 4)?, &what)?,
        posting_time: parsed(&text(SENT + 5)?, &what)?,
        customer_name: text(SENT + 6)?,
        cashier: text(SENT + 7)?,
        amount_to_pay: parsed(&text(SENT + 8)?, &what)?,
        modes_of_payment: from_json(&text(SENT + 9)?, &what)?,
        lines: row.get(SENT + 10)?,
        is_return: row.get(SENT + 11)?,
        printed: printed(row)?,
        sent: send_state(row)?,
    })
}

fn printed(row: &Row<'_>) -> Result<PrintState> {
    PrintState::stored(row.get_ref(SENT)?.as_str().unwrap_or(""))
}
