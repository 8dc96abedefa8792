//! What a start finds is taken up where it was left.

use checkout::till::{Effect, Event, OpenCart, Resume, Stage};

use crate::shop::{BOOK, Counter, PENCIL, committed, saved_cart};

/// Passes the cart through JSON, as the store does.
fn kept(effects: &[Effect]) -> Option<OpenCart> {
    let open = saved_cart(effects).unwrap()?;
    let text = serde_json::to_string(open).unwrap();
    let back: OpenCart = serde_json::from_str(&text).unwrap();
    assert_eq!(back, *open, "the cart changes when it is kept");
    Some(back)
}

#[test]
fn cart_customer_and_tenders_come_back_and_the_sale_goes_on() {
    let mut before = Counter::open();
    before.scan(BOOK);
    before.scan(PENCIL);
    before.step(Event::CustomerChosen(Some("Ada".to_owned())));
    before.step(Event::PaymentStarted);
    let effects = before.tender("Credit Card", Some(300));

    let mut after = Counter::resumed(Resume {
        receipts: 41,
        shifts: 1,
        shift: before.till.shift().cloned(),
        open_cart: kept(&effects),
    });
    assert!(after.till.cashier().is_none(), "a start asks for the PIN");
    after.sign_in();
    assert_eq!(after.till.cart(), before.till.cart());
    assert_eq!(after.tenders(), [("Credit Card", 300)]);
    let sale = committed(&after.tender("Cash", None));
    assert_eq!(sale.receipt_number.number, 42);
    assert_eq!(sale.customer, "Ada");
    assert_eq!(sale.lines.len(), 2);
}

#[test]
fn a_cart_that_was_not_being_paid_comes_back_to_be_filled() {
    let mut before = Counter::open();
    let effects = before.scan(BOOK);
    let mut after = Counter::resumed(Resume {
        receipts: 0,
        shifts: 1,
        shift: before.till.shift().cloned(),
        open_cart: kept(&effects),
    });
    after.sign_in();
    after.scan(BOOK);
    assert_eq!(after.cart(), [("BOOK", "2".to_owned())]);
}

#[test]
fn an_emptied_cart_is_forgotten_and_an_empty_one_with_a_customer_is_kept() {
    let mut counter = Counter::open();
    counter.scan(BOOK);
    let line = counter.till.cart().lines()[0].id;
    let emptied = counter.step(Event::LineRemoved { line });
    assert_eq!(kept(&emptied), None);
    let chosen = counter.step(Event::CustomerChosen(Some("Ada".to_owned())));
    assert!(kept(&chosen).is_some());
}

#[test]
fn a_second_shift_is_numbered_after_the_first() {
    let mut counter = Counter::resumed(Resume {
        receipts: 7,
        shifts: 3,
        ..Resume::default()
    });
    counter.sign_in();
    assert_eq!(*counter.till.stage(), Stage::ShiftClosed);
    let effects = counter.step(Event::ShiftOpened {
        opening_amount: crate::shop::usd(0),
    });
    let [Effect::CommitShift(shift)] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(shift.key, "C1-S00004-7K2M9QXB");
}
