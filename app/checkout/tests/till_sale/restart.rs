//! What a start finds is taken up where it was left.

use checkout::till::{Effect, Event, Notice, OpenCart, Resume, Stage};

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
        ..Resume::default()
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
        ..Resume::default()
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

#[test]
fn a_cart_that_cannot_be_taken_up_again_is_told_to_who_signs_in_first() {
    let mut before = Counter::open();
    let effects = before.scan(BOOK);
    let shift = before.till.shift().cloned();
    let foreign = kept(&effects).map(|open| {
        let mut cart = serde_json::to_value(&open).unwrap();
        cart["cart"]["document"]["currency"] = "EUR".into();
        serde_json::from_value(cart).unwrap()
    });
    for (open_cart, cart_lost) in [(None, true), (foreign, false)] {
        let mut after = Counter::resumed(Resume {
            shift: shift.clone(),
            open_cart,
            cart_lost,
            ..Resume::default()
        });
        let maya = before.till.cashier().cloned().unwrap();
        let told = after.step(Event::SignedIn(maya.clone()));
        assert_eq!(told, [Effect::Show(Notice::CartLost)]);
        assert!(after.till.cart().is_empty());
        assert!(after.step(Event::SignedIn(maya)).is_empty(), "once");
        assert!(after.scan(BOOK).len() > 1);
    }
}

#[test]
fn a_cart_that_was_kept_before_approvals_had_a_measure_comes_back() {
    let mut before = Counter::open();
    let open = kept(&before.scan(BOOK)).unwrap();
    let mut older = serde_json::to_value(&open).unwrap();
    let line = older["cart"]["lines"][0].as_object_mut().unwrap();
    assert!(line.remove("allowed").is_some());
    assert_eq!(serde_json::from_value::<OpenCart>(older).unwrap(), open);
}

#[test]
fn lines_whose_items_are_gone_are_taken_out_one_by_one_and_the_rest_keeps_its_price() {
    let mut before = Counter::open();
    before.scan(BOOK);
    before.scan(PENCIL);
    let effects = before.scan(crate::shop::TEA);
    let mut catalog = crate::shop::catalog();
    let gone = ["BOOK", "TEA"];
    catalog
        .items
        .retain(|item| !gone.contains(&item.item_code.as_str()));
    let mut after = Counter::resumed_in(
        crate::shop::shop(),
        catalog,
        Resume {
            shift: before.till.shift().cloned(),
            open_cart: kept(&effects),
            ..Resume::default()
        },
    );
    after.sign_in();
    let ids: Vec<u32> = after.till.cart().lines().iter().map(|l| l.id).collect();
    assert!(matches!(
        after.step(Event::PaymentStarted)[..],
        [Effect::Sound(_), Effect::Show(_)]
    ));
    // Others can be sold meanwhile, and what is gone costs what it did.
    after.scan(PENCIL);
    assert_eq!(after.till.cart().totals().total, 7.99 + 2.0 * 1.25 + 33.37);
    after.step(Event::LineRemoved { line: ids[0] });
    assert_eq!(after.till.cart().totals().total, 2.0 * 1.25 + 33.37);
    after.step(Event::LineRemoved { line: ids[2] });
    assert_eq!(after.cart(), [("PENCIL", "2".to_owned())]);
}
