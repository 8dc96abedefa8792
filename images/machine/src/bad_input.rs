//! Boxes that cannot sell: what they say, and that nothing of what was sold is touched.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::disk;
use crate::hardware::{Hardware, SCREEN};
use crate::images::{Images, START};
use crate::screen::{Area, Picture};
use crate::splash::GROUND;
use crate::vm::Vm;

/// What a page that says what is wrong begins with.
const BAD: [u8; 3] = [0xff, 0x9a, 0x8f];
/// Where its text stands.
const COLUMN: Area = Area::new(290, 80, 700, 640);
/// Where the boot loader's sentences stand, below what the firmware wrote, and their colour.
const SENTENCES: Area = Area::new(0, 180, 1280, 60);
const GREY: [u8; 3] = [0x98; 3];

/// Whether a picture is a page of the first program that says what is wrong.
fn says_what_is_wrong(picture: &Picture) -> bool {
    picture.size() == (SCREEN.0 as usize, SCREEN.1 as usize)
        && picture.is_plain_around(COLUMN, GROUND)
        && picture.has(BAD)
}

/// Waits until the screen is as asked for.
fn shows(machine: &mut Vm, what: &str, is: impl Fn(&Picture) -> bool) -> anyhow::Result<()> {
    let patience = machine.patience(START);
    while !is(&machine.picture()?) {
        ensure!(!patience.is_over(), "the screen does not show {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// The beginning of the data partition is gone: the screen says that it cannot be read, no till is
/// started, the box does not start again by itself, and not a byte of the partition is changed.
pub fn unreadable_data(images: &Images) -> anyhow::Result<String> {
    let file = images.work.join("unreadable.img");
    disk::copy(&images.folder.join("disk.img"), &file)?;
    disk::damage(&file, "data", 0, &vec![0; 1 << 20])?;
    let place = *disk::partitions(&file)?
        .get("data")
        .context("no partition data")?;
    let sum = || {
        let part = images.work.join("data.part");
        disk::extract(&file, place, &part)?;
        disk::checksum(&part)
    };
    let before = sum()?;
    let mut machine = images.boot_disk("unreadable", &file, &Hardware::default())?;
    let why = machine.wait("This till cannot read its disk", START)?;
    shows(&mut machine, "what is wrong", says_what_is_wrong)?;
    images.picture(&mut machine, "unreadable-data.png")?;
    std::thread::sleep(Duration::from_secs(60));
    ensure!(
        says_what_is_wrong(&machine.picture()?),
        "the screen no longer says what is wrong"
    );
    ensure!(
        machine.count("Evertill: slot") == 1 && machine.count("the till ") == 0,
        "the box did more than to say what is wrong"
    );
    machine.kill()?;
    ensure!(sum()? == before, "the data partition was changed");
    Ok(format!(
        "{why}; a minute later still, and not a byte of it changed"
    ))
}

/// Nothing is plugged into the box's output: a line says so, and no till is started and blamed. With
/// a screen plugged in later, it sells; as that one cannot be touched, a line says that.
pub fn no_screen(images: &Images) -> anyhow::Result<String> {
    let file = images.work.join("screenless.img");
    disk::copy(&images.folder.join("disk.img"), &file)?;
    // The kernel takes the output for one that nothing is plugged into.
    let place = *disk::partitions(&file)?
        .get("bootA")
        .context("no partition bootA")?;
    let boot = format!("{}@@{}", file.display(), place.start);
    let arguments = disk::run(Command::new("mtype").args(["-i", &boot, "::slot.cfg"]))?;
    let arguments = String::from_utf8(arguments)?;
    let changed = arguments.replace("slot_arguments=\"", "slot_arguments=\"video=Virtual-1:d ");
    ensure!(changed != arguments, "slot.cfg sets no slot_arguments");
    let own = images.work.join("slot.cfg");
    std::fs::write(&own, changed)?;
    disk::run(
        Command::new("mcopy")
            .args(["-o", "-i", &boot])
            .arg(&own)
            .arg("::slot.cfg"),
    )?;
    let hardware = Hardware {
        no_touch: true,
        ..Hardware::default()
    };
    let mut machine = images.boot_disk("screenless", &file, &hardware)?;
    let line = machine.wait("no screen is plugged in", START)?;
    // As long as a till takes to end so often that it is blamed.
    machine.shell("sleep 60", 120)?;
    let log = machine.shell(
        "grep -c 'no screen is plugged in' /data/log/evertill.log",
        60,
    )?;
    ensure!(log == "1", "the log names it {log} times");
    ensure!(
        machine.count("the till ended") == 0 && machine.count("Evertill: slot") == 1,
        "a till was started without a screen"
    );
    machine.shell("echo on >/sys/class/drm/card0-Virtual-1/status", 60)?;
    machine.wait("the till is ready", START)?;
    shows(&mut machine, "the till", |picture| picture.light(0xd8) > 50)?;
    machine.wait("slot A is good", START)?;
    let touch = machine.wait("no touch screen", START)?;
    machine.kill()?;
    Ok(format!(
        "{line}; {touch}; a minute later with a screen the till is ready"
    ))
}

/// No slot starts: what was changed in the system is not run, and then its kernel is gone, too. The
/// screen says so, and the box tries on.
pub fn no_slot_left(images: &Images) -> anyhow::Result<String> {
    let disk = images.work.join("slotless.img");
    disk::copy(&images.folder.join("disk.img"), &disk)?;
    disk::damage(&disk, "rootA", 1024, &[0; 64])?;
    let mut machine = images.boot_disk("slotless", &disk, &Hardware::default())?;
    for _ in 0..4 {
        machine.wait("Evertill: slot", START)?;
    }
    shows(&mut machine, "what is wrong", says_what_is_wrong)?;
    images.picture(&mut machine, "no-slot-starts.png")?;
    let (tries, ended) = (
        machine.count("Evertill: slot A ("),
        machine.count("is corrupted"),
    );
    machine.kill()?;
    ensure!(
        tries == 4 && ended >= 3,
        "{tries} tries of slot A, {ended} lines of dm-verity"
    );
    disk::damage(&disk, "bootA", 0, &vec![0; 4 << 20])?;
    let mut machine = images.boot_disk("slotless", &disk, &Hardware::default())?;
    machine.wait("finds no system that it can start", START)?;
    shows(&mut machine, "the boot loader's sentences", |picture| {
        let sentences = picture.part(SENTENCES);
        let letters = sentences.chunks_exact(3).filter(|pixel| *pixel == GREY);
        letters.count() > 1000
    })?;
    images.picture(&mut machine, "no-slot-loads.png")?;
    let before = machine.count("cannot be loaded");
    machine.wait("cannot be loaded", START)?;
    machine.kill()?;
    Ok(format!(
        "after {tries} tries the first program says it on the screen; where nothing loads, after {before}, the boot loader does"
    ))
}
