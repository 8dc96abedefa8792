//! What keeps the till from talking to its site, in words for the status bar and the sync screen.

use std::time::Duration;

use thiserror::Error;

use crate::request::{CertificateFault, ClientFault, Refused, TransportError, Unreachable};

/// Why nothing moves at the moment. The till sells on; each has a [`Problem::remedy`].
#[derive(Clone, PartialEq, Debug, Error)]
pub enum Problem {
    /// No way to the site.
    #[error("{}", unreachable(.0))]
    Unreachable(TransportError),
    /// The site cannot prove that it is the site.
    #[error("{0}")]
    Certificate(TransportError),
    /// Something answers that is not ERPNext.
    #[error("what answers at the site's address is not ERPNext: {0}")]
    NotErpnext(TransportError),
    /// The site is overloaded, restarting or in maintenance.
    #[error("ERPNext is busy (HTTP {status})")]
    Busy {
        /// The HTTP status.
        status: u16,
    },
    /// The key is wrong, or its user is disabled.
    #[error("ERPNext refused the till's key")]
    KeyRefused,
    /// The till's user lacks a permission.
    #[error("{}", forbidden(action, doctype, message))]
    Forbidden {
        /// What it tried: `read`, `write`.
        action: &'static str,
        /// Which doctype.
        doctype: String,
        /// What ERPNext says about it; empty where it says nothing.
        message: String,
    },
    /// Something on the way to ERPNext does not let a document through, though it does others.
    #[error("something before ERPNext does not let this {doctype} through (HTTP {status})")]
    Intercepted {
        /// Which doctype.
        doctype: String,
        /// The HTTP status.
        status: u16,
    },
    /// The site answers, but came to no end with a document: it ran into a lock or out of time.
    #[error("ERPNext did not come to an end with this {doctype} (HTTP {status})")]
    Stalled {
        /// Which doctype.
        doctype: String,
        /// The HTTP status.
        status: u16,
    },
    /// Without the unique field nothing protects from sending a sale twice.
    #[error("POS Invoice has no field \"{field}\" in ERPNext", field = crate::push::KEY_FIELD)]
    KeyFieldMissing,
    /// ERPNext takes no sale without an open POS Opening Entry.
    #[error("POS Profile \"{pos_profile}\" has no open POS Opening Entry in ERPNext")]
    OpeningMissing {
        /// The profile.
        pos_profile: String,
    },
    /// Version 16 takes sales only under an opening of its own day, and a user may have one.
    #[error(
        "POS Opening Entry {name} of POS Profile \"{pos_profile}\" is of another day or profile and has to be closed first"
    )]
    OpeningOutdated {
        /// Its profile.
        pos_profile: String,
        /// The opening.
        name: String,
    },
    /// Version 16 opens no shift while the one before is not closed in ERPNext.
    #[error("the shift before is still open in ERPNext ({name})")]
    ShiftBeforeOpen {
        /// Its opening.
        name: String,
    },
    /// Version 16 opens a profile once.
    #[error("POS Profile \"{pos_profile}\" is open in ERPNext for {user} ({name})")]
    ProfileInUse {
        /// The profile.
        pos_profile: String,
        /// The opening.
        name: String,
        /// Whose it is.
        user: String,
    },
    /// Version 16 takes no sale while a profile is open more than once.
    #[error("POS Profile \"{pos_profile}\" has several open POS Opening Entries in ERPNext")]
    SeveralOpenings {
        /// The profile.
        pos_profile: String,
    },
    /// The closing is being consolidated in the background.
    #[error("ERPNext is still consolidating the closing {name}")]
    ClosingQueued {
        /// The closing.
        name: String,
        /// Whether it failed before and was just put there again.
        is_anew: bool,
    },
    /// It has waited in ERPNext's queue for long.
    #[error("the closing {name} has long been waiting in ERPNext's queue")]
    ClosingStuck {
        /// The closing.
        name: String,
    },
    /// The consolidation failed.
    #[error("the closing of shift {shift} failed in ERPNext: {message}")]
    ClosingFailed {
        /// The number of the shift.
        shift: u64,
        /// Why, in ERPNext's words.
        message: String,
    },
    /// Somebody closed the opening in ERPNext, with what had arrived by then.
    #[error("{pos_opening_entry} was closed in ERPNext by hand, as {name}")]
    ClosedByHand {
        /// The opening.
        pos_opening_entry: String,
        /// The closing.
        name: String,
    },
    /// Something on a closing's list was consolidated or cancelled since the list was made.
    #[error("what the closing of shift {shift} takes was changed in ERPNext")]
    ClosingOutdated {
        /// The number of the shift.
        shift: u64,
    },
    /// A closing that has to come before fails.
    #[error("{}", cause.trim_end_matches('.'))]
    ClosingInTheWay {
        /// Why, as a sentence.
        cause: String,
    },
    /// ERPNext consolidates a return with its original or after it, and originals of other tills
    /// only those close.
    #[error("{returns} returns wait until the tills that sold the goods are closed in ERPNext")]
    OriginalsOpen {
        /// How many.
        returns: usize,
    },
    /// A return came before its original.
    #[error("the receipt {receipt_number} that was returned is not in ERPNext yet")]
    OriginalMissing {
        /// The original.
        receipt_number: String,
    },
    /// Without the unique field a customer could be made twice.
    #[error("Customer has no field \"{field}\" in ERPNext", field = crate::push::CUSTOMER_KEY_FIELD)]
    CustomerKeyFieldMissing,
    /// The till's profile does not exist.
    #[error("ERPNext has no POS Profile \"{0}\"")]
    ProfileMissing(String),
    /// All documents of a doctype vanished at once, which a lost permission looks like too.
    #[error("ERPNext shows no {0} any more")]
    NothingVisible(&'static str),
    /// An answer that this version does not understand.
    #[error("ERPNext's answer about {doctype} was not understood: {detail}")]
    Unexpected {
        /// Which doctype it was about.
        doctype: String,
        /// The answer.
        detail: String,
    },
}

