//! How long a printer still prints what it has taken.
//!
//! One that reports no completion says at once that nothing is wrong, while a whole receipt lies in
//! its buffer. What it was given is known, and how slow it may be: until then nothing is believed.

use std::time::{Duration, Instant};

/// The paper that is still to come out.
#[derive(Debug)]
pub(super) struct Paper {
    /// When the last of it is out.
    until: Instant,
    rows_per_second: u32,
}

impl Paper {
    /// None is to come out of a printer of this speed.
    pub(super) fn still(now: Instant, rows_per_second: u32) -> Paper {
        Paper {
            until: now,
            rows_per_second: rows_per_second.max(1),
        }
    }

    /// The printer was given so many rows more.
    pub(super) fn give(&mut self, rows: u32, now: Instant) {
        let time = Duration::from_secs(1) * rows / self.rows_per_second;
        self.until = self.until.max(now) + time;
    }

    /// It printed nothing for so long.
    pub(super) fn stood_still(&mut self, time: Duration, now: Instant) {
        if self.until + time > now {
            self.until += time;
        }
    }

    /// What was to come out never will.
    pub(super) fn forget(&mut self, now: Instant) {
        self.until = now;
    }

    /// When all of it is out, at the latest.
    pub(super) fn out(&self) -> Instant {
        self.until
    }
}
