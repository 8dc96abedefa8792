//! A manager takes the counter's device set-up to a file, and gives the till another.

use std::cell::Cell;
use std::rc::Rc;

use kiosk::config::Config;
use kiosk::demo::PIN;

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

#[test]
fn the_devices_of_a_till_are_written_looked_at_and_replaced() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        let port = till.devices().join("no-scale");
        till.attach(&format!("[scale]\nprofile = \"nci\"\nport = {port:?}\n"));
        till.write_config();
        till.tap("Manager screen");
        till.tap("Devices");
        till.tap("Set-up as a file");
        till.tap("Write the devices to This till's disk");
        till.reads("A manager's PIN is needed");
        till.keys(PIN);
        till.tap("Open");
        till.reads("Written to ");
        let folder = till.data().join("exports");
        let file = folder.join("evertill-devices-C1.toml");
        let written = std::fs::read_to_string(&file).unwrap();
        assert!(written.contains("[scale]") && !written.contains("pos_profile"));

        // A file that is none is told, and nothing is asked.
        let wrong = folder.join("evertill-devices-C8.toml");
        std::fs::write(&wrong, "till = \"C8\"\n").unwrap();
        let other = folder.join("evertill-devices-C9.toml");
        std::fs::write(&other, "[customer_screen]\nwelcome = [\"Hello\"]\n").unwrap();
        let of = |file: &str| format!("Take the devices of {file} on This till's disk");
        till.tap(&of("evertill-devices-C8.toml"));
        till.reads("no table of devices");
        let before = Config::read(till.data()).unwrap();

        till.tap(&of("evertill-devices-C9.toml"));
        till.reads("Take these devices?");
        till.reads("Is taken away.");
        till.reads("New: welcome Hello.");
        till.tap("Leave them as they are");
        till.reads("Take one");
        assert_eq!(Config::read(till.data()).unwrap(), before);

        // Somebody is paying: what is under way stays.
        till.press(slint::platform::Key::Escape);
        till.scan(SALT_ROAD, 1);
        till.pay();
        till.tap("Manager screen");
        till.tap("Devices");
        till.tap("Set-up as a file");
        till.tap(&of("evertill-devices-C9.toml"));
        till.keys(PIN);
        till.tap("Open");
        till.tap("Replace the devices");
        till.reads("Somebody is paying.");
        till.press(slint::platform::Key::Escape);
        till.press(slint::platform::Key::Escape);

        let restarted = Rc::new(Cell::new(false));
        let told = restarted.clone();
        till.on_restart(move || told.set(true));
        till.tap("Manager screen");
        till.tap("Devices");
        till.tap("Set-up as a file");
        till.tap(&of("evertill-devices-C9.toml"));
        till.keys(PIN);
        till.tap("Open");
        till.tap("Replace the devices");
        till.until("the till is started again", || restarted.get());
        till.config = Config::read(till.data()).unwrap();
        assert_eq!(
            (&till.config.scale, &till.config.receipt),
            (&None, &before.receipt)
        );
        assert!(till.data().join("till.toml.old").exists());
        till.switch_off();
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        assert_eq!(till.cart().len(), 1);
        till.with_customer_screen(|_| ());
        let replaced = |entry: &String| entry.contains("devices_replaced_by");
        assert_eq!(
            till.journal()
                .iter()
                .filter(|entry| replaced(entry))
                .count(),
            1
        );
    });
}
