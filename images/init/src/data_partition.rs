//! The partition that keeps what the shop owns: checked, grown to the end of the disk when there is
//! room, and never formatted: an unreadable one may still hold sales that were not sent.

use std::fs::{DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::mount::MountFlags;

use crate::console::say;
use crate::mounts::mount_at;
use crate::partition::{self, Partition, run};
use crate::screen;

/// Where it is mounted.
pub const PLACE: &str = "/data";
/// Less room than this behind the partition, in sectors, is not worth growing for: 32 MiB.
const WORTH_GROWING: u64 = 65_536;
/// What a file system may lack to its partition's end: resize2fs leaves a rest that is too small.
const REST: u64 = 16 << 20;

/// Makes the data partition ready; `owner` is the user and group of the till.
///
/// # Errors
/// A sentence with what is wrong; the partition is left as it is.
pub fn open(owner: (u32, u32)) -> io::Result<()> {
    let data = partition::wait_for("data", Duration::from_secs(20))
        .ok_or_else(|| io::Error::other("the disk has no data partition"))?;
    if data.sectors_behind > WORTH_GROWING {
        grow_partition(&data);
    }
    let grows = !fills(&data);
    // Only one that was checked whole can be grown.
    let how: &[&str] = if grows { &["-f", "-p"] } else { &["-p"] };
    let checked = run("/usr/sbin/e2fsck", how, &data.device);
    // 1 and 2 say that something was put right.
    if !matches!(checked, Ok(0..=2)) {
        say("the data partition needs a person: e2fsck could not put it right by itself");
    }
    if grows {
        screen::doing("Making room on the disk");
    }
    if grows && let Err(error) = run("/usr/sbin/resize2fs", &[], &data.device) {
        say(&format!("the data partition was not grown: {error}"));
    }
    let device = data.device.to_string_lossy();
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::NOATIME;
    mount_at(&device, PLACE, "ext4", flags, "errors=remount-ro,commit=5")?;
    for (name, mode, owner) in [
        ("till", 0o700, Some(owner)),
        ("state", 0o700, Some(owner)),
        ("settings", 0o755, Some(owner)),
        ("log", 0o750, Some((0, owner.1))),
        ("rauc", 0o700, None),
        ("wireless", 0o700, None),
    ] {
        if let Err(error) = folder(&Path::new(PLACE).join(name), mode, owner) {
            say(&format!("{PLACE}/{name} cannot be made: {error}"));
        }
    }
    Ok(())
}

/// Makes a folder, or gives it the mode and the owner that it is to have; `None` for root.
///
/// # Errors
/// What the system says.
pub fn folder(path: &Path, mode: u32, owner: Option<(u32, u32)>) -> io::Result<()> {
    if !path.is_dir() {
        DirBuilder::new().mode(mode).create(path)?;
    }
    std::fs::set_permissions(path, Permissions::from_mode(mode))?;
    let (user, group) = owner.unwrap_or((0, 0));
    chown(path, Some(user), Some(group))
}

/// Whether the file system already reaches to the partition's end. `false` when it cannot be read.
fn fills(data: &Partition) -> bool {
    let mut block = [0; 1024];
    let read = File::open(&data.device).and_then(|device| device.read_exact_at(&mut block, 1024));
    // The kernel learned of a grown partition just now.
    let size = data.sectors_now() * 512;
    read.is_ok() && file_system_size(&block).is_some_and(|used| used + REST >= size)
}

/// How large the file system with this superblock is, in bytes; `None` when it is none.
fn file_system_size(superblock: &[u8; 1024]) -> Option<u64> {
    let word = |at: usize| {
        let bytes = superblock.get(at..at + 4)?.try_into().ok()?;
        Some(u64::from(u32::from_le_bytes(bytes)))
    };
    let is_one = superblock.get(56..58)? == [0x53, 0xef];
    let blocks = word(4)? | word(336)? << 32;
    let shift = u32::try_from(word(24)?).ok()?.checked_add(10)?;
    (is_one && shift <= 16).then(|| blocks.checked_shl(shift))?
}

/// Moves the end of the partition to the end of the disk. A disk that was flashed from a smaller
/// image also has its second partition table in the middle.
fn grow_partition(data: &Partition) {
    // Whoever holds this lock keeps udev from reading the table while it is changed.
    let lock = File::open(&data.disk);
    if let Ok(lock) = &lock
        && let Err(error) = lock.lock()
    {
        say(&format!("{} was not locked: {error}", data.disk.display()));
    }
    let disk = data.disk.to_string_lossy();
    let number = data.number.to_string();
    // The kernel is told of this one partition alone, below: the others are in use.
    let quietly = ["--quiet", "--no-reread", "--no-tell-kernel"];
    let moved = Command::new("/usr/sbin/sfdisk")
        .args(quietly)
        .args(["--relocate", "gpt-bak-std", &disk])
        .stdin(Stdio::null())
        .status();
    let grown = moved.and_then(|_| {
        let mut program = Command::new("/usr/sbin/sfdisk")
            .args(quietly)
            .args(["-N", &number, &disk])
            .stdin(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = program.stdin.take() {
            io::Write::write_all(&mut input, b", +\n")?;
        }
        program.wait()
    });
    match grown.and_then(|_| tell_kernel(data)) {
        Ok(()) => say("the data partition now reaches to the disk's end"),
        Err(error) => say(&format!("the data partition was not grown: {error}")),
    }
}

/// Tells the kernel how large the partition is now, until it knows. It may have none of it for a
/// moment, where somebody else told it of all at once.
fn tell_kernel(data: &Partition) -> io::Result<()> {
    let end = Instant::now() + Duration::from_secs(5);
    loop {
        let status = Command::new("/usr/bin/partx")
            .args(["--update", "--nr", &data.number.to_string()])
            .arg(&data.disk)
            .status()?;
        if data.sectors_now() > data.sectors {
            return Ok(());
        }
        if Instant::now() > end {
            return Err(io::Error::other(format!("partx: {status}")));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Writes a small file so that after a power cut it is the old one or the new one.
///
/// # Errors
/// When it was not written; the old one is still there.
pub fn durable(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = File::create(&new)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_file_system_is_what_its_superblock_says() {
        let mut superblock = [0; 1024];
        assert_eq!(file_system_size(&superblock), None);
        superblock[56..58].copy_from_slice(&[0x53, 0xef]);
        superblock[4..8].copy_from_slice(&16_384_u32.to_le_bytes());
        superblock[24] = 2;
        assert_eq!(file_system_size(&superblock), Some(64 << 20));
        superblock[336] = 1;
        assert_eq!(file_system_size(&superblock), Some((64 << 20) + (1 << 44)));
        superblock[24] = 0xff;
        assert_eq!(file_system_size(&superblock), None);
    }
}
