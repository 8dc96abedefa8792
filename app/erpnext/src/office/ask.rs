//! Requests with words for what they are for, and the values of their answers.

use serde_json::{Value, json};

use super::OfficeError;
use crate::request::{Request, Transport};

/// Sends a request and gives what was asked for; `doing` says in an error what it was for, as
/// "create the role ...".
///
/// # Errors
/// [`OfficeError::Refused`] with `doing`.
pub fn ask(site: &mut dyn Transport, doing: &str, request: &Request) -> Result<Value, OfficeError> {
    let reply = site.send(request).map_err(|reason| OfficeError::Refused {
        doing: doing.to_owned(),
        reason,
    })?;
    Ok(reply.data().clone())
}

/// All rows of a list, by name.
///
/// # Errors
/// Those of [`ask`].
pub fn rows(
    site: &mut dyn Transport,
    doctype: &str,
    fields: &[&str],
    filters: &Value,
) -> Result<Vec<Value>, OfficeError> {
    let doing = format!("read {doctype}");
    let request = Request::list(doctype, fields, filters)
        .with("order_by", "name asc")
        .with("limit_page_length", "0");
    list_of(&doing, ask(site, &doing, &request)?)
}

/// All rows of a child table that fulfil `filters`, by name.
///
/// # Errors
/// Those of [`ask`].
pub fn child_rows(
    site: &mut dyn Transport,
    doctype: &str,
    parent: &str,
    fields: &[&str],
    filters: &Value,
) -> Result<Vec<Value>, OfficeError> {
    let doing = format!("read {doctype}");
    let body = json!({
        "doctype": doctype,
        "parent": parent,
        "fields": fields,
        "filters": filters,
        "order_by": "name asc",
        "limit_page_length": 0,
    });
    let request = Request::call_with("frappe.client.get_list", body);
    list_of(&doing, ask(site, &doing, &request)?)
}

fn list_of(doing: &str, data: Value) -> Result<Vec<Value>, OfficeError> {
    match data {
        Value::Array(rows) => Ok(rows),
        _ => Err(OfficeError::Unexpected {
            doing: doing.to_owned(),
        }),
    }
}

/// A text of a row, empty when there is none.
pub fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A number of a row, 0 when there is none. ERPNext sends switches as 0 and 1, and those of
/// settings sometimes as texts.
pub fn number(row: &Value, field: &str) -> f64 {
    match row.get(field) {
        Some(Value::String(text)) => text.parse().unwrap_or(0.0),
        Some(value) => value.as_f64().unwrap_or(0.0),
        None => 0.0,
    }
}

/// Whether a switch of a row is on.
pub fn on(row: &Value, field: &str) -> bool {
    number(row, field) != 0.0
}

/// The rows of a child table in a document.
pub fn list(document: &Value, field: &str) -> Vec<Value> {
    let list = document.get(field).and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}
