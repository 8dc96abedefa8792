//! Which batch a line is sold out of.
//!
//! ERPNext picks batches when a sale is submitted and its rows name none; a till that waits for
//! that prints no best-before date and may have sold what had expired. So the till names the batch:
//! the one that expires first among those it believes to have something left. What it believes is
//! [`Batch::batch_qty`] less what the cart holds, and it may be wrong, so an empty batch is a remark
//! and never a refusal: whoever stands at the till has the goods in hand.
//!
//! A line is sold out of one batch. Where it holds less than the line needs, the remark names the
//! next one; the cashier lowers the quantity and adds the rest from there. Lines are never split
//! unasked, because the label on the goods decides and not the till's count.

use std::collections::BTreeMap;

use jiff::civil::Date;
use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::masters::{Batch, Item};
use crate::quantity::Quantity;

/// How many stock units a cart already holds out of each batch.
pub type Taken = BTreeMap<String, f64>;

/// A batch of an item, as the cashier chooses it.
#[derive(Clone, PartialEq, Debug)]
pub struct BatchChoice {
    /// What stands on the package.
    pub batch_no: String,
    /// The last day it may be sold.
    pub expiry_date: Option<Date>,
    /// Stock units that the till counts, less what the cart holds; below zero when the cart holds
    /// more than was counted.
    pub left: f64,
    /// Why it may not be sold.
    pub refused: Option<BatchError>,
}

/// What the cashier should know of a batch; the line is sold all the same.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum BatchRemark {
    /// The till counts nothing left in any batch.
    #[error("the till counts nothing left in batch {batch_no}; check the label")]
    Empty {
        /// The batch.
        batch_no: String,
    },
    /// The till counts less than is needed.
    #[error("the till counts only {left} left in batch {batch_no}{}", next_sentence(next.as_deref()))]
    Short {
        /// The batch.
        batch_no: String,
        /// What it counts, in stock units.
        left: Quantity,
        /// Where the rest could come from.
        next: Option<String>,
    },
}

fn next_sentence(next: Option<&str>) -> String {
    match next {
        Some(next) => format!("; the rest could come from batch {next}"),
        None => "; check the label".to_owned(),
    }
}

/// Why a batch may not be sold.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum BatchError {
    /// The till does not know it.
    #[error(
        "batch {batch_no} of {item_name} is not known; check the label or let the till synchronise"
    )]
    Unknown {
        /// What was entered.
        batch_no: String,
        /// The item's name.
        item_name: String,
    },
    /// It is a batch of something else.
    #[error("batch {batch_no} is not a batch of {item_name}, but of {item_code}; check the label")]
    OfAnotherItem {
        /// The batch.
        batch_no: String,
        /// The name of the item that was asked for.
        item_name: String,
        /// The item that it belongs to.
        item_code: String,
    },
    /// It expired before the day of the sale.
    #[error("batch {batch_no} expired on {expiry_date}; take it off the shelf")]
    Expired {
        /// The batch.
        batch_no: String,
        /// Its last day.
        expiry_date: Date,
    },
    /// It was switched off in ERPNext.
    #[error("batch {batch_no} is disabled in ERPNext; sell another batch, or enable it there")]
    Disabled {
        /// The batch.
        batch_no: String,
    },
    /// No batch of the item may be sold.
    #[error(
        "every batch of {item_name} is expired or disabled; take it off the shelf, or correct its \
         batches in ERPNext"
    )]
    NoneForSale {
        /// The item's name.
        item_name: String,
    },
    /// The stored masters cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// The batches of an item for a picker: the first expiring first and those without an expiry date
/// last, as ERPNext's `Expiry` order has them; below them those that may not be sold.
///
/// # Errors
/// [`CatalogError`] when batches cannot be read.
pub fn batch_choices(
    catalog: &dyn Catalog,
    item: &Item,
    date: Date,
    taken: &Taken,
) -> Result<Vec<BatchChoice>, CatalogError> {
    let choice = |batch: Batch| BatchChoice {
        left: batch.batch_qty - taken.get(&batch.name).copied().unwrap_or_default(),
        refused: check_for_sale(&batch, date).err(),
        expiry_date: batch.expiry_date,
        batch_no: batch.name,
    };
    let batches = catalog.batches(&item.item_code)?;
    let mut choices: Vec<_> = batches.into_iter().map(choice).collect();
    choices.sort_by(|a, b| {
        let key = |choice: &BatchChoice| {
            let expiry_date = choice.expiry_date;
            (choice.refused.is_some(), expiry_date.is_none(), expiry_date)
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.batch_no.cmp(&b.batch_no))
    });
    Ok(choices)
}

