//! The code on a sheet.

use qrcode::{Color, EcLevel, QrCode};

use crate::Error;

/// White around a code, in modules, as its standard wants it.
const MARGIN: usize = 4;

/// Pixels of a module in a picture.
const PIXELS: usize = 8;

/// A code's modules, row by row, white around them; true is dark.
pub struct Square {
    width: usize,
    dark: Vec<bool>,
}

/// The code of a text. A quarter of it may be covered or torn where the text is short enough,
/// about a seventh otherwise.
///
/// # Errors
/// [`Error::Sheet`] when the text is longer than a code holds.
pub fn square(text: &str) -> Result<Square, Error> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|reason| Error::Sheet(format!("the code cannot be drawn: {reason}")))?;
    let (inner, width) = (code.width(), code.width() + 2 * MARGIN);
    let mut dark = vec![false; width * width];
    for (place, color) in code.to_colors().into_iter().enumerate() {
        let (row, column) = (place / inner + MARGIN, place % inner + MARGIN);
        if let Some(module) = dark.get_mut(row * width + column) {
            *module = color == Color::Dark;
        }
    }
    Ok(Square { width, dark })
}

impl Square {
    /// Modules on a side, with the white around.
    pub fn width(&self) -> usize {
        self.width
    }

    fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.dark.chunks(self.width)
    }

    /// The dark modules as the path of an SVG, a unit a module.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for (y, row) in self.rows().enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|one, next| one == next) {
                if run.first() == Some(&true) {
                    let length = run.len();
                    path += &format!("M{x} {y}h{length}v1h-{length}z");
                }
                x += run.len();
            }
        }
        path
    }
}

/// The code as a PNG, 8 pixels a module.
///
/// # Errors
/// [`Error::Sheet`] when it cannot be drawn.
pub fn picture(square: &Square) -> Result<Vec<u8>, Error> {
    let failed = |reason: png::EncodingError| Error::Sheet(format!("cannot draw it: {reason}"));
    let side = square.width * PIXELS;
    let mut pixels = Vec::with_capacity(side * side);
    for row in square.rows() {
        let line: Vec<u8> = row
            .iter()
            .flat_map(|dark| std::iter::repeat_n(if *dark { 0 } else { 255 }, PIXELS))
            .collect();
        for _ in 0..PIXELS {
            pixels.extend_from_slice(&line);
        }
    }
    let mut file = Vec::new();
    // Some hundred modules on a side.
    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}
