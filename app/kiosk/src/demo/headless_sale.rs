//! The demo without a display: the same till, sold with by a finger and a scanner that a script
//! moves. Leaves behind what a person would have seen.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use checkout::till::Stage;
use erpnext::push::{opening_payload, payload};
use slint::ComponentHandle;
use store::{PrintState, ReadStore, SalesQuery};

use super::{Counter, PIN, STAFF, open};
use crate::driver::Driver;
use crate::headless::{Clock, Headless};
use crate::start::Running;
use crate::ui::{Look, TillWindow};

/// The chip and the tile that the script taps.
const GROUP: &str = "Children";
const ITEM: &str = "Salt the Seal #1";
/// The user whose name the opening entry would carry.
const USER: &str = "kiosk@example.com";

/// Sells once, takes something back, closes the shift, and writes pictures, receipt, Z report,
/// journal and documents.
pub(super) fn run(out: &Path) -> anyhow::Result<()> {
    // A fresh shop each time, so that the pictures and documents are those of a first sale.
    let data = out.join("data");
    if data.exists() {
        std::fs::remove_dir_all(&data)
            .with_context(|| format!("cannot empty {}", data.display()))?;
    }
    std::fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
    let screen = Headless::install(1280, 800, Clock::Real)?;
    let counter = Counter::new(&data)?;
    let window = TillWindow::new()?;
    window.global::<Look>().set_motion(false);
    let running = open(&window, &data, &counter)?;
    window.show()?;
    let demo = Demo {
        driver: Driver::new(&screen, &window),
        running: &running,
        counter: &counter,
        out: out.to_owned(),
    };
    demo.open_shift()?;
    demo.sell()?;
    demo.pay()?;
    demo.look_back()?;
    demo.take_back()?;
    demo.close_shift()?;
    demo.write_records(&data)?;
    println!(
        "Sold, taken back and closed. The pictures, the receipt, the Z report, the journal and the \
         documents are in {}",
        out.display()
    );
    Ok(())
}

struct Demo<'a> {
    driver: Driver<'a>,
    running: &'a Running,
    counter: &'a Counter,
    out: PathBuf,
}

