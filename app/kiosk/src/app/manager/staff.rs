//! The Staff place: who is looked at, and who is being added.

use checkout::shift::Cashier;
use slint::ComponentHandle;
use store::{Role, StaffChange, StaffMember};

use super::super::{App, capitals, lock};
use super::access::Wanted;
use crate::screens::manager::staff::PersonNow;
use crate::staff::{self, wait_of};
use crate::staff_command::id_of;
use crate::ui::{self, Level, StaffPane, TillWindow};

/// The longest name of somebody, in letters.
const LONGEST_NAME: usize = 60;
/// The longest code of a badge.
const LONGEST_BADGE: usize = 64;

/// What is looked at.
#[derive(Default)]
pub(super) struct StaffPlace {
    /// Who, by id.
    chosen: Option<String>,
    adding: bool,
    /// What was done last, or refused.
    said: Option<(Level, String)>,
}

impl App {
    pub(super) fn person_chosen(&mut self, place: i32) {
        let place = usize::try_from(place).ok();
        let member = place.and_then(|place| self.staff.get(place));
        self.manager.staff = StaffPlace {
            chosen: member.map(|member| member.id.clone()),
            ..StaffPlace::default()
        };
        self.manager.new_pin.leave();
        self.refresh();
    }

    fn chosen_id(&self) -> Option<String> {
        self.manager.staff.chosen.clone()
    }

    /// Their own PIN anybody changes with the old one; a manager gives others one.
    pub(super) fn pin_wanted(&mut self) {
        let Some(id) = self.chosen_id() else { return };
        self.manager.staff.said = None;
        let member = self.staff.iter().find(|member| member.id == id).cloned();
        let own = self.here().is_some_and(|here| here.id == id);
        match member {
            Some(member) if own && member.phc.is_some() => {
                self.ask_new_pin(member, &id, false);
                self.refresh();
            }
            Some(_) => self.as_manager(Wanted::GivePin(id)),
            None => {}
        }
    }

    pub(super) fn unlock_wanted(&mut self) {
        if let Some(id) = self.chosen_id() {
            self.as_manager(Wanted::Unlock(id));
        }
    }

    pub(super) fn role_wanted(&mut self) {
        if let Some(id) = self.chosen_id() {
            self.as_manager(Wanted::ChangeRole(id));
        }
    }

    pub(super) fn disable_wanted(&mut self) {
        if let Some(id) = self.chosen_id() {
            self.as_manager(Wanted::ChangeDisabled(id));
        }
    }

    pub(super) fn give_pin(&mut self, by: &Cashier, id: &str) {
        let member = self.staff.iter().find(|member| member.id == *id).cloned();
        if let Some(member) = member {
            // A manager's own PIN was just typed to get here.
            let by = if by.id == *id { "" } else { &by.id };
            let by = by.to_owned();
            self.ask_new_pin(member, &by, false);
        }
    }

    pub(super) fn unlock(&mut self, by: &Cashier, id: &str) {
        let done = format!("{} can try again.", self.name_of(id));
        self.change_staff(by, id, StaffChange::Unlocked, done);
    }

    pub(super) fn change_role(&mut self, by: &Cashier, id: &str) {
        let Some(member) = self.staff.iter().find(|member| member.id == *id) else {
            return;
        };
        let (role, what) = match member.role {
            Role::Cashier => (Role::Manager, "a manager"),
            Role::Manager => (Role::Cashier, "a cashier"),
        };
        let done = format!("{} is {what} now.", member.name);
        self.change_staff(by, id, StaffChange::Role(role), done);
    }

    pub(super) fn change_disabled(&mut self, by: &Cashier, id: &str) {
        let Some(member) = self.staff.iter().find(|member| member.id == *id) else {
            return;
        };
        let done = if member.disabled {
            format!("{} may sign in again.", member.name)
        } else {
            format!("{} may sign in no more.", member.name)
        };
        let disabled = !member.disabled;
        self.change_staff(by, id, StaffChange::Disabled(disabled), done);
    }

    fn change_staff(&mut self, by: &Cashier, id: &str, change: StaffChange, done: String) {
        let request = self.next_request();
        let (id, by, at) = (id.to_owned(), by.id.clone(), (self.clock)());
        let posted = staff::change(
            &self.store,
            request,
            done,
            move |store| store.staff_change(&id, change, &by, at),
            self.events.clone(),
        );
        if let Err(busy) = posted {
            self.told_about_staff(None, Level::Bad, format!("Nothing was changed: {busy}."));
        }
    }

    fn name_of(&self, id: &str) -> &str {
        let member = self.staff.iter().find(|member| member.id == *id);
        member.map_or("Somebody", |member| &member.name)
    }

