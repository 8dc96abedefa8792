//! Compact bytes and their letters. Reading answers `None` for everything that is not there; it
//! can neither panic nor be made to take much memory.

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The longest text that is read or written.
const LONGEST_TEXT: usize = 255;
/// Marks a number that is no decimal of at most nine places.
const RAW: u64 = 15;

/// Bytes as base 32 without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

fn letter(value: u32) -> char {
    char::from(ALPHABET[(value & 31) as usize])
}

/// The bytes of a base 32 text, in letters of either case.
pub(super) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        held = held << 5 | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    // What is left over is padding: fewer bits than a letter has, all of them nothing.
    let padding = held & ((1 << bits) - 1);
    (bits < 5 && padding == 0).then_some(bytes)
}

/// Writes numbers and texts; a text that was written before is named by its place.
pub(super) struct Writer<'a> {
    pub(super) bytes: Vec<u8>,
    suffix: &'a str,
    texts: Vec<String>,
}

impl<'a> Writer<'a> {
    /// A writer for texts that mostly end in `suffix`, as accounts do in their company's.
    pub(super) fn new(suffix: &'a str) -> Self {
        Self {
            bytes: Vec::new(),
            suffix,
            texts: Vec::new(),
        }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn count(&mut self, mut count: u64) {
        while count >= 0x80 {
            self.bytes.push(count as u8 | 0x80);
            count >>= 7;
        }
        self.bytes.push(count as u8);
    }

    pub(super) fn text(&mut self, text: &str) -> Option<()> {
        if let Some(place) = self.texts.iter().position(|known| known == text) {
            self.count(place as u64 + 1);
            return Some(());
        }
        self.count(0);
        let stem = text.strip_suffix(self.suffix);
        let stem = stem.filter(|_| !self.suffix.is_empty());
        let written = stem.unwrap_or(text);
        if text.len() > LONGEST_TEXT {
            return None;
        }
        self.count((written.len() as u64) << 1 | u64::from(stem.is_some()));
        self.bytes.extend_from_slice(written.as_bytes());
        self.texts.push(text.to_owned());
        Some(())
    }

    pub(super) fn number(&mut self, number: f64) -> Option<()> {
        if !number.is_finite() {
            return None;
        }
        for decimals in 0..=9_u64 {
            let scale = 10f64.powi(decimals as i32);
            let whole = (number * scale).round();
            if whole.abs() < 9e15 && (whole / scale).to_bits() == number.to_bits() {
                let whole = whole as i64;
                let zigzag = (whole << 1 ^ whole >> 63) as u64;
                self.count(zigzag << 4 | decimals);
                return Some(());
            }
        }
        self.count(RAW);
        self.bytes.extend_from_slice(&number.to_be_bytes());
        Some(())
    }
}

/// Reads what a [`Writer`] wrote.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    suffix: &'a str,
    texts: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], suffix: &'a str) -> Self {
        Self {
            bytes,
            suffix,
            texts: Vec::new(),
        }
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    pub(super) fn count(&mut self) -> Option<u64> {
        let mut count = 0_u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            count |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(count);
            }
        }
        None
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let place = usize::try_from(self.count()?).ok()?;
        if let Some(place) = place.checked_sub(1) {
            return self.texts.get(place).cloned();
        }
        let length = self.count()?;
        let (with_suffix, length) = (length & 1 == 1, usize::try_from(length >> 1).ok()?);
        if length > LONGEST_TEXT {
            return None;
        }
        let mut text = String::from_utf8(self.take(length)?.to_vec()).ok()?;
        if with_suffix {
            text.push_str(self.suffix);
        }
        self.texts.push(text.clone());
        Some(text)
    }

    pub(super) fn number(&mut self) -> Option<f64> {
        let packed = self.count()?;
        if packed == RAW {
            let raw = <[u8; 8]>::try_from(self.take(8)?).ok()?;
            return Some(f64::from_be_bytes(raw)).filter(|number| number.is_finite());
        }
        let (zigzag, decimals) = (packed >> 4, packed & 15);
        if decimals > 9 {
            return None;
        }
        let whole = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
        Some(whole as f64 / 10f64.powi(decimals as i32))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }
}
