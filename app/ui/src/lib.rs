//! How the till's screens look, compiled from `*.slint`: one window and one global for each
//! screen. `interface.slint` says what each property and callback is for; what the screens show
//! is for `kiosk` to say.

#[allow(
    missing_docs,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::todo,
    reason = "written by the Slint compiler"
)]
mod written {
    slint::include_modules!();
}

pub use written::*;
