//! The images that are tried, and machines that run copies of them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use hal::PrinterLink;
use hal::simulators::VirtualPrinter;

use crate::disk;
use crate::hardware::Hardware;
use crate::saved::Saved;
use crate::vm::Vm;

/// How long a start may take, emulated on a busy machine.
pub const START: u64 = 900;

/// The images that are tried, and where copies of them run.
pub struct Images {
    /// What `images/reference/test-images` made: `disk.img`, a till of the demo shop in version 1,
    /// `plain.img`, the same without what is for tests; `newer.img` and `newer.raucb`, version 2;
    /// other bundles; `demo`, a till that sells by a script.
    pub folder: PathBuf,
    /// What several scenes begin with.
    pub shared: PathBuf,
    /// Where a scene's own machines, their disks and consoles are.
    pub work: PathBuf,
    /// How many points the power is cut at.
    pub cuts: u64,
}

/// One scene makes what several begin with; others wait for it.
static STARTING: Mutex<()> = Mutex::new(());

impl Images {
    /// The images of a folder, and where they are tried.
    pub fn new(folder: &Path, cuts: u64) -> Self {
        let machines = folder.join("machines");
        Self {
            folder: folder.to_owned(),
            shared: machines.clone(),
            work: machines,
            cuts,
        }
    }

    /// The same for a scene, with a folder of its own.
    pub fn of_scene(&self, name: &str) -> anyhow::Result<Self> {
        let work = self.shared.join(name);
        std::fs::create_dir_all(&work)?;
        Ok(Self {
            folder: self.folder.clone(),
            shared: self.shared.clone(),
            work,
            cuts: self.cuts,
        })
    }

    /// Starts a machine of that name on a fresh copy of an image.
    pub fn boot(
        &self,
        name: &str,
        image: &str,
        hardware: &Hardware,
    ) -> anyhow::Result<(PathBuf, Vm)> {
        let file = self.work.join(format!("{name}.img"));
        disk::copy(&self.folder.join(image), &file)?;
        // A larger disk than the image: the first start grows the data partition.
        std::fs::File::options()
            .write(true)
            .open(&file)?
            .set_len(768 << 20)?;
        // Switched on when the image was made: its till sold just before, and what it does with a
        // receipt that was not printed depends on how long ago that is.
        let made = Command::new("date")
            .args(["-u", "+%Y-%m-%dT%H:%M:%S", "-r"])
            .arg(self.folder.join(image))
            .output()?;
        let made = String::from_utf8(made.stdout)?.trim().to_owned();
        let hardware = Hardware {
            clock: hardware.clock.clone().or(Some(made)),
            ..hardware.clone()
        };
        let machine = self.boot_disk(name, &file, &hardware)?;
        Ok((file, machine))
    }

    /// Starts a machine of that name on a disk as it is.
    pub fn boot_disk(&self, name: &str, disk: &Path, hardware: &Hardware) -> anyhow::Result<Vm> {
        Vm::start(disk, &self.work.join(name), hardware)
    }

    /// A machine of that name with a till in slot A that is good. It is started the first time, and
    /// afterwards goes on from there.
    pub fn started(&self, name: &str, hardware: &Hardware) -> anyhow::Result<(PathBuf, Vm)> {
        let saved = Saved::find_or(&STARTING, &self.shared.join("started"), || {
            let (disk, mut machine) = self.boot("starting", "disk.img", &Hardware::default())?;
            machine.wait("slot A is good", START)?;
            machine.shell("sync", 60)?;
            Ok((disk, machine))
        })?;
        saved.resume(self, name, hardware)
    }

    /// Installs a bundle that is on a disk of its own.
    pub fn install(&self, machine: &mut Vm, bundle: &str) -> anyhow::Result<Duration> {
        let start = Instant::now();
        let (code, text) = self.try_install(machine, bundle)?;
        ensure!(code == 0, "{bundle} was not installed: {text}");
        Ok(start.elapsed())
    }

    /// The same; gives RAUC's answer.
    pub fn try_install(&self, machine: &mut Vm, bundle: &str) -> anyhow::Result<(i32, String)> {
        let folder = tempfile::tempdir_in(&self.work)?;
        let held = folder.path().join("held");
        std::fs::create_dir(&held)?;
        std::fs::hard_link(self.folder.join(bundle), held.join(bundle))?;
        let medium = folder.path().join("medium.erofs");
        disk::run(
            Command::new("mkfs.erofs")
                .arg("--all-root")
                .args([&medium, &held]),
        )?;
        machine.plug(&medium)?;
        machine.shell(
            "i=0; until [ -e /dev/vdb ] || [ $i -gt 60 ]; do sleep 1; i=$((i+1)); done; \
             mkdir -p /tmp/medium && mount -t erofs -o ro /dev/vdb /tmp/medium",
            120,
        )?;
        let answer = machine.shell_code(&format!("rauc install /tmp/medium/{bundle}"), START);
        machine.shell("umount -l /tmp/medium", 60)?;
        machine.unplug()?;
        answer
    }

    /// Compares a slot of a disk, bit for bit, with what the bundles of version 2 were signed for.
    pub fn slot_is_as_signed(&self, disk: &Path, slot: &str) -> anyhow::Result<()> {
        let (ours, signed) = (
            disk::partitions(disk)?,
            disk::partitions(&self.folder.join("newer.img"))?,
        );
        for part in ["boot", "root"] {
            let place = |places: &BTreeMap<String, disk::Place>, slot: &str| {
                let name = format!("{part}{slot}");
                places.get(&name).copied().context(name)
            };
            let sum = |image: &Path, place| {
                let file = self.work.join("slot.part");
                disk::extract(image, place, &file)?;
                disk::checksum(&file)
            };
            let is = sum(disk, place(&ours, slot)?)?;
            let should = sum(&self.folder.join("newer.img"), place(&signed, "A")?)?;
            ensure!(
                is == should,
                "{part}{slot} is not what was signed: {is}, not {should}"
            );
        }
        Ok(())
    }

    /// Puts what a machine shows into a file of that name.
    pub fn picture(&self, machine: &mut Vm, name: &str) -> anyhow::Result<()> {
        machine.screenshot(&self.work.join(name))
    }
}

/// A receipt printer, and where it listens.
pub fn printer() -> anyhow::Result<(VirtualPrinter, SocketAddr)> {
    let printer = VirtualPrinter::on_tcp()?;
    let PrinterLink::Tcp(address) = printer.link() else {
        anyhow::bail!("the virtual printer has no port");
    };
    Ok((printer, address))
}

/// Gives a till these tables of `till.toml` in place of its own, and starts it with them.
pub fn set_up(machine: &mut Vm, tables: &str) -> anyhow::Result<()> {
    machine.shell("sed -i '/^\\[/,$d' /data/till/till.toml", 60)?;
    for line in tables.lines() {
        machine.shell(&format!("echo '{line}' >> /data/till/till.toml"), 60)?;
    }
    machine.shell(
        "chown evertill:evertill /data/till/till.toml && kill -KILL $(pidof evertill)",
        60,
    )?;
    machine.wait("the till is ready", START)?;
    Ok(())
}

/// A receipt printer, and a machine's hardware with it on a USB serial port.
pub fn with_printer() -> anyhow::Result<(VirtualPrinter, Hardware)> {
    let (printer, address) = printer()?;
    let hardware = Hardware {
        printer: Some(address),
        ..Hardware::default()
    };
    Ok((printer, hardware))
}
