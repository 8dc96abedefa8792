//! The pictures of the Manager screen.

use slint::ComponentHandle;

use super::scenes::{Fill, model};
use crate::headless::Headless;
use crate::ui::{
    About, Cashier, ExportTarget, Fact, Journal, Level, Manager, NewPin, Person, Place, PlaceEntry,
    ScreenName, Staff, StaffPane, Sync, Till, TillWindow, UnsentKind, UnsentRow,
};

/// The scenes by the names of their pictures.
pub const ALL: [(&str, Fill); 16] = [
    ("manager-sync", sync),
    ("manager-sync-refused", sync_refused),
    ("manager-sync-settle", sync_settle),
    ("manager-sync-many", sync_many),
    ("manager-sync-empty", sync_empty),
    ("manager-staff", staff),
    ("manager-staff-person", staff_person),
    ("manager-staff-locked", staff_locked),
    ("manager-staff-pin", staff_pin),
    ("manager-staff-pin-refused", staff_pin_refused),
    ("manager-staff-adding", staff_adding),
    ("manager-staff-pin-asked", asked),
    ("manager-staff-pin-blocked", asked_blocked),
    ("manager-journal", journal),
    ("manager-journal-broken", journal_broken),
    ("manager-about", about),
];

pub(super) fn manager(window: &TillWindow, place: Place, unsent: &str, level: Level) {
    window.global::<Till>().set_screen(ScreenName::Manager);
    let manager = window.global::<Manager>();
    let entry = |place, label: &str| PlaceEntry {
        place,
        label: label.into(),
        value: "".into(),
        level: Level::Neutral,
    };
    manager.set_places(model(vec![
        PlaceEntry {
            value: unsent.into(),
            level,
            ..entry(Place::Sync, "Sync")
        },
        entry(Place::Staff, "Staff"),
        entry(Place::Devices, "Devices"),
        entry(Place::Journal, "Journal"),
        entry(Place::Updates, "Updates"),
        entry(Place::About, "About"),
    ]));
    manager.set_place(place);
    manager.set_opened_by("".into());
    manager.set_asking(false);
}

fn kind(label: &str, count: &str, amount: &str) -> UnsentKind {
    UnsentKind {
        label: label.into(),
        count: count.into(),
        amount: amount.into(),
    }
}

fn unsent(label: &str, state: &str, level: Level, amount: &str, age: &str) -> UnsentRow {
    UnsentRow {
        label: label.into(),
        kind: "POS Invoice".into(),
        state: state.into(),
        level,
        amount: amount.into(),
        age: age.into(),
    }
}

pub(super) fn sync(_: &Headless, window: &TillWindow) {
    manager(window, Place::Sync, "12", Level::Busy);
    let sync = window.global::<Sync>();
    sync.set_level(Level::Busy);
    sync.set_title("12 documents wait".into());
    sync.set_value("$345.60".into());
    sync.set_age(
        "The oldest has waited for 2 days, since it was made on Saturday 21 November at 14:05."
            .into(),
    );
    sync.set_kinds(model(vec![
        kind("Receipts", "10", "$345.60"),
        kind("Shift openings", "1", ""),
        kind("New customers", "1", ""),
    ]));
    sync.set_kinds_text("10 receipts, 1 shift opening, 1 new customer".into());
    sync.set_contact_level(Level::Warning);
    sync.set_contact("ERPNext cannot be reached.".into());
    sync.set_contact_remedy("Check the network cable; everything is sent by itself.".into());
    sync.set_last_contact("ERPNext answered last on Saturday 21 November at 14:02.".into());
    let waits = "Waits for its turn";
    sync.set_rows(model(vec![
        unsent(
            "Opening of shift C1-SHIFT-14",
            "Could not be sent yet",
            Level::Warning,
            "",
            "2 days",
        ),
        unsent("Receipt C1-000131", waits, Level::Busy, "$17.30", "2 days"),
        unsent("Receipt C1-000132", waits, Level::Busy, "$4.25", "47 hours"),
        unsent("Customer Ada Byron", waits, Level::Busy, "", "46 hours"),
        unsent(
            "Receipt C1-000133",
            waits,
            Level::Busy,
            "$1,234.56",
            "3 hours",
        ),
        unsent(
            "Receipt C1-000134",
            waits,
            Level::Busy,
            "$7.99",
            "less than a minute",
        ),
    ]));
    sync.set_more("".into());
    sync.set_selected(-1);
    sync.set_can_settle(false);
    sync.set_settling(false);
    sync.set_can_retry(true);
    sync.set_can_retry_all(true);
    sync.set_new_sheet_wanted(false);
}

