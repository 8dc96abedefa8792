//! Pricing rules, which anybody with a pen in the back office writes.

use std::sync::Arc;

use checkout::catalog::MemoryCatalog;
use checkout::draft::{self, Draft, DraftLine};
use checkout::masters::{
    Company, CurrencyDocument, Doctype, Item, ItemBarcode, ItemGroup, ItemPrice, Master,
    ModeOfPayment, ModeOfPaymentAccount, PosPaymentMethod, PosProfile, PriceList, PricingRule,
    PricingRuleObject, Uom,
};
use checkout::pricing_rules::DocumentDiscount;
use checkout::shop::Shop;
use erpnext::dto::decode_document;

/// A small shop, with these masters besides.
pub fn masters_with(more: impl IntoIterator<Item = Master>) -> Vec<Master> {
    let company = Company {
        name: "HB".to_owned(),
        default_currency: "USD".to_owned(),
        barcode_patterns: Some("21IIIIIWWWWWC 2IIIIIVPPPPC 23IIIIIPPP.PPC 99X".to_owned()),
        ..Company::default()
    };
    let currency = CurrencyDocument {
        name: "USD".to_owned(),
        smallest_currency_fraction_value: 0.01,
        ..CurrencyDocument::default()
    };
    let price_list = PriceList {
        name: "Shelf".to_owned(),
        currency: "USD".to_owned(),
        enabled: true,
        ..PriceList::default()
    };
    let cash = ModeOfPayment {
        name: "Cash".to_owned(),
        enabled: true,
        accounts: vec![ModeOfPaymentAccount {
            company: "HB".to_owned(),
            default_account: "Cash - HB".to_owned(),
        }],
        ..ModeOfPayment::default()
    };
    let profile = PosProfile {
        name: "Counter".to_owned(),
        company: "HB".to_owned(),
        selling_price_list: "Shelf".to_owned(),
        payments: vec![PosPaymentMethod {
            mode_of_payment: "Cash".to_owned(),
            ..PosPaymentMethod::default()
        }],
        ..PosProfile::default()
    };
    let group = ItemGroup {
        name: "Tools".to_owned(),
        ..ItemGroup::default()
    };
    let uom = Uom {
        name: "Nos".to_owned(),
        must_be_whole_number: true,
    };
    let mut masters: Vec<Master> = vec![
        company.into(),
        currency.into(),
        price_list.into(),
        cash.into(),
        profile.into(),
        group.into(),
        uom.into(),
    ];
    masters.extend(more);
    masters
}

/// The small shop alone.
pub fn shop() -> Shop {
    Shop::assemble("Counter", masters_with([])).expect("a shop")
}

/// A GTIN that many packages of A have, and what a scale prints for B.
fn barcodes(item_code: &str) -> Vec<ItemBarcode> {
    let barcode = if item_code == "A" {
        "9506000134352"
    } else {
        "12345"
    };
    vec![ItemBarcode {
        barcode: barcode.to_owned(),
        uom: None,
    }]
}

/// What it sells.
pub fn catalog() -> MemoryCatalog {
    let item = |item_code: &str| {
        Arc::new(Item {
            item_code: item_code.to_owned(),
            item_group: "Tools".to_owned(),
            is_sales_item: true,
            stock_uom: "Nos".to_owned(),
            barcodes: barcodes(item_code),
            ..Item::default()
        })
    };
    let price = |item_code: &str, price_list_rate| ItemPrice {
        name: item_code.to_owned(),
        item_code: item_code.to_owned(),
        price_list: "Shelf".to_owned(),
        price_list_rate,
        currency: "USD".to_owned(),
        uom: Some("Nos".to_owned()),
        ..ItemPrice::default()
    };
    MemoryCatalog {
        items: vec![item("A"), item("B")],
        item_prices: vec![price("A", 10.0), price("B", 3.35)],
        ..MemoryCatalog::default()
    }
}

fn sell_under(rule: PricingRule) {
    let line = |item_code: &str, qty| DraftLine {
        item_code: item_code.to_owned(),
        qty,
        ..DraftLine::default()
    };
    let Ok(shop) = Shop::assemble("Counter", masters_with([rule.into()])) else {
        return;
    };
    let draft = Draft {
        customer: None,
        posting_date: jiff::civil::date(2026, 11, 23),
        lines: vec![line("A", 2.0), line("B", 5.0)],
        coupon_code: None,
        discount: DocumentDiscount::default(),
    };
    match draft::price(&shop, &catalog(), &draft) {
        Ok(priced) => {
            assert!(priced.rows.len() >= draft.lines.len());
            assert_eq!(priced.rows.len(), priced.totals.items.len());
            for notice in &priced.notices {
                assert!(!notice.to_string().is_empty());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A rule of 10 % on item A.
fn rule() -> PricingRule {
    PricingRule {
        name: "RULE".to_owned(),
        selling: true,
        company: Some("HB".to_owned()),
        currency: "USD".to_owned(),
        objects: vec![PricingRuleObject {
            value: "A".to_owned(),
            uom: None,
        }],
        discount_percentage: 10.0,
        ..PricingRule::default()
    }
}

/// The text of a condition.
pub fn conditions(bytes: &[u8]) {
    sell_under(PricingRule {
        condition: Some(String::from_utf8_lossy(bytes).into_owned()),
        ..rule()
    });
}

/// A whole rule, as ERPNext sends it.
pub fn pricing_rules(bytes: &[u8]) {
    let Ok(document) = serde_json::from_slice(bytes) else {
        return;
    };
    if let Ok(Master::PricingRule(rule)) = decode_document(Doctype::PricingRule, &document) {
        sell_under(*rule);
    }
}
