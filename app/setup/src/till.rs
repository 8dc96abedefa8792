//! `evertill-setup till add`: the user that a till signs in to ERPNext with.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use erpnext::Transport;
use erpnext::office::{NewTill, TillKey, plan_till};
use zeroize::Zeroizing;

use crate::Error;

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
/// When the till cannot be added ([`plan_till`]) or the file cannot be made; then nothing was
/// changed. Later, what the site refuses.
pub fn add(site: &mut dyn Transport, till: &Till, report: &mut dyn Write) -> Result<(), Error> {
    let plan = plan_till(
        site,
        NewTill {
            user: till.user.clone(),
            name: till.name.clone(),
            pos_profile: till.pos_profile.clone(),
            replace: till.replace,
        },
    )?;
    let replaces = plan.replaces();
    // Before the old key dies.
    let mut file = key_file(&till.write_key)?;
    let written = plan
        .carry_out(site)
        .map_err(Error::from)
        .and_then(|key| write_key(&till.write_key, &mut file, &key));
    if let Err(error) = written {
        // An empty file would only be in the way of the next attempt.
        let _ = std::fs::remove_file(&till.write_key);
        return Err(error);
    }
    writeln!(
        report,
        "The till {} is user {} of POS Profile {}. Its key is in {}.",
        till.name,
        till.user,
        till.pos_profile,
        till.write_key.display()
    )?;
    if replaces {
        writeln!(report, "The key that the till had before is dead.")?;
    }
    Ok(())
}

fn write_key(path: &Path, file: &mut File, key: &TillKey) -> Result<(), Error> {
    let line = Zeroizing::new(format!("{}:{}\n", key.key, *key.secret));
    let written = file
        .write_all(line.as_bytes())
        .and_then(|()| file.sync_all());
    written.map_err(|reason| Error::KeyFile {
        path: path.to_owned(),
        reason,
    })
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
