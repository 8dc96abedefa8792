//! When a shop sleeps.

use jiff::civil::Time;

/// A part of every day, in the till's own time; it may go over midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hours {
    from: Time,
    to: Time,
}

impl Hours {
    /// Reads `02:00-05:30`. `None` when it is none, or begins when it ends.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
        let (from, to) = (time(from)?, time(to)?);
        (from != to).then_some(Self { from, to })
    }

    /// Whether this time is in it; its end is not.
    #[must_use]
    pub fn contain(&self, time: Time) -> bool {
        if self.from < self.to {
            self.from <= time && time < self.to
        } else {
            self.from <= time || time < self.to
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn hours_may_go_over_midnight() {
        let at = |hour, minute| Time::new(hour, minute, 0, 0).unwrap();
        let early = Hours::from_text("02:00-05:30").unwrap();
        assert!(early.contain(at(2, 0)) && early.contain(at(5, 29)));
        assert!(!early.contain(at(5, 30)) && !early.contain(at(1, 59)));
        let late = Hours::from_text("23:00 - 04:00").unwrap();
        assert!(late.contain(at(23, 30)) && late.contain(at(0, 0)));
        assert!(!late.contain(at(4, 0)) && !late.contain(at(12, 0)));
        for wrong in ["", "2", "02:00", "02:00-02:00", "02:00-25:00", "a-b"] {
            assert_eq!(Hours::from_text(wrong), None, "{wrong}");
        }
    }
}
