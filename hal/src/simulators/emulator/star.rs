//! Star's dialect as the virtual printer knows it, parsed from the beginning of a buffer.

use super::parser::{Next, Parsed};
use crate::printer::{CodePage, Symbol};

/// The largest picture taken at once.
const MAX_RASTER: usize = 512 * 1024;
/// The longest data of a barcode.
const MAX_BARCODE: usize = 255;

/// Parses the command at the beginning of `bytes`.
pub(super) fn next(bytes: &[u8]) -> Next<'_> {
    use Parsed as P;
    let command = |length, parsed| Next::Command(length, parsed);
    match *bytes {
        [] => Next::More,
        [0x0A, ..] => command(1, P::LineFeed),
        // Real-time questions were answered when they arrived.
        [0x00 | 0x04 | 0x05 | 0x0D, ..] => command(1, P::Ignored),
        [0x07 | 0x1C, ..] => command(1, P::PulseAsSet(0)),
        [0x1A | 0x19, ..] => command(1, P::Pulse(1, 200, 200)),
        [0x17, ..] => command(1, P::Count),
        [byte @ (0x20..=0x7E | 0x80..), ..] => command(1, P::Character(byte)),
        [0x1B, ref rest @ ..] => escape(rest),
        _ => Next::Unknown(1),
    }
}

fn escape(rest: &[u8]) -> Next<'_> {
    use Parsed as P;
    let command = |length, parsed| Next::Command(length, parsed);
    let ten = |n: u8| u16::from(n) * 10;
    match *rest {
        [] | [0x06] | [0x07] | [0x07, _] | [0x1E] | [0x1E, b'a'] => Next::More,
        [b'a' | b'd' | b'i' | b'z' | b'-' | b'R'] | [b'i', _] => Next::More,
        [b'R', country @ 0..=12, ..] => command(3, P::Country(country)),
        [0x06, 0x01, ..] => command(3, P::Ignored),
        [b'@', ..] => command(2, P::Initialize),
        [0x07, on, off, ..] => command(4, P::PulseTimes(ten(on), ten(off))),
        [0x1E, b'a', n, ..] => command(4, P::AutomaticStatus(n)),
        [b'E', ..] => command(2, P::Emphasis(true)),
        [b'F', ..] => command(2, P::Emphasis(false)),
        [b'-', n, ..] => command(3, P::Underline(n & 1 == 1)),
        [b'i', high @ 0..=5, wide @ 0..=5, ..] => command(4, P::Size(wide + 1, high + 1)),
        [b'a', lines, ..] => command(3, P::FeedLines(lines)),
        [b'd', 0..=3, ..] => command(3, P::Cut),
        [b'0', ..] => command(2, P::Spacing(Some(24))),
        [b'z', _, ..] => command(3, P::Spacing(None)),
        [b'b', ref rest @ ..] => barcode(rest),
        [b'k'] | [b'k', _] => Next::More,
        [b'k', low, high, ref data @ ..] => {
            let stride = usize::from(u16::from_le_bytes([low, high]));
            match data.get(..stride * 24) {
                Some([]) => Next::Unknown(4),
                Some(rows) => command(4 + rows.len(), P::Strip(stride, rows)),
                None => Next::More,
            }
        }
        [0x1D, ref rest @ ..] => group(rest),
        _ => Next::Unknown(2),
    }
}

/// `ESC b` and its data, up to RS.
fn barcode(rest: &[u8]) -> Next<'_> {
    let [symbol, text, mode, height, ref data @ ..] = *rest else {
        return Next::More;
    };
    let Some(length) = data.iter().position(|&byte| byte == 0x1E) else {
        return if data.len() > MAX_BARCODE {
            Next::Unknown(6)
        } else {
            Next::More
        };
    };
    let symbol = match symbol & 0x0F {
        1 => Symbol::UpcA,
        2 => Symbol::Ean8,
        3 => Symbol::Ean13,
        6 => Symbol::Code128,
        _ => return Next::Unknown(6 + length + 1),
    };
    let parsed = Parsed::WholeBarcode(
        symbol,
        text & 0x0F == 2,
        (mode & 0x0F) + 1,
        height,
        data.get(..length).unwrap_or_default(),
    );
    Next::Command(6 + length + 1, parsed)
}

fn group(rest: &[u8]) -> Next<'_> {
    use Parsed as P;
    match *rest {
        [] | [b't' | b'a'] => Next::More,
        [b'a', n, ..] => Next::Command(4, P::Align(n & 3)),
        [b't', n, ..] => {
            code_page(n).map_or(Next::Unknown(4), |page| Next::Command(4, P::CodePage(page)))
        }
        [0x03] | [0x03, _] | [0x03, _, _] => Next::More,
        [0x03, 1, a, b, ..] => Next::Command(6, P::Document([a, b])),
        [b'S', ref rest @ ..] => raster(rest),
        [b'y', ref rest @ ..] => qr(rest),
        _ => Next::Unknown(3),
    }
}

/// Star's numbers.
fn code_page(n: u8) -> Option<CodePage> {
    Some(match n {
        0 | 1 => CodePage::Pc437,
        4 => CodePage::Pc858,
        5 => CodePage::Pc852,
        10 => CodePage::Pc866,
        15 => CodePage::Pc737,
        32 => CodePage::Windows1252,
        _ => return None,
    })
}

/// `ESC GS S`.
fn raster(rest: &[u8]) -> Next<'_> {
    let [_, x_low, x_high, y_low, y_high, _, ref data @ ..] = *rest else {
        return Next::More;
    };
    let stride = usize::from(u16::from_le_bytes([x_low, x_high]));
    let length = stride * usize::from(u16::from_le_bytes([y_low, y_high]));
    if length == 0 || length > MAX_RASTER {
        return Next::Unknown(9);
    }
    match data.get(..length) {
        Some(rows) => Next::Command(9 + length, Parsed::Raster(stride, rows)),
        None => Next::More,
    }
}

/// `ESC GS y`.
fn qr(rest: &[u8]) -> Next<'_> {
    use Parsed as P;
    match *rest {
        [] | [b'S'] | [b'S', _] => Next::More,
        [b'S', b'0', _, ..] => Next::Command(6, P::Ignored),
        [b'S', b'1', level @ 0..=3, ..] => Next::Command(6, P::QrLevel(level)),
        [b'S', b'2', dots @ 1..=8, ..] => Next::Command(6, P::QrDots(dots)),
        [b'P', ..] => Next::Command(4, P::PrintQr),
        [b'D', ref rest @ ..] => match *rest {
            [b'1', _, low, high, ref data @ ..] => {
                let length = usize::from(u16::from_le_bytes([low, high]));
                match data.get(..length) {
                    Some(data) => Next::Command(8 + length, P::QrData(data)),
                    None => Next::More,
                }
            }
            [] | [b'1', ..] => Next::More,
            _ => Next::Unknown(4),
        },
        _ => Next::Unknown(3),
    }
}
