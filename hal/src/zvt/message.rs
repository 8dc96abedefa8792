//! What a block of the terminal says.

use super::apdu::Apdu;
use super::fields::{DataObjects, Fields, bcd};
use super::{Characters, intermediate};
use crate::vocabulary::{DayTotals, TerminalReceipt};

/// What a terminal says. Texts are in its own characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message<'a> {
    /// `80 00`: the command was understood.
    Acknowledged,
    /// `84` and a code other than 00: the command was refused.
    Refused(u8),
    /// `04 0F`: what came of a payment, or of closing the day.
    Status(Status<'a>),
    /// `04 FF`: how far it is.
    Intermediate(Intermediate<'a>),
    /// `06 0F`: it has ended; the terminal waits for the next command.
    Completed(&'a [u8]),
    /// `06 1E`: it was broken off, with the code why.
    Aborted(u8),
    /// `06 D1`: a line to print.
    PrintLine {
        /// The last line of its receipt.
        last: bool,
        /// What stands in it.
        text: &'a [u8],
    },
    /// `06 D3`: a block to print.
    PrintBlock(PrintBlock<'a>),
    /// `04 01`: the terminal tells the time.
    Clock,
    /// Something else that wants an answer we do not have.
    Unknown,
}

impl<'a> Message<'a> {
    /// Reads a block.
    pub fn of(apdu: Apdu<'a>, characters: Characters) -> Self {
        match (apdu.class, apdu.instruction) {
            (0x80, 0x00) | (0x84, 0x00) => Message::Acknowledged,
            (0x84, code) => Message::Refused(code),
            (0x04, 0x0F) => Message::Status(Status {
                data: apdu.data,
                characters,
            }),
            (0x04, 0xFF) => Message::Intermediate(Intermediate { data: apdu.data }),
            (0x04, 0x01) => Message::Clock,
            (0x06, 0x0F) => Message::Completed(apdu.data),
            (0x06, 0x1E) => Message::Aborted(apdu.data.first().copied().unwrap_or(0xFF)),
            (0x06, 0xD1) => match apdu.data {
                // FF is followed by a number of empty lines; 80 alone is not in use.
                [0xFF, ..] | [] => Message::PrintLine {
                    last: false,
                    text: &[],
                },
                [attribute, text @ ..] => Message::PrintLine {
                    last: attribute & 0x80 != 0,
                    text,
                },
            },
            (0x06, 0xD3) => Message::PrintBlock(PrintBlock::of(apdu.data)),
            _ => Message::Unknown,
        }
    }
}

/// How far a terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intermediate<'a> {
    data: &'a [u8],
}

impl<'a> Intermediate<'a> {
    /// The specification's code.
    pub fn code(&self) -> u8 {
        self.data.first().copied().unwrap_or(0xFF)
    }

    /// For how many minutes the terminal may be silent now, where it says so.
    pub fn minutes(&self) -> Option<u8> {
        let minutes = self.data.get(1..2).and_then(bcd)?;
        u8::try_from(minutes).ok().filter(|minutes| *minutes > 0)
    }

    /// The terminal's own lines of text, where it sends them.
    pub fn lines(&self) -> impl Iterator<Item = &'a [u8]> {
        let container = self
            .data
            .get(2..)
            .and_then(|fields| Fields::of(fields).find(|field| field.bitmap == 0x06));
        let text = container.and_then(|container| DataObjects::of(container.value).find(0x24));
        let objects = text.map(DataObjects::of).into_iter().flatten();
        objects
            .filter(|object| object.tag == 0x07)
            .map(|object| object.value)
    }

    /// What to show: the terminal's own words, else the specification's.
    pub fn words(&self, characters: Characters) -> heapless::String<96> {
        let mut words = heapless::String::new();
        for line in self.lines() {
            let line: heapless::String<48> = characters.read(line);
            let line = line.trim();
            if !words.is_empty() && !line.is_empty() {
                let _ = words.push(' ');
            }
            line.chars().for_each(|character| {
                let _ = words.push(character);
            });
        }
        if words.is_empty() {
            let _ = words.push_str(intermediate::words(self.code()).unwrap_or_default());
        }
        words
    }
}

/// Whom a printed receipt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintKind {
    /// For the shop.
    Merchant,
    /// For the customer.
    Customer,
    /// Reports of the terminal.
    Administration,
}

