//! What holds for every cart, with real rules, batches, units, customers and coupons.

use std::sync::Arc;

use checkout::cart::{Cart, CartLine, DiscountChange, PriceChange};
use checkout::catalog::MemoryCatalog;
use checkout::draft::{self, Draft, DraftLine};
use checkout::masters::{
    ApplyOn, ItemPrice, Master, PriceOrProductDiscount, PricingRule, PricingRuleObject,
    RateOrDiscount,
};
use checkout::pricing_rules::DocumentDiscount;
use checkout::shop::Shop;
use checkout::till::{Effect, Event, OpenCart, Stage};
use checkout::totals::{ApplyDiscountOn, MarginType, Totals, calculate};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::market::{goods, market_with, noor, rule};
use crate::shop::{BOOK, Counter, PENCIL, PENCIL_BOX, TEA, usd};

const CODES: [&str; 12] = [
    BOOK, PENCIL, PENCIL_BOX, TEA, "CARD", "MUG", "PEN", "INK", "SET", "VASE", "MILK", "SHIRT-S",
];

/// The goods, with prices beside theirs that must never be taken: of another list, from another
/// time, of another customer.
fn stocked() -> MemoryCatalog {
    let mut goods = goods();
    let day = |text: &str| Some(text.parse().unwrap());
    let mut odd: Vec<ItemPrice> = Vec::new();
    for price in &goods.item_prices {
        let one = |name: &str, rate: f64| ItemPrice {
            name: format!("{name} {}", price.name),
            price_list_rate: rate,
            ..price.clone()
        };
        odd.push(ItemPrice {
            valid_upto: day("2026-11-22"),
            ..one("EXPIRED", 0.11)
        });
        odd.push(ItemPrice {
            valid_from: day("2026-11-24"),
            ..one("FUTURE", 0.12)
        });
        odd.push(ItemPrice {
            price_list: "Other".to_owned(),
            ..one("FOREIGN", 0.13)
        });
        odd.push(ItemPrice {
            customer: Some("Somebody Else".to_owned()),
            ..one("HERS", 0.14)
        });
    }
    goods.item_prices.extend(odd);
    for batch in &mut goods.batches {
        batch.batch_qty *= 3.0;
    }
    goods
}

// Four of these together never take off more than a price.
prop_compose! {
    fn some_rule()(
        item in prop::sample::select(vec!["BOOK", "PENCIL", "TEA", "CARD", "MUG", "PEN", "INK", "MILK"]),
        kind in 0..6,
        per_cent in prop::sample::select(vec![3.0, 12.345, 20.0]),
        amount in prop::sample::select(vec![0.05, 0.1]),
        margin in prop::sample::select(vec![None, Some((MarginType::Percentage, 12.5)), Some((MarginType::Amount, 0.35))]),
        min_qty in prop::sample::select(vec![0.0, 2.0, 5.0]),
        mixed_conditions in any::<bool>(),
        together in any::<bool>(),
        group in any::<bool>(),
    ) -> PricingRule {
        let applies = if group { ("Books", ApplyOn::ItemGroup) } else { (item, ApplyOn::ItemCode) };
        let (rate_or_discount, gives) = match kind {
            0 | 1 => (RateOrDiscount::DiscountPercentage, false),
            2 => (RateOrDiscount::DiscountAmount, false),
            3 => (RateOrDiscount::Rate, false),
            _ => (RateOrDiscount::DiscountPercentage, true),
        };
        PricingRule {
            apply_on: applies.1,
            objects: vec![PricingRuleObject { value: applies.0.to_owned(), uom: None }],
            price_or_product_discount: if gives {
                PriceOrProductDiscount::Product
            } else {
                PriceOrProductDiscount::Price
            },
            rate_or_discount,
            discount_percentage: per_cent,
            discount_amount: amount,
            rate: 0.9 + amount,
            // An amount off a margin in per cent leaves a rate that is not rounded, which no fixed
            // document can hold.
            margin_type: margin.map(|margin| margin.0).filter(|_| kind != 2),
            margin_rate_or_amount: margin.map_or(0.0, |margin| margin.1),
            min_qty,
            mixed_conditions,
            // Percentages are taken of the list price, so that beside a low rate they can pass it.
            apply_multiple_pricing_rules: together && kind != 3,
            same_item: kind == 4,
            free_item: Some("CARD".to_owned()),
            free_qty: 1.0,
            is_recursive: gives && min_qty > 0.0,
            recurse_for: min_qty,
            round_free_qty: true,
            ..rule("", "")
        }
    }
}

