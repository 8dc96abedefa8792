//! Takes one document of the outbox to ERPNext, with all that it needs around it: the opening it
//! goes into, and the closing that takes what went into one.
//!
//! What is known of openings and closings is in the store, each step before the next request, so
//! that a till that is switched off anywhere goes on from there.

mod closings;
mod openings;
mod outcome;

pub use outcome::{is_of_site, note};

use std::time::Duration;

use checkout::new_customer;
use checkout::sale::Sale;
use checkout::shift::Shift;
use erpnext::problem::Problem;
use erpnext::push::{Outcome, Push, PushContext, customer_of_key};
use erpnext::request::Transport;
use jiff::Timestamp;
use jiff::civil::DateTime;
use store::{
    OutboxDocument, OutboxEntry, PosOpening, PosOpeningState, SendState, Store, StoreError,
};

/// So often one run makes anew what changed under its hands.
const MOST_ROUNDS: usize = 4;

/// Where the till's books are kept. On a till that is another thread; a program that ends loses
/// nothing of what was answered.
pub trait Books {
    /// Why the books are not answered: the till is shutting down, or the store refused.
    type Ended: From<StoreError>;

    /// What the store said, where it was the store.
    ///
    /// # Errors
    /// What else it was.
    fn of_store(ended: Self::Ended) -> Result<StoreError, Self::Ended>;

    /// Has the store do something and answers what came of it.
    ///
    /// # Errors
    /// When the till is shutting down; then nothing was done.
    fn with<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Store) -> R + Send + 'static,
    ) -> Result<R, Self::Ended>;
}

/// One delivery. Time is an argument: `now`, and the same in the site's time zone.
pub struct Courier<'a, B, T> {
    books: &'a B,
    transport: &'a mut T,
    context: PushContext,
    now: Timestamp,
    site_now: DateTime,
}

impl<'a, B: Books, T: Transport> Courier<'a, B, T> {
    /// A courier for one document.
    pub fn new(
        books: &'a B,
        transport: &'a mut T,
        context: PushContext,
        now: Timestamp,
        site_now: DateTime,
    ) -> Self {
        Self {
            books,
            transport,
            context,
            now,
            site_now,
        }
    }

    /// Takes a document of the outbox to ERPNext. What becomes of the entry is noted with [`note`].
    /// Where something stored does not fit or cannot be read any more, a person has to see to this
    /// document, and the others go on.
    ///
    /// # Errors
    /// When the till is shutting down, and when the disk fails.
    pub fn carry(&mut self, entry: &OutboxEntry) -> Result<Outcome, B::Ended> {
        match self.take(entry) {
            Err(ended) => Err(match B::of_store(ended) {
                Ok(error) => match outcome::of_records(&error, entry) {
                    Some(parked) => return Ok(parked),
                    None => error.into(),
                },
                Err(ended) => ended,
            }),
            outcome => outcome,
        }
    }

    fn take(&mut self, entry: &OutboxEntry) -> Result<Outcome, B::Ended> {
        match &entry.document {
            OutboxDocument::Customer(customer) => {
                Ok(Push::customer(customer, &self.context).run(self.transport))
            }
            OutboxDocument::Shift(shift) => self.open(shift),
            OutboxDocument::Sale(sale) => self.deliver(sale, entry),
            OutboxDocument::Closing(closing) => self.close_shift(closing),
            OutboxDocument::LateClosing(shift) => self.close_late(shift),
        }
    }

