//! A till, its store, and what is true of the world around them.

use std::path::Path;
use std::sync::Arc;

use checkout::cart::DiscountChange;
use checkout::receipt::Copy;
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::Cashier;
use checkout::shop::Shop;
use checkout::till::{Effect, Event, NotSaved, OpenCart, Stage, Till, TillIdentity};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use store::{PrintState, ReadStore, Store};
use tempfile::TempDir;
use tests::fixtures::usd;

use crate::errand::{DAY, Errand, LEFT_OPEN};

/// What is true of the world outside the till, cut or not.
#[derive(Clone, Default)]
pub struct Outside {
    pub paper: Vec<(ReceiptNumber, Copy)>,
    pub kicks: usize,
    /// Sales and shifts of which the store said that they are durable.
    pub sales: Vec<Sale>,
    pub shifts: usize,
    pub cart: Option<OpenCart>,
}

pub struct World {
    pub folder: TempDir,
    pub till: Till,
    pub store: Store,
    pub outside: Outside,
    pub now: Timestamp,
    /// The cuts of this day; `None` where nothing is cut any more.
    pub cuts: Option<Vec<(String, TempDir, Outside)>>,
}

impl World {
    pub fn on(folder: TempDir, shop: &Arc<Shop>, outside: Outside, now: Timestamp) -> Self {
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
            Effect::CommitExchange { .. }
            | Effect::CommitCashMovement(_)
            | Effect::CommitDrawerOpening(_)
            | Effect::CommitCustomer(_)
            | Effect::CommitCardIntent { .. }
            | Effect::CommitCardOutcome { .. }
            | Effect::StartCard(_)
            | Effect::AskCard(_)
            | Effect::ConfirmCard { .. }
            | Effect::CommitClosing(_)
            | Effect::PrintReport(_)
            | Effect::ShowReceipt { .. }
            | Effect::ShowSale(_)
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
    pub fn finish_the_day(&mut self) {
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
