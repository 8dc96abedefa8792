//! The parsers of the program itself: its configuration, what is preset, and another till's devices.

use std::path::Path;

use erpnext::https::Pin;
use kiosk::config::Config;
use kiosk::device_setup::Planned;
use kiosk::preset::{Enrolled, Preset};
use tempfile::TempDir;
use tests::parsers::Parser;

/// All of them.
pub const ALL: &[Parser] = &[
    Parser {
        name: "till_toml",
        try_with: till_toml,
    },
    Parser {
        name: "presets",
        try_with: presets,
    },
    Parser {
        name: "device_setups",
        try_with: device_setups,
    },
];

/// What the till has to which another's devices are given.
const TILL: &str = r#"
till = "C1"
pos_profile = "Counter 1"
[drawer]
port = "/dev/ttyS7"
"#;

thread_local! {
    /// Its data folder.
    static FOLDER: TempDir = {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(Config::FILE), TILL).unwrap();
        folder
    };
}

/// A till's configuration. What is written of it is read as the same.
fn till_toml(bytes: &[u8]) {
    let data = Path::new("/data");
    match Config::parse(&String::from_utf8_lossy(bytes), data) {
        Ok(config) => is_written_as_it_is(&config, data),
        Err(problem) => assert!(!problem.is_empty()),
    }
}

fn is_written_as_it_is(config: &Config, data: &Path) {
    let text = toml::to_string_pretty(config).unwrap();
    assert_eq!(Config::parse(&text, data).as_ref(), Ok(config), "{text}");
}

/// What a stick or an image tells a box that is no till yet. What is enrolled with it is one.
fn presets(bytes: &[u8]) {
    FOLDER.with(|folder| {
        let data = folder.path();
        std::fs::write(data.join(Preset::FILE), bytes).unwrap();
        match Preset::read(data) {
            Ok(preset) => {
                let enrolled = Enrolled {
                    till: "C1".to_owned(),
                    pos_profile: "Counter 1".to_owned(),
                    url: "https://shop.example.com".to_owned(),
                    pins: vec![Pin([7; 32])],
                };
                is_written_as_it_is(&preset.enrolled(enrolled, None), data);
            }
            Err(error) => assert!(error.to_string().contains(Preset::FILE), "{error}"),
        }
    });
}

/// The devices of another till, on a stick.
fn device_setups(bytes: &[u8]) {
    const FILE: &str = "evertill-devices-C2.toml";
    FOLDER.with(|folder| {
        let file = folder.path().join(FILE);
        std::fs::write(&file, bytes).unwrap();
        match Planned::read(folder.path(), &file) {
            Ok(planned) => {
                // This till has a drawer, so there is always something to say of that.
                let mut changes = planned.changes.iter();
                let drawer = changes.find(|(name, _)| *name == "Cash drawer");
                assert!(drawer.is_some_and(|(_, change)| !change.is_empty()));
            }
            Err(error) => assert!(error.to_string().contains(FILE), "{error}"),
        }
    });
}