fn sync_refused(screen: &Headless, window: &TillWindow) {
    sync(screen, window);
    manager(window, Place::Sync, "12", Level::Bad);
    let sync = window.global::<Sync>();
    sync.set_level(Level::Bad);
    sync.set_title("12 documents wait, 2 need a person".into());
    sync.set_contact_level(Level::Good);
    sync.set_contact("Connected. All is up to date.".into());
    sync.set_contact_remedy("".into());
    sync.set_rows(model(vec![
        unsent(
            "Receipt C1-000131",
            "Refused by ERPNext",
            Level::Bad,
            "$17.30",
            "2 days",
        ),
        unsent(
            "Receipt C1-000132",
            "Refused by ERPNext",
            Level::Bad,
            "$4.25",
            "47 hours",
        ),
        unsent(
            "Receipt C1-000133",
            "Waits for one that was refused",
            Level::Warning,
            "$1,234.56",
            "3 hours",
        ),
        unsent(
            "Receipt C1-000134",
            "Waits for its turn",
            Level::Busy,
            "$7.99",
            "2 minutes",
        ),
    ]));
    sync.set_selected(0);
    sync.set_can_settle(true);
    sync.set_settling(false);
    sync.set_heading("Receipt C1-000131".into());
    sync.set_detail("POS Invoice, $17.30. Made on Saturday 21 November at 14:05.".into());
    sync.set_cause(
        "Item \"The Salt Road\" has 0 pieces in warehouse Stores - HB, but 2 were sold.".into(),
    );
    sync.set_remedy("Enter the goods with a Stock Reconciliation or allow negative stock in ERPNext, then try again.".into());
    sync.set_waits_for(
        "It stays here until ERPNext takes it, or a manager settles it by hand. When that was seen to, try it again.".into(),
    );
}

fn sync_settle(screen: &Headless, window: &TillWindow) {
    sync_refused(screen, window);
    let sync = window.global::<Sync>();
    sync.set_settling(true);
    sync.set_settle_effect("The till sends it no more. If a draft of it lies in ERPNext, submit or delete it there; submitted, it comes into the till's next closing. It stays on record as Receipt C1-000131.".into());
    sync.set_reasons(model(vec![
        "Booked in ERPNext by hand".into(),
        "Cancelled in ERPNext on purpose".into(),
        "It is not to be booked".into(),
    ]));
    sync.set_reason(0);
}

fn sync_many(screen: &Headless, window: &TillWindow) {
    sync_refused(screen, window);
    let sync = window.global::<Sync>();
    sync.set_title("2,312 documents wait, 2 need a person".into());
    sync.set_value("$48,345.60".into());
    sync.set_kinds(model(vec![
        kind("Receipts", "2,304", "$48,345.60"),
        kind("Shift openings", "3", ""),
        kind("Shift closings", "3", ""),
        kind("New customers", "2", ""),
    ]));
    sync.set_kinds_text(
        "2304 receipts, 3 shift openings, 3 shift closings, 2 new customers".into(),
    );
    let row = |index: i32| {
        unsent(
            &format!("Receipt C1-{:06}", 131 + index),
            "Waits for its turn",
            Level::Busy,
            "$17.30",
            "2 days",
        )
    };
    sync.set_rows(model((0..200).map(row).collect()));
    sync.set_selected(2);
    sync.set_more("and 2,112 more, which follow them".into());
}

fn sync_empty(screen: &Headless, window: &TillWindow) {
    sync(screen, window);
    manager(window, Place::Sync, "", Level::Good);
    let sync = window.global::<Sync>();
    sync.set_level(Level::Good);
    sync.set_title("Nothing is left to send".into());
    sync.set_value("".into());
    sync.set_age("".into());
    sync.set_kinds(model(vec![]));
    sync.set_kinds_text("".into());
    sync.set_contact_level(Level::Good);
    sync.set_contact("Connected. All is up to date.".into());
    sync.set_contact_remedy("".into());
    sync.set_last_contact("ERPNext answered last today at 14:04.".into());
    sync.set_rows(model(vec![]));
}

