//! What becomes of a document of the outbox, and whose trouble it is.

use erpnext::problem::Problem;
use erpnext::push::Outcome;
use jiff::{SignedDuration, Timestamp};
use store::{Hindrance, OutboxDocument, OutboxEntry, Parking, StoreError, StoreErrorKind, Trouble};

use super::Books;

/// Notes what became of a document. Says whether it waits for a person now: a document that the
/// site refuses again and again does in the end.
///
/// # Errors
/// When the till is shutting down, and when the disk fails.
pub fn note<B: Books>(
    books: &B,
    entry: &OutboxEntry,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<bool, B::Ended> {
    let id = entry.id;
    match outcome.clone() {
        Outcome::Delivered { name, remark } => {
            let noted = books.with(move |store| match remark {
                Some(remark) => store.outbox_delivered_with(id, &name, &remark, now),
                None => store.outbox_delivered(id, &name, now),
            })?;
            match noted.map_err(|error| (of_records(&error, entry), error)) {
                Ok(()) => Ok(false),
                Err((Some(parked), _)) => note(books, entry, &parked, now),
                Err((None, error)) => Err(error.into()),
            }
        }
        Outcome::Parked {
            cause,
            remedy,
            booked_as,
        } => {
            let parked = books.with(move |store| {
                let parking = Parking {
                    cause: &cause,
                    remedy: &remedy,
                    booked_as: booked_as.as_deref(),
                };
                store.outbox_parked(id, &parking, now)
            })?;
            parked?;
            Ok(true)
        }
        Outcome::Retry { problem, after } => {
            let not_before = SignedDuration::try_from(after)
                .ok()
                .and_then(|after| now.checked_add(after).ok())
                .unwrap_or(now);
            let noted = books.with(move |store| {
                let (cause, remedy) = (problem.to_string(), problem.remedy());
                let trouble = Trouble {
                    hindrance: hindrance(&problem),
                    cause: &cause,
                    remedy: &remedy,
                };
                store.outbox_retry(id, &trouble, not_before, now)
            })?;
            Ok(noted?)
        }
    }
}

/// Whether a problem is the site's as a whole, so that nothing else needs to be tried. A rate
/// limit and a lock in its database can be one document's.
pub fn is_of_site(problem: &Problem) -> bool {
    problem.is_offline() && !matches!(problem, Problem::Busy { status: 429 | 500 })
}

fn hindrance(problem: &Problem) -> Hindrance {
    match problem {
        Problem::Forbidden { .. } | Problem::Intercepted { .. } | Problem::Unexpected { .. } => {
            Hindrance::Refused
        }
        Problem::Stalled { .. } => Hindrance::Doubtful,
        Problem::ShiftBeforeOpen { .. }
        | Problem::ProfileInUse { .. }
        | Problem::SeveralOpenings { .. }
        | Problem::ClosingInTheWay { .. } => Hindrance::Order,
        Problem::OriginalMissing { .. } | Problem::OriginalsOpen { .. } => Hindrance::AnotherTill,
        Problem::ClosingStuck { .. } => Hindrance::Queue,
        _ => Hindrance::Passing,
    }
}

/// What a fault of the till's own records means for the document that met it; `None` where the
/// disk fails, which is every document's.
pub(super) fn of_records(error: &StoreError, entry: &OutboxEntry) -> Option<Outcome> {
    match error.kind() {
        StoreErrorKind::Corrupt
        | StoreErrorKind::Inconsistent
        | StoreErrorKind::NotFound
        | StoreErrorKind::Refused => {}
        StoreErrorKind::Newer
        | StoreErrorKind::InUse
        | StoreErrorKind::Folder
        | StoreErrorKind::ReadOnly
        | StoreErrorKind::DiskFull
        | StoreErrorKind::Disk => return None,
    }
    let (what, remedy) = match &entry.document {
        OutboxDocument::Customer(customer) => (
            format!("Customer {}", customer.customer_name),
            "make the customer in ERPNext by hand",
        ),
        OutboxDocument::Shift(shift) => (
            format!("The opening of shift {}", shift.number),
            "call for help",
        ),
        OutboxDocument::Sale(sale) => (
            format!("Receipt {}", sale.receipt_number),
            "look whether it is in ERPNext, else book it there by hand",
        ),
        OutboxDocument::Closing(closing) => (
            format!("The closing of shift {}", closing.number),
            "close the shift in ERPNext by hand (POS Closing Entry)",
        ),
        OutboxDocument::LateClosing(shift) => (
            format!("The late closing of shift {}", shift.number),
            "close the shift in ERPNext by hand (POS Closing Entry)",
        ),
    };
    Some(Outcome::Parked {
        cause: format!("{what} cannot be sent by the till: {error}."),
        remedy: format!("Keep a copy of the data folder, {remedy}, and then settle it here."),
        booked_as: None,
    })
}
