//! Updates of the whole system.
//!
//! A source is a folder on the web with three files: a bundle of RAUC's, `release.json`, which
//! describes it, and `release.json.sig`, which proves the description. A [`Release`] is what a
//! checked description says. [`Rauc`] installs the bundle into the slot that does not run, and
//! [`Begun`] remembers that across the restart, so that the till can say what became of it. Or
//! [`hawkbit`] hands the same three files over, to the tills that a fleet's server chooses.

mod begun;
pub mod hawkbit;
mod hours;
mod rauc;
mod release;
mod system;

pub use begun::{Begun, Outcome};
pub use hours::Hours;
pub use rauc::{Bundle, Rauc, RaucError, Said, Slot, bundle_of, slots_of};
pub use release::{LONGEST_RELEASE, NotARelease, Release, ReleaseKey, SIGNATURE_LENGTH};
pub use system::System;
