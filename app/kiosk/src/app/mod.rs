//! The event loop's state: one till, its screens, its devices and its threads.
//!
//! Everything here runs on the screen's thread and never waits: fingers and messages become
//! [`checkout::till::Event`]s, the till's effects go to the store's thread and the devices, and
//! the screens are brought up to date.

mod devices;
mod effects;
mod fingers;
mod show;
mod wedge;

mod pin_entry;

mod approval;
mod card;
mod lock;
mod manager;
mod opening;

mod clock;
mod counter;
mod points;
mod sales;
mod scans;
mod selling;
mod sleep;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use appliance::pin::Pepper;
use checkout::action::JournalFact;
use checkout::catalog::Catalog;
use checkout::money::Money;
use checkout::receipt::{ReceiptHead, ReceiptKey};
use checkout::shop::Shop;
use checkout::till::{Event, Notice, Policy, Resume, Stage, Till, TillIdentity};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Zoned};
use rust_decimal::Decimal;
use slint::ComponentHandle;
use store::{OutboxSummary, PrintJob, ReadStore, ReportJob, StaffMember};

use crate::config::ScreenConfig;
use crate::queue::{Message, Sender};
use crate::screens::customer::CustomerScreen;
use crate::screens::manager::ManagerScreen;
use crate::screens::variants::VariantSheet;
use crate::screens::words::{self, Words};
use crate::screens::{amounts, approval::ApprovalScreen, done::DoneScreen, line::LineSheet};
use crate::screens::{cash::CashScreen, close_shift::CloseShiftScreen};
use crate::screens::{pay::PayScreen, sales::SalesScreen, sell::SellScreen, shift::ShiftScreen};
use crate::screens::{report::ReportScreen, returns::ReturnScreen};
use crate::store_thread::StoreHandle;
use crate::sync::{SyncState, SyncThread};
use crate::ui::{Level, TillWindow};
use crate::updates::Updates;

use approval::ApprovalState;
use card::CardState;
use counter::CounterState;
use devices::Devices;
use effects::CartSaving;
use manager::{ManagerState, UpdatesState};
use opening::Opening;
use pin_entry::PinEntry;
use points::PointsState;
use sales::SalesState;
use selling::SellState;
use sleep::SleepState;

pub use crate::attached::DeviceSet;
pub use devices::DeviceSettings;
pub use fingers::connect;
pub use manager::AboutTill;
pub use opening::Downloading;

/// What time it is, in universal time; the site's zone is put to it here.
pub type Clock = Box<dyn Fn() -> jiff::Timestamp>;

/// All that a till is started with.
pub struct Parts {
    /// The till's prefix.
    pub till: String,
    /// What stands on its receipts.
    pub receipt_head: ReceiptHead,
    /// The store's thread.
    pub store: StoreHandle,
    /// What tells this installation from others.
    pub installation: String,
    /// What to take up again.
    pub resume: Resume,
    /// Receipts that were committed and not printed.
    pub unprinted: Vec<PrintJob>,
    /// Reports and slips that are not printed, or nobody knows.
    pub unprinted_reports: Vec<ReportJob>,
    /// For the screens.
    pub read: ReadStore,
    /// Opens another reader, for the till's look-ups.
    pub catalog: Box<dyn Fn() -> Result<Box<dyn Catalog>, store::StoreError>>,
    /// What PINs are hashed with.
    pub pepper: Arc<Pepper>,
    /// What is attached.
    pub devices: DeviceSet,
    /// What the till does with that by itself.
    pub device_settings: DeviceSettings,
    /// The screen in front of the customer, where there is one.
    pub customer_screen: Option<CustomerScreen>,
    /// The sync, where there is a site.
    pub sync: Option<SyncThread>,
    /// The shop, where it was downloaded already.
    pub shop: Option<Arc<Shop>>,
    /// The sending end of the queue.
    pub events: Sender,
    /// What time it is.
    pub clock: Clock,
    /// How long nobody may touch the till before it locks, and how its screen shines.
    pub screen: ScreenConfig,
    /// The most that a customer's points pay for while they are not downloaded again.
    pub points_limit: Option<Decimal>,
    /// What a cashier needs a manager for.
    pub policy: Policy,
    /// What the shop's receipts are signed with; none before the till is enrolled.
    pub receipt_key: Option<ReceiptKey>,
    /// The thread of updates, on an appliance.
    pub updates: Option<Updates>,
    /// What a manager is told about the till.
    pub about: AboutTill,
}

