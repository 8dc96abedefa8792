//! Pieces, batches and points of goods that come back.

use checkout::quantity::Quantity;
use checkout::returns::{ReturnRefused, ReturnSource};
use checkout::sale::Sale;
use checkout::till::{Event, Notice};

use crate::market::{choose, counter, goods};
use crate::shop::{BOOK, Counter, committed, refusal};

fn back(counter: Counter, sale: &Sale) -> Counter {
    let mut counter = counter.restarted(goods(), &[sale]);
    let source = ReturnSource::Key(sale.key.clone());
    counter.step(Event::ReturnStarted(source));
    counter.step(Event::ReturnReason("faulty".to_owned()));
    counter
}

fn settle(counter: &mut Counter) -> Sale {
    counter.step(Event::PaymentStarted);
    let returned = committed(&counter.tender("Cash", None));
    counter.step(Event::SaleCommitted);
    returned
}

fn one() -> Event {
    Event::ReturnLineSet {
        row: 1,
        qty: Quantity::ONE,
    }
}

fn chosen(serial_nos: &[&str]) -> Event {
    Event::ReturnSerialNosChosen {
        row: 1,
        serial_nos: serial_nos.iter().map(|&name| name.to_owned()).collect(),
    }
}

#[test]
fn pieces_come_back_by_their_numbers_and_only_those_that_were_sold() {
    let mut counter = counter();
    counter.scan("PH-1");
    counter.scan("PH-2");
    let sale = counter.sell();
    let mut counter = back(counter, &sale);
    counter.step(one());
    // Which of the two?
    assert!(matches!(
        refusal(&counter.step(Event::PaymentStarted)),
        Notice::Return(ReturnRefused::SerialNosMissing { missing: 1, .. })
    ));
    for wrong in [&["PH-3"][..], &["PH-1", "PH-1"]] {
        assert!(matches!(
            refusal(&counter.step(chosen(wrong))),
            Notice::Return(ReturnRefused::SerialNo { .. })
        ));
    }
    counter.step(chosen(&["PH-2"]));
    let first = settle(&mut counter);
    assert_eq!(first.lines[0].serial_nos, ["PH-2"]);
    let mut counter = counter.restarted(goods(), &[&sale, &first]);
    let source = ReturnSource::Key(sale.key.clone());
    counter.step(Event::ReturnStarted(source));
    counter.step(Event::ReturnReason("faulty".to_owned()));
    // The one that is left is named by itself.
    counter.step(one());
    assert_eq!(settle(&mut counter).lines[0].serial_nos, ["PH-1"]);
}

#[test]
fn a_piece_does_not_come_back_without_its_receipt() {
    let mut counter = counter();
    counter.scan("PH-1");
    assert!(matches!(
        refusal(&counter.step(Event::ReturnWithoutReceipt)),
        Notice::Return(ReturnRefused::NeedsReceipt { .. })
    ));
}

#[test]
fn goods_go_back_into_the_batch_they_came_out_of() {
    let mut counter = counter();
    counter.scan("MILK");
    let sale = counter.sell();
    assert_eq!(sale.lines[0].batch_no.as_deref(), Some("MILK-OLD"));
    let mut counter = back(counter, &sale);
    counter.step(Event::ReturnAll);
    let returned = settle(&mut counter);
    assert_eq!(returned.lines[0].batch_no, sale.lines[0].batch_no);
}

#[test]
fn points_that_were_earned_go_back_with_the_goods_and_points_that_paid_come_back_as_money() {
    let mut counter = counter();
    counter.scan(BOOK);
    let line = counter.till.cart().lines()[0].id;
    let text = "10".to_owned();
    counter.step(Event::QuantityEntered { line, text });
    choose(&mut counter, "Ada");
    counter.step(Event::PaymentStarted);
    counter.step(Event::PointsRedeemed(Some(200)));
    let sale = committed(&counter.tender("Cash", None));
    counter.step(Event::SaleCommitted);
    // 86.49 less 10, a point for every 10.
    assert_eq!(sale.loyalty.as_ref().unwrap().points_earned, 7);
    let mut counter = back(counter, &sale);
    counter.step(Event::ReturnLineSet {
        row: 1,
        qty: Quantity::from(4),
    });
    let first = settle(&mut counter);
    let loyalty = first.loyalty.as_ref().unwrap();
    // 86.49 less 10 less 34.60 earns 4.
    assert_eq!((loyalty.points_earned, loyalty.loyalty_points), (-3, 0));
    assert_eq!(first.customer, "Ada");
    let mut counter = counter.restarted(goods(), &[&sale, &first]);
    let source = ReturnSource::Key(sale.key.clone());
    counter.step(Event::ReturnStarted(source));
    counter.step(Event::ReturnReason("faulty".to_owned()));
    counter.step(Event::ReturnAll);
    let second = settle(&mut counter);
    let paid_back = first.amount_to_pay.plus(second.amount_to_pay);
    // All of it in money. Each document rounds its own tax, so that a cent may be over.
    assert!((paid_back.units + sale.amount_to_pay.units).abs() <= 1);
}
