//! The price of an item, as ERPNext's `get_item_price` and `get_price_list_rate` find it.

use jiff::civil::Date;

use crate::catalog::{Catalog, CatalogError};
use crate::exchange::{ExchangeError, price_list_currency, price_list_exchange};
use crate::masters::{Item, ItemPrice};
use crate::quantity::Quantity;
use crate::shop::Shop;

/// What a price is asked for.
#[derive(Clone, Copy, Debug)]
pub struct PriceQuery<'a> {
    /// The item.
    pub item: &'a Item,
    /// The list.
    pub price_list: &'a str,
    /// Who buys, where it matters.
    pub customer: Option<&'a str>,
    /// The unit that is sold.
    pub uom: &'a str,
    /// How much of it.
    pub qty: Quantity,
    /// Out of which batch.
    pub batch_no: Option<&'a str>,
    /// The posting date.
    pub date: Date,
}

/// A price that was found.
#[derive(Clone, PartialEq, Debug)]
pub struct FoundPrice {
    /// The price of one of the unit asked for, in the document's currency, unrounded.
    pub price_list_rate: f64,
    /// The Item Price it came from.
    pub item_price: String,
}

/// What was found.
#[derive(Clone, PartialEq, Debug)]
pub enum PriceAnswer {
    /// A price.
    Found(FoundPrice),
    /// The customer's own price holds for multiples of this quantity only, and the quantity asked
    /// for is none; ERPNext then has no price at all.
    InMultiplesOf(i64),
    /// Nothing, where ERPNext would book 0.
    NoPrice,
    /// A price in another currency, and no exchange rate for it.
    NoExchangeRate(ExchangeError),
}

/// The price at which a new line begins, and how much of it: the quantity asked for, or the
/// packing unit where the customer's price holds for its multiples only.
///
/// # Errors
/// [`CatalogError`] when prices cannot be read.
pub fn find_first_price(
    catalog: &dyn Catalog,
    shop: &Shop,
    query: PriceQuery<'_>,
) -> Result<(Quantity, PriceAnswer), CatalogError> {
    match find_price(catalog, shop, query)? {
        PriceAnswer::InMultiplesOf(packing_unit) => {
            let qty = Quantity::from(packing_unit);
            let packed = PriceQuery { qty, ..query };
            Ok((qty, find_price(catalog, shop, packed)?))
        }
        answer => Ok((query.qty, answer)),
    }
}

/// The price of an item.
///
/// # Errors
/// [`CatalogError`] when prices cannot be read.
pub fn find_price(
    catalog: &dyn Catalog,
    shop: &Shop,
    query: PriceQuery<'_>,
) -> Result<PriceAnswer, CatalogError> {
    // ERPNext copies a list's currency into its prices; one that says another is no price of it.
    let currency = price_list_currency(shop, query.price_list);
    let mut found = pick(
        &catalog.item_prices(&query.item.item_code, query.price_list)?,
        &query,
        currency,
    );
    // A variant whose own price is none for this quantity is asked for by its template too.
    if !matches!(found, Pick::Found(_))
        && let Some(template) = &query.item.variant_of
    {
        let prices = catalog.item_prices(template, query.price_list)?;
        let of_template = pick(&prices, &query, currency);
        if !matches!(of_template, Pick::Nothing) {
            found = of_template;
        }
    }
    let price = match found {
        Pick::Found(price) => price,
        Pick::InMultiplesOf(packing_unit) => return Ok(PriceAnswer::InMultiplesOf(packing_unit)),
        Pick::Nothing => return Ok(PriceAnswer::NoPrice),
    };
    let list = shop.price_lists.get(query.price_list);
    let same_for_all_uoms = list.is_some_and(|list| list.price_not_uom_dependent);
    let is_of_uom = price.uom.as_deref() == Some(query.uom);
    let factor = if is_of_uom || same_for_all_uoms {
        1.0
    } else {
        conversion_factor(catalog, shop, query.item, query.uom)?
    };
    let exchange = match price_list_exchange(shop, query.price_list, query.date) {
        Ok(exchange) => exchange,
        Err(error) => return Ok(PriceAnswer::NoExchangeRate(error)),
    };
    Ok(PriceAnswer::Found(FoundPrice {
        // The server goes on to divide by the document's conversion rate, which is 1 here.
        price_list_rate: price.price_list_rate * factor * exchange.plc_conversion_rate,
        item_price: price.name,
    }))
}

