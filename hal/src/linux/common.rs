//! What every device has: a thread of its own, the bell that wakes it, a way to stop it, and the
//! last bytes that went to and fro.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::Instant;

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;

use super::bell::Bell;
use super::supervised::{Driver, supervise};
use crate::HalError;
use crate::traffic::{Recording, Traffic};
use crate::vocabulary::DeviceId;

/// What a device's handle and its thread share, whatever the device is.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) bell: Arc<Bell>,
    pub(super) traffic: Arc<Traffic>,
    stop: AtomicBool,
}

impl Common {
    /// `what`: what is being done, for an error.
    ///
    /// # Errors
    /// `System` when the machine has no bell to give.
    pub(super) fn new(what: &'static str) -> Result<Arc<Common>, HalError> {
        let bell = Bell::new().map_err(|source| HalError::System { what, source })?;
        Ok(Arc::new(Common {
            bell,
            traffic: Arc::new(Traffic::new()),
            stop: AtomicBool::new(false),
        }))
    }

    /// Whether the thread is to end.
    pub(super) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Sleeps until `until`, or until the thread is to end.
    pub(super) fn sleep(&self, until: Instant) {
        while !self.stopping() && Instant::now() < until {
            self.bell.wait(None, false, Some(until));
        }
    }
}

/// A device's thread, as its handle holds it; dropping it stops the thread and waits for its end.
#[derive(Debug)]
pub(super) struct DeviceThread {
    common: Arc<Common>,
    thread: Option<JoinHandle<()>>,
}

impl DeviceThread {
    /// Starts it; it goes on after a panic of its driver. `what`: what is being done, for an
    /// error; `name`: what kind of device it is.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub(super) fn start(
        what: &'static str,
        (name, id): (&str, DeviceId),
        common: &Arc<Common>,
        driver: impl Driver,
    ) -> Result<DeviceThread, HalError> {
        let supervised = common.clone();
        let thread = std::thread::Builder::new()
            .name(format!("{name}-{}", id.0))
            .spawn(move || supervise(&supervised, driver))
            .map_err(|source| HalError::System { what, source })?;
        Ok(DeviceThread {
            common: common.clone(),
            thread: Some(thread),
        })
    }

    /// Whether it runs.
    ///
    /// # Errors
    /// `Stopped` when it does not.
    pub(super) fn running(&self) -> Result<(), HalError> {
        match &self.thread {
            Some(thread) if !thread.is_finished() => Ok(()),
            _ => Err(HalError::Stopped),
        }
    }

    /// The last bytes that came and went.
    pub(super) fn traffic(&self) -> Recording {
        self.common.traffic.recording()
    }
}

impl Drop for DeviceThread {
    fn drop(&mut self) {
        self.common.stop.store(true, Ordering::Release);
        self.common.bell.ring();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Orders of a handle to its thread, at most `MAX` of them.
pub(super) struct Orders<O, const MAX: usize>(Channel<CriticalSectionRawMutex, O, MAX>);

impl<O, const MAX: usize> Orders<O, MAX> {
    pub(super) const fn new() -> Orders<O, MAX> {
        Orders(Channel::new())
    }

    /// Gives an order; the thread is woken.
    ///
    /// # Errors
    /// `QueueFull`.
    pub(super) fn give(&self, order: O) -> Result<(), HalError> {
        let full = |_| HalError::QueueFull { max: MAX };
        self.0.try_send(order).map_err(full)
    }

    /// The next order; the one after it rings the bell.
    pub(super) fn next(&self, common: &Common) -> Option<O> {
        let waker = Waker::from(common.bell.clone());
        match self.0.poll_receive(&mut Context::from_waker(&waker)) {
            Poll::Ready(order) => Some(order),
            Poll::Pending => None,
        }
    }
}
