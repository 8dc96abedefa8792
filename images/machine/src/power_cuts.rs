//! The plug is pulled: for good, and in every way that what was written to the disk allows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::disk;
use crate::hardware::Hardware;
use crate::images::{Images, START};
use crate::saved::Saved;
use crate::truth::{self, Truth};
use crate::vm::Vm;
use crate::write_log::{Dice, Replay, WriteLog};

/// How often the plug is pulled while the till sells.
const KILLS: u64 = 10;
/// How much is written in a recording of sales.
const SALES: u64 = 40;

/// One scene brings the program; others wait for it.
static REHEARSING: Mutex<()> = Mutex::new(());

/// A machine of that name that has a program which sells by a script, and a till for it. It is made
/// the first time, and afterwards goes on from there. Gives its disk at that moment, its own disk,
/// and the machine.
fn rehearsed(
    images: &Images,
    name: &str,
    hardware: &Hardware,
) -> anyhow::Result<(PathBuf, PathBuf, Vm)> {
    let saved = Saved::find_or(&REHEARSING, &images.shared.join("rehearsed"), || {
        let (disk, mut machine) = images.started("rehearsing", &Hardware::default())?;
        bring(images, &mut machine)?;
        Ok((disk, machine))
    })?;
    let (disk, machine) = saved.resume(images, name, hardware)?;
    Ok((saved.disk(), disk, machine))
}

/// Brings the program into a machine.
fn bring(images: &Images, machine: &mut Vm) -> anyhow::Result<()> {
    let program = images.folder.join("demo");
    machine.plug(&program)?;
    let length = std::fs::metadata(&program)?.len();
    machine.shell(
        &format!(
            "mount -o remount,exec,size=300m /tmp; \
             i=0; until [ -e /dev/vdb ] || [ $i -gt 60 ]; do sleep 1; i=$((i+1)); done; \
             head -c {length} /dev/vdb > /tmp/demo; chmod 755 /tmp/demo; mkdir -p {0}; \
             [ -e {0}/till.toml ] || \
             printf 'till = \"C1\"\npos_profile = \"Counter 1\"\n' > {0}/till.toml; sync",
            truth::FOLDER
        ),
        300,
    )?;
    machine.unplug()
}

/// Begins to sell.
fn rehearse(machine: &mut Vm, seed: u64) -> anyhow::Result<()> {
    machine.shell_start(&format!(
        "/tmp/demo --data {} demo --rehearse 1000000 --seed {seed}",
        truth::FOLDER
    ))
}

/// Ten times the plug is pulled while the till sells, and ten times what was durable is on the disk.
/// The last disk is started, and the till goes on where it was.
pub fn plain_kills(images: &Images) -> anyhow::Result<String> {
    let mut dice = Dice(10);
    let mut receipts = 0;
    let mut last = None;
    for number in 0..KILLS {
        let (_, disk, machine) = rehearsed(images, "kills", &Hardware::default())?;
        let truth = one_kill(images, machine, &disk, number, &mut dice)
            .with_context(|| format!("kill {}", number + 1))?;
        let sold = truth.durable.receipts;
        println!("   {sold} receipts before kill {}", number + 1);
        receipts += sold;
        last = Some((disk, truth));
    }
    let (disk, mut truth) = last.context("nothing was killed")?;
    let mut machine = images.boot_disk("kills", &disk, &Hardware::default())?;
    machine.wait("slot A is good", START)?;
    bring(images, &mut machine)?;
    rehearse(&mut machine, KILLS)?;
    let mut lines = machine.shell_lines()?;
    let found = lines
        .find_map(|text| truth::line(&text))
        .context("the till told nothing after the start")?;
    truth.hear(&found)?;
    machine.kill()?;
    Ok(format!(
        "{KILLS} kills, {receipts} sales, none lost, the cart as it was kept; the last disk started \
         and the till went on where it was"
    ))
}

/// Sells until the plug is pulled; gives what was told, which is what is found.
fn one_kill(
    images: &Images,
    mut machine: Vm,
    disk: &Path,
    seed: u64,
    dice: &mut Dice,
) -> anyhow::Result<Truth> {
    rehearse(&mut machine, seed)?;
    let lines = machine.shell_lines()?;
    let mut truth = Truth::default();
    let (mut heard, last) = (0, 12 + dice.below(70));
    let mut machine = Some(machine);
    for text in lines {
        if let Some(told) = truth::line(&text) {
            truth.hear(&told)?;
            heard += 1;
        }
        if heard >= last
            && let Some(machine) = machine.take()
        {
            // What it had told is still on the way.
            std::thread::sleep(Duration::from_millis(dice.below(700)));
            machine.kill()?;
        }
    }
    ensure!(heard >= last, "the machine told {heard} lines only");
    let folder = tempfile::tempdir_in(&images.work)?;
    let found = truth::found_on(disk, folder.path(), &images.folder.join("demo"))?;
    truth.check(&found)?;
    Ok(truth)
}

