//! Who works in the shop.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An Employee who may work at tills.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Employee {
    /// The key.
    pub name: String,
    /// What people call them.
    pub employee_name: String,
    /// `Active`, `Inactive`, `Suspended` or `Left`.
    pub status: String,
    /// What they may do at a till (the field `evertill_role`); `None` for nothing.
    pub role: Option<EmployeeRole>,
    /// The barcode on their badge (the field `evertill_badge`).
    pub badge: Option<String>,
    /// The hash of their PIN as a PHC string (the field `evertill_pin_hash`); `None` where they
    /// have none that tills share.
    pub pin_hash: Option<String>,
    /// When the document was changed last, as ERPNext writes it in the site's time zone.
    pub modified: String,
}

/// What an employee may do at a till.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum EmployeeRole {
    /// Sell.
    Cashier,
    /// Sell, and allow what cashiers may not.
    Manager,
}

impl Employee {
    /// Whether they may sign in at tills at all.
    pub fn may_sign_in(&self) -> bool {
        self.status == "Active" && self.role.is_some()
    }
}

impl fmt::Debug for Employee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Employee")
            .field("name", &self.name)
            .field("employee_name", &self.employee_name)
            .field("status", &self.status)
            .field("role", &self.role)
            .field("badge", &self.badge)
            .field("pin_hash", &self.pin_hash.as_ref().map(|_| "…"))
            .field("modified", &self.modified)
            .finish()
    }
}
