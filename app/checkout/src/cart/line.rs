//! A line of the cart, and what may become one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::change::LineChange;
use super::reason::PriceReason;
use super::{CartError, NotForSale};
use crate::catalog::Catalog;
use crate::masters::Item;
use crate::pricing::conversion_factor;
use crate::quantity::Quantity;
use crate::sale::SaleLine;
use crate::shop::Shop;
use crate::totals::ItemRow;

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
    /// What the cashier changed of the price.
    pub change: Option<LineChange>,
    /// Sentences about what was left out or is missing on this line, for the cashier.
    pub notices: Vec<String>,
    pub(super) item_tax_rate: BTreeMap<String, f64>,
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

impl CartLine {
    /// Why one unit costs what it costs, in order.
    pub fn reasons(&self) -> &[PriceReason] {
        &self.sold.reasons
    }

    pub(super) fn check_whole(&self) -> Result<(), CartError> {
        if self.must_be_whole_number && !self.sold.qty.is_whole() {
            return Err(CartError::WholeNumber {
                uom: self.sold.uom.clone(),
            });
        }
        Ok(())
    }

    /// Whether one unit of both costs and is taxed the same.
    pub(super) fn costs_as(&self, other: &Self) -> bool {
        self.price_list_rate.to_bits() == other.price_list_rate.to_bits()
            && self.rate.to_bits() == other.rate.to_bits()
            && self.sold.item_tax_template == other.sold.item_tax_template
            && self.item_tax_rate == other.item_tax_rate
    }

    pub(super) fn row(&self) -> ItemRow {
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

/// The line of an addition before its price is known.
pub(super) fn unpriced_line(
    shop: &Shop,
    catalog: &dyn Catalog,
    addition: &Addition<'_>,
) -> Result<CartLine, CartError> {
    let item = addition.item;
    let uom = addition
        .uom
        .or(item.sales_uom.as_deref())
        .unwrap_or(&item.stock_uom)
        .to_owned();
    let must_be_whole_number = shop
        .uoms
        .get(&uom)
        .is_some_and(|uom| uom.must_be_whole_number);
    Ok(CartLine {
        id: 0,
        item_group: item.item_group.clone(),
        must_be_whole_number,
        price_list_rate: 0.0,
        rate: 0.0,
        change: None,
        notices: Vec::new(),
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
            ..SaleLine::default()
        },
    })
}

pub(super) fn check_item(shop: &Shop, item: &Item, date: Date) -> Result<(), CartError> {
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
