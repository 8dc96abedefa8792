//! Bringing the masters and putting the shop together from them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use checkout::masters::{Doctype, Master};
use checkout::shop::{Shop, ShopIncomplete, SiteRules};
use erpnext::pull::{Cursor, Pull, PullChange, PullConfig, PullStep, SiteClock};
use erpnext::request::Transport;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::{Masters, StoreError};

use super::courier::is_of_site;
use super::{Ended, PULL_EVERY, Sync, SyncState, Trouble};
use crate::app::Downloading;
use crate::queue::Message;

/// Every so many pulls the names of all masters are compared, to find what was deleted.
const RECONCILE_EVERY: u32 = 60;

/// What changed in the masters and was not told yet.
pub(super) struct Untold {
    /// What the shop is put together from.
    pub(super) shop: bool,
    /// What is looked up when it is needed: items, prices, customers and what belongs to them.
    pub(super) items: bool,
    /// What a first sale needs has come, and more is coming.
    pub(super) early: bool,
}

/// A pull that takes up where the stored cursors stand.
pub(super) fn from_stored(masters: &Masters, pos_profile: &str) -> Result<Pull, StoreError> {
    let mut cursors = Vec::new();
    for doctype in Doctype::ALL {
        if let Some(store::Cursor { modified, name }) = masters.cursor(*doctype)? {
            cursors.push((*doctype, Cursor { modified, name }));
        }
    }
    let price_lists = masters.own_price_lists()?;
    Ok(Pull::new(config(pos_profile), cursors, price_lists))
}

/// A pull that brings everything.
pub(super) fn from_nothing(pos_profile: &str) -> Pull {
    Pull::new(config(pos_profile), Vec::new(), BTreeSet::new())
}

fn config(pos_profile: &str) -> PullConfig {
    PullConfig {
        pos_profile: pos_profile.to_owned(),
        reconcile_every: RECONCILE_EVERY,
    }
}

impl<T: Transport> Sync<T> {
    /// Brings what changed on the site since the last time, or the rest of it where the last attempt
    /// failed. What is sold meanwhile is sent between two pages.
    pub(super) fn pull_cycle(&mut self) -> Result<(), Ended> {
        let zone = self.zone.clone();
        let now = Timestamp::now();
        let begins = self.pull.begin(SiteClock {
            now,
            time_zone: zone,
        });
        if begins {
            self.masters.pull_begins(now);
            self.unread = None;
        }
        self.troubles.pulling = self.unread.clone();
        let mut failed = None;
        let mut got_on = false;
        while let PullStep::Send(request) = self.pull.next() {
            let reply = self.transport.send(&request);
            got_on |= reply.is_ok();
            for change in self.pull.on_reply(reply) {
                if let PullChange::Failed {
                    problem,
                    retry_after,
                } = change
                {
                    failed = Some((problem, retry_after));
                } else {
                    self.keep(change)?;
                }
            }
            if std::mem::take(&mut self.untold.early) {
                self.untold.shop = true;
                self.tell_changes()?;
            }
            // A knock that comes while the last request fails is answered after the failure.
            if failed.is_none() {
                let is_back = self.answered()?;
                let knocks = self.door.take()?;
                let knocked = knocks.any();
                self.answer(knocks)?;
                if is_back || knocked {
                    self.push_due()?;
                }
            }
        }
        match failed {
            Some((problem, asked)) if is_of_site(&problem) => self.site_fails(problem, asked),
            Some((problem, asked)) => {
                self.answered()?;
                if got_on {
                    self.pulling.rest(Duration::ZERO);
                }
                self.pulling.fail(asked);
                self.troubles.pulling = Some(problem.into());
            }
            None => {
                self.is_first_download = false;
                self.troubles.catalog = None;
                self.pulling.rest(PULL_EVERY);
            }
        }
        self.tell_changes()
    }

    fn keep(&mut self, change: PullChange) -> Result<(), StoreError> {
        match change {
            PullChange::Page {
                doctype,
                masters,
                cursor,
            } => {
                self.keep_page(doctype, &masters, cursor)?;
                if !masters.is_empty() {
                    self.changed(doctype);
                }
            }
            PullChange::Retain { doctype, names } => {
                let retained = self.masters.retain(doctype, &names)?;
                if retained.deleted > 0 {
                    self.changed(doctype);
                }
                let again = self.pull.read_again(doctype, &retained.missing);
                if !again.is_empty() {
                    self.masters.forget_cursors(&again)?;
                }
            }
            PullChange::Ended { doctype } => {
                self.masters.pulled(doctype)?;
                match doctype {
                    Doctype::Employee => self.staff.read_whole(),
                    // What a sale needs is here: a till without a shop opens before the rest comes.
                    Doctype::ItemPrice => self.untold.early = self.shop.is_none(),
                    _ => {}
                }
                self.tell_progress(doctype, 0, true);
            }
            PullChange::Progress { doctype, rows } => {
                self.say(SyncState::Busy(format!(
                    "Downloading {}: {rows}",
                    doctype.name()
                )));
                self.tell_progress(doctype, rows, false);
            }
            PullChange::Skipped(error) => tracing::warn!("{error}"),
            PullChange::Problem(problem) | PullChange::Failed { problem, .. } => {
                let first = self.unread.get_or_insert(problem.into());
                self.troubles.pulling = Some(first.clone());
            }
        }
        Ok(())
    }

