//! GRUB's environment block, changed where it lies.
//!
//! The block has 1,024 bytes and lies in two sectors at most. It is written over with one call and
//! synchronised, never truncated and never replaced: after a power cut the file has the old or the
//! new block, and GRUB, which knows the file by its sectors, finds it where it was.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::ExitCode;

/// The size of a block in bytes.
const SIZE: usize = 1024;
const SIGNATURE: &str = "# GRUB Environment Block\n";

/// The variables of a block; `None` when it is none.
pub fn parse(block: &[u8]) -> Option<BTreeMap<String, String>> {
    if block.len() != SIZE {
        return None;
    }
    let text = std::str::from_utf8(block).ok()?;
    let lines = text.strip_prefix(SIGNATURE)?.lines();
    let variables = lines.filter(|line| !line.starts_with('#'));
    Some(
        variables
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    )
}

/// The block of some variables; `None` when they do not fit, or would be read back as others.
pub fn format(variables: &BTreeMap<String, String>) -> Option<[u8; SIZE]> {
    let mut text = SIGNATURE.to_owned();
    for (name, value) in variables {
        let plain = |text: &str| !text.contains(['\n', '\r', '\\']);
        if name.is_empty() || name.contains(['=', '#']) || !plain(name) || !plain(value) {
            return None;
        }
        text.push_str(&format!("{name}={value}\n"));
    }
    let mut block = [b'#'; SIZE];
    block
        .get_mut(..text.len())?
        .copy_from_slice(text.as_bytes());
    Some(block)
}

fn read(file: &File) -> io::Result<BTreeMap<String, String>> {
    let mut block = [0; SIZE];
    file.read_exact_at(&mut block, 0)?;
    parse(&block).ok_or_else(|| io::Error::other("it is no environment block"))
}

fn write(file: &File, variables: &BTreeMap<String, String>) -> io::Result<()> {
    let block = format(variables)
        .ok_or_else(|| io::Error::other("the variables do not fit into an environment block"))?;
    file.write_all_at(&block, 0)?;
    file.sync_all()
}

/// Sets a variable to what it is to be, where there is such a block and it says otherwise.
///
/// # Errors
/// When it was not written.
pub fn keep(path: &Path, name: &str, value: &str) -> io::Result<()> {
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        opened => opened?,
    };
    let mut variables = read(&file)?;
    let known = variables.insert(name.to_owned(), value.to_owned());
    if known.as_deref() == Some(value) {
        return Ok(());
    }
    write(&file, &variables)
}

/// What `grub-editenv` is asked for, with the arguments of that program.
pub fn command(mut arguments: impl Iterator<Item = String>) -> ExitCode {
    let (Some(path), Some(verb)) = (arguments.next(), arguments.next()) else {
        eprintln!("grub-editenv FILE create|list|set NAME=VALUE...|unset NAME...");
        return ExitCode::FAILURE;
    };
    match edit(Path::new(&path), &verb, arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("grub-editenv: {path}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn edit(path: &Path, verb: &str, names: impl Iterator<Item = String>) -> io::Result<()> {
    let write_it = verb != "list";
    let file = OpenOptions::new()
        .read(true)
        .write(write_it)
        .create(write_it)
        .truncate(false)
        .open(path)?;
    match verb {
        "create" => write(&file, &BTreeMap::new()),
        "list" => {
            for (name, value) in read(&file)? {
                println!("{name}={value}");
            }
            Ok(())
        }
        "set" => {
            // A block that cannot be read is made anew: what is set now is what the loader needs.
            let mut variables = read(&file).unwrap_or_default();
            for pair in names {
                let (name, value) = pair
                    .split_once('=')
                    .ok_or_else(|| io::Error::other(format!("{pair} is not NAME=VALUE")))?;
                variables.insert(name.to_owned(), value.to_owned());
            }
            write(&file, &variables)
        }
        "unset" => {
            let mut variables = read(&file)?;
            for name in names {
                variables.remove(&name);
            }
            write(&file, &variables)
        }
        _ => Err(io::Error::other(format!("{verb} is not known"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_keeps_its_place_and_its_other_variables() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grubenv");
        edit(&path, "create", [].into_iter()).unwrap();
        let set = |pairs: &[&str]| edit(&path, "set", pairs.iter().map(|pair| (*pair).to_owned()));
        set(&["ORDER=A B", "A_OK=1"]).unwrap();
        let reader = File::open(&path).unwrap();
        set(&["A_TRY=2", "A_OK=0"]).unwrap();
        // Seen through a file that was open before: the same one was changed.
        let variables = read(&reader).unwrap();
        let pairs: Vec<_> = variables
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(pairs, ["A_OK=0", "A_TRY=2", "ORDER=A B"]);
        assert_eq!(reader.metadata().unwrap().len(), 1024);
        keep(&path, "TURN", "90").unwrap();
        assert_eq!(read(&reader).unwrap()["TURN"], "90");
        assert_eq!(read(&reader).unwrap()["A_TRY"], "2");
        // What is right already is not written again.
        let written = || reader.metadata().unwrap().modified().unwrap();
        let before = written();
        keep(&path, "TURN", "90").unwrap();
        assert_eq!(written(), before);
        // A box with another boot loader has no such file.
        keep(&folder.path().join("none"), "TURN", "90").unwrap();
        assert!(!folder.path().join("none").exists());
    }

    #[test]
    fn what_is_no_block_is_refused_and_set_makes_it_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("grubenv");
        std::fs::write(&path, "").unwrap();
        assert!(edit(&path, "list", [].into_iter()).is_err());
        edit(&path, "set", ["A_OK=1".to_owned()].into_iter()).unwrap();
        assert!(edit(&path, "list", [].into_iter()).is_ok());
        let long = format!("NAME={}", "x".repeat(1100));
        assert!(edit(&path, "set", [long].into_iter()).is_err());
        let block = std::fs::read(&path).unwrap();
        assert_eq!(parse(&block).unwrap().get("A_OK").unwrap(), "1");
    }
}
