//! A line display that shares the printer's line.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use super::worker::Worker;
use crate::line_display::{
    MAX_ENCODED, SELECT_DISPLAY, SELECT_PRINTER, encode_screen, encode_start,
};
use crate::linux::wire::{Gone, Wire};
use crate::printer::Sink;

/// How long a screen that was begun may take to be taken by the port.
const SENDING: Duration = Duration::from_secs(1);
/// How soon a port that has to be asked is asked again.
const PACE: Duration = Duration::from_millis(2);

impl Worker {
    /// Whether a screen waits to be shown.
    pub(super) fn has_screen(&self) -> bool {
        self.profile.line_display.is_some() && self.shared.screen.since(self.screen_shown).is_some()
    }

    /// Shows the latest screen, between two jobs. A line that takes nothing now, because the
    /// printer behind the display stops it, is tried again later. Returns whether it was shown.
    pub(super) fn show_screen(&mut self) -> bool {
        let Some(profile) = &self.profile.line_display else {
            return false;
        };
        let Some((number, screen)) = self.shared.screen.since(self.screen_shown) else {
            return false;
        };
        let mut bytes = heapless::Vec::<u8, MAX_ENCODED>::new();
        // They fit: the buffer has room for all.
        let _ = bytes.write(&SELECT_DISPLAY);
        if self.screen_shown.is_none() {
            let _ = encode_start(profile, &mut bytes);
        }
        let _ = encode_screen(&screen, profile, &mut bytes);
        let _ = bytes.write(&SELECT_PRINTER);
        let shown = self.write_whole(&bytes);
        if shown {
            self.screen_shown = Some(number);
        }
        shown
    }

    /// Writes all of `bytes`, or nothing: half of them would leave the line with the display.
    fn write_whole(&mut self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        let until = Instant::now() + SENDING;
        while !rest.is_empty() {
            let Some(wire) = &self.wire else { return false };
            match wire.write(rest) {
                Ok(0) if rest.len() == bytes.len() => return false,
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(Gone) => {
                    self.lose();
                    return false;
                }
            }
            if rest.is_empty() {
                return true;
            }
            let now = Instant::now();
            if now >= until || self.stopping() {
                self.fall_out_of_step();
                self.abandon();
                return false;
            }
            let paced = self.wire.as_ref().is_some_and(Wire::is_paced);
            let again = if paced { until.min(now + PACE) } else { until };
            let port = self.wire.as_ref().map(AsFd::as_fd);
            if self.shared.common.bell.wait(port, !paced, Some(again)) {
                self.read();
            }
        }
        true
    }
}
