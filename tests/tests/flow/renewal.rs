//! A till takes a new sheet and stays the till that it is: what it sold and has not sent arrives.

use std::path::Path;

use appliance::enrolment::{Enrolment, EnrolmentCode, Sheet};
use appliance::keys::ShopKey;
use appliance::pin::{Pepper, hash_pin, is_usable};
use checkout::sale::ReceiptNumber;
use erpnext::dto::EMPLOYEE_PIN_FIELD;
use jiff::Timestamp;
use kiosk::config::Config;
use serde_json::{Value, json};
use store::ReadStore;
use tests::stand_in::ADMIN_TOKEN;

use crate::enrol::{Carton, Office, PIN};
use crate::screen::on_screen;

const MAYA: &str = "Maya Lindqvist";

fn office() -> Office {
    Office::new(&[("HR-EMP-1", MAYA, "Manager")])
}

/// A till that has sold one book, with its shift open.
fn selling<'s>(screen: &'s kiosk::headless::Headless, office: &Office) -> Carton<'s> {
    let (text, code) = office.sheet(false, Timestamp::now());
    let carton = Carton::open(screen, office);
    carton.reads("A scanner is ready.");
    take(&carton, &text, &code);
    carton.reads("Till C1");
    carton.until("prices and taxes are here", || {
        carton.driver().sees("Prices and taxes are here")
    });
    carton.tap("Start selling");
    carton.reads("Who works here?");
    carton.tap(&format!("Person {MAYA}"));
    carton.choose_pin();
    carton.tap("Go on");
    carton.sell(MAYA);
    carton
}

/// Holds a sheet to the scanner and types its code.
fn take(carton: &Carton<'_>, text: &str, code: &str) {
    carton.until("a scanner is ready", || {
        carton.driver().sees("A scanner is ready.")
    });
    carton.scanner.scan(text).unwrap();
    carton.reads("The sheet was read");
    carton.type_code(code);
}

/// The same after a sheet that was refused with these words.
fn take_another(carton: &Carton<'_>, text: &str, code: &str, refused: &str) {
    carton.scanner.scan(text).unwrap();
    carton.until("the new sheet was read", || !carton.driver().sees(refused));
    carton.type_code(code);
}

/// A sheet that somebody who has another and its code wrote with it.
fn rewritten(text: &str, code: &str, change: impl FnOnce(&mut Enrolment)) -> String {
    let code = EnrolmentCode::typed(code).unwrap();
    let sheet = Sheet::read(text).unwrap();
    let mut enrolment = sheet.open(&code, Timestamp::now()).unwrap();
    change(&mut enrolment);
    enrolment.seal(&code).unwrap()
}

/// The receipt numbers that have arrived, and that each arrived once.
fn arrived(office: &Office) -> Vec<u64> {
    let invoices = office.stand_in.site().documents("POS Invoice");
    let number = |invoice: &Value| {
        let key = invoice["kiosk_txn_id"].as_str().unwrap();
        let number: ReceiptNumber = key[..9].parse().unwrap();
        number.number
    };
    let mut numbers: Vec<_> = invoices.iter().map(number).collect();
    numbers.sort_unstable();
    numbers
}

fn signs_in(carton: &Carton<'_>) {
    carton.tap(&format!("Cashier {MAYA}"));
    carton.keys(PIN);
    carton.tap("Sign in");
    carton.reads("Pay");
}

