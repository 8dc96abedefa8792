//! The one place where a device's thread sleeps.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::task::Wake;
use std::time::Instant;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

/// Wakes a thread that waits for its port. As a `Waker` it joins channels to `poll(2)`.
#[derive(Debug)]
pub(crate) struct Bell {
    event: OwnedFd,
}

impl Bell {
    pub(crate) fn new() -> io::Result<Arc<Bell>> {
        let event = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?;
        Ok(Arc::new(Bell { event }))
    }

    /// Ends the current wait, or the next one if nobody waits now.
    pub(crate) fn ring(&self) {
        // It fails only when the counter is full, and then the bell is ringing already.
        let _ = rustix::io::write(&self.event, &1u64.to_ne_bytes());
    }

    /// Sleeps until the bell rings, `port` can be read (or written, if `write`), the port hangs
    /// up, or `until` has passed. Returns whether the port is to be read; a hang-up is read too.
    pub(crate) fn wait(
        &self,
        port: Option<BorrowedFd<'_>>,
        write: bool,
        until: Option<Instant>,
    ) -> bool {
        let timeout = until.map(|until| {
            let left = until.saturating_duration_since(Instant::now());
            Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: left.subsec_nanos().into(),
            }
        });
        let mut wanted = PollFlags::IN;
        wanted.set(PollFlags::OUT, write);
        let bell = PollFd::from_borrowed_fd(self.event.as_fd(), PollFlags::IN);
        // Without a port the bell stands in its place as well.
        let other = PollFd::from_borrowed_fd(port.unwrap_or(self.event.as_fd()), wanted);
        let mut polled = [bell, other];
        if poll(&mut polled, timeout.as_ref()).is_err() {
            // A signal; the caller looks at everything again.
            return false;
        }
        let [bell, other] = polled;
        if bell.revents().contains(PollFlags::IN) {
            let _ = rustix::io::read(&self.event, &mut [0; 8]);
        }
        if port.is_none() {
            return false;
        }
        other
            .revents()
            .intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.ring();
    }
}
