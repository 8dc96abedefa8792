//! An ERPNext site: what it must have before tills can sell for it, giving it that, checking it,
//! and taking it away again.

mod finding;
mod wanted;
mod words;

mod standing;

mod prepare;
mod remove;
mod user_removal;

mod settings;
mod till_user;
mod till_view;

pub use finding::{Finding, Report};
pub use prepare::{Manner, StaffWish, prepare};
pub use remove::remove;

pub use erpnext::office::ROLE;

use std::io::Write;

use erpnext::office::{ask, text};
use erpnext::{Request, Transport};

use crate::Error;
use standing::Standing;

/// Reads the site as a till would, keeping nothing, and reports what a till would find; says
/// whether it could sell and send.
///
/// # Errors
/// When the report cannot be written. What is wrong with the site is in the report.
pub fn report(
    till: &mut impl Transport,
    pos_profile: &str,
    target: &mut dyn Write,
) -> std::io::Result<bool> {
    let report = till_view::look(till, pos_profile);
    report.write(target)?;
    Ok(report.is_good())
}

/// Checks a site as the till's user and, where there is an administrator's key too, everything
/// that only an administrator sees: what `prepare` gives, and settings that hurt.
///
/// # Errors
/// When the administrator is refused. What the till's user is refused is in the report.
pub fn check(
    till: &mut dyn Transport,
    administrator: Option<&mut dyn Transport>,
    pos_profile: &str,
) -> Result<Report, Error> {
    let mut report = till_view::look(till, pos_profile);
    let Some(site) = administrator else {
        return Ok(report);
    };
    let standing = Standing::read(site)?;
    let staff = standing.staff();
    for step in standing.steps(staff)? {
        report.findings.push(Finding::must(
            format!("the site is not prepared: it still has to {}", step.words()),
            "Give `evertill-setup site prepare`.",
        ));
    }
    report.findings.extend(till_user::findings(
        till,
        site,
        &standing.grants(staff),
        pos_profile,
    )?);
    let doing = "read System Settings";
    let request = Request::get("System Settings", "System Settings");
    let method = ask(site, doing, &request)?;
    // ERPNext's name for what a site has that was never asked.
    let method = match text(&method, "rounding_method") {
        "" => "Banker's Rounding (legacy)",
        method => method,
    };
    if till.send(&request).is_err() {
        report.findings.push(Finding::must(
            format!("the till's user may not read System Settings: a till then takes \"Banker's Rounding\", and this site uses \"{method}\""),
            format!("Give the user the role {ROLE}, which may read them."),
        ));
    }
    report.rounding_method = Some(method.to_owned());
    report
        .findings
        .extend(settings::findings(site, pos_profile)?);
    Ok(report)
}

/// Writes a report for people, or as one JSON object.
///
/// # Errors
/// What the system says about writing.
pub fn write_report(report: &Report, json: bool, target: &mut dyn Write) -> std::io::Result<()> {
    if json {
        return writeln!(target, "{}", report.to_json());
    }
    report.write(target)
}
