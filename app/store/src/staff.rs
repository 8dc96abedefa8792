//! Who may sign in.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Value, json};

use crate::column::{from_json, to_json};
use crate::commit::Store;
use crate::error::{Result, StoreError};
use crate::journal::{JournalKind, append};

/// Somebody of the staff.
#[derive(Clone, PartialEq, Debug)]
pub struct StaffMember {
    /// What the till knows them by; never shown.
    pub id: String,
    /// What the screen and the receipt call them.
    pub name: String,
    /// The hash of their PIN in the PHC string format; `None` until they choose one.
    pub phc: Option<String>,
    /// What they may do.
    pub role: Role,
    /// What the lock-out remembers of wrong PINs, in its own words; `None` for nothing.
    pub attempts: Option<Value>,
    /// The code on their badge.
    pub badge: Option<String>,
    /// They may sign in no more.
    pub disabled: bool,
    /// The name of their Employee in ERPNext, which then says what they are called and may do;
    /// `None` for somebody whom this till alone knows.
    pub employee: Option<String>,
}

/// What somebody may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Sells.
    Cashier,
    /// Also approves.
    Manager,
}

impl StaffMember {
    /// Somebody whom this till alone knows, without a PIN or badge yet.
    pub fn local(id: impl Into<String>, name: impl Into<String>, role: Role) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            phc: None,
            role,
            attempts: None,
            badge: None,
            disabled: false,
            employee: None,
        }
    }

    /// Whether they can sign in: they may, and have a PIN.
    pub fn can_sign_in(&self) -> bool {
        !self.disabled && self.phc.is_some()
    }
}

impl Store {
    /// Everybody of the staff, by name.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    pub fn staff(&self) -> Result<Vec<StaffMember>> {
        staff(&self.till)
    }

    /// Adds somebody, or changes what is known of them: for setting a till up, by whoever has its
    /// files. Wrong PINs stay counted unless the PIN changed.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn put_staff(&mut self, member: &StaffMember, at: Timestamp) -> Result<()> {
        let write = self.write()?;
        let known = staff(&write)?
            .into_iter()
            .find(|known| known.id == member.id);
        put(&write, member)?;
        let facts = json!({
            "staff": member.id,
            "name": member.name,
            "role": member.role.name(),
            "disabled": member.disabled,
            "pin_changed": known.and_then(|known| known.phc) != member.phc,
            "by": "command",
        });
        append(&write, JournalKind::Staff, &facts, at)?;
        Ok(write.commit()?)
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
        known.ok_or_else(|| unknown(id))
    }
}

/// Adds or changes somebody.
pub(crate) fn put(till: &Connection, member: &StaffMember) -> Result<()> {
    let attempts = member.attempts.as_ref().map(to_json).transpose()?;
    till.prepare_cached(
        "INSERT INTO staff (id, name, phc, role, attempts, badge, disabled, employee)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role,
             phc = excluded.phc, badge = excluded.badge, disabled = excluded.disabled,
             employee = excluded.employee,
             attempts = CASE WHEN staff.phc = excluded.phc
                 THEN staff.attempts ELSE excluded.attempts END",
    )?
    .execute(params![
        member.id,
        member.name,
        member.phc.as_deref().unwrap_or_default(),
        member.role.name(),
        attempts,
        member.badge,
        member.disabled,
        member.employee,
    ])?;
    Ok(())
}

/// Everybody of the staff, by name.
pub(crate) fn staff(till: &Connection) -> Result<Vec<StaffMember>> {
    let mut statement = till.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM staff ORDER BY name COLLATE NOCASE, id"
    ))?;
    let mut rows = statement.query([])?;
    let mut staff = Vec::new();
    while let Some(row) = rows.next()? {
        staff.push(member(row)?);
    }
    Ok(staff)
}

/// Somebody of the staff.
pub(crate) fn one(till: &Connection, id: &str) -> Result<StaffMember> {
    let mut statement =
        till.prepare_cached(&format!("SELECT {COLUMNS} FROM staff WHERE id = ?1"))?;
    let mut rows = statement.query([id])?;
    match rows.next()? {
        Some(row) => member(row),
        None => Err(unknown(id)),
    }
}

/// What [`member`] reads a row of.
const COLUMNS: &str = "id, name, phc, role, attempts, badge, disabled, employee";

fn member(row: &Row<'_>) -> Result<StaffMember> {
    let attempts: Option<String> = row.get(4)?;
    Ok(StaffMember {
        id: row.get(0)?,
        name: row.get(1)?,
        phc: Some(row.get(2)?).filter(|phc: &String| !phc.is_empty()),
        role: Role::stored(row.get_ref(3)?.as_str().unwrap_or(""))?,
        attempts: attempts
            .map(|body| from_json(&body, "a staff member"))
            .transpose()?,
        badge: row.get(5)?,
        disabled: row.get(6)?,
        employee: row.get(7)?,
    })
}

/// There is nobody of this id.
pub(crate) fn unknown(id: &str) -> StoreError {
    StoreError::NotFound {
        what: "staff member",
        name: id.to_owned(),
    }
}

impl Role {
    /// As it is stored.
    pub(crate) fn name(self) -> &'static str {
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
