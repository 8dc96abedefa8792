//! The staff whom ERPNext names, and the PINs that tills share through their Employees.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;

use crate::column::timestamp;
use crate::commit::Store;
use crate::error::Result;
use crate::journal::{JournalKind, append};
use crate::staff::{Role, StaffMember, put, staff};

/// An Employee with a role at tills.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StaffOfSite {
    /// The name of the document.
    pub employee: String,
    /// What people call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The hash of their PIN, as the document has it.
    pub phc: Option<String>,
    /// Whether it was made with the key of this till's shop. Another one opens nothing here and
    /// takes nobody's PIN away; a PIN that is chosen here after it takes its place.
    pub is_usable: bool,
    /// The code on their badge.
    pub badge: Option<String>,
    /// When the document was changed last.
    pub modified: Timestamp,
}

/// A PIN that was chosen at this till and that the Employee does not have yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PinToShare {
    /// Whose, by id.
    pub id: String,
    /// The name of their Employee.
    pub employee: String,
    /// The hash.
    pub phc: String,
    /// The hash that the Employee had when it was looked at last. Another one there now is to be
    /// downloaded first.
    pub seen: Option<String>,
}

/// What a row of the staff says about sharing.
struct Sharing {
    phc: Option<String>,
    seen: Option<String>,
    set_at: Option<Timestamp>,
}

impl Store {
    /// Takes over whom ERPNext names. Employees who are not among them any more may sign in no
    /// more. A PIN chosen here that ERPNext does not have yet stays, unless the Employee was given
    /// another one after that. Says whether anything changed.
    ///
    /// # Errors
    /// What the disk refuses; then nothing is taken over.
    pub fn staff_of_site(&mut self, employees: &[StaffOfSite], at: Timestamp) -> Result<bool> {
        let write = self.write()?;
        let before = staff(&write)?;
        for employee in employees {
            take_over(&write, &before, employee)?;
        }
        let named: HashSet<&str> = employees.iter().map(|one| one.employee.as_str()).collect();
        for member in &before {
            let gone = member
                .employee
                .as_ref()
                .is_some_and(|employee| !named.contains(employee.as_str()));
            if gone {
                write
                    .prepare_cached("UPDATE staff SET disabled = 1 WHERE id = ?1")?
                    .execute([&member.id])?;
            }
        }
        let after = staff(&write)?;
        for member in after.iter().filter(|member| !before.contains(member)) {
            let known = before.iter().find(|known| known.id == member.id);
            let facts = json!({
                "staff": member.id,
                "name": member.name,
                "role": member.role.name(),
                "disabled": member.disabled,
                "pin_changed": known.and_then(|known| known.phc.as_ref()) != member.phc.as_ref(),
                "by": "ERPNext",
            });
            append(&write, JournalKind::Staff, &facts, at)?;
        }
        write.commit()?;
        Ok(after != before)
    }

    /// The PINs that were chosen here and that ERPNext does not have yet.
    ///
    /// # Errors
    /// [`crate::StoreError`] when they cannot be read.
    pub fn pins_to_share(&self) -> Result<Vec<PinToShare>> {
        let mut statement = self.till.prepare_cached(
            "SELECT id, employee, phc, shared_phc FROM staff
             WHERE employee IS NOT NULL AND pin_set_at IS NOT NULL AND phc <> '' AND disabled = 0
             ORDER BY id",
        )?;
        let pins = statement.query_map([], |row| {
            Ok(PinToShare {
                id: row.get(0)?,
                employee: row.get(1)?,
                phc: row.get(2)?,
                seen: row.get(3)?,
            })
        })?;
        Ok(pins.collect::<rusqlite::Result<_>>()?)
    }

    /// ERPNext has this PIN now. One that was chosen since stays to be shared.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn pin_shared(&mut self, id: &str, phc: &str) -> Result<()> {
        self.till
            .prepare_cached(
                "UPDATE staff SET shared_phc = ?2,
                     pin_set_at = CASE WHEN phc = ?2 THEN NULL ELSE pin_set_at END WHERE id = ?1",
            )?
            .execute([id, phc])?;
        Ok(())
    }
}

fn take_over(write: &Connection, before: &[StaffMember], employee: &StaffOfSite) -> Result<()> {
    let known = before
        .iter()
        .find(|member| member.employee.as_deref() == Some(&employee.employee));
    let id = known.map_or(&employee.employee, |member| &member.id);
    let sharing = sharing(write, id)?;
    let (phc, set_at) = settle(&sharing, employee);
    let member = StaffMember {
        id: id.clone(),
        name: employee.name.clone(),
        phc,
        role: employee.role,
        attempts: None,
        badge: employee.badge.clone(),
        disabled: false,
        employee: Some(employee.employee.clone()),
    };
    put(write, &member)?;
    write
        .prepare_cached("UPDATE staff SET shared_phc = ?2, pin_set_at = ?3 WHERE id = ?1")?
        .execute(params![
            id,
            employee.phc,
            set_at.map(|at| at.as_millisecond())
        ])?;
    Ok(())
}

fn sharing(write: &Connection, id: &str) -> Result<Sharing> {
    type Columns = (String, Option<String>, Option<i64>);
    let row: Option<Columns> = write
        .prepare_cached("SELECT phc, shared_phc, pin_set_at FROM staff WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((phc, seen, set_at)) = row else {
        return Ok(Sharing {
            phc: None,
            seen: None,
            set_at: None,
        });
    };
    Ok(Sharing {
        phc: Some(phc).filter(|phc| !phc.is_empty()),
        seen,
        set_at: set_at
            .map(|at| timestamp(at, "a staff member"))
            .transpose()?,
    })
}

/// Which PIN holds, and since when it waits to be shared.
fn settle(sharing: &Sharing, employee: &StaffOfSite) -> (Option<String>, Option<Timestamp>) {
    let of_site = employee.phc.clone();
    let ours = sharing.phc.clone();
    let is_foreign = of_site.is_some() && !employee.is_usable;
    if of_site == ours {
        // From before the till had its present key: it opens nothing any more.
        return (ours.filter(|_| !is_foreign), None);
    }
    match sharing.set_at {
        // Chosen here and not told yet. Another PIN that came there meanwhile is the newer one
        // where the document was changed after that.
        Some(at) if of_site == sharing.seen || at >= employee.modified => (ours, Some(at)),
        // Tills with another key go on with theirs, and this one with its own.
        _ if is_foreign => (ours, None),
        Some(_) => (of_site, None),
        // Emptied in ERPNext: they are to choose a new one.
        None if of_site.is_none() && sharing.seen.is_none() => (ours, None),
        None => (of_site, None),
    }
}
