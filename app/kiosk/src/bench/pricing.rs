//! Finding and computing prices.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use checkout::cart::{Addition, Cart};
use checkout::catalog::Catalog;
use checkout::shop::Shop;
use checkout::totals;
use store::ReadStore;

use super::{Figure, catalog, spread};
use crate::demo;

const LINES: u32 = 30;
const ROUNDS: u32 = 500;

/// One more scan into a cart of 30 lines, and the totals of such a cart alone.
pub fn measure(data: &Path, items: u32) -> anyhow::Result<Vec<Figure>> {
    let read = ReadStore::open(data)?;
    let profile = demo::config()?.pos_profile;
    let shop = Shop::assemble(&profile, read.small_masters()?)?;
    let mut full = Cart::new(&shop);
    for number in 0..LINES - 1 {
        scan(
            &read,
            &shop,
            &mut full,
            catalog::barcode(number * 7 % items),
        )?;
    }
    let (mut scans, mut computings) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut cart = full.clone();
        // Another item each time, so that no cache helps.
        let code = catalog::barcode((1_000 + round * 199) % items);
        let started = Instant::now();
        scan(&read, &shop, &mut cart, code)?;
        scans.push(started.elapsed());
        let settings = shop.totals_settings();
        let started = Instant::now();
        let computed = totals::calculate(cart.document(), &settings)?;
        computings.push(started.elapsed());
        anyhow::ensure!(
            computed == *cart.totals(),
            "the totals changed by themselves"
        );
    }
    let (scans, computings) = (spread(scans), spread(computings));
    let figure = |what, median: f64, p99: f64, note: &str| Figure {
        what,
        value: median * 1e3,
        limit: 200.0,
        unit: "us",
        note: format!("{note}; 99 of 100 below {:.0} us", p99 * 1e3),
    };
    Ok(vec![
        figure(
            "Barcode, price and totals, 30 lines",
            scans.median,
            scans.p99,
            "look-ups in the stored catalog included",
        ),
        figure(
            "Totals alone, 30 lines",
            computings.median,
            computings.p99,
            "every tax and rounding",
        ),
    ])
}

/// Puts what carries a barcode into a cart.
pub fn scan(read: &ReadStore, shop: &Shop, cart: &mut Cart, code: String) -> anyhow::Result<()> {
    let hit = read.barcode(&code)?.context("a made item is lost")?;
    let item = read.item(&hit.item_code)?.context("a made item is lost")?;
    cart.add(shop, read, jiff::Zoned::now().date(), &Addition::one(&item))?;
    Ok(())
}
