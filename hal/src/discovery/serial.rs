//! Serial ports, of the machine and of USB.

use std::fs;
use std::path::Path;

use super::{DeviceClass, FoundDevice, Places, driver, entries, text, usb_identity};

pub(super) fn ports(places: &Places) -> impl Iterator<Item = FoundDevice> {
    entries(&places.sys.join("class/tty")).filter_map(|entry| port(places, &entry))
}

fn port(places: &Places, entry: &Path) -> Option<FoundDevice> {
    // Consoles and pseudo terminals have no device behind them.
    let device = fs::canonicalize(entry.join("device")).ok()?;
    // The kernel keeps four names for ports of the machine, whether there are any or not.
    if text(entry, "type").is_some_and(|kind| kind == "0") {
        return None;
    }
    let path = places.dev.join(entry.file_name()?);
    let usb = usb_identity(&device);
    let driver = driver(&device);
    if usb.is_none() && driver.is_empty() {
        return None;
    }
    let usb = usb.unwrap_or_default();
    Some(FoundDevice {
        class: DeviceClass::SerialPort,
        stable_names: places.stable_names(&path, &["serial/by-id", "serial/by-path"]),
        path,
        vendor: usb.vendor,
        product: usb.product,
        serial: usb.serial,
        name: usb.name,
        driver,
    })
}
