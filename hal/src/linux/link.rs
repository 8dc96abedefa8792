//! Where a device is.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::hid_pos::HidPosFormat;

/// Where a printer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterLink {
    /// On a serial port (also a USB printer that shows itself as one).
    Serial(SerialLink),
    /// On USB, as a device of the printer class.
    Usb(UsbLink),
    /// In the network, usually port 9100.
    Tcp(SocketAddr),
}

/// A USB device with a file of its own: a printer (`/dev/usb/lp*`), a keyboard
/// (`/dev/input/event*`) or a raw HID device (`/dev/hidraw*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsbLink {
    /// At this path, best one that udev makes and that stays (`/dev/input/by-id`, or a rule for
    /// printers of interface class 07, subclass 01), because the first of a kind is whichever came
    /// first.
    Path(PathBuf),
    /// Wherever it is plugged in: found by what it says about itself.
    Id {
        /// The maker's number, such as 0x04B8.
        vendor: u16,
        /// The product's number.
        product: u16,
        /// The serial number, to tell two of a kind apart.
        serial: Option<String>,
    },
}

impl UsbLink {
    /// Whether a device with these numbers is meant.
    pub(crate) fn names(&self, vendor: u16, product: u16, serial: Option<&str>) -> bool {
        match self {
            UsbLink::Path(_) => false,
            UsbLink::Id {
                vendor: wanted_vendor,
                product: wanted_product,
                serial: wanted,
            } => {
                vendor == *wanted_vendor
                    && product == *wanted_product
                    && (wanted.is_none() || wanted.as_deref() == serial)
            }
        }
    }
}

/// Where a scanner is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerLink {
    /// On a serial port (also a USB scanner that shows itself as one).
    Serial(SerialLink),
    /// On USB, as a keyboard.
    Keyboard(KeyboardLink),
    /// On USB, as a scanner of the class for points of sale.
    HidPos(HidPosLink),
}

impl From<SerialLink> for ScannerLink {
    fn from(link: SerialLink) -> ScannerLink {
        ScannerLink::Serial(link)
    }
}

impl From<KeyboardLink> for ScannerLink {
    fn from(link: KeyboardLink) -> ScannerLink {
        ScannerLink::Keyboard(link)
    }
}

impl From<HidPosLink> for ScannerLink {
    fn from(link: HidPosLink) -> ScannerLink {
        ScannerLink::HidPos(link)
    }
}

/// A scanner that is a keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyboardLink {
    /// Where it is; best under `/dev/input/by-id`, with a name that ends in `-event-kbd`.
    pub usb: UsbLink,
    /// Whether its keys are kept from everything else, so that no code is typed into a field.
    /// Off only where the system ignores it already (`LIBINPUT_IGNORE_DEVICE`).
    pub grab: bool,
}

impl KeyboardLink {
    /// One whose keys are kept from everything else.
    pub fn new(usb: UsbLink) -> KeyboardLink {
        KeyboardLink { usb, grab: true }
    }
}

/// A scanner of the class for points of sale (HID-POS).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HidPosLink {
    /// Where it is.
    pub usb: UsbLink,
    /// Where in its reports the code stands. `None`: as the scanner itself describes it, which is
    /// right for all but those that describe themselves wrongly.
    pub format: Option<HidPosFormat>,
}

impl HidPosLink {
    /// One that describes its reports itself.
    pub fn new(usb: UsbLink) -> HidPosLink {
        HidPosLink { usb, format: None }
    }
}

/// A serial port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialLink {
    /// The port; best a name that stays, such as one under `/dev/serial/by-id`.
    pub path: PathBuf,
    /// Bits a second.
    pub baud: u32,
    /// Who stops whom when a buffer is full.
    pub flow: FlowControl,
    /// Data bits and parity of a character.
    pub character: CharacterFrame,
    /// Stop bits behind a character.
    pub stop_bits: StopBits,
}

/// Stop bits behind a character on a serial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StopBits {
    /// One: nearly every device.
    #[default]
    One,
    /// Two: some old ones, which otherwise lose characters that follow each other closely.
    Two,
}

/// Data bits and parity of a character on a serial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CharacterFrame {
    /// 8 data bits, no parity: printers, scanners, displays.
    #[default]
    Bits8,
    /// 8 data bits, even parity.
    Bits8Even,
    /// 8 data bits, odd parity.
    Bits8Odd,
    /// 7 data bits, no parity.
    Bits7,
    /// 7 data bits, even parity: most scales.
    Bits7Even,
    /// 7 data bits, odd parity.
    Bits7Odd,
}

impl CharacterFrame {
    /// Whether a character has a parity bit.
    pub(crate) const fn has_parity(self) -> bool {
        !matches!(self, CharacterFrame::Bits8 | CharacterFrame::Bits7)
    }
}

/// Flow control of a serial port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FlowControl {
    /// None.
    #[default]
    None,
    /// RTS/CTS lines. Also what to choose for a printer set to DTR/DSR whose cable joins its DTR
    /// to our CTS, as the makers' cables do.
    Hardware,
    /// The DSR line alone, for a cable that joins the printer's DTR to nothing else. Linux does
    /// not do this by itself, so a few bytes are sent at a time and the line is looked at.
    DataSetReady,
    /// XON/XOFF bytes from the printer.
    Software,
}

impl SerialLink {
    /// A port without flow control, with 8 data bits, no parity and 1 stop bit.
    pub fn new(path: impl Into<PathBuf>, baud: u32) -> SerialLink {
        SerialLink {
            path: path.into(),
            baud,
            flow: FlowControl::None,
            character: CharacterFrame::Bits8,
            stop_bits: StopBits::One,
        }
    }

    /// The same with other characters.
    pub fn character(mut self, character: CharacterFrame) -> SerialLink {
        self.character = character;
        self
    }

    /// The same with other stop bits.
    pub fn stop_bits(mut self, stop_bits: StopBits) -> SerialLink {
        self.stop_bits = stop_bits;
        self
    }

    /// The same with flow control.
    pub fn flow(mut self, flow: FlowControl) -> SerialLink {
        self.flow = flow;
        self
    }
}