    /// Something about the staff was done or refused; `id` is who is looked at from now on.
    pub(super) fn told_about_staff(&mut self, id: Option<String>, level: Level, said: String) {
        let place = &mut self.manager.staff;
        place.adding = false;
        place.chosen = id.or_else(|| place.chosen.take());
        place.said = Some((level, said));
    }

    // --- somebody new ----------------------------------------------------------------------------

    pub(super) fn adding_wanted(&mut self) {
        self.as_manager(Wanted::AddPerson);
    }

    pub(super) fn add_person(&mut self) {
        self.manager.staff = StaffPlace {
            adding: true,
            ..StaffPlace::default()
        };
        if let Some(window) = self.window.upgrade() {
            let staff = window.global::<ui::Staff>();
            staff.set_new_name("".into());
            staff.set_new_badge("".into());
            staff.set_new_manager(false);
        }
    }

    pub(super) fn adding_left(&mut self) {
        self.manager.staff = StaffPlace::default();
        self.refresh();
    }

    /// Asks for the PIN of who was described.
    pub(super) fn person_described(&mut self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let by = self.manager.access.opened_by();
        if let (Ok(member), Some(by)) = (self.described(&window), by) {
            self.manager.staff.adding = false;
            self.manager.staff.chosen = None;
            self.ask_new_pin(member, &by, true);
        }
        self.refresh();
    }

    /// Who is described on the screen, or what is wrong with them; nothing while there is no name.
    fn described(&self, window: &TillWindow) -> Result<StaffMember, String> {
        let staff = window.global::<ui::Staff>();
        let (name, badge) = (staff.get_new_name(), staff.get_new_badge());
        let (name, badge) = (capitals(&name), badge.trim().to_owned());
        if name.is_empty() {
            return Err(String::new());
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(format!("A name has at most {LONGEST_NAME} letters."));
        }
        if badge.len() > LONGEST_BADGE {
            return Err("This code is too long for a badge.".to_owned());
        }
        let id = id_of(&name);
        for other in &self.staff {
            if other.id == id || other.name.to_lowercase() == name.to_lowercase() {
                return Err(format!("{} is on the list already.", other.name));
            }
            if !badge.is_empty() && other.badge.as_deref() == Some(&badge) {
                return Err(format!("This badge is {}'s.", other.name));
            }
        }
        let role = if staff.get_new_manager() {
            Role::Manager
        } else {
            Role::Cashier
        };
        Ok(StaffMember {
            badge: Some(badge).filter(|badge| !badge.is_empty()),
            ..StaffMember::local(id, name, role)
        })
    }

    /// A scan while Staff is open: the badge of who is being added, or one that names a person.
    pub(super) fn staff_badge(&mut self, window: &TillWindow, code: &str) -> bool {
        if self.manager.staff.adding {
            let staff = window.global::<ui::Staff>();
            staff.set_new_badge(code.into());
            self.refresh();
            return true;
        }
        let is_theirs = |member: &StaffMember| member.badge.as_deref() == Some(code);
        match self.staff.iter().position(is_theirs) {
            Some(place) => {
                self.person_chosen(i32::try_from(place).unwrap_or(-1));
                true
            }
            None => false,
        }
    }

    pub(super) fn show_staff_place(&self, window: &TillWindow) {
        let here = self.here().map(|here| here.id.as_str());
        let people = self
            .staff
            .iter()
            .enumerate()
            .map(|(place, member)| PersonNow {
                member,
                tile: lock::tile((place, member)),
                wait: wait_of(member),
                is_here: here == Some(&member.id),
            });
        let people: Vec<_> = people.collect();
        self.manager_screen.show_people(&people);
        let place = &self.manager.staff;
        let chosen = place.chosen.as_deref();
        let selected = people
            .iter()
            .position(|person| Some(person.member.id.as_str()) == chosen);
        let staff = window.global::<ui::Staff>();
        staff.set_selected(selected.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1));
        let (level, sentence) = place
            .said
            .as_ref()
            .map_or((Level::Neutral, ""), |(level, said)| {
                (*level, said.as_str())
            });
        staff.set_level(level);
        staff.set_sentence(sentence.into());
        let pane = if self.manager.new_pin.is_open() {
            self.show_new_pin(&window.global::<ui::NewPin>());
            StaffPane::Pin
        } else if place.adding {
            let described = self.described(window);
            staff.set_can_add(described.is_ok());
            staff.set_new_sentence(described.err().unwrap_or_default().into());
            StaffPane::Adding
        } else if let Some(person) = selected.and_then(|at| people.get(at)) {
            self.manager_screen.show_person(window, person);
            StaffPane::Person
        } else {
            StaffPane::Nobody
        };
        staff.set_pane(pane);
    }
}
