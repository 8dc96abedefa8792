//! Makes a customer in ERPNext who was made at the till.

use checkout::new_customer::NewCustomer;
use serde_json::{Value, json};

use super::opening::Unanswered;
use super::verdict::{self, Verdict};
use super::{Blocked, CUSTOMER, CUSTOMER_KEY_FIELD, Standing, text};
use crate::problem::Problem;
use crate::request::{Reply, Request, Transport, TransportError};

/// ERPNext makes a second customer of the same name without a word, so one with the key is looked
/// for first, and again after every reply that was lost.
pub(super) struct CustomerPush {
    customer: NewCustomer,
    step: Step,
    looked_up: u8,
}

enum Step {
    LookUp,
    Create,
    Delivered(String),
    Blocked(Blocked),
    Parked { cause: String, remedy: String },
}

impl CustomerPush {
    pub(super) fn new(customer: &NewCustomer) -> Self {
        Self {
            customer: customer.clone(),
            step: Step::LookUp,
            looked_up: 0,
        }
    }

    pub(super) fn standing(&self) -> Standing {
        match &self.step {
            Step::LookUp => Standing::Send(by_key(&self.customer.key)),
            Step::Create => {
                Standing::Send(Request::insert(CUSTOMER, customer_payload(&self.customer)))
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
        let step = std::mem::replace(&mut self.step, Step::LookUp);
        self.step = match (step, reply) {
            (Step::LookUp, Ok(reply)) => self.found(reply.data()),
            (Step::LookUp, Err(error)) => Step::Blocked(verdict::of_look_up(&error, CUSTOMER)),
            (Step::Create, Ok(reply)) => match text(reply.data(), "name") {
                // Dropped silently: the field was deleted just now.
                Some(_) if text(reply.data(), CUSTOMER_KEY_FIELD) != Some(&self.customer.key) => {
                    blocked(Problem::CustomerKeyFieldMissing)
                }
                Some(name) => Step::Delivered(name.to_owned()),
                None => unexpected("a customer without a name"),
            },
            (Step::Create, Err(error)) => self.refused(&error),
            (ended @ (Step::Delivered(_) | Step::Blocked(_) | Step::Parked { .. }), _) => ended,
        };
    }

    fn found(&mut self, data: &Value) -> Step {
        self.looked_up += 1;
        let Some(rows) = data.as_array() else {
            return unexpected("the list is not a list");
        };
        match rows.as_slice() {
            [] if self.looked_up > 2 => unexpected("the customer exists and does not exist"),
            [] => Step::Create,
            [one] if text(one, CUSTOMER_KEY_FIELD) == Some(&self.customer.key) => {
                match text(one, "name") {
                    Some(name) => Step::Delivered(name.to_owned()),
                    None => unexpected("a customer without a name"),
                }
            }
            [_] => unexpected("the look-up found another customer"),
            // Only without the unique index.
            _ => blocked(Problem::CustomerKeyFieldMissing),
        }
    }

    fn refused(&self, error: &TransportError) -> Step {
        match verdict::of_write(error, CUSTOMER) {
            Verdict::Later(blocked) => Step::Blocked(blocked),
            Verdict::LookUp => Step::LookUp,
            Verdict::Checked(refused) | Verdict::Never(refused) => {
                let what = format!("Customer {}", self.customer.customer_name);
                match verdict::park(&what, &refused) {
                    Standing::Parked { cause, .. } => Step::Parked {
                        cause,
                        remedy: format!(
                            "Correct in ERPNext what it names (a group, a territory, a field that must be filled), or make the customer there with {} as Till Customer; then send again. The sales to this customer wait for it.",
                            self.customer.key
                        ),
                    },
                    _ => unexpected("the customer was refused"),
                }
            }
        }
    }
}

/// ERPNext's name of the customer with the key that a till gave; `None` where there is none.
///
/// # Errors
/// What kept the question from being answered, and how long the site asks to wait.
pub fn customer_of_key<T: Transport>(
    key: &str,
    transport: &mut T,
) -> Result<Option<String>, Unanswered> {
    let reply = transport.send(&by_key(key)).map_err(|error| {
        let blocked = verdict::of_look_up(&error, CUSTOMER);
        (blocked.problem, blocked.retry_after)
    })?;
    let rows = reply.data().as_array().map(Vec::as_slice);
    let found = |row: &&Value| text(row, CUSTOMER_KEY_FIELD) == Some(key);
    let row = rows.unwrap_or_default().iter().find(found);
    let name = row.and_then(|row| text(row, "name"));
    Ok(name.filter(|name| !name.is_empty()).map(str::to_owned))
}

fn by_key(key: &str) -> Request {
    let filters = json!([[CUSTOMER_KEY_FIELD, "=", key]]);
    let list = Request::list(CUSTOMER, &["name", CUSTOMER_KEY_FIELD], &filters);
    list.with("limit_page_length", "2")
}

/// A Customer as a till makes one. It gets no name from outside: ERPNext could not make the
/// contact for the telephone number then.
fn customer_payload(customer: &NewCustomer) -> Value {
    let mut body = json!({
        CUSTOMER_KEY_FIELD: customer.key,
        "customer_name": customer.customer_name,
        "customer_type": "Individual",
    });
    let optional = [
        ("customer_group", &customer.customer_group),
        ("territory", &customer.territory),
        ("mobile_no", &customer.mobile_no),
        ("email_id", &customer.email_id),
        ("tax_id", &customer.tax_id),
    ];
    for (field, value) in optional {
        if let Some(value) = value {
            body[field] = json!(value);
        }
    }
    body
}

fn unexpected(detail: &str) -> Step {
    Step::Blocked(Blocked::unexpected(CUSTOMER, detail))
}

fn blocked(problem: Problem) -> Step {
    Step::Blocked(problem.into())
}