fn cashier(name: &str, initials: &str, role: &str, tone: i32) -> Cashier {
    Cashier {
        name: name.into(),
        initials: initials.into(),
        role: role.into(),
        tone,
    }
}

pub(super) fn person(cashier: Cashier, state: &str, level: Level, off: bool) -> Person {
    Person {
        cashier,
        state: state.into(),
        level,
        off,
    }
}

fn fact(label: &str, value: &str) -> Fact {
    Fact {
        label: label.into(),
        value: value.into(),
    }
}

fn staff(_: &Headless, window: &TillWindow) {
    manager(window, Place::Staff, "", Level::Good);
    let staff = window.global::<Staff>();
    staff.set_people(model(vec![
        person(
            cashier("Maya Lindqvist", "ML", "Manager", 0),
            "",
            Level::Neutral,
            false,
        ),
        person(
            cashier("Noah", "N", "Cashier", 1),
            "",
            Level::Neutral,
            false,
        ),
        person(
            cashier("Olga Petrova", "OP", "Cashier", 2),
            "No PIN yet",
            Level::Warning,
            false,
        ),
        person(
            cashier(
                "Bartholomew Featherstonehaugh-Cholmondeley",
                "BF",
                "Cashier",
                3,
            ),
            "Locked 4:27",
            Level::Bad,
            false,
        ),
        person(
            cashier("Priya", "P", "Cashier", 4),
            "Left",
            Level::Neutral,
            true,
        ),
    ]));
    staff.set_selected(-1);
    staff.set_sentence("".into());
    staff.set_pane(StaffPane::Nobody);
}

fn staff_person(screen: &Headless, window: &TillWindow) {
    staff(screen, window);
    let staff = window.global::<Staff>();
    staff.set_selected(1);
    staff.set_name("Noah".into());
    staff.set_level(Level::Good);
    staff.set_sentence("Noah has a new PIN.".into());
    staff.set_facts(model(vec![
        fact("May", "Sell"),
        fact("Known from", "This till alone"),
        fact("PIN", "Chosen"),
        fact("Badge", "Has one"),
    ]));
    staff.set_pin_action("Give a new PIN".into());
    staff.set_can_unlock(false);
    staff.set_role_action("Make a manager".into());
    staff.set_disable_action("Let in no more".into());
    staff.set_pane(StaffPane::Person);
    window
        .global::<Manager>()
        .set_opened_by("Opened by Maya Lindqvist until you leave, or for a quiet minute".into());
}

fn staff_locked(screen: &Headless, window: &TillWindow) {
    staff_person(screen, window);
    let staff = window.global::<Staff>();
    staff.set_selected(3);
    staff.set_name("Bartholomew Featherstonehaugh-Cholmondeley".into());
    staff.set_sentence("".into());
    staff.set_facts(model(vec![
        fact("May", "Sell"),
        fact("Known from", "ERPNext, Employee HR-EMP-00017"),
        fact("PIN", "Chosen"),
        fact("Badge", "None"),
        fact("Wrong PINs", "Wait 4:27"),
    ]));
    staff.set_can_unlock(true);
    staff.set_role_action("".into());
    staff.set_disable_action("".into());
}

fn staff_pin(screen: &Headless, window: &TillWindow) {
    staff_person(screen, window);
    window.global::<Staff>().set_pane(StaffPane::Pin);
    let new_pin = window.global::<NewPin>();
    new_pin.set_title("A PIN for Noah".into());
    new_pin.set_prompt("Let them type a PIN that only they know, 4 to 12 digits.".into());
    new_pin.set_step(1);
    new_pin.set_steps(2);
    new_pin.set_digits(3);
    new_pin.set_sentence("".into());
    new_pin.set_level(Level::Neutral);
    new_pin.set_blocked(false);
    new_pin.set_busy(false);
    new_pin.set_enter_text("Next".into());
}

