//! A picture of one bit a dot that is drawn on.

/// Rows of dots, all white at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ink {
    width: usize,
    stride: usize,
    rows: Vec<u8>,
}

impl Ink {
    pub(super) fn new(width: usize, height: usize) -> Ink {
        let stride = width.div_ceil(8).max(1);
        Ink {
            width,
            stride,
            rows: vec![0; stride * height],
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.rows.len() / self.stride
    }

    pub(super) fn rows(&self) -> &[u8] {
        &self.rows
    }

    /// Blackens a dot; one outside is not there.
    pub(super) fn dot(&mut self, x: isize, y: isize) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        if x < self.width
            && let Some(byte) = self.rows.get_mut(y * self.stride + x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    pub(super) fn is_black(&self, x: usize, y: usize) -> bool {
        x < self.width
            && self
                .rows
                .get(y * self.stride + x / 8)
                .is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }

    /// Each dot twice as wide, twice as high, or both.
    pub(super) fn stretched(&self, wide: bool, high: bool) -> Ink {
        let (across, down) = (1 + usize::from(wide), 1 + usize::from(high));
        let mut larger = Ink::new(self.width * across, self.height() * down);
        for y in 0..larger.height() {
            for x in 0..larger.width() {
                if self.is_black(x / across, y / down) {
                    larger.dot(x.cast_signed(), y.cast_signed());
                }
            }
        }
        larger
    }

    /// Draws another picture with its top left corner here; what does not fit is left out.
    pub(super) fn draw(&mut self, other: &Ink, left: usize, top: usize) {
        let (byte, shift) = (left / 8, left % 8);
        let rows = self.rows.chunks_exact_mut(self.stride).skip(top);
        for (row, drawn) in rows.zip(other.rows.chunks_exact(other.stride)) {
            for (index, &dots) in (byte..).zip(drawn) {
                let [here, next] = (u16::from(dots) << (8 - shift)).to_be_bytes();
                if let Some(place) = row.get_mut(index) {
                    *place |= here;
                }
                if let Some(place) = row.get_mut(index + 1) {
                    *place |= next;
                }
            }
        }
        self.trim();
    }

    /// The columns that have ink: the first, and the one after the last.
    pub(super) fn inked(&self) -> Option<(usize, usize)> {
        let mut all = vec![0; self.stride];
        for row in self.rows.chunks_exact(self.stride) {
            for (column, dots) in all.iter_mut().zip(row) {
                *column |= dots;
            }
        }
        let first = all.iter().position(|dots| *dots != 0)?;
        let last = all.iter().rposition(|dots| *dots != 0)?;
        let zeros = |byte: usize, count: fn(u8) -> u32| {
            all.get(byte).map_or(0, |dots| count(*dots) as usize)
        };
        Some((
            first * 8 + zeros(first, u8::leading_zeros),
            last * 8 + 8 - zeros(last, u8::trailing_zeros),
        ))
    }

    /// The columns from `from` to before `to`.
    pub(super) fn columns(&self, from: usize, to: usize) -> Ink {
        let mut part = Ink::new(to.saturating_sub(from), self.height());
        let (byte, shift) = (from / 8, from % 8);
        let rows = part.rows.chunks_exact_mut(part.stride);
        for (row, dots) in rows.zip(self.rows.chunks_exact(self.stride)) {
            for (index, place) in (byte..).zip(row) {
                let dots = [index, index + 1].map(|index| dots.get(index).copied().unwrap_or(0));
                let [here, _] = (u16::from_be_bytes(dots) << shift).to_be_bytes();
                *place = here;
            }
        }
        part.trim();
        part
    }

    /// Whitens what fills the last byte of a row.
    fn trim(&mut self) {
        let within = self.width % 8;
        if within == 0 && self.width > 0 {
            return;
        }
        for last in self
            .rows
            .chunks_exact_mut(self.stride)
            .filter_map(<[u8]>::last_mut)
        {
            *last &= !(0xFF >> within);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// A picture with these dots black.
    fn picture(width: usize, height: usize, dots: &[(usize, usize)]) -> Ink {
        let mut ink = Ink::new(width, height);
        for (x, y) in dots {
            ink.dot(x.cast_signed(), y.cast_signed());
        }
        ink
    }

    proptest! {
        /// What is done to whole bytes is what would be done to each dot.
        #[test]
        fn pictures_are_cut_and_drawn_dot_by_dot(
            (width, height) in (1_usize..40, 1_usize..6),
            dots in vec((0_usize..40, 0_usize..6), 0..30),
            (from, to) in (0_usize..45, 0_usize..45),
            (left, top) in (0_usize..45, 0_usize..8),
        ) {
            let ink = picture(width, height, &dots);
            let part = ink.columns(from, to);
            prop_assert_eq!(part.width(), to.saturating_sub(from));
            let mut onto = picture(37, 7, &dots);
            let before = onto.clone();
            onto.draw(&ink, left, top);
            for y in 0..8 {
                for x in 0..50 {
                    prop_assert_eq!(part.is_black(x, y), x < part.width() && ink.is_black(from + x, y));
                    let drawn = x >= left && y >= top && ink.is_black(x - left, y - top);
                    let fits = x < 37 && y < 7;
                    prop_assert_eq!(onto.is_black(x, y), before.is_black(x, y) || (drawn && fits));
                }
            }
            let black = |x: &usize| (0..height).any(|y| ink.is_black(*x, y));
            let edges = (0..width).find(black).zip((0..width).rev().find(black));
            prop_assert_eq!(ink.inked(), edges.map(|(first, last)| (first, last + 1)));
            // The printer prints whole bytes.
            for ink in [&ink, &part, &onto] {
                let fill = ink.width().div_ceil(8).max(1) * 8;
                let bits = |x: usize, y: usize| ink.rows[y * fill / 8 + x / 8] & (0x80 >> (x % 8));
                prop_assert!((ink.width()..fill).all(|x| (0..ink.height()).all(|y| bits(x, y) == 0)));
            }
        }
    }
}
