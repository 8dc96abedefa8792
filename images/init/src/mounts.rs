//! What is mounted before anything else runs.

use std::ffi::CString;
use std::io;
use std::path::Path;

use rustix::mount::{MountFlags, mount};

/// Mounts a file system; what it is mounted on must exist.
///
/// # Errors
/// The kernel's answer, with the place named.
pub fn mount_at(
    source: &str,
    place: &str,
    kind: &str,
    flags: MountFlags,
    options: &str,
) -> io::Result<()> {
    let options = CString::new(options).unwrap_or_default();
    mount(source, place, kind, flags, Some(options.as_c_str()))
        .map_err(|error| io::Error::other(format!("{place} cannot be mounted: {error}")))
}

/// Mounts what the kernel offers and what lives in memory.
pub fn kernel_file_systems() -> Vec<io::Error> {
    let closed = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    let device = MountFlags::NOSUID | MountFlags::NOEXEC;
    let mut problems = Vec::new();
    for (kind, place, flags, options) in [
        ("proc", "/proc", closed, ""),
        ("sysfs", "/sys", closed, ""),
        ("devtmpfs", "/dev", MountFlags::NOSUID, "mode=755"),
        ("tmpfs", "/run", closed, "mode=755,size=16m"),
        ("tmpfs", "/tmp", closed, "mode=1777,size=64m"),
        ("tmpfs", "/var", closed, "mode=755,size=16m"),
        ("devpts", "/dev/pts", device, "gid=5,mode=620,ptmxmode=666"),
        ("tmpfs", "/dev/shm", closed, "mode=1777,size=16m"),
    ] {
        if place.starts_with("/dev/") && !Path::new(place).exists() {
            problems.extend(std::fs::create_dir(place).err());
        }
        if let Err(error) = mount_at(kind, place, kind, flags, options) {
            // The kernel or the initial RAM disk may have mounted these before.
            if !matches!(place, "/proc" | "/sys" | "/dev") {
                problems.push(error);
            }
        }
    }
    for folder in [
        "/run/dbus",
        "/run/lock",
        "/run/openntpd",
        "/var/lib/dhcpcd",
        "/var/lib/openntpd/run",
    ] {
        problems.extend(std::fs::create_dir_all(folder).err());
    }
    problems.extend(std::os::unix::fs::symlink("/run", "/var/run").err());
    problems
}
