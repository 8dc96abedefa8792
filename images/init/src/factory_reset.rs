//! A box is emptied when the till asked for it before the restart, and only when nothing that was
//! sold would be lost.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::console::say;
use crate::data_partition::PLACE;
use crate::identity_partition::SECRETS;
use crate::screen;

/// The till makes this file and asks for a restart.
pub const REQUEST: &str = "state/factory-reset";
/// What is emptied besides the key of the secrets; the log and the box's number stay.
const EMPTIED: [&str; 5] = ["till", "state", "settings", "rauc", "wireless"];

/// Carries out or refuses what was asked for.
pub fn if_requested() {
    let data = Path::new(PLACE);
    let request = data.join(REQUEST);
    if !request.exists() {
        return;
    }
    screen::doing("Emptying this box");
    let kept = if data.join("till/till.sqlite").exists() {
        what_would_be_lost()
    } else {
        Ok(None)
    };
    let done = match kept {
        Ok(None) => empty(data, Path::new(SECRETS))
            .inspect(|_| say("the box was emptied, as it was asked to be")),
        Ok(Some(kept)) => {
            say(&format!("the factory reset was refused: {kept}"));
            std::fs::remove_file(&request)
        }
        Err(error) => {
            say(&format!(
                "the factory reset was refused: whether all was sent cannot be read: {error}"
            ));
            std::fs::remove_file(&request)
        }
    };
    if let Err(error) = done {
        say(&format!("the factory reset did not end: {error}"));
    }
}

fn what_would_be_lost() -> io::Result<Option<String>> {
    let output = Command::new("/usr/bin/evertill")
        .args(["--data", "/data/till", "sync-status"])
        .output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(io::Error::other(words));
    }
    read(&output.stdout)
}

/// Why a till must not be forgotten, as `evertill sync-status` prints it: what waits, or a shift
/// that nobody has counted and whose closing ERPNext does not have.
fn read(status: &[u8]) -> io::Result<Option<String>> {
    let status: serde_json::Value = serde_json::from_slice(status)?;
    let unsent = status
        .pointer("/unsent/documents")
        .and_then(serde_json::Value::as_u64)
        .ok_or_else(|| io::Error::other("the till did not say how much waits"))?;
    let shift = status
        .get("open_shift")
        .ok_or_else(|| io::Error::other("the till did not say whether a shift is open"))?;
    Ok(match (unsent, shift.as_u64()) {
        (0, None) if shift.is_null() => None,
        (0, None) => return Err(io::Error::other("the till's shift has no number")),
        (0, Some(shift)) => Some(format!("shift {shift} is open: count and close it first")),
        (unsent, _) => Some(format!("{unsent} documents have not reached ERPNext")),
    })
}

/// The request goes last, and the key is gone for good before it: after a power cut the rest is
/// emptied too.
fn empty(data: &Path, secrets: &Path) -> io::Result<()> {
    let folders = EMPTIED.map(|name| data.join(name));
    for folder in folders.iter().map(PathBuf::as_path).chain([secrets]) {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.path() == data.join(REQUEST) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                std::fs::remove_dir_all(entry.path())?;
            } else {
                std::fs::remove_file(entry.path())?;
            }
        }
    }
    std::fs::File::open(secrets)?.sync_all()?;
    std::fs::remove_file(data.join(REQUEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_and_an_open_shift_are_told_or_unknown() {
        let told = |status: &str| read(status.as_bytes()).unwrap();
        let sent = told(r#"{"unsent": {"documents": 0}, "open_shift": null}"#);
        assert_eq!(sent, None);
        let waits = told(r#"{"unsent": {"documents": 3}, "open_shift": 7}"#).unwrap();
        assert!(waits.contains("3 documents"), "{waits}");
        let open = told(r#"{"unsent": {"documents": 0}, "open_shift": 7}"#).unwrap();
        assert!(open.contains("shift 7 is open"), "{open}");
        for unknown in [
            "",
            "{}",
            r#"{"unsent": {"documents": "none"}, "open_shift": null}"#,
            r#"{"unsent": {"documents": 0}}"#,
            r#"{"unsent": {"documents": 0}, "open_shift": "7"}"#,
        ] {
            assert!(read(unknown.as_bytes()).is_err(), "{unknown}");
        }
    }

    #[test]
    fn a_reset_takes_the_key_along_and_keeps_the_log_and_the_number() {
        let (data, identity) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let folders = ["till", "state", "settings", "rauc", "wireless", "log"]
            .map(|name| data.path().join(name));
        let secrets = identity.path().join("till");
        for folder in folders.iter().chain([&secrets]) {
            std::fs::create_dir_all(folder.join("inner")).unwrap();
            std::fs::write(folder.join("file"), "kept?").unwrap();
        }
        std::fs::write(identity.path().join("machine-id"), "kept").unwrap();
        std::fs::write(data.path().join(REQUEST), "").unwrap();
        empty(data.path(), &secrets).unwrap();
        let left = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
        let left: Vec<usize> = folders.iter().map(|folder| left(folder)).collect();
        assert_eq!(left, [0, 0, 0, 0, 0, 2]);
        assert_eq!(std::fs::read_dir(&secrets).unwrap().count(), 0);
        assert!(identity.path().join("machine-id").exists());
    }
}
