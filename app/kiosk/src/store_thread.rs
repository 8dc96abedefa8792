//! The thread that owns the store's write connection: nothing else writes sales, and nothing on
//! the screen's thread waits for the disk.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use store::Store;

/// How many tasks may wait. The event loop has at most a few under way at a time.
const WAITING: usize = 64;

type Task = Box<dyn FnOnce(&mut Store) + Send>;

enum Order {
    Do(Task),
    Stop,
}

/// The store's thread. Dropping it ends the thread after the tasks that wait, whoever still holds
/// a handle.
pub struct StoreThread {
    handle: StoreHandle,
    thread: Option<JoinHandle<()>>,
}

/// Sends tasks to the store's thread.
#[derive(Clone)]
pub struct StoreHandle(SyncSender<Order>);

impl StoreThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start(mut store: Store) -> std::io::Result<Self> {
        let (orders, waiting): (_, Receiver<Order>) = sync_channel(WAITING);
        let run = move || {
            while let Ok(Order::Do(task)) = waiting.recv() {
                task(&mut store);
            }
        };
        let thread = std::thread::Builder::new()
            .name("store".into())
            .spawn(run)?;
        Ok(Self {
            handle: StoreHandle(orders),
            thread: Some(thread),
        })
    }

    /// A handle for another thread or the event loop.
    pub fn handle(&self) -> StoreHandle {
        self.handle.clone()
    }
}

impl Drop for StoreThread {
    fn drop(&mut self) {
        let _told = self.handle.0.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic there has already been reported; there is nothing left to save.
            let _ended = thread.join();
        }
    }
}

/// The store's thread is not taking tasks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StoreBusy {
    /// Too many tasks wait: the disk is stuck.
    #[error("the disk has not answered for too long")]
    Full,
    /// The thread has ended.
    #[error("the till is shutting down")]
    Ended,
}

impl StoreHandle {
    /// Has a task done without waiting for it.
    ///
    /// # Errors
    /// [`StoreBusy`]; the task is then not done.
    pub fn post(&self, task: impl FnOnce(&mut Store) + Send + 'static) -> Result<(), StoreBusy> {
        self.0
            .try_send(Order::Do(Box::new(task)))
            .map_err(|error| match error {
                TrySendError::Full(_) => StoreBusy::Full,
                TrySendError::Disconnected(_) => StoreBusy::Ended,
            })
    }

    /// Has a task done and waits for its answer. Never for the screen's thread.
    ///
    /// # Errors
    /// [`StoreBusy::Ended`] when the thread ends before the task.
    pub fn call<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Store) -> R + Send + 'static,
    ) -> Result<R, StoreBusy> {
        let (answer, answered) = sync_channel(1);
        let task = move |store: &mut Store| drop(answer.send(task(store)));
        self.0
            .send(Order::Do(Box::new(task)))
            .map_err(|_| StoreBusy::Ended)?;
        answered.recv().map_err(|_| StoreBusy::Ended)
    }
}
