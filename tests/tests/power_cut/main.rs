//! The plug is pulled at every instant of a day: before and after each single thing that the till
//! asks of the world. The day is then finished by a cashier who knows only what the screen and the
//! paper say.
//!
//! A cut is the data folder as it lies on the disk at that instant, with its write-ahead log: it
//! is copied while the till still has it open, and opened again without the till that wrote it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod errand;
mod world;

use std::sync::Arc;

use checkout::money::Money;
use checkout::receipt::Copy;
use checkout::shop::Shop;
use store::{JournalKind, Masters, SalesQuery, Store};
use tempfile::TempDir;
use tests::fixtures::usd;

use errand::{DAY, LEFT_OPEN};
use world::{Outside, World};

fn numbers(store: &Store) -> Vec<u64> {
    let query = SalesQuery {
        limit: 100,
        ..SalesQuery::default()
    };
    let sales = store.records().sales(&query).unwrap();
    let numbers = sales.iter().rev().map(|sale| sale.receipt_number.number);
    numbers.collect()
}

/// The store holds what it said it holds, no more and no less.
fn check_after_the_cut(world: &World, what: &str) {
    let store = &world.store;
    let (resume, outside) = (store.resume().unwrap(), &world.outside);
    let count = outside.sales.len();
    assert_eq!(resume.receipts, count as u64, "{what}: receipts");
    assert_eq!(resume.shifts, outside.shifts as u64, "{what}: shifts");
    assert_eq!(resume.open_cart, outside.cart, "{what}: the open cart");
    assert_eq!(
        numbers(store),
        (1..=count as u64).collect::<Vec<_>>(),
        "{what}: numbers"
    );
    for sale in &outside.sales {
        let record = store.records().sale(&sale.receipt_number).unwrap();
        let record = record.unwrap_or_else(|| panic!("{what}: {} is lost", sale.key));
        assert_eq!(record.sale, *sale, "{what}: {} is another", sale.key);
    }
    // No discount without its entry in the journal, whatever was cut off.
    let discounted = outside
        .sales
        .iter()
        .filter(|sale| sale.totals.discount_amount != 0.0);
    let open = outside
        .cart
        .iter()
        .filter(|open| open.cart.discount().is_some());
    let entries = store.records().journal_entries(0, u32::MAX).unwrap();
    let facts = entries
        .iter()
        .filter(|entry| entry.kind == JournalKind::Discount);
    assert!(
        facts.count() >= discounted.count() + open.count(),
        "{what}: a discount without its entry"
    );
    let unsent = store.records().outbox_summary().unwrap().unsent;
    assert_eq!(unsent as usize, count + outside.shifts, "{what}: outbox");
    let intact = store.records().journal_verify().unwrap();
    assert!(intact.is_ok(), "{what}: {intact:?}");
    for (number, _) in &outside.paper {
        assert!(
            outside
                .sales
                .iter()
                .any(|sale| sale.receipt_number == *number),
            "{what}: receipt {number} is on paper without its sale"
        );
    }
}

