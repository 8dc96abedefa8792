//! What is scanned, typed or shown by a customer.

use appliance::wireless::WirelessNetwork;
use checkout::cart::{Addition, Cart};
use checkout::catalog::MemoryCatalog;
use checkout::codes::gs1::{self, Elements};
use checkout::codes::label::Label;
use checkout::codes::pattern::Pattern;
use checkout::codes::{LONGEST_CODE, ReadCode};
use checkout::money::{Currency, Money};
use checkout::quantity::Quantity;
use checkout::receipt::{ReceiptKey, ReceiptReference, ScannedReceipt};
use checkout::sale::ReceiptNumber;
use checkout::scan::{self, Scanned, spellings};
use checkout::shop::Shop;

use super::rules::{catalog, shop};

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// A scanned or typed code.
pub fn scanned_codes(bytes: &[u8]) {
    let code = text(bytes);
    let spellings = spellings(&code);
    assert_eq!(spellings[0], code.trim(), "as scanned comes first");
    // Of a UPC-E that could be an EAN-8 too, those of both.
    assert!(spellings.len() <= 10);
    for (place, spelling) in spellings.iter().enumerate() {
        assert!(!spellings[..place].contains(spelling), "tried twice");
        if place > 0 {
            assert!(spelling.len() <= 14 && spelling.bytes().all(|b| b.is_ascii_digit()));
        }
    }
    let content = ReadCode::of(&code).content;
    let linked = gs1::parse_link(content).transpose();
    for read in [Some(gs1::parse(content)), linked].into_iter().flatten() {
        match read {
            Ok(elements) => element_string(&elements),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    let (shop, catalog) = (shop(), catalog());
    let sentence = match scan::resolve(&shop, &catalog, &code) {
        Ok(Some(scanned)) => put_in(&shop, &catalog, &scanned),
        Ok(None) => scan::why_unknown(&shop, &code).map(|why| why.to_string()),
        Err(error) => Some(error.to_string()),
    };
    // What is told of a code stays short, however long it is.
    assert!(sentence.is_none_or(|sentence| (1..2_000).contains(&sentence.len())));
    if let Ok(pattern) = Pattern::parse(content) {
        let digits = content.replace(|letter: char| !letter.is_ascii_digit(), "0");
        let _ = pattern.read(&digits, 2).map(|reading| reading.barcodes);
    }
}

/// Puts what was scanned into a cart; the sentence of its refusal.
fn put_in(shop: &Shop, catalog: &MemoryCatalog, scanned: &Scanned) -> Option<String> {
    let Scanned::Barcode { item, label, .. } = scanned else {
        return None;
    };
    let mut cart = Cart::new(shop);
    let date = jiff::civil::date(2026, 11, 28);
    match cart.add(shop, catalog, date, &Addition::labelled(item, label)) {
        Ok(line) => {
            let amount = cart.totals_of(line).map(|totals| totals.amount);
            let price = label
                .price
                .as_ref()
                .and_then(|price| price.amount_in("USD"));
            if let Some(price) = price {
                assert!(
                    amount.is_some_and(|amount| (amount - price).abs() < 0.006),
                    "{label:?}"
                );
            }
            None
        }
        Err(error) => Some(error.to_string()),
    }
}

/// What was read can be written with separators, and is then read as the same.
fn element_string(elements: &Elements) {
    let mut written = String::new();
    for element in elements.iter() {
        written.push_str(element.number());
        written.push_str(element.value());
        written.push('\u{1D}');
    }
    if written.len() <= LONGEST_CODE {
        assert_eq!(gs1::parse(&written).as_ref(), Ok(elements), "{written:?}");
    }
    if let Ok((gtin, label)) = Label::of_elements(elements) {
        assert!(gtin.forms().contains(&gtin.to_string()));
        assert!(
            label
                .price
                .is_none_or(|price| !price.amount.is_sign_negative())
        );
        let today = jiff::civil::date(2026, 11, 28);
        for date in label.dates.all() {
            let years = i32::from(date.seen_on(today).year()) - i32::from(today.year());
            assert!((-49..=50).contains(&years));
        }
    }
}

/// A quantity or an amount of money. The first character says how many decimals
/// there may be.
pub fn typed_numbers(bytes: &[u8]) {
    let Some((decimals, rest)) = bytes.split_first() else {
        return;
    };
    let (decimals, text) = (decimals.wrapping_sub(b'0') % 10, text(rest));
    if let Ok(quantity) = Quantity::parse(&text, decimals) {
        assert!(quantity > Quantity::ZERO && quantity < Quantity::from(1_000_000));
        let again = Quantity::parse(&quantity.to_string(), decimals);
        assert_eq!(again, Ok(quantity));
        assert!((quantity.to_f64() - text_as_number(&text)).abs() < 1e-6);
    }
    let Ok(currency) = Currency::new("USD", decimals) else {
        return;
    };
    if let Ok(money) = Money::parse(&text, currency) {
        assert_eq!(Money::parse(&money.number(), currency), Ok(money));
    }
}

fn text_as_number(text: &str) -> f64 {
    text.trim().replace(',', ".").parse().expect("a number")
}

/// The signed code on a receipt, whose body is any bytes.
pub fn receipt_bodies(bytes: &[u8]) {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut code = "EVR1:".to_owned();
    let (mut bits, mut count) = (0_u32, 0);
    // The signature is never looked at: nothing of a code may stop the till before it is.
    for byte in bytes.iter().chain(&[0; 16]) {
        bits = bits << 8 | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            code.push(char::from(ALPHABET[(bits >> count) as usize & 31]));
        }
    }
    if count > 0 {
        code.push(char::from(ALPHABET[(bits << (5 - count)) as usize & 31]));
    }
    signed_code(&code);
}

fn signed_code(code: &str) {
    let scanned = match ScannedReceipt::read(code) {
        Ok(scanned) => scanned,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(ScannedReceipt::is_meant(code));
    let number = scanned.receipt_number().to_string();
    assert!(scanned.key().starts_with(&number), "{}", scanned.key());
    let forged = scanned.verify("HB", &ReceiptKey::new([7; 32]));
    assert!(forged.is_err(), "a signature out of the air");
    if let Err(error) = scanned.original(&shop(), &catalog()) {
        assert!(!error.to_string().is_empty());
    }
}

/// The code on a receipt, and its number.
pub fn receipt_codes(bytes: &[u8]) {
    let text = text(bytes);
    signed_code(&text);
    if let Ok(reference) = text.parse::<ReceiptReference>() {
        assert_eq!(reference.to_string().parse(), Ok(reference));
    }
    if let Ok(number) = text.parse::<ReceiptNumber>() {
        assert_eq!(number.to_string().parse(), Ok(number));
    }
}

/// The code of a wireless network.
pub fn wireless_codes(bytes: &[u8]) {
    match WirelessNetwork::read(&text(bytes)) {
        None => {}
        Some(Ok(network)) => {
            assert!((1..=32).contains(&network.ssid().len()));
            assert!(
                network
                    .key()
                    .is_none_or(|key| (8..=64).contains(&key.len()))
            );
        }
        Some(Err(error)) => assert!(!error.remedy().is_empty()),
    }
}
