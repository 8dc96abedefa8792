//! What is plugged in: printers, serial ports, keyboards and scanners, as the kernel lists them.
//!
//! Only files of the kernel and of udev are read. No port is opened and nothing is written to any:
//! a byte that is meant for a scale may be an order to another device.

mod input;
mod owner;
mod serial;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

pub use owner::PortOwner;

use crate::linux::{UsbLink, UsbPrinter, printers};

/// What kind of device the kernel takes something for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeviceClass {
    /// A USB printer: `PrinterLink::Usb`.
    UsbPrinter,
    /// A serial port, also one of USB: what hangs on it, the port does not say.
    SerialPort,
    /// A keyboard, which a scanner may be too: `ScannerLink::Keyboard`.
    Keyboard,
    /// A scanner of the class for points of sale: `ScannerLink::HidPos`.
    HidPosScanner,
    /// Another device of the class HID.
    Hid,
}

impl DeviceClass {
    /// The word for it in lists and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            DeviceClass::UsbPrinter => "usb-printer",
            DeviceClass::SerialPort => "serial-port",
            DeviceClass::Keyboard => "keyboard",
            DeviceClass::HidPosScanner => "hid-pos-scanner",
            DeviceClass::Hid => "hid",
        }
    }
}

/// Something that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDevice {
    /// Its kind.
    pub class: DeviceClass,
    /// Its file, such as `/dev/ttyUSB0`. It may be another one after the next start.
    pub path: PathBuf,
    /// Names of the same file that udev makes and that stay, the best one first.
    pub stable_names: Vec<PathBuf>,
    /// The maker's number, if it is a USB device.
    pub vendor: Option<u16>,
    /// The product's number.
    pub product: Option<u16>,
    /// The serial number, if it has one.
    pub serial: Option<String>,
    /// What it calls itself; empty when it says nothing.
    pub name: String,
    /// The driver, such as `cdc_acm`; empty when there is none to be seen.
    pub driver: String,
}

impl FoundDevice {
    /// The name to keep in a configuration: one that stays, or the file where there is none.
    pub fn best_name(&self) -> &Path {
        self.stable_names.first().unwrap_or(&self.path)
    }

    /// How to find it wherever it is plugged in; `None` for what has no numbers.
    pub fn usb_link(&self) -> Option<UsbLink> {
        Some(UsbLink::Id {
            vendor: self.vendor?,
            product: self.product?,
            serial: self.serial.clone(),
        })
    }
}

/// Where the kernel and udev list devices. Another place than the usual one is for tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Usually `/sys`.
    pub sys: PathBuf,
    /// Usually `/dev`.
    pub dev: PathBuf,
    /// Usually `/proc`.
    pub proc: PathBuf,
}

impl Default for Places {
    fn default() -> Places {
        Places {
            sys: "/sys".into(),
            dev: "/dev".into(),
            proc: "/proc".into(),
        }
    }
}

/// All that is plugged in, by class and file.
pub fn discover() -> Vec<FoundDevice> {
    Places::default().discover()
}

impl Places {
    /// All that is plugged in, by class and file.
    pub fn discover(&self) -> Vec<FoundDevice> {
        let usb = printers(&self.sys.join("class/usbmisc"), &self.dev.join("usb"));
        let mut found: Vec<FoundDevice> = usb
            .into_iter()
            .map(|printer| self.usb_printer(printer))
            .chain(serial::ports(self))
            .chain(input::keyboards(self))
            .chain(input::raw(self))
            .collect();
        found.sort_by(|a, b| (a.class, &a.path).cmp(&(b.class, &b.path)));
        found
    }

    /// The programs that have a device open now, as far as this user may see them.
    pub fn owners(&self, path: &Path) -> Vec<PortOwner> {
        owner::owners(self, path)
    }

    /// Whether another program has a port open too. The one at the other end of a pseudo
    /// terminal, which is the device there, is none.
    pub(crate) fn is_shared(&self, path: &Path) -> bool {
        let own = std::process::id();
        let others = owner::owners(self, path).into_iter();
        let end = owner::terminal_number(path);
        others
            .filter(|other| other.process != own)
            .any(|other| !end.is_some_and(|end| owner::is_other_end(self, other.process, end)))
    }

