//! The signed code of a receipt: what was sold, for any till of the shop to check and take goods
//! back by, also while no till and no server can be reached.
//!
//! As text: `EVR1:` and base 32 (`A` to `Z`, `2` to `7`) of a compact body and the first 16 bytes
//! of its HMAC-SHA256 under a key that the tills of a shop share. These are characters that every
//! scanner and keyboard layout passes on unchanged, and that a QR code packs tightly.
//!
//! The body begins with the receipt: number, installation, day, time, amount. Then come the lines
//! with everything that the arithmetic needs, taxes included, so that what became of prices and
//! templates since changes nothing. Where that would make more than [`MOST_CHARACTERS`] the code
//! carries the receipt alone: a till then needs the sale from elsewhere.

mod body;
mod bytes;
mod error;
mod lines;

pub use error::ReceiptCodeError;

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::ZeroizeOnDrop;

use crate::catalog::Catalog;
use crate::returns::Original;
use crate::sale::{ReceiptNumber, Sale};
use crate::shop::Shop;
use body::Head;

/// The longest code that is printed. It makes a QR code of at most 85 modules a side at correction
/// M even where a printer packs it byte by byte, so that on paper of 58 mm (384 dots) a module is
/// 4 dots, half a millimetre, which cheap scanners read from a crumpled receipt.
pub const MOST_CHARACTERS: usize = 500;

/// The longest code that is looked at.
const LONGEST: usize = 2_000;
const PREFIX: &str = "EVR1:";
const MAC: usize = 16;

/// The key that the tills of a shop sign receipts with. Wiped from memory when dropped, and never
/// shown.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct ReceiptKey([u8; 32]);

impl ReceiptKey {
    /// A key of these bytes, which must be derived for this purpose alone.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, company: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(b"Evertill receipt 1\0");
        mac.update(company.as_bytes());
        mac.update(b"\0");
        mac.update(body);
        Some(mac)
    }
}

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptKey")
    }
}

/// The code of a sale; `None` where it cannot be written, so that the receipt carries its plain
/// [`super::ReceiptReference`]: a return, or a sale with an unusual key.
pub fn receipt_code(sale: &Sale, shop: &Shop, key: &ReceiptKey) -> Option<String> {
    let head = Head::of(sale)?;
    let whole = lines::write(sale, shop)
        .map(|lines| signed(&head.write(Some(&lines)), &sale.company, key))
        .filter(|code| {
            code.as_ref()
                .is_some_and(|code| code.len() <= MOST_CHARACTERS)
        });
    match whole {
        Some(code) => code,
        None => signed(&head.write(None), &sale.company, key),
    }
}

fn signed(body: &[u8], company: &str, key: &ReceiptKey) -> Option<String> {
    let mac = key.mac(company, body)?.finalize().into_bytes();
    let mut all = body.to_vec();
    all.extend_from_slice(mac.get(..MAC)?);
    Some(format!("{PREFIX}{}", bytes::base32(&all)))
}

/// A code that was scanned. Nothing in it is to be believed before it is
/// [verified](ScannedReceipt::verify).
#[derive(Clone, PartialEq, Debug)]
pub struct ScannedReceipt {
    body: Vec<u8>,
    mac: Vec<u8>,
    head: Head,
}

impl ScannedReceipt {
    /// Whether a text is meant to be such a code.
    pub fn is_meant(text: &str) -> bool {
        let text = text.trim_start();
        text.get(..PREFIX.len())
            .is_some_and(|prefix| prefix.eq_ignore_ascii_case(PREFIX))
    }

    /// Reads a code.
    ///
    /// # Errors
    /// [`ReceiptCodeError::Damaged`] when it is not one, [`ReceiptCodeError::Newer`] when a later
    /// version made it.
    pub fn read(text: &str) -> Result<Self, ReceiptCodeError> {
        let text = text.trim();
        if !Self::is_meant(text) || text.len() > LONGEST {
            return Err(ReceiptCodeError::Damaged);
        }
        let digits = text.get(PREFIX.len()..).unwrap_or_default();
        let all = bytes::from_base32(digits).ok_or(ReceiptCodeError::Damaged)?;
        let body = all.len().checked_sub(MAC).and_then(|end| all.get(..end));
        let body = body.ok_or(ReceiptCodeError::Damaged)?;
        let head = Head::read(body)?.0;
        Ok(Self {
            body: body.to_vec(),
            mac: all.get(body.len()..).unwrap_or_default().to_vec(),
            head,
        })
    }

    /// The key of the sale that it names.
    pub fn key(&self) -> String {
        self.head.key()
    }

    /// The number of the receipt that it names.
    pub fn receipt_number(&self) -> &ReceiptNumber {
        &self.head.receipt_number
    }

    /// Checks that a till of this shop made it.
    ///
    /// # Errors
    /// [`ReceiptCodeError::NotOfThisShop`].
    pub fn verify(&self, company: &str, key: &ReceiptKey) -> Result<(), ReceiptCodeError> {
        let mac = key.mac(company, &self.body);
        mac.and_then(|mac| mac.verify_truncated_left(&self.mac).ok())
            .ok_or(ReceiptCodeError::NotOfThisShop)
    }

    /// What was sold.
    ///
    /// # Errors
    /// [`ReceiptCodeError`] when it carries no lines, or they do not come to its amount.
    pub fn original(
        &self,
        shop: &Shop,
        catalog: &dyn Catalog,
    ) -> Result<Original, ReceiptCodeError> {
        let (head, lines) = Head::read(&self.body)?;
        let Some(lines) = lines else {
            return Err(ReceiptCodeError::WithoutLines(
                head.receipt_number.to_string(),
            ));
        };
        lines::read(&head, lines, shop, catalog)
    }
}
