//! Sending what was committed.

use std::time::{Duration, Instant};

use checkout::totals;
use erpnext::problem::{Problem, backoff};
use erpnext::push::{OpeningRule, Outcome, PushContext};
use erpnext::request::Transport;
use jiff::Timestamp;
use store::OutboxEntry;

use super::courier::{self, Courier, is_of_site};
use super::{Ended, Sync, SyncState};

/// How long the site's version is taken for what it was.
const RULE_HOLDS: Duration = Duration::from_secs(600);
/// So many documents that cannot be sent for now, and none between them that could, mean that it is
/// not they.
const STUMBLES: usize = 2;

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
            let Some(rule) = self.opening_rule()? else {
                break;
            };
            self.say(SyncState::Busy("Sending what was sold.".to_owned()));
            self.push(&settings, rule, entry)?;
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

    /// What the site's version asks of openings. It is asked again now and then: a site may be
    /// brought to another version while the till runs.
    fn opening_rule(&mut self) -> Result<Option<OpeningRule>, Ended> {
        if let Some((rule, asked)) = self.rule
            && asked.elapsed() < RULE_HOLDS
        {
            return Ok(Some(rule));
        }
        match erpnext::push::opening_rule(self.transport.send(&erpnext::push::versions_probe())) {
            Ok(rule) => {
                self.rule = Some((rule, Instant::now()));
                self.answered()?;
                return Ok(Some(rule));
            }
            Err(problem) if is_of_site(&problem) => self.site_fails(problem, None),
            Err(problem) => {
                self.answered()?;
                self.sending.fail(None);
                self.troubles.sending = Some(problem.into());
            }
        }
        Ok(None)
    }

    /// Pushes one document and records what became of it.
    fn push(
        &mut self,
        settings: &totals::Settings,
        rule: OpeningRule,
        entry: OutboxEntry,
    ) -> Result<(), Ended> {
        let now = Timestamp::now();
        // The site's day, also where the till's clock is wrong: version 16 takes openings of today.
        let by_site = now.saturating_add(self.site_ahead()).unwrap_or(now);
        let site_now = by_site.to_zoned(self.zone.clone()).datetime();
        let context = PushContext {
            settings: settings.clone(),
            rule,
            today: site_now.date(),
            attempt: entry.attempts,
            random: getrandom::u64().unwrap_or_default(),
        };
        let (attempt, random) = (context.attempt, context.random);
        let mut courier = Courier::new(&self.store, &mut self.transport, context, now, site_now);
        let outcome = courier.carry(&entry)?;
        let noted = courier::note(&self.store, &entry, &outcome, Timestamp::now());
        // Told in any case: what was noted counts, whatever else failed.
        self.record(|_| Ok(()))?;
        let waits_for_a_person = noted?;
        let (problem, after) = match outcome {
            Outcome::Retry { problem, after } if !waits_for_a_person => (problem, after),
            _ => return self.settled(),
        };
        // Longer than the document's own wait is only what the site asked for.
        let own = backoff(attempt, random);
        let asked = Some(after).filter(|after| *after > own);
        if is_of_site(&problem) {
            self.site_fails(problem, asked);
            return Ok(());
        }
        self.answered()?;
        if passes(&problem) {
            return Ok(());
        }
        self.stumbled.insert(entry.id);
        if asked.is_some() || self.stumbled.len() >= STUMBLES {
            self.sending.fail(asked);
        }
        self.troubles.sending = Some(problem.into());
        Ok(())
    }

    /// The site took a document or refused it for good.
    fn settled(&mut self) -> Result<(), Ended> {
        self.stumbled.clear();
        self.sending.rest(Duration::ZERO);
        self.troubles.sending = None;
        self.answered()?;
        Ok(())
    }
}

/// Whether a problem is one document's alone, and passes by itself: nothing is wrong.
fn passes(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::ClosingQueued { .. }
            | Problem::ClosingStuck { .. }
            | Problem::OriginalMissing { .. }
            | Problem::OriginalsOpen { .. }
            | Problem::ShiftBeforeOpen { .. }
    )
}
