//! The plug is pulled at every instant of a day: before and after each single thing that the till
//! asks of the world. The day is then finished by a cashier who knows only what the screen and the
//! paper say.
//!
//! A cut is the data folder as it lies on the disk at that instant, with its write-ahead log: it
//! is copied while the till still has it open, and opened again without the till that wrote it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::sync::Arc;

use checkout::cart::DiscountChange;
use checkout::money::Money;
use checkout::receipt::Copy;
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::Cashier;
use checkout::shop::Shop;
use checkout::till::{Effect, Event, NotSaved, OpenCart, Stage, Till, TillIdentity};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use store::{JournalKind, Masters, PrintState, ReadStore, SalesQuery, Store};
use tempfile::TempDir;
use tests::fixtures::usd;

/// What a customer brings to the counter, and how they pay it; no amount is all that remains.
struct Errand {
    customer: Option<&'static str>,
    goods: &'static [(&'static str, &'static str)],
    /// Per cent off the whole sale, by the cashier.
    discount: Option<&'static str>,
    coupon: Option<&'static str>,
    points: Option<i64>,
    tenders: &'static [(&'static str, Option<i64>)],
}

const PLAIN: Errand = Errand {
    customer: None,
    goods: &[],
    discount: None,
    coupon: None,
    points: None,
    tenders: &[],
};

const DAY: [Errand; 4] = [
    Errand {
        goods: &[("FIC-001", "1"), ("MIS-003", "1")],
        tenders: &[("Cash", Some(2000))],
        ..PLAIN
    },
    Errand {
        goods: &[("FIC-004", "2"), ("BAT-001", "1")],
        tenders: &[("Credit Card", Some(500)), ("Cash", None)],
        ..PLAIN
    },
    Errand {
        customer: Some("Grace Fielding"),
        goods: &[("FIC-005", "3")],
        tenders: &[("Credit Card", None)],
        ..PLAIN
    },
    // A rule's discount, a gift, a coupon, a discount on all of it, and points.
    Errand {
        customer: Some("Ada Byron"),
        goods: &[("GIF-002", "1"), ("STA-003", "2"), ("FIC-001", "1")],
        discount: Some("5"),
        coupon: Some("SAVE15"),
        points: Some(100),
        tenders: &[("Cash", None)],
    },
];
/// Still in the cart when the day's story ends.
const LEFT_OPEN: Errand = Errand {
    customer: Some("Jonas Brandt"),
    goods: &[("FIC-006", "1"), ("MIS-001", "4")],
    discount: Some("10"),
    coupon: Some("SAVE15"),
    ..PLAIN
};

/// What is true of the world outside the till, cut or not.
#[derive(Clone, Default)]
struct Outside {
    paper: Vec<(ReceiptNumber, Copy)>,
    kicks: usize,
    /// Sales and shifts of which the store said that they are durable.
    sales: Vec<Sale>,
    shifts: usize,
    cart: Option<OpenCart>,
}

struct World {
    folder: TempDir,
    till: Till,
    store: Store,
    outside: Outside,
    now: Timestamp,
    /// The cuts of this day; `None` where nothing is cut any more.
    cuts: Option<Vec<(String, TempDir, Outside)>>,
}

impl World {
    fn on(folder: TempDir, shop: &Arc<Shop>, outside: Outside, now: Timestamp) -> Self {
        let store = Store::open(folder.path(), [1, 2, 3, 4, 5]).unwrap();
        let identity = TillIdentity {
            prefix: "C1".to_owned(),
            installation: store.installation().to_owned(),
        };
        let catalog = Box::new(ReadStore::open(folder.path()).unwrap());
        let till = Till::new(identity, shop.clone(), catalog, store.resume().unwrap());
        Self {
            folder,
            till,
            store,
            outside,
            now,
            cuts: None,
        }
    }

