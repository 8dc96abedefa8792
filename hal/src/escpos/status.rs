//! What a printer sends back: a stream in which answers, automatic statuses, flow control and
//! completion reports are told apart by their fixed bits.

use crate::printer::{DrawerProfile, JobTag, SignalLevel};
use crate::vocabulary::{Cover, DrawerState, Paper, PrinterFault, PrinterStatus};

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;
/// A completion report: header, identifier, tag of four, NUL.
const COMPLETION: u8 = 0x37;
const COMPLETION_IDENTIFIER: u8 = 0x22;
/// The answer to [`super::CLEAR_BUFFER`] begins as a completion report: header, this, NUL.
const CLEARED_IDENTIFIER: u8 = 0x25;

/// One thing a printer said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The answer to a status request; which one, only the asker knows.
    Answer(u8),
    /// A status the printer sent by itself (ASB).
    Automatic(AutomaticStatus),
    /// The printer can take bytes again.
    Xon,
    /// The printer's buffer is full.
    Xoff,
    /// The job with this tag is printed.
    Completed(JobTag),
    /// The printer threw away all that it had not printed.
    Cleared,
    /// A byte that means nothing here.
    Noise(u8),
}

/// The four bytes of an automatic status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AutomaticStatus(pub [u8; 4]);

/// Tells the reports of one printer apart. After noise it is in step again with the next byte
/// that can only be a beginning.
#[derive(Debug, Default)]
pub struct StatusReader {
    partial: heapless::Vec<u8, 7>,
}

impl StatusReader {
    /// A reader in step.
    pub const fn new() -> Self {
        StatusReader {
            partial: heapless::Vec::new(),
        }
    }

    /// Takes the next byte; returns the report it completes. Bytes of a report that was broken
    /// off are dropped.
    pub fn push(&mut self, byte: u8) -> Option<Report> {
        // Flow control may stand anywhere; no other report contains these bytes.
        match byte {
            XON => return Some(Report::Xon),
            XOFF => return Some(Report::Xoff),
            _ => {}
        }
        if !self.partial.is_empty() && !continues(&self.partial, byte) {
            self.partial.clear();
        }
        if self.partial.is_empty() {
            match byte {
                COMPLETION => {}
                b if b & 0x93 == 0x10 => {}
                b if b & 0x93 == 0x12 => return Some(Report::Answer(b)),
                b => return Some(Report::Noise(b)),
            }
        }
        // A report of seven bytes is taken out below as soon as it is complete.
        let _ = self.partial.push(byte);
        let report = match *self.partial.as_slice() {
            [COMPLETION, CLEARED_IDENTIFIER, _] => Report::Cleared,
            [COMPLETION, _, a, b, c, d, _] => Report::Completed(JobTag([a, b, c, d])),
            [first, b, c, d] if first != COMPLETION => {
                Report::Automatic(AutomaticStatus([first, b, c, d]))
            }
            _ => return None,
        };
        self.partial.clear();
        Some(report)
    }

    /// Forgets an unfinished report, for a port that was opened anew.
    pub fn clear(&mut self) {
        self.partial.clear();
    }
}

/// Whether `byte` can follow the beginning of a report.
fn continues(partial: &[u8], byte: u8) -> bool {
    match (partial, byte) {
        ([COMPLETION], byte) => matches!(byte, COMPLETION_IDENTIFIER | CLEARED_IDENTIFIER),
        ([COMPLETION, CLEARED_IDENTIFIER], byte) => byte == 0,
        ([COMPLETION, _, _, _, _, _], byte) => byte == 0,
        // Only the characters of our own tags: none of them can begin a report.
        ([COMPLETION, ..], byte) => matches!(byte, 0x40..=0x4F | 0x60..=0x6F),
        (_, byte) => byte & 0x90 == 0,
    }
}

fn drawer_state(high: bool, drawer: &DrawerProfile) -> DrawerState {
    match drawer.open_when {
        None => DrawerState::Unknown,
        Some(level) if (level == SignalLevel::High) == high => DrawerState::Open,
        Some(_) => DrawerState::Closed,
    }
}

fn fault(flags: u8) -> Option<PrinterFault> {
    if flags & 0x20 != 0 {
        Some(PrinterFault::Unrecoverable)
    } else if flags & 0x08 != 0 {
        Some(PrinterFault::Cutter)
    } else if flags & 0x04 != 0 {
        Some(PrinterFault::Recoverable)
    } else if flags & 0x40 != 0 {
        Some(PrinterFault::AutoRecoverable)
    } else {
        None
    }
}

fn cover(open: bool) -> Cover {
    if open { Cover::Open } else { Cover::Closed }
}

fn paper(empty: bool, near_end: bool) -> Paper {
    if empty {
        Paper::Empty
    } else if near_end {
        Paper::NearEnd
    } else {
        Paper::Present
    }
}

/// Enters the four answers to [`super::Request::ALL`] into a status.
pub fn apply_answers(answers: [u8; 4], drawer: &DrawerProfile, status: &mut PrinterStatus) {
    let [printer, offline, error, sensor] = answers;
    status.responding = true;
    status.online = printer & 0x08 == 0;
    status.drawer = drawer_state(printer & 0x04 != 0, drawer);
    status.cover = cover(offline & 0x04 != 0);
    status.fault = fault(error);
    status.paper = paper(
        sensor & 0x60 != 0 || offline & 0x20 != 0,
        sensor & 0x0C != 0,
    );
}

/// Enters an automatic status into a status.
pub fn apply_automatic_status(
    automatic: AutomaticStatus,
    drawer: &DrawerProfile,
    status: &mut PrinterStatus,
) {
    let [printer, error, sensor, _] = automatic.0;
    status.responding = true;
    status.online = printer & 0x08 == 0;
    status.drawer = drawer_state(printer & 0x04 != 0, drawer);
    status.cover = cover(printer & 0x20 != 0);
    status.fault = fault(error);
    status.paper = paper(sensor & 0x0C != 0, sensor & 0x03 != 0);
}
