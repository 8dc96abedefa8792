//! What the store promises, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod support;

mod card_payments;
mod catalog_lookup;
mod commit_is_atomic;
mod crash_between_steps;
mod data_folder;
mod favourites;
mod journal_export;
mod journal_signature;
mod journal_tamper;
mod new_customers;
mod newer_database;
mod older_database;
mod outbox_order;
mod outbox_settled;
mod outbox_trouble;
mod points_and_coupons;
mod print_jobs;
mod returned_goods;
mod sales_list;
mod sell_to_whom;
mod shift_closed;
mod sold_history;
mod sold_pieces;
mod staff;
mod templates;
