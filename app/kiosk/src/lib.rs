//! evertill: the till itself, its screens and its event loop.

#[cfg(feature = "demo")]
pub mod gallery;
#[cfg(feature = "demo")]
pub mod headless;
pub mod keys;

/// The screens, compiled from `ui/*.slint`: one window and one global for each screen.
/// `ui/interface.slint` says what each property and callback is for.
#[allow(
    missing_docs,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "written by the Slint compiler"
)]
pub mod ui {
    slint::include_modules!();
}
