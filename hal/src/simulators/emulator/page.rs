//! The paper that comes out of the virtual printer.

use super::font::{CELL_HEIGHT, CELL_WIDTH, cell, enlarged};
use crate::HalError;
use crate::printer::Align;

/// Dots from one line to the next: 3.75 mm.
const LINE_SPACING: usize = 30;
/// Dots between the print head and the cutter.
const CUTTER_DISTANCE: usize = 72;
/// Blank paper around what was printed: 80 mm paper has 640 dots, of which 576 are printed on.
const MARGIN: usize = 32;
/// The longest paper kept, some six metres; older paper is thrown away.
const MAX_ROWS: usize = 48_000;
/// The most lines of text kept.
const MAX_LINES: usize = 4_000;

/// A character as it was printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Printed {
    pub(super) character: char,
    pub(super) bold: bool,
    pub(super) underlined: bool,
    pub(super) wide: usize,
    pub(super) high: usize,
}

#[derive(Debug)]
pub(super) struct Page {
    width: usize,
    /// How black each dot is, row after row.
    ink: Vec<u8>,
    text: Vec<String>,
    /// Rows that came out so far, also of paper that was thrown away.
    fed: usize,
}

impl Page {
    pub(super) fn new(width: usize) -> Page {
        Page {
            width,
            ink: Vec::new(),
            text: Vec::new(),
            fed: 0,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn fed(&self) -> usize {
        self.fed
    }

    fn rows(&self) -> usize {
        self.ink.len() / self.width
    }

    /// Adds `rows` of blank paper and returns where they begin.
    fn advance(&mut self, rows: usize) -> usize {
        self.fed += rows;
        if self.rows() + rows > MAX_ROWS {
            let old = (self.rows() / 2) * self.width;
            self.ink.drain(..old);
        }
        let top = self.rows();
        self.ink.resize(self.ink.len() + rows * self.width, 0);
        top
    }

    fn dot(&mut self, x: usize, y: usize, ink: u8) {
        if x < self.width
            && let Some(dot) = self.ink.get_mut(y * self.width + x)
        {
            *dot = (*dot).max(ink);
        }
    }

    fn left(&self, width: usize, align: Align) -> usize {
        let room = self.width.saturating_sub(width);
        match align {
            Align::Left => 0,
            Align::Center => room / 2,
            Align::Right => room,
        }
    }

    fn note(&mut self, line: String) {
        if self.text.len() >= MAX_LINES {
            self.text.drain(..MAX_LINES / 2);
        }
        self.text.push(line);
    }

    pub(super) fn feed(&mut self, dots: usize) {
        self.advance(dots);
    }

    pub(super) fn line(&mut self, line: &[Printed], align: Align) {
        let high = line.iter().map(|printed| printed.high).max().unwrap_or(1);
        let width = line.iter().map(|printed| printed.wide * CELL_WIDTH).sum();
        let top = self.advance((high * CELL_HEIGHT + 6).max(LINE_SPACING));
        let mut x = self.left(width, align);
        let indent = x / CELL_WIDTH;
        for printed in line {
            // Characters of different heights stand on one base line.
            let y = top + (high - printed.high) * CELL_HEIGHT;
            let dots = cell(printed.character, printed.bold);
            for dy in 0..printed.high * CELL_HEIGHT {
                for dx in 0..printed.wide * CELL_WIDTH {
                    let ink = enlarged(&dots, dx, dy, printed.wide, printed.high);
                    self.dot(x + dx, y + dy, ink);
                }
            }
            if printed.underlined {
                for dx in 0..printed.wide * CELL_WIDTH {
                    self.dot(x + dx, y + printed.high * CELL_HEIGHT - 1, 255);
                }
            }
            x += printed.wide * CELL_WIDTH;
        }
        let text: String = line.iter().map(|printed| printed.character).collect();
        let text = format!("{}{text}", " ".repeat(indent));
        self.note(text.trim_end().to_owned());
    }

    /// A picture of one bit a dot.
    pub(super) fn raster(&mut self, stride: usize, rows: &[u8], align: Align) {
        let left = self.left(stride * 8, align);
        let top = self.advance(rows.len() / stride.max(1));
        for (y, row) in rows.chunks_exact(stride.max(1)).enumerate() {
            for (x, byte) in row.iter().enumerate() {
                for bit in 0..8 {
                    if byte & (0x80 >> bit) != 0 {
                        self.dot(left + x * 8 + bit, top + y, 255);
                    }
                }
            }
        }
    }

    pub(super) fn bars(&mut self, modules: &[bool], dots: usize, height: usize, align: Align) {
        let left = self.left(modules.len() * dots, align);
        let top = self.advance(height);
        for (index, _) in modules.iter().enumerate().filter(|(_, bar)| **bar) {
            for x in 0..dots {
                for y in 0..height {
                    self.dot(left + index * dots + x, top + y, 255);
                }
            }
        }
        self.feed(4);
    }

    /// A square of modules, `side` in a row.
    pub(super) fn square(&mut self, modules: &[bool], side: usize, dots: usize, align: Align) {
        let left = self.left(side * dots, align);
        let top = self.advance(side * dots);
        for (index, _) in modules.iter().enumerate().filter(|(_, dark)| **dark) {
            let (x, y) = (left + index % side * dots, top + index / side * dots);
            for dx in 0..dots {
                for dy in 0..dots {
                    self.dot(x + dx, y + dy, 255);
                }
            }
        }
    }

    /// A note in the text only, for what is no text on paper.
    pub(super) fn remark(&mut self, remark: String) {
        self.note(format!("[{remark}]"));
    }

    pub(super) fn cut(&mut self) {
        let top = self.advance(CUTTER_DISTANCE);
        for x in (0..self.width).filter(|x| x % 16 < 9) {
            for y in 0..2 {
                self.dot(x, top + CUTTER_DISTANCE - 2 + y, 110);
            }
        }
        self.feed(MARGIN);
        self.note("[cut]".to_owned());
    }

    pub(super) fn text(&self) -> String {
        let mut text = self.text.join("\n");
        text.push('\n');
        text
    }

    /// The paper as a grey picture, with its unprinted edges.
    pub(super) fn png(&self) -> Result<Vec<u8>, HalError> {
        let width = self.width + 2 * MARGIN;
        let mut grey = vec![255; MARGIN * width];
        for row in self.ink.chunks_exact(self.width) {
            grey.resize(grey.len() + MARGIN, 255);
            grey.extend(row.iter().map(|ink| 255 - ink));
            grey.resize(grey.len() + MARGIN, 255);
        }
        grey.resize(grey.len() + MARGIN * width, 255);
        let height = grey.len() / width;
        let side = |dots: usize| u32::try_from(dots).unwrap_or(u32::MAX);
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, side(width), side(height));
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&grey)?;
        writer.finish()?;
        Ok(file)
    }
}
