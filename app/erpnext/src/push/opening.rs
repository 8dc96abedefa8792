//! Opens a shift in ERPNext.

use std::time::Duration;

use checkout::money::{Currency, Money};
use checkout::shift::Shift;
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};

use super::payload::opening_payload;
use super::verdict::{self, Verdict};
use super::{Blocked, OpeningRule, POS_OPENING_ENTRY, Standing, text};
use crate::problem::Problem;
use crate::request::{Reply, Request, TransportError};

/// So many names are tried for one opening: each was a container that is closed.
const MOST_NAMES: u32 = 20;

/// A POS Opening Entry that is wanted.
///
/// A shift needs another one when the first was closed in ERPNext by hand, when its day is over
/// (version 16), and for what arrives after its closing.
#[derive(Clone, PartialEq, Debug)]
pub struct Opening {
    /// The shift. Its balances are what the opening starts with.
    pub shift: Shift,
    /// Which of the shift's openings it is, from 1.
    pub ordinal: u32,
    /// Openings of this till that are open and are not this one.
    pub others: Vec<String>,
}

impl Opening {
    /// The first opening of a shift.
    pub fn of(shift: &Shift) -> Self {
        Self {
            shift: shift.clone(),
            ordinal: 1,
            others: Vec::new(),
        }
    }

    fn key(&self, ordinal: u32) -> String {
        match ordinal {
            0 | 1 => self.shift.key.clone(),
            more => format!("{}-{more}", self.shift.key),
        }
    }
}

/// ERPNext has no key for an opening, so what is there is looked at first, and again after every
/// reply that was lost: an opening of this user and profile that starts to the second when the
/// shift did is this one. Where a site takes names from outside it has a name of its own, too. It
/// is drafted first, so that no lost reply leaves an open one behind that nobody knows. It belongs
/// to the user of the till's key, because only the closing of that user can take the till's sales.
pub(super) struct OpeningPush {
    opening: Opening,
    rule: OpeningRule,
    today: Date,
    ordinal: u32,
    step: Step,
}

enum Step {
    AskUser,
    Find {
        user: String,
    },
    Create {
        user: String,
    },
    /// The name is taken; by what?
    ReadTaken {
        user: String,
    },
    Submit {
        user: String,
        name: String,
    },
    Delivered(String),
    Blocked(Blocked),
    Parked {
        cause: String,
        remedy: String,
    },
}

impl OpeningPush {
    pub(super) fn new(opening: &Opening, rule: OpeningRule, today: Date) -> Self {
        Self {
            ordinal: opening.ordinal.max(1),
            opening: opening.clone(),
            rule,
            today,
            step: Step::AskUser,
        }
    }

    pub(super) fn standing(&self) -> Standing {
        match &self.step {
            Step::AskUser => Standing::Send(Request::call("frappe.auth.get_logged_user")),
            Step::Find { user } => {
                let pos_profile = &self.opening.shift.pos_profile;
                Standing::Send(match self.rule {
                    OpeningRule::Any => open_entries(pos_profile),
                    OpeningRule::OneOfToday => open_entries_or_of(pos_profile, user),
                })
            }
            Step::Create { user } => {
                let mut body = opening_payload(&self.opening.shift, user, self.start());
                body["docstatus"] = json!(0);
                body["name"] = json!(self.opening.key(self.ordinal));
                Standing::Send(Request::insert(POS_OPENING_ENTRY, body))
            }
            Step::ReadTaken { .. } => {
                let name = self.opening.key(self.ordinal);
                Standing::Send(Request::get(POS_OPENING_ENTRY, &name))
            }
            Step::Submit { user, name } => {
                let body = opening_payload(&self.opening.shift, user, self.start());
                Standing::Send(Request::update(POS_OPENING_ENTRY, name, body))
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
        let step = std::mem::replace(&mut self.step, Step::AskUser);
        self.step = match (step, reply) {
            (Step::AskUser, Ok(reply)) => match reply.data().as_str() {
                Some(user) if !user.is_empty() && user != "Guest" => Step::Find {
                    user: user.to_owned(),
                },
                _ => blocked(Problem::KeyRefused),
            },
            (Step::Find { user }, Ok(reply)) => self.found(user, reply.data()),
            (Step::Create { user }, Ok(reply)) => self.drafted(user, reply.data()),
            (Step::Create { user }, Err(TransportError::Refused(refused)))
                if refused.status == 409 =>
            {
                Step::ReadTaken { user }
            }
            (Step::ReadTaken { user }, Ok(reply)) => self.taken(user, reply.data()),
            (Step::Submit { .. }, Ok(reply)) => self.submitted(reply.data()),
            (Step::Create { .. } | Step::Submit { .. }, Err(error)) => self.refused(&error),
            (Step::AskUser | Step::Find { .. } | Step::ReadTaken { .. }, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_OPENING_ENTRY))
            }
            (ended @ (Step::Delivered(_) | Step::Blocked(_) | Step::Parked { .. }), _) => ended,
        };
    }

