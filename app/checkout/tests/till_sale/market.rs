//! The small shop with all that decides prices: pricing rules, coupons, batches, pieces, variants,
//! a bundle, highest discounts and a loyalty program.

use std::sync::Arc;

use checkout::cart::CartLine;
use checkout::catalog::{LoyaltyAccount, MemoryCatalog};
use checkout::masters::{
    ApplyOn, Batch, CouponCode, Customer, CustomerGroup, Item, ItemGroup, ItemPrice,
    LoyaltyPointEntry, LoyaltyProgram, LoyaltyProgramCollection, Master, PosProfile,
    PriceOrProductDiscount, PricingRule, PricingRuleObject, ProductBundle, ProductBundleItem,
    RateOrDiscount, SerialNo,
};
use checkout::shift::Cashier;
use checkout::shop::Shop;
use checkout::till::Event;

use crate::shop::{Counter, catalog, profile, shop_with};

/// A rule that takes 10 % off, on nothing yet.
pub fn rule(name: &str, title: &str) -> PricingRule {
    PricingRule {
        name: name.to_owned(),
        title: title.to_owned(),
        selling: true,
        company: Some("Harbour Books".to_owned()),
        currency: "USD".to_owned(),
        discount_percentage: 10.0,
        ..PricingRule::default()
    }
}

fn on(value: &str) -> Vec<PricingRuleObject> {
    vec![PricingRuleObject {
        value: value.to_owned(),
        uom: None,
    }]
}

/// The rules of the market.
pub fn rules() -> Vec<PricingRule> {
    vec![
        PricingRule {
            apply_on: ApplyOn::ItemGroup,
            objects: on("Gifts"),
            ..rule("PRLE-0001", "10% Gifts")
        },
        PricingRule {
            objects: on("MUG"),
            price_or_product_discount: PriceOrProductDiscount::Product,
            min_qty: 2.0,
            same_item: true,
            free_qty: 1.0,
            is_recursive: true,
            recurse_for: 2.0,
            round_free_qty: true,
            ..rule("PRLE-0002", "Buy 2 get 1")
        },
        PricingRule {
            objects: on("PENCIL"),
            min_qty: 10.0,
            rate_or_discount: RateOrDiscount::Rate,
            rate: 1.0,
            ..rule("PRLE-0003", "Ten pencils")
        },
        PricingRule {
            apply_on: ApplyOn::Transaction,
            customer_group: Some("Club".to_owned()),
            min_amt: 100.0,
            discount_percentage: 5.0,
            ..rule("PRLE-0004", "Club")
        },
        PricingRule {
            objects: on("BOOK"),
            coupon_code_based: true,
            discount_percentage: 15.0,
            ..rule("PRLE-0005", "Save 15")
        },
        PricingRule {
            objects: on("PEN").into_iter().chain(on("INK")).collect(),
            mixed_conditions: true,
            min_qty: 3.0,
            discount_percentage: 20.0,
            ..rule("PRLE-0006", "Pen and ink")
        },
    ]
}

/// The market, with these masters instead of its own of the same name, or beside them.
pub fn market_with(more: impl IntoIterator<Item = Master>) -> Arc<Shop> {
    let coupon = |coupon_code: &str, maximum_use: i64| CouponCode {
        name: format!("The coupon {coupon_code}"),
        coupon_code: coupon_code.to_owned(),
        pricing_rule: Some("PRLE-0005".to_owned()),
        maximum_use,
        ..CouponCode::default()
    };
    let group = |name: &str| CustomerGroup {
        name: name.to_owned(),
        parent_customer_group: (name != "Everybody").then(|| "Everybody".to_owned()),
        ..CustomerGroup::default()
    };
    let mut masters: Vec<Master> = rules().into_iter().map(Master::from).collect();
    masters.extend([
        PosProfile {
            warehouse: "Shop".to_owned(),
            allow_rate_change: true,
            allow_discount_change: true,
            ..profile()
        }
        .into(),
        ItemGroup {
            name: "Gifts".to_owned(),
            parent_item_group: Some("Books".to_owned()),
            ..ItemGroup::default()
        }
        .into(),
        group("Everybody").into(),
        group("Club").into(),
        group("People").into(),
        coupon("SAVE15", 100).into(),
        coupon("ONCE", 1).into(),
        CouponCode {
            customer: Some("Ada".to_owned()),
            ..coupon("ADA-ONLY", 1)
        }
        .into(),
        CouponCode {
            valid_upto: Some("2026-11-22".parse().unwrap()),
            ..coupon("LATE", 0)
        }
        .into(),
        LoyaltyProgram {
            name: "Rewards".to_owned(),
            company: Some("Harbour Books".to_owned()),
            conversion_factor: 0.05,
            expense_account: Some("Rewards - HB".to_owned()),
            collection_rules: vec![LoyaltyProgramCollection {
                tier_name: "All".to_owned(),
                min_spent: 0.0,
                collection_factor: 10.0,
            }],
            ..LoyaltyProgram::default()
        }
        .into(),
        ProductBundle {
            name: "SET".to_owned(),
            new_item_code: "SET".to_owned(),
            items: vec![ProductBundleItem {
                item_code: "PENCIL".to_owned(),
                qty: 2.0,
                uom: None,
            }],
            ..ProductBundle::default()
        }
        .into(),
    ]);
    masters.extend(more);
    shop_with(masters)
}

