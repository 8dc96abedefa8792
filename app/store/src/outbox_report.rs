//! What has not reached ERPNext, for programs that watch many tills.

use jiff::Timestamp;
use serde::Serialize;

use checkout::money::Money;

use crate::error::Result;
use crate::outbox_list::{OutboxLine, SendState};
use crate::records::Records;

/// What has not reached ERPNext at a time: as JSON, one object whose fields keep their names.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct OutboxReport {
    /// When the report was made.
    pub at: Timestamp,
    /// How many documents, parked ones too.
    pub unsent: u64,
    /// How many of them a person has to see to.
    pub parked: u64,
    /// What the sales among them are worth, one amount for each currency.
    pub unsent_value: Vec<Money>,
    /// When the oldest of them was made.
    pub oldest: Option<Timestamp>,
    /// How old that is, in seconds; 0 where the clock was set back since.
    pub oldest_age_seconds: Option<u64>,
    /// The documents: parked ones first, then the oldest.
    pub documents: Vec<UnsentDocument>,
    /// How many documents the list leaves out.
    pub left_off: u64,
}

/// A document that has not reached ERPNext.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct UnsentDocument {
    /// What the till knows it by.
    pub id: i64,
    /// What ERPNext calls it.
    pub doctype: &'static str,
    /// The receipt number of a sale, the key of a shift or closing, the name of a customer.
    pub label: String,
    /// What a sale is worth.
    pub amount: Option<Money>,
    /// When it was made.
    pub made_at: Timestamp,
    /// How old it is, in seconds.
    pub age_seconds: u64,
    /// `waiting`, `held up` behind another, or `parked` until a person has seen to it.
    pub state: &'static str,
    /// How often sending it failed.
    pub attempts: u32,
    /// When it is tried again, where it waits for a time.
    pub next_attempt: Option<Timestamp>,
    /// What is in the way.
    pub cause: Option<String>,
    /// What to do about it; for what waits it passes by itself.
    pub remedy: Option<String>,
}

impl Records<'_> {
    /// What has not reached ERPNext, with so many documents at most.
    ///
    /// # Errors
    /// [`crate::StoreError`] when the outbox cannot be read.
    pub fn outbox_report(&self, now: Timestamp, limit: u32) -> Result<OutboxReport> {
        let summary = self.outbox_summary()?;
        let lines = self.outbox_entries(limit)?;
        let documents: Vec<_> = lines
            .into_iter()
            .map(|line| UnsentDocument::of(line, now))
            .collect();
        Ok(OutboxReport {
            at: now,
            unsent: summary.unsent,
            parked: summary.parked,
            oldest_age_seconds: summary.oldest.map(|oldest| age(oldest, now)),
            unsent_value: summary.unsent_value,
            oldest: summary.oldest,
            left_off: summary.unsent.saturating_sub(documents.len() as u64),
            documents,
        })
    }
}

impl UnsentDocument {
    fn of(line: OutboxLine, now: Timestamp) -> Self {
        let mut document = Self {
            id: line.id,
            doctype: line.doctype,
            label: line.label,
            amount: line.amount,
            made_at: line.made_at,
            age_seconds: age(line.made_at, now),
            state: "waiting",
            attempts: 0,
            next_attempt: None,
            cause: None,
            remedy: None,
        };
        match line.sent {
            SendState::Waiting {
                attempts,
                cause,
                not_before,
            } => {
                document.attempts = attempts;
                document.cause = cause;
                document.next_attempt = not_before;
            }
            SendState::HeldUp { cause, remedy } => {
                document.state = "held up";
                document.cause = Some(cause);
                document.remedy = Some(remedy);
            }
            SendState::Parked { cause, remedy } => {
                document.state = "parked";
                document.cause = Some(cause);
                document.remedy = Some(remedy);
            }
            SendState::Delivered { .. } => document.state = "delivered",
        }
        document
    }
}

fn age(made_at: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.duration_since(made_at).as_secs()).unwrap_or(0)
}
