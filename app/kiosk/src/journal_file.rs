//! Checking the journal and taking it away, on threads of their own: a till that has sold for years
//! has a long one.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use store::{JournalBroken, JournalProof, ReadStore};

use crate::journal_command::{self, Exported};
use crate::queue::{Message, Sender};

/// Where people's sticks are mounted: by a desktop, and on the appliance.
const STICKS: [&str; 3] = ["/media/", "/run/media/", "/mnt/usb"];
/// The table of what is mounted.
const MOUNTS: &str = "/proc/self/mounts";
/// The folder in the data folder that exports go into where there is no stick.
const EXPORTS: &str = "exports";

/// What became of the journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JournalDone {
    /// It was checked; an error says why it could not be.
    Checked(Result<Result<JournalProof, JournalBroken>, String>),
    /// It was written to this file, or not, and why.
    Exported(Result<String, String>),
}

/// Somewhere the journal can be written to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// What people call it.
    pub label: String,
    /// The folder.
    pub folder: PathBuf,
}

/// Where the journal of a data folder can be written to: sticks first.
pub fn targets(data: &Path) -> Vec<Target> {
    let mut targets = sticks_now();
    targets.push(Target {
        label: "This till's disk".to_owned(),
        folder: data.join(EXPORTS),
    });
    targets
}

/// The sticks that are in now.
pub fn sticks_now() -> Vec<Target> {
    let mounts = fs::read_to_string(MOUNTS).unwrap_or_default();
    sticks(&mounts).collect()
}

/// The sticks in a table of mounts, each with its name.
fn sticks(mounts: &str) -> impl Iterator<Item = Target> {
    let folders = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .map(plain)
        .filter(|folder| STICKS.iter().any(|place| folder.starts_with(place)));
    folders.map(|folder| {
        let folder = PathBuf::from(folder);
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        Target {
            label: format!("USB stick {name}"),
            folder,
        }
    })
}

/// A folder's name without the escapes of the table: a space is written as `\040`.
fn plain(escaped: &str) -> String {
    let mut parts = escaped.split('\\');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part
            .get(..3)
            .and_then(|code| u8::from_str_radix(code, 8).ok());
        match (code, part.get(3..)) {
            (Some(code), Some(rest)) => {
                plain.push(char::from(code));
                plain.push_str(rest);
            }
            _ => {
                plain.push('\\');
                plain.push_str(part);
            }
        }
    }
    plain
}

/// Checks the journal of a data folder and sends [`Message::Journal`].
///
/// # Errors
/// When the system has no thread to give.
pub fn check(data: PathBuf, events: Sender) -> std::io::Result<()> {
    let check = move || {
        let checked = ReadStore::open(&data)
            .and_then(|read| read.records().journal_verify())
            .map_err(|error| error.to_string());
        events.send(Message::Journal(JournalDone::Checked(checked)));
    };
    std::thread::Builder::new()
        .name("journal".into())
        .spawn(check)
        .map(drop)
}

/// Writes the journal of a data folder into a folder and sends [`Message::Journal`].
///
/// # Errors
/// When the system has no thread to give.
pub fn export(data: PathBuf, target: Target, events: Sender) -> std::io::Result<()> {
    let export = move || {
        let exported = write(&data, &target.folder).map_err(|reason| {
            format!(
                "{} cannot take the journal: {reason}. Choose another place, or free space there.",
                target.label
            )
        });
        let exported = exported.and_then(|Exported { file, proof }| match proof {
            Ok(_) => Ok(file.display().to_string()),
            Err(broken) => Err(format!(
                "It is in {}, but it is not whole: {broken}. Keep that file and call for help.",
                file.display()
            )),
        });
        events.send(Message::Journal(JournalDone::Exported(exported)));
    };
    std::thread::Builder::new()
        .name("journal".into())
        .spawn(export)
        .map(drop)
}

/// Makes a folder for exports where there is none yet, for nobody else to look into.
///
/// # Errors
/// Why it cannot be made.
pub fn make_folder(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        return Ok(());
    }
    let mut make = fs::DirBuilder::new();
    let made = make.recursive(true).mode(0o700).create(folder);
    made.map_err(|error| error.to_string())
}

fn write(data: &Path, folder: &Path) -> Result<Exported, String> {
    make_folder(folder)?;
    journal_command::export(data, folder).map_err(|error| format!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sticks_are_found_by_where_they_are_mounted() {
        let mounts = "proc /proc proc rw 0 0\n\
            /dev/sda1 / ext4 rw 0 0\n\
            /dev/sdb1 /media/till/MY\\040STICK vfat rw 0 0\n\
            /dev/sdc1 /run/media/SHOP exfat rw 0 0\n\
            nonsense\n\
            /dev/sdd1 /media/odd\\9 vfat rw 0 0\n";
        let found: Vec<_> = sticks(mounts)
            .map(|stick| (stick.label, stick.folder.display().to_string()))
            .collect();
        assert_eq!(
            found,
            [
                (
                    "USB stick MY STICK".to_owned(),
                    "/media/till/MY STICK".to_owned()
                ),
                ("USB stick SHOP".to_owned(), "/run/media/SHOP".to_owned()),
                ("USB stick odd\\9".to_owned(), "/media/odd\\9".to_owned()),
            ]
        );
    }
}
