//! USB sticks: one that the journal goes onto, and one full of junk. What else may be plugged in.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::json;

use crate::disk;
use crate::hardware::Hardware;
use crate::images::Images;
use crate::vm::Vm;
use crate::write_log::Dice;

/// The till's own user writes the journal onto a stick, which is proven whole outside; junk is named
/// and left alone.
pub fn usb_sticks(images: &Images) -> anyhow::Result<String> {
    let good = images.work.join("good.stick");
    let empty = std::fs::File::create(&good)?;
    empty.set_len(16 << 20)?;
    disk::run(Command::new("mkfs.vfat").args(["-n", "SHOP"]).arg(&good))?;
    let junk = images.work.join("junk.stick");
    let mut dice = Dice(3);
    let bytes: Vec<u8> = (0..2 << 20).map(|_| dice.below(256) as u8).collect();
    std::fs::write(&junk, bytes)?;

    let (_, mut machine) = images.started("sticks", &Hardware::default())?;
    plug(&mut machine, &good)?;
    machine.wait("is at /run/media/SHOP", 120)?;
    let told = machine.shell(
        "/usr/bin/setpriv --reuid evertill --regid evertill --init-groups \
         evertill --data /data/till journal export /run/media/SHOP",
        300,
    )?;
    ensure!(told.contains("proven whole"), "{told}");
    machine.unplug()?;
    machine.wait("was taken out", 60)?;
    plug(&mut machine, &junk)?;
    let refused = machine.wait("is of no use here", 120)?;
    machine.unplug()?;
    let alive = machine.shell("pidof evertill", 60)?;
    ensure!(!alive.is_empty(), "the till ended");
    machine.kill()?;
    let listed = disk::run(Command::new("mdir").args(["-b", "-i"]).arg(&good).arg("::"))?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let file = listed
        .lines()
        .find(|line| line.contains("evertill-journal"))
        .context("nothing is on the stick")?;
    let text = disk::run(Command::new("mtype").arg("-i").arg(&good).arg(file))?;
    ensure!(text.len() > 1000, "the journal on the stick is short");
    let name = Path::new(file).file_name().unwrap_or_default();
    Ok(format!(
        "{} with {} bytes on the stick, \"{}\"; junk: {refused}",
        name.to_string_lossy(),
        text.len(),
        told.lines().nth(1).unwrap_or_default()
    ))
}

/// A network adapter gets no driver, a keyboard, which scanners are too, does.
pub fn usb_allow_list(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("allowed", &Hardware::default())?;
    let monitor = &mut machine.monitor;
    monitor.execute("netdev_add", json!({"type": "user", "id": "usbnet"}))?;
    let adapter = json!({"driver": "usb-net", "netdev": "usbnet", "bus": "usb.0"});
    monitor.execute("device_add", adapter)?;
    let refused = machine.wait("stays shut", 120)?;
    let keys = json!({"driver": "usb-kbd", "bus": "usb.0"});
    machine.monitor.execute("device_add", keys)?;
    machine.shell(
        "i=0; until grep -q 'QEMU USB Keyboard' /proc/bus/input/devices; do sleep 1; i=$((i+1)); [ $i -lt 60 ] || exit 1; done",
        300,
    )?;
    let networks = machine.shell("ls /sys/class/net", 60)?;
    ensure!(networks == "lo", "there is a network: {networks}");
    let alive = machine.shell("pidof evertill", 60)?;
    ensure!(!alive.is_empty(), "the till ended");
    machine.kill()?;
    Ok(format!("a keyboard works; {refused}"))
}

/// Plugs a file in as a USB stick; `Vm::unplug` takes it out.
pub fn plug(machine: &mut Vm, file: &Path) -> anyhow::Result<()> {
    let node = json!({"driver": "file", "node-name": "stick", "filename": file});
    machine.monitor.execute("blockdev-add", node)?;
    let device = json!({"driver": "usb-storage", "id": "stick", "drive": "stick", "bus": "usb.0"});
    machine.monitor.execute("device_add", device)?;
    Ok(())
}
