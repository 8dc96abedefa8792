//! Sync, Devices, Journal and About.

use checkout::shift::Cashier;
use store::JournalKind;

use super::super::{App, zone};
use super::access::Wanted;
use crate::journal_file::{self, JournalDone};
use crate::queue::Message;
use crate::screens::amounts;
use crate::screens::manager::journal::fingerprint;
use crate::screens::manager::{fact, sync::Unsent};
use crate::ui::{self, TillWindow};
use slint::ComponentHandle;

/// So many documents that wait are listed.
pub(super) const LISTED: u32 = 200;

impl App {
    // --- sync ------------------------------------------------------------------------------------

    pub(super) fn unsent_chosen(&mut self, place: i32) {
        let lines = self.read.records().outbox_entries(LISTED);
        let place = usize::try_from(place).ok();
        let line = lines.ok().and_then(|lines| lines.into_iter().nth(place?));
        self.manager.unsent = line.map(|line| line.id);
        self.manager.settling = None;
        self.refresh();
    }

    /// A person wants the chosen document sent now.
    pub(super) fn retry_unsent(&mut self) {
        if let (Some(sync), Some(id)) = (&self.sync, self.manager.unsent) {
            sync.send_document_again(id);
        }
    }

    pub(super) fn show_sync_place(&self, window: &TillWindow) {
        let records = self.read.records();
        let (kinds, lines) = match (records.unsent_kinds(), records.outbox_entries(LISTED)) {
            (Ok(kinds), Ok(lines)) => (kinds, lines),
            (Err(error), _) | (_, Err(error)) => {
                return tracing::warn!("the outbox cannot be read: {error}");
            }
        };
        let shop = self.till.as_ref().map(|till| till.shop());
        self.manager_screen.show_sync(
            window,
            &Unsent {
                summary: &self.outbox,
                kinds: &kinds,
                lines: &lines,
                chosen: self.manager.unsent,
                settling: self.manager.settling,
                state: &self.sync_state,
                can_renew: self.manager.new_sheet.is_some(),
                last_contact: self.read.last_contact().ok().flatten(),
                format: shop.map(|shop| amounts(shop)),
                now: (self.clock)(),
                zone: shop.map_or(jiff::tz::TimeZone::UTC, |shop| zone(shop)),
            },
        );
    }

    // --- journal ---------------------------------------------------------------------------------

    pub(super) fn check_journal(&mut self) {
        if self.manager.journal.checking {
            return;
        }
        self.manager.journal.checked = None;
        let started = journal_file::check(self.manager.about.data.clone(), self.events.clone());
        match started {
            Ok(()) => self.manager.journal.checking = true,
            Err(error) => self.manager.journal.checked = Some(Err(error.to_string())),
        }
        self.refresh();
    }

    pub(super) fn export_wanted(&mut self, place: i32) {
        if let Ok(place) = usize::try_from(place) {
            self.as_manager(Wanted::Export(place));
        }
    }

    pub(super) fn export_journal(&mut self, by: &Cashier, place: usize) {
        let journal = &self.manager.journal;
        let Some(target) = journal.targets.get(place).cloned() else {
            return;
        };
        if journal.exporting {
            return;
        }
        let told = serde_json::json!({ "by": by.id, "to": target.label });
        let at = (self.clock)();
        let (data, events) = (self.manager.about.data.clone(), self.events.clone());
        // The note comes first, so that it stands at the end of what is exported. Without it the
        // journal is still worth taking away, most of all from a disk that fails.
        let posted = self.store.post(move |store| {
            if let Err(error) = store.journal_append(JournalKind::Exported, &told, at) {
                tracing::warn!("an export is not in the journal: {error}");
            }
            if let Err(error) = journal_file::export(data, target, events.clone()) {
                let failed = JournalDone::Exported(Err(error.to_string()));
                events.send(Message::Journal(failed));
            }
        });
        let journal = &mut self.manager.journal;
        journal.exported = None;
        match posted {
            Ok(()) => journal.exporting = true,
            Err(busy) => journal.exported = Some(Err(busy.to_string())),
        }
    }

    pub(in crate::app) fn journal_done(&mut self, done: JournalDone) {
        let journal = &mut self.manager.journal;
        match done {
            JournalDone::Checked(checked) => {
                journal.checking = false;
                journal.checked = Some(checked);
            }
            JournalDone::Exported(exported) => {
                journal.exporting = false;
                journal.exported = Some(exported);
            }
        }
        self.refresh();
    }

    pub(super) fn show_journal_place(&self, window: &TillWindow) {
        let head = self.read.records().journal_head().ok();
        self.manager_screen
            .show_journal(window, head.as_ref(), &self.manager.journal);
    }

    // --- about -----------------------------------------------------------------------------------

    pub(super) fn show_about_place(&self) {
        let about = &self.manager.about;
        let shop = self.till.as_ref().map(|till| till.shop());
        let site = about
            .site
            .as_deref()
            .unwrap_or("None: what is sold stays here");
        let mut facts = vec![
            fact("Till", self.identity.prefix.as_str()),
            fact("POS Profile", about.pos_profile.as_str()),
        ];
        if let Some(shop) = shop {
            facts.push(fact("Company", shop.company.name.as_str()));
            facts.push(fact("Warehouse", shop.profile.warehouse.as_str()));
            facts.push(fact(
                "Time zone of the site",
                shop.system.time_zone.as_str(),
            ));
        }
        facts.push(fact("ERPNext site", site));
        facts.push(fact("Evertill", env!("CARGO_PKG_VERSION")));
        facts.push(fact("Installation", self.identity.installation.as_str()));
        if let Ok(head) = self.read.records().journal_head() {
            facts.push(fact("Journal entries", head.entries.to_string()));
            facts.push(fact("Fingerprint of the journal", fingerprint(&head.head)));
            if let Some(key) = head.key {
                facts.push(fact("Key of the till", key.to_string()));
            }
        }
        facts.push(fact("Data folder", about.data.display().to_string()));
        self.manager_screen.show_about(facts);
        if let Some(window) = self.window.upgrade() {
            let about = window.global::<ui::About>();
            about.set_can_renew(self.manager.new_sheet.is_some());
        }
    }
}
