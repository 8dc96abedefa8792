//! Barcodes and QR codes, checked when they are made so that encoding cannot fail.

use crate::HalError;

/// The most characters of one barcode.
pub const MAX_BARCODE: usize = 48;

/// The most bytes of one QR code.
pub const MAX_QR: usize = 512;

/// The kinds of barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// EAN-13, also UPC-A with a leading zero.
    Ean13,
    /// EAN-8.
    Ean8,
    /// UPC-A.
    UpcA,
    /// Code 128.
    Code128,
}

/// A barcode that can be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barcode {
    symbol: Symbol,
    text: heapless::String<MAX_BARCODE>,
}

impl Barcode {
    /// An EAN-13 of 13 digits, or of 12 to which the check digit is added.
    ///
    /// # Errors
    /// `InvalidEan13`: other characters, another length, or a wrong check digit.
    pub fn ean13(digits: &str) -> Result<Barcode, HalError> {
        Barcode::checked(Symbol::Ean13, digits, 13).ok_or(HalError::InvalidEan13)
    }

    /// An EAN-8 of 8 digits, or of 7 to which the check digit is added.
    ///
    /// # Errors
    /// `InvalidEan8`: other characters, another length, or a wrong check digit.
    pub fn ean8(digits: &str) -> Result<Barcode, HalError> {
        Barcode::checked(Symbol::Ean8, digits, 8).ok_or(HalError::InvalidEan8)
    }

    /// A UPC-A of 12 digits, or of 11 to which the check digit is added.
    ///
    /// # Errors
    /// `InvalidUpcA`: other characters, another length, or a wrong check digit.
    pub fn upc_a(digits: &str) -> Result<Barcode, HalError> {
        Barcode::checked(Symbol::UpcA, digits, 12).ok_or(HalError::InvalidUpcA)
    }

    /// A code of `length` digits, the last of which is the check digit and may be missing.
    fn checked(symbol: Symbol, digits: &str, length: usize) -> Option<Barcode> {
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let body = digits.get(..length - 1)?;
        // Weights 3 and 1 in turn, from the right.
        let sum: u32 = body
            .bytes()
            .rev()
            .zip([3, 1].into_iter().cycle())
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        let check = char::from_digit((10 - sum % 10) % 10, 10)?;
        match digits.get(length - 1..) {
            Some("") => {}
            Some(last) if last.len() == 1 && last.starts_with(check) => {}
            _ => return None,
        }
        let mut text = heapless::String::new();
        text.push_str(body).ok()?;
        text.push(check).ok()?;
        Some(Barcode { symbol, text })
    }

    /// A Code 128 of printable ASCII. An even number of digits takes half the width.
    ///
    /// # Errors
    /// `InvalidCode128`: no text, more than [`MAX_BARCODE`] characters, or others.
    pub fn code128(text: &str) -> Result<Barcode, HalError> {
        let invalid = || HalError::InvalidCode128 { max: MAX_BARCODE };
        if text.is_empty() || !text.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return Err(invalid());
        }
        Ok(Barcode {
            symbol: Symbol::Code128,
            text: heapless::String::try_from(text).map_err(|_| invalid())?,
        })
    }

    /// The kind of barcode.
    pub const fn symbol(&self) -> Symbol {
        self.symbol
    }

    /// What a scanner reads from it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a Code 128 is written as pairs of digits (code set C). ESC/POS sends the value of each
    /// pair as a byte, so that two of them may be what a printer obeys at once wherever it stands:
    /// such digits are written one by one, which takes more room and harms nobody.
    pub(crate) fn in_digit_pairs(&self) -> bool {
        self.text.len().is_multiple_of(2)
            && self.text.bytes().all(|b| b.is_ascii_digit())
            && !self
                .pairs()
                .zip(self.pairs().skip(1))
                .any(is_obeyed_at_once)
    }

    /// The values of its digits, two by two.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = u8> + '_ {
        self.text.as_bytes().chunks_exact(2).map(|pair| {
            pair.iter()
                .fold(0, |sum, digit| sum * 10 + digit.wrapping_sub(b'0') % 10)
        })
    }

    /// The width in modules, without quiet zones.
    pub(super) fn modules(&self) -> usize {
        match self.symbol {
            Symbol::Ean13 | Symbol::UpcA => 95,
            Symbol::Ean8 => 67,
            Symbol::Code128 => {
                let characters = if self.in_digit_pairs() {
                    self.text.len() / 2
                } else {
                    self.text.len()
                };
                // Start and check character of 11 modules, stop of 13.
                11 * (characters + 2) + 13
            }
        }
    }
}

