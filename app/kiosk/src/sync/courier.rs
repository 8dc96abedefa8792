//! Takes one document of the outbox to ERPNext, with all that it needs around it: the opening it
//! goes into, and the closing that takes what went into one.
//!
//! What is known of openings and closings is in the store, each step before the next request, so
//! that a till that is switched off anywhere goes on from there.

use std::time::Duration;

use checkout::sale::Sale;
use checkout::shift::{Shift, ShiftClosing};
use erpnext::problem::Problem;
use erpnext::push::{
    Closing, ClosingParts, Opening, OpeningRule, Outcome, Push, PushContext, Survey, Surveyed,
    opening_balances, opening_question,
};
use erpnext::request::Transport;
use jiff::Timestamp;
use jiff::civil::DateTime;
use store::{
    ClosingList, OutboxDocument, OutboxEntry, PosOpening, PosOpeningState, Store, StoreError,
};

/// So often one run makes anew what changed under its hands.
const MOST_ROUNDS: usize = 4;

/// Where the till's books are kept. On a till that is another thread; a program that ends loses
/// nothing of what was answered.
pub trait Books {
    /// Why the books are not answered: the till is shutting down.
    type Ended: From<StoreError>;

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

    /// Takes a document of the outbox to ERPNext. What becomes of the entry the caller notes.
    ///
    /// # Errors
    /// When the till is shutting down, and what the store does not take.
    pub fn carry(&mut self, entry: &OutboxEntry) -> Result<Outcome, B::Ended> {
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

    /// Gets a POS Opening Entry for a shift and its profile.
    fn open(&mut self, shift: &Shift) -> Result<Outcome, B::Ended> {
        if self.context.rule == OpeningRule::OneOfToday {
            // The till's user may have one open, whatever its profile.
            for opening in self.ask(|store| store.pos_openings_unclosed())? {
                if opening.shift.pos_profile != shift.pos_profile
                    && let Some(in_the_way) = self.close_between(opening)?
                {
                    return Ok(in_the_way);
                }
            }
        }
        for _ in 0..MOST_ROUNDS {
            let wanted = self.wanted_opening(shift)?;
            let outcome = Push::opening(&wanted, &self.context).run(self.transport);
            match outcome {
                Outcome::Delivered { name } => {
                    let (shift, made, now) = (wanted.shift, name.clone(), self.now);
                    self.record(move |store| store.pos_opening_made(&shift, &made, now))?;
                    return Ok(Outcome::Delivered { name });
                }
                Outcome::Retry {
                    problem:
                        Problem::OpeningOutdated {
                            ref name,
                            ref pos_profile,
                        },
                    ..
                } => {
                    let opening = match self.opening_named(name, pos_profile, shift)? {
                        Ok(opening) => opening,
                        Err(in_the_way) => return Ok(in_the_way),
                    };
                    if let Some(in_the_way) = self.close_between(opening)? {
                        return Ok(in_the_way);
                    }
                }
                Outcome::Retry {
                    problem: Problem::ShiftBeforeOpen { ref name },
                    ..
                } => {
                    let Some(opening) = self.unclosed_named(name)? else {
                        return Ok(outcome);
                    };
                    // One of a later shift must not wait for what this shift still has to send.
                    let is_earlier = opening.shift.number < shift.number;
                    if is_earlier && self.awaits_count(&opening)? {
                        return Ok(outcome);
                    }
                    if let Some(in_the_way) = self.close_between(opening)? {
                        return Ok(in_the_way);
                    }
                }
                ended => return Ok(ended),
            }
        }
        Ok(self.retry(Problem::OpeningMissing {
            pos_profile: shift.pos_profile.clone(),
        }))
    }

    /// The opening that a shift needs now: the first with what it started with, another with what
    /// is left of that, and one beside it or after the count with nothing.
    fn wanted_opening(&self, shift: &Shift) -> Result<Opening, B::Ended> {
        let key = shift.key.clone();
        let (own, unclosed) = self
            .ask(move |store| Ok((store.pos_openings_of(&key)?, store.pos_openings_unclosed()?)))?;
        let mut wanted = shift.clone();
        let counted = own.iter().any(|opening| opening.counted);
        let same = |opening: &&PosOpening| {
            opening.shift.pos_profile == shift.pos_profile && opening.shift.company == shift.company
        };
        let is_first = own.is_empty();
        let before = own.iter().rev().find(same);
        for row in &mut wanted.balance_details {
            let mode = row.mode_of_payment.as_str();
            let nothing = row.opening_amount.currency.zero();
            row.opening_amount = match before {
                _ if counted => nothing,
                None if is_first => row.opening_amount,
                None => nothing,
                Some(before) => balance_after(before, mode).unwrap_or(nothing),
            };
        }
        // One that is open for this shift and profile is the one that is wanted.
        let others = unclosed
            .iter()
            .filter(|opening| {
                !(opening.shift.key == shift.key
                    && same(opening)
                    && opening.state == PosOpeningState::Open)
            })
            .map(|opening| opening.erpnext_name.clone())
            .collect();
        let reopened = own
            .iter()
            .filter(|opening| opening.state != PosOpeningState::Open || !same(opening));
        Ok(Opening {
            ordinal: u32::try_from(reopened.count())
                .unwrap_or(u32::MAX)
                .saturating_add(1),
            shift: wanted,
            others,
        })
    }

    /// A known opening by its name; one that is not known was made by an attempt of which nothing
    /// was noted, or by hand, and is noted now as one of this shift, with what it started with.
    fn opening_named(
        &mut self,
        name: &str,
        pos_profile: &str,
        shift: &Shift,
    ) -> Result<Result<PosOpening, Outcome>, B::Ended> {
        if let Some(opening) = self.unclosed_named(name)? {
            return Ok(Ok(opening));
        }
        let currency = shift.currency();
        let reply = self.transport.send(&opening_question(name));
        let balances = match opening_balances(reply, currency) {
            Ok(balances) => balances,
            Err((problem, after)) => return Ok(Err(patient(self.retry(problem), after))),
        };
        let mut adopted = Shift {
            pos_profile: pos_profile.to_owned(),
            ..shift.clone()
        };
        for row in &mut adopted.balance_details {
            let mut of_mode = balances.iter();
            let of_mode = of_mode.find(|(mode, _)| *mode == row.mode_of_payment);
            row.opening_amount = of_mode.map_or(currency.zero(), |(_, amount)| *amount);
        }
        let (made, now) = (name.to_owned(), self.now);
        self.record(move |store| store.pos_opening_made(&adopted, &made, now))?;
        Ok(match self.unclosed_named(name)? {
            Some(opening) => Ok(opening),
            None => Err(self.retry(Problem::OpeningMissing {
                pos_profile: pos_profile.to_owned(),
            })),
        })
    }

    fn unclosed_named(&self, name: &str) -> Result<Option<PosOpening>, B::Ended> {
        let unclosed = self.ask(|store| store.pos_openings_unclosed())?;
        let mut unclosed = unclosed.into_iter();
        Ok(unclosed.find(|opening| opening.erpnext_name == name))
    }

    /// Whether the closing that carries the count is still to come for the shift of an opening.
    fn awaits_count(&self, opening: &PosOpening) -> Result<bool, B::Ended> {
        let key = opening.shift.key.clone();
        let openings = self.ask(move |store| store.pos_openings_of(&key))?;
        let done =
            |opening: &PosOpening| opening.counted && opening.state == PosOpeningState::Closed;
        Ok(!openings.iter().any(done))
    }

    /// Carries a sale. Where its opening was closed on the site it gets another first, and one of
    /// another day is closed first where the site wants that. The till's profile may have changed
    /// within the shift: opened is that of the sale.
    fn deliver(&mut self, sale: &Sale, entry: &OutboxEntry) -> Result<Outcome, B::Ended> {
        let mut sale = sale.clone();
        if let Some(customer) = &entry.customer {
            // Until now the till called them by its own key.
            sale.customer.clone_from(customer);
        }
        let mut opened = None;
        for _ in 0..MOST_ROUNDS {
            let outcome = Push::sale(&sale, &self.context).run(self.transport);
            let Outcome::Retry { problem, .. } = &outcome else {
                return Ok(outcome);
            };
            let outdated = match problem {
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
                Outcome::Delivered { name } => opened = Some(name),
                // What keeps the opening from being made keeps the sale.
                in_the_way => return Ok(in_the_way),
            }
        }
        Ok(self.retry(Problem::OpeningMissing {
            pos_profile: sale.pos_profile,
        }))
    }

    /// ERPNext has no open one of a profile: whatever was noted as open was closed by hand. What
    /// has its list already is left: its closing tells.
    fn lose_openings(&self, pos_profile: &str) -> Result<(), B::Ended> {
        let pos_profile = pos_profile.to_owned();
        self.record(move |store| {
            for opening in store.pos_openings_unclosed()? {
                if opening.shift.pos_profile == pos_profile
                    && opening.state == PosOpeningState::Open
                {
                    store.pos_opening_lost(opening.id)?;
                }
            }
            Ok(())
        })
    }

    /// Closes a shift: its last opening with the count, any other before.
    fn close_shift(&mut self, closing: &ShiftClosing) -> Result<Outcome, B::Ended> {
        for _ in 0..MOST_ROUNDS {
            let key = closing.shift.clone();
            let (shift, openings) = self.ask(move |store| {
                Ok((store.records().shift(&key)?, store.pos_openings_of(&key)?))
            })?;
            let Some(shift) = shift else {
                let name = closing.shift.clone();
                return Err(StoreError::NotFound {
                    what: "shift",
                    name,
                }
                .into());
            };
            let counted = openings
                .iter()
                .find(|opening| opening.counted && opening.state == PosOpeningState::Closed);
            if let Some(name) = counted.and_then(|opening| opening.closing_name.clone()) {
                return Ok(Outcome::Delivered { name });
            }
            let mut last = None;
            for opening in openings.into_iter().filter(is_unclosed) {
                let is_main = opening.shift.pos_profile == closing.pos_profile
                    && opening.shift.company == closing.company;
                let takes_count = opening.closing.is_none() || opening.counted;
                if is_main && takes_count && last.is_none() {
                    last = Some(opening);
                } else if let Some(in_the_way) = self.close_between(opening)? {
                    return Ok(in_the_way);
                }
            }
            let Some(last) = last else {
                let shift = Shift {
                    pos_profile: closing.pos_profile.clone(),
                    company: closing.company.clone(),
                    ..shift
                };
                match self.open(&shift)? {
                    Outcome::Delivered { .. } => continue,
                    in_the_way => return Ok(in_the_way),
                }
            };
            match self.close(last, Some(closing))? {
                outcome if is_lost(&outcome) => {}
                ended => return Ok(ended),
            }
        }
        Ok(self.retry(Problem::OpeningMissing {
            pos_profile: closing.pos_profile.clone(),
        }))
    }

    /// Closes what was delivered after a shift was closed.
    fn close_late(&mut self, shift: &Shift) -> Result<Outcome, B::Ended> {
        let key = shift.key.clone();
        let openings = self.ask(move |store| store.pos_openings_of(&key))?;
        let mut name = openings
            .iter()
            .rev()
            .find_map(|opening| opening.closing_name.clone())
            .unwrap_or_default();
        for opening in openings.into_iter().filter(is_unclosed) {
            match self.close(opening, None)? {
                Outcome::Delivered { name: closed } => name = closed,
                outcome if is_lost(&outcome) => {}
                in_the_way => return Ok(in_the_way),
            }
        }
        let of_shift = shift.clone();
        let mut later = 0;
        for profile in self.ask(move |store| store.profiles_to_close(&of_shift))? {
            let shift = Shift {
                pos_profile: profile.pos_profile,
                company: profile.company,
                ..shift.clone()
            };
            let left = match self.survey(&shift)? {
                Ok(left) => left,
                Err(in_the_way) => return Ok(in_the_way),
            };
            later += left.later;
            if left.sales.is_empty() {
                continue;
            }
            match self.open(&shift)? {
                Outcome::Delivered { .. } => {}
                in_the_way => return Ok(in_the_way),
            }
            let key = shift.key.clone();
            let openings = self.ask(move |store| store.pos_openings_of(&key))?;
            let opened = openings.into_iter().find(|opening| {
                is_unclosed(opening) && opening.shift.pos_profile == shift.pos_profile
            });
            let outcome = match opened {
                Some(opening) => self.close(opening, None)?,
                None => self.retry(Problem::OpeningMissing {
                    pos_profile: shift.pos_profile.clone(),
                }),
            };
            match outcome {
                Outcome::Delivered { name: closed } => name = closed,
                in_the_way => return Ok(in_the_way),
            }
        }
        Ok(match later {
            0 => Outcome::Delivered { name },
            returns => self.retry(Problem::OriginalsOpen { returns }),
        })
    }

    /// Closes an opening that is not the last of its shift. Answers what is in the way; an opening
    /// that somebody closed by hand is not.
    fn close_between(&mut self, opening: PosOpening) -> Result<Option<Outcome>, B::Ended> {
        Ok(match self.close(opening, None)? {
            Outcome::Delivered { .. } => None,
            outcome if is_lost(&outcome) => None,
            // The document that waits for it is as good as before.
            Outcome::Parked { cause, .. } => Some(self.retry(Problem::ClosingInTheWay { cause })),
            in_the_way => Some(in_the_way),
        })
    }

    /// Closes an opening with what is in ERPNext and comes into no other closing.
    fn close(
        &mut self,
        opening: PosOpening,
        counted: Option<&ShiftClosing>,
    ) -> Result<Outcome, B::Ended> {
        let id = opening.id;
        let mut fixed = opening.closing.as_deref().and_then(Closing::read);
        for _ in 0..MOST_ROUNDS {
            let closing = match fixed.take() {
                Some(closing) => closing,
                None => match self.fix(&opening, counted)? {
                    Ok(closing) => closing,
                    Err(in_the_way) => return Ok(in_the_way),
                },
            };
            let outcome = Push::closing(&closing, &self.context).run(self.transport);
            match &outcome {
                Outcome::Delivered { name } => {
                    let (name, now) = (name.clone(), self.now);
                    self.record(move |store| store.pos_opening_closed(id, &name, now))?;
                    return Ok(outcome);
                }
                outcome if is_lost(outcome) => {
                    self.record(move |store| store.pos_opening_lost(id))?;
                    return Ok(outcome.clone());
                }
                Outcome::Retry {
                    problem: Problem::ClosingOutdated { .. },
                    ..
                } => self.record(move |store| store.pos_opening_unlist(id))?,
                _ => return Ok(outcome),
            }
        }
        Ok(self.retry(Problem::ClosingOutdated {
            shift: opening.shift.number,
        }))
    }

    /// Fixes what the closing of an opening takes.
    fn fix(
        &mut self,
        opening: &PosOpening,
        counted: Option<&ShiftClosing>,
    ) -> Result<Result<Closing, Outcome>, B::Ended> {
        let left = match self.survey(&opening.shift)? {
            Ok(left) => left,
            Err(in_the_way) => return Ok(Err(in_the_way)),
        };
        let closing = Closing::of(&ClosingParts {
            shift: &opening.shift,
            ordinal: opening.ordinal,
            pos_opening_entry: &opening.erpnext_name,
            sales: &left.sales,
            counted,
            now: self.site_now,
        });
        let keys: Vec<String> = left
            .sales
            .iter()
            .map(|(sale, _)| sale.key.clone())
            .collect();
        let (id, json, now) = (opening.id, closing.written(), self.now);
        let counted = counted.is_some();
        self.record(move |store| {
            let list = ClosingList {
                closing: &json,
                counted,
                sales: &keys,
            };
            store.pos_opening_list(id, &list, now)
        })?;
        Ok(Ok(closing))
    }

    /// What a closing of this profile can take.
    fn survey(&mut self, shift: &Shift) -> Result<Result<Left, Outcome>, B::Ended> {
        let of_shift = shift.clone();
        let sales = self.ask(move |store| store.sales_to_close(&of_shift))?;
        let names = sales.iter().map(|(_, name)| name.clone()).collect();
        let surveyed = match Survey::of(names).run(self.transport) {
            Ok(surveyed) => surveyed,
            Err((problem, after)) => {
                let outcome = self.retry(problem);
                return Ok(Err(patient(outcome, after)));
            }
        };
        let Surveyed {
            ready,
            taken,
            later,
            gone,
        } = surveyed;
        let keys = |names: &[String]| -> Vec<String> {
            let of_names = sales.iter().filter(|(_, name)| names.contains(name));
            of_names.map(|(sale, _)| sale.key.clone()).collect()
        };
        let (taken, gone, now) = (keys(&taken), keys(&gone), self.now);
        if !taken.is_empty() || !gone.is_empty() {
            self.record(move |store| {
                store.closed_by_hand(&taken, "closed in ERPNext by hand", now)?;
                store.closed_by_hand(&gone, "cancelled in ERPNext", now)
            })?;
        }
        let mut ready = ready.into_iter();
        let with_state = |(sale, name): (Sale, String)| {
            // Both are in the order of the sales.
            let state = ready
                .as_slice()
                .first()
                .filter(|state| state.name == name)?;
            let state = state.clone();
            ready.next();
            Some((sale, state))
        };
        Ok(Ok(Left {
            sales: sales.into_iter().filter_map(with_state).collect(),
            later: later.len(),
        }))
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

/// What a closing can take, and how many returns wait for their originals to be closed.
struct Left {
    sales: Vec<(Sale, erpnext::push::SurveyedInvoice)>,
    later: usize,
}

fn is_unclosed(opening: &PosOpening) -> bool {
    matches!(
        opening.state,
        PosOpeningState::Open | PosOpeningState::Listed
    )
}

/// What an opening left in the drawer: what its closing expected, or where nobody knows what it
/// took, what it started with.
fn balance_after(opening: &PosOpening, mode_of_payment: &str) -> Option<checkout::money::Money> {
    let closing = opening.closing.as_deref().and_then(Closing::read);
    let closing = closing.filter(|_| opening.state == PosOpeningState::Closed);
    let after = closing.and_then(|closing| {
        let mut balances = closing.balances();
        balances
            .find(|(mode, _)| *mode == mode_of_payment)
            .map(|(_, amount)| amount)
    });
    let before = opening.shift.balance_details.iter();
    after.or_else(|| {
        let mut of_mode = before.filter(|row| row.mode_of_payment == mode_of_payment);
        of_mode.next().map(|row| row.opening_amount)
    })
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
    }
}
