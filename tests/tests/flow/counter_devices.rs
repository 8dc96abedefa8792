//! The drawer left open, and what a manager finds in Devices: last bytes, what else is plugged in,
//! the card terminal's day.

use hal::simulators::VirtualDrawer;
use hal::traffic::Recording;
use hal::{DrawerState, Paper};
use kiosk::demo::{PIN, STAFF};

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

const LEFT_OPEN: &str = "The cash drawer is open";

#[test]
fn a_drawer_left_open_is_told_until_it_is_closed() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.attach("[drawer]\nnotice_after_seconds = 1\n");
        till.until("the printer is ready", || !till.sees("Receipt printer: "));
        till.sell_a_book();
        till.reads(LEFT_OPEN);
        till.printer().set_drawer(DrawerState::Closed);
        till.until("the notice is gone", || !till.sees(LEFT_OPEN));
        // Whoever has seen it hears no more of it until it was closed.
        till.sell_a_book();
        till.reads(LEFT_OPEN);
        till.tap("Dismiss notice");
        till.until("the notice is gone", || !till.sees(LEFT_OPEN));
        till.tap("Manager screen");
        till.tap("Devices");
        till.reads("Open.");
        till.printer().set_drawer(DrawerState::Closed);
        till.reads("Closed.");
        till.press(slint::platform::Key::Escape);
        till.sell_a_book();
        till.reads(LEFT_OPEN);
    });
}

/// Asks for the drawer, and has a manager allow it.
fn ask_for_the_drawer(till: &WholeTill<'_>) {
    till.menu("Open drawer");
    till.tap_when_there("Reason Change wanted");
    till.tap("Open the drawer");
    till.approve();
}

#[test]
fn that_the_drawer_was_opened_is_said_when_it_was_and_else_what_kept_it_shut() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.attach("[drawer]\nnotice_after_seconds = 1\n");
        till.printer().set_paper(Paper::Empty);
        till.reads("Receipt printer: out of paper");
        ask_for_the_drawer(&till);
        till.reads("The cash drawer did not open");
        till.reads("Receipt printer: out of paper.");
        assert!(till.printer().kicks().is_empty(), "it was opened");
        till.printer().set_paper(Paper::Present);
        till.tap("Dismiss notice");
        till.until("there is paper", || {
            !till.sees("Receipt printer: out of paper")
        });
        // Nobody knows yet that it has a sensor.
        ask_for_the_drawer(&till);
        till.reads("The drawer was told to open");
        till.tap("Dismiss notice");
        till.reads(LEFT_OPEN);
        till.printer().set_drawer(DrawerState::Closed);
        till.until("it is seen closed", || !till.sees(LEFT_OPEN));
        ask_for_the_drawer(&till);
        till.reads("The drawer was opened");
        assert_eq!(till.printer().kicks().len(), 2);

        // Nothing there that could open one.
        till.switch_off();
        till.bare = true;
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        ask_for_the_drawer(&till);
        till.reads("No cash drawer is set up");
        assert!(!till.sees("The drawer was opened"));
        let journal = till.journal().join("\n");
        assert_eq!(journal.matches("C1-DRAWER-").count(), 4, "{journal}");
    });
}

#[test]
fn a_drawer_that_is_open_at_the_start_is_told_where_its_sensor_is_set_up() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        let port = till.devices().join("drawer");
        let drawer = VirtualDrawer::on_pty(&port).unwrap();
        drawer.set(DrawerState::Open);
        till.sign_in();
        till.open_shift();
        till.attach(&format!(
            "[drawer]\nport = {port:?}\nnotice_after_seconds = 1\nsensor = \"answer\"\nask = [63]\n\
             answer_mask = 1\nanswer_open = 1\n"
        ));
        till.reads(LEFT_OPEN);
        drawer.set(DrawerState::Closed);
        till.until("the notice is gone", || !till.sees(LEFT_OPEN));
    });
}

#[test]
fn a_drawer_that_answers_on_its_own_port_is_shown_and_told_when_it_is_left_open() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        let port = till.devices().join("drawer");
        let drawer = VirtualDrawer::on_pty(&port).unwrap();
        till.attach(&format!(
            "[drawer]\nport = {port:?}\nnotice_after_seconds = 1\nsensor = \"answer\"\nask = [63]\n\
             answer_mask = 1\nanswer_open = 1\n"
        ));
        till.open_shift();
        till.sell_a_book();
        assert_eq!(drawer.pulses(), 1);
        till.reads(LEFT_OPEN);
        till.tap("Manager screen");
        till.tap("Devices");
        till.reads("Open.");
        drawer.set(DrawerState::Closed);
        till.until("the notice is gone", || !till.sees(LEFT_OPEN));
        till.reads("Closed.");
        till.until("another device is named", || {
            drawer.send(b"4006381333931\r");
            till.sees("another device speaks on its line")
        });
        assert!(
            till.sees("Give each device a port of its own."),
            "no remedy"
        );
        drawer.unplug();
        till.reads("Not found.");
        drawer.plug().unwrap();
        till.reads("Closed.");
    });
}