fn shops() -> impl Strategy<Value = Arc<Shop>> {
    let club = PricingRule {
        apply_on: ApplyOn::Transaction,
        min_amt: 30.0,
        discount_percentage: 7.0,
        apply_discount_on: Some(ApplyDiscountOn::NetTotal),
        ..rule("PRLE-9000", "Large sales")
    };
    (prop::collection::vec(some_rule(), 0..5), any::<bool>()).prop_map(move |(rules, large)| {
        let named = rules
            .into_iter()
            .enumerate()
            .map(|(place, rule)| PricingRule {
                name: format!("PRLE-1{place:03}"),
                ..rule
            });
        let club = large.then(|| club.clone());
        market_with(named.chain(club).map(Master::from).collect::<Vec<_>>())
    })
}

fn customers() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![None, Some("Ada"), Some("Library")])
}

fn scans() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(CODES.to_vec()), 1..25)
}

fn counter(shop: &Arc<Shop>, customer: Option<&str>) -> Counter {
    let mut counter = Counter::open_in(shop.clone(), stocked());
    if let Some(customer) = customer {
        counter.step(Event::CustomerChosen(Some(customer.to_owned())));
    }
    counter
}

/// What a cart comes to and gives, whatever its lines are called.
fn result(cart: &Cart) -> (String, Vec<(String, String)>) {
    let given = cart.given().iter();
    let given = given.map(|line| (line.sold.item_code.clone(), line.sold.qty.to_string()));
    let document = serde_json::to_string(&(cart.document(), cart.totals())).unwrap();
    (document, given.collect())
}

/// The line of an odd place, where there is one.
fn some_line(counter: &Counter, place: usize) -> Option<u32> {
    let lines = counter.till.cart().lines();
    lines.get(place % lines.len().max(1)).map(|line| line.id)
}

/// A change by the cashier, allowed by a manager where it has to be.
fn changed(counter: &mut Counter, event: Event) {
    if let [Effect::AskApproval(_)] = &counter.step(event)[..] {
        let reason = "regular".to_owned();
        counter.step(Event::Approved { by: noor(), reason });
    }
}