    fn happens(&mut self, event: Event) {
        self.now = self.now.checked_add(1.second()).unwrap();
        let now = self.now.to_zoned(TimeZone::UTC);
        for effect in self.till.step(&now, event) {
            let what: String = format!("{effect:?}").chars().take(40).collect();
            self.cut(|| format!("before {what}"));
            let answer = self.carry_out(effect);
            self.cut(|| format!("after {what}"));
            if let Some(answer) = answer {
                self.happens(answer);
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::SaveCart(cart) => {
                self.store.save_cart(cart.as_deref()).unwrap();
                self.outside.cart = cart.map(|cart| *cart);
                None
            }
            Effect::CommitShift(shift) => {
                self.store.commit_shift(&shift).unwrap();
                self.outside.shifts += 1;
                Some(Event::ShiftSaved)
            }
            Effect::CommitSale(sale) => {
                let saved = self.store.commit_sale(&sale).map_err(NotSaved::from);
                assert_eq!(saved, Ok(()));
                self.outside.sales.push(*sale);
                self.outside.cart = None;
                Some(Event::SaleCommitted)
            }
            Effect::Print(sale) => {
                self.print(&sale.receipt_number, Copy::Original);
                None
            }
            Effect::OpenDrawer => {
                self.outside.kicks += 1;
                None
            }
            Effect::Journal(fact) => {
                self.store.journal_fact(&fact).unwrap();
                None
            }
            Effect::Sound(_) => None,
            Effect::ShowSale(_)
            | Effect::Show(_)
            | Effect::AskApproval(_)
            | Effect::ChooseVariant { .. }
            | Effect::ChooseSerialNos { .. } => panic!("nobody asked for {effect:?}"),
        }
    }

    fn print(&mut self, number: &ReceiptNumber, copy: Copy) {
        if copy == Copy::Original {
            self.store
                .print_job_set(number, PrintState::Sending, self.now)
                .unwrap();
            self.cut(|| format!("{number} on record, not on paper"));
        }
        self.outside.paper.push((number.clone(), copy));
        self.cut(|| format!("{number} on paper, not confirmed"));
        self.store
            .print_job_set(number, PrintState::Printed, self.now)
            .unwrap();
        self.cut(|| format!("{number} confirmed"));
    }

    fn cut(&mut self, what: impl FnOnce() -> String) {
        if let Some(cuts) = &mut self.cuts {
            let copy = copy_of(self.folder.path());
            cuts.push((what(), copy, self.outside.clone()));
        }
    }

    // --- the cashier ---------------------------------------------------------------------------

    /// Does what is left of the day, whatever stands on the screen.
    fn finish_the_day(&mut self) {
        let (id, name) = ("maya".to_owned(), "Maya".to_owned());
        self.happens(Event::SignedIn(Cashier { id, name }));
        self.look_after_receipts();
        if *self.till.stage() == Stage::ShiftClosed {
            let opening_amount = usd(15_000);
            self.happens(Event::ShiftOpened { opening_amount });
        }
        loop {
            let receipts = self.store.resume().unwrap().receipts;
            match DAY.get(usize::try_from(receipts).unwrap()) {
                Some(errand) => self.sell(errand),
                None => return self.fill(&LEFT_OPEN),
            }
        }
    }

    /// Prints what was never sent to the printer; what may have been printed is looked for on the
    /// paper and printed again where it is not there.
    fn look_after_receipts(&mut self) {
        for job in self.store.print_jobs_pending().unwrap() {
            let number = job.receipt_number;
            let on_paper = self.outside.paper.iter().any(|(paper, _)| *paper == number);
            match job.state {
                PrintState::Queued => {
                    assert!(!on_paper, "{number} is on paper and would print again");
                    self.print(&number, Copy::Original);
                }
                PrintState::Unconfirmed if on_paper => {
                    let printed = PrintState::Printed;
                    self.store
                        .print_job_set(&number, printed, self.now)
                        .unwrap();
                }
                PrintState::Unconfirmed => {
                    let cashier = self.till.cashier().unwrap().clone();
                    self.store.reprinted(&number, &cashier, self.now).unwrap();
                    self.print(&number, Copy::Duplicate);
                }
                state => panic!("{number} is {state:?} after a start"),
            }
        }
    }

    fn sell(&mut self, errand: &Errand) {
        self.fill(errand);
        if *self.till.stage() == Stage::Selling {
            self.happens(Event::PaymentStarted);
        }
        if let Stage::Paying(payments) = self.till.stage()
            && payments.redeemed().map(|redeemed| redeemed.loyalty_points) != errand.points
        {
            self.happens(Event::PointsRedeemed(errand.points));
        }
        for (mode, amount) in errand.tenders {
            let Stage::Paying(payments) = self.till.stage() else {
                break;
            };
            let taken = payments.tenders().iter();
            if taken
                .into_iter()
                .any(|tender| tender.mode_of_payment == *mode)
            {
                continue;
            }
            self.happens(Event::Tendered {
                mode_of_payment: (*mode).to_owned(),
                amount: amount.map(usd),
            });
        }
    }

    /// Puts into the cart what is not there yet.
    fn fill(&mut self, errand: &Errand) {
        if matches!(self.till.stage(), Stage::Paying(_)) {
            return;
        }
        self.happens(Event::NextSale);
        let customer = self.till.cart().customer().map(|c| c.name.as_str());
        if customer != errand.customer {
            let customer = errand.customer.map(str::to_owned);
            self.happens(Event::CustomerChosen(customer));
        }
        for (item_code, quantity) in errand.goods {
            let line = |world: &Self| {
                let lines = world.till.cart().lines();
                let line = lines.iter().find(|line| line.sold.item_code == *item_code);
                line.map(|line| (line.id, line.sold.qty.to_string()))
            };
            if line(self).is_none() {
                let item_code = (*item_code).to_owned();
                self.happens(Event::ItemChosen { item_code });
            }
            let (line, held) = line(self).unwrap();
            if held != *quantity {
                let text = (*quantity).to_owned();
                self.happens(Event::QuantityEntered { line, text });
            }
        }
        if let (Some(code), None) = (errand.coupon, self.till.cart().coupon()) {
            self.happens(Event::CouponEntered(Some(code.to_owned())));
        }
        if let (Some(percentage), None) = (errand.discount, self.till.cart().discount()) {
            let change = DiscountChange::Percentage(percentage.to_owned());
            self.happens(Event::DiscountChanged(Some(change)));
        }
    }
}

/// The files as they are, without what a restart of the machine would not find: the shared memory
/// of the log, and the lock of the till that had them open.
fn copy_of(folder: &Path) -> TempDir {
    let copy = TempDir::new().unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let text = name.to_str().unwrap();
        if text.ends_with(".sqlite") || text.ends_with(".sqlite-wal") {
            std::fs::copy(entry.path(), copy.path().join(&name)).unwrap();
        }
    }
    copy
}

