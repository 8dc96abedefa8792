//! The customer's line display: what is sold, what is due, the change, and a closed counter.

use hal::DisplayDialect;
use hal::simulators::VirtualLineDisplay;

use crate::screen::on_screen;
use crate::whole_till::{LANTERN_HOUSE, NO_SITE, SALT_ROAD, WholeTill};

#[test]
fn the_customer_sees_each_line_what_is_due_and_the_change() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        let port = till.devices().join("display");
        let display = VirtualLineDisplay::on_pty(&port, DisplayDialect::Cd5220).unwrap();
        let shows = |till: &WholeTill<'_>, upper: &str, lower: &str| {
            till.until(&format!("{upper:?}, {lower:?} on the display"), || {
                let [first, second] = display.lines();
                (first.trim(), second.trim()) == (upper, lower)
            });
        };
        till.attach(&format!(
            "[line_display]\nprofile = \"cd5220\"\nport = {port:?}\nwelcome = [\"Harbour Books\"]\n"
        ));
        shows(&till, "This counter", "is closed");
        till.open_shift();
        shows(&till, "Harbour Books", "");
        till.scan(SALT_ROAD, 1);
        shows(&till, "The Salt Road   7.99", "Total           8.65");
        till.scan(LANTERN_HOUSE, 2);
        shows(&till, "The Lantern Ho 12.50", "Total          22.18");
        till.scan(LANTERN_HOUSE, 2);
        shows(&till, "2 The Lantern  25.00", "Total          35.71");
        till.pay();
        shows(&till, "", "To pay         35.71");
        display.unplug();
        display.plug().unwrap();
        shows(&till, "", "To pay         35.71");
        till.keys("40");
        till.tap("Cash");
        till.done();
        shows(&till, "Total          35.71", "Change          4.29");
        till.tap("Manager screen");
        till.tap("Devices");
        till.tap("Show a test");
        shows(&till, "Test        1,234.56", "0123456789 ABCDEFGHI");
        // A scanner on its port, which says nothing of the display.
        display.send(b"4006381333931\r");
        till.reads("another device answers on its port");
        assert!(till.sees("See what hangs on its port"), "no remedy");
        till.press(slint::platform::Key::Escape);
        shows(&till, "Total          35.71", "Change          4.29");
        assert!(display.unknown().is_empty());
    });
}
