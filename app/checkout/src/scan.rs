//! From the bytes of a scan to the codes to look up (EAN/UPC, GS1 General Specifications 7.9), and
//! from a code to what it stands for.

use std::sync::Arc;

use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::masters::{Batch, Item, SerialNo};
use crate::pricing_rules::find_coupon;
use crate::shop::Shop;

/// The longest code that is looked up; GS1 element strings have at most 48 characters and
/// Digital Links may be longer.
const LONGEST_CODE: usize = 256;

/// What a code stands for.
#[derive(Clone, PartialEq, Debug)]
pub enum Scanned {
    /// A barcode of an item.
    Barcode {
        /// The item.
        item: Arc<Item>,
        /// The barcode as ERPNext has it.
        barcode: String,
        /// The unit it sells, where its row names one.
        uom: Option<String>,
    },
    /// One piece of an item.
    SerialNo {
        /// The item.
        item: Arc<Item>,
        /// The piece.
        serial_no: SerialNo,
    },
    /// A batch of an item.
    Batch {
        /// The item.
        item: Arc<Item>,
        /// The batch.
        batch: Batch,
    },
    /// The code of an item.
    ItemCode {
        /// The item.
        item: Arc<Item>,
    },
    /// A coupon.
    Coupon {
        /// What it bears, as ERPNext writes it.
        coupon_code: String,
    },
}

/// Why a code stands for nothing that can be sold.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ScanError {
    /// A batch tells too little where each piece has a number.
    #[error("{item_name} is sold by serial number: scan the serial number, not batch {batch_no}")]
    BatchOfSerialised {
        /// The item's name.
        item_name: String,
        /// The batch.
        batch_no: String,
    },
    /// The stored masters cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// What a scanned or typed code stands for, in the order of ERPNext's `scan_barcode`: Item Barcode,
/// Serial No, Batch. Then, because many shops label shelves with it, the item code, and last what a
/// customer shows: the code of a coupon. `None` for a code that stands for nothing.
///
/// Barcodes are tried in all their [`spellings`], the rest as it stands.
///
/// # Errors
/// [`ScanError`] when a batch of a serialised item was scanned, which the server refuses too, or
/// the masters cannot be read.
pub fn resolve(
    shop: &Shop,
    catalog: &dyn Catalog,
    code: &str,
) -> Result<Option<Scanned>, ScanError> {
    let code = code.trim();
    if code.is_empty() || code.len() > LONGEST_CODE {
        return Ok(None);
    }
    for barcode in spellings(code) {
        if let Some(hit) = catalog.barcode(&barcode)?
            && let Some(item) = catalog.item(&hit.item_code)?
        {
            let uom = hit.uom;
            return Ok(Some(Scanned::Barcode { item, barcode, uom }));
        }
    }
    if let Some(serial_no) = catalog.serial_no(code)?
        && let Some(item) = catalog.item(&serial_no.item_code)?
    {
        return Ok(Some(Scanned::SerialNo { item, serial_no }));
    }
    if let Some(batch) = catalog.batch(code)?
        && let Some(item) = catalog.item(&batch.item)?
    {
        if item.has_serial_no {
            return Err(ScanError::BatchOfSerialised {
                item_name: item.item_name.clone(),
                batch_no: batch.name,
            });
        }
        return Ok(Some(Scanned::Batch { item, batch }));
    }
    if let Some(item) = catalog.item(code)? {
        return Ok(Some(Scanned::ItemCode { item }));
    }
    Ok(find_coupon(shop, code).map(|coupon| Scanned::Coupon {
        coupon_code: coupon.coupon_code.clone(),
    }))
}

/// The spellings under which a scanned code may stand in Item.barcodes, likeliest first: as
/// scanned, then without or with the leading zero that tells UPC-A from EAN-13, then UPC-E
/// expanded to UPC-A, then a GTIN-14 of the single item.
///
/// Scanners differ in whether they transmit the leading zero, and shops in which of the two they
/// type into ERPNext, so each is tried. A code whose check digit is wrong is only tried as
/// scanned: in-house codes need none.
pub fn spellings(code: &str) -> Vec<String> {
    let code = code.trim();
    let mut spellings = vec![code.to_owned()];
    let mut add = |spelling: String| {
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    };
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return spellings;
    }
    if code.len() == 8
        && let Some(upc_a) = expand_upc_e(code)
    {
        add(format!("0{upc_a}"));
        add(upc_a);
    }
    if !has_check_digit(code) {
        return spellings;
    }
    match code.len() {
        12 => add(format!("0{code}")),
        13 if code.starts_with('0') => add(code[1..].to_owned()),
        14 if code.starts_with('0') => {
            let ean_13 = &code[1..];
            add(ean_13.to_owned());
            if let Some(upc_a) = ean_13.strip_prefix('0') {
                add(upc_a.to_owned());
            }
        }
        _ => {}
    }
    spellings
}

/// Whether the digits end with the check digit of EAN-8, UPC-A, EAN-13 and GTIN-14 (modulo 10,
/// weights 3 and 1 from the right).
fn has_check_digit(digits: &str) -> bool {
    if !matches!(digits.len(), 8 | 12 | 13 | 14) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 0 { 1 } else { 3 })
        .sum();
    sum.is_multiple_of(10)
}

/// The UPC-A of a UPC-E of 8 digits (number system, six digits, check digit), if it is one.
fn expand_upc_e(code: &str) -> Option<String> {
    let (system, body, check) = (&code[..1], &code[1..7], &code[7..]);
    if system != "0" && system != "1" {
        return None;
    }
    let last = &body[5..];
    let middle = match last {
        "0" | "1" | "2" => format!("{}{last}0000{}", &body[..2], &body[2..5]),
        "3" => format!("{}00000{}", &body[..3], &body[3..5]),
        "4" => format!("{}00000{}", &body[..4], &body[4..5]),
        _ => format!("{}0000{last}", &body[..5]),
    };
    let upc_a = format!("{system}{middle}{check}");
    has_check_digit(&upc_a).then_some(upc_a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upc_and_ean_spellings_of_one_article_meet() {
        assert_eq!(spellings("036000291452"), ["036000291452", "0036000291452"]);
        assert_eq!(
            spellings("0036000291452"),
            ["0036000291452", "036000291452"]
        );
        assert_eq!(
            spellings("04252614"),
            ["04252614", "0042100005264", "042100005264"]
        );
        assert_eq!(
            spellings("00036000291452"),
            ["00036000291452", "0036000291452", "036000291452"]
        );
    }

    #[test]
    fn codes_without_a_right_check_digit_are_tried_as_they_are() {
        for code in [
            "036000291453",
            "SHELF-7",
            "12",
            "",
            "９７８",
            "0036000291453",
        ] {
            assert_eq!(spellings(code), [code]);
        }
    }
}
