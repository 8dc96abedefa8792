//! Choosing a PIN: the old one first where it is one's own, then the new one, twice.

use store::StaffMember;
use zeroize::Zeroizing;

use super::super::App;
use super::super::pin_entry::PinEntry;
use crate::screens::manager::staff::countdown;
use crate::staff::{self, PinOutcome, PinPurpose, StaffChanged};
use crate::ui::{self, Level};

/// A PIN that is being chosen.
#[derive(Default)]
pub(in crate::app) struct NewPin {
    whose: Option<Whose>,
    step: Step,
    entry: PinEntry,
    /// Which question to another thread is open.
    request: u64,
}

/// Who gets it.
struct Whose {
    member: StaffMember,
    /// Who gives it, by id.
    by: String,
    /// They are added with it.
    is_new: bool,
    /// They type the old one first.
    has_old: bool,
}

#[derive(Default)]
enum Step {
    /// The old PIN.
    #[default]
    Old,
    /// The new one.
    New,
    /// The new one, again.
    Again(Zeroizing<String>),
    /// It is being kept.
    Keeping,
}

impl NewPin {
    /// Whether one is being chosen.
    pub(in crate::app) fn is_open(&self) -> bool {
        self.whose.is_some()
    }

    /// Leaves it; what was typed is wiped.
    pub(in crate::app) fn leave(&mut self) {
        *self = Self::default();
    }
}

impl App {
    /// Asks for a new PIN. `by` gives it, by id; whoever changes their own types the old one first.
    pub(in crate::app) fn ask_new_pin(&mut self, member: StaffMember, by: &str, is_new: bool) {
        let has_old = member.id == by && member.phc.is_some() && !is_new;
        let mut entry = PinEntry::default();
        entry.choose(Some(&member));
        self.manager.new_pin = NewPin {
            step: if has_old { Step::Old } else { Step::New },
            whose: Some(Whose {
                member,
                by: by.to_owned(),
                is_new,
                has_old,
            }),
            entry,
            request: 0,
        };
    }

    pub(in crate::app) fn new_pin_digit(&mut self, digit: &str) {
        self.manager.new_pin.entry.digit(digit);
        self.refresh();
    }

    pub(in crate::app) fn new_pin_erase(&mut self) {
        self.manager.new_pin.entry.erase();
        self.refresh();
    }

    pub(in crate::app) fn new_pin_left(&mut self) {
        self.manager.new_pin.leave();
        self.refresh();
    }

    pub(in crate::app) fn new_pin_entered(&mut self) {
        let mut new_pin = std::mem::take(&mut self.manager.new_pin);
        match std::mem::take(&mut new_pin.step) {
            Step::Old => {
                let request = self.next_request();
                new_pin.request = request;
                let member = new_pin.entry.member(&self.staff);
                self.look_at_pin(&mut new_pin.entry, member, PinPurpose::OwnPin { request });
            }
            Step::New => new_pin.first_typed(),
            Step::Again(first) => {
                if let Some(pin) = new_pin.second_typed(first) {
                    new_pin.request = self.next_request();
                    self.keep_new_pin(&mut new_pin, pin);
                }
            }
            Step::Keeping => new_pin.step = Step::Keeping,
        }
        self.manager.new_pin = new_pin;
        self.refresh();
    }

    fn keep_new_pin(&self, new_pin: &mut NewPin, pin: Zeroizing<String>) {
        let Some(whose) = &new_pin.whose else { return };
        let (member, by, is_new) = (whose.member.clone(), whose.by.clone(), whose.is_new);
        let at = (self.clock)();
        let done = if is_new {
            format!("{} can sign in.", member.name)
        } else {
            format!("{} has a new PIN.", member.name)
        };
        let take = move |store: &mut store::Store, phc: String| {
            if is_new {
                let member = StaffMember {
                    phc: Some(phc),
                    ..member
                };
                store.staff_add(&member, &by, at)
            } else {
                store.staff_set_pin(&member.id, &phc, &by, at)
            }
        };
        let started = staff::choose_pin(
            self.store.clone(),
            self.pepper.clone(),
            pin,
            new_pin.request,
            done,
            take,
            self.events.clone(),
        );
        match started {
            Ok(()) => new_pin.step = Step::Keeping,
            Err(error) => new_pin.begin_again(format!("The PIN cannot be kept: {error}.")),
        }
    }

