//! What is attached, and how it is.

use hal::{DrawerState, Paper, PortState, PrinterStatus};
use slint::ComponentHandle;

use super::ManagerScreen;
use crate::screens::update;
use crate::screens::words;
use crate::ui::{self, DeviceRow, Level, TillWindow};

/// What a row's button does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeviceAction {
    /// Prints a page that shows what the printer can do.
    TestPrint,
    /// Opens the cash drawer.
    TestDrawer,
    /// Nothing: what is scanned is shown by itself.
    None,
}

/// What is attached, and how it is.
#[derive(Default)]
pub struct Attached<'a> {
    /// The receipt printer.
    pub printer: Option<&'a PrinterStatus>,
    /// A drawer with a port of its own.
    pub own_drawer: Option<DrawerState>,
    /// The scanners by their names.
    pub scanners: &'a [(String, PortState)],
}

impl Attached<'_> {
    /// A row for each device, and what its button does.
    pub fn rows(&self) -> Vec<(DeviceRow, DeviceAction)> {
        let mut rows = vec![
            (printer_row(self.printer), DeviceAction::TestPrint),
            (
                drawer_row(self.printer, self.own_drawer),
                DeviceAction::TestDrawer,
            ),
        ];
        if self.scanners.is_empty() {
            let none = row(
                "Scanner",
                Level::Neutral,
                "None is set up. One that is a keyboard works without that.",
                "",
            );
            rows.push((none, DeviceAction::None));
        }
        for (name, port) in self.scanners {
            rows.push((port_row(name, *port), DeviceAction::None));
        }
        rows
    }
}

impl ManagerScreen {
    /// Shows the place; `scanned` is the last code that was held to a scanner here.
    pub fn show_devices(
        &self,
        window: &TillWindow,
        attached: &Attached<'_>,
        scanned: Option<&str>,
    ) {
        let rows = attached.rows().into_iter().map(|(row, _)| row);
        update(&self.devices, rows.collect());
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
    row(name, level, sentence(matter), &remedy)
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
