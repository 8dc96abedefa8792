//! What a device's bytes look like when they are not understood.

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

/// The last bytes of a device, and what they were taken for.
#[derive(Debug, Default)]
pub(crate) struct Diagnosis {
    bytes: heapless::Deque<u8, WINDOW>,
    understood: bool,
    strange: bool,
    other: bool,
    fault: Option<LineFault>,
    clean_rounds: u8,
}

impl Diagnosis {
    /// Forgets everything, for a port that was opened anew.
    pub(crate) fn clear(&mut self) {
        *self = Diagnosis::default();
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
        let found = if self.other && !self.has_text() {
            Some(LineFault::OtherProtocol)
        } else if self.other {
            Some(LineFault::TwoDevices)
        } else if self.understood && self.strange {
            Some(if self.has_text() {
                LineFault::TwoDevices
            } else {
                LineFault::Noise
            })
        } else if self.strange && parity(self) {
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

    /// Whether there is text in it, as scanners and other devices send.
    fn has_text(&self) -> bool {
        let mut run = 0;
        self.bytes.iter().any(|byte| {
            run = match byte {
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => run + 1,
                _ => 0,
            };
            run >= TEXT
        })
    }
}
