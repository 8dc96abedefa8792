//! What the domain asks of the stored masters that are too many to hold in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use crate::masters::{Address, Batch, Customer, Item, ItemPrice, LoyaltyPointEntry, SerialNo};
use crate::sale::{ReceiptNumber, Sale};

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

    /// The addresses of a customer, by name.
    fn addresses(&self, customer: &str) -> Result<Vec<Address>, CatalogError>;

    /// The sellable variants of a template, by name.
    fn variants(&self, template: &str) -> Result<Vec<Arc<Item>>, CatalogError>;

    /// The batch of this name.
    fn batch(&self, name: &str) -> Result<Option<Batch>, CatalogError>;

    /// The batches of an item, in any order.
    fn batches(&self, item_code: &str) -> Result<Vec<Batch>, CatalogError>;

    /// The piece of this serial number.
    fn serial_no(&self, name: &str) -> Result<Option<SerialNo>, CatalogError>;

    /// The pieces of an item that lie in a warehouse and may be sold, by name.
    fn serial_nos(&self, item_code: &str, warehouse: &str) -> Result<Vec<SerialNo>, CatalogError>;

    /// Whether serial numbers were downloaded to their end, so that one that is not known is not
    /// there.
    fn has_all_serial_nos(&self) -> Result<bool, CatalogError>;

    /// The points of a customer, and what this till did that they do not hold yet.
    fn loyalty(&self, customer: &str) -> Result<LoyaltyAccount, CatalogError>;

    /// How often this till took a coupon, and how many of these sales ERPNext has not counted.
    fn coupon_uses(&self, coupon_code: &str) -> Result<CouponUses, CatalogError>;

    /// What this till sold from one day up to another, both included, item by item.
    fn sold(&self, from: Date, upto: Date) -> Result<SoldHistory, CatalogError>;

    /// The sale or return of this key that this till made.
    fn sale(&self, key: &str) -> Result<Option<Sale>, CatalogError>;

    /// The sale or return with this number on its receipt that this till made.
    fn receipt(&self, receipt_number: &ReceiptNumber) -> Result<Option<Sale>, CatalogError>;

    /// The returns that this till made of the sale of this key, whoever made that, in order.
    fn returns_of(&self, key: &str) -> Result<Vec<Sale>, CatalogError>;
}

/// What is known of a customer's points.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct LoyaltyAccount {
    /// Their entries, in any order.
    pub entries: Vec<LoyaltyPointEntry>,
    /// When they were last downloaded; `None` for never.
    pub as_of: Option<Timestamp>,
    /// Points redeemed at this till in sales that are not among `entries` yet.
    pub redeemed_since: i64,
}

/// How often a coupon was used at this till.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CouponUses {
    /// In all its sales.
    pub all: i64,
    /// In those that ERPNext does not have yet.
    pub unsent: i64,
}

/// What this till sold.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SoldHistory {
    /// The first day this till knows of; `None` where it has not sold yet.
    pub known_from: Option<Date>,
    /// Each item once, returns subtracted.
    pub items: Vec<SoldItem>,
}

/// How much of an item was sold.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SoldItem {
    /// The item.
    pub item_code: String,
    /// How many stock units.
    pub stock_qty: f64,
    /// For how much before document discount and tax (the rows' `amount`).
    pub amount: f64,
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
    /// Their addresses, in any order.
    pub addresses: Vec<Address>,
    /// The batches, in any order.
    pub batches: Vec<Batch>,
    /// The pieces, in any order.
    pub serial_nos: Vec<SerialNo>,
    /// Whether these are all.
    pub has_all_serial_nos: bool,
    /// What is known of customers' points, by customer.
    pub loyalty: BTreeMap<String, LoyaltyAccount>,
    /// How often coupons were used, by code.
    pub coupon_uses: BTreeMap<String, CouponUses>,
    /// What was sold, whatever the days.
    pub sold: SoldHistory,
    /// The sales and returns that were made, in order.
    pub sales: Vec<Sale>,
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

    fn addresses(&self, customer: &str) -> Result<Vec<Address>, CatalogError> {
        let theirs = |address: &&Address| address.customers.iter().any(|name| name == customer);
        let mut found: Vec<_> = self.addresses.iter().filter(theirs).cloned().collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    fn variants(&self, template: &str) -> Result<Vec<Arc<Item>>, CatalogError> {
        let variant = |item: &&Arc<Item>| {
            item.variant_of.as_deref() == Some(template) && item.is_sales_item && !item.disabled
        };
        let mut found: Vec<_> = self.items.iter().filter(variant).cloned().collect();
        found.sort_by(|a, b| a.item_code.cmp(&b.item_code));
        Ok(found)
    }

    fn batch(&self, name: &str) -> Result<Option<Batch>, CatalogError> {
        Ok(self
            .batches
            .iter()
            .find(|batch| batch.name == name)
            .cloned())
    }

    fn batches(&self, item_code: &str) -> Result<Vec<Batch>, CatalogError> {
        let of_item = |batch: &&Batch| batch.item == item_code;
        Ok(self.batches.iter().filter(of_item).cloned().collect())
    }

    fn serial_no(&self, name: &str) -> Result<Option<SerialNo>, CatalogError> {
        let mut serial_nos = self.serial_nos.iter();
        Ok(serial_nos.find(|serial_no| serial_no.name == name).cloned())
    }

    fn serial_nos(&self, item_code: &str, warehouse: &str) -> Result<Vec<SerialNo>, CatalogError> {
        let here = |serial_no: &&SerialNo| {
            serial_no.item_code == item_code
                && serial_no.warehouse.as_deref() == Some(warehouse)
                && serial_no.status == "Active"
        };
        let mut found: Vec<_> = self.serial_nos.iter().filter(here).cloned().collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    fn has_all_serial_nos(&self) -> Result<bool, CatalogError> {
        Ok(self.has_all_serial_nos)
    }

    fn loyalty(&self, customer: &str) -> Result<LoyaltyAccount, CatalogError> {
        Ok(self.loyalty.get(customer).cloned().unwrap_or_default())
    }

    fn coupon_uses(&self, coupon_code: &str) -> Result<CouponUses, CatalogError> {
        Ok(self
            .coupon_uses
            .get(coupon_code)
            .copied()
            .unwrap_or_default())
    }

    fn sold(&self, _from: Date, _upto: Date) -> Result<SoldHistory, CatalogError> {
        Ok(self.sold.clone())
    }

    fn sale(&self, key: &str) -> Result<Option<Sale>, CatalogError> {
        Ok(self.sales.iter().find(|sale| sale.key == key).cloned())
    }

    fn receipt(&self, receipt_number: &ReceiptNumber) -> Result<Option<Sale>, CatalogError> {
        let mut sales = self.sales.iter();
        Ok(sales
            .find(|sale| sale.receipt_number == *receipt_number)
            .cloned())
    }

    fn returns_of(&self, key: &str) -> Result<Vec<Sale>, CatalogError> {
        let of_it = |sale: &&Sale| {
            let against = sale.return_against.as_ref();
            against.is_some_and(|against| against.key == key)
        };
        Ok(self.sales.iter().filter(of_it).cloned().collect())
    }
}
