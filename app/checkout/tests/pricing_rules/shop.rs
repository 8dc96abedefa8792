//! A shop without taxes that sells the goods of the named cases under any rules.

use std::sync::Arc;

use checkout::catalog::{MemoryCatalog, SoldHistory};
use checkout::draft::{self, Draft, DraftError, DraftLine, PricedDraft};
use checkout::masters::{
    Address, Customer, Item, ItemGroup, ItemPrice, ItemUom, Master, PosPaymentMethod, PosProfile,
    PricingRule, PricingRuleObject, Uom,
};
use checkout::pricing_rules::DocumentDiscount;
use checkout::shop::Shop;
use checkout::totals::RoundingMethod;

use crate::dollar_shop::dollar_shop;

/// A rule of 10 % on item A for this company.
pub fn rule(name: &str) -> PricingRule {
    PricingRule {
        name: name.to_owned(),
        selling: true,
        company: Some("HB".to_owned()),
        currency: "USD".to_owned(),
        objects: vec![object("A")],
        discount_percentage: 10.0,
        ..PricingRule::default()
    }
}

pub fn object(value: &str) -> PricingRuleObject {
    PricingRuleObject {
        value: value.to_owned(),
        uom: None,
    }
}

/// Sells lines of item, quantity and unit at these list prices of one `Nos`.
pub fn sell(
    rules: impl IntoIterator<Item = PricingRule>,
    prices: &[(&str, f64)],
    lines: &[(&str, f64, &str)],
) -> Result<PricedDraft, DraftError> {
    sell_with(rules.into_iter().map(Master::from), prices, lines, None)
}

/// [`sell`] with any masters more and a coupon.
pub fn sell_with(
    more: impl IntoIterator<Item = Master>,
    prices: &[(&str, f64)],
    lines: &[(&str, f64, &str)],
    coupon_code: Option<&str>,
) -> Result<PricedDraft, DraftError> {
    let mut masters = masters();
    masters.extend(more);
    let shop = Shop::assemble("Counter", masters).unwrap();
    let catalog = MemoryCatalog {
        items: prices.iter().map(|(code, _)| item(code)).collect(),
        item_prices: prices
            .iter()
            .map(|(code, rate)| price(code, *rate))
            .collect(),
        ..MemoryCatalog::default()
    };
    let line = |(item_code, qty, uom): &(&str, f64, &str)| DraftLine {
        item_code: (*item_code).to_owned(),
        qty: *qty,
        uom: Some((*uom).to_owned()),
        batch_no: None,
    };
    let draft = Draft {
        customer: None,
        posting_date: "2026-11-23".parse().unwrap(),
        lines: lines.iter().map(line).collect(),
        coupon_code: coupon_code.map(str::to_owned),
        discount: DocumentDiscount::default(),
    };
    draft::price(&shop, &catalog, &draft)
}

pub fn item(item_code: &str) -> Arc<Item> {
    Arc::new(Item {
        item_code: item_code.to_owned(),
        item_group: "Tools".to_owned(),
        is_sales_item: true,
        stock_uom: "Nos".to_owned(),
        uoms: vec![ItemUom {
            uom: "Box".to_owned(),
            conversion_factor: 12.0,
        }],
        ..Item::default()
    })
}

fn price(item_code: &str, price_list_rate: f64) -> ItemPrice {
    ItemPrice {
        name: item_code.to_owned(),
        item_code: item_code.to_owned(),
        price_list: "Shelf".to_owned(),
        price_list_rate,
        currency: "USD".to_owned(),
        uom: Some("Nos".to_owned()),
        ..ItemPrice::default()
    }
}

fn masters() -> Vec<Master> {
    let group = |name: &str, parent: Option<&str>| ItemGroup {
        name: name.to_owned(),
        parent_item_group: parent.map(str::to_owned),
        ..ItemGroup::default()
    };
    let mut masters = dollar_shop();
    masters.extend([
        checkout::masters::SystemSettings {
            rounding_method: RoundingMethod::Bankers,
            ..Default::default()
        }
        .into(),
        PosProfile {
            name: "Counter".to_owned(),
            company: "HB".to_owned(),
            selling_price_list: "Shelf".to_owned(),
            payments: vec![PosPaymentMethod {
                mode_of_payment: "Cash".to_owned(),
                ..PosPaymentMethod::default()
            }],
            ..PosProfile::default()
        }
        .into(),
        Uom {
            name: "Nos".to_owned(),
            must_be_whole_number: true,
        }
        .into(),
        group("All Item Groups", None).into(),
        group("Tools", Some("All Item Groups")).into(),
    ]);
    masters
}

/// A sale under rules, with all that they can ask for.
#[derive(Clone, Default)]
pub struct Sale {
    pub rules: Vec<PricingRule>,
    /// Other masters: trees, profiles, coupons. A second of one name replaces the first.
    pub masters: Vec<Master>,
    /// The items sold besides [`item`]s of the lines; each costs 10.00 unless a line says so.
    pub items: Vec<Item>,
    pub customer: Option<Customer>,
    /// Buys in the place of `customer`, and was not downloaded.
    pub stranger: Option<Customer>,
    pub addresses: Vec<Address>,
    pub sold: SoldHistory,
    pub coupon_code: Option<&'static str>,
    pub discount: DocumentDiscount,
}

impl Sale {
    pub fn of(rules: impl IntoIterator<Item = PricingRule>) -> Self {
        Self {
            rules: rules.into_iter().collect(),
            ..Self::default()
        }
    }

    pub fn shop(&self) -> Shop {
        let rules = self.rules.iter().cloned().map(Master::from);
        let more = self.masters.iter().cloned();
        Shop::assemble("Counter", masters().into_iter().chain(rules).chain(more)).unwrap()
    }

    pub fn catalog(&self, lines: &[(&str, f64)]) -> MemoryCatalog {
        let mut items: Vec<Arc<Item>> = self.items.iter().cloned().map(Arc::new).collect();
        for (code, _) in lines {
            if items.iter().all(|item| item.item_code != *code) {
                items.push(item(code));
            }
        }
        MemoryCatalog {
            item_prices: items
                .iter()
                .map(|item| price(&item.item_code, 10.0))
                .collect(),
            items,
            sold: self.sold.clone(),
            addresses: self.addresses.clone(),
            customers: self.customer.iter().cloned().collect(),
            ..MemoryCatalog::default()
        }
    }

    /// Sells so many of each item.
    pub fn of_lines(&self, lines: &[(&str, f64)]) -> Result<PricedDraft, DraftError> {
        let draft = Draft {
            customer: self.stranger.clone().or_else(|| self.customer.clone()),
            posting_date: "2026-11-23".parse().unwrap(),
            lines: lines
                .iter()
                .map(|(item_code, qty)| DraftLine {
                    item_code: (*item_code).to_owned(),
                    qty: *qty,
                    uom: None,
                    batch_no: None,
                })
                .collect(),
            coupon_code: self.coupon_code.map(str::to_owned),
            discount: self.discount,
        };
        draft::price(&self.shop(), &self.catalog(lines), &draft)
    }

    /// What each row costs, given ones last.
    pub fn amounts(&self, lines: &[(&str, f64)]) -> Vec<f64> {
        let priced = self.of_lines(lines).unwrap();
        let items = priced.totals.items.iter();
        items
            .map(|item| (item.amount * 100.0).round() / 100.0)
            .collect()
    }

    /// What is said about rules.
    pub fn sentences(&self, lines: &[(&str, f64)]) -> Vec<String> {
        let priced = self.of_lines(lines).unwrap();
        priced.notices.iter().map(ToString::to_string).collect()
    }
}
