//! The lot that stands on a package, where ERPNext knows it under that name and where it does not.

use checkout::batch::BatchError;
use checkout::cart::CartError;
use checkout::masters::Batch;
use checkout::till::{Event, Notice};

use crate::labels::{CHEESE, counter, goods, last, sentence, shop};
use crate::shop::{Counter, committed, refusal};

/// Lot L9, which no batch in ERPNext is called.
const UNKNOWN_LOT: &str = "]C1010950600013435210L9";

fn batch_and_notices(counter: &Counter) -> (Option<&str>, &[String]) {
    let line = last(counter);
    (line.sold.batch_no.as_deref(), &line.notices)
}

#[test]
fn a_lot_that_erpnext_does_not_know_is_sold_as_a_plain_scan_would_be() {
    let mut counter = counter();
    counter.scan(&format!("{UNKNOWN_LOT}\u{1D}17270115"));
    let expected = [
        "the package says batch L9, and no batch of CHEESE is called so here; it is sold as batch \
         L1",
    ];
    let (batch_no, notices) = batch_and_notices(&counter);
    assert_eq!(
        (batch_no, notices),
        (Some("L1"), &expected.map(str::to_owned)[..])
    );
    // The day on the package is that of the package all the same.
    assert_eq!(
        last(&counter).sold.expiry_date,
        Some("2027-01-15".parse().unwrap())
    );

    // A plain scan takes from the same batch, so it is one line; a known lot has its own.
    counter.scan("9506000134352");
    counter.scan("]C1010950600013435210L2");
    let expected = [(CHEESE, "2".to_owned()), (CHEESE, "1".to_owned())];
    assert_eq!(counter.cart(), expected);
    assert_eq!(batch_and_notices(&counter), (Some("L2"), &[][..]));

    // What the cashier says of the batch ends the remark, and no name that nobody knows is sent.
    let line = counter.till.cart().lines()[0].id;
    let batch_no = "L2".to_owned();
    counter.step(Event::BatchChosen { line, batch_no });
    assert_eq!(counter.till.cart().lines()[0].notices.len(), 0);
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    let sent = sale.lines.iter().map(|line| line.batch_no.as_deref());
    assert_eq!(sent.collect::<Vec<_>>(), [Some("L2"), Some("L2")]);
}

#[test]
fn where_the_till_knows_no_batch_erpnext_picks_one_whatever_the_package_says() {
    let mut catalog = goods();
    catalog.batches.clear();
    let mut counter = Counter::open_in(shop(""), catalog);
    counter.scan(UNKNOWN_LOT);
    let expected =
        ["the package says batch L9, and no batch of CHEESE is called so here; ERPNext picks one"];
    let (batch_no, notices) = batch_and_notices(&counter);
    assert_eq!(
        (batch_no, notices),
        (None, &expected.map(str::to_owned)[..])
    );
    counter.step(Event::PaymentStarted);
    let sale = committed(&counter.tender("Cash", None));
    assert_eq!(sale.lines[0].batch_no, None);
}

#[test]
fn a_lot_of_this_name_may_be_another_items_but_what_is_known_or_chosen_holds() {
    let mut catalog = goods();
    catalog.batches.push(Batch {
        name: "L9".to_owned(),
        item: "BREAD".to_owned(),
        ..Batch::default()
    });
    catalog.batches.push(Batch {
        name: "OFF".to_owned(),
        item: CHEESE.to_owned(),
        disabled: true,
        ..Batch::default()
    });
    let mut counter = Counter::open_in(shop(""), catalog);
    // Lots are numbers of their makers: two may well have the same.
    counter.scan(UNKNOWN_LOT);
    assert_eq!(batch_and_notices(&counter).0, Some("L1"));
    let before = counter.till.cart().clone();
    for (code, expected) in [
        (
            "]C1010950600013435210L0",
            "batch L0 expired on 2026-11-01; take it off the shelf",
        ),
        (
            "]C1010950600013435210OFF",
            "batch OFF is disabled in ERPNext; sell another batch, or enable it there",
        ),
    ] {
        assert_eq!(sentence(&counter.scan(code)), expected, "{code}");
    }
    let line = last(&counter).id;
    let batch_no = "L8".to_owned();
    let refused = refusal(&counter.step(Event::BatchChosen { line, batch_no }));
    let unknown = |notice: &Notice| {
        matches!(
            notice,
            Notice::Cart(CartError::Batch(BatchError::Unknown { .. }))
        )
    };
    assert!(unknown(&refused), "{refused:?}");
    assert_eq!(*counter.till.cart(), before);

    // All that are known have expired: then a lot that is not known is no way around it.
    let mut catalog = goods();
    catalog.batches.retain(|batch| batch.name == "L0");
    let mut counter = Counter::open_in(shop(""), catalog);
    assert_eq!(
        sentence(&counter.scan(UNKNOWN_LOT)),
        "every batch of CHEESE is expired or disabled; take it off the shelf, or correct its \
         batches in ERPNext"
    );
}

#[test]
fn a_day_that_is_past_is_the_first_thing_that_a_line_says() {
    let mut catalog = goods();
    for batch in &mut catalog.batches {
        batch.batch_qty = 0.0;
    }
    let mut counter = Counter::open_in(shop(""), catalog);
    counter.scan("]C1010950600013435210L2\u{1D}16261120");
    assert_eq!(
        last(&counter).notices,
        [
            "the package was to be sold until 2026-11-20; look at the goods and tell the customer",
            "the till counts nothing left in batch L2; check the label",
            "the package says 2026-11-20, but batch L2 is good until 2027-01-31 in ERPNext; check \
             the label",
        ]
    );
}
