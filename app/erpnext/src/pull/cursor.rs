//! How far a doctype was read, and where to begin again.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// How far a doctype was read. Opaque to whoever stores it: keep both texts and give them back
/// unchanged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Cursor {
    /// `modified` of the newest row that was read, in the site's time.
    pub modified: String,
    /// The name of that row, and after a line break what the doctype was filtered by: a cursor of
    /// another filter is worth nothing. In the middle of a doctype a further line has how far it
    /// reached when its reading began.
    pub name: String,
}

impl Cursor {
    /// Of a doctype that was read to this row, to its end.
    pub(super) fn new(at: &Mark, scope: &str) -> Self {
        Self {
            modified: at.modified.clone(),
            name: format!("{}\n{scope}", at.name),
        }
    }

    /// Of a doctype that is being read and reached up to `end` when that began.
    pub(super) fn amid(at: &Mark, scope: &str, end: &str) -> Self {
        Self {
            modified: at.modified.clone(),
            name: format!("{}\n{scope}\n{end}", at.name),
        }
    }

    /// The row it stands for, if it was made with the same filter, and in the middle of a doctype
    /// how far that reached.
    pub(super) fn within(&self, scope: &str) -> Option<(Mark, Option<String>)> {
        let mut lines = self.name.split('\n');
        let (name, own, end) = (lines.next()?, lines.next()?, lines.next());
        let mark = || Mark {
            modified: self.modified.clone(),
            name: name.to_owned(),
        };
        (own == scope).then(|| (mark(), end.map(str::to_owned)))
    }
}

/// A place in the order of (`modified`, `name`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mark {
    pub(super) modified: String,
    pub(super) name: String,
}

/// What time it is, and in which zone the site writes its times.
#[derive(Clone, Debug)]
pub struct SiteClock {
    /// Now.
    pub now: Timestamp,
    /// The zone of the site: `SystemSettings::time_zone`.
    pub time_zone: TimeZone,
}

/// How far behind the newest row a cycle begins: `modified` is taken before a transaction is
/// committed, so a slow one shows up later with an older time.
pub(super) const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

/// From which `modified` to read on after `modified`.
///
/// Times are the site's local ones without an offset. When its clocks were set back since, rows
/// written in the repeated hour are older than the newest row: then the reading begins where that
/// hour began. `None` when `modified` is not a time: read all.
pub(super) fn read_from(modified: &str, clock: &SiteClock) -> Option<String> {
    let newest: DateTime = modified.parse().ok()?;
    let usual = newest.saturating_sub(OVERLAP);
    let from =
        set_back_since(newest, clock).map_or(usual, |hour| usual.min(hour.saturating_sub(OVERLAP)));
    Some(from.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string())
}

/// The local time to which the site's clocks were set back between `newest` and now.
pub(super) fn set_back_since(newest: DateTime, clock: &SiteClock) -> Option<DateTime> {
    let zone = &clock.time_zone;
    let since = zone.to_ambiguous_timestamp(newest).earlier().ok()?;
    let since = since.checked_sub(OVERLAP).ok()?;
    let set_back = |at: Timestamp| {
        let before = zone.to_offset(at.checked_sub(SignedDuration::from_secs(1)).ok()?);
        let after = zone.to_offset(at);
        (after < before).then(|| after.to_datetime(at))
    };
    zone.following(since)
        .map(|transition| transition.timestamp())
        .take_while(|at| *at <= clock.now)
        .find_map(set_back)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn clock(now: &str) -> SiteClock {
        let time_zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        SiteClock {
            now: now.parse().unwrap(),
            time_zone,
        }
    }

    #[test]
    fn a_cycle_begins_ten_minutes_back() {
        let from = read_from("2026-11-23 02:14:31.470605", &clock("2026-11-23T09:00:00Z"));
        assert_eq!(from.unwrap(), "2026-11-23 02:04:31.470605");
        assert_eq!(read_from("yesterday", &clock("2026-11-23T09:00:00Z")), None);
    }

    #[test]
    fn the_repeated_hour_in_autumn_is_read_again() {
        // 2026-11-01, 02:00 becomes 01:00 at 06:00Z.
        let before = read_from("2026-11-01 01:50:00", &clock("2026-11-01T05:55:00Z")).unwrap();
        assert_eq!(before, "2026-11-01 01:40:00.000000");
        let during = read_from("2026-11-01 01:50:00", &clock("2026-11-01T06:05:00Z")).unwrap();
        assert_eq!(during, "2026-11-01 00:50:00.000000");
        // A till that was away over the change.
        let later = read_from("2026-11-01 01:50:00", &clock("2026-11-01T12:00:00Z")).unwrap();
        assert_eq!(later, "2026-11-01 00:50:00.000000");
        let past = read_from("2026-11-01 07:00:00", &clock("2026-11-01T12:30:00Z")).unwrap();
        assert_eq!(past, "2026-11-01 06:50:00.000000");
        // In spring nothing repeats.
        let spring = read_from("2026-03-08 01:50:00", &clock("2026-03-08T08:00:00Z")).unwrap();
        assert_eq!(spring, "2026-03-08 01:40:00.000000");
    }
}
