//! A receipt printer without a port: bytes in, paper and replies out.

mod codes;
mod font;
mod letters;
mod page;
mod parser;
mod replies;
mod speed;
mod star;

use font::CELL_WIDTH;
use letters::Letters;
use page::{Page, Printed};
use parser::{Next, Parsed};
use speed::Speed;

use std::time::Duration;

use crate::HalError;
use crate::printer::{Align, CodePage, Dialect};
use crate::vocabulary::{Cover, DrawerState, Paper, PrinterFault};

/// Bytes a printer keeps while it cannot print; then it takes no more.
const BUFFER: usize = 4 * 1024;
/// Dots a blank line feeds.
const LINE_SPACING: usize = 30;
/// Bytes of the wire log kept for tests.
const MAX_LOG: usize = 4 * 1024 * 1024;
/// Unknown commands and pulses kept for tests.
const MAX_NOTES: usize = 10_000;

/// Bytes that are no command of the virtual printer's dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// How many bytes were obeyed before.
    pub offset: usize,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A pulse on the drawer port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kick {
    /// The connector's pin: 2 or 5.
    pub pin: u8,
    /// Length of the pulse in milliseconds.
    pub on_ms: u16,
    /// Rest after it in milliseconds; 0 for a real-time pulse, which rests as long as it takes.
    pub off_ms: u16,
}

#[derive(Debug)]
pub(super) struct Emulator {
    page: Page,
    pub(super) log: Vec<u8>,
    pub(super) unknown: Vec<Unknown>,
    pub(super) kicks: Vec<Kick>,
    pub(super) cuts: usize,
    /// What is to be sent to the till.
    pub(super) replies: Vec<u8>,
    pub(super) paper: Paper,
    pub(super) cover: Cover,
    pub(super) fault: Option<PrinterFault>,
    pub(super) drawer: DrawerState,
    pub(super) reports_completion: bool,
    /// Takes nothing more, though nothing is wrong.
    pub(super) full: bool,
    /// Throws away what it has not printed when it is told to.
    pub(super) clears: bool,
    /// Cannot stop the till: what comes while its buffer is full is lost.
    pub(super) unstoppable: bool,
    /// Bytes that were lost so.
    pub(super) lost: usize,
    /// Some since it was last told.
    overflowed: bool,
    /// The drawer's lock does not give way.
    pub(super) stuck: bool,
    dialect: Dialect,
    /// Announces further bytes in its statuses, as Star's network printers do.
    extended: bool,
    /// Received and not obeyed yet.
    waiting: Vec<u8>,
    speed: Speed,
    obeyed: usize,
    /// The last bytes received, in which real-time commands are looked for.
    recent: [u8; 10],
    real_time_pulse: bool,
    automatic: u8,
    /// Star's counters of jobs: ETB's, and that of documents.
    counted: u8,
    documents: u8,
    /// Both times of a Star printer's pulses, which initialising does not reset.
    pulse_times: (u16, u16),
    /// The letters it begins with, as its switches say.
    letters: Letters,
    settings: Settings,
    /// The first byte of a character of two.
    half: Option<u8>,
    line: Vec<Printed>,
    /// Rows of a strip that the next line feed moves out.
    strip: usize,
    stored: (usize, Vec<u8>),
    qr: Vec<u8>,
}

/// What `ESC @` resets.
#[derive(Debug, Clone)]
struct Settings {
    page: CodePage,
    letters: Letters,
    align: Align,
    bold: bool,
    underlined: bool,
    wide: usize,
    high: usize,
    spacing: Option<u8>,
    bar_height: usize,
    bar_width: usize,
    bar_text: bool,
    qr_dots: usize,
    qr_level: qrcode::EcLevel,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            page: CodePage::Pc437,
            letters: Letters::default(),
            align: Align::Left,
            bold: false,
            underlined: false,
            wide: 1,
            high: 1,
            spacing: None,
            bar_height: 162,
            bar_width: 3,
            bar_text: false,
            qr_dots: 3,
            qr_level: qrcode::EcLevel::L,
        }
    }
}

