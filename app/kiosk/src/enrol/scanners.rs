//! Listening for a sheet on every scanner there is: a box that is not set up does not know which
//! port its scanner is on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hal::{DeviceId, PortState, Scanner, ScannerHandle};

use crate::config::ScannerConfig;
use crate::queue::Events;

/// Names of serial ports that stay the same; those of USB devices, for systems without them.
const BY_NAME: &str = "/dev/serial/by-id";
const DEVICES: &str = "/dev";
const USB_MODEM: &str = "ttyACM";

/// The most ports that are listened to.
const MOST: usize = 8;
/// The number of the first of them, far from those of a till's devices.
const FIRST: u8 = 100;

/// The scanners that are listened to.
pub(super) struct Scanners {
    preset: Vec<ScannerConfig>,
    open: BTreeMap<u8, (ScannerConfig, ScannerHandle)>,
    next: u8,
}

impl Scanners {
    /// None yet. Where scanners are preset, only they are listened to.
    pub(super) fn new(preset: &[ScannerConfig]) -> Self {
        Self {
            preset: preset.to_vec(),
            open: BTreeMap::new(),
            next: FIRST,
        }
    }

    /// Begins to listen to ports that are new, and forgets those that are gone.
    pub(super) fn look(&mut self, events: &Arc<Events>) {
        let wanted = match self.preset.is_empty() {
            false => self.preset.clone(),
            true => ports(Path::new(BY_NAME), Path::new(DEVICES)),
        };
        self.open.retain(|_, (config, _)| wanted.contains(config));
        for config in wanted {
            let is_known = self.open.values().any(|(open, _)| *open == config);
            if is_known || self.open.len() >= MOST {
                continue;
            }
            match config.start(DeviceId(self.next), events) {
                Ok(Some(handle)) => {
                    self.open.insert(self.next, (config, handle));
                    self.next = self.next.wrapping_add(1).max(FIRST);
                }
                Ok(None) => {}
                Err(error) => tracing::warn!("{} is not listened to: {error}", config.place()),
            }
        }
    }

    /// Which scanner that was.
    pub(super) fn config(&self, id: DeviceId) -> Option<ScannerConfig> {
        self.open.get(&id.0).map(|(config, _)| config.clone())
    }

    /// Whether one is ready.
    pub(super) fn is_ready(&self) -> bool {
        self.open
            .values()
            .any(|(_, handle)| handle.port() == PortState::Open)
    }

    /// Listens to none any more.
    pub(super) fn stop(&mut self) {
        self.open.clear();
    }
}

/// The ports that a scanner may be on, each device once.
fn ports(by_name: &Path, devices: &Path) -> Vec<ScannerConfig> {
    let mut named = entries(by_name, "");
    named.sort();
    let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    let known: Vec<_> = named.iter().map(real).collect();
    let mut plain = entries(devices, USB_MODEM);
    plain.sort();
    plain.retain(|path| !known.contains(&real(path)));
    named
        .into_iter()
        .chain(plain)
        .map(ScannerConfig::on)
        .collect()
}

fn entries(folder: &Path, beginning: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let fits = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(beginning))
    };
    entries.map(|entry| entry.path()).filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_device_is_listened_to_once_by_the_name_that_stays() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let (names, devices) = (folder.path().join("by-id"), folder.path().join("dev"));
        std::fs::create_dir_all(&names)?;
        std::fs::create_dir_all(&devices)?;
        for device in ["ttyACM0", "ttyACM1", "ttyS0", "sda"] {
            std::fs::write(devices.join(device), "")?;
        }
        let link = names.join("usb-Scanner");
        std::os::unix::fs::symlink(devices.join("ttyACM1"), &link)?;
        let found: Vec<_> = ports(&names, &devices)
            .into_iter()
            .filter_map(|config| config.port)
            .collect();
        assert_eq!(found, [link, devices.join("ttyACM0")]);
        let none = folder.path().join("none");
        assert!(ports(&none, &none).is_empty());
        Ok(())
    }
}
