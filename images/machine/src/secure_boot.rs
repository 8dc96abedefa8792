//! A PC that starts only what was signed, and secrets that one TPM opens while nobody else's keys are
//! believed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::disk;
use crate::firmware::Keys;
use crate::hardware::Hardware;
use crate::images::{Images, START};
use crate::upkeep::still;
use crate::vm::Vm;

/// How long a start that is denied may take.
const DENIED: u64 = 120;
/// What a box says whose till works.
const GOOD: &str = "slot A is good";

/// The keys that an image brings along for the firmware's menu.
fn keys_of(images: &Images, disk: &Path) -> anyhow::Result<Keys> {
    let esp = part(images, disk, "esp")?;
    let certificate = |name: &str| read(&esp, &format!("EFI/keys/{name}.cer"));
    Ok(Keys {
        platform: certificate("PK")?,
        exchange: certificate("KEK")?,
        started: vec![certificate("db")?],
    })
}

/// A partition as a file of its own.
fn part(images: &Images, disk: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let place = *disk::partitions(disk)?
        .get(name)
        .with_context(|| format!("no partition {name}"))?;
    let file = images.work.join(format!("secure.{name}"));
    disk::extract(disk, place, &file)?;
    Ok(file)
}

/// A file of a FAT.
fn read(fat: &Path, name: &str) -> anyhow::Result<Vec<u8>> {
    disk::run(
        Command::new("mtype")
            .arg("-i")
            .arg(fat)
            .arg(format!("::{name}")),
    )
}

/// Puts another file in the place of one of a disk's partition.
fn replace(
    images: &Images,
    disk: &Path,
    partition: &str,
    name: &str,
    bytes: &[u8],
) -> anyhow::Result<()> {
    let fat = part(images, disk, partition)?;
    let file = images.work.join("secure.file");
    std::fs::write(&file, bytes)?;
    disk::run(
        Command::new("mcopy")
            .args(["-o", "-i"])
            .arg(&fat)
            .arg(&file)
            .arg(format!("::{name}")),
    )?;
    disk::damage(disk, partition, 0, &std::fs::read(&fat)?)
}

