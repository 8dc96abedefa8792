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

#[cfg(feature = "linux")]
mod kept;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::HalError;
#[cfg(feature = "linux")]
pub(crate) use kept::Traffic;

/// The most bytes that are kept of a device.
pub const MAX_KEPT: usize = 4096;

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
