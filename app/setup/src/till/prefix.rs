//! The prefix of a till's receipt numbers, which no other till may have.

use erpnext::office::{OfficeError, ask, text, user_of_sheet};
use erpnext::push::KEY_FIELD;
use erpnext::{Request, Transport, TransportError};
use serde_json::json;

use crate::Error;

/// Whether a text can be a prefix.
pub(super) fn is_one(prefix: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=16).contains(&prefix.len()) && prefix.bytes().all(plain)
}

/// What one looks like, in words.
pub(super) fn rule(prefix: &str) -> String {
    format!(
        "{prefix} cannot be a prefix of receipt numbers: it has 1 to 16 letters, digits or hyphens"
    )
}

/// Refuses a prefix that another till sells under, or has a sheet with.
pub(super) fn check(site: &mut dyn Transport, prefix: &str, user: &str) -> Result<(), Error> {
    if !is_one(prefix) {
        return Err(Error::Prefix(rule(prefix)));
    }
    let other = match seller(site, prefix, user)? {
        Some(other) => Some(other),
        None => user_of_sheet(site, prefix, user)?,
    };
    match other {
        Some(other) => Err(Error::PrefixTaken {
            prefix: prefix.to_owned(),
            user: other,
        }),
        None => Ok(()),
    }
}

/// Another user who sold under this prefix.
fn seller(
    site: &mut dyn Transport,
    prefix: &str,
    user: &str,
) -> Result<Option<String>, OfficeError> {
    // Keys of sales are the prefix, six digits or more, and the box.
    let filters = json!([
        [KEY_FIELD, "like", format!("{prefix}-______-%")],
        ["owner", "!=", user],
    ]);
    let request = Request::list("POS Invoice", &["owner"], &filters)
        .with("order_by", "name asc")
        .with("limit_page_length", "1");
    match ask(site, "read POS Invoice", &request) {
        Ok(found) => Ok(found.get(0).map(|row| text(row, "owner").to_owned())),
        // A site without the key has no sales of tills.
        Err(OfficeError::Refused {
            reason: TransportError::Refused(refused),
            ..
        }) if refused.status == 417 => Ok(None),
        Err(error) => Err(error),
    }
}
