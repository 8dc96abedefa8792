//! A day at the counter without a display, that can be broken off at any instant and goes on where
//! it was: the till of a data folder, with the devices of its `till.toml`, sells in the demo shop by
//! a script. It tells on its standard output, a line each, what it is about to do and what the till
//! has made durable, so that whoever breaks it off can check what is found afterwards.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use checkout::till::{OpenCart, Resume, Stage};
use erpnext::https::Client;
use serde::{Deserialize, Serialize};
use slint::ComponentHandle;

use super::{PIN, STAFF, prepare};
use crate::attached::DeviceSet;
use crate::config::Config;
use crate::driver::Driver;
use crate::headless::{Clock, Headless};
use crate::queue::Events;
use crate::start::{Folder, Link, Running, start};
use crate::ui::{Look, TillWindow};

/// What the customers bring: books, a croissant, a box of pens, postcards, water of a batch, and a
/// bag with a rule's discount.
const GOODS: [&str; 7] = [
    "9780000001009",
    "9780000001023",
    "2000000000107",
    "4001230006004",
    "5012350000017",
    "5400110000207",
    "5012340007002",
];

/// One line of what the rehearsal tells.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The till has started and this is what it took up again.
    Started {
        /// Sales that were committed before.
        receipts: u64,
        /// The cart on its screen, with what was tendered.
        cart: Option<Box<OpenCart>>,
    },
    /// The next thing that is done at the counter.
    Intends(Intention),
    /// The open cart is durable as it is here; `None` when there is none.
    Kept(Option<Box<OpenCart>>),
    /// A shift is durable.
    ShiftOpened,
    /// This receipt is durable, and so is that its cart is gone.
    Sold(u64),
}

/// Something that is done at the counter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intention {
    /// The shift is opened.
    OpenShift,
    /// A code is scanned.
    Scan(String),
    /// The customer begins to pay, pays a part, or goes back for more.
    Pay,
    /// The customer pays what remains.
    Complete,
}

/// Sells until this data folder has so many sales.
///
/// # Errors
/// When the till does not start, or shows something that the script does not expect.
pub(super) fn run(data: &Path, sales: u64, seed: u64) -> anyhow::Result<()> {
    let config = Config::read(data)?;
    let mut folder = Folder::open(data, &super::sealing(data))?;
    prepare(&mut folder)?;
    let events = Arc::new(Events::new());
    let devices = DeviceSet::start(data, &config, &events)?;
    // The smallest screen: painting it is most of the work.
    let screen = Headless::install(1024, 600, Clock::Real)?;
    let window = TillWindow::new()?;
    window.global::<Look>().set_motion(false);
    let running = start(
        &window,
        folder,
        &config,
        events,
        devices,
        Link::<Client>::None,
    )?;
    window.show()?;
    let mut day = Rehearsal {
        driver: Driver::new(&screen, &window),
        running: &running,
        chance: seed,
    };
    day.begin()?;
    while day.found()?.receipts < sales {
        day.sell()?;
    }
    Ok(())
}

struct Rehearsal<'a> {
    driver: Driver<'a>,
    running: &'a Running,
    chance: u64,
}

