//! Which batch a line is sold out of.

use checkout::batch::{
    BatchError, BatchRemark, Taken, batch_choices, batch_remark, check_batch, first_expiring,
};
use checkout::catalog::MemoryCatalog;
use checkout::masters::{Batch, Item};

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

fn in_cart(taken: &[(&str, f64)]) -> Taken {
    let taken = taken.iter().map(|(name, qty)| ((*name).to_owned(), *qty));
    taken.collect()
}

/// The batch for a new line when the cart holds some already.
fn chosen(taken: &[(&str, f64)]) -> String {
    let taken = in_cart(taken);
    let found = first_expiring(&shelf(), &bread(), date(TODAY), &taken);
    found.unwrap().unwrap().batch_no
}

/// What is said of a line of five pieces out of this batch.
fn remark(batch_no: &str, taken: &[(&str, f64)]) -> Option<BatchRemark> {
    let taken = in_cart(taken);
    batch_remark(&shelf(), &bread(), batch_no, date(TODAY), 5.0, &taken).unwrap()
}

#[test]
fn the_first_expiring_batch_with_something_left_is_sold_and_an_expired_one_never() {
    assert_eq!(chosen(&[]), "TODAY");
    assert_eq!(chosen(&[("TODAY", 2.0)]), "JULY");
    assert_eq!(chosen(&[("TODAY", 2.0), ("JULY", 3.0)]), "FOREVER");
    // Nothing left anywhere, by count: the goods are in hand all the same.
    let all = [("TODAY", 2.0), ("JULY", 4.0), ("FOREVER", 5.0)];
    assert_eq!(chosen(&all), "EMPTY");
}

#[test]
fn a_batch_that_holds_too_little_stays_and_names_where_the_rest_could_come_from() {
    assert_eq!(remark("FOREVER", &[]), None);
    let short = |taken: &[_]| remark("TODAY", taken).unwrap().to_string();
    assert_eq!(
        short(&[("TODAY", 1.0)]),
        "the till counts only 1 left in batch TODAY; the rest could come from batch JULY"
    );
    let last = [("JULY", 3.0), ("FOREVER", 5.0)];
    assert_eq!(
        short(&last),
        "the till counts only 2 left in batch TODAY; check the label"
    );
    let nothing = "the till counts nothing left in batch TODAY; check the label";
    assert_eq!(short(&[("TODAY", 2.0)]), nothing);
}

#[test]
fn erpnext_picks_where_the_till_knows_no_batch_and_nothing_is_sold_of_expired_ones_alone() {
    let none = Taken::new();
    let ask = |item: &Item, batches| first_expiring(&catalog(batches), item, date(TODAY), &none);
    assert_eq!(ask(&bread(), vec![]), Ok(None));
    // An item that was once sold out of batches.
    assert_eq!(ask(&pencil(), vec![batch("A", None, 1.0)]), Ok(None));
    let old = vec![batch("OLD", Some("2026-05-31"), 7.0)];
    let refused = ask(&bread(), old).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "every batch of Pencil is expired or disabled; take it off the shelf, or correct its batches \
         in ERPNext"
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
            "batch OFF is disabled in ERPNext; sell another batch, or enable it there",
        ),
        (
            "THEIRS",
            "batch THEIRS is not a batch of Pencil, but of RUBBER; check the label",
        ),
    ] {
        assert_eq!(check(batch_no).unwrap_err().to_string(), sentence);
    }
    assert!(matches!(check("NOPE"), Err(BatchError::Unknown { .. })));
}
