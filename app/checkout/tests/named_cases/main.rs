//! Small documents with a name each, computed with ERPNext 15.71 under each rounding method.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod case;
mod discounts;
mod field_precision;
mod payments;
mod refusals;
mod rounding;
mod rows_and_taxes;
