//! Cuts a scanner's byte stream into codes: at CR, LF or TAB, between STX and ETX, or after a
//! silence.
//!
//! What cannot have been a code is refused with the reason. Half a code is never one.

use core::time::Duration;

use crate::vocabulary::{AimIdentifier, MAX_CODE, ScannedCode};

/// `]`, code character, modifier.
const AIM_LENGTH: usize = 3;
/// So many characters are no noise.
const TEXT: usize = 4;
/// So many bytes do not all have the same parity by chance.
const SURE_OF_PARITY: usize = 6;

/// How a scanner marks the end of a code. CR, LF and TAB always end one, and so does ETX one that
/// begins with STX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    /// Silence that ends a code when the scanner sends no suffix.
    pub timeout: Duration,
    /// Whether the scanner always sends a suffix. A code that ends in silence is then half a code
    /// and is refused.
    pub suffixed: bool,
}

impl Default for Framing {
    /// With or without suffix; 50 ms of silence: some sixty characters' time at 9600 baud.
    fn default() -> Self {
        Framing {
            timeout: Duration::from_millis(50),
            suffixed: false,
        }
    }
}

impl Framing {
    /// For a scanner that always sends a suffix.
    pub const fn suffixed() -> Framing {
        Framing {
            timeout: Duration::from_millis(500),
            suffixed: true,
        }
    }
}

/// Why what came from a scanner was not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameFault {
    /// More bytes than a code may have: two devices on one line, the wrong speed, noise.
    Overlong {
        /// Bytes that came before the suffix or the silence.
        length: usize,
    },
    /// An AIM identifier and nothing after it.
    Empty,
    /// A code began and did not end: the cable was pulled, the scanner was switched off, or a
    /// suffix that was promised did not come.
    Truncated {
        /// Bytes that came.
        length: usize,
    },
    /// Characters that no code has: noise, the wrong speed, or another device on the port.
    Garbled,
    /// Each character has a parity bit in the place of its eighth bit, or the port found characters
    /// of another parity than its own.
    WrongParity,
    /// Whole characters, but no code: what another device says, or another protocol.
    OtherDevice,
    /// The system threw keys or reports away because the till was too busy to take them, or the
    /// scanner's driver was started anew.
    Lost,
}

impl FrameFault {
    /// What the operator can do about it, in one English sentence.
    pub const fn remedy(&self) -> &'static str {
        match self {
            FrameFault::Overlong { .. } => {
                "scan one code at a time; if it stays, set the port to the scanner's speed and see \
                 that nothing else is on its port"
            }
            FrameFault::Empty | FrameFault::Lost => "scan it again",
            FrameFault::Truncated { .. } => {
                "scan it again; if it stays, check the scanner's cable and its suffix"
            }
            FrameFault::Garbled => {
                "set the port to the scanner's speed and parity, and see that nothing else is on \
                 its port"
            }
            FrameFault::WrongParity => {
                "set the port and the scanner to the same data bits and parity"
            }
            FrameFault::OtherDevice => {
                "see that the scanner hangs on this port and nothing else does, and that it sends \
                 codes and nothing besides"
            }
        }
    }
}

impl core::fmt::Display for FrameFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            FrameFault::Overlong { .. } => "too long for a code",
            FrameFault::Empty => "nothing was read",
            FrameFault::Truncated { .. } => "half a code",
            FrameFault::Garbled => "characters that no code has",
            FrameFault::WrongParity => "wrong parity",
            FrameFault::OtherDevice => "what another device says",
            FrameFault::Lost => "a part was lost",
        })
    }
}

/// What some scanners put before and behind each code.
const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// What ended a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Suffix,
    /// ETX, of a frame that begins with STX.
    Bracket,
    Silence,
    Cut,
}

/// Collects the bytes of one scanner.
#[derive(Debug)]
pub struct FrameReader {
    framing: Framing,
    bytes: heapless::Vec<u8, { MAX_CODE + AIM_LENGTH }>,
    /// Bytes of the current frame, also those beyond what `bytes` holds.
    length: usize,
    last: Duration,
    /// A part of the current frame was lost on the way.
    lost: bool,
    /// A silence may be in the current frame that nobody heard.
    in_doubt: bool,
    /// The port checks the parity of each character: one that fails comes as zero.
    has_parity: bool,
}

impl FrameReader {
    /// An empty reader.
    pub const fn new(framing: Framing) -> Self {
        FrameReader {
            framing,
            bytes: heapless::Vec::new(),
            length: 0,
            last: Duration::ZERO,
            lost: false,
            in_doubt: false,
            has_parity: false,
        }
    }

    /// The same on a port that checks the parity of each character, and gives a zero byte for one
    /// that fails.
    pub const fn on_parity_port(mut self) -> Self {
        self.has_parity = true;
        self
    }

    /// Takes the next byte, read at `now` (any monotonic clock, the same for all calls).
    /// Returns the code this byte ends, if it does.
    pub fn push(&mut self, byte: u8, now: Duration) -> Option<Result<ScannedCode, FrameFault>> {
        if matches!(byte, b'\r' | b'\n' | b'\t') {
            return self.take(End::Suffix);
        }
        if byte == ETX && self.bytes.first() == Some(&STX) {
            return self.take(End::Bracket);
        }
        self.last = now;
        self.length = self.length.saturating_add(1);
        // What does not fit is counted in `length`, and the frame is rejected at its end.
        let _ = self.bytes.push(byte);
        None
    }

