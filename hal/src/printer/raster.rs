//! Pictures as each kind of printer takes them.

use super::{PrinterProfile, RasterCommand, Sink};

const DLE: u8 = 0x10;
const EOT: u8 = 0x04;
const ENQ: u8 = 0x05;
const DC4: u8 = 0x14;
const ESC: u8 = 0x1B;
const GS: u8 = 0x1D;
const ACK: u8 = 0x06;
const LF: u8 = 0x0A;

/// `GS ( D`: the real-time pulse off and on. It is the only real-time command that can be switched
/// off; questions (`DLE EOT`) and requests (`DLE ENQ`) are obeyed all the same.
const REAL_TIME_OFF: [u8; 8] = [GS, b'(', b'D', 3, 0, DC4, 1, 0];
const REAL_TIME_ON: [u8; 8] = [GS, b'(', b'D', 3, 0, DC4, 1, 1];

/// The most rows of a strip.
const STRIP: usize = 24;
/// Rows in whose time a strip is printed: an impact printer needs as long for one of 8 dots as for a
/// line of text.
const STRIP_ROWS: u32 = 30;

/// Writes rows of dots in bands or strips, as the profile says. Of each row `stride` bytes are
/// sent; a row that has fewer is white at its end.
pub(super) fn write<'r, S: Sink>(
    rows: impl ExactSizeIterator<Item = &'r [u8]>,
    stride: usize,
    profile: &PrinterProfile,
    sink: &mut S,
) -> Result<(), S::Error> {
    let mut writer = Writer {
        stride,
        defuse: !profile.real_time_switch,
        shared: profile.line_display.is_some(),
        before: [0; 2],
        sink,
    };
    if profile.real_time_switch {
        writer.sink.write(&REAL_TIME_OFF)?;
    }
    match profile.raster {
        RasterCommand::GsV0 | RasterCommand::GsParenL | RasterCommand::EscGsS => {
            writer.bands(rows, profile)?;
        }
        RasterCommand::EscStar { density, spacing } => writer.columns(rows, density, spacing)?,
        RasterCommand::EscK => writer.strips(rows)?,
    }
    if profile.real_time_switch {
        writer.sink.write(&REAL_TIME_ON)?;
    }
    Ok(())
}

/// The most bytes that a printer in the middle of a picture may wait for.
#[cfg(feature = "linux")]
pub(crate) fn longest_band(profile: &PrinterProfile) -> usize {
    let dots = usize::from(profile.dots_per_line);
    let stride = dots.div_ceil(8);
    let (header, data) = match profile.raster {
        RasterCommand::GsV0 => (8, stride * usize::from(profile.band_height)),
        RasterCommand::GsParenL => (15, stride * usize::from(profile.band_height)),
        RasterCommand::EscGsS => (9, stride * usize::from(profile.band_height)),
        RasterCommand::EscStar { .. } => (5, stride * 8 * STRIP / 8),
        RasterCommand::EscK => (4, stride * STRIP),
    };
    header + data
}

struct Writer<'s, S> {
    stride: usize,
    /// Changes a dot also where bytes would be a real-time pulse: the printer was not told to ignore
    /// it.
    defuse: bool,
    /// Changes a dot where bytes would give the line to the display that shares it.
    shared: bool,
    /// The two bytes written last.
    before: [u8; 2],
    sink: &'s mut S,
}

