//! Barcodes and QR codes on the virtual printer's paper.

use super::Emulator;
use super::page::Printed;
use crate::printer::Symbol;
use crate::printer::bars::{self, Modules, START_B, START_C};

impl Emulator {
    pub(super) fn barcode(&mut self, symbol: Symbol, data: &[u8]) {
        self.finish_line();
        let plain = || String::from_utf8_lossy(data).into_owned();
        let drawn = match symbol {
            Symbol::Ean13 => bars::ean13(data).map(|modules| ("EAN-13", modules, plain())),
            Symbol::Ean8 => bars::ean8(data).map(|modules| ("EAN-8", modules, plain())),
            Symbol::UpcA => bars::upc_a(data).map(|modules| ("UPC-A", modules, plain())),
            Symbol::Code128 => {
                let read = match self.dialect {
                    crate::Dialect::EscPos => code128_sets(data),
                    crate::Dialect::Star => code128_percent(data),
                };
                read.and_then(|(values, text)| Some(("Code 128", bars::code128(&values)?, text)))
            }
        };
        let Some((name, modules, text)) = drawn else {
            return self.unsupported(data);
        };
        self.draw(name, &modules, text);
    }

    fn draw(&mut self, name: &str, modules: &Modules, text: String) {
        let settings = self.settings.clone();
        let (width, height) = (settings.bar_width, settings.bar_height);
        self.page.bars(modules, width, height, settings.align);
        self.page.remark(format!("{name} {text}"));
        if settings.bar_text {
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
            self.page.line(&line, settings.align);
        }
    }

    pub(super) fn print_qr(&mut self) {
        self.finish_line();
        let level = self.settings.qr_level;
        let data = self.qr.clone();
        // A code too large for a QR prints nothing, as on a real printer.
        let Ok(code) = qrcode::QrCode::with_error_correction_level(&data, level) else {
            return self.unsupported(&data);
        };
        let modules: Vec<bool> = code
            .to_colors()
            .into_iter()
            .map(|color| color == qrcode::Color::Dark)
            .collect();
        let (align, dots) = (self.settings.align, self.settings.qr_dots);
        self.page.square(&modules, code.width(), dots, align);
        let text = String::from_utf8_lossy(&data).into_owned();
        self.page.remark(format!("QR {text}"));
    }
}

/// The character that begins a Code 128 in code set A.
const START_A: u8 = 103;

/// A Code 128 as `GS k 73` gives it: `{A`, `{B`, `{C` choose the code set, `{{` is a brace.
fn code128_sets(data: &[u8]) -> Option<(Vec<u8>, String)> {
    let mut values = Vec::new();
    let mut text = String::new();
    let mut set = 0;
    let mut bytes = data.iter().copied();
    while let Some(byte) = bytes.next() {
        let byte = if byte == b'{' {
            match bytes.next()? {
                b'{' => b'{',
                chosen @ b'A'..=b'C' => {
                    let start = values.is_empty();
                    values.push(match (chosen, start) {
                        (b'A', true) => START_A,
                        (b'B', true) => START_B,
                        (_, true) => START_C,
                        (b'A', false) => 101,
                        (b'B', false) => 100,
                        (_, false) => 99,
                    });
                    set = chosen;
                    continue;
                }
                _ => return None,
            }
        } else {
            byte
        };
        match set {
            b'C' if byte < 100 => {
                values.push(byte);
                text.push_str(&format!("{byte:02}"));
            }
            b'B' if (0x20..0x80).contains(&byte) => {
                values.push(byte - 0x20);
                text.push(char::from(byte));
            }
            b'A' if byte < 0x60 => {
                values.push((byte + 0x40) % 0x60);
                text.push(char::from(byte));
            }
            _ => return None,
        }
    }
    Some((values, text))
}

/// A Code 128 as Star's `ESC b` gives it: `%0` is a percent sign, and the printer chooses the
/// code set.
fn code128_percent(data: &[u8]) -> Option<(Vec<u8>, String)> {
    let mut values = vec![START_B];
    let mut text = String::new();
    let mut bytes = data.iter().copied();
    while let Some(byte) = bytes.next() {
        let character = match byte {
            b'%' if bytes.next()? == b'0' => b'%',
            b'%' => return None,
            b' '..=b'~' => byte,
            _ => return None,
        };
        values.push(character - b' ');
        text.push(char::from(character));
    }
    Some((values, text))
}
