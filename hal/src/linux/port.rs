//! A port that is looked after: opened when it is there, tried again at longer pauses when not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::wire::Wire;
use crate::traffic::Traffic;
use crate::vocabulary::PortState;

/// A port and how it fares. Whoever owns one asks it to open when that is due.
#[derive(Debug)]
pub(super) struct Port<L> {
    link: L,
    wire: Option<Wire>,
    backoff: Backoff,
    traffic: Option<Arc<Traffic>>,
    state: PortState,
}

/// Something a [`Wire`] can be opened from.
pub(super) trait Link {
    /// Opens it.
    ///
    /// # Errors
    /// The state the port is in instead of `Open`.
    fn open(&self) -> Result<Wire, PortState>;
}

impl<L: Link> Port<L> {
    pub(super) fn new(link: L) -> Port<L> {
        Port {
            link,
            wire: None,
            backoff: Backoff::new(),
            traffic: None,
            state: PortState::Opening,
        }
    }

    /// The same, and what goes to and fro is noted.
    pub(super) fn watched_by(mut self, traffic: Arc<Traffic>) -> Port<L> {
        self.traffic = Some(traffic);
        self
    }

    /// The same, and it is tried again at pauses of no more than that.
    pub(super) fn tried_each(mut self, longest: Duration) -> Port<L> {
        self.backoff = Backoff::no_longer_than(longest);
        self
    }

    pub(super) fn state(&self) -> PortState {
        self.state
    }

    pub(super) fn wire(&self) -> Option<&Wire> {
        self.wire.as_ref()
    }

    /// When to try to open it next; `None` while it is open.
    pub(super) fn due(&self) -> Option<Instant> {
        self.wire.is_none().then(|| self.backoff.due())
    }

    /// Opens it if it is not open and that is due. Returns whether it was opened just now.
    pub(super) fn open_if_due(&mut self) -> bool {
        if self.wire.is_some() || Instant::now() < self.backoff.due() {
            return false;
        }
        match self.link.open() {
            Ok(wire) => {
                self.wire = Some(match &self.traffic {
                    Some(traffic) => wire.watched_by(traffic.clone()),
                    None => wire,
                });
                self.backoff.succeeded();
                self.state = PortState::Open;
                true
            }
            Err(state) => {
                self.backoff.failed();
                self.state = state;
                false
            }
        }
    }

    /// The driver failed: the port is let go of until then.
    pub(super) fn fault(&mut self, until: Instant) {
        self.wire = None;
        self.backoff.rest(until);
        self.state = PortState::Faulted;
    }

    /// The port is gone.
    pub(super) fn lose(&mut self) {
        self.wire = None;
        self.backoff.failed();
        self.state = PortState::Absent;
    }
}
