//! Carries a closing: look up, draft, compare, submit, wait for the consolidation, read back.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::closing::{Closing, closing_payload};
use super::opening::start_of;
use super::survey::{is_consolidated, states_of};
use super::verdict::{self, Verdict};
use super::words;
use super::{Blocked, POS_CLOSING_ENTRY, POS_INVOICE, POS_OPENING_ENTRY, Standing, text};
use crate::problem::Problem;
use crate::refused::plain;
use crate::request::{Refused, Reply, Request, TransportError};

/// After so many attempts a consolidation that fails waits for a person.
const MOST_ATTEMPTS: u32 = 4;
/// So many closings of one opening may have been cancelled. Names are what runs out, on a site that
/// takes them from outside.
const MOST_NAMES: u32 = 20;
/// How long a queued consolidation is left alone at least before it is asked for again.
const QUEUE: Duration = Duration::from_secs(3);

/// A closing is drafted and compared like a sale: ERPNext drops what it does not know, and a
/// closing without its invoices would close the opening all the same. A lost reply is looked up by
/// the opening, which has one closing only.
pub(super) struct ClosingPush {
    closing: Closing,
    attempt: u32,
    user: String,
    start: DateTime,
    /// A draft is corrected once.
    corrected: bool,
    /// The consolidation is tried again once in a run.
    retried: bool,
    /// Which of its names it gets, from 1: one that was cancelled keeps its own for ever.
    ordinal: u32,
    step: Step,
}

enum Step {
    AskUser,
    /// The opening: is it open, and since when?
    ReadOpening,
    /// Closings of the opening.
    LookUp {
        open: bool,
    },
    Read {
        name: String,
    },
    Create,
    Correct {
        name: String,
    },
    Submit {
        name: String,
    },
    /// Let ERPNext try a failed consolidation again.
    Retry {
        name: String,
    },
    /// A check refused it: is it the list that is out of date?
    CheckList {
        refused: Refused,
    },
    /// It is submitted: are its invoices consolidated?
    Confirm {
        name: String,
    },
    /// It failed: are they all the same? A second attempt at what was done is told as a failure.
    Doubt {
        name: String,
        message: String,
    },
    Delivered(String),
    Blocked(Blocked),
    Parked {
        cause: String,
        remedy: String,
    },
}

impl ClosingPush {
    pub(super) fn new(closing: &Closing, attempt: u32) -> Self {
        Self {
            start: closing.period_end_date,
            closing: closing.clone(),
            attempt,
            user: String::new(),
            corrected: false,
            retried: false,
            ordinal: 1,
            step: Step::AskUser,
        }
    }

    pub(super) fn standing(&self) -> Standing {
        let payload = || closing_payload(&self.closing, &self.user, self.start);
        Standing::Send(match &self.step {
            Step::AskUser => Request::call("frappe.auth.get_logged_user"),
            Step::ReadOpening => Request::get(POS_OPENING_ENTRY, &self.closing.pos_opening_entry),
            Step::LookUp { .. } => {
                let filters = json!([
                    ["pos_opening_entry", "=", self.closing.pos_opening_entry],
                    ["docstatus", "<", 2],
                ]);
                let fields = ["name", "owner", "docstatus", "status"];
                let list = Request::list(POS_CLOSING_ENTRY, &fields, &filters);
                list.with("limit_page_length", "0")
            }
            Step::Read { name } => Request::get(POS_CLOSING_ENTRY, name),
            Step::Create => {
                let mut body = payload();
                body["name"] = json!(self.key());
                Request::insert(POS_CLOSING_ENTRY, body)
            }
            Step::Correct { name } => {
                let mut body = payload();
                // A document cannot be renamed by writing to it.
                body["name"] = json!(name);
                Request::update(POS_CLOSING_ENTRY, name, body)
            }
            Step::Submit { name } => {
                Request::update(POS_CLOSING_ENTRY, name, json!({ "docstatus": 1 }))
            }
            Step::Retry { name } => Request::run(POS_CLOSING_ENTRY, name, "retry"),
            Step::CheckList { .. } | Step::Confirm { .. } | Step::Doubt { .. } => {
                let names = self.closing.invoices.iter().map(|row| &row.pos_invoice);
                states_of(&names.collect::<Vec<_>>())
            }
            Step::Delivered(name) => return Standing::Delivered(name.clone()),
            Step::Blocked(blocked) => return Standing::Blocked(blocked.clone()),
            Step::Parked { cause, remedy } => {
                return Standing::Parked {
                    cause: cause.clone(),
                    remedy: remedy.clone(),
                };
            }
        })
    }

