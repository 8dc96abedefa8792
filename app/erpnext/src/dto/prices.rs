//! The fields of prices and exchange rates.

use checkout::masters::{CurrencyExchange, ItemPrice, PriceList};

use super::Decoded;
use super::fields::Fields;

pub(super) fn price_list(f: &Fields<'_>) -> Decoded<PriceList> {
    Ok(PriceList {
        name: f.required("name")?,
        currency: f.text("currency")?,
        enabled: f.flag("enabled", true)?,
        selling: f.flag("selling", true)?,
        price_not_uom_dependent: f.flag("price_not_uom_dependent", false)?,
    })
}

pub(super) fn item_price(f: &Fields<'_>) -> Decoded<ItemPrice> {
    Ok(ItemPrice {
        name: f.required("name")?,
        item_code: f.required("item_code")?,
        price_list: f.required("price_list")?,
        price_list_rate: f.number("price_list_rate")?,
        currency: f.text("currency")?,
        uom: f.optional("uom")?,
        valid_from: f.date("valid_from")?,
        valid_upto: f.date("valid_upto")?,
        customer: f.optional("customer")?,
        supplier: f.optional("supplier")?,
        batch_no: f.optional("batch_no")?,
        packing_unit: f.count("packing_unit")?.unwrap_or(0),
    })
}

pub(super) fn currency_exchange(f: &Fields<'_>) -> Decoded<CurrencyExchange> {
    let exchange_rate = f.number("exchange_rate")?;
    if exchange_rate <= 0.0 {
        return Err(f.error("exchange_rate", "is not above zero"));
    }
    Ok(CurrencyExchange {
        name: f.required("name")?,
        date: f.date("date")?,
        from_currency: f.required("from_currency")?,
        to_currency: f.required("to_currency")?,
        exchange_rate,
        for_selling: f.flag("for_selling", true)?,
    })
}
