//! Changing who may sign in, each change with its entry in the journal.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use crate::column::{from_json, timestamp, to_json};
use crate::commit::Store;
use crate::error::{Result, StoreError};
use crate::journal::{JournalKind, append};
use crate::records::Records;
use crate::staff::{Role, StaffMember, one, put, staff};

/// How the time ended in which managers could choose their PINs anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChoiceEnd {
    /// At least one has chosen.
    Chosen,
    /// Nobody did in time.
    Lapsed,
}

/// That the managers may choose their PINs anew.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManagersChoose {
    /// Since when.
    pub since: Timestamp,
    /// The hashes of the PINs that there were then: a manager with another has chosen.
    pub forgotten: Vec<String>,
}

/// What a manager changes about somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StaffChange {
    /// What they may do.
    Role(Role),
    /// Whether they may sign in no more.
    Disabled(bool),
    /// Their wrong PINs are forgotten: they may try again at once.
    Unlocked,
}

impl Store {
    /// Adds somebody whom this till alone knows. `by` is who did it, by id.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when somebody has that name or that badge already, with a
    /// sentence for the screen; otherwise what the disk refuses.
    pub fn staff_add(&mut self, member: &StaffMember, by: &str, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        for other in staff(&write)? {
            if other.id == member.id || other.name.to_lowercase() == member.name.to_lowercase() {
                let problem = format!(
                    "{} is on the list already. Choose another name.",
                    other.name
                );
                return Err(StoreError::Refused(problem));
            }
            if member.badge.is_some() && other.badge == member.badge {
                let problem = format!("This badge is {}'s. Scan another one.", other.name);
                return Err(StoreError::Refused(problem));
            }
        }
        put(&write, member)?;
        let facts = json!({
            "staff": member.id,
            "name": member.name,
            "added_as": member.role.name(),
            "by": by,
        });
        append(&write, JournalKind::Staff, &facts, at)?;
        Ok(write.commit()?)
    }

    /// Gives somebody a PIN, by its hash. Their wrong PINs are forgotten. `by` is who did it, by
    /// id: themself or a manager.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is nobody of this id; otherwise what the disk refuses.
    pub fn staff_set_pin(&mut self, id: &str, phc: &str, by: &str, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        one(&write, id)?;
        write
            .prepare_cached(
                "UPDATE staff SET phc = ?2, attempts = NULL, pin_set_at = ?3 WHERE id = ?1",
            )?
            .execute(params![id, phc, at.as_millisecond()])?;
        let facts = json!({ "staff": id, "pin_set_by": by });
        append(&write, JournalKind::Staff, &facts, at)?;
        Ok(write.commit()?)
    }

    /// Lets the managers choose their PINs anew, because no one of them knows theirs and whoever
    /// looks after the till has proved to be that with a new sheet, which the site knows as `sheet`.
    /// It stays so until [`Store::managers_choose_no_more`]: until one has, or their time is over,
    /// which begins now.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn let_managers_choose(&mut self, sheet: &str, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        let forgotten = to_json(&pins(&write)?)?;
        write.execute(
            "INSERT INTO managers_choose (id, since, forgotten) VALUES (1, ?1, ?2)
             ON CONFLICT (id) DO UPDATE
             SET since = excluded.since, forgotten = excluded.forgotten",
            params![at.as_millisecond(), forgotten],
        )?;
        let facts = json!({ "managers_choose_their_pins": true, "sheet": sheet });
        append(&write, JournalKind::Staff, &facts, at)?;
        Ok(write.commit()?)
    }

    /// PINs are what managers give again.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn managers_choose_no_more(&mut self, end: ChoiceEnd, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        write.execute("DELETE FROM managers_choose", [])?;
        let because = match end {
            ChoiceEnd::Chosen => "chosen",
            ChoiceEnd::Lapsed => "nobody chose in time",
        };
        let facts = json!({ "managers_choose_their_pins": false, "because": because });
        append(&write, JournalKind::Staff, &facts, at)?;
        Ok(write.commit()?)
    }

    /// Changes what somebody may do. `by` is who did it, by id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is nobody of this id; [`StoreError::Refused`] for
    /// the role of an Employee, which ERPNext says, and for the last manager who can sign in;
    /// otherwise what the disk refuses.
    pub fn staff_change(
        &mut self,
        id: &str,
        change: StaffChange,
        by: &str,
        at: Timestamp,
    ) -> Result<()> {
        let write = self.write()?;
        let before = one(&write, id)?;
        let mut after = before.clone();
        match change {
            StaffChange::Role(role) => after.role = role,
            StaffChange::Disabled(disabled) => after.disabled = disabled,
            StaffChange::Unlocked => {}
        }
        if before.employee.is_some() && change != StaffChange::Unlocked {
            let problem = format!(
                "What {} may do is said by their Employee in ERPNext. Change it there.",
                before.name
            );
            return Err(StoreError::Refused(problem));
        }
        let manages = |member: &StaffMember| member.role == Role::Manager && member.can_sign_in();
        if manages(&before) && !manages(&after) {
            let others = staff(&write)?;
            if !others.iter().any(|other| other.id != id && manages(other)) {
                let problem = format!(
                    "{} is the only manager who can sign in. Make another one first.",
                    before.name
                );
                return Err(StoreError::Refused(problem));
            }
        }
        write
            .prepare_cached(
                "UPDATE staff SET role = ?2, disabled = ?3,
                     attempts = CASE WHEN ?4 THEN NULL ELSE attempts END WHERE id = ?1",
            )?
            .execute(params![
                id,
                after.role.name(),
                after.disabled,
                change == StaffChange::Unlocked
            ])?;
        append(&write, JournalKind::Staff, &facts(id, change, by), at)?;
        Ok(write.commit()?)
    }
}

impl Records<'_> {
    /// That the managers may choose their PINs anew; `None` where they may not.
    ///
    /// # Errors
    /// [`StoreError`] when that cannot be read.
    pub fn managers_may_choose(&self) -> Result<Option<ManagersChoose>> {
        let kept: Option<(i64, Option<String>)> = self
            .till
            .prepare_cached("SELECT since, forgotten FROM managers_choose")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((since, forgotten)) = kept else {
            return Ok(None);
        };
        Ok(Some(ManagersChoose {
            since: timestamp(since, "the staff")?,
            forgotten: match forgotten {
                Some(forgotten) => from_json(&forgotten, "the staff")?,
                None => pins(self.till)?,
            },
        }))
    }
}

/// The hashes of everybody's PINs.
fn pins(till: &Connection) -> Result<Vec<String>> {
    Ok(staff(till)?.into_iter().filter_map(|one| one.phc).collect())
}

fn facts(id: &str, change: StaffChange, by: &str) -> Value {
    match change {
        StaffChange::Role(role) => json!({ "staff": id, "role": role.name(), "by": by }),
        StaffChange::Disabled(disabled) => json!({ "staff": id, "disabled": disabled, "by": by }),
        StaffChange::Unlocked => json!({ "staff": id, "unlocked": true, "by": by }),
    }
}
