//! Whatever happens in whatever order.

use checkout::cart::{Cart, DiscountChange, PriceChange};
use checkout::money::Money;
use checkout::sale::Sale;
use checkout::till::{Effect, Event, NotSaved, Sound, Stage};
use checkout::totals::calculate;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::market::{goods, market, noor};
use crate::regulars::{RESELLER, RETAIL, catalog_with, shop, walk_in};
use crate::shop::{BOOK, BOOKMARK, Counter, DEPOSIT, PENCIL, PENCIL_BOX, TEA, usd};

fn codes() -> impl Strategy<Value = String> {
    let known = [BOOK, PENCIL, PENCIL_BOX, TEA, BOOKMARK, DEPOSIT];
    let odd = ["2", "9999999999999", "", "EVT1/C1-000001-7K2M9QXB"];
    prop_oneof![
        6 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    let amounts = prop_oneof![
        Just(None),
        (-100i64..5000).prop_map(|cents| Some(usd(cents))),
        Just(Some(usd(i64::MAX)))
    ];
    let modes = prop::sample::select(vec!["Cash", "Credit Card", "Shells"]);
    let quantities =
        prop::sample::select(vec!["1", "3", "6", "0.38", "999999.99", "0.385", "-1", "x"]);
    let customers = prop::sample::select(vec![
        None,
        Some("Ada"),
        Some("Harbour Café"),
        Some("Nobody"),
    ]);
    let disk = || NotSaved::Disk("no answer".to_owned());
    prop_oneof![
        1 => Just(Event::Locked),
        1 => Just(Event::ShopChanged(shop())),
        1 => Just(Event::ShiftOpened { opening_amount: usd(100) }),
        1 => Just(Event::ShiftSaved),
        1 => Just(Event::ShiftNotSaved(disk())),
        8 => codes().prop_map(Event::Scanned),
        2 => prop::sample::select(vec!["BOOK", "DISABLED", "GONE"])
            .prop_map(|code| Event::ItemChosen { item_code: code.to_owned() }),
        2 => (0u32..5, quantities)
            .prop_map(|(line, text)| Event::QuantityEntered { line, text: text.to_owned() }),
        1 => (0u32..5).prop_map(|line| Event::LineRemoved { line }),
        2 => customers.prop_map(|name| Event::CustomerChosen(name.map(str::to_owned))),
        1 => Just(Event::CartCleared),
        2 => Just(Event::Undone),
        1 => Just(Event::CartNotSaved(disk())),
        4 => Just(Event::PaymentStarted),
        1 => Just(Event::PaymentLeft),
        6 => (modes, amounts).prop_map(|(mode, amount)| Event::Tendered {
            mode_of_payment: mode.to_owned(),
            amount,
        }),
        1 => (0usize..3).prop_map(|place| Event::TenderRemoved { place }),
        3 => Just(Event::Completed),
        4 => Just(Event::SaleCommitted),
        1 => Just(Event::SaleNotCommitted(NotSaved::DiskFull)),
        2 => Just(Event::NextSale),
        8 => changes(),
    ]
}

/// What a cashier decides about lines and prices, sensible or not.
fn changes() -> impl Strategy<Value = Event> {
    let texts = || prop::sample::select(vec!["0", "5", "12.5", "100", "8,99", "-1", "x", ""]);
    let owned = str::to_owned;
    let prices = (0usize..4, texts()).prop_map(move |(kind, text)| match kind {
        0 => None,
        1 => Some(PriceChange::Rate(owned(text))),
        2 => Some(PriceChange::DiscountPercentage(owned(text))),
        _ => Some(PriceChange::DiscountAmount(owned(text))),
    });
    let discounts = (0usize..3, texts()).prop_map(move |(kind, text)| match kind {
        0 => None,
        1 => Some(DiscountChange::Percentage(owned(text))),
        _ => Some(DiscountChange::Amount(owned(text))),
    });
    let coupons = prop::sample::select(vec![None, Some("SAVE15"), Some("ONCE"), Some("x")]);
    let points = prop::sample::select(vec![None, Some(1), Some(100), Some(-1), Some(i64::MAX)]);
    let uoms = prop::sample::select(vec!["Nos", "Box", "Kg"]);
    let names = || prop::sample::select(vec!["MILK-OLD", "MILK-GONE", "PH-1", "PH-2", ""]);
    let reasons = prop::sample::select(vec!["", "regular"]);
    prop_oneof![
        2 => (0u32..5, -2i32..13).prop_map(|(line, steps)| Event::QuantityStepped { line, steps }),
        1 => (0u32..5, uoms)
            .prop_map(move |(line, uom)| Event::UomChosen { line, uom: owned(uom) }),
        1 => (0u32..5, names())
            .prop_map(move |(line, name)| Event::BatchChosen { line, batch_no: owned(name) }),
        2 => (0u32..5, prop::collection::vec(names().prop_map(owned), 0..3))
            .prop_map(|(line, serial_nos)| Event::SerialNosChosen { line, serial_nos }),
        4 => (0u32..5, prices).prop_map(|(line, change)| Event::PriceChanged { line, change }),
        2 => discounts.prop_map(Event::DiscountChanged),
        2 => coupons.prop_map(move |code| Event::CouponEntered(code.map(owned))),
        3 => points.prop_map(Event::PointsRedeemed),
        3 => reasons.prop_map(move |reason| Event::Approved { by: noor(), reason: owned(reason) }),
        1 => Just(Event::ApprovalRefused),
    ]
}

/// Lines and sale are priced and taxed for the same customer.
fn is_the_buyers(sale: &Sale, cart: &Cart) -> Result<(), TestCaseError> {
    let chosen = cart.customer().map(|customer| customer.name.as_str());
    let (name, list, category, template) = match chosen {
        Some(chosen) => (chosen, "Shelf", RESELLER, "Exempt"),
        None => ("Passer-by", "Street", RETAIL, "Full"),
    };
    prop_assert_eq!(&sale.customer_name, name);
    prop_assert_eq!(&sale.selling_price_list, list);
    prop_assert_eq!(sale.tax_category.as_deref(), Some(category));
    for (line, item) in sale.lines.iter().zip(&sale.totals.items) {
        prop_assert_eq!(line.item_tax_template.as_deref(), Some(template));
        prop_assert_eq!(
            line.item_price.as_deref().map(|p| p.starts_with("STREET")),
            Some(chosen.is_none())
        );
        prop_assert_eq!(line.qty.to_f64(), item.qty);
        if line.item_price.as_deref() == Some("ADA-PENCIL") {
            prop_assert_eq!(line.qty.to_f64() % 6.0, 0.0);
        }
    }
    Ok(())
}

/// Money and points are what is to be paid and what goes back.
fn is_paid(sale: &Sale) -> Result<(), TestCaseError> {
    let paid = sale
        .payments
        .iter()
        .fold(usd(0), |sum, payment| sum.plus(payment.amount));
    let points = sale
        .loyalty
        .as_ref()
        .map_or(usd(0), |loyalty| loyalty.loyalty_amount);
    prop_assert_eq!(sale.paid_amount, paid);
    prop_assert_eq!(
        sale.amount_to_pay.plus(sale.change_amount),
        paid.plus(points)
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, rng_seed: RngSeed::Fixed(20), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_breaks_totals_or_numbers(
        events in prop::collection::vec((events(), any::<bool>()), 1..120)
    ) {
        let mut counter = Counter::open_in(shop(), catalog_with(Some(walk_in())));
        let mut receipts = 0;
        for (event, unlock) in events {
            if unlock && counter.till.cashier().is_none() {
                counter.sign_in();
            }
            let committing = matches!(counter.till.stage(), Stage::Committing(..));
            let answered = event == Event::SaleCommitted;
            let was_done = matches!(counter.till.stage(), Stage::Done(_));
            let refused_only = |effects: &[Effect]| effects.iter().all(|effect| {
                matches!(effect, Effect::Sound(Sound::Refused) | Effect::Show(_))
            });
            let next_wanted = event == Event::NextSale;
            let effects = counter.step(event);
            if was_done && !next_wanted && refused_only(&effects) {
                prop_assert!(matches!(counter.till.stage(), Stage::Done(_)), "the change is gone");
            }
            if committing && answered {
                receipts += 1;
            }
            let cart = counter.till.cart();
            let settings = counter.till.shop().totals_settings();
            let fresh = calculate(cart.document(), &settings);
            if cart.is_empty() {
                prop_assert!(cart.document().items.is_empty());
            } else {
                prop_assert_eq!(cart.totals(), &fresh.unwrap());
            }
            let printed = effects.iter().filter(|effect| matches!(effect, Effect::Print(_)));
            prop_assert_eq!(printed.count(), usize::from(committing && answered));
            for effect in &effects {
                let Effect::CommitSale(sale) = effect else { continue };
                prop_assert_eq!(sale.receipt_number.number, receipts + 1);
                let due = Money::from_f64(sale.totals.amount_to_pay(), usd(0).currency);
                prop_assert_eq!(sale.amount_to_pay, due);
                is_paid(sale)?;
                prop_assert_eq!(sale.lines.len(), sale.totals.items.len());
                prop_assert!(!sale.payments.is_empty() && !sale.amount_to_pay.is_negative());
                is_the_buyers(sale, cart)?;
            }
        }
    }

    #[test]
    fn no_change_of_prices_breaks_the_cart(
        events in prop::collection::vec(
            prop_oneof![
                3 => prop::sample::select(vec![
                    BOOK, PENCIL, "MUG", "VASE", "MILK", "PHONE", "PH-2", "PH-3", "MILK-NEW", "SAVE15",
                ]).prop_map(|code| Event::Scanned(code.to_owned())),
                3 => changes(),
                1 => events(),
                1 => Just(Event::ShopChanged(market())),
            ],
            1..80,
        )
    ) {
        let mut counter = Counter::open_in(market(), goods());
        let other = shop();
        for event in events {
            // The shop of the other test has other customers.
            if matches!(&event, Event::ShopChanged(next) if **next == *other) {
                continue;
            }
            if counter.till.cashier().is_none() {
                counter.sign_in();
            }
            let before = counter.till.cart().clone();
            let effects = counter.step(event);
            let cart = counter.till.cart();
            if let [Effect::AskApproval(request)] = &effects[..] {
                prop_assert_eq!(cart, &before, "nothing happens before it is allowed");
                prop_assert!(!request.above.is_empty());
            }
            let settings = counter.till.shop().totals_settings();
            if !cart.is_empty() {
                prop_assert_eq!(cart.totals(), &calculate(cart.document(), &settings).unwrap());
            }
            for line in cart.lines() {
                let item = cart.totals_of(line.id).unwrap();
                prop_assert_eq!((item.qty, item.rate), (line.sold.qty.to_f64(), line.rate));
                let pieces = line.sold.serial_nos.len() + line.missing_serial_nos;
                prop_assert!(line.sold.item_code != "PHONE" || pieces as f64 == line.stock_qty());
                let cap = line.sold.item_code == "VASE" && line.rate < 16.0;
                prop_assert!(!cap || line.sold.above_max_discount, "nobody allowed it");
            }
            for effect in &effects {
                let Effect::CommitSale(sale) = effect else { continue };
                is_paid(sale)?;
                prop_assert_eq!(&sale.totals, &calculate(&sale.document, &settings).unwrap());
                for line in &sale.lines {
                    let pieces = line.serial_nos.len();
                    prop_assert!(line.item_code != "PHONE" || pieces as f64 == line.qty.to_f64());
                }
            }
        }
    }
}
