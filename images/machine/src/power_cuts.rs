//! The power is cut while an update is installed, at any moment.

use std::fs::File;

use anyhow::{Context, ensure};

use crate::disk;
use crate::scenes::Images;
use crate::vm::Hardware;
use crate::write_log::{Dice, WriteLog};

/// How many cuts.
const CUTS: u64 = 100;

/// Records every write of an installation and replays it, cut anywhere: a whole slot always starts.
pub fn during_an_install(images: &Images) -> anyhow::Result<String> {
    let log = images.work.join("install.writes");
    let (before, mut machine) = {
        let (file, mut machine) = images.boot("record-0", "disk.img", &Hardware::default())?;
        machine.wait("is good", 900)?;
        machine.shell("poweroff -f -d 1 & sync", 30).ok();
        machine.kill()?;
        let before = images.work.join("install.before");
        disk::copy(&file, &before)?;
        let hardware = Hardware {
            write_log: Some(log.clone()),
            ..Hardware::default()
        };
        let machine = images.boot_disk("record", &file, &hardware)?;
        (before, machine)
    };
    machine.wait("is good", 900)?;
    images.install(&mut machine, "newer.raucb")?;
    machine.shell("sync", 60)?;
    machine.kill()?;
    let kernels = [
        disk::kernel_of(&before, "bootA", &images.work)?,
        disk::kernel_of(&images.folder.join("newer.img"), "bootA", &images.work)?,
    ];
    let log = WriteLog::open(&log)?;
    let last = u64::try_from(log.entries.len())?;
    let mut dice = Dice(6);
    let (mut old, mut new) = (0, 0);
    let cut = images.work.join("install.cut");
    for number in 0..CUTS {
        let after = usize::try_from(dice.below(last + 1))?;
        disk::copy(&before, &cut)?;
        log.cut(&File::options().write(true).open(&cut)?, after, &mut dice)?;
        let folder = tempfile::tempdir_in(&images.work)?;
        let slot = disk::bootable(&cut, folder.path(), &kernels)
            .with_context(|| format!("cut {number}, after {after} of {last} writes"))?;
        if slot == "A" {
            old += 1;
        } else {
            new += 1;
        }
    }
    std::fs::remove_file(&cut)?;
    ensure!(old + new == CUTS);
    Ok(format!(
        "{CUTS} cuts in {last} writes and flushes: {old} start the old slot, {new} the new one, all whole"
    ))
}
