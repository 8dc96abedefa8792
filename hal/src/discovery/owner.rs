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
