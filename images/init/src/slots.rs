//! The two slots of the system, through RAUC.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use crate::console::say;
use crate::data_partition::{PLACE, durable};
use crate::framebuffer::Turn;
use crate::grub_environment;

/// Where RAUC mounts a bundle, below the `mountprefix` of its configuration.
const BUNDLE: &str = "/run/rauc/bundle";

/// The slot that runs, as the boot loader named it on the kernel's command line.
pub fn booted() -> Option<String> {
    argument("rauc.slot=")
}

/// Whether the boot loader had no slot left with tries and gave all of them new ones.
pub fn exhausted() -> bool {
    argument("evertill.slots=").as_deref() == Some("exhausted")
}

/// How the boot loader said that the shop's screen hangs.
pub fn turn() -> Turn {
    Turn::parse(&argument("evertill.turn=").unwrap_or_default())
}

/// Tells the boot loader how the shop's screen hangs, for the next starts. To be called before RAUC,
/// which writes the same file, runs.
pub fn keep_turn(turn: Turn) {
    if turn == self::turn() {
        return;
    }
    if let Err(error) = grub_environment::keep(Path::new(LOADER), "TURN", turn.degrees()) {
        say(&format!("how the screen hangs was not kept: {error}"));
    }
}

fn argument(name: &str) -> Option<String> {
    let line = std::fs::read_to_string("/proc/cmdline").ok()?;
    let mut words = line.split_whitespace();
    words.find_map(|word| word.strip_prefix(name).map(str::to_owned))
}

/// What GRUB reads at each start; other boot loaders have none.
const LOADER: &str = "/boot/esp/EFI/BOOT/grubenv";
/// On the data partition: the slot and the version that sold last.
const SOLD: &str = "sold";

/// Whether a version sold from a slot before: it is good, whatever is unplugged today.
pub fn sold_before(slot: &str, version: &str) -> bool {
    let kept = std::fs::read_to_string(Path::new(PLACE).join(SOLD));
    kept.is_ok_and(|kept| kept.trim() == format!("{slot} {version}"))
}

/// Keeps that it did.
pub fn keep_sold(slot: &str, version: &str) {
    if let Err(error) = durable(&Path::new(PLACE).join(SOLD), &format!("{slot} {version}\n")) {
        say(&format!(
            "that version {version} sells was not kept: {error}"
        ));
    }
}

/// Says to the boot loader that this slot is good. `false` when that did not go through: the
/// service that does it may not have started yet.
pub fn mark_good() -> bool {
    succeeded(rauc(&["status", "mark-good"]))
}

/// Says to the boot loader that this slot is not to be started again. `false` when that did not go
/// through.
pub fn mark_bad() -> bool {
    succeeded(rauc(&["status", "mark-bad"]))
}

fn rauc(arguments: &[&str]) -> std::io::Result<Output> {
    Command::new("/usr/bin/rauc").args(arguments).output()
}

fn succeeded(output: std::io::Result<Output>) -> bool {
    match output {
        Ok(output) if output.status.success() => true,
        Ok(output) => {
            let words = String::from_utf8_lossy(&output.stderr);
            say(&format!("rauc: {}", words.trim().replace('\n', "; ")));
            false
        }
        Err(error) => {
            say(&format!("rauc: {error}"));
            false
        }
    }
}

/// Lets go of the bundle that RAUC had mounted when it ended: it is ended in the middle of an
/// installation where what it reads is not what was signed, or where a stick fails. With the mount
/// its device goes too; as long as both are there, nothing else is installed.
pub fn forget_bundle() {
    let detach = rustix::mount::UnmountFlags::DETACH;
    if rustix::mount::unmount(BUNDLE, detach).is_ok() {
        say("an installation was broken off");
    }
}

/// Whether the slot that does not run may be started instead; `false` also when nobody knows.
pub fn other_is_good() -> bool {
    match rauc(&["status", "--output-format=shell"]) {
        Ok(output) => other_good(&String::from_utf8_lossy(&output.stdout)),
        Err(_) => false,
    }
}

fn other_good(status: &str) -> bool {
    let values: BTreeMap<&str, &str> = status
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name, value.trim_matches('\'')))
        .collect();
    values.iter().any(|(name, state)| {
        let number = name.strip_prefix("RAUC_SLOT_STATE_");
        let value = |field: &str| {
            let number = number?;
            let name = format!("RAUC_SLOT_{field}_{number}");
            values.get(name.as_str()).copied()
        };
        *state == "inactive" && value("BOOT_STATUS") == Some("good")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_slot_is_good_only_where_rauc_says_so() {
        let status = "RAUC_SLOT_STATE_1='booted'\nRAUC_SLOT_BOOT_STATUS_1='good'\n\
                      RAUC_SLOT_STATE_2='inactive'\nRAUC_SLOT_BOOT_STATUS_2='bad'\n\
                      RAUC_SLOT_STATE_3='inactive'\n";
        assert!(!other_good(status));
        assert!(other_good(&status.replace("'bad'", "'good'")));
        assert!(!other_good(""));
    }
}
