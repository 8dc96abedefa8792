//! The open cart: what is being sold, priced and totalled after every change.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::item_tax::item_tax_template;
use crate::masters::{Customer, Item};
use crate::money::Money;
use crate::pricing::{PriceQuery, conversion_factor, find_price};
use crate::quantity::Quantity;
use crate::sale::SaleLine;
use crate::shop::Shop;
use crate::totals::{self, ApplyDiscountOn, Document, ItemRow, TaxRow, Totals, TotalsError};

/// The most lines a cart holds: ten times the longest receipt a shop prints, and few enough that
/// every change is priced within a frame.
pub const MOST_LINES: usize = 500;

/// A cart. Its totals always belong to its lines: every change computes them anew, and a change
/// that cannot be computed leaves the cart as it was.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cart {
    lines: Vec<CartLine>,
    customer: Option<Customer>,
    next_line: u32,
    document: Document,
    totals: Totals,
}

/// A line of the cart.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CartLine {
    /// What tells it from the cart's other lines, for as long as the cart lives.
    pub id: u32,
    /// What is sold.
    #[serde(flatten)]
    pub sold: SaleLine,
    /// The group of the item, which decides about its tile and its taxes.
    pub item_group: String,
    /// Only whole numbers of the unit can be sold.
    pub must_be_whole_number: bool,
    /// The list price of one unit, in the document's currency.
    pub price_list_rate: f64,
    /// The rate asked for one unit.
    pub rate: f64,
    item_tax_rate: BTreeMap<String, f64>,
}

/// What to put into the cart.
#[derive(Clone, PartialEq, Debug)]
pub struct Addition<'a> {
    /// The item.
    pub item: &'a Item,
    /// The unit, where the barcode names one.
    pub uom: Option<&'a str>,
    /// The barcode it was scanned by.
    pub barcode: Option<&'a str>,
    /// How much.
    pub qty: Quantity,
}

/// Why a change to the cart was refused. The cart is as it was.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum CartError {
    /// The item is switched off in ERPNext.
    #[error("{item_name} is disabled")]
    Disabled {
        /// Its name.
        item_name: String,
    },
    /// The item is not sold here: a template, an asset, not for sale, past its end of life, or of
    /// a group that the profile leaves out.
    #[error("{item_name} cannot be sold: {reason}")]
    NotForSale {
        /// Its name.
        item_name: String,
        /// Why.
        reason: NotForSale,
    },
    /// No price holds today for this customer and unit.
    #[error("{item_name} has no price in {price_list} for {uom}")]
    NoPrice {
        /// Its name.
        item_name: String,
        /// The list that was searched.
        price_list: String,
        /// The unit that was asked for.
        uom: String,
    },
    /// A unit that is only sold whole was asked for in part.
    #[error("{uom} is sold in whole numbers only")]
    WholeNumber {
        /// The unit.
        uom: String,
    },
    /// There is no such line any more.
    #[error("that line is no longer in the cart")]
    NoSuchLine,
    /// The cart is full.
    #[error("the cart is full at {MOST_LINES} lines")]
    Full,
    /// The taxes of the profile cannot be computed.
    #[error("the taxes of this till are set up wrongly: {0}")]
    Totals(#[from] TotalsError),
    /// The stored masters cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The customer cannot be sold to.
    #[error("{customer_name} cannot be sold to: {reason}")]
    Customer {
        /// Their name.
        customer_name: String,
        /// Why.
        reason: CustomerRefused,
    },
}

/// Why an item is not for sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum NotForSale {
    /// It is a template; one of its variants is for sale.
    #[error("choose one of its variants")]
    Template,
    /// It is not marked as a sales item, or is a fixed asset.
    #[error("it is not a sales item")]
    NotSalesItem,
    /// Its end of life has come.
    #[error("it reached its end of life")]
    EndOfLife,
    /// The till's profile does not sell its group.
    #[error("this till does not sell its group")]
    Group,
}

/// Why a customer cannot be sold to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum CustomerRefused {
    /// Disabled in ERPNext.
    #[error("the account is disabled")]
    Disabled,
    /// Frozen in ERPNext.
    #[error("the account is frozen")]
    Frozen,
    /// ERPNext would book the sale in another currency than the till's.
    #[error("the account is kept in another currency")]
    Currency,
}

