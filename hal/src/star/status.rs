//! What a Star printer sends back: statuses of several bytes, flow control, and reports of
//! finished documents, told apart by their fixed bits.

use crate::printer::{DrawerProfile, SignalLevel};
use crate::vocabulary::{Cover, DrawerState, Paper, PrinterFault, PrinterStatus};

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
/// A document's report: ESC GS ETX 1, two bytes of the asker, the printer's counter, NUL.
const DOCUMENT: [u8; 4] = [0x1B, 0x1D, 0x03, 0x01];
/// The longest status a printer announces.
const LONGEST: usize = 31;
/// The shortest one that says anything: two headers and four bytes of status.
const SHORTEST: usize = 6;

/// One thing a Star printer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The whole status, asked for or not.
    Status(Status),
    /// The document with these two bytes is printed, and the motor stands still.
    Document([u8; 2]),
    /// The printer can take bytes again.
    Xon,
    /// The printer's buffer is full.
    Xoff,
    /// A byte that means nothing here.
    Noise(u8),
}

/// A status of a Star printer (ASB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Drawer, online, cover, ETB.
    pub printer: u8,
    /// Faults.
    pub error: u8,
    /// More faults: the receive buffer.
    pub other: u8,
    /// Paper.
    pub paper: u8,
    /// How many ETB were printed up to, 0 to 31; `None` in a status too short for it.
    pub counter: Option<u8>,
}

impl Status {
    /// Whether bytes came when the receive buffer was full, and are lost. It is told once.
    pub const fn overflowed(&self) -> bool {
        self.other & 0x40 != 0
    }
}

/// Tells the reports of one printer apart. After noise it is in step again with the next byte
/// that can only be a beginning.
#[derive(Debug, Default)]
pub struct StatusReader {
    partial: heapless::Vec<u8, LONGEST>,
    /// Bytes of a network printer's further data that are skipped.
    skip: usize,
    /// A document's report ended with a NUL that may have been its counter.
    ended_early: bool,
}

impl StatusReader {
    /// A reader in step.
    pub const fn new() -> Self {
        StatusReader {
            partial: heapless::Vec::new(),
            skip: 0,
            ended_early: false,
        }
    }

    /// Takes the next byte; returns the report it completes. Bytes of a report that was broken
    /// off are dropped.
    pub fn push(&mut self, byte: u8) -> Option<Report> {
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        if core::mem::take(&mut self.ended_early) && byte == 0 {
            return None;
        }
        let in_document = self.partial.first() == Some(&DOCUMENT[0]);
        // Flow control may stand anywhere but in a document's report, whose counter may be any.
        match byte {
            XON if !in_document => return Some(Report::Xon),
            XOFF if !in_document => return Some(Report::Xoff),
            _ => {}
        }
        if !self.partial.is_empty() && !self.continues(byte) {
            self.partial.clear();
        }
        if self.partial.is_empty() && byte != DOCUMENT[0] && !is_header(byte) {
            // The answer to an EOT that stood in a command's parameter says nothing new.
            return (byte & 0x91 != 0x10).then_some(Report::Noise(byte));
        }
        // The longest report fits, and a complete one is taken out below.
        let _ = self.partial.push(byte);
        let report = self.complete()?;
        self.partial.clear();
        Some(report)
    }

    /// Forgets an unfinished report, for a port that was opened anew.
    pub fn clear(&mut self) {
        self.partial.clear();
        self.skip = 0;
        self.ended_early = false;
    }

    fn continues(&self, byte: u8) -> bool {
        let at = self.partial.len();
        if self.partial.first() == Some(&DOCUMENT[0]) {
            return match at {
                0..4 => DOCUMENT.get(at) == Some(&byte),
                7 => byte == 0,
                _ => true,
            };
        }
        let length = self.partial.first().map_or(0, |header| length(*header));
        match at {
            // The second header, whose highest bit announces two bytes of length at the end.
            1 => byte & 0x11 == 0,
            _ if at < length => byte & 0x91 == 0,
            _ => true,
        }
    }

    fn complete(&mut self) -> Option<Report> {
        let bytes = self.partial.as_slice();
        let (first, second) = (*bytes.first()?, bytes.get(1).copied().unwrap_or(0));
        if first == DOCUMENT[0] {
            return match bytes {
                // A port that is stopped by bytes keeps a counter for itself that is XON or XOFF.
                [_, _, _, _, a, b, 0] => {
                    self.ended_early = true;
                    Some(Report::Document([*a, *b]))
                }
                [_, _, _, _, a, b, _, _] => Some(Report::Document([*a, *b])),
                _ => None,
            };
        }
        let length = length(first);
        let extended = second & 0x80 != 0;
        if bytes.len() < length + if extended { 2 } else { 0 } {
            return None;
        }
        if extended {
            let low = bytes.get(length).copied().unwrap_or(0);
            let high = bytes.get(length + 1).copied().unwrap_or(0);
            // Never more than 512 bytes; a longer one is noise and would swallow what follows.
            let more = usize::from(u16::from_be_bytes([high, low]));
            self.skip = if more <= 0x200 { more } else { 0 };
        }
        let byte = |at: usize| bytes.get(at).copied().filter(|_| at < length).unwrap_or(0);
        Some(Report::Status(Status {
            printer: byte(2),
            error: byte(3),
            other: byte(4),
            paper: byte(5),
            // The five bits of the counter lie around a fixed one.
            counter: (length > 7).then(|| (byte(7) >> 1 & 0x07) | (byte(7) >> 2 & 0x18)),
        }))
    }
}

/// Whether a byte can begin a status, one long enough to say anything.
fn is_header(byte: u8) -> bool {
    byte & 0x91 == 0x01 && length(byte) >= SHORTEST && length(byte) <= LONGEST - 2
}

/// How many bytes a status has, by its first.
fn length(header: u8) -> usize {
    usize::from(header >> 1 & 0x07) | usize::from(header >> 2 & 0x18)
}

/// Enters a Star printer's status into a status.
pub fn apply_status(star: Status, drawer: &DrawerProfile, status: &mut PrinterStatus) {
    status.responding = true;
    status.online = star.printer & 0x08 == 0;
    status.cover = if star.printer & 0x20 != 0 {
        Cover::Open
    } else {
        Cover::Closed
    };
    let high = star.printer & 0x04 != 0;
    status.drawer = match drawer.open_when {
        None => DrawerState::Unknown,
        Some(level) if (level == SignalLevel::High) == high => DrawerState::Open,
        Some(_) => DrawerState::Closed,
    };
    status.fault = if star.error & 0x20 != 0 {
        Some(PrinterFault::Unrecoverable)
    } else if star.error & 0x08 != 0 {
        Some(PrinterFault::Cutter)
    } else if star.error & 0x04 != 0 {
        Some(PrinterFault::Recoverable)
    } else if star.error & 0x40 != 0 {
        Some(PrinterFault::Overheated)
    } else {
        None
    };
    status.paper = if star.paper & 0x08 != 0 {
        Paper::Empty
    } else if star.paper & 0x06 != 0 {
        Paper::NearEnd
    } else {
        Paper::Present
    };
}