    pub(super) fn on_reply(&mut self, reply: Result<Reply, TransportError>) {
        let step = std::mem::replace(&mut self.step, Step::AskUser);
        self.step = match (step, reply) {
            (Step::AskUser, Ok(reply)) => match reply.data().as_str() {
                Some(user) if !user.is_empty() && user != "Guest" => {
                    user.clone_into(&mut self.user);
                    Step::ReadOpening
                }
                _ => blocked(Problem::KeyRefused),
            },
            (Step::ReadOpening, Ok(reply)) => {
                let entry = reply.data();
                self.start = start_of(entry).unwrap_or(self.start);
                Step::LookUp {
                    open: text(entry, "status") == Some("Open"),
                }
            }
            (Step::ReadOpening, Err(TransportError::Refused(refused))) if refused.status == 404 => {
                Step::LookUp { open: false }
            }
            (Step::LookUp { open }, Ok(reply)) => self.looked_up(open, reply.data()),
            (Step::Read { .. }, Ok(reply)) => self.read(reply.data()),
            (Step::Create | Step::Correct { .. }, Ok(reply)) => self.drafted(reply.data()),
            // The reply already is the document, but what counts is what is stored.
            (Step::Submit { name } | Step::Retry { name }, Ok(_)) => Step::Read { name },
            (Step::CheckList { refused }, Ok(reply)) => self.checked(&refused, reply.data()),
            (Step::Confirm { name }, Ok(reply)) => self.confirmed(name, reply.data()),
            (Step::Doubt { name, .. }, Ok(reply)) if self.all_booked(reply.data()) => {
                Step::Delivered(name)
            }
            (Step::Doubt { name, message }, Ok(_)) => self.failed(name, &message),
            (Step::Create, Err(TransportError::Refused(refused))) if refused.status == 409 => {
                // The name is taken by a closing of this opening: by one that was cancelled, or
                // by one that came since the look-up.
                Step::Read { name: self.key() }
            }
            (Step::Retry { name }, Err(error)) => {
                match verdict::of_write(&error, POS_CLOSING_ENTRY) {
                    Verdict::Later(blocked) => Step::Blocked(blocked),
                    // It failed again, which the closing tells.
                    _ => Step::Read { name },
                }
            }
            (Step::Create | Step::Correct { .. } | Step::Submit { .. }, Err(error)) => {
                self.refused(&error)
            }
            (Step::ReadOpening, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_OPENING_ENTRY))
            }
            (Step::CheckList { .. } | Step::Confirm { .. } | Step::Doubt { .. }, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_INVOICE))
            }
            (Step::AskUser | Step::LookUp { .. } | Step::Read { .. }, Err(error)) => {
                Step::Blocked(verdict::of_look_up(&error, POS_CLOSING_ENTRY))
            }
            (ended @ (Step::Delivered(_) | Step::Blocked(_) | Step::Parked { .. }), _) => ended,
        };
    }

    fn looked_up(&self, open: bool, data: &Value) -> Step {
        let Some(rows) = data.as_array() else {
            return unexpected("the list is not a list");
        };
        let name = |row: &Value| text(row, "name").map(str::to_owned);
        let submitted = |row: &&Value| row["docstatus"] == 1;
        let mine = |row: &&Value| text(row, "owner") == Some(&self.user);
        let own = rows.iter().filter(mine);
        let found = own
            .clone()
            .find(submitted)
            .or_else(|| rows.iter().find(submitted))
            .or_else(|| own.clone().next());
        match found.and_then(name) {
            Some(name) => Step::Read { name },
            None if open => Step::Create,
            None => self.opening_gone(),
        }
    }

    /// What it is called where the site takes names from outside.
    fn key(&self) -> String {
        match self.ordinal {
            1 => self.closing.key.clone(),
            more => format!("{}-{more}", self.closing.key),
        }
    }

    /// A closing of the opening is there.
    fn read(&mut self, entry: &Value) -> Step {
        let Some(name) = text(entry, "name").map(str::to_owned) else {
            return unexpected("a closing without a name");
        };
        let of_opening =
            text(entry, "pos_opening_entry") == Some(self.closing.pos_opening_entry.as_str());
        let same = self.difference(entry).is_none();
        match (entry["docstatus"].as_i64(), text(entry, "status")) {
            // Its name stays taken, and the opening is to be closed.
            (Some(2), _) if self.ordinal < MOST_NAMES => {
                self.ordinal += 1;
                Step::Create
            }
            (Some(2), _) => unexpected("all names for the closing are taken by cancelled ones"),
            _ if !of_opening => unexpected("the name of the closing is taken by another"),
            (Some(0), _) if same => Step::Submit { name },
            (Some(0), _) if !self.corrected => {
                self.corrected = true;
                Step::Correct { name }
            }
            (Some(0), _) => self.drafted(entry),
            (Some(1), _) if !same => blocked(Problem::ClosedByHand {
                pos_opening_entry: self.closing.pos_opening_entry.clone(),
                name,
            }),
            (Some(1), Some("Submitted")) if self.closing.invoices.is_empty() => {
                Step::Delivered(name)
            }
            (Some(1), Some("Submitted")) => Step::Confirm { name },
            (Some(1), Some("Queued")) => Step::Blocked(Blocked {
                problem: Problem::ClosingQueued {
                    name,
                    is_anew: self.retried,
                },
                retry_after: Some(QUEUE),
            }),
            (Some(1), Some("Failed")) => Step::Doubt {
                name,
                message: plain(text(entry, "error_message").unwrap_or_default()),
            },
            _ => unexpected("a closing that is neither draft nor submitted"),
        }
    }

    fn failed(&mut self, name: String, message: &str) -> Step {
        // The first time the pause comes before the next attempt, not after it.
        if !self.retried && self.attempt > 0 {
            self.retried = true;
            return Step::Retry { name };
        }
        self.give_up_later(message, &name)
    }

    fn give_up_later(&self, message: &str, name: &str) -> Step {
        let message = if message.is_empty() {
            "no reason"
        } else {
            message.trim_end_matches('.')
        };
        if self.attempt < MOST_ATTEMPTS {
            return blocked(Problem::ClosingFailed {
                shift: self.closing.shift_number,
                message: message.to_owned(),
            });
        }
        Step::Parked {
            cause: format!(
                "{} failed in ERPNext ({name}): {message}.",
                self.closing.what()
            ),
            remedy: "Correct in ERPNext what it names (stock below zero, a closed period, a missing account), then send it again.".to_owned(),
        }
    }

    fn drafted(&self, entry: &Value) -> Step {
        let Some(name) = text(entry, "name").map(str::to_owned) else {
            return unexpected("a closing without a name");
        };
        match self.difference(entry) {
            None => Step::Submit { name },
            Some(differs) => Step::Parked {
                cause: format!(
                    "{} would be booked otherwise than the shift was closed: {differs}. It waits in ERPNext as the draft {name}.",
                    self.closing.what()
                ),
                remedy: "Look in ERPNext for what changes POS Closing Entries (a custom script or field), then send it again.".to_owned(),
            },
        }
    }

    fn refused(&self, error: &TransportError) -> Step {
        match verdict::of_write(error, POS_CLOSING_ENTRY) {
            Verdict::Later(blocked) => Step::Blocked(blocked),
            Verdict::LookUp => unexpected("the closing is being changed by somebody else"),
            Verdict::Checked(refused) | Verdict::Never(refused) => Step::CheckList { refused },
        }
    }

    /// Whether every invoice of the list can still be taken tells whether it is the list.
    fn checked(&self, refused: &Refused, data: &Value) -> Step {
        let Some(rows) = data.as_array() else {
            return unexpected("the list is not a list");
        };
        let good = |row: &&Value| row["docstatus"] == 1 && !is_consolidated(row);
        let found: BTreeSet<_> = rows
            .iter()
            .filter(good)
            .filter_map(|row| text(row, "name"))
            .collect();
        let listed = self.closing.invoices.iter();
        if listed
            .map(|row| row.pos_invoice.as_str())
            .any(|name| !found.contains(name))
        {
            return blocked(Problem::ClosingOutdated {
                shift: self.closing.shift_number,
            });
        }
        let said = if refused.message.is_empty() {
            &refused.exc_type
        } else {
            &refused.message
        };
        if self.attempt < MOST_ATTEMPTS {
            return self.give_up_later(said, &self.closing.key);
        }
        match verdict::park(&self.closing.what(), refused) {
            Standing::Parked { cause, remedy } => Step::Parked { cause, remedy },
            _ => unexpected("the closing was refused"),
        }
    }

    fn all_booked(&self, data: &Value) -> bool {
        let rows = data.as_array().map(Vec::as_slice).unwrap_or_default();
        let booked = rows.iter().filter(|row| is_consolidated(row)).count();
        booked > 0 && booked == self.closing.invoices.len()
    }

    fn confirmed(&self, name: String, data: &Value) -> Step {
        if self.all_booked(data) {
            Step::Delivered(name)
        } else {
            unexpected("a closing is submitted and its invoices are not consolidated")
        }
    }

    fn opening_gone(&self) -> Step {
        blocked(Problem::OpeningMissing {
            pos_profile: self.closing.pos_profile.clone(),
        })
    }

    /// The first difference between the closing and what ERPNext has, as a sentence.
    fn difference(&self, entry: &Value) -> Option<String> {
        let closing = &self.closing;
        let tables = ["pos_transactions", "pos_invoices"];
        let rows = tables.iter().filter_map(|table| entry[*table].as_array());
        let names = rows.flatten().filter_map(|row| text(row, "pos_invoice"));
        let theirs: BTreeSet<_> = names.collect();
        let ours: BTreeSet<_> = closing
            .invoices
            .iter()
            .map(|row| row.pos_invoice.as_str())
            .collect();
        if let Some(name) = ours.symmetric_difference(&theirs).next() {
            let where_to = if ours.contains(name) { "is not" } else { "is" };
            return Some(format!("invoice {name} {where_to} in it"));
        }
        let texts = [
            ("pos_profile", closing.pos_profile.as_str()),
            ("company", closing.company.as_str()),
            ("user", self.user.as_str()),
        ];
        for (field, own) in texts {
            let has = text(entry, field).unwrap_or_default();
            if has != own {
                let what = words::of("", field);
                return Some(format!("{what} is \"{has}\" instead of \"{own}\""));
            }
        }
        let numbers = [
            ("grand_total", closing.grand_total.to_f64()),
            ("net_total", closing.net_total.to_f64()),
            ("total_quantity", closing.total_quantity),
        ];
        for (field, own) in numbers {
            let has = entry[field].as_f64().unwrap_or(0.0);
            if (has - own).abs() > 0.000_5 {
                let what = words::of("", field);
                return Some(format!("{what} is {has} instead of {own}"));
            }
        }
        for row in &closing.payment_reconciliation {
            let theirs = entry["payment_reconciliation"].as_array();
            let theirs = theirs
                .into_iter()
                .flatten()
                .find(|other| text(other, "mode_of_payment") == Some(row.mode_of_payment.as_str()));
            let amounts = [
                ("opening_amount", row.opening_amount),
                ("expected_amount", row.expected_amount),
                ("closing_amount", row.closing_amount),
            ];
            for (field, own) in amounts {
                let has = theirs.and_then(|row| row[field].as_f64()).unwrap_or(0.0);
                if (has - own.to_f64()).abs() > 0.000_5 {
                    let mode = &row.mode_of_payment;
                    let what = words::of("", field);
                    return Some(format!("{what} of {mode} is {has} instead of {own}"));
                }
            }
        }
        // Whoever closes an opening by hand has ERPNext's own sums of taxes in the closing, from
        // before discounts. They are only told: what is booked is what the invoices have.
        let is_by_hand = entry["docstatus"] == 1 && text(entry, "owner") != Some(&self.user);
        if is_by_hand {
            return None;
        }
        self.tax_difference(entry)
    }

    /// The first account whose taxes are not those that the till counted. By account, because a
    /// site keeps as many decimals of a rate as it likes.
    fn tax_difference(&self, entry: &Value) -> Option<String> {
        let zero = self.closing.grand_total.currency.zero();
        let ours = self.closing.taxes.iter();
        let rows = entry["taxes"].as_array().map(Vec::as_slice);
        let rows = rows.unwrap_or_default().iter();
        let named = rows.clone().filter_map(|row| text(row, "account_head"));
        let accounts: BTreeSet<&str> = ours
            .clone()
            .map(|(account, ..)| account.as_str())
            .chain(named)
            .collect();
        accounts.into_iter().find_map(|account| {
            let own = ours.clone().filter(|(own, ..)| own == account);
            let own = own.fold(zero, |sum, (.., amount)| sum.plus(*amount));
            let of_account = |row: &&Value| text(row, "account_head") == Some(account);
            let theirs = rows.clone().filter(of_account);
            let amounts = theirs.filter_map(|row| row["amount"].as_f64());
            let has = amounts.fold(0.0, |sum, amount| sum + amount);
            ((has - own.to_f64()).abs() > 0.000_5)
                .then(|| format!("the sum of the tax {account} is {has} instead of {own}"))
        })
    }
}

fn unexpected(detail: &str) -> Step {
    Step::Blocked(Blocked::unexpected(POS_CLOSING_ENTRY, detail))
}

fn blocked(problem: Problem) -> Step {
    Step::Blocked(problem.into())
}
