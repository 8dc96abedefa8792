//! A virtual machine with a kiosk's devices: a screen that is touched, a scanner and a receipt
//! printer on serial ports, a watchdog.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use crate::qmp::Monitor;

/// The size of the screen.
pub const SCREEN: (u32, u32) = (1280, 800);

/// What a machine is made of besides its disk.
#[derive(Clone, Default)]
pub struct Hardware {
    /// Where everything that is written to the disk is recorded.
    pub write_log: Option<PathBuf>,
    /// Where the receipt printer listens.
    pub printer: Option<SocketAddr>,
    /// Whether it has a network.
    pub network: bool,
    /// Whether there is a window.
    pub window: bool,
}

type Lines = Arc<(Mutex<Vec<(Duration, String)>>, Condvar)>;

/// A running machine.
pub struct Vm {
    process: Child,
    folder: PathBuf,
    lines: Lines,
    monitor: Monitor,
    shell: Option<UnixStream>,
    /// What was seen so far of the console.
    seen: usize,
    /// When it was switched on.
    pub started: Instant,
}

/// Where this machine has QEMU's firmware for 64-bit PCs.
pub fn firmware() -> Option<(PathBuf, PathBuf)> {
    let pairs = [
        ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
        ("OVMF_CODE.fd", "OVMF_VARS.fd"),
    ];
    pairs.iter().find_map(|(code, variables)| {
        let folder = Path::new("/usr/share/OVMF");
        let pair = (folder.join(code), folder.join(variables));
        (pair.0.exists() && pair.1.exists()).then_some(pair)
    })
}

