//! Scanners on USB: one that is a keyboard, and one of the class for points of sale. The till
//! reads the same bytes that the kernel's files give, from a named pipe.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use input_linux::{EventKind, InputId, Key, UInputHandle};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::time::{ClockId, clock_gettime};

use super::pipe::Pipe;
use super::pty::Pty;
use crate::hid_pos::HidPosFormat;
use crate::keyboard::{InputEvent, keystrokes};
use crate::{HalError, HidPosLink, KeyboardLink, UsbLink};

/// How a usual scanner describes its reports: number 2, count, identifier, 56 bytes, and whether
/// there is more.
pub const HID_POS_DESCRIPTOR: &[u8] = &[
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, // a bar code scanner
    0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, // scanned data, in report 2
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01, // bytes
    0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, // how many
    0x95, 0x03, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x81, 0x02, // identifier
    0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01, // data
    0x06, 0x66, 0xFF, 0x95, 0x02, 0x09, 0x04, 0x09, 0x00, 0x81, 0x02, // the maker's own
    0x05, 0x8C, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x09, 0xFF, 0x81, 0x02, // more to come
    0xC0, 0xC0,
];
/// The same with its trigger: report 4 to the scanner, in which a bit each keeps it from reading,
/// has it read, and makes it sound for a bad and for a good scan.
pub const HID_POS_DESCRIPTOR_WITH_SOUNDS: &[u8] = &[
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, // a bar code scanner
    0x09, 0x12, 0xA1, 0x02, 0x85, 0x02, // scanned data, in report 2
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x01, // bytes
    0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, // how many
    0x95, 0x03, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x81, 0x02, // identifier
    0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01, // data
    0x06, 0x66, 0xFF, 0x95, 0x02, 0x09, 0x04, 0x09, 0x00, 0x81, 0x02, // the maker's own
    0x05, 0x8C, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x09, 0xFF, 0x81, 0x02, // more to come
    0xC0, // end of the data
    0x09, 0x14, 0xA1, 0x02, 0x85, 0x04, // the trigger, in report 4
    0x09, 0x00, 0x09, 0x5F, 0x09, 0x60, // not used; keep from reading; read
    0x09, 0x00, 0x09, 0x00, 0x09, 0x85, 0x09, 0x86, // not used, twice; bad scan; good scan
    0x91, 0x86, // to the scanner
    0xC0, 0xC0,
];
/// Where keyboards are made.
const UINPUT: &str = "/dev/uinput";
/// How many of the kernel's keys such a keyboard has: all that type.
const KEYS: usize = 128;
/// What it says about itself.
const NAME: &[u8] = b"Evertill virtual scanner";
const ID: InputId = InputId {
    bustype: 3,
    vendor: 0x1234,
    product: 0x5678,
    version: 1,
};
/// Data bytes of one report.
const PART: usize = 56;

/// A scanner that types its codes.
pub struct VirtualKeyboardScanner {
    usb: Keyboard,
}

/// What its keys are.
enum Keyboard {
    /// The bytes of a keyboard, in a named pipe.
    Pipe(Plug),
    /// A keyboard of the kernel's own.
    Kernel {
        device: UInputHandle<File>,
        plugged: Mutex<bool>,
    },
}

impl VirtualKeyboardScanner {
    /// A scanner whose events can be read at `path`. Codes end with Enter.
    ///
    /// # Errors
    /// `System` when `path` cannot be made.
    pub fn at(path: impl AsRef<Path>) -> Result<VirtualKeyboardScanner, HalError> {
        let usb = Keyboard::Pipe(Plug::new(path.as_ref())?);
        Ok(VirtualKeyboardScanner { usb })
    }