/// A machine whose writes are recorded.
fn recording(log: &Path) -> Hardware {
    Hardware {
        write_log: Some(log.to_owned()),
        ..Hardware::default()
    }
}

/// Records every write and flush while the till sells, and replays them: cut anywhere, with what
/// was not flushed lost, torn or there. Nothing that was told to be durable is ever gone.
pub fn while_selling(images: &Images) -> anyhow::Result<String> {
    let log = images.work.join("selling.writes");
    let (before, _, mut machine) = rehearsed(images, "selling", &recording(&log))?;
    rehearse(&mut machine, 1)?;
    // What was told, and how much was in the log by then.
    let mut told: Vec<(u64, Value)> = Vec::new();
    let patience = machine.patience(300);
    let mut sold = 0;
    for text in machine.shell_lines()? {
        if let Some(line) = truth::line(&text) {
            sold += u64::from(line.get("sold").is_some());
            told.push((WriteLog::count(&log)?, line));
        }
        if sold >= SALES || patience.is_over() {
            break;
        }
    }
    machine.kill()?;
    ensure!(sold > 0, "nothing was sold");
    let log = WriteLog::open(&log)?;
    let first = told.first().context("nothing was told")?.0;
    let last = u64::try_from(log.entries.len())?;
    let mut dice = Dice(7);
    let mut cuts: Vec<u64> = (0..images.cuts)
        .map(|_| first + dice.below(last - first + 1))
        .collect();
    cuts.sort_unstable();
    let data = *disk::partitions(&before)?
        .get("data")
        .context("no data partition")?;
    let mut replay = Replay::new(&log, &before, data, &images.work.join("selling.base"))?;
    for after in cuts {
        let mut truth = Truth::default();
        let (by_then, later) = told.split_at(told.partition_point(|(count, _)| *count <= after));
        by_then.iter().try_for_each(|(_, line)| truth.hear(line))?;
        // What was told next may have become durable already.
        let mut next = truth.clone();
        for (_, line) in later {
            next.hear(line)?;
            if next.durable != truth.durable {
                break;
            }
        }
        let folder = tempfile::tempdir_in(&images.work)?;
        let part = folder.path().join("data.ext4");
        replay.make(&log.cut(usize::try_from(after)?, &mut dice), &part)?;
        let check = || -> anyhow::Result<()> {
            let found = truth::found(&part, folder.path(), &images.folder.join("demo"))?;
            ensure!(
                truth.is(&found) || next.is(&found),
                "{:?} or {:?} was durable; found is {found}",
                truth.durable,
                next.durable
            );
            Ok(())
        };
        check().with_context(|| format!("after {after} of {last} writes"))?;
    }
    Ok(format!(
        "{} cuts in {} writes and flushes of {sold} sales: the file system whole, no sale lost, the \
         cart there",
        images.cuts,
        last - first
    ))
}

/// Records every write of an installation and replays it, cut anywhere: a whole slot always starts.
pub fn during_an_install(images: &Images) -> anyhow::Result<String> {
    let log = images.work.join("install.writes");
    let (before, _, mut machine) = rehearsed(images, "install", &recording(&log))?;
    let first = WriteLog::count(&log)?;
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
    let (mut old, mut new) = (0_u64, 0_u64);
    // A tenth of them at the very end, where the boot state is written.
    let mut cuts: Vec<u64> = (0..images.cuts)
        .map(|number| match number % 10 {
            0 => last - dice.below(60.min(last)),
            _ => first + dice.below(last - first + 1),
        })
        .collect();
    cuts.sort_unstable();
    let places = disk::partitions(&before)?;
    let place = |name: &str| places.get(name).copied().context(name.to_owned());
    let mut replays = BTreeMap::new();
    for name in ["esp", "bootA", "rootA", "bootB", "rootB"] {
        let base = images.work.join(format!("install.{name}"));
        replays.insert(name, Replay::new(&log, &before, place(name)?, &base)?);
    }
    // The root that nothing is written to is looked at once.
    let untouched = !log.touches(place("rootA")?);
    let mut known = false;
    for after in cuts {
        let cut = log.cut(usize::try_from(after)?, &mut dice);
        let folder = tempfile::tempdir_in(&images.work)?;
        let part = |name: &str| {
            let file = folder.path().join(name);
            let replay = replays.get_mut(name).context(name.to_owned())?;
            replay.make(&cut, &file)?;
            Ok(file)
        };
        let is_known = |slot: &str| slot == "A" && untouched && std::mem::replace(&mut known, true);
        let slot = disk::bootable(part, folder.path(), &kernels, is_known)
            .with_context(|| format!("after {after} of {last} writes"))?;
        if slot == "A" {
            old += 1;
        } else {
            new += 1;
        }
    }
    Ok(format!(
        "{} cuts in {} writes and flushes: {old} start the old slot, {new} the new one, all whole",
        images.cuts,
        last - first
    ))
}
