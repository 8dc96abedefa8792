//! A till with all that belongs to it, and a person who uses it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use checkout::catalog::Catalog;
use checkout::sale::Sale;
use checkout::shift::ShiftClosing;
use checkout::till::Stage;
use erpnext::https::Client;
use hal::simulators::{VirtualPrinter, VirtualScanner, VirtualTerminal};
use kiosk::attached::DeviceSet;
use kiosk::config::Config;
use kiosk::demo::{Counter, PIN, STAFF, config, prepare, sealing};
use kiosk::driver::Driver;
use kiosk::headless::Headless;
use kiosk::queue::Events;
use kiosk::screens::customer::CustomerScreen;
use kiosk::start::{Folder, Link, Running, StartError, start};
use kiosk::ui::{Look, StatusBar, StatusTopic, TillWindow};
use slint::ComponentHandle;
use store::{ReadStore, SaleRecord, SalesQuery, Store};
use tempfile::TempDir;

/// "The Salt Road", 7.99.
pub const SALT_ROAD: &str = "9780000001009";
/// "The Lantern House", 12.50.
pub const LANTERN_HOUSE: &str = "9780000001023";

/// A till at work.
pub struct WholeTill<'s> {
    screen: &'s Headless,
    // In this order: the screen's callbacks hold the till.
    running: Option<Running>,
    window: Option<TillWindow>,
    counter: Counter,
    /// What it is switched on with.
    pub config: Config,
    /// Nothing is plugged in but what till.toml names.
    pub bare: bool,
    data: PathBuf,
    folder: TempDir,
}

/// The way to a site that does not exist.
pub const NO_SITE: Link<Client> = Link::None;

impl<'s> WholeTill<'s> {
    /// The demo shop, downloaded already, and its staff.
    pub fn of_the_demo_shop(screen: &'s Headless, link: Link<Client>) -> Self {
        Self::prepared(screen, link, |folder| prepare(folder).unwrap())
    }

    /// A till on a folder that was prepared like this.
    pub fn prepared(
        screen: &'s Headless,
        link: Link<Client>,
        prepare: impl FnOnce(&mut Folder),
    ) -> Self {
        let folder = TempDir::new().unwrap();
        Self::on(screen, folder, link, prepare)
    }

    /// A till whose data are in this folder.
    pub fn on(
        screen: &'s Headless,
        folder: TempDir,
        link: Link<Client>,
        prepare: impl FnOnce(&mut Folder),
    ) -> Self {
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        prepare(&mut Folder::open(&data, &sealing(&data)).unwrap());
        let devices = folder.path().join("devices");
        std::fs::create_dir_all(&devices).unwrap();
        let mut till = Self {
            screen,
            running: None,
            window: None,
            counter: Counter::new(&devices).unwrap(),
            config: config().unwrap(),
            bare: false,
            data,
            folder,
        };
        till.switch_on(link).unwrap();
        till
    }

    /// Starts it; the reason is on the screen when it cannot start.
    pub fn switch_on(&mut self, link: Link<Client>) -> Result<(), StartError> {
        let window = TillWindow::new().unwrap();
        window.global::<Look>().set_motion(false);
        window.show().unwrap();
        let window = self.window.insert(window);
        let folder = match Folder::open(&self.data, &sealing(&self.data)) {
            Ok(folder) => folder,
            Err(error) => {
                kiosk::fault::show(window, &error, &self.data);
                return Err(error);
            }
        };
        let events = Arc::new(Events::new());
        // What till.toml names is attached besides the counter's own devices.
        let named = DeviceSet::start(&self.data, &self.config, &events).unwrap();
        let devices = match self.bare {
            true => named,
            false => self.counter.devices(&events).unwrap().with(named),
        };
        self.running = Some(start(window, folder, &self.config, events, devices, link)?);
        Ok(())
    }

    /// Switches it off.
    pub fn switch_off(&mut self) {
        self.running = None;
        if let Some(window) = self.window.take() {
            window.hide().unwrap();
        }
    }

