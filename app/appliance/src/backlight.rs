//! The light behind the screen, where the kernel lets it be set.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where the kernel names such lights.
pub const BACKLIGHTS: &str = "/sys/class/backlight";

/// A light behind a screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backlight {
    folder: PathBuf,
    largest: u32,
}

impl Backlight {
    /// The first light of a folder like [`BACKLIGHTS`]; `None` where there is none.
    #[must_use]
    pub fn find(lights: &Path) -> Option<Self> {
        let entries = fs::read_dir(lights).into_iter().flatten().flatten();
        let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        folders.sort();
        folders.into_iter().find_map(|folder| {
            let text = fs::read_to_string(folder.join("max_brightness")).ok()?;
            let largest = text.trim().parse().ok().filter(|largest| *largest > 0)?;
            Some(Self { folder, largest })
        })
    }

    /// Sets it to so many per cent, at least to its darkest step: nobody finds a till whose screen
    /// is off.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn set(&self, per_cent: u8) -> io::Result<()> {
        let part = u64::from(self.largest) * u64::from(per_cent.min(100)) / 100;
        self.write("brightness", &part.max(1).to_string())
    }

    /// Switches it off or on again, as bright as it was.
    ///
    /// # Errors
    /// What the kernel refuses.
    pub fn switch(&self, on: bool) -> io::Result<()> {
        // FB_BLANK_UNBLANK and FB_BLANK_POWERDOWN.
        self.write("bl_power", if on { "0" } else { "4" })
    }

    fn write(&self, file: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(file);
        fs::write(&path, text)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_is_set_in_its_own_steps_and_never_to_nothing() {
        let lights = tempfile::tempdir().unwrap();
        assert_eq!(Backlight::find(lights.path()), None);
        let folder = lights.path().join("panel");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("max_brightness"), "937\n").unwrap();
        let light = Backlight::find(lights.path()).unwrap();
        let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
        for (per_cent, step) in [(100, "937"), (50, "468"), (0, "1"), (200, "937")] {
            light.set(per_cent).unwrap();
            assert_eq!(read("brightness"), step);
        }
        light.switch(false).unwrap();
        assert_eq!(
            (read("bl_power"), read("brightness")),
            ("4".to_owned(), "937".to_owned())
        );
        light.switch(true).unwrap();
        assert_eq!(read("bl_power"), "0");
        fs::write(folder.join("max_brightness"), "0").unwrap();
        assert_eq!(Backlight::find(lights.path()), None);
    }
}
