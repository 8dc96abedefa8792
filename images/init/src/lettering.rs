//! The till's own typeface, drawn as large as a screen needs it.

use ab_glyph::{Font, FontRef, Glyph, PxScaleFont, ScaleFont, point};

/// A weight of the typeface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// For sentences.
    Regular,
    /// For names and titles.
    SemiBold,
}

/// A weight of a size.
pub struct Letters(PxScaleFont<FontRef<'static>>);

impl Letters {
    /// The letters of a weight; `size` is the height of a line's letters (1 em) in dots. `None` when
    /// the typeface that is built in cannot be read.
    pub fn new(weight: Weight, size: f32) -> Option<Self> {
        let file: &'static [u8] = match weight {
            Weight::Regular => include_bytes!("../../../app/ui/fonts/IBMPlexSans-Regular.ttf"),
            Weight::SemiBold => include_bytes!("../../../app/ui/fonts/IBMPlexSans-SemiBold.ttf"),
        };
        let font = FontRef::try_from_slice(file).ok()?;
        // A font is scaled by the height from its lowest to its highest letter.
        let scale = size * font.height_unscaled() / font.units_per_em()?;
        Some(Self(font.into_scaled(scale)))
    }

    /// How wide a text is, in dots.
    pub fn width(&self, text: &str) -> f32 {
        let mut glyphs = self.placed(text);
        glyphs.pop().map_or(0.0, |(glyph, width)| {
            let start: f32 = glyph.position.x;
            start + width
        })
    }

    /// Breaks a text into lines that are no wider than that, between words where it can.
    pub fn lines(&self, text: &str, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = format!("{line} {word}");
            if !line.is_empty() && self.width(&longer) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if self.width(&line) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Draws a text whose first letter begins at `x` and stands on the line `y`: tells of each dot
    /// that it touches how much of it is covered, from 0 to 1.
    pub fn draw(&self, text: &str, x: f32, y: f32, mut dot: impl FnMut(i32, i32, f32)) {
        for (mut glyph, _) in self.placed(text) {
            glyph.position = point(glyph.position.x + x, y);
            if let Some(outline) = self.0.outline_glyph(glyph) {
                let corner = outline.px_bounds().min;
                // Whole numbers of dots by the library's promise.
                let (left, top) = (corner.x as i32, corner.y as i32);
                outline.draw(|column, row, cover| {
                    let column = i32::try_from(column).unwrap_or(i32::MAX);
                    let row = i32::try_from(row).unwrap_or(i32::MAX);
                    dot(left.saturating_add(column), top.saturating_add(row), cover);
                });
            }
        }
    }

    /// The letters side by side, each with its width.
    fn placed(&self, text: &str) -> Vec<(Glyph, f32)> {
        let mut x = 0.0;
        let mut before = None;
        let mut glyphs = Vec::new();
        for letter in text.chars() {
            let mut glyph = self.0.scaled_glyph(letter);
            if let Some(before) = before {
                x += self.0.kern(before, glyph.id);
            }
            before = Some(glyph.id);
            glyph.position = point(x, 0.0);
            let width = self.0.h_advance(glyph.id);
            x += width;
            glyphs.push((glyph, width));
        }
        glyphs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_where_it_is_too_wide_and_nothing_of_it_is_lost() {
        let letters = Letters::new(Weight::Regular, 20.0).unwrap();
        let text = "The disk has no data partition, /dev/disk/by-partlabel/data-that-is-not-there.";
        let lines = letters.lines(text, 200.0);
        assert!(lines.len() > 3, "{lines:?}");
        for line in &lines {
            assert!(letters.width(line) <= 200.0, "{line}");
        }
        let bare = |text: &str| text.replace(' ', "");
        assert_eq!(bare(&lines.concat()), bare(text));
        // Narrower than any letter: one a line.
        assert_eq!(letters.lines("till", 1.0), ["t", "i", "l", "l"]);
        assert!(letters.lines(" ", 200.0).is_empty());
    }
}
