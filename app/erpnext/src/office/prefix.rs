//! The prefix of a till's receipt numbers, which no other till may have.

use serde_json::json;

use super::{OfficeError, ask, text, user_of_sheet};
use crate::push::KEY_FIELD;
use crate::request::{Request, Transport, TransportError};

/// Whether a text can be a prefix: 1 to 16 ASCII letters, digits or hyphens.
pub fn is_prefix(prefix: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=16).contains(&prefix.len()) && prefix.bytes().all(plain)
}

/// Refuses a prefix that is none, or under which another till than that of `user` sells or has a
/// sheet.
///
/// # Errors
/// [`OfficeError::Prefix`], [`OfficeError::PrefixTaken`], and what the site refuses.
pub fn check_prefix(site: &mut dyn Transport, prefix: &str, user: &str) -> Result<(), OfficeError> {
    if !is_prefix(prefix) {
        return Err(OfficeError::Prefix(prefix.to_owned()));
    }
    let other = match seller(site, prefix, user)? {
        Some(other) => Some(other),
        None => user_of_sheet(site, prefix, user)?,
    };
    match other {
        Some(other) => Err(OfficeError::PrefixTaken {
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
    match without_key_field(ask(site, "read POS Invoice", &request))? {
        Some(found) => Ok(found.get(0).map(|row| text(row, "owner").to_owned())),
        None => Ok(None),
    }
}

/// A site without the field for keys has no sales of tills.
pub(super) fn without_key_field<T>(
    answer: Result<T, OfficeError>,
) -> Result<Option<T>, OfficeError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(OfficeError::Refused {
            reason: TransportError::Refused(refused),
            ..
        }) if refused.status == 417 => Ok(None),
        Err(error) => Err(error),
    }
}
