//! What keeps an administrator from doing something to a site.

use thiserror::Error;

use super::ROLE;
use crate::https::SiteError;
use crate::request::TransportError;

/// Why a site was not changed, or not wholly: what was done before stands, and doing it again does
/// the rest.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum OfficeError {
    /// The address or the certificates cannot be ones.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// Nobody could sign in.
    #[error("{0}")]
    SignIn(SignInFault),
    /// The site did not do what it was asked.
    #[error("cannot {doing}: {reason}")]
    Refused {
        /// What was asked, as "create the role ...".
        doing: String,
        /// The site's answer.
        reason: TransportError,
    },
    /// An answer that this version does not understand.
    #[error("cannot {doing}: ERPNext's answer was not understood")]
    Unexpected {
        /// What was asked.
        doing: String,
    },
    /// The site has no role for tills.
    #[error("the site has no role {ROLE}")]
    NotPrepared,
    /// There is no such profile.
    #[error("ERPNext has no POS Profile \"{0}\"")]
    ProfileMissing(String),
    /// The profile is another till's.
    #[error("POS Profile \"{profile}\" is the profile of the till {user}")]
    ProfileTaken {
        /// The profile.
        profile: String,
        /// The user of that till.
        user: String,
    },
    /// This cannot stand before receipt numbers.
    #[error("{0} cannot be a prefix of receipt numbers: it has 1 to 16 letters, digits or hyphens")]
    Prefix(String),
    /// The prefix is another till's.
    #[error("the prefix {prefix} is that of the till {user}")]
    PrefixTaken {
        /// The prefix.
        prefix: String,
        /// The user of that till.
        user: String,
    },
    /// The user is there, and was not to be replaced.
    #[error("the user {0} is there already")]
    UserPresent(String),
    /// The user is a person or another program, whose key and rights would end up in the till.
    #[error("the user {user} has other roles than {ROLE} ({roles}): that is no till")]
    NoTill {
        /// The user.
        user: String,
        /// Their other roles.
        roles: String,
    },
    /// The user is the till of another profile.
    #[error("the user {user} is the till of POS Profile \"{profile}\"")]
    UserElsewhere {
        /// The user.
        user: String,
        /// The other profile.
        profile: String,
    },
}

/// Why ERPNext let nobody in.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum SignInFault {
    /// The user, the password, or the account.
    #[error("ERPNext does not let {user} in: {said}")]
    Refused {
        /// Who tried.
        user: String,
        /// ERPNext's words.
        said: String,
    },
    /// Too many wrong passwords.
    #[error("ERPNext has locked {user} out for a while: {said}")]
    Locked {
        /// Who tried.
        user: String,
        /// ERPNext's words.
        said: String,
    },
    /// A second factor is asked for.
    #[error("{0} needs a second factor to sign in, which cannot be given here")]
    SecondFactor(String),
    /// The password must be changed first.
    #[error("the password of {0} has expired")]
    PasswordExpired(String),
    /// Signed in, but not somebody who sets up tills.
    #[error("{0} may not create users in ERPNext")]
    NoAdministrator(String),
    /// An answer that this version does not understand.
    #[error("ERPNext's answer to the sign-in was not understood")]
    Unexpected,
}

impl OfficeError {
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Site(_) => "Correct the address or the certificates.",
            Self::SignIn(fault) => fault.remedy(),
            Self::Refused { reason, .. } => match reason {
                TransportError::Refused(refused) => match refused.status {
                    401 => {
                        "Generate a new key in ERPNext (User, API Access, Generate Keys) and check that the user is enabled."
                    }
                    403 => {
                        "Use Administrator, or a System Manager who also has the roles Accounts Manager, Sales Manager, Stock Manager and, for what concerns employees, HR Manager."
                    }
                    _ => {
                        "Correct in ERPNext what it names, then do it again: what is left gets done."
                    }
                },
                TransportError::Certificate { .. } => {
                    "Install a certificate that is trusted here, or give the certificate of its issuer."
                }
                _ => "Check the network and the address, then do it again: what is left gets done.",
            },
            Self::Unexpected { .. } => {
                "Check that the address is ERPNext's, version 14 or later, and update Evertill."
            }
            Self::NotPrepared => "Give `evertill-setup site prepare` first.",
            Self::ProfileMissing(_) => "Create it in ERPNext, or correct the name.",
            Self::ProfileTaken { .. } => {
                "Create a POS Profile for each till, or replace that till under its own user: its old key then dies."
            }
            Self::Prefix(_) => "Give another prefix, for example C1.",
            Self::PrefixTaken { .. } => {
                "Give each till a prefix of its own, or replace that till under its own user."
            }
            Self::NoTill { .. } => {
                "Give the till a user of its own; or take the other roles from that one, if nobody else uses it."
            }
            Self::UserPresent(_) => {
                "Give another user, or replace the till if its box is replaced: its old key then dies."
            }
            Self::UserElsewhere { .. } => {
                "Give each till a user of its own, or take the user out of that profile's Applicable for Users."
            }
        }
    }
}

impl SignInFault {
    fn remedy(&self) -> &'static str {
        match self {
            Self::Refused { .. } => {
                "Check the user and the password; ERPNext says in its Activity Log who tried."
            }
            Self::Locked { .. } => "Wait for the time that it names, then try again.",
            Self::SecondFactor(_) => {
                "Make an enrolment sheet with `evertill-setup till add`, which uses a key."
            }
            Self::PasswordExpired(_) => "Sign in to ERPNext in a browser once and change it.",
            Self::NoAdministrator(_) => {
                "Sign in as Administrator, or as a System Manager who also has the role Accounts Manager."
            }
            Self::Unexpected => "Check that the address is ERPNext's, and update Evertill.",
        }
    }
}
