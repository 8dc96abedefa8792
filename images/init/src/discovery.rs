//! The devices that are there when the box starts. The kernel found them before anybody listened, and
//! announces them again. Disk and screen do not wait for it; it waits for the till.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::console::say;
use crate::program::LAST;

/// How long all of them may take.
const LONGEST: Duration = Duration::from_secs(60);

static DONE: AtomicBool = AtomicBool::new(false);

/// Begins to look at all of them, behind everything else.
pub fn begin() {
    let thread = std::thread::Builder::new().name("devices".to_owned());
    if let Err(error) = thread.spawn(discover) {
        say(&format!("devices are not looked for: {error}"));
        DONE.store(true, Ordering::Release);
    }
}

/// Whether all have been looked at, or took too long.
pub fn is_done() -> bool {
    DONE.load(Ordering::Acquire)
}

fn discover() {
    // Of this thread and of what it starts; without it a start takes longer.
    let _ = rustix::process::nice(LAST);
    // What is announced before the daemon listens is lost.
    let end = Instant::now() + Duration::from_secs(10);
    while !Path::new("/run/udev/control").exists() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(50));
    let limit = format!("--timeout={}", LONGEST.as_secs());
    for words in [
        ["trigger", "--action=add", "--type=subsystems"].as_slice(),
        &["trigger", "--action=add", "--type=devices"],
        &["settle", &limit],
    ] {
        let asked = Command::new("/usr/bin/udevadm").args(words).status();
        if let Err(error) = asked {
            say(&format!("devices are not looked for: {error}"));
        }
    }
    DONE.store(true, Ordering::Release);
}
