//! The ESC/POS dialect the virtual printer knows, parsed from the beginning of a buffer.

/// One command, with the bytes that belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parsed<'b> {
    /// A printable byte.
    Character(u8),
    LineFeed,
    /// Understood, and without effect on paper.
    Ignored,
    Initialize,
    CodePage(u8),
    Align(u8),
    Emphasis(bool),
    Underline(bool),
    /// Feeds so many dots.
    FeedDots(u8),
    /// Feeds so many lines.
    FeedLines(u8),
    /// Pin, and both times in units of 2 ms.
    Pulse([u8; 3]),
    Size(u8),
    BarcodeHeight(u8),
    BarcodeWidth(u8),
    BarcodeText(u8),
    /// Symbol and data.
    Barcode(u8, &'b [u8]),
    /// Bytes in a row, and the rows.
    Raster(usize, &'b [u8]),
    /// Function and parameters of `GS ( k`, symbol 49 (QR).
    Qr(u8, &'b [u8]),
    Completion([u8; 4]),
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
        [0x0D, ..] => command(1, P::Ignored),
        [byte @ (0x20..=0x7E | 0x80..), ..] => command(1, P::Character(byte)),
        // Real-time commands were obeyed when they arrived.
        [0x10] | [0x10, 0x04 | 0x05] | [0x10, 0x14] | [0x10, 0x14, 1] => Next::More,
        [0x10, 0x14, 1, _] => Next::More,
        [0x10, 0x04, 1..=4, ..] | [0x10, 0x05, 1..=2, ..] => command(3, P::Ignored),
        [0x10, 0x14, 1, 0 | 1, 1..=8, ..] => command(5, P::Ignored),
        [0x1B, ref rest @ ..] => escape(rest),
        [0x1D, ref rest @ ..] => group(rest),
        _ => Next::Unknown(1),
    }
}

fn escape(rest: &[u8]) -> Next<'_> {
    use Parsed as P;
    match *rest {
        [] => Next::More,
        [b'@', ..] => Next::Command(2, P::Initialize),
        [b'2', ..] => Next::Command(2, P::Ignored),
        [b't' | b'a' | b'E' | b'-' | b'd' | b'J'] => Next::More,
        [b't', n, ..] => Next::Command(3, P::CodePage(n)),
        [b'a', n, ..] => Next::Command(3, P::Align(n)),
        [b'E', n, ..] => Next::Command(3, P::Emphasis(n & 1 == 1)),
        [b'-', n, ..] => Next::Command(3, P::Underline(!matches!(n, 0 | b'0'))),
        [b'd', n, ..] => Next::Command(3, P::FeedLines(n)),
        [b'J', n, ..] => Next::Command(3, P::FeedDots(n)),
        [b'p', pin @ (0 | 1), on, off, ..] => Next::Command(5, P::Pulse([pin, on, off])),
        [b'p'] | [b'p', 0 | 1] | [b'p', 0 | 1, _] => Next::More,
        _ => Next::Unknown(2),
    }
}

fn group(rest: &[u8]) -> Next<'_> {
    use Parsed as P;
    match *rest {
        [] | [b'!' | b'h' | b'w' | b'H' | b'a'] => Next::More,
        [b'!', n, ..] => Next::Command(3, P::Size(n)),
        [b'h', n, ..] => Next::Command(3, P::BarcodeHeight(n)),
        [b'w', n, ..] => Next::Command(3, P::BarcodeWidth(n)),
        [b'H', n, ..] => Next::Command(3, P::BarcodeText(n)),
        [b'a', n, ..] => Next::Command(3, P::AutomaticStatus(n)),
        [b'V'] | [b'V', 65 | 66] => Next::More,
        [b'V', 65 | 66, _, ..] => Next::Command(4, P::Cut),
        [b'V', 0 | 1 | 48 | 49, ..] => Next::Command(3, P::Cut),
        [b'k'] | [b'k', 65..=79] => Next::More,
        [b'k', symbol @ 65..=79, length, ref data @ ..] => match data.get(..usize::from(length)) {
            Some(data) => Next::Command(4 + data.len(), P::Barcode(symbol, data)),
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

/// `GS (` commands, which tell their own length.
fn extended(function: u8, data: &[u8]) -> Option<Parsed<'_>> {
    match (function, data) {
        (b'k', [49, function, parameters @ ..]) => Some(Parsed::Qr(*function, parameters)),
        (b'H', [48, 48, tag @ ..]) => tag.try_into().ok().map(Parsed::Completion),
        (b'D', [20, 1, on @ (0 | 1 | 48 | 49)]) => Some(Parsed::RealTimePulse(on & 1 == 1)),
        _ => None,
    }
}
