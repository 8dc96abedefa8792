//! Customers that a till makes.

use erpnext::push::CUSTOMER_KEY_FIELD;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rows::{data, stamps};
use super::site::{Site, without_nulls};

const CUSTOMER: &str = "Customer";

impl Site {
    pub(super) fn insert_customer(&mut self, body: &Value) -> Result<Value, Refusal> {
        let text = |field: &str| body[field].as_str().filter(|text| !text.is_empty());
        let Some(customer_name) = text("customer_name") else {
            let message = "[Customer]: customer_name";
            return Err(Refusal::check("MandatoryError", message));
        };
        if text("name").is_some() && text("mobile_no").or(text("email_id")).is_some() {
            // The contact that is made along with it gets no name of its own then.
            let message = "[Contact, None]: parent";
            return Err(Refusal::check("MandatoryError", message));
        }
        for (doctype, field) in [
            ("Customer Group", "customer_group"),
            ("Territory", "territory"),
        ] {
            if let Some(name) = text(field).filter(|name| self.document(doctype, name).is_none()) {
                let message = format!("Could not find {doctype}: {name}");
                return Err(Refusal::check("LinkValidationError", &message));
            }
        }
        let key = text(CUSTOMER_KEY_FIELD).filter(|_| self.has_customer_key);
        if key.is_some_and(|key| {
            self.each(CUSTOMER)
                .any(|other| other.get(CUSTOMER_KEY_FIELD) == Some(&json!(key)))
        }) {
            let message = "Evertill Key must be unique";
            return Err(Refusal::check("UniqueValidationError", message));
        }
        let again = (1..).map(|number| format!("{customer_name} - {number}"));
        let mut names = std::iter::once(customer_name.to_owned()).chain(again);
        let name = names
            .find(|name| self.document(CUSTOMER, name).is_none())
            .unwrap();
        let now = self.now();
        let mut customer = self.catalogue.customer.clone();
        customer.extend(self.known(CUSTOMER, body));
        customer.extend(stamps(&self.till, &name, CUSTOMER, &now));
        customer.insert("docstatus".to_owned(), json!(0));
        *self.store(CUSTOMER, &name) = customer.clone();
        let mut answer = data(without_nulls(&customer));
        if name != customer_name {
            let note =
                format!("Changed customer name to '{name}' as '{customer_name}' already exists.");
            let note = json!({ "message": note, "title": "Note", "indicator": "yellow" });
            answer["_server_messages"] = json!(json!([note.to_string()]).to_string());
        }
        Ok(answer)
    }
}