#[test]
fn managers_see_the_last_bytes_of_a_device_but_never_those_of_a_badge() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        till.tap("Manager screen");
        till.tap("Devices");
        till.tap("Last bytes of Scanner");
        till.reads("A manager's PIN is needed");
        assert!(!till.sees(SALT_ROAD));
        // A badge that is held to the scanner while one is asked for is nobody's to see.
        till.scanner().scan("BADGE-17").unwrap();
        till.reads("This is no manager's badge.");
        till.keys(PIN);
        till.tap("Open");
        till.reads("Back to the devices");
        assert!(!till.labels().contains("BADGE-17"));
        till.scanner().scan(SALT_ROAD).unwrap();
        // The carriage return at its end, whatever pieces it came in.
        till.until("they are seen as numbers", || {
            till.labels().contains("0D\"")
        });
        assert!(till.labels().contains("From the device"));
        // They go with somebody who knows such devices, and can be replayed there.
        till.tap("Write the bytes to a file");
        till.tap("Write the bytes to This till's disk");
        till.reads("evertill-bytes-C1-scanner-");
        let exports = std::fs::read_dir(till.data().join("exports")).unwrap();
        let files: Vec<_> = exports.map(|entry| entry.unwrap().path()).collect();
        let [file] = files.as_slice() else {
            panic!("{files:?}");
        };
        let written = std::fs::read_to_string(file).unwrap();
        assert!(
            written.starts_with("# Scanner of till C1, until 20"),
            "{written}"
        );
        let recording: Recording = written.parse().unwrap();
        let came = recording.pieces.iter().flat_map(|piece| &piece.bytes);
        let came: Vec<u8> = came.copied().collect();
        let code = format!("{SALT_ROAD}\r");
        assert!(came.windows(code.len()).any(|part| part == code.as_bytes()));
        assert!(!written.contains("BADGE"), "{written}");
        let journal = till.journal();
        assert!(
            journal
                .iter()
                .any(|entry| entry.contains("bytes_exported_by")),
            "{journal:?}"
        );
        till.tap("Back to the devices");
        till.reads("None of them is needed to sell.");
        assert!(till.sees(STAFF[0]));
    });
}

#[test]
fn letters_that_no_font_has_are_told_by_their_scripts_once_a_job() {
    on_screen(|screen| {
        let till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.tap("Manager screen");
        till.tap("Devices");
        till.tap("Print a test page");
        till.reads("letters could not be printed: no font");
        till.reads("Arabic, Hebrew, Thai, Chinese, Japanese, Korean.");
        till.until("the page is out", || till.printer().cuts() == 1);
        till.tap("Dismiss notice");
        till.press(slint::platform::Key::Escape);
        // A receipt that has none of them says nothing.
        till.sell_a_book();
        till.reads("Receipt printed");
        assert!(!till.sees("could not be printed"));
    });
}

#[test]
fn the_card_terminals_day_is_closed_printed_and_kept_in_the_journal() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.switch_off();
        till.serve_cards();
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        till.open_shift();
        till.tap("Manager screen");
        till.tap("Devices");
        till.tap("End of day");
        till.reads("A manager's PIN is needed");
        till.keys(PIN);
        till.tap("Open");
        till.reads("The terminal's day is closed");
        till.until("its report is on paper", || {
            till.on_paper("KASSENSCHNITT") == 1
        });
        till.reads("Its report is printed");
        till.printer().set_paper(Paper::Empty);
        till.reads("Out of paper.");
        till.tap("End of day");
        till.reads("Its report waits. Receipt printer: out of paper.");
        till.printer().set_paper(Paper::Present);
        till.reads("Its report is printed");
        assert_eq!(till.on_paper("KASSENSCHNITT"), 2);
        let journal = till.journal().join("\n");
        assert!(journal.contains("terminal_day_closed_by"), "{journal}");
        assert!(journal.contains("KASSENSCHNITT"), "{journal}");
        till.terminal().set_power(false);
        till.tap("End of day");
        till.reads("The terminal's day was not closed");
        assert!(till.sees("Card terminal: "), "no cause");
        // Its last bytes tell what was said, with stars for the password and for each text.
        till.tap("Last bytes of Card terminal");
        till.reads("Back to the devices");
        let labels = till.labels();
        assert!(labels.contains("06 50 03 2A 2A 2A"), "no order: {labels}");
        assert!(labels.contains("From the device"), "no answer: {labels}");
        assert!(!labels.contains("KASSENSCHNITT"), "{labels}");
        till.check_journal();
    });
}
