//! What a site must have before tills can sell for it.

use erpnext::push::KEY_FIELD;

/// The role of the users that tills sign in to ERPNext with.
pub const ROLE: &str = "Evertill Till";

/// The field of Employee that holds the hash of a cashier's PIN, shared between the tills of a
/// shop, as a PHC string.
pub const PIN_FIELD: &str = "evertill_pin_hash";

/// The permission level of [`PIN_FIELD`]: one that no role of ERPNext has, so that neither the
/// personnel department nor the employee sees the hash.
const PIN_LEVEL: u8 = 8;

/// A custom field.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Field {
    pub(super) doctype: &'static str,
    pub(super) fieldname: &'static str,
    pub(super) label: &'static str,
    pub(super) description: &'static str,
    pub(super) insert_after: &'static str,
    pub(super) unique: bool,
    pub(super) hidden: bool,
    pub(super) permlevel: u8,
    /// The first major version of ERPNext that needs it.
    pub(super) since: u32,
}

/// All are of this type.
pub(super) const FIELDTYPE: &str = "Data";

/// The fields, each of which is not copied: consolidation would otherwise put the key of one sale
/// on the invoice of many.
pub(super) static FIELDS: [Field; 3] = [
    Field {
        doctype: "POS Invoice",
        fieldname: KEY_FIELD,
        label: "Till Sale",
        description: "The key by which a till sends each sale only once.",
        insert_after: "po_no",
        unique: true,
        hidden: false,
        permlevel: 0,
        since: 0,
    },
    // Version 16 may keep the sales of tills as Sales Invoices.
    Field {
        doctype: "Sales Invoice",
        fieldname: KEY_FIELD,
        label: "Till Sale",
        description: "The key by which a till sends each sale only once.",
        insert_after: "po_no",
        unique: true,
        hidden: false,
        permlevel: 0,
        since: 16,
    },
    // On Employee and not on User: reading it must not open accounts and their keys to a till.
    Field {
        doctype: "Employee",
        fieldname: PIN_FIELD,
        label: "Till PIN",
        description: "The hash of the PIN for tills. Clear it to take the PIN away.",
        insert_after: "user_id",
        unique: false,
        hidden: true,
        permlevel: PIN_LEVEL,
        since: 0,
    },
];

impl Field {
    /// The name that ERPNext gives to its Custom Field.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.doctype, self.fieldname)
    }
}

/// What the role may do with a doctype, at one permission level. Everything that is not named it
/// may not do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Grant {
    pub(super) doctype: &'static str,
    pub(super) permlevel: u8,
    pub(super) rights: &'static [&'static str],
}

/// Every right there is, in an order in which each may be given: ERPNext refuses to submit
/// without to write.
pub(super) const RIGHTS: [&str; 14] = [
    "read", "select", "write", "create", "submit", "cancel", "amend", "delete", "report", "export",
    "import", "share", "print", "email",
];

const SEND: &[&str] = &["read", "write", "create", "submit"];

/// What a till sends, and with it what ERPNext does on a till's behalf: closing a shift makes
/// Sales Invoices, submitting a sale makes bundles of batches and serial numbers.
const SENT: [&str; 5] = [
    "POS Invoice",
    "POS Opening Entry",
    "POS Closing Entry",
    "Serial and Batch Bundle",
    "Sales Invoice",
];

/// The permissions of the role. Item Price is among what it may read and must stay out of what it
/// may write: ERPNext keeps the rates of sales as new prices for a user who may.
pub(super) fn grants() -> Vec<Grant> {
    let at = |permlevel, rights| {
        move |doctype| Grant {
            doctype,
            permlevel,
            rights,
        }
    };
    let read = erpnext::pull::doctypes_read();
    let mut grants: Vec<Grant> = SENT.map(at(0, SEND)).into();
    grants.extend(read.into_iter().chain(["Employee"]).map(at(0, &["read"])));
    // POS Invoice.ignore_pricing_rule is of level 1; ERPNext clears it without a word otherwise.
    grants.push(at(1, &["read", "write"])("POS Invoice"));
    grants.push(at(PIN_LEVEL, &["read"])("Employee"));
    grants
}
