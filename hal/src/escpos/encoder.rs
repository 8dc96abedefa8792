//! Commands to ESC/POS bytes.
//!
//! The default dialect is what every emulator and clone we tried understands; a profile adds
//! the rest. Each job begins with `ESC @`, so that nothing leaks from one job into the next.

use super::layout::{MAX_COLUMNS, wrap};
use super::{
    Align, Barcode, Command, DrawerPin, Image, PrinterProfile, Qr, QrCorrection, Sink, Style,
    Symbol,
};
use crate::vocabulary::JobId;

const ESC: u8 = 0x1B;
const GS: u8 = 0x1D;
const DLE: u8 = 0x10;
const EOT: u8 = 0x04;
const ENQ: u8 = 0x05;
const DC4: u8 = 0x14;
const LF: u8 = 0x0A;

/// Height of a barcode: 10 mm.
const BARCODE_DOTS: u8 = 80;
/// Dots a line feed moves the paper, at least.
const LINE_DOTS: u8 = 30;
/// Blank lines that bring the paper to the tear bar where there is no cutter.
const TEAR_LINES: u8 = 4;
/// `GS ( D`: real-time pulse off and on.
const REAL_TIME_OFF: [u8; 8] = [GS, b'(', b'D', 3, 0, DC4, 1, 0];
const REAL_TIME_ON: [u8; 8] = [GS, b'(', b'D', 3, 0, DC4, 1, 1];

/// Asks the printer to tell status changes by itself: drawer, online, error, paper.
pub const AUTOMATIC_STATUS: [u8; 3] = [GS, b'a', 0x0F];

/// The four characters by which a printer names a job when it reports its completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobTag(pub [u8; 4]);

impl JobTag {
    /// The tag of a job; the lowest 20 bits of its number count. No byte of a tag can be taken
    /// for the beginning of another report.
    pub fn of(job: JobId) -> JobTag {
        JobTag(
            [15, 10, 5, 0].map(|shift| match (job.0 >> shift) as u8 & 0x1F {
                low @ 0..16 => 0x40 + low,
                high => 0x50 + high,
            }),
        )
    }
}

/// What a status request (`DLE EOT n`) asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Request {
    /// Online, drawer signal.
    Printer = 1,
    /// Why the printer is offline.
    OfflineCause = 2,
    /// Faults.
    Error = 3,
    /// Paper.
    Paper = 4,
}

impl Request {
    /// All four, in the order they are asked.
    pub const ALL: [Request; 4] = [
        Request::Printer,
        Request::OfflineCause,
        Request::Error,
        Request::Paper,
    ];
}

/// The bytes of a status request.
pub const fn encode_request(request: Request) -> [u8; 3] {
    [DLE, EOT, request as u8]
}

/// The bytes of the pulse that opens the drawer. Both times are always sent.
pub fn encode_kick(profile: &PrinterProfile) -> [u8; 5] {
    let pin = match profile.drawer.pin {
        DrawerPin::Pin2 => 0,
        DrawerPin::Pin5 => 1,
    };
    // In units of 2 ms.
    let units = |ms: u16| u8::try_from((ms / 2).clamp(1, 255)).unwrap_or(u8::MAX);
    let drawer = &profile.drawer;
    [ESC, b'p', pin, units(drawer.on_ms), units(drawer.off_ms)]
}

/// The bytes of a pulse that a printer obeys even when it is offline (`DLE DC4 1`).
pub fn encode_real_time_kick(profile: &PrinterProfile) -> [u8; 5] {
    let pin = match profile.drawer.pin {
        DrawerPin::Pin2 => 0,
        DrawerPin::Pin5 => 1,
    };
    // In units of 100 ms, 1 to 8.
    let time = u8::try_from(profile.drawer.on_ms.div_ceil(100).clamp(1, 8)).unwrap_or(1);
    [DLE, DC4, 1, pin, time]
}

/// Writes a job to `sink`, piece by piece. With a `tag`, and a printer that can, the printer is
/// asked to report when all of it is printed.
///
/// # Errors
/// The sink's, at once.
pub fn encode<'a, S: Sink>(
    commands: impl IntoIterator<Item = Command<'a>>,
    profile: &PrinterProfile,
    tag: Option<JobTag>,
    sink: &mut S,
) -> Result<(), S::Error> {
    let mut encoder = Encoder {
        profile,
        sink,
        style: Style::plain(),
    };
    encoder.begin()?;
    for command in commands {
        encoder.command(&command)?;
    }
    if let Some(JobTag([a, b, c, d])) = tag.filter(|_| profile.completion_report) {
        encoder.put(&[GS, b'(', b'H', 6, 0, 0x30, 0x30, a, b, c, d])?;
    }
    Ok(())
}

