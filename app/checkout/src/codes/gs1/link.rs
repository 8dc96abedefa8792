//! GS1 Digital Links: web addresses that hold an element string, as in
//! `https://example.com/01/09506000134352/10/ABC123?17=261231` (GS1 Digital Link Standard: URI
//! Syntax). The domain may be any, and a path of its own may stand before the key. Links that are
//! compressed (a standard of its own, which few print) are for the reader no links of goods.

use super::{Elements, Gs1Error, Identifier, element, identifier};
use crate::codes::LONGEST_CODE;

/// The words that early links had for the identifiers that stand in paths.
const WORDS: [(&str, &str); 5] = [
    ("gtin", "01"),
    ("itip", "8006"),
    ("cpv", "22"),
    ("lot", "10"),
    ("ser", "21"),
];

/// The words that they had for those that stand behind the path.
const QUERY_WORDS: [(&str, &str); 2] = [("exp", "17"), ("expdt", "7003")];

/// Whose web address a text is; `None` where it is none.
pub fn host(text: &str) -> Option<&str> {
    after_scheme(text)?.split(['/', '?', '#']).next()
}

/// Reads a web address that is a GS1 Digital Link; `None` for one that is not.
///
/// What else a link asks for (`linkType=...`) is left out, and so is what it says in numbers that
/// are no application identifiers: it is an address first, and the goods are sold all the same.
///
/// # Errors
/// [`Gs1Error`] where it is one and cannot be read.
pub fn parse_link(text: &str) -> Result<Option<Elements>, Gs1Error> {
    let Some(rest) = after_scheme(text) else {
        return Ok(None);
    };
    if text.len() > LONGEST_CODE {
        return Err(Gs1Error::TooMuch);
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let Some((_, path)) = address.split_once('/') else {
        return Ok(None);
    };
    let segments: Vec<&str> = path.split('/').collect();
    let found = pairs_from_key(&segments).or_else(|| match segments.as_slice() {
        [segments @ .., ""] => pairs_from_key(segments),
        _ => None,
    });
    let Some(pairs) = found else {
        return Ok(None);
    };
    let mut elements = Elements::default();
    for (identifier, number, value) in pairs {
        let value = padded(number, decoded(value, number, identifier)?);
        elements.push(element(identifier, number, &value)?)?;
    }
    for parameter in query.split(['&', ';']) {
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        let number = number_of(name, &QUERY_WORDS);
        if let Some(identifier) = identifier(number) {
            let said = decoded(value, number, identifier)
                .and_then(|value| element(identifier, number, &padded(number, value)));
            match said {
                // Other addresses have such words for other things.
                Err(_) if number != name => {}
                said => elements.push(said?)?,
            }
        }
    }
    Ok(Some(elements))
}

fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    let known = ["https", "http"];
    let is_known = known.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    is_known.then_some(rest)
}

/// Identifiers and values from the last key of a path on, where the path ends with nothing else.
fn pairs_from_key<'a>(
    segments: &[&'a str],
) -> Option<Vec<(&'static Identifier, &'a str, &'a str)>> {
    let mut pairs = Vec::new();
    // From the end, as the standard has it: the path before the key may look like anything.
    for pair in segments.rchunks_exact(2) {
        let &[name, value] = pair else { return None };
        let number = number_of(name, &WORDS);
        let identifier = identifier(number)?;
        pairs.push((identifier, number, value));
        if identifier.is_key() {
            pairs.reverse();
            return Some(pairs);
        }
    }
    None
}

/// What a word stands for; itself where it is none.
fn number_of<'a>(name: &'a str, words: &[(&str, &'static str)]) -> &'a str {
    let word = words.iter().find(|(word, _)| *word == name);
    word.map_or(name, |(_, number)| *number)
}

/// Old links have GTINs of 8, 12 and 13 digits too.
fn padded(number: &str, value: String) -> String {
    if number == "01" && matches!(value.len(), 8 | 12 | 13) {
        return format!("{value:0>14}");
    }
    value
}

fn decoded(text: &str, number: &str, identifier: &Identifier) -> Result<String, Gs1Error> {
    let wrong = |character| Gs1Error::WrongCharacter {
        number: number.to_owned(),
        title: identifier.title(),
        character,
    };
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let byte = digit().zip(digit()).map(|(high, low)| high * 16 + low);
        let byte = byte.and_then(|byte| u8::try_from(byte).ok());
        decoded.push(byte.ok_or_else(|| wrong('%'))?);
    }
    String::from_utf8(decoded).map_err(|_| wrong(char::REPLACEMENT_CHARACTER))
}
