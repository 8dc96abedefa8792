//! Codes that a shop's scale prints: numbers that begin with 2 (or 02) and carry a weight or a price
//! beside the item (GS1 General Specifications 2.1.12, "restricted circulation"). What stands where
//! is for each shop or country to say, and it says so in a pattern, a letter for each digit:
//!
//! | | |
//! |---|---|
//! | a digit | itself |
//! | `I` | the item's number |
//! | `W` | the weight in grams; with a point (`WW.WWW`) in the unit that the item is sold by |
//! | `P` | the price in the smallest coin; or with a point |
//! | `N` | how many pieces |
//! | `V` | the check digit of weight or price |
//! | `C` | the check digit of the whole |
//!
//! `21IIIIIWWWWWC` and `2IIIIIVPPPPC` are patterns. Of one item alone it has the item's digits in
//! place of `I`: `2112345WWWWWC`, and stands among the item's own barcodes.

use rust_decimal::Decimal;
use thiserror::Error;

use super::gtin::{check_digit, has_check_digit, spellings, value_check_digit};
use super::label::HowMuch;
use super::measure::Measure;

/// The fewest and the most digits of such a code.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=32;
/// The most digits of a weight or price.
const LONGEST_VALUE: usize = 8;

/// Where a code carries what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern {
    places: Vec<Place>,
    carries: Carries,
    /// The digits behind the point, where it has one.
    decimals: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Digit(char),
    Item,
    Value,
    ValueCheck,
    Check,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Carries {
    Weight,
    Price,
    Pieces,
}

