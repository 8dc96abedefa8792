//! The blocks that the virtual terminal sends.

use super::ledger::Transaction;
use crate::zvt::apdu;
use crate::zvt::fields::to_bcd;

/// One block's bytes.
pub(super) type Block = heapless::Vec<u8, 1024>;

pub(super) fn block(class: u8, instruction: u8, data: &[u8]) -> Block {
    let mut bytes = Block::new();
    apdu::write(class, instruction, data, &mut bytes);
    bytes
}

fn digits<const N: usize>(bitmap: u8, number: u64, data: &mut Vec<u8>) {
    data.push(bitmap);
    data.extend(to_bcd::<N>(number).unwrap_or([0; N]));
}

fn text(bitmap: u8, text: &[u8], data: &mut Vec<u8>) {
    let length = text.len().min(99) as u8;
    data.extend([bitmap, 0xF0 | (length / 10), 0xF0 | (length % 10)]);
    data.extend(text.iter().take(99));
}

/// `04 0F` of a transaction.
pub(super) fn status(transaction: &Transaction, currency: u16) -> Block {
    let mut data = vec![0x27, transaction.code];
    digits::<6>(0x04, transaction.cents.unsigned_abs(), &mut data);
    digits::<2>(0x49, u64::from(currency), &mut data);
    digits::<3>(0x0B, u64::from(transaction.trace), &mut data);
    if let Some(original) = transaction.reverses {
        digits::<3>(0x37, u64::from(original), &mut data);
    }
    digits::<2>(0x87, u64::from(transaction.receipt_number), &mut data);
    let [month, day, hour, minute, second] = transaction.time;
    digits::<2>(0x0D, month * 100 + day, &mut data);
    digits::<3>(0x0C, (hour * 100 + minute) * 100 + second, &mut data);
    digits::<4>(0x29, 52_500_041, &mut data);
    data.push(0x2A);
    data.extend(b"804512345600001");
    if transaction.code == 0 {
        // A card number that the terminal has hidden all but six and four digits of.
        data.extend([0x22, 0xF1, 0xF0, 0x67, 0x26, 0x89, 0xEE, 0xEE]);
        data.extend([0xEE, 0xEE, 0xE4, 0x71, 0x1F]);
        data.extend([0x3B]);
        data.extend(format!("{:06}  ", transaction.trace * 7 % 1_000_000).bytes());
        data.extend([0x8A, 0x05]);
        text(0x8B, b"girocard\0", &mut data);
    }
    block(0x04, 0x0F, &data)
}

/// `04 0F` of a closed day, or of one so far: all cards are girocards.
pub(super) fn day_status(closing: &Transaction) -> Block {
    let mut data = vec![0x27, closing.code];
    digits::<6>(0x04, closing.cents.unsigned_abs(), &mut data);
    digits::<3>(0x0B, u64::from(closing.trace), &mut data);
    let [month, day, hour, minute, second] = closing.time;
    digits::<2>(0x0D, month * 100 + day, &mut data);
    digits::<3>(0x0C, (hour * 100 + minute) * 100 + second, &mut data);
    if let Some(day) = closing.day {
        data.extend([0x60, 0xF0, 0xF5, 0xF3]);
        for number in [day.first_receipt, day.last_receipt] {
            data.extend(to_bcd::<2>(u64::from(number % 10_000)).unwrap_or_default());
        }
        data.push(day.count);
        data.extend(to_bcd::<6>(closing.cents.unsigned_abs()).unwrap_or_default());
        data.extend([0; 6 * 7]);
    }
    block(0x04, 0x0F, &data)
}

/// What is printed of a closed day.
pub(super) fn day_lines(closing: &Transaction) -> [Vec<u8>; 2] {
    let cents = closing.cents;
    let total = format!("Gesamt EUR {}.{:02}", cents / 100, cents.abs() % 100);
    [b"KASSENSCHNITT".to_vec(), total.into_bytes()]
}

/// What is printed of a transaction, for the customer or the merchant, in PC 437.
pub(super) fn lines(transaction: &Transaction, customer: bool) -> Vec<Vec<u8>> {
    let whom = if customer {
        "** KUNDENBELEG **".to_owned().into_bytes()
    } else {
        b"** H\x8ENDLERBELEG **".to_vec()
    };
    let euros = transaction.cents.unsigned_abs();
    let what = match (transaction.reverses, transaction.cents < 0) {
        (Some(_), _) => "STORNO",
        (None, true) => "GUTSCHRIFT",
        (None, false) => "ZAHLUNG",
    };
    let [month, day, hour, minute, second] = transaction.time;
    let others = [
        what.to_owned(),
        format!("Betrag EUR {:>12}.{:02}", euros / 100, euros % 100),
        "girocard".to_owned(),
        "Nr.       ################4711".to_owned(),
        format!("Beleg-Nr. {:04}", transaction.receipt_number),
        format!("Trace-Nr. {:06}", transaction.trace),
        format!("{day:02}.{month:02}. {hour:02}:{minute:02}:{second:02}"),
        if transaction.code == 0 {
            "GENEHMIGT".to_owned()
        } else {
            "ABGELEHNT".to_owned()
        },
    ];
    let others = others.into_iter().map(String::into_bytes);
    std::iter::once(whom).chain(others).collect()
}

/// `06 D3` of lines.
pub(super) fn print_block(customer: bool, lines: &[Vec<u8>]) -> Block {
    let mut texts = Vec::new();
    for line in lines {
        texts.extend([0x07, line.len().min(0x7F) as u8]);
        texts.extend(line.iter().take(0x7F));
    }
    texts.extend([0x09, 0x01, 0x01]);
    let mut container = vec![0x1F, 0x07, 0x01, if customer { 0x02 } else { 0x01 }];
    container.extend([0x25, 0x82]);
    container.extend((texts.len() as u16).to_be_bytes());
    container.extend(texts);
    let mut data = vec![0x06, 0x82];
    data.extend((container.len() as u16).to_be_bytes());
    data.extend(container);
    block(0x06, 0xD3, &data)
}

/// `06 D1` of one line.
pub(super) fn print_line(line: &[u8], last: bool) -> Block {
    let mut data = vec![if last { 0x81 } else { 0x00 }];
    data.extend(line);
    block(0x06, 0xD1, &data)
}

/// `04 FF`, with words of the terminal's own where it has some.
pub(super) fn intermediate(code: u8, words: Option<&str>) -> Block {
    let mut data = vec![code];
    if let Some(words) = words {
        let length = words.len().min(0x70) as u8;
        data.extend([0x00, 0x06, length + 4, 0x24, length + 2, 0x07, length]);
        data.extend(words.bytes().take(0x70));
    }
    block(0x04, 0xFF, &data)
}
