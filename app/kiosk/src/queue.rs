//! The one queue into the event loop: devices, the store and the sync report through it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use checkout::masters::Employee;
use checkout::shop::Shop;
use checkout::till::{Event, NotSaved};
use hal::{DeviceEvent, EventQueue};
use jiff::SignedDuration;
use store::{OutboxSummary, Store};

use crate::app::Downloading;
use crate::bytes_file::BytesDone;
use crate::device_list::Listed;
use crate::device_setup_file::{SetupDone, SetupPlaces};
use crate::enrol::EnrolDone;
use crate::journal_file::JournalDone;
use crate::log_file::LogDone;
use crate::staff::{PinChecked, StaffChanged};
use crate::sync::SyncState;
use crate::updates::UpdateTold;

/// How many messages may wait. A full queue makes its senders wait: no scan is dropped.
const WAITING: usize = 128;
/// How often a sender that waits for a place looks whether the event loop has ended.
const SLICE: Duration = Duration::from_millis(200);

/// The queue's type, for the device threads.
pub type Events = EventQueue<Message, WAITING>;

/// Something the event loop must know.
#[allow(
    clippy::large_enum_variant,
    reason = "the largest is the scan, which must not wait for memory"
)]
#[derive(Clone, Debug)]
pub enum Message {
    /// A device reports.
    Device(DeviceEvent),
    /// A sale was made durable, or not.
    Sale(Result<(), NotSaved>),
    /// A shift was made durable, or not.
    Shift(Result<(), NotSaved>),
    /// Something else the till asked the store for is durable, or not: what the till is told.
    Stored(Box<Event>),
    /// The open cart was made durable, or not.
    Cart(Result<(), NotSaved>),
    /// The journal does not have yet what was done: nothing is sold before it has.
    JournalOwed(NotSaved),
    /// It is on record that this receipt or page is being printed: it may go to the printer.
    MayPrint(String),
    /// These letters of something that is being printed are in no font: each came out as a
    /// question mark.
    LettersMissing(Vec<char>),
    /// It is on record that the drawer is tried out, or not: then it stays shut.
    DrawerTest(Result<(), NotSaved>),
    /// What is plugged in, and where device set-ups can go and come from.
    Plugged(Vec<Listed>, SetupPlaces),
    /// A device set-up was written, read or taken.
    DeviceSetup(SetupDone),
    /// What became of a device's last bytes.
    Bytes(BytesDone),
    /// A document was settled by hand, or not.
    Settled(Result<(), NotSaved>),
    /// A PIN was looked at.
    Pin(PinChecked),
    /// The staff was changed, or not.
    Staff(StaffChanged),
    /// Who works at tills, from ERPNext.
    Employees(Arc<Vec<Employee>>),
    /// How far a doctype was downloaded.
    Downloading(Downloading),
    /// The box that is being enrolled hears of its sheet or of ERPNext.
    Enrol(EnrolDone),
    /// The journal was checked or written.
    Journal(JournalDone),
    /// What became of the log of the box.
    Log(LogDone),
    /// The thread of updates tells something.
    Update(Box<UpdateTold>),
    /// What has not reached ERPNext yet.
    Outbox(OutboxSummary),
    /// How the connection to ERPNext is.
    Sync(SyncState),
    /// How far the site's clock is ahead of the till's, where that is worth telling; else nothing.
    SiteAhead(SignedDuration),
    /// The shop, put together from masters that changed.
    Shop(Arc<Shop>),
    /// Items, prices or customers changed, and the shop did not.
    Items,
    /// The masters do not make a shop yet, and why.
    NoShop(String),
}

impl From<DeviceEvent> for Message {
    fn from(event: DeviceEvent) -> Self {
        Self::Device(event)
    }
}

/// The sending end, for threads.
#[derive(Clone)]
pub struct Sender {
    events: Arc<Events>,
    closed: Arc<AtomicBool>,
}

impl Sender {
    /// Sends into this queue.
    pub fn new(events: Arc<Events>) -> Self {
        Self {
            events,
            closed: Arc::default(),
        }
    }

    /// Says that the event loop has ended: nobody waits for a place any more.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Sends a message, waiting for a place however long the screen stands still. Messages after
    /// the event loop's end are dropped: nobody is left to read them, and what matters is in the
    /// store.
    pub fn send(&self, message: Message) {
        while !self.closed.load(Ordering::Acquire) {
            if hal::block_on(self.events.send(message.clone()), Some(SLICE)).is_some() {
                return;
            }
        }
    }

    /// Tells how much is not in ERPNext yet. For the store's thread, right after it changed that:
    /// so the newest count comes last.
    pub fn send_outbox(&self, store: &Store) {
        match store.records().outbox_summary() {
            Ok(summary) => self.send(Message::Outbox(summary)),
            Err(error) => tracing::warn!("the outbox cannot be counted: {error}"),
        }
    }
}
