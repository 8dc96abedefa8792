//! Newer versions: what runs, what is offered, and how far it is.

use appliance::updates::{Begun, Outcome, Slot, System};
use slint::ComponentHandle;

use super::{ManagerScreen, fact};
use crate::screens::update;
use crate::ui::{Fact, Level, TillWindow, Updates};
use crate::updates::{Offer, OfferedBy, UpdateStep};

/// What is known.
pub struct UpdateView<'a> {
    /// What runs.
    pub system: &'a System,
    /// The systems on the disk.
    pub slots: &'a [Slot],
    /// What is being done.
    pub step: &'a UpdateStep,
    /// What became of the last update.
    pub ended: Option<&'a (Begun, Outcome)>,
    /// No shift is open.
    pub between_shifts: bool,
}

impl ManagerScreen {
    /// Shows them.
    pub fn show_updates(&self, window: &TillWindow, view: &UpdateView<'_>) {
        update(&self.updates, facts(view));
        let said = said(view);
        let updates = window.global::<Updates>();
        updates.set_level(said.level);
        updates.set_sentence(said.sentence.into());
        updates.set_remedy(said.remedy.into());
        updates.set_action(said.action.into());
        updates.set_can_act(view.between_shifts);
        updates.set_progress(said.progress);
        let offer = offer(view.step);
        updates.set_offered(offer.map_or_else(String::new, heading).into());
        updates.set_notes(offer.map_or("", |offer| &offer.notes).into());
        updates.set_can_look(!matches!(
            view.step,
            UpdateStep::Looking | UpdateStep::Installing(..) | UpdateStep::Installed(_)
        ));
    }
}

fn facts(view: &UpdateView<'_>) -> Vec<Fact> {
    let mut facts = vec![
        fact("This system", view.system.version.to_string()),
        fact("Made for", view.system.compatible.as_str()),
    ];
    facts.extend(view.slots.iter().map(|slot| {
        let state = match (slot.runs, slot.good) {
            (true, true) => "Runs, and has sold",
            (true, false) => "Runs, and is being tried",
            (false, true) => "Ready to take over",
            (false, false) => "Is not started",
        };
        fact(&format!("System {}", slot.bootname), state)
    }));
    if let Some((begun, outcome)) = view.ended {
        let became = match outcome {
            Outcome::WentBack => format!("To {}: did not start", begun.to),
            Outcome::Interrupted => format!("To {}: cut off", begun.to),
            Outcome::Runs | Outcome::Waits => format!("From {} to {}", begun.from, begun.to),
        };
        facts.push(fact("Last update", became));
    }
    facts
}

/// The state in a sentence, and what the button does.
struct SaidOfUpdate {
    level: Level,
    sentence: String,
    remedy: String,
    action: String,
    /// Per cent, -1 while nothing is installed.
    progress: i32,
}

fn said(view: &UpdateView<'_>) -> SaidOfUpdate {
    let said = |level, sentence: &str, remedy: &str, action: String| SaidOfUpdate {
        level,
        sentence: sentence.to_owned(),
        remedy: remedy.to_owned(),
        action,
        progress: -1,
    };
    let close = if view.between_shifts {
        ""
    } else {
        "Close the shift first."
    };
    match view.step {
        UpdateStep::Unknown => said(Level::Neutral, "", "", String::new()),
        UpdateStep::Looking => said(Level::Busy, "Looking for updates.", "", String::new()),
        UpdateStep::UpToDate => said(Level::Good, "There is nothing newer.", "", String::new()),
        UpdateStep::Offered(offer) if offer.is_held() => said(
            Level::Neutral,
            "The fleet's server wants it installed later: its maintenance window is not open.",
            "",
            String::new(),
        ),
        UpdateStep::Offered(offer) => said(
            Level::Warning,
            if offer.failed_before {
                "This version was installed before and did not start on this box."
            } else {
                "It takes some minutes. The till sells meanwhile, and starts again afterwards."
            },
            close,
            format!("Install {}", offer.version),
        ),
        UpdateStep::Installing(_, per_cent, doing) => SaidOfUpdate {
            progress: i32::from(*per_cent),
            ..said(
                Level::Busy,
                "Being installed. Leave the box switched on.",
                doing,
                String::new(),
            )
        },
        UpdateStep::Installed(version) => said(
            Level::Good,
            "It is installed, and runs after the next start.",
            close,
            format!("Start {version} now"),
        ),
        UpdateStep::Failed(sentence, remedy) => {
            said(Level::Bad, &format!("{sentence}."), remedy, String::new())
        }
    }
}

fn offer(step: &UpdateStep) -> Option<&Offer> {
    match step {
        UpdateStep::Offered(offer) | UpdateStep::Installing(offer, ..) => Some(offer),
        _ => None,
    }
}

/// `Version 0.2.0, 64 MB, from a USB stick`.
fn heading(offer: &Offer) -> String {
    let megabytes = offer.size.div_ceil(1_000_000);
    let from = match offer.from {
        OfferedBy::Stick(_) => ", from a USB stick",
        OfferedBy::Hawkbit { .. } => ", from hawkBit",
        OfferedBy::Folder(_) => "",
    };
    format!("Version {}, {megabytes} MB{from}", offer.version)
}