impl Demo<'_> {
    fn open_shift(&self) -> anyhow::Result<()> {
        self.wait("the till is locked", |demo| demo.driver.sees(STAFF[0]))?;
        self.driver.tap(&format!("Cashier {}", STAFF[0]))?;
        self.picture("1-lock")?;
        self.driver.keys(PIN);
        self.driver.tap("Sign in")?;
        self.wait("the PIN was right", |demo| {
            demo.running.app().borrow().is_signed_in()
        })?;
        self.driver.keys("150");
        self.picture("2-open-shift")?;
        self.driver.tap("Open shift")?;
        self.wait("the shift is open", |demo| {
            demo.stage(|stage| *stage == Stage::Selling)
        })
    }

    fn sell(&self) -> anyhow::Result<()> {
        // Two by scanner, one by finger.
        for (count, barcode) in [(1, "9780000001009"), (2, "5400110000207")] {
            self.counter.scanner().scan(barcode)?;
            self.wait(&format!("{barcode} is in the cart"), |demo| {
                demo.lines() == count
            })?;
        }
        let app = self.running.app();
        self.driver.tap(GROUP)?;
        self.driver.tap(ITEM)?;
        self.wait("three things are in the cart", |demo| demo.lines() == 3)?;
        ensure!(
            app.borrow()
                .till()
                .is_some_and(|till| till.cart().totals().grand_total > 0.0)
        );
        self.driver.tap("Gifts")?;
        self.picture("3-sell")
    }

    fn pay(&self) -> anyhow::Result<()> {
        self.driver.tap("Pay")?;
        self.wait("the sale is being paid", |demo| {
            demo.stage(|stage| matches!(stage, Stage::Paying(_)))
        })?;
        self.picture("4-pay")?;
        self.driver.keys("100");
        self.driver.tap("Cash")?;
        self.wait("the sale is done", |demo| {
            demo.stage(|stage| matches!(stage, Stage::Done(_)))
        })?;
        self.wait("the receipt is cut", |demo| {
            demo.counter.printer().cuts() == 1
        })?;
        ensure!(
            self.counter.printer().unknown().is_empty(),
            "the printer got bytes it does not know"
        );
        ensure!(
            self.counter.printer().kicks().len() == 1,
            "the drawer did not open once"
        );
        self.wait("the receipt is confirmed", |demo| {
            demo.driver.sees("Receipt printed")
        })?;
        self.picture("5-done")?;
        std::fs::write(self.out.join("receipt.png"), self.counter.printer().png()?)?;
        Ok(())
    }

    fn look_back(&self) -> anyhow::Result<()> {
        self.driver.tap("Next sale")?;
        self.driver.tap("Sales")?;
        self.driver.tap("Sale C1-000001")?;
        self.picture("6-sales")
    }

    /// One of the things comes back.
    fn take_back(&self) -> anyhow::Result<()> {
        self.driver.tap("Return goods")?;
        self.driver.tap(&format!("One more {ITEM}"))?;
        self.driver.tap("Reason of the return")?;
        self.driver.tap("Reason A gift")?;
        self.picture("7-return")?;
        self.driver.tap("Refund")?;
        self.driver.tap("All back by Cash")?;
        self.wait("the return is done", |demo| {
            demo.stage(|stage| matches!(stage, Stage::Returned(_)))
        })?;
        self.wait("the return's receipt is confirmed", |demo| {
            demo.driver.sees("Receipt printed")
        })?;
        self.picture("8-refund")?;
        self.driver.tap("Next sale").map_err(anyhow::Error::from)
    }

    fn close_shift(&self) -> anyhow::Result<()> {
        self.driver.tap("Menu")?;
        self.driver.tap("Close shift")?;
        // One hundred, two twenties and a two: what is in the drawer but for some cents.
        for (piece, keys) in [("$100.00", "1"), ("$50.00", "1"), ("$10.00", "1")] {
            self.driver.tap(&format!("Pieces of {piece}"))?;
            self.driver.keys(keys);
        }
        self.picture("9-count")?;
        while !self.driver.sees("Compare") {
            self.driver.tap("Next mode of payment")?;
        }
        self.driver.tap("Compare")?;
        self.wait("the count is compared", |demo| {
            demo.stage(|stage| matches!(stage, Stage::Counted(_)))
        })?;
        self.picture("10-closing")?;
        self.counter.printer().clear();
        self.driver.tap("Close the shift")?;
        self.wait("the Z report is printed", |demo| {
            demo.driver.sees("Report printed")
        })?;
        self.picture("11-z-report")?;
        std::fs::write(self.out.join("z-report.png"), self.counter.printer().png()?)?;
        Ok(())
    }

    fn write_records(&self, data: &Path) -> anyhow::Result<()> {
        let read = ReadStore::open(data)?;
        let records = read.records();
        let mut journal = String::new();
        for entry in records.journal_entries(0, u32::MAX)? {
            journal.push_str(&journal_line(&entry).to_string());
            journal.push('\n');
        }
        std::fs::write(self.out.join("journal.jsonl"), journal)?;
        let documents = self.out.join("documents");
        std::fs::create_dir_all(&documents)?;
        let app = self.running.app().borrow();
        let till = app.till().context("the till has no shop")?;
        let sold = records.sales(&SalesQuery {
            limit: 10,
            ..SalesQuery::default()
        })?;
        let mut sales = Vec::new();
        for sale in sold.iter().rev() {
            let record = records.sale(&sale.receipt_number)?;
            let record = record.context("a receipt that is listed is not there")?;
            ensure!(
                record.printed == PrintState::Printed,
                "the store does not know that receipt {} was printed",
                sale.receipt_number
            );
            sales.push(record.sale);
        }
        let [sale, back] = sales.as_slice() else {
            bail!("{} receipts are stored instead of two", sales.len());
        };
        let shift = records.shift(&sale.shift)?.context("the shift is lost")?;
        let write = |name: &str, document: &serde_json::Value| -> anyhow::Result<()> {
            std::fs::write(
                documents.join(name),
                serde_json::to_string_pretty(document)?,
            )?;
            Ok(())
        };
        write(
            "1-pos-opening-entry.json",
            &opening_payload(&shift, USER, shift.period_start_date),
        )?;
        let settings = till.shop().totals_settings();
        write("2-pos-invoice.json", &payload(sale, &settings))?;
        write("3-pos-invoice-return.json", &payload(back, &settings))
    }

    fn wait(&self, what: &str, so: impl Fn(&Self) -> bool) -> anyhow::Result<()> {
        Ok(self.driver.until(what, || so(self))?)
    }

    fn stage(&self, so: impl Fn(&Stage) -> bool) -> bool {
        self.running
            .app()
            .borrow()
            .till()
            .is_some_and(|till| so(till.stage()))
    }

    fn lines(&self) -> usize {
        self.running
            .app()
            .borrow()
            .till()
            .map_or(0, |till| till.cart().lines().len())
    }

    fn picture(&self, name: &str) -> anyhow::Result<()> {
        Ok(self.driver.picture(&self.out.join(format!("{name}.png")))?)
    }
}

fn journal_line(entry: &store::JournalEntry) -> serde_json::Value {
    let hex = |hash: &[u8]| {
        hash.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    serde_json::json!({
        "number": entry.number,
        "at": entry.at.to_string(),
        "kind": entry.kind.to_string(),
        "body": entry.body,
        "previous": hex(&entry.previous),
        "hash": hex(&entry.hash),
    })
}
