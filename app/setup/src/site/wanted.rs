//! What a site must have before tills can sell for it.

use erpnext::dto::{
    BARCODE_PATTERNS_FIELD, EMPLOYEE_BADGE_FIELD, EMPLOYEE_PIN_FIELD, EMPLOYEE_ROLE_FIELD,
    EMPLOYEE_ROLES,
};
use erpnext::push::{CUSTOMER_KEY_FIELD, KEY_FIELD};

/// The permission level of the hash of a PIN: one that no role of ERPNext has, so that neither the
/// personnel department nor the employee sees it.
const PIN_LEVEL: u8 = 8;

/// What holds those who may work at tills.
pub(super) const EMPLOYEE: &str = "Employee";

/// What tills know of the staff.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Staff {
    /// Nothing: cashiers are set up at each till.
    Apart,
    /// Who may work at tills, and the PINs that the office shares.
    Read,
    /// That, and a PIN that is set at one till holds at all.
    SharePins,
}

/// A custom field.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Field {
    pub(super) doctype: &'static str,
    pub(super) fieldname: &'static str,
    pub(super) label: &'static str,
    pub(super) description: &'static str,
    pub(super) insert_after: &'static str,
    /// What may be chosen, nothing besides; empty for a field of text.
    pub(super) options: &'static [&'static str],
    pub(super) unique: bool,
    pub(super) hidden: bool,
    /// Whether people may change it in ERPNext.
    pub(super) editable: bool,
    pub(super) permlevel: u8,
    /// The first major version of ERPNext that needs it.
    pub(super) since: u32,
}

/// A key that a till gives a document, for the till alone to write.
const KEY: Field = Field {
    doctype: "",
    fieldname: KEY_FIELD,
    label: "Till Sale",
    description: "The key by which a till sends each sale only once.",
    insert_after: "po_no",
    options: &[],
    unique: true,
    hidden: false,
    editable: false,
    permlevel: 0,
    since: 0,
};

/// Something that the office says about an employee.
const OF_EMPLOYEE: Field = Field {
    doctype: EMPLOYEE,
    insert_after: "user_id",
    editable: true,
    ..KEY
};

/// The fields, each of which is not copied: consolidation would otherwise put the key of one sale
/// on the invoice of many.
pub(super) static FIELDS: [Field; 7] = [
    Field {
        doctype: "POS Invoice",
        ..KEY
    },
    // Version 16 may keep the sales of tills as Sales Invoices.
    Field {
        doctype: "Sales Invoice",
        since: 16,
        ..KEY
    },
    Field {
        doctype: "Customer",
        fieldname: CUSTOMER_KEY_FIELD,
        label: "Till Customer",
        description: "The key by which a till sends each new customer only once. Give a customer that \
                      you make in the till's place the key that the till names.",
        insert_after: "customer_pos_id",
        editable: true,
        ..KEY
    },
    // On Company and not on POS Profile: numbers that begin with 2 mean the same within a company,
    // and there is one profile for each till.
    Field {
        doctype: "Company",
        fieldname: BARCODE_PATTERNS_FIELD,
        label: "Till Barcode Patterns",
        description: "How the codes are built that scales print, as in 21IIIIIWWWWWC, 22IIIIIPPPPPC. \
                      I: item, W: grams, P: price, N: pieces, V: check digit of these, C: of all.",
        insert_after: "website",
        unique: false,
        editable: true,
        ..KEY
    },
    // On Employee and not on User: reading it must not open accounts and their keys to a till.
    Field {
        fieldname: EMPLOYEE_ROLE_FIELD,
        label: "Till Role",
        description: "What this person may do at tills. Empty: nothing.",
        options: &EMPLOYEE_ROLES,
        unique: false,
        ..OF_EMPLOYEE
    },
    Field {
        fieldname: EMPLOYEE_BADGE_FIELD,
        label: "Till Badge",
        description: "The barcode on this person's badge, to sign in at tills with it and the PIN.",
        insert_after: EMPLOYEE_ROLE_FIELD,
        ..OF_EMPLOYEE
    },
    Field {
        fieldname: EMPLOYEE_PIN_FIELD,
        label: "Till PIN",
        description: "The hash of the PIN for tills.",
        insert_after: EMPLOYEE_BADGE_FIELD,
        unique: false,
        hidden: true,
        editable: false,
        permlevel: PIN_LEVEL,
        ..OF_EMPLOYEE
    },
];

impl Field {
    /// The name that ERPNext gives to its Custom Field.
    pub(super) fn name(&self) -> String {
        format!("{}-{}", self.doctype, self.fieldname)
    }

    pub(super) fn fieldtype(&self) -> &'static str {
        if self.options.is_empty() {
            "Data"
        } else {
            "Select"
        }
    }

    /// What may be chosen as ERPNext writes it, nothing first; empty for a field of text.
    pub(super) fn options_text(&self) -> String {
        let lines = self.options.iter().map(|option| format!("\n{option}"));
        lines.collect()
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

const READ: &[&str] = &["read"];
const CHANGE: &[&str] = &["read", "write"];
const CREATE: &[&str] = &["read", "create"];
const SEND: &[&str] = &["read", "write", "create", "submit"];

/// What a till sends, and with it what ERPNext does on a till's behalf: closing a shift makes
/// Sales Invoices, submitting a sale makes bundles of batches and serial numbers. A customer is
/// created and never changed.
const SENT: [(&str, &[&str]); 6] = [
    ("POS Invoice", SEND),
    ("POS Opening Entry", SEND),
    ("POS Closing Entry", SEND),
    ("Serial and Batch Bundle", SEND),
    ("Sales Invoice", SEND),
    ("Customer", CREATE),
];

/// The permissions of the role. Item Price is among what it may read and must stay out of what it
/// may write: ERPNext keeps the rates of sales as new prices for a user who may. ToDo, by which
/// enrolment sheets are used once, is not among them: every user has their own, and a role that is
/// named there would see everybody's.
pub(super) fn grants(staff: Staff) -> Vec<Grant> {
    let at = |permlevel, doctype, rights| Grant {
        doctype,
        permlevel,
        rights,
    };
    let sent = SENT.map(|(doctype, rights)| at(0, doctype, rights));
    let mut grants = Vec::from(sent);
    for doctype in erpnext::pull::doctypes_read() {
        let is_sent = SENT.iter().any(|(sent, _)| *sent == doctype);
        if !is_sent && doctype != EMPLOYEE {
            grants.push(at(0, doctype, READ));
        }
    }
    // POS Invoice.ignore_pricing_rule is of level 1; ERPNext clears it without a word otherwise.
    grants.push(at(1, "POS Invoice", CHANGE));
    let rights = match staff {
        Staff::Apart => return grants,
        Staff::Read => READ,
        Staff::SharePins => CHANGE,
    };
    grants.push(at(0, EMPLOYEE, rights));
    grants.push(at(PIN_LEVEL, EMPLOYEE, rights));
    grants
}
