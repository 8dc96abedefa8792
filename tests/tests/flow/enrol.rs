//! A box becomes a till: by its sheet or by signing in, up to the first sale that reaches ERPNext.

use std::path::{Path, PathBuf};

use erpnext::dto::EMPLOYEE_PIN_FIELD;
use erpnext::https::Roots;
use erpnext::push::KEY_FIELD;
use hal::simulators::VirtualScanner;
use jiff::Timestamp;
use kiosk::config::Config;
use kiosk::driver::Driver;
use kiosk::headless::Headless;
use kiosk::preset::Preset;
use kiosk::session::Session;
use kiosk::ui::{Look, StatusBar, TillWindow};
use serde_json::{Value, json};
use setup::site::{self, Manner, StaffWish};
use setup::till::{self, Terms, Till};
use slint::ComponentHandle;
use slint::platform::Key;
use tempfile::TempDir;
use tests::fixtures::totals_of;
use tests::stand_in::{ADMIN, Authority, Site, StandIn, USER};

use crate::screen::on_screen;
use crate::whole_till::SALT_ROAD;

const PASSWORD: &str = "Tea & biscuits";
/// So long that nothing else in a file is like it by chance.
pub(crate) const PIN: &str = "907135824601";

/// A site that is prepared for tills, and its office.
pub(crate) struct Office {
    pub(crate) stand_in: StandIn,
    authority: Authority,
    pub(crate) folder: TempDir,
}

impl Office {
    pub(crate) fn new(employees: &[(&str, &str, &str)]) -> Self {
        let mut site = Site::unprepared().with_totals(totals_of);
        site.delete("User", USER);
        site.set_password(ADMIN, PASSWORD);
        let authority = Authority::named("Authority of the shop");
        let identity = authority.issue("localhost", 2099);
        let roots = Roots::Only(vec![authority.certificate()]);
        let stand_in = StandIn::https_as(site, identity, roots);
        let staff = StaffWish {
            share_pins: true,
            ..StaffWish::default()
        };
        let administrator = &mut stand_in.administrator();
        site::prepare(administrator, staff, Manner::default(), &mut Vec::new()).unwrap();
        for (name, employee_name, role) in employees {
            stand_in.site().employ(name, employee_name, Some(role));
        }
        Self {
            stand_in,
            authority,
            folder: TempDir::new().unwrap(),
        }
    }

    /// Writes a sheet; its text and its code.
    pub(crate) fn sheet(&self, replace: bool, now: Timestamp) -> (String, String) {
        self.sheet_of("C1", replace, now)
    }

    /// The same for the till of a prefix.
    pub(crate) fn sheet_of(&self, prefix: &str, replace: bool, now: Timestamp) -> (String, String) {
        let page = self
            .folder
            .path()
            .join(format!("{now} {prefix} {replace}.html"));
        let till = Till {
            user: USER.to_owned(),
            name: "Counter 1".to_owned(),
            pos_profile: "Counter 1".to_owned(),
            prefix: Some(prefix.to_owned()),
            write_key: None,
            sheet: Some(page.clone()),
            png: None,
            terms: Terms {
                shop_key_file: Some(self.folder.path().join("shop.key")),
                expires: 7,
                no_pins: false,
                replace,
            },
        };
        let mut said = Vec::new();
        let administrator = &mut self.stand_in.administrator();
        till::add(
            administrator,
            &self.stand_in.config(),
            &till,
            now,
            &mut said,
        )
        .unwrap();
        let said = String::from_utf8(said).unwrap();
        let (_, rest) = said.split_once("Its code is ").unwrap();
        let page = std::fs::read_to_string(page).unwrap();
        let (_, text) = page.split_once("<p class=\"text\">").unwrap();
        let text = text.split("</p>").next().unwrap();
        (text.replace(char::is_whitespace, ""), rest[..11].to_owned())
    }

    fn employee(&self, name: &str) -> Value {
        let employees = self.stand_in.site().documents("Employee");
        employees
            .into_iter()
            .find(|one| one["name"] == name)
            .unwrap()
    }
}

/// A box as it comes out of its carton, with what its image presets.
pub(crate) struct Carton<'s> {
    screen: &'s Headless,
    /// `None` while it is switched off.
    session: Option<Session>,
    pub(crate) window: TillWindow,
    pub(crate) scanner: VirtualScanner,
    pub(crate) data: PathBuf,
    _folder: TempDir,
}

impl Drop for Carton<'_> {
    fn drop(&mut self) {
        let _ = self.window.hide();
    }
}

