//! The thread that carries what was committed to ERPNext and brings masters back. It is never
//! waited for: the till sells on whatever happens here.

pub mod connection;
pub mod courier;

mod catalog;
mod door;
mod numbers;
mod pause;
mod pull;
mod push;
mod staff;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use checkout::sale::ReceiptNumber;
use checkout::shop::Shop;
use checkout::totals;
use erpnext::problem::Problem;
use erpnext::pull::Pull;
use erpnext::push::OpeningRule;
use erpnext::request::Transport;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::{Masters, Store, StoreError, StoreErrorKind};

use crate::queue::{Message, Sender};
use crate::screens::words::whole_sentence;
use crate::store_thread::{StoreBusy, StoreHandle};
use connection::ConnectionNote;
use door::{Door, Knocks};
use numbers::Numbers;
use pause::Pause;
use pull::Untold;
use staff::StaffOnSite;

/// How long the masters may be old when all is well.
const PULL_EVERY: Duration = Duration::from_secs(60);
/// Clocks that differ by no more than this agree.
const CLOCKS_AGREE: Duration = Duration::from_secs(300);
/// However short the next wait is, the machine gets this rest.
const SHORTEST_REST: Duration = Duration::from_millis(200);

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
        /// Whether a new enrolment sheet is the remedy.
        new_sheet: bool,
    },
}

/// The sync's thread. Dropping it ends the thread after the request that is under way.
pub struct SyncThread {
    door: Arc<Door>,
    thread: Option<JoinHandle<()>>,
}

impl SyncThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start<T: Transport + Send + 'static>(mut sync: Sync<T>) -> std::io::Result<Self> {
        let door = sync.door.clone();
        let thread = std::thread::Builder::new()
            .name("sync".into())
            .spawn(move || sync.run())?;
        Ok(Self {
            door,
            thread: Some(thread),
        })
    }

    /// Something was committed: what is due is sent. A wait after a failure goes on.
    pub fn sold(&self) {
        self.door.knock(|knocks| knocks.sold = true);
    }

    /// A person wants it now: every wait ends, what ERPNext refused is sent again, and the
    /// masters are brought.
    pub fn try_again(&self) {
        self.door.knock(|knocks| knocks.try_again = true);
    }

    /// A person wants this document of the outbox sent again now, and what it depends on where that
    /// was refused.
    pub fn send_document_again(&self, id: i64) {
        self.door.knock(|knocks| knocks.documents.push(id));
    }

    /// A person wants this sale sent again now, and what it depends on where that was refused.
    pub fn send_again(&self, receipt_number: ReceiptNumber) {
        self.door
            .knock(|knocks| knocks.send_again.push(receipt_number));
    }
}

impl Drop for SyncThread {
    fn drop(&mut self) {
        self.door.shut();
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
    /// What stands before receipt numbers.
    prefix: String,
    events: Sender,
    door: Arc<Door>,
    /// The last shop that could be put together, and how the site rounds.
    shop: Option<Arc<Shop>>,
    settings: Option<totals::Settings>,
    /// The site's time zone, and what its version asks of openings.
    zone: TimeZone,
    rule: Option<(OpeningRule, Instant)>,
    untold: Untold,
    /// What could not be read in the cycle of the pull that is under way.
    unread: Option<Trouble>,
    /// What was told last of how far the site's clock is ahead.
    told_ahead: SignedDuration,
    is_first_download: bool,
    staff: StaffOnSite,
    /// Everything waits while the disk fails or the site does not answer; the other two hold up
    /// only what they are named for.
    disk: Pause,
    site: Pause,
    sending: Pause,
    pulling: Pause,
    key_field_seen: bool,
    numbers: Numbers,
    stumbled: BTreeSet<i64>,
    /// The catalogue cannot be read, and is not replaced yet.
    damage: Option<StoreError>,
    connection: Option<ConnectionNote>,
    troubles: Troubles,
}

/// What stands in the way, each until it is proved gone.
#[derive(Default)]
struct Troubles {
    disk: Option<Trouble>,
    site: Option<Trouble>,
    sending: Option<Trouble>,
    /// What ERPNext knows was damaged here, and is being downloaded again.
    catalog: Option<Trouble>,
    numbers: Option<Trouble>,
    shop: Option<Trouble>,
    pulling: Option<Trouble>,
}

/// Something in the way, in words.
#[derive(Clone)]
struct Trouble {
    cause: String,
    remedy: String,
    new_sheet: bool,
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self {
            cause: problem.to_string(),
            remedy: problem.remedy(),
            new_sheet: problem.wants_new_sheet(),
        }
    }
}

