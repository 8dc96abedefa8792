//! Blocks as they may be kept and shown to whoever looks for a fault: without what is about
//! somebody's card.
//!
//! What is shown is listed, not what is hidden: the card's number (field 22), its tracks (23, 24,
//! 2D), its end (0E), the chip's data and whatever a container (06) or a newer terminal may carry
//! besides are all left out alike, and so is every text, because a receipt's lines name the card.

use super::apdu::{self, Apdu, MAX_DATA};
use super::fields::Fields;

/// The most bytes before the data of a block.
const HEAD: usize = 5;
/// What stands for a byte that is left out.
pub const HIDDEN: u8 = b'*';

/// A block with stars in it.
pub type Masked = heapless::Vec<u8, { MAX_DATA + HEAD }>;

/// The fields that say nothing of a card: amount, trace, time, date, kind of payment, result,
/// terminal, merchant, the trace of what was taken back, currency, totals, receipt, record, kind of
/// card, its name and number of kind, the acquirer's result, date.
const SHOWN: [u8; 18] = [
    0x04, 0x0B, 0x0C, 0x0D, 0x19, 0x27, 0x29, 0x2A, 0x37, 0x49, 0x60, 0x87, 0x88, 0x8A, 0x8B, 0x8C,
    0xA0, 0xAA,
];
/// The till's commands that begin with the password.
const WITH_PASSWORD: [(u8, u8); 7] = [
    (0x06, 0x00),
    (0x05, 0x01),
    (0x06, 0x20),
    (0x06, 0x31),
    (0x06, 0x30),
    (0x06, 0x50),
    (0x06, 0x10),
];
/// The bytes of a password.
const PASSWORD: usize = 3;

/// What a terminal says. Lengths stay, so that the block can still be read.
pub fn said(block: Apdu<'_>) -> Masked {
    let mut masked = Masked::new();
    apdu::write(block.class, block.instruction, block.data, &mut masked);
    let head = masked.len().saturating_sub(block.data.len());
    let data = masked.get_mut(head..).unwrap_or_default();
    // How many bytes come before the fields.
    let plain = match (block.class, block.instruction) {
        (0x04 | 0x06, 0x0F) | (0x06, 0xD3) => 0,
        (0x06, 0x1E) => 1,
        (0x04, 0xFF) => 2,
        // A line to print: its attribute, then its text.
        (0x06, 0xD1) => {
            hide(data.get_mut(1..));
            return masked;
        }
        _ => {
            hide(Some(data));
            return masked;
        }
    };
    let fields = block.data.get(plain..).unwrap_or_default();
    hide_fields(fields, data.get_mut(plain..).unwrap_or_default());
    masked
}

/// What the till says, one command after the other: all but the password.
pub fn ordered(commands: &[u8]) -> Masked {
    let mut masked = Masked::new();
    // The longest has some sixty bytes.
    let _ = masked.extend_from_slice(commands);
    let mut left = masked.as_mut_slice();
    while let [class, instruction, length, after @ ..] = left {
        let end = usize::from(*length).min(after.len());
        let (data, following) = after.split_at_mut(end);
        if WITH_PASSWORD.contains(&(*class, *instruction)) {
            let end = data.len().min(PASSWORD);
            hide(data.get_mut(..end));
        }
        left = following;
    }
    masked
}

/// `shown` has the same bytes as `fields`.
fn hide_fields(fields: &[u8], shown: &mut [u8]) {
    let mut left = Fields::of(fields);
    while let Some(field) = left.next() {
        let end = fields.len() - left.left().len();
        if !SHOWN.contains(&field.bitmap) {
            hide(shown.get_mut(end - field.value.len()..end));
        }
    }
    // What nobody understands may be anything.
    let end = fields.len() - left.left().len();
    hide(shown.get_mut(end..));
}

fn hide(bytes: Option<&mut [u8]>) {
    bytes.unwrap_or_default().fill(HIDDEN);
}
