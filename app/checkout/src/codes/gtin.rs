//! Global Trade Item Numbers: check digits, and the spellings that one article goes by (GS1 General
//! Specifications 7.9; UPC-E: 5.2.2).

use std::fmt;

/// A GTIN in its longest form, 14 digits with the right check digit.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Gtin(String);

impl Gtin {
    /// Reads a GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN-13) or GTIN-14 whose check digit is right.
    pub fn parse(digits: &str) -> Option<Self> {
        (matches!(digits.len(), 8 | 12 | 13 | 14) && has_check_digit(digits))
            .then(|| Self(format!("{digits:0>14}")))
    }

    /// What a pack of this number holds: 0 for the article itself, 1 to 8 for packs of articles
    /// with numbers of their own, 9 for an article whose measure varies.
    pub fn indicator(&self) -> u8 {
        self.0.bytes().next().unwrap_or(b'0') - b'0'
    }

    /// The number of the article in a pack: the same without indicator.
    #[must_use]
    pub fn without_indicator(&self) -> Self {
        let body = self.0.get(1..13).unwrap_or_default();
        let digit = check_digit(body).map(|digit| digit.to_string());
        Self(format!("0{body}{}", digit.unwrap_or_default()))
    }

    /// Every way to write it, likeliest first: EAN-13, UPC-A, EAN-8, UPC-E, 14 digits.
    pub fn forms(&self) -> Vec<String> {
        let mut forms = Vec::new();
        for zeros in [1, 2, 6] {
            let (zeros, rest) = self.0.split_at_checked(zeros).unwrap_or_default();
            if !zeros.is_empty() && zeros.bytes().all(|digit| digit == b'0') {
                forms.push(rest.to_owned());
            }
        }
        if let Some(upc_a) = self.0.strip_prefix("00") {
            forms.extend(compress_upc_a(upc_a));
        }
        forms.push(self.0.clone());
        forms
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The check digit that belongs behind these digits (modulo 10, weights 3 and 1 from the right), as
/// all GS1 numbers have it; `None` where they are no digits.
pub fn check_digit(digits: &str) -> Option<u8> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let weights = [3, 1].into_iter().cycle();
    let sum = digits
        .bytes()
        .rev()
        .zip(weights)
        .fold(0, |sum: u32, (digit, weight)| {
            (sum + u32::from(digit - b'0') * weight) % 10
        });
    u8::try_from((10 - sum) % 10).ok()
}

/// Whether digits end with their check digit.
pub fn has_check_digit(digits: &str) -> bool {
    let Some(last) = digits.len().checked_sub(1) else {
        return false;
    };
    match digits.split_at_checked(last) {
        Some((body, last)) => check_digit(body).is_some_and(|digit| last == digit.to_string()),
        None => false,
    }
}

/// The check digit of a price or weight within a code, over its 4 or 5 digits (GS1 General
/// Specifications 7.9.2 to 7.9.4); `None` for other lengths.
pub fn value_check_digit(digits: &str) -> Option<u8> {
    const TWO_MINUS: [u8; 10] = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
    const THREE: [u8; 10] = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
    const FIVE_PLUS: [u8; 10] = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
    const FIVE_MINUS: [u8; 10] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];
    let weigh = |weights: &[&[u8; 10]]| -> Option<u8> {
        let products = digits.bytes().zip(weights).map(|(digit, weight)| {
            let digit = digit.is_ascii_digit().then(|| usize::from(digit - b'0'))?;
            weight.get(digit).copied()
        });
        products.sum()
    };
    match digits.len() {
        4 => Some(weigh(&[&TWO_MINUS, &TWO_MINUS, &THREE, &FIVE_MINUS])? * 3 % 10),
        5 => {
            let sum = weigh(&[&FIVE_PLUS, &TWO_MINUS, &FIVE_MINUS, &FIVE_PLUS, &TWO_MINUS])?;
            let missing = (10 - sum % 10) % 10;
            let digit = FIVE_MINUS.iter().position(|product| *product == missing)?;
            u8::try_from(digit).ok()
        }
        _ => None,
    }
}

/// The spellings under which a scanned code may stand in Item.barcodes, likeliest first: as
/// scanned, then EAN-13, UPC-A, EAN-8, UPC-E and 14 digits of the same article.
///
/// Scanners differ in whether they transmit leading zeros and expand UPC-E, and shops in what they
/// type into ERPNext, so each is tried. A code whose check digit is wrong is only tried as scanned:
/// in-house codes need none.
pub fn spellings(code: &str) -> Vec<String> {
    let code = code.trim();
    let mut spellings = vec![code.to_owned()];
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return spellings;
    }
    let upc_e = expand_upc_e(code).and_then(|upc_a| Gtin::parse(&upc_a));
    for gtin in [Gtin::parse(code), upc_e].into_iter().flatten() {
        for form in gtin.forms() {
            if !spellings.contains(&form) {
                spellings.push(form);
            }
        }
    }
    spellings
}

