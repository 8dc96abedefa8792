//! Looks what has become in ERPNext of the invoices that a closing is to list, before its list is
//! made.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::verdict;
use super::{Blocked, POS_INVOICE, text};
use crate::problem::Problem;
use crate::request::{Reply, Request, Transport, TransportError};

/// So many invoices are asked for at once.
const AT_ONCE: usize = 200;

/// What a site says of the invoices that it was asked about.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Surveyed {
    /// Those that a closing can take.
    pub ready: Vec<SurveyedInvoice>,
    /// Those that a closing has taken already, made by hand in ERPNext.
    pub taken: Vec<String>,
    /// Returns whose original is another till's and not consolidated yet: ERPNext consolidates it
    /// before or along with its return, and an invoice of another till only that till can close.
    pub later: Vec<String>,
    /// Those that were cancelled or are not there any more.
    pub gone: Vec<String>,
}

/// An invoice that a closing can take, as ERPNext has it now.
#[derive(Clone, PartialEq, Debug)]
pub struct SurveyedInvoice {
    /// Its name.
    pub name: String,
    /// Its customer, who may have been renamed.
    pub customer: String,
    /// Its day.
    pub posting_date: Option<Date>,
    /// Whether it is a return.
    pub is_return: bool,
    /// Its original.
    pub return_against: Option<String>,
}

/// The machine that asks. Like the others it has no clock and no socket.
pub struct Survey {
    names: Vec<String>,
    asked: usize,
    answered: Surveyed,
    /// Originals that are not among the invoices, once all of these are known.
    originals: Option<BTreeSet<String>>,
    ended: Option<Result<(), Blocked>>,
}

/// What to do next.
#[derive(Clone, PartialEq, Debug)]
pub enum SurveyStep {
    /// Send this, and give the answer to [`Survey::on_reply`].
    Send(Request),
    /// It ended: with what was found, or with what keeps it from being asked and how long the
    /// site wants to be left alone.
    Done(Result<Surveyed, (Problem, Option<std::time::Duration>)>),
}

impl Survey {
    /// Asks about these invoices.
    pub fn of(names: Vec<String>) -> Self {
        let nothing_to_ask = names.is_empty();
        Self {
            names,
            asked: 0,
            answered: Surveyed::default(),
            originals: None,
            ended: nothing_to_ask.then_some(Ok(())),
        }
    }

    /// What to do next. Asking twice gives the same.
    pub fn next(&self) -> SurveyStep {
        match &self.ended {
            Some(Ok(())) => return SurveyStep::Done(Ok(self.answered.clone())),
            Some(Err(blocked)) => {
                let blocked = blocked.clone();
                return SurveyStep::Done(Err((blocked.problem, blocked.retry_after)));
            }
            None => {}
        }
        let names: Vec<&String> = match &self.originals {
            Some(originals) => originals.iter().collect(),
            None => self.page().iter().collect(),
        };
        SurveyStep::Send(states_of(&names))
    }

    /// Takes the answer to the request of [`Survey::next`].
    pub fn on_reply(&mut self, reply: Result<Reply, TransportError>) {
        if self.ended.is_some() {
            return;
        }
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                self.ended = Some(Err(verdict::of_look_up(&error, POS_INVOICE)));
                return;
            }
        };
        let Some(rows) = reply.data().as_array() else {
            let blocked = Blocked::unexpected(POS_INVOICE, "the list is not a list");
            self.ended = Some(Err(blocked));
            return;
        };
        if self.originals.is_some() {
            self.on_originals(rows);
            return;
        }
        for name in self.page().to_vec() {
            let row = rows.iter().find(|row| text(row, "name") == Some(&name));
            self.sort(name, row);
        }
        self.asked += AT_ONCE;
        if self.asked >= self.names.len() {
            let originals = self.foreign_originals();
            if originals.is_empty() {
                self.ended = Some(Ok(()));
            }
            self.originals = Some(originals);
        }
    }

    /// Drives the machine to its end.
    ///
    /// # Errors
    /// What keeps it from being asked, and how long the site wants to be left alone.
    pub fn run(
        mut self,
        transport: &mut impl Transport,
    ) -> Result<Surveyed, (Problem, Option<std::time::Duration>)> {
        loop {
            match self.next() {
                SurveyStep::Send(request) => {
                    let reply = transport.send(&request);
                    self.on_reply(reply);
                }
                SurveyStep::Done(done) => return done,
            }
        }
    }

    fn page(&self) -> &[String] {
        let from = self.asked.min(self.names.len());
        let to = (from + AT_ONCE).min(self.names.len());
        &self.names[from..to]
    }

    fn sort(&mut self, name: String, row: Option<&Value>) {
        let Some(row) = row.filter(|row| row["docstatus"] == 1) else {
            self.answered.gone.push(name);
            return;
        };
        if is_consolidated(row) {
            self.answered.taken.push(name);
            return;
        }
        self.answered.ready.push(SurveyedInvoice {
            customer: text(row, "customer").unwrap_or_default().to_owned(),
            posting_date: text(row, "posting_date").and_then(|day| day.parse().ok()),
            is_return: row["is_return"] == 1,
            return_against: text(row, "return_against")
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            name,
        });
    }

    /// Originals that will not be consolidated along with their returns: they are not listed, or
    /// are another customer's and so come into another Sales Invoice.
    fn foreign_originals(&self) -> BTreeSet<String> {
        let ready = &self.answered.ready;
        let returns = ready.iter().filter_map(|invoice| {
            let against = invoice.return_against.as_ref()?;
            let along = ready
                .iter()
                .any(|other| other.name == *against && other.customer == invoice.customer);
            (invoice.is_return && !along).then_some(against)
        });
        returns.cloned().collect()
    }

    fn on_originals(&mut self, rows: &[Value]) {
        let is_booked = |name: &String| {
            let row = rows.iter().find(|row| text(row, "name") == Some(name));
            row.is_some_and(is_consolidated)
        };
        let originals = self.originals.take().unwrap_or_default();
        let waited_for: BTreeSet<_> = originals
            .into_iter()
            .filter(|name| !is_booked(name))
            .collect();
        let waits = |invoice: &SurveyedInvoice| {
            let against = invoice.return_against.as_ref();
            against.is_some_and(|name| waited_for.contains(name))
        };
        let (later, ready) = std::mem::take(&mut self.answered.ready)
            .into_iter()
            .partition::<Vec<_>, _>(|invoice| waits(invoice));
        self.answered.ready = ready;
        self.answered.later = later.into_iter().map(|invoice| invoice.name).collect();
        self.ended = Some(Ok(()));
    }
}

/// Asks what has become of invoices. The names may be too many for an address.
pub(super) fn states_of(names: &[&String]) -> Request {
    let fields = [
        "name",
        "docstatus",
        "consolidated_invoice",
        "customer",
        "posting_date",
        "is_return",
        "return_against",
    ];
    let body = json!({
        "doctype": POS_INVOICE,
        "fields": fields,
        "filters": [["name", "in", names]],
        "limit_page_length": 0,
    });
    Request::call_with("frappe.client.get_list", body)
}

/// Whether a closing has taken an invoice.
pub(super) fn is_consolidated(row: &Value) -> bool {
    text(row, "consolidated_invoice").is_some_and(|name| !name.is_empty())
}