fn change(place: usize, value: u32) -> PriceChange {
    match place % 3 {
        0 => PriceChange::Rate(format!("{}.{:02}", value / 100, value % 100)),
        1 => PriceChange::DiscountPercentage((value % 101).to_string()),
        _ => PriceChange::DiscountAmount(format!("0.{:02}", value % 100)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_scanning_changes_nothing(
        shop in shops(),
        customer in customers(),
        (scans, shuffled) in scans().prop_flat_map(|scans| (Just(scans.clone()), Just(scans).prop_shuffle())),
        coupon in any::<bool>(),
    ) {
        let mut one = counter(&shop, customer);
        let mut other = counter(&shop, None);
        if coupon {
            one.scan("SAVE15");
        }
        for (code, later) in scans.iter().zip(&shuffled) {
            one.scan(code);
            other.scan(later);
        }
        if coupon {
            other.scan("SAVE15");
        }
        if let Some(customer) = customer {
            other.step(Event::CustomerChosen(Some(customer.to_owned())));
        }
        prop_assert_eq!(result(one.till.cart()), result(other.till.cart()));
    }

    #[test]
    fn a_cart_grown_scan_by_scan_costs_what_its_document_costs_priced_at_once(
        shop in shops(),
        customer in customers(),
        scans in scans(),
        coupon in any::<bool>(),
    ) {
        let mut counter = counter(&shop, customer);
        if coupon {
            counter.scan("SAVE15");
        }
        for code in &scans {
            counter.scan(code);
        }
        let cart = counter.till.cart();
        let mut lines: Vec<_> = cart.lines().iter().collect();
        lines.sort_by_key(|line| {
            let item = cart.totals_of(line.id).unwrap();
            cart.totals().items.iter().position(|other| std::ptr::eq(item, other))
        });
        let row = |line: &&CartLine| DraftLine {
            item_code: line.sold.item_code.clone(),
            qty: line.sold.qty.to_f64(),
            uom: Some(line.sold.uom.clone()),
            batch_no: line.sold.batch_no.clone(),
        };
        let draft = Draft {
            customer: cart.buyer().cloned(),
            posting_date: "2026-11-23".parse().unwrap(),
            lines: lines.iter().map(row).collect(),
            coupon_code: coupon.then(|| "The coupon SAVE15".to_owned()),
            discount: DocumentDiscount::default(),
        };
        let priced = draft::price(&shop, &stocked(), &draft).unwrap();
        let amounts = |totals: &Totals| totals.items.iter().map(|i| i.amount).collect::<Vec<_>>();
        prop_assert_eq!(amounts(cart.totals()), amounts(&priced.totals));
        let free: Vec<_> = priced.rows.iter().filter(|row| row.is_free_item).collect();
        prop_assert_eq!(free.len(), cart.given().len());
        prop_assert_eq!(cart.totals().grand_total, priced.totals.grand_total);
        prop_assert_eq!(cart.totals().rounded_total, priced.totals.rounded_total);
    }

    #[test]
    fn a_line_put_in_and_taken_out_again_leaves_no_trace(
        shop in shops(),
        customer in customers(),
        scans in scans(),
        more in prop::sample::select(CODES.to_vec()),
    ) {
        let mut counter = counter(&shop, customer);
        for code in scans.iter().filter(|code| **code != more) {
            counter.scan(code);
        }
        let before = counter.till.cart().clone();
        counter.scan(more);
        let added = counter.till.touched_line().unwrap();
        let with = counter.till.cart().clone();
        counter.step(Event::LineRemoved { line: added });
        if !before.is_empty() {
            prop_assert_eq!(result(counter.till.cart()), result(&before));
        }
        counter.step(Event::Undone);
        prop_assert_eq!(counter.till.cart(), &with);
        counter.step(Event::Undone);
        prop_assert_eq!(counter.till.cart(), &before);
    }

    #[test]
    fn whatever_is_changed_the_fixed_document_adds_up_to_what_the_customer_pays(
        shop in shops(),
        customer in customers(),
        scans in scans(),
        changes in prop::collection::vec((any::<usize>(), 0u32..2000), 0..5),
        discount in prop::sample::select(vec![None, Some("Percentage"), Some("Amount")]),
        coupon in any::<bool>(),
    ) {
        let mut counter = counter(&shop, customer);
        for code in &scans {
            counter.scan(code);
        }
        if coupon {
            counter.scan("SAVE15");
        }
        for (place, value) in changes {
            if let Some(line) = some_line(&counter, place) {
                let change = Some(change(place / 7, value));
                changed(&mut counter, Event::PriceChanged { line, change });
            }
        }
        let discount = discount.map(|kind| match kind {
            "Amount" => DiscountChange::Amount("1.23".to_owned()),
            _ => DiscountChange::Percentage("12.5".to_owned()),
        });
        changed(&mut counter, Event::DiscountChanged(discount));

        let cart = counter.till.cart().clone();
        let settings = shop.totals_settings();
        prop_assert_eq!(cart.totals(), &calculate(cart.document(), &settings).unwrap());
        for row in &cart.document().items {
            prop_assert!(!row.has_pricing_rules && row.margin_type.is_none());
        }
        for line in cart.lines() {
            let item = cart.totals_of(line.id).unwrap();
            prop_assert_eq!(item.rate, line.rate, "{} {:?}", line.sold.item_code, line.reasons());
            prop_assert_eq!(item.qty, line.sold.qty.to_f64());
            prop_assert!(item.amount >= 0.0 && item.net_amount >= 0.0, "{:?}", item);
            let price = line.sold.item_price.as_deref().unwrap();
            let wrong = ["EXPIRED", "FUTURE", "FOREIGN", "HERS"];
            prop_assert!(!wrong.iter().any(|odd| price.starts_with(odd)), "{}", price);
        }
        prop_assert_eq!(cart.given().len(), cart.totals_of_given().len());
        for (line, item) in cart.given().iter().zip(cart.totals_of_given()) {
            prop_assert_eq!((line.sold.qty.to_f64(), line.rate), (item.qty, item.rate));
        }
        prop_assert!(cart.totals().grand_total >= 0.0);

        // What is kept for a restart is the same cart and goes on the same.
        let kept = OpenCart { cart: cart.clone(), payments: None, returning: None, refund: None };
        let kept: OpenCart = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
        prop_assert_eq!(&kept.cart, &cart);

        counter.step(Event::PaymentStarted);
        prop_assert!(matches!(counter.till.stage(), Stage::Paying(_)));
        let effects = counter.step(Event::Tendered {
            mode_of_payment: "Cash".to_owned(),
            amount: None,
        });
        let effects = if effects.is_empty() || cart.amount_to_pay(&shop) == usd(0) {
            counter.step(Event::Completed)
        } else {
            effects
        };
        let [Effect::CommitSale(sale)] = &effects[..] else {
            panic!("no sale: {effects:?}");
        };
        prop_assert_eq!(&sale.totals, &calculate(&sale.document, &settings).unwrap());
        let mut places: Vec<usize> = sale.lines.iter().map(|line| line.place).collect();
        places.sort_unstable();
        prop_assert_eq!(places, (0..sale.lines.len()).collect::<Vec<_>>());
        for (line, row) in sale.lines.iter().zip(&sale.document.items) {
            prop_assert_eq!(&line.item_code, &row.item_code);
            prop_assert_eq!(line.qty.to_f64(), row.qty);
        }
    }
}
