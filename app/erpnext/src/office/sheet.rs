//! What makes an enrolment sheet single-use: a ToDo of the till's user, which the first box closes.
//!
//! Every user may read and close the ToDos that are allocated to them, on an unmodified ERPNext,
//! and ERPNext takes a change only to the version that it was made of, so of two boxes that close
//! one at the same time only one succeeds.

use serde_json::{Value, json};

use super::{OfficeError, ask, rows, text};
use crate::request::{Request, Transport, TransportError};

const DOCTYPE: &str = "ToDo";

/// How the description of a sheet's ToDo begins.
const MARK: &str = "Evertill enrolment sheet";

/// So often somebody may change a sheet's ToDo between its reading and its closing.
const MOST_ATTEMPTS: u32 = 5;

/// How the box is named that a sheet was used for.
const USED_BY: &str = "Used for the box ";

/// Notes that a sheet was made for the till of this prefix and name, and gives the sheet's id, by
/// which the box asks for it.
///
/// # Errors
/// What the site refuses. A sheet without an id is usable, as often as somebody likes.
pub fn issue_sheet(
    site: &mut dyn Transport,
    user: &str,
    prefix: &str,
    name: &str,
) -> Result<String, OfficeError> {
    let description = format!(
        "{}({name}). The till closes this when it is enrolled. Close it yourself to make the sheet useless.",
        of_till(prefix)
    );
    let body = json!({ "allocated_to": user, "description": description, "status": "Open" });
    let doing = format!("note the sheet of {user}");
    let document = ask(site, &doing, &Request::insert(DOCTYPE, body))?;
    match text(&document, "name") {
        "" => Err(OfficeError::Unexpected { doing }),
        name => Ok(name.to_owned()),
    }
}

fn of_till(prefix: &str) -> String {
    format!("{MARK} of the till {prefix} ")
}

/// Another user than this one for whom a sheet with this prefix was made, and not taken back.
///
/// # Errors
/// What the site refuses.
pub fn user_of_sheet(
    site: &mut dyn Transport,
    prefix: &str,
    user: &str,
) -> Result<Option<String>, OfficeError> {
    let filters = json!([
        ["description", "like", format!("%{}%", of_till(prefix))],
        ["allocated_to", "!=", user],
        ["status", "!=", "Cancelled"],
    ]);
    let found = rows(site, DOCTYPE, &["allocated_to"], &filters)?;
    Ok(found
        .first()
        .map(|row| text(row, "allocated_to").to_owned()))
}

/// The ids of the sheets of these users that are still open, or, with `all`, of all there were.
///
/// # Errors
/// What the site refuses.
pub fn open_sheets(
    site: &mut dyn Transport,
    users: &[&str],
    all: bool,
) -> Result<Vec<String>, OfficeError> {
    let mut filters = vec![json!(["allocated_to", "in", users])];
    if !all {
        filters.push(json!(["status", "=", "Open"]));
    }
    let fields = ["name", "description"];
    let found = rows(site, DOCTYPE, &fields, &Value::from(filters))?;
    let is_sheet = |row: &&Value| text(row, "description").contains(MARK);
    let names = found.iter().filter(is_sheet).map(|row| text(row, "name"));
    Ok(names.map(str::to_owned).collect())
}

/// Makes a sheet that was not used useless.
///
/// # Errors
/// What the site refuses.
pub fn retire_sheet(site: &mut dyn Transport, sheet: &str) -> Result<(), OfficeError> {
    let request = Request::update(DOCTYPE, sheet, json!({ "status": "Cancelled" }));
    ask(site, &format!("retire the sheet {sheet}"), &request)?;
    Ok(())
}

/// What became of a sheet that a box wants to use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SheetUse {
    /// It is used now, by this box, or was before by this same box.
    Ours,
    /// Another box used it, or somebody closed it, on this day of the site.
    Used {
        /// The day, as ERPNext writes it.
        on: String,
    },
    /// It was taken back.
    Withdrawn,
    /// The site cannot tell: single use is not assured.
    CannotTell,
}

/// Uses a sheet up, as the till's user. `sheet` is its id, empty where it has none; `installation`
/// tells this box from all others. Asked again after a reply was lost, it answers the same.
///
/// # Errors
/// Why the site gave no answer: nothing is known then, and it can be asked again.
pub fn use_sheet(
    site: &mut dyn Transport,
    sheet: &str,
    installation: &str,
) -> Result<SheetUse, TransportError> {
    if sheet.is_empty() {
        return Ok(SheetUse::CannotTell);
    }
    let mut attempt = 1;
    loop {
        let document = match site.send(&Request::get(DOCTYPE, sheet)) {
            Ok(reply) => reply.data().clone(),
            Err(TransportError::Refused(refused)) if refused.status == 403 => {
                return Ok(SheetUse::CannotTell);
            }
            Err(TransportError::Refused(refused)) if refused.status == 404 => {
                return Ok(SheetUse::Withdrawn);
            }
            Err(other) => return Err(other),
        };
        if text(&document, "status") != "Open" {
            return Ok(closed(&document, installation));
        }
        let description = format!(
            "{} {USED_BY}{installation}.",
            text(&document, "description")
        );
        let body = json!({
            "status": "Closed",
            "description": description,
            "modified": text(&document, "modified"),
        });
        match site.send(&Request::update(DOCTYPE, sheet, body)) {
            Ok(_) => return Ok(SheetUse::Ours),
            Err(TransportError::Refused(refused)) if refused.status == 403 => {
                return Ok(SheetUse::CannotTell);
            }
            // Another box was quicker, or somebody wrote something else into it, which leaves it
            // open: what is there now tells.
            Err(TransportError::Refused(refused))
                if refused.exc_type == "TimestampMismatchError" && attempt < MOST_ATTEMPTS =>
            {
                attempt += 1;
            }
            Err(other) => return Err(other),
        }
    }
}

fn closed(document: &Value, installation: &str) -> SheetUse {
    let ours = format!("{USED_BY}{installation}.");
    if text(document, "description").contains(&ours) {
        return SheetUse::Ours;
    }
    match text(document, "status") {
        "Cancelled" => SheetUse::Withdrawn,
        _ => SheetUse::Used {
            on: text(document, "modified").chars().take(10).collect(),
        },
    }
}
