//! What a manager does to the box itself, by finger: its clock, its log, its emptying. What a screen
//! does that nobody touches, and what a box that is no till takes from a stick and from a code.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::disk;
use crate::hardware::Hardware;
use crate::images::{Images, START};
use crate::manager::{MANAGER, PIN, PLACE, without_a_shift};
use crate::sale::sign_in;
use crate::screen::{Area, Touch};
use crate::sticks;
use crate::vm::Vm;

const ABOUT: Touch = Touch::new("About", (120, 464), PLACE);
const SET_CLOCK: Touch = Touch::new("Set the clock", (342, 754), DOTS);
const YEAR_LATER: Touch = Touch::new("a year later", (300, 160), PLACE);
const SET_IT: Touch = Touch::new("Set it", (539, 327), PLACE);
const WRITE_LOG: Touch = Touch::new("the stick for the log", (900, 754), DOTS);
const EMPTY: Touch = Touch::new("Empty this box", (340, 752), DOTS);
const EMPTY_NOW: (u32, u32) = (522, 228);
/// What of the sign-in screen stays the same over minutes: the staff.
const STAFF: Area = Area::new(0, 120, 840, 680);
/// Where a manager's PIN is asked for.
const DOTS: Area = Area::new(900, 40, 380, 160);
/// A day, in seconds.
const DAY: i64 = 86_400;

/// Signs in and opens Manager, About.
fn about(machine: &mut Vm) -> anyhow::Result<()> {
    sign_in(machine)?;
    machine.press(&MANAGER)?;
    machine.press(&ABOUT)
}

/// The end of Manager, About, which is longer than the screen.
fn to_the_end(machine: &mut Vm) -> anyhow::Result<()> {
    let before = machine.picture()?;
    machine.drag((700, 700), (700, 80))?;
    machine.answered("a finger that draws the page up", &before, PLACE)
}

/// Presses what only a manager may, and types the PIN of the one who is signed in.
fn as_manager(machine: &mut Vm, touch: &Touch) -> anyhow::Result<()> {
    machine.press(touch)?;
    PIN.iter().try_for_each(|touch| machine.press(touch))
}

fn seconds(machine: &mut Vm, command: &str) -> anyhow::Result<i64> {
    let text = machine.shell(command, 60)?;
    text.trim()
        .parse()
        .with_context(|| format!("{command}: {text}"))
}

/// What the till's journal says with this word, from a copy of it.
fn journal(machine: &mut Vm, word: &str) -> anyhow::Result<String> {
    let text = machine.shell(
        &format!(
            "mkdir -p /data/till/exports && evertill --data /data/till journal export /data/till/exports >/dev/null && \
             grep {word} /data/till/exports/*"
        ),
        300,
    )?;
    // What an entry says stands in it as a text of its own.
    Ok(text.replace('\\', ""))
}

/// A manager sets the clock a year ahead: system and box have the new time. Then the box is switched
/// on with a clock that fell back to the year 2000, and goes on from the time that it kept.
pub fn clock_by_hand(images: &Images) -> anyhow::Result<String> {
    let (disk, mut machine) = images.started("clock", &Hardware::default())?;
    about(&mut machine)?;
    images.picture(&mut machine, "clock-1-about.png")?;
    as_manager(&mut machine, &SET_CLOCK)?;
    let before = seconds(&mut machine, "date +%s")?;
    machine.press(&YEAR_LATER)?;
    images.picture(&mut machine, "clock-2-a-year-later.png")?;
    machine.press(&SET_IT)?;
    machine.wait("the clock was set by hand", 60)?;
    images.picture(&mut machine, "clock-3-set.png")?;
    let set = seconds(&mut machine, "date +%s")?;
    ensure!(
        (364 * DAY..367 * DAY).contains(&(set - before)),
        "the clock went from {before} to {set}"
    );
    // hwclock writes on the second, a moment later.
    let patience = machine.patience(60);
    loop {
        let own = seconds(&mut machine, "cat /sys/class/rtc/rtc0/since_epoch")?;
        if (own - set).abs() < 600 {
            break;
        }
        ensure!(
            !patience.is_over(),
            "the box's own clock says {own}, the system {set}"
        );
        std::thread::sleep(Duration::from_secs(1));
    }
    let noted = journal(&mut machine, "clock_set_by")?;
    ensure!(noted.contains("clock_set_by"), "{noted}");
    machine.kill()?;

    let hardware = Hardware {
        clock: Some("2000-01-01T00:00:00".to_owned()),
        ..Hardware::default()
    };
    let mut machine = images.boot_disk("clock", &disk, &hardware)?;
    machine.wait("it goes on from there", START)?;
    machine.wait("slot A is good", START)?;
    let after = seconds(&mut machine, "date +%s")?;
    machine.kill()?;
    ensure!(
        (set..set + DAY).contains(&after),
        "the box went on at {after}, it was set to {set}"
    );
    Ok(format!(
        "set {} days ahead, in the box's own clock too, and noted in the journal; started with a clock of \
         the year 2000 it goes on {} s after the time that was set",
        (set - before) / DAY,
        after - set
    ))
}