impl Cart {
    /// An empty cart of this shop, for nobody in particular.
    pub fn new(shop: &Shop) -> Self {
        let mut cart = Self {
            lines: Vec::new(),
            customer: None,
            next_line: 1,
            document: Document::default(),
            totals: Totals::default(),
        };
        cart.document = cart.document_of(shop);
        cart
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &[CartLine] {
        &self.lines
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Who buys; `None` for nobody in particular.
    pub fn customer(&self) -> Option<&Customer> {
        self.customer.as_ref()
    }

    /// What the arithmetic was given; its items are the lines, in order.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What the arithmetic answered; its items are the lines, in order.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// What is to be paid.
    pub fn amount_to_pay(&self, shop: &Shop) -> Money {
        Money::from_f64(self.totals.amount_to_pay(), shop.currency)
    }

    /// Puts an item in: one more of a line that has the same item, unit and price, else a new line
    /// at the end. Returns the line.
    ///
    /// # Errors
    /// [`CartError`] with the reason; the cart is unchanged.
    pub fn add(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        addition: &Addition<'_>,
    ) -> Result<u32, CartError> {
        let line = self.priced_line(shop, catalog, date, addition)?;
        let same = |other: &CartLine| {
            other.sold.item_code == line.sold.item_code
                && other.sold.uom == line.sold.uom
                && other.sold.batch_no == line.sold.batch_no
                && other.sold.serial_nos.is_empty()
                && other.price_list_rate.to_bits() == line.price_list_rate.to_bits()
                && other.rate.to_bits() == line.rate.to_bits()
        };
        let mut changed = self.clone();
        let id = match changed.lines.iter().position(same) {
            Some(place) => {
                let other = &mut changed.lines[place];
                other.sold.qty = other.sold.qty.plus(addition.qty);
                other.id
            }
            None if changed.lines.len() >= MOST_LINES => return Err(CartError::Full),
            None => {
                let id = changed.next_line;
                changed.next_line += 1;
                changed.lines.push(CartLine { id, ..line });
                id
            }
        };
        changed.compute(shop)?;
        *self = changed;
        Ok(id)
    }

    /// Sets how much of a line is sold and looks its price up again, since a price may depend on
    /// the quantity.
    ///
    /// # Errors
    /// [`CartError`] with the reason; the cart is unchanged.
    pub fn set_quantity(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        line: u32,
        qty: Quantity,
    ) -> Result<(), CartError> {
        let mut changed = self.clone();
        let place = changed.place_of(line)?;
        changed.lines[place].sold.qty = qty;
        changed.reprice_line(shop, catalog, date, place)?;
        changed.compute(shop)?;
        *self = changed;
        Ok(())
    }

    /// Takes a line out.
    ///
    /// # Errors
    /// [`CartError::NoSuchLine`], or the totals cannot be computed.
    pub fn remove(&mut self, shop: &Shop, line: u32) -> Result<CartLine, CartError> {
        let mut changed = self.clone();
        let place = changed.place_of(line)?;
        let removed = changed.lines.remove(place);
        changed.compute(shop)?;
        *self = changed;
        Ok(removed)
    }

    /// Sells to this customer, with the prices of their list.
    ///
    /// # Errors
    /// [`CartError`] when they cannot be sold to or a line has no price for them.
    pub fn set_customer(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        customer: Option<Customer>,
    ) -> Result<(), CartError> {
        if let Some(customer) = &customer {
            check_customer(shop, customer)?;
        }
        let mut changed = self.clone();
        changed.customer = customer;
        for place in 0..changed.lines.len() {
            changed.reprice_line(shop, catalog, date, place)?;
        }
        changed.compute(shop)?;
        *self = changed;
        Ok(())
    }

    fn place_of(&self, line: u32) -> Result<usize, CartError> {
        self.lines
            .iter()
            .position(|other| other.id == line)
            .ok_or(CartError::NoSuchLine)
    }

    fn priced_line(
        &self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        addition: &Addition<'_>,
    ) -> Result<CartLine, CartError> {
        let item = addition.item;
        check_item(shop, item, date)?;
        let uom = addition
            .uom
            .or(item.sales_uom.as_deref())
            .unwrap_or(&item.stock_uom)
            .to_owned();
        let mut line = CartLine {
            id: 0,
            item_group: item.item_group.clone(),
            must_be_whole_number: shop
                .uoms
                .get(&uom)
                .is_some_and(|uom| uom.must_be_whole_number),
            price_list_rate: 0.0,
            rate: 0.0,
            item_tax_rate: BTreeMap::new(),
            sold: SaleLine {
                item_code: item.item_code.clone(),
                item_name: item.item_name.clone(),
                qty: addition.qty,
                conversion_factor: conversion_factor(catalog, shop, item, &uom)?,
                uom,
                stock_uom: item.stock_uom.clone(),
                barcode: addition.barcode.map(str::to_owned),
                item_tax_template: None,
                batch_no: None,
                serial_nos: Vec::new(),
                item_price: None,
            },
        };
        self.price(shop, catalog, date, item, &mut line)?;
        Ok(line)
    }

    fn reprice_line(
        &mut self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        place: usize,
    ) -> Result<(), CartError> {
        let mut line = self.lines[place].clone();
        let item = catalog
            .item(&line.sold.item_code)?
            .ok_or_else(|| CartError::Disabled {
                item_name: line.sold.item_name.clone(),
            })?;
        self.price(shop, catalog, date, &item, &mut line)?;
        self.lines[place] = line;
        Ok(())
    }

    /// Finds price and taxes of a line for its quantity and this cart's customer.
    fn price(
        &self,
        shop: &Shop,
        catalog: &dyn Catalog,
        date: Date,
        item: &Item,
        line: &mut CartLine,
    ) -> Result<(), CartError> {
        if line.must_be_whole_number && !line.sold.qty.is_whole() {
            return Err(CartError::WholeNumber {
                uom: line.sold.uom.clone(),
            });
        }
        let price_list = shop.price_list_of(self.customer.as_ref());
        let buyer = self
            .customer
            .as_ref()
            .map(|customer| customer.name.as_str());
        let query = PriceQuery {
            item,
            price_list,
            customer: buyer.or(shop.profile.customer.as_deref()),
            uom: &line.sold.uom,
            qty: line.sold.qty,
            batch_no: line.sold.batch_no.as_deref(),
            date,
        };
        let found = find_price(catalog, shop, query)?.ok_or_else(|| CartError::NoPrice {
            item_name: item.item_name.clone(),
            price_list: price_list.to_owned(),
            uom: line.sold.uom.clone(),
        })?;
        // ERPNext rounds both to the currency's precision before anything else.
        line.price_list_rate = shop.totals_settings().flt(found.price_list_rate);
        line.rate = line.price_list_rate;
        line.sold.item_price = Some(found.item_price);
        let template = item_tax_template(shop, item, self.tax_category(shop), date, line.rate);
        line.sold.item_tax_template = template.map(str::to_owned);
        line.item_tax_rate = template
            .and_then(|name| shop.item_tax_templates.get(name))
            .map(|template| {
                template
                    .taxes
                    .iter()
                    .map(|row| (row.tax_type.clone(), row.tax_rate))
                    .collect()
            })
            .unwrap_or_default();
        Ok(())
    }

    fn tax_category<'a>(&'a self, shop: &'a Shop) -> Option<&'a str> {
        let of_customer = self
            .customer
            .as_ref()
            .and_then(|c| c.tax_category.as_deref());
        of_customer.or(shop.profile.tax_category.as_deref())
    }

    fn compute(&mut self, shop: &Shop) -> Result<(), TotalsError> {
        self.document = self.document_of(shop);
        self.totals = totals::calculate(&self.document, &shop.totals_settings())?;
        Ok(())
    }

    fn document_of(&self, shop: &Shop) -> Document {
        Document {
            currency: shop.currency.code().to_owned(),
            items: self.lines.iter().map(CartLine::row).collect(),
            taxes: shop.taxes.taxes.iter().map(tax_row).collect(),
            apply_discount_on: Some(match shop.profile.apply_discount_on.as_deref() {
                Some("Net Total") => ApplyDiscountOn::NetTotal,
                _ => ApplyDiscountOn::GrandTotal,
            }),
            ..Document::default()
        }
    }
}

impl CartLine {
    fn row(&self) -> ItemRow {
        ItemRow {
            item_code: self.sold.item_code.clone(),
            qty: self.sold.qty.to_f64(),
            price_list_rate: self.price_list_rate,
            rate: self.rate,
            item_tax_rate: self.item_tax_rate.clone(),
            ..ItemRow::default()
        }
    }
}

fn tax_row(row: &crate::masters::TaxesAndCharges) -> TaxRow {
    TaxRow {
        charge_type: row.charge_type,
        row_id: row.row_id,
        account_head: row.account_head.clone(),
        description: row.description.clone(),
        cost_center: row.cost_center.clone().unwrap_or_default(),
        rate: row.rate,
        tax_amount: row.tax_amount,
        included_in_print_rate: row.included_in_print_rate,
        dont_recompute_tax: false,
    }
}

fn check_item(shop: &Shop, item: &Item, date: Date) -> Result<(), CartError> {
    if item.disabled {
        return Err(CartError::Disabled {
            item_name: item.item_name.clone(),
        });
    }
    let reason = if item.has_variants {
        NotForSale::Template
    } else if !item.is_sales_item || item.is_fixed_asset {
        NotForSale::NotSalesItem
    } else if item.end_of_life.is_some_and(|end| end <= date) {
        NotForSale::EndOfLife
    } else if !shop.sells_group(&item.item_group) {
        NotForSale::Group
    } else {
        return Ok(());
    };
    Err(CartError::NotForSale {
        item_name: item.item_name.clone(),
        reason,
    })
}

fn check_customer(shop: &Shop, customer: &Customer) -> Result<(), CartError> {
    let other_currency = |currency: &String| *currency != shop.currency.code();
    let reason = if customer.disabled {
        CustomerRefused::Disabled
    } else if customer.is_frozen {
        CustomerRefused::Frozen
    } else if customer
        .default_currency
        .as_ref()
        .is_some_and(other_currency)
    {
        CustomerRefused::Currency
    } else {
        return Ok(());
    };
    Err(CartError::Customer {
        customer_name: customer.customer_name.clone(),
        reason,
    })
}
