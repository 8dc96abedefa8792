//! What stands on the screen while there is no till to draw one: a quiet picture while the box
//! starts, and a page that says what is wrong.

use crate::lettering::{Letters, Weight};

/// The till's own colours, on dark: the floor, letters, quieter letters, what stands out, what is bad.
/// Red, green and blue from the highest byte but one.
const GROUND: u32 = 0x12_16_15;
const INK: u32 = 0xee_f2_f0;
const QUIET: u32 = 0xa9_b3_b0;
const ACCENT: u32 = 0x58_c9_ae;
const BAD: u32 = 0xff_9a_8f;

/// A screen of this many dots, on its shorter side, has the sizes below.
const USUAL: f32 = 800.0;
/// The longest of what is told, in lines.
const MOST_LINES: usize = 8;
/// What every page that says what is wrong ends with.
const NOTHING_IS_LOST: &str = "What was sold is on this box's disk. Nothing was deleted.";

/// What is to be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Page {
    /// The product's name, and what is being done, where that takes long.
    Splash(String),
    /// Why there is no till, and what to do.
    Rescue {
        /// What is wrong, in a few words without a full stop.
        title: String,
        /// What the system said of it; may be long.
        detail: String,
        /// What to do.
        remedy: String,
    },
}

/// Dots row by row, each as the colours above.
pub struct Picture {
    /// Dots in a row.
    pub width: usize,
    /// How many rows.
    pub height: usize,
    /// The dots.
    pub dots: Vec<u32>,
}

impl Page {
    /// Draws it for a screen of that size.
    pub fn draw(&self, width: usize, height: usize) -> Picture {
        let mut picture = Picture {
            width,
            height,
            dots: vec![GROUND; width.saturating_mul(height)],
        };
        // Letters that cannot be drawn leave the ground, which is better than no start.
        let _ = match self {
            Self::Splash(line) => picture.splash(line),
            Self::Rescue {
                title,
                detail,
                remedy,
            } => picture.rescue(title, detail, remedy),
        };
        picture
    }
}

/// A paragraph of the page that says what is wrong.
struct Paragraph<'a> {
    text: &'a str,
    weight: Weight,
    size: f32,
    color: u32,
    /// Room above it.
    above: f32,
}

impl Picture {
    fn size(&self) -> (f32, f32) {
        let dots = |count: usize| f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        (dots(self.width), dots(self.height))
    }

    /// How large a dot of a usual screen is on this one.
    fn scale(&self) -> f32 {
        let (width, height) = self.size();
        (width.min(height) / USUAL).max(0.4)
    }

    fn splash(&mut self, line: &str) -> Option<()> {
        let ((width, height), scale) = (self.size(), self.scale());
        let name = Letters::new(Weight::SemiBold, 76.0 * scale)?;
        let middle = |letters: &Letters, text: &str| (width - letters.width(text)) / 2.0;
        let stands_on = (height / 2.0).round();
        self.write(&name, "Evertill", middle(&name, "Evertill"), stands_on, INK);
        let bar = 44.0 * scale;
        let top = stands_on + 30.0 * scale;
        self.bar((width - bar) / 2.0, top, bar, 4.0 * scale, ACCENT);
        let small = Letters::new(Weight::Regular, 22.0 * scale)?;
        let stands_on = (stands_on + 88.0 * scale).round();
        self.write(&small, line, middle(&small, line), stands_on, QUIET);
        Some(())
    }

    fn rescue(&mut self, title: &str, detail: &str, remedy: &str) -> Option<()> {
        // What must be read is not made smaller on a small screen.
        let ((width, height), scale) = (self.size(), self.scale().max(0.75));
        let column = (680.0 * scale).min(width - 64.0 * scale);
        let paragraph = |text, weight, size, color, above| Paragraph {
            text,
            weight,
            size: size * scale,
            color,
            above: above * scale,
        };
        let paragraphs = [
            paragraph(title, Weight::SemiBold, 34.0, INK, 0.0),
            paragraph(detail, Weight::Regular, 22.0, INK, 20.0),
            paragraph(remedy, Weight::SemiBold, 22.0, INK, 20.0),
            paragraph(NOTHING_IS_LOST, Weight::Regular, 19.0, QUIET, 28.0),
        ];
        let mut placed = Vec::new();
        let mut y = 0.0;
        for paragraph in &paragraphs {
            let letters = Letters::new(paragraph.weight, paragraph.size)?;
            let mut lines = letters.lines(paragraph.text, column);
            lines.truncate(MOST_LINES);
            if !lines.is_empty() {
                y += paragraph.above;
            }
            for line in lines {
                y += 1.35 * paragraph.size;
                placed.push((paragraph, y, line));
            }
        }
        let left = ((width - column) / 2.0).round();
        let above = 40.0 * scale;
        let top = ((height - y - above) / 2.0).max(8.0 * scale);
        self.bar(left, top, 44.0 * scale, 4.0 * scale, BAD);
        for (paragraph, y, line) in placed {
            let letters = Letters::new(paragraph.weight, paragraph.size)?;
            let stands_on = (top + above + y - 0.3 * paragraph.size).round();
            self.write(&letters, &line, left, stands_on, paragraph.color);
        }
        Some(())
    }

