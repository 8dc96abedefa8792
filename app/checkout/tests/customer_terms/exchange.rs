//! Price lists in another currency. M10 bears the name of the arithmetic's description.

use std::sync::Arc;

use checkout::cart::{Addition, Cart};
use checkout::catalog::MemoryCatalog;
use checkout::exchange::{exchange_rate, price_list_exchange};
use checkout::masters::{
    CurrencyDocument, CurrencyExchange, Customer, Item, ItemPrice, Master, PosProfile, PriceList,
    SystemSettings,
};
use checkout::quantity::Quantity;
use checkout::shop::Shop;
use jiff::civil::Date;

use crate::dollar_shop::dollar_shop;
use crate::tax_rules::shop_with;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn rate(day: &str, from: &str, to: &str, exchange_rate: f64) -> CurrencyExchange {
    CurrencyExchange {
        name: format!("{day}-{from}-{to}"),
        date: Some(date(day)),
        from_currency: from.to_owned(),
        to_currency: to.to_owned(),
        exchange_rate,
        for_selling: true,
    }
}

fn shop(rates: Vec<CurrencyExchange>, settings: SystemSettings) -> Shop {
    let euros = PriceList {
        name: "Euros".to_owned(),
        currency: "EUR".to_owned(),
        enabled: true,
        ..PriceList::default()
    };
    let mut masters: Vec<Master> = vec![euros.into(), settings.into()];
    masters.extend(rates.into_iter().map(Master::from));
    shop_with(vec![], masters)
}

/// Rates hold for so many days.
fn stale(stale_days: i64) -> SystemSettings {
    SystemSettings {
        allow_stale: false,
        stale_days,
        ..SystemSettings::default()
    }
}

#[test]
fn the_latest_rate_for_selling_up_to_the_day_holds() {
    let buying = CurrencyExchange {
        for_selling: false,
        ..rate("2026-05-31", "EUR", "USD", 9.0)
    };
    let shop = shop(
        vec![
            rate("2026-05-30", "EUR", "USD", 1.2),
            rate("2026-01-01", "EUR", "USD", 1.1),
            rate("2026-06-02", "EUR", "USD", 9.0),
            rate("2026-05-31", "USD", "EUR", 9.0),
            buying,
        ],
        SystemSettings::default(),
    );
    let of = |from, day| exchange_rate(&shop, from, "USD", date(day));
    assert_eq!(of("EUR", "2026-06-01"), Ok(1.2));
    assert_eq!(of("EUR", "2026-05-29"), Ok(1.1));
    assert_eq!(of("USD", "2026-06-01"), Ok(1.0));
    // The server does not turn a rate round.
    assert_eq!(
        exchange_rate(&shop, "EUR", "GBP", date("2026-06-01"))
            .unwrap_err()
            .to_string(),
        "there is no exchange rate from EUR to GBP for 2026-06-01; enter one under Currency \
         Exchange in ERPNext, for selling, and let the till synchronise"
    );
    assert!(of("EUR", "2025-12-31").is_err());
}

#[test]
fn a_stale_rate_holds_only_as_long_as_accounts_settings_allow() {
    let of = |settings| {
        let shop = shop(vec![rate("2026-05-30", "EUR", "USD", 1.2)], settings);
        exchange_rate(&shop, "EUR", "USD", date("2026-06-01"))
    };
    assert_eq!(of(stale(3)), Ok(1.2));
    let error = of(stale(2)).unwrap_err().to_string();
    assert!(error.contains("is of 2026-05-30, older than"), "{error}");
    assert_eq!(of(SystemSettings::default()), Ok(1.2));
}

/// A cart with a pencil of ten euros for a customer of the list in euros.
fn ten_euros(shop: &Shop) -> Result<Cart, String> {
    let pencil = Item {
        item_code: "PENCIL".to_owned(),
        item_name: "Pencil".to_owned(),
        stock_uom: "Nos".to_owned(),
        is_sales_item: true,
        ..Item::default()
    };
    let price = |name: &str, currency: &str, price_list_rate| ItemPrice {
        name: name.to_owned(),
        item_code: "PENCIL".to_owned(),
        price_list: "Euros".to_owned(),
        price_list_rate,
        currency: currency.to_owned(),
        ..ItemPrice::default()
    };
    let pencil = Arc::new(pencil);
    let catalog = MemoryCatalog {
        items: vec![pencil.clone()],
        item_prices: vec![price("IN-EUROS", "EUR", 10.0), price("ODD", "USD", 1.0)],
        ..MemoryCatalog::default()
    };
    let customer = Customer {
        name: "Marie".to_owned(),
        default_price_list: Some("Euros".to_owned()),
        ..Customer::default()
    };
    let addition = Addition {
        item: &pencil,
        uom: None,
        barcode: None,
        qty: Quantity::ONE,
        ..Addition::one(&pencil)
    };
    let today = date("2026-06-01");
    let mut cart = Cart::new(shop);
    cart.set_customer(shop, &catalog, today, Some(customer))
        .map_err(|error| error.to_string())?;
    cart.add(shop, &catalog, today, &addition)
        .map_err(|error| error.to_string())?;
    Ok(cart)
}

#[test]
fn m10_a_price_in_euros_is_charged_in_dollars() {
    let rates = vec![rate("2026-05-30", "EUR", "USD", 1.1)];
    let shop = shop(rates, SystemSettings::default());
    let cart = ten_euros(&shop).unwrap();
    let line = &cart.lines()[0];
    assert_eq!((line.price_list_rate, line.rate), (11.0, 11.0));
    assert_eq!(line.sold.item_price.as_deref(), Some("IN-EUROS"));
    let exchange = price_list_exchange(&shop, "Euros", date("2026-06-01")).unwrap();
    assert_eq!(exchange.price_list_currency, "EUR");
    assert_eq!(exchange.plc_conversion_rate, 1.1);
    let own = price_list_exchange(&shop, "Shelf", date("2026-06-01")).unwrap();
    assert_eq!(own.plc_conversion_rate, 1.0);
}

#[test]
fn without_a_rate_a_foreign_price_is_refused_and_the_pair_named() {
    let shop = shop(vec![], SystemSettings::default());
    assert_eq!(
        ten_euros(&shop).unwrap_err(),
        "there is no exchange rate from EUR to USD for 2026-06-01; enter one under Currency \
         Exchange in ERPNext, for selling, and let the till synchronise"
    );
}

#[test]
fn a_profile_in_another_currency_than_the_books_is_refused() {
    let euro = CurrencyDocument {
        name: "EUR".to_owned(),
        ..CurrencyDocument::default()
    };
    let profile = PosProfile {
        name: "Counter".to_owned(),
        company: "HB".to_owned(),
        currency: "EUR".to_owned(),
        ..PosProfile::default()
    };
    let more: [Master; 2] = [euro.into(), profile.into()];
    let refused = Shop::assemble("Counter", dollar_shop().into_iter().chain(more));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "POS Profile \"Counter\" sells in EUR, but the books of HB are kept in USD; \
         let the profile sell in USD too"
    );
}
