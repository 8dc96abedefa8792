//! Goods that come back against others.

use checkout::money::Money;
use checkout::returns::ReturnSource;
use checkout::sale::{Payment, Sale};
use checkout::till::{Effect, Event, Stage};

use crate::shop::{BOOK, Counter, PENCIL, TEA, catalog, usd};

fn halves(effects: &[Effect]) -> (Sale, Sale) {
    match effects {
        [Effect::CommitExchange { returned, sale }] => ((**returned).clone(), (**sale).clone()),
        other => panic!("{other:?}"),
    }
}

/// A till that sold `sold`, has all of it coming back, and `now` in the cart.
fn exchange(sold: &str, now: &[&str]) -> (Counter, Sale) {
    let mut counter = Counter::open();
    counter.scan(sold);
    let sale = counter.sell();
    let mut counter = counter.restarted(catalog(), &[&sale]);
    let key = sale.key.clone();
    counter.step(Event::ReturnStarted(ReturnSource::Key(key)));
    counter.step(Event::ReturnAll);
    counter.step(Event::ReturnReason("another one".to_owned()));
    for code in now {
        counter.scan(code);
    }
    counter.step(Event::PaymentStarted);
    (counter, sale)
}

fn sum(payments: &[Payment]) -> Money {
    let amounts = payments.iter().map(|payment| payment.amount);
    amounts.fold(usd(0), Money::plus)
}

/// Each half is paid to the cent, and names the other.
fn check(returned: &Sale, sale: &Sale) {
    assert_eq!(sum(&returned.payments), returned.amount_to_pay);
    assert_eq!(
        sum(&sale.payments).minus(sale.change_amount),
        sale.amount_to_pay
    );
    assert_eq!(returned.exchange.as_ref(), Some(&sale.key));
    assert_eq!(sale.exchange.as_ref(), Some(&returned.key));
    assert_eq!(
        sale.receipt_number.number,
        returned.receipt_number.number + 1
    );
}

fn expected(counter: &Counter, mode: &str) -> Money {
    let totals = counter.till.shift_totals().unwrap();
    totals.mode_of_payment(mode).unwrap().expected()
}

#[test]
fn what_costs_more_is_paid_less_what_comes_back() {
    let (mut counter, _) = exchange(BOOK, &[TEA]);
    let Stage::Paying(payments) = counter.till.stage() else {
        panic!("{:?}", counter.till.stage());
    };
    // 36.12 less 8.65.
    assert_eq!(payments.due(), usd(2_747));
    let (returned, sale) = halves(&counter.tender("Credit Card", None));
    check(&returned, &sale);
    let effects = counter.step(Event::SaleCommitted);
    // No coin moved, so the drawer stays shut; both receipts come out, the return first.
    let printed: Vec<_> = effects
        .iter()
        .map(|effect| match effect {
            Effect::Print(sale) => sale.receipt_number.number,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(printed, [2, 3]);
    assert_eq!(expected(&counter, "Cash"), usd(10_865));
    assert_eq!(expected(&counter, "Credit Card"), usd(2_747));
    counter.step(Event::NextSale);
    counter.scan(BOOK);
    assert_eq!(counter.sell().receipt_number.number, 4);
}

#[test]
fn what_costs_less_gives_the_rest_back() {
    let (mut counter, _) = exchange(BOOK, &[PENCIL]);
    let Stage::Refunding(refund) = counter.till.stage() else {
        panic!("{:?}", counter.till.stage());
    };
    // 8.65 less 1.35.
    assert_eq!(refund.due(), usd(730));
    let (returned, sale) = halves(&counter.tender("Cash", None));
    check(&returned, &sale);
    assert_eq!(returned.payments.len(), 1, "one row for each mode");
    let effects = counter.step(Event::SaleCommitted);
    assert_eq!(effects.first(), Some(&Effect::OpenDrawer));
    let Stage::Returned(done) = counter.till.stage() else {
        panic!("{:?}", counter.till.stage());
    };
    assert_eq!(sum(&done.refunds), usd(730));
    assert_eq!(expected(&counter, "Cash"), usd(10_135));
}

#[test]
fn what_costs_the_same_moves_nothing() {
    let (mut counter, _) = exchange(BOOK, &[BOOK]);
    assert_eq!(counter.till.due(), usd(0));
    let (returned, sale) = halves(&counter.step(Event::Completed));
    check(&returned, &sale);
    counter.step(Event::SaleCommitted);
    assert_eq!(expected(&counter, "Cash"), usd(10_865));
}

#[test]
fn change_is_given_for_what_was_tendered_and_not_for_what_came_back() {
    let (mut counter, _) = exchange(BOOK, &[TEA]);
    let (returned, sale) = halves(&counter.tender("Cash", Some(5_000)));
    check(&returned, &sale);
    assert_eq!(sale.change_amount, usd(2_253));
    counter.step(Event::SaleCommitted);
    let Stage::Returned(done) = counter.till.stage() else {
        panic!("{:?}", counter.till.stage());
    };
    assert_eq!(done.change_amount, usd(2_253));
    assert_eq!(expected(&counter, "Cash"), usd(13_612));
}
