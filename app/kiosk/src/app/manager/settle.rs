//! A manager settles by hand what ERPNext refused for good.

use checkout::shift::Cashier;
use checkout::till::NotSaved;
use store::{OutboxLine, Settlement};

use super::super::App;
use super::super::effects::not_saved;
use super::access::Wanted;
use super::places::LISTED;
use crate::queue::Message;
use crate::screens::manager::settle::{is_refused, reasons};
use crate::screens::words;

impl App {
    /// The document that is looked at, as it stands now, where it can be settled.
    fn refused_document(&self) -> Option<OutboxLine> {
        let id = self.manager.unsent?;
        let lines = self.read.records().outbox_entries(LISTED).ok()?;
        lines
            .into_iter()
            .find(|line| line.id == id && is_refused(line))
    }

    pub(super) fn settle_wanted(&mut self) {
        self.manager.settling = self.refused_document().map(|_| None);
        self.refresh();
    }

    pub(super) fn settle_reason(&mut self, place: i32) {
        if let Some(reason) = &mut self.manager.settling {
            *reason = usize::try_from(place).ok();
        }
        self.refresh();
    }

    pub(super) fn settle_left(&mut self) {
        self.manager.settling = None;
        self.refresh();
    }

    /// The reason is chosen: a manager's PIN does it.
    pub(super) fn settle_confirmed(&mut self) {
        let (Some(line), Some(Some(place))) = (self.refused_document(), self.manager.settling)
        else {
            return;
        };
        if let Some(reason) = reasons(&line).get(place).copied() {
            let id = line.id;
            self.as_manager(Wanted::Settle { id, reason });
        }
    }

    pub(super) fn settle(&mut self, by: &Cashier, id: i64, reason: &'static str) {
        let settlement = Settlement {
            by: by.clone(),
            reason: reason.to_owned(),
        };
        let at = (self.clock)();
        let events = self.events.clone();
        let posted = self.store.post(move |store| {
            let settled = store.outbox_settle(id, &settlement, at);
            events.send_outbox(store);
            events.send(Message::Settled(settled.map_err(NotSaved::from)));
        });
        if let Err(busy) = posted {
            self.settled(Err(not_saved(busy)));
        }
    }

    /// It is settled, or not.
    pub(in crate::app) fn settled(&mut self, settled: Result<(), NotSaved>) {
        self.manager.settling = None;
        match settled {
            Ok(()) => {
                self.manager.unsent = None;
                // What waited for it may go.
                if let Some(sync) = &self.sync {
                    sync.sold();
                }
            }
            Err(cause) => {
                let stays = "It stays as it was.";
                self.notice = Some(words::not_saved("It was not settled", &cause, stays));
            }
        }
        self.refresh();
    }
}
