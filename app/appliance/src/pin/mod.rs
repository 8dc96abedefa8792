//! PINs: kept as argon2id hashes only, peppered with a secret that is not in the database.
//!
//! Four digits are few: whoever has the database alone must not be able to try them all. The
//! [`Pepper`] lies in a file of its own and goes into each hash; without it a stolen database says
//! nothing about the PINs.

mod guessable;
mod pepper;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, KeyId, Params, ParamsBuilder, Version};
use argon2::{PasswordHasher, PasswordVerifier, password_hash};

pub use pepper::Pepper;

use crate::ApplianceError;

/// The fewest digits of a PIN.
pub const MIN_DIGITS: usize = 4;
/// The most digits of a PIN.
pub const MAX_DIGITS: usize = 12;

/// OWASP's least work for argon2id: 19 MiB, two passes, one lane. `evertill bench` says what that
/// takes on a machine; it is the same on all, because tills of a shop check each other's.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// A hash from a damaged or hostile database may not ask for more than this.
const MOST_MEMORY_KIB: u32 = 64 * 1024;
const MOST_PASSES: u32 = 8;
const MOST_LANES: u32 = 4;

/// What became of a PIN that somebody entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verification {
    /// It is this person's PIN.
    Verified,
    /// It is not.
    Wrong,
}

/// Whether something may be chosen as a new PIN, without the work of hashing it.
///
/// # Errors
/// [`ApplianceError::NotAPin`] and [`ApplianceError::GuessablePin`].
pub fn check_new_pin(pin: &str) -> Result<(), ApplianceError> {
    if !is_pin(pin) {
        return Err(ApplianceError::NotAPin);
    }
    if guessable::is_guessable(pin) {
        return Err(ApplianceError::GuessablePin);
    }
    Ok(())
}

/// Hashes a new PIN for keeping: a PHC string (`$argon2id$v=19$m=…`) with a salt of its own. It
/// also names the pepper, so that a database from another box is told from a wrong PIN.
///
/// # Errors
/// [`ApplianceError::NotAPin`] and [`ApplianceError::GuessablePin`] for PINs that are refused;
/// others when the machine gives no random numbers or memory.
pub fn hash_pin(pin: &str, pepper: &Pepper) -> Result<String, ApplianceError> {
    check_new_pin(pin)?;
    let mut salt = [0_u8; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(ApplianceError::Random)?;
    let params = ParamsBuilder::new()
        .m_cost(MEMORY_KIB)
        .t_cost(PASSES)
        .p_cost(LANES)
        .output_len(HASH_BYTES)
        .keyid(KeyId::new(pepper.id()).map_err(unusable)?)
        .build()
        .map_err(unusable)?;
    let hash = hasher(pepper, params)?
        .hash_password_with_salt(pin.as_bytes(), &salt)
        .map_err(refused)?;
    Ok(hash.to_string())
}

/// Whether a kept hash is one that [`verify_pin`] can compare with: whole, of bounded work, and made
/// with this pepper. A hash that came from elsewhere is asked this before it is kept.
#[must_use]
pub fn is_usable(phc: &str, pepper: &Pepper) -> bool {
    checked(phc, pepper).is_ok()
}

/// Compares a PIN that somebody entered with the hash kept for them. Takes as long as hashing, so
/// do not call it on the thread that paints. Something that is no PIN at all is simply wrong.
///
/// # Errors
/// [`ApplianceError::UnusableHash`] when the kept hash is damaged or asks for too much work,
/// [`ApplianceError::OtherPepper`] when it was made with another pepper.
pub fn verify_pin(pin: &str, phc: &str, pepper: &Pepper) -> Result<Verification, ApplianceError> {
    let (hash, params) = checked(phc, pepper)?;
    if !is_pin(pin) {
        return Ok(Verification::Wrong);
    }
    match hasher(pepper, params)?.verify_password(pin.as_bytes(), &hash) {
        Ok(()) => Ok(Verification::Verified),
        Err(password_hash::Error::PasswordInvalid) => Ok(Verification::Wrong),
        Err(error) => Err(refused(error)),
    }
}

/// The hash and what it asks for.
fn checked(phc: &str, pepper: &Pepper) -> Result<(PasswordHash, Params), ApplianceError> {
    let hash = PasswordHash::new(phc).map_err(unusable)?;
    if Algorithm::try_from(hash.algorithm.as_str()) != Ok(Algorithm::Argon2id) {
        return Err(unusable("not an argon2id hash"));
    }
    if hash.salt.is_none() || hash.hash.is_none_or(|output| output.len() != HASH_BYTES) {
        return Err(unusable("a part of it is missing"));
    }
    let params = Params::try_from(&hash).map_err(unusable)?;
    if params.m_cost() > MOST_MEMORY_KIB
        || params.t_cost() > MOST_PASSES
        || params.p_cost() > MOST_LANES
    {
        return Err(unusable("it asks for too much work"));
    }
    if params.keyid() != pepper.id() {
        return Err(ApplianceError::OtherPepper);
    }
    Ok((hash, params))
}

fn is_pin(text: &str) -> bool {
    (MIN_DIGITS..=MAX_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn hasher(pepper: &Pepper, params: Params) -> Result<Argon2<'_>, ApplianceError> {
    Argon2::new_with_secret(pepper.secret(), Algorithm::Argon2id, Version::V0x13, params)
        .map_err(unusable)
}

fn unusable(reason: impl ToString) -> ApplianceError {
    ApplianceError::UnusableHash {
        reason: reason.to_string(),
    }
}

fn refused(error: password_hash::Error) -> ApplianceError {
    match error {
        password_hash::Error::OutOfMemory => ApplianceError::OutOfMemory,
        other => unusable(other),
    }
}
