//! Sending what was committed.

use checkout::sale::Sale;
use checkout::shift::Shift;
use checkout::totals;
use erpnext::problem::{Problem, backoff};
use erpnext::push::{Opening, OpeningRule, Outcome, Push, PushContext};
use erpnext::request::Transport;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use store::{OutboxDocument, OutboxEntry};

use super::{Ended, Sync, SyncState, is_of_site};

/// So many documents that cannot be sent for now, one after the other, mean that it is not they.
const STUMBLES: u32 = 2;

impl<T: Transport> Sync<T> {
    /// Sends one document after the other, as long as one is due and nothing stands in the way.
    pub(super) fn push_due(&mut self) -> Result<(), Ended> {
        // The last good settings: what was sold is sent while the shop is being put in order.
        let Some(settings) = self.settings.clone() else {
            return Ok(());
        };
        while self.site.is_over() && self.sending.is_over() {
            self.door.is_open()?;
            let next = self
                .store
                .call(|store| store.outbox_next(Timestamp::now()))??;
            let Some(entry) = next else { break };
            if !self.key_field_is_there()? {
                break;
            }
            self.say(SyncState::Busy("Sending what was sold.".to_owned()));
            self.push(&settings, entry)?;
        }
        Ok(())
    }

    /// Without the unique field a lost reply could double a sale, so nothing is sent before it was
    /// seen.
    fn key_field_is_there(&mut self) -> Result<bool, Ended> {
        if !self.key_field_seen {
            let reply = self.transport.send(&erpnext::push::key_field_probe());
            match erpnext::push::key_field_present(reply) {
                Ok(()) => {
                    self.key_field_seen = true;
                    self.answered()?;
                }
                Err(problem) if is_of_site(&problem) => self.site_fails(problem, None),
                Err(problem) => {
                    self.answered()?;
                    self.sending.fail(None);
                    self.troubles.sending = Some(problem.into());
                }
            }
        }
        Ok(self.key_field_seen)
    }

    /// Pushes one document and records what became of it.
    fn push(&mut self, settings: &totals::Settings, entry: OutboxEntry) -> Result<(), Ended> {
        let context = PushContext {
            settings: settings.clone(),
            rule: OpeningRule::Any,
            today: Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
            attempt: entry.attempts,
            random: getrandom::u64().unwrap_or_default(),
        };
        let outcome = match &entry.document {
            OutboxDocument::Shift(shift) => {
                Push::opening(&Opening::of(shift), &context).run(&mut self.transport)
            }
            OutboxDocument::Sale(sale) => self.push_sale(sale, &entry, &context)?,
        };
        let id = entry.id;
        match outcome {
            Outcome::Delivered { name } => {
                self.record(move |store| store.outbox_delivered(id, &name, Timestamp::now()))?;
                self.settled()
            }
            Outcome::Parked { cause, remedy } => {
                self.record(move |store| {
                    store.outbox_parked(id, &cause, &remedy, Timestamp::now())
                })?;
                self.settled()
            }
            Outcome::Retry { problem, after } => {
                let cause = problem.to_string();
                let not_before = later(Timestamp::now(), after);
                self.record(move |store| store.outbox_retry(id, &cause, not_before))?;
                // Longer than the document's own wait is only what the site asked for.
                let own = backoff(context.attempt, context.random);
                let asked = Some(after).filter(|after| *after > own);
                if is_of_site(&problem) {
                    self.site_fails(problem, asked);
                    return Ok(());
                }
                self.answered()?;
                self.stumbles = self.stumbles.saturating_add(1);
                if asked.is_some() || self.stumbles >= STUMBLES {
                    self.sending.fail(asked);
                }
                self.troubles.sending = Some(problem.into());
                Ok(())
            }
        }
    }

    /// The site took a document or refused it for good.
    fn settled(&mut self) -> Result<(), Ended> {
        self.stumbles = 0;
        self.sending.rest(Duration::ZERO);
        self.troubles.sending = None;
        self.answered()?;
        Ok(())
    }

    /// A sale whose opening entry was closed on the server gets it opened again first. The till's
    /// profile may have changed within the shift: opened is that of the sale.
    fn push_sale(
        &mut self,
        sale: &Sale,
        entry: &OutboxEntry,
        context: &PushContext,
    ) -> Result<Outcome, Ended> {
        let outcome = Push::sale(sale, context).run(&mut self.transport);
        if !is_opening_missing(&outcome) {
            return Ok(outcome);
        }
        let key = sale.shift.clone();
        let shift = self
            .store
            .call(move |store| store.records().shift(&key))??;
        let (Some(shift), Some(id)) = (shift, entry.shift_entry) else {
            return Ok(outcome);
        };
        let is_of_shift = shift.pos_profile == sale.pos_profile && shift.company == sale.company;
        let shift = Shift {
            pos_profile: sale.pos_profile.clone(),
            company: sale.company.clone(),
            ..shift
        };
        let opening = match Push::opening(&Opening::of(&shift), context).run(&mut self.transport) {
            Outcome::Delivered { name } => name,
            // What keeps the opening from being made keeps the sale.
            in_the_way => return Ok(in_the_way),
        };
        if is_of_shift {
            let name = opening.clone();
            self.record(move |store| store.outbox_delivered(id, &name, Timestamp::now()))?;
        }
        let outcome = Push::sale(sale, context).run(&mut self.transport);
        if !is_opening_missing(&outcome) {
            return Ok(outcome);
        }
        Ok(Outcome::Parked {
            cause: format!(
                "Receipt {} needs an open POS Opening Entry of POS Profile \"{}\"; ERPNext has {opening}, but does not take it for open.",
                sale.receipt_number, sale.pos_profile
            ),
            remedy: format!(
                "Close or cancel {opening} in ERPNext, then send the receipt again: the till opens a new one."
            ),
        })
    }
}

fn is_opening_missing(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Retry {
            problem: Problem::OpeningMissing { .. },
            ..
        }
    )
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| now.checked_add(by).ok())
        .unwrap_or(now)
}