/// How many stock units one `uom` of the item is: the item's own row, its template's, then the
/// site's conversions straight, inverse or through a third unit, else 1.
///
/// # Errors
/// [`CatalogError`] when the item's template cannot be read.
pub fn conversion_factor(
    catalog: &dyn Catalog,
    shop: &Shop,
    item: &Item,
    uom: &str,
) -> Result<f64, CatalogError> {
    if uom == item.stock_uom {
        return Ok(1.0);
    }
    // A factor of 0 is none.
    let row_of = |item: &Item| {
        let mut rows = item.uoms.iter().filter(|row| row.conversion_factor > 0.0);
        rows.find(|row| row.uom == uom)
            .map(|row| row.conversion_factor)
    };
    if let Some(factor) = row_of(item) {
        return Ok(factor);
    }
    if let Some(template) = &item.variant_of
        && let Some(factor) = catalog
            .item(template)?
            .and_then(|template| row_of(&template))
    {
        return Ok(factor);
    }
    Ok(site_conversion(shop, uom, &item.stock_uom).unwrap_or(1.0))
}

pub(crate) fn site_conversion(shop: &Shop, from: &str, to: &str) -> Option<f64> {
    let value = |from: &str, to: &str| {
        let mut rows = shop.uom_conversions.iter().filter(|row| row.value > 0.0);
        rows.find(|row| row.from_uom == from && row.to_uom == to)
            .map(|row| row.value)
    };
    if let Some(straight) = value(from, to) {
        return Some(straight);
    }
    if let Some(inverse) = value(to, from) {
        return Some(1.0 / inverse);
    }
    shop.uom_conversions
        .iter()
        .filter(|row| row.to_uom == from && row.value > 0.0)
        .find_map(|row| Some(value(&row.from_uom, to)? / row.value))
}

enum Pick {
    Found(Box<ItemPrice>),
    Nothing,
    InMultiplesOf(i64),
}

fn pick(prices: &[ItemPrice], query: &PriceQuery<'_>, currency: &str) -> Pick {
    let valid = |price: &&ItemPrice| {
        price.currency == currency
            && price.valid_from.is_none_or(|from| from <= query.date)
            && price.valid_upto.is_none_or(|upto| query.date <= upto)
            && price
                .batch_no
                .as_deref()
                .is_none_or(|batch| Some(batch) == query.batch_no)
    };
    // valid_from and batch_no descending with empty ones last, then uom descending.
    let order = |price: &&ItemPrice| {
        (
            price.valid_from,
            price.batch_no.clone(),
            price.uom.clone().unwrap_or_default(),
        )
    };
    let first = |uom: &str, of_party: &dyn Fn(&ItemPrice) -> bool| {
        let fits = |price: &&ItemPrice| price.uom.as_deref().is_none_or(|own| own == uom);
        prices
            .iter()
            .filter(valid)
            .filter(fits)
            .filter(|price| of_party(price))
            .max_by_key(order)
            .cloned()
    };
    if let Some(customer) = query.customer
        && let Some(price) = first(query.uom, &|p| p.customer.as_deref() == Some(customer))
    {
        if price.packing_unit > 0 && query.qty.to_f64() % price.packing_unit as f64 != 0.0 {
            return Pick::InMultiplesOf(price.packing_unit);
        }
        return Pick::Found(Box::new(price));
    }
    let general = |price: &ItemPrice| price.customer.is_none() && price.supplier.is_none();
    first(query.uom, &general)
        .or_else(|| {
            (query.uom != query.item.stock_uom).then(|| first(&query.item.stock_uom, &general))?
        })
        .map_or(Pick::Nothing, |price| Pick::Found(Box::new(price)))
}
