//! What servers of tests have in common, and the one that both the till's tests and the virtual
//! machines' need.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "this package is for tests, which stop at the first surprise"
)]

pub mod hawkbit;
pub mod http;
