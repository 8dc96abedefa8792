//! What keeps a till from starting, on its screen.

use std::path::Path;

use slint::ComponentHandle;
use store::StoreErrorKind;

use crate::config::ConfigError;
use crate::screens::frame::show_fault;
use crate::screens::words::{Words, whole_sentence};
use crate::start::StartError;
use crate::ui::{Fault, Level, ScreenName, Till, TillWindow};

/// Shows why the till did not start.
pub fn show(window: &TillWindow, error: &StartError, data: &Path) {
    let detail = format!(
        "{} · Evertill {}",
        data.display(),
        env!("CARGO_PKG_VERSION")
    );
    show_fault(window, &words(error), &detail, None);
    if error.wants_new_sheet() {
        window
            .global::<Fault>()
            .set_action("Scan a new sheet".into());
    }
    window.global::<Till>().set_screen(ScreenName::Fault);
}

/// Why a till did not start, in words.
pub fn words(error: &StartError) -> Words {
    let (title, remedy) = match error {
        StartError::Config(ConfigError::Missing(_)) => (
            "This till has not been set up",
            "Restart it and enrol it, or write its till.toml as the handbook shows.",
        ),
        StartError::Config(_) => (
            "The till's settings cannot be used",
            "Correct till.toml, then start the till again.",
        ),
        StartError::Store(error) => match error.kind() {
            StoreErrorKind::Newer => (
                "The till's data is newer than this program",
                "Install the newer version of Evertill again. The data was not touched.",
            ),
            StoreErrorKind::InUse => (
                "The till is already running",
                "Close the other window, or restart the machine.",
            ),
            StoreErrorKind::DiskFull => (
                "The disk is full",
                "Free space on the disk, then start the till again.",
            ),
            StoreErrorKind::Corrupt => (
                "The till's data is damaged",
                "Do not delete anything: unsent sales may still be saved. Call for help.",
            ),
            _ => (
                "The till's data cannot be opened",
                "Check the disk and the folder's permissions, then start the till again.",
            ),
        },
        StartError::Appliance(_) => (
            "The till's secrets cannot be read",
            "Nothing that was sold is lost. Do what is said above, or call for help.",
        ),
        StartError::NoSiteKey(_) => (
            "The till has lost its key",
            "Nothing that was sold is lost. Write a new sheet (evertill-setup till add --replace) and scan it here.",
        ),
        StartError::Site(_) => (
            "The ERPNext site is set up wrongly",
            "Correct the site's address and key, then start the till again.",
        ),
        StartError::Device(_)
        | StartError::System { .. }
        | StartError::Screen(_)
        | StartError::EventLoop(_) => (
            "The till could not start",
            "Restart the machine. Nothing that was sold is lost.",
        ),
    };
    Words::new(
        Level::Bad,
        title,
        whole_sentence(&error.to_string()),
        remedy,
    )
}
