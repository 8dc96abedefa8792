//! Opening the files of input devices.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use input_linux::EvdevHandle;
use rustix::fs::{Mode, OFlags};
use rustix::time::ClockId;

use super::link::{HidPosLink, KeyboardLink, ScannerLink};
use super::port::Link;
use super::wire::{Kind, Wire, refused};
use crate::discovery;
use crate::hid_pos::HidPosFormat;
use crate::vocabulary::PortState;

impl Link for ScannerLink {
    fn open(&self) -> Result<Wire, PortState> {
        match self {
            ScannerLink::Serial(serial) => serial.open(),
            ScannerLink::Keyboard(keyboard) => keyboard_wire(keyboard),
            ScannerLink::HidPos(scanner) => hid_pos_wire(scanner),
        }
    }
}

fn keyboard_wire(link: &KeyboardLink) -> Result<Wire, PortState> {
    let path = discovery::locate_keyboard(&link.usb).ok_or(PortState::Absent)?;
    let fd = open(&path, OFlags::RDONLY)?;
    let keyboard = EvdevHandle::new(fd.as_fd());
    // Of two that want its keys for themselves the second one gets none, and is told only so: a
    // till that leaves the keys to others asks all the same, and gives them back.
    match keyboard.grab(true).map_err(|error| refused(&error)) {
        Ok(()) if !link.grab => {
            let _is_given_back = keyboard.grab(false);
        }
        Ok(()) => {}
        Err(state) if link.grab || state == PortState::Busy => return Err(state),
        // No keyboard of the kernel's, so that each of its bytes goes to one reader alone.
        Err(_) => not_shared(&path)?,
    }
    // Times that no step of the system's clock spoils; each kernel from 3.4 on has them.
    let _has_clock = keyboard.set_clock_id(ClockId::Monotonic as i32);
    Ok(Wire::new(fd, Kind::Keyboard))
}

/// Another program that reads a scanner sells what it reads, or throws it away.
fn not_shared(path: &Path) -> Result<(), PortState> {
    match discovery::Places::default().is_shared(path) {
        true => Err(PortState::Busy),
        false => Ok(()),
    }
}

fn hid_pos_wire(link: &HidPosLink) -> Result<Wire, PortState> {
    let path = discovery::locate_hid_pos(&link.usb).ok_or(PortState::Absent)?;
    let described = || HidPosFormat::parse(&discovery::report_descriptor(&path)?);
    let format = match &link.format {
        Some(format) => format.clone(),
        None if !path.exists() => return Err(PortState::Absent),
        // Something, but no scanner of this class.
        None => described().ok_or(PortState::Failed)?,
    };
    let sounds = format.good_beep.is_some() || format.error_beep.is_some();
    let access = if sounds { OFlags::RDWR } else { OFlags::RDONLY };
    let file = open(&path, access)?;
    not_shared(&path)?;
    Ok(Wire::new(file, Kind::HidPos(format)))
}

fn open(path: &Path, access: OFlags) -> Result<OwnedFd, PortState> {
    let flags = access | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty()).map_err(|error| refused(&io::Error::from(error)))
}