/// Whether two bytes begin a command that is obeyed wherever it stands: `DLE EOT`, `DLE ENQ` and
/// `DLE DC4` by the printer, `ESC =` by a line display that shares its line.
fn is_obeyed_at_once(bytes: (u8, u8)) -> bool {
    matches!(bytes, (0x10, 0x04 | 0x05 | 0x14) | (0x1B, b'='))
}

/// How much of a QR code may be unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QrCorrection {
    /// About 7 %.
    L,
    /// About 15 %.
    #[default]
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

/// Bytes that QR versions 1 to 20 hold, for each correction.
const CAPACITY: [[u16; 20]; 4] = [
    [
        17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644, 718, 792,
        858,
    ],
    [
        14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624,
        666,
    ],
    [
        11, 20, 32, 46, 60, 74, 86, 108, 130, 151, 177, 203, 241, 258, 292, 322, 364, 394, 442, 482,
    ],
    [
        7, 14, 24, 34, 44, 58, 64, 84, 98, 119, 137, 155, 177, 194, 220, 250, 280, 310, 338, 382,
    ],
];

/// A QR code that can be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    data: heapless::Vec<u8, MAX_QR>,
    correction: QrCorrection,
    module_dots: u8,
}

impl Qr {
    /// A QR code of `text`, modules of 6 dots, correction M.
    ///
    /// # Errors
    /// `InvalidQr`: no text, more than [`MAX_QR`] bytes, or a DLE (10) among them.
    pub fn new(text: &str) -> Result<Qr, HalError> {
        let data = heapless::Vec::from_slice(text.as_bytes())
            .ok()
            // DLE would begin a real-time command inside the data.
            .filter(|data| !data.is_empty() && !data.contains(&0x10));
        Ok(Qr {
            data: data.ok_or(HalError::InvalidQr {
                length: text.len(),
                max: MAX_QR,
            })?,
            correction: QrCorrection::M,
            module_dots: 6,
        })
    }

    /// The same, with modules of so many dots (1 to 16); fewer are used where the paper is
    /// too narrow.
    pub fn module_dots(mut self, dots: u8) -> Qr {
        self.module_dots = dots.clamp(1, 16);
        self
    }

    /// The same with another correction.
    pub fn correction(mut self, correction: QrCorrection) -> Qr {
        self.correction = correction;
        self
    }

    /// What a scanner reads from it.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    pub(crate) const fn level(&self) -> QrCorrection {
        self.correction
    }

    /// Modules of a side, without the quiet zone.
    pub(crate) fn modules(&self) -> u16 {
        let row = match self.correction {
            QrCorrection::L => CAPACITY[0],
            QrCorrection::M => CAPACITY[1],
            QrCorrection::Q => CAPACITY[2],
            QrCorrection::H => CAPACITY[3],
        };
        let smaller = row
            .iter()
            .take_while(|&&capacity| usize::from(capacity) < self.data.len())
            .count();
        u16::try_from(21 + 4 * smaller).unwrap_or(u16::MAX)
    }

    /// Dots of a module such that the code and its quiet zone fit on `dots_per_line`.
    pub(crate) fn fitting_module_dots(&self, dots_per_line: u16) -> u8 {
        let most = dots_per_line / self.modules().saturating_add(8);
        u8::try_from(most)
            .unwrap_or(u8::MAX)
            .min(self.module_dots)
            .max(1)
    }
}
