//! What an administrator sees and does: fields, roles and their rules, users.
//!
//! A site that begins [`Site::unprepared`] lets its till's user do exactly what the user's roles
//! allow, as ERPNext does: custom rules of a doctype count instead of the standard ones as soon as
//! there is one.

use std::collections::{BTreeMap, BTreeSet};

use erpnext::push::{CUSTOMER_KEY_FIELD, KEY_FIELD};
use serde_json::{Map, Value, json};
use servers::http::Asked;

use super::list::Query;
use super::refusal::Refusal;
use super::site::{Site, USER, without_nulls};

/// The key and secret of the stand-in's System Manager.
pub const ADMIN_TOKEN: &str = "office-key:office-secret";

/// That System Manager.
pub const ADMIN: &str = "office@example.com";

const RULE: &str = "Custom DocPerm";
const MANAGER: &str = "frappe.core.page.permission_manager.permission_manager.";

/// Rights, as the rules name them.
const RIGHTS: [&str; 14] = [
    "select", "read", "write", "create", "delete", "submit", "cancel", "amend", "report", "export",
    "import", "share", "print", "email",
];

/// Documents that only an administrator asks for, which no recording of a till shows.
const SETTINGS: [(&str, &str); 6] = [
    (
        "System Settings",
        r#"{"rounding_method":"Banker's Rounding","time_zone":"America/New_York","float_precision":"3","enable_scheduler":1}"#,
    ),
    ("Global Defaults", r#"{"disable_rounded_total":0}"#),
    ("Accounts Settings", r#"{"round_row_wise_tax":0}"#),
    (
        "Stock Settings",
        r#"{"allow_negative_stock":0,"auto_insert_price_list_rate_if_missing":1}"#,
    ),
    ("Selling Settings", r#"{"validate_selling_price":0}"#),
    ("POS Settings", "{}"),
];

impl Site {
    /// The recorded shop as it was before anybody prepared it for tills: no field, no role, and a
    /// till's user who may do nothing.
    pub fn unprepared() -> Self {
        let mut site = Self::harbour_books();
        for (name, fields) in SETTINGS {
            site.put(name, name, serde_json::from_str(fields).unwrap());
        }
        for doctype in [
            "Custom Field",
            RULE,
            "User Permission",
            "Employee",
            "ToDo",
            "Contact",
            "POS Closing Entry",
            "Sales Invoice",
            "Serial and Batch Bundle",
            "Tax Rule",
            "Pricing Rule",
        ] {
            site.catalogue
                .documents
                .entry(doctype.to_owned())
                .or_default();
        }
        site.put(
            "Role",
            "Accounts User",
            json!({ "role_name": "Accounts User", "disabled": 0 }),
        );
        let user = json!({ "enabled": 1, "full_name": "Counter 1", "roles": [] });
        site.put("User", USER, user);
        let doctypes: Vec<String> = site.catalogue.documents.keys().cloned().collect();
        for doctype in doctypes {
            site.put("DocType", &doctype, json!({}));
            let mut rule = rule(&doctype, "Accounts User", 0);
            rule.extend(RIGHTS.map(|right| (right.to_owned(), json!(1))));
            site.put(
                "DocPerm",
                &format!("standard {doctype}"),
                Value::Object(rule),
            );
        }
        let fields = [
            (
                "Custom Field",
                &[
                    "dt",
                    "fieldname",
                    "fieldtype",
                    "options",
                    "reqd",
                    "default",
                    "unique",
                    "no_copy",
                    "permlevel",
                ][..],
            ),
            ("Contact", &["user"]),
            ("Employee", &["employee_name", "status", "company"]),
            ("ToDo", &["allocated_to", "status", "description"]),
            ("Role", &["disabled"]),
            ("POS Invoice", &["consolidated_invoice"]),
            ("User Permission", &["user", "allow", "for_value"]),
        ];
        for (doctype, names) in fields {
            site.know(doctype, names);
        }
        site.know(RULE, &["parent", "role", "permlevel", "if_owner"]);
        site.know(RULE, &RIGHTS);
        for doctype in site.catalogue.documents.keys().cloned().collect::<Vec<_>>() {
            site.know(&doctype, &["name", "modified"]);
        }
        site.guarded = true;
        site.apply_rules();
        site
    }

    /// Gives the till's user a role.
    pub fn grant_role(&mut self, role: &str) {
        let rows = json!([{ "role": role, "doctype": "Has Role" }]);
        let till = self.till.clone();
        self.put("User", &till, json!({ "roles": rows }));
        self.apply_rules();
    }

    fn know(&mut self, doctype: &str, fields: &[&str]) {
        self.catalogue.know(doctype, fields.iter().copied());
    }

    /// What the till's user may do follows from rules and roles; whether a field is there, from
    /// Custom Field.
    fn apply_rules(&mut self) {
        let doctypes = self.catalogue.documents.keys();
        let hidden = doctypes.filter(|doctype| !self.may(doctype, 0, "read"));
        let hidden: BTreeSet<String> = hidden.cloned().collect();
        self.forbidden = hidden;
        self.keeps_ignore_pricing_rule = self.may("POS Invoice", 1, "write");
        let has = |doctype: &str, field: &str| {
            let field = format!("{doctype}-{field}");
            self.document("Custom Field", &field).is_some()
        };
        let (of_sales, of_customers) = (
            has("POS Invoice", KEY_FIELD),
            has("Customer", CUSTOMER_KEY_FIELD),
        );
        self.has_key_field = of_sales;
        self.has_customer_key = of_customers;
    }

    /// Whether the till's user has a right.
    pub(super) fn may(&self, doctype: &str, permlevel: u64, right: &str) -> bool {
        let user = self.document("User", &self.till);
        let roles: Vec<&str> = user
            .and_then(|user| user["roles"].as_array())
            .into_iter()
            .flatten()
            .filter_map(|row| row["role"].as_str())
            .collect();
        let rules = |of: &str| -> Vec<&Map<String, Value>> {
            let rules = self.catalogue.documents.get(of);
            let rules = rules.into_iter().flat_map(|rules| rules.values());
            rules.filter(|rule| rule["parent"] == doctype).collect()
        };
        let mut counting = rules(RULE);
        if counting.is_empty() {
            counting = rules("DocPerm");
        }
        counting.iter().any(|rule| {
            rule["role"]
                .as_str()
                .is_some_and(|role| roles.contains(&role))
                && rule["permlevel"] == permlevel
                && rule.get(right) == Some(&json!(1))
        })
    }

    /// Answers what every user may ask of permissions and versions; `None` for everything else.
    pub(super) fn answer_anybody(&self, asked: &Asked) -> Option<Value> {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let ["api", "method", method] = path.as_slice() else {
            return None;
        };
        match *method {
            // Whose rules are the standard ones, which the stand-in's rules do not tell.
            "frappe.client.has_permission"
                if ["ToDo", "Contact"]
                    .contains(&asked.parameter("doctype").unwrap_or_default()) =>
            {
                Some(json!({ "message": { "has_permission": true } }))
            }
            "frappe.client.has_permission" => {
                let parameter = |key| asked.parameter(key).unwrap_or_default();
                let may = self.may(parameter("doctype"), 0, parameter("perm_type"));
                Some(json!({ "message": { "has_permission": may } }))
            }
            "frappe.utils.change_log.get_versions" => {
                let version = json!({ "version": self.version });
                Some(json!({ "message": { "erpnext": version, "frappe": version } }))
            }
            _ => None,
        }
    }

    /// Answers the System Manager.
    pub(super) fn answer_administrator(&mut self, asked: &Asked) -> Result<Value, Refusal> {
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let body = asked.body.clone().unwrap_or_default();
        if let Some(answer) = self.answer_anybody(asked) {
            return Ok(answer);
        }
        let answer = match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["api", "resource", doctype]) => self.list_any(asked, doctype)?,
            ("GET", ["api", "resource", doctype, name @ ..]) => {
                let name = name.join("/");
                let document = self.document(doctype, &name);
                let document = document.ok_or_else(|| Refusal::missing(doctype, &name))?;
                json!({ "data": without_nulls(document) })
            }
            ("POST", ["api", "resource", doctype]) => self.insert_any(doctype, &body)?,
            ("PUT", ["api", "resource", doctype, name @ ..]) => {
                let name = name.join("/");
                if self.document(doctype, &name).is_none() {
                    return Err(Refusal::missing(doctype, &name));
                }
                self.put(doctype, &name, body);
                json!({ "data": self.document(doctype, &name) })
            }
            ("DELETE", ["api", "resource", doctype, name @ ..]) => {
                self.delete_any(doctype, &name.join("/"))?
            }
            ("POST", ["api", "method", "frappe.client.get_list"]) => self.list_rows(&body)?,
            (
                "POST",
                [
                    "api",
                    "method",
                    "frappe.core.doctype.user.user.generate_keys",
                ],
            ) => self.generate_keys(body["user"].as_str().unwrap_or_default())?,
            ("POST", ["api", "method", method]) if method.starts_with(MANAGER) => {
                self.manage(&method[MANAGER.len()..], &body)?
            }
            ("GET", ["api", "method", "frappe.auth.get_logged_user"]) => {
                json!({ "message": ADMIN })
            }
            _ => return Err(Refusal::silent(404, "DoesNotExistError")),
        };
        if asked.method != "GET" {
            self.apply_rules();
        }
        Ok(answer)
    }

    fn list_any(&self, asked: &Asked, doctype: &str) -> Result<Value, Refusal> {
        let Some(documents) = self.catalogue.documents.get(doctype) else {
            return Err(Refusal::forbidden(ADMIN, doctype, false));
        };
        let query = Query::read(|key| asked.parameter(key).map(|value| json!(value)));
        let fields = &self.catalogue.fields[doctype];
        let knows = |field: &str| match field {
            KEY_FIELD => self.has_key_field,
            field => fields.contains(field),
        };
        Ok(json!({ "data": query.rows(documents.values(), knows)? }))
    }

    /// Rows of the child tables that are kept elsewhere: standard rules, and roles of users.
    fn list_rows(&self, body: &Value) -> Result<Value, Refusal> {
        let mut rows: Vec<Map<String, Value>> = Vec::new();
        match (body["doctype"].as_str(), body["parent"].as_str()) {
            (Some("DocPerm"), Some("DocType")) => {
                let rules = self.documents("DocPerm").into_iter();
                rows.extend(rules.filter_map(|rule| rule.as_object().cloned()));
            }
            (Some("Has Role"), Some("User")) => {
                for user in self.documents("User") {
                    for role in user["roles"].as_array().into_iter().flatten() {
                        let mut row = role.as_object().unwrap().clone();
                        row.insert("parent".to_owned(), user["name"].clone());
                        row.insert("parenttype".to_owned(), json!("User"));
                        rows.push(row);
                    }
                }
            }
            (Some("POS Profile User"), Some("POS Profile")) => {
                for profile in self.documents("POS Profile") {
                    let users = profile["applicable_for_users"].as_array();
                    for user in users.into_iter().flatten() {
                        let mut row = user.as_object().unwrap().clone();
                        row.insert("parent".to_owned(), profile["name"].clone());
                        rows.push(row);
                    }
                }
            }
            // An administrator may read every table.
            (Some(doctype), Some(_)) => return self.list_children_of_any(doctype, body),
            (doctype, _) => {
                let doctype = doctype.unwrap_or_default();
                let Some(documents) = self.catalogue.documents.get(doctype) else {
                    return Err(Refusal::forbidden(ADMIN, doctype, false));
                };
                rows.extend(documents.values().cloned());
            }
        }
        let query = Query::read(|key| body.get(key).cloned());
        Ok(json!({ "message": query.rows(rows.iter(), |_| true)? }))
    }

    fn insert_any(&mut self, doctype: &str, body: &Value) -> Result<Value, Refusal> {
        if doctype == "ToDo" && self.refuses_to_dos {
            return Err(Refusal::forbidden(ADMIN, doctype, false));
        }
        let text = |field: &str| body[field].as_str().filter(|text| !text.is_empty());
        let name = match doctype {
            "Custom Field" => text("dt")
                .zip(text("fieldname"))
                .map(|(dt, fieldname)| format!("{dt}-{fieldname}")),
            "Role" => text("role_name").map(str::to_owned),
            "User" => text("email").map(str::to_owned),
            // Named by whoever makes one.
            "POS Profile" => text("name").map(str::to_owned),
            "ToDo" => {
                let name = self.numbered("todo");
                text("description").map(|_| name)
            }
            _ => None,
        };
        let name = name.ok_or_else(|| Refusal::check("MandatoryError", doctype))?;
        if self.document(doctype, &name).is_some() {
            return Err(Refusal::new(
                409,
                "DuplicateEntryError",
                "Duplicate Name",
                &format!("{doctype} {name} already exists"),
            ));
        }
        if doctype == "Role" {
            self.put(doctype, &name, json!({ "disabled": 0 }));
        }
        if doctype == "User" {
            // Done for every new user.
            let contact = json!({ "first_name": body["first_name"], "user": name, "links": [] });
            let first_name = body["first_name"].as_str().unwrap_or(&name);
            self.put("Contact", first_name, contact);
        }
        if let (Some(dt), Some(fieldname)) = (text("dt"), text("fieldname")) {
            self.know(dt, &[fieldname]);
        }
        self.put(doctype, &name, json!({ "owner": ADMIN }));
        self.put(doctype, &name, body.clone());
        Ok(json!({ "data": self.document(doctype, &name) }))
    }

    fn delete_any(&mut self, doctype: &str, name: &str) -> Result<Value, Refusal> {
        let document = self.document(doctype, name);
        let document = document.ok_or_else(|| Refusal::missing(doctype, name))?;
        if doctype == "Custom Field" && document.get("owner") == Some(&json!("Administrator")) {
            let message = "Custom Field is created by the Administrator and can only be deleted through the Administrator account.";
            return Err(Refusal::check("ValidationError", message));
        }
        let names_role = |row: &Value| row["role"] == name;
        let linked = doctype == "Role"
            && (self.documents(RULE).iter().any(names_role)
                || self.documents("User").iter().any(|user| {
                    user["roles"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .any(names_role)
                }));
        if linked {
            let message = format!("Cannot delete or cancel because {doctype} {name} is linked");
            return Err(Refusal::check("LinkExistsError", &message));
        }
        if doctype == "User" {
            self.forget_user(name)?;
        }
        self.delete(doctype, name);
        Ok(json!({ "message": "ok" }))
    }

    /// What goes with a user; one whom documents name stays.
    fn forget_user(&mut self, user: &str) -> Result<(), Refusal> {
        let names = |row: &Value| row["user"] == user;
        let linked = self.documents("POS Opening Entry").iter().any(names)
            || self.documents("POS Profile").iter().any(|profile| {
                let users = profile["applicable_for_users"].as_array();
                users.into_iter().flatten().any(names)
            });
        if linked {
            let message = format!("Cannot delete or cancel because User {user} is linked");
            return Err(Refusal::check("LinkExistsError", &message));
        }
        for to_do in self.documents("ToDo") {
            if to_do["allocated_to"] == user {
                self.delete("ToDo", to_do["name"].as_str().unwrap());
            }
        }
        for contact in self.documents("Contact").into_iter().filter(names) {
            let name = contact["name"].as_str().unwrap();
            self.put("Contact", name, json!({ "user": null }));
        }
        Ok(())
    }

    /// A new secret for a user, with which the one before ends. The key stays. There is one till:
    /// whoever was given a secret last.
    fn generate_keys(&mut self, user: &str) -> Result<Value, Refusal> {
        if self.document("User", user).is_none() {
            return Err(Refusal::missing("User", user));
        }
        let secret = self.numbered("secret-");
        self.put("User", user, json!({ "api_key": "till-key" }));
        self.token = format!("till-key:{secret}");
        user.clone_into(&mut self.till);
        Ok(json!({ "message": { "api_secret": secret } }))
    }

    /// The Role Permissions Manager.
    fn manage(&mut self, method: &str, body: &Value) -> Result<Value, Refusal> {
        let field = if method == "add" { "parent" } else { "doctype" };
        let doctype = body[field].as_str().unwrap_or_default().to_owned();
        let role = body["role"].as_str().unwrap_or_default();
        let permlevel = body["permlevel"].as_u64().unwrap_or(0);
        if !self.catalogue.documents.contains_key(&doctype) {
            return Err(Refusal::missing("DocType", &doctype));
        }
        if method == "reset" {
            self.delete_rules(|rule| rule["parent"] == doctype);
            return Ok(json!({}));
        }
        if self.document("Role", role).is_none() {
            return Err(Refusal::check("LinkValidationError", "Could not find Role"));
        }
        self.copy_standard_rules(&doctype);
        let name = format!("{doctype} {role} {permlevel}");
        match method {
            "add" if self.document(RULE, &name).is_none() => {
                let mut rule = rule(&doctype, role, permlevel);
                rule.extend(RIGHTS.map(|right| (right.to_owned(), json!(0))));
                // The defaults of the doctype Custom DocPerm.
                rule.extend(["read", "export"].map(|right| (right.to_owned(), json!(1))));
                self.put(RULE, &name, Value::Object(rule));
            }
            "add" => {}
            "update" => {
                let right = body["ptype"].as_str().unwrap_or_default();
                let given = u8::from(body["value"] == "1");
                self.put(RULE, &name, json!({ right: given }));
                let rule = self.document(RULE, &name).unwrap();
                if rule["submit"] == 1 && rule["write"] != 1 {
                    let message = "Cannot set Submit, Cancel, Amend without Write";
                    return Err(Refusal::check("ValidationError", message));
                }
            }
            "remove" => {
                self.delete_rules(|rule| rule["name"] == name);
                let left = self.documents(RULE);
                if !left.iter().any(|rule| rule["parent"] == doctype) {
                    let message = "There must be atleast one permission rule.";
                    return Err(Refusal::check("ValidationError", message));
                }
            }
            _ => return Err(Refusal::silent(404, "DoesNotExistError")),
        }
        Ok(json!({}))
    }

    /// The first custom rule of a doctype makes ERPNext copy the standard ones.
    fn copy_standard_rules(&mut self, doctype: &str) {
        let has = |rule: &Value| rule["parent"] == doctype;
        if self.documents(RULE).iter().any(has) {
            return;
        }
        for rule in self.documents("DocPerm").into_iter().filter(has) {
            let name = format!("copy of {}", rule["name"].as_str().unwrap());
            self.put(RULE, &name, rule);
        }
    }

    fn delete_rules(&mut self, which: impl Fn(&Value) -> bool) {
        let rules = self.documents(RULE).into_iter().filter(which);
        for rule in rules.collect::<Vec<_>>() {
            self.delete(RULE, rule["name"].as_str().unwrap());
        }
    }

    /// Every document there is, but for when it was modified.
    pub fn whole(&self) -> BTreeMap<String, BTreeMap<String, Value>> {
        let kept = |(name, document): (&String, &Map<String, Value>)| {
            let mut kept = without_nulls(document);
            kept.as_object_mut().unwrap().remove("modified");
            (name.clone(), kept)
        };
        let doctypes = self.catalogue.documents.iter();
        doctypes
            .map(|(doctype, documents)| (doctype.clone(), documents.iter().map(kept).collect()))
            .collect()
    }
}

fn rule(doctype: &str, role: &str, permlevel: u64) -> Map<String, Value> {
    let rule = json!({ "parent": doctype, "role": role, "permlevel": permlevel, "if_owner": 0 });
    rule.as_object().unwrap().clone()
}
