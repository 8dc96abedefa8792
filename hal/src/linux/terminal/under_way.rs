//! Which payment is under way, and which were: what keeps one from being begun twice.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use crate::HalError;
use crate::vocabulary::TerminalStatus;

/// The most references that are remembered. They are the caller's, who never uses one twice; this
/// catches a slip soon after.
const REMEMBERED: usize = 64;

/// Shared by a terminal's handle and its thread.
#[derive(Debug)]
pub(super) struct UnderWay {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: Option<String>,
    begun: VecDeque<String>,
    status: TerminalStatus,
}

impl UnderWay {
    pub(super) fn new() -> UnderWay {
        UnderWay {
            state: Mutex::new(State {
                now: None,
                begun: VecDeque::new(),
                status: TerminalStatus::UNKNOWN,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Occupies the terminal. `anew`: with a payment that must not have been begun before. Returns
    /// whether it was free: what occupied it already is not to be forgotten by this call.
    pub(super) fn begin(&self, reference: &str, anew: bool) -> Result<bool, HalError> {
        let mut state = self.lock();
        match &state.now {
            // It is asked again, by hand.
            Some(now) if now == reference && !anew => return Ok(false),
            Some(now) => {
                return Err(HalError::PaymentUnderWay {
                    reference: now.clone(),
                });
            }
            None => {}
        }
        if anew {
            if state.begun.iter().any(|begun| begun == reference) {
                return Err(HalError::PaymentKnown {
                    reference: reference.to_owned(),
                });
            }
            if state.begun.len() == REMEMBERED {
                state.begun.pop_front();
            }
            state.begun.push_back(reference.to_owned());
        }
        state.now = Some(reference.to_owned());
        Ok(true)
    }

    /// Takes back a [`UnderWay::begin`] that occupied it with something that the thread never got.
    pub(super) fn forget(&self, reference: &str) {
        let mut state = self.lock();
        state.begun.retain(|begun| begun != reference);
        state.now = None;
    }

    /// The terminal is free again.
    pub(super) fn end(&self) {
        self.lock().now = None;
    }

    /// What is under way.
    pub(super) fn reference(&self) -> Result<String, HalError> {
        self.lock().now.clone().ok_or(HalError::NoPayment)
    }

    pub(super) fn status(&self) -> TerminalStatus {
        self.lock().status
    }

    pub(super) fn set_status(&self, status: TerminalStatus) {
        self.lock().status = status;
    }
}
