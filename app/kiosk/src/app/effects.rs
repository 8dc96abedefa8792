//! Carrying out what the till asks for: durable things on the store's thread, the rest here.

use checkout::action::JournalFact;
use checkout::receipt::Copy;
use checkout::till::{Effect, Event, NotSaved, Notice, OpenCart};

use store::{JournalKind, Store, StoreError};

use super::App;
use crate::queue::Message;
use crate::screens::words;
use crate::store_thread::StoreBusy;
use crate::ui::Level;

/// Saving the open cart: one save under way, and the newest cart that waits behind it. A cart that
/// was overtaken by a newer one is never written.
#[derive(Default)]
pub(super) enum CartSaving {
    #[default]
    Idle,
    Busy,
    Behind(Option<Box<OpenCart>>),
}

impl App {
    pub(super) fn carry_out(&mut self, effect: Effect) {
        self.post_facts();
        match effect {
            Effect::SaveCart(cart) => self.save_cart(cart),
            Effect::CommitShift(shift) => {
                let events = self.events.clone();
                let posted = self.store.post(move |store| {
                    let result = store.commit_shift(&shift).map_err(NotSaved::from);
                    events.send(Message::Shift(result));
                    events.send_outbox(store);
                });
                if let Err(busy) = posted {
                    self.step(Event::ShiftNotSaved(not_saved(busy)));
                }
            }
            Effect::CommitSale(sale) => {
                self.save_cart_before_sale();
                let events = self.events.clone();
                let posted = self.store.post(move |store| {
                    let result = store.commit_sale(&sale).map_err(NotSaved::from);
                    events.send(Message::Sale(result));
                    events.send_outbox(store);
                });
                if let Err(busy) = posted {
                    self.step(Event::SaleNotCommitted(not_saved(busy)));
                }
            }
            Effect::CommitExchange { returned, sale } => {
                self.save_cart_before_sale();
                let events = self.events.clone();
                let posted = self.store.post(move |store| {
                    let result = store.commit_exchange(&returned, &sale);
                    events.send(Message::Sale(result.map_err(NotSaved::from)));
                    events.send_outbox(store);
                });
                if let Err(busy) = posted {
                    self.step(Event::SaleNotCommitted(not_saved(busy)));
                }
            }
            Effect::CommitCashMovement(movement) => {
                self.cash_is_saved();
                self.commit(Event::NotSaved, move |store| {
                    store.commit_cash_movement(&movement)?;
                    Ok(Event::CashMovementSaved)
                });
            }
            Effect::CommitDrawerOpening(opening) => {
                self.cash_is_saved();
                self.commit(Event::NotSaved, move |store| {
                    store.commit_drawer_opening(&opening)?;
                    Ok(Event::DrawerOpeningSaved)
                });
            }
            Effect::CommitCustomer(customer) => self.commit(Event::NotSaved, move |store| {
                store.commit_customer(&customer)?;
                Ok(Event::CustomerSaved)
            }),
            Effect::CommitCardIntent { intent, cart } => {
                self.commit(Event::CardNotSaved, move |store| {
                    store.commit_card_intent(&intent, cart.as_deref())?;
                    Ok(Event::CardSaved)
                });
            }
            Effect::CommitCardOutcome { end, cart } => {
                self.save_cart_before_sale();
                let paper = self.take_card_paper();
                self.commit(Event::CardNotSaved, move |store| {
                    store.commit_card_outcome(&end, cart.as_deref(), paper.as_ref())?;
                    Ok(Event::CardSaved)
                });
            }
            Effect::StartCard(intent) => self.start_card(&intent),
            Effect::AskCard(intent) => self.ask_card(&intent),
            Effect::ConfirmCard {
                reference,
                approved,
            } => self.confirm_card(&reference, approved),
            Effect::CommitClosing(closing) => self.commit(Event::ClosingNotSaved, move |store| {
                let journal = store.commit_closing(&closing)?;
                Ok(Event::ClosingSaved { journal })
            }),
            Effect::Print(sale) => self.print(sale, Copy::Original),
            Effect::PrintReport(report) => self.report_made(*report),
            Effect::OpenDrawer => self.open_drawer(),
            Effect::ShowSale(reference) => self.show_scanned_receipt(&reference),
            Effect::ShowReceipt { code, .. } => self.return_of_code(&code),
            Effect::AskApproval(request) => self.ask_approval(request),
            Effect::ChooseVariant { template } => self.choose_variant(&template),
            Effect::ChooseSerialNos { line } => self.choose_serial_nos(line),
            Effect::Journal(fact) => self.journal(*fact),
            Effect::Sound(sound) => self.devices.sound(sound),
            Effect::Show(notice) => self.say(&notice),
        }
    }