/// A block to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintBlock<'a> {
    container: &'a [u8],
}

impl<'a> PrintBlock<'a> {
    fn of(data: &'a [u8]) -> Self {
        let container = Fields::of(data).find(|field| field.bitmap == 0x06);
        PrintBlock {
            container: container.map_or(&[], |field| field.value),
        }
    }

    /// Whom it is for, where it says so.
    pub fn kind(&self) -> Option<PrintKind> {
        match DataObjects::of(self.container).find(0x1F07)? {
            [0x01, ..] => Some(PrintKind::Merchant),
            [0x02, ..] => Some(PrintKind::Customer),
            [0x03, ..] => Some(PrintKind::Administration),
            _ => None,
        }
    }

    /// Its lines.
    pub fn lines(&self) -> impl Iterator<Item = &'a [u8]> {
        let texts = DataObjects::of(self.container).filter(|object| object.tag == 0x25);
        texts
            .flat_map(|text| DataObjects::of(text.value))
            .filter(|object| object.tag == 0x07)
            .map(|object| object.value)
    }

    /// Whether the receipt ends with it.
    pub fn is_last(&self) -> bool {
        let texts = DataObjects::of(self.container).find(0x25);
        let end = texts.and_then(|texts| DataObjects::of(texts).find(0x09));
        end.is_none_or(|end| end.first() != Some(&0x00))
    }
}

/// A block that tells what came of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status<'a> {
    data: &'a [u8],
    characters: Characters,
}

impl Status<'_> {
    /// Its fields.
    pub fn read(&self) -> StatusInformation {
        StatusInformation::read(self.data, self.characters)
    }
}

/// What came of a payment or of closing the day, as the terminal tells it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusInformation {
    /// 00 for one that went well ([`super::result_code`]); `None` where it is not told.
    pub result_code: Option<u8>,
    /// The amount, of a closed day the whole, in the currency's smallest unit.
    pub amount: Option<u64>,
    /// The payments of a day by kinds of cards; a payment has none.
    pub totals: Option<DayTotals>,
    /// The currency's number in ISO 4217.
    pub currency: Option<u16>,
    /// What tells this payment from others.
    pub receipt: TerminalReceipt,
    /// The trace number of the payment that was taken back; a payment has none.
    pub original_trace: Option<u32>,
    /// The card's number, all but its last four digits hidden, whatever the terminal sent.
    pub card_number: heapless::String<24>,
    /// The kind of card, such as `girocard`.
    pub card_name: heapless::String<40>,
    /// The bank's authorisation.
    pub authorisation: heapless::String<16>,
    /// The merchant's number at the acquirer.
    pub merchant_number: heapless::String<15>,
    /// What the acquirer wants to be said.
    pub additional_text: heapless::String<128>,
    /// Fields that nobody understands came, so that others may be missing.
    pub cut_short: bool,
}

impl StatusInformation {
    fn read(data: &[u8], characters: Characters) -> Self {
        let mut status = StatusInformation::default();
        let mut fields = Fields::of(data);
        for field in fields.by_ref() {
            status.take(field.bitmap, field.value, characters);
        }
        status.cut_short = !fields.left().is_empty();
        status
    }

