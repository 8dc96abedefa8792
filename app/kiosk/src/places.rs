//! Where the devices of `till.toml` are, and that no two of them are at one place.

use std::path::{Path, PathBuf};

use hal::UsbLink;
use hal::discovery::{DeviceClass, FoundDevice};

use crate::config::{Config, TerminalKind};
use crate::scanner_config::ScannerKind;

/// Where a table of `till.toml` says that its device is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Named {
    /// The table, as it is written: `printer`, or `scanner` for each of several.
    pub(crate) table: &'static str,
    /// The place.
    pub(crate) place: Place,
    /// What it is there: one USB device may be a keyboard and more. `None` where its file says it.
    class: Option<DeviceClass>,
}

impl Named {
    /// Whether it is this device.
    pub(crate) fn is(&self, found: &FoundDevice) -> bool {
        self.place.is(found) && self.class.is_none_or(|class| class == found.class)
    }
}

/// A place that one device has for itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// A serial port, or another file.
    File(PathBuf),
    /// A USB device by its numbers; its serial number where it is said.
    Usb(u16, u16, Option<String>),
    /// An address in the network, with the port.
    Address(std::net::SocketAddr),
}

impl Place {
    fn of(usb: &UsbLink) -> Self {
        match usb {
            UsbLink::Path(path) => Self::File(path.clone()),
            UsbLink::Id {
                vendor,
                product,
                serial,
            } => Self::Usb(*vendor, *product, serial.clone()),
        }
    }

    /// Whether this device is there.
    fn is(&self, found: &FoundDevice) -> bool {
        match self {
            Self::File(path) => {
                followed(path) == followed(&found.path) || found.stable_names.contains(path)
            }
            Self::Usb(vendor, product, serial) => {
                (Some(*vendor), Some(*product)) == (found.vendor, found.product)
                    && (serial.is_none() || *serial == found.serial)
            }
            Self::Address(_) => false,
        }
    }

    /// Whether both can be the same device. Two names of one file are one place where they can be
    /// followed; of two devices of a kind without a number nobody can tell which is which.
    fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(other)) => {
                one == other || followed(one) == followed(other)
            }
            (Self::Usb(vendor, product, one), Self::Usb(others_vendor, others_product, other)) => {
                (vendor, product) == (others_vendor, others_product)
                    && (one.is_none() || other.is_none() || one == other)
            }
            (one, other) => one == other,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Usb(vendor, product, None) => write!(f, "{vendor:04x}:{product:04x}"),
            Self::Usb(vendor, product, Some(serial)) => {
                write!(f, "{vendor:04x}:{product:04x}:{serial}")
            }
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

