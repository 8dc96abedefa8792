//! What the stand-in holds and how it answers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::LazyLock;

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};
use serde_json::{Map, Value, json};
use servers::http::Asked;

use erpnext::push::{CUSTOMER_KEY_FIELD, KEY_FIELD};

use super::TOKEN;
use super::catalogue::{CHILD_TABLES, Catalogue};
use super::closings::Job;
use super::fault::Fault;
use super::ledger::{GL_ENTRY, STOCK_LEDGER_ENTRY};
use super::office::ADMIN_TOKEN;
use super::refusal::Refusal;
use super::rows::data;
use super::sign_in::SignIns;

/// The user of the stand-in's key.
pub const USER: &str = "kiosk@example.com";

/// The amounts of an invoice: what to put over the document, its rows by their places.
pub type Totals = Box<dyn Fn(&Value) -> Value + Send>;

/// What a script of the site makes of a document before it is saved.
pub type Script = Box<dyn Fn(&mut Value) + Send>;

/// The site. Its public switches are what an administrator, or fate, can change.
pub struct Site {
    pub(super) catalogue: Catalogue,
    pub(super) totals: Totals,
    pub(super) closing_script: Script,
    pub(super) submit_refusals: BTreeMap<String, Refusal>,
    clock: DateTime,
    numbers: BTreeMap<&'static str, u64>,
    /// Closings that a worker in the background has still to consolidate.
    pub(super) jobs: VecDeque<Job>,
    faults: VecDeque<Option<Fault>>,
    /// What is given to anybody, by its path.
    files: BTreeMap<String, Vec<u8>>,
    requests: Vec<(String, String)>,
    /// Doctypes that the till's user may not read.
    pub forbidden: BTreeSet<String>,
    /// Whether POS Invoice has the unique key field.
    pub has_key_field: bool,
    /// Whether names from outside are taken, as some versions do.
    pub honours_names: bool,
    /// Whether the user may set fields of permission level 1.
    pub keeps_ignore_pricing_rule: bool,
    /// Whether Customer has the unique key field.
    pub has_customer_key: bool,
    /// Whether more may be sold and consolidated than there is.
    pub allow_negative_stock: bool,
    /// Why consolidating fails, whatever is consolidated: a closed period, a missing account.
    pub closing_fault: Option<&'static str>,
    /// After how many more requests a worker has consolidated a closing of ten invoices and more;
    /// `None` for never.
    pub worker: Option<u32>,
    /// ERPNext's version, as the site tells it.
    pub version: &'static str,
    /// The till's user.
    pub(super) till: String,
    /// Their key and secret.
    pub(super) token: String,
    /// Whether the till's user may do only what rules and roles allow.
    pub(super) guarded: bool,
    pub(super) sign_ins: SignIns,
    /// Whether nobody may create a ToDo.
    pub refuses_to_dos: bool,
}

impl Site {
    /// The recorded shop, with its day still to come.
    pub fn harbour_books() -> Self {
        Self::of(Catalogue::recorded())
    }

    fn of(catalogue: Catalogue) -> Self {
        let forbidden = [
            "System Settings",
            "Selling Settings",
            "Global Defaults",
            "Accounts Settings",
            "Deleted Document",
        ];
        let mut site = Self {
            catalogue,
            totals: Box::new(|_| json!({})),
            closing_script: Box::new(|_| {}),
            submit_refusals: BTreeMap::new(),
            clock: DateTime::constant(2026, 11, 23, 13, 0, 0, 0),
            numbers: BTreeMap::new(),
            jobs: VecDeque::new(),
            faults: VecDeque::new(),
            files: BTreeMap::new(),
            requests: Vec::new(),
            forbidden: forbidden.map(str::to_owned).into(),
            has_key_field: true,
            honours_names: true,
            keeps_ignore_pricing_rule: true,
            has_customer_key: true,
            allow_negative_stock: false,
            closing_fault: None,
            worker: Some(1),
            version: "15.71.1",
            till: USER.to_owned(),
            token: TOKEN.to_owned(),
            guarded: false,
            sign_ins: SignIns::default(),
            refuses_to_dos: false,
        };
        for doctype in ["POS Invoice", "POS Opening Entry", "POS Closing Entry"] {
            site.catalogue
                .documents
                .entry(doctype.to_owned())
                .or_default();
        }
        for doctype in [GL_ENTRY, STOCK_LEDGER_ENTRY] {
            let documents = &mut site.catalogue.documents;
            documents.entry(doctype.to_owned()).or_default();
            let fields = ["account", "item_code", "voucher_no", "is_cancelled"];
            site.catalogue.know(doctype, fields);
        }
        site
    }

