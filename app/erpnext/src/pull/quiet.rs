//! For how long nothing new came.

use std::collections::HashMap;

use checkout::masters::Doctype;
use jiff::Timestamp;

use super::cursor::{self, Cursor, OVERLAP, SiteClock};

/// For how long each cursor has been the newest: when it was seen first, at the latest, and when
/// the last reading that saw it began.
#[derive(Default)]
pub(super) struct Quiet {
    seen: HashMap<Doctype, (Cursor, Timestamp, Timestamp)>,
}

impl Quiet {
    /// Whether the rows behind a cursor were read again long enough after it became the newest:
    /// then no slow transaction is left that could slip in behind it.
    pub(super) fn is_settled(&self, doctype: Doctype, cursor: &Cursor, clock: &SiteClock) -> bool {
        let seen = self
            .seen
            .get(&doctype)
            .filter(|(known, ..)| known == cursor);
        let long = seen.is_some_and(|(_, first, last)| last.duration_since(*first) >= OVERLAP);
        let set_back = || {
            let newest = cursor.modified.parse().ok()?;
            cursor::set_back_since(newest, clock)
        };
        long && set_back().is_none()
    }

    /// A doctype was read to its end, and this is where it ends. A reading over a bad line may have
    /// begun long before it ended.
    pub(super) fn note(
        &mut self,
        doctype: Doctype,
        cursor: Cursor,
        began: Timestamp,
        now: Timestamp,
    ) {
        let first = match self.seen.get(&doctype) {
            Some((known, first, _)) if *known == cursor => *first,
            _ => now,
        };
        self.seen.insert(doctype, (cursor, first, began));
    }
}
