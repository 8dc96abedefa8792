//! The whole till on a screen in memory: fingers on its pixels, a scanner and a printer on real
//! ptys, a real data folder, and a site over real TLS.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod counter;
mod screen;
mod whole_till;

mod card;
mod counter_devices;
mod customer_screen;
mod customers;
mod day;
mod device_setup;
mod disk;
mod displays;
mod enrol;
mod fleet;
mod goods;
mod manager;
mod pieces;
mod points;
mod prices;
mod printer;
mod renewal;
mod restart;
mod returns;
mod sale;
mod scanners;
mod secrets;
mod sign_in;
mod site;
mod start;
mod updates;
mod weighing;