    /// The same with a few items only, for many sites in a short time.
    pub fn corner_shop() -> Self {
        static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
            let mut catalogue = Catalogue::recorded();
            catalogue.keep_items(&[
                "FIC-001", "STA-002", "STA-003", "BAT-001", "WGT-001", "SER-001",
            ]);
            catalogue
        });
        Self::of(CATALOGUE.clone())
    }

    /// Tells how the amounts of invoices come out.
    #[must_use]
    pub fn with_totals(mut self, totals: impl Fn(&Value) -> Value + Send + 'static) -> Self {
        self.set_totals(totals);
        self
    }

    /// Tells how the amounts of invoices come out from now on.
    pub fn set_totals(&mut self, totals: impl Fn(&Value) -> Value + Send + 'static) {
        self.totals = Box::new(totals);
    }

    /// Lets a script of the site change POS Closing Entries from now on.
    pub fn set_closing_script(&mut self, script: impl Fn(&mut Value) + Send + 'static) {
        self.closing_script = Box::new(script);
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
            .flat_map(|documents| documents.values());
        documents.cloned().map(Value::Object).collect()
    }

    /// The documents of a doctype, as they are kept.
    pub(super) fn each(&self, doctype: &str) -> impl Iterator<Item = &Map<String, Value>> {
        let documents = self.catalogue.documents.get(doctype);
        documents
            .into_iter()
            .flat_map(|documents| documents.values())
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
        self.catalogue
            .know(doctype, fields.keys().map(String::as_str));
        self.store(doctype, name).extend(fields);
    }

    /// Deletes a document.
    pub fn delete(&mut self, doctype: &str, name: &str) {
        self.catalogue.documents_of(doctype).remove(name).unwrap();
    }

    /// The site's clock: a second later each time.
    pub fn now(&mut self) -> String {
        self.clock = self.clock.saturating_add(1.second());
        self.clock.strftime("%Y-%m-%d %H:%M:%S.000000").to_string()
    }

    /// Sets the site's clock, which never goes back.
    pub fn set_clock(&mut self, now: DateTime) {
        self.clock = self.clock.max(now);
    }

    /// Lets time go by.
    pub fn pass(&mut self, time: Span) {
        self.clock = self.clock.saturating_add(time);
    }

    /// The site's day.
    pub fn today(&self) -> String {
        self.clock.date().to_string()
    }

    /// The next number of a series of names.
    pub(super) fn numbered(&mut self, series: &'static str) -> String {
        let number = self.numbers.entry(series).or_default();
        *number += 1;
        format!("{series}{number:05}")
    }

    /// Whether the rules of version 16 count: an opening of today, one a profile.
    pub fn is_v16(&self) -> bool {
        self.version.starts_with("16")
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
            range: None,
            cookie: None,
            body,
        })
    }

    /// Gives a file to whoever asks for this path.
    pub fn publish(&mut self, path: &str, file: &[u8]) {
        self.files.insert(path.to_owned(), file.to_owned());
    }

    pub(super) fn file(&self, asked: &Asked) -> Option<&[u8]> {
        let path = format!("/{}", asked.path.join("/"));
        self.files.get(&path).map(Vec::as_slice)
    }

    pub(super) fn next_fault(&mut self) -> Option<Fault> {
        self.faults.pop_front().flatten()
    }

    pub(super) fn document(&self, doctype: &str, name: &str) -> Option<&Map<String, Value>> {
        self.catalogue.documents.get(doctype)?.get(name)
    }

    pub(super) fn store(&mut self, doctype: &str, name: &str) -> &mut Map<String, Value> {
        let documents = self.catalogue.documents_of(doctype);
        documents.entry(name.to_owned()).or_default()
    }

    /// Status and body.
    pub(super) fn answer(&mut self, asked: &Asked) -> (u16, Value) {
        self.requests
            .push((asked.method.clone(), format!("/{}", asked.path.join("/"))));
        // What was queued before this request is done by now.
        self.work();
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
            Some(token) if token.strip_prefix("token ") == Some(&self.token) => self.till.clone(),
            Some(token) if self.guarded && token == format!("token {ADMIN_TOKEN}") => {
                return self.answer_administrator(asked);
            }
            Some(_) => return Err(Refusal::silent(401, "AuthenticationError")),
            None => "Guest".to_owned(),
        };
        let (user, is_till) = (user.as_str(), user == self.till);
        if let (true, ["api", "resource", "ToDo", name]) = (is_till, path.as_slice()) {
            return self.own_to_do(user, asked, name);
        }
        if let (Some(doctype), true) = (path.get(2), path.get(1) == Some(&"resource")) {
            let child = CHILD_TABLES.iter().any(|(child, ..)| child == doctype);
            let unknown = !self.catalogue.documents.contains_key(*doctype);
            if !is_till || child || unknown || self.forbidden.contains(*doctype) {
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
                .as_ref()
                .ok_or_else(|| Refusal::silent(500, "JSONDecodeError"))
        };
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["api", "resource", doctype]) => self.list(asked, doctype),
            ("GET", ["api", "resource", doctype, name @ ..]) => {
                let name = name.join("/");
                let document = self.document(doctype, &name);
                let document = document.ok_or_else(|| Refusal::missing(doctype, &name))?;
                Ok(data(without_nulls(document)))
            }
            ("POST", ["api", "resource", "POS Invoice"]) => self.insert_invoice(body()?),
            ("PUT", ["api", "resource", "POS Invoice", name]) => self.update_invoice(name, body()?),
            ("PUT", ["api", "resource", "Employee", name]) => self.update_employee(name, body()?),
            ("POST", ["api", "resource", "POS Opening Entry"]) => self.insert_opening(body()?),
            ("PUT", ["api", "resource", "POS Opening Entry", name]) => {
                self.update_opening(name, body()?)
            }
            ("POST", ["api", "resource", "POS Closing Entry"]) => self.insert_closing(body()?),
            ("POST", ["api", "resource", "POS Closing Entry", name]) => {
                self.call_closing(name, body()?)
            }
            ("PUT", ["api", "resource", "POS Closing Entry", name]) => {
                self.update_closing(name, body()?)
            }
            ("POST", ["api", "resource", "Customer"]) => self.insert_customer(body()?),
            ("POST", ["api", "method", "frappe.client.get_list"]) => self.get_list(body()?),
            ("GET", ["api", "method", "frappe.utils.change_log.get_versions"]) => {
                let version = json!({ "version": self.version });
                Ok(json!({ "message": { "erpnext": version, "frappe": version } }))
            }
            ("GET", ["api", "method", "frappe.auth.get_logged_user"]) => {
                Ok(json!({ "message": user }))
            }
            ("GET", ["api", "method", "frappe.client.get_time_zone"]) => {
                Ok(json!({ "message": { "time_zone": "America/New_York" } }))
            }
            ("GET", ["api", "method", method]) if method.ends_with(".check_opening_entry") => Ok(
                json!({ "message": self.open_entries(asked.parameter("user").unwrap_or_default()) }),
            ),
            ("GET", ["api", "method", method]) if method.ends_with(".get_pos_invoices") => {
                let of = |key: &str| asked.parameter(key).unwrap_or_default().to_owned();
                Ok(
                    json!({ "message": self.pos_invoices(&of("start"), &of("end"), &of("pos_profile"), &of("user")) }),
                )
            }
            ("GET", ["api", "method", method])
                if method.ends_with(".get_loyalty_program_details_with_points") =>
            {
                let of = |key: &str| asked.parameter(key).unwrap_or_default();
                self.loyalty_details(of("customer"), of("loyalty_program"), of("company"))
            }
            _ => Err(Refusal::silent(404, "DoesNotExistError")),
        }
    }

    /// Whether a field is not one of those that an administrator adds, or was added.
    pub(super) fn has_custom_field(&self, doctype: &str, field: &str) -> bool {
        match (doctype, field) {
            ("POS Invoice", KEY_FIELD) => self.has_key_field,
            ("Customer", CUSTOMER_KEY_FIELD) => self.has_customer_key,
            ("Employee", field) => self.employee_has(field),
            _ => true,
        }
    }

    /// The fields that a doctype has; others are dropped without a word.
    pub(super) fn known(&self, doctype: &str, body: &Value) -> Map<String, Value> {
        let fields = &self.catalogue.fields[doctype];
        let sent = body.as_object().unwrap().iter();
        let known = sent.filter(|(field, _)| {
            fields.contains(*field) && *field != "name" && self.has_custom_field(doctype, field)
        });
        known.map(|(k, v)| (k.clone(), v.clone())).collect()
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
