//! evertill: the till itself, its screens and its event loop.
//!
//! [`start`] opens a data folder and puts the threads together; [`app`] is the event loop's
//! state; [`screens`] says what the screens show; [`store_thread`] and [`sync`] are the threads
//! behind it, which report through the one [`queue`].

pub mod attached;
pub mod config;
pub mod customer_screen_config;
pub mod display_config;
pub mod drawer_config;
pub mod fault;
mod places;
pub mod preset;
pub mod printer_changes;
pub mod printer_config;
pub mod scale_config;
pub mod scanner_config;
pub mod serial_config;
pub mod start;

pub mod enrol;
pub mod session;
pub mod supervised;

pub mod app;
pub mod journal_file;
pub mod keys;
pub mod log_file;
pub mod printing;
pub mod queue;
pub mod screens;
pub mod second_screen;
pub mod speaker;
pub mod staff;
pub mod store_thread;
pub mod sync;
pub mod terminal_config;
pub mod typesetting;
pub mod updates;
pub mod usb_name;
pub mod wireless;

mod bytes_file;
pub mod check;
pub mod device_list;
pub mod device_setup;
pub mod device_setup_file;
pub mod journal_command;
mod output;
pub mod staff_command;
pub mod sync_status;

#[cfg(feature = "demo")]
pub mod bench;
#[cfg(feature = "demo")]
pub mod demo;
#[cfg(feature = "demo")]
pub mod driver;
#[cfg(feature = "demo")]
pub mod gallery;
#[cfg(feature = "demo")]
pub mod headless;

/// How the screens look.
pub use ::ui;
