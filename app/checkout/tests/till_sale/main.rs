//! The till's state machine, from events to effects.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod regulars;
mod shop;

mod any_order;
mod buyer;
mod paying;
mod refusals;
mod restart;
mod selling;
