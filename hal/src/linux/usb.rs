//! USB printers, as the system lists them.

use std::fs;
use std::path::{Path, PathBuf};

use super::link::UsbLink;

/// Where Linux lists devices of this kind.
const CLASS: &str = "/sys/class/usbmisc";
/// Where their files are.
const FOLDER: &str = "/dev/usb";

/// A USB printer that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbPrinter {
    /// Its file, such as `/dev/usb/lp0`.
    pub path: PathBuf,
    /// The maker's number.
    pub vendor: u16,
    /// The product's number.
    pub product: u16,
    /// The serial number, if it has one.
    pub serial: Option<String>,
    /// What the printer calls itself.
    pub name: String,
}

/// The USB printers that are plugged in: devices of interface class 07, subclass 01 with the
/// driver `usblp`. Nothing is written to any of them.
pub fn usb_printers() -> Vec<UsbPrinter> {
    printers(Path::new(CLASS), Path::new(FOLDER))
}

/// Where a link's printer is now.
pub(super) fn locate(link: &UsbLink) -> Option<PathBuf> {
    find(link, usb_printers)
}

fn find(link: &UsbLink, plugged_in: impl FnOnce() -> Vec<UsbPrinter>) -> Option<PathBuf> {
    match link {
        UsbLink::Path(path) => Some(path.clone()),
        UsbLink::Id { .. } => plugged_in()
            .into_iter()
            .find(|printer| link.names(printer.vendor, printer.product, printer.serial.as_deref()))
            .map(|printer| printer.path),
    }
}

pub(crate) fn printers(class: &Path, folder: &Path) -> Vec<UsbPrinter> {
    let Ok(entries) = fs::read_dir(class) else {
        return Vec::new();
    };
    let mut found: Vec<UsbPrinter> = entries
        .filter_map(|entry| printer(&entry.ok()?.path(), folder))
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn printer(entry: &Path, folder: &Path) -> Option<UsbPrinter> {
    let name = entry.file_name()?;
    // The link leads to the interface; the device is the folder above it.
    let interface = fs::canonicalize(entry.join("device")).ok()?;
    let device = interface.parent()?;
    let text = |folder: &Path, file: &str| -> Option<String> {
        let text = fs::read_to_string(folder.join(file)).ok()?;
        Some(text.trim().to_owned())
    };
    let number = |folder: &Path, file: &str| u16::from_str_radix(&text(folder, file)?, 16).ok();
    if number(&interface, "bInterfaceClass")? != 7 || number(&interface, "bInterfaceSubClass")? != 1
    {
        return None;
    }
    Some(UsbPrinter {
        path: folder.join(name),
        vendor: number(device, "idVendor")?,
        product: number(device, "idProduct")?,
        serial: text(device, "serial").filter(|serial| !serial.is_empty()),
        name: text(device, "product").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plug(sys: &Path, name: &str, class: &str, serial: Option<&str>) {
        let device = sys.join("devices").join(format!("usb-{name}"));
        let interface = device.join("1-1:1.0");
        fs::create_dir_all(&interface).unwrap();
        fs::write(interface.join("bInterfaceClass"), class).unwrap();
        fs::write(interface.join("bInterfaceSubClass"), "01\n").unwrap();
        fs::write(device.join("idVendor"), "04b8\n").unwrap();
        fs::write(device.join("idProduct"), "0e15\n").unwrap();
        fs::write(device.join("product"), "TM-T20II\n").unwrap();
        if let Some(serial) = serial {
            fs::write(device.join("serial"), serial).unwrap();
        }
        let entry = sys.join("class").join(name);
        fs::create_dir_all(&entry).unwrap();
        std::os::unix::fs::symlink(&interface, entry.join("device")).unwrap();
    }

    #[test]
    fn printers_are_found_by_class_and_told_apart_by_serial_number() {
        let sys = tempfile::tempdir().unwrap();
        plug(sys.path(), "lp1", "07\n", Some("B2\n"));
        plug(sys.path(), "lp0", "07\n", Some("A1\n"));
        plug(sys.path(), "hiddev0", "03\n", None);
        let all = || printers(&sys.path().join("class"), Path::new("/dev/usb"));
        let paths: Vec<_> = all().into_iter().map(|printer| printer.path).collect();
        assert_eq!(
            paths,
            [Path::new("/dev/usb/lp0"), Path::new("/dev/usb/lp1")]
        );
        assert_eq!(all()[0].name, "TM-T20II");
        let id = |product, serial: Option<&str>| UsbLink::Id {
            vendor: 0x04B8,
            product,
            serial: serial.map(str::to_owned),
        };
        assert_eq!(
            find(&id(0x0E15, Some("B2")), all),
            Some("/dev/usb/lp1".into())
        );
        assert_eq!(find(&id(0x0E15, None), all), Some("/dev/usb/lp0".into()));
        assert_eq!(find(&id(0x0E15, Some("C3")), all), None);
        assert_eq!(find(&id(0x0202, None), all), None);
        assert_eq!(printers(Path::new("/nowhere"), Path::new("/dev")), []);
    }
}
