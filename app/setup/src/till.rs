//! `evertill-setup till add`: the user that a till signs in to ERPNext with.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use erpnext::{Request, Transport};
use serde_json::{Value, json};

use crate::Error;
use crate::access::{ask, child_rows, rows, text};
use crate::site::ROLE;

/// A till to add.
#[derive(clap::Args)]
pub struct Till {
    /// The e-mail address of the till's user, who needs no mailbox. One user a till: ERPNext lets
    /// only the user who sent sales close their shift.
    #[arg(long)]
    pub user: String,
    /// The name of the till, as people see it in ERPNext.
    #[arg(long)]
    pub name: String,
    /// The POS Profile of the till. One profile a till.
    #[arg(long)]
    pub pos_profile: String,
    /// The file to write `key:secret` to, for this user alone to read. It must not exist.
    #[arg(long, value_name = "FILE")]
    pub write_key: PathBuf,
    /// The till's box is replaced: its user gets a new key and the old one dies.
    #[arg(long)]
    pub replace: bool,
}

/// Creates the user with the role, links the POS Profile, generates the key and writes it to its
/// file. Interrupted, it is finished by giving it again with `--replace`.
///
/// # Errors
/// When the site is not prepared, the profile is missing or another till's, the user is there
/// already and not to be replaced, or the file cannot be made; then nothing was changed. Later,
/// what the site refuses.
pub fn add(site: &mut dyn Transport, till: &Till, report: &mut dyn Write) -> Result<(), Error> {
    let unfit = |what: String, remedy| Err(Error::Till { what, remedy });
    if rows(
        site,
        "Role",
        &["name"],
        &json!([["name", "=", ROLE], ["disabled", "=", 0]]),
    )?
    .is_empty()
    {
        let what = format!("the site has no role {ROLE}");
        return unfit(what, "Give `evertill-setup site prepare` first.");
    }
    let profile = &till.pos_profile;
    let named = json!([["name", "=", profile]]);
    if rows(site, "POS Profile", &["name"], &named)?.is_empty() {
        let what = format!("ERPNext has no POS Profile \"{profile}\"");
        return unfit(what, "Create it in ERPNext, or correct the name.");
    }
    let reading = format!("read the POS Profile {profile}");
    let document = ask(site, &reading, &Request::get("POS Profile", profile))?;
    let mut users = list(&document, "applicable_for_users");
    let filters = json!([["role", "=", ROLE], ["parenttype", "=", "User"]]);
    let tills = child_rows(site, "Has Role", "User", &["parent"], &filters)?;
    let is_till = |user: &str| tills.iter().any(|row| text(row, "parent") == user);
    let other = |row: &&Value| text(row, "user") != till.user && is_till(text(row, "user"));
    if let Some(other) = users.iter().find(other) {
        let what = format!(
            "POS Profile \"{profile}\" is the profile of the till {}",
            text(other, "user")
        );
        return unfit(
            what,
            "Create a POS Profile for each till, or replace that till: give its user and --replace.",
        );
    }
    let named = json!([["name", "=", till.user]]);
    let present = !rows(site, "User", &["name"], &named)?.is_empty();
    if present && !till.replace {
        let what = format!("the user {} is there already", till.user);
        return unfit(
            what,
            "Give another user, or --replace if the till's box is replaced: its old key then dies.",
        );
    }
    // Before the old key dies.
    let mut file = key_file(&till.write_key)?;
    let written = user(site, till, present).and_then(|()| {
        if !users.iter().any(|row| text(row, "user") == till.user) {
            users.push(json!({ "user": till.user, "default": 1 }));
            let body = json!({ "applicable_for_users": users });
            let doing = format!("link the POS Profile {profile} to {}", till.user);
            ask(site, &doing, &Request::update("POS Profile", profile, body))?;
        }
        write_key(site, till, &mut file)
    });
    if let Err(error) = written {
        // An empty file would only be in the way of the next attempt.
        let _ = std::fs::remove_file(&till.write_key);
        return Err(error);
    }
    writeln!(
        report,
        "The till {} is user {} of POS Profile {profile}. Its key is in {}.",
        till.name,
        till.user,
        till.write_key.display()
    )?;
    if present {
        writeln!(report, "The key that the till had before is dead.")?;
    }
    Ok(())
}

/// Creates the user, or gives the role to one that is there.
fn user(site: &mut dyn Transport, till: &Till, present: bool) -> Result<(), Error> {
    let role = json!({ "role": ROLE });
    if !present {
        let body = json!({
            "email": till.user,
            "first_name": till.name,
            "enabled": 1,
            "send_welcome_email": 0,
            "user_type": "System User",
            "roles": [role],
        });
        ask(
            site,
            &format!("create the user {}", till.user),
            &Request::insert("User", body),
        )?;
        return Ok(());
    }
    let doing = format!("give the role {ROLE} to the user {}", till.user);
    let document = ask(site, &doing, &Request::get("User", &till.user))?;
    let mut roles = list(&document, "roles");
    if !roles.iter().any(|row| text(row, "role") == ROLE) {
        roles.push(role);
    }
    let body = json!({ "enabled": 1, "roles": roles });
    ask(site, &doing, &Request::update("User", &till.user, body))?;
    Ok(())
}

/// Generates a secret, with which the one before ends, and writes it with its key.
fn write_key(site: &mut dyn Transport, till: &Till, file: &mut File) -> Result<(), Error> {
    let doing = format!("generate the key of {}", till.user);
    let method = "frappe.core.doctype.user.user.generate_keys";
    let request = Request::call_with(method, json!({ "user": till.user }));
    let generated = ask(site, &doing, &request)?;
    let document = ask(site, &doing, &Request::get("User", &till.user))?;
    let (key, secret) = (text(&document, "api_key"), text(&generated, "api_secret"));
    if key.is_empty() || secret.is_empty() {
        return Err(Error::Unexpected { doing });
    }
    let wrong = |reason| Error::KeyFile {
        path: till.write_key.clone(),
        reason,
    };
    writeln!(file, "{key}:{secret}").map_err(wrong)?;
    file.sync_all().map_err(wrong)
}

/// A new file that this user alone may read.
fn key_file(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path).map_err(|reason| Error::KeyFile {
        path: path.to_owned(),
        reason,
    })
}

fn list(document: &Value, field: &str) -> Vec<Value> {
    let list = document.get(field).and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}
