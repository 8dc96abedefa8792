//! Any element string that can be printed is read back; nothing at all makes the reader fall over.

use checkout::catalog::MemoryCatalog;
use checkout::codes::ReadCode;
use checkout::codes::gs1::{
    Characters, Component, Gs1Error, Identifier, Rule, identifiers, parse, parse_link,
};
use checkout::codes::gtin::{Gtin, check_digit, expand_upc_e, spellings, value_check_digit};
use checkout::codes::label::Label;
use checkout::codes::pattern::Pattern;
use checkout::masters::{Company, PosPaymentMethod, PosProfile};
use checkout::shop::Shop;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use crate::dollar_shop::dollar_shop;

const SEPARATOR: &str = "\u{1D}";

/// An element: its number, its value, and whether a separator has to follow.
type Printed = (String, String, bool);

fn printed(identifier: &'static Identifier) -> impl Strategy<Value = Printed> + use<> {
    let numbers: Vec<String> = identifier.numbers().collect();
    let parts: Vec<_> = identifier.components().iter().map(part).collect();
    let optional = identifier.components().iter().filter(|part| part.optional);
    let given = parts.len() - optional.count()..=parts.len();
    (any::<Index>(), parts, given).prop_map(move |(number, parts, given)| {
        let value = parts[..given].concat();
        (
            number.get(&numbers).clone(),
            value,
            identifier.is_separated(),
        )
    })
}

fn part(component: &Component) -> BoxedStrategy<String> {
    let length = component.least..=component.most;
    match component.rule {
        Rule::CheckDigit => {
            let body = component.most - 1;
            proptest::string::string_regex(&format!("[0-9]{{{body}}}"))
                .unwrap()
                .prop_map(|body| {
                    let digit = check_digit(&body).unwrap();
                    format!("{body}{digit}")
                })
                .boxed()
        }
        Rule::Day => (0..100, 1..=12, 1..=28)
            .prop_map(|(year, month, day)| format!("{year:02}{month:02}{day:02}"))
            .boxed(),
        Rule::DayOrMonth => (0..100, 1..=12, 0..=28)
            .prop_map(|(year, month, day)| format!("{year:02}{month:02}{day:02}"))
            .boxed(),
        Rule::None => {
            let characters = match component.characters {
                Characters::Digits => "[0-9]",
                // Without brackets and slashes, which each way to write a code has its own way with.
                Characters::Set82 => "[A-Za-z0-9!\"%&'*+,.:;<=>?_-]",
                Characters::Set39 => "[A-Z0-9#-]",
                Characters::Base64 => "[A-Za-z0-9_=-]",
            };
            let expression = format!("{characters}{{{},{}}}", length.start(), length.end());
            proptest::string::string_regex(&expression).unwrap().boxed()
        }
    }
}

fn element_string() -> impl Strategy<Value = Vec<Printed>> {
    let all: Vec<&'static Identifier> = identifiers().collect();
    subsequence(all, 1..6)
        .prop_shuffle()
        .prop_flat_map(|rows| rows.into_iter().map(printed).collect::<Vec<_>>())
}

/// A shop with patterns, right and wrong ones.
fn shop() -> Shop {
    let company = Company {
        name: "HB".to_owned(),
        default_currency: "USD".to_owned(),
        barcode_patterns: Some("21IIIIIWWWWWC, 2IIIIIVPPPPC 99X".to_owned()),
        ..Company::default()
    };
    let profile = PosProfile {
        name: "Till".to_owned(),
        company: "HB".to_owned(),
        payments: vec![PosPaymentMethod {
            mode_of_payment: "Cash".to_owned(),
            ..PosPaymentMethod::default()
        }],
        ..PosProfile::default()
    };
    let masters = dollar_shop().into_iter();
    Shop::assemble("Till", masters.chain([company.into(), profile.into()])).unwrap()
}

fn read(elements: &[Printed], text: &str) -> Result<(), TestCaseError> {
    let expected: Vec<_> = elements
        .iter()
        .map(|(n, v, _)| (n.as_str(), v.as_str()))
        .collect();
    if text.len() > 512 {
        prop_assert_eq!(parse(text), Err(Gs1Error::TooMuch));
        return Ok(());
    }
    let found = parse(text).map_err(|error| TestCaseError::fail(format!("{text:?}: {error}")))?;
    let found: Vec<_> = found.iter().map(|e| (e.number(), e.value())).collect();
    prop_assert_eq!(found, expected);
    Ok(())
}

/// Texts that look like codes, and some that do not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\]C1e0\u{1D}()0-9A-Z]{0,64}",
        "(01|02|00|10|21|31|39|2[0-9])[0-9\u{1D}é]{0,30}",
        "[0-9]{0,20}",
        "https?://[a-z0-9./?=%&#é]{0,60}",
        "https://a/01/09506000134352(/10/[A-F0-9%é]{0,8})?(\\?17=[0-9%]{0,8})?",
        "[0-9IWPNVC.]{0,40}",
        Just("9".repeat(5_000)),
    ]
}

proptest! {
    #[test]
    fn what_is_printed_is_read(elements in element_string(), more in any::<bool>()) {
        let mut text = String::new();
        let mut written = String::new();
        for (number, value, separated) in &elements {
            text.push_str(number);
            text.push_str(value);
            if *separated || more {
                text.push_str(SEPARATOR);
            }
            written.push_str(&format!("({number}){value}"));
        }
        read(&elements, &text)?;
        read(&elements, &written)?;
        // The last one needs no separator.
        read(&elements, text.trim_end_matches(SEPARATOR))?;
    }

    #[test]
    fn what_a_link_says_is_read(elements in element_string()) {
        let encoded = |text: &str| -> String {
            text.bytes().map(|byte| format!("%{byte:02X}")).collect()
        };
        let others = elements.iter().filter(|(number, _, _)| number != "01");
        let query: Vec<_> = others
            .clone()
            .map(|(number, value, _)| format!("{number}={}", encoded(value)))
            .collect();
        let link = format!("https://example.com/01/09506000134352?{}", query.join("&"));
        prop_assume!(link.len() <= 512);
        let found = parse_link(&link).unwrap().unwrap();
        let found: Vec<_> = found.iter().skip(1).map(|e| (e.number(), e.value())).collect();
        let expected: Vec<_> = others.map(|(n, v, _)| (n.as_str(), v.as_str())).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_text_makes_the_reader_fall_over(text in text(), pattern in text(), today in 0i16..9999) {
        let today = jiff::civil::date(today, 2, 28);
        let code = ReadCode::of(&text).content;
        for elements in [parse(code).ok(), parse_link(code).ok().flatten()].into_iter().flatten() {
            if let Ok((gtin, label)) = Label::of_elements(&elements) {
                let _ = (gtin.forms(), gtin.without_indicator().forms());
                label.dates.all().for_each(|date| drop(date.seen_on(today).to_string()));
            }
        }
        let _ = (spellings(code), expand_upc_e(code), value_check_digit(code));
        let _ = Gtin::parse(code).map(|gtin| gtin.forms());
        for own in Pattern::of_items(code) {
            prop_assert!(Pattern::parse(&own).unwrap().read(code, 2).is_some() || own.contains('V'));
        }
        if let Ok(pattern) = Pattern::parse(&pattern) {
            let _ = pattern.read(code, 9);
        }
        let shop = shop();
        let found = checkout::scan::resolve(&shop, &MemoryCatalog::default(), &text);
        let _ = found.map_err(|error| error.to_string());
        let _ = checkout::scan::why_unknown(&shop, &text).map(|error| error.to_string());
    }
}