    /// Changes what a till that is off has stored.
    pub fn while_off(&self, change: impl FnOnce(&mut Store)) {
        change(
            Folder::open(&self.data, &sealing(&self.data))
                .unwrap()
                .store(),
        );
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    pub fn printer(&self) -> &VirtualPrinter {
        self.counter.printer()
    }

    pub fn terminal(&self) -> &VirtualTerminal {
        self.counter.terminal()
    }

    /// Switches the till off, adds these tables to its till.toml, and switches it on again.
    pub fn attach(&mut self, tables: &str) {
        self.switch_off();
        let text = toml::to_string(&self.config).unwrap();
        let mut table: toml::Table = text.parse().unwrap();
        table.extend(tables.parse::<toml::Table>().unwrap());
        self.config = Config::parse(&table.to_string(), &self.data).unwrap();
        self.switch_on(NO_SITE).unwrap();
        self.sign_in();
    }

    /// Writes its till.toml, as a till that was enrolled has one.
    pub fn write_config(&self) {
        self.config.write(&self.data).unwrap();
    }

    /// Says what the till does when it is to start again.
    pub fn on_restart(&self, act: impl Fn() + 'static) {
        let running = self.running.as_ref().expect("the till does not run");
        running.app().borrow_mut().on_restart(act);
    }

    /// A second passes.
    pub fn second_passes(&self) {
        let running = self.running.as_ref().expect("the till does not run");
        running.app().borrow_mut().tick();
    }

    /// Where devices of a test may be.
    pub fn devices(&self) -> PathBuf {
        self.folder.path().join("devices")
    }

    /// Has credit cards go through the card terminal, from the next start on.
    pub fn serve_cards(&mut self) {
        self.counter.serve_cards("Credit Card");
    }

    pub fn scanner(&self) -> &VirtualScanner {
        self.counter.scanner()
    }

    fn window(&self) -> &TillWindow {
        self.window.as_ref().expect("the till is switched off")
    }

    fn driver(&self) -> Driver<'_> {
        Driver::new(self.screen, self.window())
    }

    // --- eyes ------------------------------------------------------------------------------------

    /// Waits until this is so.
    pub fn until(&self, what: &str, so: impl FnMut() -> bool) {
        if let Err(error) = self.driver().until(what, so) {
            panic!("{error}; the screen says: {:?}", self.driver().labels());
        }
    }

    /// Waits until this can be read on the screen.
    pub fn reads(&self, text: &str) {
        self.until(&format!("{text:?} is on the screen"), || self.sees(text));
    }

    pub fn sees(&self, text: &str) -> bool {
        self.driver().sees(text)
    }

    /// Everything that can be read on the screen.
    pub fn labels(&self) -> String {
        format!("{:?}", self.driver().labels())
    }

    /// The number beside the icon of what is unsent.
    pub fn unsent(&self) -> String {
        let bar = self.window().global::<StatusBar>();
        bar.get_unsent().value.to_string()
    }

    /// What the status bar says about the site.
    pub fn network(&self) -> String {
        let bar = self.window().global::<StatusBar>();
        bar.get_network().sentence.to_string()
    }

    fn stage(&self, so: impl Fn(&Stage) -> bool) -> bool {
        let running = self.running.as_ref().expect("the till does not run");
        let app = running.app().borrow();
        app.till().is_some_and(|till| so(till.stage()))
    }

    /// Looks at the screen in front of the customer.
    pub fn with_customer_screen<R>(&self, look: impl FnOnce(&CustomerScreen) -> R) -> R {
        let running = self.running.as_ref().expect("the till does not run");
        let app = running.app().borrow();
        look(
            app.customer_screen()
                .expect("there is no customer's screen"),
        )
    }

    /// Item codes and quantities.
    pub fn cart(&self) -> Vec<(String, String)> {
        let running = self.running.as_ref().expect("the till does not run");
        let app = running.app().borrow();
        let lines = app.till().map(|till| till.cart().lines().to_vec());
        lines
            .unwrap_or_default()
            .into_iter()
            .map(|line| (line.sold.item_code, line.sold.qty.to_string()))
            .collect()
    }

    /// What is on the disk, newest first.
    pub fn sales(&self) -> Vec<SaleRecord> {
        let read = ReadStore::open(&self.data).unwrap();
        let records = read.records();
        let query = SalesQuery {
            limit: 100,
            ..SalesQuery::default()
        };
        let listed = records.sales(&query).unwrap();
        let record = |number| records.sale(number).unwrap().unwrap();
        listed
            .iter()
            .map(|sale| record(&sale.receipt_number))
            .collect()
    }

    /// What the journal tells, an entry a text.
    pub fn journal(&self) -> Vec<String> {
        let read = ReadStore::open(&self.data).unwrap();
        let entries = read.records().journal_entries(0, u32::MAX).unwrap();
        entries.iter().map(|entry| entry.body.to_string()).collect()
    }

    /// Whether the stored batch expires in this year.
    pub fn knows_batch(&self, batch: &str, year: &str) -> bool {
        let read = ReadStore::open(&self.data).unwrap();
        let expiry = read
            .batch(batch)
            .unwrap()
            .and_then(|batch| batch.expiry_date);
        expiry.is_some_and(|date| date.to_string().starts_with(year))
    }

