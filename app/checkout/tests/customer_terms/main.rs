//! What depends on who buys: the taxes, the points, and the currency of their price list.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/dollar_shop.rs"]
mod dollar_shop;

mod exchange;
mod loyalty;
mod tax_rules;
