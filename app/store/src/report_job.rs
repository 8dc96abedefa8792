//! Which reports, slips and other pages that are no receipts are still to be printed.

use checkout::receipt::Receipt;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::column::{from_json, timestamp, to_json};
use crate::commit::Store;
use crate::error::Result;
use crate::journal::{self, JournalKind};
use crate::print_job::PrintState;
use crate::records::Records;

/// A page that is still to be printed, or of which nobody knows whether it came out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportJob {
    /// What it is known by: the key of the document it is of, or a name of its own.
    pub key: String,
    /// What people call it: `Z report 12`.
    pub title: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// [`PrintState::Queued`] where nothing of it was printed, [`PrintState::Unconfirmed`] where
    /// some of it may be.
    pub state: PrintState,
    /// What is printed.
    pub page: Receipt,
}

impl Store {
    /// Keeps a page until it is known to be printed, in the place of one with the same key.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn report_queued(&mut self, job: &ReportJob) -> Result<()> {
        let write = self.write()?;
        put(&write, job)?;
        Ok(write.commit()?)
    }

    /// Notes that the printer is given a page, before its first byte leaves.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn report_sending(&mut self, key: &str) -> Result<()> {
        let write = self.write()?;
        write
            .prepare_cached("UPDATE report_job SET state = 'sending' WHERE key = ?1")?
            .execute([key])?;
        Ok(write.commit()?)
    }

    /// Notes in the journal what became of printing a page. Where a person is `asked` whether it is
    /// there it is kept, so that they are asked after a restart, too; else it is done with.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn report_printed(
        &mut self,
        key: &str,
        state: PrintState,
        asked: bool,
        at: Timestamp,
    ) -> Result<()> {
        let write = self.write()?;
        if asked {
            // Of what failed nothing was printed.
            let kept = match state {
                PrintState::Unconfirmed | PrintState::Sending => PrintState::Unconfirmed,
                _ => PrintState::Queued,
            };
            write
                .prepare_cached("UPDATE report_job SET state = ?2 WHERE key = ?1")?
                .execute([key, kept.name()])?;
        } else {
            write
                .prepare_cached("DELETE FROM report_job WHERE key = ?1")?
                .execute([key])?;
        }
        let facts = serde_json::json!({ "report": key, "outcome": state.name() });
        journal::append(&write, JournalKind::Print, &facts, at)?;
        Ok(write.commit()?)
    }

    /// The pages that wait to be printed or to be asked about, oldest first.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn reports_pending(&self) -> Result<Vec<ReportJob>> {
        let mut statement = self.till.prepare_cached(
            "SELECT key, title, at, state, page FROM report_job ORDER BY at, rowid",
        )?;
        let mut rows = statement.query([])?;
        let mut jobs = Vec::new();
        while let Some(row) = rows.next()? {
            let key: String = row.get(0)?;
            let what = format!("the page of {key}");
            jobs.push(ReportJob {
                title: row.get(1)?,
                at: timestamp(row.get(2)?, &what)?,
                state: PrintState::stored(row.get_ref(3)?.as_str().unwrap_or(""))?,
                page: from_json(row.get_ref(4)?.as_str().unwrap_or(""), &what)?,
                key,
            });
        }
        Ok(jobs)
    }
}

/// Keeps a page within the transaction of what it is about.
pub(crate) fn put(write: &Connection, job: &ReportJob) -> Result<()> {
    write
        .prepare_cached(
            "INSERT OR REPLACE INTO report_job (key, state, at, title, page)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            job.key,
            job.state.name(),
            job.at.as_millisecond(),
            job.title,
            to_json(&job.page)?
        ])?;
    Ok(())
}

impl Records<'_> {
    /// What became of printing the report or slip of the document with this key: the latest outcome
    /// in the journal, `None` where there is none.
    ///
    /// # Errors
    /// [`crate::StoreError`] when the journal cannot be read.
    pub fn report_printed(&self, key: &str) -> Result<Option<PrintState>> {
        // Nothing before the document's own entry can be of it.
        let outcome: Option<Option<String>> = self
            .till
            .prepare_cached(
                "SELECT json_extract(body, '$.outcome') FROM journal
                 WHERE json_extract(body, '$.report') = ?1 OR json_extract(body, '$.key') = ?1
                 ORDER BY number DESC LIMIT 1",
            )?
            .query_row([key], |row| row.get(0))
            .optional()?;
        outcome
            .flatten()
            .map(|state| PrintState::stored(&state))
            .transpose()
    }
}
