//! What the stand-in holds and how it answers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use super::TOKEN;
use super::catalogue::{CHILD_TABLES, Catalogue, Documents};
use super::fault::Fault;
use super::http::Asked;
use super::list::Query;
use super::office::ADMIN_TOKEN;
use super::refusal::Refusal;
use super::sign_in::SignIns;

/// The site's day.
pub(super) const TODAY: &str = "2026-11-23";

/// The user of the stand-in's key.
pub const USER: &str = "kiosk@example.com";

/// The amounts of an invoice: what to put over the document, its rows by their places.
pub type Totals = Box<dyn Fn(&Value) -> Value + Send>;

/// The site. Its public switches are what an administrator, or fate, can change.
pub struct Site {
    pub(super) catalogue: Catalogue,
    pub(super) totals: Totals,
    pub(super) submit_refusals: BTreeMap<String, Refusal>,
    pub(super) ticks: u64,
    pub(super) numbers: u64,
    faults: VecDeque<Option<Fault>>,
    requests: Vec<(String, String)>,
    /// Doctypes that the till's user may not read.
    pub forbidden: BTreeSet<String>,
    /// Whether POS Invoice has the unique key field.
    pub has_key_field: bool,
    /// Whether names from outside are taken, as some versions do.
    pub honours_names: bool,
    /// Whether the user may set fields of permission level 1.
    pub keeps_ignore_pricing_rule: bool,
    /// ERPNext's version, as the site tells it.
    pub version: &'static str,
    /// Key and secret of the till's user.
    pub(super) token: String,
    /// Whether the till's user may do only what rules and roles allow.
    pub(super) guarded: bool,
    pub(super) sign_ins: SignIns,
}

impl Site {
    /// The recorded shop, with its day still to come.
    pub fn harbour_books() -> Self {
        let forbidden = [
            "System Settings",
            "Selling Settings",
            "Global Defaults",
            "Accounts Settings",
            "Deleted Document",
        ];
        let mut site = Self {
            catalogue: Catalogue::recorded(),
            totals: Box::new(|_| json!({})),
            submit_refusals: BTreeMap::new(),
            ticks: 0,
            numbers: 0,
            faults: VecDeque::new(),
            requests: Vec::new(),
            forbidden: forbidden.map(str::to_owned).into(),
            has_key_field: true,
            honours_names: true,
            keeps_ignore_pricing_rule: true,
            version: "15.71.1",
            token: TOKEN.to_owned(),
            guarded: false,
            sign_ins: SignIns::default(),
        };
        for doctype in ["POS Invoice", "POS Opening Entry"] {
            site.catalogue
                .documents
                .entry(doctype.to_owned())
                .or_default();
        }
        site
    }

    /// Tells how the amounts of invoices come out.
    #[must_use]
    pub fn with_totals(mut self, totals: impl Fn(&Value) -> Value + Send + 'static) -> Self {
        self.totals = Box::new(totals);
        self
    }

    /// Plans what goes wrong with the next requests, one entry for each.
    pub fn plan(&mut self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.faults = faults.into_iter().collect();
    }

    /// Lets the invoice with this key fail when it is submitted.
    pub fn refuse_submit(&mut self, key: &str, refusal: Refusal) {
        self.submit_refusals.insert(key.to_owned(), refusal);
    }

    /// Puts right what made the invoice with this key fail.
    pub fn allow_submit(&mut self, key: &str) {
        self.submit_refusals.remove(key);
    }

    /// Method and path of all requests so far.
    pub fn requests(&self) -> &[(String, String)] {
        &self.requests
    }

    /// All documents of a doctype.
    pub fn documents(&self, doctype: &str) -> Vec<Value> {
        let documents = self
            .catalogue
            .documents
            .get(doctype)
            .into_iter()
            .flat_map(Documents::values);
        documents.cloned().map(Value::Object).collect()
    }

    /// Creates or changes a document behind the till's back; it is modified now.
    pub fn put(&mut self, doctype: &str, name: &str, fields: Value) {
        let modified = self.now();
        self.put_at(doctype, name, &modified, fields);
    }

