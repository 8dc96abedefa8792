//! What a site has of what it must have.

use std::collections::BTreeSet;

use erpnext::office::{OfficeError, ROLE, ask, number, on, rows, text};
use erpnext::{Request, Transport};
use serde_json::{Value, json};

use super::wanted::{EMPLOYEE, FIELDS, Field, Grant, RIGHTS, Staff, grants};
use super::words::{and, right_words};
use crate::Error;

/// What a site has.
pub(super) struct Standing {
    /// The major version of ERPNext.
    version: u32,
    /// Those of the doctypes that tills need that this version has.
    doctypes: BTreeSet<String>,
    /// The document of the role.
    role: Option<Value>,
    /// The Custom Fields with names of ours.
    pub(super) fields: Vec<Value>,
    /// The Custom DocPerm rows of the role.
    pub(super) permissions: Vec<Value>,
}

/// Something to do to a site so that it has what it must have.
#[derive(PartialEq, Debug)]
pub(super) enum Step {
    CreateField(&'static Field),
    CorrectField(&'static Field),
    CreateRole,
    EnableRole,
    Grant {
        grant: Grant,
        present: bool,
    },
    /// Takes what the role may do with a doctype away, level by level.
    Withdraw {
        doctype: &'static str,
        permlevels: Vec<u64>,
    },
}

impl Standing {
    /// Reads it as an administrator.
    pub(super) fn read(site: &mut dyn Transport) -> Result<Self, Error> {
        let version = version(site)?;
        let role = rows(
            site,
            "Role",
            &["name", "disabled"],
            &json!([["name", "=", ROLE]]),
        )?
        .into_iter()
        .next();
        let names: Vec<String> = FIELDS.iter().map(Field::name).collect();
        let fields = rows(
            site,
            "Custom Field",
            &[
                "name",
                "fieldtype",
                "options",
                "unique",
                "no_copy",
                "permlevel",
            ],
            &json!([["name", "in", names]]),
        )?;
        let permissions = permissions_of_role(site)?;
        let doctypes = doctypes(site)?;
        Ok(Self {
            version,
            doctypes,
            role,
            fields,
            permissions,
        })
    }

    pub(super) fn has_role(&self) -> bool {
        self.role.is_some()
    }

    /// What tills know of the staff; where nobody decided yet, that they may read.
    pub(super) fn staff(&self) -> Staff {
        let of_employee = |row: &&Value| text(row, "parent") == EMPLOYEE;
        let field_of_employee = |row: &Value| text(row, "name").starts_with("Employee-");
        let mut permissions = self.permissions.iter().filter(of_employee);
        if !self.doctypes.contains(EMPLOYEE) {
            Staff::Apart
        } else if permissions.clone().any(|row| on(row, "write")) {
            Staff::SharePins
        } else if permissions.next().is_some()
            || self.fields.iter().any(field_of_employee)
            || self.role.is_none()
        {
            Staff::Read
        } else {
            Staff::Apart
        }
    }

    /// What is left to do, in order, so that tills know this of the staff.
    pub(super) fn steps(&self, staff: Staff) -> Result<Vec<Step>, Error> {
        let mut steps = Vec::new();
        let wanted = |field: &&Field| {
            field.since <= self.version
                && self.doctypes.contains(field.doctype)
                && (field.doctype != EMPLOYEE || staff != Staff::Apart)
        };
        for field in FIELDS.iter().filter(wanted) {
            let name = field.name();
            match self.fields.iter().find(|own| text(own, "name") == name) {
                None => steps.push(Step::CreateField(field)),
                Some(own) if text(own, "fieldtype") != field.fieldtype() => {
                    return Err(Error::FieldTaken {
                        doctype: field.doctype,
                        fieldname: field.fieldname,
                        fieldtype: text(own, "fieldtype").to_owned(),
                    });
                }
                Some(own) => {
                    let same = on(own, "unique") == field.unique
                        && on(own, "no_copy")
                        && options(own).eq(field.options.iter().copied())
                        && number(own, "permlevel") == f64::from(field.permlevel);
                    if !same {
                        steps.push(Step::CorrectField(field));
                    }
                }
            }
        }
        match &self.role {
            None => steps.push(Step::CreateRole),
            Some(role) if on(role, "disabled") => steps.push(Step::EnableRole),
            Some(_) => {}
        }
        for grant in self.grants(staff) {
            let row = self.permissions.iter().find(|row| grant.is_of(row));
            if row.is_none_or(|row| !grant.changes(row).is_empty()) {
                let present = row.is_some();
                steps.push(Step::Grant { grant, present });
            }
        }
        if staff == Staff::Apart {
            let mut permlevels = self.levels(EMPLOYEE);
            // The higher ones need the lowest.
            permlevels.reverse();
            if !permlevels.is_empty() {
                steps.push(Step::Withdraw {
                    doctype: EMPLOYEE,
                    permlevels,
                });
            }
        }
        Ok(steps)
    }

    /// The permissions of the role with the doctypes that this site has.
    pub(super) fn grants(&self, staff: Staff) -> Vec<Grant> {
        let mut grants = grants(staff);
        grants.retain(|grant| self.doctypes.contains(grant.doctype));
        grants
    }

    /// The levels at which the role has rights with a doctype, the lowest first.
    fn levels(&self, doctype: &str) -> Vec<u64> {
        let of = |row: &&Value| text(row, "parent") == doctype;
        let rows = self.permissions.iter().filter(of);
        let levels: BTreeSet<u64> = rows.map(|row| number(row, "permlevel") as u64).collect();
        levels.into_iter().collect()
    }
}

/// Those of the doctypes that tills need that the site has: older versions lack some, and a site
/// may do without the staff.
fn doctypes(site: &mut dyn Transport) -> Result<BTreeSet<String>, OfficeError> {
    let grants = grants(Staff::SharePins);
    let mut names: BTreeSet<&str> = grants.iter().map(|grant| grant.doctype).collect();
    names.extend(FIELDS.iter().map(|field| field.doctype));
    let found = rows(site, "DocType", &["name"], &json!([["name", "in", names]]))?;
    Ok(found
        .iter()
        .map(|row| text(row, "name").to_owned())
        .collect())
}

/// ERPNext's major version, 0 when it does not say.
fn version(site: &mut dyn Transport) -> Result<u32, OfficeError> {
    let doing = "read the versions of the site";
    let versions = ask(
        site,
        doing,
        &Request::call("frappe.utils.change_log.get_versions"),
    )?;
    let erpnext = versions
        .get("erpnext")
        .ok_or_else(|| OfficeError::Unexpected {
            doing: doing.to_owned(),
        })?;
    let major = text(erpnext, "version").split('.').next();
    Ok(major.and_then(|major| major.parse().ok()).unwrap_or(0))
}

fn permissions_of_role(site: &mut dyn Transport) -> Result<Vec<Value>, OfficeError> {
    let mut fields = vec!["name", "parent", "permlevel"];
    fields.extend(RIGHTS);
    let filters = json!([["role", "=", ROLE], ["if_owner", "=", 0]]);
    rows(site, "Custom DocPerm", &fields, &filters)
}

impl Grant {
    fn is_of(&self, row: &Value) -> bool {
        text(row, "parent") == self.doctype && number(row, "permlevel") == f64::from(self.permlevel)
    }

    /// The rights that a row has too few or too many, with what they must be, in an order that
    /// ERPNext takes: nothing is given before what it needs or taken before what needs it.
    fn changes(&self, row: &Value) -> Vec<(&'static str, bool)> {
        let differs = |right: &&&str| on(row, right) != self.rights.contains(*right);
        let (given, taken): (Vec<&'static str>, Vec<&'static str>) = RIGHTS
            .iter()
            .filter(differs)
            .copied()
            .partition(|right| self.rights.contains(right));
        let given = given.into_iter().map(|right| (right, true));
        let taken = taken.into_iter().rev().map(|right| (right, false));
        given.chain(taken).collect()
    }
}

impl Step {
    /// What it does, as "create the role ...".
    pub(super) fn words(&self) -> String {
        match self {
            Self::CreateField(field) => {
                format!("create the field {} on {}", field.fieldname, field.doctype)
            }
            Self::CorrectField(field) => format!(
                "correct the field {} on {} (its level, what may be chosen, whether it is unique and not copied)",
                field.fieldname, field.doctype
            ),
            Self::CreateRole => format!("create the role {ROLE}"),
            Self::EnableRole => format!("enable the role {ROLE}"),
            Self::Grant { grant, present } => {
                let may = and(&right_words(grant.rights));
                let only = if *present { " and no more" } else { "" };
                match grant.permlevel {
                    0 => format!("let the role {ROLE} {may} {}{only}", grant.doctype),
                    level => format!(
                        "let the role {ROLE} {may} the fields of level {level} of {}{only}",
                        grant.doctype
                    ),
                }
            }
            Self::Withdraw { doctype, .. } => {
                format!("take the permissions of the role {ROLE} on {doctype} away")
            }
        }
    }

    /// Does it.
    pub(super) fn apply(&self, site: &mut dyn Transport) -> Result<(), Error> {
        let doing = self.words();
        match self {
            Self::CreateField(field) => {
                let mut body = shape(field);
                body["dt"] = json!(field.doctype);
                body["fieldname"] = json!(field.fieldname);
                body["fieldtype"] = json!(field.fieldtype());
                body["label"] = json!(field.label);
                body["description"] = json!(field.description);
                body["insert_after"] = json!(field.insert_after);
                body["read_only"] = json!(u8::from(!field.editable));
                body["hidden"] = json!(u8::from(field.hidden));
                body["print_hide"] = json!(1);
                ask(site, &doing, &Request::insert("Custom Field", body))?;
            }
            Self::CorrectField(field) => {
                let request = Request::update("Custom Field", &field.name(), shape(field));
                ask(site, &doing, &request)?;
            }
            Self::CreateRole => {
                let body = json!({ "role_name": ROLE, "desk_access": 1 });
                ask(site, &doing, &Request::insert("Role", body))?;
            }
            Self::EnableRole => {
                let request = Request::update("Role", ROLE, json!({ "disabled": 0 }));
                ask(site, &doing, &request)?;
            }
            Self::Grant { grant, present } => grant.apply(site, *present, &doing)?,
            Self::Withdraw {
                doctype,
                permlevels,
            } => withdraw(site, &doing, doctype, permlevels)?,
        }
        Ok(())
    }
}

/// What may be chosen in a field, besides nothing.
fn options(field: &Value) -> impl Iterator<Item = &str> {
    let lines = text(field, "options").lines().map(str::trim);
    lines.filter(|line| !line.is_empty())
}

/// What of a field must be so even when somebody else created it.
fn shape(field: &Field) -> Value {
    json!({
        "unique": u8::from(field.unique),
        "no_copy": 1,
        "permlevel": field.permlevel,
        "options": field.options_text(),
    })
}

/// Takes the rules of the role for a doctype away; `permlevels` with the highest first.
pub(super) fn withdraw(
    site: &mut dyn Transport,
    doing: &str,
    doctype: &str,
    permlevels: &[u64],
) -> Result<(), OfficeError> {
    for permlevel in permlevels {
        let body = json!({ "doctype": doctype, "role": ROLE, "permlevel": permlevel });
        ask(site, doing, &manager("remove", body))?;
    }
    Ok(())
}

impl Grant {
    /// The first custom permission of a doctype makes ERPNext copy its standard ones, so that
    /// other roles keep theirs. A new row comes with rights that differ between versions, so it is
    /// read before they are put right.
    fn apply(
        &self,
        site: &mut dyn Transport,
        present: bool,
        doing: &str,
    ) -> Result<(), OfficeError> {
        if !present {
            let body = json!({ "parent": self.doctype, "role": ROLE, "permlevel": self.permlevel });
            ask(site, doing, &manager("add", body))?;
        }
        let unexpected = || OfficeError::Unexpected {
            doing: doing.to_owned(),
        };
        let permissions = permissions_of_role(site)?;
        let row = permissions
            .iter()
            .find(|row| self.is_of(row))
            .ok_or_else(unexpected)?;
        for (right, given) in self.changes(row) {
            let body = json!({
                "doctype": self.doctype,
                "role": ROLE,
                "permlevel": self.permlevel,
                "ptype": right,
                // A text, as the page of ERPNext sends it.
                "value": if given { "1" } else { "0" },
            });
            ask(site, doing, &manager("update", body))?;
        }
        Ok(())
    }
}

/// A call of the Role Permissions Manager. Always a POST: ERPNext throws away what a GET changed.
pub(super) fn manager(method: &str, body: Value) -> Request {
    let path = "frappe.core.page.permission_manager.permission_manager";
    Request::call_with(&format!("{path}.{method}"), body)
}
