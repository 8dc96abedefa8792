//! Which receipts are printed.

use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::Cashier;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::column::{count, parsed, timestamp};
use crate::commit::Store;
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalKind};

/// How far the printing of a receipt is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrintState {
    /// Not yet begun.
    Queued,
    /// Bytes may have left for the printer.
    Sending,
    /// The printer confirmed it, or the cashier has seen it.
    Printed,
    /// Nobody knows: the reply was lost, or the till stopped while sending. The cashier is asked.
    Unconfirmed,
    /// It was given up; it can be printed again from the list of sales.
    Failed,
}

/// A receipt that is still to be printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrintJob {
    /// The receipt.
    pub receipt_number: ReceiptNumber,
    /// When it was sold.
    pub at: Timestamp,
    /// [`PrintState::Queued`] or [`PrintState::Unconfirmed`].
    pub state: PrintState,
    /// How often it was printed again.
    pub reprints: u32,
}

impl Store {
    /// The receipts that wait to be printed or to be asked about, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn print_jobs_pending(&self) -> Result<Vec<PrintJob>> {
        let mut statement = self.till.prepare_cached(
            "SELECT sale.receipt_number, sale.at, print_job.state, print_job.reprints
             FROM print_job JOIN sale ON sale.number = print_job.sale
             WHERE print_job.state IN ('queued', 'unconfirmed') ORDER BY sale.number",
        )?;
        let mut rows = statement.query([])?;
        let mut jobs = Vec::new();
        while let Some(row) = rows.next()? {
            jobs.push(PrintJob {
                receipt_number: parsed(row.get_ref(0)?.as_str().unwrap_or(""), "a print job")?,
                at: timestamp(row.get(1)?, "a print job")?,
                state: PrintState::stored(row.get_ref(2)?.as_str().unwrap_or(""))?,
                reprints: row.get(3)?,
            });
        }
        Ok(jobs)
    }

    /// Notes how far a receipt is. Set [`PrintState::Sending`] before the first byte leaves, so
    /// that a receipt which may have come out is never printed twice unasked. Outcomes are
    /// journalled.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such receipt; otherwise what the disk refuses.
    pub fn print_job_set(
        &mut self,
        receipt_number: &ReceiptNumber,
        state: PrintState,
        at: Timestamp,
    ) -> Result<()> {
        let write = self.write()?;
        let sale = number_of(&write, receipt_number)?;
        write
            .prepare_cached("UPDATE print_job SET state = ?2 WHERE sale = ?1")?
            .execute(params![sale, state.name()])?;
        if !matches!(state, PrintState::Queued | PrintState::Sending) {
            let facts = serde_json::json!({
                "receipt_number": receipt_number,
                "outcome": state.name(),
            });
            journal::append(&write, JournalKind::Print, &facts, at)?;
        }
        Ok(write.commit()?)
    }

    /// Notes that a receipt was printed once more, by whom, and answers how often by now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such receipt; otherwise what the disk refuses.
    pub fn reprinted(
        &mut self,
        receipt_number: &ReceiptNumber,
        cashier: &Cashier,
        at: Timestamp,
    ) -> Result<u32> {
        let write = self.write()?;
        let sale = number_of(&write, receipt_number)?;
        let reprints: u32 = write
            .prepare_cached(
                "UPDATE print_job SET reprints = reprints + 1 WHERE sale = ?1 RETURNING reprints",
            )?
            .query_row([sale], |row| row.get(0))?;
        let facts = serde_json::json!({
            "receipt_number": receipt_number,
            "outcome": "reprinted",
            "reprints": reprints,
            "cashier": cashier.name,
        });
        journal::append(&write, JournalKind::Print, &facts, at)?;
        write.commit()?;
        Ok(reprints)
    }
}

/// Queues the receipt of a sale within its transaction.
pub(crate) fn add(write: &Connection, sale: &Sale) -> Result<()> {
    write
        .prepare_cached("INSERT INTO print_job (sale, state) VALUES (?1, 'queued')")?
        .execute([count(sale.receipt_number.number)])?;
    Ok(())
}

/// What was being sent when the till stopped may be on paper or not.
pub(crate) fn interrupted(till: &Connection) -> Result<()> {
    till.execute_batch(
        "UPDATE print_job SET state = 'unconfirmed' WHERE state = 'sending';
         UPDATE report_job SET state = 'unconfirmed' WHERE state = 'sending';",
    )?;
    Ok(())
}

fn number_of(till: &Connection, receipt_number: &ReceiptNumber) -> Result<i64> {
    let name = receipt_number.to_string();
    till.prepare_cached("SELECT number FROM sale WHERE receipt_number = ?1")?
        .query_row([&name], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NotFound {
            what: "receipt",
            name,
        })
}

impl PrintState {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Queued, "queued"),
        (Self::Sending, "sending"),
        (Self::Printed, "printed"),
        (Self::Unconfirmed, "unconfirmed"),
        (Self::Failed, "failed"),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("", |(_, name)| name)
    }

    pub(crate) fn stored(text: &str) -> Result<Self> {
        let known = Self::ALL
            .iter()
            .find(|(_, name)| *name == text)
            .map(|(state, _)| *state);
        known.ok_or_else(|| StoreError::corrupt("a print job", format!("unknown state {text:?}")))
    }
}
