//! A PIN being typed: on the Lock screen, and where a manager approves something.

use store::StaffMember;
use zeroize::Zeroizing;

use super::App;
use crate::staff::{self, PinOutcome, PinPurpose};
use crate::ui::Level;

/// The longest PIN, as in [`appliance::pin::MAX_DIGITS`].
const LONGEST_PIN: usize = appliance::pin::MAX_DIGITS;

/// Who types, what was typed, and what was said about the last try.
#[derive(Default)]
pub(super) struct PinEntry {
    /// Who was chosen, by the id of the staff.
    pub(super) chosen: Option<String>,
    /// Being looked at; nothing can be typed meanwhile.
    pub(super) checking: bool,
    pub(super) sentence: String,
    pub(super) level: Option<Level>,
    pin: Zeroizing<String>,
}

impl PinEntry {
    /// Somebody who is about to type; what another typed is forgotten. Not while a PIN is looked
    /// at: its answer would be told of the wrong person.
    pub(super) fn choose(&mut self, member: Option<&StaffMember>) {
        if !self.checking {
            *self = Self {
                chosen: member.map(|member| member.id.clone()),
                ..Self::default()
            };
        }
    }

    pub(super) fn digit(&mut self, digit: &str) {
        let one_digit = digit.len() == 1 && digit.bytes().all(|byte| byte.is_ascii_digit());
        if one_digit && self.pin.len() < LONGEST_PIN && !self.checking {
            // Growing would leave copies of the first digits behind in memory.
            if self.pin.is_empty() {
                self.pin.reserve_exact(LONGEST_PIN);
            }
            self.pin.push_str(digit);
            self.sentence.clear();
        }
    }

    pub(super) fn erase(&mut self) {
        if !self.checking {
            self.pin.pop();
        }
    }

    /// Who was chosen, among these.
    pub(super) fn member<'a>(&self, staff: &'a [StaffMember]) -> Option<&'a StaffMember> {
        let chosen = self.chosen.as_ref()?;
        staff.iter().find(|member| member.id == *chosen)
    }

    /// The place of who was chosen among these; -1 for nobody.
    pub(super) fn place<'a>(&self, staff: impl IntoIterator<Item = &'a StaffMember>) -> i32 {
        let is_chosen = |member: &StaffMember| Some(&member.id) == self.chosen.as_ref();
        let place = staff.into_iter().position(is_chosen);
        place
            .and_then(|place| i32::try_from(place).ok())
            .unwrap_or(-1)
    }

    /// How many digits were typed.
    pub(super) fn digits(&self) -> i32 {
        i32::try_from(self.pin.len()).unwrap_or_default()
    }

    /// Says something about what was typed.
    pub(super) fn say(&mut self, level: Option<Level>, sentence: impl Into<String>) {
        self.level = level;
        self.sentence = sentence.into();
    }

    /// What was typed, to be chosen as a PIN.
    pub(super) fn typed(&mut self) -> Zeroizing<String> {
        std::mem::take(&mut self.pin)
    }

    /// The PIN that is to be looked at; `None` where there is nothing to look at yet.
    fn take(&mut self, is_somebody: bool) -> Option<Zeroizing<String>> {
        if !is_somebody {
            self.pin = Zeroizing::default();
            self.say(None, "Tap your name first.");
            return None;
        }
        if self.checking || self.pin.is_empty() {
            return None;
        }
        self.checking = true;
        Some(std::mem::take(&mut self.pin))
    }

    /// What is said about a PIN that opened nothing.
    pub(super) fn refused(&mut self, outcome: PinOutcome, instead: &str) {
        self.checking = false;
        let sentence = match outcome {
            PinOutcome::Right => return,
            PinOutcome::Wrong { left: 0 | 1 } => {
                "Wrong PIN. One more try before a wait.".to_owned()
            }
            PinOutcome::Wrong { left } => {
                format!("Wrong PIN. {left} more tries before a wait.")
            }
            PinOutcome::Wait(_) => format!("Too many wrong PINs. Wait, or {instead}."),
            PinOutcome::Failed(sentence) => sentence,
        };
        self.say(Some(Level::Bad), sentence);
    }
}

impl App {
    /// Has the typed PIN of somebody looked at.
    pub(super) fn look_at_pin(
        &self,
        entry: &mut PinEntry,
        member: Option<&StaffMember>,
        purpose: PinPurpose,
    ) {
        let (Some(pin), Some(member)) = (entry.take(member.is_some()), member) else {
            return;
        };
        let started = staff::check_pin(
            self.store.clone(),
            self.pepper.clone(),
            member.id.clone(),
            purpose,
            pin,
            self.events.clone(),
        );
        if let Err(error) = started {
            entry.checking = false;
            let sentence = format!("The PIN cannot be checked: {error}. Try again.");
            entry.say(Some(Level::Bad), sentence);
        }
    }
}
