//! The screen in front of the customer as `till.toml` names it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use slint::{Rgba8Pixel, SharedPixelBuffer};

use crate::config::Theme;
use crate::second_screen::{Placing, Turn};

/// The most dots of the picture along each side.
const LARGEST: u32 = 4_096;
/// The most memory that the picture may take when it is unpacked.
const MEMORY: usize = 64 * 1024 * 1024;
/// The largest picture file.
const LARGEST_FILE: u64 = 16 * 1024 * 1024;
/// The longest text that fits the screen.
const LONGEST: usize = 120;

/// The screen in front of the customer: a second monitor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerScreenConfig {
    /// The output it hangs on, `HDMI-A-2`, `DP-1`; the first that the till itself does not use
    /// where none is said.
    pub output: Option<String>,
    /// By how many degrees its picture is turned clockwise, where there is no desktop to do so: 0,
    /// 90, 180 or 270.
    pub rotation: u16,
    /// Its colours; those of the till where none are said.
    pub theme: Option<Theme>,
    /// A PNG file that is shown while nothing is sold; from the data folder. The receipts' logo
    /// where none is said.
    pub picture: Option<PathBuf>,
    /// What it says while somebody could buy something; the company's name where none is said.
    pub welcome: Vec<String>,
    /// What it says while nobody sells here.
    pub closed: Vec<String>,
    /// Whether a finished sale's receipt code is shown, to be photographed.
    pub receipt_code: bool,
}

impl Default for CustomerScreenConfig {
    fn default() -> Self {
        Self {
            output: None,
            rotation: 0,
            theme: None,
            picture: None,
            welcome: Vec::new(),
            closed: Vec::new(),
            receipt_code: true,
        }
    }
}

impl CustomerScreenConfig {
    /// What is wrong with it, in words.
    pub(crate) fn problem(&self) -> Option<String> {
        if Turn::of_degrees(self.rotation).is_none() {
            return Some(format!(
                "[customer_screen] rotation = {} must be 0, 90, 180 or 270",
                self.rotation
            ));
        }
        if self
            .output
            .as_ref()
            .is_some_and(|output| output.trim().is_empty())
        {
            return Some(
                "[customer_screen] output = \"\" names no output; write one such as \"HDMI-A-2\", or \
                 leave it out for the first that is free"
                    .to_owned(),
            );
        }
        for (name, lines) in [("welcome", &self.welcome), ("closed", &self.closed)] {
            if lines.len() > 4 {
                return Some(format!(
                    "[customer_screen] {name} has {} lines; four fit the screen",
                    lines.len()
                ));
            }
            if let Some(line) = lines.iter().find(|line| line.chars().count() > LONGEST) {
                let long = line.chars().count();
                return Some(format!(
                    "[customer_screen] {name} has a line of {long} letters; {LONGEST} fit the screen"
                ));
            }
        }
        None
    }

    /// Where its window is to be.
    pub fn placing(&self) -> Placing {
        Placing {
            output: self.output.clone(),
            turn: Turn::of_degrees(self.rotation).unwrap_or_default(),
        }
    }

    /// The picture of a data folder; `logo` is that of the receipts. One that cannot be read is
    /// left out, with a line in the log: a shop sells without it.
    pub fn picture(&self, data: &Path, logo: Option<&Path>) -> Option<slint::Image> {
        let path = data.join(self.picture.as_deref().or(logo)?);
        match read(&path) {
            Ok(pixels) => Some(slint::Image::from_rgba8(pixels)),
            Err(problem) => {
                tracing::warn!("{} is not shown: {problem}", path.display());
                None
            }
        }
    }
}

fn read(path: &Path) -> Result<SharedPixelBuffer<Rgba8Pixel>, String> {
    let found = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if found.len() > LARGEST_FILE {
        return Err("the file is too large".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    pixels(&bytes)
}

/// The dots of a PNG file.
///
/// # Errors
/// What is wrong with it.
pub fn pixels(bytes: &[u8]) -> Result<SharedPixelBuffer<Rgba8Pixel>, String> {
    let limits = png::Limits { bytes: MEMORY };
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let (width, height) = reader.info().size();
    let size = reader.output_buffer_size().unwrap_or(usize::MAX);
    if width > LARGEST || height > LARGEST || size > MEMORY {
        return Err(format!(
            "the picture has {width} x {height} dots; make it {LARGEST} or fewer along each side"
        ));
    }
    let mut samples = vec![0; size];
    let info = reader
        .next_frame(&mut samples)
        .map_err(|error| error.to_string())?;
    let channels = info.color_type.samples().max(1);
    let mut buffer = SharedPixelBuffer::<Rgba8Pixel>::new(width, height);
    let dots = buffer.make_mut_slice().iter_mut();
    for (dot, sample) in dots.zip(samples.chunks_exact(channels)) {
        *dot = match sample {
            [grey] => Rgba8Pixel::new(*grey, *grey, *grey, 255),
            [grey, alpha] => Rgba8Pixel::new(*grey, *grey, *grey, *alpha),
            [r, g, b] => Rgba8Pixel::new(*r, *g, *b, 255),
            [r, g, b, a, ..] => Rgba8Pixel::new(*r, *g, *b, *a),
            [] => Rgba8Pixel::default(),
        };
    }
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn read(table: &str) -> Result<CustomerScreenConfig, String> {
        let text =
            format!("till = \"C1\"\npos_profile = \"Counter 1\"\n[customer_screen]\n{table}");
        Config::parse(&text, Path::new("/data")).map(|config| config.customer_screen.unwrap())
    }

    #[test]
    fn an_empty_table_turns_it_on_and_nonsense_is_named() {
        assert!(read("").unwrap().receipt_code);
        let turned = read("output = \"DP-1\"\nrotation = 270").unwrap();
        assert_eq!(turned.placing().turn, Turn::Left);
        for (table, told) in [
            ("rotation = 45", "0, 90, 180 or 270"),
            ("output = \" \"", "names no output"),
            ("welcome = [\"1\", \"2\", \"3\", \"4\", \"5\"]", "four fit"),
            ("screen = 2", "unknown field"),
        ] {
            let problem = read(table).unwrap_err();
            assert!(problem.contains(told), "{table}: {problem}");
        }
    }

    #[test]
    fn pictures_of_every_kind_are_read_and_what_is_none_is_not() {
        let written = |color: png::ColorType, samples: &[u8]| {
            let mut file = Vec::new();
            let mut encoder = png::Encoder::new(&mut file, 1, 1);
            encoder.set_color(color);
            let mut writer = encoder.write_header().unwrap();
            writer.write_image_data(samples).unwrap();
            drop(writer);
            file
        };
        for (color, samples, wanted) in [
            (png::ColorType::Grayscale, &[9][..], [9, 9, 9, 255]),
            (png::ColorType::Rgb, &[1, 2, 3], [1, 2, 3, 255]),
            (png::ColorType::Rgba, &[1, 2, 3, 4], [1, 2, 3, 4]),
        ] {
            let buffer = pixels(&written(color, samples)).unwrap();
            let dot = buffer.as_slice()[0];
            assert_eq!([dot.r, dot.g, dot.b, dot.a], wanted);
        }
        assert!(pixels(b"no picture").is_err());
    }
}
