//! Carries one document to ERPNext exactly once.
//!
//! A machine first looks the document up by its key, whatever happened before: a reply that was
//! lost, a till that was switched off between two steps, a second attempt. So a machine that is
//! thrown away at any moment and made anew finishes the work. Everything that comes back is
//! compared with the receipt before it is made final.

mod coupon;
mod payload;

mod rules;

mod compare;
mod picked;
mod verdict;
mod words;

mod customer;
mod opening;

mod diagnosis;
mod original;
mod points;
mod sale;

mod close;
mod closing;
mod earlier_box;
mod stray;
mod survey;

pub use closing::{Closing, ClosingParts, ListedInvoice, Reconciliation};
pub use customer::customer_of_key;
pub use earlier_box::{EarlierInvoice, UnclosedInvoice, earlier_invoices, unclosed_invoices};
pub use opening::{Opening, Unanswered, opening_balances, opening_question};
pub use payload::{opening_payload, payload};
pub use rules::{OpeningRule, opening_rule, versions_probe};
pub use stray::{OpenOpening, Strays, openings_of_earlier_box, strays};
pub use survey::{Survey, SurveyStep, Surveyed, SurveyedInvoice};

use std::time::Duration;

use checkout::new_customer::NewCustomer;
use checkout::sale::Sale;
use checkout::totals;
use jiff::civil::Date;
use serde_json::Value;

use crate::problem::Problem;
use crate::request::{Reply, Request, Transport, TransportError};
use close::ClosingPush;
use customer::CustomerPush;
use opening::OpeningPush;
use sale::SalePush;

/// The unique field of POS Invoice that holds [`Sale::key`].
pub const KEY_FIELD: &str = "kiosk_txn_id";

/// The unique field of Customer that holds the key of a customer whom a till made.
pub const CUSTOMER_KEY_FIELD: &str = "evertill_key";

const POS_INVOICE: &str = "POS Invoice";
const POS_OPENING_ENTRY: &str = "POS Opening Entry";
const POS_CLOSING_ENTRY: &str = "POS Closing Entry";
const CUSTOMER: &str = "Customer";

/// What a push needs besides its document.
#[derive(Clone, PartialEq, Debug)]
pub struct PushContext {
    /// How the site rounds.
    pub settings: totals::Settings,
    /// What the site's version asks of openings.
    pub rule: OpeningRule,
    /// The site's day.
    pub today: Date,
    /// How often this document failed so far, for the wait after the next failure.
    pub attempt: u32,
    /// Any random number, for the same.
    pub random: u64,
}

/// What to do next.
#[derive(Clone, PartialEq, Debug)]
pub enum PushStep {
    /// Send this, and give the answer to [`Push::on_reply`].
    Send(Request),
    /// It ended.
    Done(Outcome),
}

/// How a push ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// It is in ERPNext, submitted and equal to the receipt.
    Delivered {
        /// ERPNext's name of the document.
        name: String,
        /// What ERPNext decided by itself because the receipt left it open, as a sentence: nothing
        /// that was paid, but which pieces its stock counts as sold.
        remark: Option<String>,
    },
    /// Not now; the document is as good as before. After [`Problem::OpeningMissing`] an opening
    /// has to be pushed first, and after [`Problem::OpeningOutdated`] the one named has to be
    /// closed before.
    Retry {
        /// Why.
        problem: Problem,
        /// How long to wait.
        after: Duration,
    },
    /// A person has to decide. Nothing else waits for it.
    Parked {
        /// What is wrong, as a sentence.
        cause: String,
        /// What to do about it.
        remedy: String,
        /// ERPNext's name of the submitted document that it has of it, although that differs.
        booked_as: Option<String>,
    },
}

/// The machine for one document. No clock, no socket, no randomness inside.
pub struct Push {
    kind: Kind,
    wait: Wait,
}

enum Kind {
    Customer(Box<CustomerPush>),
    Opening(Box<OpeningPush>),
    Sale(Box<SalePush>),
    Closing(Box<ClosingPush>),
}

struct Wait {
    attempt: u32,
    random: u64,
}

/// Where a machine stands, before waits are known.
enum Standing {
    Send(Request),
    Delivered(String),
    Blocked(Blocked),
    Parked { cause: String, remedy: String },
}

/// Something that keeps a document from moving, and how long the site asks to wait.
#[derive(Clone)]
struct Blocked {
    problem: Problem,
    retry_after: Option<Duration>,
}

impl From<Problem> for Blocked {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            retry_after: None,
        }
    }
}