/// A text that is no pattern.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error(
    "\"{text}\" is no pattern of a scale's codes: {why}; it looks like 21IIIIIWWWWWC or \
     22IIIIIPPPPPC, see Till Barcode Patterns of the Company in ERPNext"
)]
pub struct PatternError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// What a code says by a pattern.
#[derive(Clone, PartialEq, Debug)]
pub struct PatternReading {
    /// The digits in the places of `I`.
    pub item_number: String,
    /// Under which barcodes the item may stand, likeliest first: the code with zeros for weight or
    /// price, the digits up to there, the item's number.
    pub barcodes: Vec<String>,
    /// The pattern for this item alone.
    pub of_item: String,
    /// How much it says is in the package.
    pub how_much: HowMuch,
    /// What it says the package costs.
    pub price: Option<Decimal>,
    /// Whether the check digit of weight or price is right, or there is none.
    pub is_right: bool,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`PatternError`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim().to_ascii_uppercase();
        let fail = |why| PatternError {
            text: text.chars().take(*LENGTHS.end()).collect(),
            why,
        };
        let (mut places, mut values) = (Vec::new(), String::new());
        let mut point = None;
        for letter in text.chars().take(LENGTHS.end() + 2) {
            places.push(match letter {
                '0'..='9' => Place::Digit(letter),
                'I' => Place::Item,
                'W' | 'P' | 'N' => {
                    values.push(letter);
                    Place::Value
                }
                'V' => Place::ValueCheck,
                'C' => Place::Check,
                '.' if point.is_none() && !values.is_empty() => {
                    point = Some(values.len());
                    continue;
                }
                _ => return Err(fail("it holds something else than digits and I W P N V C")),
            });
        }
        if !LENGTHS.contains(&places.len()) {
            return Err(fail("it must have 8 to 32 digits"));
        }
        let carries = match values.as_bytes() {
            [] => return Err(fail("it carries no weight W, price P or pieces N")),
            [b'W', rest @ ..] if rest.iter().all(|letter| *letter == b'W') => Carries::Weight,
            [b'P', rest @ ..] if rest.iter().all(|letter| *letter == b'P') => Carries::Price,
            [b'N', rest @ ..] if rest.iter().all(|letter| *letter == b'N') => Carries::Pieces,
            _ => return Err(fail("it mixes W, P and N")),
        };
        let decimals = point.map(|point| values.len() - point);
        if decimals == Some(0) || (decimals.is_some() && carries == Carries::Pieces) {
            return Err(fail("a point stands within W or P only"));
        }
        let pattern = Self {
            carries,
            decimals: decimals.and_then(|decimals| u32::try_from(decimals).ok()),
            places,
        };
        pattern.check_places(values.len()).map_err(fail)?;
        Ok(pattern)
    }

    fn check_places(&self, values: usize) -> Result<(), &'static str> {
        let of = |place: Place| self.places.iter().filter(move |other| **other == place);
        let together = |place: Place| {
            let first = self.places.iter().position(|other| *other == place);
            let last = self.places.iter().rposition(|other| *other == place);
            match (first, last) {
                (Some(first), Some(last)) => last - first + 1 == of(place).count(),
                _ => true,
            }
        };
        if !matches!(self.places.first(), Some(Place::Digit(_))) {
            return Err("it must begin with a digit");
        }
        if !together(Place::Item) || !together(Place::Value) {
            return Err("what it carries must stand together");
        }
        if values > LONGEST_VALUE {
            return Err("weight, price or pieces have at most 8 digits");
        }
        if of(Place::ValueCheck).count() > 1 {
            return Err("it has more than one V");
        }
        if of(Place::ValueCheck).count() == 1 && !matches!(values, 4 | 5) {
            return Err("a V checks 4 or 5 digits only");
        }
        match (of(Place::Check).count(), self.places.last()) {
            (0, _) => Ok(()),
            (1, Some(Place::Check)) if matches!(self.places.len(), 8 | 12 | 13 | 14) => Ok(()),
            _ => Err("C is the last of 8, 12, 13 or 14 digits"),
        }
    }

    /// The patterns by which an item's own barcodes may name a code, as they are written there.
    /// None for a code that is not one of a scale.
    pub fn of_items(code: &str) -> impl Iterator<Item = String> {
        let is_ours = matches!(code.len(), 12 | 13)
            && (code.starts_with('2') || code.starts_with("02"))
            && has_check_digit(code);
        let lengths = [5, 4, 6].into_iter().filter(move |_| is_ours);
        lengths.flat_map(move |length| {
            let shapes = shapes(length).into_iter();
            shapes.filter_map(move |shape| {
                let digits = code.get(..code.len().checked_sub(1 + shape.1)?)?;
                Some(format!("{digits}{}C", shape.0))
            })
        })
    }

    /// What a code says by this pattern; `None` where it is not of this pattern.
    ///
    /// `decimals` are those of the shop's currency.
    pub fn read(&self, code: &str, decimals: u8) -> Option<PatternReading> {
        // Scanners leave the zero before a UPC-A out or transmit it, patterns likewise.
        let lengthened;
        let code = match code.len() {
            length if length == self.places.len() => code,
            length if length == self.places.len() + 1 => code.strip_prefix('0')?,
            length if length + 1 == self.places.len() => {
                lengthened = format!("0{code}");
                &lengthened
            }
            _ => return None,
        };
        let (mut item, mut value, mut checks) = (String::new(), String::new(), None);
        let (mut zeros, mut of_item) = (String::new(), String::new());
        for (digit, place) in code.chars().zip(&self.places) {
            let is_there = digit.is_ascii_digit();
            match place {
                Place::Digit(own) if *own != digit => return None,
                _ if !is_there => return None,
                Place::Digit(_) => {}
                Place::Item => item.push(digit),
                Place::Value => value.push(digit),
                Place::ValueCheck => checks = Some(digit),
                Place::Check => {}
            }
            match place {
                Place::Digit(_) | Place::Item => {
                    zeros.push(digit);
                    of_item.push(digit);
                }
                Place::Value => {
                    let point = self
                        .decimals
                        .and_then(|decimals| usize::try_from(decimals).ok());
                    let values = self.places.iter().filter(|place| **place == Place::Value);
                    if point.is_some_and(|point| values.count() + 1 == value.len() + point) {
                        of_item.push('.');
                    }
                    zeros.push('0');
                    of_item.push(self.letter());
                }
                Place::ValueCheck => {
                    zeros.push('0');
                    of_item.push('V');
                }
                Place::Check => of_item.push('C'),
            }
        }
        let is_checked = self.places.last() == Some(&Place::Check);
        if is_checked && !has_check_digit(code) {
            return None;
        }
        let number = value.parse::<u32>().ok()?;
        let (how_much, price) = self.carried(number, u32::from(decimals));
        Some(PatternReading {
            barcodes: self.barcodes(&zeros, &item, is_checked),
            item_number: item,
            of_item,
            how_much,
            price,
            is_right: checks.is_none_or(|found| {
                value_check_digit(&value)
                    .is_some_and(|digit| found.to_string() == digit.to_string())
            }),
        })
    }

    fn letter(&self) -> char {
        match self.carries {
            Carries::Weight => 'W',
            Carries::Price => 'P',
            Carries::Pieces => 'N',
        }
    }

    fn carried(&self, number: u32, currency: u32) -> (HowMuch, Option<Decimal>) {
        let decimal = |decimals| Decimal::new(i64::from(number), decimals).normalize();
        match (self.carries, self.decimals) {
            (Carries::Weight, None) => {
                let measures = vec![Measure::grams(number)];
                (HowMuch::Measured(measures), None)
            }
            (Carries::Weight, Some(decimals)) => (HowMuch::InUom(decimal(decimals)), None),
            (Carries::Pieces, _) => (HowMuch::Pieces(decimal(0)), None),
            (Carries::Price, decimals) => {
                let price = decimal(decimals.unwrap_or(currency));
                (HowMuch::NotSaid, Some(price))
            }
        }
    }

    fn barcodes(&self, zeros: &str, item: &str, is_checked: bool) -> Vec<String> {
        let mut barcodes = Vec::new();
        if is_checked {
            let digit = check_digit(zeros).unwrap_or_default();
            barcodes = spellings(&format!("{zeros}{digit}"));
            barcodes.push(format!("{zeros}0"));
        } else {
            barcodes.push(zeros.to_owned());
        }
        let before = |place: &&Place| matches!(place, Place::Digit(_) | Place::Item);
        let up_to = self.places.iter().take_while(before).count();
        barcodes.extend(zeros.get(..up_to).map(str::to_owned));
        if !item.is_empty() {
            barcodes.push(item.to_owned());
        }
        barcodes
    }
}

