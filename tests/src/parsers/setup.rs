//! What the integrator's command is given: lists of tills, and what a site answers to it.

use erpnext::https::SiteConfig;
use erpnext::request::{Reply, Request, Transport, TransportError};
use jiff::Timestamp;
use setup::Error;
use setup::site::{Manner, StaffWish, check, prepare, remove, report};
use setup::till::{Many, Terms, add_many};
use tempfile::TempDir;

use super::erpnext::{Script, first_line};

thread_local! {
    /// Where lists lie.
    static FOLDER: TempDir = tempfile::tempdir().expect("a folder");
}

/// A line that is dead.
struct Dead;

impl Transport for Dead {
    fn send(&mut self, _: &Request) -> Result<Reply, TransportError> {
        Err(TransportError::Truncated)
    }
}

/// A list of tills, as a spreadsheet writes it. The site answers nothing, so that only the list is
/// read.
pub fn till_lists(bytes: &[u8]) {
    let place = SiteConfig::without_key("https://shop.example.com").expect("an address");
    let said = FOLDER.with(|folder| {
        let list = folder.path().join("tills.csv");
        std::fs::write(&list, bytes).expect("room for a list");
        let many = Many {
            list,
            sheets: folder.path().join("sheets"),
            terms: Terms {
                shop_key_file: Some(folder.path().join("shop.key")),
                expires: 14,
                no_pins: true,
                replace: false,
            },
        };
        let mut told = Vec::new();
        add_many(&mut Dead, &place, many, Timestamp::UNIX_EPOCH, &mut told)
    });
    let lines = String::from_utf8_lossy(bytes).lines().count();
    match said {
        Ok(()) => {}
        Err(error) => {
            assert!(!error.to_string().is_empty() && !error.remedy().is_empty());
            if let Error::List { line, .. } | Error::InList { line, .. } = error {
                assert!(line <= lines.max(1), "line {line} of {lines}");
            }
        }
    }
}

/// Answers to whoever sets a site up, under a line that says what they do.
pub fn site_setup(bytes: &[u8]) {
    let Some((doing, rest)) = first_line(bytes) else {
        return;
    };
    let mut script = Script::of(rest);
    let manner = |dry_run| Manner {
        dry_run,
        json: false,
    };
    let wish = StaffWish {
        share_pins: true,
        ..StaffWish::default()
    };
    let mut told = Vec::new();
    let said = match doing {
        "look" => report(&mut script, "Counter 1", &mut told)
            .map(drop)
            .map_err(Error::from),
        "check" => check(&mut Dead, Some(&mut script), "Counter 1").map(drop),
        "plan" => prepare(&mut script, wish, manner(true), &mut told),
        "prepare" => prepare(&mut script, wish, manner(false), &mut told),
        "remove" => remove(&mut script, false, manner(false), &mut told),
        "remove by force" => remove(&mut script, true, manner(false), &mut told),
        _ => return,
    };
    if let Err(error) = said {
        assert!(!error.to_string().is_empty() && !error.remedy().is_empty());
    }
    assert!(str::from_utf8(&told).is_ok());
}
