//! Where goods lie and what tells one piece from another.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A Warehouse, a node of a tree.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Warehouse {
    /// The key.
    pub name: String,
    /// The node above; `None` at the root.
    pub parent_warehouse: Option<String>,
    /// The company it belongs to.
    pub company: String,
    /// Not in use.
    pub disabled: bool,
}

/// A Batch of an item.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Batch {
    /// The key, what stands on the package.
    pub name: String,
    /// The item.
    pub item: String,
    /// The last day it may be sold.
    pub expiry_date: Option<Date>,
    /// When it was made.
    pub manufacturing_date: Option<Date>,
    /// Stock units left in all warehouses.
    pub batch_qty: f64,
    /// Not to be sold.
    pub disabled: bool,
}

/// A Serial No: one piece of an item.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SerialNo {
    /// The key, what stands on the piece.
    pub name: String,
    /// The item.
    pub item_code: String,
    /// Where it lies; `None` once it left.
    pub warehouse: Option<String>,
    /// `Active`, `Inactive`, `Delivered`, `Expired` or `Consumed`.
    pub status: String,
    /// The batch it came out of.
    pub batch_no: Option<String>,
    /// The end of its warranty.
    pub warranty_expiry_date: Option<Date>,
}

/// A Product Bundle: an item that is sold as one and leaves the shop as several.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductBundle {
    /// The key.
    pub name: String,
    /// The item that is sold.
    pub new_item_code: String,
    /// Not in use.
    pub disabled: bool,
    /// What leaves the shop for one of it.
    pub items: Vec<ProductBundleItem>,
}

/// A row of Product Bundle.items.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductBundleItem {
    /// The item.
    pub item_code: String,
    /// How many of `uom`.
    pub qty: f64,
    /// The unit.
    pub uom: Option<String>,
}
