//! What is attached, how it is, its last bytes, and what else is plugged in.

use hal::traffic::{Direction, Piece, Recording};
use hal::{
    DrawerState, LineFault, Paper, PortState, PrinterStatus, ScaleProtocol, ScaleStatus,
    TerminalStatus,
};
use slint::ComponentHandle;

use super::{ManagerScreen, fact};
use crate::device_list::Listed;
use crate::screens::update;
use crate::screens::words;
use crate::second_screen::Shown;
use crate::terminal_config::TerminalKind;
use crate::ui::{self, ByteRow, DeviceRow, Fact, Level, TillWindow};

/// The most pieces of traffic that are shown.
const MOST_PIECES: usize = 40;

/// What a row's button does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeviceAction {
    /// Prints a page that shows what the printer can do.
    TestPrint,
    /// Opens the cash drawer.
    TestDrawer,
    /// Sets the scale to zero.
    ZeroScale,
    /// Shows something on the line display.
    TestDisplay,
    /// Shows something on the customer's screen.
    TestCustomerScreen,
    /// Has the card terminal close its day.
    CloseDay,
    /// Nothing: what is scanned or weighed is shown by itself.
    None,
}

/// A device of which something is looked at or tried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttachedDevice {
    /// The receipt printer.
    Printer,
    /// A drawer with a port of its own.
    Drawer,
    /// A scanner, by its place.
    Scanner(usize),
    /// The scale.
    Scale,
    /// The line display; its bytes where it has a port of its own.
    Display,
    /// The customer's screen, which has no bytes.
    CustomerScreen,
}

/// A row of the place.
pub struct Row {
    /// As it is shown.
    pub shown: DeviceRow,
    /// What its button does.
    pub action: DeviceAction,
    /// Whose bytes can be looked at.
    pub bytes_of: Option<AttachedDevice>,
}

/// A drawer with a port of its own, and how it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnDrawer {
    /// What its sensor says.
    pub drawer: DrawerState,
    /// Its port.
    pub port: PortState,
    /// What is wrong with its line.
    pub line: Option<LineFault>,
    /// Whether it has a sensor.
    pub tells: bool,
}

/// What is attached, and how it is.
#[derive(Default)]
pub struct Attached<'a> {
    /// The receipt printer.
    pub printer: Option<&'a PrinterStatus>,
    /// A drawer with a port of its own.
    pub own_drawer: Option<OwnDrawer>,
    /// The scanners by their names.
    pub scanners: &'a [(String, PortState)],
    /// The scale, and what it can be told.
    pub scale: Option<(ScaleStatus, ScaleProtocol)>,
    /// The line display's port, and whether it is the printer's.
    pub display: Option<(PortState, bool)>,
    /// The customer's screen, where one is set up.
    pub customer_screen: Option<Shown>,
    /// The card terminal.
    pub terminal: Option<(TerminalKind, TerminalStatus)>,
}

impl Attached<'_> {
    /// A row for each device.
    pub fn rows(&self) -> Vec<Row> {
        let of = |device, is_there: bool| is_there.then_some(device);
        let mut rows = vec![
            Row {
                shown: printer_row(self.printer),
                action: DeviceAction::TestPrint,
                bytes_of: of(AttachedDevice::Printer, self.printer.is_some()),
            },
            Row {
                shown: drawer_row(self.printer, self.own_drawer),
                action: DeviceAction::TestDrawer,
                bytes_of: of(AttachedDevice::Drawer, self.own_drawer.is_some()),
            },
        ];
        if self.scanners.is_empty() {
            let none = row(
                "Scanner",
                Level::Neutral,
                "None is set up. One that is a keyboard works without that.",
                "",
            );
            rows.push(Row::of(none));
        }
        for (place, (name, port)) in self.scanners.iter().enumerate() {
            rows.push(Row {
                bytes_of: Some(AttachedDevice::Scanner(place)),
                ..Row::of(port_row(name, *port))
            });
        }
        if let Some((status, protocol)) = self.scale {
            rows.push(scale_row(&status, protocol));
        }
        if let Some((port, is_printers)) = self.display {
            rows.push(Row {
                shown: DeviceRow {
                    action: "Show a test".into(),
                    ..display_row(port, is_printers)
                },
                action: DeviceAction::TestDisplay,
                bytes_of: of(AttachedDevice::Display, !is_printers),
            });
        }
        if let Some(shown) = &self.customer_screen {
            rows.push(customer_screen_row(shown));
        }
        if let Some((kind, status)) = self.terminal {
            rows.push(terminal_row(kind, &status));
        }
        for row in &mut rows {
            row.shown.bytes = row.bytes_of.is_some();
        }
        rows
    }
}

