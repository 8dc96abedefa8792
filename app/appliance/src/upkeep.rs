//! What is done with a box now and then: its log is taken away for whoever looks after it, and it is
//! emptied before somebody else gets it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::durable;

/// The newest file of the log.
const NEWEST: &str = "evertill.log";
/// So many older ones are looked for, `evertill.1.log` and on.
const OLDER: u32 = 16;
/// The file that asks for the box to be emptied.
const RESET: &str = "factory-reset";

/// Writes the whole log, its oldest line first, into one file of that name in a folder. The file is
/// there when it is whole and on the disk, or not at all. Gives its path.
///
/// # Errors
/// That there is no log, or what either disk refuses.
pub fn write_log(log: &Path, folder: &Path, name: &str) -> io::Result<PathBuf> {
    let older = (1..=OLDER)
        .rev()
        .map(|number| format!("evertill.{number}.log"));
    let files: Vec<PathBuf> = older
        .chain([NEWEST.to_owned()])
        .map(|name| log.join(name))
        .filter(|file| file.is_file())
        .collect();
    if files.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no log in {}", log.display()),
        ));
    }
    let path = folder.join(name);
    let new = folder.join(format!("{name}.new"));
    let written = join(&files, &new).and_then(|()| fs::rename(&new, &path));
    if let Err(error) = written {
        // What was written of it is of no use and takes room; the reason is told.
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    durable::sync_folder(&path)?;
    Ok(path)
}

fn join(files: &[PathBuf], into: &Path) -> io::Result<()> {
    let mut into = File::create(into)?;
    for file in files {
        io::copy(&mut File::open(file)?, &mut into)?;
    }
    into.sync_all()
}

/// Asks the first program to empty the box at the next start. It refuses by itself while something
/// has not reached ERPNext or a shift is open. `state` is the folder of requests, `/data/state`.
///
/// # Errors
/// What the disk refuses; then nothing is asked for.
pub fn ask_for_reset(state: &Path) -> io::Result<()> {
    durable::replace(&state.join(RESET), &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_taken_away_in_its_order_and_whole() {
        let (log, stick) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let none = write_log(log.path(), stick.path(), "log.txt").unwrap_err();
        assert!(none.to_string().contains("no log"), "{none}");
        for (name, text) in [
            ("evertill.log", "newest\n"),
            ("evertill.1.log", "older\n"),
            ("evertill.2.log", "oldest\n"),
            ("other", "not this\n"),
        ] {
            fs::write(log.path().join(name), text).unwrap();
        }
        let file = write_log(log.path(), stick.path(), "log.txt").unwrap();
        assert_eq!(fs::read_to_string(file).unwrap(), "oldest\nolder\nnewest\n");
        assert_eq!(fs::read_dir(stick.path()).unwrap().count(), 1);
        let gone = stick.path().join("taken-out");
        assert!(write_log(log.path(), &gone, "log.txt").is_err());
    }

    #[test]
    fn a_reset_is_asked_for_with_a_file() {
        let state = tempfile::tempdir().unwrap();
        ask_for_reset(state.path()).unwrap();
        assert!(state.path().join("factory-reset").exists());
        assert!(ask_for_reset(&state.path().join("none")).is_err());
    }
}
