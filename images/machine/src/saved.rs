//! Machines that go on from where another one was saved: a start is emulated once, not for each
//! scene.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{bail, ensure};
use serde_json::json;

use crate::disk;
use crate::hardware::Hardware;
use crate::images::Images;
use crate::vm::Vm;

/// A machine that was saved: its disk, its firmware's variables, its memory.
pub struct Saved(PathBuf);

impl Saved {
    /// The one that was saved in a folder. The first who asks makes it; others wait, by `making`.
    pub fn find_or(
        making: &Mutex<()>,
        folder: &Path,
        make: impl FnOnce() -> anyhow::Result<(PathBuf, Vm)>,
    ) -> anyhow::Result<Self> {
        // Who could not make it left nothing behind.
        let _making = making.lock().unwrap_or_else(PoisonError::into_inner);
        if !folder.join("state").exists() {
            let (disk, machine) = make()?;
            Self::save(machine, &disk, folder)?;
        }
        Ok(Self(folder.to_owned()))
    }

    /// Saves a machine with its disk in a folder, and ends it.
    fn save(mut machine: Vm, disk: &Path, folder: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder)?;
        machine.monitor.execute("stop", json!({}))?;
        let state = folder.join("state.new");
        let limits = json!({"max-bandwidth": 10_u64 << 30});
        machine.monitor.execute("migrate-set-parameters", limits)?;
        let to = json!({"uri": format!("file:{}", state.display())});
        machine.monitor.execute("migrate", to)?;
        let patience = machine.patience(600);
        loop {
            let answer = machine.monitor.execute("query-migrate", json!({}))?;
            match answer["status"].as_str() {
                Some("completed") => break,
                Some("failed") => bail!("the machine cannot be saved: {answer}"),
                _ => ensure!(!patience.is_over(), "the machine is not saved in time"),
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        let firmware = machine.folder.join("firmware.fd");
        machine.kill()?;
        std::fs::copy(firmware, folder.join("firmware.fd"))?;
        disk::copy(disk, &folder.join("disk.img"))?;
        // Last: it says that all is there.
        std::fs::rename(state, folder.join("state"))?;
        Ok(())
    }

    /// Its disk at that moment.
    pub fn disk(&self) -> PathBuf {
        self.0.join("disk.img")
    }

    /// Goes on from there with a machine of that name, on a copy of the disk.
    pub fn resume(
        &self,
        images: &Images,
        name: &str,
        hardware: &Hardware,
    ) -> anyhow::Result<(PathBuf, Vm)> {
        let file = images.work.join(format!("{name}.img"));
        disk::copy(&self.disk(), &file)?;
        let folder = images.work.join(name);
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(self.0.join("firmware.fd"), folder.join("firmware.fd"))?;
        let hardware = Hardware {
            saved: Some(self.0.join("state")),
            ..hardware.clone()
        };
        let mut machine = Vm::start(&file, &folder, &hardware)?;
        let patience = machine.patience(120);
        // It was stopped when it was saved.
        loop {
            let answer = machine.monitor.execute("query-status", json!({}))?;
            match answer["status"].as_str() {
                Some("inmigrate") => {}
                _ => break,
            }
            ensure!(!patience.is_over(), "the saved machine does not go on");
            std::thread::sleep(Duration::from_millis(100));
        }
        machine.monitor.execute("cont", json!({}))?;
        Ok((file, machine))
    }
}