impl Blocked {
    /// An answer that makes no sense for a document of this doctype.
    fn unexpected(doctype: &str, detail: &str) -> Self {
        Self::from(Problem::Unexpected {
            doctype: doctype.to_owned(),
            detail: detail.to_owned(),
        })
    }
}

impl Push {
    /// Makes a customer: finds the one of the key, or creates it.
    pub fn customer(customer: &NewCustomer, context: &PushContext) -> Self {
        Self {
            kind: Kind::Customer(Box::new(CustomerPush::new(customer))),
            wait: Wait::of(context),
        }
    }

    /// Opens a shift: finds its open POS Opening Entry, or creates it.
    pub fn opening(opening: &Opening, context: &PushContext) -> Self {
        let opening = OpeningPush::new(opening, context.rule, context.today);
        Self {
            kind: Kind::Opening(Box::new(opening)),
            wait: Wait::of(context),
        }
    }

    /// Carries a sale or a return. A customer who was made at the till must be called by ERPNext's
    /// name by now.
    pub fn sale(sale: &Sale, context: &PushContext) -> Self {
        let sale = SalePush::new(sale, context);
        Self {
            kind: Kind::Sale(Box::new(sale)),
            wait: Wait::of(context),
        }
    }

    /// Closes an opening.
    pub fn closing(closing: &Closing, context: &PushContext) -> Self {
        Self {
            kind: Kind::Closing(Box::new(ClosingPush::new(closing, context.attempt))),
            wait: Wait::of(context),
        }
    }

    /// What to do next. Asking twice gives the same.
    pub fn next(&self) -> PushStep {
        let standing = match &self.kind {
            Kind::Customer(customer) => customer.standing(),
            Kind::Opening(opening) => opening.standing(),
            Kind::Sale(sale) => sale.standing(),
            Kind::Closing(closing) => closing.standing(),
        };
        PushStep::Done(match standing {
            Standing::Send(request) => return PushStep::Send(request),
            Standing::Delivered(name) => Outcome::Delivered {
                name,
                remark: match &self.kind {
                    Kind::Sale(sale) => sale.remark(),
                    _ => None,
                },
            },
            Standing::Blocked(blocked) => self.wait.retry(blocked),
            Standing::Parked { cause, remedy } => Outcome::Parked {
                cause,
                remedy,
                booked_as: match &self.kind {
                    Kind::Sale(sale) => sale.booked_as(),
                    _ => None,
                },
            },
        })
    }

    /// Takes the answer to the request of [`Push::next`].
    pub fn on_reply(&mut self, reply: Result<Reply, TransportError>) {
        match &mut self.kind {
            Kind::Customer(customer) => customer.on_reply(reply),
            Kind::Opening(opening) => opening.on_reply(reply),
            Kind::Sale(sale) => sale.on_reply(reply),
            Kind::Closing(closing) => closing.on_reply(reply),
        }
    }

    /// Drives the machine to its end.
    pub fn run(mut self, transport: &mut impl Transport) -> Outcome {
        loop {
            match self.next() {
                PushStep::Send(request) => {
                    let reply = transport.send(&request);
                    self.on_reply(reply);
                }
                PushStep::Done(outcome) => return outcome,
            }
        }
    }
}

impl Wait {
    fn of(context: &PushContext) -> Self {
        Self {
            attempt: context.attempt,
            random: context.random,
        }
    }

    fn retry(&self, blocked: Blocked) -> Outcome {
        let own = crate::backoff(self.attempt, self.random);
        let after = blocked.retry_after.map_or(own, |asked| asked.max(own));
        Outcome::Retry {
            problem: blocked.problem,
            after,
        }
    }
}

/// A text of a document; `None` where it is empty.
fn text<'a>(document: &'a Value, field: &str) -> Option<&'a str> {
    document.get(field).and_then(Value::as_str)
}

/// Asks whether POS Invoice has the unique field. Without it ERPNext drops the key silently and
/// takes a sale twice, so no push may begin before [`key_field_present`] says yes.
pub fn key_field_probe() -> Request {
    Request::list(POS_INVOICE, &[KEY_FIELD], &serde_json::json!([])).with("limit_page_length", "1")
}

/// Reads the answer to [`key_field_probe`].
///
/// # Errors
/// [`Problem::KeyFieldMissing`], or what kept the question from being answered.
pub fn key_field_present(reply: Result<Reply, TransportError>) -> Result<(), Problem> {
    match reply {
        Ok(_) => Ok(()),
        Err(error) => Err(verdict::of_look_up(&error, POS_INVOICE).problem),
    }
}
