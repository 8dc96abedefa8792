//! Keyboards and other devices of the class HID.

use std::fs;
use std::path::Path;

use super::{DeviceClass, FoundDevice, Places, driver, entries, hexadecimal, text, usb_identity};
use crate::hid_pos::HidPosFormat;

/// The bits of the keys 1 to 0, and of Enter: what a scanner presses, and a power button has not.
const DIGITS_AND_ENTER: u64 = 0x3FF << 2 | 1 << 28;

pub(super) fn keyboards(places: &Places) -> impl Iterator<Item = FoundDevice> {
    entries(&places.sys.join("class/input")).filter_map(|entry| keyboard(places, &entry))
}

fn keyboard(places: &Places, entry: &Path) -> Option<FoundDevice> {
    let name = entry.file_name()?;
    if !name.to_str()?.starts_with("event") {
        return None;
    }
    let device = fs::canonicalize(entry.join("device")).ok()?;
    // Words of a long each, the lowest last.
    let keys = text(&device, "capabilities/key")?;
    let lowest = u64::from_str_radix(keys.split_whitespace().next_back()?, 16).ok()?;
    if lowest & DIGITS_AND_ENTER != DIGITS_AND_ENTER {
        return None;
    }
    let path = places.dev.join("input").join(name);
    let usb = usb_identity(&device).unwrap_or_default();
    let number = |file| hexadecimal(&device, file).filter(|number| *number != 0);
    Some(FoundDevice {
        class: DeviceClass::Keyboard,
        stable_names: places.stable_names(&path, &["input/by-id", "input/by-path"]),
        path,
        vendor: usb.vendor.or_else(|| number("id/vendor")),
        product: usb.product.or_else(|| number("id/product")),
        serial: usb.serial.or_else(|| text(&device, "uniq")),
        name: text(&device, "name").unwrap_or(usb.name),
        driver: driver(device.parent()?.parent()?),
    })
}

pub(super) fn raw(places: &Places) -> impl Iterator<Item = FoundDevice> {
    entries(&places.sys.join("class/hidraw")).filter_map(|entry| raw_device(places, &entry))
}

fn raw_device(places: &Places, entry: &Path) -> Option<FoundDevice> {
    let path = places.dev.join(entry.file_name()?);
    let device = fs::canonicalize(entry.join("device")).ok()?;
    let described = fs::read(device.join("report_descriptor")).unwrap_or_default();
    let is_scanner = HidPosFormat::parse(&described).is_some();
    let facts = text(&device, "uevent").unwrap_or_default();
    let fact = |name: &str| {
        let mut lines = facts.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    };
    // Bus, maker and product, in hexadecimal: 0003:000004B4:00000100.
    let mut numbers = fact("HID_ID").unwrap_or_default().split(':').skip(1);
    let mut number = || u16::try_from(u32::from_str_radix(numbers.next()?, 16).ok()?).ok();
    let (vendor, product) = (number(), number());
    let serial = fact("HID_UNIQ").filter(|serial| !serial.is_empty());
    Some(FoundDevice {
        class: match is_scanner {
            true => DeviceClass::HidPosScanner,
            false => DeviceClass::Hid,
        },
        stable_names: places.stable_names(&path, &["hidraw/by-id", "hidraw/by-path"]),
        path,
        vendor,
        product,
        serial: serial
            .map(str::to_owned)
            .or_else(|| usb_identity(&device)?.serial),
        name: fact("HID_NAME").unwrap_or_default().to_owned(),
        driver: driver(&device),
    })
}
