//! The plain reference of a receipt.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::sale::{ReceiptNumber, Sale};

/// What the QR code of a receipt says: enough to find the sale again at its till.
///
/// As text: `EVT1/` and the sale's key, in the alphabet that every scanner and keyboard layout
/// passes on unchanged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceiptReference {
    /// The [`Sale::key`].
    pub key: String,
}

impl ReceiptReference {
    const PREFIX: &'static str = "EVT1/";

    /// The reference of a sale.
    pub fn of(sale: &Sale) -> Self {
        Self {
            key: sale.key.clone(),
        }
    }

    /// The receipt number in it.
    pub fn receipt_number(&self) -> Option<ReceiptNumber> {
        self.key
            .rsplit_once('-')
            .and_then(|(number, _installation)| number.parse().ok())
    }
}

impl fmt::Display for ReceiptReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Self::PREFIX, self.key)
    }
}

/// A text that is no receipt's QR code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("not the QR code of a receipt")]
pub struct NotAReceipt;

impl FromStr for ReceiptReference {
    type Err = NotAReceipt;

    fn from_str(text: &str) -> Result<Self, NotAReceipt> {
        let key = text.strip_prefix(Self::PREFIX).ok_or(NotAReceipt)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if key.is_empty() || key.len() > 64 || !key.bytes().all(plain) {
            return Err(NotAReceipt);
        }
        Ok(Self {
            key: key.to_owned(),
        })
    }
}
