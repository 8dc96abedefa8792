//! Disk images looked at from outside: their partitions, and whether a machine would start.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

const SECTOR: u64 = 512;

/// Where a partition lies, in bytes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Place {
    /// Where it begins.
    pub start: u64,
    /// How long it is.
    pub length: u64,
}

/// The partitions of an image by name, as its GPT says.
pub fn partitions(image: &Path) -> anyhow::Result<BTreeMap<String, Place>> {
    let file = File::open(image)?;
    let mut header = [0; 92];
    file.read_exact_at(&mut header, SECTOR)?;
    ensure!(
        &header[..8] == b"EFI PART",
        "{} has no GPT",
        image.display()
    );
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    };
    let (first, count, size) = (
        number(&header[72..80]),
        number(&header[80..84]),
        number(&header[84..88]),
    );
    ensure!(
        (128..=4096).contains(&size) && count <= 1024,
        "a strange partition table"
    );
    let mut found = BTreeMap::new();
    for index in 0..count {
        let mut entry = [0; 128];
        file.read_exact_at(&mut entry, first * SECTOR + index * size)?;
        if entry[..16] == [0; 16] {
            continue;
        }
        let start = number(&entry[32..40]) * SECTOR;
        let end = (number(&entry[40..48]) + 1) * SECTOR;
        let units: Vec<u16> = entry[56..128]
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .take_while(|unit| *unit != 0)
            .collect();
        let length = end.saturating_sub(start);
        found.insert(String::from_utf16_lossy(&units), Place { start, length });
    }
    Ok(found)
}

/// Copies an image, holes as holes.
pub fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    run(Command::new("cp")
        .args(["--sparse=always", "--reflink=auto"])
        .args([from, to]))?;
    Ok(())
}

/// Copies a part of an image into a file of its own.
pub fn extract(image: &Path, place: Place, to: &Path) -> anyhow::Result<()> {
    let input = format!("if={}", image.display());
    let output = format!("of={}", to.display());
    run(Command::new("dd")
        .args([&input, &output, "bs=1M", "conv=sparse", "status=none"])
        .args([
            "iflag=skip_bytes,count_bytes".to_owned(),
            format!("skip={}", place.start),
            format!("count={}", place.length),
        ]))?;
    Ok(())
}

/// Runs a program and gives what it prints.
pub fn run(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .env(
            "PATH",
            format!(
                "{}:/usr/sbin:/sbin",
                std::env::var("PATH").unwrap_or_default()
            ),
        )
        .output()
        .with_context(|| format!("{name} cannot be run"))?;
    if !output.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

/// Which slot a machine would start, and that everything it needs is whole: GRUB's environment, the
/// kernel, the root against its hash. `part` makes a partition, of a name, a file; `kernels` are the
/// checksums of the kernels that are known; `root_is_known` says of a slot whose root need not be looked
/// at again.
pub fn bootable(
    mut part: impl FnMut(&str) -> anyhow::Result<PathBuf>,
    work: &Path,
    kernels: &[String],
    mut root_is_known: impl FnMut(&str) -> bool,
) -> anyhow::Result<String> {
    let read = |fat: &Path, file: &str| {
        run(Command::new("mtype")
            .arg("-i")
            .arg(fat)
            .arg(format!("::{file}")))
    };
    let block = read(&part("esp")?, "EFI/BOOT/grubenv")?;
    ensure!(
        block.len() == 1024 && block.starts_with(b"# GRUB Environment Block\n"),
        "boot state lost ({} bytes)",
        block.len()
    );
    let text = String::from_utf8_lossy(&block).into_owned();
    let state: BTreeMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    let value = |name: String| state.get(name.as_str()).copied().unwrap_or("0");
    let order = state
        .get("ORDER")
        .copied()
        .context("boot state without ORDER")?;
    let mut slots = order.split(' ');
    let slot = slots
        .find(|slot| value(format!("{slot}_OK")) == "1" && value(format!("{slot}_TRY")) < "3")
        .with_context(|| format!("no slot to start in {text:?}"))?;
    let boot = part(&format!("boot{slot}"))?;
    let kernel = work.join("vmlinuz");
    std::fs::write(&kernel, read(&boot, "vmlinuz")?)?;
    let sum = checksum(&kernel)?;
    ensure!(kernels.contains(&sum), "slot {slot} has a torn kernel");
    let arguments = String::from_utf8_lossy(&read(&boot, "slot.cfg")?).into_owned();
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let table = words
        .iter()
        .position(|word| *word == "sha256")
        .context("slot.cfg names no root hash")?;
    let blocks: u64 = words
        .get(table.wrapping_sub(2))
        .context("slot.cfg names no size")?
        .parse()?;
    let hash = words
        .get(table + 1)
        .context("slot.cfg names no root hash")?;
    if root_is_known(slot) {
        return Ok(slot.to_owned());
    }
    let root = part(&format!("root{slot}"))?;
    run(Command::new("veritysetup")
        .arg("verify")
        .args([&root, &root])
        .arg(hash)
        .arg(format!("--hash-offset={}", blocks * 4096)))
    .with_context(|| format!("slot {slot} has a torn root"))?;
    Ok(slot.to_owned())
}

/// The SHA-256 of a file.
pub fn checksum(file: &Path) -> anyhow::Result<String> {
    let line = run(Command::new("sha256sum").arg(file))?;
    Ok(String::from_utf8_lossy(&line).chars().take(64).collect())
}

/// The checksum of the kernel in a partition with a slot's boot files.
pub fn kernel_of(image: &Path, name: &str, work: &Path) -> anyhow::Result<String> {
    let places = partitions(image)?;
    let fat = work.join("kernel.fat");
    extract(image, *places.get(name).context("no such partition")?, &fat)?;
    let kernel = work.join("vmlinuz");
    std::fs::write(
        &kernel,
        run(Command::new("mtype").arg("-i").arg(&fat).arg("::vmlinuz"))?,
    )?;
    checksum(&kernel)
}

/// Changes bytes of a partition.
pub fn damage(image: &Path, name: &str, offset: u64, bytes: &[u8]) -> anyhow::Result<()> {
    let place = *partitions(image)?
        .get(name)
        .with_context(|| format!("no partition {name}"))?;
    let file = File::options().write(true).open(image)?;
    file.write_all_at(bytes, place.start + offset)?;
    Ok(())
}