/// The state of the event loop.
pub struct App {
    window: slint::Weak<TillWindow>,
    identity: TillIdentity,
    receipt_head: ReceiptHead,
    till: Option<Till>,
    resume: Option<Resume>,
    store: StoreHandle,
    read: ReadStore,
    catalog: Box<dyn Fn() -> Result<Box<dyn Catalog>, store::StoreError>>,
    pepper: Arc<Pepper>,
    staff: Vec<StaffMember>,
    devices: Devices,
    customer_screen: Option<CustomerScreen>,
    sync: Option<SyncThread>,
    sync_state: SyncState,
    no_shop: Option<String>,
    outbox: OutboxSummary,
    events: Sender,
    clock: Clock,
    lock_after: Option<Duration>,
    sleep: SleepState,
    points_limit: Option<Decimal>,
    policy: Policy,
    receipt_key: Option<ReceiptKey>,
    /// How far the site's clock is ahead of the till's.
    site_ahead: SignedDuration,
    touched: Instant,
    notice: Option<Words>,
    /// What the first person to sign in must know.
    greeting: Option<Words>,
    cart_saving: CartSaving,
    /// Facts for the journal that the store's thread has not taken yet.
    facts: Vec<JournalFact>,
    lock: PinEntry,
    approval: ApprovalState,
    card: CardState,
    selling: SellState,
    points: PointsState,
    sales: SalesState,
    counter: CounterState,
    manager: ManagerState,
    updates: Option<UpdatesState>,
    opening: Opening,
    shift_screen: ShiftScreen,
    sell_screen: SellScreen,
    line_sheet: LineSheet,
    variant_sheet: VariantSheet,
    approval_screen: ApprovalScreen,
    pay_screen: PayScreen,
    done_screen: DoneScreen,
    sales_screen: SalesScreen,
    cash_screen: CashScreen,
    close_shift_screen: CloseShiftScreen,
    report_screen: ReportScreen,
    return_screen: ReturnScreen,
    manager_screen: ManagerScreen,
}

/// The event loop's state as the screens' callbacks share it.
pub type Shared = Rc<RefCell<App>>;

impl App {
    /// Puts the parts together and shows the first screen.
    ///
    /// # Errors
    /// [`store::StoreError`] when the store cannot be read.
    pub fn new(window: &TillWindow, parts: Parts) -> Result<Self, store::StoreError> {
        let staff = parts.read.staff()?;
        let outbox = parts.read.records().outbox_summary()?;
        let now = (parts.clock)();
        let has_shop = parts.shop.is_some();
        let opening = Opening::new(has_shop, parts.resume.shifts, &parts.read, now)?;
        let mut app = Self {
            window: window.as_weak(),
            identity: TillIdentity {
                prefix: parts.till,
                installation: parts.installation,
            },
            receipt_head: parts.receipt_head,
            till: None,
            resume: Some(parts.resume),
            store: parts.store,
            read: parts.read,
            catalog: parts.catalog,
            pepper: parts.pepper,
            staff: Vec::new(),
            devices: Devices::new(parts.devices, parts.device_settings),
            customer_screen: parts.customer_screen,
            sync_state: if parts.sync.is_some() {
                SyncState::Starting
            } else {
                SyncState::NoSite
            },
            sync: parts.sync,
            no_shop: None,
            outbox,
            events: parts.events,
            clock: parts.clock,
            lock_after: parts.screen.lock_after(),
            sleep: SleepState::new(&parts.screen),
            points_limit: parts.points_limit,
            policy: parts.policy,
            receipt_key: parts.receipt_key,
            site_ahead: SignedDuration::ZERO,
            touched: Instant::now(),
            notice: None,
            greeting: None,
            cart_saving: CartSaving::Idle,
            facts: Vec::new(),
            lock: PinEntry::default(),
            approval: ApprovalState::default(),
            card: CardState::default(),
            selling: SellState::default(),
            points: PointsState::default(),
            sales: SalesState::default(),
            counter: CounterState::default(),
            manager: ManagerState::new(parts.about),
            updates: parts.updates.map(UpdatesState::new),
            opening,
            shift_screen: ShiftScreen::new(window),
            sell_screen: SellScreen::new(window),
            line_sheet: LineSheet::new(window),
            variant_sheet: VariantSheet::new(window),
            approval_screen: ApprovalScreen::new(window),
            pay_screen: PayScreen::new(window),
            done_screen: DoneScreen::new(window),
            sales_screen: SalesScreen::new(window),
            cash_screen: CashScreen::new(window),
            close_shift_screen: CloseShiftScreen::new(window),
            report_screen: ReportScreen::new(window),
            return_screen: ReturnScreen::new(window),
            manager_screen: ManagerScreen::new(window),
        };
        app.take_staff(staff);
        app.reload_favourites();
        if let Some(shop) = parts.shop {
            app.shop_arrived(shop);
        }
        app.print_what_waits(&parts.unprinted);
        app.print_reports_that_wait(parts.unprinted_reports);
        app.end_choice_in_time();
        app.refresh();
        Ok(app)
    }

