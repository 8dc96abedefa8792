//! The screens as the kernel offers them to those without a driver of their own: dots in a file.
//! What is written there is seen as long as nobody else draws on the screen; the till, which does,
//! covers it with its first picture, and when the till ends it is seen again.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::page::Picture;

/// Where the kernel lists them.
const LIST: &str = "/sys/class/graphics";

/// How many rows are written at once.
const ROWS: usize = 50;

/// How a screen hangs: by how much what is drawn is turned to the right.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Turn {
    /// As the kernel has it.
    #[default]
    None,
    /// 90 degrees.
    Right,
    /// Upside down.
    Half,
    /// 270 degrees.
    Left,
}

impl Turn {
    /// In degrees, as [`Turn::parse`] reads them.
    pub fn degrees(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Right => "90",
            Self::Half => "180",
            Self::Left => "270",
        }
    }

    /// What `SLINT_KMS_ROTATION` says; anything else turns nothing.
    pub fn parse(degrees: &str) -> Self {
        match degrees.trim() {
            "90" => Self::Right,
            "180" => Self::Half,
            "270" => Self::Left,
            _ => Self::None,
        }
    }

    /// How the till's environment says that the screen hangs.
    pub fn of(environment: &[(String, String)]) -> Self {
        // The last one of a name counts.
        let mut named = environment.iter().rev();
        let told = named.find(|(name, _)| name == "SLINT_KMS_ROTATION");
        told.map_or(Self::None, |(_, degrees)| Self::parse(degrees))
    }

    fn is_upright(self) -> bool {
        matches!(self, Self::None | Self::Half)
    }
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Framebuffer {
    name: String,
    /// What the kernel gives only to this one: another driver's has the same name.
    number: u64,
}

/// How dots lie in the file.
#[derive(PartialEq, Eq, Debug)]
struct Layout {
    width: usize,
    height: usize,
    /// Bytes from one row to the next.
    stride: usize,
    /// Bytes of a dot: four or three (blue, green, red), or two (5, 6 and 5 bits).
    dot: usize,
}

/// Those that are there now.
pub fn all() -> Vec<Framebuffer> {
    let entries = fs::read_dir(LIST).into_iter().flatten().flatten();
    let mut all: Vec<Framebuffer> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            name.strip_prefix("fb")?.parse::<u32>().ok()?;
            let number = fs::metadata(entry.path()).ok()?.ino();
            Some(Framebuffer { name, number })
        })
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// Its name and number, as [`Framebuffer::parse`] reads them.
impl fmt::Display for Framebuffer {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "{}:{}", self.name, self.number)
    }
}

impl Framebuffer {
    /// Reads what another of the first programs wrote of it.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, number) = text.split_once(':')?;
        Some(Self {
            name: name.to_owned(),
            number: number.parse().ok()?,
        })
    }

    /// Puts on it what `draw` draws for its size, and switches the screen on where nobody has yet.
    ///
    /// # Errors
    /// When it is of a kind that is not known, or gone.
    pub fn show(&self, turn: Turn, draw: impl Fn(usize, usize) -> Picture) -> io::Result<()> {
        let about = Path::new(LIST).join(&self.name);
        let layout = Layout::read(&about)?;
        let picture = if turn.is_upright() {
            draw(layout.width, layout.height)
        } else {
            draw(layout.height, layout.width)
        };
        let device: PathBuf = Path::new("/dev").join(&self.name);
        let file = File::options().write(true).open(device)?;
        // In parts: memory that is touched for the first time costs more than what is written there.
        let mut rows = vec![0; layout.stride * ROWS.min(layout.height)];
        for first in (0..layout.height).step_by(ROWS) {
            let count = ROWS.min(layout.height - first);
            if let Some(rows) = rows.get_mut(..layout.stride * count) {
                layout.put(rows, &picture, turn, first);
                file.write_all_at(
                    rows,
                    u64::try_from(layout.stride * first).unwrap_or(u64::MAX),
                )?;
            }
        }
        // A firmware's screen is on already and says that it cannot be switched; the till's is its
        // own.
        let _ = fs::write(about.join("blank"), "0");
        Ok(())
    }
}

impl Layout {
    fn read(about: &Path) -> io::Result<Self> {
        let text = |file: &str| fs::read_to_string(about.join(file));
        let (size, stride, bits) = (
            text("virtual_size")?,
            text("stride")?,
            text("bits_per_pixel")?,
        );
        Self::parse(&size, &stride, &bits).ok_or_else(|| {
            let said = [size, stride, bits].map(|text| text.trim().to_owned());
            io::Error::other(format!("a screen of a strange kind: {}", said.join(", ")))
        })
    }

