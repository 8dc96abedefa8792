//! The users that tills come as: one a till, because ERPNext lets only the user who sent sales
//! close their shift.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{OfficeError, ask, child_rows, list, on, rows, text};
use crate::request::{Request, Transport};

/// The role of the users that tills sign in to ERPNext with.
pub const ROLE: &str = "Evertill Till";

/// A till to add.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTill {
    /// The e-mail address of its user, who needs no mailbox.
    pub user: String,
    /// Its name, as people see it in ERPNext.
    pub name: String,
    /// Its POS Profile. One profile a till.
    pub pos_profile: String,
    /// Its box is replaced: its user gets a new key and the old one dies.
    pub replace: bool,
}

/// What a till signs in with.
#[derive(Clone)]
pub struct ApiKey {
    /// The API key.
    pub key: String,
    /// The API secret.
    pub secret: Zeroizing<String>,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// A POS Profile, as somebody who chooses one for a till needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PosProfileOfTill {
    /// Its name.
    pub name: String,
    /// Its company.
    pub company: String,
    /// Where its goods lie.
    pub warehouse: String,
    /// The user of the till that has it; `None` where it is free.
    pub till: Option<String>,
}

/// All profiles that are in use, with the tills that have them.
///
/// # Errors
/// What the site refuses.
pub fn pos_profiles(site: &mut dyn Transport) -> Result<Vec<PosProfileOfTill>, OfficeError> {
    let tills = users_with_role(site)?;
    let users = child_rows(
        site,
        "POS Profile User",
        "POS Profile",
        &["parent", "user"],
        &json!([]),
    )?;
    let till_of = |profile: &str| {
        let mut of_profile = users.iter().filter(|row| text(row, "parent") == profile);
        let till = of_profile.find(|row| tills.contains(text(row, "user")));
        till.map(|row| text(row, "user").to_owned())
    };
    let fields = ["name", "company", "warehouse"];
    let profiles = rows(site, "POS Profile", &fields, &json!([["disabled", "=", 0]]))?;
    Ok(profiles
        .iter()
        .map(|row| PosProfileOfTill {
            name: text(row, "name").to_owned(),
            company: text(row, "company").to_owned(),
            warehouse: text(row, "warehouse").to_owned(),
            till: till_of(text(row, "name")),
        })
        .collect())
}

/// The users that have the role of tills.
///
/// # Errors
/// What the site refuses.
pub fn users_with_role(site: &mut dyn Transport) -> Result<BTreeSet<String>, OfficeError> {
    let filters = json!([["role", "=", ROLE], ["parenttype", "=", "User"]]);
    let rows = child_rows(site, "Has Role", "User", &["parent"], &filters)?;
    Ok(rows
        .iter()
        .map(|row| text(row, "parent").to_owned())
        .collect())
}

/// Roles that ERPNext gives every user by itself.
const OF_EVERYBODY: [&str; 3] = ["All", "Guest", "Desk User"];

/// A till that can be added. Nothing was changed yet.
#[derive(Clone, PartialEq, Debug)]
pub struct TillPlan {
    till: NewTill,
    /// Whether its user is there already.
    present: bool,
    /// The rows of its profile's `applicable_for_users`.
    users: Vec<Value>,
}

/// Looks whether a till can be added, and changes nothing.
///
/// # Errors
/// When the site is not prepared, the profile is missing or another till's, or the user is there
/// already and not to be replaced, or is the till of another profile.
pub fn plan_till(site: &mut dyn Transport, till: NewTill) -> Result<TillPlan, OfficeError> {
    let role = json!([["name", "=", ROLE], ["disabled", "=", 0]]);
    if rows(site, "Role", &["name"], &role)?.is_empty() {
        return Err(OfficeError::NotPrepared);
    }
    let profile = &till.pos_profile;
    let named = json!([["name", "=", profile]]);
    if rows(site, "POS Profile", &["name"], &named)?.is_empty() {
        return Err(OfficeError::ProfileMissing(profile.clone()));
    }
    let reading = format!("read the POS Profile {profile}");
    let document = ask(site, &reading, &Request::get("POS Profile", profile))?;
    let users = list(&document, "applicable_for_users");
    let tills = users_with_role(site)?;
    let other = |row: &&Value| text(row, "user") != till.user && tills.contains(text(row, "user"));
    if let Some(other) = users.iter().find(other) {
        return Err(OfficeError::ProfileTaken {
            profile: profile.clone(),
            user: text(other, "user").to_owned(),
        });
    }
    let filters = json!([["user", "=", till.user], ["parent", "!=", profile]]);
    let doctype = "POS Profile User";
    let elsewhere = child_rows(site, doctype, "POS Profile", &["parent"], &filters)?;
    if let Some(row) = elsewhere.first() {
        return Err(OfficeError::UserElsewhere {
            user: till.user.clone(),
            profile: text(row, "parent").to_owned(),
        });
    }
    let named = json!([["name", "=", till.user]]);
    let present = !rows(site, "User", &["name"], &named)?.is_empty();
    if present && !till.replace {
        return Err(OfficeError::UserPresent(till.user));
    }
    if present {
        must_be_till(site, &till.user)?;
    }
    Ok(TillPlan {
        till,
        present,
        users,
    })
}