fn followed(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// The places that a configuration names, in the order of its tables.
pub(crate) fn named(config: &Config) -> Vec<Named> {
    let mut all = Vec::new();
    let mut add = |table, place: Option<Place>, class| {
        // A file is of its class by itself.
        let class = match place {
            Some(Place::Usb(..)) => class,
            _ => None,
        };
        all.extend(place.map(|place| Named {
            table,
            place,
            class,
        }));
    };
    let file = |port: &Option<PathBuf>| port.clone().map(Place::File);
    if let Some(printer) = &config.printer {
        add("printer", file(&printer.port), None);
        add("printer", printer.address.map(Place::Address), None);
        let usb = printer.usb.as_ref().map(|it| Place::of(it.link()));
        add("printer", usb, Some(DeviceClass::UsbPrinter));
    }
    if let Some(drawer) = &config.drawer {
        add("drawer", file(&drawer.port), None);
    }
    for scanner in &config.scanners {
        add("scanner", file(&scanner.port), None);
        let usb = scanner.usb.as_ref().map(|it| Place::of(it.link()));
        let class = scanner.kind().map(|kind| match kind {
            ScannerKind::Keyboard => DeviceClass::Keyboard,
            ScannerKind::HidPos => DeviceClass::HidPosScanner,
        });
        add("scanner", usb, class);
    }
    if let Some(scale) = &config.scale {
        add("scale", Some(Place::File(scale.port.clone())), None);
    }
    if let Some(display) = &config.line_display {
        add("line_display", file(&display.port), None);
    }
    if let Some(terminal) = &config.terminal
        && terminal.kind == TerminalKind::Zvt
    {
        add("terminal", terminal.address.map(Place::Address), None);
    }
    all
}

/// Two tables that name one place, in words.
pub(crate) fn problem(config: &Config) -> Option<String> {
    let all = named(config);
    let pairs = all.iter().enumerate();
    let meeting =
        pairs.flat_map(|(at, one)| all.iter().skip(at + 1).map(move |other| (one, other)));
    let (one, other) = meeting
        .into_iter()
        .find(|(one, other)| one.place.meets(&other.place))?;
    let (first, second) = (one.table, other.table);
    let at = match one.place == other.place {
        true => one.place.to_string(),
        false => format!("{} and {}, which is the same", one.place, other.place),
    };
    let remedy = match (&one.place, first, second) {
        (Place::Usb(..), ..) => {
            "write the serial number of each behind it, as `evertill devices` lists them, or leave \
             one out"
        }
        (_, "printer", "line_display") => {
            "give the display a port of its own, or leave its port out and write \
             through_printer = true where the printer's cable goes through it"
        }
        (_, "printer", "drawer") => {
            "leave the drawer's port out where it hangs on the printer, or give it its own"
        }
        _ => "give each a port of its own, as `evertill devices` lists them, or leave one out",
    };
    Some(match first == second {
        true => format!("two tables [[{first}]] name {at}: {remedy}"),
        false => format!("[{first}] and [{second}] both name {at}: {remedy}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTER: &str = "[printer]\nport = \"/dev/ttyS0\"\n";

    fn read(tables: &str) -> Result<Config, String> {
        let text = format!("till = \"C1\"\npos_profile = \"Counter 1\"\n{tables}");
        Config::parse(&text, Path::new("/data"))
    }

    #[test]
    fn two_devices_at_one_place_are_refused_by_the_names_of_both_and_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let (real, by_id) = (folder.path().join("ttyUSB0"), folder.path().join("by-id"));
        std::fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &by_id).unwrap();
        let scale = "[scale]\nprofile = \"nci\"\nport = ";
        let display = "[line_display]\nprofile = \"cd5220\"\nport = ";
        for (tables, told, remedy) in [
            (
                format!("{PRINTER}{scale}\"/dev/ttyS0\""),
                "[printer] and [scale] both name /dev/ttyS0",
                "give each a port of its own",
            ),
            (
                format!("{PRINTER}{display}\"/dev/ttyS0\""),
                "[printer] and [line_display]",
                "through_printer = true",
            ),
            (
                format!("{PRINTER}[drawer]\nport = \"/dev/ttyS0\""),
                "[printer] and [drawer]",
                "leave the drawer's port out",
            ),
            (
                format!("[scanner]\nport = {real:?}\n{scale}{by_id:?}"),
                "which is the same",
                "a port of its own",
            ),
            (
                "[[scanner]]\nport = \"/dev/ttyS0\"\n[[scanner]]\nport = \"/dev/ttyS0\"".to_owned(),
                "two tables [[scanner]]",
                "leave one out",
            ),
            (
                "[[scanner]]\nusb = \"05f9:4204\"\nkind = \"hid-pos\"\n\
                 [[scanner]]\nusb = \"05f9:4204:S1\"\nkind = \"hid-pos\""
                    .to_owned(),
                "05f9:4204 and 05f9:4204:S1",
                "write the serial number of each",
            ),
            (
                "[printer]\naddress = \"192.168.1.50:9100\"\n[terminal]\nkind = \"zvt\"\n\
                 address = \"192.168.1.50:9100\"\nmodes_of_payment = [\"Card\"]"
                    .to_owned(),
                "[printer] and [terminal] both name 192.168.1.50:9100",
                "a port of its own",
            ),
        ] {
            let problem = read(&tables).unwrap_err();
            assert!(problem.contains(told), "{tables}: {problem}");
            assert!(problem.contains(remedy), "{tables}: {problem}");
        }
        let apart = format!(
            "{PRINTER}{scale}\"/dev/ttyS1\"\n[[scanner]]\nusb = \"05f9:4204:S1\"\n\
             kind = \"hid-pos\"\n[[scanner]]\nusb = \"05f9:4204:S2\"\nkind = \"hid-pos\""
        );
        read(&apart).unwrap();
    }
}