    /// A scanner that is a keyboard of the kernel's own, whose keys the till keeps from others.
    ///
    /// # Errors
    /// `System` where `/dev/uinput` is not there or this user may not write to it: few machines
    /// that run tests allow it.
    pub fn on_uinput() -> Result<VirtualKeyboardScanner, HalError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default())
            .open(UINPUT)
            .map_err(kernel)?;
        let device = UInputHandle::new(file);
        device.set_evbit(EventKind::Key).map_err(kernel)?;
        for key in Key::iter().take(KEYS) {
            device.set_keybit(key).map_err(kernel)?;
        }
        let scanner = VirtualKeyboardScanner {
            usb: Keyboard::Kernel {
                device,
                plugged: Mutex::new(false),
            },
        };
        scanner.plug()?;
        Ok(scanner)
    }

    /// Where the till finds it. In a pipe there is no keyboard whose keys could be kept from
    /// others. One of the kernel's that is not plugged in is nowhere.
    pub fn link(&self) -> KeyboardLink {
        match &self.usb {
            Keyboard::Pipe(pipe) => KeyboardLink {
                usb: UsbLink::Path(pipe.path.clone()),
                grab: false,
            },
            Keyboard::Kernel { device, .. } => {
                KeyboardLink::new(UsbLink::Path(device.evdev_path().unwrap_or_default()))
            }
        }
    }

    /// Types a code and Enter.
    ///
    /// # Errors
    /// `System` when it is unplugged or the till reads nothing for 5 seconds; `NotSupported` when
    /// there is a character that no scanner types.
    pub fn scan(&self, code: &str) -> Result<(), HalError> {
        self.press(&format!("{code}\r"))
    }

    /// Presses the keys of some characters.
    ///
    /// # Errors
    /// As [`VirtualKeyboardScanner::scan`].
    pub fn press(&self, characters: &str) -> Result<(), HalError> {
        let now = clock_gettime(ClockId::Monotonic);
        let now = Duration::try_from(now).unwrap_or_default();
        self.press_at(now, characters)
    }

    /// Presses the keys of some characters at a time of the kernel's clock, as which their events
    /// tell it: a till may read them much later.
    ///
    /// # Errors
    /// As [`VirtualKeyboardScanner::scan`].
    pub fn press_at(&self, time: Duration, characters: &str) -> Result<(), HalError> {
        for character in characters.bytes() {
            let events = keystrokes(character).ok_or(HalError::NotSupported {
                what: "typing this character",
            })?;
            for event in events {
                self.send_bytes(&event.to_bytes_at(time))?;
            }
        }
        Ok(())
    }

    /// Sends any events, which do not say when they happened.
    ///
    /// # Errors
    /// As [`VirtualKeyboardScanner::scan`].
    pub fn send(&self, events: &[InputEvent]) -> Result<(), HalError> {
        events
            .iter()
            .try_for_each(|event| self.send_bytes(&event.to_bytes()))
    }

    /// Sends the bytes of events as the kernel gives them.
    ///
    /// # Errors
    /// As [`VirtualKeyboardScanner::scan`].
    pub fn send_bytes(&self, bytes: &[u8]) -> Result<(), HalError> {
        match &self.usb {
            Keyboard::Pipe(pipe) => pipe.write(bytes),
            Keyboard::Kernel { device, .. } => {
                let mut keys: &File = device.as_inner();
                keys.write_all(bytes).map_err(kernel)
            }
        }
    }

    /// Pulls the cable. What the till has not read yet is lost.
    pub fn unplug(&self) {
        match &self.usb {
            Keyboard::Pipe(pipe) => pipe.unplug(),
            Keyboard::Kernel { device, plugged } => {
                let mut plugged = plugged.lock().unwrap_or_else(PoisonError::into_inner);
                if std::mem::take(&mut *plugged) {
                    let _is_gone = device.dev_destroy();
                }
            }
        }
    }

    /// Plugs the cable in again. A keyboard of the kernel's may then have another path.
    ///
    /// # Errors
    /// As [`VirtualKeyboardScanner::at`] and [`VirtualKeyboardScanner::on_uinput`].
    pub fn plug(&self) -> Result<(), HalError> {
        match &self.usb {
            Keyboard::Pipe(pipe) => pipe.plug(),
            Keyboard::Kernel { device, plugged } => {
                let mut plugged = plugged.lock().unwrap_or_else(PoisonError::into_inner);
                if !*plugged {
                    device.create(&ID, NAME, 0, &[]).map_err(kernel)?;
                    *plugged = true;
                }
                Ok(())
            }
        }
    }
}

fn kernel(source: std::io::Error) -> HalError {
    HalError::System {
        what: "making a keyboard of the kernel's own with /dev/uinput",
        source,
    }
}

/// A scanner that sends reports.
#[derive(Debug)]
pub struct VirtualHidPosScanner {
    usb: Plug,
    descriptor: &'static [u8],
}

impl VirtualHidPosScanner {
    /// A scanner whose reports can be read at `path`.
    ///
    /// # Errors
    /// `System` when `path` cannot be made.
    pub fn at(path: impl AsRef<Path>) -> Result<VirtualHidPosScanner, HalError> {
        Ok(VirtualHidPosScanner {
            usb: Plug::new(path.as_ref())?,
            descriptor: HID_POS_DESCRIPTOR,
        })
    }

    /// A scanner that can be made to sound, and whose file can be written to for that.
    ///
    /// # Errors
    /// `System` when there is no pty to be had or `path` cannot be made.
    pub fn with_sounds(path: impl AsRef<Path>) -> Result<VirtualHidPosScanner, HalError> {
        Ok(VirtualHidPosScanner {
            usb: Plug::both_ways(path.as_ref())?,
            descriptor: HID_POS_DESCRIPTOR_WITH_SOUNDS,
        })
    }

