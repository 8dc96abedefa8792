//! The pieces a receipt is made of, independent of the printer that prints it.

use super::{Barcode, Qr};
use crate::HalError;

/// One piece of a receipt. Text may hold any character: what the printer's code pages lack is
/// replaced by the nearest plain letters, unless it was set as a picture before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Command<'a> {
    /// Text, wrapped by words at the paper's width.
    Line {
        /// The text; a newline begins a new line.
        text: &'a str,
        /// How it looks.
        style: Style,
    },
    /// Text at the left and text at the right edge of one line, such as an item and its amount.
    /// A long left text is wrapped and the right one stands on its last line.
    Pair {
        /// The text at the left edge.
        left: &'a str,
        /// The text at the right edge.
        right: &'a str,
        /// How both look; the alignment is not used.
        style: Style,
    },
    /// A line across the paper.
    Rule,
    /// So many blank lines.
    Feed(u8),
    /// A barcode with its text beneath, centred. One too wide for the paper is printed as text.
    Barcode(&'a Barcode),
    /// A QR code, centred.
    Qr(&'a Qr),
    /// A picture. What is wider than the paper is cut off at the right.
    Image {
        /// The picture.
        image: Image<'a>,
        /// Where it stands.
        align: Align,
    },
    /// Feeds the paper to the cutter and cuts it, or feeds it to the tear bar.
    Cut(Cut),
    /// The pulse that opens the drawer.
    Kick,
}

/// How the paper is cut. A cutter that can only do the other does that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cut {
    /// A bridge of paper stays, so that nothing falls to the floor.
    #[default]
    Partial,
    /// All through.
    Full,
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Where it stands.
    pub align: Align,
    /// Bold.
    pub emphasis: bool,
    /// Characters of twice the width: half as many fit on a line.
    pub double_width: bool,
    /// Characters of twice the height.
    pub double_height: bool,
}

impl Style {
    /// Left-aligned, regular.
    pub const fn plain() -> Style {
        Style {
            align: Align::Left,
            emphasis: false,
            double_width: false,
            double_height: false,
        }
    }

    /// Centred, regular.
    pub const fn center() -> Style {
        Style::plain().aligned(Align::Center)
    }

    /// Right-aligned, regular.
    pub const fn right() -> Style {
        Style::plain().aligned(Align::Right)
    }

    /// The same, aligned otherwise.
    pub const fn aligned(mut self, align: Align) -> Style {
        self.align = align;
        self
    }

    /// The same, bold.
    pub const fn emphasized(mut self) -> Style {
        self.emphasis = true;
        self
    }

    /// The same, twice as high.
    pub const fn tall(mut self) -> Style {
        self.double_height = true;
        self
    }

    /// The same, twice as wide and high.
    pub const fn double(mut self) -> Style {
        self.double_width = true;
        self.double_height = true;
        self
    }
}

/// A black and white picture. One bit a dot, 1 is black, the leftmost dot is the highest bit of
/// a byte, each row begins with a new byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image<'a> {
    width: u16,
    rows: &'a [u8],
}

impl<'a> Image<'a> {
    /// A picture of `width` x `height` dots.
    ///
    /// # Errors
    /// `InvalidImage` when `rows` has not `height` rows of `width / 8` (rounded up) bytes, or
    /// when there is no dot at all.
    pub fn new(width: u16, height: u16, rows: &'a [u8]) -> Result<Image<'a>, HalError> {
        let stride = usize::from(width.div_ceil(8));
        if stride == 0 || height == 0 || rows.len() != stride * usize::from(height) {
            return Err(HalError::InvalidImage {
                width,
                height,
                length: rows.len(),
            });
        }
        Ok(Image { width, rows })
    }

    /// Dots in a row.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The rows, top first.
    pub fn rows(&self) -> core::slice::ChunksExact<'a, u8> {
        self.rows
            .chunks_exact(usize::from(self.width.div_ceil(8)).max(1))
    }

    /// All rows one after another.
    pub const fn bytes(&self) -> &'a [u8] {
        self.rows
    }
}