/// What may stand before the check digit of an item's own pattern, and how many digits of a code it
/// takes.
fn shapes(length: usize) -> Vec<(String, usize)> {
    let mut shapes = Vec::new();
    for check in ["", "V"] {
        if !check.is_empty() && length > 5 {
            continue;
        }
        for letter in ["W", "P", "N"] {
            let letters = letter.repeat(length);
            shapes.push((format!("{check}{letters}"), length + check.len()));
            if letter == "W" {
                for whole in 1..length {
                    let (whole, part) = letters.split_at(whole);
                    shapes.push((format!("{check}{whole}.{part}"), length + check.len()));
                }
            }
        }
    }
    shapes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, code: &str) -> Option<PatternReading> {
        Pattern::parse(pattern).unwrap().read(code, 2)
    }

    #[test]
    fn a_pattern_says_where_a_code_has_what() {
        let weighed = read("21IIIIIWWWWWC", "2112345003856").unwrap();
        assert_eq!(weighed.item_number, "12345");
        assert_eq!(
            weighed.barcodes,
            [
                "2112345000008",
                "02112345000008",
                "2112345000000",
                "2112345",
                "12345"
            ]
        );
        assert_eq!(weighed.of_item, "2112345WWWWWC");
        assert_eq!(
            weighed.how_much,
            HowMuch::Measured(vec![Measure::grams(385)])
        );

        let priced = read("2IIIIIVPPPPC", "212345928752").unwrap();
        assert_eq!(priced.price, Some(Decimal::new(2875, 2)));
        assert!(priced.is_right);
        assert_eq!(read("2IIIIIVPPPPC", "0212345928752"), Some(priced.clone()));
        assert_eq!(
            read("02IIIIIVPPPPC", "212345928752").unwrap().price,
            priced.price
        );
        assert!(!read("2IIIIIVPPPPC", "212345828755").unwrap().is_right);

        let pounds = read("20IIIIIWW.WWWC", "2012345012509").unwrap();
        assert_eq!(pounds.how_much, HowMuch::InUom(Decimal::new(125, 2)));
        assert_eq!(pounds.of_item, "2012345WW.WWWC");
        // Another beginning, a wrong check digit, no digits.
        for other in ["2212345003853", "2112345003859", "21123450038é7", ""] {
            assert_eq!(read("21IIIIIWWWWWC", other), None, "{other}");
        }
    }

    #[test]
    fn an_items_own_pattern_is_among_those_that_are_looked_up() {
        let all: Vec<String> = Pattern::of_items("2112345003856").collect();
        for own in [
            "2112345WWWWWC",
            "211234WW.WWWWC",
            "211234VPPPPPC",
            "21123450WWWWC",
        ] {
            assert!(all.contains(&own.to_owned()), "{own}");
        }
        assert!(all.iter().all(|text| Pattern::parse(text).is_ok()));
        assert!(all.len() < 64);
        assert_eq!(Pattern::of_items("4006381333931").count(), 0);
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for (text, why) in [
            ("21IIIIIC", "it carries no weight W, price P or pieces N"),
            ("21WWWPPPPPPC", "it mixes W, P and N"),
            ("IIIIIIIWWWWWC", "it must begin with a digit"),
            ("21IIWWIIIWWWC", "what it carries must stand together"),
            ("21IIIIIWWWWWCC", "C is the last of 8, 12, 13 or 14 digits"),
            ("21IIIVWWWWWWC", "a V checks 4 or 5 digits only"),
            ("21IIWWC", "it must have 8 to 32 digits"),
            (
                "21IIIIIXWWWWC",
                "it holds something else than digits and I W P N V C",
            ),
        ] {
            assert_eq!(Pattern::parse(text).unwrap_err().why, why, "{text}");
        }
    }
}
