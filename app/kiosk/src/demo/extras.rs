//! What the recorded site had too little of for a newcomer to meet everything a till can do: a cap
//! on discounts, points on an account, a batch that expired, the attributes of every variant. And
//! goods that were fresh when they were recorded stay fresh.

use checkout::masters::{Batch, CouponCode, Item, ItemVariantAttribute, LoyaltyPointEntry, Master};
use jiff::ToSpan;
use jiff::civil::Date;

/// The day the site was recorded.
const RECORDED: Date = Date::constant(2026, 11, 23);
/// The highest discount on these goods, in per cent.
const MAX_DISCOUNT: (&str, f64) = ("Electronics", 15.0);
/// Who has points, how many, and what was bought for them.
const POINTS: (&str, i64, f64) = ("Ada Byron", 430, 4_300.0);

/// The recorded masters as they are on a day, and the rest of them.
pub fn masters_on(today: Date, recorded: Vec<Master>) -> Vec<Master> {
    // A clock that was never set shows the shop as it was recorded.
    let since = today.max(RECORDED) - RECORDED;
    let moved = |day: &mut Option<Date>| {
        *day = day.map(|day| day.checked_add(since).unwrap_or(Date::MAX));
    };
    let mut masters = recorded;
    for master in &mut masters {
        match master {
            Master::Item(item) => complete(item),
            Master::Batch(Batch { expiry_date, .. }) => moved(expiry_date),
            Master::CouponCode(CouponCode { valid_upto, .. }) => moved(valid_upto),
            _ => {}
        }
    }
    masters.extend(points(today));
    masters.push(Master::Batch(Batch {
        name: "BAT-003-OLD".to_owned(),
        item: "BAT-003".to_owned(),
        expiry_date: today.yesterday().ok(),
        batch_qty: 4.0,
        ..Batch::default()
    }));
    masters
}

fn complete(item: &mut Item) {
    let (group, max_discount) = MAX_DISCOUNT;
    if item.item_group == group {
        item.max_discount = max_discount;
    }
    if item.variant_of.is_some() && item.attributes.is_empty() {
        // Only one of the variants was recorded whole; the item codes of all spell them out.
        let value = |part: &str| {
            Some(match part {
                "S" => ("Size", "Small"),
                "M" => ("Size", "Medium"),
                "L" => ("Size", "Large"),
                "RED" => ("Colour", "Red"),
                "BLU" => ("Colour", "Blue"),
                _ => return None,
            })
        };
        let attribute = |(attribute, value): (&str, &str)| ItemVariantAttribute {
            attribute: attribute.to_owned(),
            attribute_value: value.to_owned(),
        };
        let parts = item.item_code.split('-');
        item.attributes = parts.filter_map(value).map(attribute).collect();
    }
}

fn points(today: Date) -> impl Iterator<Item = Master> {
    let (customer, loyalty_points, purchase_amount) = POINTS;
    let entry = move |name: &str, points, amount, days: i32| {
        let posting_date = today.checked_sub(days.days()).ok();
        Master::LoyaltyPointEntry(LoyaltyPointEntry {
            name: name.to_owned(),
            customer: customer.to_owned(),
            loyalty_program: "Harbour Rewards".to_owned(),
            company: Some("Harbour Books".to_owned()),
            loyalty_points: points,
            purchase_amount: amount,
            posting_date,
            expiry_date: posting_date.and_then(|day| day.checked_add(365.days()).ok()),
            invoice: None,
        })
    };
    [
        entry("demo-points", loyalty_points, purchase_amount, 30),
        // These are lost.
        entry("demo-points-expired", 80, 800.0, 400),
    ]
    .into_iter()
}
