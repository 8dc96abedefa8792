//! Sessions of people who sign in with a password, and the ToDos that are theirs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use servers::http::Asked;

use super::office::ADMIN;
use super::refusal::Refusal;
use super::site::{Site, without_nulls};

/// After so many wrong passwords ERPNext lets a user wait.
const WRONG_PASSWORDS: u32 = 5;

/// Who can sign in, and who did.
#[derive(Default)]
pub(super) struct SignIns {
    passwords: BTreeMap<String, String>,
    /// Users of whom a second factor is asked.
    second_factor: BTreeSet<String>,
    /// Users whose password must be changed.
    expired: BTreeSet<String>,
    wrong: BTreeMap<String, u32>,
    sessions: BTreeMap<String, String>,
    begun: usize,
    /// The cookie of the answer that is being made.
    pub(super) cookie: Option<String>,
}

impl Site {
    /// Lets somebody sign in with a password; only [`ADMIN`] may do anything then.
    pub fn set_password(&mut self, user: &str, password: &str) {
        let passwords = &mut self.sign_ins.passwords;
        passwords.insert(user.to_owned(), password.to_owned());
    }

    /// Asks this user for a second factor.
    pub fn ask_second_factor(&mut self, user: &str) {
        self.sign_ins.second_factor.insert(user.to_owned());
    }

    /// Lets this user's password be one that must be changed.
    pub fn expire_password(&mut self, user: &str) {
        self.sign_ins.expired.insert(user.to_owned());
    }

    /// How many people are signed in.
    pub fn sessions(&self) -> usize {
        self.sign_ins.sessions.len()
    }

    /// Answers a sign-in, a sign-out, and all that is asked in a session; `None` for the rest.
    pub(super) fn answer_session(&mut self, asked: &Asked) -> Option<Result<Value, Refusal>> {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        if let ("POST", ["api", "method", "login"]) = (asked.method.as_str(), path.as_slice()) {
            return Some(self.sign_in(asked.body.as_ref().unwrap_or(&Value::Null)));
        }
        let id = asked.cookie.as_deref()?.strip_prefix("sid=")?;
        let user = self.sign_ins.sessions.get(id)?.clone();
        Some(match path.as_slice() {
            ["api", "method", "logout"] => {
                self.sign_ins.sessions.remove(id);
                Ok(json!({}))
            }
            ["api", "method", "frappe.client.has_permission"] => {
                Ok(json!({ "message": { "has_permission": user == ADMIN } }))
            }
            _ if user == ADMIN => self.answer_administrator(asked),
            _ => Err(Refusal::forbidden(&user, "DocType", false)),
        })
    }

    fn sign_in(&mut self, body: &Value) -> Result<Value, Refusal> {
        let text = |field: &str| body[field].as_str().unwrap_or_default();
        let (user, password) = (text("usr"), text("pwd"));
        let wrong = self.sign_ins.wrong.entry(user.to_owned()).or_default();
        if *wrong >= WRONG_PASSWORDS {
            let message = "Your account has been locked and will resume after 60 seconds";
            return Err(Refusal::new(500, "SecurityException", "Message", message));
        }
        if self.sign_ins.passwords.get(user).map(String::as_str) != Some(password) {
            *wrong += 1;
            return Err(Refusal::new(
                401,
                "AuthenticationError",
                "Message",
                "Invalid login credentials",
            ));
        }
        *wrong = 0;
        if self.sign_ins.second_factor.contains(user) {
            return Ok(json!({
                "verification": { "method": "OTP App", "setup": true },
                "tmp_id": "a1b2c3d4",
            }));
        }
        if self.sign_ins.expired.contains(user) {
            return Ok(json!({ "message": "Password Reset", "redirect_to": "/update-password" }));
        }
        self.sign_ins.begun += 1;
        let id = format!("5e55{:08x}", self.sign_ins.begun);
        self.sign_ins.cookie = Some(format!("sid={id}; HttpOnly; Path=/; SameSite=Lax"));
        let user = user.to_owned();
        let answer = json!({ "message": "Logged In", "home_page": "/app", "full_name": &user });
        self.sign_ins.sessions.insert(id, user);
        Ok(answer)
    }

    /// What anybody may do with the ToDos that are allocated to them.
    pub(super) fn own_to_do(
        &mut self,
        user: &str,
        asked: &Asked,
        name: &str,
    ) -> Result<Value, Refusal> {
        if !self.catalogue.documents.contains_key("ToDo") {
            return Err(Refusal::forbidden(user, "ToDo", true));
        }
        let document = self.document("ToDo", name);
        let document = document.ok_or_else(|| Refusal::missing("ToDo", name))?;
        if document["allocated_to"] != user {
            return Err(Refusal::forbidden(user, "ToDo", true));
        }
        let Some(body) = asked.body.as_ref().filter(|_| asked.method == "PUT") else {
            return Ok(json!({ "data": without_nulls(document) }));
        };
        let modified = body.get("modified");
        if modified.is_some_and(|modified| *modified != document["modified"]) {
            let message = "Error: Document has been modified after you have opened it. Please refresh to get the latest document.";
            return Err(Refusal::check("TimestampMismatchError", message));
        }
        let mut body = body.clone();
        body.as_object_mut().unwrap().remove("modified");
        self.put("ToDo", name, body);
        Ok(json!({ "data": self.document("ToDo", name) }))
    }
}
