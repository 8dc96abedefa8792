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

    /// Draws another picture with its top left corner here.
    pub(super) fn draw(&mut self, other: &Ink, left: usize, top: usize) {
        for y in 0..other.height() {
            for x in 0..other.width() {
                if other.is_black(x, y) {
                    self.dot((left + x).cast_signed(), (top + y).cast_signed());
                }
            }
        }
    }

    /// The columns that have ink: the first, and the one after the last.
    pub(super) fn inked(&self) -> Option<(usize, usize)> {
        let black = |x: &usize| (0..self.height()).any(|y| self.is_black(*x, y));
        let first = (0..self.width).find(black)?;
        let last = (0..self.width).rev().find(black)?;
        Some((first, last + 1))
    }

    /// The columns from `from` to before `to`.
    pub(super) fn columns(&self, from: usize, to: usize) -> Ink {
        let mut part = Ink::new(to.saturating_sub(from), self.height());
        for y in 0..part.height() {
            for x in from..to {
                if self.is_black(x, y) {
                    part.dot((x - from).cast_signed(), y.cast_signed());
                }
            }
        }
        part
    }
}