#[test]
fn a_till_whose_key_died_takes_a_new_sheet_and_sends_what_waited() {
    on_screen(|screen| {
        let office = office();
        let carton = selling(screen, &office);
        // Another sheet of this till kills its key; nothing it sells arrives any more.
        let (text, code) = office.sheet(true, Timestamp::now());
        carton.tap("Next sale");
        carton.sells_one();
        carton.tap("Next sale");
        carton.tap("Manager screen");
        carton.reads("ERPNext refused the till's key");
        assert_eq!(arrived(&office), [1]);
        let config = Config::read(&carton.data).unwrap();

        carton.tap("Scan a new sheet");
        carton.reads("A manager's PIN is needed");
        carton.keys(PIN);
        carton.tap("Open");
        carton.reads("A new sheet for till C1");
        // Somebody has no sheet at hand after all.
        carton.tap("Leave it as it is");
        signs_in(&carton);
        carton.tap("Manager screen");
        carton.tap("About");
        carton.tap("Scan a new sheet");
        carton.keys(PIN);
        carton.tap("Open");
        carton.reads("A new sheet for till C1");
        // A scanner that is a keyboard is heard, too.
        carton.driver().burst(&text);
        carton.reads("The sheet was read");
        carton.type_code(&code);
        carton.reads(MAYA);
        carton.until_all_is_sent();
        assert_eq!(arrived(&office), [1, 2]);
        signs_in(&carton);
        carton.sells_one();
        carton.until_all_is_sent();
        assert_eq!(arrived(&office), [1, 2, 3]);
        let renewed = Config::read(&carton.data).unwrap();
        assert_eq!(renewed, config, "its devices and its site are as before");
    });
}

#[test]
fn secrets_that_cannot_be_opened_are_set_aside_by_a_sheet_of_this_till_alone() {
    on_screen(|screen| {
        let office = office();
        let mut carton = selling(screen, &office);
        let (text, code) = office.sheet(true, Timestamp::now());
        carton.tap("Next sale");
        carton.sells_one();
        let damage = |data: &std::path::Path| {
            let vault = data.join("secrets/vault");
            let mut bytes = std::fs::read(&vault).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            std::fs::write(&vault, bytes).unwrap();
        };
        carton.restart(damage);
        carton.reads("The till's secrets cannot be read");
        carton.tap("Scan a new sheet");
        // Nothing is touched for a sheet that is another till's, or that its site does not know.
        let month_ago = Timestamp::now() - jiff::SignedDuration::from_hours(6 * 24);
        let (other, other_code) = office.sheet_of("C7", true, month_ago);
        take(&carton, &other, &other_code);
        carton.reads("This is the sheet of till C7, and this is till C1.");
        take(&carton, &text, &code);
        carton.reads("ERPNext does not know this sheet's key any more.");
        assert!(!carton.data.join("secrets/vault.set-aside-1").exists());
        let (text, code) = office.sheet(true, Timestamp::now());
        take_another(&carton, &text, &code, "any more");
        // The key of the shop is the same, so PINs are, too.
        carton.reads(MAYA);
        carton.until_all_is_sent();
        assert_eq!(arrived(&office), [1, 2]);
        assert!(carton.data.join("secrets/vault.set-aside-1").exists());
        signs_in(&carton);

        // With another key of the shop, PINs are chosen anew.
        std::fs::remove_file(office.folder.path().join("shop.key")).unwrap();
        let (text, code) = office.sheet(true, Timestamp::now());
        carton.restart(damage);
        carton.tap("Scan a new sheet");
        take(&carton, &text, &code);
        carton.reads("no PIN holds any more");
        // But not with this sheet: it may lie about, and somebody may have made the secrets fail.
        carton.tap("PIN forgotten?");
        carton.tap("Scan a new sheet");
        take(&carton, &text, &code);
        carton.reads("This till has taken this sheet already.");
        let (text, code) = office.sheet(true, Timestamp::now());
        take_another(&carton, &text, &code, "This till has taken");
        carton.reads("New PINs for managers");
        carton.tap(&format!("Person {MAYA}"));
        carton.choose_pin();
        carton.tap("Go on");
        signs_in(&carton);
        let read = ReadStore::open(&carton.data).unwrap();
        // The keys before are lost, so nothing proves that the next ones are the same till's:
        // whoever proves the journal is told, and compares with the keys on the Z reports.
        let proof = read.records().journal_verify().unwrap().unwrap();
        let [first, second] = proof.takeovers.as_slice() else {
            panic!("{proof:?}")
        };
        assert!(first.key == second.before && Some(second.key) == proof.key);
    });
}

