//! Exchange rates, for price lists in another currency than the till's documents.
//!
//! A price list's prices go into the company's currency with `plc_conversion_rate` and from there
//! into the document's with `conversion_rate`. The till's documents are in the company's currency
//! ([`Shop::assemble`] refuses any other profile), so only the first differs from 1.
//!
//! Rates are those of ERPNext's Currency Exchange, looked up as `get_exchange_rate` does: for
//! selling, in that very direction, the latest up to the posting date and, unless Accounts Settings
//! allow stale rates, not older than its days. Where there is none the server asks an outside
//! service; a till cannot, and without a rate it has no price.

use jiff::ToSpan;
use jiff::civil::Date;
use thiserror::Error;

use crate::masters::CurrencyExchange;
use crate::shop::Shop;

/// What a document says of its price list's currency.
#[derive(Clone, PartialEq, Debug)]
pub struct PriceListExchange {
    /// The currency of the prices.
    pub price_list_currency: String,
    /// What one unit of it is in company currency.
    pub plc_conversion_rate: f64,
}

/// Why there is no exchange rate.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ExchangeError {
    /// Nobody entered one.
    #[error(
        "there is no exchange rate from {from} to {to} for {date}; enter one under Currency \
         Exchange in ERPNext, for selling, and let the till synchronise"
    )]
    NoRate {
        /// What is exchanged.
        from: String,
        /// What it becomes.
        to: String,
        /// The posting date.
        date: Date,
    },
    /// The latest one is too old.
    #[error(
        "the latest exchange rate from {from} to {to} is of {of}, older than the stale days of \
         Accounts Settings ({stale_days}) allow; enter a new one under Currency Exchange in ERPNext, \
         for selling, and let the till synchronise"
    )]
    Stale {
        /// What is exchanged.
        from: String,
        /// What it becomes.
        to: String,
        /// The day of the latest rate.
        of: Date,
        /// For how many days a rate holds.
        stale_days: i64,
    },
}

/// How much of `to` one `from` is on a day.
///
/// # Errors
/// [`ExchangeError`] when no rate holds; it names the pair and where to enter it.
pub fn exchange_rate(shop: &Shop, from: &str, to: &str, date: Date) -> Result<f64, ExchangeError> {
    if from == to {
        return Ok(1.0);
    }
    let of_pair = |rate: &&CurrencyExchange| {
        rate.from_currency == from
            && rate.to_currency == to
            && rate.for_selling
            && rate.exchange_rate > 0.0
    };
    // A day has one rate for selling a pair, since both are in its name.
    let latest = shop
        .currency_exchanges
        .iter()
        .filter(of_pair)
        .filter_map(|rate| Some((rate.date.filter(|day| *day <= date)?, rate.exchange_rate)))
        .max_by_key(|(day, _)| *day);
    let Some((of, rate)) = latest else {
        return Err(ExchangeError::NoRate {
            from: from.to_owned(),
            to: to.to_owned(),
            date,
        });
    };
    let stale_days = shop.system.stale_days;
    let holds = |days: i64| {
        let first = date.checked_sub(days.clamp(0, 100_000).days());
        first.is_ok_and(|first| first < of)
    };
    if !shop.system.allow_stale && !holds(stale_days) {
        return Err(ExchangeError::Stale {
            from: from.to_owned(),
            to: to.to_owned(),
            of,
            stale_days,
        });
    }
    Ok(rate)
}

/// The currency of a price list and its rate on a day; the till's own for a list that is not known.
///
/// # Errors
/// [`ExchangeError`] when the list is in another currency and no rate holds.
pub fn price_list_exchange(
    shop: &Shop,
    price_list: &str,
    date: Date,
) -> Result<PriceListExchange, ExchangeError> {
    let currency = price_list_currency(shop, price_list);
    let company_currency = &shop.company.default_currency;
    Ok(PriceListExchange {
        price_list_currency: currency.to_owned(),
        plc_conversion_rate: exchange_rate(shop, currency, company_currency, date)?,
    })
}

pub(crate) fn price_list_currency<'s>(shop: &'s Shop, price_list: &str) -> &'s str {
    let list = shop.price_lists.get(price_list);
    let currency = list.map(|list| list.currency.as_str());
    currency
        .filter(|currency| !currency.is_empty())
        .unwrap_or_else(|| shop.currency.code())
}
