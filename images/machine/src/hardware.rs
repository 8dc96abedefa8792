//! What a kiosk's virtual machine is made of, as QEMU is told.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::firmware::{self, Keys};

/// The size of the screen.
pub const SCREEN: (u32, u32) = (1280, 800);

/// What a machine is made of besides its disk.
#[derive(Clone, Default)]
pub struct Hardware {
    /// Where everything that is written to the disk is recorded.
    pub write_log: Option<PathBuf>,
    /// Where the receipt printer listens.
    pub printer: Option<SocketAddr>,
    /// What its network plug is connected to.
    pub network: Network,
    /// Whether there is a window.
    pub window: bool,
    /// Whether its time is exactly the instructions that it carried out, a nanosecond each. Where
    /// it waits for time to pass, time jumps.
    pub counted: bool,
    /// What its own clock says when it is switched on, `2000-01-01T00:00:00`; what the host's says
    /// where there is nothing.
    pub clock: Option<String>,
    /// Whether its screen cannot be touched.
    pub no_touch: bool,
    /// The keys of its Secure Boot, where it has one.
    pub keys: Option<Keys>,
    /// Where its TPM listens.
    pub tpm: Option<PathBuf>,
    /// The state of another machine of the same kind that it goes on from ([`crate::saved`]).
    pub saved: Option<PathBuf>,
}

/// Whether a machine's time passes with its instructions, 250 million a second (`SLOW_MOTION=1`): on
/// a busy host it is then a box like any other that somebody watches in slow motion, and not one
/// whose every clock runs out. Counting costs two thirds of the speed.
fn slow_motion() -> bool {
    std::env::var_os("SLOW_MOTION").is_some_and(|value| value == "1")
}

/// What a network plug is connected to.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Network {
    /// There is no plug.
    #[default]
    None,
    /// The world, through this machine.
    World,
}

impl Hardware {
    /// The command that switches a machine on; its sockets are made in the folder.
    pub fn command(&self, disk: &Path, folder: &Path) -> anyhow::Result<Command> {
        let found = match self.keys {
            Some(_) => firmware::find_secure(),
            None => firmware::find(),
        };
        let (code, variables) = found.context("install ovmf, the firmware of virtual PCs")?;
        let own = folder.join("firmware.fd");
        if !own.exists() {
            let mut variables = std::fs::read(variables)?;
            if let Some(keys) = &self.keys {
                firmware::enrol(&mut variables, keys)?;
            }
            std::fs::write(&own, variables)?;
        }
        let socket = |name: &str| {
            let path = folder.join(name);
            // One of an earlier machine.
            let _ = std::fs::remove_file(&path);
            path.display().to_string()
        };
        let server = |name: &str| format!("path={},server=on,wait=off", socket(name));
        let flash = |unit: u8, file: &Path, mode: &str| {
            let file = file.display();
            format!("if=pflash,format=raw,unit={unit},file={file}{mode}")
        };
        let mut qemu = Qemu(Command::new("qemu-system-x86_64"));
        qemu.say("-nodefaults -no-user-config");
        // Instructions that copy or clear a whole block are counted byte by byte; without these two
        // hints the kernel does it with others.
        let processor = if self.counted {
            "max,-erms,-fsrm"
        } else {
            "max"
        };
        qemu.option("-cpu", processor.to_owned());
        qemu.say("-smp 1 -m 768 -machine");
        match self.keys {
            // Nobody but the firmware writes its variables.
            Some(_) => qemu.say("q35,smm=on -global driver=cfi.pflash01,property=secure,value=on"),
            None => qemu.say("q35"),
        }
        // One processor: several of them, emulated, were seen to wait for each other for ever.
        qemu.say("-accel tcg,thread=single,tb-size=512");
        if self.counted {
            qemu.say("-icount shift=0,sleep=off -rtc clock=vm");
            // A processor that waits for the disk would have time jump to whatever timer is next, by
            // seconds where the host is slow to read. A plug without a cable has one every 10 us.
            qemu.say("-netdev hubport,hubid=9,id=pace");
            qemu.say("-object filter-buffer,id=pacer,netdev=pace,queue=all,interval=10");
        } else if slow_motion() {
            qemu.say("-icount shift=2,sleep=on");
        }
        if let Some(clock) = &self.clock {
            qemu.option("-rtc", format!("base={clock}"));
        }
        if let Some(saved) = &self.saved {
            qemu.option("-incoming", format!("file:{}", saved.display()));
        }
        qemu.say("-display");
        qemu.say(if self.window { "gtk" } else { "none" });
        qemu.option(
            "-qmp",
            format!("unix:{}", server("monitor").replace("path=", "")),
        );
        qemu.option("-drive", flash(0, &code, ",readonly=on"));
        qemu.option("-drive", flash(1, &own, ""));
        let (width, height) = SCREEN;
        qemu.option(
            "-device",
            format!("virtio-vga,id=screen,xres={width},yres={height}"),
        );
        if !self.no_touch {
            qemu.say("-device virtio-multitouch-pci");
        }
        qemu.say("-device i6300esb -action watchdog=reset");
        qemu.option("-serial", "stdio".to_owned());
        qemu.option(
            "-chardev",
            format!("socket,id=scanner,{}", server("scanner")),
        );
        // Where a stick, a network and a printer are plugged in later.
        qemu.say("-serial chardev:scanner -device pcie-root-port,id=plug,chassis=1");
        qemu.say("-device pcie-root-port,id=socket,chassis=2 -device qemu-xhci,id=usb");
        qemu.option("-chardev", format!("socket,id=shell,{}", server("shell")));
        qemu.say("-device virtio-serial-pci -device virtconsole,chardev=shell");
        if self.window {
            qemu.say("-device virtio-tablet-pci");
        }
        if let Some(printer) = self.printer {
            let (host, port) = (printer.ip(), printer.port());
            let link = format!("socket,id=printer,host={host},port={port}");
            qemu.option("-chardev", link);
            qemu.say("-device usb-serial,chardev=printer,always-plugged=on,bus=usb.0");
        }
        if let Some(tpm) = &self.tpm {
            qemu.option("-chardev", format!("socket,id=tpm,path={}", tpm.display()));
            qemu.say("-tpmdev emulator,id=tpm,chardev=tpm -device tpm-crb,tpmdev=tpm");
        }
        if self.network == Network::World {
            qemu.say("-netdev user,id=net -device virtio-net-pci,netdev=net,romfile=");
        }
        let file = format!("driver=file,node-name=disk,filename={}", disk.display());
        qemu.option("-blockdev", file);
        match &self.write_log {
            Some(log) => {
                std::fs::write(log, "")?;
                let file = format!("driver=file,node-name=log,filename={}", log.display());
                qemu.option("-blockdev", file);
                // The count at its head is right after each entry.
                qemu.say(
                    "-blockdev driver=blklogwrites,node-name=logged,file=disk,log=log,\
                     log-sector-size=512,log-super-update-interval=1",
                );
                qemu.say("-device virtio-blk-pci,drive=logged,bootindex=0");
            }
            None => qemu.say("-device virtio-blk-pci,drive=disk,bootindex=0"),
        }
        Ok(qemu.0)
    }
}

struct Qemu(Command);

impl Qemu {
    fn say(&mut self, words: &str) {
        self.0.args(words.split(' '));
    }

    fn option(&mut self, name: &str, value: String) {
        self.0.args([name, &value]);
    }
}