impl<S: Sink> Writer<'_, S> {
    fn bands<'r>(
        &mut self,
        mut rows: impl ExactSizeIterator<Item = &'r [u8]>,
        profile: &PrinterProfile,
    ) -> Result<(), S::Error> {
        let [x_low, x_high] = u16::try_from(self.stride).unwrap_or(u16::MAX).to_le_bytes();
        while rows.len() > 0 {
            self.sink.between()?;
            let mut height = rows.len().min(usize::from(profile.band_height.max(1)));
            // Some clones garble bands whose height is a multiple of 48.
            if height.is_multiple_of(48) {
                height -= 1;
            }
            // Nor may the length that `GS ( L` tells be a real-time command.
            if profile.raster == RasterCommand::GsParenL
                && matches!(self.length(height), [DLE, EOT | ENQ | DC4])
            {
                height -= 1;
            }
            let y_low = u8::try_from(height).unwrap_or(u8::MAX);
            match profile.raster {
                RasterCommand::GsParenL => {
                    let [low, high] = self.length(height);
                    let [w_low, w_high] = u16::try_from(self.stride * 8)
                        .unwrap_or(u16::MAX)
                        .to_le_bytes();
                    self.sink.write(&[GS, b'(', b'L', low, high])?;
                    self.sink.write(&[48, 112, 48, 1, 1, 49])?;
                    self.sink.write(&[w_low, w_high, y_low, 0])?;
                }
                RasterCommand::EscGsS => self
                    .sink
                    .write(&[ESC, GS, b'S', 1, x_low, x_high, y_low, 0, 0])?,
                _ => self
                    .sink
                    .write(&[GS, b'v', b'0', 0, x_low, x_high, y_low, 0])?,
            }
            self.before = [0; 2];
            for row in rows.by_ref().take(height) {
                self.row(row)?;
            }
            if profile.raster == RasterCommand::GsParenL {
                self.sink.write(&[GS, b'(', b'L', 2, 0, 48, 50])?;
            }
            self.sink
                .moves_paper(u32::try_from(height).unwrap_or(u32::MAX));
        }
        Ok(())
    }

    /// The length that `GS ( L` tells of a band of so many rows.
    fn length(&self, height: usize) -> [u8; 2] {
        let length = 10 + self.stride * height;
        u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes()
    }

    fn row(&mut self, row: &[u8]) -> Result<(), S::Error> {
        for at in 0..self.stride {
            self.dots(row.get(at).copied().unwrap_or(0))?;
        }
        Ok(())
    }

    /// Strips of 24 rows, joined by a line spacing of 24 dots.
    fn strips<'r>(
        &mut self,
        mut rows: impl ExactSizeIterator<Item = &'r [u8]>,
    ) -> Result<(), S::Error> {
        let [low, high] = u16::try_from(self.stride).unwrap_or(u16::MAX).to_le_bytes();
        // Line spacing 3 mm, afterwards 4 mm as after initialising.
        self.sink.write(&[ESC, b'0'])?;
        while rows.len() > 0 {
            self.sink.between()?;
            self.sink.write(&[ESC, b'k', low, high])?;
            self.before = [0; 2];
            for _ in 0..STRIP {
                let row = rows.next().unwrap_or_default();
                self.row(row)?;
            }
            self.sink.write(&[LF])?;
            self.sink.moves_paper(STRIP_ROWS);
        }
        self.sink.write(&[ESC, b'z', 1])
    }

    /// Strips of 8 or 24 rows, sent column by column.
    fn columns<'r>(
        &mut self,
        mut rows: impl ExactSizeIterator<Item = &'r [u8]>,
        density: u8,
        spacing: u8,
    ) -> Result<(), S::Error> {
        let high = if density >= 32 { STRIP } else { 8 };
        let width = self.stride * 8;
        let [w_low, w_high] = u16::try_from(width).unwrap_or(u16::MAX).to_le_bytes();
        self.sink.write(&[ESC, b'3', spacing])?;
        while rows.len() > 0 {
            self.sink.between()?;
            let mut strip = heapless::Vec::<&[u8], STRIP>::new();
            for row in rows.by_ref().take(high) {
                // A strip has room for all its rows.
                let _ = strip.push(row);
            }
            self.sink.write(&[ESC, b'*', density, w_low, w_high])?;
            self.before = [0; 2];
            for x in 0..width {
                let black = |y: usize| {
                    let byte = strip.get(y).and_then(|row| row.get(x / 8));
                    byte.is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
                };
                for top in (0..high).step_by(8) {
                    let byte = (0..8).fold(0, |byte, y| byte << 1 | u8::from(black(top + y)));
                    self.dots(byte)?;
                }
            }
            self.sink.write(&[LF])?;
            self.sink.moves_paper(STRIP_ROWS);
        }
        self.sink.write(&[ESC, b'2'])
    }

    /// Eight dots. No two bytes may begin a real-time command that the printer obeys: one wrong dot is
    /// better than an open drawer, a lost job or an answer that nobody asked for.
    fn dots(&mut self, byte: u8) -> Result<(), S::Error> {
        let [first, second] = self.before;
        let safe = match (first, second, byte) {
            (_, DLE, EOT | ENQ) | (_, ESC, ACK) => byte | 0x80,
            (_, DLE, DC4) if self.defuse => byte | 0x80,
            // All others of its kind, of which one throws away what is not printed yet.
            (DLE, DC4, 2..=8) => byte | 0x80,
            (_, ESC, b'=') if self.shared => byte | 0x80,
            _ => byte,
        };
        self.before = [second, safe];
        self.sink.write(&[safe])
    }
}
