//! Cuts a scanner's byte stream into codes: at CR, LF or TAB, or after a silence.

use core::time::Duration;

use crate::vocabulary::{AimIdentifier, MAX_CODE, ScannedCode};

/// `]`, code character, modifier.
const AIM_LENGTH: usize = 3;

/// How a scanner marks the end of a code. CR, LF and TAB always end one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    /// Silence that ends a code when the scanner sends no suffix.
    pub timeout: Duration,
}

impl Default for Framing {
    /// 50 ms of silence: some sixty characters' time at 9600 baud.
    fn default() -> Self {
        Framing {
            timeout: Duration::from_millis(50),
        }
    }
}

/// Why bytes from a scanner were not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameFault {
    /// More bytes than a code may have: two devices on one line, the wrong speed, noise.
    Overlong {
        /// Bytes that came before the suffix or the silence.
        length: usize,
    },
    /// An AIM identifier and nothing after it.
    Empty,
}

/// Collects the bytes of one scanner.
#[derive(Debug)]
pub struct FrameReader {
    framing: Framing,
    bytes: heapless::Vec<u8, { MAX_CODE + AIM_LENGTH }>,
    /// Bytes of the current frame, also those beyond what `bytes` holds.
    length: usize,
    last: Duration,
}

impl FrameReader {
    /// An empty reader.
    pub const fn new(framing: Framing) -> Self {
        FrameReader {
            framing,
            bytes: heapless::Vec::new(),
            length: 0,
            last: Duration::ZERO,
        }
    }

    /// Takes the next byte, read at `now` (any monotonic clock, the same for all calls).
    /// Returns the code this byte ends, if it does.
    pub fn push(&mut self, byte: u8, now: Duration) -> Option<Result<ScannedCode, FrameFault>> {
        if matches!(byte, b'\r' | b'\n' | b'\t') {
            return self.take();
        }
        self.last = now;
        self.length = self.length.saturating_add(1);
        // What does not fit is counted in `length`, and the frame is rejected at its end.
        let _ = self.bytes.push(byte);
        None
    }

    /// When the silence after the bytes so far ends the code; `None` when there are none.
    pub fn deadline(&self) -> Option<Duration> {
        (self.length > 0).then(|| self.last.saturating_add(self.framing.timeout))
    }

    /// Ends the code when the silence was long enough. Call it only when the port was found
    /// empty at `now`: bytes that waited unread in the port are no silence.
    pub fn poll(&mut self, now: Duration) -> Option<Result<ScannedCode, FrameFault>> {
        match self.deadline() {
            Some(deadline) if now >= deadline => self.take(),
            _ => None,
        }
    }

    /// Forgets an unfinished code, for a port that was opened anew.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.length = 0;
    }

    fn take(&mut self) -> Option<Result<ScannedCode, FrameFault>> {
        let length = self.length;
        let frame = core::mem::take(&mut self.bytes);
        self.length = 0;
        if length == 0 {
            return None;
        }
        if length > frame.len() {
            return Some(Err(FrameFault::Overlong { length }));
        }
        let (aim, content) = match frame.as_slice() {
            [b']', code, modifier, rest @ ..]
                if code.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() =>
            {
                let aim = AimIdentifier {
                    code: *code,
                    modifier: *modifier,
                };
                (Some(aim), rest)
            }
            all => (None, all),
        };
        if content.is_empty() {
            return Some(Err(FrameFault::Empty));
        }
        Some(match heapless::Vec::from_slice(content) {
            Ok(data) => Ok(ScannedCode { aim, data }),
            Err(_) => Err(FrameFault::Overlong { length }),
        })
    }
}
