//! Who may sign in.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use crate::column::{from_json, to_json};
use crate::commit::Store;
use crate::error::{Result, StoreError};

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Debug)]
pub struct StaffMember {
    /// What the till knows them by; never shown.
    pub id: String,
    /// What the screen and the receipt call them.
    pub name: String,
    /// The hash of their PIN in the PHC string format.
    pub phc: String,
    /// What they may do.
    pub role: Role,
    /// What the lock-out remembers of wrong PINs, in its own words; `None` for nothing.
    pub attempts: Option<Value>,
}

/// What somebody may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Sells.
    Cashier,
    /// Also approves.
    Manager,
}

impl Store {
    /// Everybody who may sign in, by name.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn staff(&self) -> Result<Vec<StaffMember>> {
        staff(&self.till)
    }

    /// Adds somebody, or changes their name, PIN or role. Wrong PINs stay counted unless the PIN
    /// changed.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn put_staff(&mut self, member: &StaffMember) -> Result<()> {
        let attempts = member.attempts.as_ref().map(to_json).transpose()?;
        self.till
            .prepare_cached(
                "INSERT INTO staff (id, name, phc, role, attempts) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role,
                     phc = excluded.phc,
                     attempts = CASE WHEN staff.phc = excluded.phc
                         THEN staff.attempts ELSE excluded.attempts END",
            )?
            .execute(params![
                member.id,
                member.name,
                member.phc,
                member.role.name(),
                attempts
            ])?;
        Ok(())
    }

    /// Keeps what the lock-out remembers of somebody's wrong PINs; `None` after a right one. Keep
    /// it before the PIN is looked at, so that pulling the plug gains no guess.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is nobody of this id; otherwise what the disk refuses.
    pub fn put_attempts(&mut self, id: &str, attempts: Option<&Value>) -> Result<()> {
        let attempts = attempts.map(to_json).transpose()?;
        let known = self
            .till
            .prepare_cached("UPDATE staff SET attempts = ?2 WHERE id = ?1 RETURNING id")?
            .query_row(params![id, attempts], |_| Ok(()))
            .optional()?;
        known.ok_or_else(|| StoreError::NotFound {
            what: "staff member",
            name: id.to_owned(),
        })
    }
}

/// Everybody who may sign in, by name.
pub(crate) fn staff(till: &Connection) -> Result<Vec<StaffMember>> {
    let mut statement = till.prepare_cached(
        "SELECT id, name, phc, role, attempts FROM staff ORDER BY name COLLATE NOCASE, id",
    )?;
    let mut rows = statement.query([])?;
    let mut staff = Vec::new();
    while let Some(row) = rows.next()? {
        let attempts: Option<String> = row.get(4)?;
        staff.push(StaffMember {
            id: row.get(0)?,
            name: row.get(1)?,
            phc: row.get(2)?,
            role: Role::stored(row.get_ref(3)?.as_str().unwrap_or(""))?,
            attempts: attempts
                .map(|body| from_json(&body, "a staff member"))
                .transpose()?,
        });
    }
    Ok(staff)
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Cashier => "cashier",
            Self::Manager => "manager",
        }
    }

    fn stored(text: &str) -> Result<Self> {
        match text {
            "cashier" => Ok(Self::Cashier),
            "manager" => Ok(Self::Manager),
            _ => Err(StoreError::corrupt(
                "a staff member",
                format!("unknown role {text:?}"),
            )),
        }
    }
}
