//! A till without a screen: its books, what it commits, and how it sends.

use std::cell::RefCell;
use std::time::Duration;

use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::{Cashier, Shift};
use erpnext::Transport;
use erpnext::push::{OpeningRule, PushContext};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiosk::sync::courier::{Courier, note};
use store::{OutboxLine, SendState, Settlement, Store};
use tempfile::TempDir;

use crate::day::{closing_of, sold_in};
use crate::fixtures::{context, totals_of};
use crate::shelf::Shelf;
use crate::stand_in::{Site, StandIn};

/// More attempts than any test needs.
const PLENTY: usize = 2_000;

/// The zone of the shop.
pub fn zone() -> TimeZone {
    TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap()
}

/// A time of the shop.
pub fn at(local: &str) -> Timestamp {
    let local: DateTime = local.parse().unwrap();
    local.to_zoned(zone()).unwrap().timestamp()
}

/// A till.
pub struct TillBox {
    /// Its store.
    pub shelf: Shelf,
    _dir: TempDir,
}

impl TillBox {
    /// One that has sold nothing yet.
    pub fn new(installation: u8) -> Self {
        // Nothing has to outlive the machine: memory does for a disk.
        let memory = std::path::Path::new("/dev/shm");
        let dir = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            TempDir::new()
        };
        let dir = dir.unwrap();
        let store = Store::open(dir.path(), [installation; 5]).unwrap();
        Self {
            shelf: Shelf(RefCell::new(store)),
            _dir: dir,
        }
    }

    /// Opens a shift.
    pub fn opens(&self, shift: &Shift) {
        self.shelf.0.borrow_mut().commit_shift(shift).unwrap();
    }

    /// Sells within a shift.
    pub fn sells(&self, shift: &Shift, sold: &mut Sale) {
        self.sells_at(shift, sold, shift.opened_at + SignedDuration::from_mins(5));
    }

    /// The same at a time.
    pub fn sells_at(&self, shift: &Shift, sold: &mut Sale, at: Timestamp) {
        sold_in(sold, shift, at, &zone());
        self.shelf.0.borrow_mut().commit_sale(sold).unwrap();
    }

    /// Closes a shift whose cash was counted with this difference, in cents.
    pub fn closes(&self, shift: &Shift, cash_difference: i64) {
        let later = shift.opened_at + SignedDuration::from_hours(2);
        self.closes_at(shift, cash_difference, later);
    }

    /// The same at a time.
    pub fn closes_at(&self, shift: &Shift, cash_difference: i64, at: Timestamp) {
        let mut store = self.shelf.0.borrow_mut();
        let totals = store.records().shift_totals(shift).unwrap();
        let mut closing = closing_of(shift, totals, cash_difference, at, &zone());
        closing.key = format!("{}-Z", shift.key);
        store.commit_closing(&closing).unwrap();
    }

    /// Sends from a time on, as long as there is something to send before another. Waits are as
    /// they are at a shop, but take no time.
    pub fn sends(
        &self,
        network: &mut impl Transport,
        site: &StandIn,
        rule: OpeningRule,
        from: Timestamp,
        until: Timestamp,
    ) {
        let mut now = from;
        for _ in 0..PLENTY {
            let next = self.shelf.0.borrow_mut().outbox_next(now).unwrap();
            let Some(entry) = next else {
                let due = self.shelf.0.borrow().outbox_next_time(now).unwrap();
                match due {
                    Some(due) if due <= until => now = due.max(now + Duration::from_millis(1)),
                    _ => return,
                }
                continue;
            };
            let site_now = now.to_zoned(zone()).datetime();
            site.site().set_clock(site_now);
            let context = PushContext {
                rule,
                today: site_now.date(),
                attempt: entry.attempts,
                ..context()
            };
            let courier = Courier::new(&self.shelf, network, context, now, site_now);
            let outcome = { courier }.carry(&entry).unwrap();
            note(&self.shelf, &entry, &outcome, now).unwrap();
        }
        panic!("never ends: {:#?}", self.unsent());
    }

    /// What was not sent.
    pub fn unsent(&self) -> Vec<OutboxLine> {
        let store = self.shelf.0.borrow();
        store.records().outbox_entries(100).unwrap()
    }

    /// Why a receipt waits for a person: cause and remedy.
    pub fn parked(&self, receipt_number: &ReceiptNumber) -> Option<(String, String)> {
        let number = receipt_number.to_string();
        let line = self
            .unsent()
            .into_iter()
            .find(|line| line.label == number)?;
        match line.sent {
            SendState::Parked { cause, remedy, .. } => Some((cause, remedy)),
            _ => None,
        }
    }

    /// A manager settles by hand what is parked under a label.
    pub fn settles(&self, label: &str, reason: &str, at: Timestamp) {
        let lines = self.unsent();
        let line = lines.iter().find(|line| line.label == label).unwrap();
        let settlement = Settlement {
            by: Cashier {
                id: "2".to_owned(),
                name: "Ines".to_owned(),
            },
            reason: reason.to_owned(),
        };
        let mut store = self.shelf.0.borrow_mut();
        store.outbox_settle(line.id, &settlement, at).unwrap();
    }
}

/// The corner shop as a site of either version, told apart by which openings it takes.
pub fn shop(rule: OpeningRule) -> StandIn {
    let mut site = Site::corner_shop().with_totals(totals_of);
    site.honours_names = rule == OpeningRule::Any;
    site.allow_negative_stock = true;
    if rule == OpeningRule::OneOfToday {
        site.version = "16.2.0";
    }
    StandIn::http(site)
}

/// A till sends for so many hours over a good line.
pub fn sends(till: &TillBox, site: &StandIn, rule: OpeningRule, from: Timestamp, hours: i64) {
    let until = from + SignedDuration::from_hours(hours);
    till.sends(&mut site.client(), site, rule, from, until);
}
