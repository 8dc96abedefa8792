//! Looks for openings that are open in ERPNext and that the till may not have noted: the answer to
//! the attempt that made one was lost, and the sale that it was made for went into it all the same.

use checkout::shift::Shift;
use serde_json::{Value, json};

use super::opening::{Unanswered, entries, start_of, to_the_second};
use super::verdict;
use super::{Blocked, OpeningRule, POS_OPENING_ENTRY, text};
use crate::problem::Problem;
use crate::request::{Request, Transport};

/// An opening that is open in ERPNext.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenOpening {
    /// Its name.
    pub name: String,
    /// Its POS Profile.
    pub pos_profile: String,
    /// Its company.
    pub company: String,
}

/// The openings of the till's user that are open and may be of this shift: those that start with
/// it, and where there can be one alone, that one.
///
/// # Errors
/// What kept the questions from being answered, and how long the site asks to wait.
pub fn open_openings<T: Transport>(
    shift: &Shift,
    rule: OpeningRule,
    transport: &mut T,
) -> Result<Vec<OpenOpening>, Unanswered> {
    let mut ask = |request: &Request| {
        let reply = transport.send(request);
        reply.map_err(|error| unanswered(verdict::of_look_up(&error, POS_OPENING_ENTRY)))
    };
    let who = ask(&Request::call("frappe.auth.get_logged_user"))?;
    let user = who.data().as_str().filter(|user| *user != "Guest");
    let user = user.ok_or((Problem::KeyRefused, None))?;
    let listed = ask(&entries(&json!([["user", "=", user]])))?;
    let rows = listed.data().as_array().ok_or_else(|| {
        unanswered(Blocked::unexpected(
            POS_OPENING_ENTRY,
            "the open entries are not a list",
        ))
    })?;
    let start = to_the_second(shift.period_start_date);
    let may_be_of_shift = |entry: &&Value| {
        entry["docstatus"] == 1
            && (rule == OpeningRule::OneOfToday || start_of(entry) == Some(start))
    };
    let opening = |entry: &Value| {
        let field = |name: &str| text(entry, name).map(str::to_owned);
        Some(OpenOpening {
            name: field("name")?,
            pos_profile: field("pos_profile")?,
            company: field("company")?,
        })
    };
    Ok(rows
        .iter()
        .filter(may_be_of_shift)
        .filter_map(opening)
        .collect())
}

fn unanswered(blocked: Blocked) -> Unanswered {
    (blocked.problem, blocked.retry_after)
}
