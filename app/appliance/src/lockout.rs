//! How long a person waits after wrong PINs.
//!
//! The state is plain data that the store keeps per person; nothing here reads a clock, so a
//! restart, a wrong clock or a test all look alike.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Moment;

/// Wrong PINs that cost nothing: fingers slip.
pub const FREE_ATTEMPTS: u32 = 5;

/// The longest wait. With four digits and this wait, trying half of all PINs takes seven weeks.
pub const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// How long to wait after so many wrong PINs in a row: nothing up to [`FREE_ATTEMPTS`] less one,
/// then 30 seconds, 1, 2, 5 and ever after 15 minutes.
#[must_use]
pub const fn wait_after(failed: u32) -> Duration {
    let seconds = match failed.checked_sub(FREE_ATTEMPTS) {
        None => 0,
        Some(0) => 30,
        Some(1) => 60,
        Some(2) => 2 * 60,
        Some(3) => 5 * 60,
        Some(_) => return LONGEST_WAIT,
    };
    Duration::from_secs(seconds)
}

/// One person's wrong PINs since the last right one. Keep it across restarts; the default is a
/// clean slate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// How many in a row.
    pub failed: u32,
    /// When the last was, if there was any.
    pub last: Option<Moment>,
}

impl Attempts {
    /// How long to wait before the next try; zero when it may be made now.
    ///
    /// Only the machine's running time shortens the wait, so setting the clock does not help. A
    /// restart begins the wait anew, whatever the clock says then: nobody who can restart a box
    /// and set its clock guesses faster, and nobody waits longer than once more.
    #[must_use]
    pub fn wait(&self, now: &Moment) -> Duration {
        match &self.last {
            Some(last) => wait_after(self.failed).saturating_sub(now.since(last)),
            None => Duration::ZERO,
        }
    }

    /// Begins a try: counts it as wrong before the PIN is looked at. Make the returned state
    /// durable first; then a power cut between the guess and its answer gains nothing.
    ///
    /// # Errors
    /// The time still to wait, when it is too early. Nothing is counted then.
    pub fn begin(&self, now: &Moment) -> Result<Self, Duration> {
        let wait = self.wait(now);
        if wait > Duration::ZERO {
            return Err(wait);
        }
        Ok(Self {
            failed: self.failed.saturating_add(1),
            last: Some(now.clone()),
        })
    }
}
