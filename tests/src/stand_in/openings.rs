//! POS Opening Entries.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rows::{number_rows, stamps};
use super::site::Site;

pub(super) const OPENING: &str = "POS Opening Entry";

impl Site {
    pub(super) fn insert_opening(&mut self, body: &Value) -> Result<Value, Refusal> {
        let rows = body["balance_details"]
            .as_array()
            .filter(|rows| !rows.is_empty());
        if rows.is_none() || body["user"].as_str().is_none() {
            return Err(Refusal::check(
                "MandatoryError",
                "[POS Opening Entry]: balance_details",
            ));
        }
        self.numbers += 1;
        let name = format!("POS-OPE-2026-{:05}", self.numbers);
        let now = self.now();
        let submitted = body["docstatus"] == 1;
        let mut entry = body.as_object().unwrap().clone();
        entry.extend(stamps(&name, OPENING, &now));
        entry.insert(
            "status".to_owned(),
            json!(if submitted { "Open" } else { "Draft" }),
        );
        entry.insert("set_posting_date".to_owned(), json!(0));
        let mut document = Value::Object(entry);
        number_rows(&mut document, "balance_details", "POS Opening Entry Detail");
        self.store(OPENING, &name)
            .extend(document.as_object().unwrap().clone());
        Ok(json!({ "data": document }))
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

    /// Closes all shifts of a profile.
    pub fn close(&mut self, pos_profile: &str) {
        for entry in self.documents(OPENING) {
            if entry["pos_profile"] == pos_profile {
                let closed =
                    json!({ "status": "Closed", "pos_closing_entry": "POS-CLO-2026-00001" });
                self.put(OPENING, entry["name"].as_str().unwrap(), closed);
            }
        }
    }
}
