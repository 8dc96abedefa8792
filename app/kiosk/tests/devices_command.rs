//! `evertill devices`, as somebody at a shell calls it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const SHOP: &str = "till = \"C1\"\npos_profile = \"Counter 1\"\n";
/// Where the test's devices are not.
const DEVICES: &str = "[printer]\nport = \"/dev/no-printer\"\n[scale]\nprofile = \"nci\"\n\
                       port = \"/dev/no-scale\"\n";

fn devices(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evertill"));
    command.arg("--data").arg(data).arg("devices");
    command.args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A data folder with a till of this configuration.
fn till(devices: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("till.toml"), format!("{SHOP}{devices}")).unwrap();
    folder
}

#[test]
fn the_tills_devices_are_listed_as_a_table_and_as_json() {
    let till = till(DEVICES);
    let table = said(&devices(till.path(), &[]));
    let row = table.lines().find(|line| line.contains("/dev/no-scale"));
    let row = row.unwrap_or_else(|| panic!("{table}"));
    assert!(row.contains("absent") && row.contains("scale"), "{row}");
    let json: Value = serde_json::from_str(&said(&devices(till.path(), &["--json"]))).unwrap();
    let of = |path: &str| {
        let all = json.as_array().unwrap().iter();
        let mut found = all.filter(|device| device["path"] == path);
        let first = found.next().unwrap_or_else(|| panic!("{json:#}"));
        (first["state"].clone(), first["used_as"].clone())
    };
    assert_eq!(of("/dev/no-printer"), ("absent".into(), "printer".into()));
    assert_eq!(of("/dev/no-scale"), ("absent".into(), "scale".into()));
    // A box that is no till yet has devices, too.
    let empty = TempDir::new().unwrap();
    let json: Value = serde_json::from_str(&said(&devices(empty.path(), &["--json"]))).unwrap();
    let mut all = json.as_array().unwrap().iter();
    assert!(all.all(|device| device["used_as"].is_null()), "{json:#}");
}

#[test]
fn a_set_up_goes_from_one_till_to_another_whole_or_not_at_all() {
    let (one, other) = (
        till(DEVICES),
        till("[scanner]\nport = \"/dev/no-scanner\"\n"),
    );
    let file = one.path().join("devices.toml");
    let name = file.to_str().unwrap();
    assert!(said(&devices(one.path(), &["export", name])).contains(name));
    said(&devices(other.path(), &["import", name]));
    let table = said(&devices(other.path(), &[]));
    assert!(table.contains("/dev/no-scale"), "{table}");
    assert!(!table.contains("/dev/no-scanner"), "{table}");
    let before = fs::read_to_string(other.path().join("till.toml")).unwrap();
    assert!(before.starts_with("till = \"C1\""), "{before}");
    // What cannot be taken is named, and nothing is changed by it.
    fs::write(&file, "[scale]\nprofile = \"abacus\"\n").unwrap();
    let refused = devices(other.path(), &["import", name]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && why.contains("abacus"), "{why}");
    assert_eq!(
        fs::read_to_string(other.path().join("till.toml")).unwrap(),
        before
    );
}
