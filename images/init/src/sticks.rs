//! USB sticks, for what a shop takes away and what makes a box a till: mounted below `/run/media` for
//! the till's user, with nothing on them that could run. What is no stick for a till is named in a line and left alone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use init::fat;
use rustix::mount::{MountFlags, UnmountFlags, unmount};

use crate::console::say;
use crate::mounts::mount_at;
use crate::{preset, till};

/// Where they are mounted, each under its name.
const PLACE: &str = "/run/media";
/// How often it is looked for new ones.
const EACH: Duration = Duration::from_secs(2);

/// Mounts and forgets sticks as they come and go, on a thread of its own; `owner` is the user and
/// group of the till.
pub fn watch(owner: (u32, u32)) {
    let watching = move || {
        let mut known = BTreeMap::new();
        loop {
            let present = usb_partitions(Path::new("/sys/class/block"));
            forget_gone(&mut known, &present);
            for device in present {
                let name = device.clone();
                known.entry(device).or_insert_with(|| take(&name, owner));
            }
            std::thread::sleep(EACH);
        }
    };
    let thread = std::thread::Builder::new().name("sticks".to_owned());
    if let Err(error) = thread.spawn(watching) {
        say(&format!("USB sticks are not looked for: {error}"));
    }
}

/// Names of block devices on USB that may hold a file system: partitions, and disks without any.
fn usb_partitions(classes: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(classes).into_iter().flatten().flatten();
    let usable = entries.filter(|entry| {
        let Ok(folder) = std::fs::canonicalize(entry.path()) else {
            return false;
        };
        let on_usb = folder
            .components()
            .any(|part| part.as_os_str().to_string_lossy().starts_with("usb"));
        on_usb && !has_partitions(&folder) && has_medium(&folder)
    });
    let mut names: Vec<String> = usable
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn has_partitions(disk: &Path) -> bool {
    let entries = std::fs::read_dir(disk).into_iter().flatten().flatten();
    let mut parts = entries.map(|entry| entry.path().join("partition"));
    parts.any(|part| part.exists())
}

fn has_medium(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join("size")).is_ok_and(|size| size.trim() != "0")
}

fn forget_gone(known: &mut BTreeMap<String, Option<PathBuf>>, present: &[String]) {
    known.retain(|device, place| {
        let stays = present.contains(device);
        if let (false, Some(place)) = (stays, place) {
            // It was pulled out: there is nobody to tell.
            let _ = unmount(place.as_path(), UnmountFlags::DETACH);
            let _ = std::fs::remove_dir(place.as_path());
            say(&format!("the USB stick {device} was taken out"));
        }
        stays
    });
}

/// Mounts a stick; gives where, and says what is wrong with one that is not.
fn take(device: &str, owner: (u32, u32)) -> Option<PathBuf> {
    match mount_stick(device, owner) {
        Ok(place) => {
            say(&format!("the USB stick {device} is at {}", place.display()));
            if preset::take(&place, owner) {
                till::ask_to_begin_anew();
            }
            Some(place)
        }
        Err(error) => {
            say(&format!(
                "the USB stick {device} is of no use here: {error}"
            ));
            None
        }
    }
}

fn mount_stick(device: &str, owner: (u32, u32)) -> io::Result<PathBuf> {
    let path = Path::new("/dev").join(device);
    let mut first = [0; 512];
    File::open(&path)?.read_exact_at(&mut first, 0)?;
    let label = fat::label(&first)
        .ok_or_else(|| io::Error::other("it has no FAT file system; format it as FAT32"))?;
    let name = if label.is_empty() { device } else { &label };
    let mut place = Path::new(PLACE).join(name);
    if place.exists() {
        place = Path::new(PLACE).join(format!("{name}-{device}"));
    }
    std::fs::create_dir_all(&place)?;
    let closed = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::NOATIME;
    let (user, group) = owner;
    let options = format!("uid={user},gid={group},umask=077,utf8,flush,errors=remount-ro");
    let mounted = mount_at(
        &path.to_string_lossy(),
        &place.to_string_lossy(),
        "vfat",
        closed,
        &options,
    );
    if mounted.is_err() {
        let _ = std::fs::remove_dir(&place);
    }
    mounted.map(|()| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plugged_in_on_usb_and_has_no_partitions_of_its_own_is_a_stick() {
        let system = tempfile::tempdir().unwrap();
        let classes = system.path().join("class");
        std::fs::create_dir(&classes).unwrap();
        for (device, size, partition) in [
            ("pci0/vda", "8", false),
            ("pci0/usb1/sda", "8", false),
            ("pci0/usb1/sda/sda1", "4", true),
            ("pci0/usb1/sdb", "8", false),
            ("pci0/usb1/sdc", "0", false),
        ] {
            let folder = system.path().join(device);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("size"), format!("{size}\n")).unwrap();
            if partition {
                std::fs::write(folder.join("partition"), "1\n").unwrap();
            }
            let name = folder.file_name().unwrap();
            std::os::unix::fs::symlink(&folder, classes.join(name)).unwrap();
        }
        assert_eq!(usb_partitions(&classes), ["sda1", "sdb"]);
    }
}
