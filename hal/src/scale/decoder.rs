//! Cuts a scale's bytes into frames. What a frame means is in [`super::frames`].

use super::frames;
use super::{ScaleProfile, ScaleProtocol};
use crate::vocabulary::ScaleReading;

/// The longest frame of any protocol, and then some.
const LONGEST: usize = 40;

const SOH: u8 = 0x01;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;
const ACK: u8 = 0x06;
const NAK: u8 = 0x15;
/// `SOH STX`, status, sign, six digits, unit, check, `ETX EOT`.
const CAS_FRAME: usize = 15;
/// `STX`, three status words and the weight come before the `CR` of the short format, and the
/// tare before that of the long one.
const SHORT: usize = 10;
const LONG: usize = 16;

/// One thing a scale said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleReport {
    /// What it weighs, or why it does not.
    Reading(ScaleReading),
    /// It took the request and has nothing to say to it, or waits for the second part of it.
    Ready,
    /// It does not know what it was asked, or has no weight to tell yet.
    Refused,
    /// Bytes that are not of its protocol.
    Noise,
}

/// Reads what a scale says, byte by byte. No input makes it panic, and it is in step again at the
/// next frame.
#[derive(Debug)]
pub struct ScaleDecoder {
    profile: ScaleProfile,
    frame: heapless::Vec<u8, LONGEST>,
    /// The last byte ended a frame of the continuous output, so a checksum that nobody looks at
    /// may follow.
    after_frame: bool,
}

enum Step {
    More,
    Done(ScaleReport),
    Bad,
}

impl ScaleDecoder {
    /// A decoder at the beginning of a frame.
    pub const fn new(profile: ScaleProfile) -> ScaleDecoder {
        ScaleDecoder {
            profile,
            frame: heapless::Vec::new(),
            after_frame: false,
        }
    }

    /// Forgets an unfinished frame.
    pub fn clear(&mut self) {
        self.frame.clear();
        self.after_frame = false;
    }

    /// Whether a frame was begun and has not ended.
    pub fn is_unfinished(&self) -> bool {
        !self.frame.is_empty()
    }

    /// Takes the next byte. Returns what it completes.
    pub fn push(&mut self, byte: u8) -> Option<ScaleReport> {
        if self.frame.is_empty() {
            return self.begin(byte);
        }
        let step = match self.frame.push(byte) {
            Ok(()) => self.step(),
            Err(_) => Step::Bad,
        };
        match step {
            Step::More => None,
            Step::Done(report) => {
                self.frame.clear();
                self.after_frame = true;
                Some(report)
            }
            Step::Bad => {
                self.frame.clear();
                self.after_frame = false;
                // What broke the frame may be the beginning of the next one.
                let _ = self.begin(byte);
                Some(ScaleReport::Noise)
            }
        }
    }

    fn begin(&mut self, byte: u8) -> Option<ScaleReport> {
        let after_frame = core::mem::take(&mut self.after_frame);
        let start = match self.profile.protocol {
            ScaleProtocol::Toledo8217 | ScaleProtocol::ToledoContinuous => STX,
            ScaleProtocol::Nci => b'\n',
            ScaleProtocol::Cas => SOH,
        };
        if byte == start {
            // It fits: the frame is empty.
            let _ = self.frame.push(byte);
            return None;
        }
        match (self.profile.protocol, byte) {
            (ScaleProtocol::Cas, ACK) => Some(ScaleReport::Ready),
            (ScaleProtocol::Cas, NAK) => Some(ScaleReport::Refused),
            (ScaleProtocol::ToledoContinuous, 0..=0x7F) if after_frame => None,
            (_, b'\r' | b'\n') => None,
            _ => Some(ScaleReport::Noise),
        }
    }

    fn step(&self) -> Step {
        let frame = self.frame.as_slice();
        let profile = &self.profile;
        match profile.protocol {
            ScaleProtocol::Toledo8217 => match frame {
                [_, b'?'] | [_, b'?', _] => Step::More,
                [_, b'?', status, b'\r'] => Step::Done(frames::toledo_8217_status(*status)),
                [_, b'?', ..] => Step::Bad,
                [_, body @ .., b'\r'] => done(frames::toledo_8217_weight(body, profile)),
                [.., b'0'..=b'9' | b'.' | b' ' | b'N'] => Step::More,
                _ => Step::Bad,
            },
            ScaleProtocol::Nci => match frame {
                [_, body @ .., ETX] => done(frames::nci(body, profile)),
                [.., b'\r' | b'\n' | b' '..=0x7F] => Step::More,
                _ => Step::Bad,
            },
            ScaleProtocol::Cas => match frame {
                [_, STX] => Step::More,
                [_, STX, body @ .., check, ETX, EOT] if frame.len() == CAS_FRAME => {
                    done(frames::cas(body, *check, profile))
                }
                [_, STX, ..] if frame.len() < CAS_FRAME => Step::More,
                _ => Step::Bad,
            },
            ScaleProtocol::ToledoContinuous => self.continuous(frame),
        }
    }

    fn continuous(&self, frame: &[u8]) -> Step {
        // The three status words may be any byte; digits follow.
        let at = frame.len() - 1;
        let ends = match (self.profile.checksum, frame) {
            (false, [.., b'\r']) => at == SHORT || at == LONG,
            (true, [.., b'\r', _]) => at == SHORT + 1 || at == LONG + 1,
            _ => false,
        };
        match frame {
            [_, body @ .., b'\r'] if ends => done(frames::toledo_continuous(body)),
            [_, body @ .., b'\r', check] if ends => {
                if frames::continuous_checksum(frame.get(..at).unwrap_or_default()) == *check {
                    done(frames::toledo_continuous(body))
                } else {
                    Step::Bad
                }
            }
            _ if at <= 3 => Step::More,
            [.., b'\r'] if at == SHORT || at == LONG => Step::More,
            [.., b'0'..=b'9' | b' '] if at < LONG => Step::More,
            _ => Step::Bad,
        }
    }
}

fn done(report: Option<ScaleReport>) -> Step {
    report.map_or(Step::Bad, Step::Done)
}
