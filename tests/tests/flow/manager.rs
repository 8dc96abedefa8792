//! The Manager screen on the whole till: what waits, staff and PINs, badges, the journal.

use hal::Paper;
use kiosk::demo::{PIN, STAFF};
use kiosk::start::Link;
use kiosk::{staff_command, sync_status};
use slint::platform::Key;
use store::{NotedHead, Parking, Role, StaffMember, verify_journal_export};
use tests::day::new_customer;
use tests::fixtures::totals_of;
use tests::stand_in::{Site, StandIn};

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

/// A PIN that is nobody's yet, so long that nothing else in a journal is like it by chance.
const NEW_PIN: &str = "907135824601";

/// Types a manager's PIN where one is asked for.
fn open_as_manager(till: &WholeTill<'_>) {
    till.reads("A manager's PIN is needed");
    till.keys(PIN);
    till.tap("Open");
    till.reads(&format!("Opened by {}", STAFF[0]));
}

/// Types a new PIN twice.
fn choose_pin(till: &WholeTill<'_>, pin: &str) {
    till.keys(pin);
    till.tap("Next");
    till.reads("Type it again.");
    till.keys(pin);
    till.tap("Set the PIN");
}

#[test]
fn what_waits_is_told_on_the_screen_and_as_json_and_nobody_can_take_it_away() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        let sale = till.sell_a_book();
        till.tap("Manager screen");
        till.reads("2 documents wait");
        till.reads("This till is not connected to an ERPNext site.");
        till.tap(&format!("Receipt {}", sale.receipt_number));
        till.reads("It waits for its turn and is sent by itself.");

        // The same, as a fleet's monitoring reads it while the till runs.
        let status = sync_status::read(till.data(), &till.config, jiff::Timestamp::now()).unwrap();
        assert_eq!((status.unsent.documents, status.unsent.parked), (2, 0));
        let paid = sale.amount_to_pay.number();
        assert_eq!(status.unsent.value[0].amount, paid);
        assert_eq!(status.oldest, Some(status.documents[0].made_at));
        let told: Vec<_> = status
            .documents
            .iter()
            .map(|document| (document.doctype, document.state))
            .collect();
        assert_eq!(
            told,
            [("POS Opening Entry", "waiting"), ("POS Invoice", "waiting")]
        );
        let json = serde_json::to_value(&status).unwrap();
        assert_eq!(json["kinds"][1]["value"][0]["amount"], paid);

        till.press(Key::Escape);
        till.reads("Change");
    });
}

