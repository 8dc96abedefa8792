//! Signing in: a PIN is looked at on a thread of its own, after the guess was counted durably.

use std::sync::Arc;
use std::time::Duration;

use appliance::lockout::Attempts;
use appliance::pin::{Pepper, Verification, verify_pin};
use appliance::{ApplianceError, Moment};
use store::{JournalKind, StaffMember, StoreError};
use zeroize::Zeroizing;

use crate::queue::{Message, Sender};
use crate::store_thread::{StoreBusy, StoreHandle};

/// What became of a PIN.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PinChecked {
    /// Whose it was to be.
    pub id: String,
    /// What it was.
    pub outcome: PinOutcome,
}

/// What a PIN was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PinOutcome {
    /// Right.
    Right,
    /// Wrong; so many tries are left before the waits begin.
    Wrong {
        /// Tries that are free.
        left: u32,
    },
    /// Not looked at: too many were wrong. So long is to be waited.
    Wait(Duration),
    /// It could not be looked at; the sentence says why and what to do.
    Failed(String),
}

/// Looks at a PIN and sends [`Message::Pin`].
///
/// # Errors
/// When the system has no thread to give.
pub fn check_pin(
    store: StoreHandle,
    pepper: Arc<Pepper>,
    id: String,
    pin: Zeroizing<String>,
    events: Sender,
) -> std::io::Result<()> {
    let run = move || {
        let outcome = look_at(&store, &pepper, &id, &pin)
            .unwrap_or_else(|error| PinOutcome::Failed(error.to_string()));
        events.send(Message::Pin(PinChecked { id, outcome }));
    };
    std::thread::Builder::new()
        .name("pin".into())
        .spawn(run)
        .map(drop)
}

/// How long a person must wait before the next guess.
pub fn wait_of(member: &StaffMember) -> Duration {
    attempts_of(member).map_or(Duration::ZERO, |attempts| attempts.wait(&Moment::now()))
}

#[derive(Debug, thiserror::Error)]
enum SignInError {
    #[error(transparent)]
    Appliance(#[from] ApplianceError),
    #[error("{0}. Restart the till; nothing sold is lost.")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Busy(#[from] StoreBusy),
    // Not taken for none: that would be a way to free guesses.
    #[error("The record of this person's wrong PINs is damaged. Give them a new PIN.")]
    Damaged,
    #[error("This person is not known on this till any more. Choose another.")]
    Unknown,
}

fn look_at(
    store: &StoreHandle,
    pepper: &Pepper,
    id: &str,
    pin: &str,
) -> Result<PinOutcome, SignInError> {
    let wanted = id.to_owned();
    let staff = store.call(|store| store.staff())??;
    let member = staff.into_iter().find(|member| member.id == wanted);
    let member = member.ok_or(SignInError::Unknown)?;
    let counted = match attempts_of(&member)?.begin(&Moment::now()) {
        Ok(counted) => counted,
        Err(wait) => return Ok(PinOutcome::Wait(wait)),
    };
    // Counted as wrong before it is looked at: pulling the plug gains no free guess.
    keep(store, id, &counted)?;
    let verification = verify_pin(pin, &member.phc, pepper)?;
    let told = serde_json::json!({
        "staff": id,
        "signed_in": matches!(verification, Verification::Verified),
    });
    store.call(move |store| {
        store.journal_append(JournalKind::SignIn, &told, jiff::Timestamp::now())
    })??;
    match verification {
        Verification::Verified => {
            keep(store, id, &Attempts::default())?;
            Ok(PinOutcome::Right)
        }
        Verification::Wrong => {
            let wait = counted.wait(&Moment::now());
            Ok(if wait.is_zero() {
                PinOutcome::Wrong {
                    left: appliance::lockout::FREE_ATTEMPTS.saturating_sub(counted.failed),
                }
            } else {
                PinOutcome::Wait(wait)
            })
        }
    }
}

fn keep(store: &StoreHandle, id: &str, attempts: &Attempts) -> Result<(), SignInError> {
    let id = id.to_owned();
    // Numbers and texts always become JSON.
    let kept = serde_json::to_value(attempts).ok();
    Ok(store.call(move |store| store.put_attempts(&id, kept.as_ref()))??)
}

/// The guesses of a person so far.
fn attempts_of(member: &StaffMember) -> Result<Attempts, SignInError> {
    match &member.attempts {
        None => Ok(Attempts::default()),
        Some(kept) => serde_json::from_value(kept.clone()).map_err(|_| SignInError::Damaged),
    }
}
