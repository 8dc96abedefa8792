//! What a printer is asked, and what it says, in its dialect.

use crate::escpos::{self, AutomaticStatus};
use crate::printer::{Dialect, JobTag};
use crate::star;

/// One thing a printer said, of whichever dialect.
#[derive(Debug, Clone, Copy)]
pub(super) enum Said {
    /// The answer to one of several questions.
    Answer(u8),
    /// A status that nobody asked for.
    Automatic(AutomaticStatus),
    /// A whole status, asked for or not.
    Star(star::Status),
    /// A job was printed.
    Printed(Printed),
    /// What it had not printed is thrown away.
    Cleared,
    /// Nothing its dialect has.
    Noise,
}

/// Which job a printer reports as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Printed {
    Tag(JobTag),
    Document([u8; 2]),
}

impl Printed {
    /// Whether this is about the job of `tag`.
    pub(super) fn is(self, tag: JobTag) -> bool {
        match self {
            Printed::Tag(own) => own == tag,
            Printed::Document(own) => tag.0.ends_with(&own),
        }
    }
}

/// Takes in what a printer says.
#[derive(Debug)]
pub(super) enum Reader {
    EscPos(escpos::StatusReader),
    Star(star::StatusReader),
}

/// Whether some bytes are a status of this dialect.
pub(super) fn is_status(dialect: Dialect, bytes: impl Iterator<Item = u8>) -> bool {
    let mut reader = Reader::new(dialect);
    let mut said = bytes.filter_map(|byte| reader.push(byte));
    said.any(|said| matches!(said, Said::Answer(_) | Said::Automatic(_) | Said::Star(_)))
}

impl Reader {
    pub(super) fn new(dialect: Dialect) -> Reader {
        match dialect {
            Dialect::EscPos => Reader::EscPos(escpos::StatusReader::new()),
            Dialect::Star => Reader::Star(star::StatusReader::new()),
        }
    }

    pub(super) fn clear(&mut self) {
        match self {
            Reader::EscPos(reader) => reader.clear(),
            Reader::Star(reader) => reader.clear(),
        }
    }

    /// Takes the next byte; flow control by bytes is the kernel's business.
    pub(super) fn push(&mut self, byte: u8) -> Option<Said> {
        Some(match self {
            Reader::EscPos(reader) => match reader.push(byte)? {
                escpos::Report::Answer(answer) => Said::Answer(answer),
                escpos::Report::Automatic(status) => Said::Automatic(status),
                escpos::Report::Completed(tag) => Said::Printed(Printed::Tag(tag)),
                escpos::Report::Cleared => Said::Cleared,
                escpos::Report::Noise(_) => Said::Noise,
                escpos::Report::Xon | escpos::Report::Xoff => return None,
            },
            Reader::Star(reader) => match reader.push(byte)? {
                star::Report::Status(status) => Said::Star(status),
                star::Report::Document(own) => Said::Printed(Printed::Document(own)),
                star::Report::Noise(_) => Said::Noise,
                star::Report::Xon | star::Report::Xoff => return None,
            },
        })
    }
}
