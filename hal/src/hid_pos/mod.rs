//! Scanners of the USB class for points of sale (HID-POS, usage page 8C): their reports become
//! codes.
//!
//! Where the length, the identifier and the data stand differs from maker to maker, so that is
//! read from the scanner's own description first ([`HidPosFormat::parse`]).
//!
//! Back to the scanner the usage tables have three sounds: good read, error, not on file (usages 86,
//! 85, 87). They have none that lights a lamp: what they say of lamps (7B to 7D) are settings of
//! what the scanner does by itself at each read, in reports that carry its other settings, too, so
//! that they are left alone. Scanners without a sounder light their lamps at the sounds' usages.

mod descriptor;

use core::time::Duration;

pub use descriptor::{Bit, HidPosFormat, MAX_REPORT};

use crate::framing::{FrameFault, is_no_content, split_aim};
use crate::vocabulary::{MAX_CODE, ScannedCode};

/// How long the next part of a long code may be on its way.
const NEXT_PART: Duration = Duration::from_millis(500);

/// Puts the reports of one scanner together. No report makes it panic.
#[derive(Debug)]
pub struct HidPosReader {
    format: HidPosFormat,
    /// The identifier of the code that is not whole yet.
    identifier: [u8; 3],
    data: heapless::Vec<u8, MAX_CODE>,
    /// Bytes that came, also those beyond what `data` holds.
    length: usize,
    /// When the last part came, while another is to come.
    unfinished: Option<Duration>,
}

impl HidPosReader {
    /// A reader for reports of this format.
    pub const fn new(format: HidPosFormat) -> HidPosReader {
        HidPosReader {
            format,
            identifier: [0; 3],
            data: heapless::Vec::new(),
            length: 0,
            unfinished: None,
        }
    }

    /// The bytes of one report, with its number.
    pub const fn report_length(&self) -> usize {
        self.format.report_length
    }

    /// Forgets an unfinished code.
    pub fn clear(&mut self) {
        self.data.clear();
        self.length = 0;
        self.unfinished = None;
    }

    /// Takes a report, read at `now` (any monotonic clock). Returns the code it ends, if it does.
    /// Reports that carry no code are none of ours and are passed over.
    pub fn push(
        &mut self,
        report: &[u8],
        now: Duration,
    ) -> Option<Result<ScannedCode, FrameFault>> {
        let format = self.format.clone();
        if format.report.is_some() && report.first() != format.report.as_ref() {
            return None;
        }
        let Some(part) = report.get(format.data.clone()) else {
            let length = self.length.saturating_add(report.len());
            self.clear();
            return Some(Err(FrameFault::Truncated { length }));
        };
        let counted = format.count.and_then(|at| report.get(at)).copied();
        let part = match counted.map(usize::from) {
            Some(count) => match part.get(..count) {
                Some(part) => part,
                None => {
                    self.clear();
                    return Some(Err(FrameFault::Garbled));
                }
            },
            None => {
                let end = part.iter().rposition(|byte| *byte != 0);
                part.get(..end.map_or(0, |at| at + 1)).unwrap_or_default()
            }
        };
        if self.unfinished.is_none() {
            for (kept, at) in self.identifier.iter_mut().zip(format.identifier) {
                *kept = at.and_then(|at| report.get(at)).copied().unwrap_or(0);
            }
        }
        self.length = self.length.saturating_add(part.len());
        for &byte in part {
            // What does not fit is counted in `length`.
            let _ = self.data.push(byte);
        }
        if format.continued.is_some_and(|bit| bit.is_set(report)) {
            self.unfinished = Some(now);
            return None;
        }
        let code = self.read();
        self.clear();
        Some(code)
    }

    /// Until when the next part of a code is waited for; `None` when none is.
    pub fn deadline(&self) -> Option<Duration> {
        Some(self.unfinished?.saturating_add(NEXT_PART))
    }

    /// Gives up a code whose next part did not come.
    pub fn poll(&mut self, now: Duration) -> Option<Result<ScannedCode, FrameFault>> {
        (now >= self.deadline()?).then(|| self.give_up())
    }

    /// Gives up an unfinished code because the scanner is gone.
    pub fn cut(&mut self) -> Option<Result<ScannedCode, FrameFault>> {
        self.unfinished?;
        Some(self.give_up())
    }

    fn give_up(&mut self) -> Result<ScannedCode, FrameFault> {
        let length = self.length;
        self.clear();
        Err(FrameFault::Truncated { length })
    }

    fn read(&self) -> Result<ScannedCode, FrameFault> {
        if self.length > self.data.len() {
            return Err(FrameFault::Overlong {
                length: self.length,
            });
        }
        let mut content = self.data.as_slice();
        let mut aim = split_aim(&self.identifier).0;
        if aim.is_none() {
            // Some send it as characters of the code, as on a serial port.
            (aim, content) = split_aim(content);
        }
        while let [rest @ .., b'\r' | b'\n' | b'\t'] = content {
            content = rest;
        }
        if content.is_empty() {
            return Err(FrameFault::Empty);
        }
        if content.iter().any(|byte| is_no_content(*byte)) {
            return Err(FrameFault::Garbled);
        }
        let data = heapless::Vec::from_slice(content).map_err(|_| FrameFault::Overlong {
            length: self.length,
        })?;
        Ok(ScannedCode { aim, data })
    }
}