/// With the shop's own keys in the firmware the box starts, its kernel locked down. A boot loader
/// without a signature is not started; nor is anything of what starts the box once one bit of it is
/// changed: boot loader, kernel, initial RAM disk, and what names the root.
pub fn secure_boot(images: &Images) -> anyhow::Result<String> {
    let image = images.folder.join("disk.img");
    let hardware = Hardware {
        keys: Some(keys_of(images, &image)?),
        ..Hardware::default()
    };
    let (_, mut machine) = images.boot("secure", "disk.img", &hardware)?;
    machine.wait(GOOD, START)?;
    let kernel = machine.shell(
        "mount -t securityfs none /sys/kernel/security 2>/dev/null; cat /sys/kernel/security/lockdown; \
         cat /proc/sys/kernel/tainted; dmesg | grep -c 'Secure boot enabled'",
        60,
    )?;
    machine.kill()?;
    ensure!(
        kernel.contains("[integrity]") && kernel.ends_with("\n1"),
        "the kernel is not locked down: {kernel}"
    );
    // It says so of itself where it took a driver that nobody signed whom it knows.
    ensure!(
        kernel.ends_with("\n0\n1"),
        "the kernel does not believe its drivers: {kernel}"
    );

    let loader = read(&part(images, &image, "esp")?, "EFI/BOOT/BOOTX64.EFI")?;
    let denied = [
        ("esp", "EFI/BOOT/BOOTX64.EFI", unsigned(images, &loader)?),
        ("esp", "EFI/BOOT/BOOTX64.EFI", changed(loader)?),
    ]
    .into_iter()
    .map(|(partition, name, bytes)| (partition, name, bytes, "Access Denied"));
    let boot = part(images, &image, "bootA")?;
    let slot = ["vmlinuz", "initrd.img", "slot.cfg"]
        .into_iter()
        .map(|name| {
            Ok((
                "bootA",
                name,
                changed(read(&boot, name)?)?,
                "cannot be loaded",
            ))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut count = 0;
    for (partition, name, bytes, answer) in denied.chain(slot) {
        let file = images.work.join("denied.img");
        disk::copy(&image, &file)?;
        replace(images, &file, partition, name, &bytes)?;
        let mut machine = images.boot_disk("denied", &file, &hardware)?;
        machine
            .wait(answer, DENIED)
            .with_context(|| format!("{name} was changed"))?;
        ensure!(
            machine.count("version ") == 0,
            "{name} was changed, and the system started"
        );
        machine.kill()?;
        count += 1;
    }
    Ok(format!(
        "signed: starts, good, the kernel locked down; {count} times denied: a boot loader without a \
         signature, and one changed bit of boot loader, kernel, initial RAM disk, and of what names the root"
    ))
}

/// A program without its signatures.
fn unsigned(images: &Images, program: &[u8]) -> anyhow::Result<Vec<u8>> {
    let file = images.work.join("secure.unsigned");
    std::fs::write(&file, program)?;
    disk::run(Command::new("sbattach").arg("--remove").arg(&file))
        .context("install sbsigntool, which takes signatures away")?;
    let bytes = std::fs::read(&file)?;
    ensure!(bytes.len() < program.len(), "there was no signature");
    Ok(bytes)
}

/// The same with one bit changed, in the middle.
fn changed(mut bytes: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).context("an empty file")? ^= 1;
    Ok(bytes)
}

/// A TPM in software, which ends with this.
struct Tpm {
    process: Child,
    socket: PathBuf,
}

impl Tpm {
    /// Switches on the TPM that keeps its state in a folder, as a machine does at its start.
    fn start(folder: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let socket = folder.join("socket");
        // One of an earlier start.
        let _ = std::fs::remove_file(&socket);
        let process = Command::new("swtpm")
            .args(["socket", "--tpm2", "--terminate"])
            .arg("--tpmstate")
            .arg(format!("dir={}", folder.display()))
            .arg("--ctrl")
            .arg(format!("type=unixio,path={}", socket.display()))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("install swtpm, which is a TPM")?;
        let tpm = Self { process, socket };
        let end = Instant::now() + Duration::from_secs(30);
        while !tpm.socket.exists() {
            ensure!(Instant::now() < end, "swtpm does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(tpm)
    }
}

impl Drop for Tpm {
    fn drop(&mut self) {
        // It may have ended with its machine.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The key of the till's secrets moves into the machine's TPM, bound to what it was started with. It
/// opens after the next start; not on another machine, and not once the firmware also believes
/// somebody else's key.
pub fn key_in_a_tpm(images: &Images) -> anyhow::Result<String> {
    let keys = keys_of(images, &images.folder.join("disk.img"))?;
    let believes_others = Keys {
        started: vec![keys.started.concat(), keys.platform.clone()],
        ..keys.clone()
    };
    let folder = tempfile::tempdir_in(&images.work)?;
    let (own, other) = (folder.path().join("own"), folder.path().join("other"));
    let file = images.work.join("tpm.img");
    disk::copy(&images.folder.join("disk.img"), &file)?;
    std::fs::File::options()
        .write(true)
        .open(&file)?
        .set_len(768 << 20)?;
    let start = |tpm: &Path, keys: &Keys, until: &str| -> anyhow::Result<(Tpm, Vm)> {
        let tpm = Tpm::start(tpm)?;
        let hardware = Hardware {
            keys: Some(keys.clone()),
            tpm: Some(tpm.socket.clone()),
            ..Hardware::default()
        };
        // Its keys are put in anew.
        let variables = images.work.join("tpm/firmware.fd");
        if variables.exists() {
            std::fs::remove_file(variables)?;
        }
        let mut machine = images.boot_disk("tpm", &file, &hardware)?;
        machine.wait(until, START)?;
        Ok((tpm, machine))
    };

    let (tpm, mut machine) = start(&own, &keys, GOOD)?;
    machine.shell(
        "printf '[secrets]\\ntpm = \"always\"\\nbound_to_start = true\\n' >> /data/till/till.toml && \
         kill -KILL $(pidof evertill)",
        60,
    )?;
    machine.wait("the till is ready", START)?;
    let sells = still(&mut machine)?;
    let locked = machine.shell("grep -a -c bound_to_start /data/till/secrets/vault", 60)?;
    ensure!(locked == "1", "the vault is not sealed to the TPM");
    machine.shell("sync", 60)?;
    machine.kill()?;
    drop(tpm);

    for (tpm, keys, refused, what) in [
        (&own, &keys, None, "the same machine"),
        (
            &other,
            &keys,
            Some("another machine's TPM"),
            "another machine",
        ),
        (
            &own,
            &believes_others,
            Some("the way this machine starts was changed"),
            "other keys",
        ),
        (&own, &keys, None, "the same machine again"),
    ] {
        // A till whose secrets stay shut never says that it is ready: its screen says why.
        let until = refused.map_or(GOOD, |_| "the disk is ready");
        let (tpm, mut machine) = start(tpm, keys, until)?;
        if let Some(words) = refused {
            machine.shell(
                &format!("until grep -q \"{words}\" /data/log/*; do sleep 1; done"),
                START,
            )?;
        }
        let asks = still(&mut machine)?;
        images.picture(&mut machine, &format!("tpm-{}.png", what.replace(' ', "-")))?;
        ensure!(
            (asks == sells) == refused.is_none(),
            "{what}: the screen is not the one that was expected"
        );
        machine.kill()?;
        drop(tpm);
    }
    Ok(
        "sealed, bound to Secure Boot; opens after the next start, not on another machine, not \
         where the firmware believes another key, and again where it does not"
            .to_owned(),
    )
}
