//! `evertill-setup site remove`: takes away what `prepare` and `till add` gave.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use erpnext::Request;
use erpnext::Transport;
use erpnext::dto::EMPLOYEE_PIN_FIELD;
use erpnext::office::{ROLE, ask, child_rows, number, on, rows, text, users_with_role};
use erpnext::push::KEY_FIELD;
use serde_json::{Value, json};

use super::prepare::{Manner, carry_out};
use super::standing::{Standing, manager, withdraw};
use super::user_removal::UserToRemove;
use super::wanted::{EMPLOYEE, RIGHTS};
use super::words::{and, first_few};
use crate::Error;

/// How the names of the custom fields of Employee begin.
const OF_EMPLOYEE: &str = "Employee-";

/// Something to take away.
enum Step {
    /// What employees have in these fields: ERPNext keeps the columns of deleted fields, and the
    /// hashes of PINs shall not lie there for ever.
    Employees {
        fields: Vec<String>,
    },
    /// A user of a till, with what hangs on it.
    User(UserToRemove),
    /// The rules of the role for a doctype, by level, the highest first.
    Rules {
        doctype: String,
        permlevels: Vec<u64>,
    },
    /// All custom rules of a doctype, which are the standard ones but for those of the role.
    Reset {
        doctype: String,
    },
    Role,
    Field {
        name: String,
    },
}

/// Takes the users of tills, the role with its permissions and the fields from the site, so that
/// nothing is left but what ERPNext itself keeps: the users that documents name, disabled, and the
/// columns of deleted fields.
///
/// # Errors
/// [`Error::UnfinishedWork`] while sales of tills are not consolidated or shifts are open, unless
/// `force`; what the site refuses, where what was done before stands.
pub fn remove(
    site: &mut dyn Transport,
    force: bool,
    manner: Manner,
    report: &mut dyn Write,
) -> Result<(), Error> {
    let standing = Standing::read(site)?;
    let users = users_with_role(site)?;
    if !force {
        refuse_unfinished(site, &standing, &users)?;
    }
    let steps = steps(site, &standing, users)?;
    let words: Vec<String> = steps.iter().map(Step::words).collect();
    let good = "The site holds nothing of Evertill.";
    carry_out(manner, report, &words, good, |place| {
        steps[place].apply(site)
    })
}

fn steps(
    site: &mut dyn Transport,
    standing: &Standing,
    users: BTreeSet<String>,
) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    let fields = standing.fields.iter().map(|field| text(field, "name"));
    let fields = fields.filter_map(|name| name.strip_prefix(OF_EMPLOYEE));
    let fields: Vec<String> = fields.map(str::to_owned).collect();
    if !fields.is_empty() {
        steps.push(Step::Employees { fields });
    }
    for name in users {
        steps.push(Step::User(UserToRemove::read(site, name)?));
    }
    let mut levels: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for row in &standing.permissions {
        let level = number(row, "permlevel") as u64;
        levels.entry(text(row, "parent")).or_default().insert(level);
    }
    let standard = standard_again(site, &levels.keys().copied().collect::<Vec<_>>())?;
    for (doctype, levels) in levels {
        let doctype = doctype.to_owned();
        steps.push(if standard.contains(&doctype) {
            Step::Reset { doctype }
        } else {
            let permlevels = levels.into_iter().rev().collect();
            Step::Rules {
                doctype,
                permlevels,
            }
        });
    }
    if standing.has_role() {
        steps.push(Step::Role);
    }
    let names = standing.fields.iter().map(|field| text(field, "name"));
    steps.extend(names.map(|name| Step::Field {
        name: name.to_owned(),
    }));
    Ok(steps)
}

/// Empties these fields of every employee.
fn blank(site: &mut dyn Transport, doing: &str, fields: &[String]) -> Result<(), Error> {
    if fields.iter().any(|field| field == EMPLOYEE_PIN_FIELD) {
        // Nobody but tills may change a field of its level, and ERPNext would say nothing.
        let name = format!("{OF_EMPLOYEE}{EMPLOYEE_PIN_FIELD}");
        let body = json!({ "permlevel": 0 });
        ask(site, doing, &Request::update("Custom Field", &name, body))?;
    }
    let set: Vec<Value> = fields
        .iter()
        .map(|field| json!([field, "is", "set"]))
        .collect();
    let list = Request::list(EMPLOYEE, &["name"], &json!([]))
        .with("or_filters", Value::from(set).to_string())
        .with("limit_page_length", "0");
    let found = ask(site, doing, &list)?;
    let empty = fields.iter().map(|field| (field.clone(), Value::Null));
    let empty = Value::Object(empty.collect());
    for employee in found.as_array().into_iter().flatten() {
        let request = Request::update(EMPLOYEE, text(employee, "name"), empty.clone());
        ask(site, doing, &request)?;
    }
    Ok(())
}

