//! Which batch, which piece, which unit, which variant a line sells, and what a code stands for.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/dollar_shop.rs"]
mod dollar_shop;
#[path = "../prices/shop.rs"]
mod shop;

mod batches;
mod bundles;
mod codes;
mod serial_nos;
mod uoms;
mod variants;
