//! The list of sales.

use checkout::till::Event;
use store::{DayTotals, PrintState, ReadStore, SalesQuery, SendState};

use crate::support::{Counter, SALT_ROAD, TEA, at, receipt};

#[test]
fn sales_are_listed_newest_first_by_page_and_found_by_words() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    for number in 1..=5 {
        if number == 2 {
            counter
                .happens(Event::CustomerChosen(Some("CUST-1".into())))
                .unwrap();
        }
        counter.sells(if number == 4 { TEA } else { SALT_ROAD });
    }
    counter
        .store
        .print_job_set(&receipt(4), PrintState::Printed, at(1))
        .unwrap();
    counter
        .store
        .outbox_delivered(1, "POS-OPE-1", at(1))
        .unwrap();
    counter
        .store
        .outbox_delivered(5, "C1-000004", at(2))
        .unwrap();
    let reader = ReadStore::open(dir.path()).unwrap();
    let found = |text: &str, before, limit| -> Vec<u64> {
        let query = SalesQuery {
            text: text.into(),
            before,
            limit,
        };
        let sales = reader.records().sales(&query).unwrap();
        sales
            .into_iter()
            .map(|sale| sale.receipt_number.number)
            .collect()
    };
    assert_eq!(found("", None, 2), [5, 4]);
    assert_eq!(found("", Some(4), 2), [3, 2]);
    assert_eq!(found("33.37", None, 9), [4]);
    assert_eq!(found("ZOË anna", None, 9), [2]);
    assert_eq!(found("c1-000003", None, 9), [3]);
    assert_eq!(found("zoë 33.37", None, 9), [] as [u64; 0]);
    assert_eq!(found("2026-11-23", None, 9).len(), 5);

    let query = SalesQuery {
        before: Some(5),
        limit: 1,
        ..SalesQuery::default()
    };
    let line = reader.records().sales(&query).unwrap().remove(0);
    assert_eq!(line.amount_to_pay.to_string(), "33.37 USD");
    assert_eq!(
        (line.modes_of_payment.as_slice(), line.lines),
        (&["Cash".to_owned()][..], 1)
    );
    assert_eq!(line.printed, PrintState::Printed);
    assert_eq!(
        line.sent,
        SendState::Delivered {
            erpnext_name: "C1-000004".into(),
            at: at(2),
            remark: None,
        }
    );
}

#[test]
fn a_day_adds_up_all_its_sales_and_those_of_no_other_day() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let sold: Vec<_> = [SALT_ROAD, TEA, SALT_ROAD]
        .map(|barcode| counter.sells(barcode))
        .into();
    let records = counter.store.records();
    let today = records.day(sold[0].posting_date).unwrap();
    assert_eq!(today.sales, 3);
    let amounts: Vec<_> = today.amounts.iter().map(ToString::to_string).collect();
    assert_eq!(amounts, ["67.97 USD"]);
    let tomorrow = sold[0].posting_date.tomorrow().unwrap();
    assert_eq!(records.day(tomorrow).unwrap(), DayTotals::default());
}