    /// The same, modified at a time of the test's choice.
    pub fn put_at(&mut self, doctype: &str, name: &str, modified: &str, fields: Value) {
        let Value::Object(mut fields) = fields else {
            panic!("fields are an object")
        };
        fields.insert("name".to_owned(), json!(name));
        fields.insert("modified".to_owned(), json!(modified));
        let known = self.catalogue.fields.entry(doctype.to_owned()).or_default();
        known.extend(fields.keys().cloned());
        self.store(doctype, name).extend(fields);
    }

    /// Deletes a document.
    pub fn delete(&mut self, doctype: &str, name: &str) {
        self.catalogue
            .documents
            .get_mut(doctype)
            .and_then(|documents| documents.remove(name))
            .unwrap();
    }

    /// The site's clock: a second later each time.
    pub fn now(&mut self) -> String {
        self.ticks += 1;
        let (minutes, seconds) = (self.ticks / 60, self.ticks % 60);
        format!(
            "2026-11-23 {:02}:{:02}:{seconds:02}.000000",
            13 + minutes / 60,
            minutes % 60
        )
    }

    /// Asks without a socket: status and body. Without a token as a guest.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        query: Vec<(String, String)>,
        body: Option<Value>,
        token: Option<&str>,
    ) -> (u16, Value) {
        self.answer(&Asked {
            method: method.to_owned(),
            path: path.split('/').skip(1).map(str::to_owned).collect(),
            query,
            authorization: token.map(|token| format!("token {token}")),
            cookie: None,
            body,
        })
    }

    pub(super) fn next_fault(&mut self) -> Option<Fault> {
        self.faults.pop_front().flatten()
    }

    pub(super) fn document(&self, doctype: &str, name: &str) -> Option<&Map<String, Value>> {
        self.catalogue.documents.get(doctype)?.get(name)
    }

    pub(super) fn store(&mut self, doctype: &str, name: &str) -> &mut Map<String, Value> {
        let documents = self
            .catalogue
            .documents
            .entry(doctype.to_owned())
            .or_default();
        documents.entry(name.to_owned()).or_default()
    }

    /// Status and body.
    pub(super) fn answer(&mut self, asked: &Asked) -> (u16, Value) {
        self.requests
            .push((asked.method.clone(), format!("/{}", asked.path.join("/"))));
        match self.respond(asked) {
            Ok(body) => (200, body),
            Err(refusal) => (refusal.status, refusal.body()),
        }
    }

    fn respond(&mut self, asked: &Asked) -> Result<Value, Refusal> {
        if let Some(answer) = self.answer_session(asked) {
            return answer;
        }
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let user = match asked.authorization.as_deref() {
            Some(token) if token.strip_prefix("token ") == Some(&self.token) => USER,
            Some(token) if self.guarded && token == format!("token {ADMIN_TOKEN}") => {
                return self.answer_administrator(asked);
            }
            Some(_) => return Err(Refusal::silent(401, "AuthenticationError")),
            None => "Guest",
        };
        if let (USER, ["api", "resource", "ToDo", name]) = (user, path.as_slice()) {
            return self.own_to_do(user, asked, name);
        }
        if let (Some(doctype), true) = (path.get(2), path.get(1) == Some(&"resource")) {
            let child = CHILD_TABLES.iter().any(|(child, ..)| child == doctype);
            let unknown = !self.catalogue.documents.contains_key(*doctype);
            if user != USER || child || unknown || self.forbidden.contains(*doctype) {
                return Err(Refusal::forbidden(user, doctype, path.len() > 3));
            }
        }
        if self.guarded {
            if let Some(answer) = self.answer_anybody(asked) {
                return Ok(answer);
            }
            let right = match asked.method.as_str() {
                "POST" => "create",
                "PUT"
                    if asked
                        .body
                        .as_ref()
                        .is_some_and(|body| body["docstatus"] == 1) =>
                {
                    "submit"
                }
                "PUT" => "write",
                _ => "read",
            };
            if let ["api", "resource", doctype, ..] = path.as_slice()
                && !self.may(doctype, 0, right)
            {
                return Err(Refusal::forbidden(user, doctype, false));
            }
        }
        let body = || {
            asked
                .body
                .clone()
                .ok_or_else(|| Refusal::silent(500, "JSONDecodeError"))
        };
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["api", "resource", doctype]) => self.list(asked, doctype),
            ("GET", ["api", "resource", doctype, name @ ..]) => {
                let name = name.join("/");
                let document = self.document(doctype, &name);
                let document = document.ok_or_else(|| Refusal::missing(doctype, &name))?;
                Ok(json!({ "data": without_nulls(document) }))
            }
            ("POST", ["api", "resource", "POS Invoice"]) => self.insert_invoice(&body()?),
            ("PUT", ["api", "resource", "POS Invoice", name]) => {
                self.update_invoice(name, &body()?)
            }
            ("PUT", ["api", "resource", "Employee", name]) => self.update_employee(name, &body()?),
            ("POST", ["api", "resource", "POS Opening Entry"]) => self.insert_opening(&body()?),
            ("POST", ["api", "method", "frappe.client.get_list"]) => self.list_children(&body()?),
            ("GET", ["api", "method", "frappe.auth.get_logged_user"]) => {
                Ok(json!({ "message": user }))
            }
            ("GET", ["api", "method", "frappe.client.get_time_zone"]) => {
                Ok(json!({ "message": { "time_zone": "America/New_York" } }))
            }
            ("GET", ["api", "method", method]) if method.ends_with(".check_opening_entry") => Ok(
                json!({ "message": self.open_entries(asked.parameter("user").unwrap_or_default()) }),
            ),
            ("GET", ["api", "method", method])
                if method.ends_with(".get_loyalty_program_details_with_points") =>
            {
                let of = |key: &str| asked.parameter(key).unwrap_or_default();
                self.loyalty_details(of("customer"), of("loyalty_program"), of("company"))
            }
            _ => Err(Refusal::silent(404, "DoesNotExistError")),
        }
    }

    fn list(&self, asked: &Asked, doctype: &str) -> Result<Value, Refusal> {
        let query = Query::read(|key| asked.parameter(key).map(|value| json!(value)));
        let fields = &self.catalogue.fields[doctype];
        let documents = self.catalogue.documents[doctype].values();
        let knows = |field: &str| {
            fields.contains(field)
                && (field != erpnext::push::KEY_FIELD || self.has_key_field)
                && (doctype != "Employee" || self.employee_has(field))
        };
        let mut rows = query.rows(documents, knows)?;
        if doctype == "Employee" {
            self.hide_pins(&mut rows);
        }
        Ok(json!({ "data": rows }))
    }

    /// Rows of a child table, readable through the parent's doctype only.
    fn list_children(&self, body: &Value) -> Result<Value, Refusal> {
        let doctype = body["doctype"].as_str().unwrap_or_default();
        let parent = body["parent"].as_str().unwrap_or_default();
        let tables = CHILD_TABLES.iter().filter(|(child, ..)| *child == doctype);
        let tables: Vec<_> = tables.collect();
        if !tables.iter().any(|(_, of, _)| *of == parent) || self.forbidden.contains(parent) {
            return Err(Refusal::forbidden(USER, doctype, false));
        }
        let mut rows = Vec::new();
        for (_, of, field) in tables {
            for (name, document) in &self.catalogue.documents[*of] {
                let children = document
                    .get(*field)
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten();
                for (place, child) in children.enumerate() {
                    let mut child = child.as_object().unwrap().clone();
                    child.insert("parent".to_owned(), json!(name));
                    child.insert("parenttype".to_owned(), json!(of));
                    child.insert("idx".to_owned(), json!(place + 1));
                    rows.push(child);
                }
            }
        }
        let query = Query::read(|key| body.get(key).cloned());
        Ok(json!({ "message": query.rows(rows.iter(), |_| true)? }))
    }
}

/// A whole document is sent without the fields that are null.
pub(super) fn without_nulls(document: &Map<String, Value>) -> Value {
    document
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}
