//! Data that this program must not touch.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};

use kiosk::config::Config;
use kiosk::demo::sealing;
use kiosk::start::Folder;

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

/// Where an SQLite file says which version of the tables it holds.
const USER_VERSION: u64 = 60;

#[test]
fn data_of_a_newer_version_are_left_alone_and_said() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.sell_a_book();
        till.scan(SALT_ROAD, 1);
        till.switch_off();
        let path = till.data().join("till.sqlite");
        let set_version = |version: u32| {
            let mut file = OpenOptions::new().write(true).open(&path).unwrap();
            file.seek(SeekFrom::Start(USER_VERSION)).unwrap();
            file.write_all(&version.to_be_bytes()).unwrap();
        };
        let before = std::fs::read(&path).unwrap();
        let own = u32::from_be_bytes(before[60..64].try_into().unwrap());
        set_version(own + 7);
        assert!(till.switch_on(NO_SITE).is_err());
        till.reads("The till's data is newer than this program");
        assert!(till.sees("Install the newer version of Evertill again"));
        till.switch_off();
        set_version(own);
        assert_eq!(std::fs::read(&path).unwrap(), before, "it was touched");

        // The newer version, so to speak.
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        assert_eq!(till.cart().len(), 1);
        assert_eq!(till.sales().len(), 1);
    });
}

#[test]
fn a_second_till_on_the_same_data_is_refused_in_words() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.switch_off();
        let other = Folder::open(till.data(), &sealing(till.data())).unwrap();
        assert!(till.switch_on(NO_SITE).is_err());
        till.reads("The till is already running");
        drop(other);
        till.switch_off();
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
    });
}

#[test]
fn the_limit_for_points_is_read_and_one_below_zero_is_refused_by_name() {
    let folder = tempfile::TempDir::new().unwrap();
    let read = |limit: &str| {
        let text = format!(
            "till = \"C1\"\npos_profile = \"Counter 1\"\n[loyalty]\noffline_limit = \"{limit}\"\n"
        );
        std::fs::write(folder.path().join(Config::FILE), text).unwrap();
        Config::read(folder.path())
    };
    let limit = read("25.00").unwrap().loyalty.offline_limit.unwrap();
    assert_eq!(limit.to_string(), "25.00");
    let refused = read("-1").unwrap_err().to_string();
    assert!(refused.contains("offline_limit"), "{refused}");
    let refused = read("much").unwrap_err().to_string();
    assert!(refused.contains("offline_limit"), "{refused}");
}
