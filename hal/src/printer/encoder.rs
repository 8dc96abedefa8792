//! Commands to bytes, in the dialect of a profile.
//!
//! The default dialect is what every emulator and clone we tried understands; a profile adds
//! the rest. Each job begins by initialising the printer, so that nothing leaks from one job
//! into the next.

use super::layout::{MAX_COLUMNS, wrap};
use super::{
    Align, Barcode, Command, CompletionReport, Cut, Cutter, Dialect, Image, PrinterProfile, Qr,
    Sink, SizeCommand, Style, bars,
};
use crate::line_display::SELECT_PRINTER;
use crate::vocabulary::JobId;
use crate::{escpos, star};

const LF: u8 = 0x0A;

/// Height of a barcode: 10 mm.
pub(crate) const BARCODE_DOTS: u8 = 80;
/// Dots a line feed moves the paper, at least.
const LINE_DOTS: u8 = 30;
/// Rows of dots in whose time a printer feeds the paper to the cutter and cuts it.
const CUT_ROWS: u32 = 200;
/// Blank lines that bring the paper to the tear bar where there is no cutter.
const TEAR_LINES: u8 = 4;
/// The most bytes of a row of dots: 128 mm at 8 dots a millimetre.
const MAX_ROW: usize = 128;

/// The four characters by which a printer names a job when it reports its completion. Star
/// takes the last two.
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

/// The bytes of a pulse.
pub type Pulse = heapless::Vec<u8, 8>;

/// The bytes of the pulse that opens the drawer. Both times are always sent, where the printer
/// takes any.
pub fn encode_kick(profile: &PrinterProfile) -> Pulse {
    match profile.dialect {
        Dialect::EscPos => escpos::kick(&profile.drawer),
        Dialect::Star => star::kick(&profile.drawer),
    }
}

/// The bytes of a pulse that a printer obeys even when it is offline; `None` where there is
/// no such thing.
pub fn encode_real_time_kick(profile: &PrinterProfile) -> Option<Pulse> {
    match profile.dialect {
        Dialect::EscPos if profile.real_time_kick => Some(escpos::real_time_kick(&profile.drawer)),
        _ => None,
    }
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
        page: profile.default_page(),
    };
    encoder.begin()?;
    for command in commands {
        encoder.sink.between()?;
        encoder.command(&command)?;
    }
    tag.map_or(Ok(()), |tag| encoder.ask_for_report(tag))
}

struct Encoder<'p, 's, S> {
    profile: &'p PrinterProfile,
    sink: &'s mut S,
    /// What the printer is set to.
    style: Style,
    page: super::CodePageNumber,
}

