//! The device set-up as a file: written, and taken after a look at what it changes.

use std::path::PathBuf;

use checkout::shift::Cashier;
use checkout::till::Stage;

use super::super::App;
use super::access::Wanted;
use crate::device_setup_file::{self, SetupDone};
use crate::journal_file::Target;
use crate::screens::manager::device_setup::SetupSaid;
use crate::ui::Level;

impl App {
    /// Opens this part of Devices, or leaves it.
    pub(super) fn setup_opened(&mut self, is_open: bool) {
        let setup = &mut self.manager.devices.setup;
        setup.shown = is_open;
        setup.asking = None;
        setup.said = None;
        self.refresh();
    }

    pub(super) fn setup_export_wanted(&mut self, place: i32) {
        let targets = &self.manager.devices.setup.places.targets;
        let place = usize::try_from(place).ok();
        if let Some(target) = place.and_then(|place| targets.get(place)).cloned() {
            self.as_manager(Wanted::ExportDevices(target));
        }
    }

    pub(super) fn export_devices(&mut self, target: Target) {
        let (data, events) = (self.manager.about.data.clone(), self.events.clone());
        self.setup_begun(device_setup_file::export(data, target, events));
    }

    pub(super) fn setup_import_wanted(&mut self, place: i32) {
        let files = &self.manager.devices.setup.places.files;
        let place = usize::try_from(place).ok();
        if let Some(file) = place.and_then(|place| files.get(place)) {
            self.as_manager(Wanted::ImportDevices(file.path.clone()));
        }
    }

    /// Reads a set-up, to show what it changes.
    pub(super) fn read_devices(&mut self, by: &Cashier, file: PathBuf) {
        let (data, events) = (self.manager.about.data.clone(), self.events.clone());
        self.manager.devices.setup.by = Some(by.clone());
        self.setup_begun(device_setup_file::read(data, file, events));
    }

    fn setup_begun(&mut self, begun: std::io::Result<()>) {
        let setup = &mut self.manager.devices.setup;
        setup.said = None;
        match begun {
            Ok(()) => setup.busy = true,
            Err(error) => setup.said = Some(SetupSaid::refused(error.to_string())),
        }
    }

    pub(super) fn setup_left(&mut self) {
        self.manager.devices.setup.asking = None;
        self.refresh();
    }

    /// Takes the set-up that was looked at, unless somebody is paying: what is under way at the
    /// card terminal would lose it.
    pub(super) fn setup_taken(&mut self) {
        let stage = self.till.as_ref().map(|till| till.stage());
        let is_paying = matches!(
            stage,
            Some(
                Stage::Paying(_)
                    | Stage::Refunding(_)
                    | Stage::Committing(..)
                    | Stage::CommittingReturn(_)
            )
        );
        let setup = &mut self.manager.devices.setup;
        if setup.busy {
            return;
        }
        let (Some(planned), Some(by)) = (setup.asking.take(), setup.by.clone()) else {
            return;
        };
        if is_paying {
            setup.said = Some(SetupSaid {
                level: Level::Warning,
                sentence: "Somebody is paying.".to_owned(),
                remedy: "Finish the payment or go back to the cart, then take the devices."
                    .to_owned(),
            });
            return self.refresh();
        }
        let file = planned.file.display().to_string();
        let told = serde_json::json!({ "devices_replaced_by": by.id, "from": file });
        let (data, events) = (self.manager.about.data.clone(), self.events.clone());
        let begun = device_setup_file::take(data, planned, events);
        let has_begun = begun.is_ok();
        self.setup_begun(begun);
        if has_begun {
            self.put_on_record(told, "that devices were replaced");
        }
        self.refresh();
    }

    pub(in crate::app) fn setup_done(&mut self, done: SetupDone) {
        // What was taken counts whether somebody still looks or not.
        if let (SetupDone::Taken(Ok(())), Some(restart)) = (&done, &self.manager.restart) {
            return restart();
        }
        let setup = &mut self.manager.devices.setup;
        setup.busy = false;
        let good = |sentence: String, remedy: &str| SetupSaid {
            level: Level::Good,
            sentence,
            remedy: remedy.to_owned(),
        };
        match done {
            SetupDone::Exported(Ok(file)) => {
                setup.said = Some(good(
                    format!("Written to {file}."),
                    "It can be taken out now.",
                ));
                // What was written is a file that can be taken.
                self.manager.devices.look_again();
                self.look_for_devices();
            }
            SetupDone::Read(Ok(planned)) if setup.by.is_some() => setup.asking = Some(planned),
            // It was left meanwhile.
            SetupDone::Read(Ok(_)) => {}
            SetupDone::Taken(Ok(())) => {
                let sentence = "The till has these devices from its next start on.".to_owned();
                setup.said = Some(good(sentence, "Start it again."));
            }
            SetupDone::Exported(Err(reason))
            | SetupDone::Read(Err(reason))
            | SetupDone::Taken(Err(reason)) => setup.said = Some(SetupSaid::refused(reason)),
        }
        self.refresh();
    }
}
