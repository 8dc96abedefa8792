//! What the version of a site asks of openings.

use serde_json::Value;

use super::verdict;
use crate::problem::Problem;
use crate::request::{Reply, Request, TransportError};

/// How a site takes openings.
///
/// Up to version 15 any number may be open, and any open one of the profile will do. From version
/// 16 on one may be open for a profile and for a user, and it must be dated the site's own day;
/// the invoices under it may be of any day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OpeningRule {
    /// Any open one.
    #[default]
    Any,
    /// The only one, of today.
    OneOfToday,
}

/// Asks for the site's version, which any user may.
pub fn versions_probe() -> Request {
    Request::call("frappe.utils.change_log.get_versions")
}

/// Reads the answer to [`versions_probe`].
///
/// # Errors
/// What kept the question from being answered; an answer without a version is
/// [`Problem::Unexpected`].
pub fn opening_rule(reply: Result<Reply, TransportError>) -> Result<OpeningRule, Problem> {
    let reply = reply.map_err(|error| verdict::of_look_up(&error, "ERPNext's version").problem)?;
    let version = &reply.data()["erpnext"]["version"];
    let major = version.as_str().and_then(|version| {
        let digits = version.trim_start_matches(['v', 'V']);
        digits.split('.').next()?.parse::<u32>().ok()
    });
    match major {
        Some(..16) => Ok(OpeningRule::Any),
        Some(_) => Ok(OpeningRule::OneOfToday),
        None => Err(unreadable(version)),
    }
}

fn unreadable(version: &Value) -> Problem {
    Problem::Unexpected {
        doctype: "its version".to_owned(),
        detail: version.to_string(),
    }
}