impl Emulator {
    pub(super) fn new(dialect: Dialect, dots: usize) -> Emulator {
        Emulator {
            page: Page::new(dots),
            log: Vec::new(),
            unknown: Vec::new(),
            kicks: Vec::new(),
            cuts: 0,
            replies: Vec::new(),
            paper: Paper::Present,
            cover: Cover::Closed,
            fault: None,
            drawer: DrawerState::Closed,
            reports_completion: true,
            full: false,
            clears: true,
            unstoppable: false,
            lost: 0,
            overflowed: false,
            stuck: false,
            dialect,
            extended: false,
            waiting: Vec::new(),
            speed: Speed::default(),
            obeyed: 0,
            recent: [0; 10],
            real_time_pulse: true,
            automatic: 0,
            counted: 0,
            documents: 0,
            pulse_times: (200, 200),
            letters: Letters::default(),
            settings: Settings::default(),
            half: None,
            line: Vec::new(),
            strip: 0,
            stored: (0, Vec::new()),
            qr: Vec::new(),
        }
    }

    /// Sets whether it is a network printer, whose statuses Star extends.
    pub(super) fn in_network(mut self) -> Emulator {
        self.extended = true;
        self
    }

    /// Forgets what was printed; settings and faults stay.
    pub(super) fn clear(&mut self) {
        self.page = Page::new(self.page.width());
        self.log.clear();
        self.unknown.clear();
        self.kicks.clear();
        self.cuts = 0;
    }

    /// The paper so far as a grey PNG.
    pub(super) fn png(&self) -> Result<Vec<u8>, HalError> {
        self.page.png()
    }

    /// The printed lines.
    pub(super) fn text(&self) -> String {
        self.page.text()
    }

    /// Another width of paper, in dots.
    pub(super) fn set_width(&mut self, dots: usize) {
        self.page = Page::new(dots);
    }

    /// Power off and on: what was not printed is gone.
    pub(super) fn reset(&mut self) {
        self.waiting.clear();
        self.speed.stop();
        self.line.clear();
        self.replies.clear();
        self.recent = [0; 10];
        self.automatic = 0;
        self.counted = 0;
        self.documents = 0;
        self.strip = 0;
        self.real_time_pulse = true;
        self.initialize();
    }

    /// Forgets what a job has set.
    fn initialize(&mut self) {
        self.half = None;
        self.settings = Settings {
            letters: self.letters,
            ..Settings::default()
        };
    }

    fn offline(&self) -> bool {
        self.cover == Cover::Open || self.paper == Paper::Empty || self.fault.is_some()
    }

    /// Whether it cannot print what it has, or has not come to it yet.
    fn is_behind(&self) -> bool {
        self.offline() || self.speed.is_behind()
    }

    /// Makes it print so many rows of dots a second; `None` for all at once.
    pub(super) fn set_speed(&mut self, rows_per_second: Option<u32>) {
        self.speed.set(rows_per_second);
    }

    /// Whether it prints on with the time.
    pub(super) fn is_printing(&self) -> bool {
        self.speed.is_behind() && !self.offline()
    }

    /// Prints what it has time for since it last did.
    pub(super) fn print_on(&mut self, time: Duration) {
        if !self.offline() {
            self.speed.pass(time);
            self.obey();
        }
    }

    /// How many more bytes the printer takes now.
    pub(super) fn room(&self) -> usize {
        if self.full {
            0
        } else if self.is_behind() && !self.unstoppable {
            BUFFER.saturating_sub(self.waiting.len())
        } else {
            BUFFER
        }
    }

