//! A stand-in for ERPNext: a real HTTP(S) server that answers as the recorded one did.
//!
//! It keeps documents, lists them by filters, enforces unique keys, names, open shifts, stock,
//! highest discounts, coupons, points, batches and serial numbers, moves documents from draft to
//! submitted, and consolidates closings at once or in the background. With [`Site::version`] 16 it
//! has the rules of that version. Amounts it does not compute: it puts into an invoice what it was
//! told to ([`Site::with_totals`]). What else may fail it is told too ([`Site::refuse_submit`],
//! [`Site::closing_fault`]). `tests/stand_in_is_true.rs` holds it to the recordings.

mod catalogue;
mod refusal;
mod site;

mod list;

mod checks;
mod closings;
mod coupons;
mod customers;
mod invoices;
mod ledger;
mod office;
mod openings;
mod points;
mod returns;
mod rows;
mod sign_in;
mod staff;
mod stock;

mod certificates;
mod fault;
mod server;

pub use certificates::{Authority, Identity};
pub use fault::Fault;
pub use office::{ADMIN, ADMIN_TOKEN};
pub use refusal::Refusal;
pub use server::StandIn;
pub use site::{Site, USER};

/// The key and secret that the stand-in knows.
pub const TOKEN: &str = "till-key:till-secret";