impl Vm {
    /// Switches a machine on, with a disk and a folder for its sockets.
    pub fn start(disk: &Path, folder: &Path, hardware: &Hardware) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let (code, variables) = firmware().context("install ovmf, the firmware of virtual PCs")?;
        let own = folder.join("firmware.fd");
        if !own.exists() {
            std::fs::copy(variables, &own)?;
        }
        let socket = |name: &str| {
            let path = folder.join(name);
            let _ = std::fs::remove_file(&path);
            path.display().to_string()
        };
        let mut qemu = Command::new("nice");
        qemu.args([
            "-n",
            "5",
            "qemu-system-x86_64",
            "-machine",
            "q35",
            "-cpu",
            "max",
        ])
        .args([
            "-accel",
            "tcg,thread=single,tb-size=512",
            "-smp",
            "1",
            "-m",
            "768",
        ])
        .args(["-nodefaults", "-no-user-config"])
        .args(["-display", if hardware.window { "gtk" } else { "none" }])
        .args([
            "-qmp",
            &format!("unix:{},server=on,wait=off", socket("monitor")),
        ])
        .args([
            "-drive",
            &format!(
                "if=pflash,format=raw,unit=0,readonly=on,file={}",
                code.display()
            ),
        ])
        .args([
            "-drive",
            &format!("if=pflash,format=raw,unit=1,file={}", own.display()),
        ])
        .args([
            "-device",
            &format!("virtio-vga,xres={},yres={}", SCREEN.0, SCREEN.1),
        ])
        .args(["-device", "virtio-multitouch-pci"])
        .args(["-device", "i6300esb", "-action", "watchdog=reset"])
        .args(["-serial", "stdio"])
        .args([
            "-chardev",
            &format!(
                "socket,id=scanner,path={},server=on,wait=off",
                socket("scanner")
            ),
        ])
        .args(["-serial", "chardev:scanner"])
        .args(["-device", "pcie-root-port,id=plug,chassis=1"])
        .args(["-device", "virtio-serial-pci"])
        .args([
            "-chardev",
            &format!(
                "socket,id=shell,path={},server=on,wait=off",
                socket("shell")
            ),
        ])
        .args(["-device", "virtconsole,chardev=shell"]);
        if hardware.window {
            qemu.args(["-device", "virtio-tablet-pci"]);
        }
        if let Some(printer) = hardware.printer {
            qemu.args(["-device", "qemu-xhci"])
                .args([
                    "-chardev",
                    &format!(
                        "socket,id=printer,host={},port={}",
                        printer.ip(),
                        printer.port()
                    ),
                ])
                .args(["-device", "usb-serial,chardev=printer,always-plugged=on"]);
        }
        if hardware.network {
            qemu.args([
                "-netdev",
                "user,id=net",
                "-device",
                "virtio-net-pci,netdev=net,romfile=",
            ]);
        }
        match &hardware.write_log {
            Some(log) => {
                std::fs::write(log, "")?;
                qemu.args([
                    "-blockdev",
                    &format!("driver=file,node-name=disk,filename={}", disk.display()),
                ])
                .args([
                    "-blockdev",
                    &format!("driver=file,node-name=log,filename={}", log.display()),
                ])
                .args([
                    "-blockdev",
                    "driver=blklogwrites,node-name=logged,file=disk,log=log,log-sector-size=512",
                ])
                .args(["-device", "virtio-blk-pci,drive=logged,bootindex=0"]);
            }
            None => {
                qemu.args([
                    "-drive",
                    &format!(
                        "if=none,id=disk,format=raw,file={},cache=writeback",
                        disk.display()
                    ),
                ])
                .args(["-device", "virtio-blk-pci,drive=disk,bootindex=0"]);
            }
        }
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
                    known.push((at, line));
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
            shell: None,
            seen: 0,
            started,
        })
    }

    /// Waits for a line on the console that was not waited for before; gives it and when it came,
    /// since the machine was switched on.
    pub fn wait(&mut self, part: &str, seconds: u64) -> anyhow::Result<(Duration, String)> {
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut known = self
            .lines
            .0
            .lock()
            .map_err(|_| anyhow::anyhow!("the console is gone"))?;
        loop {
            while let Some(line) = known.get(self.seen) {
                self.seen += 1;
                if line.1.contains(part) {
                    return Ok(line.clone());
                }
            }
            let now = Instant::now();
            if now >= end {
                let last: Vec<&str> = known
                    .iter()
                    .rev()
                    .take(4)
                    .map(|line| line.1.as_str())
                    .collect();
                bail!("within {seconds} s the console did not say {part:?}; last: {last:?}");
            }
            let (guard, _) = self
                .lines
                .1
                .wait_timeout(known, end - now)
                .map_err(|_| anyhow::anyhow!("the console is gone"))?;
            known = guard;
        }
    }

    /// How many lines so far have this part.
    pub fn count(&self, part: &str) -> usize {
        let known = self.lines.0.lock();
        known.map_or(0, |known| {
            known.iter().filter(|line| line.1.contains(part)).count()
        })
    }

    /// Runs a command in the shell of a test image; gives what it printed, and fails as it does.
    pub fn shell(&mut self, command: &str, seconds: u64) -> anyhow::Result<String> {
        let (code, text) = self.shell_code(command, seconds)?;
        if code != 0 {
            bail!("{command}: {code}: {text}");
        }
        Ok(text)
    }

    /// Runs a command in the shell of a test image; gives its code and what it printed.
    pub fn shell_code(&mut self, command: &str, seconds: u64) -> anyhow::Result<(i32, String)> {
        if self.shell.is_none() {
            let stream = UnixStream::connect(self.folder.join("shell"))?;
            self.shell = Some(stream);
        }
        let stream = self.shell.as_mut().context("no shell")?;
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        let end = Instant::now() + Duration::from_secs(seconds);
        // In two parts, so that the echo of the command is not taken for its end.
        let mark = format!("{}", end.elapsed().as_nanos() + u128::from(rand()));
        writeln!(stream, "{{ {command}\n}} 2>&1; echo end'of'{mark}:$?:")?;
        let mut text = String::new();
        let pattern = format!("endof{mark}:");
        let mut bytes = [0; 4096];
        let mut asked = Instant::now();
        loop {
            if let Some((before, after)) = text.split_once(&pattern)
                && let Some((code, _)) = after.split_once(':')
            {
                let code = code.trim().parse()?;
                let lines = before.lines().filter(|line| !line.contains("end'of'"));
                let lines: Vec<&str> = lines.map(str::trim_end).collect();
                return Ok((code, lines.join("\n").trim().to_owned()));
            }
            if Instant::now() > end {
                bail!("{command}: no answer within {seconds} s: {text}");
            }
            match stream.read(&mut bytes) {
                Ok(0) => bail!("the machine is gone"),
                Ok(length) => {
                    text.push_str(&String::from_utf8_lossy(
                        bytes.get(..length).unwrap_or_default(),
                    ));
                }
                Err(_) if text.is_empty() && asked.elapsed() > Duration::from_secs(10) => {
                    // The shell was not there yet.
                    asked = Instant::now();
                    writeln!(stream, "{{ {command}\n}} 2>&1; echo end'of'{mark}:$?:")?;
                }
                Err(_) => {}
            }
        }
    }

    /// Sends a command to the shell without waiting for its end.
    pub fn shell_start(&mut self, command: &str) -> anyhow::Result<()> {
        self.shell("true", 60)?;
        let stream = self.shell.as_mut().context("no shell")?;
        writeln!(stream, "{command}")?;
        Ok(())
    }

    /// The shell of another start: the old connection says nothing any more.
    pub fn forget_shell(&mut self) {
        self.shell = None;
    }

    /// Touches the screen at a place of the picture, with one finger.
    pub fn touch(&mut self, x: u32, y: u32) -> anyhow::Result<()> {
        let scale = |value: u32, size: u32| u64::from(value) * 0x7fff / u64::from(size);
        let multi = |kind: &str, value: serde_json::Value| {
            let mut data =
                json!({"type": kind, "slot": 0, "tracking-id": 1, "axis": "x", "value": 0});
            if let (Some(data), Some(value)) = (data.as_object_mut(), value.as_object()) {
                data.extend(value.clone());
            }
            json!({"type": "mtt", "data": data})
        };
        let down = [
            multi("begin", json!({})),
            multi("data", json!({"axis": "x", "value": scale(x, SCREEN.0)})),
            multi("data", json!({"axis": "y", "value": scale(y, SCREEN.1)})),
        ];
        self.monitor
            .execute("input-send-event", json!({"events": down}))?;
        std::thread::sleep(Duration::from_millis(150));
        let up = [multi("end", json!({"tracking-id": -1}))];
        self.monitor
            .execute("input-send-event", json!({"events": up}))?;
        std::thread::sleep(Duration::from_millis(150));
        Ok(())
    }

    /// Writes what is on the screen into a PNG file.
    pub fn screenshot(&mut self, file: &Path) -> anyhow::Result<()> {
        self.monitor
            .execute("screendump", json!({"filename": file, "format": "png"}))?;
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
        std::thread::sleep(Duration::from_secs(8));
        self.monitor
            .execute("blockdev-del", json!({"node-name": "stick"}))?;
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

fn rand() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |time| time.subsec_nanos())
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
