//! The settings of the site that change how documents are computed.

use checkout::masters::Doctype;
use serde_json::{Map, Value};

use super::PullChange;
use crate::dto;
use crate::request::Request;

/// Single documents, with the fields that are taken from each.
const SINGLES: [(&str, &[&str]); 3] = [
    (
        "System Settings",
        &[
            "time_zone",
            "rounding_method",
            "number_format",
            "currency_precision",
            "float_precision",
        ],
    ),
    ("Global Defaults", &["disable_rounded_total"]),
    (
        "Accounts Settings",
        &[
            "round_row_wise_tax",
            "allow_stale",
            "stale_days",
            "determine_address_tax_category_from",
        ],
    ),
];

/// The names of these documents.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SINGLES.iter().map(|(doctype, _)| *doctype)
}

/// Reads the time zone, which every user may, and then the settings, which a till's user often
/// may not: what cannot be read keeps its default.
#[derive(Default)]
pub(super) struct Settings {
    step: usize,
    found: Map<String, Value>,
}

impl Settings {
    pub(super) fn request(&self) -> Option<Request> {
        match self.step {
            0 => Some(Request::call("frappe.client.get_time_zone")),
            step => SINGLES
                .get(step - 1)
                .map(|(doctype, _)| Request::get(doctype, doctype)),
        }
    }

    /// Whether it has no request any more.
    pub(super) fn is_done(&self) -> bool {
        self.step > SINGLES.len()
    }

    /// What is being read, as a problem names it.
    pub(super) fn reading(&self) -> &'static str {
        let single = self.step.checked_sub(1).and_then(|step| SINGLES.get(step));
        single.map_or("System Settings", |(doctype, _)| doctype)
    }

    pub(super) fn on_data(&mut self, data: &Value, changes: &mut Vec<PullChange>) {
        let fields: &[&str] = match self.step {
            0 => &["time_zone"],
            step => SINGLES.get(step - 1).map_or(&[], |(_, fields)| fields),
        };
        for field in fields {
            if let Some(value) = data.get(*field) {
                self.found.insert((*field).to_owned(), value.clone());
            }
        }
        self.skip(changes);
    }

    /// Goes on to the next; after the last, tells what was found.
    pub(super) fn skip(&mut self, changes: &mut Vec<PullChange>) {
        self.step += 1;
        if !self.is_done() {
            return;
        }
        let doctype = Doctype::SystemSettings;
        match dto::decode_document(doctype, &Value::Object(std::mem::take(&mut self.found))) {
            Ok(settings) => {
                changes.push(PullChange::Page {
                    doctype,
                    masters: vec![settings],
                    cursor: None,
                });
            }
            Err(error) => changes.push(PullChange::Skipped(error)),
        }
    }
}
