//! The program itself is killed in the middle of its work, without a warning.
#![cfg(feature = "demo")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kiosk::start::Folder;
use store::{PrintState, SalesQuery};

/// Where to kill: as soon as this is there, and how many milliseconds later. The demo leaves a
/// picture at each step; the sale is committed and printed after the fourth, the return after the
/// seventh, and the closing after the tenth.
const INSTANTS: [(&str, u64); 19] = [
    ("data/till.sqlite", 0),
    ("data/catalog.sqlite", 5),
    ("1-lock.png", 0),
    ("2-open-shift.png", 0),
    ("2-open-shift.png", 15),
    ("3-sell.png", 0),
    ("4-pay.png", 0),
    ("4-pay.png", 20),
    ("4-pay.png", 40),
    ("4-pay.png", 70),
    ("4-pay.png", 110),
    ("4-pay.png", 160),
    ("5-done.png", 0),
    ("6-sales.png", 0),
    ("7-return.png", 0),
    ("7-return.png", 40),
    ("8-refund.png", 0),
    ("10-closing.png", 10),
    ("11-z-report.png", 0),
];

#[test]
fn a_program_killed_at_any_instant_leaves_whole_sales_and_no_gap() {
    let mut sold = 0;
    for (place, (file, later)) in INSTANTS.into_iter().enumerate() {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("killed-{place}"));
        let _left_by_a_test_before = std::fs::remove_dir_all(&out);
        let mut demo = start(&out);
        wait_for(&out.join(file), &mut demo);
        std::thread::sleep(Duration::from_millis(later));
        demo.kill().unwrap();
        demo.wait().unwrap();
        sold += check(&out, &format!("killed {later} ms after {file}"));
        std::fs::remove_dir_all(&out).unwrap();
    }
    assert!(sold >= 1, "no sale was committed before any of the kills");
    assert!(
        sold < 2 * INSTANTS.len() as u64,
        "all sales were committed before the kills"
    );
}

fn start(out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_evertill"))
        .args(["demo", "--headless", "--out"])
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn wait_for(file: &Path, demo: &mut Child) {
    let started = Instant::now();
    while !file.exists() {
        let ended = demo.try_wait().unwrap();
        assert!(ended.is_none(), "{} never came: {ended:?}", file.display());
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{} never came",
            file.display()
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Opens what is left; the number of sales in it.
fn check(out: &Path, what: &str) -> u64 {
    let seen = |picture: &str| out.join(picture).exists();
    let data: PathBuf = out.join("data");
    let mut folder = Folder::open(&data, &kiosk::demo::sealing(&data))
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let store = folder.store();
    let resume = store.resume().unwrap();
    let records = store.records();
    let listed = records.sales(&SalesQuery {
        limit: 100,
        ..SalesQuery::default()
    });
    let numbers: Vec<u64> = listed
        .unwrap()
        .iter()
        .rev()
        .map(|sale| sale.receipt_number.number)
        .collect();
    assert_eq!(
        numbers,
        (1..=resume.receipts).collect::<Vec<_>>(),
        "{what}: receipt numbers"
    );
    // What was shown to the cashier has happened.
    let closings = records.closings(10).unwrap().len() as u64;
    if seen("3-sell.png") {
        assert_eq!(resume.shifts, 1, "{what}: the open shift is lost");
        assert_eq!(resume.shift.is_none(), closings == 1, "{what}: the shift");
    }
    if !seen("10-closing.png") {
        assert_eq!(closings, 0, "{what}: the shift is closed");
    }
    if seen("11-z-report.png") {
        assert_eq!(closings, 1, "{what}: a closing that was shown is lost");
    }
    if seen("8-refund.png") {
        assert_eq!(
            resume.receipts, 2,
            "{what}: a return that was shown is lost"
        );
    }
    if seen("5-done.png") {
        assert!(
            resume.receipts >= 1,
            "{what}: a sale that was shown is lost"
        );
        let number = first_receipt();
        let record = records.sale(&number).unwrap().unwrap();
        assert_eq!(record.printed, PrintState::Printed, "{what}: the receipt");
    }
    // The cart is either still to be sold or was sold, never both.
    if resume.receipts >= 1 {
        let open = resume.open_cart.map(|open| open.cart.lines().len());
        assert_eq!(open.unwrap_or(0), 0, "{what}: sold and still open");
        let sale = records.sale(&first_receipt()).unwrap().unwrap().sale;
        assert_eq!(sale.lines.len(), 3, "{what}: the sale is not whole");
        assert_eq!(
            sale.paid_amount,
            sale.amount_to_pay.plus(sale.change_amount)
        );
    }
    // A receipt on its way to the printer, or on paper, is of a sale that is there.
    for job in store.print_jobs_pending().unwrap() {
        let sale = records.sale(&job.receipt_number).unwrap();
        assert!(sale.is_some(), "{what}: {} has no sale", job.receipt_number);
        assert_ne!(job.state, PrintState::Sending, "{what}: nobody is asked");
    }
    let unsent = records.outbox_summary().unwrap().unsent;
    let documents = resume.receipts + resume.shifts + closings;
    assert_eq!(unsent, documents, "{what}: outbox");
    let verified = records.journal_verify().unwrap();
    assert!(verified.is_ok(), "{what}: {verified:?}");
    resume.receipts
}

fn first_receipt() -> checkout::sale::ReceiptNumber {
    "C1-000001".parse().unwrap()
}