    fn take(&mut self, bitmap: u8, value: &[u8], characters: Characters) {
        let number = || bcd(value).and_then(|number| u32::try_from(number).ok());
        match bitmap {
            0x04 => self.amount = bcd(value),
            0x0B => self.receipt.trace = number(),
            0x37 => self.original_trace = number().filter(|trace| *trace != 0),
            0x87 => self.receipt.receipt_number = number(),
            0x29 => self.receipt.terminal = number(),
            0x49 => self.currency = number().and_then(|number| u16::try_from(number).ok()),
            0x27 => self.result_code = value.first().copied(),
            0x60 => self.totals = totals(value),
            0x0C => {
                if let [Some(hour), Some(minute), Some(second)] = pairs(value) {
                    let time = self.receipt.time.get_or_insert_default();
                    (time.hour, time.minute, time.second) = (hour, minute, second);
                }
            }
            0x0D => {
                if let [Some(month), Some(day), _] = pairs(value) {
                    let time = self.receipt.time.get_or_insert_default();
                    (time.month, time.day) = (month, day);
                }
            }
            0xAA => {
                if let [_, Some(month), Some(day)] = pairs(value) {
                    let time = self.receipt.time.get_or_insert_default();
                    (time.month, time.day) = (month, day);
                }
            }
            0x22 => self.card_number = masked(value),
            0x8B => {
                // Ends with a zero byte on some terminals.
                let name: heapless::String<40> = characters.read(value);
                self.card_name = name.trim().try_into().unwrap_or_default();
            }
            0x3B => {
                let text: heapless::String<16> = Characters::Latin1.read(value);
                self.authorisation = text.trim().try_into().unwrap_or_default();
            }
            0x2A => {
                let text: heapless::String<15> = Characters::Latin1.read(value);
                self.merchant_number = text.trim().try_into().unwrap_or_default();
            }
            0x3C => self.additional_text = characters.read(value),
            _ => {}
        }
    }

    /// Whether it tells that money was booked.
    pub fn is_approved(&self) -> bool {
        self.result_code == Some(super::result_code::OK)
    }

    /// Whether it is about the closing of a day, not a payment.
    pub fn is_of_day(&self) -> bool {
        self.totals.is_some()
    }

    /// Whether it is about a payment that was taken back.
    pub fn is_reversal(&self) -> bool {
        self.original_trace.is_some()
    }
}

/// The payments of a day: the first and the last receipt's number, then a count and a sum for each
/// kind of card. `None` when a number is none or one is missing.
fn totals(value: &[u8]) -> Option<DayTotals> {
    let (first, value) = value.split_at_checked(2)?;
    let (last, mut left) = value.split_at_checked(2)?;
    let number = |digits| bcd(digits).and_then(|number| u32::try_from(number).ok());
    let mut totals = DayTotals {
        first_receipt: number(first)?,
        last_receipt: number(last)?,
        ..DayTotals::NOTHING
    };
    for card in &mut totals.cards {
        let (count, after) = left.split_first()?;
        let (amount, after) = after.split_at_checked(6)?;
        (card.count, card.amount) = (*count, bcd(amount)?);
        left = after;
    }
    Some(totals)
}

fn pairs(value: &[u8]) -> [Option<u8>; 3] {
    let mut pairs = [None; 3];
    for (pair, byte) in pairs.iter_mut().zip(value) {
        *pair = bcd(&[*byte]).and_then(|number| u8::try_from(number).ok());
    }
    pairs
}

/// A card's number with a star for every digit but the last four. Terminals send `E` for digits
/// that they hide themselves, and `F` to fill the last byte.
fn masked(value: &[u8]) -> heapless::String<24> {
    let halves = || value.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
    let length = halves().filter(|half| *half != 0x0F).count().min(24);
    let mut number = heapless::String::new();
    for (at, half) in halves().filter(|half| *half != 0x0F).take(24).enumerate() {
        let digit = char::from_digit(u32::from(half), 10);
        let shown = digit.filter(|_| at + 4 >= length).unwrap_or('*');
        let _ = number.push(shown);
    }
    number
}

/// The terminal's own status in the answer to an enquiry (`05 01`): 00 for free.
pub fn terminal_status(completion: &[u8]) -> Option<u8> {
    match completion {
        // The software's version comes first where the terminal tells it.
        [0xF0, tens @ 0xF0..=0xF9, ones @ 0xF0..=0xF9, rest @ ..] => {
            let length = usize::from(tens & 0x0F) * 10 + usize::from(ones & 0x0F);
            rest.get(length).copied()
        }
        [status, ..] => Some(*status),
        [] => None,
    }
}
