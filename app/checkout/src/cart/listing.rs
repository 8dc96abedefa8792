//! The list price of a line.

use std::sync::Arc;

use jiff::civil::Date;

use super::line::{CartLine, KeptItem};
use super::{Cart, CartError};
use crate::catalog::Catalog;
use crate::masters::Item;
use crate::pricing::{PriceAnswer, PriceQuery, find_price};
use crate::quantity::Quantity;
use crate::shop::Shop;

/// What a cart is priced from.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) catalog: &'a dyn Catalog,
    pub(crate) date: Date,
}

impl CartLine {
    /// The item of the line.
    pub(super) fn item(&self, ground: Ground<'_>) -> Result<Arc<Item>, CartError> {
        if let Some(item) = &self.item.0 {
            return Ok(item.clone());
        }
        ground
            .catalog
            .item(&self.sold.item_code)?
            .ok_or_else(|| CartError::Disabled {
                item_name: self.sold.item_name.clone(),
            })
    }
}

impl CartLine {
    /// The item of the line, as far as the till still knows it: one that was deleted in ERPNext
    /// since is what the line itself says of it.
    pub(super) fn item_as_known(&self, ground: Ground<'_>) -> Result<Arc<Item>, CartError> {
        match self.item(ground) {
            Err(CartError::Disabled { .. }) => Ok(Arc::new(Item {
                item_code: self.sold.item_code.clone(),
                item_name: self.sold.item_name.clone(),
                item_group: self.item_group.clone(),
                stock_uom: self.sold.stock_uom.clone(),
                ..Item::default()
            })),
            item => item,
        }
    }

    /// Whether the item was found, so that the line can be priced.
    pub(super) fn is_known(&self) -> bool {
        self.item.0.is_some()
    }
}

impl Cart {
    /// Looks up the list price of a line for its quantity and this cart's buyer.
    pub(super) fn list_price(
        &self,
        ground: Ground<'_>,
        line: &mut CartLine,
    ) -> Result<(), CartError> {
        line.check_whole()?;
        line.item = KeptItem(None);
        let item = line.item(ground)?;
        match self.asked_price(ground, &item, line, line.sold.qty)? {
            PriceAnswer::Found(found) => {
                // ERPNext rounds it to the currency's precision before anything else.
                line.listed = ground.shop.totals_settings().flt(found.price_list_rate);
                // What stands on the package is what it costs, whoever buys it.
                if let Some(price) = &mut line.package_price {
                    price.listed = line.listed;
                    line.listed = price.rate;
                }
                line.sold.item_price = Some(found.item_price);
                line.packing_unit = self.packing_unit(ground, &item, line)?;
            }
            answer => return Err(self.no_price(ground, &item, line, &answer)),
        }
        line.item = KeptItem(Some(item));
        Ok(())
    }

    /// The quantity at which a new line begins: the one asked for, or the packing unit where this
    /// customer's price holds for its multiples only.
    pub(super) fn first_quantity(
        &self,
        ground: Ground<'_>,
        line: &CartLine,
    ) -> Result<Quantity, CartError> {
        let item = line.item(ground)?;
        Ok(
            match self.asked_price(ground, &item, line, line.sold.qty)? {
                PriceAnswer::InMultiplesOf(packing_unit) => Quantity::from(packing_unit),
                _ => line.sold.qty,
            },
        )
    }

    /// A quantity that is a multiple of no pack but a piece asks what the pack is.
    fn packing_unit(
        &self,
        ground: Ground<'_>,
        item: &Item,
        line: &CartLine,
    ) -> Result<Option<i64>, CartError> {
        // Only a customer's own price is bound to packs.
        if self.buyer().is_none() {
            return Ok(None);
        }
        let half = Quantity::from_f64(0.5);
        Ok(match self.asked_price(ground, item, line, half)? {
            PriceAnswer::InMultiplesOf(packing_unit) => Some(packing_unit),
            _ => None,
        })
    }

    fn asked_price(
        &self,
        ground: Ground<'_>,
        item: &Item,
        line: &CartLine,
        qty: Quantity,
    ) -> Result<PriceAnswer, CartError> {
        let query = PriceQuery {
            item,
            price_list: ground.shop.price_list_of(self.buyer()),
            customer: self.buyer().map(|buyer| buyer.name.as_str()),
            uom: &line.sold.uom,
            qty,
            batch_no: line.sold.batch_no.as_deref(),
            date: ground.date,
        };
        Ok(find_price(ground.catalog, ground.shop, query)?)
    }

    fn no_price(
        &self,
        ground: Ground<'_>,
        item: &Item,
        line: &CartLine,
        answer: &PriceAnswer,
    ) -> CartError {
        let item_name = item.item_name.clone();
        match answer {
            PriceAnswer::InMultiplesOf(packing_unit) => CartError::PackingUnit {
                item_name,
                packing_unit: *packing_unit,
            },
            PriceAnswer::NoExchangeRate(error) => error.clone().into(),
            PriceAnswer::Found(_) | PriceAnswer::NoPrice => CartError::NoPrice {
                item_name,
                price_list: ground.shop.price_list_of(self.buyer()).to_owned(),
                uom: line.sold.uom.clone(),
            },
        }
    }
}
