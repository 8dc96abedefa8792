//! The small partition that makes a box itself: its number, and without a TPM the key of the till's
//! secrets. It lies apart from the data partition, so that a copy of that one opens nothing. Every
//! change is written to its journal whole and waited for.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::mount::MountFlags;

use crate::console::say;
use crate::data_partition::{durable, folder};
use crate::mounts::mount_at;
use crate::partition::{self, run};

/// Where it is mounted.
pub const PLACE: &str = "/identity";
/// The folder in which the till keeps its key (its `XDG_STATE_HOME`); nobody else may look into it.
pub const SECRETS: &str = "/identity/till";

/// Makes the partition ready; `owner` is the user and group of the till.
///
/// # Errors
/// A sentence with what is wrong. A till whose key cannot be read says so on its screen.
pub fn open(owner: (u32, u32)) -> io::Result<()> {
    let identity = partition::wait_for("identity", Duration::from_secs(5))
        .ok_or_else(|| io::Error::other("the disk has no partition for this box's identity"))?;
    // 1 and 2 say that something was put right. What cannot be put right without a loss is a key
    // that a new enrolment sheet replaces: a box that starts is worth more.
    if !matches!(
        run("/usr/sbin/e2fsck", &["-p"], &identity.device),
        Ok(0..=2)
    ) {
        run("/usr/sbin/e2fsck", &["-y"], &identity.device)?;
    }
    let device = identity.device.to_string_lossy();
    let closed = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::NOATIME;
    let flags = closed | MountFlags::SYNCHRONOUS;
    mount_at(
        &device,
        PLACE,
        "ext4",
        flags,
        "errors=remount-ro,data=journal",
    )?;
    folder(Path::new(SECRETS), 0o700, Some(owner))
}

/// The box's own number, made on the first start, and its host name. Where it cannot be kept it is
/// for this start alone.
pub fn number() {
    let kept = Path::new(PLACE).join("machine-id");
    let known = std::fs::read_to_string(&kept).unwrap_or_default();
    let known = known.trim();
    let number = if is_number(known) {
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

fn is_number(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
