//! Looks for what the till may not have noted in ERPNext: openings that are open, because the answer
//! to the attempt that made one was lost, and the sale that it was made for went into it all the
//! same; and closings that were cancelled after they were done.

use checkout::shift::Shift;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::opening::{Unanswered, entries, start_as_opened, start_of, to_the_second};
use super::verdict;
use super::{Blocked, OpeningRule, POS_CLOSING_ENTRY, POS_OPENING_ENTRY, text};
use crate::problem::Problem;
use crate::request::{Request, Transport};

/// So many cancelled closings are looked at, the last ones: far more than are cancelled between two
/// closings of a till.
const MOST_CANCELLED: &str = "200";

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

/// What ERPNext has of the till's user that the till may not know.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Strays {
    /// The names of closings that were cancelled. What they took and what they carried has to come
    /// into others, also where somebody has closed their opening by hand since.
    pub cancelled: Vec<String>,
    /// The openings that are open.
    pub open: Vec<OpenOpening>,
}

/// Looks for openings that are open and closings that were cancelled.
///
/// # Errors
/// What kept the questions from being answered, and how long the site asks to wait.
pub fn strays<T: Transport>(
    shift: &Shift,
    rule: OpeningRule,
    transport: &mut T,
) -> Result<Strays, Unanswered> {
    let start = to_the_second(shift.period_start_date);
    let user = user(transport)?;
    let cancelled = cancelled_closings(&user, transport)?;
    let rows = of_user(&user, transport)?;
    let open = |entry: &Value| {
        opening(
            entry,
            rule == OpeningRule::OneOfToday || start_of(entry) == Some(start),
        )
    };
    Ok(Strays {
        cancelled,
        open: rows.iter().filter_map(open).collect(),
    })
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
    let rows = of_user(&user(transport)?, transport)?;
    let of_earlier = |entry: &&Value| start_of(entry) != Some(start);
    let rows = rows.iter().filter(of_earlier);
    Ok(rows.filter_map(|entry| opening(entry, false)).collect())
}

/// The till's user.
pub(super) fn user(transport: &mut impl Transport) -> Result<String, Unanswered> {
    let who = Request::call("frappe.auth.get_logged_user");
    let reply = transport.send(&who);
    let reply =
        reply.map_err(|error| unanswered(verdict::of_look_up(&error, POS_OPENING_ENTRY)))?;
    let user = reply.data().as_str().filter(|user| *user != "Guest");
    user.map(str::to_owned).ok_or((Problem::KeyRefused, None))
}

/// The submitted openings of the till's user that are not closed.
fn of_user(user: &str, transport: &mut impl Transport) -> Result<Vec<Value>, Unanswered> {
    let list = entries(&json!([["user", "=", user]]));
    let mut rows = rows(&list, POS_OPENING_ENTRY, transport)?;
    rows.retain(|entry| entry["docstatus"] == 1);
    Ok(rows)
}

/// The closings of the till's user that were cancelled, the last ones first.
fn cancelled_closings(
    user: &str,
    transport: &mut impl Transport,
) -> Result<Vec<String>, Unanswered> {
    let filters = json!([["user", "=", user], ["docstatus", "=", 2]]);
    let list = Request::list(POS_CLOSING_ENTRY, &["name"], &filters)
        .with("order_by", "modified desc")
        .with("limit_page_length", MOST_CANCELLED);
    let rows = rows(&list, POS_CLOSING_ENTRY, transport)?;
    let names = rows.iter().filter_map(|entry| text(entry, "name"));
    Ok(names.map(str::to_owned).collect())
}

/// The rows of a list.
pub(super) fn rows(
    list: &Request,
    doctype: &'static str,
    transport: &mut impl Transport,
) -> Result<Vec<Value>, Unanswered> {
    let reply = transport.send(list);
    let reply = reply.map_err(|error| unanswered(verdict::of_look_up(&error, doctype)))?;
    let rows = reply.data().as_array();
    rows.cloned()
        .ok_or_else(|| unanswered(Blocked::unexpected(doctype, "the list is not a list")))
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

pub(super) fn unanswered(blocked: Blocked) -> Unanswered {
    (blocked.problem, blocked.retry_after)
}
