//! The program is killed at any instant while it sells.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use checkout::catalog::Catalog;
use jiff::civil::Date;
use store::{ReadStore, SalesQuery, Store};

use crate::support::{Counter, INSTALLATION, SALT_ROAD, TEA, receipt};

/// Names the data folder to the program that is going to be killed.
const FOLDER: &str = "STORE_TEST_SELLS_IN";
const THIS_TEST: &str =
    "crash_between_steps::every_acknowledged_sale_and_the_open_cart_survive_a_kill";

#[test]
fn every_acknowledged_sale_and_the_open_cart_survive_a_kill() {
    if let Some(dir) = std::env::var_os(FOLDER) {
        sell_until_killed(Path::new(&dir));
    }
    let dir = tempfile::tempdir().unwrap();
    let mut sales = 0;
    // Any numbers do: how many acknowledgements to wait for before each kill.
    for round in [9, 1, 14, 4, 23, 2, 7, 31, 3, 12] {
        let heard = killed_after(dir.path(), round);
        let store = Store::open(dir.path(), INSTALLATION).unwrap();
        let resume = store.resume().unwrap();
        assert!(
            resume.receipts >= heard.sales,
            "an acknowledged sale is lost"
        );
        assert!(
            resume.receipts >= sales,
            "sales of an earlier round are lost"
        );
        sales = resume.receipts;
        if sales == heard.sales {
            let lines = resume.open_cart.map_or(0, |open| open.cart.lines().len());
            assert!(lines >= heard.cart_lines, "an acknowledged cart is lost");
        }
        let listed = store.records().sales(&SalesQuery {
            limit: 10_000,
            ..Default::default()
        });
        let numbers: Vec<_> = listed
            .unwrap()
            .into_iter()
            .rev()
            .map(|sale| sale.receipt_number)
            .collect();
        assert_eq!(
            numbers,
            (1..=sales).map(receipt).collect::<Vec<_>>(),
            "numbers have gaps"
        );
        store.records().journal_verify().unwrap().unwrap();
        let unsent = store.records().outbox_summary().unwrap().unsent;
        assert_eq!(unsent, sales + 1, "the outbox misses a document");
        assert_eq!(store.print_jobs_pending().unwrap().len() as u64, sales);
        let sold = ReadStore::open(dir.path())
            .unwrap()
            .sold(Date::MIN, Date::MAX)
            .unwrap();
        let pieces: f64 = sold.items.iter().map(|item| item.stock_qty).sum();
        let told: f64 = (1..=sales)
            .filter_map(|number| store.records().sale(&receipt(number)).unwrap())
            .flat_map(|record| record.sale.lines)
            .map(|line| line.qty.to_f64())
            .sum();
        assert_eq!(pieces, told, "the history is not that of the sales");
    }
    assert!(sales >= 10, "the killed program sold nothing");
}

struct Heard {
    sales: u64,
    cart_lines: usize,
}

/// Lets another process sell, and kills it after so many acknowledgements.
fn killed_after(dir: &Path, acknowledgements: usize) -> Heard {
    let mut seller = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", THIS_TEST, "--nocapture"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut heard = Heard {
        sales: 0,
        cart_lines: 0,
    };
    let said = BufReader::new(seller.stdout.take().unwrap()).lines();
    let mut left = acknowledgements;
    let mut killed = false;
    // What it said before it died counts, also when it is read afterwards.
    for line in said.map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("sold", number)) => {
                heard = Heard {
                    sales: number.parse().unwrap(),
                    cart_lines: 0,
                };
            }
            Some(("cart", lines)) => heard.cart_lines = lines.parse().unwrap(),
            _ => continue,
        }
        left = left.saturating_sub(1);
        if left == 0 && !killed {
            seller.kill().unwrap();
            killed = true;
        }
    }
    let ended = seller.wait().unwrap();
    assert!(
        killed && !ended.success(),
        "the program ended by itself: {ended}"
    );
    heard
}

fn sell_until_killed(dir: &Path) -> ! {
    let mut counter = Counter::open(dir);
    // Not through the test harness, which would hold it back.
    let say = |what: &str, number: u64| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{what} {number}").unwrap();
        out.flush().unwrap();
    };
    // What an earlier life left open is finished first.
    if matches!(counter.till.stage(), checkout::till::Stage::Paying(_)) {
        counter.happens(checkout::till::Event::PaymentLeft).unwrap();
    }
    loop {
        for barcode in [SALT_ROAD, TEA] {
            counter.scans(barcode);
            say("cart", counter.till.cart().lines().len() as u64);
        }
        say("sold", counter.pays().unwrap().receipt_number.number);
    }
}
