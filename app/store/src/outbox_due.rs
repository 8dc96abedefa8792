//! Which document is to be sent now.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::column::{from_json, timestamp};
use crate::commit::Store;
use crate::error::Result;
use crate::outbox::{OutboxDocument, OutboxEntry};
use crate::outbox_trouble::Parking;

/// No wait is longer, in milliseconds: a later time was noted while the clock was wrong.
const DAY: i64 = 86_400_000;

/// What waits behind something parked, however far, what another till has not sent after eight
/// attempts, which are some minutes, and what the site's queue holds for long.
const HELD: &str = "WITH RECURSIVE held (id) AS (
    SELECT id FROM outbox WHERE state = 'parked'
    UNION
    SELECT id FROM outbox WHERE state = 'waiting' AND waits_for_till = 1 AND attempts >= 8
    UNION
    SELECT behind.id FROM held JOIN outbox AS behind
        ON behind.depends_on = held.id AND behind.state = 'waiting'
    UNION
    SELECT entry FROM held JOIN outbox_need ON needs = held.id)";

/// A row and what stands behind it.
const ROWS: &str = "outbox AS waiting
    LEFT JOIN outbox AS opening ON opening.id = waiting.depends_on
    LEFT JOIN closing ON waiting.kind = 'closing' AND closing.key = waiting.document";

/// What it depends on is there, or was settled by hand. Shifts are opened in their order, and closed
/// in it: a closing takes what is left of shifts before. A closing goes when each sale of its shift
/// is delivered, or cannot be for now; what is closed later goes when no shift is open and nothing
/// else is under way.
const MAY_GO: &str = "waiting.state = 'waiting'
    AND (waiting.depends_on IS NULL OR opening.state IN ('delivered', 'settled'))
    AND NOT EXISTS (
        SELECT 1 FROM outbox_need JOIN outbox AS need ON need.id = needs
        WHERE entry = waiting.id AND need.state NOT IN ('delivered', 'settled'))
    AND (waiting.kind <> 'shift' OR NOT EXISTS (
        SELECT 1 FROM outbox AS before
        WHERE before.state = 'waiting' AND before.kind = 'shift' AND before.id < waiting.id))
    AND (waiting.kind <> 'closing' OR NOT EXISTS (
        SELECT 1 FROM outbox AS sold
        WHERE sold.depends_on = waiting.depends_on AND sold.kind = 'sale'
            AND sold.state = 'waiting' AND sold.id NOT IN (SELECT id FROM held)))
    AND (waiting.kind <> 'closing' OR NOT EXISTS (
        SELECT 1 FROM outbox AS before JOIN closing AS counted ON counted.key = before.document
        WHERE before.kind = 'closing' AND before.state = 'waiting' AND before.id < waiting.id
            AND before.id NOT IN (SELECT id FROM held)))
    AND (waiting.kind <> 'closing' OR closing.key IS NOT NULL OR (
        NOT EXISTS (
            SELECT 1 FROM shift WHERE number = (SELECT max(number) FROM shift)
                AND key NOT IN (SELECT shift FROM closing))
        AND NOT EXISTS (
            SELECT 1 FROM outbox AS other
            WHERE other.state = 'waiting' AND other.id NOT IN (SELECT id FROM held)
                AND (other.kind <> 'closing' OR other.document IN (SELECT key FROM closing)))))";

/// A row that is due.
struct Due {
    id: i64,
    kind: String,
    label: String,
    attempts: u32,
    shift_entry: Option<i64>,
    opening_entry: Option<String>,
    customer: Option<String>,
    body: Option<String>,
}

