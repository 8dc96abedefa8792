//! The small shop with more customers: the walk-in customer and Ada have prices, taxes and a group
//! of their own.

use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::masters::{
    Customer, CustomerGroup, Item, ItemPrice, ItemTax, ItemTaxTemplate, ItemTaxTemplateDetail,
    Master, PosProfile, PriceList, SystemSettings,
};
use checkout::shop::Shop;

use crate::shop::{BOOKMARK, DEPOSIT, catalog, profile, shop_with};

/// The tax category of those who resell.
pub const RESELLER: &str = "Reseller";
/// The tax category of the profile.
pub const RETAIL: &str = "Retail";

/// A shop whose profile sells to "People" and all below, in the tax category [`RETAIL`]. Walk-ins
/// have the price list "Street", and quantities two decimals.
pub fn shop() -> Arc<Shop> {
    let group = |name: &str, parent: Option<&str>, list: Option<&str>| -> Master {
        CustomerGroup {
            name: name.to_owned(),
            parent_customer_group: parent.map(str::to_owned),
            default_price_list: list.map(str::to_owned),
        }
        .into()
    };
    let template = |name: &str, tax_rate| -> Master {
        ItemTaxTemplate {
            name: name.to_owned(),
            company: "Harbour Books".to_owned(),
            disabled: false,
            taxes: vec![ItemTaxTemplateDetail {
                tax_type: "Sales Tax - HB".to_owned(),
                tax_rate,
            }],
        }
        .into()
    };
    shop_with([
        group("Everybody", None, None),
        group("People", Some("Everybody"), None),
        group("Walk-ins", Some("People"), Some("Street")),
        group("Firms", Some("Everybody"), None),
        template("Full", 10.0),
        template("Exempt", 0.0),
        PriceList {
            name: "Street".to_owned(),
            currency: "USD".to_owned(),
            enabled: true,
            selling: true,
            ..PriceList::default()
        }
        .into(),
        SystemSettings {
            float_precision: 2,
            ..SystemSettings::default()
        }
        .into(),
        PosProfile {
            tax_category: Some(RETAIL.to_owned()),
            customer_groups: vec!["People".to_owned()],
            ..profile()
        }
        .into(),
    ])
}

/// The walk-in customer.
pub fn walk_in() -> Customer {
    Customer {
        name: "Walk-in".to_owned(),
        customer_name: "Passer-by".to_owned(),
        customer_group: Some("Walk-ins".to_owned()),
        ..Customer::default()
    }
}

/// The small shop's items, and these customers. On the street a book costs 9.00 and tea
/// 40.00; a
/// pencil costs Ada 1.00 by the half dozen.
pub fn catalog_with(walk_in: Option<Customer>) -> MemoryCatalog {
    let mut catalog = catalog();
    for item in &mut catalog.items {
        let tax = |template: &str, category: &str| ItemTax {
            item_tax_template: template.to_owned(),
            tax_category: Some(category.to_owned()),
            ..ItemTax::default()
        };
        *item = Arc::new(Item {
            taxes: vec![tax("Full", RETAIL), tax("Exempt", RESELLER)],
            ..(**item).clone()
        });
    }
    let price = |name: &str, item_code: &str, list: &str, price_list_rate| ItemPrice {
        name: name.to_owned(),
        item_code: item_code.to_owned(),
        price_list: list.to_owned(),
        price_list_rate,
        currency: "USD".to_owned(),
        ..ItemPrice::default()
    };
    catalog.item_prices.extend([
        price("STREET-BOOK", "BOOK", "Street", 9.0),
        price("STREET-PENCIL", "PENCIL", "Street", 1.5),
        price("STREET-TEA", "TEA", "Street", 40.0),
        price("STREET-BOOKMARK", BOOKMARK, "Street", 0.0),
        price("STREET-DEPOSIT", DEPOSIT, "Street", -1.0),
        ItemPrice {
            customer: Some("Ada".to_owned()),
            packing_unit: 6,
            ..price("ADA-PENCIL", "PENCIL", "Shelf", 1.0)
        },
    ]);
    let customer = |name: &str, group: &str| Customer {
        name: name.to_owned(),
        customer_name: name.to_owned(),
        customer_group: Some(group.to_owned()),
        ..Customer::default()
    };
    catalog.customers = vec![
        Customer {
            tax_category: Some(RESELLER.to_owned()),
            ..customer("Ada", "People")
        },
        customer("Harbour Café", "Firms"),
    ];
    catalog.customers.extend(walk_in);
    catalog
}
