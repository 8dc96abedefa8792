//! A point in time that can be compared across restarts and across changes of the clock.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// When something happened, by three witnesses: which start of the machine, how long after it, and
/// what the wall clock said. Only running time counts, so that setting the clock changes nothing,
/// not even while the machine restarts: what passed while it was off is then unknown, and not
/// counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Names this start of the machine. Empty when the system does not say.
    pub boot: String,
    /// Since the machine started, in milliseconds; sleep included. Never goes back.
    pub running: u64,
    /// Since 1970-01-01 UTC by the wall clock, in milliseconds. May jump either way; counts only
    /// where the system does not name its starts.
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

    /// How much time has passed since `earlier` at the least; nothing where `earlier` lies ahead.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Duration {
        let milliseconds = if self.boot.is_empty() && earlier.boot.is_empty() {
            self.wall.saturating_sub(earlier.wall)
        } else if self.boot == earlier.boot {
            self.running.saturating_sub(earlier.running)
        } else {
            // The machine was started in between, so all its running time lies after `earlier`.
            self.running
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
