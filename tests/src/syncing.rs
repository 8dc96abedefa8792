//! The threads of a till that sends and downloads, on a data folder, without a screen.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use erpnext::Transport;
use kiosk::queue::{Events, Message, Sender};
use kiosk::store_thread::StoreThread;
use kiosk::sync::{Sync, SyncThread};
use store::{Masters, Store};

/// How long a test waits for what never comes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A store's thread and a sync.
pub struct Syncing {
    // In this order: the sync uses the store's thread.
    /// The sync.
    pub sync: SyncThread,
    /// The store's thread.
    pub store: StoreThread,
    /// What they told.
    pub events: Arc<Events>,
}

impl Syncing {
    /// Starts the threads of till C1 on a folder whose store is open.
    pub fn start(store: Store, folder: &Path, transport: impl Transport + Send + 'static) -> Self {
        Self::of_till(store, folder, transport, "Counter 1", "C1")
    }

    /// The same of the till of this POS Profile and prefix.
    pub fn of_till(
        store: Store,
        folder: &Path,
        transport: impl Transport + Send + 'static,
        pos_profile: &str,
        prefix: &str,
    ) -> Self {
        let damaged = store.damaged_catalog().is_some();
        let masters = Masters::open(folder).unwrap();
        let store = StoreThread::start(store).unwrap();
        let events = Arc::new(Events::new());
        let (handle, sender) = (store.handle(), Sender::new(events.clone()));
        let sync = Sync::new(transport, handle, masters, pos_profile, prefix, sender).unwrap();
        let sync = sync.noting_in(folder);
        let sync = if damaged { sync.after_damage() } else { sync };
        Self {
            sync: SyncThread::start(sync).unwrap(),
            store,
            events,
        }
    }

    /// Reads what came and waits for nothing: a queue that nobody reads holds the threads up.
    pub fn reads(&self) {
        while hal::block_on(self.events.receive(), Some(Duration::ZERO)).is_some() {}
    }

    /// The messages up to the one that is waited for.
    pub fn until(&self, what: &str, is_it: impl Fn(&Message) -> bool) -> Vec<Message> {
        let mut seen = Vec::new();
        loop {
            let Some(message) = hal::block_on(self.events.receive(), Some(PATIENCE)) else {
                panic!("waited for: {what}; what came: {seen:?}");
            };
            let last = is_it(&message);
            seen.push(message);
            if last {
                return seen;
            }
        }
    }
}
