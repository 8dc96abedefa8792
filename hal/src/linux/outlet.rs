//! Events from a device's thread into the caller's queue.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::{Channel, TrySendError};

use super::common::Common;
use crate::vocabulary::DeviceEvent;

/// A queue for events of any type that a [`DeviceEvent`] can become.
pub type EventQueue<E = DeviceEvent, const N: usize = 64> = Channel<CriticalSectionRawMutex, E, N>;

/// Two threads that wait for room in one queue wake each other in turn, because the queue
/// remembers one waker; this pause keeps that from becoming a busy loop.
const TURN: Duration = Duration::from_millis(2);

/// The caller's queue, whatever its type.
pub(super) trait Outlet: Send {
    /// Puts the event in; `false` when the queue is full.
    fn try_send(&self, event: DeviceEvent) -> bool;

    /// Puts the event in, waiting for room; `false` when told to stop before there was any.
    fn send(&self, event: DeviceEvent, common: &Common) -> bool;
}

impl<E, const N: usize> Outlet for Arc<EventQueue<E, N>>
where
    E: From<DeviceEvent> + Send + 'static,
{
    fn try_send(&self, event: DeviceEvent) -> bool {
        Channel::try_send(self, E::from(event)).is_ok()
    }

    fn send(&self, event: DeviceEvent, common: &Common) -> bool {
        let bell = &common.bell;
        let waker = Waker::from(bell.clone());
        let mut context = Context::from_waker(&waker);
        let mut event = E::from(event);
        loop {
            match Channel::try_send(self, event) {
                Ok(()) => return true,
                Err(TrySendError::Full(back)) => event = back,
            }
            if common.stopping() {
                return false;
            }
            if self.poll_ready_to_send(&mut context).is_pending() {
                bell.wait(None, false, None);
                if self.is_full() {
                    bell.wait(None, false, Some(Instant::now() + TURN));
                }
            }
        }
    }
}
