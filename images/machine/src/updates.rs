//! Updates from one slot to the other, bundles that must not be installed, slots that are damaged.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, ensure};

use crate::disk;
use crate::hardware::Hardware;
use crate::images::{Images, START};
use crate::vm::Vm;

fn boot_state(machine: &mut Vm) -> anyhow::Result<String> {
    machine.shell("grub-editenv /boot/esp/EFI/BOOT/grubenv list", 60)
}

/// Bundles that must not be installed: of another key, for another box, changed, without a
/// signature, older. The box's slots are as before. One that was changed only where the slot had
/// everything already may be installed, as nobody reads what was changed: what is in the slot then is
/// what was signed, bit for bit.
pub fn refused_bundles(images: &Images) -> anyhow::Result<String> {
    let (disk, mut machine) = images.started("refused", &Hardware::default())?;
    let before = boot_state(&mut machine)?;
    let mut answers = Vec::new();
    for (bundle, why) in [
        ("stranger.raucb", "another key"),
        ("unsigned.raucb", "no signature"),
        ("foreign.raucb", "another box"),
        ("older.raucb", "older"),
        ("tampered.raucb", "changed"),
    ] {
        let (code, text) = images.try_install(&mut machine, bundle)?;
        ensure!(code != 0, "{bundle} ({why}) was installed");
        // What RAUC says last is that it failed; why stands before. It maps a bundle into its memory,
        // and is ended where dm-verity does not let it read what was changed.
        let reason = text.split_once("LastError: ").map(|(_, reason)| reason);
        let reason = reason.and_then(|reason| reason.lines().next());
        let ended = text.contains("RAUC service disappeared");
        let words = match reason.unwrap_or_default().trim() {
            "" if ended => "its service ended where it read what was changed",
            words => words,
        };
        ensure!(!words.is_empty(), "{bundle} ({why}): {text}");
        println!("   {why}: {words}");
        answers.push(format!("{why}: {words}"));
        if ended {
            // It is started again.
            machine.shell("until rauc status >/dev/null 2>&1; do sleep 1; done", 300)?;
        }
    }
    let after = boot_state(&mut machine)?;
    let good = |state: &str| state.contains("A_OK=1") && state.contains("B_OK=0");
    ensure!(
        good(&before) && good(&after),
        "the boot state changed: {before} to {after}"
    );
    let (code, text) = images.try_install(&mut machine, "touched.raucb")?;
    let outcome = if code == 0 {
        machine.shell("sync", 60)?;
        machine.kill()?;
        images.slot_is_as_signed(&disk, "B")?;
        "what was changed is not read, and the slot is what was signed, bit for bit"
    } else {
        let state = boot_state(&mut machine)?;
        ensure!(good(&state), "the boot state changed to {state}: {text}");
        "refused"
    };
    Ok(format!(
        "{}; changed in one place: {outcome}",
        answers.join("; ")
    ))
}

/// The disk of a machine that was updated.
const UPDATED: &str = "updated.img";
/// One scene makes the disk that was updated; others wait for it.
static UPDATING: Mutex<()> = Mutex::new(());

/// A to B: installed, started, marked good.
pub fn update_and_mark_good(images: &Images) -> anyhow::Result<String> {
    let _updating = UPDATING.lock().unwrap_or_else(PoisonError::into_inner);
    update(images)
}

fn update(images: &Images) -> anyhow::Result<String> {
    let (disk, mut machine) = images.started("update", &Hardware::default())?;
    let took = images.install(&mut machine, "newer.raucb")?;
    machine.shell_start("sync; reboot -f")?;
    machine.forget_shell();
    machine.wait("Evertill: slot B", START)?;
    let version = machine.wait("version ", START)?;
    ensure!(version.contains("slot B"), "{version}");
    machine.wait("slot B is good", START)?;
    let state = boot_state(&mut machine)?;
    ensure!(
        state.contains("B_OK=1") && state.contains("B_TRY=0"),
        "{state}"
    );
    machine.shell("sync", 60)?;
    machine.kill()?;
    disk::copy(&disk, &images.work.join("updated.new"))?;
    // Last: it says that all is there.
    std::fs::rename(images.work.join("updated.new"), images.shared.join(UPDATED))?;
    Ok(format!("installed in {} s; {version}", took.as_secs()))
}

/// An update that boots and whose till does not start: the box goes back by itself.
pub fn update_that_cannot_sell(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("unsellable", &Hardware::default())?;
    images.install(&mut machine, "unsellable.raucb")?;
    machine.shell_start("sync; reboot -f")?;
    machine.forget_shell();
    machine.wait("Evertill: slot B", START)?;
    let why = machine.wait("the other slot is started", START)?;
    machine.wait("Evertill: slot A", START)?;
    machine.wait("slot A is good", START)?;
    let state = boot_state(&mut machine)?;
    ensure!(
        state.contains("B_OK=0") && state.contains("A_OK=1"),
        "{state}"
    );
    let tries = machine.count("Evertill: slot B (");
    Ok(format!(
        "{tries} start of slot B; {why}; then slot A, which is good"
    ))
}

/// A copy of the disk of a machine that was updated.
fn updated(images: &Images, name: &str) -> anyhow::Result<PathBuf> {
    let from = images.shared.join(UPDATED);
    let updating = UPDATING.lock().unwrap_or_else(PoisonError::into_inner);
    if !from.exists() {
        update(images)?;
    }
    drop(updating);
    let to = images.work.join(format!("{name}.img"));
    disk::copy(&from, &to)?;
    Ok(to)
}

/// The slot that would start was overwritten: the other one starts.
pub fn corrupted_slot(images: &Images) -> anyhow::Result<String> {
    let disk = updated(images, "corrupted")?;
    disk::damage(&disk, "bootB", 0, &vec![0; 4 << 20])?;
    let mut machine = images.boot_disk("corrupted", &disk, &Hardware::default())?;
    machine.wait("slot A is good", 2 * START)?;
    let tries = machine.count("Evertill: slot B (");
    ensure!(tries == 3, "slot B was tried {tries} times");
    Ok("3 tries of slot B, then slot A, which is good".to_owned())
}

/// One bit of the root that would start was changed: it is not read, the other slot starts.
pub fn flipped_bit(images: &Images) -> anyhow::Result<String> {
    let disk = updated(images, "flipped")?;
    let place = *disk::partitions(&disk)?.get("rootB").context("no rootB")?;
    let file = std::fs::File::open(&disk)?;
    // The superblock of the file system: read for certain.
    let mut byte = [0];
    std::os::unix::fs::FileExt::read_exact_at(&file, &mut byte, place.start + 1100)?;
    disk::damage(&disk, "rootB", 1100, &[byte[0] ^ 1])?;
    let mut machine = images.boot_disk("flipped", &disk, &Hardware::default())?;
    machine.wait("slot A is good", 2 * START)?;
    let (verity, tries) = (
        machine.count("is corrupted"),
        machine.count("Evertill: slot B ("),
    );
    ensure!(
        tries == 3 && verity > 0,
        "slot B was tried {tries} times, dm-verity said {verity} lines"
    );
    Ok(format!(
        "{tries} tries of slot B, each ended by dm-verity ({verity} lines), then slot A, which is good"
    ))
}
