//! What leaves the shop when a Product Bundle is sold.
//!
//! The bundle is one row of the sale with one price; ERPNext books its contents out of stock by
//! itself (`packed_items`). The till only tells cashier and customer what is in it.

use crate::catalog::{Catalog, CatalogError};
use crate::quantity::Quantity;
use crate::shop::Shop;
use crate::totals::flt;

/// One of the things in a bundle.
#[derive(Clone, PartialEq, Debug)]
pub struct BundleContent {
    /// The item.
    pub item_code: String,
    /// What the cashier and the customer read; the code where the item is not known.
    pub item_name: String,
    /// How many in all the bundles of the line.
    pub qty: Quantity,
    /// Of which unit; the item's stock unit where the bundle names none.
    pub uom: String,
}

/// What so many stock units of an item contain; nothing for an item that is no bundle or whose
/// bundle is disabled. A bundle's contents are never looked into further, as on the server.
///
/// # Errors
/// [`CatalogError`] when items cannot be read.
pub fn bundle_contents(
    shop: &Shop,
    catalog: &dyn Catalog,
    item_code: &str,
    stock_qty: f64,
) -> Result<Vec<BundleContent>, CatalogError> {
    let bundle = shop.product_bundles.get(item_code);
    let Some(bundle) = bundle.filter(|bundle| !bundle.disabled) else {
        return Ok(Vec::new());
    };
    let method = shop.system.rounding_method;
    let qty = |qty| flt(qty, shop.quantity_decimals(), method);
    let mut contents = Vec::new();
    for row in &bundle.items {
        let item = catalog.item(&row.item_code)?;
        let stock_uom = item.as_ref().map(|item| item.stock_uom.clone());
        contents.push(BundleContent {
            item_code: row.item_code.clone(),
            item_name: item.map_or_else(|| row.item_code.clone(), |item| item.item_name.clone()),
            qty: Quantity::from_f64(qty(row.qty * stock_qty)),
            uom: row.uom.clone().or(stock_uom).unwrap_or_default(),
        });
    }
    Ok(contents)
}

/// The note below a line: `2 x Gel Pen Black, 1 x Notebook A5`; empty for no contents.
pub fn contents_note(contents: &[BundleContent]) -> String {
    let parts = contents.iter();
    let parts = parts.map(|content| format!("{} x {}", content.qty, content.item_name));
    parts.collect::<Vec<_>>().join(", ")
}
