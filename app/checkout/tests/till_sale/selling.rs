//! Filling the cart, and everything that must not disturb it.

use checkout::cart::Cart;
use checkout::till::{Effect, Event, Notice, Sound, Stage};

use crate::shop::{BOOK, Counter, PENCIL, PENCIL_BOX, TEA, committed, refusal, saved_cart, usd};

#[test]
fn each_scan_is_kept_before_it_sounds_and_the_same_article_counts_up() {
    let mut counter = Counter::open();
    for (scan, kept) in [(BOOK, 1), (PENCIL_BOX, 2), (BOOK, 2), (PENCIL, 3)] {
        let effects = counter.scan(scan);
        let [Effect::SaveCart(Some(open)), Effect::Sound(Sound::Taken)] = &effects[..] else {
            panic!("{effects:?}");
        };
        assert_eq!(open.cart.lines().len(), kept);
        assert_eq!(open.cart, *counter.till.cart());
    }
    assert_eq!(
        counter.cart(),
        [
            ("BOOK", "2".to_owned()),
            ("PENCIL", "1".to_owned()),
            ("PENCIL", "1".to_owned())
        ]
    );
    // 2 x 7.99 + 13.50 + 1.25 and 8.25 % on it.
    assert_eq!(counter.till.cart().totals().net_total, 30.73);
    assert_eq!(counter.till.cart().totals().grand_total, 33.27);
}

#[test]
fn a_shift_is_durable_before_anything_can_be_sold() {
    let mut counter = Counter::resumed(checkout::till::Resume::default());
    assert_eq!(refusal(&counter.scan(BOOK)), Notice::SignInFirst);
    counter.sign_in();
    assert_eq!(refusal(&counter.scan(BOOK)), Notice::OpenShiftFirst);
    let open = Event::ShiftOpened {
        opening_amount: usd(15_000),
    };
    let effects = counter.step(open.clone());
    let [Effect::CommitShift(shift)] = &effects[..] else {
        panic!("{effects:?}");
    };
    let balances: Vec<_> = shift
        .balance_details
        .iter()
        .map(|b| (b.mode_of_payment.as_str(), b.opening_amount.units))
        .collect();
    assert_eq!(balances, [("Cash", 15_000), ("Credit Card", 0)]);
    assert_eq!(refusal(&counter.scan(BOOK)), Notice::OpenShiftFirst);

    // The disk refuses; the same shift is opened at the second try.
    let refused = checkout::till::NotSaved::DiskFull;
    let told = counter.step(Event::ShiftNotSaved(refused.clone()));
    assert_eq!(told, [Effect::Show(Notice::ShiftNotSaved(refused))]);
    let again = counter.step(open);
    let [Effect::CommitShift(second)] = &again[..] else {
        panic!("{again:?}");
    };
    assert_eq!(second.key, shift.key);
    counter.step(Event::ShiftSaved);
    assert_eq!(counter.till.shift().map(|shift| shift.number), Some(1));
    counter.scan(BOOK);
    assert_eq!(counter.cart().len(), 1);
}

#[test]
fn locking_in_the_middle_keeps_the_cart_and_the_tenders() {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    assert!(counter.step(Event::Locked).is_empty());
    assert_eq!(refusal(&counter.scan(PENCIL)), Notice::SignInFirst);
    assert!(counter.step(Event::PaymentStarted).is_empty());
    counter.sign_in();
    assert_eq!(counter.cart(), [("BOOK", "1".to_owned())]);

    counter.step(Event::PaymentStarted);
    counter.tender("Credit Card", Some(500));
    counter.step(Event::Locked);
    assert!(counter.tender("Cash", None).is_empty());
    counter.sign_in();
    assert_eq!(counter.tenders(), [("Credit Card", 500)]);
    let sale = committed(&counter.tender("Cash", None));
    // Locked again while the disk works: the sale still ends.
    counter.step(Event::Locked);
    assert_eq!(counter.step(Event::SaleCommitted).len(), 2);
    assert!(matches!(counter.till.stage(), Stage::Done(done) if **done == sale));
}

#[test]
fn undo_takes_back_one_change_at_a_time_and_is_kept() {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    counter.scan(PENCIL);
    let line = counter.till.cart().lines()[0].id;
    counter.step(Event::LineRemoved { line });
    assert_eq!(counter.cart(), [("PENCIL", "1".to_owned())]);
    let effects = counter.step(Event::Undone);
    let open = saved_cart(&effects).unwrap().unwrap();
    assert_eq!(open.cart.lines().len(), 2);
    counter.step(Event::CustomerChosen(Some("Ada".to_owned())));
    counter.step(Event::CartCleared);
    assert!(counter.cart().is_empty());
    counter.step(Event::Undone);
    assert_eq!(counter.cart().len(), 2);
    assert_eq!(
        counter.till.cart().customer().map(|c| c.name.as_str()),
        Some("Ada")
    );
    for _ in 0..3 {
        counter.step(Event::Undone);
    }
    assert!(!counter.till.can_undo());
    assert_eq!(*counter.till.cart(), Cart::new(counter.till.shop()));
    // With nothing left there is nothing to keep, and then nothing to do.
    assert!(counter.step(Event::Undone).is_empty());
}

#[test]
fn a_typed_weight_is_priced_to_the_cent() {
    let mut counter = Counter::open();
    counter.scan(TEA);
    let line = counter.till.cart().lines()[0].id;
    counter.step(Event::QuantityEntered {
        line,
        text: "0,385".to_owned(),
    });
    assert_eq!(counter.cart(), [("TEA", "0.385".to_owned())]);
    assert_eq!(counter.till.cart().totals().items[0].amount, 12.85);
}
