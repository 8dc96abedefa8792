//! The program keeps its memory and what it is told to itself, and its journal can be taken
//! elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use store::{Fingerprint, verify_journal_export};
use tempfile::TempDir;

const PIN: &str = "907135824601";

/// A folder with a till that is set up, whose secrets are locked with a key file beside it.
fn till() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let key_file = folder.path().join("seal.key");
    let text = format!(
        "till = \"C1\"\npos_profile = \"Counter 1\"\n\
         [secrets]\ntpm = \"never\"\nkey_file = {:?}\n",
        key_file.to_str().unwrap()
    );
    fs::write(folder.path().join("data/till.toml"), text).unwrap();
    folder
}

fn evertill(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evertill"));
    command
        .env("RUST_LOG", "trace")
        .arg("--data")
        .arg(folder.join("data"));
    command
}

/// Sets up a person; what the program wrote.
fn add_nora(folder: &Path) -> String {
    let mut child = evertill(folder)
        .args(["staff", "Nora", "--manager"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    while !said.contains("PIN for Nora") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "{said}");
    }
    // It waits for the PIN now.
    let proc = Path::new("/proc").join(child.id().to_string());
    let limits = fs::read_to_string(proc.join("limits")).unwrap();
    let core = limits.lines().find(|l| l.starts_with("Max core file size"));
    let words: Vec<&str> = core.unwrap().split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core:?}");
    let memory = fs::metadata(proc.join("mem")).unwrap();
    assert_eq!(
        memory.uid(),
        0,
        "others of the same user may read its memory"
    );
    writeln!(child.stdin.take().unwrap(), "{PIN}").unwrap();
    let arguments = fs::read(proc.join("cmdline")).unwrap_or_default();
    assert!(!String::from_utf8_lossy(&arguments).contains(PIN));
    while stderr.read_line(&mut said).unwrap() > 0 {}
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{said}");
    said + &String::from_utf8(output.stdout).unwrap()
}

fn export(folder: &Path, to: &Path) -> Output {
    evertill(folder)
        .args(["journal", "export"])
        .arg(to)
        .output()
        .unwrap()
}

#[test]
fn memory_is_not_dumped_and_a_pin_is_neither_shown_nor_logged() {
    let folder = till();
    let said = add_nora(folder.path());
    assert!(said.contains("Nora can sign in."), "{said}");
    assert!(!said.contains(PIN), "{said}");
    assert!(folder.path().join("seal.key").exists());
    assert!(folder.path().join("data/secrets/vault").exists());
}

#[test]
fn the_journal_is_exported_to_a_file_or_a_stick_and_never_over_another() {
    let folder = till();
    add_nora(folder.path());
    let file = folder.path().join("journal.jsonl");
    let output = export(folder.path(), &file);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && said.contains("proven whole"),
        "{said}"
    );
    let key = said
        .lines()
        .find_map(|line| line.strip_prefix("Signed by: "));
    let key: Fingerprint = key.unwrap().parse().unwrap();
    let prove = |file: &Path| {
        let mut source = BufReader::new(File::open(file).unwrap());
        verify_journal_export(&mut source, &[key], &[]).unwrap()
    };
    let proof = prove(&file);
    assert_eq!(proof.unsigned, 0);

    let before = fs::read(&file).unwrap();
    let again = export(folder.path(), &file);
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(
        !again.status.success() && said.contains("is there already"),
        "{said}"
    );
    assert_eq!(fs::read(&file).unwrap(), before);

    let stick = folder.path().join("stick");
    fs::create_dir(&stick).unwrap();
    assert!(export(folder.path(), &stick).status.success());
    let files: Vec<_> = fs::read_dir(&stick)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1);
    assert!(files[0].display().to_string().contains("evertill-journal-"));
    assert_eq!(prove(&files[0]), proof);

    let nowhere = export(folder.path(), &folder.path().join("no/such/folder/file"));
    let said = String::from_utf8(nowhere.stderr).unwrap();
    assert!(
        !nowhere.status.success() && said.contains("no/such/folder"),
        "{said}"
    );
}

#[test]
fn a_new_key_is_handed_over_to_and_the_first_one_still_proves_the_journal() {
    let folder = till();
    add_nora(folder.path());
    let key = |word: &str, said: &[u8]| -> Fingerprint {
        let said = String::from_utf8_lossy(said).into_owned();
        let after = said.split(word).nth(1).unwrap();
        after.split_whitespace().next().unwrap().parse().unwrap()
    };
    let first = export(folder.path(), &folder.path().join("1"));
    let first = key("Signed by: ", &first.stdout);
    let changed = evertill(folder.path())
        .args(["journal", "new-key"])
        .output();
    let second = key("is signed by ", &changed.unwrap().stdout);
    assert_ne!(first, second);
    add_nora(folder.path());
    let file = folder.path().join("2");
    assert!(export(folder.path(), &file).status.success());
    let mut source = BufReader::new(File::open(&file).unwrap());
    let proof = verify_journal_export(&mut source, &[first], &[]).unwrap();
    assert_eq!(proof.key.unwrap().fingerprint(), second);
}

#[test]
fn a_vault_that_does_not_open_is_said_and_a_key_file_in_the_data_folder_is_refused() {
    let folder = till();
    add_nora(folder.path());
    fs::write(folder.path().join("seal.key"), [1; 32]).unwrap();
    let output = evertill(folder.path())
        .args(["staff", "Nora"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("sealed with another key file"), "{said}");

    let config = folder.path().join("data/till.toml");
    let inside = folder.path().join("data/seal.key");
    let text = fs::read_to_string(&config).unwrap();
    let outside = folder.path().join("seal.key");
    fs::write(
        &config,
        text.replace(outside.to_str().unwrap(), inside.to_str().unwrap()),
    )
    .unwrap();
    let output = evertill(folder.path())
        .args(["staff", "Nora"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("outside the data folder"), "{said}");
}