impl Row {
    fn of(shown: DeviceRow) -> Self {
        Self {
            shown,
            action: DeviceAction::None,
            bytes_of: None,
        }
    }
}

impl ManagerScreen {
    /// Shows the place; `scanned` is the last code that was held to a scanner here, `plugged` all
    /// that is plugged in.
    pub fn show_devices(
        &self,
        window: &TillWindow,
        attached: &Attached<'_>,
        scanned: Option<&str>,
        plugged: &[Listed],
    ) {
        let rows = attached.rows().into_iter().map(|row| row.shown);
        update(&self.devices, rows.collect());
        let devices = window.global::<ui::Devices>();
        let shown = scanned.map_or_else(
            || "Scan anything: what the till reads is shown here.".to_owned(),
            |code| format!("The till read: {code}"),
        );
        devices.set_scanned(shown.into());
        update(&self.unused, plugged.iter().filter_map(unused).collect());
    }

    /// Shows the last bytes of a device.
    pub fn show_bytes(&self, rows: Vec<ByteRow>) {
        update(&self.bytes, rows);
    }
}

/// The last bytes of a device, the newest first.
pub fn byte_rows(recording: &Recording) -> Vec<ByteRow> {
    let pieces = recording.pieces.iter().rev();
    pieces.take(MOST_PIECES).map(byte_row).collect()
}

fn byte_row(piece: &Piece) -> ByteRow {
    let hexadecimal: Vec<_> = piece.bytes.iter().map(|it| format!("{it:02X}")).collect();
    let letter = |byte: &u8| match byte {
        b' '..=b'~' => char::from(*byte),
        _ => '.',
    };
    let at = piece.at;
    ByteRow {
        at: format!("{}.{:03} s", at.as_secs(), at.subsec_millis()).into(),
        sent: piece.direction == Direction::ToDevice,
        hexadecimal: hexadecimal.join(" ").into(),
        letters: piece.bytes.iter().map(letter).collect::<String>().into(),
    }
}

/// What is used for nothing, and what would have to stand in `till.toml`.
fn unused(listed: &Listed) -> Option<Fact> {
    if listed.used_as.is_some() {
        return None;
    }
    let usb = listed.usb.as_deref().unwrap_or(&listed.path);
    let (kind, write) = match listed.class {
        "usb-printer" => ("Printer", format!("[printer] usb = \"{usb}\"")),
        "serial-port" => ("Serial port", format!("port = \"{}\"", listed.path)),
        "keyboard" => (
            "Keyboard",
            format!("[scanner] usb = \"{usb}\", kind = \"keyboard\", if it is a scanner"),
        ),
        "hid-pos-scanner" => (
            "Scanner",
            format!("[scanner] usb = \"{usb}\", kind = \"hid-pos\""),
        ),
        _ => return None,
    };
    let label = match listed.name.as_str() {
        "" => kind.to_owned(),
        name => format!("{kind}: {name}"),
    };
    let owners = match listed.open_in.is_empty() {
        true => String::new(),
        false => format!(" (open in {})", listed.open_in.join(", ")),
    };
    Some(fact(&label, format!("{write}{owners}")))
}

fn row(name: &str, level: Level, sentence: impl Into<String>, remedy: &str) -> DeviceRow {
    DeviceRow {
        name: name.into(),
        level,
        sentence: sentence.into().into(),
        remedy: remedy.into(),
        action: "".into(),
        bytes: false,
    }
}