/// The batch that a new line is sold out of: the first expiring one with something left, else the
/// first that may be sold. `None` for an item without batches, and where the till knows none: then
/// ERPNext picks.
///
/// # Errors
/// [`BatchError::NoneForSale`] when all are expired or disabled, or batches cannot be read.
pub fn first_expiring(
    catalog: &dyn Catalog,
    item: &Item,
    date: Date,
    taken: &Taken,
) -> Result<Option<BatchChoice>, BatchError> {
    if !item.has_batch_no {
        return Ok(None);
    }
    let mut choices = batch_choices(catalog, item, date, taken)?;
    if choices.is_empty() {
        return Ok(None);
    }
    choices.retain(|choice| choice.refused.is_none());
    let with_stock = choices.iter().position(|choice| choice.left > 0.0);
    // Those that may be sold and are empty by count come in the same order.
    match choices.into_iter().nth(with_stock.unwrap_or_default()) {
        Some(first) => Ok(Some(first)),
        None => Err(BatchError::NoneForSale {
            item_name: item.item_name.clone(),
        }),
    }
}

/// What the cashier should know of a line of so many stock units out of a batch; `taken` is what
/// the cart's other lines hold.
///
/// # Errors
/// [`CatalogError`] when batches cannot be read.
pub fn batch_remark(
    catalog: &dyn Catalog,
    item: &Item,
    batch_no: &str,
    date: Date,
    stock_qty: f64,
    taken: &Taken,
) -> Result<Option<BatchRemark>, CatalogError> {
    let choices = batch_choices(catalog, item, date, taken)?;
    let of_line = |choice: &&BatchChoice| choice.batch_no == batch_no;
    let left = choices.iter().find(of_line).map_or(0.0, |it| it.left);
    let batch_no = batch_no.to_owned();
    if left <= 0.0 {
        return Ok(Some(BatchRemark::Empty { batch_no }));
    }
    if left >= stock_qty {
        return Ok(None);
    }
    let next = choices.iter().find(|choice| {
        choice.refused.is_none() && choice.left > 0.0 && choice.batch_no != batch_no
    });
    Ok(Some(BatchRemark::Short {
        next: next.map(|choice| choice.batch_no.clone()),
        left: Quantity::from_f64(left),
        batch_no,
    }))
}

/// The batch that a cashier chose, typed or scanned, if the item may be sold out of it on this day.
/// How much is left is not asked: the goods are in hand.
///
/// # Errors
/// [`BatchError`] with the reason.
pub fn check_batch(
    catalog: &dyn Catalog,
    item: &Item,
    batch_no: &str,
    date: Date,
) -> Result<Batch, BatchError> {
    let batch_no = batch_no.trim();
    let Some(batch) = catalog.batch(batch_no)? else {
        return Err(BatchError::Unknown {
            batch_no: batch_no.to_owned(),
            item_name: item.item_name.clone(),
        });
    };
    if batch.item != item.item_code {
        return Err(BatchError::OfAnotherItem {
            batch_no: batch.name,
            item_name: item.item_name.clone(),
            item_code: batch.item,
        });
    }
    check_for_sale(&batch, date)?;
    Ok(batch)
}

fn check_for_sale(batch: &Batch, date: Date) -> Result<(), BatchError> {
    let batch_no = || batch.name.clone();
    if batch.disabled {
        return Err(BatchError::Disabled {
            batch_no: batch_no(),
        });
    }
    // ERPNext still sells it on the day it expires.
    match batch.expiry_date.filter(|expiry_date| *expiry_date < date) {
        Some(expiry_date) => Err(BatchError::Expired {
            batch_no: batch_no(),
            expiry_date,
        }),
        None => Ok(()),
    }
}
