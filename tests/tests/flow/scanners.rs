//! Several scanners at one till: each is heard, and each is told what became of its codes.

use hal::simulators::{VirtualKeyboardScanner, VirtualScanner};
use kiosk::demo::{PIN, STAFF};

use crate::screen::on_screen;
use crate::whole_till::{LANTERN_HOUSE, NO_SITE, SALT_ROAD, WholeTill};

/// What makes a scanner sound once, and as for a code that was refused.
const GOOD: &[u8] = &[7];
const REFUSED: &[u8] = &[7, 7, 7];

#[test]
fn each_scanner_that_till_toml_names_is_heard_and_told_what_became_of_its_code() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        let serial = VirtualScanner::on_pty(till.devices().join("hand")).unwrap();
        let keyboard = VirtualKeyboardScanner::at(till.devices().join("event-kbd")).unwrap();
        till.attach(&format!(
            "[[scanner]]\nport = {:?}\nbell = true\n[[scanner]]\nusb = {:?}\ngrab = false\n",
            till.devices().join("hand"),
            till.devices().join("event-kbd"),
        ));
        till.scan(SALT_ROAD, 1);
        serial.scan(LANTERN_HOUSE).unwrap();
        till.until("the second is heard", || till.cart().len() == 2);
        keyboard.scan(LANTERN_HOUSE).unwrap();
        till.until("the third is heard", || {
            till.cart()
                .contains(&("FIC-003".to_owned(), "2".to_owned()))
        });
        let mut heard = Vec::new();
        let mut sounds = |expected: &[u8]| {
            till.until("the second sounds for its own code", || {
                heard.extend(serial.received());
                heard.len() >= expected.len()
            });
            assert_eq!(std::mem::take(&mut heard), expected);
        };
        sounds(GOOD);
        serial.scan("4006381333931").unwrap();
        till.reads("Unknown barcode 4006381333931");
        sounds(REFUSED);
        assert_eq!(till.scanner().received(), GOOD, "others' codes sounded");

        serial.unplug();
        till.reads("Scanner 2: not found");
        keyboard.scan(SALT_ROAD).unwrap();
        till.until("the others are heard", || {
            till.cart()
                .contains(&("FIC-001".to_owned(), "2".to_owned()))
        });
        till.tap("Manager screen");
        till.tap("Devices");
        till.reads("Scanner 3");
        serial.plug().unwrap();
        till.until("it is back", || !till.sees("Scanner 2: not found"));
        serial.scan(SALT_ROAD).unwrap();
        till.reads(&format!("The till read: {SALT_ROAD}"));
        assert!(till.sees(STAFF[0]));
        // Something else on its port: told when it comes, and here until codes are read well again.
        serial.send(b"\x02  1.255\r").unwrap();
        till.reads("A code was refused lately: what another device says.");
        assert!(
            till.sees("See that the scanner hangs on this port"),
            "no remedy"
        );
        for _ in 0..3 {
            serial.scan(SALT_ROAD).unwrap();
        }
        till.until("it is read well", || !till.sees("A code was refused"));
    });
}

#[test]
fn a_card_reader_sells_nothing_and_a_payment_cards_number_is_neither_shown_nor_kept() {
    const NUMBER: &str = "4242424242424242";
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        let track = format!("%B{NUMBER}^LINDQVIST/MAYA^2912101?;{NUMBER}=2912101?");
        // One that hangs on a scanner's port, then one that is a keyboard.
        till.scanner().scan(&track).unwrap();
        till.reads("That is a payment card");
        till.scan(SALT_ROAD, 1);
        till.until("it is over", || !till.sees("payment card"));
        till.burst(&track);
        till.reads("That is a payment card");
        assert!(!till.labels().contains(NUMBER), "{}", till.labels());
        till.burst("%E?");
        till.reads("The card was not read");
        till.burst(";00017?");
        till.reads("This card is nobody's badge");
        assert_eq!(till.cart().len(), 1);

        till.tap("Manager screen");
        till.tap("Devices");
        till.scanner().scan(&track).unwrap();
        till.reads("That is a payment card");
        assert!(!till.labels().contains(NUMBER));
        till.tap("Last bytes of Scanner");
        till.keys(PIN);
        till.tap("Open");
        till.reads("Back to the devices");
        assert!(!till.labels().contains("4242"), "{}", till.labels());
        assert!(!till.journal().iter().any(|entry| entry.contains(NUMBER)));
    });
}
