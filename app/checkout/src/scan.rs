//! From a code to what it stands for in this shop. What a code says by itself is for
//! [`crate::codes`].

use std::sync::Arc;

use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::codes::gs1::{self, Elements, Gs1Error};
use crate::codes::gtin::{Gtin, check_digit};
use crate::codes::label::{HowMuch, Label, LabelPrice, NotGoods};
use crate::codes::pattern::{Pattern, PatternError, PatternReading};
use crate::codes::{LONGEST_CODE, ReadCode, Symbology};
use crate::masters::{Batch, Item, SerialNo};
use crate::pricing_rules::find_coupon;
use crate::shop::Shop;

pub use crate::codes::gtin::spellings;

/// The numbers of a book or magazine, behind which an add-on of 2 or 5 digits may stand.
const WITH_ADD_ON: [&str; 3] = ["977", "978", "979"];

/// The most characters of a web address that are told.
const LONGEST_HOST: usize = 48;

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
        /// What else the code says of the package.
        label: Box<Label>,
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
    /// A GS1 code that cannot be read.
    #[error(transparent)]
    Gs1(#[from] Gs1Error),
    /// A GS1 code of something else than goods.
    #[error(transparent)]
    NotGoods(#[from] NotGoods),
    /// A GS1 code of goods that no item stands for.
    #[error(
        "no item has the barcode {gtin}; add it to the item in ERPNext, or search for the item by \
         name"
    )]
    UnknownGtin {
        /// The number of the goods, as EAN-13 where they have one.
        gtin: String,
    },
    /// A case of goods whose own number no item has.
    #[error(
        "this is the code of a case of {item_name}, and ERPNext does not say how many are in it; \
         scan one piece, or add the barcode {gtin} with its unit to the item in ERPNext"
    )]
    Case {
        /// What is in it.
        item_name: String,
        /// The number of the case.
        gtin: String,
    },
    /// The label of a case that names what is in it, but not how many.
    #[error(
        "this is the label of a case of {item_name}, and it does not say how many are in it; scan \
         one piece and enter how many"
    )]
    Uncounted {
        /// What is in it.
        item_name: String,
    },
    /// One package of goods that come in several.
    #[error(
        "this is package {piece} of {of} of {item_name}, which is sold by package 1; scan that one"
    )]
    Piece {
        /// The goods.
        item_name: String,
        /// Which of the packages.
        piece: u32,
        /// How many there are.
        of: u32,
    },
    /// A scale's code whose weight or price was misread or misprinted.
    #[error(
        "the weight or price in {code} does not fit its own check digit; scan it again, or weigh \
         the goods again"
    )]
    ValueCheck {
        /// The code.
        code: String,
    },
    /// A scale's code of something that no item stands for.
    #[error(
        "no item has the number {item_number} of this scale's label; add the barcode {barcode} to \
         the item in ERPNext"
    )]
    UnknownItemNumber {
        /// The number that the scale knows the item by.
        item_number: String,
        /// What to add.
        barcode: String,
    },
    /// A pattern for the codes of scales that is none.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A web address that stands for nothing here.
    #[error(
        "this code is a web address of {host} and names no goods, or names them in the compressed \
         form that a till does not read; scan the barcode of the package"
    )]
    WebAddress {
        /// Whose address it is.
        host: String,
    },
    /// No item has it, and it is no right EAN or UPC either.
    #[error(
        "no item has the barcode {code}; an EAN or UPC that begins so ends with {digit}: scan it \
         again, or check what you typed"
    )]
    CheckDigit {
        /// The code.
        code: String,
        /// What its last digit would be.
        digit: u8,
    },
    /// The stored masters cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// What a scanned or typed code stands for, in the order of ERPNext's `scan_barcode`: Item Barcode,