    pub(super) fn receive(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if self.log.len() < MAX_LOG {
                self.log.push(byte);
            }
            if self.unstoppable && self.is_behind() && self.waiting.len() >= BUFFER {
                self.lost += 1;
                self.overflowed = true;
            } else {
                self.waiting.push(byte);
            }
            self.recent.rotate_left(1);
            self.recent[9] = byte;
            self.obey_real_time();
            self.obey();
        }
    }

    /// Obeys what is waiting, as far as the state allows.
    pub(super) fn obey(&mut self) {
        let mut at = 0;
        let waiting = std::mem::take(&mut self.waiting);
        while !self.offline() {
            if !self.speed.has_time() {
                self.speed.wait();
                break;
            }
            let rest = waiting.get(at..).unwrap_or_default();
            let next = match self.dialect {
                Dialect::EscPos => parser::next(rest),
                Dialect::Star => star::next(rest),
            };
            match next {
                Next::More => {
                    self.speed.rest();
                    break;
                }
                Next::Command(length, parsed) => {
                    at += length;
                    self.obeyed += length;
                    let fed = self.page.fed();
                    self.execute(parsed);
                    self.speed.print(self.page.fed() - fed);
                }
                Next::Unknown(length) => {
                    self.not_understood(self.obeyed, rest.get(..length).unwrap_or(rest));
                    at += length;
                    self.obeyed += length;
                }
            }
        }
        self.waiting = waiting;
        self.waiting.drain(..at.min(self.waiting.len()));
    }

    /// Real-time commands act when they arrive, whatever they stand in.
    fn obey_real_time(&mut self) {
        let recent = self.recent;
        match (self.dialect, recent.as_slice()) {
            (Dialect::EscPos, &[.., 0x10, 0x04, n @ 1..=4]) => {
                let answer = self.answer(n);
                self.replies.push(answer);
            }
            (Dialect::EscPos, [0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8]) if self.clears => {
                self.waiting.clear();
                self.line.clear();
                self.replies.extend([0x37, 0x25, 0]);
            }
            (Dialect::EscPos, &[.., 0x10, 0x14, 0x01, pin @ (0 | 1), time @ 1..=8])
                if self.real_time_pulse =>
            {
                self.pulse(pin, u16::from(time) * 100, 0);
            }
            (Dialect::Star, [.., 0x1B, 0x06, 0x01]) => self.tell_star_status(),
            // A reset: what waits is gone, with the job it belongs to.
            (Dialect::Star, [.., 0x1B, 0x06, 0x18]) => self.reset(),
            (Dialect::Star, [.., 0x04]) if self.automatic == 0 => {
                let answer = self.star_answer();
                self.replies.push(answer);
            }
            _ => {}
        }
    }

    /// Tells a change of state by itself, if it was asked to.
    pub(super) fn state_changed(&mut self) {
        if self.automatic != 0 {
            match self.dialect {
                Dialect::EscPos => self.tell_status(),
                Dialect::Star => self.tell_star_status(),
            }
        }
        self.obey();
    }

    fn pulse(&mut self, pin: u8, on_ms: u16, off_ms: u16) {
        if self.kicks.len() < MAX_NOTES {
            self.kicks.push(Kick {
                pin: if pin == 0 { 2 } else { 5 },
                on_ms,
                off_ms,
            });
        }
        if self.drawer == DrawerState::Closed && !self.stuck {
            self.drawer = DrawerState::Open;
            self.state_changed_while_obeying();
        }
    }

    /// As [`Emulator::state_changed`], from within a command.
    fn state_changed_while_obeying(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.state_changed();
        self.waiting = waiting;
    }

    fn execute(&mut self, parsed: Parsed<'_>) {
        match parsed {
            Parsed::Character(byte) => self.character(byte),
            Parsed::LineFeed => self.line_feed(),
            Parsed::Ignored => {}
            Parsed::Initialize => {
                self.line.clear();
                if self.dialect == Dialect::EscPos {
                    self.automatic = 0;
                }
                self.real_time_pulse = true;
                self.initialize();
            }
            Parsed::Chinese(on) => {
                self.half = None;
                self.settings.letters.chinese = on;
            }
            Parsed::Country(country) => self.settings.letters.country = country,
            Parsed::CodePage(page) => self.settings.page = page,
            Parsed::Align(n) => {
                self.settings.align = match n {
                    1 => Align::Center,
                    2 => Align::Right,
                    _ => Align::Left,
                }
            }
            Parsed::Emphasis(on) => self.settings.bold = on,
            Parsed::Underline(on) => self.settings.underlined = on,
            Parsed::FeedDots(dots) => {
                self.finish_line();
                self.page.feed(dots.into());
            }
            Parsed::FeedLines(lines) => {
                self.finish_line();
                self.page.feed(usize::from(lines) * LINE_SPACING);
            }
            Parsed::Spacing(spacing) => self.settings.spacing = spacing,
            Parsed::Pulse(pin, on, off) => self.pulse(pin, on, off),
            Parsed::PulseTimes(on, off) => self.pulse_times = (on, off),
            Parsed::PulseAsSet(pin) => self.pulse(pin, self.pulse_times.0, self.pulse_times.1),
            Parsed::Size(wide, high) => {
                self.settings.wide = usize::from(wide);
                self.settings.high = usize::from(high);
            }
            Parsed::PrintModes(n) => {
                self.settings.bold = n & 0x08 != 0;
                self.settings.high = if n & 0x10 == 0 { 1 } else { 2 };
                self.settings.wide = if n & 0x20 == 0 { 1 } else { 2 };
                self.settings.underlined = n & 0x80 != 0;
            }
            Parsed::BarcodeHeight(n) => self.settings.bar_height = usize::from(n.max(1)),
            Parsed::BarcodeWidth(n) => self.settings.bar_width = usize::from(n.clamp(1, 6)),
            Parsed::BarcodeText(on) => self.settings.bar_text = on,
            Parsed::Barcode(symbol, data) => self.barcode(symbol, data),
            Parsed::WholeBarcode(symbol, text, width, height, data) => {
                self.settings.bar_text = text;
                self.settings.bar_width = usize::from(width);
                self.settings.bar_height = usize::from(height.max(1));
                self.barcode(symbol, data);
            }
            Parsed::Raster(stride, rows) => self.raster(stride, rows),
            Parsed::Store(stride, rows) => self.stored = (stride, rows.to_vec()),
            Parsed::PrintStored => {
                let (stride, rows) = std::mem::take(&mut self.stored);
                self.raster(stride, &rows);
            }
            Parsed::Strip(stride, rows) => {
                self.raster(stride, rows);
                self.strip = rows.len() / stride.max(1);
            }
            Parsed::Columns(high, columns) => self.columns(high, columns),
            Parsed::QrDots(dots) => self.settings.qr_dots = usize::from(dots),
            Parsed::QrLevel(level) => {
                self.settings.qr_level = match level {
                    0 => qrcode::EcLevel::L,
                    1 => qrcode::EcLevel::M,
                    2 => qrcode::EcLevel::Q,
                    _ => qrcode::EcLevel::H,
                }
            }
            Parsed::QrData(data) => self.qr = data.to_vec(),
            Parsed::PrintQr => self.print_qr(),
            Parsed::Completion(tag) => self.report_completion(tag),
            Parsed::Count => self.count_job(),
            Parsed::Document(own) => self.report_document(own),
            Parsed::RealTimePulse(on) => self.real_time_pulse = on,
            Parsed::AutomaticStatus(n) => {
                self.automatic = n;
                self.state_changed_while_obeying();
            }
            Parsed::Cut => {
                self.finish_line();
                self.page.cut();
                self.cuts += 1;
            }
        }
    }

    /// Parameters the printer does not support.
    fn unsupported(&mut self, bytes: &[u8]) {
        self.not_understood(self.obeyed.saturating_sub(bytes.len()), bytes);
    }

    fn not_understood(&mut self, offset: usize, bytes: &[u8]) {
        if self.unknown.len() < MAX_NOTES {
            self.unknown.push(Unknown {
                offset,
                bytes: bytes.to_vec(),
            });
        }
    }

    /// Whether a letter so wide still stands on this line.
    fn has_room(&self, wide: usize) -> bool {
        let width: usize = self.line.iter().map(|printed| printed.wide).sum();
        (width + wide) * CELL_WIDTH <= self.page.width()
    }

    /// The end of a line of text, or what moves a strip out: then only the rest of the line
    /// spacing is fed.
    fn line_feed(&mut self) {
        let strip = std::mem::take(&mut self.strip);
        if strip == 0 || !self.line.is_empty() {
            return self.print_line();
        }
        // A strip of eight dots is one of an impact printer, whose units are half dots.
        let units = if strip == 8 { 2 } else { 1 };
        let spacing = self
            .settings
            .spacing
            .map_or(LINE_SPACING, |spacing| usize::from(spacing) / units);
        self.page.feed(spacing.saturating_sub(strip));
    }

    fn print_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.page.line(&line, self.settings.align);
    }

    fn finish_line(&mut self) {
        if !self.line.is_empty() {
            self.print_line();
        }
    }

    fn raster(&mut self, stride: usize, rows: &[u8]) {
        self.finish_line();
        self.page.raster(stride, rows, self.settings.align);
    }

    /// Columns of dots, turned into rows.
    fn columns(&mut self, high: usize, columns: &[u8]) {
        let tall = high / 8;
        let stride = (columns.len() / tall).div_ceil(8);
        let mut rows = vec![0; stride * high];
        for (x, column) in columns.chunks_exact(tall).enumerate() {
            for y in (0..high).filter(|y| column[y / 8] & (0x80 >> (y % 8)) != 0) {
                rows[y * stride + x / 8] |= 0x80 >> (x % 8);
            }
        }
        self.raster(stride, &rows);
        self.strip = high;
    }
}
