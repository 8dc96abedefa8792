//! Who may sign in.

use std::time::Duration;

use slint::ComponentHandle;
use store::{Role, StaffMember};

use super::{ManagerScreen, fact};
use crate::screens::update;
use crate::ui::{self, Cashier, Fact, Level, Person, TillWindow};

/// Somebody of the staff, as they are now.
pub struct PersonNow<'a> {
    /// Who.
    pub member: &'a StaffMember,
    /// Their tile.
    pub tile: Cashier,
    /// How long they must wait after wrong PINs; zero for not at all.
    pub wait: Duration,
    /// They are signed in.
    pub is_here: bool,
}

impl ManagerScreen {
    /// Shows the list.
    pub fn show_people(&self, people: &[PersonNow<'_>]) {
        update(&self.people, people.iter().map(person).collect());
    }

    /// Shows what is known of one person, and what may be done.
    pub fn show_person(&self, window: &TillWindow, person: &PersonNow<'_>) {
        let member = person.member;
        let staff = window.global::<ui::Staff>();
        staff.set_name(member.name.as_str().into());
        update(&self.person, facts(person));
        staff.set_pin_action(match (member.disabled, person.is_here, &member.phc) {
            (true, ..) => "".into(),
            (_, true, Some(_)) => "Change my PIN".into(),
            (_, _, Some(_)) => "Give a new PIN".into(),
            (_, _, None) => "Choose a PIN".into(),
        });
        staff.set_can_unlock(!person.wait.is_zero());
        let is_local = member.employee.is_none();
        staff.set_role_action(match (is_local && !member.disabled, member.role) {
            (false, _) => "".into(),
            (true, Role::Cashier) => "Make a manager".into(),
            (true, Role::Manager) => "Make a cashier".into(),
        });
        staff.set_disable_action(match (is_local && !person.is_here, member.disabled) {
            (false, _) => "".into(),
            (true, false) => "Let in no more".into(),
            (true, true) => "Let in again".into(),
        });
    }
}

/// A person for a list of them.
pub fn person(person: &PersonNow<'_>) -> Person {
    let member = person.member;
    let (state, level) = if member.disabled {
        ("Left".to_owned(), Level::Neutral)
    } else if member.phc.is_none() {
        ("No PIN yet".to_owned(), Level::Warning)
    } else if person.wait.is_zero() {
        (String::new(), Level::Neutral)
    } else {
        (format!("Locked {}", countdown(person.wait)), Level::Bad)
    };
    Person {
        cashier: person.tile.clone(),
        state: state.into(),
        level,
        off: member.disabled,
    }
}

fn facts(person: &PersonNow<'_>) -> Vec<Fact> {
    let member = person.member;
    let mut facts = vec![
        fact(
            "May",
            match (member.disabled, member.role) {
                (true, _) => "Not sign in any more",
                (_, Role::Cashier) => "Sell",
                (_, Role::Manager) => "Sell and approve",
            },
        ),
        fact(
            "Known from",
            match &member.employee {
                Some(employee) => format!("ERPNext, Employee {employee}"),
                None => "This till alone".to_owned(),
            },
        ),
        fact(
            "PIN",
            if member.phc.is_some() {
                "Chosen"
            } else {
                "Not chosen yet"
            },
        ),
        fact(
            "Badge",
            if member.badge.is_some() {
                "Has one"
            } else {
                "None"
            },
        ),
    ];
    if !person.wait.is_zero() {
        facts.push(fact(
            "Wrong PINs",
            format!("Wait {}", countdown(person.wait)),
        ));
    }
    facts
}

/// What is left of a wait: `0:27`; empty for nothing.
pub fn countdown(wait: Duration) -> String {
    let seconds = wait.as_millis().div_ceil(1000);
    if seconds == 0 {
        String::new()
    } else {
        format!("{}:{:02}", seconds / 60, seconds % 60)
    }
}
