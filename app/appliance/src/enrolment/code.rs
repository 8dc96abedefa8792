//! The short code that opens a sheet, told apart from it.

use std::fmt;

use zeroize::Zeroizing;

use super::EnrolmentError;

/// Crockford's base 32: nothing in it is mistaken for something else in it.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Fifty bits, which the slow hash behind them makes enough.
const LETTERS: usize = 10;

/// Ten letters and digits that open one sheet. They stand nowhere on it.
pub struct EnrolmentCode(Zeroizing<[u8; LETTERS]>);

impl EnrolmentCode {
    /// A new code for a new sheet.
    ///
    /// # Errors
    /// [`EnrolmentError::Random`] when the system gives no random numbers.
    pub fn generate() -> Result<Self, EnrolmentError> {
        let mut letters = Zeroizing::new([0; LETTERS]);
        getrandom::fill(&mut *letters).map_err(EnrolmentError::Random)?;
        for letter in letters.iter_mut() {
            *letter = ALPHABET[usize::from(*letter & 31)];
        }
        Ok(Self(letters))
    }

    /// The code that somebody typed: case, spaces and hyphens do not matter, and letters that look
    /// like others are taken for them (O for 0, I and L for 1, U for V).
    ///
    /// # Errors
    /// [`EnrolmentError::NotACode`] when it cannot be one.
    pub fn typed(text: &str) -> Result<Self, EnrolmentError> {
        let mut letters = Zeroizing::new([0; LETTERS]);
        let mut places = letters.iter_mut();
        for letter in text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '\u{2013}'))
        {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                'U' => 'V',
                other => other,
            };
            let known = ALPHABET.iter().find(|own| char::from(**own) == letter);
            match (known, places.next()) {
                (Some(known), Some(place)) => *place = *known,
                _ => return Err(EnrolmentError::NotACode),
            }
        }
        match places.next() {
            None => Ok(Self(letters)),
            Some(_) => Err(EnrolmentError::NotACode),
        }
    }

    /// The code as it is told: `K7QM2-9XW4T`.
    #[must_use]
    pub fn show(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(LETTERS + 1));
        for (place, letter) in self.0.iter().enumerate() {
            if place == LETTERS / 2 {
                text.push('-');
            }
            text.push(char::from(*letter));
        }
        text
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &*self.0
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("EnrolmentCode(…)")
    }
}
