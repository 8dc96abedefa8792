//! What the domain asks of the stored masters that are too many to hold in memory.

use std::sync::Arc;

use thiserror::Error;

use crate::masters::{Customer, Item, ItemPrice};

/// Items, barcodes, prices and customers, looked up by key. The store implements it over SQLite
/// with a connection of its own; tests use [`MemoryCatalog`].
///
/// Each look-up may fail when the storage under it fails; the till then says so and stays as it
/// was.
pub trait Catalog: Send {
    /// The item of this code.
    ///
    /// # Errors
    /// [`CatalogError`] when the storage cannot be read; so for every other look-up.
    fn item(&self, item_code: &str) -> Result<Option<Arc<Item>>, CatalogError>;

    /// The item that carries this barcode, and the unit the barcode sells where it names one.
    fn barcode(&self, barcode: &str) -> Result<Option<BarcodeHit>, CatalogError>;

    /// Every price of the item in the list, valid or not, in any order.
    fn item_prices(
        &self,
        item_code: &str,
        price_list: &str,
    ) -> Result<Vec<ItemPrice>, CatalogError>;

    /// The customer of this name.
    fn customer(&self, name: &str) -> Result<Option<Customer>, CatalogError>;
}

/// What a barcode stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BarcodeHit {
    /// The item.
    pub item_code: String,
    /// The unit it sells, where the barcode's row names one.
    pub uom: Option<String>,
}

/// The stored masters cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("the stored items cannot be read: {0}")]
pub struct CatalogError(pub String);

/// A small catalog in memory, for tests and checks from files.
#[derive(Clone, Debug, Default)]
pub struct MemoryCatalog {
    /// The items, in any order.
    pub items: Vec<Arc<Item>>,
    /// The prices, in any order.
    pub item_prices: Vec<ItemPrice>,
    /// The customers, in any order.
    pub customers: Vec<Customer>,
}

impl Catalog for MemoryCatalog {
    fn item(&self, item_code: &str) -> Result<Option<Arc<Item>>, CatalogError> {
        Ok(self
            .items
            .iter()
            .find(|item| item.item_code == item_code)
            .cloned())
    }

    fn barcode(&self, barcode: &str) -> Result<Option<BarcodeHit>, CatalogError> {
        Ok(self.items.iter().find_map(|item| {
            let row = item.barcodes.iter().find(|row| row.barcode == barcode)?;
            Some(BarcodeHit {
                item_code: item.item_code.clone(),
                uom: row.uom.clone(),
            })
        }))
    }

    fn item_prices(
        &self,
        item_code: &str,
        price_list: &str,
    ) -> Result<Vec<ItemPrice>, CatalogError> {
        let wanted =
            |price: &&ItemPrice| price.item_code == item_code && price.price_list == price_list;
        Ok(self.item_prices.iter().filter(wanted).cloned().collect())
    }

    fn customer(&self, name: &str) -> Result<Option<Customer>, CatalogError> {
        Ok(self
            .customers
            .iter()
            .find(|customer| customer.name == name)
            .cloned())
    }
}
