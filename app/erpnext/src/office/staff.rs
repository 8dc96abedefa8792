//! PINs that are shared between tills.

use serde_json::json;

use super::text;
use crate::dto::EMPLOYEE_PIN_FIELD;
use crate::request::{Request, Transport, TransportError};

/// What became of a PIN that was to be shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PinShared {
    /// The other tills get it with their next download.
    Shared,
    /// The site keeps PINs apart: it holds at this till alone.
    KeptApart,
    /// The site has no such employee any more.
    Gone,
}

/// Gives the hash of a PIN to the other tills, as the till's user: writes it to the Employee,
/// where the site lets tills do that. Sent twice, it does the same.
///
/// # Errors
/// Why the site gave no answer, or refused for another reason; it can be sent again.
pub fn share_pin(
    site: &mut dyn Transport,
    employee: &str,
    pin_hash: &str,
) -> Result<PinShared, TransportError> {
    let body = json!({ EMPLOYEE_PIN_FIELD: pin_hash });
    match site.send(&Request::update("Employee", employee, body)) {
        // ERPNext drops fields of a level that the user may not change, without a word.
        Ok(reply) if text(reply.data(), EMPLOYEE_PIN_FIELD) == pin_hash => Ok(PinShared::Shared),
        Ok(_) => Ok(PinShared::KeptApart),
        Err(TransportError::Refused(refused)) if refused.status == 403 => Ok(PinShared::KeptApart),
        Err(TransportError::Refused(refused)) if refused.status == 404 => Ok(PinShared::Gone),
        Err(error) => Err(error),
    }
}