    fn parse(size: &str, stride: &str, bits: &str) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let (width, height) = size.split_once(',')?;
        let layout = Self {
            width: number(width)?,
            height: number(height)?,
            stride: number(stride)?,
            dot: match number(bits)? {
                32 => 4,
                24 => 3,
                16 => 2,
                _ => return None,
            },
        };
        // Up to what screens have, so that nothing else is asked of the memory.
        let sensible = 1..=16_384;
        let fits = sensible.contains(&layout.width)
            && sensible.contains(&layout.height)
            && layout.stride >= layout.width * layout.dot
            && layout.stride <= 1 << 20;
        fits.then_some(layout)
    }

    /// Puts a picture's rows, from the first that is asked for, into some of the file's bytes.
    fn put(&self, bytes: &mut [u8], picture: &Picture, turn: Turn, first: usize) {
        let rows = || picture.dots.chunks_exact(picture.width.max(1));
        let column = |at: usize| rows().filter_map(move |row| row.get(at).copied());
        for (at, line) in bytes.chunks_exact_mut(self.stride).enumerate() {
            let at = first + at;
            let row = |at: usize| rows().nth(at).unwrap_or_default().iter().copied();
            match turn {
                Turn::None => self.put_row(line, row(at)),
                Turn::Right => self.put_row(line, column(at).rev()),
                Turn::Half => self.put_row(line, row(picture.height.wrapping_sub(at + 1)).rev()),
                Turn::Left => self.put_row(line, column(picture.width.wrapping_sub(at + 1))),
            }
        }
    }

    /// Puts a row's dots where they belong. Written so that the compiler takes several at once: every
    /// start draws millions.
    fn put_row(&self, line: &mut [u8], dots: impl Iterator<Item = u32>) {
        match self.dot {
            4 => {
                for (place, dot) in line.as_chunks_mut::<4>().0.iter_mut().zip(dots) {
                    *place = dot.to_le_bytes();
                }
            }
            3 => {
                for (place, dot) in line.as_chunks_mut::<3>().0.iter_mut().zip(dots) {
                    let [blue, green, red, _] = dot.to_le_bytes();
                    *place = [blue, green, red];
                }
            }
            _ => {
                for (place, dot) in line.as_chunks_mut::<2>().0.iter_mut().zip(dots) {
                    let [blue, green, red, _] = dot.to_le_bytes().map(u16::from);
                    let dot = (red >> 3) << 11 | (green >> 2) << 5 | blue >> 3;
                    *place = dot.to_le_bytes();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_says_of_a_screen_is_read_and_nonsense_is_refused() {
        let layout = Layout::parse("1366,768\n", "5504\n", "32\n").unwrap();
        assert_eq!((layout.width, layout.height, layout.dot), (1366, 768, 4));
        assert_eq!(Layout::parse("800,480", "1600", "16").unwrap().dot, 2);
        for (size, stride, bits) in [
            ("1366", "5504", "32"),
            ("1366,768", "5460", "32"),
            ("1366,768", "5504", "8"),
            ("0,768", "5504", "32"),
            ("99999,99999", "400000", "32"),
            ("1366,768", "99999999", "32"),
        ] {
            assert_eq!(Layout::parse(size, stride, bits), None, "{size} {stride}");
        }
    }

    /// `abc` above `def`.
    fn picture() -> Picture {
        Picture {
            width: 3,
            height: 2,
            dots: "abcdef".bytes().map(u32::from).collect(),
        }
    }

    #[test]
    fn a_screen_that_hangs_otherwise_is_drawn_so_that_it_reads_upright() {
        // As the till turns: to the right.
        for (turn, seen) in [
            (Turn::None, "abc def"),
            (Turn::Right, "da eb fc"),
            (Turn::Half, "fed cba"),
            (Turn::Left, "cf be ad"),
        ] {
            let (width, height) = if turn.is_upright() { (3, 2) } else { (2, 3) };
            let layout = Layout {
                width,
                height,
                // A row has room behind it.
                stride: width * 4 + 8,
                dot: 4,
            };
            // Row by row, as they are written in parts.
            let mut bytes = vec![0; layout.stride * height];
            for (row, line) in bytes.chunks_exact_mut(layout.stride).enumerate() {
                layout.put(line, &picture(), turn, row);
            }
            let rows = bytes.chunks_exact(layout.stride).map(|row| {
                let dots = row.chunks_exact(4).take(width);
                dots.map(|dot| char::from(dot[0])).collect::<String>()
            });
            assert_eq!(rows.collect::<Vec<_>>().join(" "), seen, "{turn:?}");
        }
        for turn in [Turn::None, Turn::Right, Turn::Half, Turn::Left] {
            assert_eq!(Turn::parse(turn.degrees()), turn);
        }
        assert_eq!(Turn::parse("90\n"), Turn::Right);
        assert_eq!(Turn::parse("45"), Turn::None);
    }

    #[test]
    fn a_screen_that_was_drawn_is_known_again() {
        let screen = Framebuffer::parse("fb0:1234").unwrap();
        assert_eq!(Framebuffer::parse(&screen.to_string()).unwrap(), screen);
        assert_ne!(Framebuffer::parse("fb0:1235").unwrap(), screen);
        assert_eq!(Framebuffer::parse("fb0"), None);
        assert_eq!(Framebuffer::parse(""), None);
    }

    #[test]
    fn screens_with_fewer_bits_show_the_same_colours() {
        let red = Picture {
            width: 1,
            height: 1,
            dots: vec![0xff_82_08],
        };
        let bytes = |dot| {
            let layout = Layout {
                width: 1,
                height: 1,
                stride: dot,
                dot,
            };
            let mut bytes = vec![0; dot];
            layout.put(&mut bytes, &red, Turn::None, 0);
            bytes
        };
        assert_eq!(bytes(4), [0x08, 0x82, 0xff, 0]);
        assert_eq!(bytes(3), [0x08, 0x82, 0xff]);
        let word = u16::from_le_bytes([bytes(2)[0], bytes(2)[1]]);
        assert_eq!(
            (word >> 11, word >> 5 & 0x3f, word & 0x1f),
            (0x1f, 0x82 >> 2, 1)
        );
    }
}
