//! Between columns and values.

use checkout::money::{Currency, Money};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Result, StoreError};

/// A body as it is stored.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Inconsistent(format!("it has no JSON form: {error}")))
}

/// A stored body; `what` names it when it cannot be read.
pub(crate) fn from_json<T: DeserializeOwned>(body: &str, what: &str) -> Result<T> {
    serde_json::from_str(body).map_err(|error| StoreError::corrupt(what, error))
}

/// A stored text that has a written form of its own; `what` names it when it cannot be read.
pub(crate) fn parsed<T: std::str::FromStr>(text: &str, what: &str) -> Result<T>
where
    T::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error: T::Err| StoreError::corrupt(what, error))
}

/// A stored time.
pub(crate) fn timestamp(milliseconds: i64, what: &str) -> Result<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| StoreError::corrupt(what, error))
}

/// A stored amount: none where any of its columns is null.
pub(crate) fn money(
    units: Option<i64>,
    currency: Option<&str>,
    decimals: Option<u8>,
) -> Result<Option<Money>> {
    let (Some(units), Some(code), Some(decimals)) = (units, currency, decimals) else {
        return Ok(None);
    };
    let currency =
        Currency::new(code, decimals).map_err(|error| StoreError::corrupt("an amount", error))?;
    Ok(Some(Money { units, currency }))
}

/// SQLite's integers are signed; counts never reach half of them.
pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