    fn usb_printer(&self, printer: UsbPrinter) -> FoundDevice {
        FoundDevice {
            class: DeviceClass::UsbPrinter,
            stable_names: self.stable_names(&printer.path, &["usb/by-id", "usb/by-path"]),
            path: printer.path,
            vendor: Some(printer.vendor),
            product: Some(printer.product),
            serial: printer.serial,
            name: printer.name,
            driver: "usblp".to_owned(),
        }
    }

    /// The links in these folders of udev that lead to a file.
    fn stable_names(&self, path: &Path, folders: &[&str]) -> Vec<PathBuf> {
        let Ok(file) = fs::canonicalize(path) else {
            return Vec::new();
        };
        let mut names = Vec::new();
        for folder in folders {
            let mut here: Vec<PathBuf> = entries(&self.dev.join(folder))
                .filter(|link| fs::canonicalize(link).is_ok_and(|leads| leads == file))
                .collect();
            here.sort();
            names.append(&mut here);
        }
        names
    }
}

/// Where a keyboard is now.
pub(crate) fn locate_keyboard(link: &UsbLink) -> Option<PathBuf> {
    locate(link, || input::keyboards(&Places::default()).collect())
}

/// Where a scanner of the class for points of sale is now.
pub(crate) fn locate_hid_pos(link: &UsbLink) -> Option<PathBuf> {
    locate(link, || {
        let mut all: Vec<FoundDevice> = input::raw(&Places::default()).collect();
        all.retain(|device| device.class == DeviceClass::HidPosScanner);
        all
    })
}

/// The report descriptor of a file `/dev/hidraw*`, or of a link to one.
pub(crate) fn report_descriptor(path: &Path) -> Option<Vec<u8>> {
    let file = fs::canonicalize(path).ok()?;
    let entry = Places::default().sys.join("class/hidraw");
    fs::read(
        entry
            .join(file.file_name()?)
            .join("device/report_descriptor"),
    )
    .ok()
}

fn locate(link: &UsbLink, plugged_in: impl FnOnce() -> Vec<FoundDevice>) -> Option<PathBuf> {
    match link {
        UsbLink::Path(path) => Some(path.clone()),
        UsbLink::Id { .. } => {
            let mut all = plugged_in();
            all.sort_by(|a, b| a.path.cmp(&b.path));
            all.into_iter()
                .find(|device| match (device.vendor, device.product) {
                    (Some(vendor), Some(product)) => {
                        link.names(vendor, product, device.serial.as_deref())
                    }
                    _ => false,
                })
                .map(|device| device.path)
        }
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
}

/// One line of text; `None` when there is no such file or nothing in it.
fn text(folder: &Path, file: &str) -> Option<String> {
    let text = fs::read(folder.join(file)).ok()?;
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

fn hexadecimal(folder: &Path, file: &str) -> Option<u16> {
    u16::from_str_radix(&text(folder, file)?, 16).ok()
}

/// What a USB device says about itself.
#[derive(Default)]
struct UsbIdentity {
    vendor: Option<u16>,
    product: Option<u16>,
    serial: Option<String>,
    name: String,
}

/// The USB device that something is a part of: the first folder above it with a maker's number.
fn usb_identity(part: &Path) -> Option<UsbIdentity> {
    let device = part
        .ancestors()
        .find(|folder| folder.join("idVendor").is_file())?;
    Some(UsbIdentity {
        vendor: hexadecimal(device, "idVendor"),
        product: hexadecimal(device, "idProduct"),
        serial: text(device, "serial"),
        name: [text(device, "manufacturer"), text(device, "product")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" "),
    })
}

fn driver(device: &Path) -> String {
    fs::canonicalize(device.join("driver"))
        .ok()
        .as_deref()
        .and_then(Path::file_name)
        .map(OsStr::to_string_lossy)
        .unwrap_or_default()
        .into_owned()
}
