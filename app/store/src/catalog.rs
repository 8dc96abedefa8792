//! Looking masters up.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use checkout::catalog::{
    BarcodeHit, Catalog, CatalogError, CouponUses, LoyaltyAccount, SoldHistory,
};
use checkout::masters::{
    Address, Batch, Customer, Doctype, Employee, Item, ItemPrice, Master, SerialNo,
};
use checkout::sale::{ReceiptNumber, Sale};
use jiff::civil::Date;
use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;

use crate::column::{from_json, parsed};
use crate::error::{Result, StoreError};
use crate::history::SoldCache;
use crate::masters::small_masters;
use crate::open::{CATALOG, TILL};
use crate::records::Records;
use crate::staff::{StaffMember, staff};

/// Reads everything and writes nothing. It never waits for a writer and sees each transaction as
/// soon as it is committed. Each thread, and each [`checkout::till::Till`], opens its own.
#[derive(Debug)]
pub struct ReadStore {
    pub(crate) catalog: Connection,
    pub(crate) till: Connection,
    pub(crate) sold: RefCell<SoldCache>,
}

impl ReadStore {
    /// Opens a data folder that a [`crate::Store`] has open.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the folder has no data yet, [`StoreError::Newer`] when a
    /// later version wrote it, and what the disk refuses.
    pub fn open(dir: &Path) -> Result<Self> {
        Ok(Self {
            catalog: CATALOG.open_to_read(dir)?,
            till: TILL.open_to_read(dir)?,
            sold: RefCell::default(),
        })
    }

    /// What the till did, to be looked at.
    pub fn records(&self) -> Records<'_> {
        Records::of(&self.till)
    }

    /// Everybody who may sign in, by name.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn staff(&self) -> Result<Vec<StaffMember>> {
        staff(&self.till)
    }

    /// The employees whom ERPNext lets work at tills, by their names in ERPNext; also those who may
    /// not sign in any more ([`Employee::may_sign_in`]).
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn employees(&self) -> Result<Vec<Employee>> {
        let sql = "SELECT body FROM master WHERE doctype = ?1 ORDER BY name";
        let masters = self.bodies::<Master>(sql, [Doctype::Employee.name()], "an Employee")?;
        let employee = |master| match master {
            Master::Employee(employee) => Some(employee),
            _ => None,
        };
        Ok(masters.into_iter().filter_map(employee).collect())
    }

    /// Every document that is few enough to hold in memory, for
    /// [`checkout::shop::Shop::assemble`].
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn small_masters(&self) -> Result<Vec<Master>> {
        small_masters(&self.catalog)
    }

    /// A number that is another one after masters were changed. Only to be compared with what the
    /// same `ReadStore` answered before.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read.
    pub fn catalog_version(&self) -> Result<i64> {
        Ok(self
            .catalog
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?)
    }

    /// Reads the first row that a query finds in `catalog.sqlite`.
    pub(crate) fn find<T>(
        &self,
        sql: &str,
        key: &str,
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.catalog.prepare_cached(sql)?;
        let mut rows = statement.query([key])?;
        rows.next()?.map(read).transpose()
    }

    pub(crate) fn stored_item(&self, item_code: &str) -> Result<Option<Item>> {
        self.find(
            "SELECT body FROM item WHERE item_code = ?1",
            item_code,
            |row| from_json(column(row, 0)?, &format!("item {item_code}")),
        )
    }

    pub(crate) fn stored_customer(&self, name: &str) -> Result<Option<Customer>> {
        self.find("SELECT body FROM customer WHERE name = ?1", name, |row| {
            from_json(column(row, 0)?, &format!("customer {name}"))
        })
    }

    /// The documents whose bodies a query finds in `catalog.sqlite`; `what` names one that cannot
    /// be read.
    pub(crate) fn bodies<T: DeserializeOwned>(
        &self,
        sql: &str,
        values: impl Params,
        what: &str,
    ) -> Result<Vec<T>> {
        let mut statement = self.catalog.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut documents = Vec::new();
        while let Some(row) = rows.next()? {
            documents.push(from_json(column(row, 0)?, what)?);
        }
        Ok(documents)
    }

    pub(crate) fn stored_variants(&self, template: &str) -> Result<Vec<Item>> {
        self.bodies(
            "SELECT body FROM item WHERE variant_of = ?1 AND sellable = 1 ORDER BY item_code",
            [template],
            &format!("a variant of {template}"),
        )
    }

    fn stored_prices(&self, item_code: &str, price_list: &str) -> Result<Vec<ItemPrice>> {
        let mut statement = self.catalog.prepare_cached(
            "SELECT name, price_list_rate, currency, uom, valid_from, valid_upto, customer,
                 supplier, batch_no, packing_unit
             FROM item_price WHERE item_code = ?1 AND price_list = ?2",
        )?;
        let mut rows = statement.query([item_code, price_list])?;
        let mut prices = Vec::new();
        while let Some(row) = rows.next()? {
            prices.push(ItemPrice {
                name: row.get(0)?,
                item_code: item_code.to_owned(),
                price_list: price_list.to_owned(),
                price_list_rate: row.get(1)?,
                currency: row.get(2)?,
                uom: row.get(3)?,
                valid_from: date(row, 4)?,
                valid_upto: date(row, 5)?,
                customer: row.get(6)?,
                supplier: row.get(7)?,
                batch_no: row.get(8)?,
                packing_unit: row.get(9)?,
            });
        }
        Ok(prices)
    }
}

