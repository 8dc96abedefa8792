//! What codes say by themselves: real ones, and any bytes at all.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "../support/dollar_shop.rs"]
mod dollar_shop;
mod element_strings;
mod links;
mod properties;

use checkout::codes::gs1::Elements;

/// What a code says, as people write it.
fn in_brackets(elements: &Elements) -> String {
    let elements = elements.iter();
    elements
        .map(|element| format!("({}){}", element.number(), element.value()))
        .collect()
}
