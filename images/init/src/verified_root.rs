//! In the initial RAM disk: the root partition is opened through dm-verity, and the system on it
//! takes over. A kernel with these drivers and `CONFIG_DM_INIT` built in needs none of this.

use std::convert::Infallible;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use rustix::mount::{MountFlags, mount_move};
use rustix::system::RebootCommand;

use crate::console::say;
use crate::mounts::mount_at;
use crate::{partition, screen, slots};

/// The file that says that this is the initial RAM disk.
pub const MARK: &str = "/etc/initrd-release";
const NEW_ROOT: &str = "/sysroot";

/// Goes over to the root. Whatever goes wrong ends in a restart, so that the boot loader counts it.
pub fn enter() -> ExitCode {
    let Err(error) = switch();
    screen::rescue(
        "The system cannot be started",
        &error.to_string(),
        "It is tried again by itself. If this comes back, call whoever looks after this till.",
    );
    screen::draw_once();
    std::thread::sleep(Duration::from_secs(5));
    let _ = rustix::system::reboot(RebootCommand::Restart);
    ExitCode::FAILURE
}

fn switch() -> io::Result<Infallible> {
    let closed = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    mount_at(
        "devtmpfs",
        "/dev",
        "devtmpfs",
        MountFlags::NOSUID,
        "mode=755",
    )?;
    mount_at("proc", "/proc", "proc", closed, "")?;
    mount_at("sysfs", "/sys", "sysfs", closed, "")?;
    screen::begin(slots::exhausted(), slots::turn());
    let drawn = screen::draw_once();
    load_modules("initial", || false)?;
    let command_line = std::fs::read_to_string("/proc/cmdline")?;
    let table = verity_table(&command_line)
        .ok_or_else(|| io::Error::other("the kernel's command line names no verified root"))?;
    // A driver without its device takes as long to load as one with it.
    load_modules("disk", || partition::find(&table.partition).is_some())?;
    let root = partition::wait_for(&table.partition, Duration::from_secs(20))
        .ok_or_else(|| io::Error::other(format!("no disk has a partition {}", table.partition)))?;
    let lines = table.with_device(&root.device);
    let opened = Command::new("/usr/sbin/dmsetup")
        .args(["create", "root", "--readonly", "--noudevsync", "--table"])
        .arg(lines)
        .env("DM_DISABLE_UDEV", "1")
        .status()?;
    if !opened.success() {
        return Err(io::Error::other(
            "the root partition is not what was signed",
        ));
    }
    mount_at(
        "/dev/mapper/root",
        NEW_ROOT,
        "erofs",
        MountFlags::RDONLY,
        "",
    )?;
    for place in ["/dev", "/proc", "/sys"] {
        mount_move(place, format!("{NEW_ROOT}{place}"))?;
    }
    std::env::set_current_dir(NEW_ROOT)?;
    mount_move(".", "/")?;
    rustix::process::chroot(".")?;
    std::env::set_current_dir("/")?;
    Err(Command::new("/usr/sbin/init")
        .env(screen::DRAWN, drawn)
        .exec())
}

/// Loads the drivers of a group, in the order of its list, until they are enough.
fn load_modules(group: &str, enough: impl Fn() -> bool) -> io::Result<()> {
    let folder = Path::new("/modules");
    for name in std::fs::read_to_string(folder.join(group))?.lines() {
        if enough() {
            break;
        }
        let module = std::fs::File::open(folder.join(name))?;
        if let Err(error) = rustix::system::finit_module(&module, c"", 0) {
            say(&format!("the driver {name} was not loaded: {error}"));
        }
    }
    Ok(())
}

/// What the kernel's argument `dm-mod.create="root,,,ro,TABLE"` says, for a root that lies with its
/// hashes on the one partition `PARTLABEL=...`. The quotes may also stand around the whole.
#[derive(PartialEq, Debug)]
struct VerityTable {
    partition: String,
    table: String,
}

impl VerityTable {
    fn with_device(&self, device: &Path) -> String {
        let name = format!("PARTLABEL={}", self.partition);
        self.table.replace(&name, &device.to_string_lossy())
    }
}

fn verity_table(command_line: &str) -> Option<VerityTable> {
    let (_, after) = command_line.split_once("dm-mod.create=")?;
    let (device, _) = after.trim_start_matches('"').split_once('"')?;
    let table = device.splitn(5, ',').nth(4)?;
    let word = |word: &str| word.strip_prefix("PARTLABEL=").map(str::to_owned);
    let partition = table.split(' ').find_map(word)?;
    Some(VerityTable {
        partition,
        table: table.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_what_the_command_line_says() {
        let line = "BOOT_IMAGE=/vmlinuz dm-mod.create=\"root,,,ro,0 80 verity 1 PARTLABEL=rootB \
                    PARTLABEL=rootB 4096 4096 10 11 sha256 ab cd 1 panic_on_corruption\" quiet";
        let table = verity_table(line).unwrap();
        let around = line.replace("dm-mod.create=\"", "\"dm-mod.create=");
        assert_eq!(verity_table(&around).unwrap(), table);
        assert_eq!(table.partition, "rootB");
        assert_eq!(
            table.with_device(Path::new("/dev/vda5")),
            "0 80 verity 1 /dev/vda5 /dev/vda5 4096 4096 10 11 sha256 ab cd 1 panic_on_corruption"
        );
        for bad in [
            "quiet",
            "dm-mod.create=\"root,,,ro\"",
            "dm-mod.create=\"root",
        ] {
            assert_eq!(verity_table(bad), None, "{bad}");
        }
    }
}
