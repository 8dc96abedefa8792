//! What the bytes of a scanner are: characters, key events or reports.

use std::time::Duration;

use crate::framing::{FrameFault, FrameReader, Framing};
use crate::hid_pos::{HidPosFormat, HidPosReader, MAX_REPORT};
use crate::keyboard::{KeyReader, Typed};
use crate::linux::wire::{Gone, Wire};
use crate::vocabulary::ScannedCode;

type Frame = Result<ScannedCode, FrameFault>;

/// Makes codes of a scanner's bytes.
pub(super) enum Source {
    Characters(FrameReader),
    /// Beside them when the last character was typed, by the kernel's clock.
    Keys(KeyReader, FrameReader, Option<Duration>),
    Reports(HidPosReader),
}

impl Source {
    /// What reads the bytes of an open port.
    pub(super) fn of(wire: &Wire, framing: Framing, has_parity: bool) -> Source {
        match (wire.hid_pos(), wire.is_keyboard()) {
            (Some(format), _) => Source::Reports(HidPosReader::new(HidPosFormat::clone(format))),
            (None, true) => Source::Keys(KeyReader::new(), FrameReader::new(framing), None),
            (None, false) if has_parity => {
                Source::Characters(FrameReader::new(framing).on_parity_port())
            }
            (None, false) => Source::Characters(FrameReader::new(framing)),
        }
    }

    /// Reads once what is there, and gives each code that this ends to `tell`. Returns how many
    /// bytes came. `late`: what is there may have come before and after a silence.
    pub(super) fn read(
        &mut self,
        wire: &Wire,
        now: impl FnOnce() -> Duration,
        late: bool,
        mut tell: impl FnMut(Frame),
    ) -> Result<usize, Gone> {
        let mut buffer = [0; MAX_REPORT];
        let most = match self {
            // One report at a time: where one ends, the next one begins.
            Source::Reports(reports) => reports.report_length().clamp(1, MAX_REPORT),
            _ => 240,
        };
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        let read = wire.read(buffer)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        let now = now();
        match self {
            Source::Characters(frames) => {
                for &byte in bytes {
                    if late {
                        frames.doubt();
                    }
                    frames.push(byte, now).into_iter().for_each(&mut tell);
                }
            }
            Source::Keys(keys, frames, last) => {
                for &byte in bytes {
                    let Some(typed) = keys.push(byte) else {
                        continue;
                    };
                    // The kernel noted when each key was pressed, however late it is read.
                    let before = core::mem::replace(last, keys.time());
                    let between = last
                        .zip(before)
                        .map(|(at, before)| at.saturating_sub(before));
                    let ended = match between {
                        Some(between) if between >= frames.timeout() => frames.fall_silent(),
                        None if late && last.is_none() => {
                            frames.doubt();
                            None
                        }
                        _ => None,
                    };
                    ended.into_iter().for_each(&mut tell);
                    type_into(frames, typed, now)
                        .into_iter()
                        .for_each(&mut tell);
                }
            }
            Source::Reports(reports) => {
                if !bytes.is_empty() {
                    reports.push(bytes, now).into_iter().for_each(&mut tell);
                }
            }
        }
        Ok(read)
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        match self {
            Source::Characters(frames) | Source::Keys(_, frames, _) => frames.deadline(),
            Source::Reports(reports) => reports.deadline(),
        }
    }

    pub(super) fn poll(&mut self, now: Duration) -> Option<Frame> {
        match self {
            Source::Characters(frames) | Source::Keys(_, frames, _) => frames.poll(now),
            Source::Reports(reports) => reports.poll(now),
        }
    }

    /// The port is gone.
    pub(super) fn cut(&mut self) -> Option<Frame> {
        match self {
            Source::Characters(frames) | Source::Keys(_, frames, _) => frames.cut(),
            Source::Reports(reports) => reports.cut(),
        }
    }
}

/// A typed character goes into the frame as UTF-8.
fn type_into(frames: &mut FrameReader, typed: Typed, now: Duration) -> Option<Frame> {
    match typed {
        Typed::Lost => {
            frames.lose(now);
            None
        }
        Typed::Character(character) => {
            let mut utf8 = [0; 2];
            let mut ended = None;
            for byte in char::from(character).encode_utf8(&mut utf8).bytes() {
                ended = ended.or(frames.push(byte, now));
            }
            ended
        }
    }
}