impl<'s> Carton<'s> {
    pub(crate) fn open(screen: &'s Headless, office: &Office) -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        let port = folder.path().join("scanner");
        let scanner = VirtualScanner::on_pty(&port).unwrap();
        std::fs::write(data.join("shop.pem"), office.authority.certificate_pem()).unwrap();
        let preset = format!(
            "[site]\ncertificates = \"shop.pem\"\n[secrets]\ntpm = \"never\"\nkey_file = {:?}\n[scanner]\nport = {port:?}\n",
            folder.path().join("seal.key"),
        );
        std::fs::write(data.join(Preset::FILE), preset).unwrap();
        let window = TillWindow::new().unwrap();
        window.global::<Look>().set_motion(false);
        window.show().unwrap();
        let session = Some(Session::open(&window, &data));
        Self {
            screen,
            session,
            window,
            scanner,
            data,
            _folder: folder,
        }
    }

    /// Switches the till off, meddles with its data folder, and switches it on.
    pub(crate) fn restart(&mut self, meddle: impl FnOnce(&Path)) {
        self.session = None;
        meddle(&self.data);
        self.session = Some(Session::open(&self.window, &self.data));
    }

    pub(crate) fn driver(&self) -> Driver<'_> {
        Driver::new(self.screen, &self.window)
    }

    pub(crate) fn until(&self, what: &str, so: impl FnMut() -> bool) {
        if let Err(error) = self.driver().until(what, so) {
            panic!("{error}; the screen says: {:?}", self.driver().labels());
        }
    }

    pub(crate) fn reads(&self, text: &str) {
        self.until(&format!("{text:?} is on the screen"), || {
            self.driver().sees(text)
        });
    }

    pub(crate) fn tap(&self, name: &str) {
        if let Err(error) = self.driver().tap(name) {
            panic!("{error}");
        }
    }

    pub(crate) fn keys(&self, text: &str) {
        self.driver().keys(text);
    }

    /// By finger, as on a box without a keyboard.
    pub(crate) fn type_code(&self, code: &str) {
        for letter in code.chars().filter(char::is_ascii_alphanumeric) {
            self.tap(&format!("Key {letter}"));
        }
        self.tap("Open the sheet");
    }

    pub(crate) fn choose_pin(&self) {
        self.choose(PIN);
    }

    /// Types which site and whom, for a till without a sheet.
    fn begins_to_sign_in(&self, office: &Office) {
        self.tap("Sign in to ERPNext");
        self.tap("Address of the site");
        self.keys(&office.stand_in.url());
        self.tap("User");
        self.keys(ADMIN);
    }

    /// Types a new PIN, twice.
    pub(crate) fn choose(&self, pin: &str) {
        self.keys(pin);
        self.tap("Next");
        self.reads("Type it again.");
        self.keys(pin);
        self.tap("Set the PIN");
    }

    pub(crate) fn sell(&self, cashier: &str) {
        self.tap(&format!("Cashier {cashier}"));
        self.keys(PIN);
        self.tap("Sign in");
        self.reads("Open the shift");
        self.keys("100");
        self.tap("Open shift");
        self.reads("Pay");
        self.sells_one();
        self.until_all_is_sent();
    }

    /// Sells a book in the open shift.
    pub(crate) fn sells_one(&self) {
        self.scanner.scan(SALT_ROAD).unwrap();
        // In the cart: a tile has its name, too.
        self.reads("1 line");
        self.tap("Pay");
        self.reads("Exact cash");
        self.keys("20");
        self.tap("Cash");
        self.reads("Next sale");
    }

    pub(crate) fn until_all_is_sent(&self) {
        self.until("shift and sale are sent", || {
            self.window
                .global::<StatusBar>()
                .get_unsent()
                .value
                .is_empty()
        });
    }

    /// Every file of the box, to look for what must not be in any.
    fn has_in_clear(&self, secret: &str) -> Option<PathBuf> {
        has_in_clear(&self.data, secret)
    }
}

fn has_in_clear(folder: &Path, secret: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .find_map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                return has_in_clear(&path, secret);
            }
            let bytes = std::fs::read(&path).unwrap_or_default();
            let found = bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes());
            found.then_some(path)
        })
}