impl<S: Sink> Encoder<'_, '_, S> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), S::Error> {
        self.sink.write(bytes)
    }

    fn begin(&mut self) -> Result<(), S::Error> {
        let page = self.page.number;
        match self.profile.dialect {
            Dialect::EscPos => {
                if self.profile.line_display.is_some() {
                    self.put(&SELECT_PRINTER)?;
                }
                self.put(&escpos::INITIALIZE)?;
                self.put(&escpos::SINGLE_BYTES)?;
                self.put(&escpos::NO_COUNTRY)?;
                self.put(&escpos::code_page(page))?;
                if self.sets_print_modes() {
                    self.print_mode(Style::plain())?;
                }
                if self.profile.automatic_status {
                    // Initialising switched it off.
                    self.put(&escpos::AUTOMATIC_STATUS)?;
                }
                Ok(())
            }
            Dialect::Star => {
                self.put(&star::INITIALIZE)?;
                self.put(&star::NO_COUNTRY)?;
                self.put(&star::code_page(page))
            }
        }
    }

    fn ask_for_report(&mut self, JobTag([a, b, c, d]): JobTag) -> Result<(), S::Error> {
        match self.profile.completion {
            CompletionReport::None => Ok(()),
            CompletionReport::GsParenH => self.put(&escpos::completion([a, b, c, d])),
            CompletionReport::Etb => self.put(&[star::ETB]),
            CompletionReport::EscGsEtx => self.put(&star::document_end([c, d])),
        }
    }

    fn command(&mut self, command: &Command<'_>) -> Result<(), S::Error> {
        match *command {
            Command::Line { text, style } => self.line(text, style),
            Command::Pair { left, right, style } => self.pair(left, right, style),
            Command::Rule => self.rule(),
            Command::Feed(lines) => self.feed(lines),
            Command::Barcode(barcode) => self.barcode(barcode),
            Command::Qr(qr) => self.qr(qr),
            Command::Image { image, align } => self.image(image, align),
            Command::Cut(cut) => self.cut(cut),
            Command::Kick => self.put(&encode_kick(self.profile)),
        }
    }

    /// Sets what differs from what the printer is set to.
    fn style(&mut self, style: Style) -> Result<(), S::Error> {
        let star = self.profile.dialect == Dialect::Star;
        if style.align != self.style.align {
            let n = match style.align {
                Align::Left => 0,
                Align::Center => 1,
                Align::Right => 2,
            };
            if star {
                self.put(&star::align(n))?;
            } else {
                self.put(&escpos::align(n))?;
            }
        }
        let size = |style: Style| (style.double_width, style.double_height);
        let is_other = size(style) != size(self.style);
        if self.sets_print_modes() {
            if is_other || style.emphasis != self.style.emphasis {
                self.print_mode(style)?;
            }
            self.style = style;
            return Ok(());
        }
        if style.emphasis != self.style.emphasis {
            if star {
                self.put(&star::emphasis(style.emphasis))?;
            } else {
                self.put(&escpos::emphasis(style.emphasis))?;
            }
        }
        if is_other {
            let (wide, high) = size(style);
            if star {
                self.put(&star::size(wide, high))?;
            } else {
                self.put(&escpos::size(wide, high))?;
            }
        }
        self.style = style;
        Ok(())
    }

    /// Whether font, size and emphasis are set by one command.
    fn sets_print_modes(&self) -> bool {
        let escpos = self.profile.dialect == Dialect::EscPos;
        escpos && self.profile.size_command == SizeCommand::EscExclamation
    }

    fn print_mode(&mut self, style: Style) -> Result<(), S::Error> {
        let Style {
            emphasis,
            double_width,
            double_height,
            ..
        } = style;
        self.put(&escpos::print_mode(emphasis, double_width, double_height))
    }

    /// Sets the first code page that has all of these texts, or the default one.
    fn page_for(&mut self, texts: [&str; 2]) -> Result<(), S::Error> {
        let page = self
            .profile
            .page_for(texts)
            .unwrap_or(self.profile.default_page());
        if page != self.page {
            match self.profile.dialect {
                Dialect::EscPos => self.put(&escpos::code_page(page.number))?,
                Dialect::Star => self.put(&star::code_page(page.number))?,
            }
            self.page = page;
        }
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
        self.line_feed()
    }

    fn line_feed(&mut self) -> Result<(), S::Error> {
        self.put(&[LF])?;
        let high = if self.style.double_height { 2 } else { 1 };
        self.sink.moves_paper(u32::from(LINE_DOTS) * high);
        Ok(())
    }

    fn line(&mut self, text: &str, style: Style) -> Result<(), S::Error> {
        self.style(style)?;
        self.page_for([text, ""])?;
        let columns = self.columns(style);
        let page = self.page.page;
        for part in text.split('\n') {
            let last = wrap(page.encode(part), columns, |row| self.row(row))?;
            self.row(&last)?;
        }
        Ok(())
    }

    fn pair(&mut self, left: &str, right: &str, style: Style) -> Result<(), S::Error> {
        self.page_for([left, right])?;
        let columns = self.columns(style);
        let page = self.page.page;
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
        self.line_feed()
    }

    fn rule(&mut self) -> Result<(), S::Error> {
        self.style(Style::plain())?;
        let dash = self.page.page.byte('─').unwrap_or(b'-');
        for _ in 0..self.columns(Style::plain()) {
            self.put(&[dash])?;
        }
        self.line_feed()
    }

    fn feed(&mut self, lines: u8) -> Result<(), S::Error> {
        self.style(Style::plain())?;
        self.feed_lines(lines)
    }

    fn feed_lines(&mut self, lines: u8) -> Result<(), S::Error> {
        for _ in 0..lines {
            self.line_feed()?;
        }
        Ok(())
    }

    fn cut(&mut self, wanted: Cut) -> Result<(), S::Error> {
        let cut = match self.profile.cutter {
            Cutter::None => return self.feed(TEAR_LINES),
            Cutter::Partial => Cut::Partial,
            Cutter::Full => Cut::Full,
            Cutter::Both => wanted,
        };
        self.style(Style::plain())?;
        match self.profile.dialect {
            Dialect::EscPos => self.put(&escpos::cut(cut))?,
            Dialect::Star => self.put(&star::cut(cut))?,
        }
        self.sink.moves_paper(CUT_ROWS);
        Ok(())
    }

    fn barcode(&mut self, barcode: &Barcode) -> Result<(), S::Error> {
        // Ten modules of quiet zone on each side.
        let modules = barcode.modules() + 20;
        let dots = usize::from(self.profile.dots_per_line);
        let Some(width) = [3u8, 2, 1]
            .into_iter()
            // Bars of one dot are for impact printers, whose dots are three times as large.
            .filter(|&width| width > 1 || dots < 300)
            .find(|&width| modules * usize::from(width) <= dots)
        else {
            return self.line(barcode.text(), Style::center());
        };
        if !self.profile.draws_barcodes {
            return self.bars(barcode, width);
        }
        self.style(Style::center())?;
        match self.profile.dialect {
            Dialect::EscPos => escpos::barcode(barcode, width, self.sink)?,
            Dialect::Star => star::barcode(barcode, width, self.sink)?,
        }
        // The bars, and the text beneath.
        let rows = u32::from(BARCODE_DOTS) + 2 * u32::from(LINE_DOTS);
        self.sink.moves_paper(rows);
        Ok(())
    }

    /// A barcode as a picture, with its text beneath.
    fn bars(&mut self, barcode: &Barcode, width: u8) -> Result<(), S::Error> {
        let mut row = heapless::Vec::<u8, MAX_ROW>::new();
        let dots = bars::modules(barcode).unwrap_or_default();
        let mut at = 0usize;
        for bar in dots {
            for _ in 0..width {
                if at.is_multiple_of(8) {
                    // A barcode fits the paper, and a row is wider than any paper.
                    let _ = row.push(0);
                }
                if bar && let Some(byte) = row.last_mut() {
                    *byte |= 0x80 >> (at % 8);
                }
                at += 1;
            }
        }
        let height = if self.profile.dots_per_line < 300 {
            BARCODE_DOTS / 3
        } else {
            BARCODE_DOTS
        };
        let rows = core::iter::repeat_n(row.as_slice(), usize::from(height));
        self.raster(rows, row.len(), Align::Center)?;
        self.line(barcode.text(), Style::center())
    }

    fn qr(&mut self, qr: &Qr) -> Result<(), S::Error> {
        if !self.profile.draws_qr {
            // A picture of it was made before, where there was room to compute one.
            let text = core::str::from_utf8(qr.data()).unwrap_or_default();
            return self.line(text, Style::center());
        }
        self.style(Style::center())?;
        let dots = qr.fitting_module_dots(self.profile.dots_per_line);
        // The quiet zone above and below, four modules, is ours to feed.
        let quiet_lines = (4 * dots).div_ceil(LINE_DOTS);
        self.feed_lines(quiet_lines)?;
        match self.profile.dialect {
            Dialect::EscPos => escpos::qr(qr, dots, self.sink)?,
            Dialect::Star => star::qr(qr, dots, self.sink)?,
        }
        self.sink
            .moves_paper(u32::from(qr.modules()) * u32::from(dots));
        self.feed_lines(quiet_lines)
    }

    fn image(&mut self, image: Image<'_>, align: Align) -> Result<(), S::Error> {
        let stride = usize::from(image.width().min(self.profile.dots_per_line).div_ceil(8));
        self.raster(image.rows(), stride, align)
    }

    /// Rows of dots, of which the first `stride` bytes are sent.
    fn raster<'r>(
        &mut self,
        rows: impl ExactSizeIterator<Item = &'r [u8]>,
        stride: usize,
        align: Align,
    ) -> Result<(), S::Error> {
        self.style(Style::plain().aligned(align))?;
        super::raster::write(rows, stride, self.profile, self.sink)
    }
}
