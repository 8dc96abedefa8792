//! The thread that carries what was committed to ERPNext and brings masters back. It is never
//! waited for: the till sells on whatever happens here.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use checkout::masters::Doctype;
use checkout::sale::Sale;
use checkout::shop::Shop;
use erpnext::problem::{Problem, backoff};
use erpnext::pull::{Cursor, Pull, PullChange, PullConfig, PullStep, SiteClock};
use erpnext::push::{Outcome, Push, PushContext};
use erpnext::request::Transport;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::{Masters, OutboxDocument, OutboxEntry, StoreError};

use crate::queue::{Message, Sender};
use crate::store_thread::{StoreBusy, StoreHandle};

/// How long the masters may be old when all is well.
const PULL_EVERY: Duration = Duration::from_secs(60);
/// Every so many pulls the names of all masters are compared, to find what was deleted.
const RECONCILE_EVERY: u32 = 60;

/// How the connection to ERPNext is, for the status bar.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SyncState {
    /// The till has no site.
    NoSite,
    /// Nothing is known yet.
    Starting,
    /// All is up to date.
    Idle,
    /// Something is under way: what.
    Busy(String),
    /// Something is in the way.
    Trouble {
        /// What.
        cause: String,
        /// What to do about it; empty where it passes by itself.
        remedy: String,
    },
}

/// The sync's thread. Dropping it ends the thread after the request that is under way.
pub struct SyncThread {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SyncThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start<T: Transport + Send + 'static>(mut sync: Sync<T>) -> std::io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let run = move || sync.run(&woken);
        let thread = std::thread::Builder::new().name("sync".into()).spawn(run)?;
        Ok(Self {
            wake: Some(wake),
            thread: Some(thread),
        })
    }

    /// Tells the thread that there is something to send, or that it should try again at once.
    pub fn wake(&self) {
        if let Some(wake) = &self.wake {
            // One knock at the door is enough.
            let _knocked = wake.try_send(());
        }
    }
}

impl Drop for SyncThread {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ended = thread.join();
        }
    }
}

/// What the sync works with.
pub struct Sync<T> {
    transport: T,
    store: StoreHandle,
    masters: Masters,
    pull: Pull,
    pos_profile: String,
    events: Sender,
    shop: Option<Arc<Shop>>,
    pull_due: Timestamp,
    failures: u32,
    key_field_seen: bool,
    trouble: Option<Problem>,
}

/// Why a round of the sync ended early.
enum Ended {
    /// The till is shutting down.
    Stopping,
    /// The store does not take what was brought.
    Store(StoreError),
}