    fn found(&self, user: String, data: &Value) -> Step {
        let none = Vec::new();
        let entries = match data {
            Value::Array(entries) => entries,
            // A method that returns an empty list may leave it out.
            Value::Null => &none,
            _ => return unexpected("the open entries are not a list"),
        };
        let is_draft = |entry: &&Value| entry["docstatus"] == 0;
        // Drafts of others are theirs.
        let entries: Vec<_> = entries
            .iter()
            .filter(|entry| !is_draft(entry) || text(entry, "owner") == Some(&user))
            .collect();
        match self.rule {
            OpeningRule::Any => {
                let mine = || entries.iter().filter(|entry| self.is_this(entry, &user));
                let submitted = mine().find(|entry| !is_draft(entry));
                let found = submitted.or_else(|| mine().next());
                match found.and_then(|entry| Some((entry, text(entry, "name")?))) {
                    None => Step::Create { user },
                    Some((entry, name)) if is_draft(entry) => submit(user, name),
                    Some((_, name)) => Step::Delivered(name.to_owned()),
                }
            }
            OpeningRule::OneOfToday => {
                let open: Vec<_> = entries.iter().filter(|entry| !is_draft(entry)).collect();
                let of_user = |entry: &Value| text(entry, "user") == Some(&user);
                match open.as_slice() {
                    [] => {
                        let of_profile = |entry: &Value| {
                            text(entry, "pos_profile") == Some(&self.opening.shift.pos_profile)
                        };
                        let mut own = entries.iter().filter(|entry| of_user(entry));
                        let own = own.find(|entry| of_profile(entry));
                        let name = own.and_then(|entry| text(entry, "name"));
                        match name.map(str::to_owned) {
                            Some(name) => submit(user, &name),
                            None => Step::Create { user },
                        }
                    }
                    [one] => self.only_one(one, of_user(one)),
                    _ => blocked(Problem::SeveralOpenings {
                        pos_profile: self.opening.shift.pos_profile.clone(),
                    }),
                }
            }
        }
    }

    /// Version 16 opens no other beside the one that is open.
    fn only_one(&self, entry: &Value, is_ours: bool) -> Step {
        let Some(name) = text(entry, "name").map(str::to_owned) else {
            return unexpected("an opening without a name");
        };
        let pos_profile = text(entry, "pos_profile").unwrap_or_default().to_owned();
        if !is_ours {
            let user = text(entry, "user").unwrap_or_default().to_owned();
            return blocked(Problem::ProfileInUse {
                pos_profile,
                name,
                user,
            });
        }
        if self.opening.others.contains(&name) {
            return blocked(Problem::ShiftBeforeOpen { name });
        }
        match start_of(entry) {
            Some(start)
                if start.date() == self.today && pos_profile == self.opening.shift.pos_profile =>
            {
                Step::Delivered(name)
            }
            _ => blocked(Problem::OpeningOutdated { pos_profile, name }),
        }
    }

    /// Whether an entry is the one that is wanted, made by an attempt whose reply was lost.
    fn is_this(&self, entry: &Value, user: &str) -> bool {
        let same = |field: &str, own: &str| text(entry, field) == Some(own);
        let shift = &self.opening.shift;
        let known = |name: &str| self.opening.others.iter().any(|other| other == name);
        same("user", user)
            && same("pos_profile", &shift.pos_profile)
            && same("company", &shift.company)
            && start_of(entry) == Some(to_the_second(shift.period_start_date))
            && !text(entry, "name").is_some_and(known)
    }

    fn drafted(&self, user: String, data: &Value) -> Step {
        match text(data, "name") {
            Some(name) => submit(user, name),
            None => unexpected("a new entry without a name"),
        }
    }

    /// An opening has the name that this one should have.
    fn taken(&mut self, user: String, entry: &Value) -> Step {
        let (docstatus, status) = (entry["docstatus"].as_i64(), text(entry, "status"));
        let is_ours = text(entry, "user") == Some(&user);
        let shift = &self.opening.shift;
        let is_wanted = text(entry, "pos_profile") == Some(&shift.pos_profile)
            && text(entry, "company") == Some(&shift.company);
        match (docstatus, status, text(entry, "name")) {
            (Some(0), _, Some(name)) if is_ours => submit(user, name),
            (Some(1), Some("Open"), Some(name)) if is_ours && is_wanted => {
                Step::Delivered(name.to_owned())
            }
            // It was closed or cancelled, or it is open for another profile of the till.
            _ if self.ordinal < self.opening.ordinal.max(1) + MOST_NAMES => {
                self.ordinal += 1;
                Step::Create { user }
            }
            _ => unexpected("all names for the entry are taken"),
        }
    }

