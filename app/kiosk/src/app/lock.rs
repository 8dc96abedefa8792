//! The Lock screen: who, and which PIN.

use std::time::Duration;

use checkout::shift::Cashier;
use checkout::till::Event;
use slint::{ComponentHandle, ModelRc, VecModel};
use store::{Role, StaffMember};

use super::App;
use super::pin_entry::PinEntry;
use crate::screens::manager;
use crate::staff::{self, PinChecked, PinOutcome, PinPurpose};
use crate::ui::{self, Level, TillWindow};

/// What is said where a manager is needed and there is none.
pub(super) const NO_MANAGER: &str =
    "No manager can sign in at this till. Ask whoever set it up to add one.";

impl App {
    /// Those who have a tile on the Lock screen.
    fn who_may_sign_in(&self) -> impl Iterator<Item = &StaffMember> {
        self.staff.iter().filter(|member| member.can_sign_in())
    }

    pub(super) fn cashier_chosen(&mut self, place: usize) {
        let member = self.who_may_sign_in().nth(place).cloned();
        self.lock.choose(member.as_ref());
        self.refresh();
    }

    /// A badge names who is about to type their PIN: on the Lock screen, and while somebody else is
    /// signed in, who leaves then. Says whether the code is a badge.
    pub(super) fn badge_scanned(&mut self, code: &str) -> bool {
        let is_theirs = |member: &&StaffMember| member.badge.as_deref() == Some(code);
        let Some(member) = self.staff.iter().find(is_theirs).cloned() else {
            return false;
        };
        if !self.is_signed_in() {
            self.take_badge(&member);
            return true;
        }
        let here = self.till.as_ref().and_then(|till| till.cashier());
        if here.is_some_and(|here| here.id == member.id) {
            return true;
        }
        self.lock_till();
        self.take_badge(&member);
        true
    }

    fn take_badge(&mut self, member: &StaffMember) {
        self.lock.choose(Some(member));
        if !member.can_sign_in() {
            self.lock.choose(None);
            let sentence = if member.disabled {
                format!("{} may sign in no more.", member.name)
            } else {
                format!(
                    "{} has no PIN yet. A manager gives one under Staff.",
                    member.name
                )
            };
            self.lock.say(Some(Level::Warning), sentence);
        }
        self.refresh();
    }

    pub(super) fn pin_digit(&mut self, digit: &str) {
        self.lock.digit(digit);
        self.refresh();
    }

    pub(super) fn pin_erase(&mut self) {
        self.lock.erase();
        self.refresh();
    }

    pub(super) fn pin_entered(&mut self) {
        let mut entry = std::mem::take(&mut self.lock);
        let member = entry.member(&self.staff);
        self.look_at_pin(&mut entry, member, PinPurpose::SignIn);
        self.lock = entry;
        self.refresh();
    }

    pub(super) fn pin_checked(&mut self, checked: PinChecked) {
        self.reload_staff();
        let PinChecked {
            id,
            purpose,
            outcome,
        } = checked;
        let member = self.staff.iter().find(|member| member.id == id).cloned();
        match (purpose, outcome, member) {
            (PinPurpose::Approval { request }, outcome, member) => {
                self.approval_pin_checked(request, outcome, member);
            }
            (PinPurpose::Manage { request }, outcome, member) => {
                self.access_checked(request, outcome, member);
            }
            (PinPurpose::OwnPin { request }, outcome, _) => self.old_pin_checked(request, outcome),
            (PinPurpose::SignIn, PinOutcome::Right, Some(member)) => {
                self.touched = std::time::Instant::now();
                self.lock = PinEntry::default();
                self.step(Event::SignedIn(cashier(&member)));
            }
            (PinPurpose::SignIn, outcome, _) => {
                self.lock.refused(outcome, "let somebody else sign in");
                self.refresh();
            }
        }
    }

    pub(super) fn lock_till(&mut self) {
        self.lock = PinEntry::default();
        self.reload_favourites();
        self.sales.open = false;
        self.forget_manager();
        self.step(Event::Locked);
    }

    /// The countdown of whoever is chosen; called every second while the till is locked.
    pub(super) fn show_lock(&self, window: &TillWindow) {
        let lock = window.global::<ui::Lock>();
        let tiles: Vec<ui::Cashier> = self.who_may_sign_in().enumerate().map(tile).collect();
        // Setting an equal model would take the focus from whoever has it.
        let shown = lock.get_cashiers();
        if !slint::Model::iter(&shown).eq(tiles.iter().cloned()) {
            lock.set_cashiers(ModelRc::new(VecModel::from(tiles)));
        }
        lock.set_chosen(self.lock.place(self.who_may_sign_in()));
        lock.set_digits(self.lock.digits());
        let wait = self
            .lock
            .member(&self.staff)
            .map_or(Duration::ZERO, staff::wait_of);
        lock.set_blocked(!wait.is_zero());
        lock.set_countdown(manager::staff::countdown(wait).into());
        let (level, sentence) = match (&self.lock.sentence, self.who_may_sign_in().next().is_none())
        {
            (sentence, true) if sentence.is_empty() => (Level::Warning, self.nobody_can_sign_in()),
            (sentence, _) => (self.lock.level.unwrap_or(Level::Neutral), sentence.as_str()),
        };
        lock.set_level(level);
        lock.set_sentence(sentence.into());
        lock.set_can_take_sheet(self.can_take_sheet());
    }

    pub(super) fn reload_staff(&mut self) {
        match self.read.staff() {
            Ok(staff) => self.take_staff(staff),
            Err(error) => tracing::warn!("the staff cannot be read: {error}"),
        }
    }
}

/// Who acts, as sales and the journal keep it.
pub(super) fn cashier(member: &StaffMember) -> Cashier {
    Cashier {
        id: member.id.clone(),
        name: member.name.clone(),
    }
}

/// The tile of somebody who may type a PIN; `place` chooses its colour.
pub(super) fn tile((place, member): (usize, &StaffMember)) -> ui::Cashier {
    ui::Cashier {
        name: member.name.as_str().into(),
        initials: initials(&member.name).into(),
        role: match member.role {
            Role::Cashier => "Cashier".into(),
            Role::Manager => "Manager".into(),
        },
        tone: i32::try_from(place).unwrap_or_default(),
    }
}

fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect()
}