/// Why a round of the sync ended early.
pub enum Ended {
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

impl courier::Books for StoreHandle {
    type Ended = Ended;

    fn of_store(ended: Ended) -> Result<StoreError, Ended> {
        match ended {
            Ended::Store(error) => Ok(error),
            Ended::Stopping => Err(ended),
        }
    }

    fn with<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Store) -> R + Send + 'static,
    ) -> Result<R, Ended> {
        Ok(self.call(task)?)
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
        prefix: &str,
        events: Sender,
    ) -> Result<Self, StoreError> {
        let (pull, damage) = match pull::from_stored(&masters, pos_profile) {
            Ok(pull) => (pull, None),
            Err(damage) if damage.kind() == StoreErrorKind::Corrupt => {
                (pull::from_nothing(pos_profile), Some(damage))
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            transport,
            store,
            pull,
            damage,
            connection: None,
            masters,
            pos_profile: pos_profile.to_owned(),
            prefix: prefix.to_owned(),
            numbers: Numbers::Unasked,
            events,
            door: Arc::default(),
            shop: None,
            settings: None,
            zone: TimeZone::UTC,
            rule: None,
            told_ahead: SignedDuration::ZERO,
            untold: Untold {
                shop: true,
                items: false,
                early: false,
            },
            unread: None,
            is_first_download: true,
            staff: StaffOnSite::default(),
            disk: Pause::none(),
            site: Pause::none(),
            sending: Pause::none(),
            pulling: Pause::none(),
            key_field_seen: false,
            stumbled: BTreeSet::new(),
            troubles: Troubles::default(),
        })
    }

    /// Keeps what is in the way in a file of this folder, for `evertill sync-status`.
    pub fn noting_in(mut self, data: &Path) -> Self {
        self.connection = Some(ConnectionNote::of_new_start(data));
        self
    }

    /// The catalogue was damaged, and an empty one took its place.
    pub fn after_damage(mut self) -> Self {
        self.troubles.catalog = Some(catalog::comes_again());
        self
    }

    fn run(&mut self) {
        // Whatever kept a document waiting may have passed while the till was off.
        let mut ended = self
            .record(|store| store.outbox_retry_now())
            .and_then(|()| self.round());
        loop {
            match ended {
                Ok(()) => {}
                Err(Ended::Stopping) => return,
                Err(Ended::Store(error)) => self.store_fails(error),
            }
            match self.door.wait(self.rest()) {
                Ok(knocks) => ended = self.answer(knocks).and_then(|()| self.round()),
                Err(_) => return,
            }
        }
    }

    /// One round: send what is due, bring masters when they are due, send again.
    fn round(&mut self) -> Result<(), Ended> {
        if !self.disk.is_over() || !self.site.is_over() {
            return Ok(());
        }
        if let Some(damage) = self.damage.take() {
            self.catalog_fails(damage);
            return Ok(());
        }
        self.tell_changes()?;
        self.compare_numbers()?;
        self.push_due()?;
        if self.site.is_over() && self.pulling.is_over() {
            self.pull_cycle()?;
            self.push_due()?;
        }
        if self.site.is_over() {
            self.share_pins()?;
        }
        if self.disk.has_failed() {
            self.disk.rest(Duration::ZERO);
            self.troubles.disk = None;
        }
        self.say(self.troubles.state());
        Ok(())
    }

    /// How long nothing falls due.
    fn rest(&self) -> Duration {
        let mut rest = self.pulling.left();
        if self.settings.is_some() {
            let now = Timestamp::now();
            let due = self.store.call(move |store| store.outbox_next_time(now));
            if let Ok(Ok(Some(time))) = due {
                let wait = Duration::try_from(time.duration_since(now));
                rest = rest.min(wait.unwrap_or_default().max(self.sending.left()));
            }
        }
        rest.max(self.site.left())
            .max(self.disk.left())
            .max(SHORTEST_REST)
    }

    /// Does what a person asked for; what was sold is sent anyway.
    fn answer(&mut self, knocks: Knocks) -> Result<(), Ended> {
        if !knocks.is_asked() {
            return Ok(());
        }
        for pause in [&mut self.disk, &mut self.site, &mut self.sending] {
            pause.end();
        }
        self.stumbled.clear();
        if knocks.try_again {
            self.pulling.end();
        }
        self.record(move |store| {
            let now = Timestamp::now();
            for receipt_number in &knocks.send_again {
                store.outbox_unpark_sale(receipt_number, now)?;
            }
            for id in &knocks.documents {
                store.outbox_unpark(*id, now)?;
            }
            if knocks.try_again {
                store.outbox_unpark_all(now)?;
                store.outbox_retry_now()?;
            }
            Ok(())
        })
    }

    /// The site does not answer, or not as itself.
    fn site_fails(&mut self, problem: Problem, asked: Option<Duration>) {
        self.site.fail(asked);
        // The next attempt finds out by bringing masters, whether a document is due or not.
        self.pulling.end();
        self.troubles.site = Some(problem.into());
    }

    /// The site answered. Says whether it had not before: then all that waits is due at once.
    fn answered(&mut self) -> Result<bool, Ended> {
        self.compare_clocks();
        if !self.site.has_failed() {
            return Ok(false);
        }
        self.site.rest(Duration::ZERO);
        self.troubles.site = None;
        self.record(|store| store.outbox_retry_now())?;
        Ok(true)
    }

    /// Tells when the till's clock and the site's part, and when they agree again.
    fn compare_clocks(&mut self) {
        let ahead = self.site_ahead();
        let change = ahead.saturating_sub(self.told_ahead);
        if change.unsigned_abs() > Duration::from_secs(60) {
            self.told_ahead = ahead;
            self.events.send(Message::SiteAhead(ahead));
        }
    }

    /// How far the site's clock is ahead of the till's; nothing where they agree well enough.
    fn site_ahead(&self) -> SignedDuration {
        let ahead = self.transport.site_ahead().unwrap_or_default();
        if ahead.unsigned_abs() > CLOCKS_AGREE {
            ahead
        } else {
            SignedDuration::ZERO
        }
    }

    fn disk_fails(&mut self, error: &StoreError) {
        self.disk.fail(None);
        self.pulling.end();
        let remedy = match error.kind() {
            StoreErrorKind::DiskFull => "Free space on the till's disk; then it goes on by itself.",
            _ => "Restart the till. If that does not help, keep its data folder and call for help.",
        };
        self.troubles.disk = Some(Trouble {
            cause: error.to_string(),
            remedy: remedy.to_owned(),
            new_sheet: false,
        });
        // What was read and not kept is read again.
        match pull::from_stored(&self.masters, &self.pos_profile) {
            Ok(pull) => self.pull = pull,
            Err(error) => tracing::warn!("the cursors cannot be read: {error}"),
        }
        self.say(self.troubles.state());
    }

    /// Has the store change the outbox, and the till told how it is then. The store's thread
    /// tells, so that the last one told is the last one true.
    fn record(
        &self,
        task: impl FnOnce(&mut Store) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), Ended> {
        let events = self.events.clone();
        let done = self.store.call(move |store| {
            let done = task(store);
            events.send_outbox(store);
            done
        });
        Ok(done??)
    }

    fn say(&mut self, state: SyncState) {
        if let Some(connection) = &mut self.connection {
            connection.note(&state);
        }
        self.events.send(Message::Sync(state));
    }
}

impl Troubles {
    fn state(&self) -> SyncState {
        let first = [
            &self.disk,
            &self.site,
            &self.sending,
            &self.catalog,
            &self.numbers,
            &self.shop,
            &self.pulling,
        ];
        match first.into_iter().flatten().next().cloned() {
            Some(Trouble {
                cause,
                remedy,
                new_sheet,
            }) => SyncState::Trouble {
                cause: whole_sentence(&cause),
                remedy,
                new_sheet,
            },
            None => SyncState::Idle,
        }
    }
}