    fn keep_page(
        &mut self,
        doctype: Doctype,
        masters: &[Master],
        cursor: Option<Cursor>,
    ) -> Result<(), StoreError> {
        match cursor {
            Some(Cursor { modified, name }) => {
                self.masters
                    .apply_page(masters, doctype, &store::Cursor { modified, name })
            }
            None => self.masters.apply(masters),
        }
    }

    /// Of the first download since the start: a till without a shop shows it.
    fn tell_progress(&self, doctype: Doctype, rows: u64, is_whole: bool) {
        if self.is_first_download {
            self.events.send(Message::Downloading(Downloading {
                doctype,
                rows,
                is_whole,
            }));
        }
    }

    fn changed(&mut self, doctype: Doctype) {
        match doctype {
            Doctype::Employee => self.staff.changed = true,
            Doctype::Item
            | Doctype::ItemPrice
            | Doctype::Customer
            | Doctype::Address
            | Doctype::Batch
            | Doctype::SerialNo
            | Doctype::LoyaltyPointEntry => self.untold.items = true,
            _ => self.untold.shop = true,
        }
    }

    /// Puts the shop together anew when its masters were read, and tells the till what is new. The
    /// till keeps the shop it has until another can be put together.
    pub(super) fn tell_changes(&mut self) -> Result<(), Ended> {
        if self.untold.shop {
            let masters = self.masters.small_masters()?;
            self.assemble(masters);
            self.untold.shop = false;
        }
        if std::mem::take(&mut self.untold.items) && self.shop.is_some() {
            self.events.send(Message::Items);
        }
        self.tell_staff()?;
        Ok(())
    }

    fn assemble(&mut self, masters: Vec<Master>) {
        // What was sold is sent, whatever the shop lacks now.
        if let Some(rules) = SiteRules::of(&self.pos_profile, &masters) {
            self.zone = TimeZone::get(&rules.time_zone).unwrap_or(TimeZone::UTC);
            self.settings = Some(rules.settings);
        }
        match Shop::assemble(&self.pos_profile, masters) {
            Ok(shop) => {
                self.troubles.shop = None;
                if self.shop.as_deref() != Some(&shop) {
                    let shop = Arc::new(shop);
                    self.shop = Some(shop.clone());
                    self.events.send(Message::Shop(shop));
                    self.untold.items = false;
                }
            }
            Err(missing) => {
                let trouble = Trouble::from(&missing);
                // A till that has a shop sells on with it.
                if self.shop.is_some() {
                    self.troubles.shop = Some(trouble);
                } else {
                    self.events.send(Message::NoShop(missing.to_string()));
                }
            }
        }
    }
}

impl From<&ShopIncomplete> for Trouble {
    // The error's own text ends with the remedy; here the two stand apart.
    fn from(missing: &ShopIncomplete) -> Self {
        let (cause, remedy) = match missing {
            ShopIncomplete::Missing { doctype, name } => (
                missing.to_string(),
                format!(
                    "Check that {doctype} \"{name}\" exists in ERPNext and that the till's user may read it."
                ),
            ),
            ShopIncomplete::Disabled(name) => (
                format!("POS Profile \"{name}\" is disabled"),
                format!("Enable POS Profile \"{name}\" in ERPNext."),
            ),
            ShopIncomplete::NoModeOfPayment(name) => (
                format!("POS Profile \"{name}\" has no way to pay"),
                "Give its modes of payment an account for its company.".to_owned(),
            ),
            ShopIncomplete::ForeignCurrency {
                pos_profile,
                currency,
                company,
                company_currency,
            } => (
                format!(
                    "POS Profile \"{pos_profile}\" sells in {currency}, but the books of {company} are kept in {company_currency}"
                ),
                format!("Let the profile sell in {company_currency} too."),
            ),
            ShopIncomplete::Currency(_) => (
                missing.to_string(),
                "Correct the currency of the POS Profile or the company in ERPNext.".to_owned(),
            ),
        };
        Self {
            cause,
            remedy: format!("{remedy} Until then the till sells with what it has."),
            new_sheet: false,
        }
    }
}
