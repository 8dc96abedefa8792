//! The way into a site.

use std::path::{Path, PathBuf};

use erpnext::https::{Client, Roots, SiteConfig};
use erpnext::{Request, Transport};
use serde_json::{Value, json};

use crate::Error;

/// Which site.
#[derive(clap::Args)]
pub struct Access {
    /// The address of the site, `https://...`.
    #[arg(long)]
    url: String,
    /// A file of certificates (PEM) to trust besides the system's.
    #[arg(long, value_name = "FILE")]
    certificates: Option<PathBuf>,
}

impl Access {
    /// A client that comes with the `key:secret` of this file. Keys are in files because every
    /// user of a machine can read the arguments of its programs.
    ///
    /// # Errors
    /// When a file cannot be read, or what is in it or the address cannot be right.
    pub fn client(&self, key_file: &Path) -> Result<Client, Error> {
        let mut site = SiteConfig::new(&self.url, read(key_file)?.trim())?;
        if let Some(certificates) = &self.certificates {
            site.roots = Roots::from_pem(read(certificates)?.as_bytes())?;
        }
        Ok(Client::new(site)?)
    }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|reason| Error::File {
        path: path.to_owned(),
        reason,
    })
}

/// Sends a request; `doing` says in an error what it was for, as "create the role ...".
pub(crate) fn ask(
    site: &mut dyn Transport,
    doing: &str,
    request: &Request,
) -> Result<Value, Error> {
    let reply = site.send(request).map_err(|reason| Error::Refused {
        doing: doing.to_owned(),
        reason,
    })?;
    Ok(reply.data().clone())
}

/// All rows of a list.
pub(crate) fn rows(
    site: &mut dyn Transport,
    doctype: &str,
    fields: &[&str],
    filters: &Value,
) -> Result<Vec<Value>, Error> {
    let doing = format!("read {doctype}");
    let request = Request::list(doctype, fields, filters)
        .with("order_by", "name asc")
        .with("limit_page_length", "0");
    list_of(&doing, &ask(site, &doing, &request)?)
}

/// All rows of a child table that fulfil `filters`.
pub(crate) fn child_rows(
    site: &mut dyn Transport,
    doctype: &str,
    parent: &str,
    fields: &[&str],
    filters: &Value,
) -> Result<Vec<Value>, Error> {
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
    list_of(&doing, &ask(site, &doing, &request)?)
}

fn list_of(doing: &str, data: &Value) -> Result<Vec<Value>, Error> {
    data.as_array().cloned().ok_or_else(|| Error::Unexpected {
        doing: doing.to_owned(),
    })
}

/// A text of a row, empty when there is none.
pub(crate) fn text<'a>(row: &'a Value, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A number of a row, 0 when there is none. ERPNext sends switches as 0 and 1, and those of
/// settings sometimes as texts.
pub(crate) fn number(row: &Value, field: &str) -> f64 {
    match row.get(field) {
        Some(Value::String(text)) => text.parse().unwrap_or(0.0),
        Some(value) => value.as_f64().unwrap_or(0.0),
        None => 0.0,
    }
}

/// Whether a switch of a row is on.
pub(crate) fn on(row: &Value, field: &str) -> bool {
    number(row, field) != 0.0
}
