//! A counter: the till itself with its store and its sync, worked by somebody who does what the
//! customers want. Every sale is priced and put together by the till.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use checkout::cart::{DiscountChange, PriceChange};
use checkout::catalog::Catalog;
use checkout::new_customer::CustomerForm;
use checkout::quantity::Quantity;
use checkout::returns::ReturnSource;
use checkout::sale::Sale;
use checkout::shift::{CashDirection, Cashier, Count};
use checkout::shop::Shop;
use checkout::till::{Effect, Event, Notice, Stage, Till, TillIdentity};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::{ReadStore, Store, StoreError};

use super::errands::Errand;
use crate::fixtures::usd;
use crate::syncing::Syncing;

/// A till at work.
pub(super) struct Counter<'a> {
    till: Till,
    syncing: &'a Syncing,
    catalog: ReadStore,
    zone: TimeZone,
    at: Timestamp,
    /// Pieces with serial numbers that may be sold.
    pieces: Vec<String>,
    /// What was sold and what came back, in order.
    pub(super) sales: Vec<Sale>,
    /// The kinds of that.
    pub(super) kinds: BTreeSet<&'static str>,
}

fn person(id: &str, name: &str) -> Cashier {
    Cashier {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

impl<'a> Counter<'a> {
    /// A till of this prefix on a data folder whose threads run. Its clock begins at `at`.
    pub(super) fn new(
        syncing: &'a Syncing,
        folder: &Path,
        shop: Arc<Shop>,
        prefix: &str,
        zone: &TimeZone,
        at: Timestamp,
    ) -> Result<Self, String> {
        let resume = |store: &mut Store| Ok((store.installation().to_owned(), store.resume()?));
        let (installation, resume) = done(syncing, resume)?;
        let identity = TillIdentity {
            prefix: prefix.to_owned(),
            installation,
        };
        let open = || ReadStore::open(folder).map_err(|error| error.to_string());
        let mut counter = Self {
            till: Till::new(identity, shop, Box::new(open()?), resume),
            syncing,
            catalog: open()?,
            zone: zone.clone(),
            at,
            pieces: Vec::new(),
            sales: Vec::new(),
            kinds: BTreeSet::new(),
        };
        counter.happens(Event::SignedIn(person("maya", "Maya")))?;
        Ok(counter)
    }

    /// The pieces of an item that are in stock here, but for these.
    pub(super) fn stocks(&mut self, item_code: &str, sold: &[String]) -> Result<(), String> {
        let warehouse = self.till.shop().profile.warehouse.clone();
        let pieces = self.catalog.serial_nos(item_code, &warehouse);
        let pieces = pieces.map_err(|error| error.to_string())?;
        let names = pieces.into_iter().map(|piece| piece.name);
        self.pieces = names.filter(|name| !sold.contains(name)).collect();
        Ok(())
    }

    pub(super) fn has_pieces(&self) -> bool {
        !self.pieces.is_empty()
    }

    /// Whether the customer of an errand has the points that they pay with, as far as the till knows.
    pub(super) fn has_points(&self, errand: &Errand) -> Result<bool, String> {
        let account = self.catalog.loyalty(errand.customer.unwrap_or_default());
        let account = account.map_err(|error| error.to_string())?;
        let entries = account.entries.iter().map(|entry| entry.loyalty_points);
        Ok(entries.sum::<i64>() >= errand.points.unwrap_or_default())
    }

    /// Opens a shift with a float of 100.
    pub(super) fn opens(&mut self) -> Result<(), String> {
        let opening_amount = usd(10_000);
        self.happens(Event::ShiftOpened { opening_amount })?;
        self.stands("selling", |stage| matches!(stage, Stage::Selling))
    }

    /// Does an errand.
    pub(super) fn sells(&mut self, errand: &Errand) -> Result<(), String> {
        self.fills(errand)?;
        self.happens(Event::PaymentStarted)?;
        if errand.points.is_some() {
            self.happens(Event::PointsRedeemed(errand.points))?;
        }
        self.pays(errand)?;
        self.stands(errand.kind, |stage| matches!(stage, Stage::Done(_)))?;
        self.kinds.insert(errand.kind);
        Ok(())
    }

    /// The same for somebody who is not known yet.
    pub(super) fn meets(&mut self, name: &str, errand: &Errand) -> Result<(), String> {
        self.happens(Event::NextSale)?;
        self.happens(Event::CustomerEntered(CustomerForm {
            customer_name: name.to_owned(),
            mobile_no: String::new(),
            email_id: String::new(),
            tax_id: String::new(),
            customer_group: String::new(),
        }))?;
        self.sells(errand)
    }

    fn pays(&mut self, errand: &Errand) -> Result<(), String> {
        for (mode_of_payment, amount) in errand.tenders {
            self.happens(Event::Tendered {
                mode_of_payment: (*mode_of_payment).to_owned(),
                amount: amount.map(usd),
            })?;
        }
        Ok(())
    }

    /// Puts into the cart what an errand wants.
    fn fills(&mut self, errand: &Errand) -> Result<(), String> {
        if !matches!(self.till.stage(), Stage::Selling) {
            self.happens(Event::NextSale)?;
        }
        if errand.customer.is_some() {
            let customer = errand.customer.map(str::to_owned);
            self.happens(Event::CustomerChosen(customer))?;
        }
        for (place, (item_code, quantity)) in errand.goods.iter().enumerate() {
            let item_code = (*item_code).to_owned();
            self.happens(Event::ItemChosen {
                item_code: item_code.clone(),
            })?;
            let cart = self.till.cart().lines().iter();
            let mut lines = cart.filter(|line| line.sold.item_code == item_code);
            let line = lines
                .next()
                .ok_or_else(|| format!("{item_code} is not in the cart"))?;
            let (line, held) = (line.id, line.sold.qty.to_string());
            if place == 0 {
                if let Some(uom) = errand.uom.map(str::to_owned) {
                    self.happens(Event::UomChosen { line, uom })?;
                }
                if let Some(batch_no) = errand.batch.map(str::to_owned) {
                    self.happens(Event::BatchChosen { line, batch_no })?;
                }
                if let Some(rate) = errand.rate.map(str::to_owned) {
                    let change = Some(PriceChange::Rate(rate));
                    self.happens(Event::PriceChanged { line, change })?;
                }
            }
            if held != *quantity {
                let text = (*quantity).to_owned();
                self.happens(Event::QuantityEntered { line, text })?;
            }
        }
        if let Some(code) = errand.coupon {
            self.happens(Event::CouponEntered(Some(code.to_owned())))?;
        }
        if let Some(percentage) = errand.discount {
            let change = DiscountChange::Percentage(percentage.to_owned());
            self.happens(Event::DiscountChanged(Some(change)))?;
        }
        Ok(())
    }

    /// The first sale with this item in it that nothing came back of.
    pub(super) fn sale_of(&self, item_code: &str) -> Result<Sale, String> {
        let is_back = |sale: &Sale| {
            let mut others = self
                .sales
                .iter()
                .filter_map(|other| other.return_against.as_ref());
            others.any(|against| against.key == sale.key)
        };
        let mut sales = self.sales.iter().filter(|sale| {
            let mut lines = sale.lines.iter();
            !sale.is_return() && !is_back(sale) && lines.any(|line| line.item_code == item_code)
        });
        let found = sales.next().cloned();
        found.ok_or_else(|| format!("no sale of {item_code}"))
    }

    /// Goods of a sale come back: so much of the line of an item, or all.
    pub(super) fn takes_back(
        &mut self,
        kind: &'static str,
        item_code: &str,
        qty: Option<&str>,
    ) -> Result<(), String> {
        self.begins_return(item_code, qty)?;
        self.happens(Event::PaymentStarted)?;
        self.happens(Event::Tendered {
            mode_of_payment: "Cash".to_owned(),
            amount: None,
        })?;
        self.stands(kind, |stage| matches!(stage, Stage::Returned(_)))?;
        self.kinds.insert(kind);
        Ok(())
    }

    fn begins_return(&mut self, item_code: &str, qty: Option<&str>) -> Result<(), String> {
        let sold = self.sale_of(item_code)?;
        if !matches!(self.till.stage(), Stage::Selling) {
            self.happens(Event::NextSale)?;
        }
        self.happens(Event::ReturnStarted(ReturnSource::Key(sold.key)))?;
        match qty {
            None => self.happens(Event::ReturnAll)?,
            Some(qty) => {
                let open = self.till.returning().ok_or("no return is open")?;
                let mut lines = open.lines().into_iter();
                let line = lines.find(|line| line.sold.item_code == item_code);
                let row = line.ok_or("the item is not on the receipt")?.row;
                let qty = Quantity::parse(qty, 3).map_err(|error| error.to_string())?;
                self.happens(Event::ReturnLineSet { row, qty })?;
            }
        }
        self.happens(Event::ReturnReason("It does not fit".to_owned()))
    }

    /// Goods come back without their receipt.
    pub(super) fn takes_back_without_receipt(&mut self, errand: &Errand) -> Result<(), String> {
        self.fills(errand)?;
        self.happens(Event::ReturnWithoutReceipt)?;
        self.happens(Event::ReturnReason("The receipt is lost".to_owned()))?;
        self.happens(Event::PaymentStarted)?;
        self.pays(errand)?;
        self.stands(errand.kind, |stage| matches!(stage, Stage::Returned(_)))?;
        self.kinds.insert(errand.kind);
        Ok(())
    }

    /// All of a sale comes back, and an errand is done in exchange.
    pub(super) fn exchanges(&mut self, item_code: &str, errand: &Errand) -> Result<(), String> {
        self.begins_return(item_code, None)?;
        self.fills(errand)?;
        self.happens(Event::PaymentStarted)?;
        self.pays(errand)?;
        self.stands(errand.kind, |stage| matches!(stage, Stage::Returned(_)))?;
        self.kinds.insert(errand.kind);
        Ok(())
    }

    /// Cash goes to the bank.
    pub(super) fn banks(&mut self, cents: i64) -> Result<(), String> {
        self.happens(Event::NextSale)?;
        self.happens(Event::CashMoved {
            direction: CashDirection::Out,
            amount: usd(cents),
            reason: "The bank".to_owned(),
        })
    }

    /// Closes the shift; cash was counted with so many cents too many.
    pub(super) fn closes(&mut self, difference: i64) -> Result<(), String> {
        self.happens(Event::NextSale)?;
        let totals = self.till.shift_totals().ok_or("no shift is open")?;
        let counts = totals.modes.iter().map(|mode| Count {
            mode_of_payment: mode.mode_of_payment.clone(),
            amount: match mode.mode_of_payment.as_str() {
                "Cash" => mode.expected().plus(usd(difference)),
                _ => mode.expected(),
            },
            denominations: Vec::new(),
        });
        let counts = counts.collect();
        self.happens(Event::ShiftCounted(counts))?;
        self.happens(Event::ShiftClosingConfirmed)?;
        self.stands("closing", |stage| matches!(stage, Stage::ShiftClosed))
    }

    fn stands(&self, what: &str, is_it: impl Fn(&Stage) -> bool) -> Result<(), String> {
        let stage = self.till.stage();
        if is_it(stage) {
            return Ok(());
        }
        let stage: String = format!("{stage:?}").chars().take(60).collect();
        Err(format!("{what}: the till stands at {stage}"))
    }

    fn happens(&mut self, event: Event) -> Result<(), String> {
        self.at += SignedDuration::from_secs(5);
        let now = self.at.to_zoned(self.zone.clone());
        for effect in self.till.step(&now, event) {
            if let Some(answer) = self.carry_out(effect)? {
                self.happens(answer)?;
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, effect: Effect) -> Result<Option<Event>, String> {
        Ok(match effect {
            Effect::SaveCart(cart) => {
                done(self.syncing, move |store| store.save_cart(cart.as_deref()))?;
                None
            }
            Effect::CommitShift(shift) => {
                done(self.syncing, move |store| store.commit_shift(&shift))?;
                Some(Event::ShiftSaved)
            }
            Effect::CommitSale(sale) => {
                self.sales.push((*sale).clone());
                done(self.syncing, move |store| store.commit_sale(&sale))?;
                self.syncing.sync.sold();
                Some(Event::SaleCommitted)
            }
            Effect::CommitExchange { returned, sale } => {
                self.sales.extend([(*returned).clone(), (*sale).clone()]);
                done(self.syncing, move |store| {
                    store.commit_exchange(&returned, &sale)
                })?;
                self.syncing.sync.sold();
                Some(Event::SaleCommitted)
            }
            Effect::CommitCashMovement(movement) => {
                done(self.syncing, move |store| {
                    store.commit_cash_movement(&movement)
                })?;
                Some(Event::CashMovementSaved)
            }
            Effect::CommitCustomer(customer) => {
                done(self.syncing, move |store| store.commit_customer(&customer))?;
                Some(Event::CustomerSaved)
            }
            Effect::CommitClosing(closing) => {
                let commit = move |store: &mut Store| store.commit_closing(&closing);
                let journal = done(self.syncing, commit)?;
                self.syncing.sync.sold();
                Some(Event::ClosingSaved { journal })
            }
            Effect::Journal(fact) => {
                done(self.syncing, move |store| store.journal_fact(&fact))?;
                None
            }
            Effect::AskApproval(_) => Some(Event::Approved {
                by: person("tom", "Tom"),
                reason: "Agreed with the customer".to_owned(),
            }),
            Effect::ChooseSerialNos { line } => {
                let piece = self.pieces.pop().ok_or("no piece is left")?;
                let serial_nos = vec![piece];
                Some(Event::SerialNosChosen { line, serial_nos })
            }
            Effect::Print(_)
            | Effect::PrintReport(_)
            | Effect::OpenDrawer
            | Effect::Sound(_)
            | Effect::Show(Notice::GiveBack(_)) => None,
            other => return Err(format!("nobody asked for {other:?}")),
        })
    }
}

/// Has the store's thread do something, and reads what was told meanwhile.
pub(super) fn done<R: Send + 'static>(
    syncing: &Syncing,
    task: impl FnOnce(&mut Store) -> Result<R, StoreError> + Send + 'static,
) -> Result<R, String> {
    syncing.reads();
    let done = syncing.store.handle().call(task);
    let done = done.map_err(|error| error.to_string())?;
    done.map_err(|error| error.to_string())
}
