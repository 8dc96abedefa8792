//! ERPNext's errors, in the shapes of the recordings.

use serde_json::{Map, Value, json};

/// An error answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The class of the exception.
    pub exc_type: &'static str,
    /// The message for people; without one there are no `_server_messages`.
    pub message: Option<String>,
    /// Its heading.
    pub title: &'static str,
    /// Several messages at once, instead of the one.
    pub list: Vec<String>,
    /// Whether there is a traceback, as sites allow or not.
    pub traceback: bool,
    /// Frappe's own words on some missing permissions.
    pub error_message: Option<String>,
}

impl Refusal {
    /// A failed check.
    pub fn new(status: u16, exc_type: &'static str, title: &'static str, message: &str) -> Self {
        let message = Some(message.to_owned());
        Self {
            status,
            exc_type,
            message,
            title,
            list: Vec::new(),
            traceback: true,
            error_message: None,
        }
    }

    /// A 417 with the usual heading.
    pub fn check(exc_type: &'static str, message: &str) -> Self {
        Self::new(417, exc_type, "Message", message)
    }

    pub(super) fn silent(status: u16, exc_type: &'static str) -> Self {
        let message = None;
        Self {
            status,
            exc_type,
            message,
            title: "",
            list: Vec::new(),
            traceback: true,
            error_message: None,
        }
    }

    /// The name is taken.
    pub(super) fn taken(doctype: &str, name: &str) -> Self {
        let message = format!("{doctype} <strong>{name}</strong> already exists");
        Self::new(409, "DuplicateEntryError", "Duplicate Name", &message)
    }

    /// A check that says of several rows what is wrong.
    pub(super) fn listed(title: &'static str, list: &[String]) -> Self {
        Self {
            list: list.to_vec(),
            ..Self::new(417, "ValidationError", title, &list.join(" "))
        }
    }

    pub(super) fn missing(doctype: &str, name: &str) -> Self {
        let refusal = Self::new(
            404,
            "DoesNotExistError",
            "Message",
            &format!("{doctype} {name} not found"),
        );
        Self {
            traceback: false,
            ..refusal
        }
    }

    pub(super) fn forbidden(user: &str, doctype: &str, one_document: bool) -> Self {
        let mut message = format!(
            "User <strong>{user}</strong> does not have doctype access via role permission for document <strong>{doctype}</strong>"
        );
        if one_document {
            message +=
                &format!("<br>User <strong>{user}</strong> does not have access to this document");
        }
        let error_message = (!one_document).then(|| format!("No permission for {doctype}"));
        Self {
            error_message,
            ..Self::new(403, "PermissionError", "Message", &message)
        }
    }

    /// The Python module of the exception.
    fn module(&self) -> &'static str {
        match self.exc_type {
            "StockOverReturnError" => "erpnext.controllers.sales_and_purchase_return",
            _ => "frappe.exceptions",
        }
    }

    pub(super) fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("exc_type".to_owned(), json!(self.exc_type));
        if self.traceback {
            let said = self
                .message
                .as_ref()
                .map(|said| format!(": {said}"))
                .unwrap_or_default();
            body.insert(
                "exception".to_owned(),
                json!(format!("{}.{}{said}", self.module(), self.exc_type)),
            );
            body.insert("exc".to_owned(), json!("(traceback)"));
        }
        if let Some(message) = &self.message {
            let message = match self.list.as_slice() {
                [] => json!(message),
                list => json!(list),
            };
            let one =
                json!({"message": message, "title": self.title, "raise_exception": 1}).to_string();
            body.insert(
                "_server_messages".to_owned(),
                json!(json!([one]).to_string()),
            );
        }
        if let Some(words) = &self.error_message {
            body.insert("_error_message".to_owned(), json!(words));
        }
        Value::Object(body)
    }
}
