//! GS1 element strings (GS1 General Specifications 3 and 7.8): application identifiers, each with a
//! value. From GS1-128, DataBar, GS1 DataMatrix and GS1 QR codes they come with separators, from
//! people in brackets, from QR codes as links (`link`).

mod date;
mod error;
mod identifier;
mod link;
mod table;

pub use date::ShortDate;
pub use error::Gs1Error;
pub use identifier::{Characters, Component, Identifier, Rule};
pub use link::{host, parse_link};

use super::LONGEST_CODE;
use super::gtin::{Gtin, check_digit};
use table::IDENTIFIERS;

/// The most elements that a code is read with.
const MOST_ELEMENTS: usize = 64;
/// What stands behind a value whose length is not fixed: FNC1, transmitted as GS.
const SEPARATOR: char = '\u{1D}';
/// What some scanners that are keyboards type for it.
const SEPARATOR_SYMBOL: char = '\u{241D}';
/// What others are set to send for it, since keyboards have no GS; `]` is what is left of Ctrl+].
/// None of these can stand in a value.
const SEPARATOR_MARKS: [char; 4] = ['^', '|', '~', ']'];
/// The same in letters. A value may hold `<GS>`, so they are looked for only where no GS came.
const SEPARATOR_WORDS: [&str; 2] = ["{GS}", "<GS>"];

/// An application identifier with its value, checked.
#[derive(Clone, Debug)]
pub struct Element {
    identifier: &'static Identifier,
    number: String,
    value: String,
}

impl Element {
    /// What GS1 says of its application identifier.
    pub fn identifier(&self) -> &'static Identifier {
        self.identifier
    }

    /// The application identifier, for example `01`.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What it says.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        (&self.number, &self.value) == (&other.number, &other.value)
    }
}

/// All that a code says, in its order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Elements(Vec<Element>);

impl Elements {
    /// The value of an application identifier.
    pub fn get(&self, number: &str) -> Option<&str> {
        let mut elements = self.0.iter();
        elements
            .find(|element| element.number == number)
            .map(|element| element.value.as_str())
    }

    /// Each element.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.0.iter()
    }

    fn push(&mut self, element: Element) -> Result<(), Gs1Error> {
        if let Some(first) = self.get(&element.number) {
            if first == element.value {
                return Ok(());
            }
            return Err(Gs1Error::Contradiction {
                first: first.to_owned(),
                title: element.identifier.title,
                number: element.number,
                second: element.value,
            });
        }
        if self.0.len() >= MOST_ELEMENTS {
            return Err(Gs1Error::TooMuch);
        }
        self.0.push(element);
        Ok(())
    }
}

/// Every application identifier that GS1 has given out.
pub fn identifiers() -> impl Iterator<Item = &'static Identifier> {
    IDENTIFIERS.iter()
}

/// What GS1 says of an application identifier; `None` where there is no such.
pub fn identifier(number: &str) -> Option<&'static Identifier> {
    // Both ends of a row have the same length, and no identifier begins with another.
    let place = IDENTIFIERS.partition_point(|row| row.last < number);
    let row = IDENTIFIERS.get(place)?;
    let is_digits = number.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits && row.first.len() == number.len() && row.first <= number).then_some(row)
}

/// Whether a text can be nothing else than an element string: it holds separators, or begins with
/// an application identifier in brackets.
pub fn is_marked(text: &str) -> bool {
    bracketed(text).is_some() || text.contains([SEPARATOR, SEPARATOR_SYMBOL])
}

/// Whether a text begins like an element string that came without any mark of it: with the
/// identifier of a GTIN whose check digit is right.
pub fn begins_with_gtin(text: &str) -> bool {
    let begins = text.starts_with("01") || text.starts_with("02");
    begins && text.get(2..16).and_then(Gtin::parse).is_some()
}

/// Reads an element string, with separators or in brackets.
///
/// # Errors
/// [`Gs1Error`] names what cannot be read.
pub fn parse(text: &str) -> Result<Elements, Gs1Error> {
    if text.len() > LONGEST_CODE {
        return Err(Gs1Error::TooMuch);
    }
    let elements = if text.starts_with('(') {
        parse_bracketed(text)?
    } else {
        parse_separated(text)?
    };
    if elements.0.is_empty() {
        return Err(Gs1Error::Empty);
    }
    Ok(elements)
}

