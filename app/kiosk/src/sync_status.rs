//! `evertill sync-status`: what has not reached ERPNext yet, for a fleet's monitoring.

use std::path::Path;

use anyhow::Context;
use checkout::money::Money;
use jiff::Timestamp;
use serde::Serialize;
use store::{OutboxLine, OutboxSummary, ReadStore, SendState};

use crate::config::Config;
use crate::output::say;
use crate::sync::connection::ConnectionTrouble;

/// So many documents are told one by one; the sums are of all.
const LISTED: u32 = 1_000;

/// What is printed, as one JSON document. Times are in universal time.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SyncStatus {
    /// The prefix of the till's receipt numbers.
    pub till: String,
    /// The POS Profile.
    pub pos_profile: String,
    /// The site's address; null where there is none.
    pub site: Option<String>,
    /// The version of the program.
    pub version: &'static str,
    /// When this was read.
    pub at: Timestamp,
    /// When ERPNext answered last, as far as it is on record.
    pub last_contact: Option<Timestamp>,
    /// What is in the way of sending and downloading, in the words of the screen: no route, a wrong
    /// certificate, a key that is refused. Null where nothing is, or since the till runs no more was.
    pub connection: Option<ConnectionTrouble>,
    /// The number of the shift that is open; null where none is.
    pub open_shift: Option<u64>,
    /// How much waits, in all.
    pub unsent: Sum,
    /// When the oldest document that waits was made.
    pub oldest: Option<Timestamp>,
    /// How much waits, by doctype.
    pub kinds: Vec<Kind>,
    /// The documents that wait, those first that need a person; at most a thousand.
    pub documents: Vec<Document>,
}

/// How much waits.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Sum {
    /// How many documents.
    pub documents: u64,
    /// How many of them ERPNext refused: a person has to see to them.
    pub parked: u64,
    /// What they are worth, one amount for each currency.
    pub value: Vec<Amount>,
}

/// How much of one doctype waits.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Kind {
    /// The doctype.
    pub doctype: &'static str,
    /// How much.
    #[serde(flatten)]
    pub sum: Sum,
}

/// An amount: an exact decimal as text, and its currency.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Amount {
    /// The amount.
    pub amount: String,
    /// The currency.
    pub currency: String,
}

/// A document that waits.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Document {
    /// The doctype.
    pub doctype: &'static str,
    /// The receipt number of a sale, the key of other documents.
    pub label: String,
    /// What it is worth.
    pub value: Option<Amount>,
    /// When it was made.
    pub made_at: Timestamp,
    /// `waiting`, `held up` (by another document that stands still) or `parked`.
    pub state: &'static str,
    /// What holds it up; null where that is no document of this list.
    pub waits_for: Option<WaitsFor>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it is not sent, in words.
    pub cause: Option<String>,
    /// What to do, in words.
    pub remedy: Option<String>,
    /// It is not tried again before this time.
    pub not_before: Option<Timestamp>,
}

/// A document that another waits for.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct WaitsFor {
    /// The doctype.
    pub doctype: &'static str,
    /// The receipt number of a sale, the key of other documents.
    pub label: String,
}

/// Prints the status of a data folder as JSON, also while its till runs.
///
/// # Errors
/// When the folder has no till, or cannot be read.
pub fn run(data: &Path) -> anyhow::Result<()> {
    let config = Config::read(data)?;
    let status = read(data, &config, Timestamp::now())?;
    let json = serde_json::to_string_pretty(&status).context("the status has no JSON form")?;
    Ok(say(json)?)
}

/// Reads the status of a data folder.
///
/// # Errors
/// [`store::StoreError`] when it cannot be read.
pub fn read(data: &Path, config: &Config, at: Timestamp) -> Result<SyncStatus, store::StoreError> {
    let read = ReadStore::open(data)?;
    let records = read.records();
    let OutboxSummary {
        unsent,
        unsent_value,
        oldest,
        parked,
        ..
    } = records.outbox_summary()?;
    let kinds = records.unsent_kinds()?;
    Ok(SyncStatus {
        till: config.till.clone(),
        pos_profile: config.pos_profile.clone(),
        site: config.site.as_ref().map(|site| site.url.clone()),
        version: env!("CARGO_PKG_VERSION"),
        at,
        last_contact: read.last_contact()?,
        connection: ConnectionTrouble::read(data),
        open_shift: records.open_shift()?.map(|shift| shift.number),
        unsent: Sum {
            documents: unsent,
            parked,
            value: amounts(&unsent_value),
        },
        oldest,
        kinds: kinds
            .iter()
            .map(|kind| Kind {
                doctype: kind.doctype,
                sum: Sum {
                    documents: kind.documents,
                    parked: kind.parked,
                    value: amounts(&kind.value),
                },
            })
            .collect(),
        documents: records
            .outbox_entries(LISTED)?
            .into_iter()
            .map(document)
            .collect(),
    })
}

fn amounts(money: &[Money]) -> Vec<Amount> {
    money.iter().copied().map(amount).collect()
}

fn amount(money: Money) -> Amount {
    Amount {
        amount: money.number(),
        currency: money.currency.code().to_owned(),
    }
}

fn document(line: OutboxLine) -> Document {
    let plain = Document {
        doctype: line.doctype,
        label: line.label,
        value: line.amount.map(amount),
        made_at: line.made_at,
        state: "waiting",
        waits_for: None,
        attempts: 0,
        cause: None,
        remedy: None,
        not_before: None,
    };
    match line.sent {
        SendState::Waiting {
            attempts,
            cause,
            remedy,
            not_before,
        } => Document {
            attempts,
            cause,
            remedy: Some(remedy).filter(|remedy| !remedy.is_empty()),
            not_before,
            ..plain
        },
        SendState::HeldUp {
            cause,
            remedy,
            behind,
        } => Document {
            state: "held up",
            waits_for: behind.map(|behind| WaitsFor {
                doctype: behind.doctype,
                label: behind.label,
            }),
            cause: Some(cause),
            remedy: Some(remedy),
            ..plain
        },
        SendState::Parked { cause, remedy, .. } => Document {
            state: "parked",
            cause: Some(cause),
            remedy: Some(remedy),
            ..plain
        },
        SendState::Delivered { .. } => Document {
            state: "delivered",
            ..plain
        },
        SendState::Settled { .. } => Document {
            state: "settled",
            ..plain
        },
    }
}
