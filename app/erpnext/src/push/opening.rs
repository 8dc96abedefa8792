//! Opens a shift in ERPNext.

use checkout::shift::Shift;
use serde_json::Value;

use super::verdict::{self, Verdict};
use super::{POS_OPENING_ENTRY, Standing, opening_payload};
use crate::problem::Problem;
use crate::push::Blocked;
use crate::request::{Reply, Request, TransportError};

const CHECK: &str = "erpnext.selling.page.point_of_sale.point_of_sale.check_opening_entry";

/// ERPNext takes any number of openings of one till, so one that is open is looked for first, and
/// again after every reply that was lost. The opening belongs to the user of the till's key,
/// because only the closing of that user can take the till's sales.
pub(super) struct OpeningPush {
    shift: Shift,
    step: Step,
}

enum Step {
    AskUser,
    Find { user: String },
    Create { user: String },
    Delivered(String),
    Blocked(Blocked),
    Parked { cause: String, remedy: String },
}

impl OpeningPush {
    pub(super) fn new(shift: &Shift) -> Self {
        Self {
            shift: shift.clone(),
            step: Step::AskUser,
        }
    }

    pub(super) fn standing(&self) -> Standing {
        match &self.step {
            Step::AskUser => Standing::Send(Request::call("frappe.auth.get_logged_user")),
            Step::Find { user } => Standing::Send(Request::call(CHECK).with("user", user)),
            Step::Create { user } => {
                let body = opening_payload(&self.shift, user);
                Standing::Send(Request::insert(POS_OPENING_ENTRY, body))
            }
            Step::Delivered(name) => Standing::Delivered(name.clone()),
            Step::Blocked(blocked) => Standing::Blocked(blocked.clone()),
            Step::Parked { cause, remedy } => Standing::Parked {
                cause: cause.clone(),
                remedy: remedy.clone(),
            },
        }
    }

    pub(super) fn on_reply(&mut self, reply: Result<Reply, TransportError>) {
        self.step = match (&self.step, reply) {
            (Step::AskUser, Ok(reply)) => match reply.data().as_str() {
                Some(user) if !user.is_empty() && user != "Guest" => Step::Find {
                    user: user.to_owned(),
                },
                _ => blocked(Problem::KeyRefused),
            },
            (Step::Find { user }, Ok(reply)) => self.found(user, reply.data()),
            (Step::Create { .. }, Ok(reply)) => self.created(reply.data()),
            (Step::Create { .. }, Err(error)) => self.refused(&error),
            (Step::AskUser | Step::Find { .. }, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_OPENING_ENTRY))
            }
            (Step::Delivered(_) | Step::Blocked(_) | Step::Parked { .. }, _) => return,
        };
    }

    fn found(&self, user: &str, data: &Value) -> Step {
        let none = Vec::new();
        let entries = match data {
            Value::Array(entries) => entries,
            // A method that returns an empty list may leave it out.
            Value::Null => &none,
            _ => return unexpected("the open entries are not a list"),
        };
        let ours = |entry: &&Value| {
            text(entry, "pos_profile") == Some(self.shift.pos_profile.as_str())
                && text(entry, "company") == Some(self.shift.company.as_str())
        };
        match entries
            .iter()
            .find(ours)
            .and_then(|entry| text(entry, "name"))
        {
            Some(name) => {
                tracing::info!(name, "the till's POS Opening Entry is open already");
                Step::Delivered(name.to_owned())
            }
            None => Step::Create {
                user: user.to_owned(),
            },
        }
    }

    fn created(&self, data: &Value) -> Step {
        let submitted = data.get("docstatus").and_then(Value::as_i64) == Some(1);
        let ours = text(data, "pos_profile") == Some(self.shift.pos_profile.as_str());
        match text(data, "name") {
            Some(name) if submitted && ours => Step::Delivered(name.to_owned()),
            _ => unexpected("the new entry is not open for this till's profile"),
        }
    }

    fn refused(&self, error: &TransportError) -> Step {
        match verdict::of_write(error, POS_OPENING_ENTRY) {
            Verdict::Later(blocked) => Step::Blocked(blocked),
            // Somebody opened it meanwhile; the next attempt finds it.
            Verdict::LookUp => unexpected("the entry exists already"),
            Verdict::Checked(refused) | Verdict::Never(refused) => {
                let what = format!("The opening of shift {}", self.shift.number);
                match verdict::park(&what, &refused) {
                    Standing::Parked { cause, remedy } => Step::Parked { cause, remedy },
                    _ => unexpected("the opening was refused"),
                }
            }
        }
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}

fn unexpected(detail: &str) -> Step {
    Step::Blocked(Blocked::unexpected(POS_OPENING_ENTRY, detail))
}

fn blocked(problem: Problem) -> Step {
    Step::Blocked(problem.into())
}
