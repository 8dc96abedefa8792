//! What is attached, how it is, its last bytes, and what else is plugged in.

mod rows;

use hal::{
    DrawerState, FrameFault, LineFault, PortState, PrinterStatus, ScaleProtocol, ScaleStatus,
    TerminalStatus,
};
use slint::ComponentHandle;

use super::{ManagerScreen, fact};
use crate::device_list::Listed;
use crate::screens::update;
use crate::second_screen::Shown;
use crate::terminal_config::TerminalKind;
use crate::ui::{self, DeviceRow, Fact, Level, TillWindow};

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
    /// The card terminal; its bytes where the till speaks to it.
    Terminal,
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

/// A scanner with a device of its own, and how it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedScanner {
    /// What tells it from the others.
    pub name: String,
    /// Its port.
    pub port: PortState,
    /// Why codes of it were refused lately.
    pub fault: Option<FrameFault>,
}

/// A line display, and how it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShownDisplay {
    /// Its port, or the printer's.
    pub port: PortState,
    /// What is wrong with its line.
    pub line: Option<LineFault>,
    /// It hangs on the printer's line.
    pub is_printers: bool,
}

/// What is attached, and how it is.
#[derive(Default)]
pub struct Attached<'a> {
    /// The receipt printer.
    pub printer: Option<&'a PrinterStatus>,
    /// A drawer with a port of its own.
    pub own_drawer: Option<OwnDrawer>,
    /// The scanners.
    pub scanners: &'a [NamedScanner],
    /// The scale, and what it can be told.
    pub scale: Option<(ScaleStatus, ScaleProtocol)>,
    /// The line display.
    pub display: Option<ShownDisplay>,
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
                shown: rows::printer(self.printer),
                action: DeviceAction::TestPrint,
                bytes_of: of(AttachedDevice::Printer, self.printer.is_some()),
            },
            Row {
                shown: rows::drawer(self.printer, self.own_drawer),
                action: DeviceAction::TestDrawer,
                bytes_of: of(AttachedDevice::Drawer, self.own_drawer.is_some()),
            },
        ];
        if self.scanners.is_empty() {
            let none = rows::row(
                "Scanner",
                Level::Neutral,
                "None is set up. One that is a keyboard works without that.",
                "",
            );
            rows.push(Row::of(none));
        }
        for (place, scanner) in self.scanners.iter().enumerate() {
            rows.push(Row {
                bytes_of: Some(AttachedDevice::Scanner(place)),
                ..Row::of(rows::scanner(scanner))
            });
        }
        if let Some((status, protocol)) = self.scale {
            rows.push(rows::scale(&status, protocol));
        }
        if let Some(display) = self.display {
            rows.push(Row {
                shown: DeviceRow {
                    action: "Show a test".into(),
                    ..rows::display(display)
                },
                action: DeviceAction::TestDisplay,
                bytes_of: of(AttachedDevice::Display, !display.is_printers),
            });
        }
        if let Some(shown) = &self.customer_screen {
            rows.push(rows::customer_screen(shown));
        }
        if let Some((kind, status)) = self.terminal {
            rows.push(rows::terminal(kind, &status));
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
        let rows: Vec<_> = attached.rows().into_iter().map(|row| row.shown).collect();
        let devices = window.global::<ui::Devices>();
        devices.set_attention(attention(&rows).into());
        update(&self.devices, rows);
        let shown = scanned.map_or_else(
            || "Scan anything: what the till reads is shown here.".to_owned(),
            |code| format!("The till read: {code}"),
        );
        devices.set_scanned(shown.into());
        update(&self.unused, plugged.iter().filter_map(unused).collect());
    }
}

/// The devices that something is wrong with, which may stand below what is seen at first.
fn attention(rows: &[DeviceRow]) -> String {
    let wrong = rows
        .iter()
        .filter(|row| matches!(row.level, Level::Warning | Level::Bad));
    let names: Vec<&str> = wrong.map(|row| row.name.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!("Needs a look: {}.", names.join(", ")),
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