    fn submitted(&self, data: &Value) -> Step {
        let submitted = data["docstatus"] == 1;
        let ours = text(data, "pos_profile") == Some(&self.opening.shift.pos_profile);
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
                let what = format!("The opening of shift {}", self.opening.shift.number);
                match verdict::park(&what, &refused) {
                    Standing::Parked { cause, remedy } => Step::Parked { cause, remedy },
                    _ => unexpected("the opening was refused"),
                }
            }
        }
    }

    fn start(&self) -> DateTime {
        start_as_opened(&self.opening.shift, self.rule, self.today)
    }
}

/// When an opening starts that is made now: with its shift, or today where it has to.
pub(super) fn start_as_opened(shift: &Shift, rule: OpeningRule, today: Date) -> DateTime {
    let start = to_the_second(shift.period_start_date);
    match rule {
        OpeningRule::OneOfToday if start.date() != today => {
            today.to_datetime(jiff::civil::Time::midnight())
        }
        _ => start,
    }
}

/// Asks for the openings of a profile that are open or may become so.
pub(super) fn open_entries(pos_profile: &str) -> Request {
    entries(&json!([["pos_profile", "=", pos_profile]]))
}

/// The same for a profile, or a user whatever the profile.
fn open_entries_or_of(pos_profile: &str, user: &str) -> Request {
    let either = json!([["pos_profile", "=", pos_profile], ["user", "=", user]]);
    entries(&json!([])).with("or_filters", either.to_string())
}

/// Asks for openings that are open or may become so, by further conditions.
pub(super) fn entries(of: &Value) -> Request {
    let mut filters = json!([["docstatus", "<", 2], ["status", "in", ["Draft", "Open"]],]);
    if let (Some(filters), Some(of)) = (filters.as_array_mut(), of.as_array()) {
        filters.extend(of.iter().cloned());
    }
    let fields = [
        "name",
        "owner",
        "user",
        "company",
        "pos_profile",
        "docstatus",
        "period_start_date",
    ];
    Request::list(POS_OPENING_ENTRY, &fields, &filters).with("limit_page_length", "0")
}

/// Asks for an opening by its name, to learn what it started with.
pub fn opening_question(name: &str) -> Request {
    Request::get(POS_OPENING_ENTRY, name)
}

/// What kept a question from being answered, and how long the site asks to wait.
pub type Unanswered = (Problem, Option<Duration>);

/// Reads the answer to [`opening_question`]: what each mode of payment started with.
///
/// # Errors
/// What kept the question from being answered, and how long the site asks to wait.
pub fn opening_balances(
    reply: Result<Reply, TransportError>,
    name: &str,
    currency: Currency,
) -> Result<Vec<(String, Money)>, Unanswered> {
    let unanswered = |blocked: Blocked| (blocked.problem, blocked.retry_after);
    let reply =
        reply.map_err(|error| unanswered(verdict::of_look_up(&error, POS_OPENING_ENTRY)))?;
    let entry = reply.data();
    let balance = |row: &Value| {
        let amount = row["opening_amount"].as_f64()?;
        let mode = text(row, "mode_of_payment")?.to_owned();
        Some((mode, Money::from_f64(amount, currency)))
    };
    // Half an answer must not pass for an opening that started with nothing.
    let rows = entry["balance_details"].as_array();
    let rows = rows.filter(|_| text(entry, "name") == Some(name));
    let balances = rows.and_then(|rows| rows.iter().map(balance).collect());
    balances.ok_or_else(|| {
        let detail = "an opening without its balances";
        unanswered(Blocked::unexpected(POS_OPENING_ENTRY, detail))
    })
}

/// When an opening starts.
pub(super) fn start_of(entry: &Value) -> Option<DateTime> {
    let start: DateTime = text(entry, "period_start_date")?.parse().ok()?;
    Some(to_the_second(start))
}

/// As ERPNext keeps times.
pub(super) fn to_the_second(at: DateTime) -> DateTime {
    at.date().at(at.hour(), at.minute(), at.second(), 0)
}

fn submit(user: String, name: &str) -> Step {
    Step::Submit {
        user,
        name: name.to_owned(),
    }
}

fn unexpected(detail: &str) -> Step {
    Step::Blocked(Blocked::unexpected(POS_OPENING_ENTRY, detail))
}

fn blocked(problem: Problem) -> Step {
    Step::Blocked(problem.into())
}