    /// Has the store make something durable, and tells the till what became of it.
    fn commit(
        &mut self,
        failed: fn(NotSaved) -> Event,
        task: impl FnOnce(&mut Store) -> Result<Event, StoreError> + Send + 'static,
    ) {
        let events = self.events.clone();
        let posted = self.store.post(move |store| {
            let event = task(store).unwrap_or_else(|error| failed(error.into()));
            events.send(Message::Stored(Box::new(event)));
            events.send_outbox(store);
        });
        if let Err(busy) = posted {
            self.step(failed(not_saved(busy)));
        }
    }

    /// Keeps in the journal who did what and who allowed it.
    fn journal(&mut self, fact: JournalFact) {
        self.facts.push(fact);
        self.post_facts();
    }

    /// Has the journal tell of something that needs nobody's leave and may be missing there: the log
    /// says so then. `what` is the missing, as "that a new sheet was asked for".
    pub(super) fn put_on_record(&self, fact: serde_json::Value, what: &'static str) {
        let at = (self.clock)();
        let posted = self.store.post(move |store| {
            if let Err(error) = store.journal_append(JournalKind::Program, &fact, at) {
                tracing::warn!("{what} is not in the journal: {error}");
            }
        });
        if let Err(busy) = posted {
            tracing::warn!("{what} is not in the journal: {busy}");
        }
    }

    /// Hands the facts that the store's thread has not taken yet to it.
    fn post_facts(&mut self) {
        if self.facts.is_empty() {
            return;
        }
        let (facts, events) = (self.facts.clone(), self.events.clone());
        let posted = self.store.post(move |store| {
            for fact in facts {
                if let Err(error) = store.journal_must_have(fact) {
                    events.send(Message::JournalOwed(error.into()));
                }
            }
        });
        match posted {
            Ok(()) => self.facts.clear(),
            Err(busy) => self.journal_owed(&not_saved(busy)),
        }
    }

    /// What was done is not in the journal yet.
    pub(super) fn journal_owed(&mut self, cause: &NotSaved) {
        let what = "The journal does not have what was just done";
        let remedy = "Nothing more is kept or sold before it has.";
        self.notice = Some(words::not_saved(what, cause, remedy));
        self.refresh();
    }

    fn save_cart(&mut self, cart: Option<Box<OpenCart>>) {
        if !matches!(self.cart_saving, CartSaving::Idle) {
            self.cart_saving = CartSaving::Behind(cart);
            return;
        }
        let events = self.events.clone();
        let posted = self.store.post(move |store| {
            let result = store.save_cart(cart.as_deref()).map_err(NotSaved::from);
            events.send(Message::Cart(result));
        });
        match posted {
            Ok(()) => self.cart_saving = CartSaving::Busy,
            Err(busy) => self.say(&Notice::CartNotSaved(not_saved(busy))),
        }
    }

    /// The sale's own transaction forgets the cart. A cart that still waits is saved before it:
    /// after it, it would come back from the dead, and without it, a sale that fails would lose
    /// its last line to a power cut.
    fn save_cart_before_sale(&mut self) {
        if let CartSaving::Behind(cart) = &mut self.cart_saving {
            let cart = cart.take();
            self.cart_saving = CartSaving::Busy;
            let posted = self.store.post(move |store| {
                if let Err(error) = store.save_cart(cart.as_deref()) {
                    tracing::warn!("the cart was not saved: {error}");
                }
            });
            if let Err(busy) = posted {
                tracing::warn!("the cart was not saved: {busy}");
            }
        }
    }

    pub(super) fn cart_saved(&mut self, result: Result<(), NotSaved>) {
        if let CartSaving::Behind(cart) = std::mem::take(&mut self.cart_saving) {
            self.save_cart(cart);
        } else if let Err(reason) = result {
            // The full disk that kept a sale from being saved keeps its cart from it too; the sale
            // is what the cashier must know of.
            let worse_is_said = self
                .notice
                .as_ref()
                .is_some_and(|notice| notice.level == Level::Bad);
            if !worse_is_said {
                self.step(Event::CartNotSaved(reason));
            }
        }
    }
}

pub(super) fn not_saved(busy: StoreBusy) -> NotSaved {
    NotSaved::Disk(busy.to_string())
}