fn numbers(store: &Store) -> Vec<u64> {
    let query = SalesQuery {
        limit: 100,
        ..SalesQuery::default()
    };
    let sales = store.records().sales(&query).unwrap();
    let numbers = sales.iter().rev().map(|sale| sale.receipt_number.number);
    numbers.collect()
}

/// The store holds what it said it holds, no more and no less.
fn check_after_the_cut(world: &World, what: &str) {
    let store = &world.store;
    let (resume, outside) = (store.resume().unwrap(), &world.outside);
    let count = outside.sales.len();
    assert_eq!(resume.receipts, count as u64, "{what}: receipts");
    assert_eq!(resume.shifts, outside.shifts as u64, "{what}: shifts");
    assert_eq!(resume.open_cart, outside.cart, "{what}: the open cart");
    assert_eq!(
        numbers(store),
        (1..=count as u64).collect::<Vec<_>>(),
        "{what}: numbers"
    );
    for sale in &outside.sales {
        let record = store.records().sale(&sale.receipt_number).unwrap();
        let record = record.unwrap_or_else(|| panic!("{what}: {} is lost", sale.key));
        assert_eq!(record.sale, *sale, "{what}: {} is another", sale.key);
    }
    // No discount without its entry in the journal, whatever was cut off.
    let discounted = outside
        .sales
        .iter()
        .filter(|sale| sale.totals.discount_amount != 0.0);
    let open = outside
        .cart
        .iter()
        .filter(|open| open.cart.discount().is_some());
    let entries = store.records().journal_entries(0, u32::MAX).unwrap();
    let facts = entries
        .iter()
        .filter(|entry| entry.kind == JournalKind::Discount);
    assert!(
        facts.count() >= discounted.count() + open.count(),
        "{what}: a discount without its entry"
    );
    let unsent = store.records().outbox_summary().unwrap().unsent;
    assert_eq!(unsent as usize, count + outside.shifts, "{what}: outbox");
    let intact = store.records().journal_verify().unwrap();
    assert!(intact.is_ok(), "{what}: {intact:?}");
    for (number, _) in &outside.paper {
        assert!(
            outside
                .sales
                .iter()
                .any(|sale| sale.receipt_number == *number),
            "{what}: receipt {number} is on paper without its sale"
        );
    }
}