impl Problem {
    /// What a person can do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Unreachable(TransportError::Unreachable { reason: Unreachable::Name, .. }) => {
                "Check the network cable or Wi-Fi, and the site's address.".to_owned()
            }
            Self::Unreachable(TransportError::Unreachable { reason, .. }) => match reason {
                Unreachable::OldTls => "Enable TLS 1.2 and 1.3 on the site's server.",
                Unreachable::NotTls => "Check the site's address and port.",
                // A server that misses the till's certificate may end it so, too.
                Unreachable::NoCommonCipher => {
                    "Let the site's server offer TLS 1.3, or 1.2 with ECDHE and AES-GCM or ChaCha20. If it asks for a certificate, give the till one: [site] client_certificate in till.toml."
                }
                Unreachable::Tls(_) => {
                    "Check the TLS of the site's server, and whether something on the way, as a firewall, breaks it up."
                }
                Unreachable::ClientCertificate(ClientFault::Missing) => {
                    "Give the till a certificate: [site] client_certificate in till.toml."
                }
                Unreachable::ClientCertificate(ClientFault::Refused(_)) => {
                    "Issue a new certificate for this till: [site] client_certificate in till.toml."
                }
                _ => "Check the network. The till tries again by itself and sends everything.",
            }
            .to_owned(),
            Self::Unreachable(_) => {
                "Check the network. The till tries again by itself and sends everything.".to_owned()
            }
            Self::Certificate(TransportError::Certificate { fault, .. }) => match fault {
                CertificateFault::Expired { .. } => "Renew the site's certificate, or set the till's clock if it is wrong.",
                CertificateFault::NotYetValid { .. } => "Set the till's clock.",
                CertificateFault::WrongName(_) => "Use the address that the certificate names.",
                CertificateFault::SelfSigned => "Let an authority issue the site's certificate, a public one or the shop's own, and give the till the authority's certificate.",
                CertificateFault::OtherKey(_) => "If evertill-setup site check prints the same pin, the certificate was renewed: write a new sheet (evertill-setup till add --replace) and scan it at the till. If it prints another, somebody is between the till and the site.",
                _ => "Install a certificate that this till trusts, or give the till its issuer.",
            }
            .to_owned(),
            Self::NotErpnext(TransportError::Redirected { .. }) => {
                "Give the till the address that the site answers at without sending it on; on a guest Wi-Fi, sign in to it first.".to_owned()
            }
            Self::Certificate(_) | Self::NotErpnext(_) => {
                "Check the site's address; on a guest Wi-Fi, sign in to it first.".to_owned()
            }
            Self::Busy { .. } => "Nothing to do: the till tries again by itself.".to_owned(),
            Self::KeyRefused => {
                "Write a new sheet (evertill-setup till add --replace) and scan it at the till. Check that the till's user is enabled.".to_owned()
            }
            Self::Forbidden { action, doctype, .. } => {
                format!("Give the till's role the permission to {action} {doctype} (Role Permissions Manager); where it has that, look at the User Permissions of the till's user.")
            }
            Self::Intercepted { status: 413, .. } => {
                "Let the site's web server take longer requests (nginx: client_max_body_size).".to_owned()
            }
            Self::Intercepted { .. } => {
                "Look into the log of the site's firewall or web server for what it refuses in it, and let it through.".to_owned()
            }
            Self::Stalled { .. } => {
                "The till tries again by itself. If others go through and this one does not, look into ERPNext's Error Log for what it takes so long over.".to_owned()
            }
            Self::KeyFieldMissing => format!(
                "Create it: Custom Field on POS Invoice, name {}, type Data, Unique, No Copy.",
                crate::push::KEY_FIELD
            ),
            Self::OpeningMissing { .. } => "The till opens it again before it sends on.".to_owned(),
            Self::OpeningOutdated { .. } => {
                "The till closes it, and opens another of today before it sends on.".to_owned()
            }
            Self::ShiftBeforeOpen { .. } => {
                "The till closes it first. If that does not go on, see in this list what the closing of that shift waits for.".to_owned()
            }
            Self::ProfileInUse { pos_profile, name, .. } => format!(
                "Close {name} in ERPNext, and let only this till use \"{pos_profile}\": every till needs a POS Profile of its own."
            ),
            Self::SeveralOpenings { pos_profile } => {
                format!("Close or cancel all open POS Opening Entries of \"{pos_profile}\" in ERPNext but the till's.")
            }
            Self::ClosingQueued { .. } => {
                "Nothing to do: the till looks again by itself.".to_owned()
            }
            Self::ClosingStuck { name } => format!(
                "Check that ERPNext's background workers run (bench doctor). If they do, cancel {name} in ERPNext, so that the till makes it anew. The till looks again every hour, and when you try again."
            ),
            Self::ClosingFailed { .. } => {
                "Correct in ERPNext what it names; the till tries it again by itself a few times.".to_owned()
            }
            Self::ClosedByHand { .. } => {
                "Nothing to do: what is left goes into a closing of its own.".to_owned()
            }
            Self::ClosingOutdated { .. } => "Nothing to do: the till makes the list anew.".to_owned(),
            Self::ClosingInTheWay { .. } => {
                "Correct in ERPNext what it names; then the till goes on by itself.".to_owned()
            }
            Self::OriginalsOpen { .. } => {
                "Nothing to do: they are closed once the shifts of those tills are.".to_owned()
            }
            Self::OriginalMissing { receipt_number } => {
                format!("Let the till that sold {receipt_number} send it (its sync screen says what keeps it); then this one goes by itself.")
            }
            Self::CustomerKeyFieldMissing => format!(
                "Create it: Custom Field on Customer, name {}, type Data, Unique, No Copy (evertill-setup site prepare does).",
                crate::push::CUSTOMER_KEY_FIELD
            ),
            Self::ProfileMissing(_) => "Create the POS Profile, or give the till another.".to_owned(),
            Self::NothingVisible(doctype) => {
                format!("Check the User Permissions of the till's user for {doctype}. The till keeps what it has.")
            }
            Self::Unexpected { .. } => "Look into ERPNext's Error Log, and update the till.".to_owned(),
        }
    }

    /// Whether a new enrolment sheet, scanned at the till, is the remedy.
    pub fn wants_new_sheet(&self) -> bool {
        match self {
            Self::KeyRefused => true,
            Self::Certificate(TransportError::Certificate { fault, .. }) => {
                matches!(fault, CertificateFault::OtherKey(_))
            }
            _ => false,
        }
    }

    /// Whether the site cannot be reached at all: nothing else needs to be tried now.
    pub fn is_offline(&self) -> bool {
        matches!(
            self,
            Self::Unreachable(_)
                | Self::Certificate(_)
                | Self::NotErpnext(_)
                | Self::Busy { .. }
                | Self::KeyRefused
        )
    }

    /// What an error means that says nothing about the document it was about; `None` for a
    /// refusal that does.
    pub fn of_site(error: &TransportError) -> Option<Self> {
        match error {
            TransportError::Unreachable { .. } | TransportError::Truncated => {
                Some(Self::Unreachable(error.clone()))
            }
            TransportError::Certificate { .. } => Some(Self::Certificate(error.clone())),
            TransportError::Html { status } | TransportError::NotJson { status, .. }
                if is_busy(*status) =>
            {
                Some(Self::Busy { status: *status })
            }
            TransportError::TooLarge { .. }
            | TransportError::NotJson { .. }
            | TransportError::Html { .. }
            | TransportError::NoFile { .. }
            | TransportError::NotThePart { .. }
            | TransportError::Request(_)
            | TransportError::Redirected { .. } => Some(Self::NotErpnext(error.clone())),
            TransportError::Refused(refused) => Self::of_refusal(refused),
        }
    }

    fn of_refusal(refused: &Refused) -> Option<Self> {
        let locked = ["QueryDeadlockError", "QueryTimeoutError"];
        match refused.status {
            401 => Some(Self::KeyRefused),
            status if is_busy(status) => Some(Self::Busy { status }),
            500 if locked.contains(&refused.exc_type.as_str()) => Some(Self::Busy { status: 500 }),
            _ => None,
        }
    }
}

