//! What crosses crates: the ERPNext stand-in, the fixtures it shares with `make test-live`, and
//! the suites under `tests/tests`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "this package is tests, which stop at the first surprise"
)]

mod arithmetic;
pub mod day;
pub mod fixtures;
pub mod parsers;
pub mod random;
pub mod recorded;
pub mod stand_in;
pub mod sync;

#[cfg(feature = "whole")]
pub mod shelf;

#[cfg(feature = "whole")]
pub mod syncing;

#[cfg(feature = "whole")]
pub mod till_box;

#[cfg(feature = "whole")]
pub mod live;