impl Catalog for ReadStore {
    fn item(&self, item_code: &str) -> Result<Option<Arc<Item>>, CatalogError> {
        Ok(self.stored_item(item_code)?.map(Arc::new))
    }

    fn barcode(&self, barcode: &str) -> Result<Option<BarcodeHit>, CatalogError> {
        let sql = "SELECT item_code, uom FROM item_barcode WHERE barcode = ?1";
        let hit = self.find(sql, barcode, |row| {
            Ok(BarcodeHit {
                item_code: row.get(0)?,
                uom: row.get(1)?,
            })
        });
        Ok(hit?)
    }

    fn item_prices(
        &self,
        item_code: &str,
        price_list: &str,
    ) -> Result<Vec<ItemPrice>, CatalogError> {
        Ok(self.stored_prices(item_code, price_list)?)
    }

    fn customer(&self, name: &str) -> Result<Option<Customer>, CatalogError> {
        Ok(match self.stored_customer(name)? {
            Some(customer) => Some(customer),
            None => self.customer_made_here(name)?,
        })
    }

    fn addresses(&self, customer: &str) -> Result<Vec<Address>, CatalogError> {
        Ok(self.bodies(
            "SELECT address.body FROM address_customer
             JOIN address ON address.name = address_customer.address
             WHERE address_customer.customer = ?1 ORDER BY address.name",
            [customer],
            &format!("an address of {customer}"),
        )?)
    }

    fn variants(&self, template: &str) -> Result<Vec<Arc<Item>>, CatalogError> {
        let variants = self.stored_variants(template)?;
        Ok(variants.into_iter().map(Arc::new).collect())
    }

    fn batch(&self, name: &str) -> Result<Option<Batch>, CatalogError> {
        Ok(self.batch_left(name)?)
    }

    fn batches(&self, item_code: &str) -> Result<Vec<Batch>, CatalogError> {
        Ok(self.batches_left(item_code)?)
    }

    fn serial_no(&self, name: &str) -> Result<Option<SerialNo>, CatalogError> {
        Ok(self.piece(name)?)
    }

    fn serial_nos(&self, item_code: &str, warehouse: &str) -> Result<Vec<SerialNo>, CatalogError> {
        Ok(self.pieces_left(item_code, warehouse)?)
    }

    fn has_all_serial_nos(&self) -> Result<bool, CatalogError> {
        Ok(self.pulled_at(Doctype::SerialNo)?.is_some())
    }

    fn loyalty(&self, customer: &str) -> Result<LoyaltyAccount, CatalogError> {
        Ok(self.loyalty_account(customer)?)
    }

    fn coupon_uses(&self, coupon_code: &str) -> Result<CouponUses, CatalogError> {
        Ok(self.uses_of(coupon_code)?)
    }

    fn sold(&self, from: Date, upto: Date) -> Result<SoldHistory, CatalogError> {
        Ok(self.sold_between(from, upto)?)
    }

    fn sale(&self, key: &str) -> Result<Option<Sale>, CatalogError> {
        let record = self.records().sale_by_key(key)?;
        Ok(record.map(|record| record.sale))
    }

    fn receipt(&self, receipt_number: &ReceiptNumber) -> Result<Option<Sale>, CatalogError> {
        let record = self.records().sale(receipt_number)?;
        Ok(record.map(|record| record.sale))
    }

    fn returns_of(&self, key: &str) -> Result<Vec<Sale>, CatalogError> {
        Ok(self.records().returns_of(key)?)
    }
}

pub(crate) fn column<'r>(row: &'r Row<'_>, index: usize) -> Result<&'r str> {
    row.get_ref(index)?
        .as_str()
        .map_err(|error| StoreError::corrupt("catalog.sqlite", error))
}

fn date(row: &Row<'_>, index: usize) -> Result<Option<Date>> {
    let text: Option<&str> = row
        .get_ref(index)?
        .as_str_or_null()
        .map_err(|error| StoreError::corrupt("an item price", error))?;
    text.map(|text| parsed(text, "an item price")).transpose()
}