#[test]
fn a_sheet_held_to_the_scanner_makes_a_till_that_sells() {
    on_screen(|screen| {
        let office = Office::new(&[
            ("HR-EMP-1", "Maya Lindqvist", "Manager"),
            ("HR-EMP-2", "Noah", "Cashier"),
        ]);
        let (text, code) = office.sheet(false, Timestamp::now());
        let carton = Carton::open(screen, &office);
        carton.reads("A scanner is ready.");
        carton.scanner.scan("9780000001009").unwrap();
        carton.reads("This is not an enrolment sheet");
        let network = "WIFI:T:WPA;S:Shop;P:rabbit12;;";
        carton.scanner.scan(network).unwrap();
        carton.reads("cannot set up the wireless network Shop");
        assert!(!carton.driver().sees("rabbit12"), "its key is shown");
        carton.scanner.scan(&text[..text.len() - 3]).unwrap();
        carton.reads("was not read whole");
        carton.scanner.scan(&text).unwrap();
        carton.reads("The sheet was read");
        let wrong = if code.starts_with('7') { "8" } else { "7" };
        carton.type_code(&format!("{wrong}{}", &code[1..]));
        carton.reads("The code does not open this sheet.");
        carton.type_code(&code);

        carton.reads("Till C1");
        carton.until("prices and taxes are here", || {
            carton.driver().sees("Prices and taxes are here")
        });
        carton.tap("Start selling");
        carton.reads("Who works here?");
        carton.tap("Person Maya Lindqvist");
        carton.reads("A PIN for Maya Lindqvist");
        carton.choose_pin();
        carton.reads("Who works here?");
        carton.tap("Go on");
        carton.sell("Maya Lindqvist");
        let invoices = office.stand_in.site().documents("POS Invoice");
        assert_eq!(invoices.len(), 1);
        assert!(invoices[0][KEY_FIELD].as_str().unwrap().starts_with("C1-"));
        // The other tills of the shop may know the PIN, as a hash with the shop's pepper.
        carton.until("the PIN is shared", || {
            let hash = office.employee("HR-EMP-1")[EMPLOYEE_PIN_FIELD].clone();
            hash.as_str()
                .is_some_and(|hash| hash.starts_with("$argon2id$"))
        });
        let config = Config::read(&carton.data).unwrap();
        assert_eq!(config.site.unwrap().pins.len(), 2);
        let user = office.stand_in.site().documents("User");
        let user = user.iter().find(|user| user["name"] == USER).unwrap();
        let key = user["api_key"].as_str().unwrap();
        for secret in [key, PIN, &code] {
            assert_eq!(carton.has_in_clear(secret), None);
        }
        assert!(
            carton
                .session
                .as_ref()
                .unwrap()
                .till(|till| till.app().borrow().is_signed_in())
                .unwrap()
        );

        // The same sheet makes no second till.
        drop(carton);
        let second = Carton::open(screen, &office);
        second.reads("A scanner is ready.");
        second.scanner.scan(&text).unwrap();
        second.reads("The sheet was read");
        second.type_code(&code);
        second.reads("This sheet was used for another box on");
        assert!(!second.data.join(Config::FILE).exists());

        // A new one does. No receipt number comes twice, and what the first box left open is closed.
        let (text, code) = office.sheet(true, Timestamp::now());
        second.scanner.scan(&text).unwrap();
        second.reads("The sheet was read");
        second.type_code(&code);
        second.reads("Till C1");
        second.until("prices and taxes are here", || {
            second.driver().sees("Prices and taxes are here")
        });
        second.tap("Start selling");
        let maya = "Cashier Maya Lindqvist";
        second.until("somebody can sign in", || {
            second.driver().sees("Has a PIN") || second.driver().sees(maya)
        });
        if second.driver().sees("Has a PIN") {
            second.tap("Go on");
        }
        second.sell("Maya Lindqvist");
        let site = office.stand_in.site();
        let invoices = site.documents("POS Invoice");
        let number = |invoice: &Value| invoice[KEY_FIELD].as_str().unwrap()[..9].to_owned();
        let mut numbers: Vec<_> = invoices.iter().map(number).collect();
        numbers.sort();
        assert_eq!(numbers, ["C1-000001", "C1-020001"]);
        let closed = |invoice: &&Value| invoice["consolidated_invoice"].is_string();
        let closed: Vec<_> = invoices.iter().filter(closed).map(number).collect();
        assert_eq!(closed, ["C1-000001"]);
        let openings = site.documents("POS Opening Entry");
        let open = openings.iter().filter(|entry| entry["status"] == "Open");
        assert_eq!((openings.len(), open.count()), (2, 1));
    });
}

