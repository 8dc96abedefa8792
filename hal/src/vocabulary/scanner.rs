//! What a scanner reads.

/// The most bytes one scanned code may have; longer ones are rejected, never shortened. Enough for
/// the largest code that people print for a till, its enrolment sheet.
pub const MAX_CODE: usize = 2048;

/// One code as the scanner read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedCode {
    /// The symbology, when the scanner was set to send it.
    pub aim: Option<AimIdentifier>,
    /// The content, without AIM identifier and suffix. GS (1D) separators are kept.
    pub data: heapless::Vec<u8, MAX_CODE>,
}

impl ScannedCode {
    /// The content as text, `None` when it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        core::str::from_utf8(&self.data).ok()
    }
}

/// An AIM symbology identifier: `]`, a code character, a modifier (ISO/IEC 15424).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AimIdentifier {
    /// The code character, such as `E` of `]E0`.
    pub code: u8,
    /// The modifier, such as `0` of `]E0`.
    pub modifier: u8,
}

impl AimIdentifier {
    /// The symbology this identifier stands for.
    pub const fn symbology(&self) -> Symbology {
        match (self.code, self.modifier) {
            (b'E', b'4') => Symbology::Ean8,
            (b'E', _) => Symbology::Ean13,
            (b'C', b'1') => Symbology::Gs1128,
            (b'C', _) => Symbology::Code128,
            (b'e', _) => Symbology::DataBar,
            (b'd', b'2') => Symbology::Gs1DataMatrix,
            (b'd', _) => Symbology::DataMatrix,
            (b'Q', b'3') => Symbology::Gs1Qr,
            (b'Q', _) => Symbology::Qr,
            (b'A', _) => Symbology::Code39,
            (b'I', _) => Symbology::Interleaved2Of5,
            _ => Symbology::Other,
        }
    }
}

/// The kinds of code a shop meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbology {
    /// EAN-13, UPC-A or UPC-E, with or without add-on.
    Ean13,
    /// EAN-8.
    Ean8,
    /// GS1-128.
    Gs1128,
    /// Code 128 without GS1 content.
    Code128,
    /// GS1 DataBar.
    DataBar,
    /// GS1 DataMatrix.
    Gs1DataMatrix,
    /// DataMatrix without GS1 content.
    DataMatrix,
    /// GS1 QR code.
    Gs1Qr,
    /// QR code, also a GS1 Digital Link.
    Qr,
    /// Code 39.
    Code39,
    /// Interleaved 2 of 5.
    Interleaved2Of5,
    /// Any other.
    Other,
}
