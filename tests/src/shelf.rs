//! A till's books for tests that send in the same thread.

use std::cell::RefCell;

use kiosk::sync::courier::Books;
use store::{Store, StoreError};

/// The store, which is answered at once.
pub struct Shelf(pub RefCell<Store>);

impl Books for Shelf {
    type Ended = StoreError;

    fn of_store(ended: StoreError) -> Result<StoreError, StoreError> {
        Ok(ended)
    }

    fn with<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Store) -> R + Send + 'static,
    ) -> Result<R, StoreError> {
        Ok(task(&mut self.0.borrow_mut()))
    }
}
