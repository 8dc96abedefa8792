//! Lines for whoever watches the console.

use std::fs::OpenOptions;
use std::io::Write;

/// Says a line on the console; it is also kept by the kernel, with the time since power-on.
pub fn say(line: &str) {
    let written = OpenOptions::new()
        .write(true)
        .open("/dev/kmsg")
        .and_then(|mut kernel| kernel.write_all(format!("<5>evertill: {line}\n").as_bytes()));
    if written.is_err() {
        eprintln!("evertill: {line}");
    }
    if let Ok(mut console) = OpenOptions::new().write(true).open("/dev/console") {
        // A console that is gone must not end the first program.
        let _ = console.write_all(format!("evertill: {line}\r\n").as_bytes());
    }
}
