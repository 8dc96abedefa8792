//! Receipts that are scanned, and what the till's own say.

use super::selling::refused;
use super::{Effect, Notice, Sound, Till};
use crate::receipt::{
    ReceiptCodeError, ReceiptKey, ReceiptReference, ScannedReceipt, receipt_code,
};
use crate::returns::{Original, ReturnRefused};
use crate::sale::Sale;

impl Till {
    /// Gives the till the key that the shop's tills sign receipts with; without one its receipts
    /// are found at this till alone, and those of other tills are not taken.
    pub fn set_receipt_key(&mut self, key: Option<ReceiptKey>) {
        self.receipt_key = key;
    }

    /// What the QR code of a receipt says.
    pub fn receipt_code(&self, sale: &Sale) -> String {
        let key = self.receipt_key.as_ref();
        key.and_then(|key| receipt_code(sale, &self.shop, key))
            .unwrap_or_else(|| ReceiptReference::of(sale).to_string())
    }

    /// Shows the sale of a scanned receipt; `None` where the code is no receipt's.
    pub(super) fn receipt_scanned(&self, code: &str) -> Option<Vec<Effect>> {
        let taken = |effect| vec![Effect::Sound(Sound::Taken), effect];
        if let Ok(reference) = code.trim().parse::<ReceiptReference>() {
            return Some(taken(Effect::ShowSale(reference)));
        }
        if !ScannedReceipt::is_meant(code) {
            return None;
        }
        Some(match self.scanned_receipt(code) {
            Ok(Scanned::Ours(sale)) => taken(Effect::ShowSale(ReceiptReference::of(&sale))),
            Ok(Scanned::OfTheShop(original)) => taken(Effect::ShowReceipt {
                original,
                code: code.trim().to_owned(),
            }),
            Err(reason) => refused(Notice::Return(reason)),
        })
    }

    /// What goods of a scanned receipt were sold with.
    pub(super) fn original_of_code(&self, code: &str) -> Result<Original, ReturnRefused> {
        if let Ok(reference) = code.trim().parse::<ReceiptReference>() {
            return match self.catalog.sale(&reference.key)? {
                Some(sale) => self.original_of(&sale),
                None => Err(ReturnRefused::UnknownSale),
            };
        }
        match self.scanned_receipt(code)? {
            Scanned::Ours(sale) => self.original_of(&sale),
            Scanned::OfTheShop(original) => Ok(*original),
        }
    }

    fn scanned_receipt(&self, code: &str) -> Result<Scanned, ReturnRefused> {
        let scanned = ScannedReceipt::read(code)?;
        // What this till sold it knows itself, whatever key the receipt was signed with.
        if let Some(sale) = self.catalog.sale(&scanned.key())? {
            return Ok(Scanned::Ours(Box::new(sale)));
        }
        let Some(key) = &self.receipt_key else {
            return Err(ReceiptCodeError::NoShopKey.into());
        };
        scanned.verify(&self.shop.company.name, key)?;
        let original = scanned.original(&self.shop, &*self.catalog)?;
        Ok(Scanned::OfTheShop(Box::new(original)))
    }
}

/// Whose receipt was scanned.
enum Scanned {
    /// One of this till.
    Ours(Box<Sale>),
    /// One of another till of the shop.
    OfTheShop(Box<Original>),
}
