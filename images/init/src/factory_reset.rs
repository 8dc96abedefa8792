//! A box is emptied when the till asked for it before the restart, and only when nothing that was
//! sold would be lost.

use std::io;
use std::path::Path;
use std::process::Command;

use crate::console::say;
use crate::data_partition::PLACE;

/// The till makes this file and asks for a restart.
pub const REQUEST: &str = "state/factory-reset";
/// What is emptied; the log and the box's number stay.
const EMPTIED: [&str; 4] = ["till", "state", "settings", "rauc"];

/// Carries out or refuses what was asked for.
pub fn if_requested() {
    let data = Path::new(PLACE);
    let request = data.join(REQUEST);
    if !request.exists() {
        return;
    }
    let kept = if data.join("till/till.sqlite").exists() {
        what_would_be_lost()
    } else {
        Ok(None)
    };
    let done = match kept {
        Ok(None) => empty(data).inspect(|_| say("the box was emptied, as it was asked to be")),
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

fn empty(data: &Path) -> io::Result<()> {
    for name in EMPTIED {
        let folder = data.join(name);
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            // The request goes last: after a power cut the rest is emptied too.
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
    fn a_reset_keeps_the_log_and_the_number() {
        let data = tempfile::tempdir().unwrap();
        for name in ["till", "state", "settings", "rauc", "log", "identity"] {
            std::fs::create_dir_all(data.path().join(name).join("inner")).unwrap();
            std::fs::write(data.path().join(name).join("file"), "kept?").unwrap();
        }
        std::fs::write(data.path().join(REQUEST), "").unwrap();
        empty(data.path()).unwrap();
        for (name, left) in [("till", 0), ("state", 0), ("log", 2), ("identity", 2)] {
            let entries = std::fs::read_dir(data.path().join(name)).unwrap().count();
            assert_eq!(entries, left, "{name}");
        }
    }
}
