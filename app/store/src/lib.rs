//! The only crate that knows SQLite: sales, journal, outbox, masters, staff.
//!
//! A data folder holds two files, so that downloading a million items neither makes a sale wait
//! nor can harm one: `till.sqlite` has what this till did and is synchronised to the disk with
//! every commit; `catalog.sqlite` has what ERPNext knows and can always be downloaded again.
//!
//! Three handles, each owned by one thread: [`Store`] writes the first file and holds the
//! folder's lock, [`Masters`] writes the second, [`ReadStore`] reads both and is the
//! [`checkout::catalog::Catalog`] that a till looks items up in. None of them reads a clock:
//! times are arguments.
//!
//! In reading order: how files are opened ([`StoreError`] says what can go wrong), what is
//! committed ([`Store`]), what became of it ([`Records`]), what comes from ERPNext ([`Masters`])
//! and how it is looked up ([`ReadStore`]).

mod error;

mod column;
mod folder;
mod open;
mod way_back;

mod card_payment;
mod commit;
mod journal;
mod new_customer;
mod numbering;
mod outbox;
mod outbox_due;
mod outbox_settled;
mod outbox_trouble;
mod pos_opening;
mod pos_opening_by_hand;
mod print_job;
mod report_job;
mod shifts;
mod signature;
mod sold;
mod staff;
mod staff_change;
mod staff_shared;

mod journal_check;
mod journal_export;
mod outbox_list;
mod records;
mod unsent;

mod masters;

mod catalog;
mod history;
mod stock;

mod favourites;
mod screens;
mod tile;

pub use catalog::ReadStore;
pub use commit::Store;
pub use error::{StoreError, StoreErrorKind};
pub use journal::{JournalEntry, JournalKind};
pub use journal_check::{JournalBroken, JournalFault, JournalProof, NotAHead, NotedHead};
pub use journal_export::{JournalExportError, verify_journal_export};
pub use masters::{Cursor, Masters, Retained};
pub use outbox::{OutboxDocument, OutboxEntry};
pub use outbox_list::{Behind, OutboxLine, OutboxSummary, SendState};
pub use outbox_settled::Settlement;
pub use outbox_trouble::{Hindrance, Parking, Trouble};
pub use pos_opening::{ClosingList, PosOpening, PosOpeningState, ProfileToClose};
pub use print_job::{PrintJob, PrintState};
pub use records::{DayTotals, Records, SaleRecord, SaleSummary, SalesQuery};
pub use report_job::ReportJob;
pub use screens::TileQuery;
pub use signature::{Fingerprint, JournalKey, JournalSigner, KeyTakeover, NotAFingerprint};
pub use staff::{Role, StaffMember};
pub use staff_change::{ChoiceEnd, ManagersChoose, StaffChange};
pub use staff_shared::{PinToShare, StaffOfSite};
pub use tile::Tile;
pub use unsent::{JournalHead, UnsentKind};

#[cfg(test)]
extern crate self as store;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
pub mod support;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod full_disk;
