//! Settings of a site, and of the till's POS Profile, that make tills sell or book wrongly.

use erpnext::office::{OfficeError, ask, number, on, rows, text};
use erpnext::{Request, Transport};
use serde_json::{Value, json};

use super::Finding;
use super::words::first_few;
use crate::Error;

/// What hurts, as an administrator sees it.
pub(super) fn findings(site: &mut dyn Transport, pos_profile: &str) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let system = single(site, "System Settings")?;
    if text(&system, "rounding_method").is_empty() {
        findings.push(Finding::must(
            "System Settings do not say how the site rounds: ERPNext then rounds as it did in version 13, and a till does not",
            "Choose a Rounding Method in System Settings.",
        ));
    }
    if !scheduler_is_on(site, &system) {
        findings.push(Finding::must(
            "the scheduler of the site is off: a shift of ten sales or more is closed in the background, which ERPNext then refuses",
            "Switch it on: `bench --site SITE enable-scheduler`, and check that workers run.",
        ));
    }
    if text(&single(site, "POS Settings")?, "invoice_type") == "Sales Invoice" {
        findings.push(Finding::must(
            "POS Settings keep the sales of tills as Sales Invoices; this till sends POS Invoices, which ERPNext then refuses",
            "Set Invoice Type Created via POS Screen to POS Invoice in POS Settings.",
        ));
    }
    if on(&single(site, "Stock Settings")?, "allow_negative_stock") {
        findings.push(Finding::note(
            "Stock Settings allow negative stock: ERPNext takes sales of goods that it does not have, and the books go below zero",
            "Switch it off if such sales are to be shown on the till as exceptions.",
        ));
    }
    if on(&single(site, "Selling Settings")?, "validate_selling_price") {
        findings.push(Finding::note(
            "Selling Settings check the selling price: ERPNext refuses sales below what the goods cost, also after they were sold",
            "Switch \"Validate Selling Price for Item Against Purchase Rate or Valuation Rate\" off if tills may sell so low.",
        ));
    }
    mandatory_fields(site, &mut findings)?;
    let without_rounding = on(&single(site, "Global Defaults")?, "disable_rounded_total");
    let filters = json!([["name", "=", pos_profile]]);
    if rows(site, "POS Profile", &["name"], &filters)?.is_empty() {
        // The till's own view says that it is missing.
        return Ok(findings);
    }
    let doing = format!("read the POS Profile {pos_profile}");
    let profile = ask(site, &doing, &Request::get("POS Profile", pos_profile))?;
    let profile = Profile {
        name: pos_profile,
        document: &profile,
    };
    profile.header(without_rounding, &mut findings);
    profile.walk_in_customer(site, &mut findings)?;
    profile.payments(site, &mut findings)?;
    profile.change(site, &mut findings)?;
    profile.taxes(site, &mut findings)?;
    profile.currencies(site, without_rounding, &mut findings)?;
    Ok(findings)
}

/// Fields that somebody added and that every document must have; a till does not know them.
fn mandatory_fields(site: &mut dyn Transport, findings: &mut Vec<Finding>) -> Result<(), Error> {
    let sent = [
        "POS Invoice",
        "POS Invoice Item",
        "POS Opening Entry",
        "POS Closing Entry",
        "Sales Invoice",
        "Customer",
    ];
    let filters = json!([
        ["dt", "in", sent],
        ["reqd", "=", 1],
        ["default", "is", "not set"]
    ]);
    let fields = ["name", "dt", "fieldname"];
    for row in rows(site, "Custom Field", &fields, &filters)? {
        findings.push(Finding::must(
            format!(
                "every {} must have the field {}, which somebody added and a till does not know: ERPNext refuses what tills send",
                text(&row, "dt"),
                text(&row, "fieldname")
            ),
            "Give the field a default, or let it be empty (Custom Field, Is Mandatory Field).",
        ));
    }
    Ok(())
}

fn single(site: &mut dyn Transport, doctype: &str) -> Result<Value, OfficeError> {
    ask(
        site,
        &format!("read {doctype}"),
        &Request::get(doctype, doctype),
    )
}

/// Newer versions tell; on older ones the setting is all that can be seen.
fn scheduler_is_on(site: &mut dyn Transport, system: &Value) -> bool {
    let status = site.send(&Request::call(
        "frappe.utils.scheduler.get_scheduler_status",
    ));
    match status {
        Ok(reply) => text(reply.data(), "status") != "inactive",
        Err(_) => on(system, "enable_scheduler"),
    }
}

struct Profile<'a> {
    name: &'a str,
    document: &'a Value,
}

