//! What is tried on the reference image.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use hal::simulators::VirtualPrinter;

use crate::disk;
use crate::vm::{Hardware, Vm};

/// The images that are tried, and where copies of them run.
pub struct Images {
    /// `disk.img`, an enrolled till in version 1; `newer.img` and `newer.raucb`, version 2;
    /// `older.raucb`, `foreign.raucb`, `stranger.raucb`, `tampered.raucb`.
    pub folder: PathBuf,
    /// Where the machines' disks and consoles are.
    pub work: PathBuf,
}

impl Images {
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
        let machine = self.boot_disk(name, &file, hardware)?;
        Ok((file, machine))
    }

    /// Starts a machine of that name on a disk as it is.
    pub fn boot_disk(&self, name: &str, disk: &Path, hardware: &Hardware) -> anyhow::Result<Vm> {
        Vm::start(disk, &self.work.join(name), hardware)
    }

    /// Brings a bundle into a machine on a disk of its own and installs it.
    pub fn install(&self, machine: &mut Vm, bundle: &str) -> anyhow::Result<Duration> {
        let start = Instant::now();
        let (code, text) = self.try_install(machine, bundle)?;
        ensure!(code == 0, "{bundle} was not installed: {text}");
        Ok(start.elapsed())
    }

    /// The same; gives RAUC's answer.
    pub fn try_install(&self, machine: &mut Vm, bundle: &str) -> anyhow::Result<(i32, String)> {
        machine.plug(&self.folder.join(bundle))?;
        let length = std::fs::metadata(self.folder.join(bundle))?.len();
        machine.shell(
            &format!("i=0; until [ -e /dev/vdb ] || [ $i -gt 30 ]; do sleep 1; i=$((i+1)); done; head -c {length} /dev/vdb > /data/rauc/bundle.raucb"),
            300,
        )?;
        let answer = machine.shell_code("rauc install /data/rauc/bundle.raucb", 900);
        machine.shell("rm -f /data/rauc/bundle.raucb", 60)?;
        machine.unplug()?;
        answer
    }

    fn picture(&self, machine: &mut Vm, name: &str) -> anyhow::Result<()> {
        machine.screenshot(&self.work.join(name))
    }
}

/// A new box with a till on it, no network: the first start, and a cashier signs in by touch.
pub fn cold_boot_and_sign_in(images: &Images) -> anyhow::Result<String> {
    let printer = VirtualPrinter::on_tcp()?;
    let address = match printer.link() {
        hal::PrinterLink::Tcp(address) => address,
        _ => bail!("the virtual printer has no port"),
    };
    let hardware = Hardware {
        printer: Some(address),
        ..Hardware::default()
    };
    let (_, mut machine) = images.boot("cold-boot", "disk.img", &hardware)?;
    let (loader, _) = machine.wait("Evertill: slot A", 300)?;
    let (system, _) = machine.wait("version ", 600)?;
    machine.wait("reaches to the disk's end", 600)?;
    let (ready, _) = machine.wait("the till is ready", 900)?;
    images.picture(&mut machine, "cold-boot-1-start.png")?;
    let (good, _) = machine.wait("slot A is good", 300)?;
    let memory = machine.shell("free -m | sed -n 2p", 60)?;
    let listening = machine.shell(
        "cat /proc/net/tcp /proc/net/tcp6 | grep -c ' 0A ' || true",
        60,
    )?;
    ensure!(listening.trim() == "0", "a port is open: {listening}");
    for (x, y) in crate::places::SIGN_IN {
        machine.touch(*x, *y)?;
        std::thread::sleep(Duration::from_secs(3));
    }
    std::thread::sleep(Duration::from_secs(20));
    images.picture(&mut machine, "cold-boot-2-signed-in.png")?;
    machine.kill()?;
    Ok(format!(
        "boot loader {:.0} s, system {:.0} s, till ready {:.0} s, slot good {:.0} s; {memory}",
        loader.as_secs_f32(),
        system.as_secs_f32(),
        ready.as_secs_f32(),
        good.as_secs_f32()
    ))
}