/// A manager has the log written onto a stick.
pub fn log_on_a_stick(images: &Images) -> anyhow::Result<String> {
    let stick = fat_stick(images, "log.stick", &[])?;
    let (_, mut machine) = images.started("log", &Hardware::default())?;
    sticks::plug(&mut machine, &stick)?;
    machine.wait("is at /run/media/SHOP", 120)?;
    about(&mut machine)?;
    images.picture(&mut machine, "log-1-about.png")?;
    as_manager(&mut machine, &WRITE_LOG)?;
    let patience = machine.patience(120);
    while machine
        .shell("ls /run/media/SHOP", 60)?
        .lines()
        .all(|name| !(name.starts_with("evertill-log-") && name.ends_with(".txt")))
    {
        ensure!(!patience.is_over(), "no log is on the stick");
        std::thread::sleep(Duration::from_secs(1));
    }
    machine.shell("sync", 60)?;
    images.picture(&mut machine, "log-2-written.png")?;
    machine.unplug()?;
    machine.kill()?;
    let names = disk::run(
        Command::new("mdir")
            .args(["-b", "-i"])
            .arg(&stick)
            .arg("::"),
    )?;
    let names = String::from_utf8_lossy(&names).into_owned();
    let name = names
        .lines()
        .find(|name| name.contains("evertill-log"))
        .context("no log is on the stick")?;
    let text = disk::run(Command::new("mtype").arg("-i").arg(&stick).arg(name))?;
    let text = String::from_utf8_lossy(&text).into_owned();
    ensure!(text.contains("init"), "a strange log: {text}");
    let file = Path::new(name).file_name().unwrap_or_default();
    Ok(format!(
        "{} with {} lines, the last: {}",
        file.to_string_lossy(),
        text.lines().count(),
        text.lines().last().unwrap_or_default()
    ))
}

/// A manager has the box emptied: refused while sales wait for ERPNext. A till that sent everything
/// is gone after the next start, with the key of its secrets; the log and the box's number stay.
pub fn emptying(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("emptied", &Hardware::default())?;
    about(&mut machine)?;
    to_the_end(&mut machine)?;
    as_manager(&mut machine, &EMPTY)?;
    images.picture(&mut machine, "empty-1-refused.png")?;
    let asked = machine.shell("ls -A /data/state", 60)?;
    ensure!(asked.is_empty(), "it was asked for: {asked}");
    without_a_shift(&mut machine, "")?;
    let number = machine.shell("cat /identity/machine-id", 60)?;
    about(&mut machine)?;
    to_the_end(&mut machine)?;
    as_manager(&mut machine, &EMPTY)?;
    images.picture(&mut machine, "empty-2-asked.png")?;
    machine.forget_shell();
    machine.touch(EMPTY_NOW)?;
    machine.wait("the box was emptied", START)?;
    machine.wait("the till is ready", START)?;
    images.picture(&mut machine, "empty-3-enrol.png")?;
    let left = machine.shell(
        "for folder in till state settings rauc wireless; do ls -A /data/$folder; done; ls -A /identity/till",
        60,
    )?;
    for gone in [
        "till.toml",
        "till.sqlite",
        "vault",
        "seal.key",
        "factory-reset",
    ] {
        ensure!(!left.contains(gone), "{gone} is still there: {left}");
    }
    let (log, same) = (
        machine.shell("cat /data/log/* | wc -l", 60)?,
        machine.shell("cat /identity/machine-id", 60)?,
    );
    ensure!(log.trim() != "0", "the log is gone");
    ensure!(same == number, "the box's number changed");
    machine.kill()?;
    Ok(format!(
        "refused while a shift is open and sales wait; then emptied after a start, the Enrol screen is \
         there, the key is gone; the log ({log} lines) and the box's number stay"
    ))
}

/// The screen of a till that nobody touches is dark after a minute; the touch that lights it does
/// nothing else.
pub fn dark_screen(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("dark", &Hardware::default())?;
    without_a_shift(&mut machine, "[screen]\ndark_after_minutes = 1\n")?;
    let lit = still(&mut machine)?;
    let patience = machine.patience(120);
    while machine.picture()?.light(1) > 0 {
        ensure!(!patience.is_over(), "the screen does not go dark");
        std::thread::sleep(Duration::from_secs(1));
    }
    images.picture(&mut machine, "dark.png")?;
    // Where a cashier's name is.
    let dark = machine.picture()?;
    machine.touch((153, 200))?;
    machine.answered("a touch in the dark", &dark, STAFF)?;
    let woken = still(&mut machine)?;
    machine.kill()?;
    ensure!(
        woken == lit,
        "the touch in the dark did more than light the screen"
    );
    Ok("dark after a minute, every dot black; a touch on a cashier's name lights it and chooses nobody".to_owned())
}

