//! The device set-up as a file: where it can go, what was found, and what it would change.

use checkout::shift::Cashier;
use slint::ComponentHandle;

use super::{ManagerScreen, fact};
use crate::device_setup::Planned;
use crate::device_setup_file::SetupPlaces;
use crate::screens::update;
use crate::ui::{self, ExportTarget, Fact, Level, TillWindow};

/// What this part of Devices is shown from.
#[derive(Default)]
pub struct SetupState {
    /// It is looked at.
    pub shown: bool,
    /// Where a set-up can go and come from.
    pub places: SetupPlaces,
    /// One is being written, read or taken.
    pub busy: bool,
    /// What became of the last.
    pub said: Option<SetupSaid>,
    /// One that is about to be taken.
    pub asking: Option<Box<Planned>>,
    /// The manager who wants it.
    pub by: Option<Cashier>,
}

/// What became of a set-up, in words.
#[derive(Clone, PartialEq, Debug)]
pub struct SetupSaid {
    /// How it went.
    pub level: Level,
    /// What became of it.
    pub sentence: String,
    /// What to do; or empty.
    pub remedy: String,
}

impl SetupSaid {
    /// It was not done, and why.
    pub fn refused(reason: String) -> Self {
        Self {
            level: Level::Bad,
            sentence: reason,
            remedy: "Choose another place or file, then try again.".to_owned(),
        }
    }
}

impl ManagerScreen {
    /// Shows this part of the place.
    pub fn show_setup(&self, window: &TillWindow, state: &SetupState) {
        let devices = window.global::<ui::Devices>();
        let row = |label: &str, detail: String| ExportTarget {
            label: label.into(),
            detail: detail.into(),
        };
        let targets = state.places.targets.iter();
        let targets = targets.map(|it| row(&it.label, it.folder.display().to_string()));
        update(&self.setup_targets, targets.collect());
        let files = state.places.files.iter();
        let files = files.map(|it| row(&it.label, it.path.display().to_string()));
        update(&self.setup_files, files.collect());
        let (level, sentence, remedy) = match &state.said {
            _ if state.busy => (Level::Busy, "One moment.", ""),
            Some(said) => (said.level, said.sentence.as_str(), said.remedy.as_str()),
            None => (Level::Neutral, "", ""),
        };
        devices.set_setup_shown(state.shown);
        devices.set_setup_busy(state.busy);
        devices.set_setup_level(level);
        devices.set_setup_sentence(sentence.into());
        devices.set_setup_remedy(remedy.into());
        devices.set_setup_asking(state.asking.is_some());
        let Some(planned) = &state.asking else { return };
        let name = planned.file.file_name().unwrap_or_default();
        devices.set_setup_name(name.to_string_lossy().as_ref().into());
        let changes = planned.changes.iter();
        let mut changes: Vec<Fact> = changes
            .map(|(name, what)| fact(name, what.as_str()))
            .collect();
        if changes.is_empty() {
            changes.push(fact("Devices", "None, neither now nor then."));
        }
        update(&self.setup_changes, changes);
    }
}
