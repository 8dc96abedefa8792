//! A serial line of a certain speed between the till and the printer. A pty has none: it takes what
//! the till writes at once.

use std::time::{Duration, Instant};

/// Bits of a character on the line: one to begin, eight, one to end.
const BITS: f64 = 10.0;
/// The most arrivals that are kept.
const MAX_ARRIVALS: usize = 100_000;

/// Bytes that came over a line of a certain speed, one right after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When the first of them began to come, since the line was set up.
    pub from: Duration,
    /// When the last of them was there.
    pub until: Duration,
    /// How many.
    pub bytes: usize,
    /// How long the line had stood idle before them.
    pub idle: Duration,
}

#[derive(Debug)]
pub(super) struct Line {
    /// How long a byte takes.
    each: Duration,
    start: Instant,
    /// When the last byte so far was through.
    free: Instant,
    /// When the till was last seen to have nothing more to send.
    empty: Instant,
    pub(super) arrivals: Vec<Arrival>,
}

impl Line {
    pub(super) fn new(baud: u32) -> Line {
        let now = Instant::now();
        Line {
            each: Duration::from_secs_f64(BITS / f64::from(baud.max(1))),
            start: now,
            free: now,
            empty: now,
            arrivals: Vec::new(),
        }
    }

    /// When the next byte begins to come at the earliest.
    fn begin(&self) -> Instant {
        self.free.max(self.empty)
    }

    /// How many bytes can have come by now.
    pub(super) fn due(&self, now: Instant) -> usize {
        let time = now.saturating_duration_since(self.begin());
        let bytes = time.as_nanos() / self.each.as_nanos().max(1);
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// Of `due` bytes so many came.
    pub(super) fn came(&mut self, due: usize, bytes: usize, now: Instant) {
        if bytes > 0 {
            let from = self.begin();
            let idle = from.saturating_duration_since(self.free);
            self.free = from + self.each * u32::try_from(bytes).unwrap_or(u32::MAX);
            if self.arrivals.len() < MAX_ARRIVALS {
                self.arrivals.push(Arrival {
                    from: from.saturating_duration_since(self.start),
                    until: self.free.saturating_duration_since(self.start),
                    bytes,
                    idle,
                });
            }
        }
        if bytes < due {
            self.empty = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_their_time_and_the_line_is_idle_only_while_there_are_none() {
        let mut line = Line::new(10_000);
        let start = line.start;
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        // A byte a millisecond.
        assert_eq!(line.due(at(5)), 5);
        line.came(5, 5, at(5));
        assert_eq!(line.due(at(5)), 0);
        // The till has no more, from somewhere between here and there.
        line.came(5, 2, at(10));
        // Looked at again, and still nothing: what comes next began to come after that.
        line.came(3, 0, at(20));
        assert_eq!(line.due(at(23)), 3);
        line.came(3, 3, at(23));
        let idle: Vec<_> = line.arrivals.iter().map(|it| it.idle.as_millis()).collect();
        assert_eq!(idle, [0, 0, 13]);
        let last = line.arrivals[2];
        let milliseconds = [last.from, last.until].map(|it| it.as_millis());
        assert_eq!((milliseconds, last.bytes), ([20, 23], 3));
    }
}
