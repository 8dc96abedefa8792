//! POS Opening Entries.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rows::{number_rows, stamps};
use super::site::Site;

pub(super) const OPENING: &str = "POS Opening Entry";

impl Site {
    pub(super) fn insert_opening(&mut self, body: &Value) -> Result<Value, Refusal> {
        self.check_opening(body, None)?;
        let sent_name = body["name"].as_str().filter(|_| self.honours_names);
        if let Some(name) = sent_name.filter(|name| self.document(OPENING, name).is_some()) {
            return Err(Refusal::taken(OPENING, name));
        }
        let name = match sent_name {
            Some(name) => name.to_owned(),
            None => self.numbered("POS-OPE-2026-"),
        };
        let now = self.now();
        let mut entry = body.as_object().unwrap().clone();
        entry.extend(stamps(&self.till, &name, OPENING, &now));
        entry.insert("status".to_owned(), json!(status(body)));
        entry.insert("set_posting_date".to_owned(), json!(0));
        let mut document = Value::Object(entry);
        number_rows(&mut document, "balance_details", "POS Opening Entry Detail");
        self.store(OPENING, &name)
            .extend(document.as_object().unwrap().clone());
        Ok(json!({ "data": document }))
    }

    pub(super) fn update_opening(&mut self, name: &str, body: &Value) -> Result<Value, Refusal> {
        let Some(stored) = self.document(OPENING, name).cloned() else {
            return Err(Refusal::missing(OPENING, name));
        };
        let after = body.get("docstatus").unwrap_or(&stored["docstatus"]);
        match (stored["docstatus"].as_i64(), after.as_i64()) {
            (_, Some(2)) => Err(Refusal::forbidden(&self.till, OPENING, false)),
            (Some(1), _) => Ok(json!({ "data": stored })),
            _ => {
                let mut entry = stored;
                entry.extend(body.as_object().unwrap().clone());
                let mut document = Value::Object(entry);
                self.check_opening(&document, Some(name))?;
                document["name"] = json!(name);
                document["status"] = json!(status(&document));
                document["modified"] = json!(self.now());
                number_rows(&mut document, "balance_details", "POS Opening Entry Detail");
                *self.store(OPENING, name) = document.as_object().unwrap().clone();
                Ok(json!({ "data": document }))
            }
        }
    }

    /// What every save of one checks.
    fn check_opening(&self, body: &Value, own_name: Option<&str>) -> Result<(), Refusal> {
        let rows = body["balance_details"].as_array();
        let user = body["user"].as_str();
        if rows.is_none_or(Vec::is_empty) || user.is_none() {
            let message = "[POS Opening Entry]: balance_details";
            return Err(Refusal::check("MandatoryError", message));
        }
        if !self.is_v16() {
            return Ok(());
        }
        let is_open = |field: &str| {
            self.each(OPENING).any(|other| {
                other["status"] == "Open"
                    && other[field] == body[field]
                    && other["name"].as_str() != own_name
            })
        };
        if is_open("pos_profile") {
            let profile = body["pos_profile"].as_str().unwrap_or_default();
            let message = format!(
                "<strong>{profile}</strong> is open. Close the POS or cancel the existing POS Opening Entry to create a new POS Opening Entry."
            );
            let title = "POS Opening Entry Exists";
            return Err(Refusal::new(417, "ValidationError", title, &message));
        }
        if is_open("user") {
            let title = "Cannot Assign Cashier";
            let message = "Cashier is currently assigned to another POS.";
            return Err(Refusal::new(417, "ValidationError", title, message));
        }
        Ok(())
    }

    /// An invoice needs an opening: any open one of its profile, and in version 16 the only one,
    /// of today.
    pub(super) fn check_open(&self, invoice: &Value) -> Result<(), Refusal> {
        let profile = invoice["pos_profile"].as_str().unwrap_or_default();
        let open = self.each(OPENING).filter(|entry| {
            entry["pos_profile"] == profile && entry["status"] == "Open" && entry["docstatus"] == 1
        });
        let open: Vec<_> = open.collect();
        let (title, message) = match open.as_slice() {
            [] => (
                "POS Opening Entry Missing",
                format!(
                    "No open POS Opening Entry found for POS Profile <strong>{profile}</strong>."
                ),
            ),
            [_, _, ..] if self.is_v16() => (
                "Multiple POS Opening Entry",
                format!(
                    "POS Profile - {profile} has multiple open POS Opening Entries. Please close or cancel the existing entries before proceeding."
                ),
            ),
            [one, ..] if self.is_v16() && !starts_on(one, &self.today()) => (
                "Outdated POS Opening Entry",
                format!(
                    "POS Opening Entry - {} is outdated. Please close the POS and create a new POS Opening Entry.",
                    one["name"].as_str().unwrap_or_default()
                ),
            ),
            _ => return Ok(()),
        };
        Err(Refusal::new(417, "ValidationError", title, &message))
    }

    /// What the point of sale page asks for: the entries of a user that are not closed.
    pub(super) fn open_entries(&self, user: &str) -> Vec<Value> {
        let open = |entry: &Value| {
            entry["docstatus"] == 1
                && entry["user"] == user
                && entry.get("pos_closing_entry").is_none()
        };
        let short = |entry: Value| {
            let fields = ["name", "company", "pos_profile", "period_start_date"];
            fields
                .iter()
                .map(|field| ((*field).to_owned(), entry[*field].clone()))
                .collect()
        };
        self.documents(OPENING)
            .into_iter()
            .filter(open)
            .map(short)
            .collect()
    }
}

fn status(entry: &Value) -> &'static str {
    if entry["docstatus"] == 1 {
        "Open"
    } else {
        "Draft"
    }
}

fn starts_on(entry: &serde_json::Map<String, Value>, day: &str) -> bool {
    let start = entry["period_start_date"].as_str().unwrap_or_default();
    start.starts_with(day)
}
