//! The closings that take what went into an opening.

use std::time::Duration;

use checkout::sale::Sale;
use checkout::shift::{Shift, ShiftClosing};
use erpnext::problem::Problem;
use erpnext::push::{
    Closing, ClosingParts, EarlierInvoice, Outcome, Push, Survey, Surveyed, SurveyedInvoice,
    earlier_invoices, unclosed_invoices,
};
use erpnext::request::Transport;
use jiff::SignedDuration;
use store::{ClosingList, PosOpening, PosOpeningState, StoreError};

use super::{Books, Courier, MOST_ROUNDS, is_lost, is_unclosed, patient};

/// Of a closing that is in ERPNext's queue for so long somebody should see to its workers.
const LONG_QUEUE: SignedDuration = SignedDuration::from_hours(1);
/// How long it is left alone then.
const STUCK: Duration = Duration::from_secs(3600);

/// What a closing can take, and how many returns wait for their originals to be closed.
struct Left {
    sales: Vec<(Sale, SurveyedInvoice)>,
    later: usize,
}

impl<B: Books, T: Transport> Courier<'_, B, T> {
    /// Closes a shift: its last opening with the count, any other before.
    pub(super) fn close_shift(&mut self, closing: &ShiftClosing) -> Result<Outcome, B::Ended> {
        let key = closing.shift.clone();
        let shift = self.ask(move |store| store.records().shift(&key))?;
        let Some(shift) = shift else {
            let name = closing.shift.clone();
            return Err(StoreError::NotFound {
                what: "shift",
                name,
            }
            .into());
        };
        if let Some(in_the_way) = self.note_strays(&shift)? {
            return Ok(in_the_way);
        }
        for _ in 0..MOST_ROUNDS {
            let key = closing.shift.clone();
            let openings = self.ask(move |store| store.pos_openings_of(&key))?;
            let counted = openings
                .iter()
                .find(|opening| opening.counted && opening.state == PosOpeningState::Closed);
            if let Some(name) = counted.and_then(|opening| opening.closing_name.clone()) {
                return Ok(Outcome::Delivered { name, remark: None });
            }
            let mut last = None;
            for opening in openings.into_iter().filter(is_unclosed) {
                let is_main = !opening.earlier_box
                    && opening.shift.pos_profile == closing.pos_profile
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
                    ..shift.clone()
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
    pub(super) fn close_late(&mut self, shift: &Shift) -> Result<Outcome, B::Ended> {
        if let Some(in_the_way) = self.note_strays(shift)? {
            return Ok(in_the_way);
        }
        if let Some(in_the_way) = self.close_again(&shift.key)? {
            return Ok(in_the_way);
        }
        let key = shift.key.clone();
        let openings = self.ask(move |store| store.pos_openings_of(&key))?;
        let mut name = openings
            .iter()
            .rev()
            .find_map(|opening| opening.closing_name.clone())
            .unwrap_or_default();
        for opening in openings.into_iter().filter(is_unclosed) {
            match self.close(opening, None)? {
                Outcome::Delivered { name: closed, .. } => name = closed,
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
                Outcome::Delivered { name: closed, .. } => name = closed,
                in_the_way => return Ok(in_the_way),
            }
        }
        Ok(match later {
            0 => Outcome::Delivered { name, remark: None },
            returns => self.retry(Problem::OriginalsOpen { returns }),
        })
    }

    /// Closes a shift anew whose closing with the count was cancelled in ERPNext; nothing where it
    /// was not. Answers what is in the way.
    pub(super) fn close_again(&mut self, shift: &str) -> Result<Option<Outcome>, B::Ended> {
        let key = shift.to_owned();
        let Some(closing) = self.ask(move |store| store.count_to_close(&key))? else {
            return Ok(None);
        };
        Ok(match self.close_shift(&closing)? {
            Outcome::Delivered { .. } => None,
            in_the_way => Some(in_the_way),
        })
    }

    /// Closes an opening that is not the last of its shift. Answers what is in the way; an opening
    /// that somebody closed by hand is not.
    pub(super) fn close_between(
        &mut self,
        opening: PosOpening,
    ) -> Result<Option<Outcome>, B::Ended> {
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
                Outcome::Delivered { name, .. } => {
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
                Outcome::Retry {
                    problem: Problem::ClosingQueued { name, is_anew },
                    ..
                } => {
                    let (name, is_anew) = (name.clone(), *is_anew);
                    return self.queued(id, name, is_anew, outcome);
                }
                _ => return Ok(outcome),
            }
        }
        Ok(self.retry(Problem::ClosingOutdated {
            shift: opening.shift.number,
        }))
    }

    /// What it means that the closing of an opening waits in ERPNext's queue: by how long it has
    /// been seen there, whatever kept the till from sending it before.
    fn queued(
        &mut self,
        opening: i64,
        name: String,
        is_anew: bool,
        outcome: Outcome,
    ) -> Result<Outcome, B::Ended> {
        let (queued_as, now) = (name.clone(), self.now);
        let since =
            self.ask(move |store| store.pos_opening_queued(opening, &queued_as, is_anew, now))?;
        if now.duration_since(since) < LONG_QUEUE {
            return Ok(outcome);
        }
        let stuck = self.retry(Problem::ClosingStuck { name });
        Ok(patient(stuck, Some(STUCK)))
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
        let earlier = match self.of_earlier_box(opening)? {
            Ok(earlier) => earlier,
            Err(in_the_way) => return Ok(Err(in_the_way)),
        };
        let closing = Closing::of(&ClosingParts {
            shift: &opening.shift,
            ordinal: opening.ordinal,
            pos_opening_entry: &opening.erpnext_name,
            sales: &left.sales,
            earlier: &earlier,
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

    /// What the box before sent for the profile of an opening, and no closing takes.
    fn of_earlier_box(
        &mut self,
        opening: &PosOpening,
    ) -> Result<Result<Vec<EarlierInvoice>, Outcome>, B::Ended> {
        let Shift {
            pos_profile,
            company,
            ..
        } = &opening.shift;
        let unclosed = match unclosed_invoices(pos_profile, company, self.transport) {
            Ok(unclosed) => unclosed,
            Err((problem, after)) => return Ok(Err(patient(self.retry(problem), after))),
        };
        let keys = unclosed.iter().map(|invoice| invoice.key.clone()).collect();
        let (others, openings) = self
            .ask(move |store| Ok((store.sales_of_others(keys)?, store.pos_openings_unclosed()?)))?;
        // What another closing takes that ERPNext is still consolidating.
        let fixed = openings.iter().filter(|other| other.id != opening.id);
        let fixed = fixed.filter_map(|other| other.closing.as_deref().and_then(Closing::read));
        let fixed: Vec<_> = fixed.flat_map(|closing| closing.invoices).collect();
        let is_fixed = |name: &String| fixed.iter().any(|row| row.pos_invoice == *name);
        let names = unclosed
            .into_iter()
            .filter(|invoice| others.contains(&invoice.key))
            .map(|invoice| invoice.name)
            .filter(|name| !is_fixed(name))
            .collect();
        Ok(earlier_invoices(names, self.transport)
            .map_err(|(problem, after)| patient(self.retry(problem), after)))
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
}
