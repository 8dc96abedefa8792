//! One item as the Sell screen shows it, with the price that the cart would take.

use std::borrow::Cow;

use checkout::buyer::buyer;
use checkout::masters::{Customer, Item};
use checkout::money::Money;
use checkout::pricing::{PriceAnswer, PriceQuery, find_first_price};
use checkout::quantity::Quantity;
use checkout::shop::Shop;
use jiff::civil::Date;

use crate::catalog::ReadStore;
use crate::error::{Result, StoreError};
use crate::screens::TileQuery;

/// Variants whose prices a template's tile compares.
const MOST_VARIANTS: usize = 16;

/// An item on the Sell screen.
#[derive(Clone, PartialEq, Debug)]
pub struct Tile {
    /// The item.
    pub item_code: String,
    /// What the cashier reads.
    pub item_name: String,
    /// The group it hangs in.
    pub item_group: String,
    /// The path of its picture on the site.
    pub image: Option<String>,
    /// The unit it is sold in.
    pub uom: String,
    /// What one `uom` of it would cost in the cart; `None` where it has no price today. Of a
    /// template the lowest of its variants', `None` also where it has too many to look at.
    pub price: Option<Money>,
    /// Whether it is a template: one of its variants has to be chosen.
    pub is_template: bool,
}

impl ReadStore {
    pub(crate) fn buyer<'a>(
        &self,
        shop: &Shop,
        query: &TileQuery<'a>,
    ) -> Result<Option<Cow<'a, Customer>>> {
        let found = buyer(shop, self, query.customer);
        found.map_err(|error| StoreError::corrupt("the walk-in customer", error))
    }

    /// The price is looked up as the cart does it, so that a tile promises nothing else.
    pub(crate) fn tile(
        &self,
        shop: &Shop,
        customer: Option<&Customer>,
        date: Date,
        item: &Item,
    ) -> Result<Tile> {
        let price = if item.has_variants {
            self.lowest_price(shop, customer, date, item)?
        } else {
            self.price(shop, customer, date, item)?
        };
        Ok(Tile {
            item_code: item.item_code.clone(),
            item_name: item.item_name.clone(),
            item_group: item.item_group.clone(),
            image: item.image.clone(),
            uom: selling_uom(item).to_owned(),
            price,
            is_template: item.has_variants,
        })
    }

    fn lowest_price(
        &self,
        shop: &Shop,
        customer: Option<&Customer>,
        date: Date,
        template: &Item,
    ) -> Result<Option<Money>> {
        let variants = self.stored_variants(&template.item_code)?;
        if variants.len() > MOST_VARIANTS {
            return Ok(None);
        }
        let mut lowest: Option<Money> = None;
        for variant in &variants {
            if variant.end_of_life.is_some_and(|end| end <= date) {
                continue;
            }
            let price = self.price(shop, customer, date, variant)?;
            lowest = [lowest, price]
                .into_iter()
                .flatten()
                .min_by_key(|price| price.units);
        }
        Ok(lowest)
    }

    fn price(
        &self,
        shop: &Shop,
        customer: Option<&Customer>,
        date: Date,
        item: &Item,
    ) -> Result<Option<Money>> {
        let asked = PriceQuery {
            item,
            price_list: shop.price_list_of(customer),
            customer: customer.map(|customer| customer.name.as_str()),
            uom: selling_uom(item),
            qty: Quantity::ONE,
            batch_no: None,
            date,
        };
        let (_, answer) = find_first_price(self, shop, asked)
            .map_err(|error| StoreError::corrupt(format!("item {}", item.item_code), error))?;
        let rounded = |rate: f64| Money::from_f64(shop.totals_settings().flt(rate), shop.currency);
        Ok(match answer {
            PriceAnswer::Found(price) => Some(rounded(price.price_list_rate)),
            PriceAnswer::InMultiplesOf(_)
            | PriceAnswer::NoPrice
            | PriceAnswer::NoExchangeRate(_) => None,
        })
    }
}

/// The unit that an item is sold in unless a barcode says otherwise.
fn selling_uom(item: &Item) -> &str {
    item.sales_uom.as_deref().unwrap_or(&item.stock_uom)
}
