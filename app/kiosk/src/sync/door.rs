//! Where other threads knock: nothing that was knocked is lost while the sync is at work.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use checkout::sale::ReceiptNumber;

use super::Ended;

/// What was knocked since the last look.
#[derive(Default)]
pub(super) struct Knocks {
    /// Something was committed: send what is due.
    pub(super) sold: bool,
    /// A person asks: send and bring everything now, what was refused too.
    pub(super) try_again: bool,
    /// A person asks for these sales alone.
    pub(super) send_again: Vec<ReceiptNumber>,
    /// A person asks for these documents of the outbox alone.
    pub(super) documents: Vec<i64>,
}

/// The door of the sync's thread.
#[derive(Default)]
pub(super) struct Door {
    inside: Mutex<Inside>,
    heard: Condvar,
}

#[derive(Default)]
struct Inside {
    knocks: Knocks,
    shut: bool,
}

impl Door {
    /// Leaves a knock.
    pub(super) fn knock(&self, leave: impl FnOnce(&mut Knocks)) {
        leave(&mut self.lock().knocks);
        self.heard.notify_one();
    }

    /// The till ends.
    pub(super) fn shut(&self) {
        self.lock().shut = true;
        self.heard.notify_one();
    }

    /// Waits for a knock, so long at most, and takes it.
    pub(super) fn wait(&self, at_most: Duration) -> Result<Knocks, Ended> {
        let until = Instant::now() + at_most;
        let mut inside = self.lock();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if inside.shut || inside.knocks.any() || left.is_zero() {
                return inside.take();
            }
            let waited = self.heard.wait_timeout(inside, left);
            (inside, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes what was knocked, without waiting.
    pub(super) fn take(&self) -> Result<Knocks, Ended> {
        self.lock().take()
    }

    /// Whether to go on; what was knocked is left.
    pub(super) fn is_open(&self) -> Result<(), Ended> {
        if self.lock().shut {
            return Err(Ended::Stopping);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn take(&mut self) -> Result<Knocks, Ended> {
        if self.shut {
            return Err(Ended::Stopping);
        }
        Ok(std::mem::take(&mut self.knocks))
    }
}

impl Knocks {
    /// Whether there was one.
    pub(super) fn any(&self) -> bool {
        self.sold || self.is_asked()
    }

    /// Whether a person asks.
    pub(super) fn is_asked(&self) -> bool {
        self.try_again || !self.send_again.is_empty() || !self.documents.is_empty()
    }
}
