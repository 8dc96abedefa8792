//! The appliance under the till: its log is taken away, it is emptied, and it gets a wireless network.

use appliance::wireless::{WirelessError, WirelessNetwork};
use checkout::shift::Cashier;
use jiff::Zoned;
use slint::ComponentHandle;

use super::super::App;
use super::access::Wanted;
use crate::journal_file::{self, Target};
use crate::log_file::{self, LogDone};
use crate::screens::manager::journal;
use crate::ui::{self, Level, TillWindow};
use crate::updates::Appliance;
use crate::wireless;

/// What was asked of the box.
#[derive(Default)]
pub(super) struct UpkeepState {
    /// The sticks when the place was opened.
    pub(super) targets: Vec<Target>,
    busy: bool,
    /// How the last writing of the log ended: the file, or why there is none.
    written: Option<Result<String, String>>,
    /// A manager is about to empty the box.
    emptying: bool,
    refused: Option<String>,
    /// The time that a manager is about to set.
    pub(super) clock: Option<Zoned>,
}

impl UpkeepState {
    /// As at first, but what is being written is still being written.
    pub(super) fn anew(&self) -> Self {
        Self {
            busy: self.busy,
            ..Self::default()
        }
    }
}

impl App {
    /// The code of a wireless network was scanned, whose key nobody has to read on the screen.
    pub(super) fn network_scanned(&mut self, network: Result<WirelessNetwork, WirelessError>) {
        match network {
            Ok(network) => self.as_manager(Wanted::KnowNetwork(network)),
            Err(error) => {
                self.tell(wireless::refused(error));
                self.refresh();
            }
        }
    }

    pub(super) fn know_network(&mut self, by: &Cashier, network: &WirelessNetwork) {
        let words = match self.appliance() {
            Some(appliance) => wireless::know(network, appliance),
            None => wireless::know(network, &Appliance::default()),
        };
        if words.level == Level::Good {
            let fact = serde_json::json!({
                "wireless_network_known": network.ssid(),
                "by": by.id,
            });
            self.put_on_record(fact, "that a wireless network became known");
        }
        self.tell(words);
    }

    fn appliance(&self) -> Option<&Appliance> {
        let updates = self.updates.as_ref()?;
        Some(&updates.thread.appliance)
    }

    pub(super) fn upkeep_opened(&mut self) {
        self.manager.upkeep = UpkeepState {
            targets: journal_file::sticks_now(),
            ..self.manager.upkeep.anew()
        };
    }

    pub(super) fn log_wanted(&mut self, place: i32) {
        if let Ok(place) = usize::try_from(place) {
            self.as_manager(Wanted::ExportLog(place));
        }
    }

    pub(super) fn export_log(&mut self, by: &Cashier, place: usize) {
        let upkeep = &self.manager.upkeep;
        let (Some(target), Some(appliance)) = (upkeep.targets.get(place), self.appliance()) else {
            return;
        };
        if upkeep.busy {
            return;
        }
        let day = self.now().strftime("%Y-%m-%d-%H%M%S").to_string();
        let name = format!("evertill-log-{}-{day}.txt", self.identity.prefix);
        let (log, target) = (appliance.log.clone(), target.clone());
        let fact = serde_json::json!({ "log_exported_by": by.id, "to": target.label });
        self.put_on_record(fact, "that the log was exported");
        let started = log_file::export(log, target, name, self.events.clone());
        let upkeep = &mut self.manager.upkeep;
        upkeep.written = None;
        match started {
            Ok(()) => upkeep.busy = true,
            Err(error) => upkeep.written = Some(Err(error.to_string())),
        }
    }

    pub(in crate::app) fn log_done(&mut self, LogDone(written): LogDone) {
        let upkeep = &mut self.manager.upkeep;
        upkeep.busy = false;
        upkeep.written = Some(written);
        self.refresh();
    }

    /// A manager wants the box emptied: it is asked once more, unless something would be lost.
    pub(super) fn empty_box(&mut self) {
        let refused = self.what_an_empty_box_would_lose();
        let upkeep = &mut self.manager.upkeep;
        upkeep.emptying = refused.is_none();
        upkeep.refused = refused;
    }

    pub(super) fn empty_left(&mut self) {
        self.manager.upkeep.emptying = false;
        self.refresh();
    }

    pub(super) fn empty_confirmed(&mut self) {
        let by = self.manager.access.opened_by();
        let (true, Some(by), Some(appliance)) =
            (self.manager.upkeep.emptying, by, self.appliance().cloned())
        else {
            return;
        };
        self.empty_box();
        if !self.manager.upkeep.emptying {
            return self.refresh();
        }
        if let Err(error) = appliance::upkeep::ask_for_reset(&appliance.state) {
            let upkeep = &mut self.manager.upkeep;
            upkeep.emptying = false;
            upkeep.refused = Some(format!("It cannot be asked for: {error}."));
            return self.refresh();
        }
        let fact = serde_json::json!({ "factory_reset_asked_by": by });
        self.put_on_record(fact, "that the box is to be emptied");
        self.restart_box("Switch it off and on: it is emptied then.");
    }

    /// The first program looks once more, before it empties anything.
    fn what_an_empty_box_would_lose(&self) -> Option<String> {
        let unsent = self.outbox.unsent;
        if unsent > 0 {
            let documents = if unsent == 1 {
                "1 document has".to_owned()
            } else {
                format!("{unsent} documents have")
            };
            return Some(format!(
                "{documents} not reached ERPNext. Connect the network and wait until nothing is left under Sync."
            ));
        }
        let open = self
            .till
            .as_ref()
            .is_some_and(|till| till.shift().is_some());
        open.then(|| "A shift is open. Count it and close it first.".to_owned())
    }

    pub(super) fn show_upkeep(&self, window: &TillWindow) {
        let shown = window.global::<ui::Upkeep>();
        shown.set_here(self.appliance().is_some());
        let upkeep = &self.manager.upkeep;
        self.manager_screen.show_log_targets(&upkeep.targets);
        shown.set_busy(upkeep.busy);
        let (level, sentence) = journal::writing(upkeep.busy, upkeep.written.as_ref(), "The stick");
        shown.set_log_level(level);
        shown.set_log_sentence(sentence.into());
        self.show_clock(&shown);
        shown.set_emptying(upkeep.emptying);
        shown.set_empty_refused(upkeep.refused.clone().unwrap_or_default().into());
    }
}