/// The UPC-A of a UPC-E of 8 digits (number system, six digits, check digit), if it is one.
pub fn expand_upc_e(code: &str) -> Option<String> {
    let digits = <[u8; 8]>::try_from(code.as_bytes()).ok()?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let [system, a, b, c, d, e, last, check] = digits.map(char::from);
    if system != '0' && system != '1' {
        return None;
    }
    let body = match last {
        '0' | '1' | '2' => format!("{a}{b}{last}0000{c}{d}{e}"),
        '3' => format!("{a}{b}{c}00000{d}{e}"),
        '4' => format!("{a}{b}{c}{d}00000{e}"),
        _ => format!("{a}{b}{c}{d}{e}0000{last}"),
    };
    let upc_a = format!("{system}{body}{check}");
    has_check_digit(&upc_a).then_some(upc_a)
}

/// The UPC-E of a UPC-A that has one.
fn compress_upc_a(upc_a: &str) -> Option<String> {
    let digits = <[u8; 12]>::try_from(upc_a.as_bytes()).ok()?;
    let [s, a, b, c, d, e, _, _, f, g, h, check] = digits.map(char::from);
    let bodies = [
        format!("{a}{b}{f}{g}{h}{c}"),
        format!("{a}{b}{c}{g}{h}3"),
        format!("{a}{b}{c}{d}{h}4"),
        format!("{a}{b}{c}{d}{e}{h}"),
    ];
    let codes = bodies.map(|body| format!("{s}{body}{check}"));
    codes
        .into_iter()
        .find(|code| expand_upc_e(code).as_deref() == Some(upc_a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_general_specifications() {
        for number in [
            "96385074",
            "036000291452",
            "4006381333931",
            "10012345678902",
            "106141412345678908",
        ] {
            assert!(has_check_digit(number), "{number}");
        }
        for wrong in ["96385075", "", "1", "９７８", "40063813339 1"] {
            assert!(!has_check_digit(wrong), "{wrong}");
        }
        // The examples of 7.9.3 and 7.9.4.
        assert_eq!(value_check_digit("2875"), Some(9));
        assert_eq!(value_check_digit("14685"), Some(6));
        assert_eq!(value_check_digit("287"), None);
        assert_eq!(value_check_digit("28a5"), None);
    }

    #[test]
    fn upc_and_ean_spellings_of_one_article_meet() {
        assert_eq!(
            spellings("036000291452"),
            ["036000291452", "0036000291452", "00036000291452"]
        );
        assert_eq!(
            spellings("00036000291452"),
            ["00036000291452", "0036000291452", "036000291452"]
        );
        let of_upc_e = ["04252614", "0042100005264", "042100005264"];
        assert_eq!(spellings("04252614")[..3], of_upc_e);
        for spelling in of_upc_e {
            let all = spellings(spelling);
            assert!(
                of_upc_e
                    .iter()
                    .all(|other| all.contains(&(*other).to_owned()))
            );
        }
        // Each of the four ways to leave zeros out.
        for body in ["012345", "123453", "123454", "123457", "987650"] {
            let upc_e = (0..10).map(|digit| format!("0{body}{digit}"));
            let found: Vec<_> = upc_e
                .filter_map(|code| Some((expand_upc_e(&code)?, code)))
                .collect();
            let [(upc_a, upc_e)] = found.as_slice() else {
                panic!("one check digit is right");
            };
            assert_eq!(compress_upc_a(upc_a).as_ref(), Some(upc_e));
        }
        assert_eq!(compress_upc_a("036000291452"), None);
    }

    #[test]
    fn codes_without_a_right_check_digit_are_tried_as_they_are() {
        for code in [
            "036000291453",
            "SHELF-7",
            "12",
            "",
            "９７８",
            "0036000291453",
        ] {
            assert_eq!(spellings(code), [code]);
        }
    }

    #[test]
    fn a_pack_names_the_article_in_it() {
        let pack = Gtin::parse("14006381333938").unwrap();
        assert_eq!(pack.indicator(), 1);
        assert_eq!(pack.without_indicator().to_string(), "04006381333931");
    }
}
