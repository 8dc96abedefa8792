//! Prices and item taxes as ERPNext finds them, case by case, and the code on a package to the
//! item. The cases M7, M8 and M9 bear the names of the arithmetic's description.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../support/dollar_shop.rs"]
mod dollar_shop;
mod shop;

mod item_prices;
mod item_taxes;
mod scanned;
