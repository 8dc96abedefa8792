//! A shop that sells a pencil.

use checkout::masters::{
    Item, ItemGroup, ItemPrice, ItemTax, ItemUom, Master, PosPaymentMethod, PosProfile,
    SalesTaxesAndChargesTemplate, TaxesAndCharges,
};
use checkout::shop::Shop;
use checkout::totals::ChargeType;
use jiff::civil::Date;

use crate::dollar_shop::dollar_shop;

/// A day.
pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn group(name: &str, parent: Option<&str>, taxes: Vec<ItemTax>) -> Master {
    let parent_item_group = parent.map(str::to_owned);
    let name = name.to_owned();
    ItemGroup {
        name,
        parent_item_group,
        is_group: true,
        taxes,
    }
    .into()
}

/// A shop with a price list and 20 % VAT, and more.
pub fn shop_with(more: impl IntoIterator<Item = Master>) -> Shop {
    let masters: Vec<Master> = vec![
        SalesTaxesAndChargesTemplate {
            name: "VAT".to_owned(),
            taxes: vec![TaxesAndCharges {
                charge_type: ChargeType::OnNetTotal,
                account_head: "VAT - HB".to_owned(),
                rate: 20.0,
                ..TaxesAndCharges::default()
            }],
            ..SalesTaxesAndChargesTemplate::default()
        }
        .into(),
        PosProfile {
            name: "Counter".to_owned(),
            company: "HB".to_owned(),
            selling_price_list: "Shelf".to_owned(),
            taxes_and_charges: Some("VAT".to_owned()),
            payments: vec![PosPaymentMethod {
                mode_of_payment: "Cash".to_owned(),
                ..PosPaymentMethod::default()
            }],
            ..PosProfile::default()
        }
        .into(),
    ];
    let masters = dollar_shop().into_iter().chain(masters).chain(more);
    Shop::assemble("Counter", masters).unwrap()
}

pub fn pencil() -> Item {
    Item {
        item_code: "PENCIL".to_owned(),
        item_name: "Pencil".to_owned(),
        item_group: "Drawing".to_owned(),
        stock_uom: "Nos".to_owned(),
        is_sales_item: true,
        uoms: vec![ItemUom {
            uom: "Box".to_owned(),
            conversion_factor: 12.0,
        }],
        ..Item::default()
    }
}

/// A price of the pencil; `name` also says where it came from.
pub fn price(name: &str, rate: f64) -> ItemPrice {
    ItemPrice {
        name: name.to_owned(),
        item_code: "PENCIL".to_owned(),
        price_list: "Shelf".to_owned(),
        price_list_rate: rate,
        currency: "USD".to_owned(),
        ..ItemPrice::default()
    }
}
