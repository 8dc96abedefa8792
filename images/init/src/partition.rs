//! Partitions by the names they have in the partition table.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::console::say;

/// A partition.
pub struct Partition {
    /// Its device file.
    pub device: PathBuf,
    /// The device file of the whole disk.
    pub disk: PathBuf,
    /// Its number in the table.
    pub number: u32,
    /// How many sectors of 512 bytes it has.
    pub sectors: u64,
    /// How many sectors of 512 bytes of the disk lie behind it.
    pub sectors_behind: u64,
}

impl Partition {
    /// How many sectors it has by now, as it may have grown; 0 when it is gone. Not looked for by
    /// name: one that the kernel was told of by a program has none.
    pub fn sectors_now(&self) -> u64 {
        let name = self.device.file_name().unwrap_or_default();
        let size = Path::new("/sys/class/block").join(name).join("size");
        let size = std::fs::read_to_string(size).unwrap_or_default();
        size.trim().parse().unwrap_or(0)
    }
}

/// Looks for a partition until it is there or the time is over.
pub fn wait_for(name: &str, limit: Duration) -> Option<Partition> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = find(name) {
            return Some(found);
        }
        if Instant::now() >= end {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The partition of that name, on whatever disk.
pub fn find(name: &str) -> Option<Partition> {
    let entries = std::fs::read_dir("/sys/class/block").ok()?;
    entries
        .flatten()
        .find_map(|entry| partition(&entry.path(), name))
}

fn partition(folder: &Path, name: &str) -> Option<Partition> {
    let event = std::fs::read_to_string(folder.join("uevent")).ok()?;
    let value = |key: &str| {
        let mut lines = event.lines();
        lines.find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    };
    if value("PARTNAME") != Some(name) {
        return None;
    }
    let disk = std::fs::canonicalize(folder).ok()?.parent()?.to_owned();
    let count =
        |path: PathBuf| -> Option<u64> { std::fs::read_to_string(path).ok()?.trim().parse().ok() };
    let sectors = count(folder.join("size"))?;
    let end = count(folder.join("start"))? + sectors;
    Some(Partition {
        device: Path::new("/dev").join(value("DEVNAME")?),
        disk: Path::new("/dev").join(disk.file_name()?),
        number: value("PARTN")?.parse().ok()?,
        sectors,
        sectors_behind: count(disk.join("size"))?.saturating_sub(end),
    })
}

/// Runs a program on a partition and gives its code; what it says is said on when it is not content.
///
/// # Errors
/// When it cannot be run.
pub fn run(program: &str, arguments: &[&str], device: &Path) -> io::Result<i32> {
    let output = Command::new(program)
        .args(arguments)
        .arg(device)
        .stdin(Stdio::null())
        .output()?;
    let code = output.status.code().unwrap_or(-1);
    if code != 0 {
        let words = String::from_utf8_lossy(&output.stdout)
            .trim()
            .replace('\n', "; ");
        say(&format!("{program} answered {code}: {words}"));
    }
    Ok(code)
}
