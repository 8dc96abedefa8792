//! The opening that a document goes into.

use checkout::money::Money;
use checkout::shift::Shift;
use erpnext::problem::Problem;
use erpnext::push::{
    Closing, OpenOpening, Opening, OpeningRule, Outcome, Push, Strays, opening_balances,
    opening_question, openings_of_earlier_box, strays,
};
use erpnext::request::Transport;
use store::{PosOpening, PosOpeningState};

use super::{Books, Courier, MOST_ROUNDS, patient};

impl<B: Books, T: Transport> Courier<'_, B, T> {
    /// Gets a POS Opening Entry for a shift and its profile.
    pub(super) fn open(&mut self, shift: &Shift) -> Result<Outcome, B::Ended> {
        if let Some(in_the_way) = self.close_earlier_box(shift)? {
            return Ok(in_the_way);
        }
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
                Outcome::Delivered { name, .. } => {
                    // An attempt whose answer was lost may have made it while another balance was
                    // wanted; its closing has to begin with what it says.
                    let made = match self.as_in_erpnext(&name, wanted.shift)? {
                        Ok(made) => made,
                        Err(in_the_way) => return Ok(in_the_way),
                    };
                    let (erpnext_name, now) = (name.clone(), self.now);
                    self.record(move |store| store.pos_opening_made(&made, &erpnext_name, now))?;
                    return Ok(Outcome::Delivered { name, remark: None });
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
                    if is_earlier {
                        if let Some(in_the_way) = self.close_again(&opening.shift.key)? {
                            return Ok(in_the_way);
                        }
                        if self.awaits_count(&opening)? {
                            return Ok(outcome);
                        }
                        if self.unclosed_named(name)?.is_none() {
                            continue;
                        }
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
        let (mut own, unclosed) = self
            .ask(move |store| Ok((store.pos_openings_of(&key)?, store.pos_openings_unclosed()?)))?;
        own.retain(|opening| !opening.earlier_box);
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
                    && !opening.earlier_box
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
    pub(super) fn opening_named(
        &mut self,
        name: &str,
        pos_profile: &str,
        shift: &Shift,
    ) -> Result<Result<PosOpening, Outcome>, B::Ended> {
        if let Some(opening) = self.unclosed_named(name)? {
            return Ok(Ok(opening));
        }
        let adopted = Shift {
            pos_profile: pos_profile.to_owned(),
            ..shift.clone()
        };
        let adopted = match self.as_in_erpnext(name, adopted)? {
            Ok(adopted) => adopted,
            Err(in_the_way) => return Ok(Err(in_the_way)),
        };
        let (made, now) = (name.to_owned(), self.now);
        self.record(move |store| store.pos_opening_made(&adopted, &made, now))?;
        Ok(match self.unclosed_named(name)? {
            Some(opening) => Ok(opening),
            None => Err(self.retry(Problem::OpeningMissing {
                pos_profile: pos_profile.to_owned(),
            })),
        })
    }

    /// Notes the openings that are open in ERPNext for a shift and that nobody noted, and those of
    /// any shift whose closing was cancelled there, open again or not. Answers what is in the way of
    /// knowing them.
    pub(super) fn note_strays(&mut self, shift: &Shift) -> Result<Option<Outcome>, B::Ended> {
        let found = strays(shift, self.context.rule, self.transport);
        let Strays { cancelled, open } = match found {
            Ok(strays) => strays,
            Err((problem, after)) => return Ok(Some(patient(self.retry(problem), after))),
        };
        let now = self.now;
        self.record(move |store| store.pos_closings_cancelled(&cancelled, now))?;
        for opening in open {
            let (name, now) = (opening.name.clone(), self.now);
            self.record(move |store| store.pos_opening_again(&name, now))?;
            if !opening.may_be_of_shift {
                continue;
            }
            let shift = Shift {
                company: opening.company,
                ..shift.clone()
            };
            let noted = self.opening_named(&opening.name, &opening.pos_profile, &shift)?;
            if let Err(in_the_way) = noted {
                return Ok(Some(in_the_way));
            }
        }
        Ok(None)
    }

    /// Closes what the box before this one left open in ERPNext, uncounted, before this one opens
    /// its first. Answers what is in the way.
    fn close_earlier_box(&mut self, shift: &Shift) -> Result<Option<Outcome>, B::Ended> {
        if !self.ask(|store| store.has_opened())? {
            let (rule, today) = (self.context.rule, self.context.today);
            let open = match openings_of_earlier_box(shift, rule, today, self.transport) {
                Ok(open) => open,
                Err((problem, after)) => return Ok(Some(patient(self.retry(problem), after))),
            };
            for OpenOpening {
                name,
                pos_profile,
                company,
                ..
            } in open
            {
                let of_earlier = Shift {
                    pos_profile,
                    company,
                    ..shift.clone()
                };
                let of_earlier = match self.as_in_erpnext(&name, of_earlier)? {
                    Ok(of_earlier) => of_earlier,
                    Err(in_the_way) => return Ok(Some(in_the_way)),
                };
                let now = self.now;
                self.record(move |store| {
                    store.pos_opening_of_earlier_box(&of_earlier, &name, now)
                })?;
            }
        }
        for opening in self.ask(|store| store.pos_openings_unclosed())? {
            if !opening.earlier_box {
                continue;
            }
            match self.close_between(opening)? {
                // It is tried again with the closing of this shift, which waits for it. What this
                // box sells must not, where the site takes a second opening.
                Some(Outcome::Retry {
                    problem: Problem::ClosingInTheWay { .. },
                    ..
                }) if self.context.rule == OpeningRule::Any => {}
                Some(in_the_way) => return Ok(Some(in_the_way)),
                None => {}
            }
        }
        Ok(None)
    }

    /// A shift with the balances that its opening has in ERPNext.
    fn as_in_erpnext(
        &mut self,
        name: &str,
        mut shift: Shift,
    ) -> Result<Result<Shift, Outcome>, B::Ended> {
        let currency = shift.currency();
        let reply = self.transport.send(&opening_question(name));
        let balances = match opening_balances(reply, name, currency) {
            Ok(balances) => balances,
            Err((problem, after)) => return Ok(Err(patient(self.retry(problem), after))),
        };
        for row in &mut shift.balance_details {
            let mut of_mode = balances.iter();
            let of_mode = of_mode.find(|(mode, _)| *mode == row.mode_of_payment);
            row.opening_amount = of_mode.map_or(currency.zero(), |(_, amount)| *amount);
        }
        Ok(Ok(shift))
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

    /// ERPNext has no open one of a profile: whatever was noted as open was closed by hand. What
    /// has its list already is left: its closing tells.
    pub(super) fn lose_openings(&self, pos_profile: &str) -> Result<(), B::Ended> {
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
}

/// What an opening left in the drawer: what its closing expected, or where nobody knows what it
/// took, what it started with.
fn balance_after(opening: &PosOpening, mode_of_payment: &str) -> Option<Money> {
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
