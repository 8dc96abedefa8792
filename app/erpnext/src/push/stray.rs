//! Looks for openings that are open in ERPNext and that the till may not have noted: the answer to
//! the attempt that made one was lost, and the sale that it was made for went into it all the same.

use checkout::shift::Shift;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::opening::{Unanswered, entries, start_as_opened, start_of, to_the_second};
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
    /// Whether it may be of the shift that was asked for: it starts with it, or there can be one
    /// alone.
    pub may_be_of_shift: bool,
}

/// The openings of the till's user that are open.
///
/// # Errors
/// What kept the questions from being answered, and how long the site asks to wait.
pub fn open_openings<T: Transport>(
    shift: &Shift,
    rule: OpeningRule,
    transport: &mut T,
) -> Result<Vec<OpenOpening>, Unanswered> {
    let start = to_the_second(shift.period_start_date);
    let rows = of_user(transport)?;
    let open = |entry: &Value| {
        opening(
            entry,
            rule == OpeningRule::OneOfToday || start_of(entry) == Some(start),
        )
    };
    Ok(rows.iter().filter_map(open).collect())
}

/// The openings of the till's user that are open although this box never opened one: those of the
/// box that had this till before. One that starts when an attempt for this shift, whose answer was
/// lost, would have let it start is this box's own and not among them.
///
/// # Errors
/// What kept the questions from being answered, and how long the site asks to wait.
pub fn openings_of_earlier_box<T: Transport>(
    shift: &Shift,
    rule: OpeningRule,
    today: Date,
    transport: &mut T,
) -> Result<Vec<OpenOpening>, Unanswered> {
    let start = start_as_opened(shift, rule, today);
    let rows = of_user(transport)?;
    let of_earlier = |entry: &&Value| start_of(entry) != Some(start);
    let rows = rows.iter().filter(of_earlier);
    Ok(rows.filter_map(|entry| opening(entry, false)).collect())
}

/// The submitted openings of the till's user that are not closed.
fn of_user(transport: &mut impl Transport) -> Result<Vec<Value>, Unanswered> {
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
    let mut rows = rows.clone();
    rows.retain(|entry| entry["docstatus"] == 1);
    Ok(rows)
}

fn opening(entry: &Value, may_be_of_shift: bool) -> Option<OpenOpening> {
    let field = |name: &str| text(entry, name).map(str::to_owned);
    Some(OpenOpening {
        name: field("name")?,
        pos_profile: field("pos_profile")?,
        company: field("company")?,
        may_be_of_shift,
    })
}

fn unanswered(blocked: Blocked) -> Unanswered {
    (blocked.problem, blocked.retry_after)
}
