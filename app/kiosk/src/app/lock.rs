//! The Lock screen: who, and which PIN.

use std::time::Duration;

use checkout::shift::Cashier;
use checkout::till::Event;
use slint::{ComponentHandle, ModelRc, VecModel};
use store::Role;
use zeroize::Zeroizing;

use super::App;
use crate::staff::{self, PinChecked, PinOutcome};
use crate::ui::{self, Level, TillWindow};

/// The longest PIN, as in [`appliance::pin::MAX_DIGITS`].
const LONGEST_PIN: usize = appliance::pin::MAX_DIGITS;

/// What was done on the Lock screen so far.
#[derive(Default)]
pub(super) struct LockState {
    chosen: Option<usize>,
    pin: Zeroizing<String>,
    checking: bool,
    sentence: String,
    level: Option<Level>,
}

impl App {
    pub(super) fn cashier_chosen(&mut self, place: usize) {
        if self.lock.checking {
            return;
        }
        self.lock = LockState {
            chosen: Some(place),
            ..LockState::default()
        };
        self.refresh();
    }

    pub(super) fn pin_digit(&mut self, digit: &str) {
        let one_digit = digit.len() == 1 && digit.bytes().all(|byte| byte.is_ascii_digit());
        if one_digit && self.lock.pin.len() < LONGEST_PIN && !self.lock.checking {
            // Growing would leave copies of the first digits behind in memory.
            if self.lock.pin.is_empty() {
                self.lock.pin.reserve_exact(LONGEST_PIN);
            }
            self.lock.pin.push_str(digit);
            self.lock.sentence.clear();
            self.refresh();
        }
    }

    pub(super) fn pin_erase(&mut self) {
        if !self.lock.checking {
            self.lock.pin.pop();
            self.refresh();
        }
    }

    pub(super) fn pin_entered(&mut self) {
        let member = self.lock.chosen.and_then(|place| self.staff.get(place));
        let Some(member) = member else {
            self.lock.sentence = "Tap your name first.".to_owned();
            self.lock.pin = Zeroizing::default();
            self.refresh();
            return;
        };
        if self.lock.checking || self.lock.pin.is_empty() {
            return;
        }
        self.lock.checking = true;
        let pin = std::mem::take(&mut self.lock.pin);
        let started = staff::check_pin(
            self.store.clone(),
            self.pepper.clone(),
            member.id.clone(),
            pin,
            self.events.clone(),
        );
        if let Err(error) = started {
            self.lock.checking = false;
            self.lock.sentence = format!("The PIN cannot be checked: {error}. Try again.");
        }
        self.refresh();
    }

    pub(super) fn pin_checked(&mut self, checked: PinChecked) {
        self.lock.checking = false;
        self.reload_staff();
        match checked.outcome {
            PinOutcome::Right => {
                let member = self.staff.iter().find(|member| member.id == checked.id);
                self.touched = std::time::Instant::now();
                if let Some(member) = member {
                    let cashier = Cashier {
                        id: member.id.clone(),
                        name: member.name.clone(),
                    };
                    self.lock = LockState::default();
                    self.step(Event::SignedIn(cashier));
                    return;
                }
            }
            PinOutcome::Wrong { left } => {
                self.lock.level = Some(Level::Bad);
                self.lock.sentence = match left {
                    0 | 1 => "Wrong PIN. One more try before a wait.".to_owned(),
                    left => format!("Wrong PIN. {left} more tries before a wait."),
                };
            }
            PinOutcome::Wait(_) => {
                self.lock.level = Some(Level::Bad);
                self.lock.sentence =
                    "Too many wrong PINs. Wait, or let somebody else sign in.".to_owned();
            }
            PinOutcome::Failed(sentence) => {
                self.lock.level = Some(Level::Bad);
                self.lock.sentence = sentence;
            }
        }
        self.refresh();
    }

    pub(super) fn lock_till(&mut self) {
        self.lock = LockState::default();
        self.reload_favourites();
        self.sales.open = false;
        self.step(Event::Locked);
    }

    /// The countdown of whoever is chosen; called every second while the till is locked.
    pub(super) fn show_lock(&self, window: &TillWindow) {
        let lock = window.global::<ui::Lock>();
        let tile = |(place, member): (usize, &store::StaffMember)| ui::Cashier {
            name: member.name.as_str().into(),
            initials: initials(&member.name).into(),
            role: match member.role {
                Role::Cashier => "Cashier".into(),
                Role::Manager => "Manager".into(),
            },
            tone: i32::try_from(place).unwrap_or_default(),
        };
        let tiles: Vec<ui::Cashier> = self.staff.iter().enumerate().map(tile).collect();
        // Setting an equal model would take the focus from whoever has it.
        let shown = lock.get_cashiers();
        if !slint::Model::iter(&shown).eq(tiles.iter().cloned()) {
            lock.set_cashiers(ModelRc::new(VecModel::from(tiles)));
        }
        let place = self.lock.chosen.and_then(|place| i32::try_from(place).ok());
        lock.set_chosen(place.unwrap_or(-1));
        lock.set_digits(i32::try_from(self.lock.pin.len()).unwrap_or_default());
        let chosen = self.lock.chosen.and_then(|place| self.staff.get(place));
        let wait = chosen.map_or(Duration::ZERO, staff::wait_of);
        lock.set_blocked(!wait.is_zero());
        lock.set_countdown(countdown(wait).into());
        let (level, sentence) = match (&self.lock.sentence, self.staff.is_empty()) {
            (_, true) => (
                Level::Warning,
                "Nobody can sign in yet. Ask whoever set up this till to add its staff.",
            ),
            (sentence, _) => (self.lock.level.unwrap_or(Level::Neutral), sentence.as_str()),
        };
        lock.set_level(level);
        lock.set_sentence(sentence.into());
    }

    fn reload_staff(&mut self) {
        match self.read.staff() {
            Ok(staff) => self.staff = staff,
            Err(error) => tracing::warn!("the staff cannot be read: {error}"),
        }
    }
}

fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect()
}

fn countdown(wait: Duration) -> String {
    let seconds = wait.as_millis().div_ceil(1000);
    if seconds == 0 {
        String::new()
    } else {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}
