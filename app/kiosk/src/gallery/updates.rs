//! The pictures of what only an appliance has: Manager, Updates, and its upkeep under About.

use slint::ComponentHandle;

use super::manager::manager;
use super::scenes::{Fill, model};
use crate::headless::Headless;
use crate::ui::{About, ClockPart, ExportTarget, Fact, Level, Place, TillWindow, Updates, Upkeep};

/// The scenes by the names of their pictures.
pub const ALL: [(&str, Fill); 7] = [
    ("manager-updates", newest),
    ("manager-updates-offered", offered),
    ("manager-updates-installing", installing),
    ("manager-updates-failed", failed),
    ("manager-box", upkeep),
    ("manager-box-clock", clock),
    ("manager-box-emptying", emptying),
];

fn updates(window: &TillWindow, level: Level, sentence: &str, remedy: &str) {
    manager(window, Place::Updates, "", Level::Neutral);
    let updates = window.global::<Updates>();
    let fact = |label: &str, value: &str| Fact {
        label: label.into(),
        value: value.into(),
    };
    updates.set_facts(model(vec![
        fact("This system", "1.4.0"),
        fact("Made for", "evertill-x86-64-efi"),
        fact("System A", "Runs, and has sold"),
        fact("System B", "Ready to take over"),
        fact("Last update", "From 1.3.2 to 1.4.0"),
    ]));
    updates.set_level(level);
    updates.set_sentence(sentence.into());
    updates.set_remedy(remedy.into());
    updates.set_offered("".into());
    updates.set_notes("".into());
    updates.set_progress(-1);
    updates.set_action("".into());
    updates.set_can_act(true);
    updates.set_can_look(true);
}

fn newest(_: &Headless, window: &TillWindow) {
    updates(window, Level::Good, "There is nothing newer.", "");
}

fn offered(_: &Headless, window: &TillWindow) {
    updates(
        window,
        Level::Warning,
        "It takes some minutes. The till sells meanwhile, and starts again afterwards.",
        "Close the shift first.",
    );
    let updates = window.global::<Updates>();
    updates.set_offered("Version 1.5.0, 64 MB".into());
    updates.set_notes(
        "Receipts print faster on printers without flow control.\nA return of another till's goods no longer waits for a person."
            .into(),
    );
    updates.set_action("Install 1.5.0".into());
    updates.set_can_act(false);
}

fn installing(_: &Headless, window: &TillWindow) {
    updates(
        window,
        Level::Busy,
        "Being installed. Leave the box switched on.",
        "Copying image to rootfs.1",
    );
    let updates = window.global::<Updates>();
    updates.set_offered("Version 1.5.0, 64 MB, from a USB stick".into());
    updates.set_progress(62);
    updates.set_can_look(false);
}

fn failed(_: &Headless, window: &TillWindow) {
    updates(
        window,
        Level::Bad,
        "The update was not installed: signature verification failed: Verify error: self-signed certificate.",
        "This is no update by whoever made this system. Take another file or address.",
    );
}

fn upkeep(_: &Headless, window: &TillWindow) {
    manager(window, Place::About, "", Level::Good);
    let facts = [
        ("Till", "C1"),
        ("POS Profile", "Counter 1"),
        ("Evertill", "1.4.0"),
    ];
    let facts = facts.map(|(label, value)| Fact {
        label: label.into(),
        value: value.into(),
    });
    window.global::<About>().set_facts(model(facts.to_vec()));
    window.global::<About>().set_can_renew(false);
    let upkeep = window.global::<Upkeep>();
    upkeep.set_here(true);
    upkeep.set_targets(model(vec![ExportTarget {
        label: "USB stick SHOP".into(),
        detail: "/run/media/SHOP".into(),
    }]));
    upkeep.set_log_level(Level::Good);
    upkeep.set_log_sentence(
        "Written to /run/media/SHOP/evertill-log-C1-2026-11-23-140500.txt. The stick can be taken out now."
            .into(),
    );
    upkeep.set_clock("Monday 23 November 2026, 14:05".into());
    upkeep.set_setting_clock(false);
    upkeep.set_emptying(false);
    upkeep.set_empty_refused("".into());
}

fn clock(screen: &Headless, window: &TillWindow) {
    upkeep(screen, window);
    let upkeep = window.global::<Upkeep>();
    upkeep.set_log_sentence("".into());
    upkeep.set_setting_clock(true);
    upkeep.set_clock_chosen("Monday 23 November 2026, 14:07".into());
    let parts = [
        ("Year", "2026"),
        ("Month", "Nov"),
        ("Day", "23"),
        ("Hour", "14"),
        ("Minute", "07"),
    ];
    let parts = parts.map(|(label, value)| ClockPart {
        label: label.into(),
        value: value.into(),
    });
    upkeep.set_clock_parts(model(parts.to_vec()));
}

fn emptying(screen: &Headless, window: &TillWindow) {
    upkeep(screen, window);
    let upkeep = window.global::<Upkeep>();
    upkeep.set_log_level(Level::Neutral);
    upkeep.set_log_sentence("".into());
    upkeep.set_emptying(true);
}
