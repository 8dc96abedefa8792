//! What the till sends.

use super::fields::to_bcd;
use super::{ZvtProfile, apdu};
use crate::vocabulary::PaymentAmount;

/// The most bytes of one command.
pub const MAX_COMMAND: usize = 64;

/// A command's bytes.
pub type Bytes = heapless::Vec<u8, MAX_COMMAND>;

/// `80 00`: understood, go on. After a payment's result it makes the payment final.
pub const ACKNOWLEDGE: [u8; 3] = [0x80, 0x00, 0x00];
/// `84 83`: a function this side does not have.
pub const NOT_POSSIBLE: [u8; 3] = [0x84, 0x83, 0x00];
/// `06 B0`: stop what you are at, if it still can be.
pub const CANCEL: [u8; 3] = [0x06, 0xB0, 0x00];

/// The till prints payments' receipts (02) and others (04), wants to be told how far the terminal
/// is (08), and payments begin at the till alone (10); the terminal writes the receipts (80).
const CONFIGURATION: u8 = 0x02 | 0x04 | 0x08 | 0x10 | 0x80;

/// Registers the till (`06 00`) in its currency: receipts come as blocks of text (`06 D3`), and
/// in messages no longer than we read. Without a currency there is room for none of that: the
/// terminal keeps its own currency, and its receipts come line by line (`06 D1`).
pub fn register(profile: &ZvtProfile, currency: Option<u16>) -> Bytes {
    let mut data = Bytes::new();
    add(&mut data, &password(profile));
    add(&mut data, &[CONFIGURATION]);
    // The specification has the currency stand here without its bitmap, and nothing of the rest
    // without it: what follows the configuration is read as a currency.
    let Some(currency) = currency.and_then(|it| to_bcd::<2>(u64::from(it))) else {
        return block(0x06, 0x00, &data);
    };
    add(&mut data, &currency);
    // Service byte: nothing special. Then the container: longest message, permitted command.
    let [high, low] = u16::try_from(apdu::MAX_DATA).unwrap_or(0).to_be_bytes();
    add(&mut data, &[0x03, 0x00]);
    add(&mut data, &[0x06, 0x0A]);
    add(&mut data, &[0x1A, 0x02, high, low]);
    add(&mut data, &[0x26, 0x04, 0x0A, 0x02, 0x06, 0xD3]);
    block(0x06, 0x00, &data)
}

/// Takes a payment (`06 01`).
pub fn authorise(amount: PaymentAmount) -> Bytes {
    block(0x06, 0x01, &money(amount))
}

/// Gives money back to any card (`06 31`).
pub fn refund(profile: &ZvtProfile, amount: PaymentAmount) -> Bytes {
    let mut data = Bytes::new();
    add(&mut data, &password(profile));
    add(&mut data, &money(amount));
    block(0x06, 0x31, &data)
}

/// Takes a payment back whole, by the number of its receipt (`06 30`).
pub fn reverse(profile: &ZvtProfile, amount: PaymentAmount, receipt_number: u32) -> Bytes {
    let mut data = Bytes::new();
    add(&mut data, &password(profile));
    add(&mut data, &[0x87]);
    let number = to_bcd::<2>(u64::from(receipt_number % 10_000));
    add(&mut data, &number.unwrap_or_default());
    add(&mut data, &money(amount));
    block(0x06, 0x30, &data)
}

/// Closes the terminal's day (`06 50`).
pub fn end_of_day(profile: &ZvtProfile) -> Bytes {
    block(0x06, 0x50, &password(profile))
}

/// Asks for the payments that the terminal keeps until its day is closed (`06 10`).
pub fn turnover_totals(profile: &ZvtProfile) -> Bytes {
    block(0x06, 0x10, &password(profile))
}

/// Asks whether the terminal is free (`05 01`).
pub fn enquire(profile: &ZvtProfile) -> Bytes {
    block(0x05, 0x01, &password(profile))
}

/// Asks for the last payment again, with its receipt (`06 20`).
pub fn repeat_receipt(profile: &ZvtProfile) -> Bytes {
    let mut data = Bytes::new();
    add(&mut data, &password(profile));
    add(&mut data, &[0x03, 0x00]);
    block(0x06, 0x20, &data)
}

fn password(profile: &ZvtProfile) -> [u8; 3] {
    to_bcd::<3>(u64::from(profile.password)).unwrap_or_default()
}

fn money(amount: PaymentAmount) -> heapless::Vec<u8, 10> {
    let mut fields = heapless::Vec::new();
    // An amount of more digits than the field has is refused before it comes here.
    let units = to_bcd::<6>(amount.units).unwrap_or_default();
    let currency = to_bcd::<2>(u64::from(amount.currency)).unwrap_or_default();
    let _ = fields.push(0x04);
    let _ = fields.extend_from_slice(&units);
    let _ = fields.push(0x49);
    let _ = fields.extend_from_slice(&currency);
    fields
}

fn add(data: &mut Bytes, bytes: &[u8]) {
    // The longest command, registration, has some thirty bytes.
    let _ = data.extend_from_slice(bytes);
}

fn block(class: u8, instruction: u8, data: &[u8]) -> Bytes {
    let mut bytes = Bytes::new();
    apdu::write(class, instruction, data, &mut bytes);
    bytes
}
