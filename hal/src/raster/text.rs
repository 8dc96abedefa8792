//! Lines of text as pictures: shaped, ordered from right to left where they are written so,
//! broken where the language breaks.

use parley::style::{
    FontFamily, FontFamilyName, FontWeight, LineHeight, OverflowWrap, StyleProperty,
};
use parley::{GlyphRun, Layout, PositionedLayoutItem};

use super::fonts::Fonts;
use super::glyphs::Glyphs;
use super::ink::Ink;

/// How text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    /// The height of a letter with all that belongs to it, in dots.
    pub(super) size: usize,
    /// Dots from one line to the next, at least.
    pub(super) spacing: usize,
    pub(super) bold: bool,
}

impl Fonts {
    /// The lines of a text, none wider than `width`; `None` when a character is in no font. Each
    /// line is as wide as what stands on it.
    pub(super) fn lines(
        &mut self,
        text: &str,
        setting: Setting,
        width: usize,
    ) -> Option<Vec<Line>> {
        let families = self.families_for(text)?;
        let names: Vec<FontFamilyName<'_>> = families
            .iter()
            .map(|name| FontFamilyName::named(name))
            .collect();
        let mut builder = self.layouts.ranged_builder(
            &mut self.context,
            text,
            1.0,
            /* on whole dots */ true,
        );
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(names.into())));
        builder.push_default(StyleProperty::FontSize(setting.size as f32));
        builder.push_default(StyleProperty::LineHeight(LineHeight::MetricsRelative(1.0)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if setting.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        let mut layout: Layout<()> = builder.build(text);
        layout.break_all_lines(Some(width as f32));
        let lines = layout.lines().map(|line| {
            let metrics = *line.metrics();
            let glyphs = line.items().filter_map(|item| match item {
                PositionedLayoutItem::GlyphRun(run) => Some(run),
                PositionedLayoutItem::InlineBox(_) => None,
            });
            let mut drawn = Drawn::default();
            for run in glyphs {
                drawn.run(&mut self.glyphs, &run, metrics.baseline, setting.bold);
            }
            let advance = (metrics.advance - metrics.trailing_whitespace).ceil();
            drawn.line(setting, advance.max(0.0) as usize, width)
        });
        Some(lines.collect())
    }
}

/// A line of text.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) ink: Ink,
    /// Rows above the base line.
    pub(super) above: usize,
}

/// The black dots of a line, counted from the beginning of its base line.
#[derive(Debug, Default)]
struct Drawn {
    dots: Vec<(i32, i32)>,
}

impl Drawn {
    fn run(
        &mut self,
        glyphs: &mut Glyphs,
        positioned: &GlyphRun<'_, ()>,
        baseline: f32,
        bold: bool,
    ) {
        let run = positioned.run();
        // A family without a bold face is printed with a dot more on each stroke.
        let smear = bold && run.synthesis().embolden();
        for glyph in positioned.positioned_glyphs() {
            // On whole dots: a letter looks the same wherever it stands.
            let (x, y) = (glyph.x.round() as i32, (glyph.y - baseline).round() as i32);
            let Ok(id) = u16::try_from(glyph.id) else {
                continue;
            };
            for (column, row) in glyphs.dots(run, id) {
                self.dots.push((x + column, y + row));
                if smear {
                    self.dots.push((x + column + 1, y + row));
                }
            }
        }
    }

    /// A picture of the line, high enough for what hangs over and under it.
    fn line(&self, setting: Setting, advance: usize, most: usize) -> Line {
        // Where a printer's own letters stand on their line.
        let usual = setting.size * 7 / 8;
        let (mut top, mut bottom) = (0, 0);
        let (mut left, mut right) = (0, 0);
        for (x, y) in &self.dots {
            (top, bottom) = (top.min(*y), bottom.max(*y + 1));
            (left, right) = (left.min(*x), right.max(*x + 1));
        }
        let (over, under) = (top.unsigned_abs() as usize, bottom.unsigned_abs() as usize);
        let (above, below) = if over + under <= setting.spacing {
            // Moved a little rather than made higher.
            let above = usual.clamp(over, setting.spacing - under);
            (above, setting.spacing - above)
        } else {
            let below = setting.spacing.saturating_sub(usual);
            (usual.max(over), below.max(under))
        };
        let width = ((right - left).unsigned_abs() as usize)
            .max(advance)
            .clamp(1, most.max(1));
        let mut ink = Ink::new(width, above + below);
        for (x, y) in &self.dots {
            ink.dot((x - left) as isize, *y as isize + above.cast_signed());
        }
        Line { ink, above }
    }
}