/// Refuses a user who has roles that no till has: a mistyped name would give the box somebody's
/// rights, and end their own key.
fn must_be_till(site: &mut dyn Transport, user: &str) -> Result<(), OfficeError> {
    let doing = format!("read the roles of the user {user}");
    let document = ask(site, &doing, &Request::get("User", user))?;
    let roles = list(&document, "roles");
    let others = roles.iter().map(|row| text(row, "role"));
    let others: Vec<_> = others
        .filter(|role| *role != ROLE && !OF_EVERYBODY.contains(role))
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(OfficeError::NoTill {
        user: user.to_owned(),
        roles: others.join(", "),
    })
}

impl TillPlan {
    /// Whether the till has a key already, which dies.
    pub fn replaces(&self) -> bool {
        self.present
    }

    /// Creates the user with the role, or gives the role to the one that is there, links the POS
    /// Profile and generates a new key, with which the one before ends. Interrupted, it is
    /// finished by planning it again to be replaced.
    ///
    /// # Errors
    /// What the site refuses.
    pub fn carry_out(mut self, site: &mut dyn Transport) -> Result<ApiKey, OfficeError> {
        self.user(site)?;
        let NewTill {
            user, pos_profile, ..
        } = &self.till;
        if !self.users.iter().any(|row| text(row, "user") == user) {
            self.users.push(json!({ "user": user, "default": 1 }));
            let body = json!({ "applicable_for_users": self.users });
            let doing = format!("link the POS Profile {pos_profile} to {user}");
            let request = Request::update("POS Profile", pos_profile, body);
            ask(site, &doing, &request)?;
        }
        generate_key(site, user)
    }

    fn user(&self, site: &mut dyn Transport) -> Result<(), OfficeError> {
        let NewTill { user, name, .. } = &self.till;
        let role = json!({ "role": ROLE });
        if !self.present {
            let body = json!({
                "email": user,
                "first_name": name,
                "enabled": 1,
                "send_welcome_email": 0,
                "user_type": "System User",
                "roles": [role],
            });
            let doing = format!("create the user {user}");
            ask(site, &doing, &Request::insert("User", body))?;
            return Ok(());
        }
        let doing = format!("give the role {ROLE} to the user {user}");
        let document = ask(site, &doing, &Request::get("User", user))?;
        let mut roles = list(&document, "roles");
        let has_role = roles.iter().any(|row| text(row, "role") == ROLE);
        if has_role && on(&document, "enabled") {
            return Ok(());
        }
        if !has_role {
            roles.push(role);
        }
        let body = json!({ "enabled": 1, "roles": roles });
        ask(site, &doing, &Request::update("User", user, body))?;
        Ok(())
    }
}

fn generate_key(site: &mut dyn Transport, user: &str) -> Result<ApiKey, OfficeError> {
    let doing = format!("generate the key of {user}");
    let method = "frappe.core.doctype.user.user.generate_keys";
    let request = Request::call_with(method, json!({ "user": user }));
    let mut reply = site.send(&request).map_err(|reason| OfficeError::Refused {
        doing: doing.clone(),
        reason,
    })?;
    // Taken out of the answer, so that no copy of it stays in memory.
    let secret = match reply
        .body
        .pointer_mut("/message/api_secret")
        .map(Value::take)
    {
        Some(Value::String(secret)) => Zeroizing::new(secret),
        _ => Zeroizing::default(),
    };
    let document = ask(site, &doing, &Request::get("User", user))?;
    let key = text(&document, "api_key").to_owned();
    if key.is_empty() || secret.is_empty() {
        return Err(OfficeError::Unexpected { doing });
    }
    Ok(ApiKey { key, secret })
}
