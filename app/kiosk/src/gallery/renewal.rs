//! The pictures of a till that takes a new sheet.

use slint::ComponentHandle;

use super::enrol::{people, sheet, somebody};
use super::manager::{person, sync};
use super::scenes::{Fill, fault_newer, model};
use crate::headless::Headless;
use crate::ui::{Enrol, Fault, Level, Sync, TillWindow};

/// The scenes by the names of their pictures.
pub const ALL: [(&str, Fill); 4] = [
    ("enrol-renewal", renewal),
    ("enrol-new-pins", new_pins),
    ("fault-secrets", secrets),
    ("manager-sync-new-sheet", new_sheet),
];

fn renewal(screen: &Headless, window: &TillWindow) {
    sheet(screen, window);
    let enrol = window.global::<Enrol>();
    enrol.set_renewing("C1".into());
    enrol.set_level(Level::Warning);
    enrol.set_sentence("This is the sheet of till C7, and this is till C1.".into());
    enrol.set_remedy(
        "Use a sheet of this till: evertill-setup till add --replace writes one.".into(),
    );
}

fn new_pins(screen: &Headless, window: &TillWindow) {
    people(screen, window);
    let enrol = window.global::<Enrol>();
    enrol.set_anew(true);
    let managers = [
        ("Maya Lindqvist", "ML", 0, "Has a new PIN", Level::Good),
        (
            "Ibrahim Haddad",
            "IH",
            2,
            "Choose a new PIN",
            Level::Neutral,
        ),
    ];
    let managers = managers.map(|(name, initials, tone, state, level)| {
        person(
            somebody(name, initials, "Manager", tone),
            state,
            level,
            false,
        )
    });
    enrol.set_people(model(managers.to_vec()));
    enrol.set_can_finish(true);
}

fn secrets(screen: &Headless, window: &TillWindow) {
    fault_newer(screen, window);
    let fault = window.global::<Fault>();
    fault.set_title("The till's secrets cannot be read".into());
    fault.set_sentence(
        "the key file /data/state/seal.key of the till's secrets is missing; restore it, or scan a new enrolment sheet: /data/till/secrets/vault is then kept under another name"
            .into(),
    );
    fault.set_remedy(
        "Nothing that was sold is lost. Do what is said above, or call for help.".into(),
    );
    fault.set_detail("/data/till · Evertill 0.1.0".into());
    fault.set_progress(-1.0);
    fault.set_action("Scan a new sheet".into());
}

fn new_sheet(screen: &Headless, window: &TillWindow) {
    sync(screen, window);
    let sync = window.global::<Sync>();
    sync.set_contact("ERPNext refused the till's key.".into());
    sync.set_contact_remedy(
        "Write a new sheet (evertill-setup till add --replace) and scan it at the till. Check that the till's user is enabled."
            .into(),
    );
    sync.set_new_sheet_wanted(true);
}
