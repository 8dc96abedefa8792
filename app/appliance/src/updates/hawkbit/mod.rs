//! Eclipse hawkBit's interface for devices (Direct Device Integration, `controller/v1`): what a till
//! asks, what it understands of the answers, and what it tells. No socket: who has one asks and
//! hands the bytes over.
//!
//! A [`Poll`] may name an assignment, whose [`Deployment`] has the three files of a release:
//! [`Deployment::files`] finds them. What is to be done about it says [`judged`], from what runs and
//! what is remembered; a [`Feedback`] tells the server what became of it. hawkBit is a carrier, as a
//! folder on the web is one: nothing that it says of a version is believed without the release key.

mod address;
mod controller;
mod deployment;
mod feedback;
mod judgement;
mod poll;

pub use address::Address;
pub use controller::{ActionId, Controller, is_name};
pub use deployment::{Artifact, Deployment, Files, Held, NotForTills};
pub use feedback::{Feedback, attributes};
pub use judgement::{Verdict, judged};
pub use poll::{Assignment, Poll, cancelled};

use thiserror::Error;

/// The longest answer that is read, in bytes.
pub const LONGEST_ANSWER: usize = 256 * 1024;
/// The most of what is wrong that is told, in letters.
const LONGEST_PROBLEM: usize = 300;

/// An answer that is none of hawkBit's.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("the answer of hawkBit cannot be understood: {0}")]
pub struct NotUnderstood(String);

impl NotUnderstood {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        "Check the address in [updates.hawkbit] of till.toml, and what stands between it and the till."
    }

    fn because(problem: impl Into<String>) -> Self {
        Self(problem.into().chars().take(LONGEST_PROBLEM).collect())
    }
}

/// An answer as this.
fn read<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, NotUnderstood> {
    if bytes.len() > LONGEST_ANSWER {
        let problem = format!("it is longer than {LONGEST_ANSWER} bytes");
        return Err(NotUnderstood::because(problem));
    }
    serde_json::from_slice(bytes).map_err(|error| NotUnderstood::because(error.to_string()))
}
