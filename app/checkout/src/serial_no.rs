//! Which pieces a line sells, by serial number.
//!
//! A line of an item with serial numbers names as many as it has stock units. What the till knows
//! of them are the pieces that lay in its warehouse when it last synchronised, less those it sold
//! since: the catalog reports the latter as `Delivered`, because ERPNext moves stock only when the
//! shift is closed. Once the pieces were downloaded, an item without any is sold out, and a number
//! that is typed for it is refused. Before that, and on a site that does not let the till read
//! them, the till cannot ask for any: a number that is typed is passed on unchecked, and without
//! one ERPNext picks.

use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::masters::{Item, SerialNo};

/// Why a piece cannot be sold.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SerialNoError {
    /// No number was entered.
    #[error("enter a serial number of {item_name}")]
    Empty {
        /// The item's name.
        item_name: String,
    },
    /// The till knows what pieces there are, and this is none of them.
    #[error(
        "serial number {serial_no} of {item_name} is not in stock here; check the label, or let \
         the till synchronise if it came in today"
    )]
    Unknown {
        /// What was entered.
        serial_no: String,
        /// The item's name.
        item_name: String,
    },
    /// It is a piece of something else.
    #[error(
        "serial number {serial_no} is not one of {item_name}, but of {item_code}; scan that one \
         into a line of its own"
    )]
    OfAnotherItem {
        /// The piece.
        serial_no: String,
        /// The name of the item that was asked for.
        item_name: String,
        /// The item that it is.
        item_code: String,
    },
    /// It was sold, consumed, or is otherwise not to be sold.
    #[error(
        "serial number {serial_no} cannot be sold: ERPNext or this till has it as {status}; check \
         the label, or correct the Serial No in ERPNext"
    )]
    NotActive {
        /// The piece.
        serial_no: String,
        /// Its status.
        status: String,
    },
    /// It lies somewhere else.
    #[error(
        "serial number {serial_no} is booked in {warehouse}, not in this shop's warehouse; move it in ERPNext first"
    )]
    OtherWarehouse {
        /// The piece.
        serial_no: String,
        /// Where it is; "no warehouse" where it is nowhere.
        warehouse: String,
    },
    /// It is in the cart.
    #[error("serial number {serial_no} is in the cart already")]
    InCart {
        /// The piece.
        serial_no: String,
    },
    /// Pieces are sold whole.
    #[error("{item_name} has serial numbers and is sold in whole pieces only")]
    WholeNumber {
        /// The item's name.
        item_name: String,
    },
    /// More numbers than pieces.
    #[error(
        "{chosen} serial numbers were chosen for {needed} of {item_name}; leave some out or sell more"
    )]
    TooMany {
        /// How many were chosen.
        chosen: usize,
        /// How many the line has.
        needed: usize,
        /// The item's name.
        item_name: String,
    },
    /// The stored masters cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// The piece of this serial number, if it can be put into the cart. `None` where the till does not
/// know what pieces there are, so that ERPNext has to decide.
///
/// # Errors
/// [`SerialNoError`] with the reason.
pub fn check_serial_no<'a>(
    catalog: &dyn Catalog,
    item: &Item,
    serial_no: &str,
    warehouse: &str,
    in_cart: impl IntoIterator<Item = &'a str>,
) -> Result<Option<SerialNo>, SerialNoError> {
    let item_name = || item.item_name.clone();
    let serial_no = serial_no.trim();
    if serial_no.is_empty() {
        return Err(SerialNoError::Empty {
            item_name: item_name(),
        });
    }
    let name = || serial_no.to_owned();
    if in_cart.into_iter().any(|other| other == serial_no) {
        return Err(SerialNoError::InCart { serial_no: name() });
    }
    let Some(piece) = catalog.serial_no(serial_no)? else {
        if knows_pieces(catalog, item, warehouse)? {
            return Err(SerialNoError::Unknown {
                serial_no: name(),
                item_name: item_name(),
            });
        }
        return Ok(None);
    };
    if piece.item_code != item.item_code {
        return Err(SerialNoError::OfAnotherItem {
            serial_no: name(),
            item_name: item_name(),
            item_code: piece.item_code,
        });
    }
    if piece.status != "Active" {
        return Err(SerialNoError::NotActive {
            serial_no: name(),
            status: piece.status,
        });
    }
    if piece.warehouse.as_deref() != Some(warehouse) {
        return Err(SerialNoError::OtherWarehouse {
            serial_no: name(),
            warehouse: piece.warehouse.unwrap_or_else(|| "no warehouse".to_owned()),
        });
    }
    Ok(Some(piece))
}

/// The pieces of an item that can still be put into the cart, by serial number.
///
/// # Errors
/// [`CatalogError`] when serial numbers cannot be read.
pub fn serial_no_choices<'a>(
    catalog: &dyn Catalog,
    item: &Item,
    warehouse: &str,
    in_cart: impl IntoIterator<Item = &'a str> + Clone,
) -> Result<Vec<SerialNo>, CatalogError> {
    let mut pieces = catalog.serial_nos(&item.item_code, warehouse)?;
    pieces.retain(|piece| !in_cart.clone().into_iter().any(|taken| taken == piece.name));
    Ok(pieces)
}

/// How many serial numbers a line still needs before it can be paid. None for an item without
/// serial numbers, and none where the till does not know what pieces there are and none was typed.
///
/// # Errors
/// [`SerialNoError`] when the line is not one of whole pieces, has more numbers than pieces, or
/// serial numbers cannot be read.
pub fn missing_serial_nos(
    catalog: &dyn Catalog,
    item: &Item,
    warehouse: &str,
    stock_qty: f64,
    chosen: usize,
) -> Result<usize, SerialNoError> {
    if !item.has_serial_no {
        return Ok(0);
    }
    if stock_qty.fract() != 0.0 {
        return Err(SerialNoError::WholeNumber {
            item_name: item.item_name.clone(),
        });
    }
    // Exact: a cart holds far fewer pieces than a double counts.
    let needed = stock_qty.abs() as usize;
    if chosen > needed {
        return Err(SerialNoError::TooMany {
            chosen,
            needed,
            item_name: item.item_name.clone(),
        });
    }
    if chosen == 0 && !knows_pieces(catalog, item, warehouse)? {
        return Ok(0);
    }
    Ok(needed - chosen)
}

/// Whether the till knows what pieces of an item there are; some come before all are downloaded.
fn knows_pieces(catalog: &dyn Catalog, item: &Item, warehouse: &str) -> Result<bool, CatalogError> {
    Ok(
        catalog.has_all_serial_nos()?
            || !catalog.serial_nos(&item.item_code, warehouse)?.is_empty(),
    )
}
