//! The black dots of letters, kept once they were drawn: a shop's receipts are made of few of them, and
//! to hint and draw one costs more than all else that is done for it.

use std::collections::HashMap;

use parley::layout::Run;
use swash::FontRef;
use swash::scale::image::Content;
use swash::scale::{Render, ScaleContext, Source};
use swash::zeno::Format;

/// How black a dot has to be, of 255, to be printed.
const BLACK: u8 = 104;
/// How many letters are kept; a till that needs more begins anew. Each takes some hundred dots.
const MOST: usize = 2_048;

/// The letters that were drawn.
#[derive(Default)]
pub(super) struct Glyphs {
    scaler: ScaleContext,
    drawn: HashMap<Key, Vec<(i32, i32)>>,
}

/// What makes a letter look as it does.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    font: u64,
    face: u32,
    size: u32,
    /// Where a variable font stands on its axes.
    axes: Vec<i16>,
    glyph: u16,
}

impl Glyphs {
    /// The black dots of a run's letter, counted from where it begins on its base line.
    pub(super) fn dots(
        &mut self,
        run: &Run<'_, ()>,
        glyph: u16,
    ) -> impl Iterator<Item = (i32, i32)> + use<'_> {
        let font = run.font();
        let key = Key {
            font: font.data.id(),
            face: font.index,
            size: run.font_size().to_bits(),
            axes: run.normalized_coords().to_vec(),
            glyph,
        };
        if self.drawn.len() >= MOST && !self.drawn.contains_key(&key) {
            self.drawn.clear();
        }
        let scaler = &mut self.scaler;
        let drawn = self.drawn.entry(key);
        drawn
            .or_insert_with(|| draw(scaler, run, glyph).unwrap_or_default())
            .iter()
            .copied()
    }
}

/// `None` for what is no outline, such as a coloured picture.
fn draw(scaler: &mut ScaleContext, run: &Run<'_, ()>, glyph: u16) -> Option<Vec<(i32, i32)>> {
    let font = run.font();
    let face = FontRef::from_index(font.data.as_ref(), font.index as usize)?;
    let mut scaler = scaler
        .builder(face)
        .size(run.font_size())
        .hint(true)
        .normalized_coords(run.normalized_coords())
        .build();
    let image = Render::new(&[Source::Outline])
        .format(Format::Alpha)
        .render(&mut scaler, glyph)
        .filter(|image| image.content == Content::Mask)?;
    let wide = usize::try_from(image.placement.width.max(1)).unwrap_or(1);
    let rows = (-image.placement.top..).zip(image.data.chunks_exact(wide));
    let dots = rows.flat_map(|(row, dots)| {
        let columns = (image.placement.left..).zip(dots);
        columns
            .filter(|(_, dot)| **dot >= BLACK)
            .map(move |(column, _)| (column, row))
    });
    Some(dots.collect())
}
