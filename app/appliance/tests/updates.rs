//! The program for updates, as RAUC 1.13 prints: a script in its place.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use appliance::updates::{Rauc, RaucError, Slot, System};
use tempfile::TempDir;

/// Says what RAUC says; writes its arguments into `asked`.
fn rauc(folder: &TempDir, script: &str) -> Rauc {
    let program = folder.path().join("rauc");
    let asked = folder.path().join("asked");
    let text = format!("#!/bin/sh\necho \"$@\" >> {}\n{script}\n", asked.display());
    let written = folder.path().join("rauc.sh");
    fs::write(&written, text).unwrap();
    // Copied by another program: what another test's thread starts meanwhile would still hold a
    // file that was open for writing here, and such a file cannot be executed.
    let copied = Command::new("install").arg(&written).arg(&program).status();
    assert!(copied.unwrap().success());
    Rauc::at(&program).unwrap()
}

const STATUS: &str = r#"cat <<'END'
{"compatible":"evertill-x86-64-efi","variant":"","booted":"A","boot_primary":"boot.0","slots":[
 {"boot.1":{"class":"boot","device":"/dev/disk/by-partlabel/bootB","type":"raw","bootname":"B","state":"inactive","parent":null,"mountpoint":null,"boot_status":"bad"}},
 {"rootfs.1":{"class":"rootfs","device":"/dev/disk/by-partlabel/rootB","type":"raw","bootname":null,"state":"inactive","parent":"boot.1","mountpoint":null,"boot_status":null}},
 {"boot.0":{"class":"boot","device":"/dev/disk/by-partlabel/bootA","type":"raw","bootname":"A","state":"booted","parent":null,"mountpoint":null,"boot_status":"good"}}]}
END"#;

#[test]
fn it_tells_which_system_runs_and_which_is_good() {
    let folder = TempDir::new().unwrap();
    let slots = rauc(&folder, STATUS).slots().unwrap();
    let slot = |bootname: &str, runs, good| Slot {
        bootname: bootname.to_owned(),
        runs,
        good,
    };
    assert_eq!(slots, [slot("B", false, false), slot("A", true, true)]);
}

#[test]
fn an_installation_tells_how_far_it_is() {
    let folder = TempDir::new().unwrap();
    let script = "echo installing\necho '  0% Installing'\necho ' 40% Checking slot boot.1 (B)'\n\
                  echo '100% Installing done.'\necho 'Installing `x` succeeded'";
    let mut heard = Vec::new();
    rauc(&folder, script)
        .install(
            "https://updates.example.com/x.raucb",
            Some(Path::new("/data/till/shop.pem")),
            |per_cent, doing| heard.push((per_cent, doing.to_owned())),
        )
        .unwrap();
    let heard: Vec<_> = heard
        .iter()
        .map(|(n, doing)| (*n, doing.as_str()))
        .collect();
    assert_eq!(
        heard,
        [
            (0, "Installing"),
            (40, "Checking slot boot.1 (B)"),
            (100, "Installing done.")
        ]
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("asked")).unwrap(),
        "install --tls-ca=/data/till/shop.pem https://updates.example.com/x.raucb\n"
    );
}

#[test]
fn what_it_refuses_is_told_with_its_reason_and_a_remedy() {
    for (reason, remedy) in [
        (
            "signature verification failed: bad",
            "whoever made this system",
        ),
        (
            "Compatible mismatch: Expected 'a' but bundle manifest has 'b'",
            "other boxes",
        ),
        (
            "Bundle version (0.0.9) is lower than the minimum (0.1.0)",
            "older than",
        ),
        ("No space left on device", "as it was"),
    ] {
        let folder = TempDir::new().unwrap();
        let script = format!("echo \"LastError: {reason}\"\necho 'Installing failed' >&2\nexit 1");
        let refused = rauc(&folder, &script)
            .install("/x.raucb", None, |_, _| {})
            .unwrap_err();
        assert_eq!(refused, RaucError::Refused(reason.to_owned()));
        assert!(refused.remedy().contains(remedy), "{reason}");
    }
    let folder = TempDir::new().unwrap();
    let refused = rauc(&folder, "echo 'Failed to connect to D-Bus' >&2; exit 1")
        .slots()
        .unwrap_err();
    assert!(refused.to_string().contains("D-Bus"), "{refused}");
}

#[test]
fn a_bundle_on_a_stick_is_read_by_what_checks_its_signature() {
    let folder = TempDir::new().unwrap();
    let script = r#"echo '{"compatible":"evertill-x86-64-efi","version":"0.2.0","description":null,"build":null,"hooks":[],"images":[]}'"#;
    let bundle = rauc(&folder, script)
        .bundle(Path::new("/media/X/e.raucb"))
        .unwrap();
    assert_eq!(bundle.version.to_string(), "0.2.0");
    let asked = fs::read_to_string(folder.path().join("asked")).unwrap();
    assert_eq!(asked, "info --output-format=json /media/X/e.raucb\n");
}

#[test]
fn a_system_is_what_its_image_says() {
    let folder = TempDir::new().unwrap();
    assert_eq!(System::read(folder.path()).unwrap(), None);
    fs::write(folder.path().join("board"), "evertill-x86-64-efi\n").unwrap();
    fs::write(folder.path().join("version"), "0.1.0\n").unwrap();
    let system = System::read(folder.path()).unwrap().unwrap();
    assert_eq!(system.compatible, "evertill-x86-64-efi");
    assert_eq!(system.version.to_string(), "0.1.0");
    assert!(system.release_key.is_none());
    fs::write(folder.path().join("version"), "new\n").unwrap();
    assert!(System::read(folder.path()).is_err());
}
