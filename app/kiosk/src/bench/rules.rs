//! A shop with many pricing rules: a whole cart priced anew, and one more scan into it.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use checkout::cart::Cart;
use checkout::catalog::Catalog;
use checkout::masters::{ApplyOn, Master, PricingRule, PricingRuleObject};
use checkout::shop::Shop;
use store::ReadStore;

use super::pricing::scan;
use super::{Figure, catalog, spread};
use crate::demo;

const RULES: u32 = 500;
const LINES: u32 = 30;
const ROUNDS: u32 = 300;
/// What a cashier never notices beside the painting of a frame.
const LIMIT: f64 = 1_000.0;

/// A change of customer, which prices all 30 lines anew, and the scan of the 30th.
pub fn measure(data: &Path, items: u32) -> anyhow::Result<Vec<Figure>> {
    let read = ReadStore::open(data)?;
    let mut masters = read.small_masters()?;
    masters.extend((0..RULES).map(|number| Master::from(rule(number, items))));
    let shop = Shop::assemble(&demo::config()?.pos_profile, masters)?;
    let today = jiff::Zoned::now().date();
    let mut almost = Cart::new(&shop);
    for line in 0..LINES - 1 {
        scan(
            &read,
            &shop,
            &mut almost,
            catalog::barcode(line * 7 % items),
        )?;
    }
    let customer = read
        .customer("Ada Byron")?
        .context("the demo's customer is lost")?;
    let (mut scans, mut wholes) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut cart = almost.clone();
        // Another item each time, so that no cache helps.
        let code = catalog::barcode((1_000 + round * 199) % items);
        let started = Instant::now();
        scan(&read, &shop, &mut cart, code)?;
        scans.push(started.elapsed());
        let customer = Some(customer.clone());
        let started = Instant::now();
        cart.set_customer(&shop, &read, today, customer)?;
        wholes.push(started.elapsed());
    }
    let discounted = almost
        .lines()
        .iter()
        .filter(|line| line.rate < line.price_list_rate);
    let note = format!(
        "{RULES} rules, {items} items, {} of {} lines discounted",
        discounted.count(),
        almost.lines().len()
    );
    let figure = |what, durations| {
        let spread = spread(durations);
        Figure {
            what,
            value: spread.median * 1e3,
            limit: LIMIT,
            unit: "us",
            note: format!("{note}; 99 of 100 below {:.0} us", spread.p99 * 1e3),
        }
    };
    Ok(vec![
        figure("Whole cart priced under rules, 30 lines", wholes),
        figure("One more scan under rules, 30 lines", scans),
    ])
}

/// A fair mix: most rules are on items, some on groups, brands and sums, some look at several rows
/// or ask a condition.
fn rule(number: u32, items: u32) -> PricingRule {
    const GROUPS: [&str; 5] = [
        "Fiction",
        "Non-Fiction",
        "Stationery",
        "Gifts",
        "All Item Groups",
    ];
    let on = |value: String| vec![PricingRuleObject { value, uom: None }];
    let item = |number: u32| catalog::code(number * 7 % items);
    let rule = PricingRule {
        name: format!("R{number:04}"),
        title: format!("Offer {number}"),
        selling: true,
        currency: "USD".to_owned(),
        discount_percentage: f64::from(number % 20 + 1),
        apply_multiple_pricing_rules: true,
        min_qty: f64::from(number % 3),
        ..PricingRule::default()
    };
    match number % 50 {
        // Of 50: 30 on items, ...
        0..30 => PricingRule {
            objects: on(item(number / 2)),
            ..rule
        },
        // ... 10 on item groups, two of them on all, ...
        kind @ 30..40 => PricingRule {
            apply_on: ApplyOn::ItemGroup,
            objects: on(GROUPS[kind as usize % GROUPS.len()].to_owned()),
            has_priority: true,
            priority: "1".to_owned(),
            ..rule
        },
        // ... 5 on brands, ...
        40..45 => PricingRule {
            apply_on: ApplyOn::Brand,
            objects: on(format!("Brand {number}")),
            ..rule
        },
        // ... 3 on the whole sale, ...
        45..48 => PricingRule {
            apply_on: ApplyOn::Transaction,
            min_amt: f64::from(number) * 100.0,
            ..rule
        },
        // ... one that counts several rows, and one that asks about the buyer.
        48 => PricingRule {
            objects: (0..5)
                .flat_map(|next| on(item(number / 2 + next)))
                .collect(),
            mixed_conditions: true,
            ..rule
        },
        _ => PricingRule {
            objects: on(item(number / 2)),
            condition: Some("customer_group == \"Staff\"".to_owned()),
            ..rule
        },
    }
}
