//! Wrong PINs.

use kiosk::demo::{PIN, STAFF};

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

#[test]
fn wrong_pins_are_counted_and_then_waited_for_also_after_a_restart() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        till.tap("Lock");
        for left in [
            "4 more tries",
            "3 more tries",
            "2 more tries",
            "One more try",
        ] {
            till.enter_pin(STAFF[1], "1111");
            till.reads(left);
        }
        till.enter_pin(STAFF[1], "1111");
        till.reads("Too many wrong PINs");

        till.switch_off();
        till.switch_on(NO_SITE).unwrap();
        till.reads(STAFF[1]);
        till.tap(&format!("Cashier {}", STAFF[1]));
        // The right PIN is not even looked at.
        till.keys(PIN);
        till.until("the wait is counted down", || till.sees("0:"));
        assert!(till.sees("Cashier"), "the till opened");
        // Somebody else is not locked out, and the cart is where it was.
        till.sign_in();
        assert_eq!(till.cart().len(), 1);
        till.check_journal();
    });
}