impl From<StoreBusy> for Ended {
    fn from(_: StoreBusy) -> Self {
        Self::Stopping
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<T: Transport> Sync<T> {
    /// A sync that takes up where the stored cursors stand.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn new(
        transport: T,
        store: StoreHandle,
        masters: Masters,
        pos_profile: &str,
        events: Sender,
    ) -> Result<Self, StoreError> {
        let mut cursors = Vec::new();
        for doctype in Doctype::ALL {
            if let Some(cursor) = masters.cursor(*doctype)? {
                cursors.push((
                    *doctype,
                    Cursor {
                        modified: cursor.modified,
                        name: cursor.name,
                    },
                ));
            }
        }
        let config = PullConfig {
            pos_profile: pos_profile.to_owned(),
            reconcile_every: RECONCILE_EVERY,
        };
        Ok(Self {
            transport,
            store,
            masters,
            pull: Pull::new(config, cursors),
            pos_profile: pos_profile.to_owned(),
            events,
            shop: None,
            pull_due: Timestamp::UNIX_EPOCH,
            failures: 0,
            key_field_seen: false,
            trouble: None,
        })
    }

    fn run(&mut self, woken: &Receiver<()>) {
        loop {
            match self.round(woken) {
                Ok(()) => {}
                Err(Ended::Stopping) => return,
                Err(Ended::Store(error)) => self.say(SyncState::Trouble {
                    cause: error.to_string(),
                    remedy: "Free space on the till's disk, then restart the till.".to_owned(),
                }),
            }
            match woken.recv_timeout(self.rest()) {
                Ok(()) => {
                    // Somebody asked: what was put off is tried at once.
                    self.pull_due = self.pull_due.min(Timestamp::now());
                    if self.store.call(|store| store.outbox_retry_now()).is_err() {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// One round: send what is due, bring masters when they are due, send again.
    fn round(&mut self, woken: &Receiver<()>) -> Result<(), Ended> {
        self.trouble = None;
        self.assemble_shop()?;
        self.push_due(woken)?;
        if self.pull_due <= Timestamp::now() {
            self.pull_cycle(woken)?;
            self.push_due(woken)?;
        }
        self.say(match &self.trouble {
            Some(problem) => SyncState::Trouble {
                cause: problem.to_string(),
                remedy: problem.remedy(),
            },
            None => SyncState::Idle,
        });
        Ok(())
    }

    fn rest(&self) -> Duration {
        let now = Timestamp::now();
        let outbox = self.store.call(|store| store.outbox_next_time());
        let next = match outbox {
            Ok(Ok(Some(time))) => time.min(self.pull_due),
            _ => self.pull_due,
        };
        Duration::try_from(next.duration_since(now))
            .unwrap_or_default()
            .clamp(Duration::from_millis(200), PULL_EVERY)
    }

    fn pull_cycle(&mut self, woken: &Receiver<()>) -> Result<(), Ended> {
        let zone = self.shop.as_ref().map(|shop| shop.system.time_zone.clone());
        let zone = zone
            .and_then(|name| TimeZone::get(&name).ok())
            .unwrap_or(TimeZone::UTC);
        self.pull.begin(SiteClock {
            now: Timestamp::now(),
            time_zone: zone,
        });
        let mut changed = false;
        let mut retry_after = None;
        while let PullStep::Send(request) = self.pull.next() {
            let reply = self.transport.send(&request);
            for change in self.pull.on_reply(reply) {
                match change {
                    PullChange::Page {
                        doctype,
                        masters,
                        cursor,
                    } => {
                        changed |= !masters.is_empty();
                        self.keep_page(doctype, &masters, cursor)?;
                    }
                    PullChange::Retain { doctype, names } => {
                        changed |= self.masters.retain(doctype, &names)? > 0;
                    }
                    PullChange::Progress { doctype, rows } => {
                        self.say(SyncState::Busy(format!(
                            "Downloading {}: {rows}",
                            doctype.name()
                        )));
                    }
                    PullChange::Skipped(error) => tracing::warn!("{error}"),
                    PullChange::Problem(problem) => self.trouble = Some(problem),
                    PullChange::Failed {
                        problem,
                        retry_after: after,
                    } => {
                        retry_after = Some(after.unwrap_or_else(|| {
                            backoff(self.failures, getrandom::u64().unwrap_or_default())
                        }));
                        self.trouble = Some(problem);
                    }
                }
            }
            if woken.try_recv().is_ok() {
                self.push_due(woken)?;
            }
        }
        let wait = match retry_after {
            Some(after) => {
                self.failures = self.failures.saturating_add(1);
                after
            }
            None => {
                self.failures = 0;
                PULL_EVERY
            }
        };
        self.pull_due = later(Timestamp::now(), wait);
        if changed {
            self.shop = None;
            self.assemble_shop()?;
        }
        Ok(())
    }

    fn keep_page(
        &mut self,
        doctype: Doctype,
        masters: &[checkout::masters::Master],
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

    /// Puts the shop together anew after its masters changed and hands it to the till.
    fn assemble_shop(&mut self) -> Result<(), StoreError> {
        if self.shop.is_some() {
            return Ok(());
        }
        match Shop::assemble(&self.pos_profile, self.masters.small_masters()?) {
            Ok(shop) => {
                let shop = Arc::new(shop);
                self.shop = Some(shop.clone());
                self.events.send(Message::Shop(shop));
            }
            Err(missing) => self.events.send(Message::NoShop(missing.to_string())),
        }
        Ok(())
    }

    fn push_due(&mut self, woken: &Receiver<()>) -> Result<(), Ended> {
        let Some(shop) = self.shop.clone() else {
            return Ok(());
        };
        loop {
            if matches!(
                woken.try_recv(),
                Err(std::sync::mpsc::TryRecvError::Disconnected)
            ) {
                return Err(Ended::Stopping);
            }
            let next = self
                .store
                .call(|store| store.outbox_next(Timestamp::now()))??;
            let Some(entry) = next else { break };
            if !self.key_field_is_there() {
                break;
            }
            self.say(SyncState::Busy("Sending what was sold.".to_owned()));
            let offline = self.push(&shop, entry)?;
            let summary = self
                .store
                .call(|store| store.records().outbox_summary())??;
            self.events.send(Message::Outbox(summary));
            if offline {
                break;
            }
        }
        Ok(())
    }

    /// Without the unique field a lost reply could double a sale, so nothing is sent before it was
    /// seen.
    fn key_field_is_there(&mut self) -> bool {
        if !self.key_field_seen {
            let reply = self.transport.send(&erpnext::push::key_field_probe());
            match erpnext::push::key_field_present(reply) {
                Ok(()) => self.key_field_seen = true,
                Err(problem) => self.trouble = Some(problem),
            }
        }
        self.key_field_seen
    }

    /// Pushes one document; says whether the site cannot be reached, so that the rest can wait.
    fn push(&mut self, shop: &Shop, entry: OutboxEntry) -> Result<bool, Ended> {
        let context = PushContext {
            settings: shop.totals_settings(),
            attempt: entry.attempts,
            random: getrandom::u64().unwrap_or_default(),
        };
        let outcome = match &entry.document {
            OutboxDocument::Shift(shift) => Push::opening(shift, &context).run(&mut self.transport),
            OutboxDocument::Sale(sale) => self.push_sale(sale, &entry, &context)?,
        };
        let id = entry.id;
        match outcome {
            Outcome::Delivered { name } => {
                self.store
                    .call(move |store| store.outbox_delivered(id, &name, Timestamp::now()))??;
                Ok(false)
            }
            Outcome::Parked { cause, remedy } => {
                self.store.call(move |store| {
                    store.outbox_parked(id, &cause, &remedy, Timestamp::now())
                })??;
                Ok(false)
            }
            Outcome::Retry { problem, after } => {
                let cause = problem.to_string();
                let not_before = later(Timestamp::now(), after);
                self.store
                    .call(move |store| store.outbox_retry(id, &cause, not_before))??;
                let offline = problem.is_offline();
                self.trouble = Some(problem);
                Ok(offline)
            }
        }
    }

    /// A sale whose opening entry was closed on the server gets it opened again first.
    fn push_sale(
        &mut self,
        sale: &Sale,
        entry: &OutboxEntry,
        context: &PushContext,
    ) -> Result<Outcome, Ended> {
        let outcome = Push::sale(sale, context).run(&mut self.transport);
        let Outcome::Retry {
            problem: Problem::OpeningMissing { .. },
            ..
        } = &outcome
        else {
            return Ok(outcome);
        };
        let key = sale.shift.clone();
        let shift = self
            .store
            .call(move |store| store.records().shift(&key))??;
        let (Some(shift), Some(id)) = (shift, entry.shift_entry) else {
            return Ok(outcome);
        };
        match Push::opening(&shift, context).run(&mut self.transport) {
            Outcome::Delivered { name } => {
                self.store
                    .call(move |store| store.outbox_delivered(id, &name, Timestamp::now()))??;
                Ok(Push::sale(sale, context).run(&mut self.transport))
            }
            Outcome::Retry { .. } | Outcome::Parked { .. } => Ok(outcome),
        }
    }

    fn say(&self, state: SyncState) {
        self.events.send(Message::Sync(state));
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| now.checked_add(by).ok())
        .unwrap_or(now)
}
