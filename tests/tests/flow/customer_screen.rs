//! The screen in front of the customer: what stands on it while a till sells, and what never does.

use kiosk::driver::texts;
use kiosk::ui::{Customer, CustomerScene};
use slint::ComponentHandle;

use crate::screen::on_screen;
use crate::whole_till::{LANTERN_HOUSE, NO_SITE, SALT_ROAD, WholeTill};

/// Everything that can be read on the customer's screen.
fn read(till: &WholeTill<'_>) -> String {
    till.with_customer_screen(|screen| texts(screen.window()).join(" | "))
}

fn reads(till: &WholeTill<'_>, text: &str) {
    till.until(&format!("the customer reads {text:?}"), || {
        read(till).contains(text)
    });
}

#[test]
fn the_customer_follows_the_sale_and_takes_the_receipts_code_along() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.attach("[customer_screen]\nwelcome = [\"Come in\", \"Open until seven\"]\n");
        reads(&till, "This counter is closed");
        till.open_shift();
        reads(&till, "Come in | Open until seven");
        till.scan(SALT_ROAD, 1);
        reads(&till, "The Salt Road | 7.99 each");
        reads(&till, "Total | $8.65");
        till.scan(LANTERN_HOUSE, 2);
        till.scan(LANTERN_HOUSE, 2);
        reads(&till, "2 | The Lantern House");
        reads(&till, "Total | $35.71");
        till.with_customer_screen(|screen| {
            assert_eq!(screen.window().global::<Customer>().get_latest(), 1);
        });
        // What the cashier does besides stands on their own screen alone.
        till.tap("Manager screen");
        till.tap("Devices");
        till.reads("Customer's screen");
        till.tap("Show a test");
        reads(&till, "Test line, nothing is sold");
        till.press(slint::platform::Key::Escape);
        reads(&till, "Total | $35.71");
        assert!(!read(&till).contains("Test line"));

        till.pay();
        reads(&till, "To pay | $35.71");
        till.keys("20");
        till.tap("Cash");
        reads(&till, "Still to pay | $15.71");
        assert!(read(&till).contains("Cash | 20.00"));
        till.keys("20");
        till.tap("Cash");
        let sale = till.done();
        reads(&till, "Thank you");
        reads(&till, "Change | $4.29");
        let seen = read(&till);
        assert!(
            seen.contains(&format!("Receipt {}", sale.receipt_number)),
            "{seen}"
        );
        assert!(!seen.contains("The Salt Road"), "{seen}");

        till.tap("Next sale");
        reads(&till, "Come in");
        till.with_customer_screen(|screen| {
            let customer = screen.window().global::<Customer>();
            assert_eq!(customer.get_scene(), CustomerScene::Welcome);
            assert_eq!(customer.get_amount(), "");
        });
        till.menu("Close shift");
        till.reads("Close shift 1");
        assert!(
            !read(&till).contains("150"),
            "the float is nobody's business"
        );
    });
}