impl Store {
    /// The document to be sent now: its wait is over, and what it depends on is delivered. Of
    /// several the one that failed least often, then the oldest, so that one that keeps failing
    /// keeps no other back. A parked or waiting document holds up nothing but what depends on it;
    /// one that cannot be read any more is parked.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError) when the outbox cannot be read.
    pub fn outbox_next(&mut self, now: Timestamp) -> Result<Option<OutboxEntry>> {
        while let Some(due) = self.due(now)? {
            match due.document() {
                Ok(document) => {
                    return Ok(Some(OutboxEntry {
                        id: due.id,
                        document,
                        attempts: due.attempts,
                        shift_entry: due.shift_entry,
                        opening_entry: due.opening_entry,
                        customer: due.customer,
                    }));
                }
                Err(error) => {
                    let remedy = "Keep the data folder, enter this document in ERPNext by hand, and then settle it here.";
                    let cause = error.to_string();
                    let parking = Parking {
                        cause: &cause,
                        remedy,
                        booked_as: None,
                    };
                    self.outbox_parked(due.id, &parking, now)?;
                }
            }
        }
        Ok(None)
    }

    /// When the next document that waits for its time falls due, seen from `now`: how long to
    /// sleep after [`Store::outbox_next`] found nothing. `None` when nothing waits for a time.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError) when the outbox cannot be read.
    pub fn outbox_next_time(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let sql = format!(
            "{HELD} SELECT min(CASE WHEN waiting.not_before > ?1 THEN 0 ELSE waiting.not_before END)
             FROM {ROWS} WHERE {MAY_GO}"
        );
        let mut statement = self.till.prepare_cached(&sql)?;
        let earliest: Option<i64> = statement.query_row([latest(now)], |row| row.get(0))?;
        earliest
            .map(|time| timestamp(time, "the outbox"))
            .transpose()
    }

    fn due(&self, now: Timestamp) -> Result<Option<Due>> {
        let sql = format!(
            "{HELD} SELECT waiting.id,
                 CASE WHEN waiting.kind = 'closing' AND closing.key IS NULL THEN 'late closing'
                     ELSE waiting.kind END,
                 waiting.label, waiting.attempts, opening.id, opening.erpnext_name,
                 (SELECT need.erpnext_name FROM outbox_need JOIN outbox AS need ON need.id = needs
                  WHERE entry = waiting.id AND need.kind = 'customer'),
                 CASE waiting.kind
                     WHEN 'customer' THEN
                         (SELECT body FROM new_customer WHERE key = waiting.document)
                     WHEN 'shift' THEN (SELECT body FROM shift WHERE key = waiting.document)
                     WHEN 'sale' THEN (SELECT body FROM sale WHERE key = waiting.document)
                     ELSE coalesce(closing.body,
                         (SELECT body FROM shift WHERE key = opening.document))
                 END
             FROM {ROWS}
             WHERE {MAY_GO} AND (waiting.not_before <= ?1 OR waiting.not_before > ?2)
             ORDER BY waiting.attempts, waiting.id LIMIT 1"
        );
        let mut statement = self.till.prepare_cached(&sql)?;
        let times = [now.as_millisecond(), latest(now)];
        Ok(statement.query_row(times, Due::of).optional()?)
    }
}

impl Due {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            kind: row.get(1)?,
            label: row.get(2)?,
            attempts: row.get(3)?,
            shift_entry: row.get(4)?,
            opening_entry: row.get(5)?,
            customer: row.get(6)?,
            body: row.get(7)?,
        })
    }

    fn document(&self) -> Result<OutboxDocument> {
        let body = self.body.as_deref().unwrap_or("");
        match self.kind.as_str() {
            "customer" => from_json(body, &self.label).map(OutboxDocument::Customer),
            "shift" => from_json(body, &self.label).map(OutboxDocument::Shift),
            "sale" => from_json(body, &self.label).map(OutboxDocument::Sale),
            "closing" => from_json(body, &self.label).map(OutboxDocument::Closing),
            _ => from_json(body, &self.label).map(OutboxDocument::LateClosing),
        }
    }
}

/// The latest time that a wait noted now could end.
fn latest(now: Timestamp) -> i64 {
    now.as_millisecond().saturating_add(DAY)
}