/// The doctypes whose custom rules, without those of the role, are ERPNext's standard ones: there
/// ERPNext shall follow its own again, also those of later versions.
fn standard_again(site: &mut dyn Transport, doctypes: &[&str]) -> Result<BTreeSet<String>, Error> {
    if doctypes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut fields = vec!["parent", "role", "permlevel", "if_owner"];
    fields.extend(RIGHTS);
    let filters = json!([["parent", "in", doctypes]]);
    let custom = rows(site, "Custom DocPerm", &fields, &filters)?;
    let standard = child_rows(site, "DocPerm", "DocType", &fields, &filters)?;
    let same = |doctype: &&&str| {
        let of = |rows: &[Value]| -> BTreeSet<String> {
            rows.iter()
                .filter(|row| text(row, "parent") == **doctype && text(row, "role") != ROLE)
                .map(rule)
                .collect()
        };
        of(&custom) == of(&standard)
    };
    let names = doctypes.iter().filter(same);
    Ok(names.map(|name| (*name).to_owned()).collect())
}

/// A rule as a text that is the same for the same rule.
fn rule(row: &Value) -> String {
    let rights = RIGHTS.iter().filter(|right| on(row, right));
    format!(
        "{} {} {} {:?}",
        text(row, "role"),
        number(row, "permlevel"),
        on(row, "if_owner"),
        rights.collect::<Vec<_>>()
    )
}

/// Sales that are not on a Sales Invoice yet, and shifts that are not closed. What a till has not
/// sent cannot be seen from here.
fn refuse_unfinished(
    site: &mut dyn Transport,
    standing: &Standing,
    users: &BTreeSet<String>,
) -> Result<(), Error> {
    let mut found = Vec::new();
    let key_field = format!("POS Invoice-{KEY_FIELD}");
    if standing
        .fields
        .iter()
        .any(|field| text(field, "name") == key_field)
    {
        let filters = json!([
            [KEY_FIELD, "is", "set"],
            ["docstatus", "!=", 2],
            ["consolidated_invoice", "is", "not set"],
        ]);
        let sales = rows(site, "POS Invoice", &["name"], &filters)?;
        let names: Vec<&str> = sales.iter().map(|row| text(row, "name")).collect();
        if !names.is_empty() {
            found.push(format!(
                "POS Invoices that no POS Closing Entry has taken ({})",
                first_few(&names)
            ));
        }
    }
    if !users.is_empty() {
        let filters = json!([
            ["user", "in", users],
            ["docstatus", "=", 1],
            ["pos_closing_entry", "is", "not set"],
        ]);
        let shifts = rows(site, "POS Opening Entry", &["name"], &filters)?;
        let names: Vec<&str> = shifts.iter().map(|row| text(row, "name")).collect();
        if !names.is_empty() {
            found.push(format!("open shifts ({})", first_few(&names)));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(Error::UnfinishedWork(found.join("; ")))
}

impl Step {
    fn words(&self) -> String {
        match self {
            Self::Employees { fields } => {
                let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
                format!("blank {} of all employees", and(&fields))
            }
            Self::User(user) => user.words(),
            Self::Rules { doctype, .. } => {
                format!("take the permissions of the role {ROLE} on {doctype} away")
            }
            Self::Reset { doctype } => {
                format!("give {doctype} the standard permissions of ERPNext again")
            }
            Self::Role => format!("delete the role {ROLE}"),
            Self::Field { name } => format!("delete the custom field {name}"),
        }
    }

    /// What became of it, where that is something else than it was to be.
    fn apply(&self, site: &mut dyn Transport) -> Result<Option<String>, Error> {
        let doing = self.words();
        match self {
            Self::Employees { fields } => blank(site, &doing, fields)?,
            Self::User(user) => return user.take_away(site),
            Self::Rules {
                doctype,
                permlevels,
            } => withdraw(site, &doing, doctype, permlevels)?,
            Self::Reset { doctype } => {
                let body = json!({ "doctype": doctype });
                ask(site, &doing, &manager("reset", body))?;
            }
            Self::Role => {
                ask(site, &doing, &Request::delete("Role", ROLE))?;
            }
            Self::Field { name } => {
                ask(site, &doing, &Request::delete("Custom Field", name))?;
            }
        }
        Ok(None)
    }
}
