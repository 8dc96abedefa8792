//! `evertill devices`: what is plugged in, which of it the till uses, and what of the till's devices
//! is not there or in the network.

use std::path::{Path, PathBuf};

use anyhow::Context;
use hal::discovery::{FoundDevice, Places};
use serde::Serialize;

use crate::config::{Config, TerminalKind};
use crate::device_setup;
use crate::output::say;
use crate::places::{Named, Place, named};

/// What `evertill devices` is asked for.
#[derive(clap::Args)]
pub struct Arguments {
    /// Print one JSON document instead of a table.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    set_up: Option<SetUp>,
}

/// Taking the counter's devices from one till to another.
#[derive(clap::Subcommand)]
enum SetUp {
    /// Write the till's device tables to a file.
    Export {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Give the till the devices of such a file, from its next start on; its old till.toml is kept
    /// as till.toml.old.
    Import {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// The state of what is there.
const PLUGGED_IN: &str = "plugged-in";
/// The state of what should be there.
const ABSENT: &str = "absent";

/// Something that is plugged in, or that the till should have.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Listed {
    /// Its kind: `usb-printer`, `serial-port`, `keyboard`, `hid-pos-scanner` or `hid`; `network` for
    /// one in the network, `usb` or `file` for one of the till's that no kind can be told of;
    /// `through-printer` for one that hangs on the printer, `by-hand` for a card terminal that has
    /// no cable to the till, `monitor` for the customer's screen.
    pub class: &'static str,
    /// What it calls itself; empty when it says nothing.
    pub name: String,
    /// `plugged-in`; `absent` for one that the till should have; `network` for one of the till's in
    /// the network, which is left in peace, `through-printer` and `by-hand` for what cannot be seen
    /// either: how such a one is the Devices place tells.
    pub state: &'static str,
    /// What to write into `till.toml`: a name that stays, where there is one; empty for what needs
    /// none.
    pub path: String,
    /// Maker and product as `lsusb` shows them, `04b8:0e15`; null where it is no USB device.
    pub usb: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// The driver; empty where there is none to be seen.
    pub driver: String,
    /// The section of `till.toml` that names it: `printer`, `drawer`, `scanner`, `scale`,
    /// `line_display`, `customer_screen` or `terminal`.
    pub used_as: Option<&'static str>,
    /// The programs that have it open, as far as this user may see them.
    pub open_in: Vec<String>,
}

/// Prints what is plugged in, or takes a set-up out or in. A box that is no till yet has devices,
/// too.
///
/// # Errors
/// When the data folder has a configuration that cannot be read, or a set-up cannot be taken.
pub fn run(data: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.set_up {
        Some(SetUp::Export { file }) => {
            device_setup::export_to(data, file)?;
            say(format_args!(
                "The devices were written to {}.",
                file.display()
            ))?;
            return Ok(());
        }
        Some(SetUp::Import { file }) => {
            device_setup::import(data, file)?;
            say("The till has these devices from its next start on.")?;
            return Ok(());
        }
        None => {}
    }
    let config = match data.join(Config::FILE).exists() {
        true => Some(Config::read(data)?),
        false => None,
    };
    let listed = list(&Places::default(), config.as_ref());
    if arguments.json {
        let json = serde_json::to_string_pretty(&listed).context("the list has no JSON form")?;
        say(json)?;
    } else {
        say(table(&listed).trim_end())?;
    }
    Ok(())
}

/// What is plugged in, with what the till of a data folder uses of it.
pub fn plugged_in(data: &Path) -> Vec<Listed> {
    list(&Places::default(), Config::read(data).ok().as_ref())
}

/// What is plugged in at these places, with what a till of this configuration uses of it; then what
/// that till has besides.
pub fn list(places: &Places, config: Option<&Config>) -> Vec<Listed> {
    let own = config.map(named).unwrap_or_default();
    let found = places.discover();
    let is_found = |named: &&Named| found.iter().any(|found| named.is(found));
    let others = own.iter().filter(|named| !is_found(named)).map(missing);
    let others: Vec<_> = others.collect();
    let listed = |found: FoundDevice| {
        let usb = found.vendor.zip(found.product);
        Listed {
            class: found.class.name(),
            state: PLUGGED_IN,
            path: found.best_name().display().to_string(),
            usb: usb.map(|(vendor, product)| format!("{vendor:04x}:{product:04x}")),
            used_as: own
                .iter()
                .find(|named| named.is(&found))
                .map(|named| named.table),
            open_in: places
                .owners(&found.path)
                .into_iter()
                .map(|owner| format!("{} ({})", owner.name, owner.process))
                .collect(),
            name: found.name,
            serial: found.serial,
            driver: found.driver,
        }
    };
    let unseen = config.into_iter().flat_map(|it| without_a_port(places, it));
    found
        .into_iter()
        .map(listed)
        .chain(others)
        .chain(unseen)
        .collect()
}

/// What a till has that no port leads to.
fn without_a_port(places: &Places, config: &Config) -> Vec<Listed> {
    let unseen = |table, class, state, path: &str| Listed {
        class,
        name: String::new(),
        state,
        path: path.to_owned(),
        usb: None,
        serial: None,
        driver: String::new(),
        used_as: Some(table),
        open_in: Vec::new(),
    };
    let through_printer = |table| unseen(table, "through-printer", "through-printer", "");
    let mut all = Vec::new();
    let has_own_port = config.drawer.as_ref().is_some_and(|it| it.port.is_some());
    if config.printer.is_some() && !has_own_port {
        all.push(through_printer("drawer"));
    }
    if config
        .line_display
        .as_ref()
        .is_some_and(|it| it.through_printer)
    {
        all.push(through_printer("line_display"));
    }
    if let Some(screen) = &config.customer_screen {
        let output = screen.output.as_deref();
        let connected = monitors(places);
        let is_there = match output {
            Some(output) => connected.iter().any(|it| it == output),
            // The first is the till's own.
            None => connected.len() > 1,
        };
        let state = if is_there { PLUGGED_IN } else { ABSENT };
        let path = output.unwrap_or_default();
        all.push(unseen("customer_screen", "monitor", state, path));
    }
    let kind = config.terminal.as_ref().map(|terminal| terminal.kind);
    if kind == Some(TerminalKind::StandAlone) {
        all.push(unseen("terminal", "by-hand", "by-hand", ""));
    }
    all
}

/// The outputs of the graphics cards that have a monitor, `HDMI-A-1`, as the kernel names them.
fn monitors(places: &Places) -> Vec<String> {
    let Ok(outputs) = std::fs::read_dir(places.sys.join("class/drm")) else {
        return Vec::new();
    };
    let connected = outputs.filter_map(|output| {
        let output = output.ok()?;
        let status = std::fs::read_to_string(output.path().join("status")).ok()?;
        let name = output.file_name().into_string().ok()?;
        // `card0-HDMI-A-1`.
        let (_, name) = name.split_once('-')?;
        (status.trim() == "connected").then(|| name.to_owned())
    });
    connected.collect()
}

/// A device of the till that is not among what is plugged in.
fn missing(named: &Named) -> Listed {
    let (class, state) = match &named.place {
        Place::Address(_) => ("network", "network"),
        Place::Usb(..) => ("usb", ABSENT),
        Place::File(path) if path.exists() => ("file", PLUGGED_IN),
        Place::File(_) => ("file", ABSENT),
    };
    let (usb, serial) = match &named.place {
        Place::Usb(vendor, product, serial) => {
            (Some(format!("{vendor:04x}:{product:04x}")), serial.clone())
        }
        Place::File(_) | Place::Address(_) => (None, None),
    };
    Listed {
        class,
        name: String::new(),
        state,
        path: named.place.to_string(),
        usb,
        serial,
        driver: String::new(),
        used_as: Some(named.table),
        open_in: Vec::new(),
    }
}

/// The list for people, a line a device.
pub fn table(listed: &[Listed]) -> String {
    if listed.is_empty() {
        return "No printer, serial port, keyboard or scanner is plugged in.\n".to_owned();
    }
    let heads = [
        "used as", "state", "class", "usb", "path", "name", "open in",
    ]
    .map(str::to_owned);
    let row = |device: &Listed| {
        [
            device.used_as.unwrap_or("-").to_owned(),
            device.state.to_owned(),
            device.class.to_owned(),
            device.usb.clone().unwrap_or_else(|| "-".to_owned()),
            device.path.clone(),
            device.name.clone(),
            device.open_in.join(", "),
        ]
    };
    let rows: Vec<[String; 7]> = std::iter::once(heads)
        .chain(listed.iter().map(row))
        .collect();
    let mut widths = [0; 7];
    for row in &rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = text.chars().count().max(*width);
        }
    }
    let line = |row: &[String; 7]| {
        let mut line = String::new();
        for (text, width) in row.iter().zip(widths) {
            line.push_str(&format!("{text:width$}  "));
        }
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// A machine with a USB printer, a scanner on a serial port of USB and one on USB alone.
    fn machine(folder: &Path) -> Places {
        let write = |file: &str, text: &str| {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let link = |link: &str, leads: &str| {
            let path = folder.join(link);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::create_dir_all(folder.join(leads)).unwrap();
            symlink(folder.join(leads), path).unwrap();
        };
        for (port, vendor, product, name) in [
            ("1-1", "04b8", "0e15", "TM-T20II"),
            ("1-2", "05f9", "4204", "Barcode Scanner"),
        ] {
            let device = format!("sys/devices/usb1/{port}");
            write(&format!("{device}/idVendor"), vendor);
            write(&format!("{device}/idProduct"), product);
            write(&format!("{device}/product"), name);
        }
        let printer = "sys/devices/usb1/1-1/1-1:1.0";
        write(&format!("{printer}/bInterfaceClass"), "07");
        write(&format!("{printer}/bInterfaceSubClass"), "01");
        link("sys/class/usbmisc/lp0/device", printer);
        link(
            "sys/class/tty/ttyACM0/device",
            "sys/devices/usb1/1-2/1-2:1.0/ttyACM0",
        );
        // A scanner's other half, which is no scanner.
        let hid = "sys/devices/usb1/1-3/1-3:1.1/0003:0C2E:0901.0001";
        link("sys/class/hidraw/hidraw0/device", hid);
        let facts = "HID_ID=0003:00000C2E:00000901\nHID_NAME=Settings\nHID_UNIQ=S1\n";
        write(&format!("{hid}/uevent"), facts);
        write("dev/usb/lp0", "");
        write("dev/ttyACM0", "");
        write("dev/hidraw0", "");
        Places {
            sys: folder.join("sys"),
            dev: folder.join("dev"),
            proc: folder.join("proc"),
        }
    }

    #[test]
    fn what_is_plugged_in_is_listed_with_what_the_till_uses_it_as() {
        let folder = tempfile::tempdir().unwrap();
        let places = machine(folder.path());
        let scanner = folder.path().join("dev/ttyACM0");
        let text = format!(
            "till = \"C1\"\npos_profile = \"Counter 1\"\n[printer]\nusb = \"04b8:0e15\"\n\
             [[scanner]]\nport = {scanner:?}\n[[scanner]]\nusb = \"0c2e:0901:S1\"\nkind = \"hid-pos\"\n\
             [scale]\nprofile = \"nci\"\nport = \"/dev/no-scale\"\n[terminal]\nkind = \"zvt\"\n\
             address = \"192.168.1.60:20007\"\nmodes_of_payment = [\"Credit Card\"]\n"
        );
        let config = Config::parse(&text, folder.path()).unwrap();
        let listed = list(&places, Some(&config));
        let told: Vec<_> = listed
            .iter()
            .map(|device| {
                (
                    device.state,
                    device.class,
                    device.path.as_str(),
                    device.used_as,
                )
            })
            .collect();
        let printer = folder.path().join("dev/usb/lp0");
        let settings = folder.path().join("dev/hidraw0");
        assert_eq!(
            told,
            [
                (
                    "plugged-in",
                    "usb-printer",
                    printer.to_str().unwrap(),
                    Some("printer")
                ),
                (
                    "plugged-in",
                    "serial-port",
                    scanner.to_str().unwrap(),
                    Some("scanner")
                ),
                ("plugged-in", "hid", settings.to_str().unwrap(), None),
                ("absent", "usb", "0c2e:0901:S1", Some("scanner")),
                ("absent", "file", "/dev/no-scale", Some("scale")),
                ("network", "network", "192.168.1.60:20007", Some("terminal")),
                ("through-printer", "through-printer", "", Some("drawer")),
            ]
        );
        assert_eq!(listed[0].name, "TM-T20II");
        assert_eq!(listed[0].usb.as_deref(), Some("04b8:0e15"));
        let table = table(&listed);
        assert_eq!(table.lines().count(), 8, "{table}");
        assert!(table.lines().all(|line| line.len() > 40), "{table}");
        let json = serde_json::to_value(&listed[0]).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "class": "usb-printer",
                "name": "TM-T20II",
                "state": "plugged-in",
                "path": printer,
                "usb": "04b8:0e15",
                "serial": null,
                "driver": "usblp",
                "used_as": "printer",
                "open_in": [],
            })
        );
        // A box that is no till yet uses none.
        assert!(list(&places, None).iter().all(|it| it.used_as.is_none()));
    }

    #[test]
    fn what_no_port_leads_to_is_listed_too() {
        let folder = tempfile::tempdir().unwrap();
        let places = machine(folder.path());
        let drm = places.sys.join("class/drm");
        for (output, status) in [
            ("card0-HDMI-A-1", "connected\n"),
            ("card0-HDMI-A-2", "disconnected\n"),
            ("card1-DP-1", "connected\n"),
        ] {
            fs::create_dir_all(drm.join(output)).unwrap();
            fs::write(drm.join(output).join("status"), status).unwrap();
        }
        let told = |screen: &str| {
            let text = format!(
                "till = \"C1\"\npos_profile = \"Counter 1\"\n[printer]\nport = \"/dev/ttyS9\"\n\
                 [drawer]\nport = \"/dev/ttyS8\"\n[line_display]\nprofile = \"esc-pos\"\n\
                 through_printer = true\n[terminal]\nkind = \"stand-alone\"\n\
                 modes_of_payment = [\"Credit Card\"]\n[customer_screen]\n{screen}"
            );
            let config = Config::parse(&text, folder.path()).unwrap();
            let listed = list(&places, Some(&config)).into_iter();
            let unseen = listed
                .filter(|it| !matches!(it.class, "usb-printer" | "serial-port" | "hid" | "file"));
            unseen
                .map(|it| format!("{}: {} {}", it.used_as.unwrap(), it.state, it.path))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told(""),
            [
                "line_display: through-printer ",
                "customer_screen: plugged-in ",
                "terminal: by-hand ",
            ]
        );
        assert_eq!(
            told("output = \"HDMI-A-2\"")[1],
            "customer_screen: absent HDMI-A-2"
        );
        assert_eq!(
            told("output = \"DP-1\"")[1],
            "customer_screen: plugged-in DP-1"
        );
    }
}
