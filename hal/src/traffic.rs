//! The bytes that went to and fro at a port: the last ones of each device, for a screen, and
//! recordings, which are the same as text.
//!
//! ```text
//! # a scale that is asked for its weight
//! 0.000 > "W"
//! 0.041 < 02 "01.255" 0D
//! ```
//!
//! Seconds since the beginning, `>` to the device or `<` from it, then bytes: two hexadecimal
//! digits each, or printable ASCII in quotes, where a quote is written 22.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::HalError;

/// The most bytes that are kept of a device.
pub const MAX_KEPT: usize = 4096;
/// The most bytes in one piece.
const MAX_PIECE: usize = 256;
/// What goes the same way within this time is one piece.
const TOGETHER: Duration = Duration::from_millis(20);

/// Which way bytes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the till to the device.
    ToDevice,
    /// From the device to the till.
    FromDevice,
}

/// Bytes that went one way together.
#[derive(Clone, PartialEq, Eq)]
pub struct Piece {
    /// When the first of them went, since the device was started or the recording begins.
    pub at: Duration,
    /// Which way.
    pub direction: Direction,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Codes may be secrets: what was scanned never gets into a log by itself.
impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece")
            .field("at", &self.at)
            .field("direction", &self.direction)
            .field("length", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// What went to and fro, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recording {
    /// The pieces.
    pub pieces: Vec<Piece>,
}

impl Recording {
    /// All bytes that went one way.
    pub fn bytes(&self, direction: Direction) -> Vec<u8> {
        let pieces = self.pieces.iter();
        pieces
            .filter(|piece| piece.direction == direction)
            .flat_map(|piece| piece.bytes.iter().copied())
            .collect()
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = match self.direction {
            Direction::ToDevice => '>',
            Direction::FromDevice => '<',
        };
        let at = self.at;
        write!(f, "{}.{:03} {arrow}", at.as_secs(), at.subsec_millis())?;
        let mut quoted = false;
        for &byte in &self.bytes {
            let plain = matches!(byte, b' '..=b'~') && byte != b'"';
            match (quoted, plain) {
                (false, true) => write!(f, " \"{}", char::from(byte))?,
                (true, true) => write!(f, "{}", char::from(byte))?,
                (true, false) => write!(f, "\" {byte:02X}")?,
                (false, false) => write!(f, " {byte:02X}")?,
            }
            quoted = plain;
        }
        f.write_str(if quoted { "\"" } else { "" })
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces
            .iter()
            .try_for_each(|piece| writeln!(f, "{piece}"))
    }
}

impl FromStr for Recording {
    type Err = HalError;

    /// Reads a recording. `#` begins a remark, outside of quotes.
    ///
    /// # Errors
    /// `InvalidRecording` with the number of the line.
    fn from_str(text: &str) -> Result<Recording, HalError> {
        let mut pieces = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            if text.trim_start().starts_with('#') || text.trim().is_empty() {
                continue;
            }
            pieces.push(piece(text).ok_or(HalError::InvalidRecording { line })?);
        }
        Ok(Recording { pieces })
    }
}

fn piece(line: &str) -> Option<Piece> {
    let (at, rest) = line.trim_start().split_once(' ')?;
    let (seconds, milliseconds) = at.split_once('.')?;
    if milliseconds.len() != 3 {
        return None;
    }
    let at = Duration::from_secs(seconds.parse().ok()?)
        .checked_add(Duration::from_millis(milliseconds.parse().ok()?))?;
    let (direction, mut rest) = match rest.trim_start().split_at_checked(1)? {
        (">", rest) => (Direction::ToDevice, rest),
        ("<", rest) => (Direction::FromDevice, rest),
        _ => return None,
    };
    let mut bytes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() || rest.starts_with('#') {
            break;
        }
        if let Some(quoted) = rest.strip_prefix('"') {
            let (text, after) = quoted.split_once('"')?;
            if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                return None;
            }
            bytes.extend_from_slice(text.as_bytes());
            rest = after;
        } else {
            let (digits, after) = rest.split_at_checked(2)?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after;
        }
    }
    (!bytes.is_empty()).then_some(Piece {
        at,
        direction,
        bytes,
    })
}

/// The last bytes of a device, kept while it runs, at most [`MAX_KEPT`].
pub(crate) struct Traffic {
    start: Instant,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    pieces: VecDeque<Piece>,
    length: usize,
}

impl Traffic {
    pub(crate) fn new() -> Traffic {
        Traffic {
            start: Instant::now(),
            kept: Mutex::new(Kept::default()),
        }
    }

    /// Keeps bytes, of a long piece the last ones.
    pub(crate) fn note(&self, direction: Direction, bytes: &[u8]) {
        let from = bytes.len().saturating_sub(MAX_PIECE);
        let bytes = bytes.get(from..).unwrap_or_default();
        if bytes.is_empty() {
            return;
        }
        let at = self.start.elapsed();
        let mut kept = self.lock();
        kept.length += bytes.len();
        match kept.pieces.back_mut() {
            Some(last)
                if last.direction == direction
                    && at.saturating_sub(last.at) < TOGETHER
                    && last.bytes.len() + bytes.len() <= MAX_PIECE =>
            {
                last.bytes.extend_from_slice(bytes);
            }
            _ => kept.pieces.push_back(Piece {
                at,
                direction,
                bytes: bytes.to_vec(),
            }),
        }
        while kept.length > MAX_KEPT {
            let Some(oldest) = kept.pieces.pop_front() else {
                break;
            };
            kept.length -= oldest.bytes.len();
        }
    }

    pub(crate) fn recording(&self) -> Recording {
        Recording {
            pieces: self.lock().pieces.iter().cloned().collect(),
        }
    }

    pub(crate) fn forget(&self) {
        *self.lock() = Kept::default();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl fmt::Debug for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traffic").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_bytes_are_kept_and_debug_output_has_none_of_them() {
        let traffic = Traffic::new();
        for number in 0..2_000 {
            let direction = [Direction::ToDevice, Direction::FromDevice][number % 2];
            traffic.note(direction, &[b'x'; 300]);
        }
        traffic.note(Direction::FromDevice, b"the badge of somebody");
        let recording = traffic.recording();
        let kept: usize = recording.pieces.iter().map(|piece| piece.bytes.len()).sum();
        assert!(kept <= MAX_KEPT && kept > MAX_KEPT - 2 * MAX_PIECE);
        assert!(recording.to_string().contains("the badge of somebody"));
        assert!(!format!("{recording:?} {traffic:?}").contains("badge"));
        traffic.forget();
        assert_eq!(traffic.recording(), Recording::default());
    }
}