    /// Notes that a part of what is being read was lost on the way: the frame is refused at its
    /// end, even if nothing of it came.
    pub fn lose(&mut self, now: Duration) {
        self.last = now;
        self.length = self.length.saturating_add(1);
        self.lost = true;
    }

    /// Notes that what came last, or comes next, waited in the port for longer than the silence:
    /// there may have been one in it, and two codes on its two sides. Where no suffix ends such a
    /// frame it is refused as lost.
    pub fn doubt(&mut self) {
        self.in_doubt = true;
    }

    /// How long the silence is that ends a code.
    pub const fn timeout(&self) -> Duration {
        self.framing.timeout
    }

    /// Ends the code because there was a silence after the bytes so far, as another clock than the
    /// reader's tells.
    pub fn fall_silent(&mut self) -> Option<Result<ScannedCode, FrameFault>> {
        self.take(End::Silence)
    }

    /// When the silence after the bytes so far ends the code; `None` when there are none.
    pub fn deadline(&self) -> Option<Duration> {
        (self.length > 0).then(|| self.last.saturating_add(self.framing.timeout))
    }

    /// Ends the code when the silence was long enough. Call it only when the port was found
    /// empty at `now`: bytes that waited unread in the port are no silence.
    pub fn poll(&mut self, now: Duration) -> Option<Result<ScannedCode, FrameFault>> {
        match self.deadline() {
            Some(deadline) if now >= deadline => self.take(End::Silence),
            _ => None,
        }
    }

    /// Ends the code because the port is gone: an unfinished one is told as half a code.
    pub fn cut(&mut self) -> Option<Result<ScannedCode, FrameFault>> {
        self.take(End::Cut)
    }

    /// Forgets an unfinished code, for a port that was opened anew.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.length = 0;
        self.lost = false;
        self.in_doubt = false;
    }

    fn take(&mut self, end: End) -> Option<Result<ScannedCode, FrameFault>> {
        let length = self.length;
        let in_doubt = self.in_doubt && end == End::Silence && !self.framing.suffixed;
        let lost = self.lost || in_doubt;
        let frame = core::mem::take(&mut self.bytes);
        self.clear();
        if length == 0 {
            return None;
        }
        if lost {
            return Some(Err(FrameFault::Lost));
        }
        if length > frame.len() {
            return Some(Err(FrameFault::Overlong { length }));
        }
        let half = match end {
            End::Suffix | End::Bracket => false,
            End::Silence => self.framing.suffixed,
            End::Cut => true,
        };
        let spoiled = self.has_parity && frame.contains(&0);
        if half {
            // With parity the suffix is another byte, too, and where the port checks it, a zero one.
            return Some(Err(match spoiled || has_parity(&frame) {
                true => FrameFault::WrongParity,
                false => FrameFault::Truncated { length },
            }));
        }
        let inner = match frame.split_first() {
            Some((_, inner)) if end == End::Bracket => inner,
            _ => &frame,
        };
        Some(match read(inner, length) {
            Err(FrameFault::Garbled) if spoiled => Err(FrameFault::WrongParity),
            ended => ended,
        })
    }
}

/// A whole frame, of which `length` bytes came.
fn read(frame: &[u8], length: usize) -> Result<ScannedCode, FrameFault> {
    let (aim, content) = split_aim(frame);
    if content.is_empty() {
        return Err(FrameFault::Empty);
    }
    let garbled = content.iter().any(|byte| is_no_content(*byte));
    // With an identifier the scanner is understood, and the code is in letters of its own.
    if garbled || (aim.is_none() && core::str::from_utf8(content).is_err()) {
        return Err(match (has_parity(frame), is_language(frame)) {
            (true, _) => FrameFault::WrongParity,
            (false, true) => FrameFault::OtherDevice,
            (false, false) => FrameFault::Garbled,
        });
    }
    match heapless::Vec::from_slice(content) {
        Ok(data) => Ok(ScannedCode { aim, data }),
        Err(_) => Err(FrameFault::Overlong { length }),
    }
}

/// Takes an AIM identifier off.
pub(crate) fn split_aim(frame: &[u8]) -> (Option<AimIdentifier>, &[u8]) {
    match frame {
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
    }
}

/// Control characters other than the separators of GS1 and ISO/IEC 15434.
pub(crate) const fn is_no_content(byte: u8) -> bool {
    matches!(byte, 0x00..=0x03 | 0x05..=0x1B | 0x7F)
}

/// Whether this is clean, but in a language of control characters, as that of a scale. A zero byte
/// is what a port makes of a character that came broken.
fn is_language(frame: &[u8]) -> bool {
    let plain = frame.iter().filter(|byte| matches!(byte, b' '..=b'~'));
    frame.iter().all(|byte| matches!(byte, 0x01..=0x7E)) && plain.count() >= TEXT
}

/// Whether each byte has the same parity: seven bits and their parity, read as eight bits.
fn has_parity(bytes: &[u8]) -> bool {
    let odd = bytes
        .iter()
        .filter(|byte| byte.count_ones() % 2 == 1)
        .count();
    let has_eighth = bytes.iter().any(|byte| *byte >= 0x80);
    has_eighth && bytes.len() >= SURE_OF_PARITY && (odd == 0 || odd == bytes.len())
}
