//! How the devices behave, driven through the real ptys and sockets of the simulators.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

mod bad_lines;
mod cable_pulled;
mod card_payments;
mod card_secrets;
mod card_terminals_lost;
mod discovering;
mod drawer;
mod driver_faults;
mod faults;
mod in_step;
mod late_answers;
mod line_displays;
mod links;
mod logo;
mod noise;
mod paper_out;
mod port_comes_back;
mod power_off;
mod printed_codes;
mod printing;
mod queue_full;
mod receipt_bytes;
mod replaying;
mod scanning;
mod scripts;
mod star;
mod status_stream;
mod terminal_days;
mod usb_scanners;
mod weighing;
mod zvt_bytes;