    /// Takes a message of a thread.
    pub fn message(&mut self, message: Message) {
        match message {
            Message::Device(event) => self.device(event),
            Message::Sale(Ok(())) => {
                if let Some(sync) = &self.sync {
                    sync.sold();
                }
                self.step(Event::SaleCommitted);
            }
            Message::Sale(Err(reason)) => self.step(Event::SaleNotCommitted(reason)),
            Message::Shift(Ok(())) => {
                if let Some(sync) = &self.sync {
                    sync.sold();
                }
                self.step(Event::ShiftSaved);
            }
            Message::Shift(Err(reason)) => self.step(Event::ShiftNotSaved(reason)),
            Message::Stored(event) => {
                if let Some(sync) = &self.sync {
                    sync.sold();
                }
                self.stored(*event);
            }
            Message::Cart(result) => self.cart_saved(result),
            Message::JournalOwed(cause) => self.journal_owed(&cause),
            Message::Pin(checked) => self.pin_checked(checked),
            Message::Staff(changed) => self.staff_changed(changed),
            Message::Journal(done) => self.journal_done(done),
            Message::Log(done) => self.log_done(done),
            Message::Bytes(done) => self.bytes_done(done),
            Message::Employees(employees) => self.employees_arrived(&employees),
            Message::Downloading(now) => self.downloading(now),
            // Of a box that has become this till.
            Message::Enrol(_) => {}
            Message::MayPrint(name) => self.send_to_printer(&name),
            Message::Plugged(plugged, places) => self.plugged_in(plugged, places),
            Message::DeviceSetup(done) => self.setup_done(done),
            Message::LettersMissing(letters) => self.letters_missing(&letters),
            Message::DrawerTest(written) => self.drawer_test(written),
            Message::Settled(settled) => self.settled(settled),
            Message::Update(told) => self.update_told(*told),
            Message::Outbox(summary) => {
                self.outbox = summary;
                self.refresh();
            }
            Message::Sync(state) => {
                self.sync_state = state;
                self.refresh();
            }
            Message::SiteAhead(ahead) => self.site_ahead_told(ahead),
            Message::Shop(shop) => {
                self.shop_arrived(shop);
                self.refresh();
            }
            Message::Items => {
                self.reload_tiles();
                self.refresh();
            }
            Message::NoShop(missing) => {
                if self.till.is_none() {
                    self.no_shop = Some(missing);
                    self.refresh();
                }
            }
        }
    }

    /// Gives the till an event and carries out what it asks for.
    pub fn step(&mut self, event: Event) {
        let now = self.now();
        let Some(till) = &mut self.till else { return };
        let before = Glance::of(till, &now);
        let over = matches!(event, Event::Locked | Event::SaleCommitted);
        let locked = event == Event::Locked;
        let arrived = matches!(event, Event::SignedIn(_));
        let quiet = matches!(event, Event::CardSaved);
        let effects = till.step(&now, event);
        let after = Glance::of(till, &now);
        // What was said or offered about the last thing is over when the cashier does the next.
        // What was said of a card payment stays when its outcome is durable a moment later.
        if arrived || !quiet {
            self.notice = if arrived {
                self.greeting.take().or_else(|| self.clock_doubt())
            } else {
                None
            };
        }
        self.selling.forget_the_last();
        self.counter.close_menu();
        if locked {
            self.counter.leave();
        }
        if over || after.paying != before.paying {
            self.points.close();
        }
        if over {
            self.selling.begin_anew();
            self.clear_search();
        }
        if let (Some(done), true) = (&before.change, after.change.is_none() && after.lines > 0) {
            // A scan began the next sale; the customer may still be waiting for the change.
            self.notice = Some(Words::new(Level::Good, done, "", ""));
        }
        for effect in effects {
            self.carry_out(effect);
        }
        self.keep_approval();
        self.keep_selected();
        self.keep_return();
        if over || before.prices != after.prices {
            self.reload_tiles();
        }
        self.refresh();
    }

    /// Once a second: the clock, countdowns, and locking a till that nobody touches.
    pub fn tick(&mut self) {
        let alone = self
            .lock_after
            .is_some_and(|after| self.touched.elapsed() >= after);
        if alone && self.is_signed_in() {
            return self.lock_till();
        }
        let Some(window) = self.window.upgrade() else {
            return;
        };
        self.end_choice_in_time();
        self.look_at_drawer();
        self.print_next();
        self.update_by_itself();
        self.sleep_when_alone();
        self.show_frame(&window);
        match self.opening_step() {
            Some(step) => self.show_opening(&window, step),
            None if !self.is_signed_in() => self.show_lock(&window),
            None => {}
        }
        self.show_approval(&window);
        if self.is_terminal_silent() {
            self.refresh();
        }
        if self.manager.open {
            self.manager_tick();
            self.show_manager(&window);
        }
    }