impl Rehearsal<'_> {
    fn begin(&self) -> anyhow::Result<()> {
        self.wait("the till is locked", |day| day.driver.sees(STAFF[0]))?;
        let receipts = self.found()?.receipts;
        let cart = self.open_cart().map(Box::new);
        tell(&Told::Started { receipts, cart })?;
        self.driver.tap(&format!("Cashier {}", STAFF[0]))?;
        self.driver.keys(PIN);
        self.driver.tap("Sign in")?;
        self.wait("the PIN was right", |day| {
            day.running.app().borrow().is_signed_in()
        })?;
        if self.stage(|stage| *stage == Stage::ShiftClosed) {
            tell(&Told::Intends(Intention::OpenShift))?;
            self.driver.keys("150");
            self.driver.tap("Open shift")?;
            self.wait("the shift is open", |day| {
                day.stage(|stage| *stage == Stage::Selling)
            })?;
            tell(&Told::ShiftOpened)?;
        }
        Ok(())
    }

    fn sell(&mut self) -> anyhow::Result<()> {
        let pieces = 1 + self.below(4);
        while !self.is_paying() && self.pieces() < pieces {
            let code = GOODS[self.below(GOODS.len())];
            self.act(Intention::Scan(code.to_owned()), |day| {
                let before = day.pieces();
                day.driver.burst(code);
                day.wait(&format!("{code} is in the cart"), |day| {
                    day.pieces() > before || !day.stage(|stage| *stage == Stage::Selling)
                })
            })?;
        }
        if !self.is_paying() {
            self.act(Intention::Pay, Self::start_to_pay)?;
        }
        if self.below(6) == 0 {
            self.act(Intention::Pay, |day| {
                day.driver.tap("Back to cart")?;
                day.wait("the cart can be changed", |day| !day.is_paying())
            })?;
            self.act(Intention::Pay, Self::start_to_pay)?;
        }
        if self.below(4) == 0 && self.tenders() == 0 && self.remaining() > 200 {
            self.act(Intention::Pay, |day| {
                day.driver.keys("1");
                day.driver.tap("Credit Card")?;
                day.wait("a part is paid", |day| day.tenders() == 1)
            })?;
        }
        self.complete()
    }

    fn start_to_pay(&self) -> anyhow::Result<()> {
        self.driver.tap("Pay")?;
        self.wait("the sale is being paid", Self::is_paying)
    }

    fn complete(&self) -> anyhow::Result<()> {
        tell(&Told::Intends(Intention::Complete))?;
        self.driver.tap("Exact cash")?;
        self.wait("the sale is done", |day| {
            day.stage(|stage| matches!(stage, Stage::Done(_)))
        })?;
        let app = self.running.app().borrow();
        let sale = app.till().and_then(|till| till.last_sale());
        let number = sale.context("nothing was sold")?.receipt_number.number;
        drop(app);
        tell(&Told::Sold(number))?;
        self.driver.tap("Next sale")?;
        self.wait("the next sale begins", |day| {
            day.stage(|stage| *stage == Stage::Selling)
        })
    }

    /// Says what is to be done, does it, waits until the cart it leaves is durable, and says that.
    fn act(
        &self,
        intention: Intention,
        act: impl FnOnce(&Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        tell(&Told::Intends(intention))?;
        act(self)?;
        self.wait("the cart is durable", |day| {
            day.found()
                .is_ok_and(|found| found.open_cart == day.open_cart())
        })?;
        tell(&Told::Kept(self.open_cart().map(Box::new)))
    }

    /// What a restart would find now. Asked behind all that the store was asked before.
    fn found(&self) -> anyhow::Result<Resume> {
        Ok(self.running.store().call(|store| store.resume())??)
    }

    /// The cart on the screen, as it would be kept.
    fn open_cart(&self) -> Option<OpenCart> {
        let app = self.running.app().borrow();
        app.till()?.open_cart()
    }

    fn pieces(&self) -> usize {
        let cart = self.open_cart().map(|open| open.cart);
        let lines = cart.iter().flat_map(|cart| cart.lines());
        let pieces: f64 = lines
            .filter(|line| !line.sold.is_free_item)
            .map(|line| line.sold.qty.to_f64())
            .sum();
        pieces.round() as usize
    }

    fn is_paying(&self) -> bool {
        self.stage(|stage| matches!(stage, Stage::Paying(_)))
    }

    fn tenders(&self) -> usize {
        let payments = self.open_cart().and_then(|open| open.payments);
        payments.map_or(0, |payments| payments.tenders().len())
    }

    /// In the smallest unit of the shop's currency.
    fn remaining(&self) -> i64 {
        let payments = self.open_cart().and_then(|open| open.payments);
        payments.map_or(0, |payments| payments.remaining().units)
    }

    fn wait(&self, what: &str, so: impl Fn(&Self) -> bool) -> anyhow::Result<()> {
        Ok(self.driver.until(what, || so(self))?)
    }

    fn stage(&self, so: impl Fn(&Stage) -> bool) -> bool {
        let app = self.running.app().borrow();
        app.till().is_some_and(|till| so(till.stage()))
    }

    /// From 0 to one less than `limit`, by a linear congruence.
    fn below(&mut self, limit: usize) -> usize {
        self.chance = self
            .chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 33) as usize % limit
    }
}

fn tell(told: &Told) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, told)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}
