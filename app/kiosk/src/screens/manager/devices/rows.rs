//! A row of the Devices place for each kind of device: how it is, in a sentence, and what to do.

use hal::{
    DrawerState, LineFault, Paper, PortState, PrinterStatus, ScaleProtocol, ScaleStatus,
    TerminalStatus,
};

use super::{AttachedDevice, DeviceAction, NamedScanner, OwnDrawer, Row, ShownDisplay};
use crate::screens::words;
use crate::second_screen::Shown;
use crate::terminal_config::TerminalKind;
use crate::ui::{DeviceRow, Level};

pub(super) fn row(
    name: &str,
    level: Level,
    sentence: impl Into<String>,
    remedy: &str,
) -> DeviceRow {
    DeviceRow {
        name: name.into(),
        level,
        sentence: sentence.into().into(),
        remedy: remedy.into(),
        action: "".into(),
        bytes: false,
    }
}

pub(super) fn printer(printer: Option<&PrinterStatus>) -> DeviceRow {
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
        None => match (printer.line, printer.warning) {
            (Some(fault), _) => line_row(name, "It prints, but ", fault),
            (None, Some(warning)) => {
                let (sentence, remedy) = words::printer_warning(warning);
                row(name, Level::Warning, sentence, remedy)
            }
            (None, None) => row(name, Level::Good, "Ready.", ""),
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

pub(super) fn drawer(printer: Option<&PrinterStatus>, own: Option<OwnDrawer>) -> DeviceRow {
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

pub(super) fn scale(status: &ScaleStatus, protocol: ScaleProtocol) -> Row {
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

pub(super) fn display(display: ShownDisplay) -> DeviceRow {
    let name = "Line display";
    match (display.port, display.is_printers, display.line) {
        (PortState::Open, true, _) => row(name, Level::Good, "Ready, on the printer's line.", ""),
        (_, true, _) => row(
            name,
            Level::Warning,
            "It hangs on the receipt printer, which is not there.",
            "See to the printer first.",
        ),
        (PortState::Open, false, Some(fault)) => {
            line_row(name, "Whether it shows anything is not known: ", fault)
        }
        (port, false, _) => port_row(name, port),
    }
}

pub(super) fn scanner(scanner: &NamedScanner) -> DeviceRow {
    match (scanner.port, scanner.fault) {
        (PortState::Open, Some(fault)) => {
            let remedy = format!("{}.", words::sentence(fault.remedy()));
            let sentence = format!("A code was refused lately: {fault}.");
            row(&scanner.name, Level::Warning, sentence, &remedy)
        }
        (port, _) => port_row(&scanner.name, port),
    }
}

pub(super) fn customer_screen(shown: &Shown) -> Row {
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

pub(super) fn terminal(kind: TerminalKind, status: &TerminalStatus) -> Row {
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
        bytes_of: Some(AttachedDevice::Terminal),
    }
}
