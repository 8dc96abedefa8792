//! What a device's bytes look like when they are not understood.

use std::time::{Duration, Instant};

use crate::vocabulary::LineFault;

/// Bytes that are looked at: some frames of any protocol.
const WINDOW: usize = 64;
/// So many bytes of text in a row are no accident.
const TEXT: usize = 4;
/// Clean rounds after which a line is taken for mended, so that a rare disturbance does not come
/// and go on the screen.
const CLEAN_ROUNDS: u8 = 8;
/// Rounds in which nothing comes at all after which it is the device that is silent.
const SILENT_ROUNDS: u8 = 2;
/// Of all bytes the part that a wrong parity spoils at least.
const SPOILED: usize = 4;
/// So many bytes of no meaning are no plug that was put in.
const NOISE: usize = 4;
/// What follows a silence of this length does not belong to what was before it.
const APART: Duration = Duration::from_secs(1);
/// A device that says nothing by itself cannot tell that its line is mended: only time can.
const MENDED: Duration = Duration::from_secs(60);

/// Whether letters and digits stand in a row, as scanners and other devices send.
fn has_text<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> bool {
    let mut run = 0;
    bytes.into_iter().any(|byte| {
        run = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => run + 1,
            _ => 0,
        };
        run >= TEXT
    })
}

/// The last bytes of a device, and what they were taken for.
#[derive(Debug, Default)]
pub(crate) struct Diagnosis {
    bytes: heapless::Deque<u8, WINDOW>,
    understood: bool,
    strange: bool,
    other: bool,
    contradicted: bool,
    fault: Option<LineFault>,
    clean_rounds: u8,
    /// Its port checks the parity: a byte that fails comes as zero.
    has_parity: bool,
}

impl Diagnosis {
    /// For a port that checks the parity of each byte, or does not.
    pub(crate) fn on(has_parity: bool) -> Diagnosis {
        Diagnosis {
            has_parity,
            ..Diagnosis::default()
        }
    }

    /// Forgets everything, for a port that was opened anew.
    pub(crate) fn clear(&mut self) {
        *self = Diagnosis::on(self.has_parity);
    }

    /// Takes a byte.
    pub(crate) fn hear(&mut self, byte: u8) {
        if self.bytes.is_full() {
            let _ = self.bytes.pop_front();
        }
        // It fits: there is room now.
        let _ = self.bytes.push_back(byte);
    }

    /// The bytes so far ended something of the protocol.
    pub(crate) fn understood(&mut self) {
        self.understood = true;
    }

    /// The bytes so far were none of the protocol.
    pub(crate) fn strange(&mut self) {
        self.strange = true;
    }

    /// What came was of the protocol, but not from a device that means it.
    pub(crate) fn other_protocol(&mut self) {
        self.other = true;
    }

    /// Two answers came to one question, and they differ.
    pub(crate) fn contradicted(&mut self) {
        self.contradicted = true;
    }

    /// Takes back that something was of the protocol.
    pub(crate) fn not_understood(&mut self) {
        self.understood = false;
    }

    /// Whether bytes came that are neither strange nor a whole answer.
    pub(crate) fn is_unfinished(&self) -> bool {
        !self.strange && !self.understood && !self.bytes.is_empty()
    }

    /// Whether anything strange came in this round.
    pub(crate) fn is_strange(&self) -> bool {
        self.strange
    }

