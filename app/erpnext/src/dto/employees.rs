//! The fields of employees, those that tills have of their own among them.

use checkout::masters::{Employee, EmployeeRole};

use super::Decoded;
use super::fields::Fields;

/// The field of Employee that holds the hash of a PIN, shared between the tills of a shop, as a
/// PHC string.
pub const EMPLOYEE_PIN_FIELD: &str = "evertill_pin_hash";

/// The field of Employee that says what somebody may do at tills.
pub const EMPLOYEE_ROLE_FIELD: &str = "evertill_role";

/// The field of Employee that holds the barcode of a badge.
pub const EMPLOYEE_BADGE_FIELD: &str = "evertill_badge";

/// What [`EMPLOYEE_ROLE_FIELD`] may hold besides nothing.
pub const EMPLOYEE_ROLES: [&str; 2] = ["Cashier", "Manager"];

pub(super) fn employee(f: &Fields<'_>) -> Decoded<Employee> {
    let name = f.required("name")?;
    let role = match f.optional(EMPLOYEE_ROLE_FIELD)?.as_deref() {
        Some("Cashier") => Some(EmployeeRole::Cashier),
        Some("Manager") => Some(EmployeeRole::Manager),
        // Nothing, or something that a later version means.
        _ => None,
    };
    Ok(Employee {
        employee_name: f.optional("employee_name")?.unwrap_or_else(|| name.clone()),
        status: f.text("status")?,
        role,
        badge: f.optional(EMPLOYEE_BADGE_FIELD)?,
        pin_hash: f.optional(EMPLOYEE_PIN_FIELD)?,
        modified: f.optional("modified")?.unwrap_or_default(),
        name,
    })
}
