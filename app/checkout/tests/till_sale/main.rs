//! The till's state machine, from events to effects.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod market;
mod regulars;
mod shop;

mod any_order;
mod approvals;
mod buyer;
mod card_payments;
mod changes;
mod coupons;
mod customers;
mod exchanging;
mod labels;
mod lots;
mod paying;
mod points;
mod properties;
mod receipt_codes;
mod refusals;
mod restart;
mod returned_pieces;
mod returned_shares;
mod returning;
mod rules;
mod selling;
mod shift;
mod stock;
mod weighing;