/// The day came out as it does without a cut.
fn check_the_day(world: &World, what: &str) {
    check_after_the_cut(world, what);
    let outside = &world.outside;
    assert_eq!(outside.sales.len(), DAY.len(), "{what}: sales");
    for (sale, errand) in outside.sales.iter().zip(&DAY) {
        let sold = sale.receipt_lines().into_iter().map(|(_, line)| line);
        let goods: Vec<_> = sold
            .filter(|line| !line.is_free_item)
            .map(|line| (line.item_code.as_str(), line.qty.to_string()))
            .collect();
        let wanted: Vec<_> = errand
            .goods
            .iter()
            .map(|(code, qty)| (*code, (*qty).to_owned()))
            .collect();
        assert_eq!(goods, wanted, "{what}: goods of {}", sale.key);
        let modes: Vec<_> = sale
            .payments
            .iter()
            .map(|payment| payment.mode_of_payment.as_str())
            .collect();
        let tendered: Vec<_> = errand.tenders.iter().map(|(mode, _)| *mode).collect();
        assert_eq!(modes, tendered, "{what}: tenders of {}", sale.key);
        let due = Money::from_f64(sale.totals.amount_to_pay(), usd(0).currency);
        let loyalty = sale.loyalty.as_ref();
        let points = loyalty.map_or(usd(0), |loyalty| loyalty.loyalty_amount);
        assert_eq!(
            sale.paid_amount.plus(points),
            due.plus(sale.change_amount),
            "{what}"
        );
        let redeemed = loyalty.map_or(0, |loyalty| loyalty.loyalty_points);
        assert_eq!(
            redeemed,
            errand.points.unwrap_or(0),
            "{what}: points of {}",
            sale.key
        );
        let coupon = sale
            .coupon
            .as_ref()
            .map(|coupon| coupon.coupon_code.as_str());
        assert_eq!(coupon, errand.coupon, "{what}: coupon of {}", sale.key);
        let off = sale.document.additional_discount_percentage;
        let wanted = errand.discount.map_or(0.0, |text| text.parse().unwrap());
        assert_eq!(off, wanted, "{what}: discount of {}", sale.key);
        let buyer = errand.customer.unwrap_or("Walk-in Customer");
        assert_eq!(sale.customer, buyer, "{what}");
        let of_sale = |copy: Copy| {
            let printed = outside.paper.iter();
            printed
                .filter(|(number, of)| *number == sale.receipt_number && *of == copy)
                .count()
        };
        let (originals, duplicates) = (of_sale(Copy::Original), of_sale(Copy::Duplicate));
        assert_eq!(
            originals + duplicates,
            1,
            "{what}: {originals} originals and {duplicates} duplicates of {}",
            sale.key
        );
    }
    let open = outside.cart.as_ref().map(|open| &open.cart);
    let open = open.unwrap_or_else(|| panic!("{what}: the open cart is lost"));
    assert_eq!(
        open.lines().len(),
        LEFT_OPEN.goods.len(),
        "{what}: the open cart"
    );
    assert!(open.coupon().is_some(), "{what}: the open cart's coupon");
    assert!(
        open.discount().is_some(),
        "{what}: the open cart's discount"
    );
    let pending = world.store.print_jobs_pending().unwrap();
    assert!(pending.is_empty(), "{what}: {pending:?}");
    let entries = world.store.records().outbox_entries(10).unwrap();
    let doctypes: Vec<_> = entries.iter().map(|entry| entry.doctype).collect();
    assert_eq!(
        doctypes,
        [
            "POS Opening Entry",
            "POS Invoice",
            "POS Invoice",
            "POS Invoice",
            "POS Invoice"
        ],
        "{what}: the outbox, oldest first"
    );
}

#[test]
fn a_cut_at_any_instant_of_the_day_loses_and_doubles_nothing() {
    let masters = kiosk::demo::masters("2026-11-23".parse().unwrap()).unwrap();
    let shop = Arc::new(Shop::assemble("Counter 1", masters.clone()).unwrap());
    let folder = TempDir::new().unwrap();
    drop(Store::open(folder.path(), [1, 2, 3, 4, 5]).unwrap());
    Masters::open(folder.path())
        .unwrap()
        .apply(&masters)
        .unwrap();

    let morning = "2026-11-23T14:00:00Z".parse().unwrap();
    let mut day = World::on(folder, &shop, Outside::default(), morning);
    day.cuts = Some(Vec::new());
    day.finish_the_day();
    let cuts = day.cuts.take().unwrap();
    check_the_day(&day, "without a cut");
    assert_eq!(day.outside.kicks, 3, "three sales moved cash");
    assert!(cuts.len() > 60, "the day had only {} instants", cuts.len());

    let drawers = day.outside.kicks;
    for (place, (what, folder, outside)) in cuts.into_iter().enumerate() {
        let what = format!("cut {place}, {what}");
        let mut world = World::on(folder, &shop, outside, day.now);
        check_after_the_cut(&world, &what);
        world.finish_the_day();
        check_the_day(&world, &what);
        // A drawer that was about to open is opened by hand; it never opens twice for one sale.
        assert!(world.outside.kicks <= drawers, "{what}: drawer");
    }
}
