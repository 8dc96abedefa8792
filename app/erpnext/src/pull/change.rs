//! What a pull is told, asks for and tells.

use std::time::Duration;

use checkout::masters::{Doctype, Master};

use super::cursor::Cursor;
use crate::dto::DecodeError;
use crate::problem::Problem;
use crate::request::Request;

/// Whose masters are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PullConfig {
    /// The till's POS Profile.
    pub pos_profile: String,
    /// All names are compared in the first cycle and in every so many-th after it; cycles that
    /// failed do not count.
    pub reconcile_every: u32,
}

/// What to do next.
#[derive(Clone, PartialEq, Debug)]
pub enum PullStep {
    /// Send this, and give the answer to [`super::Pull::on_reply`].
    Send(Request),
    /// The cycle is over.
    Done,
}

/// What an answer changes.
#[derive(Clone, PartialEq, Debug)]
pub enum PullChange {
    /// Documents to insert or replace, and how far the doctype was read with them: to be stored
    /// in one transaction.
    Page {
        /// Their doctype.
        doctype: Doctype,
        /// The documents.
        masters: Vec<Master>,
        /// How far it was read; `None` where there is nothing to remember.
        cursor: Option<Cursor>,
    },
    /// All names there are: documents with others are to be deleted. Where one of these names is
    /// not stored, tell [`super::Pull::read_again`].
    Retain {
        /// The doctype.
        doctype: Doctype,
        /// The names.
        names: Vec<String>,
    },
    /// A doctype was read to its end in this cycle: what is stored is what the site has now.
    Ended {
        /// The doctype.
        doctype: Doctype,
    },
    /// For a progress bar.
    Progress {
        /// What is being read.
        doctype: Doctype,
        /// Rows of it read in this cycle.
        rows: u64,
    },
    /// A document that cannot be read; the rest goes on.
    Skipped(DecodeError),
    /// A doctype that cannot be read; the rest goes on.
    Problem(Problem),
    /// The cycle ended early. Begin again after [`crate::backoff`].
    Failed {
        /// Why.
        problem: Problem,
        /// How long the site asks to wait.
        retry_after: Option<Duration>,
    },
}