/// What the network does is not worth a word more; what the site's server is set to is.
fn unreachable(error: &TransportError) -> String {
    match error {
        TransportError::Unreachable {
            reason:
                Unreachable::OldTls
                | Unreachable::NotTls
                | Unreachable::NoCommonCipher
                | Unreachable::Tls(_)
                | Unreachable::ClientCertificate(_),
            ..
        } => error.to_string(),
        _ => "ERPNext cannot be reached".to_owned(),
    }
}

fn forbidden(action: &str, doctype: &str, message: &str) -> String {
    let what = format!("the till's user in ERPNext may not {action} {doctype}");
    match message.trim_end_matches('.') {
        "" => what,
        said => format!("{what}: {said}"),
    }
}

/// 429 is ERPNext's rate limit, the others are a proxy's or a server's that is restarting.
fn is_busy(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 502 | 503 | 504 | 508)
}

/// How long to wait before the next attempt, after `attempt` failures: from a second, doubling,
/// to 15 minutes, the last half of it at random so that the tills of a shop do not come back
/// all at once. `random` is any random number.
pub fn backoff(attempt: u32, random: u64) -> Duration {
    const MOST: u64 = 15 * 60 * 1000;
    let whole = 1000u64
        .checked_shl(attempt.min(20))
        .unwrap_or(MOST)
        .min(MOST);
    Duration::from_millis(whole / 2 + random % (whole / 2 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_never_exceed_a_quarter_of_an_hour() {
        assert!(
            backoff(0, 0) >= Duration::from_millis(500)
                && backoff(0, u64::MAX) <= Duration::from_secs(1)
        );
        let mut last = Duration::ZERO;
        for attempt in 0..12 {
            let shortest = backoff(attempt, 0);
            assert!(
                shortest >= last,
                "attempt {attempt} waits shorter than the one before"
            );
            last = shortest;
        }
        for attempt in [12, 40, u32::MAX] {
            assert!(backoff(attempt, u64::MAX) <= Duration::from_secs(900));
        }
    }
}
