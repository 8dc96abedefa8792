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
    let unsent = if data.join("till/till.sqlite").exists() {
        unsent_documents()
    } else {
        Ok(0)
    };
    let done = match unsent {
        Ok(0) => empty(data).inspect(|_| say("the box was emptied, as it was asked to be")),
        Ok(count) => {
            say(&format!(
                "the factory reset was refused: {count} documents have not reached ERPNext"
            ));
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

fn unsent_documents() -> io::Result<u64> {
    let output = Command::new("/usr/bin/evertill")
        .args(["--data", "/data/till", "sync-status"])
        .output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(io::Error::other(words));
    }
    count(&output.stdout)
}

/// How many documents wait, as `evertill sync-status` prints it.
fn count(status: &[u8]) -> io::Result<u64> {
    let status: serde_json::Value = serde_json::from_slice(status)?;
    status
        .pointer("/unsent/documents")
        .and_then(serde_json::Value::as_u64)
        .ok_or_else(|| io::Error::other("the till did not say how much waits"))
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
    fn what_waits_is_counted_or_unknown() {
        assert_eq!(count(br#"{"unsent": {"documents": 3}}"#).unwrap(), 3);
        for unknown in ["", "{}", r#"{"unsent": {"documents": "none"}}"#] {
            assert!(count(unknown.as_bytes()).is_err(), "{unknown}");
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