fn staff_pin_refused(screen: &Headless, window: &TillWindow) {
    staff_pin(screen, window);
    let new_pin = window.global::<NewPin>();
    new_pin.set_title("Change your PIN".into());
    new_pin.set_prompt("Type the new PIN, 4 to 12 digits.".into());
    new_pin.set_step(2);
    new_pin.set_steps(3);
    new_pin.set_digits(0);
    new_pin.set_level(Level::Warning);
    new_pin.set_sentence(
        "This PIN is too easy to guess; avoid repeated digits, counting up or down, and years."
            .into(),
    );
}

fn staff_adding(screen: &Headless, window: &TillWindow) {
    staff(screen, window);
    let staff = window.global::<Staff>();
    staff.set_pane(StaffPane::Adding);
    staff.set_new_name("Quentin Rivers".into());
    staff.set_new_badge("".into());
    staff.set_new_manager(false);
    staff.set_new_sentence("".into());
    staff.set_can_add(true);
}

fn asked(screen: &Headless, window: &TillWindow) {
    staff(screen, window);
    let manager = window.global::<Manager>();
    manager.set_asking_for("To add a person.".into());
    manager.set_managers(model(vec![
        cashier("Maya Lindqvist", "ML", "Manager", 0),
        cashier("Ruben", "R", "Manager", 1),
    ]));
    manager.set_chosen(0);
    manager.set_digits(2);
    manager.set_sentence("".into());
    manager.set_level(Level::Neutral);
    manager.set_blocked(false);
    manager.set_asking(true);
}

fn asked_blocked(screen: &Headless, window: &TillWindow) {
    asked(screen, window);
    let manager = window.global::<Manager>();
    manager.set_chosen(1);
    manager.set_digits(0);
    manager.set_blocked(true);
    manager.set_countdown("1:27".into());
    manager.set_level(Level::Bad);
    manager.set_sentence("Too many wrong PINs. Wait, or ask another manager.".into());
}

fn journal(_: &Headless, window: &TillWindow) {
    manager(window, Place::Journal, "", Level::Good);
    let journal = window.global::<Journal>();
    journal.set_facts(model(vec![
        fact("Entries", "1204"),
        fact("Fingerprint of the last entry", "6a41 09c2 77f0 1be4"),
    ]));
    journal.set_check_level(Level::Good);
    journal.set_check_sentence(
        "Whole: all 1204 entries are there and none was changed. Fingerprint 6a41 09c2 77f0 1be4."
            .into(),
    );
    journal.set_check_remedy("".into());
    journal.set_checking(false);
    journal.set_targets(model(vec![
        ExportTarget {
            label: "USB stick SHOP".into(),
            detail: "/run/media/SHOP".into(),
        },
        ExportTarget {
            label: "This till's disk".into(),
            detail: "/var/lib/evertill/exports".into(),
        },
    ]));
    journal.set_export_level(Level::Good);
    journal.set_export_sentence(
        "Written to /run/media/SHOP/evertill-journal-7K2M9QXB-20261123-140512.jsonl. It can be taken out now."
            .into(),
    );
    journal.set_exporting(false);
}

fn journal_broken(screen: &Headless, window: &TillWindow) {
    journal(screen, window);
    let journal = window.global::<Journal>();
    journal.set_check_level(Level::Bad);
    journal.set_check_sentence("Not whole: journal entry 731: was altered.".into());
    journal.set_check_remedy(
        "Keep the data folder as it is, export the journal and call for help.".into(),
    );
    journal.set_export_sentence("".into());
}

fn about(_: &Headless, window: &TillWindow) {
    manager(window, Place::About, "", Level::Good);
    window.global::<About>().set_facts(model(vec![
        fact("Till", "C1"),
        fact("POS Profile", "Counter 1"),
        fact("Company", "Harbour Books"),
        fact("Warehouse", "Stores - HB"),
        fact("Time zone of the site", "America/New_York"),
        fact("ERPNext site", "https://erp.harbourbooks.example"),
        fact("Evertill", "0.1.0"),
        fact("Installation", "K7QM29XW"),
        fact("Journal entries", "1204"),
        fact("Fingerprint of the journal", "6a41 09c2 77f0 1be4"),
        fact("Data folder", "/var/lib/evertill"),
    ]));
    window.global::<About>().set_can_renew(true);
}