/// Killed at ten moments of its start and its work: it starts again each time.
pub fn plain_kills(images: &Images) -> anyhow::Result<String> {
    let (disk, machine) = images.boot("kills", "disk.img", &Hardware::default())?;
    let mut machine = Some(machine);
    for number in 0..10_u64 {
        let mut running = match machine.take() {
            Some(running) => running,
            None => images.boot_disk("kills", &disk, &Hardware::default())?,
        };
        if number % 2 == 0 {
            running.wait("the disk is ready", 900)?;
            std::thread::sleep(Duration::from_secs(number));
        } else {
            running.wait("is good", 900)?;
        }
        running.kill()?;
    }
    let mut last = images.boot_disk("kills", &disk, &Hardware::default())?;
    last.wait("slot A is good", 900)?;
    Ok("10 kills, sales and slot as before".to_owned())
}

/// Bundles that must not be installed: of another key, for another box, changed, older.
pub fn refused_bundles(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.boot("refused", "disk.img", &Hardware::default())?;
    machine.wait("slot A is good", 900)?;
    let before = machine.shell("grub-editenv /boot/esp/EFI/BOOT/grubenv list", 60)?;
    let mut answers = Vec::new();
    for (bundle, why) in [
        ("stranger.raucb", "another key"),
        ("foreign.raucb", "another box"),
        ("tampered.raucb", "changed"),
        ("older.raucb", "older"),
    ] {
        let (code, text) = images.try_install(&mut machine, bundle)?;
        ensure!(code != 0, "{bundle} ({why}) was installed");
        let words = text
            .lines()
            .find(|line| line.contains("LastError"))
            .unwrap_or_default();
        answers.push(format!(
            "{why}: {}",
            words.trim_start_matches("LastError: ")
        ));
    }
    let after = machine.shell("grub-editenv /boot/esp/EFI/BOOT/grubenv list", 60)?;
    let good = |state: &str| state.contains("A_OK=1") && state.contains("B_OK=0");
    ensure!(
        good(&before) && good(&after),
        "the boot state changed: {before} to {after}"
    );
    Ok(answers.join("; "))
}

/// A to B: installed, started, marked good.
pub fn update_and_mark_good(images: &Images) -> anyhow::Result<String> {
    let (disk, mut machine) = images.boot("update", "disk.img", &Hardware::default())?;
    machine.wait("slot A is good", 900)?;
    let took = images.install(&mut machine, "newer.raucb")?;
    machine.shell_start("sync; reboot -f")?;
    machine.forget_shell();
    machine.wait("Evertill: slot B", 900)?;
    let (_, version) = machine.wait("version ", 900)?;
    ensure!(version.contains("slot B"), "{version}");
    machine.wait("slot B is good", 900)?;
    let state = machine.shell("grub-editenv /boot/esp/EFI/BOOT/grubenv list", 60)?;
    ensure!(
        state.contains("B_OK=1") && state.contains("B_TRY=0"),
        "{state}"
    );
    machine.kill()?;
    disk::copy(&disk, &images.work.join("updated.img"))?;
    Ok(format!("installed in {} s; {version}", took.as_secs()))
}

fn updated(images: &Images, name: &str) -> anyhow::Result<PathBuf> {
    let from = images.work.join("updated.img");
    ensure!(
        from.exists(),
        "run update-and-mark-good first: this begins with its disk"
    );
    let to = images.work.join(format!("{name}.img"));
    disk::copy(&from, &to)?;
    Ok(to)
}

/// The slot that would start was overwritten: the other one starts.
pub fn corrupted_slot(images: &Images) -> anyhow::Result<String> {
    let disk = updated(images, "corrupted")?;
    disk::damage(&disk, "bootB", 0, &vec![0; 4 << 20])?;
    let mut machine = images.boot_disk("corrupted", &disk, &Hardware::default())?;
    machine.wait("slot A is good", 1800)?;
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
    machine.wait("slot A is good", 1800)?;
    let verity = machine.count("verity");
    Ok(format!(
        "{} tries of slot B, {verity} lines of dm-verity, then slot A",
        machine.count("Evertill: slot B (")
    ))
}

/// The till's event loop stands still: the watchdog restarts the box.
pub fn hung_till(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.boot("hung", "disk.img", &Hardware::default())?;
    machine.wait("slot A is good", 900)?;
    machine.shell("kill -STOP $(pidof evertill)", 60)?;
    let start = Instant::now();
    machine.forget_shell();
    machine.wait("Evertill: slot A", 300)?;
    Ok(format!(
        "the box started again {} s after its till stood still",
        start.elapsed().as_secs()
    ))
}
