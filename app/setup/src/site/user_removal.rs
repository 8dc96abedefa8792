//! Taking a till's user away, with what `till add` made for it and what ERPNext made of that.

use erpnext::office::{OfficeError, ROLE, ask, child_rows, list, open_sheets, rows, text};
use erpnext::{Request, Transport, TransportError};
use serde_json::{Value, json};

use crate::Error;

/// A user with the role of tills.
pub(super) struct UserToRemove {
    name: String,
    /// The roles that are left without that of tills. A user with some is somebody else's.
    roles: Vec<Value>,
    /// The POS Profiles it is linked to, each with the rows that stay.
    profiles: Vec<(String, Vec<Value>)>,
    /// Its enrolment sheets, used or not.
    sheets: Vec<String>,
    /// The Contact that ERPNext made of it, which nothing else refers to.
    contacts: Vec<String>,
    /// Whether documents name it, so that ERPNext keeps it.
    named: bool,
}

impl UserToRemove {
    pub(super) fn read(site: &mut dyn Transport, name: String) -> Result<Self, Error> {
        let doing = format!("read the user {name}");
        let user = ask(site, &doing, &Request::get("User", &name))?;
        let mut roles = list(&user, "roles");
        roles.retain(|row| text(row, "role") != ROLE);
        let mut found = Self {
            sheets: open_sheets(site, &[&name], true)?,
            name,
            roles,
            profiles: Vec::new(),
            contacts: Vec::new(),
            named: false,
        };
        if found.is_only_a_till() {
            found.read_what_hangs_on_it(site)?;
        }
        Ok(found)
    }

    fn is_only_a_till(&self) -> bool {
        self.roles.is_empty()
    }

    fn read_what_hangs_on_it(&mut self, site: &mut dyn Transport) -> Result<(), Error> {
        let filters = json!([["user", "=", self.name]]);
        let doctype = "POS Profile User";
        let linked = child_rows(site, doctype, "POS Profile", &["parent"], &filters)?;
        for row in &linked {
            let profile = text(row, "parent");
            let doing = format!("read the POS Profile {profile}");
            let document = ask(site, &doing, &Request::get("POS Profile", profile))?;
            let mut users = list(&document, "applicable_for_users");
            users.retain(|row| text(row, "user") != self.name);
            self.profiles.push((profile.to_owned(), users));
        }
        for row in rows(site, "Contact", &["name"], &filters)? {
            let contact = text(&row, "name");
            let doing = format!("read the Contact {contact}");
            let document = ask(site, &doing, &Request::get("Contact", contact))?;
            if list(&document, "links").is_empty() {
                self.contacts.push(contact.to_owned());
            }
        }
        self.named = !rows(site, "POS Opening Entry", &["name"], &filters)?.is_empty();
        Ok(())
    }

    pub(super) fn words(&self) -> String {
        let name = &self.name;
        if !self.is_only_a_till() {
            return format!("take the role {ROLE} from the user {name}");
        }
        let mut and = String::new();
        for (profile, _) in &self.profiles {
            and += &format!(" and take it out of POS Profile {profile}");
        }
        if self.named {
            format!("disable the user {name}, whom documents name{and}")
        } else {
            format!("delete the user {name}{and}")
        }
    }

    fn delete_contacts(&self, site: &mut dyn Transport, doing: &str) -> Result<(), OfficeError> {
        for contact in &self.contacts {
            match ask(site, doing, &Request::delete("Contact", contact)) {
                // Some versions delete it with its user.
                Err(OfficeError::Refused {
                    reason: TransportError::Refused(refused),
                    ..
                }) if refused.status == 404 => {}
                other => drop(other?),
            }
        }
        Ok(())
    }

    /// What became of it, where that is something else than its words say.
    pub(super) fn take_away(&self, site: &mut dyn Transport) -> Result<Option<String>, Error> {
        let doing = self.words();
        let name = &self.name;
        for sheet in &self.sheets {
            match ask(site, &doing, &Request::delete("ToDo", sheet)) {
                Ok(_) => {}
                // Another administrator's, which goes with its user or is closed.
                Err(OfficeError::Refused {
                    reason: TransportError::Refused(refused),
                    ..
                }) if refused.status == 403 => erpnext::office::retire_sheet(site, sheet)?,
                Err(error) => return Err(error.into()),
            }
        }
        if !self.is_only_a_till() {
            let body = json!({ "roles": self.roles });
            ask(site, &doing, &Request::update("User", name, body))?;
            return Ok(None);
        }
        for (profile, users) in &self.profiles {
            let body = json!({ "applicable_for_users": users });
            ask(site, &doing, &Request::update("POS Profile", profile, body))?;
        }
        if !self.named {
            match ask(site, &doing, &Request::delete("User", name)) {
                Ok(_) => {
                    self.delete_contacts(site, &doing)?;
                    return Ok(None);
                }
                Err(OfficeError::Refused {
                    reason: TransportError::Refused(refused),
                    ..
                }) if refused.exc_type == "LinkExistsError" => {}
                Err(error) => return Err(error.into()),
            }
        }
        let body = json!({ "roles": [], "enabled": 0, "api_key": null });
        ask(site, &doing, &Request::update("User", name, body))?;
        let told = format!("disable the user {name}, whom documents name");
        Ok((!self.named).then_some(told))
    }
}
