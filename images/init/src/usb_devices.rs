//! What may be plugged in: a till's own devices. The kernel starts with every USB device shut
//! (`usbcore.authorized_default=0`), so that it gets no driver until this has looked at what it says
//! that it is. udev calls this for each device that comes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::console::say;

/// Longer than the descriptors of any device that a till has.
const LONGEST: usize = 16 * 1024;

/// What an interface says that it is: class, subclass, protocol.
type Interface = (u8, u8, u8);

/// Opens or leaves shut the device that udev names in the environment.
pub fn plugged_in() -> ExitCode {
    let Some(path) = std::env::var_os("DEVPATH") else {
        return ExitCode::FAILURE;
    };
    let path = path.to_string_lossy();
    let device = PathBuf::from(format!("/sys/{}", path.trim_start_matches('/')));
    match look_at(&device) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!(
                "the USB device {} stays shut: {error}",
                named(&device)
            ));
            ExitCode::FAILURE
        }
    }
}

fn look_at(device: &Path) -> std::io::Result<()> {
    let authorized = device.join("authorized");
    if std::fs::read_to_string(&authorized)?.trim() != "0" {
        // A hub that is part of the box.
        return Ok(());
    }
    judged(&std::fs::read(device.join("descriptors"))?).map_err(std::io::Error::other)?;
    std::fs::write(&authorized, "1")
}

/// Whether a device is one for a till, by its descriptors.
///
/// # Errors
/// Why it stays shut, as a part of a sentence.
pub fn judged(descriptors: &[u8]) -> Result<(), String> {
    match interfaces(descriptors) {
        Some(interfaces) => refused(&interfaces).map_or(Ok(()), Err),
        None => Err("what it says of itself makes no sense".to_owned()),
    }
}

/// `1-2 (0525:a4a2)`.
fn named(device: &Path) -> String {
    let word = |file: &str| std::fs::read_to_string(device.join(file)).unwrap_or_default();
    let port = device.file_name().unwrap_or_default().to_string_lossy();
    let (vendor, product) = (word("idVendor"), word("idProduct"));
    format!("{port} ({}:{})", vendor.trim(), product.trim())
}

/// The interfaces of all configurations in a device's descriptors; `None` when those are not whole
/// or name no interface.
fn interfaces(descriptors: &[u8]) -> Option<Vec<Interface>> {
    if descriptors.len() > LONGEST {
        return None;
    }
    let mut found = Vec::new();
    let mut rest = descriptors;
    while let [length, kind, ..] = rest {
        let one = rest.get(..usize::from(*length).max(2))?;
        if *kind == 4 {
            found.push((*one.get(5)?, *one.get(6)?, *one.get(7)?));
        }
        rest = rest.get(one.len()..)?;
    }
    (rest.is_empty() && !found.is_empty()).then_some(found)
}

/// Why a device is none for a till; `None` for one that is.
fn refused(interfaces: &[Interface]) -> Option<String> {
    let strange = interfaces
        .iter()
        .find(|interface| !is_for_a_till(**interface));
    if let Some((class, subclass, protocol)) = strange {
        let what = match class {
            0x01 => "sound",
            0x02 | 0xe0 | 0xef => "a network or radio",
            0x06 => "a camera or telephone",
            0x0b => "a card reader",
            0x0e => "a camera",
            _ => "something",
        };
        return Some(format!(
            "it is {what} that no till needs (class {class:02x}, {subclass:02x}, {protocol:02x})"
        ));
    }
    let storage = interfaces
        .iter()
        .filter(|(class, _, _)| *class == 8)
        .count();
    (storage > 0 && storage < interfaces.len())
        .then(|| "it is a stick and something else at once".to_owned())
}

fn is_for_a_till(interface: Interface) -> bool {
    match interface {
        // Scanners, keys, touch, scales, drawers, displays.
        (0x03, ..) => true,
        // Serial ports; RNDIS calls itself one, with a protocol of its own.
        (0x02, 0x02, protocol) => protocol != 0xff,
        (0x0a, ..) => true,
        // Printers, sticks, hubs.
        (0x07, ..) | (0x08, ..) | (0x09, ..) => true,
        // Serial converters and printers with drivers of their own. For networks of this kind the
        // images have no driver.
        (0xff, ..) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(interfaces: &[Interface]) -> Vec<u8> {
        let mut bytes = vec![18, 1];
        bytes.resize(18, 0);
        bytes.extend([9, 2, 0, 0, 1, 1, 0, 0x80, 50]);
        for (class, subclass, protocol) in interfaces {
            bytes.extend([9, 4, 0, 0, 1, *class, *subclass, *protocol, 0]);
            bytes.extend([7, 5, 0x81, 2, 0, 2, 0]);
        }
        bytes
    }

    #[test]
    fn a_tills_own_devices_are_opened_and_others_stay_shut() {
        let said =
            |interfaces: &[Interface]| refused(&super::interfaces(&device(interfaces)).unwrap());
        for good in [
            &[(3, 1, 1)][..],
            &[(3, 0, 0), (3, 1, 1)],
            &[(8, 6, 0x50)],
            &[(7, 1, 2)],
            &[(2, 2, 1), (10, 0, 0)],
            &[(0xff, 0, 0)],
            &[(9, 0, 0)],
        ] {
            assert_eq!(said(good), None, "{good:?}");
        }
        for (bad, why) in [
            (&[(2, 6, 0), (10, 0, 0)][..], "network"),
            (&[(2, 2, 0xff), (10, 0, 0)], "network"),
            (&[(0xe0, 1, 1)], "radio"),
            (&[(14, 1, 0)], "camera"),
            (&[(8, 6, 0x50), (3, 1, 1)], "at once"),
            (&[(3, 1, 1), (1, 1, 0)], "sound"),
        ] {
            let said = said(bad).unwrap();
            assert!(said.contains(why), "{bad:?}: {said}");
        }
    }

    #[test]
    fn descriptors_that_are_not_whole_open_nothing() {
        let whole = device(&[(3, 1, 1)]);
        assert!(interfaces(&whole).is_some());
        for end in 0..whole.len() {
            let part = interfaces(&whole[..end]);
            assert!(part.is_none() || end >= 36, "{end}: {part:?}");
        }
        assert_eq!(interfaces(&vec![0; LONGEST + 1]), None);
        // A length of nothing does not hold it up.
        assert_eq!(interfaces(&[0; 64]), None);
    }
}
