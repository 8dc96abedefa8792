//! What the till draws on, made ready before anything else: udev looks at every device of the box,
//! and the till waits for none of the others.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::console::say;

/// Where graphics adapters are that need a driver from a file; the kernels of boards with others
/// have theirs built in.
const ADAPTERS: &str = "/sys/bus/pci/devices";
/// What the class of each begins with.
const CLASS: &str = "0x03";

/// Has the drivers of the box's graphics adapters loaded, meanwhile.
pub fn load_drivers() {
    let names: Vec<String> = entries(Path::new(ADAPTERS))
        .filter(|device| read(device, "class").starts_with(CLASS))
        .flat_map(|device| entries(&device).chain([device]))
        .map(|device| read(&device, "modalias").trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    let load = move || {
        let modprobe = Command::new("/usr/sbin/modprobe")
            .args(["--all", "--quiet", "--use-blacklist"])
            .args(&names)
            .status();
        // One without a driver is quietly left to the kernel's own picture of it.
        if let Err(error) = modprobe {
            say(&format!("the screen's driver was not loaded: {error}"));
        }
    };
    let thread = std::thread::Builder::new().name("graphics".to_owned());
    if let Err(error) = thread.spawn(load) {
        say(&format!("the screen's driver was not loaded: {error}"));
    }
}

/// Lets the till draw and set the lights behind screens; `owner` is its user and group. The rules of
/// udev do the same for screens, but may come to it later than the till.
pub fn give(owner: (u32, u32)) {
    let cards = entries(Path::new("/dev/dri")).filter(|card| {
        let name = card.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with("card")
    });
    for card in cards {
        let given = chown(&card, None, Some(owner.1))
            .and_then(|()| fs::set_permissions(&card, Permissions::from_mode(0o660)));
        if let Err(error) = given {
            say(&format!(
                "the till cannot draw on {}: {error}",
                card.display()
            ));
        }
    }
    for light in entries(Path::new("/sys/class/backlight")) {
        for file in ["brightness", "bl_power"] {
            let path = light.join(file);
            if let Err(error) = chown(&path, Some(owner.0), Some(owner.1)) {
                say(&format!("the till cannot set {}: {error}", path.display()));
            }
        }
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

fn read(device: &Path, file: &str) -> String {
    fs::read_to_string(device.join(file)).unwrap_or_default()
}
