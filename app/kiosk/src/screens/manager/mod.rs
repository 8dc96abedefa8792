//! The Manager screen: from what is known to what its places show.

pub mod bytes;
pub mod device_setup;
pub mod devices;
pub mod journal;
pub mod settle;
pub mod staff;
pub mod sync;
pub mod updates;

use std::rc::Rc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::update;
use crate::ui::{
    About, ByteRow, Cashier, DeviceRow, Devices, ExportTarget, Fact, Journal, Level, Manager,
    Person, Place, PlaceEntry, Staff, Sync, TillWindow, UnsentKind, UnsentRow, Updates, Upkeep,
};

/// The models of the Manager screen.
pub struct ManagerScreen {
    places: Rc<VecModel<PlaceEntry>>,
    managers: Rc<VecModel<Cashier>>,
    kinds: Rc<VecModel<UnsentKind>>,
    unsent: Rc<VecModel<UnsentRow>>,
    reasons: Rc<VecModel<SharedString>>,
    people: Rc<VecModel<Person>>,
    person: Rc<VecModel<Fact>>,
    devices: Rc<VecModel<DeviceRow>>,
    unused: Rc<VecModel<Fact>>,
    bytes: Rc<VecModel<ByteRow>>,
    setup_targets: Rc<VecModel<ExportTarget>>,
    setup_files: Rc<VecModel<ExportTarget>>,
    setup_changes: Rc<VecModel<Fact>>,
    journal: Rc<VecModel<Fact>>,
    targets: Rc<VecModel<ExportTarget>>,
    log_targets: Rc<VecModel<ExportTarget>>,
    updates: Rc<VecModel<Fact>>,
    about: Rc<VecModel<Fact>>,
}

impl ManagerScreen {
    /// Connects empty models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            places: Rc::default(),
            managers: Rc::default(),
            kinds: Rc::default(),
            unsent: Rc::default(),
            reasons: Rc::default(),
            people: Rc::default(),
            person: Rc::default(),
            devices: Rc::default(),
            unused: Rc::default(),
            bytes: Rc::default(),
            setup_targets: Rc::default(),
            setup_files: Rc::default(),
            setup_changes: Rc::default(),
            journal: Rc::default(),
            targets: Rc::default(),
            log_targets: Rc::default(),
            updates: Rc::default(),
            about: Rc::default(),
        };
        let manager = window.global::<Manager>();
        manager.set_places(ModelRc::from(screen.places.clone()));
        manager.set_managers(ModelRc::from(screen.managers.clone()));
        let sync = window.global::<Sync>();
        sync.set_kinds(ModelRc::from(screen.kinds.clone()));
        sync.set_rows(ModelRc::from(screen.unsent.clone()));
        sync.set_reasons(ModelRc::from(screen.reasons.clone()));
        let staff = window.global::<Staff>();
        staff.set_people(ModelRc::from(screen.people.clone()));
        staff.set_facts(ModelRc::from(screen.person.clone()));
        let devices = window.global::<Devices>();
        devices.set_rows(ModelRc::from(screen.devices.clone()));
        devices.set_unused(ModelRc::from(screen.unused.clone()));
        devices.set_bytes(ModelRc::from(screen.bytes.clone()));
        devices.set_setup_targets(ModelRc::from(screen.setup_targets.clone()));
        devices.set_setup_files(ModelRc::from(screen.setup_files.clone()));
        devices.set_setup_changes(ModelRc::from(screen.setup_changes.clone()));
        let journal = window.global::<Journal>();
        journal.set_facts(ModelRc::from(screen.journal.clone()));
        journal.set_targets(ModelRc::from(screen.targets.clone()));
        window
            .global::<Upkeep>()
            .set_targets(ModelRc::from(screen.log_targets.clone()));
        window
            .global::<Updates>()
            .set_facts(ModelRc::from(screen.updates.clone()));
        window
            .global::<About>()
            .set_facts(ModelRc::from(screen.about.clone()));
        screen
    }

    /// The list of places; `unsent` is how many documents wait, `refused` how many of them for a
    /// person; `newer` is what stands at Updates, where the till has them.
    pub fn show_places(&self, unsent: u64, refused: u64, newer: Option<(Level, String)>) {
        let entry = |place, label: &str| PlaceEntry {
            place,
            label: label.into(),
            value: "".into(),
            level: Level::Neutral,
        };
        let sync = PlaceEntry {
            value: if unsent == 0 {
                "".into()
            } else {
                unsent.to_string().into()
            },
            level: if refused > 0 { Level::Bad } else { Level::Busy },
            ..entry(Place::Sync, "Sync")
        };
        let updates = newer.map(|(level, value)| PlaceEntry {
            value: value.into(),
            level,
            ..entry(Place::Updates, "Updates")
        });
        let mut places = vec![
            sync,
            entry(Place::Staff, "Staff"),
            entry(Place::Devices, "Devices"),
            entry(Place::Journal, "Journal"),
        ];
        places.extend(updates);
        places.push(entry(Place::About, "About"));
        update(&self.places, places);
    }

    /// The managers of whom a PIN is asked.
    pub fn show_managers(&self, managers: Vec<Cashier>) {
        update(&self.managers, managers);
    }

    /// The sticks that the log of the box can be written to.
    pub fn show_log_targets(&self, targets: &[crate::journal_file::Target]) {
        update(&self.log_targets, targets.iter().map(target).collect());
    }

    /// What the till is.
    pub fn show_about(&self, facts: Vec<Fact>) {
        update(&self.about, facts);
    }
}

