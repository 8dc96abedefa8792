//! How long to wait before a port is tried again.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(4);

/// Doubles the pause with each failure, so that a missing device costs next to nothing and one
/// that comes back is found within seconds.
#[derive(Debug)]
pub(super) struct Backoff {
    pause: Duration,
    longest: Duration,
    due: Instant,
}

impl Backoff {
    pub(super) fn new() -> Backoff {
        Backoff::no_longer_than(LONGEST)
    }

    /// With other pauses at the longest, for what must not be found late.
    pub(super) fn no_longer_than(longest: Duration) -> Backoff {
        Backoff {
            pause: FIRST,
            longest,
            due: Instant::now(),
        }
    }

    /// When to try next.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    pub(super) fn failed(&mut self) {
        self.due = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(self.longest);
    }

    /// Not before then, whatever failed.
    pub(super) fn rest(&mut self, until: Instant) {
        self.due = until;
    }

    pub(super) fn succeeded(&mut self) {
        self.pause = FIRST;
    }
}
