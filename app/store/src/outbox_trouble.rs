//! What keeps a document from being sent, and when to stop trying by itself.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::commit::Store;
use crate::error::Result;
use crate::journal::{self, JournalKind};
use crate::outbox::State;

/// A document that the site refuses so often, while it takes others or there are no others, waits
/// for a person. By the waits between the attempts that is a quarter of an hour.
const MOST_ALONE: u32 = 10;
/// A document that fares as others do: what is refused all of them is the site's, and passes once
/// somebody puts it right. After some six hours they wait for a person all the same, because what
/// could go on without them would wait for ever.
const MOST: u32 = 40;
/// What waits for another till so long, in milliseconds, waits for a person too: that till may be
/// broken, or its document settled there. Two weeks, because a till may well be without a network
/// for one.
const LONGEST: i64 = 14 * 24 * 60 * 60 * 1_000;
/// What to do then.
const NEVER_COMES: &str = "If it never will, enter this document in ERPNext by hand, then settle it here; otherwise try it again.";

/// Why a document was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trouble<'a> {
    /// Whose trouble it is.
    pub hindrance: Hindrance,
    /// What is in the way, in words.
    pub cause: &'a str,
    /// What to do about it, in words.
    pub remedy: &'a str,
}

/// Whose trouble it is that a document was not sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hindrance {
    /// The site's as a whole (it is away, busy, or not set up), or something that passes by itself.
    Passing,
    /// Something else has to come first.
    Order,
    /// Another till has to send something first.
    AnotherTill,
    /// The site has it, and has not come to it for long.
    Queue,
    /// The site answered and did not take this one.
    Refused,
    /// The site answered before and came to no end with this one: it may be this one's or the
    /// site's, which only others tell that it takes meanwhile.
    Doubtful,
}

/// Why a document waits for a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parking<'a> {
    /// What is wrong, as a sentence.
    pub cause: &'a str,
    /// What to do about it, as a sentence.
    pub remedy: &'a str,
    /// ERPNext's name of the submitted document that it has of it, although that differs.
    pub booked_as: Option<&'a str>,
}

impl Store {
    /// Notes why sending failed, and when to try again: within a day. A document that the site has
    /// refused so often that trying again is in vain is parked with the same reason; says whether
    /// it was.
    ///
    /// # Errors
    /// [`StoreError::NotFound`](crate::StoreError::NotFound) for an unknown id,
    /// [`StoreError::Inconsistent`](crate::StoreError::Inconsistent) when it is not waiting;
    /// otherwise what the disk refuses.
    pub fn outbox_retry(
        &mut self,
        id: i64,
        trouble: &Trouble<'_>,
        not_before: Timestamp,
        at: Timestamp,
    ) -> Result<bool> {
        let write = self.write()?;
        let entry = State::of(&write, id)?;
        entry.must_be("waiting")?;
        let (hindrance, refused) = match trouble.hindrance {
            Hindrance::Passing => ("passing", 0),
            Hindrance::Order | Hindrance::AnotherTill | Hindrance::Queue => ("order", 0),
            Hindrance::Refused | Hindrance::Doubtful => ("refused", 1),
        };
        let waits_for_till = trouble.hindrance == Hindrance::AnotherTill;
        let waits_elsewhere = waits_for_till || trouble.hindrance == Hindrance::Queue;
        let (refused, others_taken, made_at): (u32, bool, i64) = write
            .prepare_cached(
                "UPDATE outbox SET attempts = attempts + 1, cause = ?2, remedy = ?3,
                     not_before = ?4, hindrance = ?5, refused = refused + ?6,
                     waits_for_till = ?7
                 WHERE id = ?1 RETURNING refused, others_taken, made_at",
            )?
            .query_row(
                params![
                    id,
                    trouble.cause,
                    trouble.remedy,
                    not_before.as_millisecond(),
                    hindrance,
                    refused,
                    waits_elsewhere
                ],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?;
        let is_hopeless = match (trouble.hindrance, refused) {
            (Hindrance::AnotherTill, _) => at.as_millisecond().saturating_sub(made_at) > LONGEST,
            (Hindrance::Passing | Hindrance::Order | Hindrance::Queue, _) | (_, ..MOST_ALONE) => {
                false
            }
            (_, MOST..) => true,
            (Hindrance::Doubtful, _) => others_taken,
            (Hindrance::Refused, _) => others_taken || is_alone(&write, &entry.kind, id)?,
        };
        if is_hopeless {
            let cause = trouble.cause.trim_end_matches('.');
            let (cause, then) = match waits_for_till {
                true => (format!("For two weeks {cause}."), NEVER_COMES),
                false => (
                    format!("Sent {refused} times and never taken: {cause}."),
                    "Then try it again.",
                ),
            };
            let remedy = format!("{} {then}", trouble.remedy);
            let parking = Parking {
                cause: &cause,
                remedy: remedy.trim_start(),
                booked_as: None,
            };
            park(&write, id, &entry, &parking, at)?;
        }
        write.commit()?;
        Ok(is_hopeless)
    }

    /// Sets a document aside until a person has seen to it. It stays in the outbox, and what
    /// depends on it waits.
    ///
    /// # Errors
    /// [`StoreError::NotFound`](crate::StoreError::NotFound) for an unknown id,
    /// [`StoreError::Inconsistent`](crate::StoreError::Inconsistent) when it is not waiting;
    /// otherwise what the disk refuses.
    pub fn outbox_parked(&mut self, id: i64, parking: &Parking<'_>, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        let entry = State::of(&write, id)?;
        entry.must_be("waiting")?;
        park(&write, id, &entry, parking, at)?;
        Ok(write.commit()?)
    }
}

/// Whether no other document of this kind was refused that is not in ERPNext yet.
fn is_alone(till: &Connection, kind: &str, id: i64) -> Result<bool> {
    let other = till
        .prepare_cached(
            "SELECT 1 FROM outbox WHERE kind = ?1 AND refused > 0 AND id <> ?2
                 AND state IN ('waiting', 'parked')",
        )?
        .exists(params![kind, id])?;
    Ok(!other)
}

fn park(
    write: &Connection,
    id: i64,
    entry: &State,
    parking: &Parking<'_>,
    at: Timestamp,
) -> Result<()> {
    write
        .prepare_cached(
            "UPDATE outbox SET state = 'parked', cause = ?2, remedy = ?3, booked_as = ?4
             WHERE id = ?1",
        )?
        .execute(params![
            id,
            parking.cause,
            parking.remedy,
            parking.booked_as
        ])?;
    let facts = serde_json::json!({
        "document": entry.on_record(),
        "outcome": "parked",
        "cause": entry.words_on_record(parking.cause),
    });
    journal::append(write, JournalKind::Sync, &facts, at)?;
    Ok(())
}