fn printer_row(printer: Option<&PrinterStatus>) -> DeviceRow {
    let name = "Receipt printer";
    let Some(printer) = printer else {
        return row(
            name,
            Level::Neutral,
            "None is set up.",
            "Receipts are kept and can be printed later from Sales.",
        );
    };
    let shown = match printer.hindrance() {
        Some(hindrance) => {
            let words = words::printer(hindrance);
            let matter = words
                .title
                .split_once(": ")
                .map_or("", |(_, matter)| matter);
            row(
                name,
                words.level,
                words::whole_sentence(matter),
                &words.remedy,
            )
        }
        None if printer.paper == Paper::NearEnd => row(
            name,
            Level::Warning,
            "The paper is nearly used up.",
            "Have a new roll at hand.",
        ),
        None => match printer.line {
            Some(fault) => line_row(name, "It prints, but ", fault),
            None => row(name, Level::Good, "Ready.", ""),
        },
    };
    DeviceRow {
        action: "Print a test page".into(),
        ..shown
    }
}

/// A device that works although something is wrong with its line.
fn line_row(name: &str, works: &str, fault: LineFault) -> DeviceRow {
    let (sentence, remedy) = words::disturbed(works, fault);
    row(name, Level::Warning, sentence, &remedy)
}

fn own_drawer_row(own: OwnDrawer) -> DeviceRow {
    let name = "Cash drawer";
    let shown = match (own.port, own.line, own.drawer) {
        (PortState::Open, Some(fault), DrawerState::Unknown) => DeviceRow {
            level: Level::Bad,
            ..line_row(name, "Whether it is open is not known: ", fault)
        },
        (PortState::Open, Some(fault), DrawerState::Open) => {
            line_row(name, "It is open, but ", fault)
        }
        (PortState::Open, Some(fault), DrawerState::Closed) => {
            line_row(name, "It is closed, but ", fault)
        }
        (PortState::Open, None, DrawerState::Open) => row(name, Level::Good, "Open.", ""),
        (PortState::Open, None, DrawerState::Closed) => row(name, Level::Good, "Closed.", ""),
        (PortState::Open, None, DrawerState::Unknown) if own.tells => row(
            name,
            Level::Warning,
            "It has not told yet whether it is open.",
            "If it stays so, check its cable, and what its sensor is in till.toml.",
        ),
        (PortState::Open, None, DrawerState::Unknown) => row(
            name,
            Level::Good,
            "It has no sensor that tells whether it is open.",
            "",
        ),
        (port, ..) => port_row(name, port),
    };
    DeviceRow {
        action: "Open the drawer".into(),
        ..shown
    }
}

fn drawer_row(printer: Option<&PrinterStatus>, own: Option<OwnDrawer>) -> DeviceRow {
    if let Some(own) = own {
        return own_drawer_row(own);
    }
    let name = "Cash drawer";
    let through_printer = printer.map(|printer| (printer.hindrance().is_some(), printer.drawer));
    let Some((is_hindered, drawer)) = through_printer else {
        return row(
            name,
            Level::Neutral,
            "The drawer is opened through the receipt printer, and none is set up.",
            "Open it with its key.",
        );
    };
    let shown = match (is_hindered, drawer) {
        (true, _) => row(
            name,
            Level::Warning,
            "It opens through the receipt printer, which is not ready.",
            "See to the printer first, or open the drawer with its key.",
        ),
        (false, DrawerState::Open) => row(name, Level::Good, "Open.", ""),
        (false, DrawerState::Closed) => row(name, Level::Good, "Closed.", ""),
        (false, _) => row(
            name,
            Level::Good,
            "It does not tell whether it is open.",
            "",
        ),
    };
    DeviceRow {
        action: "Open the drawer".into(),
        ..shown
    }
}

