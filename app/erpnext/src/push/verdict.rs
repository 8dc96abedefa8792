//! What a refusal means for the document it is about. Decided by HTTP status and `exc_type`; the
//! texts are translated and only shown.

use super::{Blocked, CUSTOMER, POS_INVOICE, Standing};
use crate::problem::Problem;
use crate::request::{Refused, TransportError};

/// What follows from an error in answer to a write.
pub(super) enum Verdict {
    /// Nothing about the document: later.
    Later(Blocked),
    /// It is there already, or changed meanwhile: look it up.
    LookUp,
    /// A check said no; whether it is the missing opening only ERPNext's list of openings tells.
    Checked(Refused),
    /// The document itself is wrong.
    Never(Refused),
}

/// Python's errors for a document that the code did not expect.
const STUMBLES_OVER_THE_DOCUMENT: &[&str] = &[
    "AssertionError",
    "AttributeError",
    "IndexError",
    "JSONDecodeError",
    "KeyError",
    "TypeError",
    "UnboundLocalError",
    "ValueError",
    "ZeroDivisionError",
];

/// What an error in answer to writing a POS Invoice or an opening means.
pub(super) fn of_write(error: &TransportError, doctype: &str) -> Verdict {
    let refused = match (Problem::of_site(error), error) {
        (None, TransportError::Refused(refused)) => refused,
        _ => {
            let about_it = about_the_document(error, doctype);
            return Verdict::Later(about_it.unwrap_or_else(|| of_look_up(error, doctype)));
        }
    };
    match (refused.status, refused.exc_type.as_str()) {
        (403, _) => Verdict::Later(forbidden("write", doctype, refused)),
        (409, _)
        | (
            417,
            "UniqueValidationError"
            | "DuplicateEntryError"
            | "TimestampMismatchError"
            | "UpdateAfterSubmitError"
            | "DocstatusTransitionError"
            | "DocumentLockedError",
        ) => Verdict::LookUp,
        (417, "ValidationError") => Verdict::Checked(refused.clone()),
        // The same document fails the same way again; anything else a server stumbles over, a
        // lost database or a full disk, passes.
        (500.., exc_type) if !STUMBLES_OVER_THE_DOCUMENT.contains(&exc_type) => {
            let problem = unexpected(doctype, refused);
            Verdict::Later(Blocked {
                problem,
                retry_after: refused.retry_after,
            })
        }
        _ => Verdict::Never(refused.clone()),
    }
}

/// What an error in answer to a question means: the question can be asked again.
pub(super) fn of_look_up(error: &TransportError, doctype: &str) -> Blocked {
    let retry_after = match error {
        TransportError::Refused(refused) => refused.retry_after,
        _ => None,
    };
    let problem = match (Problem::of_site(error), error) {
        (Some(problem), _) => problem,
        (None, TransportError::Refused(refused)) => {
            match (refused.status, refused.exc_type.as_str()) {
                (403, _) => return forbidden("read", doctype, refused),
                // "Field not permitted in query": the only field asked for that may be absent.
                (417, "DataError") if doctype == POS_INVOICE => Problem::KeyFieldMissing,
                (417, "DataError") if doctype == CUSTOMER => Problem::CustomerKeyFieldMissing,
                _ => unexpected(doctype, refused),
            }
        }
        (None, other) => Problem::Unexpected {
            doctype: doctype.to_owned(),
            detail: other.to_string(),
        },
    };
    Blocked {
        problem,
        retry_after,
    }
}

/// A page, a text or a redirection in answer to a write is about this document: ERPNext itself has
/// just answered the question before it, so the network is open and the address is right. So may be
/// what a site did not come to an end with. `None` for what says nothing about the document.
fn about_the_document(error: &TransportError, doctype: &str) -> Option<Blocked> {
    let doctype = doctype.to_owned();
    let (status, retry_after, is_refusal) = match error {
        TransportError::Html { status }
        | TransportError::NotJson { status, .. }
        | TransportError::Redirected { status, .. } => (*status, None, false),
        TransportError::Refused(refused) => (refused.status, refused.retry_after, true),
        TransportError::TooLarge { .. } | TransportError::Request(_) => {
            return Some(Blocked::from(Problem::Unexpected {
                doctype,
                detail: error.to_string(),
            }));
        }
        _ => return None,
    };
    let problem = match status {
        // A gateway that waited too long, a server that broke off, a lock in the database.
        500 if is_refusal => Problem::Stalled { doctype, status },
        502..=504 | 508 => Problem::Stalled { doctype, status },
        // What a firewall or a web server does not let through, or sends elsewhere. Who has to sign
        // in to a network first gets other pages.
        200..=400 | 403..=406 | 409..=423 | 431 | 451 | 500 | 501 if !is_refusal => {
            Problem::Intercepted { doctype, status }
        }
        _ => return None,
    };
    Some(Blocked {
        problem,
        retry_after,
    })
}

fn forbidden(action: &'static str, doctype: &str, refused: &Refused) -> Blocked {
    Blocked::from(Problem::Forbidden {
        action,
        doctype: doctype.to_owned(),
        message: refused.message.clone(),
    })
}

fn unexpected(doctype: &str, refused: &Refused) -> Problem {
    Problem::Unexpected {
        doctype: doctype.to_owned(),
        detail: refused.to_string(),
    }
}

/// Parks a document that ERPNext refuses for good. `what` names it: `Receipt C1-000123`.
pub(super) fn park(what: &str, refused: &Refused) -> Standing {
    let said = if refused.message.is_empty() {
        refused.exc_type.as_str()
    } else {
        refused.message.as_str()
    };
    let said = if said.is_empty() { "no reason" } else { said };
    let said = said.trim_end_matches('.');
    Standing::Parked {
        cause: format!("{what} was refused by ERPNext: {said}."),
        remedy: remedy(refused).to_owned(),
    }
}

fn remedy(refused: &Refused) -> &'static str {
    match (refused.status, refused.exc_type.as_str()) {
        (404, _) => "Create it in ERPNext again, or rename it back, then send the receipt again.",
        (_, "LinkValidationError" | "CancelledLinkError") => {
            "Create what is missing in ERPNext, or rename it back, then send the receipt again."
        }
        (_, "PartyDisabled" | "PartyFrozen") => {
            "Enable the customer in ERPNext for a moment, then send the receipt again."
        }
        (_, "SerialNoWarehouseError" | "SerialNoExistsInFutureTransactionError") => {
            "Correct the serial number's warehouse in ERPNext, then send the receipt again."
        }
        (_, "BatchNegativeStockError" | "NegativeStockError" | "BatchExpiredError") => {
            "Correct the stock in ERPNext (Stock Reconciliation), then send the receipt again."
        }
        (_, "PartialPaymentValidationError") => {
            "Allow partial payment in the POS Profile for a moment, then send the receipt again."
        }
        (_, "UOMMustBeIntegerError") => {
            "Allow fractions for the unit (UOM) in ERPNext, then send the receipt again."
        }
        (_, "StockOverReturnError") => {
            "Look for the other return of this receipt in ERPNext: the goods came back twice. If this one is not to be booked, settle it here by hand."
        }
        (_, "ValidationError") => {
            "Correct in ERPNext what it names (stock, a disabled item, a setting), then send it again."
        }
        (500.., _) => {
            "Look into ERPNext's Error Log; an update of ERPNext or of the till may be needed."
        }
        _ => "Correct in ERPNext what it names, then send it again.",
    }
}