    /// The old PIN was looked at.
    pub(in crate::app) fn old_pin_checked(&mut self, request: u64, outcome: PinOutcome) {
        let new_pin = &mut self.manager.new_pin;
        if request != new_pin.request || !matches!(new_pin.step, Step::Old) {
            return;
        }
        match (&new_pin.whose, outcome) {
            (Some(whose), PinOutcome::Right) => {
                let mut entry = PinEntry::default();
                entry.choose(Some(&whose.member));
                new_pin.entry = entry;
                new_pin.step = Step::New;
            }
            (_, outcome) => new_pin
                .entry
                .refused(outcome, "ask a manager for a new PIN"),
        }
        self.touched();
        self.refresh();
    }

    /// The new PIN was kept, or not; or something else of the staff was changed.
    pub(in crate::app) fn new_pin_taken(&mut self, changed: StaffChanged) {
        let StaffChanged { request, outcome } = changed;
        if request == 0 {
            // Nobody here asked: the staff came from ERPNext, which shuts nobody's pad.
            if let Err(reason) = outcome {
                tracing::warn!("the staff from ERPNext was not taken over: {reason}");
            }
            return;
        }
        let new_pin = &mut self.manager.new_pin;
        if new_pin.is_open() && request == new_pin.request {
            match outcome {
                Ok(done) => {
                    let id = new_pin.whose.as_ref().map(|whose| whose.member.id.clone());
                    new_pin.leave();
                    self.told_about_staff(id, Level::Good, done);
                }
                Err(reason) => new_pin.begin_again(reason),
            }
        } else if request == self.manager.requests {
            let (level, sentence) = match outcome {
                Ok(done) => (Level::Good, done),
                Err(reason) => (Level::Bad, reason),
            };
            self.told_about_staff(None, level, sentence);
        }
    }

    pub(in crate::app) fn show_new_pin(&self, ui: &ui::NewPin<'_>) {
        let new_pin = &self.manager.new_pin;
        let Some(whose) = &new_pin.whose else { return };
        let is_own = whose.has_old;
        ui.set_title(if is_own {
            "Change your PIN".into()
        } else {
            format!("A PIN for {}", whose.member.name).into()
        });
        let steps = if is_own { 3 } else { 2 };
        let (step, prompt, enter) = match &new_pin.step {
            Step::Old => (1, "Type the PIN that you have now.", "Next"),
            Step::New if is_own => (2, "Type the new PIN, 4 to 12 digits.", "Next"),
            Step::New => (
                1,
                "Let them type a PIN that only they know, 4 to 12 digits.",
                "Next",
            ),
            Step::Again(_) => (steps, "Type it again.", "Set the PIN"),
            Step::Keeping => (steps, "One moment.", "Set the PIN"),
        };
        ui.set_step(step);
        ui.set_steps(steps);
        ui.set_prompt(prompt.into());
        ui.set_enter_text(enter.into());
        ui.set_digits(new_pin.entry.digits());
        ui.set_level(new_pin.entry.level.unwrap_or(Level::Neutral));
        ui.set_sentence(new_pin.entry.sentence.as_str().into());
        ui.set_busy(matches!(new_pin.step, Step::Keeping) || new_pin.entry.checking);
        let wait = match new_pin.step {
            Step::Old => new_pin.entry.member(&self.staff).map(staff::wait_of),
            _ => None,
        };
        let wait = wait.unwrap_or_default();
        ui.set_blocked(!wait.is_zero());
        ui.set_countdown(countdown(wait).into());
    }
}

impl NewPin {
    fn first_typed(&mut self) {
        self.step = Step::New;
        let pin = self.entry.typed();
        if pin.is_empty() {
            return;
        }
        match appliance::pin::check_new_pin(&pin) {
            Ok(()) => self.step = Step::Again(pin),
            Err(error) => self.entry.say(Some(Level::Warning), said(&error)),
        }
    }

    /// The PIN, when both were the same.
    fn second_typed(&mut self, first: Zeroizing<String>) -> Option<Zeroizing<String>> {
        let again = self.entry.typed();
        if again.is_empty() {
            self.step = Step::Again(first);
            return None;
        }
        if *again == *first {
            self.step = Step::Again(first);
            return Some(again);
        }
        self.begin_again("The two PINs were not the same. Choose one again.".to_owned());
        None
    }

    fn begin_again(&mut self, sentence: String) {
        self.step = Step::New;
        self.entry.say(Some(Level::Bad), sentence);
    }
}

/// A refusal as a sentence.
fn said(error: &appliance::ApplianceError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase());
    first
        .into_iter()
        .flatten()
        .chain(letters)
        .chain(['.'])
        .collect()
}