#[test]
fn a_shop_key_that_somebody_has_is_replaced_by_sheets_and_the_managers_choose_new_pins() {
    on_screen(|screen| {
        let office = office();
        let mut carton = selling(screen, &office);
        carton.tap("Next sale");
        carton.until_all_is_sent();
        let file = office.folder.path().join("shop.key");
        let pepper = || {
            let key = std::fs::read_to_string(&file).unwrap();
            Pepper::of_shop(&ShopKey::from_text(&key).unwrap())
        };
        let shared = || {
            let employee = office.stand_in.site().documents("Employee").remove(0);
            employee[EMPLOYEE_PIN_FIELD].as_str().map(str::to_owned)
        };
        let is_shared = || shared().is_some_and(|phc| is_usable(&phc, &pepper()));
        carton.until("the PIN is shared", is_shared);
        let before = std::fs::read(&file).unwrap();
        for number in 1..=2 {
            let mut said = Vec::new();
            let kept = std::fs::read(&file).unwrap();
            // A run before was cut off between its two files.
            let cut = ShopKey::generate().unwrap().to_text();
            std::fs::write(office.folder.path().join("shop.key.new"), &*cut).unwrap();
            setup::shop_key::replace(&file, &mut said).unwrap();
            let said = String::from_utf8(said).unwrap();
            let aside = office
                .folder
                .path()
                .join(format!("shop.key.replaced-{number}"));
            assert!(said.contains(&aside.display().to_string()), "{said}");
            assert_eq!(std::fs::read(&aside).unwrap(), kept);
        }
        assert_ne!(std::fs::read(&file).unwrap(), before);
        assert!(!is_shared(), "the PIN is of the key before");

        let (text, code) = office.sheet(true, Timestamp::now());
        carton.tap("Manager screen");
        carton.tap("About");
        carton.tap("Scan a new sheet");
        carton.keys(PIN);
        carton.tap("Open");
        carton.reads("A new sheet for till C1");
        take(&carton, &text, &code);
        // No PIN holds under the new key, and only managers choose theirs.
        carton.reads("New PINs for managers");
        carton.tap(&format!("Person {MAYA}"));
        carton.choose("86420");
        carton.reads("Has a new PIN");
        carton.tap("Go on");
        carton.tap(&format!("Cashier {MAYA}"));
        carton.keys("86420");
        carton.tap("Sign in");
        carton.reads("Pay");
        carton.sells_one();
        carton.until_all_is_sent();
        assert_eq!(arrived(&office), [1, 2]);
        let read = ReadStore::open(&carton.data).unwrap();
        let proof = read.records().journal_verify().unwrap().unwrap();
        assert_eq!(proof.takeovers, [], "the till's own key is the same");
        // The other tills with the new key get the new PIN.
        carton.until("the new PIN is shared", is_shared);
        assert_eq!(read.staff().unwrap().remove(0).phc, shared());

        // Once more, and another till is the first with the sheet: this one goes on with its PIN.
        setup::shop_key::replace(&file, &mut Vec::new()).unwrap();
        let at_other_till = hash_pin("97531", &pepper()).unwrap();
        let chosen = json!({ EMPLOYEE_PIN_FIELD: at_other_till });
        office.stand_in.site().put("Employee", "HR-EMP-1", chosen);
        carton.restart(|_| ());
        let store = rusqlite::Connection::open(carton.data.join("till.sqlite")).unwrap();
        carton.until("the other till's PIN was seen", || {
            let seen = "SELECT shared_phc FROM staff";
            let seen: Option<String> = store.query_row(seen, [], |row| row.get(0)).unwrap();
            seen.as_ref() == Some(&at_other_till)
        });
        carton.tap(&format!("Cashier {MAYA}"));
        carton.keys("86420");
        carton.tap("Sign in");
        carton.reads("Pay");
        assert_eq!(shared(), Some(at_other_till));
    });
}