fn parse_separated(text: &str) -> Result<Elements, Gs1Error> {
    let has_separators = text.contains([SEPARATOR, SEPARATOR_SYMBOL]);
    if !has_separators && SEPARATOR_WORDS.iter().any(|word| text.contains(word)) {
        let mut text = text.to_owned();
        for word in SEPARATOR_WORDS {
            text = text.replace(word, "\u{1D}");
        }
        return parse_separated(&text);
    }
    let is_separator = |character: char| {
        matches!(character, SEPARATOR | SEPARATOR_SYMBOL) || SEPARATOR_MARKS.contains(&character)
    };
    let mut elements = Elements::default();
    let mut rest = text.trim_start_matches(is_separator);
    while !rest.is_empty() {
        let (identifier, number, behind) = next_identifier(rest)?;
        let end = behind.find(is_separator).unwrap_or(behind.len());
        let (value, after) = behind.split_at_checked(end).unwrap_or((behind, ""));
        let (value, after) = if identifier.separated {
            (value, after)
        } else {
            // What is of one length needs no separator, and may have one all the same.
            let most = identifier.most();
            match value.split_at_checked(most) {
                Some((value, _)) => (value, behind.get(most..).unwrap_or_default()),
                None => (value, after),
            }
        };
        elements.push(element(identifier, number, value)?)?;
        rest = after.trim_start_matches(is_separator);
    }
    Ok(elements)
}

fn next_identifier(rest: &str) -> Result<(&'static Identifier, &str, &str), Gs1Error> {
    for length in 2..=4 {
        let Some((number, behind)) = rest.split_at_checked(length) else {
            continue;
        };
        if let Some(identifier) = identifier(number) {
            return Ok((identifier, number, behind));
        }
    }
    Err(Gs1Error::UnknownIdentifier {
        found: rest.chars().take(4).collect(),
    })
}

fn parse_bracketed(text: &str) -> Result<Elements, Gs1Error> {
    let mut elements = Elements::default();
    let mut rest = text;
    while !rest.is_empty() {
        let Some((identifier, number, behind)) = bracketed(rest) else {
            let found = rest.chars().take(6).collect();
            return Err(Gs1Error::UnknownIdentifier { found });
        };
        // A value may hold brackets too, as long as no identifier stands in them.
        let mut starts = behind.match_indices('(').map(|(place, _)| place);
        let next = starts.find(|place| {
            behind
                .get(*place..)
                .is_some_and(|at| bracketed(at).is_some())
        });
        let end = next.unwrap_or(behind.len());
        let (value, after) = behind.split_at_checked(end).unwrap_or((behind, ""));
        elements.push(element(identifier, number, value.trim_end())?)?;
        rest = after;
    }
    Ok(elements)
}

/// The application identifier in brackets that a text begins with, and what stands behind it.
fn bracketed(text: &str) -> Option<(&'static Identifier, &str, &str)> {
    let (number, behind) = text.strip_prefix('(')?.split_once(')')?;
    Some((identifier(number)?, number, behind))
}

/// An element whose value keeps to what GS1 says of it.
fn element(
    identifier: &'static Identifier,
    number: &str,
    value: &str,
) -> Result<Element, Gs1Error> {
    check(identifier, number, value)?;
    Ok(Element {
        identifier,
        number: number.to_owned(),
        value: value.to_owned(),
    })
}

fn check(identifier: &Identifier, number: &str, value: &str) -> Result<(), Gs1Error> {
    let title = identifier.title();
    let number = || number.to_owned();
    let found = value.chars().count();
    if found > identifier.most() {
        let most = identifier.most();
        return Err(Gs1Error::TooLong {
            number: number(),
            title,
            most,
            found,
        });
    }
    let mut rest = value;
    for component in identifier.components {
        if rest.is_empty() && component.optional {
            break;
        }
        let longest = rest.char_indices().nth(component.most);
        let end = longest.map_or(rest.len(), |(place, _)| place);
        let (part, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        if let Some(character) = part.chars().find(|c| !component.characters.has(*c)) {
            return Err(Gs1Error::WrongCharacter {
                number: number(),
                title,
                character,
            });
        }
        if part.len() < component.least {
            let least = identifier.least().max(found - part.len() + component.least);
            return Err(Gs1Error::Truncated {
                number: number(),
                title,
                least,
                found,
            });
        }
        check_rule(component, title, &number, part)?;
    }
    Ok(())
}

fn check_rule(
    component: &Component,
    title: &'static str,
    number: &dyn Fn() -> String,
    part: &str,
) -> Result<(), Gs1Error> {
    match component.rule {
        Rule::None => Ok(()),
        Rule::CheckDigit => {
            let body = part.get(..part.len().saturating_sub(1)).unwrap_or_default();
            match check_digit(body) {
                Some(digit) if !part.ends_with(&digit.to_string()) => Err(Gs1Error::CheckDigit {
                    title,
                    value: part.to_owned(),
                    digit,
                }),
                _ => Ok(()),
            }
        }
        Rule::Day | Rule::DayOrMonth => {
            let date = ShortDate::parse(part);
            let said = date.filter(|date| component.rule == Rule::DayOrMonth || !date.is_month());
            said.map(|_| ()).ok_or_else(|| Gs1Error::NoDay {
                number: number(),
                title,
                value: part.to_owned(),
            })
        }
    }
}
