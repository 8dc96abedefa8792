//! The user that a till signs in to ERPNext with: what it may and must not.

use erpnext::office::{ROLE, ask, child_rows, number, on, rows, text};
use erpnext::{Request, Transport};
use serde_json::{Value, json};

use super::Finding;
use super::wanted::Grant;
use super::words::{and, first_few, right_words};
use crate::Error;

/// What is wrong with the till's user, asked as that user and looked up as an administrator; the
/// role has these permissions.
pub(super) fn findings(
    till: &mut dyn Transport,
    site: &mut dyn Transport,
    grants: &[Grant],
    pos_profile: &str,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let who = till.send(&Request::call("frappe.auth.get_logged_user"));
    let Some(user) = who
        .ok()
        .and_then(|reply| reply.data().as_str().map(str::to_owned))
    else {
        // The key is refused, or nothing answers: the till's own view says so already.
        return Ok(findings);
    };
    for grant in grants.iter().filter(|grant| grant.permlevel == 0) {
        let missing = grant
            .rights
            .iter()
            .filter(|right| !may(till, grant.doctype, right));
        let missing: Vec<&'static str> = missing.copied().collect();
        if !missing.is_empty() {
            findings.push(Finding::must(
                format!(
                    "{user} may not {} {}",
                    and(&right_words(&missing)),
                    grant.doctype
                ),
                format!("Give the user the role {ROLE}, as `evertill-setup till add` does."),
            ));
        }
    }
    // What every user may on an unmodified ERPNext.
    if !may(till, "Contact", "create") {
        findings.push(Finding::note(
            format!("{user} may not create Contact: ERPNext refuses new customers with a telephone number or an e-mail address"),
            format!("Let the role {ROLE} create Contact (Role Permissions Manager)."),
        ));
    }
    if !may(till, "ToDo", "write") {
        findings.push(Finding::note(
            format!("{user} may not change ToDo: an enrolment sheet can be used more than once"),
            "Give the role All its rights with ToDo back (Role Permissions Manager, Restore Original Permissions).",
        ));
    }
    item_price(till, site, &user, &mut findings)?;
    let document = ask(
        site,
        &format!("read the user {user}"),
        &Request::get("User", &user),
    )?;
    let roles = document.get("roles").and_then(Value::as_array);
    let roles: Vec<&str> = roles
        .into_iter()
        .flatten()
        .map(|row| text(row, "role"))
        .collect();
    if roles.contains(&"System Manager") {
        findings.push(Finding::must(
            format!(
                "{user} has the role System Manager: whoever takes the till has the whole site"
            ),
            format!("Take the role away; {ROLE} is enough."),
        ));
    }
    if !keeps_ignore_pricing_rule(site, &roles)? {
        findings.push(Finding::must(
            format!("{user} may not change fields of level 1 of POS Invoice: ERPNext would apply its pricing rules to sales once more, and book other amounts than were paid"),
            format!("Give the user the role {ROLE}, as `evertill-setup till add` does."),
        ));
    }
    let filters = json!([
        ["pos_profile", "=", pos_profile],
        ["docstatus", "=", 1],
        ["pos_closing_entry", "is", "not set"],
        ["user", "!=", user],
    ]);
    for row in rows(site, "POS Opening Entry", &["name", "user"], &filters)? {
        findings.push(Finding::note(
            format!(
                "{} has the POS Opening Entry {} of POS Profile \"{pos_profile}\" open: ERPNext 16 takes no other as long as it is",
                text(&row, "user"),
                text(&row, "name")
            ),
            "Close it, and leave the profile to the till.",
        ));
    }
    let filters = json!([["user", "=", user]]);
    let limits = rows(site, "User Permission", &["allow", "for_value"], &filters)?;
    if !limits.is_empty() {
        let limits: Vec<String> = limits
            .iter()
            .map(|row| format!("{} {}", text(row, "allow"), text(row, "for_value")))
            .collect();
        let limits: Vec<&str> = limits.iter().map(String::as_str).collect();
        findings.push(Finding::note(
            format!(
                "{user} has User Permissions ({}): lists are shorter without a word",
                first_few(&limits)
            ),
            "Check that the till still sees all items, prices and customers that it sells.",
        ));
    }
    Ok(findings)
}

/// Whether the user may do this with any document of the doctype.
fn may(till: &mut dyn Transport, doctype: &str, right: &str) -> bool {
    // Without a document's name ERPNext answers for the doctype.
    let request = Request::call("frappe.client.has_permission")
        .with("doctype", doctype)
        .with("docname", "")
        .with("perm_type", right);
    till.send(&request)
        .is_ok_and(|reply| on_or_true(reply.data().get("has_permission")))
}

/// ERPNext says true, or 1.
fn on_or_true(value: Option<&Value>) -> bool {
    value.is_some_and(|value| {
        value
            .as_bool()
            .unwrap_or_else(|| value.as_f64() == Some(1.0))
    })
}

/// A user who may write prices makes ERPNext keep the rates of sales as prices.
fn item_price(
    till: &mut dyn Transport,
    site: &mut dyn Transport,
    user: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), Error> {
    if !may(till, "Item Price", "create") && !may(till, "Item Price", "write") {
        return Ok(());
    }
    let settings = Request::get("Stock Settings", "Stock Settings");
    let settings = ask(site, "read Stock Settings", &settings)?;
    let remedy = "Take the role away that lets the user change Item Price, or switch off \"Auto Insert Item Price If Missing\" and \"Update Existing Price List Rate\" in Stock Settings.";
    findings.push(
        if on(&settings, "auto_insert_price_list_rate_if_missing")
            || on(&settings, "update_existing_price_list_rate")
        {
            Finding::must(
                format!("{user} may change Item Price, and Stock Settings keep the rates of sales as prices: a reduced sale changes the price list"),
                remedy,
            )
        } else {
            Finding::note(format!("{user} may change Item Price, which a till never does"), remedy)
        },
    );
    Ok(())
}

/// Whether one of these roles may write `POS Invoice.ignore_pricing_rule`. The custom rules of a
/// doctype count instead of the standard ones as soon as there is one.
fn keeps_ignore_pricing_rule(site: &mut dyn Transport, roles: &[&str]) -> Result<bool, Error> {
    let fields = ["role", "permlevel", "write"];
    let filters = json!([["parent", "=", "POS Invoice"]]);
    let mut rules = rows(site, "Custom DocPerm", &fields, &filters)?;
    if rules.is_empty() {
        rules = child_rows(site, "DocPerm", "DocType", &fields, &filters)?;
    }
    Ok(rules.iter().any(|rule| {
        roles.contains(&text(rule, "role")) && number(rule, "permlevel") == 1.0 && on(rule, "write")
    }))
}
