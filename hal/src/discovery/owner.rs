//! Who has a port open.

use std::fs;
use std::path::Path;

use super::{Places, entries, text};

/// A program that has a port open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortOwner {
    /// Its process.
    pub process: u32,
    /// Its name, as the kernel keeps it: 15 characters.
    pub name: String,
}

/// The programs that have a file open. Those of other users are seen by the superuser alone.
pub(super) fn owners(places: &Places, path: &Path) -> Vec<PortOwner> {
    let Ok(file) = fs::canonicalize(path) else {
        return Vec::new();
    };
    let mut owners: Vec<PortOwner> = entries(&places.proc)
        .filter_map(|process| {
            let number = process.file_name()?.to_str()?.parse().ok()?;
            let open = entries(&process.join("fd"))
                .any(|link| fs::read_link(link).is_ok_and(|leads| leads == file));
            open.then(|| PortOwner {
                process: number,
                name: text(&process, "comm").unwrap_or_default(),
            })
        })
        .collect();
    owners.sort_by_key(|owner| owner.process);
    owners
}

/// The number of a pseudo terminal; `None` for another file.
pub(super) fn terminal_number(path: &Path) -> Option<u32> {
    let file = fs::canonicalize(path).ok()?;
    let file = file.strip_prefix("/dev/pts").ok()?;
    file.to_str()?.parse().ok()
}

/// Whether a process holds the other end of a pseudo terminal.
pub(super) fn is_other_end(places: &Places, process: u32, terminal: u32) -> bool {
    let fds = places.proc.join(process.to_string()).join("fdinfo");
    entries(&fds).any(|info| {
        let info = fs::read_to_string(info).unwrap_or_default();
        info.lines()
            .filter_map(|line| line.strip_prefix("tty-index:"))
            .any(|number| number.trim().parse() == Ok(terminal))
    })
}
