//! What a code says by itself, before anything is looked up: check digits and the spellings of one
//! article ([`gtin`]), GS1's element strings and links ([`gs1`]), the shop's own patterns for what
//! a scale prints ([`pattern`]), and what all of them say of a package ([`label`]). What it stands
//! for in this shop is found by [`crate::scan`].
//!
//! Codes come from printers and scanners of all kinds: nothing here panics on any text, and all of
//! it is bounded by [`LONGEST_CODE`].

pub mod gs1;
pub mod gtin;
pub mod label;
pub mod measure;
pub mod pattern;

mod currencies;

/// The longest code that is looked at. GS1 element strings of a line have at most 48 characters,
/// those of a DataMatrix a few hundred at most, and links no more.
pub const LONGEST_CODE: usize = 512;

/// What kind of code was read, as far as that changes what it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Symbology {
    /// EAN-13, UPC-A or UPC-E, perhaps with an add-on of 2 or 5 digits behind it.
    Ean13,
    /// EAN-8.
    Ean8,
    /// An add-on of 2 or 5 digits alone: the scanner sends the code that it stands beside as
    /// another. It names an issue or a price, and no goods.
    AddOn,
    /// One whose content is a GS1 element string: GS1-128, DataBar, GS1 DataMatrix, GS1 QR code.
    Gs1,
    /// Any other.
    Other,
}

/// The identifiers of add-ons of 2 and 5 digits.
const ADD_ONS: [&str; 2] = ["]E1", "]E2"];

/// A code in its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReadCode<'a> {
    /// What kind it is, where the scanner said so.
    pub symbology: Option<Symbology>,
    /// What it says.
    pub content: &'a str,
}

impl<'a> ReadCode<'a> {
    /// Takes the AIM symbology identifier (ISO/IEC 15424: `]`, a letter, a modifier) off a code
    /// where it begins with one, and white space off both ends. An add-on that a scanner sends
    /// behind an EAN or UPC with an identifier of its own is left out.
    pub fn of(text: &'a str) -> Self {
        let text = text.trim();
        let plain = Self {
            symbology: None,
            content: text,
        };
        let &[b']', letter, modifier, _, ..] = text.as_bytes() else {
            return plain;
        };
        if !letter.is_ascii_alphabetic() || !modifier.is_ascii_alphanumeric() {
            return plain;
        }
        let Some(content) = text.get(3..) else {
            return plain;
        };
        let symbology = Symbology::of_aim(letter, modifier);
        let content = match symbology {
            Symbology::Ean13 | Symbology::Ean8 => ADD_ONS
                .iter()
                .find_map(|add_on| content.split_once(add_on))
                .map_or(content, |(code, _)| code.trim_end()),
            _ => content,
        };
        Self {
            symbology: Some(symbology),
            content,
        }
    }
}

impl Symbology {
    /// The kind that an AIM symbology identifier's letter and modifier stand for.
    pub fn of_aim(letter: u8, modifier: u8) -> Self {
        match (letter, modifier) {
            (b'E', b'4') => Self::Ean8,
            (b'E', b'1' | b'2') => Self::AddOn,
            (b'E', _) => Self::Ean13,
            (b'C', b'1') | (b'e', _) | (b'd', b'2' | b'5') => Self::Gs1,
            (b'Q', b'3' | b'4') | (b'J', b'1') => Self::Gs1,
            _ => Self::Other,
        }
    }
}