    /// The shifts that were closed, newest first.
    pub fn closings(&self) -> Vec<ShiftClosing> {
        let read = ReadStore::open(&self.data).unwrap();
        read.records().closings(100).unwrap()
    }

    /// The journal's chain holds.
    pub fn check_journal(&self) {
        let read = ReadStore::open(&self.data).unwrap();
        let verified = read.records().journal_verify().unwrap();
        assert!(verified.is_ok(), "{verified:?}");
    }

    // --- hands -----------------------------------------------------------------------------------

    pub fn tap(&self, name: &str) {
        if let Err(error) = self.driver().tap(name) {
            panic!("{error}");
        }
    }

    /// Waits until this is on the screen, and taps it.
    pub fn tap_when_there(&self, name: &str) {
        self.reads(name);
        self.tap(name);
    }

    pub fn keys(&self, text: &str) {
        self.driver().keys(text);
    }

    /// Types as a scanner or card reader that is a keyboard does, with Enter at the end.
    pub fn burst(&self, code: &str) {
        self.driver().burst(code);
    }

    /// Presses one key that writes nothing.
    pub fn press(&self, key: slint::platform::Key) {
        self.screen.key(key);
    }

    /// Presses "Try now" behind the icon of the site.
    pub fn try_now(&self) {
        let bar = self.window().global::<StatusBar>();
        bar.invoke_action(StatusTopic::Network);
    }

    /// Types a PIN for somebody.
    pub fn enter_pin(&self, name: &str, pin: &str) {
        self.tap(&format!("Cashier {name}"));
        self.keys(pin);
        self.tap("Sign in");
    }

    pub fn sign_in(&self) {
        self.sign_in_as(STAFF[0]);
    }

    /// Signs somebody of the demo's staff in.
    pub fn sign_in_as(&self, name: &str) {
        self.reads(name);
        self.enter_pin(name, PIN);
        self.until("somebody is signed in", || {
            let running = self.running.as_ref().expect("the till does not run");
            running.app().borrow().is_signed_in()
        });
    }

    pub fn open_shift(&self) {
        self.keys("150");
        self.tap("Open shift");
        self.until("the shift is open", || {
            self.stage(|stage| *stage == Stage::Selling)
        });
    }

    /// Scans and waits until the cart has so many lines.
    pub fn scan(&self, code: &str, lines: usize) {
        self.scanner().scan(code).unwrap();
        self.until(&format!("{code} is in the cart"), || {
            self.cart().len() == lines
        });
    }

    pub fn pay(&self) {
        self.tap("Pay");
        self.until("the cart is being paid", || {
            self.stage(|stage| matches!(stage, Stage::Paying(_)))
        });
    }

    /// Opens the menu and chooses an entry.
    pub fn menu(&self, entry: &str) {
        self.tap("Menu");
        self.tap(entry);
    }

    /// The manager at the counter allows what is asked for.
    pub fn approve(&self) {
        self.reads("A manager has to approve");
        self.keys(PIN);
        self.tap("Approve");
        self.until("it is approved", || !self.sees("A manager has to approve"));
    }

    /// Goes on to giving money back.
    pub fn pay_refund(&self) {
        self.tap("Pay");
        self.until("money is being given back", || {
            self.stage(|stage| matches!(stage, Stage::Refunding(_)))
        });
    }

    /// Pays a return that was given no reason yet.
    pub fn pay_after_reason(&self) {
        if self.sees("Reason of the return") {
            self.tap("Reason of the return");
        } else {
            self.tap("Pay");
        }
        self.tap("Reason Damaged");
        self.tap("Refund");
    }

    /// Pays the cart with this much cash; the committed sale.
    pub fn pay_cash(&self, cash: &str) -> Sale {
        self.pay();
        self.keys(cash);
        self.tap("Cash");
        self.done()
    }

    /// Waits until the sale is done.
    pub fn done(&self) -> Sale {
        self.until("the sale is done", || {
            self.stage(|stage| matches!(stage, Stage::Done(_) | Stage::Returned(_)))
        });
        self.sales().remove(0).sale
    }

    /// Sells one book for cash.
    pub fn sell_a_book(&self) -> Sale {
        self.scan(SALT_ROAD, 1);
        self.pay_cash("10")
    }

    /// How often this stands on the paper.
    pub fn on_paper(&self, text: &str) -> usize {
        self.printer().text().matches(text).count()
    }
}
