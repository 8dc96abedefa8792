//! How fast the virtual printer prints what it has.

use std::time::Duration;

/// Time that is left for printing. There is always enough of it where no speed is set.
#[derive(Debug, Default)]
pub(super) struct Speed {
    rows_per_second: Option<u32>,
    /// How long what was begun still takes.
    owed: Duration,
    /// Time that has passed and was not needed so far.
    spare: Duration,
    /// It has more to print than it had time for.
    behind: bool,
}

impl Speed {
    pub(super) fn set(&mut self, rows_per_second: Option<u32>) {
        *self = Speed {
            rows_per_second,
            ..Speed::default()
        };
    }

    /// Nothing is to be printed any more.
    pub(super) fn stop(&mut self) {
        self.set(self.rows_per_second);
    }

    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    pub(super) fn has_time(&self) -> bool {
        self.owed.is_zero()
    }

    /// There is more to print.
    pub(super) fn wait(&mut self) {
        self.behind = true;
    }

    /// There is nothing more to print for now.
    pub(super) fn rest(&mut self) {
        self.behind = false;
        self.spare = Duration::ZERO;
    }

    /// So many rows are being printed.
    pub(super) fn print(&mut self, rows: usize) {
        if let Some(speed) = self.rows_per_second {
            let rows = u32::try_from(rows).unwrap_or(u32::MAX);
            self.owed += Duration::from_secs(1) * rows / speed.max(1);
            self.pay();
        }
    }

    /// So much time has passed.
    pub(super) fn pass(&mut self, time: Duration) {
        self.spare += time;
        self.pay();
    }

    fn pay(&mut self) {
        let paid = self.owed.min(self.spare);
        self.owed -= paid;
        self.spare -= paid;
    }
}
