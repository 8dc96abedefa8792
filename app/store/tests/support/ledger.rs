//! Sales that no till has to make: one real sale, committed again and again with changes.

use checkout::sale::Sale;
use jiff::Timestamp;
use store::{Masters, ReadStore, Store};
use tempfile::TempDir;

use super::{Counter, SALT_ROAD};

/// A data folder with one sale of "The Salt Road", and its three handles.
pub struct Ledger {
    /// The writer of sales.
    pub store: Store,
    /// The writer of masters.
    pub masters: Masters,
    /// What is looked up.
    pub reader: ReadStore,
    /// The sale that all others are like.
    pub sale: Sale,
    /// How many sales there are.
    sales: u64,
    dir: TempDir,
}

impl Ledger {
    /// A new folder.
    pub fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut counter = Counter::open(dir.path());
        let sale = counter.sells(SALT_ROAD);
        Self {
            store: counter.store,
            masters: Masters::open(dir.path()).unwrap(),
            reader: ReadStore::open(dir.path()).unwrap(),
            sale,
            sales: 1,
            dir,
        }
    }

    /// The same folder after the program was ended and started again.
    pub fn reopened(self) -> Self {
        let Self {
            store,
            masters,
            reader,
            sale,
            sales,
            dir,
        } = self;
        drop((store, masters, reader));
        Self {
            store: Store::open(dir.path(), super::INSTALLATION).unwrap(),
            masters: Masters::open(dir.path()).unwrap(),
            reader: ReadStore::open(dir.path()).unwrap(),
            sale,
            sales,
            dir,
        }
    }

    /// Commits the next sale.
    pub fn sells(&mut self, at: Timestamp, change: impl FnOnce(&mut Sale)) {
        self.sales += 1;
        let mut sale = self.sale.clone();
        sale.receipt_number.number = self.sales;
        sale.key = format!("sale-{}", self.sales);
        sale.at = at;
        change(&mut sale);
        self.store.commit_sale(&sale).unwrap();
    }

    /// ERPNext takes everything that waits.
    pub fn delivers(&mut self, at: Timestamp) {
        while let Some(entry) = self.store.outbox_next(at).unwrap() {
            let name = format!("ERP-{}", entry.id);
            self.store.outbox_delivered(entry.id, &name, at).unwrap();
        }
    }
}
