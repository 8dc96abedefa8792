//! Prices, price lists and currencies.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An Item Price. Rates stay doubles, as ERPNext has them: they are rounded only inside the
/// arithmetic of a document.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemPrice {
    /// The key, a hash.
    pub name: String,
    /// The item it prices.
    pub item_code: String,
    /// The list it stands in.
    pub price_list: String,
    /// The price of one `uom` in `currency`.
    pub price_list_rate: f64,
    /// The currency of the list.
    pub currency: String,
    /// The unit it prices; `None` for any.
    pub uom: Option<String>,
    /// The first day on which it holds.
    pub valid_from: Option<Date>,
    /// The last day on which it holds.
    pub valid_upto: Option<Date>,
    /// Only for this customer.
    pub customer: Option<String>,
    /// A buying price, when set.
    pub supplier: Option<String>,
    /// Only for this batch.
    pub batch_no: Option<String>,
    /// A customer's price that holds only for multiples of this quantity; 0 for any.
    pub packing_unit: i64,
}

/// A Price List.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PriceList {
    /// The key.
    pub name: String,
    /// What its prices are in.
    pub currency: String,
    /// In use.
    pub enabled: bool,
    /// For selling.
    pub selling: bool,
    /// A price holds for every unit of an item alike, without conversion.
    pub price_not_uom_dependent: bool,
}

/// A Currency.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CurrencyDocument {
    /// The ISO 4217 code.
    pub name: String,
    /// How it is written, for example `$`.
    pub symbol: Option<String>,
    /// Whether the symbol stands behind the number.
    pub symbol_on_right: bool,
    /// How numbers are grouped, for example `#,###.##`.
    pub number_format: Option<String>,
    /// The smallest coin, to which totals are rounded; 0 rounds to whole units.
    pub smallest_currency_fraction_value: f64,
}

/// A Currency Exchange: from this day on, one `from_currency` is `exchange_rate` `to_currency`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CurrencyExchange {
    /// The key.
    pub name: String,
    /// The day it was set.
    pub date: Option<Date>,
    /// What is exchanged.
    pub from_currency: String,
    /// What it becomes.
    pub to_currency: String,
    /// How much of it.
    pub exchange_rate: f64,
    /// For selling.
    pub for_selling: bool,
}
