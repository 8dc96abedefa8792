//! How long to wait before a port is tried again.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(4);

/// Doubles the pause with each failure, so that a missing device costs next to nothing and one
/// that comes back is found within seconds.
#[derive(Debug)]
pub(super) struct Backoff {
    pause: Duration,
    due: Instant,
}

impl Backoff {
    pub(super) fn new() -> Backoff {
        Backoff {
            pause: FIRST,
            due: Instant::now(),
        }
    }

    /// When to try next.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    pub(super) fn failed(&mut self) {
        self.due = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(LONGEST);
    }

    /// Not before then, whatever failed.
    pub(super) fn rest(&mut self, until: Instant) {
        self.due = until;
    }

    pub(super) fn succeeded(&mut self) {
        self.pause = FIRST;
    }
}
