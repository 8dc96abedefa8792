//! How long something is waited for. A machine that is emulated on a busy host gets little of it, so
//! what is counted is the machine's own processor time.

use std::time::{Duration, Instant};

/// A busy host gives a machine at least one second in so many.
const BUSIEST: u32 = 10;
/// The kernel counts processor time so often a second.
const TICKS: u64 = 100;

/// Waiting for a machine.
pub struct Patience {
    process: u32,
    /// What the machine may use.
    time: Duration,
    began: Instant,
    used: Duration,
}

impl Patience {
    /// Waits until a process used so many seconds, or for so much longer that it must be idle.
    pub fn new(process: u32, seconds: u64) -> Self {
        Self {
            process,
            time: Duration::from_secs(seconds),
            began: Instant::now(),
            used: processor_time(process).unwrap_or_default(),
        }
    }

    /// Whether it was waited long enough.
    pub fn is_over(&self) -> bool {
        let used = processor_time(self.process).map(|now| now.saturating_sub(self.used));
        used.is_none_or(|used| used > self.time) || self.began.elapsed() > BUSIEST * self.time
    }
}

/// What a process used so far; `None` when it is gone.
pub fn processor_time(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(") ")?;
    // User and system time are the twelfth and thirteenth field behind the name.
    let mut fields = after.split(' ').skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks()? + ticks()?) * 1000 / TICKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_is_gone_is_not_waited_for() {
        assert!(processor_time(std::process::id()).is_some());
        assert!(!Patience::new(std::process::id(), 3600).is_over());
        assert!(Patience::new(u32::MAX, 3600).is_over());
    }
}
