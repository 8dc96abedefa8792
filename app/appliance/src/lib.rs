//! Secrets, PINs, enrolment, updates, network and health of the box; no screen.
//!
//! [`vault`] keeps what must stay secret, [`enrolment`] brings most of it into the box, and
//! [`hardening`] keeps it from leaking out of the process.
//!
//! Signing in takes three steps, in this order, so that pulling the plug never buys a free guess:
//! [`lockout::Attempts::begin`] says whether a guess is allowed now and counts it as failed;
//! what it returns is made durable; only then does [`pin::verify_pin`] look at the PIN. A right PIN
//! puts [`lockout::Attempts::default`] back.

pub mod keys;

pub mod vault;

pub mod enrolment;

pub mod lockout;
pub mod pin;

pub mod hardening;

pub mod updates;

pub mod backlight;
pub mod upkeep;
pub mod wireless;

mod base32;
mod clock;
mod durable;
mod error;

pub use clock::Moment;
pub use error::{ApplianceError, ErrorKind};
