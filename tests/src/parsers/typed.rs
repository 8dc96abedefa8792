//! What is scanned, typed or shown by a customer.

use checkout::money::{Currency, Money};
use checkout::quantity::Quantity;
use checkout::receipt::{ReceiptKey, ReceiptReference, ScannedReceipt};
use checkout::sale::ReceiptNumber;
use checkout::scan::spellings;

use super::rules::{catalog, shop};

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// A scanned or typed code.
pub fn scanned_codes(bytes: &[u8]) {
    let code = text(bytes);
    let spellings = spellings(&code);
    assert_eq!(spellings[0], code.trim(), "as scanned comes first");
    assert!(spellings.len() <= 5);
    for (place, spelling) in spellings.iter().enumerate() {
        assert!(!spellings[..place].contains(spelling), "tried twice");
        if place > 0 {
            assert!(spelling.len() <= 14 && spelling.bytes().all(|b| b.is_ascii_digit()));
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