    /// Carries a sale. Where its opening was closed on the site it gets another first, and one of
    /// another day is closed first where the site wants that. The till's profile may have changed
    /// within the shift: opened is that of the sale.
    fn deliver(&mut self, sale: &Sale, entry: &OutboxEntry) -> Result<Outcome, B::Ended> {
        let mut sale = sale.clone();
        // Until now the till called a customer whom it made by its own key.
        if let Some(customer) = &entry.customer {
            sale.customer.clone_from(customer);
        } else if new_customer::is_key(&sale.customer) && !sale.is_return() {
            // Settled by hand: somebody may have made them in ERPNext.
            match customer_of_key(&sale.customer, self.transport) {
                Ok(Some(name)) => sale.customer = name,
                Ok(None) => {}
                Err((problem, asked)) => return Ok(patient(self.retry(problem), asked)),
            }
        }
        let mut opened = None;
        for _ in 0..MOST_ROUNDS {
            let outcome = Push::sale(&sale, &self.context).run(self.transport);
            let Outcome::Retry { problem, .. } = &outcome else {
                return Ok(outcome);
            };
            let outdated = match problem {
                Problem::OriginalMissing { .. } => return self.without_original(&sale, outcome),
                Problem::OpeningMissing { .. } => None,
                Problem::OpeningOutdated { name, pos_profile } => {
                    Some((name.clone(), pos_profile.clone()))
                }
                _ => return Ok(outcome),
            };
            if let Some(opening) = opened.filter(|_| outdated.is_none()) {
                return Ok(no_opening_helps(&sale, opening));
            }
            let key = sale.shift.clone();
            let shift = self.ask(move |store| store.records().shift(&key))?;
            let Some(shift) = shift else {
                return Ok(outcome);
            };
            let shift = Shift {
                pos_profile: sale.pos_profile.clone(),
                company: sale.company.clone(),
                ..shift
            };
            match outdated {
                Some((name, pos_profile)) => {
                    let opening = match self.opening_named(&name, &pos_profile, &shift)? {
                        Ok(opening) => opening,
                        Err(in_the_way) => return Ok(in_the_way),
                    };
                    if let Some(in_the_way) = self.close_between(opening)? {
                        return Ok(in_the_way);
                    }
                }
                None => self.lose_openings(&sale.pos_profile)?,
            }
            match self.open(&shift)? {
                Outcome::Delivered { name, .. } => opened = Some(name),
                // What keeps the opening from being made keeps the sale.
                in_the_way => return Ok(in_the_way),
            }
        }
        Ok(self.retry(Problem::OpeningMissing {
            pos_profile: sale.pos_profile,
        }))
    }

    /// The original of a return is not in ERPNext. Where it is this till's and was settled by hand,
    /// nobody will send it.
    fn without_original(&self, sale: &Sale, outcome: Outcome) -> Result<Outcome, B::Ended> {
        let Some(against) = sale.return_against.clone() else {
            return Ok(outcome);
        };
        let key = against.key.clone();
        let original = self.ask(move |store| store.records().sale_by_key(&key))?;
        if !original.is_some_and(|record| matches!(record.sent, SendState::Settled { .. })) {
            return Ok(outcome);
        }
        let (number, original) = (&sale.receipt_number, &against.receipt_number);
        Ok(Outcome::Parked {
            cause: format!(
                "Receipt {number} returns goods of {original}, which was settled by hand and is not booked in ERPNext by this till."
            ),
            remedy: format!(
                "Book the return in ERPNext by hand, against what {original} was booked as there, then settle it here."
            ),
            booked_as: None,
        })
    }

    fn retry(&self, problem: Problem) -> Outcome {
        Outcome::Retry {
            problem,
            after: erpnext::backoff(self.context.attempt, self.context.random),
        }
    }

    fn ask<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Store) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, B::Ended> {
        Ok(self.books.with(task)??)
    }

    fn record(
        &self,
        task: impl FnOnce(&mut Store) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<(), B::Ended> {
        self.ask(task)
    }
}

fn is_unclosed(opening: &PosOpening) -> bool {
    matches!(
        opening.state,
        PosOpeningState::Open | PosOpeningState::Listed
    )
}

/// The opening is not open in ERPNext any more.
fn is_lost(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Retry {
            problem: Problem::OpeningMissing { .. } | Problem::ClosedByHand { .. },
            ..
        }
    )
}

fn patient(outcome: Outcome, asked: Option<Duration>) -> Outcome {
    match outcome {
        Outcome::Retry { problem, after } => Outcome::Retry {
            problem,
            after: asked.map_or(after, |asked| asked.max(after)),
        },
        other => other,
    }
}

fn no_opening_helps(sale: &Sale, opening: String) -> Outcome {
    Outcome::Parked {
        cause: format!(
            "Receipt {} needs an open POS Opening Entry of POS Profile \"{}\"; ERPNext has {opening}, but does not take it for open.",
            sale.receipt_number, sale.pos_profile
        ),
        remedy: format!(
            "Close or cancel {opening} in ERPNext, then send the receipt again: the till opens a new one."
        ),
        booked_as: None,
    }
}