/// A device that is known by its port alone.
fn port_row(name: &str, port: PortState) -> DeviceRow {
    if port == PortState::Open {
        return row(name, Level::Good, "Ready.", "");
    }
    let (title, remedy) = words::device_port(name, port);
    let matter = title.split_once(": ").map_or("", |(_, matter)| matter);
    let level = if port == PortState::Opening {
        Level::Busy
    } else {
        Level::Bad
    };
    row(name, level, words::whole_sentence(matter), &remedy)
}

fn scale_row(status: &ScaleStatus, protocol: ScaleProtocol) -> Row {
    let name = "Scale";
    let shown = match (status.weight(), status.hindrance(), status.line) {
        (Some(weight), _, Some(fault)) => line_row(name, &format!("{weight}, but "), fault),
        (Some(weight), _, None) => {
            let net = if weight.net {
                ", the tare taken off"
            } else {
                ""
            };
            row(name, Level::Good, format!("{weight}{net}."), "")
        }
        (None, Some(hindrance), _) => {
            let (level, matter, remedy) = words::scale(hindrance);
            let matter = matter.strip_prefix("Scale: ").unwrap_or(&matter);
            row(name, level, words::sentence(matter), &remedy)
        }
        (None, None, _) => row(name, Level::Busy, "Asked for its weight.", ""),
    };
    let can_zero = status.port == PortState::Open && protocol.zero().is_some();
    Row {
        shown: DeviceRow {
            action: if can_zero { "Set to zero" } else { "" }.into(),
            ..shown
        },
        action: match can_zero {
            true => DeviceAction::ZeroScale,
            false => DeviceAction::None,
        },
        bytes_of: Some(AttachedDevice::Scale),
    }
}

fn display_row(port: PortState, is_printers: bool) -> DeviceRow {
    let name = "Line display";
    match (port, is_printers) {
        (PortState::Open, true) => row(name, Level::Good, "Ready, on the printer's line.", ""),
        (_, true) => row(
            name,
            Level::Warning,
            "It hangs on the receipt printer, which is not there.",
            "See to the printer first.",
        ),
        (port, false) => port_row(name, port),
    }
}

fn customer_screen_row(shown: &Shown) -> Row {
    let name = "Customer's screen";
    let works = |sentence: String| Row {
        shown: DeviceRow {
            action: "Show a test".into(),
            ..row(name, Level::Good, sentence, "")
        },
        action: DeviceAction::TestCustomerScreen,
        bytes_of: None,
    };
    match shown {
        Shown::On {
            output,
            width,
            height,
        } => {
            let on = match output.as_str() {
                "" => String::new(),
                output => format!(" on {output}"),
            };
            works(format!("Shown{on}, {width} x {height} dots."))
        }
        Shown::Window => works("In a window of its own: there is one monitor.".to_owned()),
        Shown::NotConnected | Shown::Nowhere => Row::of(row(
            name,
            Level::Warning,
            "No second monitor is plugged in.",
            "Check its cable and that it is switched on; it is found by itself.",
        )),
        Shown::Failed(cause) => Row::of(row(
            name,
            Level::Bad,
            format!("It cannot be used: {cause}."),
            "Plug it in anew. If that does not help, start the till again.",
        )),
    }
}

fn terminal_row(kind: TerminalKind, status: &TerminalStatus) -> Row {
    let name = "Card terminal";
    if kind == TerminalKind::StandAlone {
        let sentence = "It is worked by hand: the till does not speak to it.";
        return Row::of(row(name, Level::Good, sentence, ""));
    }
    let shown = match status.hindrance {
        Some(hindrance) => {
            let matter = words::sentence(&hindrance.to_string());
            let remedy = format!("{}.", words::sentence(hindrance.remedy()));
            row(name, Level::Bad, format!("{matter}."), &remedy)
        }
        None if status.seen => row(name, Level::Good, "Ready.", ""),
        None => row(
            name,
            Level::Busy,
            "Not reached yet.",
            "The till looks for it at its address in the network.",
        ),
    };
    Row {
        shown: DeviceRow {
            action: "End of day".into(),
            ..shown
        },
        action: DeviceAction::CloseDay,
        bytes_of: None,
    }
}
