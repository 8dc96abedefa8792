//! Whatever happens in whatever order.

use checkout::cart::Cart;
use checkout::money::Money;
use checkout::sale::Sale;
use checkout::till::{Effect, Event, NotSaved, Sound, Stage};
use checkout::totals::calculate;
use proptest::prelude::*;

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

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
                let paid = sale.payments.iter().fold(usd(0), |sum, payment| sum.plus(payment.amount));
                prop_assert_eq!(sale.paid_amount, paid);
                prop_assert_eq!(sale.amount_to_pay.plus(sale.change_amount), paid);
                prop_assert_eq!(sale.lines.len(), sale.totals.items.len());
                prop_assert!(!sale.payments.is_empty() && !sale.amount_to_pay.is_negative());
                is_the_buyers(sale, cart)?;
            }
        }
    }
}