    /// Somebody is there.
    fn touched(&mut self) {
        self.touched = Instant::now();
        self.wake();
    }

    fn shop_arrived(&mut self, shop: Arc<Shop>) {
        self.no_shop = None;
        if let Some(till) = &mut self.till {
            let now = Zoned::new((self.clock)(), zone(&shop));
            // A shop that changes asks for nothing.
            let _nothing = till.step(&now, Event::ShopChanged(shop));
        } else {
            let catalog = match (self.catalog)() {
                Ok(catalog) => catalog,
                Err(error) => {
                    self.no_shop = Some(error.to_string());
                    return;
                }
            };
            let resume = self.resume.take().unwrap_or_default();
            let mut till = Till::new(self.identity.clone(), shop, catalog, resume);
            till.set_loyalty_offline_limit(self.points_limit);
            till.set_policy(self.policy.clone());
            till.set_receipt_key(self.receipt_key.clone());
            if let Some(terminal) = self.devices.terminal() {
                till.set_terminal_modes(terminal.modes_of_payment.clone());
            }
            self.till = Some(till);
            self.step(Event::TerminalReady);
        }
        self.reload_tiles();
    }

    fn now(&self) -> Zoned {
        let zone = self
            .till
            .as_ref()
            .map_or(TimeZone::UTC, |till| zone(till.shop()));
        Zoned::new((self.clock)(), zone)
    }

    fn say(&mut self, notice: &Notice) {
        let Some(till) = &self.till else { return };
        self.notice = Some(words::notice(notice, &amounts(till.shop())));
    }

    fn tell(&mut self, words: Words) {
        self.notice = Some(words);
        self.refresh();
    }

    /// Whether what follows must be told to somebody: the till can be locked for want of a touch.
    pub fn is_signed_in(&self) -> bool {
        self.till
            .as_ref()
            .is_some_and(|till| till.cashier().is_some())
    }

    /// The screen in front of the customer, where there is one.
    pub fn customer_screen(&self) -> Option<&CustomerScreen> {
        self.customer_screen.as_ref()
    }

    /// The till, once its shop was downloaded.
    pub fn till(&self) -> Option<&Till> {
        self.till.as_ref()
    }
}

/// What of a till decides about more than its own screen.
struct Glance {
    /// Whose prices the tiles show, and of which day.
    prices: (Option<String>, jiff::civil::Date),
    /// The change of the sale that is shown as done, in words.
    change: Option<String>,
    lines: usize,
    paying: bool,
}

impl Glance {
    fn of(till: &Till, now: &Zoned) -> Self {
        let change = match till.stage() {
            Stage::Done(sale) if sale.change_amount.is_positive() => {
                let amount = amounts(till.shop()).amount(sale.change_amount);
                Some(format!(
                    "Change {amount} for receipt {}",
                    sale.receipt_number
                ))
            }
            Stage::Returned(returned) if returned.change_amount.is_positive() => {
                let amount = amounts(till.shop()).amount(returned.change_amount);
                let number = &returned.returned.receipt_number;
                Some(format!("Change {amount} for receipt {number}"))
            }
            Stage::Returned(returned) if !returned.refunds.is_empty() => {
                let sums = returned.refunds.iter().map(|row| row.amount);
                let back = sums.fold(till.shop().currency.zero(), Money::plus);
                let number = &returned.returned.receipt_number;
                let amount = amounts(till.shop()).amount(back);
                Some(format!("Give back {amount} for receipt {number}"))
            }
            _ => None,
        };
        let customer = till.cart().customer().map(|customer| customer.name.clone());
        Self {
            prices: (customer, now.date()),
            change,
            lines: till.cart().lines().len(),
            paying: matches!(till.stage(), Stage::Paying(_) | Stage::Refunding(_)),
        }
    }
}

/// A name whose words begin with capitals: the keyboard on the screen writes small letters first.
fn capitals(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_uppercase());
        first
            .into_iter()
            .flatten()
            .chain(letters)
            .collect::<String>()
    };
    let words: Vec<_> = name.split_whitespace().map(word).collect();
    words.join(" ")
}

/// The time zone of a shop's site; universal time where its name is unknown here.
fn zone(shop: &Shop) -> TimeZone {
    TimeZone::get(&shop.system.time_zone).unwrap_or(TimeZone::UTC)
}
