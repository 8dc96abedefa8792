//! What a code says of the receipt itself.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Span};

use super::ReceiptCodeError;
use super::bytes::{Reader, Writer};
use crate::money::{Currency, Money};
use crate::sale::{ReceiptNumber, Sale};

const VERSION: u8 = 1;
const WITH_LINES: u8 = 1;
/// Days are counted from here.
const EPOCH: Date = jiff::civil::date(2020, 1, 1);

/// The receipt that a code belongs to.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Head {
    pub(super) receipt_number: ReceiptNumber,
    pub(super) installation: String,
    pub(super) posting_date: Date,
    /// To the second.
    pub(super) posting_time: Time,
    pub(super) amount_to_pay: Money,
}

impl Head {
    /// `None` for what is no sale with a key made of its receipt number.
    pub(super) fn of(sale: &Sale) -> Option<Self> {
        if sale.is_return() {
            return None;
        }
        let number = sale.receipt_number.to_string();
        let installation = sale.key.strip_prefix(&number)?.strip_prefix('-')?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric();
        (!installation.is_empty() && installation.bytes().all(plain)).then(|| Self {
            receipt_number: sale.receipt_number.clone(),
            installation: installation.to_owned(),
            posting_date: sale.posting_date,
            posting_time: sale.posting_time,
            amount_to_pay: sale.amount_to_pay,
        })
    }

    pub(super) fn key(&self) -> String {
        format!("{}-{}", self.receipt_number, self.installation)
    }

    /// The body: the head, and the lines where they fit.
    pub(super) fn write(&self, lines: Option<&[u8]>) -> Vec<u8> {
        let mut writer = Writer::new("");
        writer.byte(VERSION);
        writer.byte(if lines.is_some() { WITH_LINES } else { 0 });
        // Neither is longer than a key may be.
        let _prefix = writer.text(&self.receipt_number.till);
        writer.count(self.receipt_number.number);
        let _installation = writer.text(&self.installation);
        let days = EPOCH
            .until(self.posting_date)
            .map_or(0, |span| span.get_days());
        writer.count(u64::try_from(days).unwrap_or(0));
        let time = self.posting_time;
        let minutes = i64::from(time.hour()) * 60 + i64::from(time.minute());
        let seconds = minutes * 60 + i64::from(time.second());
        writer.count(seconds.unsigned_abs());
        let Money { units, currency } = self.amount_to_pay;
        let _currency = writer.text(currency.code());
        writer.byte(currency.decimals());
        writer.count(units.unsigned_abs());
        let mut body = writer.bytes;
        body.extend_from_slice(lines.unwrap_or_default());
        body
    }

    /// Reads a body: the head, and the bytes of the lines where it has them.
    pub(super) fn read(body: &[u8]) -> Result<(Self, Option<&[u8]>), ReceiptCodeError> {
        let mut reader = Reader::new(body, "");
        match reader.byte() {
            Some(VERSION) => {}
            Some(version) if version > VERSION => return Err(ReceiptCodeError::Newer),
            _ => return Err(ReceiptCodeError::Damaged),
        }
        let flags = reader.byte().ok_or(ReceiptCodeError::Damaged)?;
        let head = Self::read_fields(&mut reader).ok_or(ReceiptCodeError::Damaged)?;
        Ok((head, (flags & WITH_LINES != 0).then(|| reader.rest())))
    }

    fn read_fields(reader: &mut Reader<'_>) -> Option<Self> {
        let till = reader.text()?;
        let number = reader.count()?;
        let installation = reader.text()?;
        let days: i64 = reader.count()?.try_into().ok()?;
        let seconds: i64 = reader.count()?.try_into().ok()?;
        let posting_date = EPOCH.checked_add(Span::new().try_days(days).ok()?).ok()?;
        let time = (0..86_400).contains(&seconds).then_some(seconds)?;
        let posting_time = Time::midnight()
            .checked_add(SignedDuration::from_secs(time))
            .ok()?;
        let currency = Currency::new(&reader.text()?, reader.byte()?).ok()?;
        let units = i64::try_from(reader.count()?).ok()?;
        // The number is one as receipts carry it.
        let receipt_number: ReceiptNumber =
            ReceiptNumber { till, number }.to_string().parse().ok()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric();
        (!installation.is_empty() && installation.bytes().all(plain)).then_some(Self {
            receipt_number,
            installation,
            posting_date,
            posting_time,
            amount_to_pay: Money { units, currency },
        })
    }
}