    /// The bytes of this round without their eighth bit; empty when none has one.
    pub(crate) fn without_parity(&self) -> impl Iterator<Item = u8> + '_ {
        let has_eighth = self.bytes.iter().any(|byte| *byte >= 0x80);
        let all = self.bytes.iter().filter(move |_| has_eighth);
        all.map(|byte| byte & 0x7F)
    }

    /// The bytes of this round.
    pub(crate) fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.bytes.iter().copied()
    }

    /// Ends a round of question and answer, or of waiting. `unfinished`: a frame was begun and did
    /// not end. `parity` and `other`: what came is of the protocol without its eighth bits, or is
    /// whole in another protocol. Returns what is wrong with the line.
    pub(crate) fn end_round(
        &mut self,
        unfinished: bool,
        parity: impl FnOnce(&Diagnosis) -> bool,
        other: impl FnOnce(&Diagnosis) -> bool,
    ) -> Option<LineFault> {
        let found = if self.contradicted {
            Some(LineFault::TwoDevices)
        } else if self.other && !self.has_text() {
            Some(LineFault::OtherProtocol)
        } else if self.other {
            Some(LineFault::TwoDevices)
        } else if self.understood && self.strange {
            Some(if self.has_text() {
                LineFault::TwoDevices
            } else {
                LineFault::Noise
            })
        } else if self.strange && (self.is_spoiled() || parity(self)) {
            Some(LineFault::WrongParity)
        } else if self.strange && (other(self) || self.has_text()) {
            Some(LineFault::OtherProtocol)
        } else if self.strange {
            Some(LineFault::Noise)
        } else if unfinished && !self.understood {
            Some(LineFault::Truncated)
        } else {
            None
        };
        let understood = self.understood;
        let silent = self.bytes.is_empty();
        self.bytes.clear();
        self.understood = false;
        self.strange = false;
        self.other = false;
        self.contradicted = false;
        match found {
            Some(fault) => {
                self.fault = Some(fault);
                self.clean_rounds = 0;
            }
            None => {
                self.clean_rounds = self.clean_rounds.saturating_add(1);
                let mixed = matches!(self.fault, Some(LineFault::TwoDevices | LineFault::Noise));
                let soon = understood && !mixed;
                let silent = silent && self.clean_rounds >= SILENT_ROUNDS;
                if soon || silent || self.clean_rounds >= CLEAN_ROUNDS {
                    self.fault = None;
                }
            }
        }
        self.fault
    }

    /// Whether the port found the parity of many bytes wrong.
    fn is_spoiled(&self) -> bool {
        let zeros = self.bytes.iter().filter(|byte| **byte == 0).count();
        self.has_parity && zeros * SPOILED >= self.bytes.len() && zeros > 1
    }

    fn has_text(&self) -> bool {
        has_text(&self.bytes)
    }
}

/// What comes on the port of a device that says nothing by itself.
#[derive(Debug, Default)]
pub(crate) struct Unasked {
    bytes: heapless::Deque<u8, WINDOW>,
    last: Option<Instant>,
    fault: Option<LineFault>,
}

impl Unasked {
    /// Takes bytes that came now. Flow control is none of it.
    pub(crate) fn hear(&mut self, bytes: &[u8], now: Instant) {
        let apart = |last: Instant| now.saturating_duration_since(last) > APART;
        for byte in bytes.iter().filter(|byte| !matches!(byte, 0x11 | 0x13)) {
            if self.last.is_some_and(apart) {
                self.bytes.clear();
            }
            self.last = Some(now);
            if self.bytes.is_full() {
                let _ = self.bytes.pop_front();
            }
            // It fits: there is room now.
            let _ = self.bytes.push_back(*byte);
        }
        if has_text(&self.bytes) {
            self.fault = Some(LineFault::OtherDevice);
        } else if self.bytes.len() >= NOISE {
            self.fault = self.fault.or(Some(LineFault::Noise));
        }
    }

    /// What is wrong with the line, as far as is known now.
    pub(crate) fn fault(&mut self, now: Instant) -> Option<LineFault> {
        if self.due().is_some_and(|due| now >= due) {
            *self = Unasked::default();
        }
        self.fault
    }

    /// When the line counts as mended, if nothing more comes.
    pub(crate) fn due(&self) -> Option<Instant> {
        let last = self.last.filter(|_| self.fault.is_some());
        last.map(|last| last + MENDED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_says_nothing_is_not_blamed_for_a_plug_but_another_one_is_named_for_a_minute() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut line = Unasked::default();
        // Plugged in, now and then; and a display that stops the till for a moment.
        for second in [0, 5, 10] {
            line.hear(&[0x00, 0xFF, 0x13, 0x11, 0x13, 0x11], at(second));
            assert_eq!(line.fault(at(second)), None);
        }
        line.hear(&[0xF3, 0x9B, 0xC1, 0x80], at(20));
        assert_eq!(line.fault(at(20)), Some(LineFault::Noise));
        line.hear(b"4006381333931\r", at(30));
        assert_eq!(line.fault(at(30)), Some(LineFault::OtherDevice));
        line.hear(&[0xF3; 8], at(40));
        assert_eq!(line.fault(at(99)), Some(LineFault::OtherDevice));
        assert_eq!(line.due(), Some(at(100)));
        assert_eq!(line.fault(at(100)), None);
        assert_eq!(line.due(), None);
    }

    #[test]
    fn bytes_whose_parity_the_port_found_wrong_are_told_from_noise() {
        let end = |has_parity, bytes: &[u8]| {
            let mut line = Diagnosis::on(has_parity);
            for byte in bytes {
                line.hear(*byte);
            }
            line.strange();
            line.end_round(false, |_| false, |_| false)
        };
        // A scale's weight, sent with no parity to a port with an even one.
        let spoiled = b"\x00\x30\x00\x2e\x00\x35\x35\x00";
        assert_eq!(end(true, spoiled), Some(LineFault::WrongParity));
        assert_eq!(end(false, spoiled), Some(LineFault::Noise));
        assert_eq!(end(true, b"\xF3\x00\xC1\x9B"), Some(LineFault::Noise));
    }
}
