//! What becomes of a print job.

use super::Hindrance;

/// A job's number, given by the caller; the same number comes back in events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u32);

/// Where a job stands. Every job ends as `Confirmed`, `Unconfirmed` or `Failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Not begun. With a hindrance: held back, and printed by itself when that is gone.
    Queued(Option<Hindrance>),
    /// Begun. With a hindrance: the printer stopped in the middle and goes on by itself when
    /// that is gone, so printing the job again would print it twice.
    Sending(Option<Hindrance>),
    /// Printed, as far as the evidence goes.
    Confirmed(Evidence),
    /// Begun, and nobody knows how far it got. Ask the operator; a reprint is a DUPLICATE.
    Unconfirmed(Doubt),
    /// Nothing of it was printed.
    Failed(JobFailure),
}

impl JobState {
    /// Whether this is the last state of its job.
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            JobState::Confirmed(_) | JobState::Unconfirmed(_) | JobState::Failed(_)
        )
    }
}

/// Why a job counts as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The printer reported that this job is complete.
    CompletionReport,
    /// Every byte was taken, and the printer answered that nothing is wrong, over and over, for as
    /// long as a slow one prints. Of a drawer: once, after the pulse.
    ErrorFreeStatus,
    /// The drawer's sensor shows that it opened.
    Sensor,
    /// Every byte was taken, and nothing more can be known: nobody at the other end answers, or the
    /// printer obeyed at once although something is wrong with it, and the drawer has no sensor.
    Taken,
}

/// Why nobody knows whether a job was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The cable was pulled or the connection closed in the middle.
    LinkLost,
    /// The printer stopped taking bytes in the middle and says nothing about why.
    WriteStalled,
    /// Every byte was taken, but the printer no longer answers, or was silent in between and may
    /// have been switched off and on; or the drawer's sensor still shows it closed; or something went
    /// wrong with the printer before it can have come to the drawer's pulse.
    NoAnswer,
    /// The printer stood still in the middle of a job larger than it keeps, on a line where it cannot
    /// stop the till: what came meanwhile may be lost. Or it says itself that it lost bytes.
    Overrun,
    /// Every byte was taken, and the printer is set up as one that never answers.
    NeverAnswers,
    /// The till was shut down in the middle.
    Stopped,
    /// The device's driver failed in the middle and was started anew.
    Faulted,
}

/// Why nothing of a job was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobFailure {
    /// The printer could not do it at once, and the job was one that does not wait.
    Hindered(Hindrance),
    /// It was one that does not wait, and the printer was at something else for too long.
    Late,
    /// The caller took it back.
    Cancelled,
    /// The till was shut down before it began.
    Stopped,
}
