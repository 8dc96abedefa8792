//! The ESC/POS dialect the virtual printer knows, parsed from the beginning of a buffer, and the
//! commands that both dialects come to.

use crate::escpos::CLEAR_BUFFER;
use crate::printer::{CodePage, Symbol};

/// One command, with the bytes that belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parsed<'b> {
    /// A printable byte.
    Character(u8),
    LineFeed,
    /// Understood, and without effect on paper.
    Ignored,
    Initialize,
    CodePage(CodePage),
    /// Whether two bytes are one character.
    Chinese(bool),
    /// The number of an international character set.
    Country(u8),
    /// 0 left, 1 centre, 2 right.
    Align(u8),
    Emphasis(bool),
    Underline(bool),
    /// Feeds so many dots.
    FeedDots(u8),
    /// Feeds so many lines.
    FeedLines(u8),
    /// The line spacing in the printer's units; `None` for the usual one.
    Spacing(Option<u8>),
    /// Pin (0 or 1), and both times in milliseconds.
    Pulse(u8, u16, u16),
    /// Both times of the next pulses, in milliseconds.
    PulseTimes(u16, u16),
    /// A pulse on this pin with the times set before.
    PulseAsSet(u8),
    /// How many times wider and higher.
    Size(u8, u8),
    /// Emphasis, height, width and underline at once, as bits.
    PrintModes(u8),
    BarcodeHeight(u8),
    BarcodeWidth(u8),
    BarcodeText(bool),
    /// Symbol and data.
    Barcode(Symbol, &'b [u8]),
    /// Symbol, whether with text, dots of a module, height, data.
    WholeBarcode(Symbol, bool, u8, u8, &'b [u8]),
    /// Bytes in a row, and the rows.
    Raster(usize, &'b [u8]),
    /// As `Raster`, printed when it is told to.
    Store(usize, &'b [u8]),
    PrintStored,
    /// A strip that the next line feed moves out: bytes in a row, and the rows.
    Strip(usize, &'b [u8]),
    /// A strip column by column: dots in a column (8 or 24), and the columns.
    Columns(usize, &'b [u8]),
    QrDots(u8),
    /// 0 to 3 for L to H.
    QrLevel(u8),
    QrData(&'b [u8]),
    PrintQr,
    /// Reports the end of a job with a tag.
    Completion([u8; 4]),
    /// Counts the end of a job.
    Count,
    /// Reports the end of a job with two bytes.
    Document([u8; 2]),
    RealTimePulse(bool),
    AutomaticStatus(u8),
    Cut,
}

/// What stands at the beginning of a buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<'b> {
    /// The beginning of a command; more bytes are needed.
    More,
    /// A command of so many bytes.
    Command(usize, Parsed<'b>),
    /// So many bytes that are no command we know.
    Unknown(usize),
}

/// The largest picture taken at once.
const MAX_RASTER: usize = 512 * 1024;

/// Parses the command at the beginning of `bytes`.
pub(super) fn next(bytes: &[u8]) -> Next<'_> {
    use Parsed as P;
    let command = |length, parsed| Next::Command(length, parsed);
    match *bytes {
        [] => Next::More,
        [0x0A, ..] => command(1, P::LineFeed),
        // A NUL between commands means nothing.
        [0x0D | 0x00, ..] => command(1, P::Ignored),
        [byte @ (0x20..=0x7E | 0x80..), ..] => command(1, P::Character(byte)),
        // Real-time commands were obeyed when they arrived.
        [0x10] | [0x10, 0x04 | 0x05] | [0x10, 0x14] | [0x10, 0x14, 1] => Next::More,
        [0x10, 0x14, 1, _] => Next::More,
        [0x10, 0x04, 1..=4, ..] | [0x10, 0x05, 1..=2, ..] => command(3, P::Ignored),
        [0x10, 0x14, 1, 0 | 1, 1..=8, ..] => command(5, P::Ignored),
        [0x10, 0x14, 8, ..] if bytes.starts_with(&CLEAR_BUFFER) => {
            command(CLEAR_BUFFER.len(), P::Ignored)
        }
        [0x10, 0x14, 8, ..] if CLEAR_BUFFER.starts_with(bytes) => Next::More,
        [0x1B, ref rest @ ..] => escape(rest),
        [0x1D, ref rest @ ..] => group(rest),
        [0x1C] => Next::More,
        [0x1C, b'&', ..] => command(2, P::Chinese(true)),
        [0x1C, b'.', ..] => command(2, P::Chinese(false)),
        [0x1C, ..] => Next::Unknown(2),
        _ => Next::Unknown(1),
    }
}

fn escape(rest: &[u8]) -> Next<'_> {
    use Parsed as P;
    match *rest {
        [] => Next::More,
        [b'@', ..] => Next::Command(2, P::Initialize),
        [b'2', ..] => Next::Command(2, P::Spacing(None)),
        [b't' | b'a' | b'E' | b'-' | b'd' | b'J' | b'!' | b'R'] => Next::More,
        [b'R', country @ 0..=17, ..] => Next::Command(3, P::Country(country)),
        [b'!', n, ..] => Next::Command(3, P::PrintModes(n)),
        [b't', n, ..] => {
            code_page(n).map_or(Next::Unknown(3), |page| Next::Command(3, P::CodePage(page)))
        }
        [b'3'] => Next::More,
        [b'3', n, ..] => Next::Command(3, P::Spacing(Some(n))),
        [b'*'] | [b'*', _] | [b'*', _, _] => Next::More,
        [b'*', density @ (0 | 1 | 32 | 33), low, high, ref data @ ..] => {
            let high_dots = if density < 32 { 8 } else { 24 };
            let columns = usize::from(u16::from_le_bytes([low, high]));
            let length = columns * high_dots / 8;
            match data.get(..length) {
                Some(columns) => Next::Command(5 + length, P::Columns(high_dots, columns)),
                None => Next::More,
            }
        }
        [b'a', n, ..] => Next::Command(3, P::Align(n & 3)),
        [b'E', n, ..] => Next::Command(3, P::Emphasis(n & 1 == 1)),
        [b'-', n, ..] => Next::Command(3, P::Underline(!matches!(n, 0 | b'0'))),
        [b'd', n, ..] => Next::Command(3, P::FeedLines(n)),
        [b'J', n, ..] => Next::Command(3, P::FeedDots(n)),
        [b'p', pin @ (0 | 1), on, off, ..] => {
            // In units of 2 ms.
            Next::Command(5, P::Pulse(pin, u16::from(on) * 2, u16::from(off) * 2))
        }
        [b'p'] | [b'p', 0 | 1] | [b'p', 0 | 1, _] => Next::More,
        _ => Next::Unknown(2),
    }
}

fn group(rest: &[u8]) -> Next<'_> {
    use Parsed as P;
    match *rest {
        [] | [b'!' | b'h' | b'w' | b'H' | b'a'] => Next::More,
        [b'!', n, ..] => Next::Command(3, P::Size((n >> 4 & 7) + 1, (n & 7) + 1)),
        [b'h', n, ..] => Next::Command(3, P::BarcodeHeight(n)),
        [b'w', n, ..] => Next::Command(3, P::BarcodeWidth(n)),
        [b'H', n, ..] => Next::Command(3, P::BarcodeText(matches!(n, 2 | 3 | b'2' | b'3'))),
        [b'a', n, ..] => Next::Command(3, P::AutomaticStatus(n)),
        [b'V'] | [b'V', 65 | 66] => Next::More,
        [b'V', 65 | 66, _, ..] => Next::Command(4, P::Cut),
        [b'V', 0 | 1 | 48 | 49, ..] => Next::Command(3, P::Cut),
        [b'k'] | [b'k', 65..=79] => Next::More,
        [b'k', symbol @ 65..=79, length, ref data @ ..] => match data.get(..usize::from(length)) {
            Some(data) => match symbol_of(symbol) {
                Some(symbol) => Next::Command(4 + data.len(), P::Barcode(symbol, data)),
                None => Next::Unknown(4 + data.len()),
            },
            None => Next::More,
        },
        [b'v', b'0', 0 | 48, xl, xh, yl, yh, ref data @ ..] => {
            let stride = usize::from(u16::from_le_bytes([xl, xh]));
            let length = stride * usize::from(u16::from_le_bytes([yl, yh]));
            if length == 0 || length > MAX_RASTER {
                return Next::Unknown(8);
            }
            match data.get(..length) {
                Some(rows) => Next::Command(8 + length, P::Raster(stride, rows)),
                None => Next::More,
            }
        }
        [b'v'] | [b'v', b'0'] => Next::More,
        [b'v', b'0', 0 | 48, ..] => Next::More,
        [b'('] | [b'(', _] | [b'(', _, _] => Next::More,
        [b'(', function, low, high, ref data @ ..] => {
            let length = usize::from(u16::from_le_bytes([low, high]));
            match data.get(..length) {
                Some(data) => match extended(function, data) {
                    Some(parsed) => Next::Command(5 + length, parsed),
                    None => Next::Unknown(5 + length),
                },
                None => Next::More,
            }
        }
        _ => Next::Unknown(2),
    }
}

/// Epson's numbers.
fn code_page(n: u8) -> Option<CodePage> {
    Some(match n {
        0 => CodePage::Pc437,
        2 => CodePage::Pc850,
        14 => CodePage::Pc737,
        16 => CodePage::Windows1252,
        17 => CodePage::Pc866,
        18 => CodePage::Pc852,
        19 => CodePage::Pc858,
        _ => return None,
    })
}

fn symbol_of(m: u8) -> Option<Symbol> {
    Some(match m {
        65 => Symbol::UpcA,
        67 => Symbol::Ean13,
        68 => Symbol::Ean8,
        73 => Symbol::Code128,
        _ => return None,
    })
}

/// `GS (` commands, which tell their own length.
fn extended(function: u8, data: &[u8]) -> Option<Parsed<'_>> {
    use Parsed as P;
    match (function, data) {
        (b'k', [49, 65, 50, 0]) => Some(P::Ignored),
        (b'k', [49, 67, dots @ 1..=16]) => Some(P::QrDots(*dots)),
        (b'k', [49, 69, level @ 48..=51]) => Some(P::QrLevel(level - 48)),
        (b'k', [49, 80, 48, data @ ..]) => Some(P::QrData(data)),
        (b'k', [49, 81, 48]) => Some(P::PrintQr),
        (b'H', [48, 48, tag @ ..]) => tag.try_into().ok().map(P::Completion),
        (b'D', [20, 1, on @ (0 | 1 | 48 | 49)]) => Some(P::RealTimePulse(on & 1 == 1)),
        (
            b'L',
            [
                48,
                112,
                48,
                1,
                1,
                49,
                w_low,
                w_high,
                h_low,
                h_high,
                rows @ ..,
            ],
        ) => {
            let stride = usize::from(u16::from_le_bytes([*w_low, *w_high]).div_ceil(8));
            let height = usize::from(u16::from_le_bytes([*h_low, *h_high]));
            (stride > 0 && stride * height == rows.len()).then_some(P::Store(stride, rows))
        }
        (b'L', [48, 2 | 50]) => Some(P::PrintStored),
        _ => None,
    }
}