impl Profile<'_> {
    fn field(&self, field: &str) -> &str {
        text(self.document, field)
    }

    fn named(&self) -> String {
        format!("POS Profile \"{}\"", self.name)
    }

    fn header(&self, without_rounding: bool, findings: &mut Vec<Finding>) {
        let named = self.named();
        if on(self.document, "disabled") {
            findings.push(Finding::must(
                format!("{named} is disabled"),
                "Enable it, or give the till another.",
            ));
        }
        for (field, label) in [
            ("warehouse", "warehouse"),
            ("selling_price_list", "price list"),
        ] {
            if self.field(field).is_empty() {
                findings.push(Finding::must(
                    format!("{named} has no {label}"),
                    format!("Set its {label}."),
                ));
            }
        }
        if on(self.document, "disable_rounded_total") != without_rounding {
            findings.push(Finding::note(
                format!("{named} and Global Defaults differ about Disable Rounded Total: receipts follow Global Defaults, the Sales Invoices made of them the profile, so a difference of small coins may stay open"),
                "Make both the same.",
            ));
        }
    }

    fn walk_in_customer(
        &self,
        site: &mut dyn Transport,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Error> {
        let named = self.named();
        let customer = self.field("customer");
        if customer.is_empty() {
            findings.push(Finding::must(
                format!("{named} has no customer: a till cannot sell to people who do not say who they are"),
                "Create a customer for walk-in sales and set it as the profile's Customer.",
            ));
            return Ok(());
        }
        let filters = json!([["name", "=", customer]]);
        for row in rows(site, "Customer", &["name", "disabled"], &filters)? {
            if on(&row, "disabled") {
                findings.push(Finding::must(
                    format!("{customer}, the customer of {named}, is disabled"),
                    "Enable the customer.",
                ));
            }
        }
        Ok(())
    }

    fn payments(&self, site: &mut dyn Transport, findings: &mut Vec<Finding>) -> Result<(), Error> {
        let named = self.named();
        let payments = self.document.get("payments").and_then(Value::as_array);
        let modes: Vec<&str> = payments
            .into_iter()
            .flatten()
            .map(|row| text(row, "mode_of_payment"))
            .collect();
        if modes.is_empty() {
            findings.push(Finding::must(
                format!("{named} has no mode of payment"),
                "Add Cash at least to its Payment Methods.",
            ));
        }
        let company = self.field("company");
        for mode in modes {
            let doing = format!("read the Mode of Payment {mode}");
            let document = ask(site, &doing, &Request::get("Mode of Payment", mode))?;
            if !on(&document, "enabled") {
                findings.push(Finding::must(
                    format!("the mode of payment {mode} of {named} is disabled"),
                    "Enable it, or take it out of the profile.",
                ));
            }
            let accounts = document.get("accounts").and_then(Value::as_array);
            let has_account = accounts.into_iter().flatten().any(|row| {
                text(row, "company") == company && !text(row, "default_account").is_empty()
            });
            if !has_account {
                findings.push(Finding::must(
                    format!("the mode of payment {mode} has no account of {company}: ERPNext refuses every sale paid with it"),
                    format!("Add a Default Account for {company} to the Mode of Payment {mode}."),
                ));
            }
        }
        Ok(())
    }

    /// The account of the money that is given back.
    fn change(&self, site: &mut dyn Transport, findings: &mut Vec<Finding>) -> Result<(), Error> {
        let company = self.field("company");
        if !self.field("account_for_change_amount").is_empty() || company.is_empty() {
            return Ok(());
        }
        let doing = format!("read the Company {company}");
        let document = ask(site, &doing, &Request::get("Company", company))?;
        if text(&document, "default_cash_account").is_empty() {
            findings.push(Finding::must(
                format!("{} has no Account for Change Amount, and {company} no Default Cash Account: ERPNext refuses every sale with change", self.named()),
                "Set the profile's Account for Change Amount.",
            ));
        }
        Ok(())
    }

    fn taxes(&self, site: &mut dyn Transport, findings: &mut Vec<Finding>) -> Result<(), Error> {
        let named = self.named();
        let template = self.field("taxes_and_charges");
        if template.is_empty() {
            findings.push(Finding::note(
                format!("{named} has no Sales Taxes and Charges Template: unless a Tax Rule names one, the till sells without tax"),
                "Set Taxes and Charges in the profile if the shop charges tax.",
            ));
            return Ok(());
        }
        let doctype = "Sales Taxes and Charges Template";
        let filters = json!([["name", "=", template]]);
        for row in rows(site, doctype, &["name", "disabled", "company"], &filters)? {
            if on(&row, "disabled") || text(&row, "company") != self.field("company") {
                findings.push(Finding::must(
                    format!(
                        "{template}, the tax template of {named}, is disabled or another company's"
                    ),
                    format!(
                        "Set a template of {} in the profile.",
                        self.field("company")
                    ),
                ));
            }
        }
        Ok(())
    }

    fn currencies(
        &self,
        site: &mut dyn Transport,
        without_rounding: bool,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Error> {
        let currency = self.field("currency");
        let fields = ["name", "smallest_currency_fraction_value", "number_format"];
        let filters = json!([["name", "=", currency]]);
        for row in rows(site, "Currency", &fields, &filters)? {
            let whole_units = ["#,###", "#.###"].contains(&text(&row, "number_format"));
            let smallest = number(&row, "smallest_currency_fraction_value");
            if smallest == 0.0 && !whole_units && !without_rounding {
                findings.push(Finding::must(
                    format!("the currency {currency} has no Smallest Currency Fraction Value: ERPNext rounds every total to whole {currency}"),
                    format!("Set it in the Currency {currency} to the smallest coin, for example 0.01, or switch on Disable Rounded Total in Global Defaults."),
                ));
            }
        }
        let filters = json!([
            ["default_currency", "is", "set"],
            ["default_currency", "!=", currency],
            ["disabled", "=", 0],
        ]);
        let customers = rows(site, "Customer", &["name"], &filters)?;
        let names: Vec<&str> = customers.iter().map(|row| text(row, "name")).collect();
        if !names.is_empty() {
            findings.push(Finding::note(
                format!("{} customers are billed in another currency than {currency} ({}): a till cannot sell to them", names.len(), first_few(&names)),
                "Clear their Billing Currency if they are to buy at tills.",
            ));
        }
        Ok(())
    }
}
