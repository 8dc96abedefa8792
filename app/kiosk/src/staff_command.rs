//! `evertill staff`: who may sign in, until the till is enrolled from ERPNext.

use std::io::BufRead;
use std::path::Path;

use anyhow::{Context, bail};
use appliance::pin::hash_pin;
use store::{Role, StaffMember};

use crate::config::SecretsConfig;
use crate::start::Folder;

/// Whom to add or change.
#[derive(clap::Args)]
pub struct Arguments {
    /// The name on the tile and on receipts.
    name: String,
    /// May approve what cashiers may not do.
    #[arg(long)]
    manager: bool,
}

/// Adds a person, or gives one of that name another PIN and role. The PIN is the first line of
/// standard input, never an argument: arguments can be read by others.
///
/// # Errors
/// When the folder is in use, or the PIN is none or too easily guessed.
pub fn run(data: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let name = arguments.name.trim();
    if name.is_empty() {
        bail!("the name is empty: evertill staff NAME");
    }
    let mut folder = Folder::open(data, &SecretsConfig::of(data)?)?;
    eprintln!("PIN for {name} (4 to 12 digits):");
    let mut pin = zeroize::Zeroizing::new(String::new());
    std::io::stdin()
        .lock()
        .read_line(&mut pin)
        .context("no PIN was read")?;
    put(
        &mut folder,
        name,
        if arguments.manager {
            Role::Manager
        } else {
            Role::Cashier
        },
        pin.trim(),
    )?;
    eprintln!("{name} can sign in.");
    Ok(())
}

/// Adds a person with a PIN, or changes theirs.
///
/// # Errors
/// When the PIN is none or too easily guessed, or the store cannot be written.
pub fn put(folder: &mut Folder, name: &str, role: Role, pin: &str) -> anyhow::Result<()> {
    let phc = hash_pin(pin, folder.pepper())?;
    let known = folder
        .store()
        .staff()?
        .into_iter()
        .find(|member| member.name == name);
    let known = known.unwrap_or_else(|| StaffMember::local(id_of(name), name, role));
    let member = StaffMember {
        role,
        phc: Some(phc),
        attempts: None,
        ..known
    };
    folder.store().put_staff(&member, jiff::Timestamp::now())?;
    Ok(())
}

/// What the till knows somebody of this name by.
pub fn id_of(name: &str) -> String {
    name.trim().to_lowercase().replace(' ', "-")
}