    fn write(&mut self, letters: &Letters, text: &str, x: f32, y: f32, color: u32) {
        letters.draw(text, x, y, |column, row, cover| {
            self.cover(column, row, cover, color);
        });
    }

    /// A bar with round ends, on whole dots.
    fn bar(&mut self, x: f32, y: f32, width: f32, height: f32, color: u32) {
        let (x, y, width) = (x.round(), y.round(), width.round());
        let height = height.round().max(2.0);
        let radius = height / 2.0;
        // The places of dots on a screen.
        let edge = |at: f32| at as i32;
        for row in edge(y.floor())..edge((y + height).ceil()) {
            for column in edge(x.floor())..edge((x + width).ceil()) {
                let (middle, line) = (column as f32 + 0.5, row as f32 + 0.5);
                let nearest = middle.clamp(x + radius, x + width - radius);
                let away = (middle - nearest).hypot(line - (y + radius));
                self.cover(column, row, (radius - away + 0.5).clamp(0.0, 1.0), color);
            }
        }
    }

    /// Covers a dot with a colour, as far as it is covered.
    fn cover(&mut self, column: i32, row: i32, cover: f32, color: u32) {
        let (Ok(column), Ok(row)) = (usize::try_from(column), usize::try_from(row)) else {
            return;
        };
        if column >= self.width {
            return;
        }
        let at = row.saturating_mul(self.width).saturating_add(column);
        if let Some(dot) = self.dots.get_mut(at) {
            // From 0 to 256, so that a shift divides.
            let cover = (cover.clamp(0.0, 1.0) * 256.0) as u32;
            let mix = |shift: u32| {
                let (below, above) = (*dot >> shift & 0xff, color >> shift & 0xff);
                ((below * (256 - cover) + above * cover) >> 8) << shift
            };
            *dot = mix(16) | mix(8) | mix(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sizes of real screens, small and large, lying and standing.
    const SIZES: [(usize, usize); 6] = [
        (1280, 800),
        (1024, 600),
        (800, 480),
        (1920, 1080),
        (3840, 2160),
        (768, 1366),
    ];

    /// The first and last column and row with something on the ground.
    fn bounds(picture: &Picture) -> (usize, usize, usize, usize) {
        let drawn = |&(_, dot): &(usize, &u32)| *dot != GROUND;
        let at = picture.dots.iter().enumerate().filter(drawn);
        at.fold((usize::MAX, 0, usize::MAX, 0), |seen, (at, _)| {
            let (column, row) = (at % picture.width, at / picture.width);
            (
                seen.0.min(column),
                seen.1.max(column),
                seen.2.min(row),
                seen.3.max(row),
            )
        })
    }

    #[test]
    fn the_name_stands_in_the_middle_of_every_screen_and_nowhere_else() {
        for (width, height) in SIZES {
            let picture = Page::Splash(String::new()).draw(width, height);
            let (left, right, top, bottom) = bounds(&picture);
            let (before, behind) = (left, width - 1 - right);
            assert!(
                before.abs_diff(behind) <= width / 100,
                "{width}x{height}: {before} dots before the name, {behind} behind it"
            );
            let middle = (top + bottom) / 2;
            assert!(
                middle.abs_diff(height / 2) < height / 20,
                "{width}x{height}"
            );
            let shorter = width.min(height);
            let wide = right - left;
            assert!(
                wide > shorter / 4 && wide < shorter / 2,
                "{width}x{height}: a name of {wide}"
            );
            assert!(picture.dots.contains(&INK) && picture.dots.contains(&ACCENT));
        }
    }

    #[test]
    fn what_is_done_stands_below_and_moves_nothing() {
        let quiet = Page::Splash(String::new()).draw(1280, 800);
        let told = Page::Splash("Checking the disk".to_owned()).draw(1280, 800);
        let bottom = bounds(&quiet).3 + 1;
        let above = bottom * 1280;
        assert_eq!(quiet.dots[..above], told.dots[..above]);
        assert!(quiet.dots[above..].iter().all(|dot| *dot == GROUND));
        assert!(told.dots[above..].contains(&QUIET));
    }

    #[test]
    fn whatever_is_wrong_is_told_within_the_screen() {
        let page = Page::Rescue {
            title: "This till cannot read its disk".to_owned(),
            detail: "/data cannot be mounted: Structure needs cleaning (os error 117). ".repeat(9),
            remedy: "Call whoever looks after it; keep the box as it is.".to_owned(),
        };
        for (width, height) in SIZES {
            let picture = page.draw(width, height);
            let (left, right, top, bottom) = bounds(&picture);
            assert!(left > 0 && right < width - 1, "{width}x{height}");
            assert!(top > 0 && bottom < height - 1, "{width}x{height}");
            assert!(picture.dots.contains(&BAD), "{width}x{height}");
        }
        // A screen that is none, and one too small for letters, stop nothing.
        page.draw(0, 0);
        page.draw(3, 2);
    }
}
