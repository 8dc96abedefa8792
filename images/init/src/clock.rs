//! The box's clock. A box that has none of its own, or one with an empty battery, goes on from where
//! it left off; a person may set it where no network does.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, Timespec, clock_settime};

use crate::console::say;
use crate::data_partition::{PLACE, durable};

/// Below the data partition: the time when it was kept last, in seconds since 1970.
const FILE: &str = "clock";
/// How often it is kept.
const EACH: Duration = Duration::from_secs(15 * 60);
/// Writes the time into the clock that runs while the box is off; images name it differently.
const HWCLOCK: [&str; 2] = ["/usr/sbin/hwclock", "/sbin/hwclock"];

/// When the time is kept next.
pub struct Clock {
    next: Instant,
}

impl Clock {
    /// Sets a clock that is behind what it said before the box was switched off.
    pub fn take_up() -> Self {
        let kept = std::fs::read_to_string(Path::new(PLACE).join(FILE)).unwrap_or_default();
        if let Some(kept) = later(&kept, now()) {
            say("the clock stood still while the box was off; it goes on from there");
            if let Err(error) = clock_settime(ClockId::Realtime, at(kept)) {
                say(&format!("the clock cannot be set: {error}"));
            }
        }
        Self {
            next: Instant::now() + EACH,
        }
    }

    /// Keeps the time now and then.
    pub fn keep_when_due(&mut self) {
        if Instant::now() >= self.next {
            self.keep();
        }
    }

    /// Keeps the time.
    pub fn keep(&mut self) {
        self.next = Instant::now() + EACH;
        if let Err(error) = durable(&Path::new(PLACE).join(FILE), &format!("{}\n", now())) {
            say(&format!("the time was not kept: {error}"));
        }
    }

    /// A person says what time it is, in seconds since 1970.
    pub fn set(&mut self, seconds: i64) {
        if let Err(error) = clock_settime(ClockId::Realtime, at(seconds)) {
            say(&format!("the clock cannot be set: {error}"));
            return;
        }
        say("the clock was set by hand");
        self.keep();
        let hwclock = HWCLOCK.iter().find(|program| Path::new(program).exists());
        let Some(hwclock) = hwclock else { return };
        let written = Command::new(hwclock).args(["--systohc", "--utc"]).status();
        match written {
            Ok(status) if status.success() => {}
            Ok(status) => say(&format!("the box's own clock was not set: {status}")),
            Err(error) => say(&format!("the box's own clock was not set: {error}")),
        }
    }
}

/// The time that was kept, where the clock is before it.
fn later(kept: &str, now: i64) -> Option<i64> {
    kept.trim().parse().ok().filter(|kept| *kept > now)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}

fn at(seconds: i64) -> Timespec {
    Timespec {
        tv_sec: seconds,
        tv_nsec: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_on_from_what_was_kept_and_never_back() {
        assert_eq!(later("1764340000\n", 86_400), Some(1_764_340_000));
        for nothing in ["1764340000", "", "soon", "-5"] {
            assert_eq!(later(nothing, 1_764_340_000), None, "{nothing}");
        }
    }
}
