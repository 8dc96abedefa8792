//! How characters travel on a serial port, as the tables of `till.toml` say it: data bits,
//! parity, stop bits.

use hal::{CharacterFrame, SerialLink, StopBits};
use serde::{Deserialize, Serialize};

/// The parity of a character.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parity {
    /// No parity bit.
    None,
    /// Even.
    Even,
    /// Odd.
    Odd,
}

/// What a table says of the characters on its port; what it does not say is as usual.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Characters {
    /// 7 or 8.
    pub(crate) data_bits: Option<u8>,
    /// The parity bit.
    pub(crate) parity: Option<Parity>,
    /// 1 or 2.
    pub(crate) stop_bits: Option<u8>,
}

impl Characters {
    /// What is wrong with it, in words; `table` is the one that says it.
    pub(crate) fn problem(self, table: &str) -> Option<String> {
        match (self.data_bits, self.stop_bits) {
            (Some(bits), _) if !matches!(bits, 7 | 8) => {
                Some(format!("[{table}] data_bits = {bits} must be 7 or 8"))
            }
            (_, Some(bits)) if !matches!(bits, 1 | 2) => {
                Some(format!("[{table}] stop_bits = {bits} must be 1 or 2"))
            }
            _ => None,
        }
    }

    /// The field that must not be there in a table whose device has no serial port of its own.
    pub(crate) fn field(self) -> Option<&'static str> {
        let bits = self.data_bits.map(|_| "data_bits");
        let parity = self.parity.map(|_| "parity");
        bits.or(parity).or(self.stop_bits.map(|_| "stop_bits"))
    }

    /// The port with such characters.
    pub(crate) fn on(self, usual: SerialLink) -> SerialLink {
        let (bits, parity) = match usual.character {
            CharacterFrame::Bits8 => (8, Parity::None),
            CharacterFrame::Bits8Even => (8, Parity::Even),
            CharacterFrame::Bits8Odd => (8, Parity::Odd),
            CharacterFrame::Bits7 => (7, Parity::None),
            CharacterFrame::Bits7Even => (7, Parity::Even),
            CharacterFrame::Bits7Odd => (7, Parity::Odd),
        };
        let is_seven = self.data_bits.unwrap_or(bits) == 7;
        let character = match (is_seven, self.parity.unwrap_or(parity)) {
            (true, Parity::None) => CharacterFrame::Bits7,
            (true, Parity::Even) => CharacterFrame::Bits7Even,
            (true, Parity::Odd) => CharacterFrame::Bits7Odd,
            (false, Parity::None) => CharacterFrame::Bits8,
            (false, Parity::Even) => CharacterFrame::Bits8Even,
            (false, Parity::Odd) => CharacterFrame::Bits8Odd,
        };
        let stop_bits = match self.stop_bits {
            None => usual.stop_bits,
            Some(2) => StopBits::Two,
            Some(_) => StopBits::One,
        };
        usual.character(character).stop_bits(stop_bits)
    }
}
