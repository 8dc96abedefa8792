//! What devices are doing, in words.

use hal::{Hindrance, LineFault, PortState, PrinterFault, ScaleHindrance};

use super::Words;
use crate::ui::Level;

/// Why the receipt printer does not print, in words.
pub fn printer(hindrance: Hindrance) -> Words {
    let by_itself = "the receipt prints by itself";
    let (level, title, remedy) = match hindrance {
        Hindrance::Port(port) => {
            let (title, remedy) = device_port("Receipt printer", port);
            return Words::new(Level::Bad, title, "", remedy);
        }
        Hindrance::NotResponding => (
            Level::Bad,
            "Receipt printer: no answer",
            format!("Switch it on and check its cable; {by_itself}."),
        ),
        Hindrance::OtherDialect => (
            Level::Bad,
            "Receipt printer: speaks another language",
            "Ask for help: its profile or the speed of its port is set wrongly.".to_owned(),
        ),
        Hindrance::Line(fault) => {
            let remedy = format!("Ask for help: {}.", fault.remedy());
            let title = format!("Receipt printer: {fault}");
            return Words::new(Level::Bad, title, "", remedy);
        }
        Hindrance::CoverOpen => (
            Level::Bad,
            "Receipt printer: cover open",
            format!("Close it; {by_itself}."),
        ),
        Hindrance::PaperEmpty => (
            Level::Bad,
            "Receipt printer: out of paper",
            format!("Put in a new roll; {by_itself}."),
        ),
        Hindrance::Fault(PrinterFault::Cutter) => (
            Level::Bad,
            "Receipt printer: cutter stuck",
            "Open the cover, take out stuck paper, close it and switch the printer off and on."
                .to_owned(),
        ),
        Hindrance::Fault(PrinterFault::AutoRecoverable | PrinterFault::Overheated) => (
            Level::Warning,
            "Receipt printer: too hot",
            format!("Wait a moment; {by_itself}."),
        ),
        Hindrance::Fault(_) => (
            Level::Bad,
            "Receipt printer: fault",
            "Switch it off and on. If that does not help, it needs repair; selling goes on."
                .to_owned(),
        ),
        Hindrance::Offline => (
            Level::Warning,
            "Receipt printer: offline",
            format!("Press its online or feed button; {by_itself}."),
        ),
    };
    Words::new(level, title, "", remedy)
}

/// A device whose port is not open: what is the matter, and what to do.
pub fn device_port(device: &str, port: PortState) -> (String, String) {
    let (matter, remedy) = match port {
        PortState::Opening => ("connecting", "Wait a moment."),
        PortState::Open => ("ready", ""),
        PortState::Absent => (
            "not found",
            "Check its cable and that it is switched on; it is found by itself.",
        ),
        PortState::Busy => ("in use by another program", "Close the other program."),
        PortState::Denied => (
            "the till may not use its port",
            "Ask for help: the port's permissions are wrong.",
        ),
        PortState::Failed => ("its port does not work", "Unplug it and plug it in again."),
    };
    (format!("{device}: {matter}"), remedy.to_owned())
}

/// What is wrong with the line of a device that works all the same, as the rest of a sentence.
pub fn line(fault: LineFault) -> &'static str {
    match fault {
        LineFault::Truncated => "some of its answers break off",
        LineFault::Noise => "there is noise on its line",
        LineFault::WrongParity => "its parity is another than the port's",
        LineFault::TwoDevices => "another device speaks on its line",
        LineFault::OtherProtocol => "some of what it says is another language",
    }
}

/// What is wrong with the line of a printer that prints all the same, and what to do.
pub fn disturbed(fault: Option<LineFault>) -> (String, String) {
    let Some(fault) = fault else {
        return (String::new(), String::new());
    };
    let remedy = format!("{}.", super::sentence(fault.remedy()));
    (format!("It prints, but {}.", line(fault)), remedy)
}

/// Why a scale tells no weight: how bad that is, what is the matter, and what to do.
pub fn scale(hindrance: ScaleHindrance) -> (Level, String, String) {
    let (level, matter) = match hindrance {
        ScaleHindrance::Port(port) => {
            let (title, remedy) = device_port("Scale", port);
            let level = match port {
                PortState::Opening => Level::Busy,
                _ => Level::Bad,
            };
            return (level, format!("{title}."), remedy);
        }
        ScaleHindrance::NotResponding => (Level::Bad, "Scale: no answer.".to_owned()),
        ScaleHindrance::Line(fault) => (Level::Bad, format!("Scale: {fault}.")),
        ScaleHindrance::InMotion => (Level::Busy, "Not at rest yet.".to_owned()),
        ScaleHindrance::Overweight => (Level::Warning, "Too heavy for the scale.".to_owned()),
        ScaleHindrance::UnderZero => (Level::Warning, "Below zero.".to_owned()),
        ScaleHindrance::NotZeroed => (Level::Warning, "The scale is not at zero.".to_owned()),
        ScaleHindrance::Fault => (Level::Bad, "The scale needs repair.".to_owned()),
    };
    let remedy = format!("{}.", super::sentence(hindrance.remedy()));
    (level, matter, remedy)
}