#[test]
fn a_manager_who_forgot_the_only_pin_chooses_a_new_one_with_a_sheet_of_this_shop_alone() {
    on_screen(|screen| {
        let office = office();
        let mut carton = selling(screen, &office);
        carton.tap("Next sale");
        carton.until_all_is_sent();
        let shop_key = office.folder.path().join("shop.key");
        let kept = std::fs::read(&shop_key).unwrap();
        carton.restart(|_| ());
        carton.tap("PIN forgotten?");
        carton.reads("A manager gives you a new one");
        carton.tap("Scan a new sheet");
        carton.reads("A new sheet for till C1");

        // Whoever has no key of this shop can write sheets, but none that opens this till.
        std::fs::remove_file(&shop_key).unwrap();
        let (foreign, foreign_code) = office.sheet(true, Timestamp::now());
        take(&carton, &foreign, &foreign_code);
        carton.reads("This sheet has another shop's key");
        carton.reads("FILE.replaced-1");
        carton.tap("Leave it as it is");
        signs_in(&carton);
        carton.tap("Lock");

        std::fs::write(&shop_key, kept).unwrap();
        let (text, code) = office.sheet(true, Timestamp::now());
        carton.tap("PIN forgotten?");
        carton.tap("Scan a new sheet");
        take(&carton, &text, &code);
        carton.reads("New PINs for managers");
        let later = |data: &Path| {
            let tool = rusqlite::Connection::open(data.join("till.sqlite")).unwrap();
            let later = "UPDATE managers_choose SET since = since - 16 * 60 * 1000";
            assert_eq!(tool.execute(later, []).unwrap(), 1);
        };
        // The plug is pulled before anybody chose.
        carton.restart(|_| ());
        carton.reads("New PINs for managers");
        // Nor the next morning, when it is open no more.
        carton.restart(later);
        carton.reads("No manager chose a new PIN within 15 minutes, so that is over.");
        carton.tap("PIN forgotten?");
        carton.tap("Scan a new sheet");
        take(&carton, &text, &code);
        carton.reads("This till has taken this sheet already.");
        let (text, code) = office.sheet(true, Timestamp::now());
        take_another(&carton, &text, &code, "This till has taken");
        carton.reads("New PINs for managers");
        carton.tap(&format!("Person {MAYA}"));
        carton.choose("86420");
        carton.reads("Has a new PIN");
        // The plug is pulled before somebody goes on: it stays known that a PIN was chosen, also
        // the next morning.
        carton.restart(|_| ());
        carton.reads("Has a new PIN");
        carton.restart(later);
        carton.tap(&format!("Cashier {MAYA}"));
        carton.keys(PIN);
        carton.tap("Sign in");
        carton.reads("Wrong PIN");
        carton.keys("86420");
        carton.tap("Sign in");
        carton.reads("Pay");
        carton.sells_one();
        carton.until_all_is_sent();
        assert_eq!(arrived(&office), [1, 2]);
        // It was for once, and the other tills of the shop learn the new PIN.
        carton.restart(|_| ());
        carton.reads(&format!("Cashier {MAYA}"));
        carton.tap("PIN forgotten?");
        carton.tap("Scan a new sheet");
        take(&carton, &text, &code);
        carton.reads("This till has taken this sheet already.");
        // Whoever opened it has the shop's key and can write others, but gets no new key for them.
        let again = rewritten(&text, &code, |sheet| sheet.secret.push(' '));
        take(&carton, &again, &code);
        carton.reads("This till has taken this sheet already.");
        let (key, secret) = ADMIN_TOKEN.split_once(':').unwrap();
        let of_another = rewritten(&text, &code, |sheet| {
            sheet.key = key.to_owned();
            *sheet.secret = secret.to_owned();
        });
        take(&carton, &of_another, &code);
        carton.reads("The key on this sheet is not of this till's user in ERPNext.");
        carton.tap("Leave it as it is");
        carton.reads(&format!("Cashier {MAYA}"));
        let read = ReadStore::open(&carton.data).unwrap();
        assert_eq!(read.records().managers_may_choose().unwrap(), None);
        let entries = read.records().journal_entries(0, u32::MAX).unwrap();
        let ends = entries
            .iter()
            .filter_map(|entry| entry.body["because"].as_str());
        let ends: Vec<_> = ends.collect();
        assert_eq!(ends, ["nobody chose in time", "chosen"]);
        let pin = read.staff().unwrap().remove(0).phc.unwrap();
        let shared = office.stand_in.site().documents("Employee").remove(0);
        assert_eq!(shared[EMPLOYEE_PIN_FIELD], pin.as_str());
        read.records().journal_verify().unwrap().unwrap();
    });
}
