//! An update to a version that stores its data in another form, and the way back.

use anyhow::{Context, ensure};

use crate::hardware::Hardware;
use crate::images::{Images, START};
use crate::sale::{receipts, sell, sign_in};
use crate::vm::Vm;

/// What these are called among the scenes.
const SCENES: [&str; 2] = ["update-that-migrates", "migration-that-goes-back"];
/// What they need.
pub const MISSING: &str =
    "OLDER_BINARY names a till of an earlier version when the images are made, and named none";
/// A till of an earlier version, on its box.
const OLDER: &str = "older-till.img";

/// Whether a scene is one of these, and there is not what they need.
pub fn is_left_out(images: &Images, scene: &str) -> bool {
    SCENES.contains(&scene) && !can_be_tried(images)
}

fn can_be_tried(images: &Images) -> bool {
    images.folder.join(OLDER).exists()
}

/// A newer version migrates the data of the earlier one and ends before it sells: the earlier one goes
/// on where it was, and sells.
pub fn migration_that_goes_back(images: &Images) -> anyhow::Result<String> {
    let (mut machine, before) = older(images, "migrated-back")?;
    images.install(&mut machine, "migrating.raucb")?;
    restart(&mut machine, "B")?;
    let why = machine.wait("the other slot is started", START)?;
    machine.wait("Evertill: slot A", START)?;
    machine.wait("slot A is good", START)?;
    let copies = copies(&mut machine)?;
    let [from, to] = copies.as_slice() else {
        anyhow::bail!("copies of the data after the way back: {copies:?}");
    };
    let said = machine.shell(
        "grep -h 'a newer version had migrated' /data/log/evertill.log",
        60,
    )?;
    let found = receipts(&mut machine)?;
    ensure!(
        found == before,
        "{before} receipts waited, then {found} after the way back"
    );
    sells(&mut machine, before + 1)?;
    images.picture(&mut machine, "migration-1-older-sells.png")?;
    machine.kill()?;
    Ok(format!(
        "{from} was migrated, then {why}; the older till: {said}; {to} is kept, {found} receipts are there, and it \
         sells on"
    ))
}

/// A newer version migrates the data, is good and sells. The earlier one, started once more, says that
/// it cannot read them and leaves them as they are, until the box goes back to the newer one by itself,
/// which sells on.
pub fn update_that_migrates(images: &Images) -> anyhow::Result<String> {
    let (mut machine, before) = older(images, "migrating")?;
    images.install(&mut machine, "newer.raucb")?;
    restart(&mut machine, "B")?;
    machine.wait("slot B is good", START)?;
    let copies = copies(&mut machine)?;
    let [copy] = copies.as_slice() else {
        anyhow::bail!("copies of the data before the migration: {copies:?}");
    };
    let found = receipts(&mut machine)?;
    ensure!(
        found == before,
        "{before} receipts waited, then {found} after the migration"
    );
    sells(&mut machine, before + 1)?;
    images.picture(&mut machine, "migration-2-newer-sells.png")?;

    machine.shell("kill -STOP $(pidof evertill); sync", 60)?;
    let sums = sums_of(&mut machine)?;
    machine.shell("rauc status mark-active other", 120)?;
    restart(&mut machine, "A")?;
    // Whatever it does with data that it does not know, it has had the time to.
    machine.shell("sleep 60", 120)?;
    images.picture(&mut machine, "migration-3-older-refuses.png")?;
    let is = sums_of(&mut machine)?;
    ensure!(
        is == sums,
        "what it does not know was changed: {sums} to {is}"
    );
    let why = machine.wait("the other slot is started", START)?;
    machine.forget_shell();
    machine.wait("Evertill: slot B", START)?;
    machine.wait("slot B is good", START)?;
    sells(&mut machine, before + 2)?;
    machine.kill()?;
    Ok(format!(
        "migrated, {copy} kept, good, and it sells; the older till, started once more, says that it cannot read that \
         and changed nothing; then {why}, and the newer one sells on: {} receipts, none lost",
        before + 2
    ))
}

/// A box of an earlier version, and how many receipts wait there.
fn older(images: &Images, name: &str) -> anyhow::Result<(Vm, u64)> {
    ensure!(can_be_tried(images), MISSING);
    let (_, mut machine) = images.boot(name, OLDER, &Hardware::default())?;
    machine.wait("slot A is good", START)?;
    let before = receipts(&mut machine)?;
    ensure!(copies(&mut machine)?.is_empty(), "it was migrated before");
    Ok((machine, before))
}

/// Signs in and sells; afterwards so many receipts wait.
fn sells(machine: &mut Vm, then: u64) -> anyhow::Result<()> {
    // A touch before its screen is open is lost: there is a keyboard besides.
    machine.shell(
        "until [ $(ls -l /proc/$(pidof evertill)/fd | grep -c /dev/input/event) = 2 ]; do sleep 1; done",
        120,
    )?;
    sign_in(machine)?;
    sell(machine)?;
    let waiting = receipts(machine)?;
    ensure!(waiting == then, "{waiting} receipts wait, not {then}");
    Ok(())
}

/// The copies of the till's data of before and after a migration.
fn copies(machine: &mut Vm) -> anyhow::Result<Vec<String>> {
    let names = machine.shell("ls -1 /data/till", 60)?;
    let copies = names.lines().filter(|name| {
        let format = name.strip_prefix("till.sqlite.format-");
        format.is_some_and(|format| format.bytes().all(|byte| byte.is_ascii_digit()))
    });
    Ok(copies.map(str::to_owned).collect())
}

/// What the till's data is, as checksums.
fn sums_of(machine: &mut Vm) -> anyhow::Result<String> {
    machine.shell("cd /data/till && sha256sum till.sqlite till.sqlite-wal", 60)
}

/// Starts the box again, which must take this slot.
fn restart(machine: &mut Vm, slot: &str) -> anyhow::Result<()> {
    machine.shell_start("sync; reboot -f")?;
    machine.forget_shell();
    let line = machine.wait("Evertill: slot", START)?;
    ensure!(
        line.contains(&format!("Evertill: slot {slot}")),
        "another slot is started: {line}"
    );
    machine
        .wait("version ", START)
        .context("it does not start")?;
    Ok(())
}