struct Encoder<'p, 's, S> {
    profile: &'p PrinterProfile,
    sink: &'s mut S,
    /// What the printer is set to.
    style: Style,
}

impl<S: Sink> Encoder<'_, '_, S> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), S::Error> {
        self.sink.write(bytes)
    }

    fn begin(&mut self) -> Result<(), S::Error> {
        self.put(&[ESC, b'@', ESC, b't', self.profile.code_page.number()])?;
        if self.profile.automatic_status {
            // ESC @ switched it off.
            self.put(&AUTOMATIC_STATUS)?;
        }
        Ok(())
    }

    fn command(&mut self, command: &Command<'_>) -> Result<(), S::Error> {
        match *command {
            Command::Line { text, style } => self.line(text, style),
            Command::Pair { left, right, style } => self.pair(left, right, style),
            Command::Rule => self.rule(),
            Command::Feed(lines) => self.feed(lines),
            Command::Barcode(barcode) => self.barcode(barcode),
            Command::Qr(qr) => self.qr(qr),
            Command::Image(image) => self.image(image),
            Command::Cut if self.profile.cutter => {
                self.style(Style::plain())?;
                self.put(&[GS, b'V', 66, 0])
            }
            Command::Cut => self.feed(TEAR_LINES),
            Command::Kick => self.put(&encode_kick(self.profile)),
        }
    }

    /// Sets what differs from what the printer is set to.
    fn style(&mut self, style: Style) -> Result<(), S::Error> {
        if style.align != self.style.align {
            let n = match style.align {
                Align::Left => 0,
                Align::Center => 1,
                Align::Right => 2,
            };
            self.put(&[ESC, b'a', n])?;
        }
        if style.emphasis != self.style.emphasis {
            self.put(&[ESC, b'E', u8::from(style.emphasis)])?;
        }
        let size =
            |style: Style| (u8::from(style.double_width) << 4) | u8::from(style.double_height);
        if size(style) != size(self.style) {
            self.put(&[GS, b'!', size(style)])?;
        }
        self.style = style;
        Ok(())
    }

    fn columns(&self, style: Style) -> usize {
        let columns = usize::from(self.profile.columns).clamp(1, MAX_COLUMNS);
        if style.double_width {
            (columns / 2).max(1)
        } else {
            columns
        }
    }

    fn row(&mut self, row: &[u8]) -> Result<(), S::Error> {
        self.put(row)?;
        self.put(&[LF])
    }

    fn line(&mut self, text: &str, style: Style) -> Result<(), S::Error> {
        self.style(style)?;
        let columns = self.columns(style);
        let page = self.profile.code_page;
        for part in text.split('\n') {
            let last = wrap(page.encode(part), columns, |row| self.row(row))?;
            self.row(&last)?;
        }
        Ok(())
    }

    fn pair(&mut self, left: &str, right: &str, style: Style) -> Result<(), S::Error> {
        let columns = self.columns(style);
        let page = self.profile.code_page;
        let right_width = page.encode(right).count();
        // Beside a right text this wide the left one has no room: they take turns.
        if right_width == 0 || right_width + 1 + columns / 4 > columns {
            if !left.is_empty() {
                self.line(left, style.aligned(Align::Left))?;
            }
            return if right.is_empty() {
                Ok(())
            } else {
                self.line(right, style.aligned(Align::Right))
            };
        }
        self.style(style.aligned(Align::Left))?;
        let last = wrap(page.encode(left), columns - right_width - 1, |row| {
            self.row(row)
        })?;
        self.put(&last)?;
        for _ in last.len()..columns - right_width {
            self.put(b" ")?;
        }
        for byte in page.encode(right) {
            self.put(&[byte])?;
        }
        self.put(&[LF])
    }

    fn rule(&mut self) -> Result<(), S::Error> {
        self.style(Style::plain())?;
        let dash = self.profile.code_page.byte('─').unwrap_or(b'-');
        for _ in 0..self.columns(Style::plain()) {
            self.put(&[dash])?;
        }
        self.put(&[LF])
    }

    fn feed(&mut self, lines: u8) -> Result<(), S::Error> {
        self.style(Style::plain())?;
        self.feed_lines(lines)
    }

    fn feed_lines(&mut self, lines: u8) -> Result<(), S::Error> {
        for _ in 0..lines {
            self.put(&[LF])?;
        }
        Ok(())
    }

    fn barcode(&mut self, barcode: &Barcode) -> Result<(), S::Error> {
        // Ten modules of quiet zone on each side.
        let modules = barcode.modules() + 20;
        let dots = usize::from(self.profile.dots_per_line);
        let Some(width) = [3u8, 2]
            .into_iter()
            .find(|&w| modules * usize::from(w) <= dots)
        else {
            return self.line(barcode.text(), Style::center());
        };
        self.style(Style::center())?;
        self.put(&[GS, b'h', BARCODE_DOTS, GS, b'w', width, GS, b'H', 2])?;
        let text = barcode.text().as_bytes();
        match barcode.symbol() {
            Symbol::Ean13 => {
                self.put(&[GS, b'k', 67, 13])?;
                self.put(text)
            }
            Symbol::Code128 if barcode.in_digit_pairs() => {
                let length = u8::try_from(text.len() / 2 + 2).unwrap_or(u8::MAX);
                self.put(&[GS, b'k', 73, length, b'{', b'C'])?;
                for pair in text.chunks_exact(2) {
                    let value = pair
                        .iter()
                        .fold(0, |sum, digit| sum * 10 + digit.wrapping_sub(b'0'));
                    self.put(&[value])?;
                }
                Ok(())
            }
            Symbol::Code128 => {
                let braces = text.iter().filter(|&&b| b == b'{').count();
                let length = u8::try_from(text.len() + braces + 2).unwrap_or(u8::MAX);
                self.put(&[GS, b'k', 73, length, b'{', b'B'])?;
                for &byte in text {
                    // The brace begins a code set command, so it is sent twice.
                    self.put(if byte == b'{' {
                        b"{{"
                    } else {
                        core::slice::from_ref(&byte)
                    })?;
                }
                Ok(())
            }
        }
    }

    fn qr(&mut self, qr: &Qr) -> Result<(), S::Error> {
        self.style(Style::center())?;
        let level = match qr.level() {
            QrCorrection::L => 48,
            QrCorrection::M => 49,
            QrCorrection::Q => 50,
            QrCorrection::H => 51,
        };
        let dots = qr.fitting_module_dots(self.profile.dots_per_line);
        let [low, high] = u16::try_from(qr.data().len() + 3)
            .unwrap_or(u16::MAX)
            .to_le_bytes();
        // The quiet zone above and below, four modules, is ours to feed.
        let quiet_lines = (4 * dots).div_ceil(LINE_DOTS);
        self.feed_lines(quiet_lines)?;
        self.put(&[GS, b'(', b'k', 4, 0, 49, 65, 50, 0])?;
        self.put(&[GS, b'(', b'k', 3, 0, 49, 67, dots])?;
        self.put(&[GS, b'(', b'k', 3, 0, 49, 69, level])?;
        self.put(&[GS, b'(', b'k', low, high, 49, 80, 48])?;
        self.put(qr.data())?;
        self.put(&[GS, b'(', b'k', 3, 0, 49, 81, 48])?;
        self.feed_lines(quiet_lines)
    }

    fn image(&mut self, image: Image<'_>) -> Result<(), S::Error> {
        self.style(Style::center())?;
        let stride = usize::from(image.width().min(self.profile.dots_per_line).div_ceil(8));
        let [x_low, x_high] = u16::try_from(stride).unwrap_or(u16::MAX).to_le_bytes();
        if self.profile.real_time_switch {
            self.put(&REAL_TIME_OFF)?;
        }
        let mut rows = image.rows();
        while rows.len() > 0 {
            let mut height = rows.len().min(usize::from(self.profile.band_height.max(1)));
            // Some clones garble bands whose height is a multiple of 48.
            if height.is_multiple_of(48) {
                height -= 1;
            }
            let y_low = u8::try_from(height).unwrap_or(u8::MAX);
            self.put(&[GS, b'v', b'0', 0, x_low, x_high, y_low, 0])?;
            let mut before = 0;
            for row in rows.by_ref().take(height) {
                let row = row.get(..stride).unwrap_or(row);
                if self.profile.real_time_switch {
                    self.put(row)?;
                } else {
                    before = self.defused(row, before)?;
                }
            }
        }
        if self.profile.real_time_switch {
            self.put(&REAL_TIME_ON)?;
        }
        Ok(())
    }

    /// Writes a row such that no two bytes of it begin a real-time command: one wrong dot is
    /// better than an open drawer. Returns the last byte written.
    fn defused(&mut self, row: &[u8], mut before: u8) -> Result<u8, S::Error> {
        for &byte in row {
            let safe = match (before, byte) {
                (DLE, EOT | ENQ | DC4) => byte | 0x80,
                _ => byte,
            };
            self.put(&[safe])?;
            before = safe;
        }
        Ok(before)
    }
}
