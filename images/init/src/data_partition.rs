//! The partition that keeps what the shop owns: checked, grown to the end of the disk when there is
//! room, and never formatted: an unreadable one may still hold sales that were not sent.

use std::fmt::Write as _;
use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::mount::MountFlags;

use crate::console::say;
use crate::mounts::mount_at;
use crate::partition::{self, Partition};

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
        ("identity", 0o755, None),
    ] {
        if let Err(error) = folder(&Path::new(PLACE).join(name), mode, owner) {
            say(&format!("{PLACE}/{name} cannot be made: {error}"));
        }
    }
    Ok(())
}

fn folder(path: &Path, mode: u32, owner: Option<(u32, u32)>) -> io::Result<()> {
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

fn run(program: &str, arguments: &[&str], device: &Path) -> io::Result<i32> {
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

/// The box's own number, made on the first start, and its host name. Without a data partition they
/// are made for this start alone.
pub fn identity() {
    let kept = Path::new(PLACE).join("identity/machine-id");
    let known = std::fs::read_to_string(&kept).unwrap_or_default();
    let known = known.trim();
    let number = if is_identity(known) {
        known.to_owned()
    } else {
        let random = std::fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap_or_default();
        let number: String = random.chars().filter(char::is_ascii_hexdigit).collect();
        if let Err(error) = durable(&kept, &format!("{number}\n")) {
            say(&format!("this box's number was not kept: {error}"));
        }
        number
    };
    if let Err(error) = std::fs::write("/run/machine-id", format!("{number}\n")) {
        say(&format!("this box has no number: {error}"));
    }
    let mut name = "till-".to_owned();
    let _ = write!(name, "{}", number.get(..8).unwrap_or("unknown"));
    if let Err(error) = rustix::system::sethostname(name.as_bytes()) {
        say(&format!("this box has no name: {error}"));
    }
}

fn is_identity(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
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
