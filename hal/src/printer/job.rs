//! A whole job, owned, as it waits in a printer's queue.

use super::{
    Align, Barcode, Command, Count, Cut, Image, JobTag, PrinterProfile, Qr, Style, encode,
};
use crate::vocabulary::JobId;

/// The most bytes of content one job may have: a picture of some twelve metres of paper.
pub const MAX_JOB: usize = 512 * 1024;

/// What to print, independent of the printer that prints it. Built line by line:
///
/// ```
/// use hal::{Barcode, Job, Style};
/// let mut job = Job::new();
/// job.line("Harbour Books", Style::center().emphasized())
///     .pair("The Salt Road", "7.99", Style::plain())
///     .barcode(Barcode::ean13("9780000001009")?)
///     .cut();
/// # Ok::<(), hal::HalError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Job {
    pieces: Vec<Piece>,
    content: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Line(Box<str>, Style),
    Pair(Box<str>, Box<str>, Style),
    Rule,
    Feed(u8),
    Barcode(Box<Barcode>),
    Qr(Box<Qr>),
    Image(u16, u16, Box<[u8]>, Align),
    Cut(Cut),
    Kick,
}

impl Job {
    /// An empty job.
    pub fn new() -> Job {
        Job::default()
    }

    fn push(&mut self, piece: Piece, content: usize) -> &mut Job {
        self.content += content + size_of::<Piece>();
        self.pieces.push(piece);
        self
    }

    /// Text in a style, wrapped by words at the paper's width.
    pub fn line(&mut self, text: &str, style: Style) -> &mut Job {
        self.push(Piece::Line(text.into(), style), text.len())
    }

    /// Plain text at the left.
    pub fn text(&mut self, text: &str) -> &mut Job {
        self.line(text, Style::plain())
    }

    /// Text at both edges of one line.
    pub fn pair(&mut self, left: &str, right: &str, style: Style) -> &mut Job {
        let piece = Piece::Pair(left.into(), right.into(), style);
        self.push(piece, left.len() + right.len())
    }

    /// A line across the paper.
    pub fn rule(&mut self) -> &mut Job {
        self.push(Piece::Rule, 0)
    }

    /// Blank lines.
    pub fn feed(&mut self, lines: u8) -> &mut Job {
        self.push(Piece::Feed(lines), 0)
    }

    /// A barcode, centred, with its text beneath.
    pub fn barcode(&mut self, barcode: Barcode) -> &mut Job {
        self.push(Piece::Barcode(Box::new(barcode)), size_of::<Barcode>())
    }

    /// A QR code, centred.
    pub fn qr(&mut self, qr: Qr) -> &mut Job {
        self.push(Piece::Qr(Box::new(qr)), size_of::<Qr>())
    }

    /// A picture, centred.
    pub fn image(&mut self, image: Image<'_>) -> &mut Job {
        self.picture(image, Align::Center)
    }

    /// A picture, aligned.
    pub fn picture(&mut self, image: Image<'_>, align: Align) -> &mut Job {
        let height = u16::try_from(image.rows().len()).unwrap_or(u16::MAX);
        let piece = Piece::Image(image.width(), height, image.bytes().into(), align);
        self.push(piece, image.bytes().len())
    }

    /// Cuts the paper, and leaves a bridge where the cutter can.
    pub fn cut(&mut self) -> &mut Job {
        self.push(Piece::Cut(Cut::Partial), 0)
    }

    /// Cuts the paper all through where the cutter can.
    pub fn cut_off(&mut self) -> &mut Job {
        self.push(Piece::Cut(Cut::Full), 0)
    }

    /// Opens the drawer at this point of the job. To open it without printing use
    /// [`crate::CashDrawer::open_drawer`].
    pub fn kick(&mut self) -> &mut Job {
        self.push(Piece::Kick, 0)
    }

    /// Adds a piece as the encoder takes it.
    pub fn command(&mut self, command: &Command<'_>) -> &mut Job {
        match *command {
            Command::Line { text, style } => self.line(text, style),
            Command::Pair { left, right, style } => self.pair(left, right, style),
            Command::Rule => self.rule(),
            Command::Feed(lines) => self.feed(lines),
            Command::Barcode(barcode) => self.barcode(barcode.clone()),
            Command::Qr(qr) => self.qr(qr.clone()),
            Command::Image { image, align } => self.picture(image, align),
            Command::Cut(cut) => self.push(Piece::Cut(cut), 0),
            Command::Kick => self.kick(),
        }
    }

    /// The pieces in order.
    pub fn commands(&self) -> impl Iterator<Item = Command<'_>> {
        self.pieces.iter().filter_map(|piece| {
            Some(match piece {
                Piece::Line(text, style) => Command::Line {
                    text,
                    style: *style,
                },
                Piece::Pair(left, right, style) => Command::Pair {
                    left,
                    right,
                    style: *style,
                },
                Piece::Rule => Command::Rule,
                Piece::Feed(lines) => Command::Feed(*lines),
                Piece::Barcode(barcode) => Command::Barcode(barcode),
                Piece::Qr(qr) => Command::Qr(qr),
                Piece::Image(width, height, rows, align) => Command::Image {
                    // It was an image when it was pushed, so it is one now.
                    image: Image::new(*width, *height, rows).ok()?,
                    align: *align,
                },
                Piece::Cut(cut) => Command::Cut(*cut),
                Piece::Kick => Command::Kick,
            })
        })
    }

    /// Bytes of content in memory; a printer takes jobs of up to [`MAX_JOB`].
    pub const fn content_len(&self) -> usize {
        self.content
    }
}

/// Makes pictures of what a printer cannot print itself, before a job is encoded.
pub trait Typesetter: Send {
    /// The same job, with pictures in place of what the printer has no characters or codes for.
    fn typeset(&mut self, job: Job, profile: &PrinterProfile) -> Job;
}

/// How many bytes a job has on the wire to a printer of this profile.
pub fn encoded_len(job: &Job, profile: &PrinterProfile) -> usize {
    let mut count = Count::default();
    match encode(
        job.commands(),
        profile,
        Some(JobTag::of(JobId(0))),
        &mut count,
    ) {
        Ok(()) => count.0,
        Err(never) => match never {},
    }
}
