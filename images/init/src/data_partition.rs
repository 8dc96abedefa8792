//! The partition that keeps what the shop owns: checked, grown to the end of the disk when there is
//! room, and never formatted: an unreadable one may still hold sales that were not sent.

use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::mount::MountFlags;

use crate::console::say;
use crate::mounts::mount_at;
use crate::partition::{self, Partition, run};

/// Where it is mounted.
pub const PLACE: &str = "/data";
/// Less room than this behind the partition, in sectors, is not worth growing for: 32 MiB.
const WORTH_GROWING: u64 = 65_536;

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
    let checked = run("/usr/sbin/e2fsck", &["-p"], &data.device);
    // 1 and 2 say that something was put right.
    if !matches!(checked, Ok(0..=2)) {
        say("the data partition needs a person: e2fsck could not put it right by itself");
    }
    if let Err(error) = run("/usr/sbin/resize2fs", &[], &data.device) {
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

/// Moves the end of the partition to the end of the disk. A disk that was flashed from a smaller
/// image also has its second partition table in the middle.
fn grow_partition(data: &Partition) {
    let disk = data.disk.to_string_lossy();
    let number = data.number.to_string();
    let moved = Command::new("/usr/sbin/sfdisk")
        .args(["--quiet", "--relocate", "gpt-bak-std", &disk])
        .stdin(Stdio::null())
        .status();
    let grown = moved.and_then(|_| {
        let mut program = Command::new("/usr/sbin/sfdisk")
            .args([
                "--quiet",
                "--no-reread",
                "--no-tell-kernel",
                "-N",
                &number,
                &disk,
            ])
            .stdin(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = program.stdin.take() {
            io::Write::write_all(&mut input, b", +\n")?;
        }
        program.wait()
    });
    let told = grown.and_then(|_| {
        Command::new("/usr/bin/partx")
            .args(["--update", "--nr", &number, &disk])
            .status()
    });
    match told {
        Ok(status) if status.success() => say("the data partition now reaches to the disk's end"),
        Ok(status) => say(&format!("the data partition was not grown: {status}")),
        Err(error) => say(&format!("the data partition was not grown: {error}")),
    }
}

/// Writes a small file so that after a power cut it is the old one or the new one.
///
/// # Errors
/// When it was not written; the old one is still there.
pub fn durable(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    let mut file = std::fs::File::create(&new)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