#[test]
fn one_document_is_tried_again_alone_and_what_is_refused_is_settled_by_a_manager() {
    on_screen(|screen| {
        let stand_in = StandIn::https(Site::harbour_books().with_totals(totals_of));
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        let sale = till.sell_a_book();
        till.switch_off();
        till.while_off(|store| {
            let customer = new_customer(1, "Rosa Delgado", jiff::Timestamp::now());
            store.commit_customer(&customer).unwrap();
            let parking = Parking {
                cause: "It was refused.",
                remedy: "Look there.",
                booked_as: None,
            };
            // The opening and the customer.
            for id in [1, 3] {
                let now = jiff::Timestamp::now();
                store.outbox_parked(id, &parking, now).unwrap();
            }
        });
        till.switch_on(Link::Site(stand_in.client())).unwrap();
        till.sign_in();
        till.tap("Manager screen");
        till.reads("3 documents wait, 2 need a person");
        till.tap(&format!("Receipt {}", sale.receipt_number));
        till.reads("It waits for the opening of shift ");
        till.tap(&format!("Opening of shift {}", sale.shift));
        till.tap("Try this one again");
        till.reads("1 document waits, 1 needs a person");
        assert_eq!(stand_in.site().documents("POS Invoice").len(), 1);

        till.tap("Customer Rosa Delgado");
        till.tap("Settle by hand");
        till.reads("The till sends it no more.");
        till.press(Key::Escape);
        till.reads("It was refused.");
        till.tap("Settle by hand");
        till.tap("Reason It is not needed there");
        till.tap("Settle it");
        open_as_manager(&till);
        till.reads("Nothing is left to send");
        let status = sync_status::read(till.data(), &till.config, jiff::Timestamp::now()).unwrap();
        assert_eq!(status.unsent.documents, 0);
        let journal = till.journal().join("\n");
        assert!(
            journal.contains(r#""outcome":"settled by hand""#),
            "{journal}"
        );
        assert!(
            journal.contains(r#""reason":"It is not needed there""#),
            "{journal}"
        );
        till.check_journal();
    });
}

#[test]
fn a_manager_adds_somebody_who_signs_in_with_the_cart_left_as_it_was() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        till.tap("Manager screen");
        till.tap("Staff");
        till.tap("Add a person");
        open_as_manager(&till);
        till.tap("Name");
        till.keys("quentin rivers");
        till.press(Key::Return);
        // Its scanner says that it is a Code 128.
        till.scanner().scan("]C0BADGE-17").unwrap();
        till.reads("Clear Badge");
        till.tap("Choose their PIN");
        till.reads("A PIN for Quentin Rivers");
        // Refused in words: too easy, and not the same twice.
        till.keys("1234");
        till.tap("Next");
        till.reads("too easy to guess");
        till.keys(NEW_PIN);
        till.tap("Next");
        till.reads("Type it again.");
        till.keys("7392");
        till.tap("Set the PIN");
        till.reads("The two PINs were not the same");
        choose_pin(&till, NEW_PIN);
        till.reads("Quentin Rivers can sign in.");

        // Two touches and the PIN: the cart stays.
        till.tap("Change cashier");
        till.enter_pin("Quentin Rivers", NEW_PIN);
        till.until("Quentin sells on", || {
            till.cart().len() == 1 && till.sees("Pay")
        });
        // A badge says who comes next; the PIN is still asked for.
        till.tap("Change cashier");
        till.scanner().scan("BADGE-17").unwrap();
        till.until("the badge chose its owner", || till.sees("Quentin Rivers"));
        till.keys(NEW_PIN);
        till.tap("Sign in");
        till.until("Quentin is back", || till.sees("Pay"));
        let journal = till.journal().join("\n");
        assert!(journal.contains(r#""added_as":"cashier""#), "{journal}");
        assert!(!journal.contains(NEW_PIN), "a PIN is in the journal");
        till.check_journal();

        till.switch_off();
        till.switch_on(NO_SITE).unwrap();
        till.reads("Quentin Rivers");
    });
}

#[test]
fn a_pin_is_changed_with_the_old_one_and_a_manager_unlocks_who_forgot() {
    on_screen(|screen| {
        let till = WholeTill::prepared(screen, NO_SITE, |folder| {
            kiosk::demo::prepare(folder).unwrap();
            let staff = folder.store().staff().unwrap();
            let tom = staff.iter().find(|member| member.name == STAFF[1]).unwrap();
            let tom = StaffMember {
                badge: Some("BADGE-2".to_owned()),
                ..tom.clone()
            };
            folder
                .store()
                .put_staff(&tom, jiff::Timestamp::now())
                .unwrap();
        });
        till.reads(STAFF[1]);
        for said in [
            "4 more tries",
            "3 more tries",
            "2 more tries",
            "One more try",
            "Too many wrong PINs",
        ] {
            till.enter_pin(STAFF[1], "1111");
            till.reads(said);
        }
        till.sign_in();
        till.open_shift();
        till.tap("Manager screen");
        till.tap("Staff");
        // A badge finds its owner here, too.
        till.scanner().scan("BADGE-2").unwrap();
        till.tap("Unlock now");
        open_as_manager(&till);
        till.reads(&format!("{} can try again.", STAFF[1]));

        till.tap(&format!("Person {}", STAFF[0]));
        till.tap("Change my PIN");
        till.keys("9999");
        till.tap("Next");
        till.reads("Wrong PIN");
        till.keys(PIN);
        till.tap("Next");
        till.reads("2 of 3");
        choose_pin(&till, NEW_PIN);
        till.reads(&format!("{} has a new PIN.", STAFF[0]));

        till.tap("Change cashier");
        till.enter_pin(STAFF[0], PIN);
        till.reads("Wrong PIN");
        till.enter_pin(STAFF[0], NEW_PIN);
        till.until("the new PIN opens", || till.sees("Pay"));
        till.tap("Change cashier");
        till.sign_in_as(STAFF[1]);
        till.check_journal();
    });
}

#[test]
fn a_cashier_is_asked_for_a_manager_and_the_last_manager_stays_one() {
    on_screen(|screen| {
        let till = WholeTill::prepared(screen, NO_SITE, |folder| {
            kiosk::demo::prepare(folder).unwrap();
            staff_command::put(folder, "Ruben", Role::Cashier, PIN).unwrap();
        });
        till.sign_in_as("Ruben");
        till.open_shift();
        till.tap("Manager screen");
        till.tap("Staff");
        till.tap(&format!("Person {}", STAFF[0]));
        till.tap("Make a cashier");
        till.reads("A manager's PIN is needed");
        till.tap("Cancel");
        till.reads("Make a cashier");
        till.tap("Make a cashier");
        open_as_manager(&till);
        till.reads("is the only manager who can sign in");
        till.tap("Person Ines");
        till.tap("Give a new PIN");
        choose_pin(&till, NEW_PIN);
        till.reads("Ines has a new PIN.");
        // What the PIN opened is shut when the screen is left.
        till.tap("Back");
        till.tap("Manager screen");
        assert!(!till.sees("Opened by"));
    });
}

#[test]
fn the_journal_is_checked_and_taken_away_whole() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.sell_a_book();
        till.tap("Manager screen");
        till.tap("Journal");
        till.tap("Check the journal");
        till.reads("none was changed");
        till.tap("Export to This till's disk");
        open_as_manager(&till);
        till.reads("It can be taken out now.");
        let exports = till.data().join("exports");
        let file = std::fs::read_dir(exports).unwrap().next().unwrap().unwrap();
        let name = file.file_name();
        assert!(name.to_string_lossy().starts_with("evertill-journal-"));
        let text = std::fs::read_to_string(file.path()).unwrap();
        let proof = verify_journal_export(&mut text.as_bytes(), &[], &[]).unwrap();
        assert!(proof.entries >= 4, "{proof:?}");
        assert!(proof.ends_with_export, "{proof:?}");
        let altered = text.replacen("C1-000001", "C1-000009", 1);
        let refused = verify_journal_export(&mut altered.as_bytes(), &[], &[]);
        assert!(refused.is_err(), "what was altered passed");

        // The same from the integrator's command, which also holds the Z reports against it.
        let verify = |text: &str, noted: &[NotedHead]| {
            std::fs::write(file.path(), text).unwrap();
            let mut report = Vec::new();
            let verified = setup::journal::verify(&file.path(), &[], noted, &mut report);
            verified.map(|()| String::from_utf8(report).unwrap())
        };
        let head = proof.head_in_hexadecimal();
        let noted = setup::journal::noted(&[proof.entries], &[head]).unwrap();
        let report = verify(&text, &noted).unwrap();
        for told in ["The journal is whole", "nothing is missing", "Signed by: "] {
            assert!(report.contains(told), "no {told:?} in {report}");
        }
        let refused = verify(&altered, &[]).unwrap_err().to_string();
        assert!(refused.contains("evertill-journal-"), "{refused}");
        let last = text.trim_end().rfind('\n').unwrap();
        assert!(
            verify(&text[..=last], &noted).is_err(),
            "its end was cut off"
        );
        assert!(setup::journal::noted(&[1], &[]).is_err());
    });
}