pub fn market() -> Arc<Shop> {
    market_with([])
}

/// What the market sells, besides the goods of the small shop.
pub fn goods() -> MemoryCatalog {
    let mut goods = catalog();
    let item = |item_code: &str, item_group: &str| Item {
        item_code: item_code.to_owned(),
        item_name: item_code.to_owned(),
        item_group: item_group.to_owned(),
        stock_uom: "Nos".to_owned(),
        is_sales_item: true,
        ..Item::default()
    };
    let variant = |item_code: &str| Item {
        variant_of: Some("SHIRT".to_owned()),
        ..item(item_code, "Books")
    };
    let items = [
        item("CARD", "Gifts"),
        item("MUG", "Books"),
        item("PEN", "Books"),
        item("INK", "Books"),
        item("SET", "Books"),
        Item {
            max_discount: 20.0,
            ..item("VASE", "Books")
        },
        Item {
            has_batch_no: true,
            ..item("MILK", "Books")
        },
        Item {
            has_serial_no: true,
            ..item("PHONE", "Books")
        },
        Item {
            has_variants: true,
            ..item("SHIRT", "Books")
        },
        variant("SHIRT-S"),
        variant("SHIRT-M"),
    ];
    goods.items.extend(items.map(Arc::new));
    let price = |item_code: &str, price_list_rate: f64| ItemPrice {
        name: format!("P-{item_code}"),
        item_code: item_code.to_owned(),
        price_list: "Shelf".to_owned(),
        price_list_rate,
        currency: "USD".to_owned(),
        ..ItemPrice::default()
    };
    goods.item_prices.extend([
        price("CARD", 11.8),
        price("MUG", 5.0),
        price("PEN", 3.0),
        price("INK", 4.0),
        price("SET", 10.0),
        price("VASE", 20.0),
        price("MILK", 1.2),
        price("PHONE", 119.0),
        price("SHIRT", 15.0),
    ]);
    let batch = |name: &str, expiry_date: &str, batch_qty| Batch {
        name: name.to_owned(),
        item: "MILK".to_owned(),
        expiry_date: Some(expiry_date.parse().unwrap()),
        batch_qty,
        ..Batch::default()
    };
    goods.batches = vec![
        batch("MILK-NEW", "2026-12-31", 5.0),
        batch("MILK-OLD", "2026-12-01", 2.0),
        batch("MILK-GONE", "2026-11-22", 9.0),
    ];
    let piece = |name: &str| SerialNo {
        name: name.to_owned(),
        item_code: "PHONE".to_owned(),
        warehouse: Some("Shop".to_owned()),
        status: "Active".to_owned(),
        ..SerialNo::default()
    };
    goods.serial_nos = vec![piece("PH-1"), piece("PH-2"), piece("PH-3")];
    for customer in &mut goods.customers {
        if customer.name == "Ada" {
            customer.loyalty_program = Some("Rewards".to_owned());
            customer.customer_group = Some("People".to_owned());
        }
    }
    goods.customers.push(Customer {
        name: "Library".to_owned(),
        customer_name: "Library".to_owned(),
        customer_group: Some("Club".to_owned()),
        ..Customer::default()
    });
    goods.loyalty.insert(
        "Ada".to_owned(),
        LoyaltyAccount {
            entries: vec![LoyaltyPointEntry {
                customer: "Ada".to_owned(),
                loyalty_program: "Rewards".to_owned(),
                company: Some("Harbour Books".to_owned()),
                loyalty_points: 430,
                posting_date: Some("2026-01-01".parse().unwrap()),
                expiry_date: Some("2027-01-01".parse().unwrap()),
                ..LoyaltyPointEntry::default()
            }],
            as_of: Some("2026-11-23T14:00:00Z".parse().unwrap()),
            redeemed_since: 0,
        },
    );
    goods
}

/// A till in the market.
pub fn counter() -> Counter {
    Counter::open_in(market(), goods())
}

pub fn noor() -> Cashier {
    Cashier {
        id: "noor".to_owned(),
        name: "Noor".to_owned(),
    }
}

pub fn choose(counter: &mut Counter, customer: &str) {
    counter.step(Event::CustomerChosen(Some(customer.to_owned())));
}

/// The line of an item.
pub fn line<'a>(counter: &'a Counter, item_code: &str) -> &'a CartLine {
    let mut lines = counter.till.cart().lines().iter();
    let found = lines.find(|line| line.sold.item_code == item_code);
    found.unwrap_or_else(|| panic!("{item_code} is not in the cart"))
}

/// What a line comes to.
pub fn amount(counter: &Counter, item_code: &str) -> f64 {
    let id = line(counter, item_code).id;
    counter.till.cart().totals_of(id).unwrap().amount
}
