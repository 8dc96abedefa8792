//! What devices are doing, in words.

use hal::{
    Doubt, Evidence, HalError, Hindrance, JobFailure, JobState, LineFault, PortState, PrinterFault,
    PrinterWarning, ScaleHindrance,
};

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
            format!(
                "Switch it on and check its cable; {by_itself}. A new printer may need another profile."
            ),
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

/// What is wrong with a printer that prints all the same, and what to do.
pub fn printer_warning(warning: PrinterWarning) -> (&'static str, &'static str) {
    match warning {
        PrinterWarning::NoReports => (
            "It prints, but never reports that a receipt is out, so that each takes half a minute.",
            "Ask for help: its profile is of another model, or completion in [printer.changes] of \
             till.toml has to be none.",
        ),
    }
}

/// What became of an opening of the drawer, once that is known. `own`: it has a port of its own, so
/// that the printer has nothing to do with it. `is_open`: its sensor shows it open.
pub fn drawer(state: JobState, own: bool, is_open: bool) -> Option<Words> {
    const NOT_OPEN: &str = "The cash drawer did not open";
    const KEY: &str = "Open the drawer with its key.";
    let other = if own { "drawer" } else { "printer" };
    let (title, cause, remedy) = match state {
        JobState::Queued(_) | JobState::Sending(_) => return None,
        JobState::Confirmed(evidence) => {
            let kept = "The journal keeps who opened it and why.";
            return Some(if is_open || evidence == Evidence::Sensor {
                Words::new(Level::Good, "The drawer was opened", "", kept)
            } else {
                let blind = "Look whether it did.";
                Words::new(Level::Good, "The drawer was told to open", blind, kept)
            });
        }
        JobState::Failed(JobFailure::Hindered(hindrance)) => {
            let (cause, helps) = match hindrance {
                Hindrance::Port(port) if own => device_port("Cash drawer", port),
                hindrance => {
                    let printer = printer(hindrance);
                    (printer.title, printer.remedy)
                }
            };
            (NOT_OPEN, format!("{cause}."), format!("{KEY} {helps}"))
        }
        JobState::Failed(JobFailure::Late) => (
            NOT_OPEN,
            format!("The {other} was at something else for too long."),
            format!("{KEY} Or open it again."),
        ),
        JobState::Failed(JobFailure::Cancelled | JobFailure::Stopped) => (
            NOT_OPEN,
            format!("The {other}'s driver was stopped."),
            KEY.to_owned(),
        ),
        JobState::Unconfirmed(doubt) => (
            "The cash drawer may not have opened",
            match doubt {
                Doubt::NoAnswer if own => "Its sensor does not show it open.".to_owned(),
                Doubt::NoAnswer => {
                    "Its sensor does not show it open, or the printer does not answer.".to_owned()
                }
                Doubt::LinkLost => format!("The connection to the {other} was lost."),
                Doubt::WriteStalled | Doubt::Overrun | Doubt::NeverAnswers => {
                    format!("The {other} stopped listening.")
                }
                Doubt::Stopped | Doubt::Faulted => format!("The {other}'s driver stopped."),
            },
            "Look at the drawer, and open it with its key where it is shut.".to_owned(),
        ),
    };
    Some(Words::new(Level::Warning, title, cause, remedy))
}

/// That the drawer was not told to open, because its driver takes nothing.
pub fn drawer_not_told(error: &HalError) -> Words {
    let cause = super::whole_sentence(&error.to_string());
    let remedy = "Open it with its key.";
    Words::new(
        Level::Warning,
        "The cash drawer did not open",
        cause,
        remedy,
    )
}

/// That there is no drawer that the till could open.
pub fn no_drawer() -> Words {
    Words::new(
        Level::Warning,
        "No cash drawer is set up",
        "The till has neither a receipt printer that could open one nor a drawer with a port of its \
         own. The journal keeps that it was to be opened.",
        "Open the drawer with its key. [printer] or [drawer] in till.toml names one.",
    )
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
        PortState::Refused => (
            "takes no connection",
            "See whether another till is connected to it. If none is, ask for help: its address or \
             its port number is set wrongly.",
        ),
        PortState::Busy => ("in use by another program", "Close the other program."),
        PortState::Denied => (
            "the till may not use its port",
            "Ask for help: the port's permissions are wrong.",
        ),
        PortState::Failed => ("its port does not work", "Unplug it and plug it in again."),
        PortState::Faulted => (
            "its driver stopped",
            "It is started again by itself. If it stays so, start the till again.",
        ),
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
        LineFault::OtherDevice => "another device answers on its port",
    }
}

/// What is wrong with the line of a device that works all the same, after a beginning that says how
/// it works, and what to do.
pub fn disturbed(works: &str, fault: LineFault) -> (String, String) {
    let remedy = format!("{}.", super::sentence(fault.remedy()));
    (format!("{works}{}.", line(fault)), remedy)
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
        ScaleHindrance::Refused => (Level::Bad, "The scale tells no weight.".to_owned()),
    };
    let remedy = format!("{}.", super::sentence(hindrance.remedy()));
    (level, matter, remedy)
}

/// That letters came out as question marks, because no font has them.
pub fn letters_missing(letters: &[char]) -> Words {
    // Named by their scripts: the screen may have no letters for them either.
    let mut scripts: Vec<&str> = Vec::new();
    for script in letters.iter().map(|letter| script(*letter)) {
        if !scripts.contains(&script) {
            scripts.push(script);
        }
    }
    let title = match letters.len() {
        1 => "1 letter could not be printed: no font".to_owned(),
        several => format!("{several} letters could not be printed: no font"),
    };
    let sentence = format!("A question mark stands for each: {}.", scripts.join(", "));
    let remedy = "Ask for help: such fonts belong into a folder of [printer] fonts in till.toml.";
    Words::new(Level::Warning, title, sentence, remedy)
}

fn script(letter: char) -> &'static str {
    match u32::from(letter) {
        0x0370..=0x03FF | 0x1F00..=0x1FFF => "Greek",
        0x0400..=0x052F => "Cyrillic",
        0x0530..=0x058F => "Armenian",
        0x0590..=0x05FF | 0xFB1D..=0xFB4F => "Hebrew",
        0x0600..=0x06FF | 0x0750..=0x077F | 0x08A0..=0x08FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => {
            "Arabic"
        }
        0x0900..=0x0DFF => "an Indian script",
        0x0E00..=0x0E7F => "Thai",
        0x0E80..=0x0EFF => "Lao",
        0x1000..=0x109F => "Burmese",
        0x10A0..=0x10FF => "Georgian",
        0x1780..=0x17FF => "Khmer",
        0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7AF => "Korean",
        0x3040..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => "Japanese",
        0x2E80..=0x2FDF | 0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF => "Chinese",
        0x1F000..=0x1FAFF | 0x2600..=0x27BF => "pictures",
        _ => "other signs",
    }
}
