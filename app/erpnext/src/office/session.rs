//! Somebody who signs in with user and password, for as long as it takes.

use super::{
    ApiKey, LastReceipt, LeftOpen, NewTill, OfficeError, PosProfileOfTill, SignInFault, ask,
    check_prefix, last_receipt, left_open, on, plan_till, pos_profiles,
};
use crate::https::{Client, Secret, SiteConfig};
use crate::request::{Reply, Request, Transport, TransportError};

/// An administrator who signed in. Neither the password nor the session is stored; ERPNext forgets
/// the session with [`OfficeSession::sign_out`], or some hours later.
#[derive(Debug)]
pub struct OfficeSession {
    client: Client,
    user: String,
}

impl OfficeSession {
    /// Signs in to a site ([`SiteConfig::without_key`]). The password is sent once and not kept.
    ///
    /// # Errors
    /// [`OfficeError::SignIn`] when ERPNext lets the user not in, or not far enough; other errors
    /// when it gave no answer.
    pub fn sign_in(site: SiteConfig, user: &str, password: &Secret) -> Result<Self, OfficeError> {
        let user = user.trim();
        let mut client = Client::new(site)?;
        let reply = client
            .sign_in(user, password)
            .map_err(|error| refused(user, error))?;
        if let Some(fault) = fault(user, &reply) {
            return Err(OfficeError::SignIn(fault));
        }
        let mut session = Self {
            client,
            user: user.to_owned(),
        };
        let error = match session.is_administrator() {
            Ok(true) => return Ok(session),
            Ok(false) => OfficeError::SignIn(SignInFault::NoAdministrator(user.to_owned())),
            Err(error) => error,
        };
        session.sign_out();
        Err(error)
    }

    /// The POS Profiles there are, and which till has each.
    ///
    /// # Errors
    /// What the site refuses.
    pub fn pos_profiles(&mut self) -> Result<Vec<PosProfileOfTill>, OfficeError> {
        pos_profiles(&mut self.client)
    }

    /// Adds a till that sells under this prefix, or replaces one, and gives its key.
    ///
    /// # Errors
    /// Those of [`plan_till`] and [`check_prefix`], before anything was changed, and what the site
    /// refuses later.
    pub fn add_till(&mut self, till: NewTill, prefix: &str) -> Result<ApiKey, OfficeError> {
        check_prefix(&mut self.client, prefix, &till.user)?;
        plan_till(&mut self.client, till)?.carry_out(&mut self.client)
    }

    /// The highest receipt number under a prefix.
    ///
    /// # Errors
    /// What the site refuses.
    pub fn last_receipt(&mut self, prefix: &str) -> Result<Option<LastReceipt>, OfficeError> {
        last_receipt(&mut self.client, prefix)
    }

    /// What the box of this user left open.
    ///
    /// # Errors
    /// What the site refuses.
    pub fn left_open(&mut self, user: &str) -> Result<LeftOpen, OfficeError> {
        left_open(&mut self.client, user)
    }

    /// Who signed in.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Ends the session. Where the site does not answer, it ends by itself some hours later.
    pub fn sign_out(mut self) {
        let request = Request::call_with("logout", serde_json::json!({}));
        if let Err(error) = self.client.send(&request) {
            tracing::warn!(%error, "the site did not take note of the sign-out");
        }
        self.client.forget_session();
    }

    /// Whether this user may do what adding a till takes most of: create users.
    fn is_administrator(&mut self) -> Result<bool, OfficeError> {
        let request = Request::call("frappe.client.has_permission")
            .with("doctype", "User")
            .with("docname", "")
            .with("perm_type", "create");
        let doing = format!("ask what {} may do", self.user);
        let answer = ask(&mut self.client, &doing, &request)?;
        let may = answer.get("has_permission").and_then(|may| may.as_bool());
        Ok(may.unwrap_or_else(|| on(&answer, "has_permission")))
    }
}

/// What an error in answer to a sign-in means.
fn refused(user: &str, error: TransportError) -> OfficeError {
    let user = user.to_owned();
    match error {
        TransportError::Refused(refused) if refused.exc_type == "SecurityException" => {
            let said = refused.message;
            OfficeError::SignIn(SignInFault::Locked { user, said })
        }
        TransportError::Refused(refused) if refused.status == 401 => {
            let said = refused.message;
            OfficeError::SignIn(SignInFault::Refused { user, said })
        }
        reason => OfficeError::Refused {
            doing: format!("sign {user} in"),
            reason,
        },
    }
}

/// What keeps an answer from being a session.
fn fault(user: &str, reply: &Reply) -> Option<SignInFault> {
    let user = user.to_owned();
    if reply.body.get("verification").is_some() || reply.body.get("tmp_id").is_some() {
        return Some(SignInFault::SecondFactor(user));
    }
    // Codes for programs, which ERPNext does not translate.
    match reply.data().as_str() {
        Some("Logged In") => None,
        Some("Password Reset") => Some(SignInFault::PasswordExpired(user)),
        // A customer or supplier.
        Some("No App") => Some(SignInFault::NoAdministrator(user)),
        _ => Some(SignInFault::Unexpected),
    }
}
