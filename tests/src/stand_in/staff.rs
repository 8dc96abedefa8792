//! Employees, as far as tills know them.

use erpnext::dto::{EMPLOYEE_BADGE_FIELD, EMPLOYEE_PIN_FIELD, EMPLOYEE_ROLE_FIELD};
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::site::Site;

const DOCTYPE: &str = "Employee";

/// The level of the hash of a PIN.
const PIN_LEVEL: u64 = 8;

impl Site {
    /// Employs somebody; `role` is what they may do at tills.
    pub fn employ(&mut self, name: &str, employee_name: &str, role: Option<&str>) {
        let employee = json!({
            "employee_name": employee_name,
            "status": "Active",
            "company": "Harbour Books",
            EMPLOYEE_ROLE_FIELD: role,
            EMPLOYEE_BADGE_FIELD: null,
            EMPLOYEE_PIN_FIELD: null,
        });
        self.put(DOCTYPE, name, employee);
    }

    /// Whether Employee has a field: those of tills are there when somebody created them.
    pub(super) fn employee_has(&self, field: &str) -> bool {
        let ours = [
            EMPLOYEE_ROLE_FIELD,
            EMPLOYEE_BADGE_FIELD,
            EMPLOYEE_PIN_FIELD,
        ];
        let custom = format!("{DOCTYPE}-{field}");
        !ours.contains(&field) || self.document("Custom Field", &custom).is_some()
    }

    /// Leaves out of listed employees what the till's user may not see.
    pub(super) fn hide_pins(&self, rows: &mut Value) {
        if self.may(DOCTYPE, PIN_LEVEL, "read") {
            return;
        }
        for row in rows.as_array_mut().into_iter().flatten() {
            row.as_object_mut().unwrap().remove(EMPLOYEE_PIN_FIELD);
        }
    }

    /// A change by the till's user, who may change employees; fields of a level that it may not
    /// change stay as they are, without a word.
    pub(super) fn update_employee(&mut self, name: &str, body: &Value) -> Result<Value, Refusal> {
        if self.document(DOCTYPE, name).is_none() {
            return Err(Refusal::missing(DOCTYPE, name));
        }
        let mut body = body.clone();
        let fields = body.as_object_mut().unwrap();
        fields.retain(|field, _| self.employee_has(field));
        if !self.may(DOCTYPE, PIN_LEVEL, "write") {
            fields.remove(EMPLOYEE_PIN_FIELD);
        }
        self.put(DOCTYPE, name, body);
        Ok(json!({ "data": self.document(DOCTYPE, name) }))
    }
}