#[test]
fn a_keyboard_scanner_reads_a_sheet_and_each_bad_one_has_its_sentence() {
    on_screen(|screen| {
        let office = Office::new(&[]);
        let month_ago = Timestamp::now() - jiff::SignedDuration::from_hours(30 * 24);
        let (expired, expired_code) = office.sheet(false, month_ago);
        let carton = Carton::open(screen, &office);
        carton.driver().burst(&expired);
        carton.reads("The sheet was read");
        carton.keys(&expired_code.replace('-', "").to_lowercase());
        carton.screen.key(Key::Return);
        carton.reads("The enrolment sheet was good until");

        // A newer sheet kills the key of the one before.
        let (old, old_code) = office.sheet(true, Timestamp::now());
        let (new, new_code) = office.sheet(true, Timestamp::now());
        carton.driver().burst(&old);
        carton.reads("The sheet was read");
        carton.type_code(&old_code);
        let is_refused = || {
            carton
                .driver()
                .sees("does not know this sheet's key any more")
                || carton.driver().sees("was taken back")
        };
        carton.until("the old sheet is refused in words", is_refused);
        // Switched off in between, the box begins where it was: it is no till.
        carton.scanner.scan(&new).unwrap();
        carton.until("the new sheet was read", || !is_refused());
        carton.type_code(&new_code);
        carton.reads("Till C1");
        assert!(carton.data.join(Config::FILE).exists());
    });
}

#[test]
fn somebody_signs_in_once_and_becomes_the_tills_first_manager() {
    on_screen(|screen| {
        let office = Office::new(&[]);
        let carton = Carton::open(screen, &office);
        carton.begins_to_sign_in(&office);
        carton.tap("Password");
        carton.keys("wrong");
        carton.screen.key(Key::Return);
        carton.reads("Invalid login credentials");
        assert_eq!(office.stand_in.site().sessions(), 0);
        carton.tap("Password");
        carton.keys(PASSWORD);
        carton.screen.key(Key::Return);
        carton.reads("Which till is this?");
        carton.tap("Counter 1");
        let of_another = json!({ KEY_FIELD: "C5-000007-7H3K2M9Q", "owner": "other@example.com" });
        office
            .stand_in
            .site()
            .put("POS Invoice", "POS-5", of_another);
        carton.tap("Prefix of receipt numbers");
        carton.keys("C5");
        carton.screen.key(Key::Return);
        carton.tap("Make this till");
        carton.reads("The prefix C5 is that of the till other@example.com.");
        assert!(!carton.data.join(Config::FILE).exists());
        office.stand_in.site().delete("POS Invoice", "POS-5");
        carton.tap("Prefix of receipt numbers");
        carton.screen.key(Key::Backspace);
        carton.keys("9");
        carton.screen.key(Key::Return);
        carton.tap("Make this till");
        carton.reads("Till C9");
        carton.until("nobody is signed in any more", || {
            office.stand_in.site().sessions() == 0
        });
        carton.until("prices and taxes are here", || {
            carton.driver().sees("Prices and taxes are here")
        });
        carton.tap("Start selling");
        carton.reads("Who is the manager of this till?");
        carton.tap("Your name");
        carton.keys("ruben");
        carton.screen.key(Key::Return);
        carton.tap("Choose your PIN");
        carton.choose_pin();
        carton.reads("Who works here?");
        carton.tap("Go on");
        carton.sell("Ruben");
        assert_eq!(office.stand_in.site().documents("POS Invoice").len(), 1);
        assert_eq!(carton.has_in_clear(PASSWORD), None);
        // It knows its site again, as a till with a sheet does.
        let config = Config::read(&carton.data).unwrap();
        assert_eq!(config.site.unwrap().pins.len(), 2);
    });
}

#[test]
fn a_till_without_the_shops_key_keeps_its_pins_to_itself() {
    on_screen(|screen| {
        let office = Office::new(&[("HR-EMP-1", "Maya Lindqvist", "Manager")]);
        let carton = Carton::open(screen, &office);
        carton.begins_to_sign_in(&office);
        carton.tap("Password");
        carton.keys(PASSWORD);
        carton.screen.key(Key::Return);
        carton.reads("Which till is this?");
        carton.tap("Counter 1");
        carton.tap("Prefix of receipt numbers");
        carton.keys("C1");
        carton.screen.key(Key::Return);
        carton.tap("Make this till");
        carton.reads("Till C1");
        carton.until("prices and taxes are here", || {
            carton.driver().sees("Prices and taxes are here")
        });
        carton.tap("Start selling");
        carton.tap("Person Maya Lindqvist");
        carton.choose_pin();
        carton.tap("Go on");
        carton.sell("Maya Lindqvist");
        // PINs are shared after what is due was sent, so before what is sold now.
        carton.tap("Next sale");
        carton.sells_one();
        carton.until_all_is_sent();
        assert_eq!(office.stand_in.site().documents("POS Invoice").len(), 2);
        assert_eq!(office.employee("HR-EMP-1")[EMPLOYEE_PIN_FIELD], Value::Null);
    });
}