/// Who is asked for on the sign-in screen, once it stands still.
pub fn still(machine: &mut Vm) -> anyhow::Result<Vec<u8>> {
    let patience = machine.patience(60);
    let mut last = Vec::new();
    loop {
        let now = machine.picture()?.part(STAFF);
        if now == last {
            return Ok(now);
        }
        ensure!(!patience.is_over(), "the screen does not stand still");
        last = now;
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// A box that is no till takes preset, certificate and wireless network from a stick, and its Enrol
/// screen begins anew with them; a box that is a till takes nothing.
pub fn presets_from_a_stick(images: &Images) -> anyhow::Result<String> {
    const TAKEN: &str = "what is preset was taken from the stick";
    let stick = fat_stick(
        images,
        "preset.stick",
        &[
            (
                "preset.toml",
                "[site]\ncertificates = \"shop.pem\"\n[screen]\ntheme = \"dark\"\n[scanner]\nport = \"/dev/ttyS1\"\n",
            ),
            ("shop.pem", &crate::web::certificate()?),
            ("SHOP.psk", "[Security]\nPassphrase=correct horse\n"),
        ],
    )?;
    let (_, mut machine) = images.started("preset", &Hardware::default())?;
    // A till is told nothing.
    sticks::plug(&mut machine, &stick)?;
    machine.wait("is at /run/media/SHOP", 120)?;
    let untouched = machine.shell("ls -A /data/till /data/wireless", 60)?;
    ensure!(
        !untouched.contains("preset.toml") && !untouched.contains("SHOP.psk"),
        "a till took what is preset: {untouched}"
    );
    machine.unplug()?;
    machine.wait("was taken out", 60)?;
    machine.shell(
        "mv /data/till /data/before && mkdir -m 700 /data/till && chown evertill:evertill /data/till && \
         kill -KILL $(pidof evertill)",
        60,
    )?;
    machine.wait("the till is ready", START)?;
    images.picture(&mut machine, "preset-1-enrol.png")?;
    let before = machine.picture()?.light(0xd8);
    sticks::plug(&mut machine, &stick)?;
    machine.wait(TAKEN, 120)?;
    machine.wait("the till is ready", START)?;
    images.picture(&mut machine, "preset-2-enrol.png")?;
    let after = machine.picture()?.light(0xd8);
    ensure!(
        before > 50 && after < 20,
        "{before} in a hundred dots were light, now {after}: the theme of the preset is dark"
    );
    let kept = machine.shell(
        "cd /data/till && stat -c '%n %a %U' preset.toml shop.pem /data/wireless/SHOP.psk /var/lib/iwd/SHOP.psk",
        60,
    )?;
    let should = "preset.toml 600 evertill\nshop.pem 600 evertill\n/data/wireless/SHOP.psk 600 root\n\
                  /var/lib/iwd/SHOP.psk 600 root";
    ensure!(kept == should, "{kept}");
    // Another network by its code, as its router shows it.
    machine.scan("WIFI:T:WPA;S:Back office;P:correct horse;;")?;
    machine.wait("the wireless network \"Back office\" is known", 60)?;
    images.picture(&mut machine, "preset-3-network.png")?;
    let scanned = machine.shell(
        "stat -c '%a %U' '/data/wireless/Back office.psk' && cat '/var/lib/iwd/Back office.psk'",
        60,
    )?;
    ensure!(
        scanned == "600 root\n[Security]\nPassphrase=correct horse",
        "{scanned}"
    );
    machine.kill()?;
    Ok("a till takes nothing; a box that is none takes preset, certificate and network, for their users \
        alone, asks for the sheet in the dark theme of the preset, and knows a network by its scanned code"
        .to_owned())
}

/// A stick with these text files.
fn fat_stick(images: &Images, name: &str, files: &[(&str, &str)]) -> anyhow::Result<PathBuf> {
    let stick = images.work.join(name);
    std::fs::File::create(&stick)?.set_len(16 << 20)?;
    disk::run(Command::new("mkfs.vfat").args(["-n", "SHOP"]).arg(&stick))?;
    let folder = tempfile::tempdir_in(&images.work)?;
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::write(&file, text)?;
        disk::run(
            Command::new("mcopy")
                .arg("-i")
                .arg(&stick)
                .arg(&file)
                .arg(format!("::{name}")),
        )?;
    }
    Ok(stick)
}
