//! What is known about each receipt on paper.

use checkout::receipt::{Part, Receipt};
use store::{JournalKind, PrintState, ReportJob, StoreErrorKind};

use crate::support::{Counter, SALT_ROAD, at, cashier, receipt};

fn pending(counter: &Counter) -> Vec<(u64, PrintState)> {
    let jobs = counter.store.print_jobs_pending().unwrap();
    jobs.into_iter()
        .map(|job| (job.receipt_number.number, job.state))
        .collect()
}

#[test]
fn a_receipt_that_was_being_sent_at_a_restart_is_unconfirmed() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    for _ in 0..4 {
        counter.sells(SALT_ROAD);
    }
    counter
        .store
        .print_job_set(&receipt(1), PrintState::Printed, at(1))
        .unwrap();
    counter
        .store
        .print_job_set(&receipt(2), PrintState::Sending, at(2))
        .unwrap();
    counter
        .store
        .print_job_set(&receipt(3), PrintState::Failed, at(3))
        .unwrap();
    assert_eq!(pending(&counter), [(4, PrintState::Queued)]);
    drop(counter);
    let counter = Counter::open(dir.path());
    assert_eq!(
        pending(&counter),
        [(2, PrintState::Unconfirmed), (4, PrintState::Queued)]
    );
}

#[test]
fn reprints_are_counted_and_journalled() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    assert_eq!(
        counter
            .store
            .reprinted(&receipt(1), &cashier(), at(1))
            .unwrap(),
        1
    );
    assert_eq!(
        counter
            .store
            .reprinted(&receipt(1), &cashier(), at(2))
            .unwrap(),
        2
    );
    assert_eq!(
        counter
            .store
            .records()
            .sale(&receipt(1))
            .unwrap()
            .unwrap()
            .reprints,
        2
    );
    let last = counter
        .store
        .records()
        .journal_entries(3, 1)
        .unwrap()
        .remove(0);
    assert_eq!(
        (&last.body["reprints"], &last.body["cashier"]),
        (&2.into(), &"Anna".into())
    );
    let unknown = counter
        .store
        .reprinted(&receipt(7), &cashier(), at(3))
        .unwrap_err();
    assert_eq!(unknown.kind(), StoreErrorKind::NotFound);
}

#[test]
fn what_became_of_a_report_is_in_the_journal_and_found_again_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    counter.sells(SALT_ROAD);
    let told = |counter: &Counter, key: &str| {
        let records = counter.store.records();
        records.report_printed(key).unwrap()
    };
    assert_eq!(told(&counter, "C1-Z00001-X"), None);
    for (state, second) in [(PrintState::Failed, 1), (PrintState::Printed, 2)] {
        counter
            .store
            .report_printed("C1-Z00001-X", state, false, at(second))
            .unwrap();
    }
    counter
        .store
        .report_printed("C1-Z00002-X", PrintState::Failed, false, at(3))
        .unwrap();
    // A document that came after what was told of its key: that was of another, of a copied folder.
    let closed = serde_json::json!({ "key": "C1-Z00002-X" });
    counter
        .store
        .journal_append(JournalKind::Program, &closed, at(4))
        .unwrap();
    drop(counter);
    let counter = Counter::open(dir.path());
    assert_eq!(told(&counter, "C1-Z00001-X"), Some(PrintState::Printed));
    assert_eq!(told(&counter, "C1-Z00002-X"), None, "it was before");
    assert!(counter.store.records().journal_verify().unwrap().is_ok());
}

#[test]
fn a_report_is_kept_until_it_is_printed_or_somebody_said_whether_it_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let mut counter = Counter::open(dir.path());
    let job = |key: &str, second: i64| ReportJob {
        key: key.to_owned(),
        title: format!("Report {key}"),
        at: at(second),
        state: PrintState::Queued,
        page: Receipt {
            parts: vec![Part::Qr(key.to_owned()), Part::Cut],
        },
    };
    for (key, second) in [("waits", 1), ("sent", 2), ("printed", 3), ("failed", 4)] {
        counter.store.report_queued(&job(key, second)).unwrap();
    }
    counter.store.report_sending("sent").unwrap();
    counter.store.report_sending("printed").unwrap();
    let ended = [
        ("printed", PrintState::Printed, false),
        ("failed", PrintState::Failed, true),
    ];
    for (key, state, asked) in ended {
        counter
            .store
            .report_printed(key, state, asked, at(5))
            .unwrap();
    }
    drop(counter);

    let mut counter = Counter::open(dir.path());
    let unconfirmed = ReportJob {
        state: PrintState::Unconfirmed,
        ..job("sent", 2)
    };
    let pending = counter.store.reports_pending().unwrap();
    assert_eq!(pending, [job("waits", 1), unconfirmed, job("failed", 4)]);
    for key in ["waits", "sent", "failed"] {
        counter
            .store
            .report_printed(key, PrintState::Printed, false, at(6))
            .unwrap();
    }
    assert_eq!(counter.store.reports_pending().unwrap(), []);
}