/// Somewhere a file can be written to.
fn target(target: &crate::journal_file::Target) -> ExportTarget {
    ExportTarget {
        label: target.label.as_str().into(),
        detail: target.folder.display().to_string().into(),
    }
}

/// A fact for a list of them.
pub fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact {
        label: label.into(),
        value: value.into().into(),
    }
}

/// How long something has lasted, in one unit: `3 hours`.
pub fn lasted(time: SignedDuration) -> String {
    let minutes = time.as_mins().max(0);
    let counted = |count: i64, unit: &str| {
        if count == 1 {
            format!("1 {unit}")
        } else {
            format!("{count} {unit}s")
        }
    };
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => counted(minutes, "minute"),
        60..2_880 => counted(minutes / 60, "hour"),
        _ => counted(minutes / 1_440, "day"),
    }
}

/// A moment as people say it: `today at 14:02`, `on Monday 23 November at 09:15`.
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let time = at.strftime("%H:%M");
    if at.date() == now.date() {
        return format!("today at {time}");
    }
    if now.date().yesterday().is_ok_and(|day| day == at.date()) {
        return format!("yesterday at {time}");
    }
    let day = if at.year() == now.year() {
        at.strftime("%A %-d %B")
    } else {
        at.strftime("%-d %B %Y")
    };
    format!("on {day} at {time}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let zone = TimeZone::get("Europe/Zurich").unwrap();
        let now: Timestamp = "2026-11-23T13:05:00Z".parse().unwrap();
        let said = |at: &str| moment(at.parse().unwrap(), now, &zone);
        assert_eq!(said("2026-11-23T08:02:00Z"), "today at 09:02");
        assert_eq!(said("2026-11-22T23:30:00Z"), "today at 00:30");
        assert_eq!(said("2026-11-22T12:00:00Z"), "yesterday at 13:00");
        assert_eq!(
            said("2026-11-20T12:00:00Z"),
            "on Friday 20 November at 13:00"
        );
        assert_eq!(said("2025-12-31T12:00:00Z"), "on 31 December 2025 at 13:00");
        let lasting = |minutes| lasted(SignedDuration::from_mins(minutes));
        assert_eq!(lasting(-5), "less than a minute");
        assert_eq!(lasting(1), "1 minute");
        assert_eq!(lasting(59), "59 minutes");
        assert_eq!(lasting(60 * 47), "47 hours");
        assert_eq!(lasting(60 * 48), "2 days");
    }
}