/// The day came out as it does without a cut.
fn check_the_day(world: &World, what: &str) {
    check_after_the_cut(world, what);
    let outside = &world.outside;
    assert_eq!(outside.sales.len(), DAY.len(), "{what}: sales");
    for (sale, errand) in outside.sales.iter().zip(&DAY) {
        let sold = sale.receipt_lines().into_iter().map(|(_, line)| line);
        let goods: Vec<_> = sold
            .filter(|line| !line.is_free_item)
            .map(|line| (line.item_code.as_str(), line.qty.to_string()))
            .collect();
        let wanted: Vec<_> = errand
            .goods
            .iter()
            .map(|(code, qty)| (*code, (*qty).to_owned()))
            .collect();
        assert_eq!(goods, wanted, "{what}: goods of {}", sale.key);
        let modes: Vec<_> = sale
            .payments
            .iter()
            .map(|payment| payment.mode_of_payment.as_str())
            .collect();
        let tendered: Vec<_> = errand.tenders.iter().map(|(mode, _)| *mode).collect();
        assert_eq!(modes, tendered, "{what}: tenders of {}", sale.key);
        let due = Money::from_f64(sale.totals.amount_to_pay(), usd(0).currency);
        let loyalty = sale.loyalty.as_ref();
        let points = loyalty.map_or(usd(0), |loyalty| loyalty.loyalty_amount);
        assert_eq!(
            sale.paid_amount.plus(points),
            due.plus(sale.change_amount),
            "{what}"
        );
        let redeemed = loyalty.map_or(0, |loyalty| loyalty.loyalty_points);
        assert_eq!(
            redeemed,
            errand.points.unwrap_or(0),
            "{what}: points of {}",
            sale.key
        );
        let coupon = sale
            .coupon
            .as_ref()
            .map(|coupon| coupon.coupon_code.as_str());
        assert_eq!(coupon, errand.coupon, "{what}: coupon of {}", sale.key);
        let off = sale.document.additional_discount_percentage;
        let wanted = errand.discount.map_or(0.0, |text| text.parse().unwrap());
        assert_eq!(off, wanted, "{what}: discount of {}", sale.key);
        let buyer = errand.customer.unwrap_or("Walk-in Customer");
        assert_eq!(sale.customer, buyer, "{what}");
        let of_sale = |copy: Copy| {
            let printed = outside.paper.iter();
            printed
                .filter(|(number, of)| *number == sale.receipt_number && *of == copy)
                .count()
        };
        let (originals, duplicates) = (of_sale(Copy::Original), of_sale(Copy::Duplicate));
        assert_eq!(
            originals + duplicates,
            1,
            "{what}: {originals} originals and {duplicates} duplicates of {}",
            sale.key
        );
    }
    let open = outside.cart.as_ref().map(|open| &open.cart);
    let open = open.unwrap_or_else(|| panic!("{what}: the open cart is lost"));
    assert_eq!(
        open.lines().len(),
        LEFT_OPEN.goods.len(),
        "{what}: the open cart"
    );
    assert!(open.coupon().is_some(), "{what}: the open cart's coupon");
    assert!(
        open.discount().is_some(),
        "{what}: the open cart's discount"
    );
    let pending = world.store.print_jobs_pending().unwrap();
    assert!(pending.is_empty(), "{what}: {pending:?}");
    let entries = world.store.records().outbox_entries(10).unwrap();
    let doctypes: Vec<_> = entries.iter().map(|entry| entry.doctype).collect();
    assert_eq!(
        doctypes,
        [
            "POS Opening Entry",
            "POS Invoice",
            "POS Invoice",
            "POS Invoice",
            "POS Invoice"
        ],
        "{what}: the outbox, oldest first"
    );
}

#[test]
fn a_cut_at_any_instant_of_the_day_loses_and_doubles_nothing() {
    let masters = kiosk::demo::masters("2026-11-23".parse().unwrap()).unwrap();
    let shop = Arc::new(Shop::assemble("Counter 1", masters.clone()).unwrap());
    let folder = TempDir::new().unwrap();
    drop(Store::open(folder.path(), [1, 2, 3, 4, 5]).unwrap());
    Masters::open(folder.path())
        .unwrap()
        .apply(&masters)
        .unwrap();

    let morning = "2026-11-23T14:00:00Z".parse().unwrap();
    let mut day = World::on(folder, &shop, Outside::default(), morning);
    day.cuts = Some(Vec::new());
    day.finish_the_day();
    let cuts = day.cuts.take().unwrap();
    check_the_day(&day, "without a cut");
    assert_eq!(day.outside.kicks, 3, "three sales moved cash");
    assert!(cuts.len() > 60, "the day had only {} instants", cuts.len());

    let drawers = day.outside.kicks;
    for (place, (what, folder, outside)) in cuts.into_iter().enumerate() {
        let what = format!("cut {place}, {what}");
        let mut world = World::on(folder, &shop, outside, day.now);
        check_after_the_cut(&world, &what);
        world.finish_the_day();
        check_the_day(&world, &what);
        // A drawer that was about to open is opened by hand; it never opens twice for one sale.
        assert!(world.outside.kicks <= drawers, "{what}: drawer");
    }
}
