//! Lines for whoever watches the console, and the text that stands on the screen when there is no
//! till to draw one.

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

/// Puts a plain text on the screen, in place of a till that cannot draw one.
pub fn rescue(what: &str, remedy: &str) {
    say(&format!("{what}. {remedy}"));
    if let Ok(mut screen) = OpenOptions::new().write(true).open("/dev/tty0") {
        let text = format!(
            "\x1b[2J\x1b[H\r\n\r\n   EVERTILL\r\n\r\n   {what}.\r\n\r\n   {remedy}\r\n\r\n   \
             What was sold is on this box's disk. Nothing was deleted.\r\n"
        );
        let _ = screen.write_all(text.as_bytes());
    }
}
