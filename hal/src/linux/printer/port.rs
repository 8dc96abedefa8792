//! The port of a printer: opened, lost, made anew and left.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use super::worker::{RETRY, Worker};
use crate::escpos::AUTOMATIC_STATUS;
use crate::linux::wire::{Gone, Wire};
use crate::printer::Dialect;
use crate::star;
use crate::vocabulary::PortState;

/// Unanswered rounds after which a network connection is taken for dead and made anew, and a serial
/// port for stopped by mistake.
const SILENT_ROUNDS: u8 = 3;
/// How long what is still in the port may take to leave it at the end.
const LEAVING: Duration = Duration::from_secs(2);

impl Worker {
    pub(super) fn open(&mut self) {
        match Wire::open(&self.link) {
            Ok(wire) => {
                self.wire = Some(wire.watched_by(self.shared.common.traffic.clone()));
                self.backoff.succeeded();
                self.reader.clear();
                self.owed.reopen();
                self.silent_rounds = 0;
                self.status.port = PortState::Open;
                self.status.responding = false;
                self.status.line = None;
                self.diagnosis.clear();
                self.round_answered = false;
                self.counter = None;
                self.drawer_settled = Instant::now();
                self.screen_shown = None;
                if !self.profile.answers {
                    self.status.responding = true;
                    self.status.online = true;
                }
                self.ask_status();
                self.enable_automatic_status();
            }
            Err(state) => {
                self.backoff.failed();
                self.status.port = state;
                self.status.responding = false;
            }
        }
    }

    /// ESC/POS: each job asks for it again; this is for the time before the first.
    pub(super) fn enable_automatic_status(&mut self) {
        if !self.profile.automatic_status || !self.profile.answers || !self.status.responding {
            return;
        }
        match self.profile.dialect {
            Dialect::EscPos => self.write_at_once(&AUTOMATIC_STATUS),
            Dialect::Star => self.write_at_once(&star::AUTOMATIC_STATUS),
        };
    }

    /// Writes a few bytes, whole or not at all. Returns whether they went out.
    pub(super) fn write_at_once(&mut self, bytes: &[u8]) -> bool {
        let until = Instant::now() + self.owed.patience();
        loop {
            let Some(wire) = &self.wire else { return false };
            match wire.write(bytes) {
                Ok(written) if written == bytes.len() => return true,
                // What was written just before is on its way still.
                Ok(0) if wire.takes_one_write() && Instant::now() < until && !self.stopping() => {
                    let port = Some(wire.as_fd());
                    if self.shared.common.bell.wait(port, true, Some(until)) {
                        self.read();
                    }
                }
                // A port that takes nothing now has no room for a question.
                Ok(0) => return false,
                // Half a question would spoil what follows it.
                Ok(_) | Err(Gone) => {
                    self.fall_out_of_step();
                    self.lose();
                    return false;
                }
            }
        }
    }

    /// Closes the port at the end. What is still in it, the end of a receipt or a screen, has a moment
    /// to leave; closing a serial port would wait half a minute for it.
    pub(super) fn leave_port(&mut self) {
        let Some(wire) = self.wire.take() else { return };
        let until = Instant::now() + LEAVING;
        while self.status.responding && !wire.is_empty() && Instant::now() < until {
            std::thread::sleep(RETRY);
        }
        // What a network connection has taken goes out behind our back.
        if !wire.is_network() {
            wire.discard_output();
        }
    }

    /// The port is gone.
    pub(super) fn lose(&mut self) {
        if let Some(wire) = self.wire.take() {
            // Closing would wait for it, half a minute on a serial port.
            wire.discard_output();
        }
        self.backoff.failed();
        self.status.port = PortState::Absent;
        self.status.responding = false;
        self.tell_status();
    }

    /// A network connection whose other end was switched off looks open for hours. A serial port that
    /// one byte of noise has stopped stays so for ever, because nobody knows that it is.
    pub(super) fn renew_silent_connection(&mut self) {
        let silent = self.silent_rounds >= SILENT_ROUNDS;
        let Some(wire) = self.wire.as_ref().filter(|_| silent) else {
            return;
        };
        if wire.is_network() {
            // What is still under way must not come out later, when it was given up.
            wire.discard_output();
            // The port stays "open, not responding" until opening it anew says otherwise.
            self.wire = None;
            self.backoff.failed();
        } else if wire.is_stopped_by_bytes() {
            let is_cut = wire.waiting() > 0;
            wire.discard_output();
            wire.let_flow();
            self.silent_rounds = 0;
            if is_cut {
                self.fall_out_of_step();
            }
        }
    }
}
