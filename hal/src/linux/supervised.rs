//! A device's thread goes on after its driver panicked.
//!
//! Nothing that a device sends is to make a driver panic, and no such way is known. Where one does
//! all the same, a shop must not be left with a device that is silent for good and shown as it was
//! last: the driver begins anew by itself, with what is queued, and what was under way is told as
//! something that nobody knows the end of.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::common::Common;

/// A driver that has worked for so long has recovered.
const STEADY: Duration = Duration::from_secs(60);

/// What a device's thread runs. It outlives a panic, and with it all that is queued in it.
pub(super) trait Driver: Send + 'static {
    /// Works until it is told to stop.
    fn work(&mut self);

    /// Begins anew after a panic: lets go of the port until `until` and tells it as
    /// [`crate::PortState::Faulted`], ends what was under way as unknown, and forgets whatever was
    /// half understood. What waits is left as it is. [`Driver::work`] follows.
    fn recover(&mut self, until: Instant);
}

/// Runs a driver until it is told to stop, and again after each panic, at longer pauses while it
/// does not get well.
pub(super) fn supervise(common: &Common, mut driver: impl Driver) {
    let mut backoff = Backoff::new();
    let mut resting: Option<Instant> = None;
    loop {
        let begun = Instant::now();
        let was_stopping = common.stopping();
        // What is half changed in the driver `recover` sets anew.
        let life = catch_unwind(AssertUnwindSafe(|| {
            if let Some(until) = resting {
                driver.recover(until);
            }
            driver.work();
        }));
        // On the way out it has one more try at telling what becomes of its queue.
        if life.is_ok() || was_stopping {
            return;
        }
        if begun.elapsed() >= STEADY {
            backoff.succeeded();
        }
        // One that panics while it leaves its port alone would do so again at once.
        if let Some(until) = resting {
            common.sleep(until);
        }
        backoff.failed();
        resting = Some(backoff.due());
    }
}
