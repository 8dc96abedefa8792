//! Getting in step with a printer again.
//!
//! A printer that stays powered while its cable is pulled, or while the till is switched off, stands
//! in the middle of whatever command came last: of a picture it takes the next 9 KB for dots, however
//! clean its status is. So after a job that was broken off, and after each start, it is made to
//! forget that command before anything is printed.

use std::time::{Duration, Instant};

use super::sending::Course;
use super::worker::{IMPATIENT, Worker};
use crate::escpos::CLEAR_BUFFER;
use crate::line_display::SELECT_PRINTER;
use crate::printer::{BufferClear, MAX_QR, longest_band};
use crate::star;

/// How long a printer that was reset may be silent.
const RESETTING: Duration = Duration::from_secs(5);
/// How often its own way of throwing things away is tried on a printer whose connection it breaks.
const TRIES: u8 = 2;
/// Bytes of filling between two questions: less than any printer keeps.
const FILLING: [u8; 256] = [0; 256];
/// What stands around the data of a printed code.
const AROUND: usize = 32;

/// Whether a printer stands between two commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It does.
    In,
    /// A job is under way.
    Busy,
    /// Nobody knows; so often its own way was tried in vain.
    Out(u8),
}

impl Worker {
    /// From now on nobody knows where the printer stands.
    pub(super) fn fall_out_of_step(&mut self) {
        if self.step == Step::In {
            self.step = Step::Out(0);
        }
    }

    /// Whether the printer is to be brought in step, and can be.
    pub(super) fn can_get_in_step(&self) -> bool {
        matches!(self.step, Step::Out(_)) && self.status.hindrance().is_none()
    }

    /// Brings the printer in step; returns whether it is. Nothing of a job was sent yet, so that a
    /// printer that is lost meanwhile loses none.
    pub(super) fn get_in_step(&mut self) -> bool {
        let Step::Out(tried) = self.step else {
            return self.step == Step::In;
        };
        self.step = Step::Out(tried.saturating_add(1));
        let cleared = match self.profile.buffer_clear {
            // What is never answered cannot be waited for.
            _ if !self.profile.answers || tried >= TRIES => false,
            BufferClear::Fill => false,
            BufferClear::DleDc4 => self.clear_buffer(),
            BufferClear::EscAckCan => self.reset(),
        };
        if self.wire.is_none() || self.stopping() || !(cleared || self.fill()) {
            return false;
        }
        self.step = Step::In;
        // The printer took it for dots, or forgot it.
        self.enable_automatic_status();
        self.wire.is_some()
    }

    fn clear_buffer(&mut self) -> bool {
        self.cleared = false;
        if !self.write_at_once(&CLEAR_BUFFER) {
            return false;
        }
        self.await_answer(|worker| worker.cleared);
        self.cleared
    }

    fn reset(&mut self) -> bool {
        if !self.write_at_once(&star::RESET) {
            return false;
        }
        let until = Instant::now() + RESETTING;
        self.status.responding = false;
        while !self.status.responding
            && self.wire.is_some()
            && !self.stopping()
            && Instant::now() < until
        {
            self.ask_status();
        }
        self.status.responding
    }

    /// Fills up whatever the printer waits for: at most one band of a picture, or the data of a
    /// code. What is left of it means nothing. It is asked in between, so that one whose paper ends
    /// meanwhile is not filled to the brim, where it hears no question any more.
    fn fill(&mut self) -> bool {
        let mut left = longest_band(&self.profile).max(MAX_QR + AROUND);
        let mut course = Course::default();
        // What is left of a band comes out.
        let rows = u32::from(self.profile.band_height);
        self.paper.give(rows, Instant::now());
        let mut filled = match self.profile.line_display {
            Some(_) => self.write(&SELECT_PRINTER, None, &mut course),
            None => Ok(()),
        };
        while left > 0 && filled.is_ok() {
            let now = left.min(FILLING.len());
            let bytes = FILLING.get(..now).unwrap_or(&FILLING);
            filled = self.write(bytes, None, &mut course);
            left -= now;
            self.let_leave(&mut course);
            self.ask_status();
            if filled.is_ok() && self.status.hindrance().is_some() {
                return false;
            }
        }
        if filled.is_err() {
            self.abandon();
        }
        filled.is_ok()
    }

    /// Lets what was written leave the port, as long as it does: a question would stand behind it,
    /// and be answered late.
    fn let_leave(&mut self, course: &mut Course) {
        let mut queue = (usize::MAX, Instant::now());
        while self.leaves(queue) && !self.stopping() {
            self.watch_queue(&mut queue, course);
            self.await_until(Instant::now() + IMPATIENT, |_| false);
        }
    }
}
