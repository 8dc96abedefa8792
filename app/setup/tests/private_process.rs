//! The keys that the program holds are for no other program to read.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

const SECRET: &str = "5ecr37-0f-the-till";

#[test]
fn memory_is_not_dumped_and_the_key_is_no_argument() {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("till.key");
    fs::write(&key_file, format!("key:{SECRET}")).unwrap();
    let site = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", site.local_addr().unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_evertill-setup"))
        .args(["site", "check", "--pos-profile", "Counter 1", "--url"])
        .arg(address)
        .arg("--key-file")
        .arg(&key_file)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It has the key, and waits for an answer now.
    let waiting = site.accept().unwrap();
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
    let arguments = fs::read(proc.join("cmdline")).unwrap();
    assert!(!String::from_utf8_lossy(&arguments).contains(SECRET));
    child.kill().unwrap();
    child.wait().unwrap();
    drop(waiting);
}