    /// Where the till finds it.
    pub fn link(&self) -> HidPosLink {
        HidPosLink {
            usb: UsbLink::Path(self.usb.path.clone()),
            format: HidPosFormat::parse(self.descriptor),
        }
    }

    /// Scans a code, with its AIM identifier such as `]E0`.
    ///
    /// # Errors
    /// `System` when it is unplugged or the till reads nothing for 5 seconds.
    pub fn scan(&self, identifier: &str, code: &str) -> Result<(), HalError> {
        let mut rest = code.as_bytes();
        loop {
            let (part, after) = rest.split_at(rest.len().min(PART));
            self.send(&self.report(identifier, part, !after.is_empty()))?;
            if after.is_empty() {
                return Ok(());
            }
            rest = after;
        }
    }

    /// A report with up to 56 bytes of a code.
    pub fn report(&self, identifier: &str, part: &[u8], more: bool) -> [u8; 64] {
        let mut report = [0; 64];
        let [number, count, rest @ .., flags] = &mut report;
        *number = 2;
        *count = u8::try_from(part.len()).unwrap_or(u8::MAX);
        *flags = u8::from(more);
        let (identified, data) = rest.split_at_mut(3);
        for (place, byte) in identified.iter_mut().zip(identifier.bytes()) {
            *place = byte;
        }
        for (place, byte) in data.iter_mut().zip(part.iter().take(PART)) {
            *place = *byte;
        }
        report
    }

    /// What the till has written since this was last asked.
    pub fn received(&self) -> Vec<u8> {
        self.usb.received()
    }

    /// Sends any report.
    ///
    /// # Errors
    /// As [`VirtualHidPosScanner::scan`].
    pub fn send(&self, report: &[u8]) -> Result<(), HalError> {
        self.usb.write(report)
    }

    /// Pulls the cable. What the till has not read yet is lost.
    pub fn unplug(&self) {
        self.usb.unplug();
    }

    /// Plugs the cable in again.
    ///
    /// # Errors
    /// As [`VirtualHidPosScanner::at`].
    pub fn plug(&self) -> Result<(), HalError> {
        self.usb.plug()
    }
}

/// A cable that can be pulled.
#[derive(Debug)]
struct Plug {
    path: PathBuf,
    both_ways: bool,
    cable: Mutex<Option<Cable>>,
}

#[derive(Debug)]
enum Cable {
    /// The till can only read.
    Pipe(Pipe),
    /// It can write, too. A piece comes whole here as well: the kernel never parts one this short.
    Pty(Pty),
}

impl Plug {
    fn new(path: &Path) -> Result<Plug, HalError> {
        Plug::plugged(path, false)
    }

    fn both_ways(path: &Path) -> Result<Plug, HalError> {
        Plug::plugged(path, true)
    }

    fn plugged(path: &Path, both_ways: bool) -> Result<Plug, HalError> {
        let plug = Plug {
            path: path.to_owned(),
            both_ways,
            cable: Mutex::new(None),
        };
        plug.plug()?;
        Ok(plug)
    }

    fn plug(&self) -> Result<(), HalError> {
        let mut cable = self.lock();
        // The old one first: it takes the name with it.
        cable.take();
        let opened = match self.both_ways {
            true => Pty::open(&self.path).map(Cable::Pty),
            false => Pipe::open(&self.path).map(Cable::Pipe),
        };
        *cable = Some(opened.map_err(|source| HalError::System {
            what: "plugging a virtual scanner in",
            source,
        })?);
        Ok(())
    }

    fn unplug(&self) {
        self.lock().take();
    }

    fn received(&self) -> Vec<u8> {
        let mut received = Vec::new();
        let mut buffer = [0; 64];
        while let Some(Cable::Pty(pty)) = &*self.lock()
            && let Ok(read @ 1..) = rustix::io::read(pty, &mut buffer)
        {
            received.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
        received
    }

    fn write(&self, piece: &[u8]) -> Result<(), HalError> {
        let cable = self.lock();
        cable
            .as_ref()
            .ok_or_else(|| Errno::NODEV.into())
            .and_then(|cable| match cable {
                Cable::Pipe(pipe) => pipe.write(piece),
                Cable::Pty(pty) => Ok(rustix::io::write(pty, piece).map(drop)?),
            })
            .map_err(|source| HalError::System {
                what: "sending from a virtual scanner",
                source,
            })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Cable>> {
        self.cable.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
