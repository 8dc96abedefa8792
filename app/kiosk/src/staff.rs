//! Signing in and approving: a PIN is looked at on a thread of its own, after the guess was counted
//! durably. Choosing one is such a thread's work, too.

use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use appliance::lockout::Attempts;
use appliance::pin::{Pepper, Verification, hash_pin, verify_pin};
use appliance::{ApplianceError, Moment};
use store::{JournalKind, Role, StaffMember, Store, StoreError};
use zeroize::Zeroizing;

use crate::queue::{Message, Sender};
use crate::store_thread::{StoreBusy, StoreHandle};

/// What a PIN is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PinPurpose {
    /// To sign in.
    SignIn,
    /// To approve what a cashier may not do alone; only a manager's PIN counts.
    Approval {
        /// Which request: an answer that comes after it was dropped approves nothing else.
        request: u64,
    },
    /// To change what managers change; only a manager's PIN counts.
    Manage {
        /// Which request.
        request: u64,
    },
    /// To choose another PIN.
    OwnPin {
        /// Which request.
        request: u64,
    },
}

impl PinPurpose {
    fn is_a_managers(self) -> bool {
        matches!(self, Self::Approval { .. } | Self::Manage { .. })
    }
}

/// What became of a change of the staff.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaffChanged {
    /// Which change it was; a number of whoever asked for it.
    pub request: u64,
    /// Done, with what to say; or why it was not, in a sentence.
    pub outcome: Result<String, String>,
}

/// What became of a PIN.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PinChecked {
    /// Whose it was to be.
    pub id: String,
    /// What it was asked for.
    pub purpose: PinPurpose,
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

/// Looks at a PIN and sends [`Message::Pin`]. Wrong ones count the same whatever they are for.
///
/// # Errors
/// When the system has no thread to give.
pub fn check_pin(
    store: StoreHandle,
    pepper: Arc<Pepper>,
    id: String,
    purpose: PinPurpose,
    pin: Zeroizing<String>,
    events: Sender,
) -> std::io::Result<()> {
    let run = move || {
        let outcome = look_at(&store, &pepper, &id, purpose, &pin)
            .unwrap_or_else(|error| PinOutcome::Failed(error.to_string()));
        let checked = PinChecked {
            id,
            purpose,
            outcome,
        };
        events.send(Message::Pin(checked));
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
    Store(StoreError),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Busy(#[from] StoreBusy),
    // Not taken for none: that would be a way to free guesses.
    #[error("The record of this person's wrong PINs is damaged. Give them a new PIN.")]
    Damaged,
    #[error("This person is not known on this till any more. Choose another.")]
    Unknown,
    #[error("Only a manager can approve this. Choose a manager.")]
    NotAManager,
    #[error("This person cannot sign in. A manager can see why under Staff.")]
    MayNot,
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(sentence) => Self::Refused(sentence),
            other => Self::Store(other),
        }
    }
}

/// So that each box's log says how long its processor takes for a PIN.
static FIRST_LOOK: Once = Once::new();

fn look_at(
    store: &StoreHandle,
    pepper: &Pepper,
    id: &str,
    purpose: PinPurpose,
    pin: &str,
) -> Result<PinOutcome, SignInError> {
    let wanted = id.to_owned();
    let staff = store.call(|store| store.staff())??;
    let member = staff.into_iter().find(|member| member.id == wanted);
    let member = member.ok_or(SignInError::Unknown)?;
    // Looked up anew: they may have been a manager when the screen showed them.
    if purpose.is_a_managers() && member.role != Role::Manager {
        return Err(SignInError::NotAManager);
    }
    let Some(phc) = member.phc.as_deref().filter(|_| !member.disabled) else {
        return Err(SignInError::MayNot);
    };
    let counted = match attempts_of(&member)?.begin(&Moment::now()) {
        Ok(counted) => counted,
        Err(wait) => return Ok(PinOutcome::Wait(wait)),
    };
    // Counted as wrong before it is looked at: pulling the plug gains no free guess.
    keep(store, id, &counted)?;
    let begun = Instant::now();
    let verification = verify_pin(pin, phc, pepper)?;
    FIRST_LOOK.call_once(|| {
        let milliseconds = begun.elapsed().as_millis();
        tracing::info!("a PIN is looked at in {milliseconds} ms here");
    });
    let right = matches!(verification, Verification::Verified);
    let told = match purpose {
        PinPurpose::SignIn => serde_json::json!({ "staff": id, "signed_in": right }),
        PinPurpose::Approval { .. } => serde_json::json!({ "staff": id, "may_approve": right }),
        PinPurpose::Manage { .. } => serde_json::json!({ "staff": id, "may_manage": right }),
        PinPurpose::OwnPin { .. } => serde_json::json!({ "staff": id, "may_choose_pin": right }),
    };
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

/// Hashes a PIN, has the store take it, and sends [`Message::Staff`]. `take` gets the hash.
///
/// # Errors
/// When the system has no thread to give.
pub fn choose_pin(
    store: StoreHandle,
    pepper: Arc<Pepper>,
    pin: Zeroizing<String>,
    request: u64,
    done: String,
    take: impl FnOnce(&mut Store, String) -> Result<(), StoreError> + Send + 'static,
    events: Sender,
) -> std::io::Result<()> {
    let run = move || {
        let outcome = hash_pin(&pin, &pepper)
            .map_err(SignInError::from)
            .and_then(|phc| Ok(store.call(move |store| take(store, phc))??))
            .map(|()| done)
            .map_err(|error| error.to_string());
        events.send(Message::Staff(StaffChanged { request, outcome }));
    };
    std::thread::Builder::new()
        .name("pin".into())
        .spawn(run)
        .map(drop)
}

/// Has the store change something about the staff and send [`Message::Staff`], without waiting.
///
/// # Errors
/// [`StoreBusy`]; nothing is changed then.
pub fn change(
    store: &StoreHandle,
    request: u64,
    done: String,
    change: impl FnOnce(&mut Store) -> Result<(), StoreError> + Send + 'static,
    events: Sender,
) -> Result<(), StoreBusy> {
    store.post(move |store| {
        let outcome = change(store)
            .map(|()| done)
            .map_err(|error| SignInError::from(error).to_string());
        events.send(Message::Staff(StaffChanged { request, outcome }));
    })
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
