//! What is attached, and how it is.

use hal::{DrawerState, Paper, PortState, PrinterStatus};
use slint::ComponentHandle;

use super::ManagerScreen;
use crate::screens::update;
use crate::screens::words;
use crate::ui::{self, DeviceRow, Level, TillWindow};

/// What a row's button does, in the order of the rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeviceAction {
    /// Prints a page that shows what the printer can do.
    TestPrint,
    /// Opens the cash drawer.
    TestDrawer,
    /// Nothing: what is scanned is shown by itself.
    None,
}

/// The rows and what their buttons do.
pub const ROWS: [DeviceAction; 3] = [
    DeviceAction::TestPrint,
    DeviceAction::TestDrawer,
    DeviceAction::None,
];

impl ManagerScreen {
    /// Shows the place; `own_drawer` is a drawer with a port of its own, `scanned` the last code
    /// that was held to the scanner here.
    pub fn show_devices(
        &self,
        window: &TillWindow,
        printer: Option<&PrinterStatus>,
        own_drawer: Option<DrawerState>,
        scanner: Option<PortState>,
        scanned: Option<&str>,
    ) {
        update(
            &self.devices,
            vec![
                printer_row(printer),
                drawer_row(printer, own_drawer),
                scanner_row(scanner),
            ],
        );
        let devices = window.global::<ui::Devices>();
        let shown = scanned.map_or_else(
            || "Scan anything: what the till reads is shown here.".to_owned(),
            |code| format!("The till read: {code}"),
        );
        devices.set_scanned(shown.into());
    }
}

fn row(name: &str, level: Level, sentence: impl Into<String>, remedy: &str) -> DeviceRow {
    DeviceRow {
        name: name.into(),
        level,
        sentence: sentence.into().into(),
        remedy: remedy.into(),
        action: "".into(),
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
            row(name, words.level, sentence(matter), &words.remedy)
        }
        None if printer.paper == Paper::NearEnd => row(
            name,
            Level::Warning,
            "The paper is nearly used up.",
            "Have a new roll at hand.",
        ),
        None => row(name, Level::Good, "Ready.", ""),
    };
    DeviceRow {
        action: "Print a test page".into(),
        ..shown
    }
}

fn drawer_row(printer: Option<&PrinterStatus>, own: Option<DrawerState>) -> DeviceRow {
    let name = "Cash drawer";
    let through_printer = printer.map(|printer| (printer.hindrance().is_some(), printer.drawer));
    let Some((is_hindered, drawer)) = own.map(|drawer| (false, drawer)).or(through_printer) else {
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

fn scanner_row(port: Option<PortState>) -> DeviceRow {
    let name = "Scanner";
    match port {
        None => row(
            name,
            Level::Neutral,
            "None on a serial port. One that is a keyboard works without being set up.",
            "",
        ),
        Some(PortState::Open) => row(name, Level::Good, "Ready.", ""),
        Some(port) => {
            let (title, remedy) = words::device_port(name, port);
            let matter = title.split_once(": ").map_or("", |(_, matter)| matter);
            let level = if port == PortState::Opening {
                Level::Busy
            } else {
                Level::Bad
            };
            row(name, level, sentence(matter), &remedy)
        }
    }
}

/// `cover open` as a sentence: `Cover open.`
fn sentence(matter: &str) -> String {
    let mut letters = matter.chars();
    let first = letters.next().map(|letter| letter.to_uppercase());
    first
        .into_iter()
        .flatten()
        .chain(letters)
        .chain(['.'])
        .collect()
}
