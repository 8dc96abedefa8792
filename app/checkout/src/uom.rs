//! The units an item can be sold in.

use crate::catalog::{Catalog, CatalogError};
use crate::masters::Item;
use crate::pricing::{PriceAnswer, PriceQuery, conversion_factor, find_price};
use crate::shop::Shop;

/// A unit an item can be sold in.
#[derive(Clone, PartialEq, Debug)]
pub struct UomChoice {
    /// The unit.
    pub uom: String,
    /// Stock units in one.
    pub conversion_factor: f64,
    /// Only whole numbers of it are sold.
    pub must_be_whole_number: bool,
    /// The list price of one, before pricing rules.
    pub price: PriceAnswer,
}

/// The units that a queried item can be sold in, each with its list price for the query's customer,
/// quantity, batch and day (the query's own unit is not looked at): the stock unit and the rows of
/// Item.uoms, a variant's together with its template's, from small to large.
///
/// # Errors
/// [`CatalogError`] when items or prices cannot be read.
pub fn uom_choices(
    shop: &Shop,
    catalog: &dyn Catalog,
    query: PriceQuery<'_>,
) -> Result<Vec<UomChoice>, CatalogError> {
    let item = query.item;
    let template = match &item.variant_of {
        Some(template) => catalog.item(template)?,
        None => None,
    };
    let rows_of = |item: &Item| -> Vec<String> {
        let rows = item.uoms.iter();
        rows.map(|row| row.uom.clone()).collect()
    };
    let mut uoms = rows_of(item);
    uoms.extend(template.iter().flat_map(|template| rows_of(template)));
    uoms.push(item.stock_uom.clone());
    uoms.sort();
    uoms.dedup();
    let mut choices = Vec::new();
    for uom in uoms {
        let price = find_price(catalog, shop, PriceQuery { uom: &uom, ..query })?;
        choices.push(UomChoice {
            conversion_factor: conversion_factor(catalog, shop, item, &uom)?,
            must_be_whole_number: shop
                .uoms
                .get(&uom)
                .is_some_and(|uom| uom.must_be_whole_number),
            price,
            uom,
        });
    }
    choices.sort_by(|a, b| a.conversion_factor.total_cmp(&b.conversion_factor));
    Ok(choices)
}
