//! How long to leave something alone that failed.

use std::time::{Duration, Instant};

use erpnext::problem::backoff;

/// A wait that grows with each failure. It goes by the machine's running time: setting the clock
/// neither ends nor lengthens it.
pub(super) struct Pause {
    until: Instant,
    failures: u32,
}

impl Pause {
    /// No pause, and no failures.
    pub(super) fn none() -> Self {
        Self {
            until: Instant::now(),
            failures: 0,
        }
    }

    /// How long it still is.
    pub(super) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Whether it is over.
    pub(super) fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    /// Whether the last attempt failed.
    pub(super) fn has_failed(&self) -> bool {
        self.failures > 0
    }

    /// It failed again: pauses longer than the last time, and as long as was asked at least.
    pub(super) fn fail(&mut self, asked: Option<Duration>) {
        let own = backoff(self.failures, getrandom::u64().unwrap_or_default());
        self.failures = self.failures.saturating_add(1);
        self.until = Instant::now() + asked.map_or(own, |asked| asked.max(own));
    }

    /// Ends the pause; the failures still count.
    pub(super) fn end(&mut self) {
        self.until = Instant::now();
    }

    /// It went well: the next time is after this.
    pub(super) fn rest(&mut self, next: Duration) {
        self.failures = 0;
        self.until = Instant::now() + next;
    }
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_pause_grows_with_each_failure_until_it_goes_well() {
        let mut pause = Pause::none();
        assert!(pause.is_over() && !pause.has_failed());
        for _ in 0..8 {
            pause.fail(None);
        }
        // The eighth waits a minute at least; a quarter of that leaves room for a slow machine.
        assert!(pause.left() > Duration::from_secs(15) && pause.has_failed());
        pause.end();
        assert!(pause.is_over() && pause.has_failed());
        pause.rest(Duration::ZERO);
        assert!(pause.is_over() && !pause.has_failed());
        pause.fail(Some(Duration::from_secs(600)));
        assert!(
            pause.left() > Duration::from_secs(300),
            "the site asked for it"
        );
    }
}
