//! Letters as the virtual printer reads them off its bytes.

use super::Emulator;
use super::page::Printed;

/// What stands on paper for any Chinese character.
const CHINESE: char = '〓';

/// Which letters a printer takes bytes for, besides its code page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Letters {
    /// Two bytes, the first of them from 81 on, are one character.
    pub(super) chinese: bool,
    /// The number of its international character set: 0 as the code page has them.
    pub(super) country: u8,
}

/// The letters that the set of a country has in place of the code page's, here Germany's alone.
fn of_country(country: u8, byte: u8) -> Option<char> {
    let letters = [
        (b'@', '§'),
        (b'[', 'Ä'),
        (b'\\', 'Ö'),
        (b']', 'Ü'),
        (b'{', 'ä'),
        (b'|', 'ö'),
        (b'}', 'ü'),
        (b'~', 'ß'),
    ];
    let letter = letters.iter().find(|(own, _)| *own == byte);
    letter.filter(|_| country == 2).map(|(_, letter)| *letter)
}

impl Emulator {
    /// Whether it begins with two bytes for one character.
    pub(in crate::simulators) fn set_chinese(&mut self, chinese: bool) {
        self.letters.chinese = chinese;
        self.settings.letters.chinese = chinese;
    }

    /// The international character set that it begins with.
    pub(in crate::simulators) fn set_country(&mut self, country: u8) {
        self.letters.country = country;
        self.settings.letters.country = country;
    }

    /// Prints a byte, or keeps it for the half of a character that it is.
    pub(super) fn character(&mut self, byte: u8) {
        let letters = self.settings.letters;
        let wide = self.settings.wide;
        match self.half.take() {
            Some(_) if byte >= 0x40 => return self.letter(CHINESE, wide * 2),
            _ if letters.chinese && byte >= 0x81 => {
                self.half = Some(byte);
                return;
            }
            _ => {}
        }
        let letter = of_country(letters.country, byte);
        if let Some(letter) = letter.or_else(|| self.settings.page.character(byte)) {
            self.letter(letter, wide);
        }
    }

    fn letter(&mut self, character: char, wide: usize) {
        if !self.has_room(wide) {
            self.print_line();
        }
        self.line.push(Printed {
            character,
            bold: self.settings.bold,
            underlined: self.settings.underlined,
            wide,
            high: self.settings.high,
        });
    }
}