/// Serial No, Batch. Then, because many shops label shelves with it, the item code, then what a
/// scale printed ([`Pattern`]), and last what a customer shows: the code of a coupon. A GS1 code or
/// link stands for the item that has its GTIN as a barcode. `None` for a code that stands for
/// nothing; [`why_unknown`] may know why.
///
/// Barcodes are tried in all their [`spellings`], the rest as it stands. The code may begin with
/// the AIM identifier of its symbology.
///
/// # Errors
/// [`ScanError`] when the code cannot be read or sold by, a batch of a serialised item was scanned,
/// which the server refuses too, or the masters cannot be read.
pub fn resolve(
    shop: &Shop,
    catalog: &dyn Catalog,
    code: &str,
) -> Result<Option<Scanned>, ScanError> {
    let read = ReadCode::of(code);
    let code = read.content;
    let is_add_on = read.symbology == Some(Symbology::AddOn);
    if code.is_empty() || code.len() > LONGEST_CODE || is_add_on {
        return Ok(None);
    }
    if let Some(scanned) = by_barcode(catalog, read)? {
        return Ok(Some(scanned));
    }
    if let Some(elements) = gs1::parse_link(code)? {
        return by_elements(catalog, &elements).map(Some);
    }
    if read.symbology == Some(Symbology::Gs1) || gs1::is_marked(code) {
        return by_elements(catalog, &gs1::parse(code)?).map(Some);
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
    if let Some(scanned) = by_pattern(shop, catalog, code)? {
        return Ok(Some(scanned));
    }
    if let Some(coupon) = find_coupon(shop, code) {
        let coupon_code = coupon.coupon_code.clone();
        return Ok(Some(Scanned::Coupon { coupon_code }));
    }
    if gs1::begins_with_gtin(code) {
        return by_elements(catalog, &gs1::parse(code)?).map(Some);
    }
    // ITF-14, as it stands on cases.
    if code.len() == 14
        && let Some(gtin) = Gtin::parse(code)
    {
        check_case(catalog, &gtin)?;
    }
    Ok(None)
}

/// Why a code stands for nothing, where more is known than that nothing has it.
pub fn why_unknown(shop: &Shop, code: &str) -> Option<ScanError> {
    let code = ReadCode::of(code).content;
    if let Some(host) = gs1::host(code) {
        let host = host.chars().take(LONGEST_HOST).collect();
        return Some(ScanError::WebAddress { host });
    }
    let decimals = shop.currency.decimals();
    let mut patterns = shop.barcode_patterns.iter();
    if let Some(reading) = patterns.find_map(|pattern| pattern.read(code, decimals)) {
        return Some(ScanError::UnknownItemNumber {
            item_number: reading.item_number,
            barcode: reading.of_item,
        });
    }
    if !code.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(code.len(), 8 | 12..=14) {
        return None;
    }
    let (body, last) = code.split_at_checked(code.len() - 1)?;
    let digit = check_digit(body)?;
    if digit.to_string() != last {
        let code = code.to_owned();
        return Some(ScanError::CheckDigit { code, digit });
    }
    let of_a_scale = code.starts_with('2') || code.starts_with("02");
    shop.wrong_barcode_pattern
        .clone()
        .filter(|_| of_a_scale)
        .map(ScanError::Pattern)
}

fn by_barcode(catalog: &dyn Catalog, read: ReadCode<'_>) -> Result<Option<Scanned>, CatalogError> {
    let code = read.content;
    let mut all = spellings(code);
    if read.symbology == Some(Symbology::Ean8) {
        // Not a UPC-E, though its digits may look like one.
        all = vec![code.to_owned()];
        all.extend(Gtin::parse(code).iter().flat_map(Gtin::forms));
    }
    if matches!(code.len(), 15 | 18)
        && let Some(number) = code.get(..13)
        && (read.symbology == Some(Symbology::Ean13)
            || WITH_ADD_ON.iter().any(|prefix| number.starts_with(prefix)))
        && Gtin::parse(number).is_some()
    {
        all.extend(spellings(number));
    }
    find_item(catalog, &all, Label::default())
}

/// The item that has one of these barcodes.
fn find_item(
    catalog: &dyn Catalog,
    barcodes: &[String],
    label: Label,
) -> Result<Option<Scanned>, CatalogError> {
    for barcode in barcodes {
        if let Some(hit) = catalog.barcode(barcode)?
            && let Some(item) = catalog.item(&hit.item_code)?
        {
            return Ok(Some(Scanned::Barcode {
                item,
                barcode: barcode.clone(),
                uom: hit.uom,
                label: Box::new(label),
            }));
        }
    }
    Ok(None)
}

fn by_elements(catalog: &dyn Catalog, elements: &Elements) -> Result<Scanned, ScanError> {
    let (gtin, label) = Label::of_elements(elements)?;
    let is_measured = label.is_of_one_package();
    if let Some(scanned) = find_item(catalog, &gtin.forms(), label.clone())? {
        check_whole(&scanned, elements)?;
        return Ok(scanned);
    }
    // The same article, each package of another weight.
    if gtin.indicator() == 9
        && is_measured
        && let Some(scanned) = find_item(catalog, &gtin.without_indicator().forms(), label)?
    {
        return Ok(scanned);
    }
    check_case(catalog, &gtin)?;
    let gtin = gtin.forms().into_iter().next();
    Err(ScanError::UnknownGtin {
        gtin: gtin.unwrap_or_default(),
    })
}

/// Refuses the code of a case whose article is known and whose own number is not.
fn check_case(catalog: &dyn Catalog, gtin: &Gtin) -> Result<(), ScanError> {
    if gtin.indicator() == 0 {
        return Ok(());
    }
    let inner = gtin.without_indicator().forms();
    match find_item(catalog, &inner, Label::default())? {
        Some(Scanned::Barcode { item, .. }) => Err(ScanError::Case {
            item_name: item.item_name.clone(),
            gtin: gtin.to_string(),
        }),
        _ => Ok(()),
    }
}

/// Refuses a label of more than one piece that does not say how many (02 without 37), and a code
/// of one package of goods that come in several (8006), but for the first.
fn check_whole(scanned: &Scanned, elements: &Elements) -> Result<(), ScanError> {
    let Scanned::Barcode { item, label, .. } = scanned else {
        return Ok(());
    };
    let item_name = || item.item_name.clone();
    let has = |number: &str| elements.get(number).is_some();
    if has("02") && !has("01") && label.how_much == HowMuch::NotSaid {
        return Err(ScanError::Uncounted {
            item_name: item_name(),
        });
    }
    let numbers = elements.get("8006").and_then(|itip| {
        let (piece, of) = itip.get(14..)?.split_at_checked(2)?;
        Some((piece.parse().ok()?, of.parse().ok()?))
    });
    match numbers {
        Some((piece, of)) if piece > 1 => Err(ScanError::Piece {
            item_name: item_name(),
            piece,
            of,
        }),
        _ => Ok(()),
    }
}

/// The item whose own pattern, or whose number in one of the shop's patterns, a scale printed.
fn by_pattern(
    shop: &Shop,
    catalog: &dyn Catalog,
    code: &str,
) -> Result<Option<Scanned>, ScanError> {
    let decimals = shop.currency.decimals();
    // A UPC-A comes with or without its zero.
    let with_zero = format!("0{code}");
    let alike = [Some(code), code.strip_prefix('0'), Some(&with_zero)];
    for text in alike.into_iter().flatten().flat_map(Pattern::of_items) {
        if catalog.barcode(&text)?.is_none() {
            continue;
        }
        let Some(mut reading) = Pattern::parse(&text)?.read(code, decimals) else {
            continue;
        };
        reading.barcodes = vec![text];
        if let Some(scanned) = by_reading(catalog, code, reading)? {
            return Ok(Some(scanned));
        }
    }
    for pattern in &shop.barcode_patterns {
        let Some(reading) = pattern.read(code, decimals) else {
            continue;
        };
        if let Some(scanned) = by_reading(catalog, code, reading)? {
            return Ok(Some(scanned));
        }
    }
    Ok(None)
}

fn by_reading(
    catalog: &dyn Catalog,
    code: &str,
    reading: PatternReading,
) -> Result<Option<Scanned>, ScanError> {
    let label = Label {
        how_much: reading.how_much,
        price: reading.price.map(|amount| LabelPrice {
            amount,
            currency: None,
        }),
        ..Label::default()
    };
    let mut found = find_item(catalog, &reading.barcodes, label.clone())?;
    let number = reading.item_number.as_str();
    for item_code in [number, number.trim_start_matches('0')] {
        if found.is_none()
            && !item_code.is_empty()
            && let Some(item) = catalog.item(item_code)?
        {
            found = Some(Scanned::Barcode {
                item,
                barcode: code.to_owned(),
                uom: None,
                label: Box::new(label.clone()),
            });
        }
    }
    if found.is_some() && !reading.is_right {
        return Err(ScanError::ValueCheck {
            code: code.to_owned(),
        });
    }
    Ok(found)
}
