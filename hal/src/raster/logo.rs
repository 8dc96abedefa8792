//! A picture from a file, made black and white.

use std::io::Cursor;

use crate::printer::Image;

use super::ink::Ink;

/// The most dots of a picture file along each side.
const LARGEST: u32 = 8_192;
/// The most memory a picture file may take when it is unpacked.
const MEMORY: usize = 128 * 1024 * 1024;

/// A logo in black and white, ready to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    ink: Ink,
}

/// Why a file is no logo.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// The file is no PNG, damaged, or unpacks to too much.
    #[error("the logo is no picture that can be read (PNG): {0}")]
    Unreadable(#[from] png::DecodingError),
    /// The picture has too many dots.
    #[error("the logo has {width} x {height} dots; make it {LARGEST} or fewer along each side")]
    TooLarge {
        /// Dots in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
}

impl Logo {
    /// A logo from a PNG file, made as narrow as `dots` if it is wider. Greys become patterns of
    /// dots; what is transparent stays white.
    ///
    /// # Errors
    /// When the bytes are no PNG that can be read, or one of more than 8192 dots along a side.
    pub fn from_png(bytes: &[u8], dots: u16) -> Result<Logo, LogoError> {
        let limits = png::Limits { bytes: MEMORY };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let (width, height) = reader.info().size();
        let too_large = LogoError::TooLarge { width, height };
        if width > LARGEST || height > LARGEST {
            return Err(too_large);
        }
        let Some(size) = reader.output_buffer_size().filter(|size| *size <= MEMORY) else {
            return Err(too_large);
        };
        let mut samples = vec![0; size];
        let info = reader.next_frame(&mut samples)?;
        let channels = info.color_type.samples();
        let lights: Vec<f32> = samples.chunks_exact(channels.max(1)).map(light).collect();
        let (width, height) = (width as usize, height as usize);
        let narrow = width.min(usize::from(dots.max(1)));
        let low = (height * narrow / width.max(1)).clamp(1, usize::from(u16::MAX));
        Ok(Logo {
            ink: dithered(&shrunk(&lights, (width, height), (narrow, low)), narrow),
        })
    }

    /// The picture.
    pub fn image(&self) -> Option<Image<'_>> {
        let width = u16::try_from(self.ink.width()).ok()?;
        let height = u16::try_from(self.ink.height()).ok()?;
        Image::new(width, height, self.ink.rows()).ok()
    }
}

/// How light a dot is on white paper, 0 to 1.
fn light(samples: &[u8]) -> f32 {
    let part = |at: usize| f32::from(samples.get(at).copied().unwrap_or(255)) / 255.0;
    let (grey, alpha) = match samples.len() {
        1 => (part(0), 1.0),
        2 => (part(0), part(1)),
        colours => {
            let grey = 0.299 * part(0) + 0.587 * part(1) + 0.114 * part(2);
            (grey, if colours == 4 { part(3) } else { 1.0 })
        }
    };
    1.0 - alpha * (1.0 - grey)
}

/// Each new dot is the average of those it covers.
fn shrunk(
    lights: &[f32],
    (width, height): (usize, usize),
    (narrow, low): (usize, usize),
) -> Vec<f32> {
    let span = |at: usize, many: usize, few: usize| {
        let from = at * many / few;
        from..((at + 1) * many / few).max(from + 1).min(many)
    };
    let mut smaller = Vec::with_capacity(narrow * low);
    for y in 0..low {
        for x in 0..narrow {
            let (mut sum, mut count) = (0.0, 0.0);
            for row in span(y, height, low) {
                for column in span(x, width, narrow) {
                    sum += lights.get(row * width + column).copied().unwrap_or(1.0);
                    count += 1.0;
                }
            }
            smaller.push(if count > 0.0 { sum / count } else { 1.0 });
        }
    }
    smaller
}

/// Floyd and Steinberg: what a dot is too black or too white by is left to its neighbours.
fn dithered(lights: &[f32], width: usize) -> Ink {
    let height = lights.len() / width.max(1);
    let mut ink = Ink::new(width, height);
    let mut this = vec![0.0; width + 2];
    let mut next = vec![0.0; width + 2];
    for (y, row) in lights.chunks_exact(width.max(1)).enumerate() {
        for (x, light) in row.iter().enumerate() {
            let wanted = light + this[x + 1];
            let black = wanted < 0.5;
            if black {
                ink.dot(x.cast_signed(), y.cast_signed());
            }
            let error = wanted - if black { 0.0 } else { 1.0 };
            this[x + 2] += error * 7.0 / 16.0;
            next[x] += error * 3.0 / 16.0;
            next[x + 1] += error * 5.0 / 16.0;
            next[x + 2] += error / 16.0;
        }
        std::mem::swap(&mut this, &mut next);
        next.fill(0.0);
    }
    ink
}
