//! A running virtual machine, and what it says on its console.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use crate::hardware::Hardware;
use crate::patience::{self, Patience};
use crate::qmp::Monitor;
use crate::shell::Shell;

type Lines = Arc<(Mutex<Vec<String>>, Condvar)>;

/// A running machine.
pub struct Vm {
    process: Child,
    /// Where its sockets and files are.
    pub folder: PathBuf,
    lines: Lines,
    /// The way to QEMU.
    pub monitor: Monitor,
    /// The way to the shell of a test image.
    pub shell: Shell,
    /// What was seen so far of the console.
    seen: usize,
    /// When it was switched on.
    pub started: Instant,
}

impl Vm {
    /// Switches a machine on, with a disk and a folder for its sockets.
    pub fn start(disk: &Path, folder: &Path, hardware: &Hardware) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut qemu = hardware.command(disk, folder)?;
        let errors = std::fs::File::create(folder.join("qemu.err"))?;
        let mut process = qemu
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .context("install qemu-system-x86, which runs virtual machines")?;
        let started = Instant::now();
        let console = process.stdout.take().context("no console")?;
        let lines: Lines = Arc::default();
        let into = lines.clone();
        let mut record = std::fs::File::create(folder.join("console.log"))?;
        std::thread::spawn(move || {
            let mut console = BufReader::new(console);
            let mut bytes = Vec::new();
            while console
                .read_until(b'\n', &mut bytes)
                .is_ok_and(|length| length > 0)
            {
                let line = without_escapes(&String::from_utf8_lossy(&bytes));
                bytes.clear();
                let at = started.elapsed();
                let _ = writeln!(record, "{:8.3} {line}", at.as_secs_f32());
                if let Ok(mut known) = into.0.lock() {
                    known.push(line);
                    into.1.notify_all();
                }
            }
        });
        let monitor = Monitor::connect(&folder.join("monitor"));
        let monitor = monitor.with_context(|| {
            std::fs::read_to_string(folder.join("qemu.err")).unwrap_or_default()
        })?;
        Ok(Self {
            process,
            folder: folder.to_owned(),
            lines,
            monitor,
            shell: Shell::default(),
            seen: 0,
            started,
        })
    }

    /// How long it is waited for this machine: seconds of its processor time.
    pub fn patience(&self, seconds: u64) -> Patience {
        Patience::new(self.process.id(), seconds)
    }

    /// The processor time that it used so far.
    pub fn used(&self) -> Duration {
        patience::processor_time(self.process.id()).unwrap_or_default()
    }

    /// Waits for a line on the console that was not waited for before, and gives it.
    pub fn wait(&mut self, part: &str, seconds: u64) -> anyhow::Result<String> {
        let patience = self.patience(seconds);
        let lock = || anyhow::anyhow!("the console is gone");
        let mut known = self.lines.0.lock().map_err(|_| lock())?;
        loop {
            while let Some(line) = known.get(self.seen) {
                self.seen += 1;
                if line.contains(part) {
                    return Ok(line.clone());
                }
            }
            if patience.is_over() {
                let last: Vec<&str> = known.iter().rev().take(4).map(String::as_str).collect();
                bail!("the console did not say {part:?}; last: {last:?}");
            }
            let pause = Duration::from_secs(1);
            let waited = self.lines.1.wait_timeout(known, pause);
            known = waited.map_err(|_| lock())?.0;
        }
    }

    /// How many lines so far have this part.
    pub fn count(&self, part: &str) -> usize {
        let known = self.lines.0.lock();
        known.map_or(0, |known| {
            known.iter().filter(|line| line.contains(part)).count()
        })
    }

    /// Holds a code to the scanner on the serial port.
    pub fn scan(&mut self, code: &str) -> anyhow::Result<()> {
        let mut scanner = UnixStream::connect(self.folder.join("scanner"))?;
        scanner.write_all(format!("{code}\r").as_bytes())?;
        // The port's end is gone with the connection.
        std::thread::sleep(Duration::from_millis(300));
        Ok(())
    }

    /// Plugs a file in as one more disk, which can only be read.
    pub fn plug(&mut self, file: &Path) -> anyhow::Result<()> {
        let node =
            json!({"driver": "file", "node-name": "stick", "filename": file, "read-only": true});
        self.monitor.execute("blockdev-add", node)?;
        self.monitor.execute(
            "device_add",
            json!({"driver": "virtio-blk-pci", "id": "stick", "drive": "stick", "bus": "plug"}),
        )?;
        Ok(())
    }

    /// Unplugs it.
    pub fn unplug(&mut self) -> anyhow::Result<()> {
        self.monitor.execute("device_del", json!({"id": "stick"}))?;
        // The system inside lets go of it first.
        let patience = self.patience(60);
        let node = json!({"node-name": "stick"});
        while let Err(error) = self.monitor.execute("blockdev-del", node.clone()) {
            if patience.is_over() {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        Ok(())
    }

    /// Plugs a receipt printer in, on a USB serial port.
    pub fn plug_printer(&mut self, at: SocketAddr) -> anyhow::Result<()> {
        let (host, port) = (at.ip().to_string(), at.port().to_string());
        let address = json!({"type": "inet", "data": {"host": host, "port": port}});
        let backend = json!({"type": "socket", "data": {"addr": address, "server": false}});
        self.monitor
            .execute("chardev-add", json!({"id": "printer", "backend": backend}))?;
        self.monitor.execute(
            "device_add",
            json!({"driver": "usb-serial", "id": "printer", "chardev": "printer", "bus": "usb.0",
                   "always-plugged": true}),
        )?;
        Ok(())
    }

    /// Unplugs it.
    pub fn unplug_printer(&mut self) -> anyhow::Result<()> {
        let printer = json!({"id": "printer"});
        self.monitor.execute("device_del", printer.clone())?;
        let patience = self.patience(60);
        while let Err(error) = self.monitor.execute("chardev-remove", printer.clone()) {
            if patience.is_over() {
                return Err(error);
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        Ok(())
    }

    /// Plugs a network cable in that leads to the world, and to this machine at `10.0.2.2`.
    pub fn plug_world(&mut self) -> anyhow::Result<()> {
        self.monitor
            .execute("netdev_add", json!({"type": "user", "id": "net"}))?;
        self.monitor.execute(
            "device_add",
            json!({"driver": "virtio-net-pci", "netdev": "net", "bus": "socket", "romfile": ""}),
        )?;
        Ok(())
    }

    /// Plugs a network cable in. Its far end are the sockets `wire` and `wire.far` in the machine's
    /// folder, a frame each datagram.
    pub fn plug_network(&mut self) -> anyhow::Result<()> {
        let end = |name: &str| {
            let path = self.folder.join(name);
            // One of an earlier machine.
            let _ = std::fs::remove_file(&path);
            json!({"type": "unix", "path": path})
        };
        let wire =
            json!({"type": "dgram", "id": "net", "local": end("wire"), "remote": end("wire.far")});
        self.monitor.execute("netdev_add", wire)?;
        self.monitor.execute(
            "device_add",
            json!({"driver": "virtio-net-pci", "netdev": "net", "bus": "socket", "romfile": ""}),
        )?;
        Ok(())
    }

    /// Pulls the plug.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Waits until whoever sits before it closes it.
    pub fn wait_for_end(mut self) -> anyhow::Result<()> {
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn without_escapes(line: &str) -> String {
    let mut plain = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            for more in characters.by_ref() {
                if more.is_ascii_alphabetic() {
                    break;
                }
            }
        } else if !character.is_control() {
            plain.push(character);
        }
    }
    plain
}
