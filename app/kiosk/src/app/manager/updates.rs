//! Newer versions of the appliance: when they are installed, and when the box starts with them.

use appliance::updates::{Begun, Outcome, Slot};
use checkout::shift::Cashier;
use store::JournalKind;

use super::super::App;
use crate::screens::manager::updates::UpdateView;
use crate::screens::words::Words;
use crate::supervised::Supervised;
use crate::ui::Level;
use crate::updates::{UpdateStep, UpdateTold, Updates};

/// What an appliance knows of its updates.
pub(in crate::app) struct UpdatesState {
    pub(super) thread: Updates,
    step: UpdateStep,
    slots: Vec<Slot>,
    ended: Option<(Begun, Outcome)>,
    /// The box starts again with the new version as soon as it may.
    restart: bool,
}

impl UpdatesState {
    pub(in crate::app) fn new(thread: Updates) -> Self {
        Self {
            thread,
            step: UpdateStep::Unknown,
            slots: Vec::new(),
            ended: None,
            restart: false,
        }
    }
}

impl App {
    /// Between two shifts the box may be changed and may start again.
    fn is_between_shifts(&self) -> bool {
        // Without a till nothing was sold yet.
        self.till.as_ref().is_none_or(|till| till.shift().is_none())
    }

    pub(in crate::app) fn update_told(&mut self, told: UpdateTold) {
        let Some(updates) = &mut self.updates else {
            return;
        };
        match told {
            UpdateTold::Slots(slots) => updates.slots = slots,
            UpdateTold::Step(step) => updates.step = step,
            UpdateTold::Ended(begun, outcome) => {
                updates.ended = Some((begun.clone(), outcome));
                self.update_ended(&begun, outcome);
            }
        }
        self.refresh();
    }

    /// Writes down what became of an update, and tells whoever signs in first.
    fn update_ended(&mut self, begun: &Begun, outcome: Outcome) {
        let words = match outcome {
            Outcome::WentBack => Words::new(
                Level::Warning,
                format!("The update to {} did not start", begun.to),
                format!(
                    "This till works with {} as before; nothing was lost.",
                    begun.from
                ),
                "Tell whoever looks after your tills.",
            ),
            Outcome::Interrupted => Words::new(
                Level::Warning,
                format!("Installing {} was cut off", begun.to),
                format!(
                    "This till works with {} as before; nothing was lost.",
                    begun.from
                ),
                "It can be installed again: Manager, Updates.",
            ),
            Outcome::Runs | Outcome::Waits => Words::new(
                Level::Good,
                format!("This till was updated to {}", begun.to),
                "",
                "",
            ),
        };
        if self.is_signed_in() {
            self.notice = Some(words);
        } else {
            self.greeting.get_or_insert(words);
        }
        let fact = serde_json::json!({
            "update": begun.to.to_string(),
            "from": begun.from.to_string(),
            "outcome": match outcome {
                Outcome::WentBack => "went back",
                Outcome::Interrupted => "cut off",
                Outcome::Runs | Outcome::Waits => "runs",
            },
        });
        let (at, data) = ((self.clock)(), self.manager.about.data.clone());
        let posted = self.store.post(move |store| {
            let noted = store.journal_append(JournalKind::Program, &fact, at);
            if let Err(error) = noted {
                // It is told again after the next start.
                return tracing::warn!("what became of an update is not in the journal: {error}");
            }
            if let Err(error) = Begun::note_told(&data) {
                tracing::warn!("what became of an update will be told again: {error}");
            }
        });
        if let Err(busy) = posted {
            tracing::warn!("what became of an update is not in the journal: {busy}");
        }
    }

    pub(super) fn look_for_updates(&mut self) {
        if let Some(updates) = &mut self.updates {
            let is_busy = matches!(
                updates.step,
                UpdateStep::Installing(..) | UpdateStep::Installed(_)
            );
            if updates.thread.look() && !is_busy {
                updates.step = UpdateStep::Looking;
            }
        }
        self.refresh();
    }

    /// A manager wants what is offered installed, or what is installed started.
    pub(super) fn update_now(&mut self, by: &Cashier) {
        if !self.is_between_shifts() {
            return self.refresh();
        }
        match self.updates.as_ref().map(|updates| updates.step.clone()) {
            Some(UpdateStep::Offered(_)) => self.install_update(&by.id),
            Some(UpdateStep::Installed(_)) => self.restart_into_update(),
            _ => {}
        }
    }

    /// An update is being installed, or is about to start.
    pub(in crate::app) fn is_being_updated(&self) -> bool {
        let step = self.updates.as_ref().map(|updates| &updates.step);
        matches!(
            step,
            Some(UpdateStep::Installing(..) | UpdateStep::Installed(_))
        )
    }

    fn install_update(&mut self, by: &str) {
        let Some(updates) = &mut self.updates else {
            return;
        };
        let UpdateStep::Offered(offer) = &updates.step else {
            return;
        };
        if offer.is_held() {
            return;
        }
        let fact = serde_json::json!({ "update_begun": offer.version.to_string(), "by": by });
        if !updates.thread.install(offer.clone()) {
            return;
        }
        updates.step = UpdateStep::Installing(offer.clone(), 0, String::new());
        self.put_on_record(fact, "that an update was begun");
    }

    fn restart_into_update(&mut self) {
        self.restart_box("Switch it off and on: it starts with the new version.");
    }

    /// Has the first program start the box again; where there is none that hears it, says what a
    /// person has to do.
    pub(super) fn restart_box(&mut self, otherwise: &'static str) {
        let heard = Supervised::from_environment().is_some_and(|init| init.restart());
        if !heard {
            let what = "The box does not start again by itself";
            self.tell(Words::new(Level::Warning, what, "", otherwise));
        }
    }

    /// Once a second: in the hours of the configuration, and with no shift open, a newer version is
    /// installed and started by itself. One that did not start before is left to a manager.
    pub(in crate::app) fn update_by_itself(&mut self) {
        let Some(updates) = &self.updates else { return };
        let Some(hours) = updates.thread.hours else {
            return;
        };
        if !hours.contain(self.now().time()) || !self.is_between_shifts() || self.manager.open {
            return;
        }
        match &updates.step {
            UpdateStep::Offered(offer) if !offer.failed_before && !offer.on_stick() => {
                self.install_update("the till itself");
            }
            UpdateStep::Installed(_) if !updates.restart => {
                if let Some(updates) = &mut self.updates {
                    updates.restart = true;
                }
                self.restart_into_update();
            }
            _ => {}
        }
    }

    /// What stands at Updates in the list of places; `None` where there are none.
    pub(super) fn update_badge(&self) -> Option<(Level, String)> {
        let updates = self.updates.as_ref()?;
        Some(match &updates.step {
            UpdateStep::Offered(offer) => (Level::Warning, offer.version.to_string()),
            UpdateStep::Installing(_, per_cent, _) => (Level::Busy, format!("{per_cent} %")),
            UpdateStep::Installed(_) => (Level::Warning, "Restart".to_owned()),
            UpdateStep::Failed(..) => (Level::Bad, "Failed".to_owned()),
            _ => (Level::Neutral, String::new()),
        })
    }

    pub(super) fn show_updates_place(&self) {
        let (Some(window), Some(updates)) = (self.window.upgrade(), &self.updates) else {
            return;
        };
        self.manager_screen.show_updates(
            &window,
            &UpdateView {
                system: &updates.thread.system,
                slots: &updates.slots,
                step: &updates.step,
                ended: updates.ended.as_ref(),
                between_shifts: self.is_between_shifts(),
            },
        );
    }
}
