//! Which batch a line is sold out of.

use checkout::batch::{BatchError, BatchRemark, Taken, batch_choices, check_batch, first_expiring};
use checkout::catalog::MemoryCatalog;
use checkout::masters::{Batch, Item};
use checkout::quantity::Quantity;

use crate::shop::{date, pencil};

const TODAY: &str = "2026-06-01";

pub fn bread() -> Item {
    Item {
        has_batch_no: true,
        ..pencil()
    }
}

pub fn batch(name: &str, expiry_date: Option<&str>, batch_qty: f64) -> Batch {
    Batch {
        name: name.to_owned(),
        item: "PENCIL".to_owned(),
        expiry_date: expiry_date.map(date),
        batch_qty,
        ..Batch::default()
    }
}

fn catalog(batches: Vec<Batch>) -> MemoryCatalog {
    MemoryCatalog {
        batches,
        ..MemoryCatalog::default()
    }
}

fn shelf() -> MemoryCatalog {
    let off = Batch {
        disabled: true,
        ..batch("OFF", Some("2026-06-02"), 9.0)
    };
    catalog(vec![
        batch("FOREVER", None, 5.0),
        batch("OLD", Some("2026-05-31"), 7.0),
        off,
        batch("JULY", Some("2026-07-01"), 3.0),
        batch("TODAY", Some("2026-06-01"), 2.0),
        batch("EMPTY", Some("2026-06-01"), 0.0),
    ])
}

/// The batch for so many pieces when the cart holds some already.
fn chosen(needed: f64, taken: &[(&str, f64)]) -> (String, Option<BatchRemark>) {
    let taken = taken.iter().map(|(name, qty)| ((*name).to_owned(), *qty));
    let taken: Taken = taken.collect();
    let found = first_expiring(&shelf(), &bread(), date(TODAY), needed, &taken);
    let found = found.unwrap().unwrap();
    (found.batch_no, found.remark)
}

#[test]
fn the_first_expiring_batch_with_something_left_is_sold_and_an_expired_one_never() {
    assert_eq!(chosen(1.0, &[]), ("TODAY".to_owned(), None));
    assert_eq!(chosen(1.0, &[("TODAY", 2.0)]), ("JULY".to_owned(), None));
    let sold_out = [("TODAY", 2.0), ("JULY", 3.0)];
    assert_eq!(chosen(1.0, &sold_out), ("FOREVER".to_owned(), None));
}

#[test]
fn a_batch_that_holds_too_little_stays_and_names_where_the_rest_could_come_from() {
    let (batch_no, remark) = chosen(5.0, &[("TODAY", 1.0)]);
    assert_eq!(batch_no, "TODAY");
    let expected = BatchRemark::Short {
        batch_no: "TODAY".to_owned(),
        left: Quantity::ONE,
        next: Some("JULY".to_owned()),
    };
    assert_eq!(remark, Some(expected.clone()));
    assert_eq!(
        expected.to_string(),
        "the till counts only 1 left in batch TODAY; the rest could come from batch JULY"
    );
}

#[test]
fn when_the_till_counts_nothing_left_it_sells_the_first_unexpired_batch_and_says_so() {
    let all = [("TODAY", 2.0), ("JULY", 4.0), ("FOREVER", 5.0)];
    let (batch_no, remark) = chosen(1.0, &all);
    // Of the same day the one that comes first by name.
    assert_eq!(batch_no, "EMPTY");
    assert!(
        matches!(remark, Some(BatchRemark::Empty { .. })),
        "{remark:?}"
    );
}

#[test]
fn erpnext_picks_where_the_till_knows_no_batch_and_nothing_is_sold_of_expired_ones_alone() {
    let none = Taken::new();
    let ask =
        |item: &Item, batches| first_expiring(&catalog(batches), item, date(TODAY), 1.0, &none);
    assert_eq!(ask(&bread(), vec![]), Ok(None));
    // An item that was once sold out of batches.
    assert_eq!(ask(&pencil(), vec![batch("A", None, 1.0)]), Ok(None));
    let old = vec![batch("OLD", Some("2026-05-31"), 7.0)];
    let refused = ask(&bread(), old).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "every batch of Pencil is expired or disabled; take it off the shelf"
    );
}

#[test]
fn the_picker_lists_what_may_be_sold_first_and_says_why_the_rest_may_not() {
    let taken = Taken::from([("JULY".to_owned(), 4.0)]);
    let choices = batch_choices(&shelf(), &bread(), date(TODAY), &taken).unwrap();
    let listed: Vec<_> = choices
        .iter()
        .map(|choice| {
            (
                choice.batch_no.as_str(),
                choice.left,
                choice.refused.is_some(),
            )
        })
        .collect();
    let expected = [
        ("EMPTY", 0.0, false),
        ("TODAY", 2.0, false),
        ("JULY", -1.0, false),
        ("FOREVER", 5.0, false),
        ("OLD", 7.0, true),
        ("OFF", 9.0, true),
    ];
    assert_eq!(listed, expected);
}

#[test]
fn a_typed_batch_is_refused_with_the_reason() {
    let mut catalog = shelf();
    catalog.batches.push(Batch {
        item: "RUBBER".to_owned(),
        ..batch("THEIRS", None, 1.0)
    });
    let check = |batch_no: &str| check_batch(&catalog, &bread(), batch_no, date(TODAY));
    assert_eq!(check(" JULY ").unwrap().name, "JULY");
    // The goods are in hand, whatever the till counts.
    assert_eq!(check("EMPTY").unwrap().name, "EMPTY");
    for (batch_no, sentence) in [
        (
            "OLD",
            "batch OLD expired on 2026-05-31; take it off the shelf",
        ),
        (
            "OFF",
            "batch OFF is disabled in ERPNext and may not be sold",
        ),
        (
            "THEIRS",
            "batch THEIRS is not a batch of Pencil, but of RUBBER",
        ),
    ] {
        assert_eq!(check(batch_no).unwrap_err().to_string(), sentence);
    }
    assert!(matches!(check("NOPE"), Err(BatchError::Unknown { .. })));
}
