//! A receipt printer without a port: bytes in, paper and replies out.

use super::bars;
use super::font::CELL_WIDTH;
use super::page::{Page, Printed};
use super::parser::{Next, Parsed, next};
use crate::escpos::{Align, CodePage};
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
    pub(super) page: Page,
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
    /// Received and not obeyed yet.
    waiting: Vec<u8>,
    obeyed: usize,
    /// The last bytes received, in which real-time commands are looked for.
    recent: [u8; 5],
    real_time_pulse: bool,
    automatic: u8,
    settings: Settings,
    line: Vec<Printed>,
    qr: Vec<u8>,
}

/// What `ESC @` resets.
#[derive(Debug, Clone)]
struct Settings {
    page: CodePage,
    align: Align,
    bold: bool,
    underlined: bool,
    wide: usize,
    high: usize,
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
            align: Align::Left,
            bold: false,
            underlined: false,
            wide: 1,
            high: 1,
            bar_height: 162,
            bar_width: 3,
            bar_text: false,
            qr_dots: 3,
            qr_level: qrcode::EcLevel::L,
        }
    }
}

impl Emulator {
    pub(super) fn new(dots: usize) -> Emulator {
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
            waiting: Vec::new(),
            obeyed: 0,
            recent: [0; 5],
            real_time_pulse: true,
            automatic: 0,
            settings: Settings::default(),
            line: Vec::new(),
            qr: Vec::new(),
        }
    }

    /// Forgets what was printed; settings and faults stay.
    pub(super) fn clear(&mut self) {
        self.page = Page::new(self.page.width());
        self.log.clear();
        self.unknown.clear();
        self.kicks.clear();
        self.cuts = 0;
    }

    /// Power off and on: what was not printed is gone.
    pub(super) fn reset(&mut self) {
        self.waiting.clear();
        self.line.clear();
        self.replies.clear();
        self.recent = [0; 5];
        self.automatic = 0;
        self.real_time_pulse = true;
        self.settings = Settings::default();
    }

    fn offline(&self) -> bool {
        self.cover == Cover::Open || self.paper == Paper::Empty || self.fault.is_some()
    }

    /// How many more bytes the printer takes now.
    pub(super) fn room(&self) -> usize {
        if self.offline() {
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
            self.waiting.push(byte);
            self.recent.rotate_left(1);
            self.recent[4] = byte;
            self.obey_real_time();
            self.obey();
        }
    }

    /// Obeys what is waiting, as far as the state allows.
    pub(super) fn obey(&mut self) {
        let mut at = 0;
        let waiting = std::mem::take(&mut self.waiting);
        while !self.offline() {
            let rest = waiting.get(at..).unwrap_or_default();
            match next(rest) {
                Next::More => break,
                Next::Command(length, parsed) => {
                    at += length;
                    self.obeyed += length;
                    self.execute(parsed);
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
        match self.recent {
            [_, _, 0x10, 0x04, n @ 1..=4] => {
                let answer = self.answer(n);
                self.replies.push(answer);
            }
            [0x10, 0x14, 0x01, pin @ (0 | 1), time @ 1..=8] if self.real_time_pulse => {
                self.pulse(pin, u16::from(time) * 100, 0);
            }
            _ => {}
        }
    }

    fn answer(&self, n: u8) -> u8 {
        let flag = |on: bool, bit: u8| if on { bit } else { 0 };
        let answer = match n {
            1 => flag(self.drawer == DrawerState::Open, 0x04) | flag(self.offline(), 0x08),
            2 => {
                flag(self.cover == Cover::Open, 0x04)
                    | flag(self.paper == Paper::Empty, 0x20)
                    | flag(self.fault.is_some(), 0x40)
            }
            3 => self.fault_bits(),
            _ => flag(self.paper != Paper::Present, 0x0C) | flag(self.paper == Paper::Empty, 0x60),
        };
        answer | 0x12
    }

    fn fault_bits(&self) -> u8 {
        match self.fault {
            None => 0,
            Some(PrinterFault::Recoverable) => 0x04,
            Some(PrinterFault::Cutter) => 0x08,
            Some(PrinterFault::Unrecoverable) => 0x20,
            Some(PrinterFault::AutoRecoverable) => 0x40,
        }
    }

    /// Tells a change of state by itself, if it was asked to.
    pub(super) fn state_changed(&mut self) {
        if self.automatic != 0 {
            let flag = |on: bool, bit: u8| if on { bit } else { 0 };
            self.replies.extend([
                0x10 | flag(self.drawer == DrawerState::Open, 0x04)
                    | flag(self.offline(), 0x08)
                    | flag(self.cover == Cover::Open, 0x20),
                self.fault_bits(),
                flag(self.paper != Paper::Present, 0x03) | flag(self.paper == Paper::Empty, 0x0C),
                0x0F,
            ]);
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
        if self.drawer == DrawerState::Closed {
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
            Parsed::LineFeed => self.print_line(),
            Parsed::Ignored => {}
            Parsed::Initialize => {
                self.line.clear();
                self.automatic = 0;
                self.real_time_pulse = true;
                self.settings = Settings::default();
            }
            Parsed::CodePage(n) => match CodePage::from_number(n) {
                Some(page) => self.settings.page = page,
                None => self.unsupported(&[0x1B, b't', n]),
            },
            Parsed::Align(n) => {
                self.settings.align = match n & 3 {
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
            Parsed::Pulse([pin, on, off]) => {
                self.pulse(pin, u16::from(on) * 2, u16::from(off) * 2);
            }
            Parsed::Size(n) => {
                self.settings.wide = usize::from(n >> 4 & 7) + 1;
                self.settings.high = usize::from(n & 7) + 1;
            }
            Parsed::BarcodeHeight(n) => self.settings.bar_height = usize::from(n.max(1)),
            Parsed::BarcodeWidth(n) => self.settings.bar_width = usize::from(n.clamp(1, 6)),
            Parsed::BarcodeText(n) => self.settings.bar_text = matches!(n, 2 | 3 | b'2' | b'3'),
            Parsed::Barcode(symbol, data) => self.barcode(symbol, data),
            Parsed::Raster(stride, rows) => {
                self.finish_line();
                self.page.raster(stride, rows, self.settings.align);
            }
            Parsed::Qr(function, parameters) => self.qr(function, parameters),
            Parsed::Completion(tag) if self.reports_completion => {
                self.replies.extend([0x37, 0x22]);
                self.replies.extend(tag);
                self.replies.push(0);
            }
            Parsed::Completion(_) => {}
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

    /// A command whose parameters the printer does not support.
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

    fn character(&mut self, byte: u8) {
        let Some(character) = self.settings.page.character(byte) else {
            return;
        };
        let width: usize = self.line.iter().map(|printed| printed.wide).sum();
        if (width + self.settings.wide) * CELL_WIDTH > self.page.width() {
            self.print_line();
        }
        self.line.push(Printed {
            character,
            bold: self.settings.bold,
            underlined: self.settings.underlined,
            wide: self.settings.wide,
            high: self.settings.high,
        });
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

    fn barcode(&mut self, symbol: u8, data: &[u8]) {
        self.finish_line();
        let (name, drawn) = match symbol {
            67 => {
                let text = String::from_utf8_lossy(data).into_owned();
                ("EAN-13", bars::ean13(data).map(|modules| (modules, text)))
            }
            73 => ("Code 128", bars::code128(data)),
            _ => ("", None),
        };
        let Some((modules, text)) = drawn else {
            let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
            let mut bytes = vec![0x1D, b'k', symbol, length];
            bytes.extend(data);
            return self.unsupported(&bytes);
        };
        let Settings {
            align,
            bar_width,
            bar_height,
            bar_text,
            ..
        } = self.settings;
        self.page.bars(&modules, bar_width, bar_height, align);
        self.page.remark(format!("{name} {text}"));
        if bar_text {
            let line: Vec<Printed> = text
                .chars()
                .map(|character| Printed {
                    character,
                    bold: false,
                    underlined: false,
                    wide: 1,
                    high: 1,
                })
                .collect();
            self.page.line(&line, align);
        }
    }

    fn qr(&mut self, function: u8, parameters: &[u8]) {
        match (function, parameters) {
            (65, [50, 0]) => {}
            (67, [dots @ 1..=16]) => self.settings.qr_dots = usize::from(*dots),
            (69, [level @ 48..=51]) => {
                self.settings.qr_level = match level {
                    48 => qrcode::EcLevel::L,
                    49 => qrcode::EcLevel::M,
                    50 => qrcode::EcLevel::Q,
                    _ => qrcode::EcLevel::H,
                }
            }
            (80, [48, data @ ..]) => self.qr = data.to_vec(),
            (81, [48]) => self.print_qr(),
            _ => self.unsupported(&[0x1D, b'(', b'k', 49, function]),
        }
    }

    fn print_qr(&mut self) {
        self.finish_line();
        let level = self.settings.qr_level;
        // A code too large for a QR prints nothing, as on a real printer.
        let Ok(code) = qrcode::QrCode::with_error_correction_level(&self.qr, level) else {
            return self.unsupported(&[0x1D, b'(', b'k', 49, 81]);
        };
        let modules: Vec<bool> = code
            .to_colors()
            .into_iter()
            .map(|color| color == qrcode::Color::Dark)
            .collect();
        let Settings { align, qr_dots, .. } = self.settings;
        self.page.square(&modules, code.width(), qr_dots, align);
        let text = String::from_utf8_lossy(&self.qr).into_owned();
        self.page.remark(format!("QR {text}"));
    }
}
