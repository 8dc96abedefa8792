//! Bytes as capital letters and digits, five bits each: what a QR code holds best and what every
//! scanner sends the same.

use zeroize::Zeroizing;

/// RFC 4648, without padding.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bytes as text. The text is wiped with the rest of what it came from: it may be a secret.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(5) * 8));
    for group in bytes.chunks(5) {
        let bits = (0..5).fold(0_u64, |bits, place| {
            bits << 8 | u64::from(group.get(place).copied().unwrap_or(0))
        });
        let letters = (group.len() * 8).div_ceil(5);
        for place in (0..8).rev().take(letters) {
            text.push(char::from(ALPHABET[(bits >> (5 * place)) as usize & 31]));
        }
    }
    text
}

/// Text as bytes; `None` when something in it is none of the 32 letters, or bits are left over
/// that no encoder would have written.
pub(crate) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 5 / 8));
    let (mut bits, mut count) = (0_u32, 0_u32);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|own| *own == letter)?;
        bits = (bits << 5 | value as u32) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    (count < 5 && bits == 0).then_some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back_and_rfc_4648_agrees() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(encode(bytes.as_bytes()).as_str(), text);
            assert_eq!(decode(text).unwrap().as_slice(), bytes.as_bytes());
        }
        for wrong in ["M", "MY=", "my", "MZ", "M1", "MYA", "Ä"] {
            assert!(decode(wrong).is_none(), "{wrong}");
        }
    }
}
