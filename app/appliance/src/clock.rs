//! A point in time that can be compared across restarts and across changes of the clock.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// When something happened, by three witnesses: which start of the machine, how long after it, and
/// what the wall clock said. Within one start only the running time counts, so that setting the
/// clock changes nothing; across a restart the wall clock is all there is besides the new running
/// time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Names this start of the machine. Empty when the system does not say.
    pub boot: String,
    /// Since the machine started, in milliseconds; sleep included. Never goes back.
    pub running: u64,
    /// Since 1970-01-01 UTC by the wall clock, in milliseconds. May jump either way.
    pub wall: u64,
}

impl Moment {
    /// The present, as Linux tells it. Where it does not tell which start of the machine this is,
    /// the wall clock alone remains.
    #[must_use]
    pub fn now() -> Self {
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let running = fs::read_to_string("/proc/uptime").unwrap_or_default();
        let wall = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            boot: boot.trim().to_owned(),
            running: uptime_milliseconds(&running),
            wall: u64::try_from(wall.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// How much time has passed since `earlier`, by the best witness there is; nothing where that
    /// one says that it lies ahead.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Duration {
        let by_the_wall = self.wall.saturating_sub(earlier.wall);
        let milliseconds = if self.boot.is_empty() || earlier.boot.is_empty() {
            by_the_wall
        } else if self.boot == earlier.boot {
            self.running.saturating_sub(earlier.running)
        } else {
            // The machine was started in between, so all its running time lies after `earlier`.
            self.running.max(by_the_wall)
        };
        Duration::from_millis(milliseconds)
    }
}

/// The first number of `/proc/uptime`, which is in seconds with two decimals; 0 if there is none.
fn uptime_milliseconds(text: &str) -> u64 {
    let Some((seconds, hundredths)) = text
        .split_whitespace()
        .next()
        .and_then(|first| first.split_once('.'))
    else {
        return 0;
    };
    match (seconds.parse::<u64>(), hundredths.parse::<u64>()) {
        (Ok(seconds), Ok(hundredths)) => seconds
            .saturating_mul(1000)
            .saturating_add(hundredths.saturating_mul(10)),
        _ => 0,
    }
}