#[test]
fn devices_are_tried_out_and_a_scan_is_shown_instead_of_sold() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.tap("Manager screen");
        till.tap("Devices");
        till.tap("Print a test page");
        till.until("the page is out", || till.on_paper("Test page") == 1);
        till.printer().set_paper(Paper::Empty);
        till.reads("Out of paper.");
        till.tap("Print a test page");
        till.reads("The test page waits");
        till.printer().set_paper(Paper::Present);
        till.until("the second is out", || till.on_paper("Test page") == 2);
        till.scanner().scan(SALT_ROAD).unwrap();
        till.reads(&format!("The till read: {SALT_ROAD}"));
        assert!(till.cart().is_empty());
        till.tap("Open the drawer");
        open_as_manager(&till);
        till.until("the drawer opened", || till.printer().kicks().len() == 1);
        till.until("the opening is in the journal", || {
            let journal = till.journal().join("\n");
            journal.contains("to see whether it opens")
        });
        // A network's code has a key that is nobody's to read.
        till.scanner()
            .scan("WIFI:T:WPA;S:Shop;P:rabbit12;;")
            .unwrap();
        till.reads("cannot set up the wireless network Shop");
        till.scanner()
            .scan("WIFI:T:WEP;S:Shop;P:rabbit12;;")
            .unwrap();
        till.reads("Use a network with WPA2 or WPA3");
        assert!(!till.sees("rabbit12"), "{}", till.labels());
    });
}
